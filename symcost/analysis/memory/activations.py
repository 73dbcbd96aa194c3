"""Activations: the numbers that a forward pass has to keep for the backward pass.

A derivative is worked out from what its primitive says it needs: operands or the result. What any derivative needs is
kept, each tensor once and as a whole; parameters are there anyway.

- Only where a gradient passes: what depends on nothing trained asks for nothing (see Backward).
- Reshaping, transposing, selecting, splitting, stacking, and index notation that only names the axes of one tensor
  anew look at the same numbers from another side; who needs a part keeps the whole.
- Zeros and ones are made anew when they are needed.
- A loop keeps what each of its rounds keeps. What a round hands to the next is one tensor, kept once.
- Recomputed operations keep what they read from outside their `recompute`, and of what they make only what others need.
- Results of comparisons are masks, a bit of information each; inputs that are only row numbers or only conditions are
  no activations either: they are counted apart.

Source  Griewank & Walther, Evaluating Derivatives (2008), section 4; for transformers the same count as Korthikanti et
        al., Reducing activation recomputation in large transformer models (2022), section 4
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from symcost.analysis.fold import rounds
from symcost.analysis.training.backward import Backward
from symcost.errors import UnderivedMemory
from symcost.formula import Assumptions, Form, add, maximum, minimum, mul, num
from symcost.graph.build import room_to_recurse
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor
from symcost.ops.gradient import Made
from symcost.ops.memory import View

ZERO, ONE = num(0), num(1)

KINDS = ("numbers", "masks", "rows")
"""What is kept: activations, results of comparisons and other conditions, row numbers of gathers."""

MOST_ROUNDS = 8
"""So many rounds at an end of a loop may keep something else than all others."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Numbers kept, by kind."""

    counts: Mapping[str, Form]

    def __getitem__(self, kind: str) -> Form:
        return self.counts.get(kind, ZERO)

    def each(self, change: Callable[[Form], Form]) -> Kept:
        """The same kinds, each count changed."""
        return Kept({kind: change(form) for kind, form in self.counts.items()})

    def without(self, other: Kept) -> Kept:
        """The difference."""
        return Kept({kind: (self[kind] - other[kind]).expand() for kind in KINDS})

    @property
    def nothing(self) -> bool:
        """Whether nothing is kept."""
        return all(form == 0 for form in self.counts.values())


def joined(parts: Iterable[Kept]) -> Kept:
    """The sum of many."""
    counts: dict[str, list[Form]] = {}
    for part in parts:
        for kind, form in part.counts.items():
            counts.setdefault(kind, []).append(form)
    return Kept({kind: add(*forms) for kind, forms in counts.items()})


Wanted = dict[Tensor, Form]
"""Tensors that something later needs: 1, or a form that is 1 where it happens and else 0."""


Grid = Sequence[Sequence[tuple[Kept, Wanted]]]
"""What a round keeps and wants: by its number from the beginning, then from the end; the last of each is usual."""


