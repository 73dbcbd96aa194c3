"""Forms as SymPy expressions; SymPy is imported only when one of them is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from typing import Any

from symcost.formula.arithmetic import ONE, form, ln, log2, log10, num, power, symbol
from symcost.formula.form import Add, Ceil, Floor, Form, Log, Log2, Max, Min, Mod, Mul, Num, Pow, Sum, Symbol, Visitor
from symcost.formula.keys import Key
from symcost.formula.makers import ceil_div, floor_div, maximum, minimum
from symcost.formula.numbers import Rational
from symcost.formula.printer import TEXT

_made: dict[Key, Any] = {}
_known: dict[Any, Symbol] = {}


@cache
def _sympy() -> Any:
    """SymPy, imported when first asked for: that takes three quarters of the time that any command needs."""
    import sympy  # noqa: PLC0415

    return sympy


def to_sympy(item: Form) -> Any:
    """The SymPy expression, built without evaluation detours: one `Add` for all terms."""
    return item.accept(_TO_SYMPY)


class _ToSympy(Visitor[Any]):
    def of_num(self, item: Num) -> Any:
        return _sympy().Rational(item.value.numerator, item.value.denominator)

    def of_symbol(self, item: Symbol) -> Any:
        return _symbol(item)

    def of_add(self, item: Add) -> Any:
        return _sympy().Add(*map(to_sympy, item.terms))

    def of_mul(self, item: Mul) -> Any:
        return _sympy().Mul(to_sympy(num(item.coefficient)), *map(to_sympy, item.factors))

    def of_pow(self, item: Pow) -> Any:
        return _sympy().Pow(to_sympy(item.base), to_sympy(item.exponent))

    def of_floor(self, item: Floor) -> Any:
        return _sympy().floor(to_sympy(item.numerator) / to_sympy(item.denominator))

    def of_ceil(self, item: Ceil) -> Any:
        return _sympy().ceiling(to_sympy(item.numerator) / to_sympy(item.denominator))

    def of_mod(self, item: Mod) -> Any:
        # Not as `Mod`: SymPy 1.14 says that `V - Mod(V, 64)` tends to 0 at infinity, and `Mod(V, 64)` to `oo`.
        above, below = to_sympy(item.numerator), to_sympy(item.denominator)
        return above - below * _sympy().floor(above / below)

    def of_min(self, item: Min) -> Any:
        return _sympy().Min(*map(to_sympy, item.args))

    def of_max(self, item: Max) -> Any:
        return _sympy().Max(*map(to_sympy, item.args))

    def of_log2(self, item: Log2) -> Any:
        return _sympy().log(to_sympy(item.arg), 2)

    def of_log(self, item: Log) -> Any:
        return _sympy().log(to_sympy(item.arg), *([10] if item.name == "log10" else []))

    def of_sum(self, item: Sum) -> Any:
        last = to_sympy(item.high - 1)  # SymPy's limits include the last one
        return _sympy().Sum(to_sympy(item.body), (_symbol(item.counter), to_sympy(item.low), last))


_TO_SYMPY = _ToSympy()


def _symbol(item: Symbol) -> Any:
    """One SymPy symbol for each of ours: the same name with other assumptions would be another symbol."""
    if item.key not in _made:
        if item.uid:
            made = _sympy().Dummy(item.name, integer=True)
        else:
            made = _sympy().Symbol(item.name, positive=True, integer=True)
        _made[item.key], _known[made] = made, item
    return _made[item.key]


def factored(item: Form) -> Any:
    """SymPy's product form."""
    return _sympy().factor(item.expr)


def collected(item: Form) -> Any:
    """SymPy's sum, collected by the symbols in the author's order."""
    return _sympy().collect(expanded(item), [_symbol(name) for name in item.free_symbols])


def expanded(item: Form) -> Any:
    """SymPy's sum of products."""
    return _sympy().expand(item.expr)


def positive_root(coefficients: Sequence[Form]) -> Form | None:
    """The greatest root of a polynomial of degree 1 or 2, or of two terms only; constant term first.

    None where it would take more than a root to write.
    """
    sympy = _sympy()
    degree = len(coefficients) - 1
    if degree > 2 and not _is_binomial(coefficients):
        return None
    lowest, *_, highest = map(to_sympy, coefficients)
    constant = sympy.factor(sympy.cancel(lowest / highest))
    if degree == 1:
        return _positive_first(sympy.factor(-constant))

    # Of x^2 + 2·m·x + c the greater root is sqrt(m^2 - c) - m.
    middle = sympy.cancel(to_sympy(coefficients[1]) / highest / 2) if degree == 2 else sympy.Integer(0)
    square = sympy.factor(middle**2 - constant)
    root = sympy.root(square, degree)
    if root.is_rational_function():
        return _positive_first(sympy.factor(root - middle))
    return power(_positive_first(square), num(Fraction(1, degree))) - from_sympy(middle)


def _is_binomial(coefficients: Sequence[Form]) -> bool:
    return all(coefficient == 0 for coefficient in coefficients[1:-1])


def real_roots(coefficients: Sequence[int | Fraction]) -> list[tuple[Fraction, Fraction]]:
    """Where the real roots of a polynomial with known coefficients lie, each within a quarter, in order.

    Constant term first. Between two whole numbers at most one bound is needed, so that a quarter is near enough.
    """
    sympy = _sympy()
    highest_first = [sympy.Rational(c.numerator, c.denominator) for c in reversed(coefficients)]
    isolated = sympy.Poly(highest_first, sympy.Dummy("x")).intervals(eps=sympy.Rational(1, 4))
    return [(_fraction(low), _fraction(high)) for (low, high), _ in isolated]


