"""Unrolls a graph at given sizes and says of every number which positions of an input it is made from, and how near.

It shares nothing with the package but the graph. Every number is a table: for each position of the input that it
is made from, the fewest layers on a path from there. A layer is an operation with arithmetic that reads, at some place,
numbers of an operand that differ in this, or operands none of which is made from all that the result is. A step of a
scan that carries something is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from symcost.formula import Form
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor

Near = tuple[int, bool]
"""Layers before the step of a scan, and whether that step has worked on it; outside of scans layers, and False."""
Number = dict[int, Near]
Place = tuple[int, ...]


def places(shape: Iterable[int]) -> list[Place]:
    return list(product(*map(range, shape)))


@dataclass(frozen=True)
class Array:
    """Numbers by their place, in the order of the places."""

    shape: Place
    numbers: dict[Place, Number]

    def __getitem__(self, place: Place) -> Number:
        return self.numbers[place]

    def __setitem__(self, place: Place, number: Number) -> None:
        self.numbers[place] = number

    def at(self, axis: int, positions: Sequence[int]) -> Array:
        """The numbers at some positions of an axis, one after the other."""
        axis %= len(self.shape)
        shape = (*self.shape[:axis], len(positions), *self.shape[axis + 1 :])
        return Array(shape, {p: self[(*p[:axis], positions[p[axis]], *p[axis + 1 :])] for p in places(shape)})


def nearest(numbers: Iterable[Number]) -> Number:
    """All that any of them is made from, each position by the shortest way."""
    found: Number = {}
    for number in numbers:
        for position, near in number.items():
            found[position] = min(near, found.get(position, near))
    return found


def joined(parts: Sequence[Array], axis: int) -> Array:
    axis %= len(parts[0].shape)
    found: dict[Place, Number] = {}
    before = 0
    for part in parts:
        found |= {(*p[:axis], p[axis] + before, *p[axis + 1 :]): part[p] for p in places(part.shape)}
        before += part.shape[axis]
    shape = (*parts[0].shape[:axis], before, *parts[0].shape[axis + 1 :])
    return Array(shape, {p: found[p] for p in places(shape)})


def reach(graph: Graph, values: Mapping[str, int], port: int = 0, axis: int = 0) -> dict[Place, dict[int, int]]:
    """For every place of the first result: the positions of the port's axis that it is made from, with their layers."""
    run = Unrolled(dict(values))
    while run.meet != run.met:  # whether they do somewhere is known when everything was seen, and counts everywhere
        run.met, run.meet = run.meet, set()
        run.known.clear()
        for number, tensor in enumerate(graph.ports):
            array = run.blank(tensor)
            for place in places(array.shape):
                array[place] = {place[axis]: (0, False)} if number == port else {}
            run.known[tensor] = array
        run.run(graph)
    result = run.known[graph.results[0]]
    return {
        place: {position: layers + worked for position, (layers, worked) in result[place].items()}
        for place in places(result.shape)
    }


