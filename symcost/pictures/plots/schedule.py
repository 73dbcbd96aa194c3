"""How many operations can run at each step, if each starts as soon as what it reads is there: work against time.

Loops are gone through round by round with numbers. What a loop emits is ready entry by entry, so that a second scan
runs one round behind the first; all else is waited for as a whole. A step is what `depth` takes for one: every
operation with arithmetic. A multiply-accumulate is two operations, all others are one.

Source  Blelloch, Programming Parallel Algorithms, CACM 39(3), 1996: work and depth; work a step is parallelism
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import TYPE_CHECKING

from symcost.analysis.reads import Read, reads
from symcost.errors import TooLongToFollow
from symcost.formula import Form, Symbol, counter, num
from symcost.formula.parts import mentions
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor
from symcost.hardware.device import FLOP_PER_MAC
from symcost.records import dataclass
from symcost.values import bounded, demand_numbers

if TYPE_CHECKING:
    from symcost.model import Model
    from symcost.questions import Subject

MOST_ROUNDS = 1024
"""Rounds of one loop that are gone through; of a longer one the first."""
MOST_VISITS = 400_000
"""Operations that are gone through in all: some seconds' worth."""

Times = int | list[int]
"""When a tensor is ready: as a whole, or each entry along its first axis."""
Ready = dict[Tensor, Times]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Operations at each step from 1 on. `cut`: the loops of which only the first rounds are in it."""

    steps: Mapping[int, Fraction]
    cut: tuple[str, ...]

    @property
    def length(self) -> int:
        """How many steps there are."""
        return max(self.steps, default=0)

    @property
    def work(self) -> Fraction:
        """All operations."""
        return sum(self.steps.values(), Fraction(0))


def schedule(model: Model) -> Schedule:
    """That of a model whose sizes all have numbers. Raises MissingValue, TooLongToFollow."""
    demand_numbers(model.symbols, model.values)
    room_to_recurse()
    # Built with the numbers, as `depth` is asked: a padding of 0 is none there.
    graph: Graph = model.answers.with_numbers(_graph_of)
    with bounded(model.values):
        follower = _Follower(model.values)
        follower.graph(graph, dict.fromkeys(graph.ports, 0))
    return Schedule(follower.steps, tuple(follower.cut))


def _graph_of(subject: Subject) -> Graph:
    return subject.graph


def last(times: Times) -> int:
    """When all of a tensor is ready."""
    return times if isinstance(times, int) else max(times, default=0)


@dataclass
class _Follower:
    """Goes through a graph in the order of the text."""

    values: Mapping[str, int]
    steps: dict[int, Fraction] = field(default_factory=dict)
    cut: dict[str, None] = field(default_factory=dict)
    _counters: dict[Symbol, Form] = field(default_factory=dict)
    _work: dict[Operation, Fraction] = field(default_factory=dict)
    _visits: int = 0
    _times: int = 1

    def graph(self, graph: Graph, ready: Ready) -> None:
        for node in graph:
            match node:
                case Parameter():
                    ready[node.tensor] = 0
                case Operation():
                    self._operation(node, ready)
                case Block():
                    self._block(node, ready)

    def _block(self, block: Block, ready: Ready) -> None:
        """A named layer does nothing where it is named."""
        if block.kind == "call":
            self._call(block, ready)
        elif block.kind == "choose":
            self._choose(block, ready)
        elif block.kind != "layer":
            self._loop(block, ready)

    # Operations -----------------------------------------------------------------------------------

    def _operation(self, operation: Operation, ready: Ready) -> None:
        self._visits += 1
        if self._visits > MOST_VISITS:
            raise TooLongToFollow(MOST_VISITS)
        took = 1 if operation.cost.counts else 0
        for number, result in enumerate(operation.outputs):
            ready[result] = _later(self._begun(operation, number, ready), took)
        if took:
            self._spread(self._counted(operation), ready[operation.outputs[0]])

    def _begun(self, operation: Operation, number: int, ready: Ready) -> Times:
        """When all that a result is made from is ready, entry by entry where it is read so."""
        whole = [ready[tensor] for tensor in operation.inputs]
        if not any(isinstance(times, list) for times in whole):
            return max(map(last, whole), default=0)
        shape = operation.outputs[number].shape
        axes = tuple(counter("p", 0, size) for size in shape)
        entries = self._number(shape[0]) if shape else 1
        return _together([self._seen(read, axes, ready, entries) for read in reads(operation, number, axes)])

    def _seen(self, read: Read, axes: tuple[Symbol, ...], ready: Ready, entries: int) -> Times:
        """When one entry of a result has what it reads of an operand, or each entry along the first axis."""
        times = ready[read.tensor]
        if isinstance(times, int) or not times or not self._can_be_followed(read, axes):
            return last(times)
        position = read.positions[0]
        if any(mentions(form, axes[:1]) for form in (position, *read.needs)):
            return [self._at(place, position, read, axes[0], times) for place in range(entries)]
        return last(times) if read.needs else self._latest(position, read, times)

    def _can_be_followed(self, read: Read, axes: tuple[Symbol, ...]) -> bool:
        """Whether it depends on the first axis alone which entry is read."""
        counted = (*axes[:1], *read.over)
        return bool(read.positions) and all(self._is_known(form, counted) for form in (read.positions[0], *read.needs))

    def _at(self, place: int, position: Form, read: Read, first: Symbol, times: list[int]) -> int:
        """What an entry waits for; nothing where it does not see the operand."""
        own = {first: num(place)}
        if any(self._exact(need.substitute(own)) < 0 for need in read.needs):
            return 0
        return self._latest(position.substitute(own), read, times)

    def _latest(self, position: Form, read: Read, times: list[int]) -> int:
        """The last of the entries that are read, from one end of what is read over to the other."""
        ends = [position]
        for symbol in read.over:
            if mentions(position, (symbol,)):
                assert symbol.high is not None
                lowest = [end.substitute({symbol: num(0)}) for end in ends]
                highest = [end.substitute({symbol: symbol.high - 1}) for end in ends]
                ends = lowest + highest
        places = [self._number(end) for end in ends]
        seen = times[max(0, min(places)) : max(places) + 1]
        return max(seen, default=last(times))

    def _is_known(self, form: Form, counted: tuple[Symbol, ...]) -> bool:
        """Whether all in it has a number: sizes, the rounds of the loops around, and what is counted through."""
        return all(name in self._counters or name in counted or not name.uid for name in form.free_symbols)

    def _spread(self, amount: Fraction, times: Times) -> None:
        """Count operations at the steps at which they run."""
        at = [times] if isinstance(times, int) else times
        for time in at:
            self.steps[time] = self.steps.get(time, Fraction(0)) + amount * self._times / len(at)

    def _counted(self, operation: Operation) -> Fraction:
        """Its operations in this round."""
        if operation in self._work:
            return self._work[operation]
        counts = operation.cost.counts
        found = Fraction(0)
        for name, form in counts.items():
            found += self._exact(form) * (FLOP_PER_MAC if name == "mac" else 1)
        if not any(mentions(form, self._counters) for form in counts.values()):
            self._work[operation] = found
        return found

    def _number(self, form: Form) -> int:
        return int(self._exact(form))

    def _exact(self, form: Form) -> Fraction:
        put_in = form.substitute(self._counters) if self._counters else form
        return Fraction(put_in.evaluate(self.values))

    # Blocks ---------------------------------------------------------------------------------------

    def _call(self, block: Block, ready: Ready) -> None:
        inside: Ready = {port: ready[outer] for port, outer in zip(block.graph.ports, block.inputs, strict=True)}
        self.graph(block.graph, inside)
        for tensor, result in zip(block.outputs, block.graph.results, strict=True):
            ready[tensor] = inside[result]

    def _choose(self, block: Block, ready: Ready) -> None:
        """Alternatives run side by side."""
        self._times *= self._number(block.count)
        self.graph(block.graph, ready)
        self._times //= self._number(block.count)
        for emitted in block.emitted:
            ready[emitted.stacked] = last(ready[emitted.each])

    def _loop(self, block: Block, ready: Ready) -> None:
        assert block.counter is not None
        rounds = self._rounds(block)
        low = num(0) if block.counter.low is None else block.counter.low
        for carried in block.carried:
            ready[carried.start] = ready[carried.initial]
        stacks: dict[Tensor, list[int]] = {emitted.stacked: [] for emitted in block.emitted}
        for number in range(rounds):
            self._counters[block.counter] = low + number
            self.graph(block.graph, ready)
            _end_round(block, ready, stacks)
        self._counters.pop(block.counter, None)
        for carried in block.carried:
            ready[carried.last] = ready[carried.start]
        ready.update(stacks)

    def _rounds(self, block: Block) -> int:
        """How many rounds are gone through."""
        count = self._number(block.count)
        if count <= MOST_ROUNDS:
            return count
        self.cut[f"{MOST_ROUNDS} of {count} rounds of `{block.name}`"] = None
        return MOST_ROUNDS


def _end_round(block: Block, ready: Ready, stacks: Mapping[Tensor, list[int]]) -> None:
    """Hand on what is carried, and keep when what is emitted was ready."""
    for emitted in block.emitted:
        stacks[emitted.stacked].append(last(ready[emitted.each]))
    ends = [(carried.start, ready[carried.end]) for carried in block.carried]
    ready.update(ends)


def _later(times: Times, steps: int) -> Times:
    return times + steps if isinstance(times, int) else [time + steps for time in times]


def _together(found: Sequence[Times]) -> Times:
    """The latest of several, entry by entry if one of them is told so."""
    lists = [times for times in found if isinstance(times, list)]
    rest = max((times for times in found if isinstance(times, int)), default=0)
    return [max(rest, *column) for column in zip(*lists, strict=True)] if lists else rest


def binned(found: Schedule, most: int, *, log: bool) -> Iterator[tuple[int, int, Fraction]]:
    """First and last of a few steps in a row, and the operations at each of them in the mean.

    On a logarithmic axis the stretches get longer in equal ratios.
    """
    length = found.length
    wide = -(-length // most)
    first = 1
    while first <= length:
        end = min(max(first, first * (most + 1) // most) if log else first + wide - 1, length)
        amount = sum((found.steps.get(step, Fraction(0)) for step in range(first, end + 1)), Fraction(0))
        yield first, end, amount / (end + 1 - first)
        first = end + 1