def _fraction(number: Any) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def derived(item: Form, by: Symbol) -> Form | None:
    """The derivative by a symbol; None of what has steps or corners, or an open sum over it."""
    sympy = _sympy()
    found = sympy.diff(to_sympy(item), _symbol(by))
    try:
        return _positive_first(sympy.factor(found)) if found.is_rational_function() else from_sympy(found)
    except TypeError:  # what SymPy leaves as a derivative has no form
        return None


def quotient(above: Form, below: Form) -> Form:
    """One form over another, common factors cancelled."""
    sympy = _sympy()
    return _positive_first(sympy.factor(sympy.cancel(to_sympy(above) / to_sympy(below))))


def _positive_first(expression: Any) -> Form:
    """`(T - 2·H)/2` for what SymPy writes `-(2·H - T)/2`."""
    coefficient, factors = expression.as_coeff_mul()
    sums = [factor for factor in factors if factor.is_Add]
    if coefficient >= 0 or not sums:
        return _ordered(from_sympy(expression))
    others = [factor for factor in factors if factor is not sums[0]]
    turned = _ordered(from_sympy(_sympy().expand(-sums[0])))
    return turned * from_sympy(_sympy().Mul(-coefficient, *others))


def _ordered(item: Form) -> Form:
    """A sum with what is added before what is taken away."""
    if not isinstance(item, Add):
        return item
    return Add(tuple(sorted(item.terms, key=lambda term: term.term[0] < 0)))


# From SymPy ------------------------------------------------------------------------------------


def to_text(expression: Any) -> str:
    """A SymPy expression in our writing: `T·(H^2 + H·I)`."""
    return TEXT(from_sympy(expression))


ORDERS = ("author", "factored", "expanded", "collected")
"""The order of the text, and those that SymPy makes."""


def in_order(item: Form, order: str) -> Form:
    """A form in the order of the text, or as SymPy factors, expands or collects it.

    Raises ValueError for another order.
    """
    if order not in ORDERS:
        raise ValueError(f"no order `{order}`; there are {', '.join(ORDERS)}")
    if order == "author" or item.number is not None:
        return item
    return from_sympy({"factored": factored, "expanded": expanded, "collected": collected}[order](item))


def from_sympy(expression: Any) -> Form:
    """A form with SymPy's own order of terms and factors, nothing evaluated again.

    SymPy knows one logarithm, the natural one; where all of them stand over that of another, the shorter base is read.
    Raises TypeError for what has no form.
    """
    natural = _Reading(ln)(expression)
    if not expression.atoms(_sympy().log):
        return natural
    others = [_Reading(log)(expression) for log in (log2, log10)]
    return min([natural, *(one for one in others if one == natural)], key=lambda one: one.size)


class _Reading:
    """An expression read as a form; `log` is what SymPy's logarithm is read as."""

    def __init__(self, log: Callable[[Form], Form]) -> None:
        self._log = log

    def __call__(self, expression: Any) -> Form:
        if expression.is_Rational:
            return num(_fraction(expression))
        if expression in _known:
            return _known[expression]
        kind = type(expression).__name__
        if kind not in _FROM_SYMPY:
            raise TypeError(f"no form for {kind}")
        return _FROM_SYMPY[kind](self, expression)

    def symbol(self, expression: Any) -> Form:
        return symbol(expression.name)

    def add(self, expression: Any) -> Form:
        return Add(tuple(map(self, expression.as_ordered_terms())))

    def mul(self, expression: Any) -> Form:
        return _product([self(factor) for factor in expression.as_ordered_factors()])

    def power(self, expression: Any) -> Form:
        base, exponent = map(self, expression.args)
        return ONE if isinstance(base, Num) and base.value == 1 else Pow(base, exponent)

    def floor(self, expression: Any) -> Form:
        return floor_div(*self._over(expression.args[0]))

    def ceil(self, expression: Any) -> Form:
        return ceil_div(*self._over(expression.args[0]))

    def least(self, expression: Any) -> Form:
        return minimum(*map(self, expression.args))

    def greatest(self, expression: Any) -> Form:
        return maximum(*map(self, expression.args))

    def log(self, expression: Any) -> Form:
        return self._log(self(expression.args[0]))

    def sum(self, expression: Any) -> Form:
        body, (name, low, high) = expression.args
        return Sum(_known[name], self(low), self(high) + 1, self(body))

    def _over(self, expression: Any) -> tuple[Form, Form]:
        above, below = expression.as_numer_denom()
        return self(above), self(below)


_FROM_SYMPY: dict[str, Callable[[_Reading, Any], Form]] = {
    "Symbol": _Reading.symbol,
    "Add": _Reading.add,
    "Mul": _Reading.mul,
    "Pow": _Reading.power,
    "floor": _Reading.floor,
    "ceiling": _Reading.ceil,
    "Min": _Reading.least,
    "Max": _Reading.greatest,
    "log": _Reading.log,
    "Sum": _Reading.sum,
}
"""How each kind of SymPy's expressions is read, by the name of its class."""


def _product(factors: Sequence[Form]) -> Form:
    """A product as SymPy orders it; its numbers, and those of products inside, are the coefficient."""
    coefficient: Rational = 1
    others: list[Form] = []
    for factor in factors:
        if isinstance(factor, Num):
            coefficient *= factor.value
        elif isinstance(factor, Mul):
            coefficient *= factor.coefficient
            others.extend(factor.factors)
        else:
            others.append(factor)
    return Mul(coefficient, tuple(others)) if others else form(coefficient)
