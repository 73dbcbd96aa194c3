"""Handed on: how many numbers of a result are numbers of an input, where they lie; at most, where that is not followed.

A machine that keeps a cache appends to it: what a decoder was given and gives back stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from symcost.analysis.fold import rounds
from symcost.analysis.memory.demands import looks_only, so_often
from symcost.formula import Form, add, mul, num
from symcost.graph.graph import Block, Carried, Graph, Operation, Tensor
from symcost.ops.memory import View

ZERO = num(0)

Still = dict[Tensor, Form]
"""Of a tensor how many numbers lie where they came in."""


class Handed:
    """What graphs hand on; one that is called several times is gone through once."""

    def __init__(self) -> None:
        self._known: dict[object, list[Form]] = {}

    def of(self, graph: Graph, given: Iterable[Form]) -> list[Form]:
        """Of each result the numbers that were handed on, given how many of each port."""
        key = (graph, *given)
        if key not in self._known:
            still = dict(zip(graph.ports, key[1:], strict=True))
            self._walk(graph, still)
            self._known[key] = [still.get(result, ZERO) for result in graph.results]
        return self._known[key]

    def of_block(self, block: Block) -> list[Form]:
        """The same for the results of a block by itself, of which every input is given; parameters are no inputs."""
        still = {tensor: ZERO if tensor.parameter else tensor.size for tensor in block.inputs}
        self._block(block, still)
        return [still.get(out, ZERO) for out in block.outputs]

    def _walk(self, graph: Graph, still: Still) -> None:
        for node in graph:
            match node:
                case Operation() if looks_only(node):
                    for out in node.outputs:
                        still[out] = _passed(node, out, still)
                case Block():
                    self._block(node, still)

    def _block(self, block: Block, still: Still) -> None:
        match block.kind:
            case "call":
                found = self.of(block.graph, [still.get(tensor, ZERO) for tensor in block.inputs])
                still.update(zip(block.outputs, found, strict=True))
            case "layer":
                pass  # only named here
            case _:
                self._loop(block, still)

    def _loop(self, block: Block, still: Still) -> None:
        """What begins with an input may be one in every round; it is, where a round adds to it or leaves it alone."""
        given = [value for value in block.carried if still.get(value.initial, ZERO) != 0]
        for _ in block.carried or (None,):
            still.update({value.start: value.start.size for value in given})
            self._walk(block.graph, still)
            more = [value for value in block.carried if value not in given and still.get(value.end, ZERO) != 0]
            if not more:
                break
            given += more
        still.update({value.last: _at_last(value, still) for value in block.carried})
        for emitted in block.emitted:
            still[emitted.stacked] = rounds(block, still.get(emitted.each, ZERO))


def _passed(operation: Operation, out: Tensor, still: Still) -> Form:
    """How many numbers of a view or copy were handed on."""
    inputs: Sequence[Tensor] = operation.inputs
    passed = [still.get(tensor, ZERO) for tensor in inputs]
    if all(form == 0 for form in passed):
        return ZERO
    memory = operation.primitive.memory
    if memory.view(operation) is View.PART and inputs[0].size != out.size:
        return out.size
    return add(*(mul(form, so_often(operation)) for form in passed))


def _at_last(value: Carried, still: Still) -> Form:
    """How much of a carried value is behind its loop what it began with."""
    first, each = still.get(value.initial, ZERO), still.get(value.end, ZERO)
    if each == 0:
        return ZERO
    return first if each == value.start.size and first != 0 else value.last.size
