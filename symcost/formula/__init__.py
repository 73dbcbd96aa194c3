"""Exact forms, what is known of dimensions, closed sums, growth: the only rooms that know algebra."""

from symcost.formula.dims import Assumptions, AtLeast, Divides, Equal, Verdict
from symcost.formula.form import (
    Form,
    Num,
    Symbol,
    TooLarge,
    Unset,
    add,
    ceil_div,
    counter,
    div,
    floor_div,
    form,
    log2,
    maximum,
    minimum,
    mod,
    mul,
    num,
    power,
    symbol,
)
from symcost.formula.order import Growth, growth, order_of
from symcost.formula.printer import Printer
from symcost.formula.sums import sum_over

__all__ = [
    "Assumptions",
    "AtLeast",
    "Divides",
    "Equal",
    "Form",
    "Growth",
    "Num",
    "Printer",
    "Symbol",
    "TooLarge",
    "Unset",
    "Verdict",
    "add",
    "ceil_div",
    "counter",
    "div",
    "floor_div",
    "form",
    "growth",
    "log2",
    "maximum",
    "minimum",
    "mod",
    "mul",
    "num",
    "order_of",
    "power",
    "sum_over",
    "symbol",
]
