"""Memory: how wide numbers are, what a model carries from step to step, and what it moves if its parts are fused.

What is kept for the backward pass is said in `activations`, what lives at once in `peak`, what an operation moves by
itself in `traffic`, what an optimizer keeps in `training`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from types import MappingProxyType

from symcost.analysis.counts.parameters import Parameters
from symcost.analysis.fold import rounds
from symcost.analysis.memory.traffic import VIEWS, moved
from symcost.formula import Form, add, mul, num
from symcost.graph.graph import Block, Carried, Graph, GraphNode, Operation, Parameter, Tensor

ZERO = num(0)

WIDTHS: Mapping[str, Fraction] = MappingProxyType(
    {
        "fp64": Fraction(8), "fp32": Fraction(4), "tf32": Fraction(4), "fp16": Fraction(2), "bf16": Fraction(2),
        "fp8": Fraction(1), "fp4": Fraction(1, 2), "int64": Fraction(8), "int32": Fraction(4), "int16": Fraction(2),
        "int8": Fraction(1), "int4": Fraction(1, 2), "bool": Fraction(1), "bit": Fraction(1, 8),
    }
)  # fmt: skip
"""Bytes of one number in memory, by number type. TF32 is stored as FP32, a truth value as a byte."""

ROLES: Mapping[str, str] = MappingProxyType(
    {"params": "fp32", "frozen": "", "activations": "fp32", "masks": "bool", "rows": "int32", "state": ""}
)
"""What has a type of its own, and which unless another is given; frozen parameters are as wide as `params`, and what is
carried from step to step as `activations`."""


class Widths(Mapping[str, Fraction]):
    """Bytes of one number, by role."""

    def __init__(self, types: Mapping[str, str] | None = None) -> None:
        given = {**ROLES, **(types or {})}
        given["frozen"] = given["frozen"] or given["params"]
        given["state"] = given["state"] or given["activations"]
        self.types: Mapping[str, str] = given

    def __getitem__(self, role: str) -> Fraction:
        return WIDTHS[self.types[role]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.types)

    def __len__(self) -> int:
        return len(self.types)

    def bytes(self, form: Form, role: str) -> Form:
        """So many numbers in bytes."""
        return mul(num(self[role]), form)

    @property
    def by_kind(self) -> dict[str, Form]:
        """Bytes of what lives while a model runs, as `Peak` and `Activations` tell it apart."""
        return {"numbers": num(self["activations"]), "masks": num(self["masks"]), "rows": num(self["rows"])}


class State:
    """The numbers that a model carries from one step to the next: what its outermost scans hand on, at their end.

    The state of a recurrent network, the keys and values seen so far, the samples that a filter still needs. What only
    passes through a loop unchanged, or is written anew in each round before it is read, is no state.
    """

    def __init__(self) -> None:
        self._known: dict[Graph, Form] = {}

    def of(self, graph: Graph) -> Form:
        """All state of a graph."""
        if graph not in self._known:
            self._known[graph] = add(ZERO, *map(self._of_node, graph))
        return self._known[graph]

    def _of_node(self, node: GraphNode) -> Form:
        match node:
            case Block(kind="scan", carried=carried):
                return add(ZERO, *(one.last.size for one in carried if _is_state(one, node)))
            case Block(kind="layer"):
                return ZERO
            case Block():
                return rounds(node, self.of(node.graph))
            case _:
                return ZERO


def _is_state(one: Carried, block: Block) -> bool:
    read = one.start in block.graph.captured() or any(one.start is other.end for other in block.carried)
    return read and one.end is not one.start


class Moved:
    """Numbers that are moved if every operation is by itself (see traffic): parameters, and all others."""

    def __init__(self) -> None:
        self._known: dict[Graph, tuple[Form, Form]] = {}

    def split(self, graph: Graph) -> tuple[Form, Form]:
        """Numbers moved that are parameters, and all others."""
        if graph not in self._known:
            parts = [self._of_node(node) for node in graph]
            self._known[graph] = (
                add(ZERO, *(learned for learned, _ in parts)),
                add(ZERO, *(other for _, other in parts)),
            )
        return self._known[graph]

    def _of_node(self, node: GraphNode) -> tuple[Form, Form]:
        match node:
            case Operation():
                learned = ZERO if node.kind in VIEWS else add(ZERO, *_learned(node))
                return learned, add(moved(node), -learned)
            case Block():
                learned, other = self.split(node.graph)
                return rounds(node, learned), rounds(node, other)
            case _:
                return ZERO, ZERO


def _learned(operation: Operation) -> Iterator[Form]:
    """Sizes of the parameters that an operation reads; of a gathered table as much as is taken."""
    for number, tensor in enumerate(dict.fromkeys(operation.inputs)):
        if tensor.parameter:
            yield operation.outputs[0].size if operation.kind == "gather" and number == 0 else tensor.size


class Fused:
    """Numbers that a part of a model moves at least if all inside it is fused: its inputs, outputs and parameters once.

    Everything between them stays on the chip, however much that is. Of a table of which only rows are taken, the rows.
    Parameters of rounds that run one after another are read for each of them, those of a scan once.
    """

    def __init__(self) -> None:
        self._parameters = Parameters(active=True)
        self._known: dict[Graph, Form] = {}

    def of(self, part: Graph | Block) -> Form:
        """All that is moved by a model, or by a block once."""
        return add(*self.split(part))

    def split(self, part: Graph | Block) -> tuple[Form, Form]:
        """Numbers moved that are parameters, and all others."""
        if isinstance(part, Block):
            ends: tuple[Tensor, ...] = (*dict.fromkeys(part.inputs), *part.outputs)
            inside = self._parameters.around(part, self._read(part.graph))
        else:
            read = {t for node in part for t in node.inputs} | set(part.results)
            ends = (*(port for port in part.ports if port in read), *part.results)
            inside = self._read(part)
        learned = add(ZERO, *(end.size for end in ends if end.parameter), inside)
        return learned, add(ZERO, *(end.size for end in ends if not end.parameter))

    def _read(self, graph: Graph) -> Form:
        """Numbers read of the parameters that stand in a graph."""
        if graph not in self._known:
            self._known[graph] = add(ZERO, *(self._of_node(node, graph) for node in graph))
        return self._known[graph]

    def _of_node(self, node: GraphNode, graph: Graph) -> Form:
        match node:
            case Parameter(tensor=tensor):
                gathers = _gathers(graph, tensor)
                return tensor.size if gathers is None else gathers
            case Block(kind="layer"):
                return add(ZERO, *(self._read(call.graph) for call in node.graph if isinstance(call, Block)))
            case Block(kind="call", owns=False):
                return ZERO
            case Block():
                return self._parameters.around(node, self._read(node.graph))
            case _:
                return ZERO


def _gathers(graph: Graph, table: Tensor) -> Form | None:
    """Numbers that are gathered from a table; None where anything else is done with it, too."""
    found: list[Form] = []
    for node in graph:
        if table not in node.inputs:
            continue
        match node:
            case Operation(kind="gather", inputs=(first, rows), outputs=(taken,)) if first is table is not rows:
                found.append(taken.size)
            case Block(kind="scan" | "repeat" | "choose"):
                inside = None if _carries(node, table) else _gathers(node.graph, table)
                if inside is None:
                    return None
                found.append(rounds(node, inside))
            case _:
                return None
    return None if table in graph.results else add(ZERO, *found)


def _carries(block: Block, table: Tensor) -> bool:
    ends = (*(t for one in block.carried for t in (one.initial, one.end)), *(each.each for each in block.emitted))
    return table in ends
