"""A layered layout: boxes in layers from top to bottom, wires from each layer to the next, nothing over anything.

Layers are longest paths; a wire that passes layers has a place in each of them; the order within layers follows the
means of neighbours (Sugiyama, Tagawa and Toda, 1981); the places are least squares under the order, by pooling.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence, Set
from dataclasses import field

from symcost.records import dataclass

SWEEPS = 8
"""Rounds down and up, for the order and for the places."""

FEWER = 2
FAR = 1e6
MANY = 600
"""So many cells get fewer sweeps."""

STRAIGHT, BENT = 8.0, 0.001
"""How much more than a box a wire insists on its place: much between other pieces of it, next to nothing where it ends.

There a residual bends into its sum anyway, and the boxes that it passes stay in line with what they lead to.
"""


@dataclass(eq=False)
class Cell:
    """A box, or a wire that passes, in its layer. `left` and `right` are how far it reaches from its `x`."""

    left: float
    right: float
    layer: int = 0
    x: float = 0.0
    passes: bool = False
    above: list[Joint] = field(default_factory=list)
    below: list[Joint] = field(default_factory=list)

    def reaches(self, left: float, right: float) -> bool:
        """Whether any of it lies between two places."""
        return self.x + self.right > left and self.x - self.left < right


@dataclass(eq=False)
class Joint:
    """A piece of a wire between neighbouring layers; how far from the middle of each cell it is joined to it."""

    upper: Cell
    lower: Cell
    at_upper: float = 0.0
    at_lower: float = 0.0


@dataclass
class Grid:
    """Cells by layer, from left to right."""

    layers: list[list[Cell]]
    gap: float


def longest_paths(count: int, wires: Sequence[tuple[int, int]], first: Iterable[int], last: Iterable[int]) -> list[int]:
    """The layer of each of so many boxes; `first` stand in layer 0, `last` in the last one.

    What waits for nothing stands just above what reads it.

    >>> longest_paths(4, [(0, 1), (1, 2), (0, 2), (3, 2)], [0], [])
    [0, 1, 2, 1]
    """
    begins = set(first)
    readers: list[list[int]] = [[] for _ in range(count)]
    waiting = [0] * count
    for tail, head in wires:
        readers[tail].append(head)
        waiting[head] += 1

    free = [box for box in range(count) if waiting[box] == 0 and box not in begins]
    layers = [0] * count
    if begins:
        for box in free:
            layers[box] = 1

    _lower(layers, readers, waiting)
    _to_their_readers(layers, free, readers)
    _to_the_bottom(layers, set(last))
    return layers


def _to_their_readers(layers: list[int], boxes: Iterable[int], readers: Sequence[Sequence[int]]) -> None:
    """These boxes just above the first that reads them."""
    for box in boxes:
        highest_reader = min((layers[head] for head in readers[box]), default=0)
        layers[box] = max(layers[box], highest_reader - 1)


def _to_the_bottom(layers: list[int], boxes: Set[int]) -> None:
    """These boxes below all others."""
    others = (layer + 1 for box, layer in enumerate(layers) if box not in boxes)
    bottom = max([0, *others, *(layers[box] for box in boxes)])
    for box in boxes:
        layers[box] = bottom


def _lower(layers: list[int], readers: Sequence[Sequence[int]], waiting: list[int]) -> None:
    """Each box below those that it waits for; `waiting` says for how many, and is used up."""
    ready = [box for box, number in enumerate(waiting) if number == 0]
    while ready:
        box = ready.pop()
        for head in readers[box]:
            layers[head] = max(layers[head], layers[box] + 1)
            waiting[head] -= 1
            if waiting[head] == 0:
                ready.append(head)


# The order within layers ---------------------------------------------------------------------------


def order(grid: Grid) -> None:
    """Fewer crossings: each layer sorted by the means of its neighbours, down and up; the best order seen is kept."""
    best, fewest = [list(layer) for layer in grid.layers], crossings(grid)
    for sweep in range(_sweeps(grid)):
        if fewest == 0:
            break
        _sort_all(grid, downwards=sweep % 2 == 0)
        found = crossings(grid)
        if found < fewest:
            best, fewest = [list(layer) for layer in grid.layers], found
    grid.layers = best


def _sweeps(grid: Grid) -> int:
    return SWEEPS if sum(map(len, grid.layers)) <= MANY else FEWER


def _sort_all(grid: Grid, *, downwards: bool) -> None:
    places = {cell: float(number) for layer in grid.layers for number, cell in enumerate(layer)}
    for layer in grid.layers if downwards else reversed(grid.layers):
        wanted = {cell: _mean_place(cell, places, downwards) for cell in layer}
        layer.sort(key=lambda cell: wanted[cell])
        places |= {cell: float(number) for number, cell in enumerate(layer)}


def _mean_place(cell: Cell, places: dict[Cell, float], downwards: bool) -> float:
    near = [joint.upper for joint in cell.above] if downwards else [joint.lower for joint in cell.below]
    return sum(places[one] for one in near) / len(near) if near else places[cell]


def crossings(grid: Grid) -> int:
    """How many pairs of wires cross between neighbouring layers."""
    places = {cell: number for layer in grid.layers for number, cell in enumerate(layer)}
    return sum(_crossings_below(layer, places) for layer in grid.layers)


def _crossings_below(layer: Sequence[Cell], places: dict[Cell, int]) -> int:
    found, ends = 0, list[tuple[int, float]]()
    for cell in layer:
        joints = sorted((places[joint.lower], joint.at_lower) for joint in cell.below)
        found += sum(len(ends) - bisect_right(ends, joint) for joint in joints)
        for joint in joints:
            insort(ends, joint)
    return found


# The places ----------------------------------------------------------------------------------------


def spread(grid: Grid) -> None:
    """An `x` for each cell: near what it is joined to, in the order of its layer, never nearer than the gap."""
    for layer in grid.layers:
        _settle(layer, [0.0] * len(layer), [1.0] * len(layer), grid.gap)
    for sweep in range(_sweeps(grid)):
        downwards = sweep % 2 == 0
        for layer in grid.layers if downwards else reversed(grid.layers):
            weights = [_weight(cell, downwards) for cell in layer]
            _settle(layer, [_wanted(cell, downwards) for cell in layer], weights, grid.gap)


def straighten(grid: Grid) -> None:
    """Wires that pass layers run straight down, as far as there is room."""
    places = {cell: number for layer in grid.layers for number, cell in enumerate(layer)}
    for cell in places:
        if cell.passes and not cell.above[0].upper.passes:
            _straighten(_run(cell), grid, places)


def _run(cell: Cell) -> list[Cell]:
    """All cells of a wire from its first one on."""
    run = [cell]
    while below := [joint.lower for joint in run[-1].below if joint.lower.passes]:
        run.append(below[0])
    return run


def _straighten(run: Sequence[Cell], grid: Grid, places: dict[Cell, int]) -> None:
    """Each cell takes the place of the one above, as long as all of them have room there."""
    end = _pulled(run[-1].below[0], run[-1])
    start = 0
    while start < len(run):
        low, high = _room(run[start], grid, places)
        stop = start + 1
        while stop < len(run):
            left, right = _room(run[stop], grid, places)
            if max(low, left) > min(high, right):
                break
            low, high = max(low, left), min(high, right)
            stop += 1
        wanted = end if stop == len(run) else run[start].x
        for cell in run[start:stop]:
            cell.x = min(max(wanted, low), high)
        start = stop


def _room(cell: Cell, grid: Grid, places: dict[Cell, int]) -> tuple[float, float]:
    """From where to where a cell may move in its layer."""
    layer, number = grid.layers[cell.layer], places[cell]
    low, high = -FAR, FAR
    if number:
        low = layer[number - 1].x + layer[number - 1].right + grid.gap + cell.left
    if number + 1 < len(layer):
        high = layer[number + 1].x - layer[number + 1].left - grid.gap - cell.right
    return min(low, cell.x), max(high, cell.x)


def _wanted(cell: Cell, downwards: bool) -> float:
    """Where a cell would stand if it were alone: under what it is joined to, boxes before wires that pass."""
    joints = cell.above if downwards else cell.below
    joints = joints or (cell.below if downwards else cell.above)
    near = [joint for joint in joints if not cell.passes and not _other(joint, cell).passes] or joints
    if not near:
        return cell.x
    return sum(_pulled(joint, cell) for joint in near) / len(near)


def _weight(cell: Cell, downwards: bool) -> float:
    if not cell.passes:
        return 1.0
    joints = cell.above if downwards else cell.below
    return STRAIGHT if any(_other(joint, cell).passes for joint in joints) else BENT


def _other(joint: Joint, cell: Cell) -> Cell:
    return joint.lower if joint.upper is cell else joint.upper


def _pulled(joint: Joint, cell: Cell) -> float:
    """Where a joint would have a cell stand, to be straight."""
    if joint.upper is cell:
        return joint.lower.x + joint.at_lower - joint.at_upper
    return joint.upper.x + joint.at_upper - joint.at_lower


def _settle(layer: Sequence[Cell], wanted: Sequence[float], weights: Sequence[float], gap: float) -> None:
    """The places nearest to the wanted ones that keep the order and the distances: pools of cells move as one."""
    pools: list[tuple[float, float, int]] = []  # the mean of what is wanted, its weight, how many cells
    offsets, offset = [], 0.0
    for number, cell in enumerate(layer):
        if number:
            offset += layer[number - 1].right + gap + cell.left
        offsets.append(offset)
        pool = (wanted[number] - offset, weights[number], 1)
        while pools and pools[-1][0] > pool[0]:
            mean, weight, count = pools.pop()
            both = weight + pool[1]
            pool = ((mean * weight + pool[0] * pool[1]) / both, both, count + pool[2])
        pools.append(pool)
    means = [mean for mean, _, count in pools for _ in range(count)]
    for cell, mean, place in zip(layer, means, offsets, strict=True):
        cell.x = mean + place
