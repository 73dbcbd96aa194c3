"""One scene in layers: where its boxes stand, and on which ways its wires run between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from symcost.pictures import boxes
from symcost.pictures.drawing import Drawing, Line, Point, Text, straight, width
from symcost.pictures.labels import Labelled, beside_each_other, into_a_box, written
from symcost.pictures.layers import Cell, Grid, Joint, longest_paths, order, spread, straighten
from symcost.pictures.measures import ARROW, GAP, LABEL, LOOP, PADDING, TRACK, Placed, slots_with_room
from symcost.pictures.scene import Box, Loop, Scene, Wire
from symcost.pictures.sizes import Sizes, Trunk
from symcost.pictures.states import States

Arriving = tuple[float, int, float]
"""Where a wire comes from, as which operand of a box, and what its shape takes to the right of it."""


class Level:
    """One scene on its way to a drawing."""

    def __init__(self, scene: Scene, laid_out: Callable[[Scene], Placed], *, column: Scene | None = None) -> None:
        """`laid_out` does the same for the scenes in frames.

        `column`: the scene of a round that stands among others; `scene` is the same, perhaps without ports.
        """
        self._scene = scene
        self._column = column
        self._beside = column is not None and column is not scene
        self._bands = 0 if self._beside else len(scene.loops)
        self._sizes = Sizes(scene, laid_out)
        self._states = States(column or scene)
        self._boxes = [*scene.inputs, *scene.boxes, *scene.outputs]
        self._cells: dict[Box, Cell] = {}
        self._passing: dict[tuple[Trunk, int], Cell] = {}
        self._tops: dict[int, float] = {}
        self._drawing = Drawing()
        self._reads: dict[Box, list[Labelled]] = defaultdict(list)
        self._entering: list[float] = []
        self._leaving: list[float] = []

    def placed(self) -> Placed:
        """The whole scene."""
        self._make_cells()
        order(self._grid)
        if self._beside:
            self._aside()
        spread(self._grid)
        straighten(self._grid)
        self._to_the_left()
        self._route()
        return self._done()

    # Cells ----------------------------------------------------------------------------------------

    def _make_cells(self) -> None:
        numbers = {box: number for number, box in enumerate(self._boxes)}
        wires = [(numbers[wire.tail], numbers[wire.head]) for wire in self._scene.wires]
        first = [numbers[box] for box in self._scene.inputs]
        last = [numbers[box] for box in self._scene.outputs]
        layers = longest_paths(len(self._boxes), wires, first, last)
        count = max(layers, default=-1) + 1
        self._grid = Grid([[] for _ in range(count)], GAP)
        self._make_room()
        for box, layer in zip(self._boxes, layers, strict=True):
            cell = self._cells[box] = Cell(*self._sizes.reach(box), layer)
            self._grid.layers[layer].append(cell)
        for trunk, together in self._sizes.trunks.items():
            self._join(trunk, together)

    def _make_room(self) -> None:
        """Boxes are so wide that all shapes have room above them, so high that all states have room beside them."""
        for box in self._scene.boxes:
            high = self._states.room_beside(box) if self._beside else 0.0
            box.least = self._sizes.room_above(box), high

    def _join(self, trunk: Trunk, wires: Sequence[Wire]) -> None:
        """A tensor with a place in every layer that it passes."""
        top = self._cells[trunk[0]]
        deepest = max(self._cells[wire.head].layer for wire in wires)
        for layer in range(top.layer + 1, deepest):
            room = self._room_beside(wires, layer)
            cell = self._passing[trunk, layer] = Cell(3, room, layer, passes=True)
            self._grid.layers[layer].append(cell)
            _joined(*self._upper(trunk, layer), cell, 0.0)
        for wire in wires:
            head = self._cells[wire.head]
            _joined(*self._upper(trunk, head.layer), head, self._sizes.into(wire.head, wire.slot))

    def _room_beside(self, wires: Sequence[Wire], layer: int) -> float:
        """What the shapes take beside a tensor that passes a layer, where the next one reads it."""
        readers = [wire for wire in wires if self._cells[wire.head].layer == layer + 1]
        shapes = [wire.read for wire in readers if wire.read]
        return max((width(shape, "shape") + 6 for shape in shapes), default=3.0)

    def _upper(self, trunk: Trunk, layer: int) -> tuple[Cell, float]:
        """Where a tensor is just above a layer, and how far from the middle of the cell."""
        passing = self._passing.get((trunk, layer - 1))
        if passing is not None:
            return passing, 0.0
        return self._cells[trunk[0]], self._sizes.out(*trunk)

    def _to_the_left(self) -> None:
        """No cell left of 0."""
        cells = [cell for layer in self._grid.layers for cell in layer]
        least = min((cell.x - cell.left for cell in cells), default=0.0)
        room = ARROW if self._beside else 0.0
        for cell in cells:
            cell.x += room - least
        self._drawing.width = max((cell.x + cell.right for cell in cells), default=0.0)

    # Wires ----------------------------------------------------------------------------------------

    def _route(self) -> None:
        """Heights of layers and gaps, then the way of each wire."""
        layers = range(len(self._grid.layers))
        self._ends = self._arrivals()
        self._tracks = [self._tracks_below(layer) for layer in layers]
        self._heights = [self._height(layer) for layer in layers]
        self._set_tops()
        for box in self._boxes:
            self._show(box)
        for wire in self._scene.wires:
            self._draw(wire)
        self._label()
        self._loops()

    def _height(self, layer: int) -> float:
        """That of the highest box of a layer."""
        return max((self._sizes.of(box)[1] for box in self._in_layer(layer)), default=0.0)

    def _in_layer(self, layer: int) -> list[Box]:
        return [box for box in self._boxes if self._cells[box].layer == layer]

    def _set_tops(self) -> None:
        """How far down each layer begins and ends; below the first one are the ways back to the start."""
        y = 0.0 if self._scene.inputs else ARROW
        self._bottoms: dict[int, float] = {}
        last = len(self._heights) - 1
        for layer, high in enumerate(self._heights):
            self._tops[layer] = y
            y += high
            self._bottoms[layer] = y
            if layer == 0:
                y += LOOP * self._bands
            if layer < last:
                y += self._gap(layer)
        self._end = y + TRACK * self._bands

    def _show(self, box: Box) -> None:
        cell, y = self._cells[box], self._top(box)
        if box in self._sizes.inside:
            inner = self._sizes.inside[box].drawing
            self._drawing.parts.append((inner, cell.x - inner.width / 2, y))
        else:
            self._drawing.shapes += boxes.shapes(box, cell.x, y)

    def _top(self, box: Box) -> float:
        """Boxes stand in the middle of their layer, what goes out at its end."""
        layer = self._cells[box].layer
        if box.kind == "input":
            return self._bottoms[layer] - self._sizes.of(box)[1]
        if box.kind == "port" and box in self._scene.outputs:
            return self._end if not box.faint else self._low(box)
        return self._tops[layer] + (self._heights[layer] - self._sizes.of(box)[1]) / 2

    def _low(self, box: Box) -> float:
        """Where what leads only to the next round turns."""
        numbers = [number for number, loop in enumerate(self._scene.loops) if loop.end is box]
        return self._end - TRACK * (numbers[0] + 0.5) if numbers else self._end

    def _bottom(self, box: Box) -> float:
        return self._top(box) + self._sizes.of(box)[1]

    def _beginning(self, box: Box) -> float:
        """Where wires from a box begin; of what comes in by nothing but a loop, where that arrives."""
        for number, loop in enumerate(self._scene.loops):
            if loop.start is box and (self._column is not None or not loop.fed):
                return LOOP * (number + 1) - 2
        return self._bottom(box)

    def _arrivals(self) -> dict[tuple[Box, int], float]:
        """Where each wire comes into its box: in the order in which they come, straight where there is one."""
        coming: dict[Box, list[Arriving]] = defaultdict(list)
        for wire in self._scene.wires:
            if self._side(wire) is None:
                cell, offset = self._upper((wire.tail, wire.out), self._cells[wire.head].layer)
                coming[wire.head].append((cell.x + offset, wire.slot, self._sizes.room_of(wire)))
        ends: dict[tuple[Box, int], float] = {}
        for box, arriving in coming.items():
            places = self._places_above(box, sorted(arriving))
            ends |= {(box, slot): place for slot, place in places.items()}
        return ends

    def _places_above(self, box: Box, arriving: Sequence[Arriving]) -> dict[int, float]:
        """Where wires come into one box, by its operands."""
        middle, wide = self._cells[box].x, self._sizes.of(box)[0]
        numbers = [slot for _, slot, _ in arriving]
        if box in self._sizes.inside:
            return {slot: middle + self._sizes.into(box, slot) for slot in numbers}
        if len(arriving) == 1 and box.kind not in ("sign", "port"):
            room = max(wide / 2 - 6, 0.0)
            return {numbers[0]: min(max(arriving[0][0], middle - room), middle + room)}
        offsets = slots_with_room([room for *_, room in arriving], wide)
        return {slot: middle + offset for slot, offset in zip(numbers, offsets, strict=True)}

    def _spans(self, layer: int) -> Iterator[tuple[Trunk, float, float]]:
        """What has to run sideways below a layer: each tensor with its leftmost and rightmost place there."""
        for trunk, wires in self._sizes.trunks.items():
            top = self._cells[trunk[0]].layer
            lowest = max(self._cells[wire.head].layer for wire in wires)
            if top <= layer < lowest:
                places = self._places_below(trunk, layer)
                if max(places) - min(places) > 0.5:
                    yield trunk, min(places), max(places)

    def _places_below(self, trunk: Trunk, layer: int) -> list[float]:
        """Where a tensor leaves a layer, where it passes the next, and where it comes into boxes there."""
        cell, offset = self._upper(trunk, layer + 1)
        places = [cell.x + offset]
        if (trunk, layer + 1) in self._passing:
            places.append(self._passing[trunk, layer + 1].x)
        heads = (wire for wire in self._sizes.trunks[trunk] if self._cells[wire.head].layer == layer + 1)
        places += [self._ends[wire.head, wire.slot] for wire in heads if self._side(wire) is None]
        return places

    def _tracks_below(self, layer: int) -> dict[Trunk, int]:
        """A height for each piece that runs sideways, so that none lies on another."""
        tracks: list[list[tuple[float, float]]] = []
        found: dict[Trunk, int] = {}
        for trunk, left, right in sorted(self._spans(layer), key=lambda span: span[2] - span[1]):
            free = (n for n, taken in enumerate(tracks) if _is_free_between(left, right, taken))
            number = next(free, len(tracks))
            if number == len(tracks):
                tracks.append([])
            tracks[number].append((left, right))
            found[trunk] = number
        return found

    def _gap(self, layer: int) -> float:
        """From a layer to the next: shapes that are made, pieces that run sideways, shapes that are read, arrows."""
        tracks = len(set(self._tracks[layer].values()))
        made, read = self._labelled(layer)
        is_end = all(box.kind == "port" for box in self._in_layer(layer + 1))
        return (LABEL * made or 3) + TRACK * tracks + LABEL * read + (4 if is_end else ARROW)

    def _labelled(self, layer: int) -> tuple[int, int]:
        """How many lines of shapes stand right below a layer, and right above the next."""
        below = (len(labels) for (tail, _), labels in self._sizes.labels.items() if self._cells[tail].layer == layer)
        above = (wire for wire in self._scene.wires if self._cells[wire.head].layer == layer + 1)
        return max(below, default=0), int(any(self._sizes.read(wire) for wire in above))

    def _track_y(self, trunk: Trunk, layer: int) -> float:
        made, _ = self._labelled(layer)
        loops = LOOP * self._bands if layer == 0 else 0.0
        number = self._tracks[layer].get(trunk, 0)
        return self._bottoms[layer] + loops + (LABEL * made or 3) + TRACK * (number + 0.5)

    def _side(self, wire: Wire) -> float | None:
        """Where a wire that passes boxes comes down to enter a sign from the side; None where it cannot."""
        if wire.head.kind != "sign":
            return None
        cell = self._cells[wire.head]
        above, offset = self._upper((wire.tail, wire.out), cell.layer)
        x = above.x + offset
        half = self._sizes.of(wire.head)[0] / 2
        if not above.passes or abs(x - cell.x) < half + 4:
            return None
        return None if self._is_blocked(cell, x) else x

    def _is_blocked(self, cell: Cell, x: float) -> bool:
        """Whether another cell of its layer stands between a cell and a place beside it."""
        left, right = sorted((x, cell.x))
        others = (one for one in self._grid.layers[cell.layer] if one is not cell)
        return any(one.reaches(left - 3, right + 3) for one in others)

    def _draw(self, wire: Wire) -> None:
        trunk = (wire.tail, wire.out)
        head = self._cells[wire.head]
        x, y = self._cells[wire.tail].x + self._sizes.out(*trunk), self._beginning(wire.tail)
        points = [(x, y)]
        side = self._side(wire)
        for layer in range(self._cells[wire.tail].layer, head.layer):
            there = self._next_place(wire, layer)
            if abs(there - x) > 0.5:
                y = self._track_y(trunk, layer)
                points += [(x, y), (there, y)]
            x = there

        if side is None:
            points.append((x, self._top(wire.head)))
        else:
            middle, half = self._centre(wire.head), self._half(wire.head)
            border = head.x + half if x > head.x else head.x - half
            points += [(x, middle), (border, middle)]
        self._drawing.shapes.append(Line(straight(points), arrow=wire.head.kind != "port"))
        read = self._sizes.read(wire)
        if read:
            self._reads[wire.head].append((x, points[-1][1], [read]))

    def _next_place(self, wire: Wire, layer: int) -> float:
        """Where a wire is just above the layer below this one: on its way, beside its box, or where it comes in."""
        trunk = (wire.tail, wire.out)
        is_on_its_way = layer + 1 < self._cells[wire.head].layer
        if is_on_its_way:
            return self._passing[trunk, layer + 1].x
        side = self._side(wire)
        return self._ends[wire.head, wire.slot] if side is None else side

    def _label(self) -> None:
        """The shape of each tensor once, where it begins, and where it is read as another one."""
        made: dict[Box, list[Labelled]] = defaultdict(list)
        for (tail, number), labels in self._sizes.labels.items():
            x, y = self._cells[tail].x + self._sizes.out(tail, number), self._bottom(tail) + 13
            if self._sizes.is_left((tail, number)):
                self._drawing.shapes += written((x, y, labels), "end")
            else:
                made[tail].append((x, y, labels))
        for together in made.values():
            self._drawing.shapes += beside_each_other(together)
        for box, together in self._reads.items():
            cell = self._cells[box]
            wires = [place for (head, _), place in self._ends.items() if head is box]
            self._drawing.shapes += into_a_box(together, cell.x, cell.x + cell.right, wires)

    # Back to the start ----------------------------------------------------------------------------

    def _loops(self) -> None:
        """The ways from the end of a round to its start, to the right of everything; of a column, to its borders."""
        for number, loop in enumerate(self._scene.loops):
            if self._beside:
                self._at_its_sides(loop)
                continue
            start, end = self._cells[loop.start].x, self._cells[loop.end].x
            low = self._end - TRACK * (number + 0.5)
            high = LOOP * (number + 1) - 2
            if self._column is not None:
                self._state((0.0, high), (start, high), (start, high + 9))
                self._state((end, low), (self._drawing.width, low))
                self._heights_at_sides(high, low)
                continue
            right = self._drawing.width + 8 + LOOP * number
            self._state((end, low), (right, low), (right, high), (start, high), (start, high + 9))
            self._drawing.shapes.append(Text(f"{loop.name} {loop.shape}", start + 4, high - 3, "shape", "start"))
        if self._scene.loops and self._column is None:
            self._drawing.width += LOOP * len(self._scene.loops) + 4

    def _state(self, *points: Point, arrow: bool = False) -> None:
        self._drawing.shapes.append(Line(straight(points), "state", arrow))

    def _heights_at_sides(self, entering: float, leaving: float) -> None:
        self._entering.append(entering)
        self._leaving.append(leaving)

    # The sides of a column ------------------------------------------------------------------------

    def _aside(self) -> None:
        """What reads a state to the left of its layer, what makes one to the right."""
        for loop in reversed(self._scene.loops):
            for box in reversed(self._states.readers(loop)):
                if box in self._cells:  # not a port that another state leaves by
                    layer = self._taken_out(box)
                    layer.insert(0, self._cells[box])
            maker = self._states.maker(loop)
            if maker is not None and maker in self._cells:
                layer = self._taken_out(maker)
                layer.append(self._cells[maker])

    def _taken_out(self, box: Box) -> list[Cell]:
        """The layer of a box, without it."""
        layer = self._layer_of(box)
        layer.remove(self._cells[box])
        return layer

    def _layer_of(self, box: Box) -> list[Cell]:
        return self._grid.layers[self._cells[box].layer]

    @property
    def is_free(self) -> bool:
        """Whether nothing stands between the boxes that read and make states and the borders."""
        return all(map(self._is_free, self._scene.loops))

    def _is_free(self, loop: Loop) -> bool:
        readers = self._states.readers(loop)
        maker = self._states.maker(loop)
        if not readers or maker is None:
            return False
        if any(box.kind in ("frame", "port") for box in (maker, *readers)):
            return False
        is_first = all(self._layer_of(box)[0] is self._cells[box] for box in readers)
        is_last = self._layer_of(maker)[-1] is self._cells[maker]
        return is_first and is_last

    def _at_its_sides(self, loop: Loop) -> None:
        """Straight from the left border to what reads a state, and from what makes it to the right one."""
        if not self._is_free(loop):
            return
        off = self._states.off_the_middle(loop)
        readers = self._states.readers(loop)
        entering = self._centre(readers[0]) + off
        for box in readers:
            left, y = self._cells[box].x - self._half(box), self._centre(box) + off
            self._state((0.0, entering), (0.0, y), (left, y), arrow=True)

        maker = self._states.maker(loop)
        assert maker is not None
        right, leaving = self._cells[maker].x + self._half(maker), self._centre(maker) + off
        self._state((right, leaving), (self._drawing.width, leaving))
        self._heights_at_sides(entering, leaving)

    def _half(self, box: Box) -> float:
        """From the middle of a box to its borders."""
        return self._sizes.of(box)[0] / 2

    def _centre(self, box: Box) -> float:
        return self._top(box) + self._sizes.of(box)[1] / 2

    def _done(self) -> Placed:
        self._drawing.height = self._end + (PADDING if not self._scene.outputs else 0.0)
        ports = self._column or self._scene
        inputs = [self._port_at(box) for box in ports.inputs]
        outputs = [self._port_at(box) for box in ports.outputs]
        return Placed(self._drawing, inputs, outputs, self._entering, self._leaving)

    def _port_at(self, port: Box) -> float:
        """Where a port is; 0 for one that only a state comes by, from the side."""
        return self._cells[port].x if port in self._cells else 0.0


def _is_free_between(left: float, right: float, taken: Sequence[tuple[float, float]]) -> bool:
    """Whether a piece from left to right comes near none of those that run at its height."""
    return all(right + 4 < begin or end + 4 < left for begin, end in taken)


def _joined(upper: Cell, at_upper: float, lower: Cell, at_lower: float) -> None:
    joint = Joint(upper, lower, at_upper, at_lower)
    upper.below.append(joint)
    lower.above.append(joint)