class Activations:
    """What the forward pass of a model keeps; calls alike, of which the same is wanted, are worked out once."""

    def __init__(self, assumptions: Assumptions, backward: Backward) -> None:
        self._assumptions = assumptions
        self._backward = backward
        self._known: dict[object, tuple[Kept, tuple[Form, ...]]] = {}

    def of(self, graph: Graph) -> Kept:
        """Everything kept, by kind; of the inputs of the model those that are needed.

        Raises UnderivedMemory.
        """
        with room_to_recurse():
            kept, ports = self._call(graph, (False,) * len(graph.ports), (True,) * len(graph.results), ())
            kinds = port_kinds(graph)
        inputs = zip(graph.ports, kinds, ports, strict=True)
        return joined([*(Kept({kind: mul(port.size, asked)}) for port, kind, asked in inputs), kept])

    def _call(
        self, graph: Graph, needs: tuple[bool, ...], gets: tuple[bool, ...], wanted: tuple[Form, ...]
    ) -> tuple[Kept, tuple[Form, ...]]:
        """What a graph keeps if these results are wanted, and which of its ports it wants."""
        key = (graph, needs, gets, wanted)
        if key not in self._known:
            live = self._backward.live(graph, needs, gets)
            asked: Wanted = {}
            for result, form in zip(graph.results, wanted, strict=False):
                _want(asked, result, form)
            kept = self._walk(graph, asked, live)
            self._known[key] = kept, tuple(asked.get(port, ZERO) for port in graph.ports)
        return self._known[key]

    def _walk(self, graph: Graph, asked: Wanted, live: set[Tensor]) -> Kept:
        """Go through a graph from its end: by the time a node is met, all that is wanted of it is known."""
        found: list[Kept] = []
        again: Wanted = {}
        for node in reversed(list(graph)):
            if isinstance(node, Parameter) or (isinstance(node, Block) and node.kind == "layer"):
                continue
            gets = not live.isdisjoint(node.outputs)
            redone = node.recomputed and gets
            for out in node.outputs:
                if not redone and out in again:
                    _want(asked, out, again[out])
            for tensor in node.inputs if redone else ():
                _want(again, tensor, ONE)
            if isinstance(node, Operation):
                found += self._operation(node, asked, live if gets and not redone else set())
            elif node.kind == "call":
                found.append(self._called(node, asked, set() if redone else live))
            else:
                found.append(self._loop(node, asked, set() if redone else live))
        for tensor, form in again.items():
            if graph.source(tensor) is None:
                _want(asked, tensor, form)
        return joined(reversed(found))

    def _operation(self, operation: Operation, asked: Wanted, live: set[Tensor]) -> Iterator[Kept]:
        yield from self._needed(operation, asked, live)
        makes = operation.primitive.memory.makes
        if makes == "constants":
            return
        view = is_view(operation)
        for out in operation.outputs:
            form = asked.get(out, ZERO)
            if form == 0:
                continue
            if not view:
                yield Kept({makes: mul(out.size, form)})
                continue
            for tensor in operation.inputs:
                _want(asked, tensor, form)

    def _needed(self, operation: Operation, asked: Wanted, live: set[Tensor]) -> Iterator[Kept]:
        """What its gradients need, for the operands that have one: tensors, and numbers made on the way."""
        if live.isdisjoint(operation.outputs):
            return
        wanted = {place for place, tensor in enumerate(operation.inputs) if tensor in live}
        for need in operation.primitive.gradient.needs(operation, wanted):
            match need:
                case Tensor():
                    _want(asked, need, ONE)
                case Made(kind, size):
                    yield Kept({kind: size})

    def _called(self, block: Block, asked: Wanted, live: set[Tensor]) -> Kept:
        goes, comes = (tuple(t in live for t in tensors) for tensors in (block.inputs, block.outputs))
        kept, ports = self._call(block.graph, goes, comes, tuple(asked.get(out, ZERO) for out in block.outputs))
        for tensor, form in zip(block.inputs, ports, strict=True):
            _want(asked, tensor, form)
        return kept

    # Loops ----------------------------------------------------------------------------------------

    def _loop(self, block: Block, asked: Wanted, live: set[Tensor]) -> Kept:
        """All rounds; the first ones may need fewer gradients, of the last ones other values may be wanted."""
        firsts = self._lives(block, live)
        lasts = self._hands(block, asked, firsts[-1])
        first, last = firsts[:-1], lasts[:-1]
        grid = [[self._round(block, here, hands) for hands in lasts] for here in firsts]
        if any(
            _starts(block, a[1]) != _starts(block, b[1]) for row in grid[1:] for a, b in zip(row, grid[-1], strict=True)
        ):
            raise UnderivedMemory(block.name, block.span)
        kept, _ = grid[-1][-1]
        parts = [kept.each(partial(rounds, block))]
        for n in range(len(first)):
            parts.append(grid[n][-1][0].without(kept).each(partial(self._at, block, n)))
        for n in range(len(last)):
            parts.append(grid[-1][n][0].without(kept).each(partial(self._at_end, block, n)))
        parts += self._where_they_meet(block, grid)
        for tensor, form in self._by_count(block, grid, _around).items():
            _want(asked, tensor, form)
        begun = self._by_count(block, grid, _begun)
        for one in block.carried:
            never = (1 - self._happens(block, 0)).expand()
            _want(asked, one.initial, add(begun.get(one.start, ZERO), mul(never, asked.get(one.last, ZERO))))
        return joined(part for part in parts if not part.nothing)

    def _lives(self, block: Block, live: set[Tensor]) -> list[set[Tensor]]:
        """Which tensors have a gradient in the first rounds, and then in all others."""
        starts = [{one.start for one in block.carried if one.start in live and one.initial in live}]
        found: list[set[Tensor]] = []
        while True:
            here = self._backward.live_in(block, starts[-1], live)
            found.append(here)
            following = {one.start for one in block.carried if one.start in live and one.end in here}
            if following == starts[-1]:
                return found
            if following in starts or len(found) > MOST_ROUNDS:
                raise UnderivedMemory(block.name, block.span)
            starts.append(following)

    def _hands(self, block: Block, asked: Wanted, live: set[Tensor]) -> list[Wanted]:
        """What is wanted of the values a round hands on: of the last round, of those before, and then of all others."""
        always: Wanted = {}
        for each in block.emitted:
            _want(always, each.each, asked.get(each.stacked, ZERO))
        hands = dict(always)
        for one in block.carried:
            _want(hands, one.end, asked.get(one.last, ZERO))
        found = [hands]
        while True:
            _, wanted = self._round(block, live, found[-1])
            following = dict(always)
            for one in block.carried:
                _want(following, one.end, wanted.get(one.start, ZERO))
            if following == found[-1]:
                return found
            if following in found or len(found) > MOST_ROUNDS:
                raise UnderivedMemory(block.name, block.span)
            found.append(following)

    def _round(self, block: Block, live: set[Tensor], hands: Wanted) -> tuple[Kept, Wanted]:
        """What one round keeps, and all that is wanted in it."""
        asked = dict(hands)
        return self._walk(block.graph, asked, live), asked

    def _by_count(self, block: Block, grid: Grid, pick: Callable[[Block, Grid, int], Wanted]) -> Wanted:
        """What is wanted of outside tensors, where that depends on it by the number of rounds."""
        most = len(grid) + len(grid[0]) - 1
        *few, many = (pick(block, grid, count) for count in range(1, most + 1))
        found: Wanted = {}
        for tensor in dict.fromkeys(tensor for wanted in (many, *few) for tensor in wanted):
            forms = [wanted.get(tensor, ZERO) for wanted in (*few, many)]
            while len(forms) > 1 and forms[-1] == forms[-2]:
                forms.pop()
            happens = [self._happens(block, number) for number in range(len(forms))]
            rises = zip(happens, forms, [ZERO, *forms], strict=False)
            steps = (mul(some, (form - before).expand()) for some, form, before in rises)
            found[tensor] = add(ZERO, *steps)
        return found

    def _where_they_meet(self, block: Block, grid: Grid) -> Iterator[Kept]:
        """What a round that is one of the first and one of the last keeps, beyond what was counted for either."""
        usual = grid[-1][-1][0]
        for n, row in enumerate(grid[:-1]):
            for m, (both, _) in enumerate(row[:-1]):
                apart = joined([both, usual]).without(joined([row[-1][0], grid[-1][m][0]]))
                meets = self._happens(block, n + m) - self._happens(block, n + m + 1)
                place = None if block.counter is None else add(block.counter.low, n)
                yield apart.each(partial(self._there, block, place, meets.expand()))

    def _at(self, block: Block, number: int, form: Form) -> Form:
        """What one of the first rounds counts; nothing where there are fewer."""
        place = None if block.counter is None else add(block.counter.low, number)
        return self._there(block, place, self._happens(block, number), form)

    def _at_end(self, block: Block, number: int, form: Form) -> Form:
        """What one of the last rounds counts; nothing where there are fewer."""
        at = block.counter
        place = None if at is None or at.high is None else add(at.high, -1 - number).expand()
        return self._there(block, place, self._happens(block, number), form)

    def _there(self, block: Block, place: Form | None, happens: Form, form: Form) -> Form:
        """A count in one round, if there is that round."""
        if place is not None and block.counter is not None:
            form = form.substitute({block.counter: place}).expand()
        return mul(form, happens)

    def _happens(self, block: Block, number: int) -> Form:
        """1 where there are more than so many rounds, else 0."""
        if self._assumptions.at_least(block.count, num(number + 1)):
            return ONE
        more = minimum(add(block.count, -number), ONE)
        return maximum(more, ZERO) if number else more


