"""What the inputs of a graph are, by all that is done with them: row numbers, conditions, or just numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from symcost.graph.graph import Block, Graph, Operation, Tensor
from symcost.ops.memory import View

Kinds = frozenset[str]


def port_kinds(graph: Graph) -> tuple[str, ...]:
    """Of each port what it is; one that is used as several things is numbers."""
    uses = _Uses({})
    uses.read(graph)
    return tuple(_only(uses.of(port)) for port in graph.ports)


def _only(kinds: Collection[str]) -> str:
    return next(iter(kinds)) if len(kinds) == 1 else "numbers"


class _Uses:
    """As what each tensor is used, and so are those that are made of it by views alone."""

    def __init__(self, calls: dict[object, list[Kinds]]) -> None:
        self._calls = calls
        self._kinds: dict[Tensor, Kinds] = {}

    def of(self, tensor: Tensor) -> Kinds:
        return self._kinds.get(tensor, frozenset())

    def add(self, tensor: Tensor, kinds: Kinds) -> None:
        self._kinds[tensor] = self.of(tensor) | kinds

    def read(self, graph: Graph) -> None:
        """Go through a graph from its end, so that all uses of a view are known before what it looks at."""
        for node in reversed(list(graph)):
            match node:
                case Operation():
                    self._operation(node)
                case Block(kind="call"):
                    self._call(node)
                case Block(kind="scan" | "repeat" | "choose"):
                    self._loop(node)

    def _operation(self, operation: Operation) -> None:
        memory = operation.primitive.memory
        looks = memory.view(operation) is not View.NONE
        shown = frozenset[str]().union(*map(self.of, operation.outputs))
        for place, tensor in enumerate(operation.inputs):
            self.add(tensor, shown if looks else frozenset([memory.takes(operation, place)]))

    def _call(self, block: Block) -> None:
        for tensor, kinds in zip(block.inputs, self._ports(block), strict=True):
            self.add(tensor, kinds)

    def _ports(self, block: Block) -> list[Kinds]:
        """As what a call uses its inputs; calls alike, whose results are used alike, are read once."""
        results = [self.of(out) for out in block.outputs]
        key = (block.graph, *results)
        if key not in self._calls:
            self._calls[key] = self._inside(block.graph, results)
        return self._calls[key]

    def _inside(self, graph: Graph, results: Sequence[Kinds]) -> list[Kinds]:
        inside = _Uses(self._calls)
        for result, kinds in zip(graph.results, results, strict=True):
            inside.add(result, kinds)
        inside.read(graph)
        return [inside.of(port) for port in graph.ports]

    def _loop(self, block: Block) -> None:
        """What goes from round to round is numbers; what is emitted is used as the whole stack is."""
        for value in block.carried:
            self.add(value.end, frozenset(["numbers"]))
            self.add(value.initial, frozenset(["numbers"]))
        for emitted in block.emitted:
            self.add(emitted.each, self.of(emitted.stacked))
        self.read(block.graph)
