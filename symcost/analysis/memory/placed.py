"""Which line keeps what for the backward pass: activations (see activations.py), by the operations that make them.

A loop whose rounds all keep the same is told by one round; of one whose first or last rounds differ every line tells
what it keeps in all of them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from symcost.analysis.counts.by_line import Held, Step
from symcost.analysis.fold import NONE, rounds
from symcost.analysis.memory.activations import Activations
from symcost.analysis.memory.kept import Kept, Wanted
from symcost.analysis.memory.kept_rounds import Round, Rounds
from symcost.errors import TooManyBlocks
from symcost.formula import Form, add, mul
from symcost.formula.named import spread
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Tensor
from symcost.records import dataclass

MOST_PLACES = 20_000
"""Operations in their places: calls that call each other twice are 2^n of them."""

Path = tuple[Block, ...]
"""The calls around something, and those loops whose rounds all keep the same."""


@dataclass(frozen=True, slots=True)
class Store:
    """What keeps something: an operation, or an input of the model, in its place, and what kind of numbers it keeps."""

    kind: str
    path: Path
    at: Operation | Tensor

    def inside(self, block: Block) -> Store:
        """The same as seen from around a block."""
        return replace(self, path=(block, *self.path))

    def over_all_rounds(self, form: Form) -> tuple[Store, Form]:
        """The same over all rounds of the loops in its path, which name it no more."""
        for block in reversed(self.path):
            form = rounds(block, form)
        return replace(self, path=tuple(block for block in self.path if block.kind == "call")), form


class Placed(Activations):
    """What the forward pass of a model keeps, by `Store`.

    Raises TooManyBlocks where there are too many places.
    """

    def _given(self, port: Tensor, kind: str, asked: Form) -> Kept:
        return Kept({Store(kind, (), port): mul(port.size, asked)})

    def _node(self, node: Operation | Block, asked: Wanted, live: set[Tensor]) -> Iterator[Kept]:
        for kept in super()._node(node, asked, live):
            match node:
                case Operation():
                    yield Kept({Store(str(kind), (), node): form for kind, form in kept.counts.items()})
                case Block(kind="call"):
                    yield _inside(node, kept)
                case Block():
                    yield kept  # as all of its rounds have it

    def _over(self, rounds: Rounds) -> Kept:
        if rounds.first == rounds.last == 0:
            return _inside(rounds.block, rounds.usual.kept)
        grid = [[_told_at_once(one) for one in row] for row in rounds.grid]
        return replace(rounds, grid=grid).kept()


def _inside(block: Block, kept: Kept) -> Kept:
    """What is kept inside of a block, as seen from around it."""
    if len(kept.counts) > MOST_PLACES:
        raise TooManyBlocks(MOST_PLACES)
    return Kept({store.inside(block): form for store, form in _stores(kept)})


def _told_at_once(one: Round) -> Round:
    """A round of which each line tells what it keeps in all rounds of the loops in it."""
    return Round(Kept(dict(store.over_all_rounds(form) for store, form in _stores(one.kept))), one.wanted)


def _stores(kept: Kept) -> Iterator[tuple[Store, Form]]:
    for store, form in kept.counts.items():
        assert isinstance(store, Store)
        yield store, form


@dataclass(frozen=True, slots=True, eq=False)
class Storing:
    """A measure (see counts/by_line.py): what each operation keeps where it stands."""

    kept: Mapping[tuple[Path, Operation | Tensor], Form]
    alike: frozenset[Path]
    """Loops, with what is around them, of which one round is told."""
    path: Path = ()
    at_once: bool = False
    """Inside a loop whose lines tell all of its rounds."""

    def whole(self, node: GraphNode) -> Form | None:
        """What an operation keeps; a block is looked into."""
        match node:
            case Operation():
                return self.kept.get((self.path, node), NONE)
            case Block(kind="scan" | "repeat" | "choose" | "call"):
                return None
            case _:
                return NONE

    def beside(self, block: Block) -> Form:
        """Nothing: what goes from round to round is kept where it is made."""
        return NONE

    def held(self, at: Block | Graph) -> Iterable[Step]:
        """The inputs of the model, which nothing in it makes."""
        if isinstance(at, Graph):
            for port in at.ports:
                form = self.kept.get(((), port), NONE)
                if form != 0:
                    yield Step(Held(port.span.text, port), form)

    def inside(self, block: Block) -> Storing:
        """Inside a call, or one round of a loop whose rounds are alike; of another loop all of them."""
        path = (*self.path, block)
        if block.kind == "call" or path in self.alike:
            return replace(self, path=path)
        return replace(self, at_once=True)

    def around(self, block: Block, form: Form) -> Form | None:
        """All rounds of those that are alike; else they are counted already."""
        is_counted = block.kind != "call" and (*self.path, block) not in self.alike
        return None if is_counted else rounds(block, form)

    def together(self, counts: Iterable[Form]) -> Form:
        """Their sum; where first and last rounds were added and taken away, as simple as it becomes."""
        whole = add(NONE, *counts)
        return spread(whole) if self.at_once else whole


def storing(kept: Kept, kind: str) -> Storing:
    """The measure of one kind of numbers."""
    found = {(store.path, store.at): form for store, form in _stores(kept) if store.kind == kind and form != 0}
    alike = {path[: deep + 1] for path, _ in found for deep, block in enumerate(path) if block.kind != "call"}
    return Storing(found, frozenset(alike))
