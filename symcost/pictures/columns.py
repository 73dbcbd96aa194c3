"""Rounds of a loop, or alternatives, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from symcost.pictures import boxes
from symcost.pictures.drawing import Drawing, Line, Text, straight, width
from symcost.pictures.level import Level
from symcost.pictures.measures import ARROW, BUS, GAP, SLOT, TRACK, Placed, framed
from symcost.pictures.scene import Box, Scene


class Columns:
    """Rounds of a loop side by side: what comes in is handed to each of them, what they hand on goes to the right."""

    def __init__(self, scene: Scene, laid_out: Callable[[Scene], Placed]) -> None:
        """`laid_out` does the same for the scenes in frames."""
        self._scene = scene
        self._drawing = Drawing()
        self._placed = {
            box: framed(box, _column(box.inside, laid_out)) for box in scene.columns if box.inside is not None
        }
        first = next(iter(self._placed))
        self._loops = first.inside.loops if first.inside is not None else []
        self._left: dict[Box, float] = {}

    def placed(self) -> Placed:
        """All columns, with their wires."""
        self._top = BUS * (len(self._scene.inputs) + 0.5) + ARROW
        high = max(placed.drawing.height for placed in self._placed.values())
        self._foot = self._top + high + 5
        self._end = self._foot + BUS * (len(self._scene.outputs) + 0.5)
        self._set_up(high)
        inputs = [self._bus(port, number) for number, port in enumerate(self._scene.inputs)]
        outputs = [self._gather(port, number) for number, port in enumerate(self._scene.outputs)]
        self._hand_on()
        self._drawing.height = self._end
        return Placed(self._drawing, inputs, outputs)

    @property
    def _gap(self) -> float:
        """Between columns: room for the names of what goes from one to the next."""
        if not self._loops:
            return GAP
        return max(width(loop.name, "shape") for loop in self._loops) + TRACK * len(self._loops) + 22

    def _set_up(self, high: float) -> None:
        x = self._gap if self._loops else 0.0
        for box in self._scene.columns:
            self._left[box] = x
            if box in self._placed:
                drawing = self._placed[box].drawing
                self._drawing.parts.append((drawing, x, self._top))
                x += drawing.width
            else:
                middle = self._middle_of_states(high)
                self._drawing.shapes += boxes.shapes(box, x + boxes.DOTS / 2, middle - boxes.SIGN / 2)
                x += boxes.DOTS
            x += self._gap
        self._drawing.width = x - (0.0 if self._loops else self._gap)

    def _middle_of_states(self, high: float) -> float:
        """How far down dots stand: where states go past, else in the middle."""
        one = next(iter(self._placed.values()))
        heights = [*one.entering, *one.leaving] or [high / 2]
        return self._top + (min(heights) + max(heights)) / 2

    def _bus(self, port: Box, number: int) -> float:
        """A tensor to the columns that read it; where it comes in."""
        heads = [wire for wire in self._scene.wires if wire.tail is port]
        if not heads:
            return 0.0
        state = self._state_of(heads[0].slot)
        if state is not None:
            return self._lead_in(state)

        y = BUS * (number + 0.5)
        start = self._near_middle(number, len(self._scene.inputs))
        for wire in heads:
            x = self._left[wire.head] + self._placed[wire.head].inputs[wire.slot]
            self._drawing.shapes.append(Line(straight(((start, 0.0), (start, y), (x, y), (x, self._top)))))
            if wire.read:
                self._drawing.shapes.append(Text(wire.read, x + 4, self._top - 3, "shape", "start"))
        return start

    def _state_of(self, slot: int) -> int | None:
        """Which of the states comes into the first column there, if one does."""
        first = self._scene.columns[0].inside
        if first is None:
            return None
        states = [loop.start for loop in self._loops]
        port = first.inputs[slot]
        return states.index(port) if port in states else None

    def _near_middle(self, number: int, count: int) -> float:
        """Where the ports of the frame are: around its middle."""
        return self._drawing.width / 2 + SLOT * (number - (count - 1) / 2)

    def _lead_in(self, number: int) -> float:
        """What a state is before the first round, to the left of it."""
        x, y = 6 + TRACK * number, self._enter(self._scene.columns[0], number)
        self._drawing.shapes.append(Line(((x, 0.0), (x, y), (self._left[self._scene.columns[0]], y)), "state"))
        return x

    def _gather(self, port: Box, number: int) -> float:
        """What the columns make of one name; where it goes out."""
        tails = [wire for wire in self._scene.wires if wire.head is port]
        if not tails:
            return 0.0

        y = self._foot + BUS * (number + 0.5)
        end = self._near_middle(number, len(self._scene.outputs))
        for wire in tails:
            column = self._placed[wire.tail]
            x = self._left[wire.tail] + column.outputs[wire.out]
            low = self._top + column.drawing.height
            points = ((x, low), (x, y), (end, y), (end, self._end))
            self._drawing.shapes.append(Line(straight(points), arrow=False))
        return end

    # From round to round --------------------------------------------------------------------------

    def _hand_on(self) -> None:
        """What goes from each column to the next, and its gradient back."""
        first = self._scene.columns[0]
        for number, loop in enumerate(self._loops):
            y = self._enter(first, number)
            if not loop.fed:
                zeros = Line(((0.0, y), (self._left[first], y)), "state", arrow=False)
                name = Text(f"{loop.name} = 0", 0.0, y - 3, "shape", "start")
                self._drawing.shapes += [zeros, name]
            for one, other in zip(self._scene.columns, self._scene.columns[1:], strict=False):
                self._between(one, other, loop.name, number)

    def _enter(self, box: Box, number: int) -> float:
        return self._top + self._placed[box].entering[number] if box in self._placed else self._middle()

    def _leave(self, box: Box, number: int) -> float:
        return self._top + self._placed[box].leaving[number] if box in self._placed else self._middle()

    def _middle(self) -> float:
        return (self._top + self._foot) / 2

    def _between(self, one: Box, other: Box, name: str, number: int) -> None:
        """A state from one column to the next, and its gradient beside it; the dots take it as it comes."""
        wide = self._placed[one].drawing.width if one in self._placed else boxes.DOTS
        left, right = self._left[one] + wide, self._left[other]
        begin, end = self._leave(one, number), self._enter(other, number)
        begin = end if one not in self._placed else begin
        end = begin if other not in self._placed else end
        turn = left + 8 + TRACK * number
        across = straight(((left, begin), (turn, begin), (turn, end), (right, end)))
        back = straight(((right, end + 5), (turn + 5, end + 5), (turn + 5, begin + 5), (left, begin + 5)))
        self._drawing.shapes += [Line(across, "state", arrow=False), Line(back, "gradient")]
        self._drawing.shapes.append(Text(name, right - 3, end - 3, "shape", "end"))


def _column(scene: Scene, laid_out: Callable[[Scene], Placed]) -> Placed:
    """One round: what is handed on goes straight from side to side where nothing is in the way."""
    beside = Level(_without_ports(scene), laid_out, column=scene)
    placed = beside.placed()
    return placed if beside.is_free else Level(scene, laid_out, column=scene).placed()


def _without_ports(scene: Scene) -> Scene:
    """A scene without the ports that only states come in by."""
    starts = {loop.start for loop in scene.loops}
    faint = {box for box in scene.outputs if box.faint}
    inputs = [box for box in scene.inputs if box not in starts]
    outputs = [box for box in scene.outputs if box not in faint]
    wires = []
    for wire in scene.wires:
        is_of_a_state = wire.tail in starts or wire.head in faint
        if not is_of_a_state:
            wires.append(wire)
    return replace(scene, inputs=inputs, outputs=outputs, wires=wires)
