"""Cost: how many operations of each class, as formulas; costs add and are repeated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from symcost.classes import CLASSES as CLASSES, INSIDE as INSIDE
from symcost.formula import Form, add, mul, num

ZERO = num(0)


@dataclass(frozen=True, slots=True)
class Cost:
    """Counts by operation class. `inside` holds the multiplications and additions that the MACs consist of."""

    counts: Mapping[str, Form]
    inside: Mapping[str, Form]

    def __getitem__(self, name: str) -> Form:
        """A class by its name, or all `multiplications` or `additions`, those inside MACs included."""
        match name:
            case "multiplications":
                return add(self.inside.get(name, ZERO), self.counts.get("mul", ZERO))
            case "additions":
                return add(self.inside.get(name, ZERO), self.counts.get("add", ZERO))
            case "macs":
                return self.counts.get("mac", ZERO)
            case _:
                return self.counts.get(name, ZERO)

    def each(self, change: Callable[[Form], Form]) -> Cost:
        """The same counts, each one changed."""
        return cost({k: change(v) for k, v in self.counts.items()}, {k: change(v) for k, v in self.inside.items()})

    def times(self, count: Form) -> Cost:
        """These operations `count` times over; the repetition stands outside."""
        return self.each(lambda form: mul(form, count))


def cost(counts: Mapping[str, Form] | None = None, inside: Mapping[str, Form] | None = None) -> Cost:
    """A Cost without the classes that count nothing."""
    kept = {k: v for k, v in (counts or {}).items() if v != 0}
    return Cost(
        MappingProxyType({k: kept[k] for k in CLASSES if k in kept}),
        MappingProxyType({k: v for k, v in (inside or {}).items() if v != 0}),
    )


NOTHING = cost()


def total(costs: Iterable[Cost]) -> Cost:
    """The sum of many costs; equal terms merge."""
    counts: dict[str, list[Form]] = {}
    inside: dict[str, list[Form]] = {}
    for one in costs:
        for name, form in one.counts.items():
            counts.setdefault(name, []).append(form)
        for name, form in one.inside.items():
            inside.setdefault(name, []).append(form)
    return cost({k: add(*v) for k, v in counts.items()}, {k: add(*v) for k, v in inside.items()})
