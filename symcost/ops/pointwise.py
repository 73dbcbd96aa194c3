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
class Derivative:
    """What the gradient of one operand costs per element, from the gradient g of the result y."""

    counts: Mapping[str, int]
    meaning: str


@dataclass(frozen=True, slots=True)
class Pointwise:
    """One row of the table: what an operation costs per element, where that comes from, and its derivatives.

    There is one for each operand; None where no gradient goes through. `beside`: so many can run beside others.
    """

    counts: Mapping[str, int]
    meaning: str
    derivatives: tuple[Derivative | None, ...]
    beside: int = 0

    @property
    def operands(self) -> int:
        """How many operands it takes."""
        return len(self.derivatives)

    @property
    def in_turn(self) -> int:
        """How many operations must follow one another."""
        return sum(self.counts.values()) - self.beside


def _row(meaning: str, *derivatives: Derivative | None, beside: int = 0, **counts: int) -> Pointwise:
    return Pointwise(MappingProxyType(counts), meaning, derivatives, beside)


def _d(meaning: str, **counts: int) -> Derivative:
    return Derivative(MappingProxyType(counts), meaning)


POINTWISE: Mapping[str, Pointwise] = MappingProxyType(
    {
        # Arithmetic: one operation each (IEEE 754-2019, section 5.4.1). Derivatives by the rules of differentiation
        # (Griewank & Walther, Evaluating Derivatives, 2008, table 2.3), written as they are worked out: every sign
        # and product is an operation, y is at hand, nothing is shared between operands.
        "+": _row("x + y", _d("g"), _d("g"), add=1),
        "-": _row("x - y", _d("g"), _d("-g", add=1), add=1),
        "*": _row("x y", _d("g y", mul=1), _d("g x", mul=1), mul=1),
        "/": _row("z = x / y", _d("g / y", div=1), _d("-(g / y) z", div=1, mul=1, add=1), div=1),
        "negate": _row("-x, as 0 - x", _d("-g", add=1), add=1),
        # Comparison and selection (IEEE 754-2019, sections 5.11 and 9.6).
        **{sign: _row(f"x {sign} y", None, None, cmp=1) for sign in ("==", "!=", "<", "<=", ">", ">=")},
        "max": _row("the larger of x and y", _d("g or 0", cmp=1), _d("g or 0", cmp=1), cmp=1),
        "min": _row("the smaller of x and y", _d("g or 0", cmp=1), _d("g or 0", cmp=1), cmp=1),
        "where": _row("y where x holds, else z", None, _d("g or 0", cmp=1), _d("g or 0", cmp=1), cmp=1),
        "abs": _row("max(x, -x); the sign costs nothing", _d("g or -g", cmp=1), cmp=1),
        # Elementary functions (IEEE 754-2019, section 9.2): each one call, of class exp.
        "exp": _row("y = exp x", _d("g y", mul=1), exp=1),
        "log": _row("log x", _d("g / x", div=1), exp=1),
        "tanh": _row("y = tanh x", _d("g (1 - y y)", mul=2, add=1), exp=1),
        "erf": _row("erf x", _d("g (2 / sqrt(pi) exp(-(x x)))", mul=3, add=1, exp=1), exp=1),
        "sin": _row("sin x", _d("g cos x", mul=1, exp=1), exp=1),
        "cos": _row("cos x", _d("-(g sin x)", mul=1, exp=1, add=1), exp=1),
        "sqrt": _row("y = square root (IEEE 754-2019, section 5.4.1)", _d("g / (2 y)", mul=1, div=1), sqrt=1),
        "rsqrt": _row("y = 1 / sqrt(x) (IEEE 754-2019, section 9.2)", _d("g (-1/2 y y y)", mul=4), sqrt=1, div=1),
        # Activations, by the formula of their paper.
        "sigmoid": _row(
            "y = 1 / (1 + exp(-x)), one call of class exp as in hardware tables",
            _d("g (y (1 - y))", mul=2, add=1),
            exp=1,
        ),
        "relu": _row("max(x, 0) (Nair & Hinton 2010)", _d("g or 0", cmp=1), cmp=1),
        "leaky_relu": _row("x where x > 0, else a x (Maas et al. 2013)", _d("g or a g", cmp=1, mul=1), cmp=1, mul=1),
        "elu": _row(
            "y = x where x > 0, else exp(x) - 1 (Clevert et al. 2016)",
            _d("g, or g (y + 1)", cmp=1, mul=1, add=1),
            cmp=1,
            exp=1,
            add=1,
        ),
        "gelu": _row(
            "x / 2 * (1 + erf(x / sqrt(2))) (Hendrycks & Gimpel 2016)",
            _d("g (1/2 (1 + erf(x / sqrt(2))) + x (1 / sqrt(2 pi) exp(-1/2 (x x))))", exp=2, mul=7, add=2),
            exp=1,
            mul=3,
            add=1,
            beside=1,  # x / 2
        ),
        "silu": _row(
            "x sigmoid(x) (Elfwing et al. 2018)",
            _d("g (s (1 + x (1 - s))), s = sigmoid x", exp=1, mul=3, add=2),
            exp=1,
            mul=1,
        ),
        "softplus": _row("log(1 + exp(x)) (Dugas et al. 2001)", _d("g sigmoid x", exp=1, mul=1), exp=2, add=1),
    }
)


