"""Reductions: many numbers to one along an axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from types import MappingProxyType
from typing import NamedTuple

from symcost.cost import Cost, cost
from symcost.errors import GivenTwice
from symcost.formula import Assumptions, Form, add, num
from symcost.ops.base import Applied, Axes, Operand, Primitive, Site, axis_of, op, product
from symcost.ops.gradient import Gradient, Work, first_input, nothing_kept, one_less, operand_and_result
from symcost.ops.memory import NEW
from symcost.ops.reads import reduced as reduced_reads
from symcost.ops.sizes import Sizes
from symcost.ops.steps import Steps, two_by_two
from symcost.ops.use import Use, Value


class Reduction(NamedTuple):
    """How n numbers become one: n - 1 operations that join them, and perhaps one behind.

    `chooses`: the result is one of the numbers, so that only that one gets its gradient.
    """

    joins: str
    behind: str | None = None
    chooses: bool = False

    def counts(self, count: Form, outputs: Form, sizes: Sizes) -> Cost:
        """The cost of reducing `count` numbers to one, `outputs` times.

        Counts  sum: add n-1; max, min: cmp n-1; mean: add n-1 and mul 1 (by the constant 1/n)
        Source  Knuth, The Art of Computer Programming, volume 1, section 1.2.10 (n-1 comparisons for a maximum)
        """
        found = {self.joins: one_less(count, sizes) * outputs}
        return cost(found | ({self.behind: outputs} if self.behind else {}))

    def steps(self, count: Form, assumptions: Assumptions) -> Form:
        """Joined two by two, and what is done once behind it."""
        return add(two_by_two(count, assumptions), int(self.behind is not None))

    def back(self, read: Form, outputs: Form) -> Mapping[str, Form]:
        """The gradient: copied (sum), scaled once for each result (mean), or compared with each number (max, min)."""
        if self.chooses:
            return {"cmp": read}
        return {self.behind: outputs} if self.behind else {}

    def needs(self, use: Use, wanted: Set[int]) -> tuple[Value, ...]:
        """A chosen number is found again by comparing."""
        return operand_and_result(use, wanted) if self.chooses else nothing_kept(use, wanted)


REDUCTIONS: Mapping[str, Reduction] = MappingProxyType(
    {
        "sum": Reduction("add"),
        "max": Reduction("cmp", chooses=True),
        "min": Reduction("cmp", chooses=True),
        "mean": Reduction("add", behind="mul"),
    }
)
"""What reduces an axis, or a window (see contract)."""


def _gradient(reduction: Reduction) -> Gradient:
    def work(use: Use, sizes: Sizes) -> Iterator[Work]:
        (x,), (y,) = use.inputs, use.outputs
        into = x.size if x.parameter else num(0)
        yield Work((0,), cost({**reduction.back(x.size, y.size), "add": into}))

    return Gradient(through=first_input, work=work, needs=reduction.needs, in_place=False)


def _steps(reduction: Reduction) -> Steps:
    def steps(use: Use, assumptions: Assumptions) -> Form:
        shape = use.inputs[0].shape
        gone = {axis % len(shape) for axis in use.given["axis"]}
        return reduction.steps(product([size for axis, size in enumerate(shape) if axis in gone]), assumptions)

    return steps


def _reduction(name: str) -> Callable[[Callable[..., Applied]], Primitive]:
    """Make a function of a tensor and axes the primitive that reduces them."""
    reduction = REDUCTIONS[name]
    return op(reads=reduced_reads, gradient=_gradient(reduction), memory=NEW, steps=_steps(reduction))


def _reduce(name: str, site: Site, x: Operand, axis: Axes, keep: bool) -> Applied:
    axes = {axis_of(x, a, site) for a in axis}
    if len(axes) < len(axis):
        raise GivenTwice("an axis", site.at("axis"), None)
    kept = tuple(num(1) if i in axes else size for i, size in enumerate(x.shape))
    left = tuple(size for i, size in enumerate(x.shape) if i not in axes)
    count = product([x.shape[i] for i in sorted(axes)])
    return Applied((kept if keep else left,), REDUCTIONS[name].counts(count, product(left), site.sizes))


@_reduction("sum")
def sum_(site: Site, x: Operand, axis: Axes = (-1,), keep: bool = False) -> Applied:
    """The sum over one axis or several.

    Shape   (..., n) -> (...); with `keep` (..., 1)
    Counts  add n-1 for each result
    """
    return _reduce("sum", site, x, axis, keep)


@_reduction("max")
def max_(site: Site, x: Operand, axis: Axes = (-1,), keep: bool = False) -> Applied:
    """The largest along one axis or several.

    Shape   (..., n) -> (...); with `keep` (..., 1)
    Counts  cmp n-1 for each result
    """
    return _reduce("max", site, x, axis, keep)


@_reduction("min")
def min_(site: Site, x: Operand, axis: Axes = (-1,), keep: bool = False) -> Applied:
    """The smallest along one axis or several.

    Shape   (..., n) -> (...); with `keep` (..., 1)
    Counts  cmp n-1 for each result
    """
    return _reduce("min", site, x, axis, keep)


@_reduction("mean")
def mean(site: Site, x: Operand, axis: Axes = (-1,), keep: bool = False) -> Applied:
    """The mean along one axis or several.

    Shape   (..., n) -> (...); with `keep` (..., 1)
    Counts  add n-1 and mul 1, by the constant 1/n, for each result
    """
    return _reduce("mean", site, x, axis, keep)
