"""The graph as a networkx graph, for those who want to ask it something of their own or hand it to another program.

A node has `role` (input, parameter, operation, block or output), `kind` (the name of the primitive; call, layer, scan,
repeat or choose), `cost` (a Cost) and `params` (a Form), both with all rounds of a block, and `file` and `line`. A
block has `count`, its rounds, and `graph`, the network of one round. An edge has the `shape` of its tensor and its
`size` as forms, and `steps`: 1 where it leads to an operation that counts.

The longest chain is the depth, where there is no loop and every operation waits for all of its operands:

>>> import networkx as nx, symcost
>>> model = symcost.loads("model Two(x: [N], H) { return x -> Linear(H) -> tanh -> Linear(1) }").model()
>>> network = model.network(flat=True)
>>> [name for name in nx.dag_longest_path(network, weight="steps") if "/b" not in name]
['x', 'Linear/contract', 'Linear/+', 'tanh', 'Linear 2/contract', 'Linear 2/+']
>>> nx.dag_longest_path_length(network, weight="steps") == model.depth
True
>>> print(network.edges["Linear/+", "tanh", 0]["size"], network.nodes["Linear/contract"]["cost"]["mac"])
H N·H
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Any

import networkx as nx

from symcost.cost import NOTHING, Cost
from symcost.formula import Form, num
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter, Tensor
from symcost.graph.values import shown
from symcost.records import dataclass

Network = Any
"""A `networkx.MultiDiGraph` whose nodes are names; networkx brings no types along."""

LONGEST_NAME = 40
"""Characters of an expression that can name the tensor it makes."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a node counts, all rounds of a block included."""

    cost: Callable[[GraphNode], Cost]
    params: Callable[[GraphNode], Form]


def network(graph: Graph, name: str, counts: Counts, *, flat: bool = False) -> Network:
    """A graph with its nodes by name and its tensors as edges.

    With `flat` calls are opened: what is inside of `Linear` stands in the same graph as `Linear/contract`.
    """
    built = nx.MultiDiGraph(name=name)
    level = _Level(built, counts, flat)
    level.inputs(graph)
    level.inside(graph)
    level.results(graph.results)
    return built


def plain(built: Network) -> Network:
    """The same network in words and whole numbers, for GraphML, GEXF and the like.

    What is inside a block stands beside it, as `scan t in T/tanh`; `inside` names the block.
    """
    written = nx.MultiDiGraph(name=built.name)
    _write(built, written, "", "")
    return written


def _write(built: Network, written: Network, prefix: str, inside: str) -> None:
    for name, attributes in built.nodes(data=True):
        counts = _words(attributes["cost"].counts)
        written.add_node(prefix + name, **_words(attributes), **counts, inside=inside)
        if "graph" in attributes:
            _write(attributes["graph"], written, f"{prefix}{name}/", prefix + name)
    for reader, maker, attributes in built.edges(data=True):
        written.add_edge(prefix + reader, prefix + maker, **_words(attributes))


def _words(attributes: Mapping[str, Any]) -> dict[str, str | int]:
    """Attributes as other programs can read them, without those that have parts."""
    return {key: _word(value) for key, value in attributes.items() if key not in ("cost", "graph")}


def _word(value: Any) -> str | int:
    """A value of an attribute as other programs can read it."""
    match value:
        case bool() | int() | str():
            return value
        case tuple():
            return shown(value)
        case _:
            return str(value)


