"""What a listing of a model shows, whatever its writing: its blocks as rows, and its totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from math import inf
from typing import TYPE_CHECKING

from symcost.blocks import OWN
from symcost.cost import Cost
from symcost.errors import TooManyBlocks
from symcost.formula import Form, mul
from symcost.once import once
from symcost.questions import questions
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.blocks import BlockCost
    from symcost.conventions import Convention
    from symcost.model import Model

MOST_ROWS = 20_000
"""Blocks in one listing: forty modules that call each other twice make a million million."""


@dataclass(frozen=True, slots=True)
class Row:
    """A block, or several equal ones in a row, with everything inside; or what a block does itself.

    `level` is how deep it stands.
    """

    level: int
    label: str
    block: BlockCost
    params: Form
    macs: Form
    flops: Form
    times: int = 1
    """How many equal ones it is."""

    @property
    def figures(self) -> tuple[Form, Form, Form]:
        """Parameters, MACs, FLOPs."""
        return self.params, self.macs, self.flops

    @property
    def costs_nothing(self) -> bool:
        """Whether it has neither parameters nor operations, under no convention: what only moves data."""
        return self.params == 0 and self.flops == 0 and not self.block.cost.counts

    @property
    def own(self) -> bool:
        """Whether it is what the block above does itself."""
        return self.block.kind == OWN


@dataclass(frozen=True)
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

    @once
    def tree(self) -> BlockCost:
        """The blocks of the model, so that each listing of them begins with what was found before."""
        return self.model.tree

    @once
    def totals(self) -> dict[str, Form]:
        """The quantities of the whole model, by name."""
        subject = self.model.answers.subject_under(self.convention)
        asked = [one for one in questions().values() if one.in_report or (one.name == "state" and self.model.goes_on)]
        return {one.name: one.ask(subject) for one in asked}

    @once
    def notable(self) -> dict[str, Form]:
        """The totals that say something new."""
        same = {"mac"} | ({"active"} if self.totals["active"] == self.totals["params"] else set())
        return {name: form for name, form in self.totals.items() if form != 0 and name not in same}

    def rows(self, depth: float = inf, *, gather: bool = True, every: bool = False) -> list[Row]:
        """The blocks down to a depth, and what each does itself, as `folded` makes them few.

        Equal ones in a row are gathered into one, unless each is wanted.
        Raises TooManyBlocks.
        """
        rows = self.all_rows(depth, gather=gather)
        return folded(rows, [row.costs_nothing for row in rows], every=every)

    def all_rows(self, depth: float = inf, *, gather: bool = True) -> list[Row]:
        """The blocks down to a depth, and what each does itself, be it nothing.

        Raises TooManyBlocks.
        """
        self._bounded(depth)
        return list(self._rows(self.tree, 1, 0, depth, gather))

    def _bounded(self, depth: float) -> None:
        """Counts before anything is computed: what a block costs takes far longer than to see that it is there."""
        level, seen = [self.tree], 0
        while level and depth >= 0:
            seen += len(level)
            if seen > MOST_ROWS:
                raise TooManyBlocks(MOST_ROWS)
            level = [child for block in level for child in block.children]
            depth -= 1

    def _rows(self, block: BlockCost, times: int, level: int, depth: float, gather: bool) -> Iterator[Row]:
        forms = (block.params, block.cost["macs"], block.flops(self.convention))
        params, macs, flops = (mul(times, form) for form in forms)
        yield Row(level, _label(block, times), block, params, macs, flops, times)
        if level >= depth:
            return

        for part, count in _parts(block, gather):
            yield from self._rows(part, count * times, level + 1, depth, gather)


def _label(block: BlockCost, times: int) -> str:
    """`12 × Layer`; what a block does itself is not counted."""
    return f"{times} × {block.label}" if times > 1 and block.kind != OWN else block.label


def _parts(block: BlockCost, gather: bool) -> Iterable[tuple[BlockCost, int]]:
    """What is in a block, and how often: alike neighbours at once, or each by itself."""
    return runs(block.inside) if gather else ((part, 1) for part in block.inside)


def folded(rows: Sequence[Row], nothing: Sequence[bool], *, every: bool = False) -> list[Row]:
    """The rows without blocks that cost `nothing`, unless `every` block is wanted.

    What a block does itself has a row only where it is something, and something else is in the block as well.
    """
    kept = []
    for row, none in zip(rows, nothing, strict=True):
        wanted = every and not row.own
        if wanted or not none or row.level == 0:
            kept.append(row)
    return _not_alone(kept)


def _not_alone(rows: Sequence[Row]) -> list[Row]:
    """The rows without what a block does itself where that is all: no row of its level comes next."""
    following = [*(row.level for row in rows[1:]), -1]
    return [row for row, level in zip(rows, following, strict=True) if not row.own or level >= row.level]


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
