"""Handed on: how many numbers of a result are numbers of an input, where they lie; at most, where that is not followed.

A machine that keeps a cache appends to it: what a decoder was given and gives back stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from symcost.analysis.fold import rounds
from symcost.analysis.memory.demand import in_last_round
from symcost.analysis.memory.looked_at import looks_only, so_often
from symcost.formula import Assumptions, Form, add, mul, num
from symcost.graph.graph import Block, Carried, Graph, Operation, Tensor
from symcost.ops.memory import View

ZERO = num(0)

Still = dict[Tensor, Form]
"""Of a tensor how many numbers lie where they came in."""


class Handed:
    """What graphs hand on; one that is called several times is gone through once."""

    def __init__(self, assumptions: Assumptions | None = None) -> None:
        self._assumptions = assumptions or Assumptions()
        self._known: dict[object, list[Form]] = {}

    def of(self, graph: Graph, given: Iterable[Form]) -> list[Form]:
        """Of each result the numbers that were handed on, given how many of each port."""
        sizes = tuple(given)
        key = (graph, sizes)
        if key not in self._known:
            still = dict(zip(graph.ports, sizes, strict=True))
            self._walk(graph, still)
            self._known[key] = [still.get(result, ZERO) for result in graph.results]
        return self._known[key]

    def of_block(self, block: Block) -> list[Form]:
        """The same for the results of a block by itself, of which every input is given; parameters are no inputs."""
        still = {tensor: ZERO if tensor.parameter else tensor.size for tensor in block.inputs}
        self._block(block, still)
        return [still.get(out, ZERO) for out in block.outputs]

    def of_round(self, loop: Block) -> Still:
        """The same for one round of a loop, of which all that it carries is given."""
        still = {value.start: value.start.size for value in loop.carried}
        self._walk(loop.graph, still)
        return still

    def _walk(self, graph: Graph, still: Still) -> None:
        for node in graph:
            match node:
                case Operation() if looks_only(node):
                    still.update({out: self._passed(node, out, still) for out in node.outputs})
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
        before = set(_begin_so(block, still, lambda value: value.initial))
        known: set[Tensor] | None = None

        # A round may hand on to the next what the one before had not: until that changes nothing more.
        while before != known:
            known = set(before)
            still.update({start: start.size for start in before})
            self._walk(block.graph, still)
            before |= set(_begin_so(block, still, lambda value: value.end))

        # Behind the loop.
        still.update(self._at_last(block, still))
        for emitted in block.emitted:
            still[emitted.stacked] = rounds(block, still.get(emitted.each, ZERO))

    def _at_last(self, loop: Block, still: Still) -> Still:
        """Of each carried value how much is behind a loop what was handed on, at most; it had a round."""
        kept: Still = {}
        if any(_is_partly(value, still) for value in loop.carried):
            kept = self._kept_by_all(loop, still)

        found: Still = {}
        for value in loop.carried:
            first, each = still.get(value.initial, ZERO), still.get(value.end, ZERO)
            if each == value.start.size and first != 0:
                found[value.last] = first  # added to, or left alone
            else:
                found[value.last] = kept.get(value.start, in_last_round(loop, each))
        return found

    def _kept_by_all(self, loop: Block, still: Still) -> Still:
        """What the first round hands on, if each further one hands on no more of that; else nothing is told."""
        begins = {value.start: still.get(value.initial, ZERO) for value in loop.carried}
        low = ZERO if loop.counter is None else loop.counter.low
        one = {start: _in_round(loop, form, low) for start, form in self._round(loop, still, begins).items()}
        further = self._round(loop, still, one)
        are_kept = all(self._assumptions.at_least(one[start], form) is True for start, form in further.items())
        return one if are_kept else {}

    def _round(self, loop: Block, still: Still, begins: Still) -> Still:
        """What a round hands on of each carried value, by what it begins with."""
        inside = still | begins
        self._walk(loop.graph, inside)
        return {value.start: inside.get(value.end, ZERO) for value in loop.carried}

    def _passed(self, operation: Operation, out: Tensor, still: Still) -> Form:
        """How many numbers of a view or copy were handed on."""
        inputs: Sequence[Tensor] = operation.inputs
        passed = add(*(still.get(tensor, ZERO) for tensor in inputs))
        if passed == 0:
            return ZERO

        # All of a part may be of what was handed on, if that was so much.
        view = operation.primitive.memory.view(operation)
        if view is View.PART and inputs[0].size != out.size:
            return passed if self._assumptions.at_least(out.size, passed) is True else out.size
        return mul(passed, so_often(operation))


def _begin_so(block: Block, still: Still, before: Callable[[Carried], Tensor]) -> Iterator[Tensor]:
    """The values that begin with numbers that were handed on, as those `before` them have some."""
    return (value.start for value in block.carried if still.get(before(value), ZERO) != 0)


def _is_partly(value: Carried, still: Still) -> bool:
    """Whether a round makes a part of a carried value, and hands on another."""
    each = still.get(value.end, ZERO)
    return each not in (ZERO, value.start.size)


def _in_round(loop: Block, form: Form, turn: Form) -> Form:
    return form if loop.counter is None else form.substitute({loop.counter: turn})