def pointwise(name: str, operands: Sequence[Operand], site: Site) -> Applied:
    """A row of the table over broadcast shapes.

    Shape   operands broadcast as in NumPy
    Counts  the row's counts for each element of the result
    Source  the row; for broadcasting NumPy's user guide, "Broadcasting"
    """
    shape = broadcast(name, operands, site)
    return Applied((shape,), per_element(POINTWISE[name].counts, shape), given={"fixed": _fixed(*operands)})


def _fixed(*operands: Operand) -> tuple[bool, ...]:
    """Which operands are numbers that are known when the network is written."""
    return tuple(operand.fixed for operand in operands)


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
        return Applied((shape,), per_element(power_counts(None), shape), given={"fixed": _fixed(base, exponent)})
    given = {"fixed": (False, True), "exponent": exponent}
    return Applied((base.shape,), per_element(power_counts(exponent), base.shape), given=given)


def power_counts(exponent: Form | None) -> Mapping[str, int]:
    """What one power costs, by its exponent if that is a size or a number."""
    value = None if exponent is None or exponent.free_symbols else Fraction(exponent.evaluate({}))
    if value is None:
        return {"exp": 2, "mul": 1}
    if value.denominator == 1 and 1 < value <= 64:
        return {"mul": int(value) - 1}
    return SPECIAL_POWERS.get(value, {"exp": 2, "mul": 1})


def power_derivatives(fixed: tuple[bool, ...], exponent: Form | None) -> tuple[Derivative | None, ...]:
    """The derivatives of `y = x ^ n`, with an exponent if it is one number."""
    if fixed[0]:
        return None, _d("g y log a, the logarithm known", mul=2)
    if not fixed[1]:
        return _d("g n x^(n - 1)", add=1, exp=2, mul=3), _d("g y log x", exp=1, mul=2)
    value = None if exponent is None or exponent.free_symbols else exponent.evaluate({})
    match value:
        case 0:
            return None, None
        case 1:
            return _d("g"), None
        case Fraction(numerator=-1, denominator=1) | -1:
            return _d("-(g y y)", mul=2, add=1), None
        case Fraction(numerator=1, denominator=2):
            return POINTWISE["sqrt"].derivatives[0], None
        case Fraction(numerator=-1, denominator=2):
            return POINTWISE["rsqrt"].derivatives[0], None
        case int() | Fraction(denominator=1) if 1 < value <= 64:
            return _d("g n x ... x, n - 1 factors", mul=int(value)), None
    return _d("g n x^(n - 1)", exp=2, mul=3), None


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
