"""Where a count comes from: the lines of the text that add to it, and the blocks that repeat them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Protocol, Self

from symcost.analysis.counts.flops import Flops
from symcost.analysis.counts.parameters import Parameters
from symcost.analysis.depth.marks import Place
from symcost.analysis.fold import rounds
from symcost.diagnostics import Span
from symcost.formula import Form, add, mul, num
from symcost.formula.named import spread
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter, Tensor
from symcost.records import dataclass

NONE, ONCE = num(0), num(1)


class Measure(Protocol):
    """What is counted: the nodes that count as a whole, and what a block makes of what is inside."""

    def whole(self, node: GraphNode) -> Form | None:
        """What a node counts where it stands; None where its inside is to be looked at."""

    def beside(self, block: Block) -> Form:
        """What a block counts besides its inside, all rounds together."""

    def held(self, at: Block | Graph) -> Iterable[Step]:
        """What is held under a name where a block stands, or what goes into the whole model."""

    def around(self, block: Block, form: Form) -> Form | None:
        """What counts so much in one round, counts so much in all; None where all rounds are counted already."""

    def inside(self, block: Block) -> Measure:
        """The measure inside a block."""

    def together(self, counts: Iterable[Form]) -> Form:
        """What several lines count."""


class _Everywhere:
    """The same measure, wherever a graph stands."""

    __slots__ = ()

    def beside(self, block: Block) -> Form:
        return NONE

    def held(self, at: Block | Graph) -> Iterable[Step]:
        return ()

    def inside(self, block: Block) -> Self:
        return self

    def together(self, counts: Iterable[Form]) -> Form:
        return add(*counts)


@dataclass(frozen=True, slots=True)
class Operated(_Everywhere):
    """What each operation counts by itself: those of some classes, numbers moved, ..."""

    count: Callable[[Operation], Form]

    def whole(self, node: GraphNode) -> Form | None:
        match node:
            case Operation():
                return self.count(node)
            case Block(kind="scan" | "repeat" | "choose" | "call"):
                return None
            case _:
                return NONE

    def around(self, block: Block, form: Form) -> Form:
        return rounds(block, form)


@dataclass(frozen=True, slots=True)
class Learned(_Everywhere):
    """Parameters."""

    fold: Parameters

    def whole(self, node: GraphNode) -> Form | None:
        match node:
            case Parameter():
                return self.fold.parameter(node)
            case Block(kind="call", owns=False) | Operation():
                return NONE
            case _:
                return None

    def around(self, block: Block, form: Form) -> Form:
        return self.fold.around(block, form)


@dataclass(frozen=True, slots=True)
class Weighed(_Everywhere):
    """FLOPs under a convention, which may count a layer as a whole."""

    fold: Flops

    def whole(self, node: GraphNode) -> Form | None:
        if isinstance(node, Block) and node.kind != "layer" and self.fold.rule(node) is None:
            return None
        return self.fold.of_node(node)

    def around(self, block: Block, form: Form) -> Form:
        return rounds(block, form)


@dataclass(frozen=True, slots=True, eq=False)
class Waited:
    """Steps on a longest path, by operation and the calls around it."""

    waits: Mapping[Place, Form]
    calls: tuple[Block, ...] = ()

    def whole(self, node: GraphNode) -> Form | None:
        match node:
            case Operation():
                return self.waits.get((self.calls, node), NONE)
            case Block(kind="scan" | "repeat" | "choose" | "call"):
                return None
            case _:
                return NONE

    def beside(self, block: Block) -> Form:
        return self.waits.get((self.calls, block), NONE)

    def held(self, at: Block | Graph) -> Iterable[Step]:
        return ()

    def around(self, block: Block, form: Form) -> None:
        return None

    def inside(self, block: Block) -> Waited:
        return replace(self, calls=(*self.calls, block)) if block.kind == "call" else self

    def together(self, counts: Iterable[Form]) -> Form:
        return spread(add(*counts))


@dataclass(frozen=True, slots=True)
class Held:
    """A value that is held under a name: an input, or what one round hands to the next."""

    name: str
    tensor: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One operation or parameter, or a layer that is counted as a whole, and what it counts each time."""

    node: GraphNode | Held
    total: Form


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A block (none around the whole model) with the lines inside: what they count once, and with its rounds.

    `factor` is how often that is; None where the rounds differ and are summed over the counter. `at_once`: the lines
    count all rounds already.
    """

    block: Block | None
    lines: tuple[Line, ...]
    once: Form
    factor: Form | None
    total: Form
    at_once: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """What stands on one line of the text, `times` in a row as in an unrolled loop, and what it counts each time."""

    span: Span
    items: tuple[Step | Part, ...]
    times: int
    once: Form

    @property
    def total(self) -> Form:
        """What it counts, all times together."""
        return mul(self.times, self.once)


class Explanation:
    """Explains graphs; one that stands in several places is looked at once."""

    def __init__(self, measure: Measure) -> None:
        self._measure = measure
        self._known: dict[tuple[Graph, Measure], tuple[Line, ...]] = {}

    def of(self, graph: Graph) -> Part:
        """The lines of a graph that count something, down to the last operation."""
        given = [(step.node.tensor.span, step) for step in self._measure.held(graph) if isinstance(step.node, Held)]
        lines = (*_gathered(self._on_lines(given, self._measure)), *self._lines(graph, self._measure))
        total = self._measure.together(line.total for line in lines)
        return Part(None, lines, total, ONCE, total)

    def _lines(self, graph: Graph, measure: Measure) -> tuple[Line, ...]:
        if (graph, measure) not in self._known:
            self._known[graph, measure] = tuple(_gathered(self._written(graph, measure)))
        return self._known[graph, measure]

    def _written(self, graph: Graph, measure: Measure) -> Iterator[Line]:
        """One line after the other; what stands on one line is one."""
        yield from self._on_lines([(node.span, item) for node in graph for item in self._items(node, measure)], measure)

    def _on_lines(self, placed: Iterable[tuple[Span, Step | Part]], measure: Measure) -> Iterator[Line]:
        for _, group in groupby(placed, key=_place):
            spans, items = zip(*group, strict=True)
            once = measure.together(item.total for item in items)
            yield Line(spans[0], items, 1, once)

    def _items(self, node: GraphNode, measure: Measure) -> Iterator[Step | Part]:
        """A node by itself, or what is inside of it; nothing where it counts nothing."""
        whole = measure.whole(node)
        if whole is None:
            assert isinstance(node, Block)
            yield from self._looked_into(node, measure)
        elif whole != 0:
            yield Step(node, whole)

    def _looked_into(self, block: Block, measure: Measure) -> Iterator[Step | Part]:
        """What a block counts besides its inside, then the lines inside."""
        beside = measure.beside(block)
        if beside != 0:
            yield Step(block, beside)
        yield from measure.held(block)
        lines = self._lines(block.graph, measure.inside(block))
        once = measure.together(line.total for line in lines)
        if once != 0:
            yield _part(block, lines, once, measure)


def _place(placed: tuple[Span, Step | Part]) -> object:
    """The line of the text that something stands on."""
    span, _ = placed
    return span.source, span.line


def _part(block: Block, lines: tuple[Line, ...], once: Form, measure: Measure) -> Part:
    """A block that counts so much in one round, or in all rounds at once."""
    total = measure.around(block, once)
    if total is None:
        return Part(block, lines, once, ONCE, once, at_once=True)
    summed = block.counter is not None and block.counter in once.free_symbols
    factor = None if summed else measure.around(block, ONCE)
    return Part(block, lines, once, factor, total)


def _gathered(lines: Iterable[Line]) -> Iterator[Line]:
    """Equal neighbours as one."""
    for _, group in groupby(lines, key=_likeness):
        first, *others = group
        yield Line(first.span, first.items, 1 + len(others), first.once)


def _likeness(line: Line) -> tuple[object, ...]:
    """Equal for lines that are the same text and count the same."""
    return line.span.source, line.span.start, line.span.end, tuple(map(_counted, line.items))


def _counted(item: Step | Part) -> object:
    if isinstance(item, Part) and item.block is not None:
        return item.block.name, item.block.graph, item.total.key
    return item.total.key