def _around(block: Block, grid: Grid, count: int) -> Wanted:
    """What so many rounds want of the tensors around a loop."""
    starts = {one.start for one in block.carried}
    found: Wanted = {}
    for n in range(count):
        _, wanted = grid[min(n, len(grid) - 1)][min(count - 1 - n, len(grid[0]) - 1)]
        for tensor, form in wanted.items():
            if block.graph.source(tensor) is None and tensor not in starts:
                _want(found, tensor, form)
    return found


def _begun(block: Block, grid: Grid, count: int) -> Wanted:
    """What the first of so many rounds wants of the values that it begins with."""
    return _starts(block, grid[0][min(count, len(grid[0])) - 1][1])


def _starts(block: Block, asked: Wanted) -> Wanted:
    """What is wanted of the values that a round begins with."""
    return {one.start: asked[one.start] for one in block.carried if one.start in asked}


def _want(asked: Wanted, tensor: Tensor, form: Form) -> None:
    """Something needs a tensor; parameters are there anyway."""
    if not tensor.parameter and form != 0:
        known = asked.get(tensor)
        asked[tensor] = form if known is None or known == form else ONE if 1 in (known, form) else maximum(known, form)


def is_view(operation: Operation) -> bool:
    """Whether its results are numbers of its inputs, where they lie."""
    return operation.primitive.memory.view(operation) is not View.NONE


