"""The only rooms that know algebra: exact forms, dimensions and what is known of them, closed sums, growth."""

from symcost.formula.dims import (
    Assumptions as Assumptions,
    AtLeast as AtLeast,
    Divides as Divides,
    Equal as Equal,
    Verdict as Verdict,
)
from symcost.formula.form import (
    Form as Form,
    Num as Num,
    Symbol as Symbol,
    TooLarge as TooLarge,
    Unset as Unset,
    add as add,
    ceil_div as ceil_div,
    counter as counter,
    div as div,
    floor_div as floor_div,
    form as form,
    log2 as log2,
    maximum as maximum,
    minimum as minimum,
    mod as mod,
    mul as mul,
    num as num,
    power as power,
    symbol as symbol,
)
from symcost.formula.printer import Printer as Printer
from symcost.formula.order import Growth as Growth, growth as growth, order_of as order_of
from symcost.formula.sums import sum_over as sum_over
