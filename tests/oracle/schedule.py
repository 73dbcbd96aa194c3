"""A slow scheduler: unrolls a graph at given sizes with a clock for every number, and says when the last is ready.

A number is ready one step after the last of those it is made from; what only moves numbers takes no time. By scalar an
operation takes as long as its scalar operations, sums as low trees. It shares nothing with the package but the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from itertools import product
from math import ceil, prod
from operator import neg
from typing import Any, Literal

from symcost.formula import Form
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor
from tests.oracle.counted import Number, Tally
from tests.oracle.primitives import ARITHMETIC, ELEMENTWISE, power, running_sum

Place = tuple[int, ...]
Clocks = dict[Place, int]
Measure = Literal["operations", "products", "scalars"]
Spot = tuple[tuple[Block, ...], Operation | Block]
"""An operation, and the calls around it."""


def places(shape: Iterable[int]) -> Iterator[Place]:
    return product(*map(range, shape))


def depth(
    graph: Graph, values: Mapping[str, int], measure: Measure = "operations", slower: Mapping[Spot, int] | None = None
) -> int:
    """The time at which the last number of a graph is ready, its ports and parameters being ready at 0.

    Each step of an operation that is `slower` takes so many times as long.
    """
    schedule = Schedule(dict(values), measure, {} if slower is None else slower)
    for port in graph.ports:
        schedule.ready[port] = dict.fromkeys(places(schedule.shape(port)), 0)
    schedule.look_for_work(graph)
    schedule.run(graph)
    return schedule.latest


class Schedule:
    """Clocks of all tensors so far, and the latest of all."""

    def __init__(self, values: dict[Any, int], measure: Measure, slower: Mapping[Spot, int]) -> None:
        self.values = values
        self.numbers: dict[int, int] = {}  # what forms come to in this round of all loops
        self.measure = measure
        self.slower = slower
        self.calls: tuple[Block, ...] = ()
        self.ready: dict[Tensor, Clocks] = {}
        self.latest = 0
        self.doing: defaultdict[Operation, set[str]] = defaultdict(set)
        """Classes of which an operation counts something in some round of the loops around it."""

    def number(self, form: Form) -> int:
        if form.key not in self.numbers:
            value = form.evaluate(self.values)
            assert value == int(value)
            self.numbers[form.key] = int(value)
        return self.numbers[form.key]

    def shape(self, tensor: Tensor) -> Place:
        return tuple(map(self.number, tensor.shape))

    def look_for_work(self, graph: Graph) -> None:
        """What does something in one round is taken to do in all of them."""
        for node in graph:
            match node:
                case Operation():
                    counts = node.cost.counts
                    self.doing[node] |= {kind for kind in counts if counts[kind].evaluate(self.values) > 0}
                case Block(kind="call"):
                    self.look_for_work(node.graph)
                case Block(kind="scan" | "repeat" | "choose"):
                    for _ in self.turns(node):
                        self.look_for_work(node.graph)

    def turns(self, block: Block) -> Iterator[int]:
        """The rounds of a loop, each with its number in the counter; of a part of one the whole."""
        low = self.number(block.counter.low) if block.counter is not None else 0
        for turn in range(ceil(block.count.evaluate(self.values))):
            if block.counter is not None:
                self.values[block.counter] = low + turn
                self.numbers.clear()
            yield turn

    def run(self, graph: Graph) -> None:
        for node in graph:
            match node:
                case Parameter(tensor=tensor):
                    self.ready[tensor] = dict.fromkeys(places(self.shape(tensor)), 0)
                case Operation():
                    self.operation(node)
                case Block(kind="call"):
                    for port, given in zip(node.graph.ports, node.inputs, strict=True):
                        self.ready[port] = self.ready[given]
                    self.calls = (*self.calls, node)
                    self.run(node.graph)
                    self.calls = self.calls[:-1]
                    for output, result in zip(node.outputs, node.graph.results, strict=True):
                        self.ready[output] = self.ready[result]
                case Block(kind="scan" | "repeat" | "choose"):
                    self.loop(node)

    def loop(self, block: Block) -> None:
        held = {one: self.ready[one.initial] for one in block.carried}
        stacks: dict[Tensor, Clocks] = {each.stacked: {} for each in block.emitted}
        for turn in self.turns(block):
            for one, clocks in held.items():
                self.ready[one.start] = clocks
            self.run(block.graph)
            held = {one: self.ready[one.end] for one in block.carried}
            for each in block.emitted:
                stacks[each.stacked] |= {(turn, *p): t for p, t in self.ready[each.each].items()}
        for one, clocks in held.items():
            self.ready[one.last] = clocks
        self.ready |= stacks

    def operation(self, operation: Operation) -> None:
        step = self.steps(operation) * self.slower.get((self.calls, operation), 1)
        for number, output in enumerate(operation.outputs):
            clocks = dict.fromkeys(places(self.shape(output)), step)
            for source, origins in enumerate(self.origins(operation, number)):
                known = self.ready[operation.inputs[source]]
                for place, origin in origins:
                    clocks[place] = max(clocks[place], known[origin] + step)
            self.ready[output] = clocks
            self.latest = max(self.latest, *clocks.values(), 0)

    # How long an operation takes ----------------------------------------------------------------------

    def steps(self, operation: Operation) -> int:
        given, kind = operation.given, operation.kind
        match self.measure:
            case "operations":
                return int(not self.doing[operation].isdisjoint(operation.cost.counts))
            case "products":
                return int("mac" in self.doing[operation])
        match kind:
            case "contract":
                return self.contracted(operation)
            case "window":
                inside = prod(self.number(n) for name, n in given["extents"].items() if name not in given["out"])
                return tree([0] * inside) + (given["window"] == "mean")
            case "cumsum":
                numbers = self.shape(operation.inputs[0])[given["axis"]]
                return (
                    tree([0] * numbers)
                    if given["associative"]
                    else len(running_sum([Number(1, Tally())] * numbers)) - 1
                )
            case "sort":
                numbers = self.shape(operation.inputs[0])[given["axis"]]
                return len(network(numbers))
            case "topk":
                numbers = self.shape(operation.inputs[0])[given["axis"]]
                return (numbers - 1) * self.search(self.number(given["k"]) + 1)
            case "sum" | "mean" | "max" | "min" if "keep" in given:
                own = self.shape(operation.inputs[0])
                return tree([0] * prod(own[axis] for axis in given["axis"])) + (kind == "mean")
            case "^":
                exponent = given["exponent"].number if "exponent" in given else None
                if isinstance(exponent, int) and 1 <= exponent <= 64:
                    return tree([0] * exponent)
                return timed(lambda x: power(x, exponent if exponent is None else float(exponent)), 1)
            case "negate":
                return timed(neg, 1)
            case _ if kind in ARITHMETIC:
                return timed(ARITHMETIC[kind], 2)
            case _ if kind in ELEMENTWISE:
                return timed(ELEMENTWISE[kind], len(operation.inputs))
            case _:
                assert not operation.cost.counts, kind
                return 0

    @staticmethod
    def search(places: int) -> int:
        """Comparisons, one after the other, that find one of so many places."""
        rounds = 0
        while places > 1:
            places, rounds = places - places // 2, rounds + 1
        return rounds

    def contracted(self, operation: Operation) -> int:
        """Every product of the loops collected where it goes; the entry that is ready last."""
        given = operation.given
        extents = {name: self.number(size) for name, size in given["extents"].items()}
        collected: dict[Place, list[int]] = {}
        for summand in given["terms"]:
            time, own = 0, list(summand.pieces)
            names = {name for piece in own for name in piece.names}
            for number, pair in enumerate(summand.pairs):
                time, names = time + 1, {*pair.first.names, *pair.second.names}
                if number + 1 < len(summand.pairs):
                    time = tree([time] * prod(extents[name] for name in names if name not in pair.kept))
            loops = sorted(names | {name for axis in given["left"] for name in axis.terms})
            added: dict[Place, list[int]] = {}
            for at in (dict(zip(loops, place, strict=True)) for place in places(extents[name] for name in loops)):
                added.setdefault(tuple(self.affine(axis, at) for axis in given["left"]), []).append(time)
            for place, times in added.items():
                collected.setdefault(place, []).extend(
                    [tree(times) + len(summand.scalars)] if summand.scalars else times
                )
        zero = [0] if any(axis.plain is None for axis in given["left"]) else []
        return max(tree(times + zero) for times in collected.values())

    # Which number is made from which -----------------------------------------------------------------

    def origins(self, operation: Operation, number: int) -> Iterator[Iterator[tuple[Place, Place]]]:
        """For every input, pairs of a place in the result and a place in the input that it is made from."""
        out = self.shape(operation.outputs[number])
        for which, tensor in enumerate(operation.inputs):
            if operation.kind == "accumulate" and which == 0:
                yield ((place, place) for place in places(out))
            elif operation.kind in ("accumulate", "contract", "window"):
                yield self.indexed(operation, which)
            else:
                yield self.moved(operation, number, which, out, self.shape(tensor))

    def indexed(self, operation: Operation, which: int) -> Iterator[tuple[Place, Place]]:
        given = operation.given
        own = self.shape(operation.inputs[which])
        extents = {name: self.number(size) for name, size in given["extents"].items()}
        used = {name for axis in (*given["left"], *given["reads"][which]) for name in axis.terms}
        names = [name for name in extents if name in used]
        written = [axis.plain is None for axis in given["left"]]
        lengths = self.shape(operation.outputs[0])
        for numbers in places(extents[name] for name in names):
            at = dict(zip(names, numbers, strict=True))
            source = [self.affine(axis, at) for axis in given["reads"][which]]
            source = [0 if own[n] == 1 and given["reads"][which][n].plain else p for n, p in enumerate(source)]
            spans = [
                range(lengths[n]) if written[n] else [self.affine(axis, at)] for n, axis in enumerate(given["left"])
            ]
            for target in product(*spans):
                yield target, tuple(source)

    def affine(self, axis: Any, at: Mapping[str, int]) -> int:
        return self.number(axis.constant) + sum(self.number(c) * at[name] for name, c in axis.terms.items())

    def moved(
        self, operation: Operation, number: int, which: int, out: Place, own: Place
    ) -> Iterator[tuple[Place, Place]]:
        given, kind = operation.given, operation.kind
        axis = given.get("axis", 0)
        axis = axis % len(own) if isinstance(axis, int) and own else 0
        match kind:
            case "transpose":
                order = [a % len(own) for a in given["axes"]] or [*range(len(own) - 2), len(own) - 1, len(own) - 2]
                for place in places(own):
                    yield tuple(place[a] for a in order), place
            case "select":
                for place in places(out):
                    rest = list(place)
                    yield (
                        place,
                        tuple(
                            self.number(one.first) + (self.number(one.step) * rest.pop(0) if one.keeps else 0)
                            for one in given["places"]
                        ),
                    )
            case "split":
                start = sum(self.shape(t)[axis] for t in operation.outputs[:number])
                for place in places(out):
                    yield place, with_(place, axis, place[axis] + start)
            case "reverse":
                for place in places(out):
                    yield place, with_(place, axis, own[axis] - 1 - place[axis])
            case "pad":
                before = self.number(given["amount"][0])
                for place in places(out):
                    if given["amount"][1] != 0:
                        yield from ((place, with_(place, axis, n)) for n in range(own[axis]))
                    else:
                        yield place, with_(place, axis, max(0, place[axis] - before))
            case "cumsum":
                for place in places(out):
                    yield from ((place, with_(place, axis, n)) for n in range(place[axis] + 1))
            case "sort" | "topk":
                for place in places(out):
                    yield from ((place, with_(place, axis, n)) for n in range(own[axis]))
            case "concat":
                yield from self.joined(operation, which, axis, out, own)
            case "repeat_axis":
                for place in places(out):
                    yield from ((place, with_(place, axis, n)) for n in range(own[axis]))
            case "unfold":
                stride, dilation = self.number(given["stride"]), self.number(given["dilation"])
                for p in places(out):
                    yield p, (*p[:axis], stride * p[axis] + dilation * p[axis + 1], *p[axis + 2 :])
            case "take":
                yield from self.taken(given["out"], given["reads"][which], out, own)
            case "stack":
                yield from ((place, place[1:]) for place in places(out))
            case "gather":
                rows = len(operation.inputs[1].shape)
                for place in places(out):
                    if which:
                        yield place, place[:rows]
                    else:
                        yield from ((place, (n, *place[rows:])) for n in range(own[0]))
            case "reshape":
                yield from self.reshaped(operation, out, own)
            case _ if "keep" in given:
                gone = {a % len(own) for a in given["axis"]}
                for place in places(own):
                    kept = [0 if a in gone else p for a, p in enumerate(place) if given["keep"] or a not in gone]
                    yield tuple(kept), place
            case _:
                for place in places(out):
                    tail = place[len(place) - len(own) :]
                    yield place, tuple(0 if size == 1 else p for size, p in zip(own, tail, strict=True))

    def taken(
        self, names: Sequence[str], reads: Sequence[Any], out: Place, own: Place
    ) -> Iterator[tuple[Place, Place]]:
        """By the numbers in a table any of the rows is taken; it is an axis that goes by no name."""
        for place in places(out):
            at = dict(zip(names, place, strict=True))
            along = [[self.affine(axis, at)] if axis.terms else range(n) for axis, n in zip(reads, own, strict=True)]
            yield from ((place, source) for source in product(*along))

    def joined(
        self, operation: Operation, which: int, axis: int, out: Place, own: Place
    ) -> Iterator[tuple[Place, Place]]:
        """A part whose numbers are ready together is waited for everywhere, another one at its own places."""
        start = sum(self.shape(t)[axis] for t in operation.inputs[:which])
        clocks = self.ready[operation.inputs[which]]
        together = all(clocks[p] == clocks[with_(p, axis, 0)] for p in clocks)
        for place in places(out):
            if together and own[axis]:
                yield place, with_(place, axis, 0)
            elif start <= place[axis] < start + own[axis]:
                yield place, with_(place, axis, place[axis] - start)

    def reshaped(self, operation: Operation, out: Place, own: Place) -> Iterator[tuple[Place, Place]]:
        """Equal axes on both sides stay; between them everything waits for everything, but for an axis that is cut."""
        old, new = operation.inputs[0].shape, operation.outputs[0].shape
        front = 0
        while front < min(len(old), len(new)) and old[front] == new[front]:
            front += 1
        back = 0
        while back < min(len(old), len(new)) - front and old[-1 - back] == new[-1 - back]:
            back += 1
        inner, outer = own[front : len(own) - back], out[front : len(out) - back]
        ratio = (old[front] / new[front]).number if inner and outer else None
        for place in places(out):
            head, middle, tail = place[:front], place[front : len(out) - back], place[len(out) - back :]
            for source in places(inner):
                if len(inner) == 1:
                    fits = source[0] == flat(middle, outer)
                elif ratio is not None and ratio == int(ratio):
                    fits = source[0] // int(ratio) == middle[0]
                else:
                    fits = True
                if fits:
                    yield place, (*head, *source, *tail)


class Timed(Number):
    """A number that is ready one step after those that it is made from."""

    __slots__ = ("time",)

    def __init__(self, value: float, tally: Tally, time: int = 0) -> None:
        super().__init__(value, tally)
        self.time = time

    def _noted(self, what: str, value: float) -> Timed:
        return Timed(value, self.tally, self.time + 1)

    def _with(self, other: Number) -> Timed:
        return Timed(1.0, self.tally, max(self.time, getattr(other, "time", 0)) + 1)

    __add__ = __sub__ = __mul__ = __truediv__ = _with
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = _with


def network(numbers: int) -> list[list[tuple[int, int]]]:
    """Which places each phase of Batcher's network compares (Knuth, volume 3, section 5.2.2, algorithm M)."""
    phases: list[list[tuple[int, int]]] = []
    highest = 1
    while 2 * highest < numbers:
        highest *= 2
    width = highest
    while width > 0 and numbers > 1:
        stride, rest, apart = highest, 0, width
        while True:
            phases.append([(i, i + apart) for i in range(numbers - apart) if i & width == rest])
            if stride == width:
                break
            apart, stride, rest = stride - width, stride // 2, width
        width //= 2
    return phases


def timed(function: Callable[..., Number], operands: int) -> int:
    """When the result of a formula is ready."""
    result = function(*(Timed(1.0, Tally()) for _ in range(operands)))
    return result.time if isinstance(result, Timed) else 0


def tree(times: Iterable[int]) -> int:
    """When the last of many numbers is joined to the others, the two that are ready first always first; none at 0."""
    heap = [*times]
    heapify(heap)
    while len(heap) > 1:
        heappush(heap, max(heappop(heap), heappop(heap)) + 1)
    return heap[0] if heap else 0


def with_(place: Place, axis: int, position: int) -> Place:
    return (*place[:axis], position, *place[axis + 1 :])


def flat(place: Sequence[int], shape: Sequence[int]) -> int:
    number = 0
    for position, size in zip(place, shape, strict=True):
        number = number * size + position
    return number
