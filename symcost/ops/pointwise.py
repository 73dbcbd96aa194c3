"""Pointwise operations: one table says what each costs per element, and NumPy's rule says over which shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from symcost.cost import Cost, cost
from symcost.errors import ShapeMismatch
from symcost.formula import Form, num
from symcost.ops.base import Applied, Operand, Shape, Site, product


@dataclass(frozen=True, slots=True)
class Pointwise:
    """One row of the table: how many operands, what they cost per element, and where that comes from."""

    operands: int
    counts: Mapping[str, int]
    meaning: str


def _row(operands: int, meaning: str, **counts: int) -> Pointwise:
    return Pointwise(operands, MappingProxyType(counts), meaning)


POINTWISE: Mapping[str, Pointwise] = MappingProxyType(
    {
        # Arithmetic: one operation each (IEEE 754-2019, section 5.4.1).
        "+": _row(2, "x + y", add=1),
        "-": _row(2, "x - y", add=1),
        "*": _row(2, "x y", mul=1),
        "/": _row(2, "x / y", div=1),
        "negate": _row(1, "-x, as 0 - x", add=1),
        # Comparison and selection (IEEE 754-2019, sections 5.11 and 9.6).
        **{sign: _row(2, f"x {sign} y", cmp=1) for sign in ("==", "!=", "<", "<=", ">", ">=")},
        "max": _row(2, "the larger of x and y", cmp=1),
        "min": _row(2, "the smaller of x and y", cmp=1),
        "where": _row(3, "y where x holds, else z", cmp=1),
        "abs": _row(1, "max(x, -x); the sign costs nothing", cmp=1),
        # Elementary functions (IEEE 754-2019, section 9.2): each one call, of class exp.
        **{name: _row(1, f"{name} x", exp=1) for name in ("exp", "log", "tanh", "erf", "sin", "cos")},
        "sqrt": _row(1, "square root (IEEE 754-2019, section 5.4.1)", sqrt=1),
        "rsqrt": _row(1, "1 / sqrt(x) (IEEE 754-2019, section 9.2)", sqrt=1, div=1),
        # Activations, by the formula of their paper.
        "sigmoid": _row(1, "1 / (1 + exp(-x)), one call of class exp as in hardware tables", exp=1),
        "relu": _row(1, "max(x, 0) (Nair & Hinton 2010)", cmp=1),
        "leaky_relu": _row(1, "x where x > 0, else a x (Maas et al. 2013)", cmp=1, mul=1),
        "elu": _row(1, "x where x > 0, else exp(x) - 1 (Clevert et al. 2016)", cmp=1, exp=1, add=1),
        "gelu": _row(1, "x / 2 * (1 + erf(x / sqrt(2))) (Hendrycks & Gimpel 2016)", exp=1, mul=3, add=1),
        "silu": _row(1, "x sigmoid(x) (Elfwing et al. 2018)", exp=1, mul=1),
        "softplus": _row(1, "log(1 + exp(x)) (Dugas et al. 2001)", exp=2, add=1),
    }
)


def pointwise(name: str, operands: Sequence[Operand], site: Site) -> Applied:
    """A row of the table over broadcast shapes.

    Shape   operands broadcast as in NumPy
    Counts  the row's counts for each element of the result
    Source  the row; for broadcasting NumPy's user guide, "Broadcasting"
    """
    shape = broadcast(name, operands, site)
    return Applied((shape,), per_element(POINTWISE[name].counts, shape))


SPECIAL_POWERS: Mapping[Fraction, Mapping[str, int]] = {
    Fraction(0): {},
    Fraction(1): {},
    Fraction(-1): {"div": 1},
    Fraction(1, 2): {"sqrt": 1},
    Fraction(-1, 2): {"sqrt": 1, "div": 1},
}
"""What a power costs that is less than exp and log."""


def power(base: Operand, exponent: Operand | Form, site: Site) -> Applied:
    """`x ^ n`: products for a whole number, a root or a division where one does, else exp(n log x).

    Counts  n whole and above 1: mul n-1; n = 1/2: sqrt 1; n = -1: div 1; n = -1/2: sqrt 1, div 1;
            n = 0 or 1: nothing; otherwise exp 2, mul 1; at each element
    """
    if isinstance(exponent, Operand):
        shape = broadcast("^", (base, exponent), site)
        return Applied((shape,), per_element({"exp": 2, "mul": 1}, shape))
    counts = {"exp": 2, "mul": 1}
    if not exponent.free_symbols:
        value = exponent.evaluate({})
        if value in SPECIAL_POWERS:
            counts = dict(SPECIAL_POWERS[Fraction(value)])
        elif value.denominator == 1 and 1 < value <= 64:
            counts = {"mul": int(value) - 1}
    return Applied((base.shape,), per_element(counts, base.shape))


def per_element(counts: Mapping[str, int], shape: Shape) -> Cost:
    """So many operations of each class at every element of a shape."""
    size = product(shape)
    return cost({name: num(count) * size for name, count in counts.items()})


def broadcast(name: str, operands: Sequence[Operand], site: Site) -> Shape:
    """The common shape of operands whose axes agree or are 1, aligned at the last.

    Raises ShapeMismatch.
    """
    shape = operands[0].shape
    widest = operands[0]
    for operand in operands[1:]:
        other = operand.shape
        rank = max(len(shape), len(other))
        left, right = ((num(1),) * (rank - len(s)) + s for s in (shape, other))
        axes = []
        for a, b in zip(left, right, strict=True):
            if a is b or b == 1:
                axes.append(a)
            elif a == 1:
                axes.append(b)
            else:
                verdict = site.sizes.compare(a, b)
                if verdict.kind != "equal":
                    raise ShapeMismatch(name, (shape, widest.span), (other, operand.span), a, b, verdict)
                axes.append(a)
        shape = tuple(axes)
    return shape
