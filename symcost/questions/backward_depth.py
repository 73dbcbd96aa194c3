"""How many operations of the backward pass must follow one another.

A chain begins with the gradient of a result, which is given, and ends with the last gradient that is due, that of a
trained parameter. Its steps are the operations that `backward` counts:

- The gradient of an operand is one step, whatever it does at one entry (a product of matrices, the derivative of tanh,
  the sum over what was broadcast). Where nothing is worked out there is none: the two operands of a sum, what is only
  moved, a part that is not trained.
- What comes back to a tensor from several uses is added up in one step, as forward a sum of any number is one. A part
  of a tensor (a row, a slice) always adds its gradient to that of the whole. What a loop reads comes back from every
  round; whether there are several is told from the text, as everywhere, and not from the number of rounds.
- The gradient of a parameter ends a chain. It is a sum that runs on, and its addition is inside of the product (see
  analysis/training/derivatives.py); the uses of a parameter do not wait for each other. One that reaches a parameter
  not through an operation, as that of a trained initial value, is added to its sum: one step.
- All rounds of a loop are taken to be alike: where a gradient from behind a round meets one from the next, that is a
  step in the last round too, though none comes from a next one there; and rounds that nobody reads are waited for.
  Where `backward` leaves them out, the chain is an upper bound.
- What is recomputed waits for no gradient, so it can be at hand in time: it is no step.

Gradients go back along the ways by which the results depend on what is trained, entry by entry. A longest way is as
long in either direction, so the backward pass is followed forward: from the trained parameters to the results, through
a loop round behind round, though the first rounds are those whose gradients are last.
Source: Werbos, Backpropagation through time (1990); Griewank & Walther, Evaluating Derivatives (2008), chapter 3
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import compress
from typing import TYPE_CHECKING, Literal

from symcost.questions import Subject, register
from symcost.questions.depth import chains, depth

if TYPE_CHECKING:
    from symcost.analysis.depth.chains import Chains
    from symcost.analysis.depth.depth import Depth
    from symcost.cost import Cost
    from symcost.formula import Assumptions, AtLeast, Form
    from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter, Tensor

Use = Literal["of parts", "of the whole", "several"]
"""What comes back to a tensor: gradients of parts of it, one of the whole, or several that are to be added up."""

Flags = tuple[bool, ...]
"""Which of the ports of a graph need a gradient, which of its results get one, or which ports add several up."""


class Pass:
    """The backward pass through graphs: what has a gradient in it, and what comes back; alike calls are asked once."""

    def __init__(self, assumptions: Assumptions) -> None:
        from symcost.analysis.counts.operations import Operations
        from symcost.analysis.training.backward import Backward
        from symcost.analysis.training.derivatives import Derivatives

        self.derivatives: Derivatives = Derivatives(assumptions)
        self._backward = Backward(assumptions, Operations())
        self._returns: dict[object, Returns] = {}
        self._measures: dict[object, Gradients] = {}

    def returns(self, graph: Graph, needs: Flags, gets: Flags) -> Returns:
        """What comes back to the tensors of a graph."""
        key = (graph, needs, gets)
        if key not in self._returns:
            live = self._backward.live(graph, needs, gets)
            self._returns[key] = Returns(self, graph, live, compress(graph.results, gets))
        return self._returns[key]

    def measure(self, returns: Returns, added_up: Flags) -> Gradients:
        """The measure in a graph; `added_up` says to which of its ports several gradients come back."""
        key = (returns, added_up)
        if key not in self._measures:
            self._measures[key] = Gradients(self, returns, added_up)
        return self._measures[key]


class Returns:
    """What comes back to the tensors of a graph and of the loops in it.

    `live` are those that have a gradient, `results` those to which one comes from outside.
    """

    def __init__(self, way: Pass, graph: Graph, live: set[Tensor], results: Iterable[Tensor]) -> None:
        self.graph = graph
        self.live = live
        self._pass = way
        self._uses: dict[Tensor, Use] = {}
        given: list[tuple[Tensor, Use]] = [(result, "of the whole") for result in results]
        self._collect(graph, set(graph.ports), given)

    def several(self, tensor: Tensor) -> bool:
        """Whether several gradients of a tensor are added up; those of a parameter are a sum that runs on."""
        return self._uses.get(tensor) == "several" and not tensor.parameter

    def to_ports(self) -> Iterator[Use | None]:
        """What comes back to each port; None where nothing does."""
        return (self._uses.get(port) for port in self.graph.ports)

    def inside(self, call: Block) -> Returns:
        """The same in the graph of a call."""
        needs = tuple(tensor in self.live for tensor in call.inputs)
        gets = tuple(tensor in self.live for tensor in call.outputs)
        return self._pass.returns(call.graph, needs, gets)

    def _collect(self, graph: Graph, entering: set[Tensor], leaving: Iterable[tuple[Tensor, Use]]) -> dict[Tensor, Use]:
        """Note what comes back to what a graph makes and to what enters it; returns what goes to tensors around it."""
        found: dict[Tensor, Use] = {}
        for node in graph:
            self._add(found, self._from_node(node))
        self._add(found, leaving)
        around = {tensor for tensor in found if tensor not in entering and graph.source(tensor) is None}
        self._uses |= {tensor: use for tensor, use in found.items() if tensor not in around}
        return {tensor: found[tensor] for tensor in found if tensor in around}

    def _add(self, found: dict[Tensor, Use], uses: Iterable[tuple[Tensor, Use]]) -> None:
        """Parts can be put side by side; everything else is added up."""
        for tensor, use in uses:
            if tensor in self.live:
                alike = found.get(tensor, use) == use == "of parts"
                found[tensor] = use if alike or tensor not in found else "several"

    def _from_node(self, node: GraphNode) -> Iterator[tuple[Tensor, Use]]:
        """What a node sends back, and to which tensors."""
        from symcost.graph.graph import Block, Operation

        match node:
            case Operation():
                return self._from_operation(node)
            case Block(kind="call"):
                return self._from_call(node)
            case Block(kind="scan" | "repeat" | "choose"):
                return self._from_rounds(node)
            case _:
                return iter(())

    def _from_operation(self, operation: Operation) -> Iterator[tuple[Tensor, Use]]:
        from symcost.analysis.training.derivatives import carrying

        if self.live.isdisjoint(operation.outputs):
            return
        for place in carrying(operation):
            yield operation.inputs[place], "of parts" if operation.primitive.gradient.in_place else "of the whole"

    def _from_call(self, call: Block) -> Iterator[tuple[Tensor, Use]]:
        """What comes back to the ports of a call comes back to what is given to it."""
        for tensor, use in zip(call.inputs, self.inside(call).to_ports(), strict=True):
            if use is not None:
                yield tensor, use

    def _from_rounds(self, block: Block) -> Iterator[tuple[Tensor, Use]]:
        """What the rounds of a loop send back to the tensors around it: the same every round."""
        for one in block.carried:
            if one.start in self.live:
                yield one.initial, "of the whole"
        entering = {one.start for one in block.carried}
        from_a_round = self._collect(block.graph, entering, self._to_rounds(block))
        yield from from_a_round.items()
        if block.count != 1:
            yield from from_a_round.items()  # and from another one

    def _to_rounds(self, block: Block) -> Iterator[tuple[Tensor, Use]]:
        """What comes back to a round from the next one, and from behind the loop."""
        for one in block.carried:
            if one.start in self.live or one.last in self.live:
                yield one.end, "of the whole"
        for emitted in block.emitted:
            if emitted.stacked in self.live:
                yield emitted.each, "of the whole"


def _places(operand: Tensor, operation: Operation) -> Iterator[int]:
    """Where an operand stands in an operation and a gradient goes through."""
    from symcost.analysis.training.derivatives import carrying

    return (place for place in carrying(operation) if operation.inputs[place] is operand)


class Gradients:
    """The measure: the steps that the gradients take in a graph. What it must say: analysis/depth/measures.py."""

    at_hand: Chains = ()
    ends_anywhere = False

    def __init__(self, way: Pass, returns: Returns, added_up: Flags) -> None:
        self._pass = way
        self._returns = returns
        self._ports = {port for port, several in zip(returns.graph.ports, added_up, strict=True) if several}

    def steps(self, operation: Operation, operand: Tensor | None, result: Tensor) -> Form | None:
        """Of the gradient of an operand, and of what is added up for it; None where no gradient goes."""
        from symcost.formula import num

        if operand is None or not self._returns.live.issuperset((operand, result)):
            return None
        steps = self._own_steps(operation, operand)
        return None if steps is None else num(steps + int(self._several(result)))

    def _own_steps(self, operation: Operation, operand: Tensor) -> int | None:
        """Of the gradient of an operand alone."""
        places = set(_places(operand, operation))
        if not places:
            return None
        if operation.primitive.gradient.in_place and self._several(operand):
            return 0  # the part is added where it was taken, together with all that comes back there
        return int(self._works(operation, places))

    def _works(self, operation: Operation, places: set[int]) -> bool:
        """Whether the gradient of an operand, in these places, is more than that of the result."""
        gradients = self._pass.derivatives.of(operation)
        return any(gradient.cost.counts and not places.isdisjoint(gradient.inputs) for gradient in gradients)

    def _several(self, tensor: Tensor) -> bool:
        return tensor in self._ports or self._returns.several(tensor)

    def parameter(self, parameter: Parameter) -> Chains:
        """Where chains of gradients end, and chains forward begin."""
        from symcost.analysis.depth.chains import BEGINNING

        return () if parameter.frozen else (BEGINNING,)

    def handed(self, tensor: Tensor) -> Form:
        """A gradient that reaches a parameter not through an operation is added to its sum."""
        from symcost.formula import num

        return num(int(tensor.parameter))

    def gathered(self, tensor: Tensor) -> Form:
        """What comes back to it is added up."""
        from symcost.formula import num

        return num(int(self._several(tensor)))

    def inside(self, call: Block) -> Gradients:
        """The measure of the gradients that are wanted inside a call."""
        added_up = tuple(self._several(tensor) for tensor in call.inputs)
        return self._pass.measure(self._returns.inside(call), added_up)


def gradients(assumptions: Assumptions, graph: Graph) -> Gradients:
    """The measure in a model: all its results get a gradient, none of its inputs needs one."""
    way = Pass(assumptions)
    returns = way.returns(graph, (False,) * len(graph.ports), (True,) * len(graph.results))
    return way.measure(returns, (False,) * len(graph.ports))


def _every_gradient_counts(subject: Subject) -> Iterator[AtLeast]:
    from symcost.analysis.depth.vanishing import several_rounds, steps_stay
    from symcost.analysis.training.derivatives import Derivatives

    derivatives = Derivatives(subject.assumptions)

    def costs(operation: Operation) -> Iterator[Cost]:
        return (work.cost for work in derivatives.of(operation))

    yield from steps_stay(subject.graph, subject.assumptions, costs)
    yield from several_rounds(subject.graph, subject.assumptions)


def _backward_depth(subject: Subject) -> Depth:
    """Raises RoundsDiffer."""
    from symcost.analysis.memory.dropped import all_are_needed

    all_are_needed(subject.graph, subject.assumptions, "how many steps the way back takes through")
    return chains(gradients, subject)


register(
    depth(
        "backward_depth",
        "operations of the backward pass that must follow one another",
        "operations",
        "Depth backward",
        53,
        _backward_depth,
        _every_gradient_counts,
    )
)
