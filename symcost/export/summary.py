"""What a listing of a model shows, whatever its writing: its blocks as rows, and its totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from math import inf
from typing import TYPE_CHECKING

from symcost.cost import Cost
from symcost.errors import TooManyBlocks
from symcost.formula import Form, mul
from symcost.questions import questions

if TYPE_CHECKING:
    from symcost.blocks import BlockCost
    from symcost.conventions import Convention
    from symcost.model import Model

MOST_ROWS = 20_000
"""Blocks in one listing: forty modules that call each other twice make a million million."""


@dataclass(frozen=True, slots=True)
class Row:
    """A block, or several equal ones in a row, with everything inside. `level` is how deep it stands."""

    level: int
    label: str
    block: BlockCost
    params: Form
    macs: Form
    flops: Form

    @property
    def figures(self) -> tuple[Form, Form, Form]:
        """Parameters, MACs, FLOPs."""
        return self.params, self.macs, self.flops


@dataclass(frozen=True, slots=True)
class Summary:
    """A model with the numbers that were put in, and the convention for its FLOPs."""

    model: Model
    convention: Convention

    @property
    def values(self) -> Mapping[str, int]:
        """The numbers for the dimensions."""
        return self.model.values

    def number(self, form: Form) -> int | Fraction | None:
        """The exact value, None while a dimension has none."""
        if any(one.name not in self.values for one in form.free_symbols):
            return None
        return self.model.number(form)

    def shown(self, form: Form) -> Form:
        """The formula with the known numbers put in."""
        return self.model.shown(form)

    @property
    def totals(self) -> dict[str, Form]:
        """The quantities of the whole model, by name."""
        subject = self.model.subject_under(self.convention)
        return {name: asked.ask(subject) for name, asked in questions().items() if asked.in_report}

    @property
    def notable(self) -> dict[str, Form]:
        """The totals that say something new."""
        same = {"mac"} | ({"active"} if self.totals["active"] == self.totals["params"] else set())
        return {name: form for name, form in self.totals.items() if form != 0 and name not in same}

    def rows(self, depth: float = inf, *, gather: bool = True) -> Iterator[Row]:
        """The blocks down to a depth; equal ones in a row are gathered into one, unless each is wanted.

        Raises TooManyBlocks.
        """
        self._bounded(depth)
        yield from self._rows(self.model.tree, 1, 0, depth, gather)

    def _bounded(self, depth: float) -> None:
        """Counts before anything is computed: what a block costs takes far longer than to see that it is there."""
        level, seen = [self.model.tree], 0
        while level and depth >= 0:
            seen += len(level)
            if seen > MOST_ROWS:
                raise TooManyBlocks(MOST_ROWS)
            level = [child for block in level for child in block.children]
            depth -= 1

    def _rows(self, block: BlockCost, times: int, level: int, depth: float, gather: bool) -> Iterator[Row]:
        label = f"{times} × {block.label}" if times > 1 else block.label
        params, macs, flops = block.params, block.cost["macs"], block.flops(self.convention)
        yield Row(level, label, block, *(mul(times, form) for form in (params, macs, flops)))
        if level < depth:
            for child, count in runs(block.children) if gather else ((child, 1) for child in block.children):
                yield from self._rows(child, count * times, level + 1, depth, gather)


def runs(blocks: Iterable[BlockCost]) -> Iterator[tuple[BlockCost, int]]:
    """Equal neighbours as one block and how many they are."""
    for _, group in groupby(blocks, key=_likeness):
        first, *others = group
        yield first, 1 + len(others)


def _likeness(block: BlockCost) -> tuple[object, ...]:
    # One level of children: a walk to the leaves would take exponential time where modules call modules twice.
    return block.label, block.params, _counts(block.cost), tuple(child.label for child in block.children)


def _counts(cost: Cost) -> tuple[object, ...]:
    return tuple(cost.counts.items()), tuple(cost.inside.items())
