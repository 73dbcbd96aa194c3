"""A picture: one scene of one model, laid out when it is first needed, in any writing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from symcost.errors import NothingToUnroll, TooLargeToDraw
from symcost.once import once
from symcost.pictures.architecture import Wish, drawn
from symcost.pictures.drawing import Drawing
from symcost.pictures.layout import place
from symcost.pictures.making import TooMany
from symcost.pictures.scene import Scene
from symcost.pictures.turning import turn
from symcost.pictures.weights import Weights, weights
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.graph.graph import Block, Graph
    from symcost.model import Model

PAGE = 30
"""Boxes that one looks at together."""
FEW = 6
"""A picture of no more boxes, inputs and results among them, opens layers that everybody knows, too."""
MOST = 300
"""Boxes in one picture; what has more is folded."""
DEEPEST = 40
LEAST_ROUNDS, MOST_ROUNDS = 2, 16


class Picture:
    """What is drawn of a model, and what is said below it."""

    def __init__(self, name: str, scene: Scene, notes: tuple[str, ...] = (), folded: str = "") -> None:
        """`folded` says why it is not as deep as it was asked for."""
        self.name = name
        self.scene = scene
        self.notes = notes
        self.folded = folded

    def __repr__(self) -> str:
        return f"<Picture {self.name}: {self.scene.size} boxes>"

    @once
    def drawing(self) -> Drawing:
        """Where everything stands."""
        return place(self.scene, self.notes)

    def written(self, writing: str) -> str:
        """It in a writing: `svg`, `tikz`, `dot`, `mmd` or `graphml`. Raises ValueError for another."""
        from symcost.pictures.writing import written

        return written(self, writing)

    def _repr_svg_(self) -> str:
        """In a notebook."""
        return self.written("svg")


def of_model(model: Model, quantity: str, levels: int | None, unroll: int | None, *, every: bool) -> Picture:
    """The picture of a model.

    Raises UnknownQuantity, NothingToUnroll, ValueError.
    """
    _check(levels, unroll)
    counts = weights(model, quantity)
    _check_unrolled(model, unroll)
    deepest = DEEPEST if levels is None else levels
    most = MOST if levels is not None else PAGE * (unroll or 1)
    wish = Wish(deepest, every, unroll)
    found = _opened(model, counts, wish, most)
    if levels is None:
        found = _with_samples(model, counts, wish, found)
    folded = found.folded if levels is not None or found.in_stretches else ""
    return Picture(model.name, found.scene, tuple(_notes(counts, unrolled=found.unrolled)), folded)


def _check(levels: int | None, unroll: int | None) -> None:
    """Raises ValueError for a number that is out of range."""
    if levels is not None and not 1 <= levels <= DEEPEST:
        raise ValueError(f"there are 1 to {DEEPEST} levels, not {levels}")
    if unroll is not None and not LEAST_ROUNDS <= unroll <= MOST_ROUNDS:
        raise ValueError(f"{LEAST_ROUNDS} to {MOST_ROUNDS} rounds stand side by side, not {unroll}")


def _check_unrolled(model: Model, unroll: int | None) -> None:
    """Raises NothingToUnroll."""
    if unroll is not None and not _recurs(model):
        raise NothingToUnroll(model.name, model.span)


def _levels(number: int) -> str:
    return "one level" if number == 1 else f"{number} levels"


def _notes(counts: Weights, *, unrolled: bool) -> list[str]:
    notes = list(counts.notes)
    if unrolled:
        notes.append("dashed: gradients, from the last round to the first")
    return notes


@dataclass(frozen=True)
class Opened:
    """A scene as deep as it may be, whether a recurrence in it is unrolled, and why it is no deeper."""

    scene: Scene
    unrolled: bool
    folded: str = ""
    in_stretches: bool = False
    levels: int = 1


def _opened(model: Model, counts: Weights, wish: Wish, most: int) -> Opened:
    """The deepest scene that is not too large. Raises TooLargeToDraw."""
    depth, folded = 1, ""
    try:
        scene, unrolled = drawn(model, counts, replace(wish, levels=depth), MOST)
    except TooMany:
        return _in_stretches(model, counts, wish)
    while depth < wish.levels:
        sought = wish.unroll is not None and not unrolled  # what is asked for is shown, be it a large picture
        try:
            deeper, unrolled_there = drawn(model, counts, replace(wish, levels=depth + 1), MOST if sought else most)
        except TooMany:
            folded = f"folded to {_levels(depth)}: deeper there are more than {MOST} boxes"
            break
        ended = deeper.size == scene.size
        scene, unrolled, depth = deeper, unrolled_there, depth + 1
        if ended:
            break
    if scene.size <= FEW and not wish.leaves:
        return _opened(model, counts, replace(wish, leaves=True), most)
    return Opened(scene, unrolled, folded, levels=depth)


def _with_samples(model: Model, counts: Weights, wish: Wish, found: Opened) -> Opened:
    """With one block of each kind opened further, unless that is too much or spoils the form of the whole."""
    if found.in_stretches or turn(found.scene):
        return found
    try:
        scene, unrolled = drawn(model, counts, replace(wish, levels=found.levels, samples=True), 2 * PAGE)
    except TooMany:
        return found
    return replace(found, scene=scene, unrolled=unrolled)


def _in_stretches(model: Model, counts: Weights, wish: Wish) -> Opened:
    """A text that has too many boxes however little is opened. Raises TooLargeToDraw."""
    try:
        scene, unrolled = drawn(model, counts, replace(wish, levels=1, in_stretches=True), MOST)
    except TooMany:
        raise TooLargeToDraw(MOST) from None
    folded = f"folded to stretches of lines: there are more than {MOST} boxes; a `module` is drawn as one"
    return Opened(scene, unrolled, folded, in_stretches=True)


def _recurs(model: Model) -> bool:
    """Whether there is a recurrence, at any depth."""
    waiting, seen = [model.graph], {model.graph}
    while waiting:
        for block in _blocks(waiting.pop()):
            if block.kind == "scan" and block.carried:
                return True
            if block.graph not in seen:
                seen.add(block.graph)
                waiting.append(block.graph)
    return False


def _blocks(graph: Graph) -> list[Block]:
    from symcost.graph.graph import Block

    return [node for node in graph if isinstance(node, Block)]
