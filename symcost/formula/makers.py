"""Makers that ask what is proven: floors, ceilings, remainders, minima, maxima; and a form made again of new parts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable

from symcost.formula.arithmetic import LOGARITHMS, add, form, log2, mul, num, power
from symcost.formula.canonical import as_written, remainder, winners
from symcost.formula.form import (
    Add,
    Ceil,
    Extreme,
    Floor,
    Form,
    Let,
    Log,
    Log2,
    Max,
    Min,
    Mod,
    Mul,
    Num,
    Pow,
    Sum,
    Symbol,
    Visitor,
)
from symcost.formula.interface import Operand
from symcost.formula.numbers import Rational
from symcost.formula.tried import Sizes


def floor_div(left: Operand, right: Operand = 1) -> Form:
    """`floor(left/right)`, whole parts taken out and nested floors flattened."""
    above, below = form(left), form(right)
    if type(above) is Num and type(below) is Num and below.value:
        return num(above.value // below.value)
    return as_written(Floor, above, below)


def ceil_div(left: Operand, right: Operand = 1) -> Form:
    """`ceil(left/right)`, whole parts taken out."""
    above, below = form(left), form(right)
    if type(above) is Num and type(below) is Num and below.value:
        return num(-(-above.value // below.value))
    return as_written(Ceil, above, below)


def mod(left: Operand, right: Operand) -> Form:
    """What is left of `left` after whole multiples of `right`."""
    return remainder(form(left), form(right))


def minimum(*forms: Operand) -> Form:
    """The least."""
    args = _arguments(Min, forms, min)
    deciding = winners(args, least=True)
    return deciding[0] if len(deciding) == 1 else Min(tuple(deciding))


def maximum(*forms: Operand, sizes: Sizes = ()) -> Form:
    """The greatest; at `sizes` those of many that decide it are looked for before anything is proven."""
    args = _arguments(Max, forms, max)
    deciding = winners(args, least=False, sizes=sizes)
    return deciding[0] if len(deciding) == 1 else Max(tuple(deciding))


def _arguments(
    kind: type[Extreme], forms: tuple[Operand, ...], best: Callable[[list[Rational]], Rational]
) -> list[Form]:
    """Nested ones flattened, equal arguments once, and of numbers the best, where it first stood."""
    flat: list[Form] = []
    for given in map(form, forms):
        flat.extend(given.args if isinstance(given, kind) else (given,))
    numbers = [arg.value for arg in flat if isinstance(arg, Num)]
    if len(numbers) > 1:
        flat = [arg for arg in flat if not isinstance(arg, Num) or arg.value == best(numbers)]
    return list(dict.fromkeys(flat))


def rebuild(item: Form, visit: Callable[[Form], Form]) -> Form:
    """The same form over visited children; an open sum is the visitor's own affair."""
    return item.accept(_Visited(visit))


class Rebuilding(Visitor[Form]):
    """A form of the same kind, made over children that have been visited."""

    @abstractmethod
    def of(self, item: Form) -> Form:
        """What becomes of a child. A method, since an attribute that holds one would hold its owner for ever."""

    def of_num(self, item: Num) -> Form:
        return item

    def of_symbol(self, item: Symbol) -> Form:
        return item

    def of_add(self, item: Add) -> Form:
        return add(*map(self.of, item.terms))

    def of_mul(self, item: Mul) -> Form:
        return mul(item.coefficient, *map(self.of, item.factors))

    def of_pow(self, item: Pow) -> Form:
        return power(self.of(item.base), self.of(item.exponent))

    def of_floor(self, item: Floor) -> Form:
        return floor_div(self.of(item.numerator), self.of(item.denominator))

    def of_ceil(self, item: Ceil) -> Form:
        return ceil_div(self.of(item.numerator), self.of(item.denominator))

    def of_mod(self, item: Mod) -> Form:
        return mod(self.of(item.numerator), self.of(item.denominator))

    def of_min(self, item: Min) -> Form:
        return minimum(*map(self.of, item.args))

    def of_max(self, item: Max) -> Form:
        return maximum(*map(self.of, item.args))

    def of_log2(self, item: Log2) -> Form:
        return log2(self.of(item.arg))

    def of_log(self, item: Log) -> Form:
        return LOGARITHMS[item.name](self.of(item.arg))

    def of_sum(self, item: Sum) -> Form:
        return item

    def of_let(self, item: Let) -> Form:
        return item.of_value(self.of(item.value))


class _Visited(Rebuilding):
    """The same, made over what a function makes of the children."""

    def __init__(self, visit: Callable[[Form], Form]) -> None:
        self._visit = visit

    def of(self, item: Form) -> Form:
        return self._visit(item)
