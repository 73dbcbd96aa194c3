"""One scene in layers: where its boxes stand, and on which ways its wires run between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from symcost.pictures import boxes
from symcost.pictures.drawing import Drawing, Line, Point, Text, straight, width
from symcost.pictures.labels import Labelled, beside_each_other, into_a_box, written
from symcost.pictures.layers import Cell, Grid, Joint, longest_paths, order, spread, straighten
from symcost.pictures.measures import ARROW, BESIDE, GAP, LABEL, LOOP, PADDING, TRACK, Placed, framed, slots
from symcost.pictures.scene import Box, Loop, Scene, Wire

Trunk = tuple[Box, int]
"""A tensor, by the box that makes it: its wires run together as far as they can."""


class Level:
    """One scene on its way to a drawing."""

    def __init__(self, scene: Scene, laid_out: Callable[[Scene], Placed], *, column: Scene | None = None) -> None:
        """`laid_out` does the same for the scenes in frames.

        `column`: the scene of a round that stands among others; `scene` is the same, perhaps without ports.
        """
        self._scene = scene
        self._laid_out = laid_out
        self._column = column
        self._beside = column is not None and column is not scene
        self._bands = 0 if self._beside else len(scene.loops)
        self._inside: dict[Box, Placed] = {}
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
        for box in self._boxes:
            if box.inside is not None:
                self._inside[box] = framed(box, self._laid_out(box.inside))
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
        layers = self._layers()
        count = max(layers, default=-1) + 1
        self._grid = Grid([[] for _ in range(count)], GAP)
        self._trunks = _by_trunk(self._scene.wires)
        self._labels = {trunk: self._beside_it(together) for trunk, together in self._trunks.items()}
        for box, layer in zip(self._boxes, layers, strict=True):
            self._cells[box] = self._cell(box, layer)
            self._grid.layers[layer].append(self._cells[box])
        for trunk, together in self._trunks.items():
            self._join(trunk, together)

    def _layers(self) -> list[int]:
        """The layer of each box."""
        numbers = {box: number for number, box in enumerate(self._boxes)}
        wires = [(numbers[wire.tail], numbers[wire.head]) for wire in self._scene.wires]
        first = [numbers[box] for box in self._scene.inputs]
        last = [numbers[box] for box in self._scene.outputs]
        return longest_paths(len(self._boxes), wires, first, last)

    def _cell(self, box: Box, layer: int) -> Cell:
        wide, _ = self._size(box)
        left = right = wide / 2
        for wire in self._scene.wires:
            if wire.tail is box:
                trunk = (wire.tail, wire.out)
                widest = max(width(label, "shape") for label in ("", *self._labels[trunk])) + 5
                if self._is_left(trunk):
                    left = max(left, widest - self._out(*trunk))
                else:
                    right = max(right, self._out(*trunk) + widest)
            if wire.head is box:
                right = max(right, width(self._read(wire), "shape") + 8)
        return Cell(left, right, layer)

    def _is_left(self, trunk: Trunk) -> bool:
        """Whether the shape of a tensor stands to its left: that of the first of several results of a box."""
        box, out = trunk
        return box not in self._inside and out == 0 and any(tail is box and n > 0 for tail, n in self._trunks)

    def _beside_it(self, wires: Sequence[Wire]) -> list[str]:
        """What stands beside a tensor where it begins: its shape, and the one in which it is read, if there is one."""
        if wires[0].tail.kind == "port" or all(wire.quiet for wire in wires):
            return []
        read = {wire.read for wire in wires}
        return [wires[0].made, *(f"→ {shape}" for shape in read if shape and len(read) == 1)]

    def _read(self, wire: Wire) -> str:
        """What stands beside a wire where it ends."""
        said = len(self._labels[wire.tail, wire.out]) > 1
        return "" if said or wire.head.kind == "port" else wire.read

    def _size(self, box: Box) -> tuple[float, float]:
        if box in self._inside:
            drawing = self._inside[box].drawing
            return drawing.width, drawing.height
        return boxes.size(box)

    def _out(self, box: Box, number: int) -> float:
        """How far right of its middle a result leaves a box."""
        if box in self._inside:
            placed = self._inside[box]
            return placed.outputs[number] - placed.drawing.width / 2
        outs = 1 + max((wire.out for wire in self._scene.wires if wire.tail is box), default=0)
        return slots(outs, self._size(box)[0])[number]

    def _in(self, box: Box, slot: int) -> float:
        """How far right of its middle a wire comes into a frame; boxes take it where it comes from."""
        if box not in self._inside:
            return 0.0
        placed = self._inside[box]
        return placed.inputs[slot] - placed.drawing.width / 2

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
            _joined(*self._upper(trunk, head.layer), head, self._in(wire.head, wire.slot))

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
        return self._cells[trunk[0]], self._out(*trunk)

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
        return max((self._size(box)[1] for box in self._in_layer(layer)), default=0.0)

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
        if box in self._inside:
            inner = self._inside[box].drawing
            self._drawing.parts.append((inner, cell.x - inner.width / 2, y))
        else:
            self._drawing.shapes += boxes.shapes(box, cell.x, y)

    def _top(self, box: Box) -> float:
        """Boxes stand in the middle of their layer, what goes out at its end."""
        layer = self._cells[box].layer
        if box.kind == "input":
            return self._bottoms[layer] - self._size(box)[1]
        if box.kind == "port" and box in self._scene.outputs:
            return self._end if not box.faint else self._low(box)
        return self._tops[layer] + (self._heights[layer] - self._size(box)[1]) / 2

    def _low(self, box: Box) -> float:
        """Where what leads only to the next round turns."""
        numbers = [number for number, loop in enumerate(self._scene.loops) if loop.end is box]
        return self._end - TRACK * (numbers[0] + 0.5) if numbers else self._end

    def _bottom(self, box: Box) -> float:
        return self._top(box) + self._size(box)[1]

    def _beginning(self, box: Box) -> float:
        """Where wires from a box begin; of what comes in by nothing but a loop, where that arrives."""
        for number, loop in enumerate(self._scene.loops):
            if loop.start is box and (self._column is not None or not loop.fed):
                return LOOP * (number + 1) - 2
        return self._bottom(box)

    def _arrivals(self) -> dict[tuple[Box, int], float]:
        """Where each wire comes into its box: in the order in which they come, straight where there is one."""
        coming: dict[Box, list[tuple[float, int]]] = defaultdict(list)
        for wire in self._scene.wires:
            if self._side(wire) is not None:
                continue
            cell, offset = self._upper((wire.tail, wire.out), self._cells[wire.head].layer)
            coming[wire.head].append((cell.x + offset, wire.slot))
        ends: dict[tuple[Box, int], float] = {}
        for box, arriving in coming.items():
            middle, wide = self._cells[box].x, self._size(box)[0]
            if box in self._inside:
                ends |= {(box, slot): middle + self._in(box, slot) for _, slot in arriving}
            elif len(arriving) == 1 and box.kind not in ("sign", "port"):
                room = max(wide / 2 - 6, 0.0)
                ends[box, arriving[0][1]] = min(max(arriving[0][0], middle - room), middle + room)
            else:
                offsets = slots(len(arriving), wide)
                for (_, slot), offset in zip(sorted(arriving), offsets, strict=True):
                    ends[box, slot] = middle + offset
        return ends

    def _spans(self, layer: int) -> Iterator[tuple[Trunk, float, float]]:
        """What has to run sideways below a layer: each tensor with its leftmost and rightmost place there."""
        for trunk, wires in self._trunks.items():
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
        heads = (wire for wire in self._trunks[trunk] if self._cells[wire.head].layer == layer + 1)
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
        below = (len(labels) for (tail, _), labels in self._labels.items() if self._cells[tail].layer == layer)
        above = (wire for wire in self._scene.wires if self._cells[wire.head].layer == layer + 1)
        return max(below, default=0), int(any(self._read(wire) for wire in above))

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
        half = self._size(wire.head)[0] / 2
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
        x, y = self._cells[wire.tail].x + self._out(*trunk), self._beginning(wire.tail)
        points = [(x, y)]
        side = self._side(wire)
        for layer in range(self._cells[wire.tail].layer, head.layer):
            passing = self._passing.get((trunk, layer + 1)) if layer + 1 < head.layer else None
            there = passing.x if passing is not None else x if side is not None else self._ends[wire.head, wire.slot]
            if abs(there - x) > 0.5:
                y = self._track_y(trunk, layer)
                points += [(x, y), (there, y)]
            x = there
        if side is not None:
            middle, half = self._centre(wire.head), self._size(wire.head)[0] / 2
            points += [(x, middle), (head.x + (half if x > head.x else -half), middle)]
        else:
            points.append((x, self._top(wire.head)))
        self._drawing.shapes.append(Line(straight(points), arrow=wire.head.kind != "port"))
        read = self._read(wire)
        if read:
            y = self._top(wire.head) if side is None else points[-1][1]
            self._reads[wire.head].append((x, y, [read]))

    def _label(self) -> None:
        """The shape of each tensor once, where it begins, and where it is read as another one."""
        made: dict[Box, list[Labelled]] = defaultdict(list)
        for (tail, number), labels in self._labels.items():
            x, y = self._cells[tail].x + self._out(tail, number), self._bottom(tail) + 13
            if self._is_left((tail, number)):
                self._drawing.shapes += written((x, y, labels), "end")
            else:
                made[tail].append((x, y, labels))
        for together in made.values():
            self._drawing.shapes += beside_each_other(together)
        for box, together in self._reads.items():
            cell = self._cells[box]
            self._drawing.shapes += into_a_box(together, cell.x, cell.x + cell.right)

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
            for box in reversed(self._readers(loop)):
                if box in self._cells:  # not a port that another state leaves by
                    self._move(box, 0)
            maker = self._maker(loop)
            if maker is not None:
                self._move(maker, len(self._grid.layers))

    def _move(self, box: Box, number: int) -> None:
        layer = self._grid.layers[self._cells[box].layer]
        layer.remove(self._cells[box])
        layer.insert(min(number, len(layer)) if number == 0 else len(layer), self._cells[box])

    def _readers(self, loop: Loop) -> list[Box]:
        assert self._column is not None
        return list(dict.fromkeys(wire.head for wire in self._column.wires if wire.tail is loop.start))

    def _maker(self, loop: Loop) -> Box | None:
        assert self._column is not None
        makers = [wire.tail for wire in self._column.wires if wire.head is loop.end]
        return makers[0] if makers and makers[0] in self._cells else None

    @property
    def is_free(self) -> bool:
        """Whether nothing stands between the boxes that read and make states and the borders."""
        return all(map(self._is_free, self._scene.loops))

    def _is_free(self, loop: Loop) -> bool:
        readers, maker = self._readers(loop), self._maker(loop)
        if not readers or maker is None or any(box.kind in ("frame", "port") for box in (maker, *readers)):
            return False
        ends = self._grid.layers[self._cells[maker].layer]
        starts = [(box, self._grid.layers[self._cells[box].layer]) for box in readers]
        return ends[-1] is self._cells[maker] and all(layer[0] is self._cells[box] for box, layer in starts)

    def _at_its_sides(self, loop: Loop) -> None:
        """Straight from the left border to what reads a state, and from what makes it to the right one."""
        if not self._is_free(loop):
            return
        middle = self._off_the_middle(loop)
        ways = [
            (self._centre(box) + middle, self._cells[box].x - self._size(box)[0] / 2) for box in self._readers(loop)
        ]
        for y, x in ways:
            self._state((0.0, ways[0][0]), (0.0, y), (x, y), arrow=True)
        maker = self._maker(loop)
        assert maker is not None
        y = self._centre(maker) + middle
        self._state((self._cells[maker].x + self._size(maker)[0] / 2, y), (self._drawing.width, y))
        self._heights_at_sides(ways[0][0], y)

    def _off_the_middle(self, loop: Loop) -> float:
        """How far above or below the middle of its boxes a state is, where they make or read others, too."""
        read, maker = set(self._readers(loop)), self._maker(loop)
        others = (
            one for one in self._scene.loops if self._maker(one) is maker or read.intersection(self._readers(one))
        )
        together = list(others)
        return BESIDE * (together.index(loop) - (len(together) - 1) / 2)

    def _centre(self, box: Box) -> float:
        return self._top(box) + self._size(box)[1] / 2

    def _done(self) -> Placed:
        self._drawing.height = self._end + (PADDING if not self._scene.outputs else 0.0)
        ports = self._column or self._scene
        inputs, outputs = [
            [self._cells[box].x if box in self._cells else 0.0 for box in side]
            for side in (ports.inputs, ports.outputs)
        ]
        return Placed(self._drawing, inputs, outputs, self._entering, self._leaving)


def _by_trunk(wires: Sequence[Wire]) -> dict[Trunk, list[Wire]]:
    trunks: dict[Trunk, list[Wire]] = defaultdict(list)
    for wire in wires:
        trunks[wire.tail, wire.out].append(wire)
    return trunks


def _is_free_between(left: float, right: float, taken: Sequence[tuple[float, float]]) -> bool:
    """Whether a piece from left to right comes near none of those that run at its height."""
    return all(right + 4 < begin or end + 4 < left for begin, end in taken)


def _joined(upper: Cell, at_upper: float, lower: Cell, at_lower: float) -> None:
    joint = Joint(upper, lower, at_upper, at_lower)
    upper.below.append(joint)
    lower.above.append(joint)