class Unrolled:
    def __init__(self, values: dict[Any, int]) -> None:
        self.values = values
        self.numbers: dict[int, int] = {}  # what forms come to in this round of all loops
        self.known: dict[Tensor, Array] = {}
        self.meet: set[tuple[object, ...]] = set()
        self.met: set[tuple[object, ...]] | None = None
        self.calls: tuple[object, ...] = ()
        self.stepping = 0

    def number(self, form: Form) -> int:
        if form.key not in self.numbers:
            self.numbers[form.key] = int(form.evaluate(self.values))
        return self.numbers[form.key]

    def blank(self, tensor: Tensor) -> Array:
        return self.empty([self.number(size) for size in tensor.shape])

    def empty(self, shape: Iterable[int]) -> Array:
        shape = tuple(shape)
        return Array(shape, {place: {} for place in places(shape)})

    def run(self, graph: Graph) -> None:
        for node in graph:
            match node:
                case Parameter(tensor=tensor):
                    self.known[tensor] = self.blank(tensor)
                case Operation():
                    self.operation(node)
                case Block(kind="layer"):
                    pass
                case Block(kind="call"):
                    for outer, inner in zip(node.inputs, node.graph.ports, strict=True):
                        self.known[inner] = self.known[outer]
                    self.calls = (*self.calls, node)  # calls alike share one graph
                    self.run(node.graph)
                    self.calls = self.calls[:-1]
                    for inner, outer in zip(node.graph.results, node.outputs, strict=True):
                        self.known[outer] = self.known[inner]
                case Block():
                    self.loop(node)

    def loop(self, block: Block) -> None:
        steps = int(block.kind == "scan" and bool(block.carried))
        held = {one: self.known[one.initial] for one in block.carried}
        stacks: dict[Tensor, list[Array]] = {one.stacked: [] for one in block.emitted}
        low = self.number(block.counter.low) if block.counter is not None else 0
        self.stepping += steps
        for turn in range(self.number(block.count)):
            if block.counter is not None:
                self.values[block.counter] = low + turn
                self.numbers.clear()
            for one, array in held.items():
                self.known[one.start] = array
            outside = self.calls
            self.calls += (turn,) if held else ()  # rounds side by side are one operation
            self.run(block.graph)
            self.calls = outside
            held = {one: self.left(self.known[one.end], steps) for one in block.carried}
            for each in block.emitted:
                stacks[each.stacked].append(self.left(self.known[each.each], steps))
        self.stepping -= steps
        for one, array in held.items():
            self.known[one.last] = array
        for tensor, rounds in stacks.items():
            stack = self.blank(tensor)
            for turn, array in enumerate(rounds):
                for place in places(array.shape):
                    stack[(turn, *place)] = array[place]
            self.known[tensor] = stack

    def left(self, array: Array, steps: int) -> Array:
        """Numbers when the step is over."""
        done = self.empty(array.shape)
        for place in places(array.shape):
            done[place] = {p: (n + w if steps else n, False if steps else w) for p, (n, w) in array[place].items()}
        return done

    # Operations --------------------------------------------------------------------------------------

    def operation(self, operation: Operation) -> None:
        arrays = [self.known[tensor] for tensor in operation.inputs]
        given, kind = operation.given, operation.kind
        moved: list[Array]
        match kind:
            case "contract" | "window":
                moved = [self.indexed(operation, arrays)]
            case "reshape":
                shape = self.blank(operation.outputs[0]).shape
                moved = [
                    Array(
                        shape,
                        dict(zip(places(shape), map(arrays[0].__getitem__, places(arrays[0].shape)), strict=True)),
                    )
                ]
            case "transpose":
                rank = len(arrays[0].shape)
                axes = [axis % rank for axis in given["axes"]] or [*range(rank - 2), rank - 1, rank - 2]
                turned = {tuple(place[axis] for axis in axes): arrays[0][place] for place in places(arrays[0].shape)}
                moved = [Array(tuple(arrays[0].shape[axis] for axis in axes), turned)]
            case "select":
                begin = [self.number(one.first) for one in given["places"]]
                kept = [(n, self.number(one.step)) for n, one in enumerate(given["places"]) if one.keeps]
                chosen = self.blank(operation.outputs[0])
                for place in places(chosen.shape):
                    source = list(begin)
                    for (n, step), offset in zip(kept, place, strict=True):
                        source[n] += step * offset
                    chosen[place] = arrays[0][tuple(source)]
                moved = [chosen]
            case "split":
                axis, at = given["axis"], 0
                moved = []
                for out in operation.outputs:
                    size = self.number(out.shape[axis])
                    moved.append(arrays[0].at(axis, range(at, at + size)))
                    at += size
            case "reverse":
                moved = [arrays[0].at(given["axis"], range(arrays[0].shape[given["axis"]])[::-1])]
            case "pad":
                axis = given["axis"] % len(arrays[0].shape)
                shape = arrays[0].shape
                sides = [self.empty((*shape[:axis], self.number(n), *shape[axis + 1 :])) for n in given["amount"]]
                moved = [joined([sides[0], arrays[0], sides[1]], axis)]
            case "concat":
                moved = [joined(arrays, given["axis"])]
            case "repeat_axis":
                times, size = self.number(given["times"]), arrays[0].shape[given["axis"]]
                moved = [arrays[0].at(given["axis"], [n for n in range(size) for _ in range(times)])]
            case "unfold":
                axis = given["axis"] % len(arrays[0].shape)
                stride, dilation = self.number(given["stride"]), self.number(given["dilation"])
                laid = self.blank(operation.outputs[0])
                for p in places(laid.shape):
                    laid[p] = arrays[0][(*p[:axis], stride * p[axis] + dilation * p[axis + 1], *p[axis + 2 :])]
                moved = [laid]
            case "stack":
                stack = {(n, *p): array[p] for n, array in enumerate(arrays) for p in places(array.shape)}
                moved = [Array((len(arrays), *arrays[0].shape), stack)]
            case "gather":
                moved = [self.gathered(operation, *arrays)]
            case "cumsum" | "sort" | "topk":
                moved = [self.along(operation, arrays[0], up_to_itself=kind == "cumsum")]
            case _ if "keep" in given:
                moved = [self.reduced(operation, arrays[0])]
            case _ if not arrays:
                moved = [self.blank(operation.outputs[0])]
            case _:
                moved = [self.pointwise(operation, arrays)]
        for tensor, array in zip(operation.outputs, moved, strict=True):
            assert array.shape == self.blank(tensor).shape, (kind, array.shape)
            self.known[tensor] = array

    def made(self, operation: Operation, operands: Sequence[Sequence[Number]]) -> Number:
        """A number from all that it reads, operand by operand."""
        works = bool(operation.cost.counts)
        assert self.met is not None
        unions = [nearest(numbers) for numbers in operands]
        whole = nearest(unions).keys()
        if works and not self.stepping:
            for which, (numbers, union) in enumerate(zip(operands, unions, strict=True)):
                if any(number not in ({}, union) for number in numbers) or (
                    union and not any(whole == one.keys() for one in unions)
                ):
                    self.meet.add((*self.calls, operation, which))
        result: Number = {}
        for which, numbers in enumerate(operands):
            for number in numbers:
                for position, (layers, worked) in number.items():
                    if works and self.stepping:
                        worked = True
                    elif works:
                        layers += (*self.calls, operation, which) in self.met
                    result[position] = min(result.get(position, (10**9, True)), (layers, worked))
        return result

    def indexed(self, operation: Operation, arrays: Sequence[Array]) -> Array:
        given = operation.given
        extents = {name: self.number(size) for name, size in given["extents"].items()}
        read: dict[tuple[int, ...], list[list[Number]]] = {}
        for which, array in enumerate(arrays):
            used = [n for n in extents if any(n in axis.terms for axis in (*given["left"], *given["reads"][which]))]
            for numbers in product(*(range(extents[name]) for name in used)):
                at = dict(zip(used, numbers, strict=True))
                left = tuple(self.affine(axis, at) for axis in given["left"])
                source = [self.affine(axis, at) for axis in given["reads"][which]]
                source = [
                    0 if size == 1 and axis.plain else place
                    for place, size, axis in zip(source, array.shape, given["reads"][which], strict=True)
                ]
                read.setdefault(left, [[] for _ in arrays])[which].append(array[tuple(source)])
        result = self.blank(operation.outputs[0])
        for place, operands in read.items():
            result[place] = self.made(operation, operands)
        return result

    def affine(self, axis: Any, at: Mapping[str, int]) -> int:
        return self.number(axis.constant) + sum(self.number(c) * at[name] for name, c in axis.terms.items())

    def gathered(self, operation: Operation, table: Array, rows: Array) -> Array:
        result = self.blank(operation.outputs[0])
        for place in places(result.shape):
            column = place[len(rows.shape) :]
            result[place] = self.made(
                operation, [[table[(n, *column)] for n in range(table.shape[0])], [rows[place[: len(rows.shape)]]]]
            )
        return result

    def along(self, operation: Operation, array: Array, up_to_itself: bool) -> Array:
        """Made from all of an axis, or from what stands there up to the own place."""
        axis = operation.given["axis"] % len(array.shape)
        result = self.blank(operation.outputs[0])
        for place in places(result.shape):
            last = place[axis] + 1 if up_to_itself else array.shape[axis]
            numbers = [array[(*place[:axis], n, *place[axis + 1 :])] for n in range(last)]
            result[place] = self.made(operation, [numbers])
        return result

    def reduced(self, operation: Operation, array: Array) -> Array:
        gone = {axis % len(array.shape) for axis in operation.given["axis"]}
        read: dict[tuple[int, ...], list[Number]] = {}
        for place in places(array.shape):
            kept = [0 if n in gone else p for n, p in enumerate(place) if operation.given["keep"] or n not in gone]
            read.setdefault(tuple(kept), []).append(array[place])
        result = self.blank(operation.outputs[0])
        for place, numbers in read.items():
            result[place] = self.made(operation, [numbers])
        return result

    def pointwise(self, operation: Operation, arrays: Sequence[Array]) -> Array:
        result = self.blank(operation.outputs[0])
        for place in places(result.shape):
            operands = []
            for array in arrays:
                own = place[len(place) - len(array.shape) :]
                operands.append([array[tuple(0 if s == 1 else p for p, s in zip(own, array.shape, strict=True))]])
            result[place] = self.made(operation, operands)
        return result
