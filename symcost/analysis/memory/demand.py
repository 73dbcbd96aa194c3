"""Demand: which part of a tensor is read at least, by all that reads it.

Parts that are known to lie apart add up; of parts that may lie one over the other the largest counts. So a demand is
never more than what a machine has to read that keeps everything it ever read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from symcost.analysis.fold import rounds
from symcost.formula import Assumptions, Form, Symbol, add, maximum, minimum, mul, num
from symcost.graph.graph import Block
from symcost.records import dataclass

ZERO = num(0)


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a tensor: along each axis where it begins and how far it goes; `seen` are the views before."""

    seen: tuple[object, ...]
    places: tuple[tuple[Form, Form], ...]

    @property
    def size(self) -> Form:
        """How many numbers it holds."""
        return mul(*(length for _, length in self.places))

    def apart(self, other: Box, assumptions: Assumptions) -> bool:
        """Whether two are known to have no number in common."""
        if self.seen != other.seen:
            return False
        pairs = zip(self.places, other.places, strict=True)
        return any(_behind(one, two, assumptions) or _behind(two, one, assumptions) for one, two in pairs)

    def at(self, counter: Symbol, turn: Form) -> Box:
        """The same in one round of a loop."""
        placed = {counter: turn}
        moved = ((start.substitute(placed), length.substitute(placed)) for start, length in self.places)
        return replace(self, places=tuple(moved))

    @property
    def free_symbols(self) -> set[Symbol]:
        """What its place and its size depend on."""
        return {symbol for pair in self.places for form in pair for symbol in form.free_symbols}


def _behind(one: tuple[Form, Form], two: tuple[Form, Form], assumptions: Assumptions) -> bool:
    """Whether the second begins where the first ends, or later."""
    return assumptions.at_least(two[0], add(*one)) is True


