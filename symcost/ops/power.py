"""Powers: products for a whole number, a root or a division where one does, else exp(n log x)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symcost.formula import Assumptions, Form, num
from symcost.ops.base import WRITTEN, Applied, Operand, Primitive, Site, register
from symcost.ops.memory import NEW
from symcost.ops.pointwise import POINTWISE, Derivative, broadcast, d, fixed, gradient, per_element
from symcost.ops.reads import broadcast as broadcast_reads
from symcost.ops.steps import two_by_two
from symcost.ops.use import Use

MOST_PRODUCTS = 64
"""Up to this exponent a whole power is products; above it exp and log are fewer."""

ROOT, RECIPROCAL, RECIPROCAL_ROOT = Fraction(1, 2), Fraction(-1), Fraction(-1, 2)

SPECIAL: Mapping[Fraction, Mapping[str, int]] = {
    Fraction(0): {},
    Fraction(1): {},
    RECIPROCAL: {"div": 1},
    ROOT: {"sqrt": 1},
    RECIPROCAL_ROOT: {"sqrt": 1, "div": 1},
}
"""What a power costs that is less than exp and log."""


def power(base: Operand, exponent: Operand | Form, site: Site) -> Applied:
    """`x ^ n`, with a tensor, a size or a number as exponent.

    Shape   of two tensors their broadcast shape, else that of the base
    Counts  n whole and above 1: mul n-1; n = 1/2: sqrt 1; n = -1: div 1; n = -1/2: sqrt 1, div 1;
            n = 0 or 1: nothing; otherwise exp 2, mul 1; at each element
    """
    return POWER(site, base, exponent)


def _power(site: Site, base: Operand, exponent: Operand | Form) -> Applied:
    if isinstance(exponent, Operand):
        shape = broadcast("^", (base, exponent), site)
        return Applied((shape,), per_element(power_counts(None), shape), given={"fixed": fixed(base, exponent)})
    given = {"fixed": (False, True), "exponent": exponent}
    return Applied((base.shape,), per_element(power_counts(exponent), base.shape), given=given)


def power_counts(exponent: Form | None) -> Mapping[str, int]:
    """What one power costs, by its exponent if that is a size or a number."""
    value = _number(exponent)
    if value is None:
        return {"exp": 2, "mul": 1}
    if _is_product(value):
        return {"mul": int(value) - 1}
    return SPECIAL.get(value, {"exp": 2, "mul": 1})


def _number(exponent: Form | None) -> Fraction | None:
    """The exponent, where it is one number."""
    return None if exponent is None or exponent.free_symbols else Fraction(exponent.evaluate({}))


def _is_product(value: Fraction) -> bool:
    return value.denominator == 1 and 1 < value <= MOST_PRODUCTS


def _steps(use: Use, assumptions: Assumptions) -> Form:
    """Products of a whole power are joined two by two, anything else is worked out in turn."""
    counts = power_counts(use.given.get("exponent"))
    if counts.keys() <= {"mul"}:
        return two_by_two(num(counts.get("mul", 0) + 1), assumptions)
    return num(sum(counts.values()))


# Derivatives --------------------------------------------------------------------------------------

OF_TENSORS = (
    d("g n x^(n - 1)", "ab", add=1, exp=2, mul=3),
    d("g y log x", "ay", exp=1, mul=2),
)
"""Of `y = x ^ n`, both of which are tensors: by x and by n."""

OF_THE_EXPONENT = d("g y log a, the logarithm known", "y", mul=2)
"""Of `y = a ^ x`, a number a."""

GENERAL = d("g n x^(n - 1)", "a", exp=2, mul=3)
"""Of `y = x ^ n`, n no number that makes it simpler."""


def _derivatives(use: Use) -> tuple[Derivative | None, ...]:
    base_known, exponent_known = use.given["fixed"]
    if base_known:
        return None, OF_THE_EXPONENT
    if not exponent_known:
        return OF_TENSORS
    return _by_base(_number(use.given.get("exponent"))), None


def _by_base(value: Fraction | None) -> Derivative | None:
    """The derivative of `y = x ^ n` by x. Roots and reciprocals are their own, up to products."""
    if value is None:
        return GENERAL
    if value == 0:
        return None
    if value == 1:
        return d("g")
    if value == RECIPROCAL:
        return d("-(g y y)", "y", mul=2, add=1)
    if value == ROOT:
        return POINTWISE["sqrt"].derivatives[0]
    if value == RECIPROCAL_ROOT:
        return POINTWISE["rsqrt"].derivatives[0]
    if _is_product(value):
        return d("g n x ... x, n - 1 factors", "a", mul=int(value))
    return GENERAL


POWER = register(
    Primitive(
        name="^",
        apply=_power,
        reads=broadcast_reads,
        gradient=gradient(_derivatives),
        memory=NEW,
        steps=_steps,
    ),
    WRITTEN,
)