def port_kinds(graph: Graph) -> tuple[str, ...]:
    """What the inputs of a graph are, by all that is done with them: row numbers, conditions, or just numbers."""
    uses: dict[Tensor, set[str]] = {}
    _uses(graph, uses, {})
    return tuple(next(iter(kinds)) if len(kinds := uses.get(port, set())) == 1 else "numbers" for port in graph.ports)


def _uses(graph: Graph, uses: dict[Tensor, set[str]], known: dict[object, list[set[str]]]) -> None:
    """As what each tensor is used, and so are those that are made of it by views alone."""
    for node in reversed(list(graph)):
        match node:
            case Block(kind="call"):
                key = (node.graph, *(frozenset(uses.get(out, ())) for out in node.outputs))
                if key not in known:
                    inner: dict[Tensor, set[str]] = {}
                    for result, out in zip(node.graph.results, node.outputs, strict=True):
                        inner.setdefault(result, set()).update(uses.get(out, ()))
                    _uses(node.graph, inner, known)
                    known[key] = [inner.get(port, set()) for port in node.graph.ports]
                for tensor, kinds in zip(node.inputs, known[key], strict=True):
                    uses.setdefault(tensor, set()).update(kinds)
            case Block(kind="scan" | "repeat" | "choose"):
                for one in node.carried:
                    uses.setdefault(one.end, set()).add("numbers")
                    uses.setdefault(one.initial, set()).add("numbers")
                for each in node.emitted:
                    uses.setdefault(each.each, set()).update(uses.get(each.stacked, ()))
                _uses(node.graph, uses, known)
            case Operation():
                for place, tensor in enumerate(node.inputs):
                    uses.setdefault(tensor, set()).update(_used(node, place, uses))


def _used(operation: Operation, place: int, uses: Mapping[Tensor, set[str]]) -> set[str]:
    if is_view(operation):
        return {kind for out in operation.outputs for kind in uses.get(out, ())}
    return {operation.primitive.memory.takes(operation, place)}
