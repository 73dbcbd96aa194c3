"""Fused traffic: the numbers that a part of a model moves at least if all inside it is fused.

Its inputs, outputs and parameters cross once. Everything between them stays on the chip, however much that is. Of a
table of which only rows are taken, the rows. Parameters of rounds that run one after another are read for each of them,
those of a scan once.
"""

from __future__ import annotations

from symcost.analysis.counts.parameters import Parameters
from symcost.analysis.fold import NONE, Sum, rounds
from symcost.formula import Form, add
from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter, Tensor


class Fused:
    """Numbers that a part of a model moves at least if all inside it is fused."""

    def __init__(self) -> None:
        self._learned = _Learned()

    def of(self, part: Graph | Block) -> Form:
        """All that is moved by a model, or by a block once."""
        return add(*self.split(part))

    def split(self, part: Graph | Block) -> tuple[Form, Form]:
        """Numbers moved that are parameters, and all others."""
        ends, inside = self._of_block(part) if isinstance(part, Block) else self._of_model(part)
        learned = add(NONE, *(end.size for end in ends if end.parameter), inside)
        return learned, add(NONE, *(end.size for end in ends if not end.parameter))

    def _of_block(self, block: Block) -> tuple[list[Tensor], Form]:
        """What goes in and out, and the parameters inside."""
        inside = self._learned.around(block, self._learned.of(block.graph))
        return [*dict.fromkeys(block.inputs), *block.outputs], inside

    def _of_model(self, graph: Graph) -> tuple[list[Tensor], Form]:
        """What goes in and out, and the parameters inside; an input that nothing reads stays where it is."""
        read = {tensor for node in graph for tensor in node.inputs} | set(graph.results)
        return [*(port for port in graph.ports if port in read), *graph.results], self._learned.of(graph)


class _Learned(Sum):
    """Numbers read of the parameters that stand in a graph."""

    def __init__(self) -> None:
        super().__init__()
        self._parameters = Parameters(active=True)
        self._rows: dict[Parameter, Form] = {}

    def of(self, graph: Graph) -> Form:
        """All that is read; which parameters are only tables is seen from all that the graph does with them."""
        for node in graph:
            if isinstance(node, Parameter):
                taken = _taken(graph, node.tensor)
                self._rows[node] = node.tensor.size if taken is None else taken
        return super().of(graph)

    def of_node(self, node: GraphNode) -> Form:
        """A named layer is read by each of its calls, though its parameters stand where it was named."""
        match node:
            case Block(kind="layer"):
                return add(NONE, *(self.of(call.graph) for call in node.graph if isinstance(call, Block)))
            case Block(kind="call", owns=False):
                return NONE
            case _:
                return super().of_node(node)

    def parameter(self, parameter: Parameter) -> Form:
        """The whole, or the rows that are taken."""
        return self._rows[parameter]

    def around(self, block: Block, count: Form) -> Form:
        """As parameters are counted that take part."""
        return self._parameters.around(block, count)


def _taken(graph: Graph, table: Tensor) -> Form | None:
    """Numbers that are taken from a table in parts; None where it is read as a whole, or anything else is done."""
    if table in graph.results:
        return None
    parts = [_taken_by(node, table) for node in graph if table in node.inputs]
    found = [part for part in parts if part is not None]
    return add(NONE, *found) if len(found) == len(parts) else None


def _taken_by(node: GraphNode, table: Tensor) -> Form | None:
    match node:
        case Operation():
            return _rows_of(node, table)
        case Block(kind="scan" | "repeat" | "choose"):
            return _taken_in_rounds(node, table)
        case _:
            return None  # what a call does with a table is not looked at


def _taken_in_rounds(block: Block, table: Tensor) -> Form | None:
    inside = None if _carries(block, table) else _taken(block.graph, table)
    return None if inside is None else rounds(block, inside)


def _rows_of(operation: Operation, table: Tensor) -> Form | None:
    """What an operation reads of a table, if it stands in one place only and not all of it is read."""
    places = [place for place, tensor in enumerate(operation.inputs) if tensor is table]
    read = operation.primitive.memory.moves(operation)
    if read is None or len(places) > 1:
        return None
    return read[places[0]]


def _carries(block: Block, table: Tensor) -> bool:
    """Whether a loop hands a table on, or leaves it behind."""
    handed = [tensor for value in block.carried for tensor in (value.initial, value.end)]
    return table in handed or any(each.each is table for each in block.emitted)
