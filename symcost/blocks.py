"""The blocks of a model as a tree: what each costs in its place, with everything inside.

At every block, what it does itself (`own`) and the blocks inside it (`children`) add up to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from symcost.analysis.counts.flops import Flops
from symcost.analysis.counts.operations import Operations
from symcost.analysis.counts.parameters import Parameters
from symcost.analysis.fold import Count, Fold, Folds, all_rounds, rounds
from symcost.analysis.memory.traffic import Crossing, Moved
from symcost.conventions import Convention
from symcost.cost import Cost, total
from symcost.diagnostics import Span
from symcost.formula import Form, add, mul, num
from symcost.graph.graph import Block, Graph, GraphNode
from symcost.once import once
from symcost.records import dataclass

OWN = "own"
"""The kind of what a block does itself, outside of the blocks in it."""

LOOPS = ("scan", "repeat", "choose")
"""Blocks whose graph stands nowhere else: that of a call may stand in many places."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where something stands: in which blocks, the outermost first, and how many times over."""

    around: tuple[Block, ...] = ()
    times: int = 1

    def inside(self, block: Block) -> Place:
        """The same inside of one block more."""
        return replace(self, around=(*self.around, block))


@dataclass(frozen=True, slots=True, eq=False)
class Portion:
    """A block, or the nodes of a graph, in its place. `own`: the nodes of the innermost block that are no blocks."""

    node: Graph | Block
    place: Place
    own: bool = False

    def learned(self, fold: Parameters) -> Form:
        """Its parameters, or those of them that the fold counts."""
        form = _once(fold, self.node)
        for block in reversed(self.place.around):
            form = fold.around(block, form)
        return form

    def operations(self, fold: Operations) -> Cost:
        """Its operations."""
        cost = _once(fold, self.node)
        for block in reversed(self.place.around):
            cost = all_rounds(block, cost)
        return cost if self.place.times == 1 else cost.times(num(self.place.times))

    def flops(self, fold: Flops) -> Form:
        """Its FLOPs under a convention that has rules for layers; 0 where one around it is counted as a whole.

        Raises LayerNotCounted.
        """
        ruled = [number for number, block in enumerate(self.place.around) if fold.rule(block) is not None]
        if ruled:
            return self._as_a_whole(fold, ruled[0])
        return self._repeated(_once(fold, self.node))

    def moved(self, fold: Moved) -> Crossing:
        """Numbers that are moved, if every operation is by itself."""
        found = _once(fold, self.node)
        return Crossing(*map(self._repeated, (found.all, found.parameters, found.others)))

    def _repeated(self, form: Form) -> Form:
        """What is counted once where it stands, over all repetitions around it."""
        for block in reversed(self.place.around):
            form = rounds(block, form)
        return mul(self.place.times, form)

    def _as_a_whole(self, fold: Flops, number: int) -> Form:
        """What is counted of a layer as a whole is what the layer does itself, and nothing inside of it counts."""
        around = self.place.around
        if not self.own or number + 1 < len(around):
            return num(0)
        return Portion(around[number], replace(self.place, around=around[:number])).flops(fold)


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A named layer and where its parameters stand; None where they are counted in another place."""

    block: Block
    place: Place | None


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A graph in its place, with the parameters' own place: that of a named layer is not where it is called.

    `guests` are layers that were named outside of it and are called nowhere else.
    """

    graph: Graph
    runs: Place
    learns: Place | None
    guests: tuple[Layer, ...] = ()