class _Level:
    """A graph on its way into a network: who makes each tensor there, and which names are taken."""

    def __init__(self, built: Network, counts: Counts, flat: bool, prefix: str = "", owned: bool = True) -> None:
        self.built = built
        self.counts = counts
        self.flat = flat
        self.prefix = prefix
        self.owned = owned
        self.makers: dict[Tensor, str] = {}
        self._openings: Counter[str] = Counter()

    def add(self, wanted: str, makes: tuple[Tensor, ...] = (), **attributes: Any) -> str:
        """A node under a readable name: `tanh`, and the next one `tanh 2`."""
        name = next(name for number in count(1) if (name := self.prefix + _nth(wanted, number)) not in self.built)
        self.built.add_node(name, **{"cost": NOTHING, "params": num(0)} | attributes)
        self.makers |= dict.fromkeys(makes, name)
        return name

    def read(self, reader: str, tensor: Tensor) -> None:
        """An edge from the node that makes a tensor to one that reads it."""
        steps = int(self.built.nodes[reader]["role"] == "operation" and bool(self.built.nodes[reader]["cost"].counts))
        self.built.add_edge(self.makers[tensor], reader, shape=tensor.shape, size=tensor.size, steps=steps)

    def inputs(self, graph: Graph) -> None:
        """A node for each port of a graph."""
        for tensor, name in zip(graph.ports, graph.port_names, strict=True):
            self.add(name, (tensor,), role="input", **_place(tensor))

    def outside(self, node: Block) -> None:
        """A node for each tensor that comes into a block from outside, or from the round before."""
        self.inputs(node.graph)
        for carried in node.carried:
            self.add(carried.name, (carried.start,), role="input", **_place(carried.start))
        for tensor in _from_outside(node):
            if tensor not in self.makers:
                self.add(_short(tensor), (tensor,), role="input", **_place(tensor))

    def results(self, tensors: Sequence[Tensor]) -> None:
        """A node for each tensor that is returned."""
        for tensor in tensors:
            self.read(self.add("return", role="output", **_place(tensor)), tensor)

    def inside(self, graph: Graph) -> None:
        """The nodes of a graph, in the order of the text."""
        for node in graph:
            self._node(node)

    def _node(self, node: GraphNode) -> None:
        if isinstance(node, Parameter):
            self._parameter(node)
        elif isinstance(node, Operation):
            self._operation(node)
        elif self._opens(node):
            self._opened(node)
        else:
            self._block(node)

    def _opens(self, node: Block) -> bool:
        """Whether what is inside of a block stands in the graph around it; a layer where it is named has no inputs."""
        return self.flat and node.kind == "call" and bool(node.inputs)

    def _parameter(self, node: Parameter) -> None:
        params = self.counts.params(node) if self.owned else num(0)
        self.add(
            node.name,
            node.outputs,
            role="parameter",
            params=params,
            frozen=node.frozen,
            buffer=node.buffer,
            **_place(node),
        )

    def _operation(self, node: Operation) -> None:
        name = self.add(node.kind, node.outputs, role="operation", kind=node.kind, cost=node.cost, **_place(node))
        for tensor in node.inputs:
            self.read(name, tensor)

    def _block(self, node: Block) -> None:
        """A call or a loop as one node, with what is inside as its attribute `graph`."""
        name = self.add(
            f"layer {node.name}" if node.kind == "layer" else node.name,
            node.outputs,
            role="block",
            kind=node.kind,
            count=node.count,
            cost=self.counts.cost(node),
            params=self.counts.params(node) if self.owned else num(0),
            graph=self._nested(node),
            **_place(node),
        )
        for tensor in node.inputs:
            self.read(name, tensor)

    def _nested(self, node: Block) -> Network:
        """What is inside a block: one round of a loop. Its results are nodes that nothing reads."""
        level = _Level(nx.MultiDiGraph(name=node.name), self.counts, self.flat, owned=self.owned and node.owns)
        level.outside(node)
        level.inside(node.graph)
        level.results(node.graph.results)
        for name, tensor in _handed_on(node):
            level.read(level.add(name, role="output", **_place(tensor)), tensor)
        return level.built

    def _opened(self, node: Block) -> None:
        """A call with all that is inside, in the graph around it."""
        self._openings[node.name] += 1
        opened = f"{self.prefix}{_nth(node.name, self._openings[node.name])}/"
        level = _Level(self.built, self.counts, True, opened, owned=self.owned and node.owns)
        for port, tensor in zip(node.graph.ports, node.inputs, strict=True):
            level.makers[port] = self.makers[tensor]
        level.inside(node.graph)
        for result, tensor in zip(node.graph.results, node.outputs, strict=True):
            self.makers[tensor] = level.makers[result]


def _handed_on(node: Block) -> Iterator[tuple[str, Tensor]]:
    """What a round leaves to the next one and to those behind the loop."""
    for carried in node.carried:
        yield f"next {carried.name}", carried.end
    for emitted in node.emitted:
        yield f"emit {emitted.name}", emitted.each


def _from_outside(node: Block) -> Iterator[Tensor]:
    """What the body of a block reads, or merely hands on, and does not make."""
    yield from node.graph.captured()
    for _, tensor in _handed_on(node):
        if node.graph.source(tensor) is None:
            yield tensor


def _nth(name: str, number: int) -> str:
    return name if number == 1 else f"{name} {number}"


def _short(tensor: Tensor) -> str:
    """A tensor from outside by the words that made it, where they are few."""
    words = " ".join(tensor.span.text.split())
    return words if len(words) <= LONGEST_NAME else "outside"


def _place(node: GraphNode | Tensor) -> dict[str, Any]:
    """Where something stands in which text."""
    return {"file": node.span.source.name, "line": node.span.line}
