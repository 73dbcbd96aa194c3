"""Numbers that are kept, by what they are, and tensors that something later wants."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping

from symcost.formula import Form, add, maximum, num
from symcost.formula.named import spread
from symcost.graph.graph import Tensor
from symcost.records import dataclass

ZERO, ONE = num(0), num(1)

KINDS = ("numbers", "masks", "rows")
"""What is kept: activations, results of comparisons and other conditions, row numbers."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Numbers kept, by kind; where it is followed to its places, by kind and place (see `placed.py`)."""

    counts: Mapping[Hashable, Form]

    def __getitem__(self, kind: Hashable) -> Form:
        return self.counts.get(kind, ZERO)

    def each(self, change: Callable[[Form], Form]) -> Kept:
        """The same kinds, each count changed."""
        return Kept({kind: change(form) for kind, form in self.counts.items()})

    def without(self, other: Kept) -> Kept:
        """The difference."""
        kinds = dict.fromkeys([*self.counts, *other.counts])
        return Kept({kind: spread(self[kind] - other[kind]) for kind in kinds})

    @property
    def nothing(self) -> bool:
        """Whether nothing is kept."""
        return all(form == 0 for form in self.counts.values())


def joined(parts: Iterable[Kept]) -> Kept:
    """The sum of many."""
    counts: dict[Hashable, list[Form]] = {}
    for part in parts:
        for kind, form in part.counts.items():
            counts.setdefault(kind, []).append(form)
    return Kept({kind: add(*forms) for kind, forms in counts.items()})


Wanted = dict[Tensor, Form]
"""Tensors that something later needs: 1, or a form that is 1 where it happens and else 0."""


def want(asked: Wanted, tensor: Tensor, form: Form) -> None:
    """Something needs a tensor; parameters are there anyway."""
    if not tensor.parameter and form != 0:
        asked[tensor] = _either(asked.get(tensor, ZERO), form)


def _either(known: Form, form: Form) -> Form:
    """1 where one of two happens."""
    if known in (ZERO, form):
        return form
    return ONE if ONE in (known, form) else maximum(known, form)