@dataclass(frozen=True, eq=False)
class BlockCost:
    """A block in its place: what it costs with everything inside, all repetitions around it included.

    What has been asked of it is kept: pages ask every block for a dozen figures, and go into it level by level.

    A named layer is one block, with its parameters and the operations of its calls that stand beside each other. Where
    all its calls are inside of one loop, it stands there.
    """

    name: str
    kind: str
    """`model`, `call`, `layer`, `scan`, `repeat`, `choose` or `own`."""
    span: Span
    folds: Folds
    runs: tuple[Portion, ...]
    """What it performs."""
    learns: tuple[Portion, ...]
    """Where its parameters stand."""
    bodies: tuple[Body, ...] = ()
    """What is inside; nothing for what a block does itself."""

    def __repr__(self) -> str:
        return f"<BlockCost {self.label} {self.span}>"

    @property
    def label(self) -> str:
        """What a listing calls it: the name of a definition, the first words of a loop, what is its own."""
        match self.kind:
            case "layer":
                return f"layer {self.name}"
            case "own":
                return self._own_label
            case _:
                return self.name

    @property
    def _own_label(self) -> str:
        if self.params == 0:
            return "(own operations)"
        return "(own)" if self.cost.counts else "(own parameters)"

    @once
    def params(self) -> Form:
        """Its parameters."""
        return self._parameters(self.folds.made(Parameters))

    @once
    def active(self) -> Form:
        """Its parameters that take part under `choose`."""
        return self._parameters(self.folds.made(Parameters, active=True))

    @property
    def has_figures(self) -> bool:
        """Whether it has parameters, or multiplies and accumulates: all that a short listing says of a block."""
        return self.params != 0 or self.cost["macs"] != 0

    def _parameters(self, fold: Parameters) -> Form:
        return _sum([portion.learned(fold) for portion in self.learns])

    @once
    def cost(self) -> Cost:
        """Its operations."""
        fold = self.folds.made(Operations)
        costs = [portion.operations(fold) for portion in self.runs]
        return costs[0] if len(costs) == 1 else total(costs)

    def flops(self, convention: Convention) -> Form:
        """Its FLOPs; 0 where a layer around it is counted as a whole.

        Raises LayerNotCounted.
        """
        if not convention.layers:
            return convention.flops(self.cost)  # MACs first
        fold = self.folds.made(Flops, convention)
        return _sum([portion.flops(fold) for portion in self.runs])

    def moved(self, fold: Moved) -> Crossing:
        """Numbers that it moves, if every operation is by itself."""
        found = [portion.moved(fold) for portion in self.runs]
        return found[0] if len(found) == 1 else fold.joined(found)

    # Inside ---------------------------------------------------------------------------------------

    @once
    def inside(self) -> tuple[BlockCost, ...]:
        """What it does itself, and the blocks in it: together all that it costs."""
        return (self.own, *self.children) if self.bodies else ()

    @once
    def own(self) -> BlockCost:
        """What it does itself."""
        runs, learns = [], []
        for body in self.bodies:
            alone = self.folds.made(own_nodes, body.graph)
            runs.append(Portion(alone, body.runs, own=True))
            if body.learns is not None:
                learns.append(Portion(alone, body.learns, own=True))
        return BlockCost(self.name, OWN, self.span, self.folds, tuple(runs), tuple(learns))

    @once
    def children(self) -> tuple[BlockCost, ...]:
        """The blocks directly inside."""
        return tuple(child for body in self.bodies for child in _Division(body, self.folds).blocks())


def tree(name: str, graph: Graph, span: Span, folds: Folds) -> BlockCost:
    """A whole model as a block."""
    everywhere = Place()
    whole = (Portion(graph, everywhere),)
    return BlockCost(name, "model", span, folds, whole, whole, (Body(graph, everywhere, everywhere),))


