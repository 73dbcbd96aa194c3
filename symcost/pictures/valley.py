"""A U on paper: down where a network narrows, up where it widens again, skips from side to side at the same height."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

from symcost.pictures import boxes
from symcost.pictures.drawing import Drawing, Line, Point, Text, straight, width
from symcost.pictures.level import Level
from symcost.pictures.measures import ARROW, GAP, LABEL, PADDING, TRACK, Placed
from symcost.pictures.scene import Box, Scene, Wire
from symcost.pictures.turning import Group, Turn

SKIP = 7.0
"""From one wire that comes into a box from the side to the next."""
EDGE = 4.0
"""From such a wire to the corner of the box, at least."""
NARROWEST = 60.0
"""Between the two sides."""


class Valley:
    """One scene on its way to a drawing."""

    def __init__(self, scene: Scene, turn: Turn, laid_out: Callable[[Scene], Placed]) -> None:
        """`laid_out` does the same for the scenes in frames."""
        self._scene = scene
        self._turn = turn
        self._place = {box: number for number, box in enumerate(turn.row)}
        self._steps = {wire.tail: wire for wire in scene.wires if self._is_step(wire)}
        self._trunks = self._from_beside()
        self._beside = self._lay_out_beside(laid_out)
        self._y: dict[Box, float] = {}
        self._drawing = Drawing()

    def placed(self) -> Placed:
        """The whole scene."""
        self._set_heights()
        self._set_columns()
        for box in self._turn.row:
            self._drawing.shapes += boxes.shapes(box, self._x(box), self._top(box))
        for wire in self._steps.values():
            self._step(wire)
        for group in self._turn.groups:
            self._skips(group)
        self._show_beside()
        return Placed(self._drawing, self._inputs(), self._outputs())

    def _is_step(self, wire: Wire) -> bool:
        place = self._place
        return wire.tail in place and place[wire.head] == place[wire.tail] + 1

    # What comes from beside -----------------------------------------------------------------------

    def _from_beside(self) -> dict[tuple[Box, int], list[Wire]]:
        """Tensors that many of the row read, with their wires."""
        trunks: dict[tuple[Box, int], list[Wire]] = defaultdict(list)
        for wire in self._scene.wires:
            if wire.tail not in self._place and wire.head in self._place:
                trunks[wire.tail, wire.out].append(wire)
        return trunks

    def _lay_out_beside(self, laid_out: Callable[[Scene], Placed]) -> Placed:
        """All that these are made of, with a port for each of them."""
        beside = self._turn.beside
        if not beside:
            return Placed(Drawing())
        inputs = [box for box in beside if box in self._scene.inputs]
        others = [box for box in beside if box not in self._scene.inputs]
        wires = [wire for wire in self._scene.wires if wire.head in beside]
        outputs = []
        for (tail, out), readers in self._trunks.items():
            port = Box("port", "")
            outputs.append(port)
            wires.append(Wire(tail, out, port, 0, readers[0].made))
        return Level(Scene(others, wires, inputs, outputs), laid_out).placed()

    # Heights --------------------------------------------------------------------------------------

    def _set_heights(self) -> None:
        """The middle of each box: tail and head of a skip at the same height, what is between them spread evenly."""
        row, groups = self._turn.row, self._turn.groups
        self._y = {row[groups[0].across]: 0.0, row[groups[0].head]: 0.0}
        for outer, inner in pairwise(groups):
            down = row[outer.across : inner.across + 1]
            up = row[inner.head : outer.head + 1][::-1]
            below = self._y[down[0]] + max(self._length(down), self._length(up))
            self._spread(down, below)
            self._spread(up, below)
        self._onwards(row[: groups[0].across + 1][::-1], -1)
        self._onwards(row[groups[0].head :], -1)
        self._onwards([*row[groups[-1].across : groups[-1].head]], 1)
        self._from_the_top()

    def _length(self, among: Sequence[Box]) -> float:
        """From the middle of the first to that of the last, with no more room than they need."""
        return sum(self._distance(one, other) for one, other in pairwise(among))

    def _distance(self, one: Box, other: Box) -> float:
        """From middle to middle of neighbours, whichever comes first."""
        first = min(one, other, key=lambda box: self._place[box])
        lines = len(self._said(self._steps[first]))
        return (_high(one) + _high(other)) / 2 + LABEL * lines + ARROW + 4

    def _spread(self, among: Sequence[Box], end: float) -> None:
        """From the first, which has its place, to the last at `end`."""
        begin = self._y[among[0]]
        more = (end - begin - self._length(among)) / (len(among) - 1)
        for one, other in pairwise(among):
            self._y[other] = self._y[one] + self._distance(one, other) + more
        self._y[among[-1]] = end

    def _onwards(self, among: Sequence[Box], direction: int) -> None:
        """From the first, which has its place, each as near as it may be: down (1) or up (-1)."""
        for one, other in pairwise(among):
            self._y[other] = self._y[one] + direction * self._distance(one, other)

    def _from_the_top(self) -> None:
        """No box above what comes from beside, and none above 0."""
        top = self._beside.drawing.height + (ARROW if self._turn.beside else 0.0)
        down = top - min(self._top(box) for box in self._y)
        self._y = {box: y + down for box, y in self._y.items()}
        self._drawing.height = max(self._foot(box) for box in self._y) + PADDING

    def _top(self, box: Box) -> float:
        return self._y[box] - _high(box) / 2

    def _foot(self, box: Box) -> float:
        return self._y[box] + _high(box) / 2

    # Columns --------------------------------------------------------------------------------------

    def _set_columns(self) -> None:
        """The middle of each side, and of what is between them."""
        turn = self._turn
        half = max(_wide(box) for box in turn.down) / 2
        beside = max(boxes.size(turn.bottom)[0] + 2 * GAP, self._beside.drawing.width, NARROWEST)
        tracks = max(len(group.tails) for group in turn.groups)
        self._left = half
        begin = half + max(half, self._reach(turn.down)) + GAP
        self._middle = begin + beside / 2
        self._track = begin + beside + TRACK
        right_half = max(_wide(box) for box in turn.up) / 2
        self._right = self._track + TRACK * tracks + GAP + right_half
        self._drawing.width = self._right + max(right_half, self._reach((turn.bottom, *turn.up)))

    def _reach(self, among: Sequence[Box]) -> float:
        """How far right of their middle shapes are written."""
        said = [line for box in among if box in self._steps for line in self._said(self._steps[box])]
        return max((width(line, "shape") for line in said), default=0.0) + 5

    def _x(self, box: Box) -> float:
        if box is self._turn.bottom:
            return self._middle
        return self._left if self._is_down(box) else self._right

    def _is_down(self, box: Box) -> bool:
        return self._place[box] < self._place[self._turn.bottom]

    def _inner(self, box: Box) -> float:
        """The border of a box that is turned to the other side."""
        half = _wide(box) / 2
        return self._x(box) + half if self._is_down(box) else self._x(box) - half

    # Wires ----------------------------------------------------------------------------------------

    def _step(self, wire: Wire) -> None:
        """From a box to the next one: down, around the bottom, or up."""
        turn, tail, head = self._turn, wire.tail, wire.head
        x, y = self._x(tail), self._y[tail]
        if head is turn.bottom:
            self._say(wire, x, self._foot(tail) + 13)
            self._draw((x, self._foot(tail)), (x, self._y[head]), (self._inner_left(head), self._y[head]))
        elif tail is turn.bottom:
            self._say(wire, self._right, y - 5)
            start = (x + _wide(tail) / 2, y)
            self._draw(start, (self._right, y), (self._right, self._foot(head)))
        elif self._is_down(tail):
            self._say(wire, x, self._foot(tail) + 13)
            self._draw((x, self._foot(tail)), (x, self._top(head)))
        elif head.kind == "port":
            self._out_at_the_foot(tail)
        else:
            self._say(wire, x, self._top(tail) - 5, upwards=True)
            self._draw((x, self._top(tail)), (x, self._foot(head)))

    def _inner_left(self, box: Box) -> float:
        return self._x(box) - _wide(box) / 2

    def _out_at_the_foot(self, tail: Box) -> None:
        """The result of a frame leaves it below: around all that goes up."""
        x, y = self._right, self._top(tail)
        out = self._drawing.width + GAP
        self._draw((x, y), (x, y - ARROW), (out, y - ARROW), (out, self._drawing.height), arrow=False)
        self._drawing.width = out

    def _skips(self, group: Group) -> None:
        """Across to one box: straight from what stands opposite, else on a track before it."""
        head = self._turn.row[group.head]
        tails = [self._turn.row[number] for number in group.tails]
        wires = [wire for wire in self._scene.wires if wire.head is head and wire.tail in tails]
        wires.sort(key=lambda wire: (self._place[wire.tail], wire.out))
        is_told = bool(self._told(head))
        for number, wire in enumerate(wires):
            off = SKIP * (number - (len(wires) - 1) / 2 - is_told / 2)
            self._skip(wire, self._y[head] + _held(off, head), group)

    def _skip(self, wire: Wire, end: float, group: Group) -> None:
        tail, head = wire.tail, wire.head
        begin, start = self._y[tail], self._inner(tail)
        is_opposite = self._turn.row[group.across] is tail
        if is_opposite and abs(end - begin) < _high(tail) / 2 - 3:
            begin = end
        turn = self._track + TRACK * (len(group.tails) - 1 - group.tails.index(self._place[tail]))
        self._draw((start, begin), (turn, begin), (turn, end), (self._inner(head), end))
        own = self._steps[tail]
        is_said = wire.made == own.made and not wire.read
        if not is_said:
            self._drawing.shapes.append(Text(_skipped(wire), start + 4, begin - 3, "shape", "start"))

    def _draw(self, *points: Point, arrow: bool = True) -> None:
        self._drawing.shapes.append(Line(straight(points), arrow=arrow))

    def _said(self, wire: Wire) -> list[str]:
        """What stands beside a wire: its shape, and the one in which it is read."""
        if wire.quiet or wire.tail.kind == "port":
            return []
        return [wire.made, *([f"→ {wire.read}"] if wire.read else [])]

    def _say(self, wire: Wire, x: float, y: float, *, upwards: bool = False) -> None:
        lines = self._said(wire)
        if upwards:
            y -= LABEL * (len(lines) - 1)
        for number, line in enumerate(lines):
            self._drawing.shapes.append(Text(line, x + 4, y - 4 * (not upwards) + LABEL * number, "shape", "start"))

    # Wires from beside ----------------------------------------------------------------------------

    def _told(self, box: Box) -> list[Wire]:
        """What comes into a box from beside."""
        return [wire for wires in self._trunks.values() for wire in wires if wire.head is box]

    def _show_beside(self) -> None:
        """What many read, above; a trunk down the middle, with a branch to each reader."""
        beside = self._beside
        left = self._begin_of_beside()
        self._drawing.parts.append((beside.drawing, left, 0.0))
        for x, wires in zip(beside.outputs, self._trunks.values(), strict=True):
            for wire in wires:
                self._branch(wire, left + x, beside.drawing.height)

    def _begin_of_beside(self) -> float:
        return self._middle - self._beside.drawing.width / 2

    def _branch(self, wire: Wire, x: float, y: float) -> None:
        head = wire.head
        if head is self._turn.bottom:
            room = _wide(head) / 2 - EDGE
            end = min(max(x, self._middle - room), self._middle + room)
            turn = self._top(head) - ARROW
            self._draw((x, y), (x, turn), (end, turn), (end, self._top(head)))
            return
        number = self._told(head).index(wire)
        end = self._y[head] + _held(SKIP * (1.5 + number), head)
        self._draw((x, y), (x, end), (self._inner(head), end))

    # Ports ----------------------------------------------------------------------------------------

    def _inputs(self) -> list[float]:
        """Where things come in: from the top of the frame to the first box, or to what stands beside."""
        first = self._turn.row[0]
        if first.kind == "port":
            self._draw((self._left, 0.0), (self._left, self._y[first]), arrow=False)
        inner = [box for box in self._turn.beside if box in self._scene.inputs]
        left = self._begin_of_beside()
        beside = {box: left + x for box, x in zip(inner, self._beside.inputs, strict=True)}
        return [beside.get(box, self._left) for box in self._scene.inputs]

    def _outputs(self) -> list[float]:
        return [self._drawing.width for _ in self._scene.outputs]


def _high(box: Box) -> float:
    return boxes.size(box)[1]


def _wide(box: Box) -> float:
    return boxes.size(box)[0]


def _held(off: float, box: Box) -> float:
    """So far below the middle of a box, but not at its corner."""
    most = max(_high(box) / 2 - EDGE, 0.0)
    return min(max(off, -most), most)


def _skipped(wire: Wire) -> str:
    return f"{wire.made} → {wire.read}" if wire.read else wire.made