@dataclass(frozen=True, slots=True)
class Demand:
    """What is read of a tensor: all of it, rows by number, boxes, or so many numbers wherever they lie.

    `rows` are told apart by what says which rows: one list of row numbers takes the same rows each time.
    `made` are so many numbers that have to be there behind all else: what comes in is there, anything else is made.
    """

    whole: bool = False
    rows: tuple[tuple[object, Form], ...] = ()
    boxes: tuple[Box, ...] = ()
    somewhere: tuple[Form, ...] = ()
    made: tuple[Form, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is wanted."""
        return self.whole or bool(self.rows or self.boxes or self.somewhere or self.made)

    @property
    def is_read(self) -> bool:
        """Whether anything is read, wherever the results were before."""
        return self.whole or bool(self.rows or self.boxes or self.somewhere)

    def joined(self, other: Demand) -> Demand:
        """What two readers read together."""
        if self.whole or other.whole:
            return WHOLE
        rows = {**dict(self.rows), **dict(other.rows)}
        boxes = dict.fromkeys(self.boxes + other.boxes)
        somewhere = dict.fromkeys(self.somewhere + other.somewhere)
        made = dict.fromkeys(self.made + other.made)
        return Demand(False, tuple(rows.items()), tuple(boxes), tuple(somewhere), tuple(made))

    def covers(self, size: Form) -> bool:
        """Whether a part is as large as the whole."""
        return self.whole or size in self.somewhere or any(box.size == size for box in self.boxes)

    def amount(self, size: Form, assumptions: Assumptions) -> Form:
        """How many numbers that are at least, of a tensor of this size."""
        if self.whole:
            return size
        found = [*self.somewhere, *_boxed(self.boxes, assumptions)]

        # Rows are taken to differ, as far as there are so many.
        if self.rows:
            all_of_them = add(*(taken for _, taken in self.rows))
            found.append(minimum(size, all_of_them))
        return maximum(*dict.fromkeys(found)) if found else ZERO

    def seen_through(self, view: object) -> Demand:
        """What is read of a tensor, where this is read of another look at all of it."""
        rows = tuple(((view, key), taken) for key, taken in self.rows)
        return replace(self, rows=rows, boxes=tuple(Box((view, *box.seen), box.places) for box in self.boxes))

    @property
    def learned(self) -> Demand:
        """What is read of a parameter, which never was where the results are."""
        return replace(self, somewhere=tuple(dict.fromkeys(self.somewhere + self.made)), made=())

    def by_numbers_of(self, told: Callable[[object], object]) -> Demand:
        """The same, where what says which rows goes by another name."""
        return replace(self, rows=tuple((told(key), taken) for key, taken in self.rows))

    def anywhere(self, counter: Symbol | None, turn: Form) -> Demand:
        """The same in one round of a loop, as numbers of which the place is not followed."""
        if self.whole or not self:
            return self
        placed = {} if counter is None else {counter: turn}
        sizes = (size.substitute(placed) for size in self._sizes())
        made = (size.substitute(placed) for size in self.made)
        return Demand(somewhere=tuple(dict.fromkeys(sizes)), made=tuple(dict.fromkeys(made)))

    def of_any_round(self, counter: Symbol) -> Demand:
        """The same in a round that may not be there: of sizes by its number nothing is left but that they are read."""
        sizes = (ZERO if counter in size.free_symbols else size for size in self.somewhere)
        made = tuple(size for size in self.made if counter not in size.free_symbols)
        return Demand(self.whole, somewhere=tuple(dict.fromkeys(sizes)), made=made)

    def _sizes(self) -> Iterator[Form]:
        """The sizes of all parts, each part by itself."""
        yield from self.somewhere
        yield from (box.size for box in self.boxes)
        yield from (taken for _, taken in self.rows)

    def over_rounds(self, block: Block, fixed: Callable[[object], bool], assumptions: Assumptions) -> Demand:
        """What all rounds of a loop read of a tensor from outside, given what one of them reads.

        `fixed`: whether what says which rows is the same in all rounds.
        """
        if self.whole or not self or block.kind == "choose":
            return self
        found = _Rounds(block, assumptions)

        # Every part for itself: where its own rounds lie.
        for key, taken in self.rows:
            found.row(key, taken, fixed(key))
        for box in self.boxes:
            found.box(box)
        for size in self.somewhere:
            found.size(size)

        made = tuple(in_last_round(block, size) for size in self.made)
        return replace(found.demand, made=made)


def _moving(box: Box, at: Symbol) -> int | None:
    """The one axis along which the boxes of several rounds follow one another, all of one size."""
    changes = any(at in length.free_symbols for _, length in box.places)
    moving = [axis for axis, (start, _) in enumerate(box.places) if at in start.free_symbols]
    return None if changes or len(moving) != 1 else moving[0]


class _Rounds:
    """The parts that all rounds of a loop read."""

    def __init__(self, block: Block, assumptions: Assumptions) -> None:
        self._block = block
        self._assumptions = assumptions
        self.rows: list[tuple[object, Form]] = []
        self.boxes: list[Box] = []
        self.somewhere: list[Form] = []

    @property
    def demand(self) -> Demand:
        """All that was found."""
        return Demand(False, tuple(self.rows), tuple(self.boxes), tuple(self.somewhere))

    def row(self, key: object, taken: Form, fixed: bool) -> None:
        """Rows by number: the same each time, or others."""
        self.rows.append((key, self._last(taken)) if fixed else ((self._block, key), rounds(self._block, taken)))

    def box(self, box: Box) -> None:
        """A box stays where it is, or each round has its own; where they may overlap, that of the last round."""
        at = self._block.counter
        if at is None or at not in box.free_symbols:
            self.boxes.append(box)
            return

        # One beside the other they are one long box.
        row = self._in_a_row(box, at)
        if row is not None:
            self.boxes.append(row)
        elif self._apart(box, at):
            self.rows.append(((self._block, box), rounds(self._block, box.size)))
        else:
            self.size(box.size)

    def _in_a_row(self, box: Box, at: Symbol) -> Box | None:
        """The boxes of all rounds as one, where each begins along one axis where the one before it ends."""
        first = box.at(at, at.low)
        axis = _moving(box, at)
        if axis is None:
            return None
        start, length = box.places[axis]
        if _step(start, at) != length:
            return None
        places = list(first.places)
        places[axis] = (places[axis][0], mul(length, self._block.count))
        return replace(box, places=tuple(places))

    def _apart(self, box: Box, at: Symbol) -> bool:
        """Whether boxes go on in one direction by equal steps, so that each is apart from all others."""
        following = box.at(at, add(at, 1))
        steps = [_step(start, at) for start, _ in box.places]
        return box.apart(following, self._assumptions) and not any(at in step.free_symbols for step in steps)

    def size(self, size: Form) -> None:
        """So many numbers: those of the last round."""
        self.somewhere.append(self._last(size))

    def _last(self, form: Form) -> Form:
        return in_last_round(self._block, form)


def _step(start: Form, at: Symbol) -> Form:
    """How far a place moves from round to round."""
    following = start.substitute({at: at + 1})
    return (following - start).expand()


def in_last_round(block: Block, form: Form) -> Form:
    """What a form over the rounds of a loop is in the last of them."""
    at = block.counter
    if at is None or at.high is None or at not in form.free_symbols:
        return form
    return form.substitute({at: add(at.high, -1)})


def _boxed(boxes: Iterable[Box], assumptions: Assumptions) -> Iterator[Form]:
    """Numbers in boxes: the sum of those that lie apart, for each look at the tensor."""
    looks: dict[tuple[object, ...], list[Box]] = {}
    for box in boxes:
        _add_apart(box, looks.setdefault(box.seen, []), assumptions)
    for apart in looks.values():
        yield add(*(box.size for box in apart))


def _add_apart(box: Box, known: list[Box], assumptions: Assumptions) -> None:
    """One box more; of two that lie one over the other the larger."""
    over = [other for other in known if not box.apart(other, assumptions)]
    if not over:
        known.append(box)
    elif len(over) == 1 and assumptions.at_least(box.size, over[0].size):
        known[known.index(over[0])] = box


def somewhere(size: Form) -> Demand:
    """So many numbers, wherever they lie; it is read, too, where none is known to be."""
    return Demand(somewhere=(size,))


NOTHING_READ = Demand()
WHOLE = Demand(whole=True)