class _Division:
    """The blocks of a body: which layers stand there, and which move on into a loop."""

    def __init__(self, body: Body, folds: Folds) -> None:
        self._body = body
        self._folds = folds
        nodes = [node for node in body.graph if isinstance(node, Block)]
        self._nodes = [node for node in nodes if node.kind != "layer"]
        named = [Layer(node, body.learns) for node in nodes if node.kind == "layer"]
        self._layers = {layer.block.graph: layer for layer in (*body.guests, *named)}
        self._hosts = {home: self._host(home) for home in self._layers}

    def blocks(self) -> Iterator[BlockCost]:
        """The layers that came here, then all blocks in the order of the text, each layer where it was named."""
        for guest in self._body.guests:
            yield from self._here(guest)
        for node in self._body.graph:
            match node:
                case Block(kind="layer"):
                    yield from self._here(self._layers[node.graph])
                case Block() if node.home not in self._layers:
                    yield self._block(node)

    def _here(self, layer: Layer) -> Iterator[BlockCost]:
        """A layer, unless it moves on."""
        if self._hosts[layer.block.graph] is None:
            yield self._layer(layer)

    def _host(self, home: Graph) -> Block | None:
        """The one loop in which all calls of a layer stand."""
        called = [node for node in self._nodes if home in self._folds.made(called_in, node)]
        if len(called) == 1 and called[0].kind in LOOPS:
            return called[0]
        return None

    def _block(self, node: Block) -> BlockCost:
        """A block with the layers that move into it."""
        body = self._body
        guests = tuple(layer for home, layer in self._layers.items() if self._hosts[home] is node)
        learns = _learned_by(guests)
        inside = Body(node.graph, body.runs.inside(node), None, guests)

        # What a call of a layer has learned stands where the layer does.
        if body.learns is not None and node.owns:
            learns = (Portion(node, body.learns), *learns)
            inside = replace(inside, learns=body.learns.inside(node))

        kind: str = node.kind
        name = node.name
        if node.home is not None:
            kind, name = "layer", _layer_name(node.home)
        return BlockCost(name, kind, node.span, self._folds, (Portion(node, body.runs),), learns, (inside,))

    def _layer(self, layer: Layer) -> BlockCost:
        """A layer with those of its calls that stand beside each other here."""
        block = layer.block
        calls = [node for node in self._nodes if node.home is block.graph]
        runs = tuple(Portion(call, self._body.runs) for call in calls)
        bodies = tuple(self._called(layer, calls))
        return BlockCost(block.name, "layer", block.span, self._folds, runs, _learned_by([layer]), bodies)

    def _called(self, layer: Layer, calls: Sequence[Block]) -> Iterator[Body]:
        """Each graph of a layer once, however often it is called; the parameters in the first of them."""
        learns = None if layer.place is None else layer.place.inside(layer.block)
        for call, count in _alike(calls):
            runs = replace(self._body.runs, times=self._body.runs.times * count)
            yield Body(call.graph, runs.inside(call), learns)
            learns = None


def _learned_by(layers: Iterable[Layer]) -> tuple[Portion, ...]:
    """The parameters of layers, of those whose parameters count here."""
    return tuple(Portion(layer.block, layer.place) for layer in layers if layer.place is not None)


def _alike(calls: Iterable[Block]) -> Iterator[tuple[Block, int]]:
    """Of the calls of each graph the first, and how many there are."""
    by_graph: dict[Graph, list[Block]] = {}
    for call in calls:
        by_graph.setdefault(call.graph, []).append(call)
    for alike in by_graph.values():
        yield alike[0], len(alike)


def own_nodes(graph: Graph) -> Graph:
    """A graph of the nodes that are no blocks."""
    return _graph_of(node for node in graph if not isinstance(node, Block))


def _graph_of(nodes: Iterable[GraphNode]) -> Graph:
    graph = Graph()
    for node in nodes:
        graph.insert(node)
    return graph


def called_in(node: Block) -> frozenset[Graph]:
    """The layers that are called by a block or anywhere in it, by the graph where they are at home."""
    found: dict[Graph, None] = {}
    seen: set[Graph] = set()
    waiting = [node]
    while waiting:
        block = waiting.pop()
        if block.home is not None:
            found[block.home] = None
        if block.graph not in seen:
            seen.add(block.graph)
            waiting += [inner for inner in block.graph if isinstance(inner, Block)]
    return frozenset(found)


def _layer_name(home: Graph) -> str:
    """What a layer is called: its home holds one block, under its name."""
    return next(block.name for block in home if isinstance(block, Block))


def _sum(forms: Sequence[Form]) -> Form:
    return forms[0] if len(forms) == 1 else add(num(0), *forms)


def _once(fold: Fold[Count], node: Graph | Block) -> Count:
    """What a block or a whole model counts where it stands, the blocks around it left out."""
    return fold.of_node(node) if isinstance(node, Block) else fold.of(node)
