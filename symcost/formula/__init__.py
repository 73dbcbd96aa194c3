"""Exact forms, what is known of dimensions, closed sums, growth: the only rooms that know algebra."""

from symcost.formula import algebra
from symcost.formula.arithmetic import LOGARITHMS, add, counter, div, form, ln, log2, log10, mul, num, power, symbol
from symcost.formula.assumed import AtLeast, Divides, Equal, Expected
from symcost.formula.canonical import worked_out
from symcost.formula.claims import Ways, answered_by
from symcost.formula.dims import Assumptions, Verdict
from symcost.formula.evaluate import evaluate
from symcost.formula.form import Form, Num, Symbol
from symcost.formula.interface import Above, Unset, reach_up
from symcost.formula.least import lowest_value
from symcost.formula.makers import ceil_div, floor_div, maximum, minimum, mod, rebuild
from symcost.formula.merging import drawn_together, merged
from symcost.formula.numbers import TooLarge
from symcost.formula.order import Growth, Unranked, growth, order_of
from symcost.formula.printer import SOURCE, TEXT, Printer
from symcost.formula.proofs import proves
from symcost.formula.substitution import substitute
from symcost.formula.sums import sum_over
from symcost.formula.wholes import is_whole

reach_up(
    Above(
        add=add,
        mul=mul,
        div=div,
        floor_div=floor_div,
        mod=mod,
        power=power,
        canonical=worked_out,
        substitute=substitute,
        evaluate=evaluate,
        text=TEXT,
        source=SOURCE,
        sympy=algebra.to_sympy,
        factored=algebra.factored,
        collected=algebra.collected,
        expanded=algebra.expanded,
    )
)

answered_by(Ways(whole=is_whole, nonnegative=proves, lowest=lowest_value))

__all__ = [
    "LOGARITHMS",
    "Assumptions",
    "AtLeast",
    "Divides",
    "Equal",
    "Expected",
    "Form",
    "Growth",
    "Num",
    "Printer",
    "Symbol",
    "TooLarge",
    "Unranked",
    "Unset",
    "Verdict",
    "add",
    "ceil_div",
    "counter",
    "div",
    "drawn_together",
    "floor_div",
    "form",
    "growth",
    "ln",
    "log2",
    "log10",
    "maximum",
    "merged",
    "minimum",
    "mod",
    "mul",
    "num",
    "order_of",
    "power",
    "rebuild",
    "sum_over",
    "symbol",
]
