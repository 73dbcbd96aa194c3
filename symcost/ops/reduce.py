"""Reductions: many numbers to one along an axis."""

from __future__ import annotations

from symcost.cost import Cost, cost
from symcost.errors import GivenTwice
from symcost.formula import Form, maximum, num
from symcost.ops.base import Applied, Axes, Operand, Site, axis_of, op, product
from symcost.ops.sizes import Sizes

REDUCTIONS: dict[str, tuple[tuple[str, bool], ...]] = {
    "sum": (("add", True),),
    "max": (("cmp", True),),
    "min": (("cmp", True),),
    "mean": (("add", True), ("mul", False)),
}
"""For each reduction its classes: once less than there are numbers (True), or once (False)."""


def reduced(name: str, count: Form, outputs: Form, sizes: Sizes) -> Cost:
    """The cost of reducing `count` numbers to one, `outputs` times.

    Counts  sum: add n-1; max, min: cmp n-1; mean: add n-1 and mul 1 (by the constant 1/n)
    Source  Knuth, The Art of Computer Programming, volume 1, section 1.2.10 (n-1 comparisons for a maximum)
    """
    fewer = one_less(count, sizes)
    return cost({c: (fewer if less else num(1)) * outputs for c, less in REDUCTIONS[name]})


def one_less(count: Form, sizes: Sizes) -> Form:
    """N - 1 operations join n numbers; none where n can be 0."""
    fewer = (count - 1).expand()
    return fewer if sizes.assumptions.at_least(count, num(1)) else maximum(fewer, num(0))


def _reduce(name: str, site: Site, x: Operand, axis: Axes, keep: bool) -> Applied:
    axes = {axis_of(x, a, site) for a in axis}
    if len(axes) < len(axis):
        raise GivenTwice("an axis", site.at("axis"), None)
    kept = tuple(num(1) if i in axes else size for i, size in enumerate(x.shape))
    left = tuple(size for i, size in enumerate(x.shape) if i not in axes)
    count = product([x.shape[i] for i in sorted(axes)])
    return Applied((kept if keep else left,), reduced(name, count, product(left), site.sizes))


@op
def sum_(site: Site, x: Operand, axis: Axes = (-1,), keep: bool = False) -> Applied:
    """The sum over one axis or several.

    Shape   (..., n) -> (...); with `keep` (..., 1)
    Counts  add n-1 for each result
    """
    return _reduce("sum", site, x, axis, keep)


@op
def max_(site: Site, x: Operand, axis: Axes = (-1,), keep: bool = False) -> Applied:
    """The largest along one axis or several.

    Shape   (..., n) -> (...); with `keep` (..., 1)
    Counts  cmp n-1 for each result
    """
    return _reduce("max", site, x, axis, keep)


@op
def min_(site: Site, x: Operand, axis: Axes = (-1,), keep: bool = False) -> Applied:
    """The smallest along one axis or several.

    Shape   (..., n) -> (...); with `keep` (..., 1)
    Counts  cmp n-1 for each result
    """
    return _reduce("min", site, x, axis, keep)


@op
def mean(site: Site, x: Operand, axis: Axes = (-1,), keep: bool = False) -> Applied:
    """The mean along one axis or several.

    Shape   (..., n) -> (...); with `keep` (..., 1)
    Counts  add n-1 and mul 1, by the constant 1/n, for each result
    """
    return _reduce("mean", site, x, axis, keep)
