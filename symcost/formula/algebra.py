"""Forms as SymPy expressions; SymPy is imported only when one of them is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symcost.formula.form import (
    ONE,
    Add,
    Ceil,
    Floor,
    Form,
    Log2,
    Max,
    Min,
    Mul,
    Num,
    Pow,
    Rational,
    Sum,
    Symbol,
    ceil_div,
    floor_div,
    form,
    log2,
    maximum,
    minimum,
    num,
    power,
    symbol,
)
from symcost.formula.printer import TEXT

_made: dict[int, Any] = {}
_known: dict[Any, Symbol] = {}


def to_sympy(item: Form) -> Any:
    """The SymPy expression, built without evaluation detours: one `Add` for all terms."""
    import sympy

    match item:
        case Num():
            return sympy.Rational(item.value.numerator, item.value.denominator)
        case Symbol():
            return _symbol(item)
        case Add():
            return sympy.Add(*map(to_sympy, item.terms))
        case Mul():
            return sympy.Mul(to_sympy(num(item.coefficient)), *map(to_sympy, item.factors))
        case Pow():
            return sympy.Pow(to_sympy(item.base), to_sympy(item.exponent))
        case Floor():
            return sympy.floor(to_sympy(item.numerator) / to_sympy(item.denominator))
        case Ceil():
            return sympy.ceiling(to_sympy(item.numerator) / to_sympy(item.denominator))
        case Min():
            return sympy.Min(*map(to_sympy, item.args))
        case Max():
            return sympy.Max(*map(to_sympy, item.args))
        case Log2():
            return sympy.log(to_sympy(item.arg), 2)
        case Sum():
            last = to_sympy(item.high - 1)
            return sympy.Sum(to_sympy(item.body), (_symbol(item.counter), to_sympy(item.low), last))
        case _:
            raise TypeError(f"not a form: {type(item).__name__}")


def _symbol(item: Symbol) -> Any:
    """One SymPy symbol for each of ours: the same name with other assumptions would be another symbol."""
    import sympy

    if item.key not in _made:
        made = (
            sympy.Dummy(item.name, integer=True) if item.uid else sympy.Symbol(item.name, positive=True, integer=True)
        )
        _made[item.key], _known[made] = made, item
    return _made[item.key]


def factored(item: Form) -> Any:
    """SymPy's product form."""
    import sympy

    return sympy.factor(item.expr)


def collected(item: Form) -> Any:
    """SymPy's sum, collected by the symbols in the author's order."""
    import sympy

    return sympy.collect(sympy.expand(item.expr), [_symbol(name) for name in item.free_symbols])


def expanded(item: Form) -> Any:
    """SymPy's sum of products."""
    import sympy

    return sympy.expand(item.expr)


def positive_root(coefficients: Sequence[Form]) -> Form | None:
    """The greatest root of a polynomial of degree 1 or 2, or of two terms only; constant term first.

    None where it would take more than a root to write.
    """
    import sympy

    degree = len(coefficients) - 1
    if degree > 2 and any(form != 0 for form in coefficients[1:-1]):
        return None
    lowest, *_, highest = map(to_sympy, coefficients)
    constant = sympy.factor(sympy.cancel(lowest / highest))
    middle = sympy.cancel(to_sympy(coefficients[1]) / highest / 2) if degree == 2 else sympy.Integer(0)
    if degree == 1:
        return _positive_first(sympy.factor(-constant))
    root = sympy.root(sympy.factor(middle**2 - constant), degree)
    if root.is_rational_function():
        return _positive_first(sympy.factor(root - middle))
    inside = _positive_first(sympy.factor(middle**2 - constant))
    return power(inside, num(Fraction(1, degree))) - from_sympy(middle)


def real_roots(coefficients: Sequence[int | Fraction]) -> list[tuple[Fraction, Fraction]]:
    """Where the real roots of a polynomial with known coefficients lie, each within a quarter, in order."""
    import sympy

    numbers = [sympy.Rational(c.numerator, c.denominator) for c in reversed(coefficients)]
    bounds = [bound for bound, _ in sympy.Poly(numbers, sympy.Dummy("x")).intervals(eps=sympy.Rational(1, 4))]
    return [(Fraction(int(a.p), int(a.q)), Fraction(int(b.p), int(b.q))) for a, b in bounds]


def quotient(above: Form, below: Form) -> Form:
    """One form over another, common factors cancelled."""
    import sympy

    return _positive_first(sympy.factor(sympy.cancel(to_sympy(above) / to_sympy(below))))


def _positive_first(expression: Any) -> Form:
    """`(T - 2·H)/2` for what SymPy writes `-(2·H - T)/2`."""
    import sympy

    coefficient, factors = expression.as_coeff_mul()
    sums = [factor for factor in factors if factor.is_Add]
    if coefficient < 0 and sums:
        others = [factor for factor in factors if factor is not sums[0]]
        turned = _ordered(from_sympy(sympy.expand(-sums[0])))
        return turned * from_sympy(sympy.Mul(-coefficient, *others))
    return _ordered(from_sympy(expression))


def _ordered(item: Form) -> Form:
    """A sum with what is added before what is taken away."""
    return Add(tuple(sorted(item.terms, key=lambda term: term.term[0] < 0))) if isinstance(item, Add) else item


def to_text(expression: Any) -> str:
    """A SymPy expression in our writing: `T·(H^2 + H·I)`."""
    return TEXT(from_sympy(expression))


def from_sympy(expression: Any) -> Form:
    """A form with SymPy's own order of terms and factors, nothing evaluated again."""
    import sympy

    if expression.is_Rational:
        return num(Fraction(int(expression.p), int(expression.q)))
    if expression in _known:
        return _known[expression]
    args = expression.args
    match expression:
        case sympy.Symbol():
            return symbol(expression.name)
        case sympy.Add():
            return Add(tuple(map(from_sympy, expression.as_ordered_terms())))
        case sympy.Mul():
            return _product([from_sympy(arg) for arg in expression.as_ordered_factors()])
        case sympy.Pow():
            base = from_sympy(args[0])
            return ONE if isinstance(base, Num) and base.value == 1 else Pow(base, from_sympy(args[1]))
        case sympy.floor():
            return floor_div(*_over(args[0]))
        case sympy.ceiling():
            return ceil_div(*_over(args[0]))
        case sympy.Min():
            return minimum(*map(from_sympy, args))
        case sympy.Max():
            return maximum(*map(from_sympy, args))
        case sympy.log():
            return log2(from_sympy(args[0]))  # SymPy writes ln(T)/ln(2); the base of all of them is free
        case sympy.Sum():
            name, low, high = args[1]
            bound = _known[name]
            return Sum(bound, from_sympy(low), from_sympy(high) + 1, from_sympy(args[0]))
        case _:
            raise TypeError(f"no form for {type(expression).__name__}")


def _over(expression: Any) -> tuple[Form, Form]:
    above, below = expression.as_numer_denom()
    return from_sympy(above), from_sympy(below)


def _product(factors: Sequence[Form]) -> Form:
    coefficient: Rational = 1
    kept: list[Form] = []
    for factor in factors:
        if isinstance(factor, Num):
            coefficient *= factor.value
        elif isinstance(factor, Mul):
            coefficient *= factor.coefficient
            kept.extend(factor.factors)
        else:
            kept.append(factor)
    return Mul(coefficient, tuple(kept)) if kept else form(coefficient)
