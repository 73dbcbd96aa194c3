"""Activations: the numbers that a forward pass has to keep for the backward pass.

A derivative is worked out from what its primitive says it needs: operands or the result. What any derivative needs is
kept, each tensor once and as a whole; parameters are there anyway.

- Only where a gradient passes: what depends on nothing trained asks for nothing (see Backward).
- Reshaping, transposing, selecting, splitting, stacking, and index notation that only names the axes of one tensor
  anew look at the same numbers from another side; who needs a part keeps the whole.
- Zeros and ones are made anew when they are needed, also those around what is padded: the input itself is kept, once,
  as by the kernels of PyTorch that pad on their own. (Padding that PyTorch performs by itself, such as that of a causal
  convolution or of an odd number of zeros in all, it keeps as a copy.)
- What PyTorch performs as one kernel keeps what that kernel saves (see kernels.py); all else is kept as it is written.
- A loop keeps what each of its rounds keeps. What a round hands to the next is one tensor, kept once.
- Recomputed operations keep what they read from outside their `recompute`, and of what they make only what others need,
  another `recompute` behind it for one: that begins with what it reads.
- Results of comparisons are masks, a bit of information each; inputs that are only row numbers or only conditions are
  no activations either: they are counted apart.

Source  Griewank & Walther, Evaluating Derivatives (2008), section 4; for transformers the same count as Korthikanti et
        al., Reducing activation recomputation in large transformer models (2022), section 4
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import TypeVar

from symcost.analysis.depth.vanishing import open_facts
from symcost.analysis.kernels import keeps
from symcost.analysis.memory.kept import KINDS as KINDS, ONE, ZERO, Kept as Kept, Wanted, joined, want
from symcost.analysis.memory.kept_rounds import Round, Rounds
from symcost.analysis.memory.uses import port_kinds
from symcost.analysis.training.backward import Backward, stretches
from symcost.analysis.training.without_rounds import is_counted
from symcost.errors import UnderivedMemory
from symcost.formula import Assumptions, Form, mul
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Graph, Operation, Tensor
from symcost.ops.gradient import Made
from symcost.ops.memory import View
from symcost.ops.use import Value
from symcost.records import dataclass

MOST_ROUNDS = 8
"""So many rounds at an end of a loop may keep something else than all others."""

Settling = TypeVar("Settling")


@dataclass(frozen=True, slots=True)
class _End:
    """How a round ends: what is wanted of what it hands on, what gets a gradient, and at which `ends` that comes."""

    hands: Wanted
    live: set[Tensor]
    ends: tuple[Tensor, ...]


class Activations:
    """What the forward pass of a model keeps; calls alike, of which the same is wanted, are worked out once."""

    def __init__(self, assumptions: Assumptions, backward: Backward) -> None:
        self._assumptions = assumptions
        self._backward = backward
        self._known: dict[object, tuple[Kept, tuple[Form, ...]]] = {}
        self._rounds: dict[object, Round] = {}

    def of(self, graph: Graph) -> Kept:
        """Everything kept, by kind; of the inputs of the model those that are needed.

        Raises UnderivedMemory.
        """
        room_to_recurse()
        kept, ports = self._call(graph, (False,) * len(graph.ports), (True,) * len(graph.results), ())
        kinds = port_kinds(graph)
        inputs = zip(graph.ports, kinds, ports, strict=True)
        return joined([*(self._given(port, kind, asked) for port, kind, asked in inputs), kept])

    def _given(self, port: Tensor, kind: str, asked: Form) -> Kept:
        """What is kept of an input of the model."""
        return Kept({kind: mul(port.size, asked)})

    def _call(
        self, graph: Graph, needs: tuple[bool, ...], gets: tuple[bool, ...], wanted: tuple[Form, ...]
    ) -> tuple[Kept, tuple[Form, ...]]:
        """What a graph keeps if these results are wanted, and which of its ports it wants."""
        key = (graph, needs, gets, wanted)
        if key not in self._known:
            never = self._backward.look_at_rounds(graph, needs, gets)
            if never is not None:
                raise _may_be_empty(never)
            live = self._backward.live(graph, needs, gets)
            asked: Wanted = {}
            _want_each(asked, zip(graph.results, wanted, strict=False))
            saved = None if live.isdisjoint(graph.results) else keeps(graph)
            if saved is not None:
                # Its derivative was worked out as a whole: what its operations need by themselves nobody asks.
                _want_each(asked, zip(saved, repeat(ONE), strict=False))
                live = set()
            kept = self._walk(graph, asked, live)
            self._known[key] = kept, tuple(asked.get(port, ZERO) for port in graph.ports)
        return self._known[key]

    def _walk(self, graph: Graph, asked: Wanted, live: set[Tensor]) -> Kept:
        """Go through a graph from its end: by the time a node is met, all that is wanted of it is known."""
        found: list[Kept] = []
        again: dict[int, Wanted] = {}  # what the nodes of each recomputed stretch read
        run_again = stretches(graph, live)
        for node in reversed(_doing(graph)):
            stretch = node.recomputed if node.recomputed in run_again else 0
            # What a stretch makes is made anew for its own gradients; others may still want it.
            others = [read for number, read in again.items() if number != stretch]
            _want_read(asked, others, node.outputs)
            if stretch:
                _want_each(again.setdefault(stretch, {}), zip(node.inputs, repeat(ONE), strict=False))
            if isinstance(node, Block) and not self._has_a_round(node, live):
                raise _may_be_empty(node)
            found += self._node(node, asked, set() if stretch else live)
        for read in again.values():
            _want_each(asked, _of(read, _from_outside(read, graph)))
        for operation in graph:
            if isinstance(operation, Operation) and operation.primitive.memory.makes == "numbers":
                self._apart(operation, asked, graph)
        return joined(reversed(found))

    def _apart(self, operation: Operation, asked: Wanted, graph: Graph) -> None:
        """Note for which sizes a copy that is kept is another tensor than what it copies, if that is kept, too."""
        claims = operation.primitive.memory.made_if(operation)
        if claims and any(asked.get(out, ZERO) != 0 for out in operation.outputs):
            copied = _what_is_seen(operation.inputs[0], graph)
            if copied.parameter or asked.get(copied, ZERO) != 0:
                facts = open_facts(claims, self._assumptions)
                self._backward.wanted.update(dict.fromkeys(facts))

    def _has_a_round(self, block: Block, live: set[Tensor]) -> bool:
        """Whether the same has a gradient if a loop has no round, or what is told holds where it has one."""
        return self._backward.alike_without_rounds(block, live) or self._backward.want_round(block)

    def _node(self, node: Operation | Block, asked: Wanted, live: set[Tensor]) -> Iterator[Kept]:
        """What a node keeps; `asked` grows by what it wants of the tensors that it reads."""
        match node:
            case Operation():
                yield from self._needed(node, asked, live)
                yield from self._wanted(node, asked)
            case Block(kind="call"):
                yield self._called(node, asked, live)
            case Block():
                yield self._loop(node, asked, live)

    def _needed(self, operation: Operation, asked: Wanted, live: set[Tensor]) -> Iterator[Kept]:
        """What its gradients need, for the operands that have one: tensors, and numbers made on the way."""
        needs = () if live.isdisjoint(operation.outputs) else _needs(operation, live)
        for need in needs:
            match need:
                case Tensor():
                    want(asked, need, ONE)
                case Made(kind, size):
                    yield Kept({kind: size})

    def _wanted(self, operation: Operation, asked: Wanted) -> Iterator[Kept]:
        """The results that something wants; of a view what it looks at, padded or not, of a constant nothing."""
        memory = operation.primitive.memory
        seen = memory.makes == "padded" or memory.view(operation) is not View.NONE
        for out in operation.outputs:
            form = asked.get(out, ZERO)
            if seen:
                _want_each(asked, zip(operation.inputs, repeat(form), strict=False))
            elif form != 0 and memory.makes in KINDS:
                yield Kept({memory.makes: mul(out.size, form)})

    def _called(self, block: Block, asked: Wanted, live: set[Tensor]) -> Kept:
        goes, comes = (tuple(tensor in live for tensor in tensors) for tensors in (block.inputs, block.outputs))
        kept, ports = self._call(block.graph, goes, comes, tuple(asked.get(out, ZERO) for out in block.outputs))
        _want_each(asked, zip(block.inputs, ports, strict=True))
        return kept

    # Loops ----------------------------------------------------------------------------------------

    def _loop(self, block: Block, asked: Wanted, live: set[Tensor]) -> Kept:
        """All rounds; the first ones may need fewer gradients, in the last ones other values are wanted, or get one."""
        firsts = [self._backward.live_in(block, starts, live) for starts in self._backward.firsts(block, live)]
        lasts = self._ends(block, asked, live, firsts[-1])
        grid = [[self._round(block, here & end.live, end.hands) for end in lasts] for here in firsts]
        rounds = Rounds(block, grid, self._assumptions)
        if not rounds.begin_alike():
            raise UnderivedMemory(block.name, block.span)
        _want_each(asked, rounds.around().items())
        _want_each(asked, rounds.initial(lambda value: asked.get(value.last, ZERO)))
        return self._over(rounds)

    def _over(self, rounds: Rounds) -> Kept:
        """What all rounds of a loop keep."""
        return rounds.kept()

    def _ends(self, block: Block, asked: Wanted, live: set[Tensor], here: set[Tensor]) -> list[_End]:
        """What is wanted of the values a round hands on: of the last round, of those before, and then of all others."""
        given = live.intersection(block.outputs)
        emitted: Wanted = {}
        for each in block.emitted:
            want(emitted, each.each, asked.get(each.stacked, ZERO))

        def end(ends: Iterable[Tensor], starts: Wanted) -> _End:
            return _End(_handed(emitted, block, starts), self._backward.reaching(block, ends), tuple(ends))

        def before(last: _End) -> _End:
            ends = self._backward.ends_before(block, last.ends, live, given)
            return end(ends, self._round(block, here & last.live, last.hands).wanted)

        after = {value.start: asked.get(value.last, ZERO) for value in block.carried}
        return _until_steady(block, end(self._backward.last_ends(block, given), after), before)

    def _round(self, block: Block, live: set[Tensor], hands: Wanted) -> Round:
        """One round, of which these values are wanted at its end.

        Several ends lead to the same round, and each round of a loop around asks for all of them again.
        """
        wanted = frozenset((tensor, form.key) for tensor, form in hands.items())
        key = (block, frozenset(live), wanted)
        if key not in self._rounds:
            asked = dict(hands)
            self._rounds[key] = Round(self._walk(block.graph, asked, live), asked)
        return self._rounds[key]


def _may_be_empty(block: Block) -> UnderivedMemory:
    return UnderivedMemory(block.name, block.span, may_be_empty=True, counted=is_counted(block))


def _until_steady(block: Block, first: Settling, following: Callable[[Settling], Settling]) -> list[Settling]:
    """What changes from round to round, up to what follows itself.

    Raises UnderivedMemory where it comes back to what it was before, or changes for too long.
    """
    found = [first]
    while True:
        after = following(found[-1])
        if after == found[-1]:
            return found
        if after in found or len(found) > MOST_ROUNDS:
            raise UnderivedMemory(block.name, block.span)
        found.append(after)


def _what_is_seen(tensor: Tensor, graph: Graph) -> Tensor:
    """What a tensor is another look at, through any number of views; else itself."""
    node = graph.source(tensor)
    while isinstance(node, Operation) and node.primitive.memory.view(node) is not View.NONE:
        tensor = node.inputs[0]
        node = graph.source(tensor)
    return tensor


def _doing(graph: Graph) -> list[Operation | Block]:
    """The nodes that do something: no parameters, and no layers that are only named."""
    nodes = [node for node in graph if isinstance(node, Operation | Block)]
    return [node for node in nodes if isinstance(node, Operation) or node.kind != "layer"]


def _handed(emitted: Wanted, block: Block, starts: Wanted) -> Wanted:
    """What is wanted at the end of a round: what it emits, and what the next one wants to begin with."""
    hands = dict(emitted)
    for value in block.carried:
        want(hands, value.end, starts.get(value.start, ZERO))
    return hands


def _needs(operation: Operation, live: set[Tensor]) -> Iterable[Value | Made]:
    wanted = {place for place, tensor in enumerate(operation.inputs) if tensor in live}
    return operation.primitive.gradient.needs(operation, wanted)


def _of(asked: Wanted, tensors: Iterable[Tensor]) -> list[tuple[Tensor, Form]]:
    """What is wanted of some tensors."""
    return [(tensor, asked.get(tensor, ZERO)) for tensor in tensors]


def _want_read(asked: Wanted, stretches: Iterable[Wanted], made: Iterable[Tensor]) -> None:
    """What recomputed stretches read of what a node makes is wanted."""
    for read in stretches:
        _want_each(asked, _of(read, made))


def _from_outside(tensors: Iterable[Tensor], graph: Graph) -> list[Tensor]:
    """Those that no node of a graph makes."""
    return [tensor for tensor in tensors if graph.source(tensor) is None]


def _want_each(asked: Wanted, forms: Iterable[tuple[Tensor, Form]]) -> None:
    for tensor, form in forms:
        want(asked, tensor, form)
