"""Cost: how many operations of each class, as formulas; costs add and are repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from symcost.classes import CLASSES as CLASSES, INSIDE as INSIDE
from symcost.formula import Form, add, mul, num
from symcost.formula.terms import plainly_not_zero
from symcost.records import dataclass

OUTSIDE = {"multiplications": "mul", "additions": "add"}
"""For what a contraction counts apart, the scalar products and sums inside its MACs, the class of those outside."""

MACS = ("mac", *INSIDE)
"""What contractions count: MACs, or the multiplications and additions that these consist of."""

ZERO = num(0)


@dataclass(frozen=True, slots=True)
class Cost:
    """Counts by operation class. `inside` holds the multiplications and additions that the MACs consist of."""

    counts: Mapping[str, Form]
    inside: Mapping[str, Form]

    def __reduce__(self) -> tuple[Any, ...]:
        return cost, (dict(self.counts), dict(self.inside))

    def __getitem__(self, name: str) -> Form:
        """A class by its name, or all `multiplications` or `additions`, those inside MACs included."""
        if name in OUTSIDE:
            return add(self.inside.get(name, ZERO), self.counts.get(OUTSIDE[name], ZERO))
        return self.counts.get("mac" if name == "macs" else name, ZERO)

    def each(self, change: Callable[[Form], Form]) -> Cost:
        """The same counts, each one changed."""
        return cost(_changed(self.counts, change), _changed(self.inside, change))

    def times(self, count: Form) -> Cost:
        """These operations `count` times over; the repetition stands outside."""
        return self.each(lambda form: mul(form, count))


def cost(counts: Mapping[str, Form] | None = None, inside: Mapping[str, Form] | None = None) -> Cost:
    """A Cost without the classes that count nothing, the others in their usual order."""
    counted = _something(counts or {})
    in_order = {name: counted[name] for name in CLASSES if name in counted}
    return Cost(MappingProxyType(in_order), MappingProxyType(_something(inside or {})))


def total(costs: Iterable[Cost]) -> Cost:
    """The sum of many costs; equal terms merge."""
    counts: dict[str, list[Form]] = {}
    inside: dict[str, list[Form]] = {}
    for part in costs:
        _gather(counts, part.counts)
        _gather(inside, part.inside)
    return cost(_added(counts), _added(inside))


def only(whole: Cost, *names: str) -> Cost:
    """The counts of these classes alone."""
    return _chosen(whole, lambda name: name in names)


def without(whole: Cost, *names: str) -> Cost:
    """The counts of all classes but these."""
    return _chosen(whole, lambda name: name not in names)


def _chosen(whole: Cost, choose: Callable[[str], bool]) -> Cost:
    counts, inside = (
        {name: form for name, form in part.items() if choose(name)} for part in (whole.counts, whole.inside)
    )
    return cost(counts, inside)


def _something(counts: Mapping[str, Form]) -> dict[str, Form]:
    return {name: form for name, form in counts.items() if form is not ZERO and (plainly_not_zero(form) or form != 0)}


def _changed(counts: Mapping[str, Form], change: Callable[[Form], Form]) -> dict[str, Form]:
    return {name: change(form) for name, form in counts.items()}


def _gather(gathered: dict[str, list[Form]], counts: Mapping[str, Form]) -> None:
    for name, form in counts.items():
        gathered.setdefault(name, []).append(form)


def _added(gathered: Mapping[str, list[Form]]) -> dict[str, Form]:
    return {name: add(*forms) for name, forms in gathered.items()}


NOTHING = cost()
