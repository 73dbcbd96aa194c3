"""Windows: follows a graph from an input on and says of every tensor what stretch of it its entries see.

A position may lie before the beginning or behind the end, where padding stands: a window is as it is away from the
ends, and every axis has more than one position.

A layer is an operation with arithmetic where positions meet: one that reads entries of an operand that see something
else, or operands none of which sees all that the result does. A convolution is one, so is attention; moving (pad,
select, transpose), pointwise operations and the sum around a residual connection are none. A step of a scan that
carries something is one as a whole; of a scan inside of a step each step is one, together with what the step around it
has done since. Of several ways the one through the fewest layers counts (Vaswani et al. 2017, section 4).

A loop is solved by a guess that is then proven by induction: after every round what it carries is as guessed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from symcost.analysis.depth.chains import Underived
from symcost.analysis.reads import Axes
from symcost.analysis.window.order import Order
from symcost.analysis.window.places import Place, places
from symcost.analysis.window.sight import AHEAD, ENDLESS, MOST, ZERO, Sight
from symcost.errors import UnderivedWindow
from symcost.formula import Assumptions, AtLeast, Equal, Form, Symbol, add, counter, mul, power
from symcost.formula.along import rise, shorter, total
from symcost.formula.parts import mentions
from symcost.graph.graph import Block, Carried, Graph, Operation, Parameter, Tensor

MOST_TRIES = 4
"""So many times bounds on layers that do not hold from round to round are let go."""

State = list[Sight | None]
"""What is carried from round to round, over the axes at the start of a round."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a result sees in one operand; `spread`: not every entry of it that is read sees the same."""

    sight: Sight
    spread: bool
    may_spread: bool


class Windows(Order):
    """Follows a graph; `seen` has what the entries of each tensor see."""

    def __init__(self, facts: Assumptions, end: Form | None) -> None:
        super().__init__(facts, end)
        self.seen: dict[Tensor, Sight | None] = {}
        self._places: dict[tuple[int, int], Symbol] = {}
        self._calls: dict[object, State] = {}
        self._stepping = False

    def axes(self, tensor: Tensor) -> Axes:
        """A symbol for the position along each axis; tensors of one shape share them, and with them what is proven."""
        keys = [(number, size.key) for number, size in enumerate(tensor.shape)]
        pairs = zip(keys, tensor.shape, strict=True)
        return tuple(self._places.setdefault(key, counter("p", 0, size)) for key, size in pairs)

    def follow(self, graph: Graph) -> None:
        """Say what every tensor of a graph sees. Raises UnderivedWindow."""
        for node in graph:
            if isinstance(node, Parameter) or (isinstance(node, Block) and node.kind == "layer"):
                continue
            if not any(self.seen.get(tensor) for tensor in node.inputs):
                self.seen |= dict.fromkeys(node.outputs)
                continue
            try:
                self._node(node)
            except Underived as why:
                what = node.name if isinstance(node, Block) else node.kind
                raise UnderivedWindow(f"`{what}`", str(why), node.span) from None

    def _node(self, node: Operation | Block) -> None:
        match node:
            case Operation():
                for number, out in enumerate(node.outputs):
                    self.seen[out] = self._operation(node, number, self.axes(out))
            case Block(kind="call"):
                self._call(node)
            case Block(kind="choose"):
                self.follow(node.graph)
                for one in node.emitted:
                    self.seen[one.stacked] = self._moved(self.seen.get(one.each), one.each, one.stacked, 1)
            case _:
                self._loop(node)

    def _moved(self, sight: Sight | None, source: Tensor, target: Tensor, skip: int = 0) -> Sight | None:
        """The same over the axes of another tensor, whose first `skip` axes are its own."""
        if sight is None:
            return None
        axes = dict(zip(self.axes(source), self.axes(target)[skip:], strict=True))
        return replace(sight.put(axes), parts=frozenset(map(axes.__getitem__, sight.parts)))

    def _call(self, block: Block) -> None:
        """A module; where the same arrives, the same comes out."""
        pairs = list(zip(block.inputs, block.graph.ports, strict=True))
        arriving = {port: self._moved(self.seen.get(outer), outer, port) for outer, port in pairs}
        key = (block.graph, self._stepping, self.facts, *(sight and sight.key for sight in arriving.values()))
        if key not in self._calls:
            self.seen |= arriving
            self.follow(block.graph)
            self._calls[key] = [self.seen.get(made) for made in block.graph.results]
        for made, sight, out in zip(block.graph.results, self._calls[key], block.outputs, strict=True):
            self.seen[out] = self._moved(sight, made, out)

    # Operations -----------------------------------------------------------------------------------

    def _operation(self, operation: Operation, number: int, at: Axes) -> Sight | None:
        """What a result sees. Raises Underived."""
        found = list(places(operation, number, at, lambda tensor: (self.seen.get(tensor), self.axes(tensor)), self))
        parts = [self._read(place, at) for place in found]
        axis = self._axis_of_parts(operation, number, at)
        if axis is None:
            whole = self._met(operation, parts)
        else:
            whole = self._beside([part.sight for part in parts], len(operation.inputs), axis)
        if whole is None:
            return None
        if self.edges[AHEAD] is not None and self.below(whole.last, ZERO):
            raise Underived("it sees padding alone")
        return self.clipped(whole)

    def _axis_of_parts(self, operation: Operation, number: int, at: Axes) -> Symbol | None:
        """The axis along which the inputs lie beside each other, or behind each other in a stack."""
        if operation.cost.counts or len(operation.inputs) < 2:
            return None
        beside = [each.beside for each in operation.primitive.reads.sees(operation, number, at)]
        axes = {at[one.axis] if one is not None else at[0] for one in beside}
        return axes.pop() if len(axes) == 1 else None

    def _read(self, place: Place, at: Axes) -> Part:
        """What an entry of a result sees in one operand. Raises Underived."""
        sight = replace(place.sight.put(place.values), parts=frozenset())
        spread = may_spread = False
        for axis in place.sight.parts:
            position = place.values[axis]
            if isinstance(position, Symbol) and position in at:
                sight = replace(sight, parts=sight.parts | {position})
            elif position not in place.over and axis.high != 1:
                raise Underived("it takes some of several parts beside each other")
        for turn in self._in_order(sight, place.over):
            assert turn.high is not None
            if self.at_least(turn.low, turn.high - 1):  # there is one entry only
                sight = sight.put({turn: turn.low})
                continue
            may_spread = may_spread or turn in sight.along
            spread = spread or sight.differs(turn)
            sight = self.over(sight, turn)
        return Part(sight, spread, spread or may_spread)

    def _in_order(self, sight: Sight, turns: Sequence[Symbol]) -> list[Symbol]:
        """The counters of a read; those first from one to the next of which nothing is left out."""
        moving = [turn for turn in turns if sight.mentions((turn,)) or turn in sight.along]
        return moving if len(moving) < 2 else sorted(moving, key=lambda turn: not self.touches(sight, turn))

    def _beside(self, sights: Sequence[Sight], count: int, axis: Symbol) -> Sight | None:
        """What is joined or stacked along an axis: all of it together, where single entries see a part."""
        whole = self.joined(sights)
        if whole is None or (
            len({sight.key for sight in sights}) == 1 and (len(sights) == count or whole.moves((axis,)))
        ):
            return whole
        along = whole.along if len({sight.key for sight in sights}) == 1 else whole.along | {axis}
        return replace(whole, parts=whole.parts | {axis}, along=along, near=None)

    def _met(self, operation: Operation, parts: Sequence[Part]) -> Sight | None:
        """What an operation sees in all its operands, with the layer that it is itself."""
        sights = [part.sight for part in parts]
        if not operation.cost.counts:
            return self.joined(sights)
        if self._stepping:
            return self.joined([replace(sight, worked=True, near=None) for sight in sights])
        meet, may_meet = self._meet(sights)
        return self.joined(
            part.sight.through(int(meet or part.spread), int(may_meet or part.may_spread)) for part in parts
        )

    def _meet(self, sights: Sequence[Sight]) -> tuple[bool, bool]:
        """Whether no operand sees all that the result does: whether that is sure, and whether it may be."""
        if len({sight.key for sight in sights}) < 2:
            return False, False
        even = not any(sight.parts & sight.along for sight in sights)
        if even and any(all(self.covers(one, other) for other in sights if other is not one) for one in sights):
            return False, False
        return even and self.apart(sights), True

    # Loops ----------------------------------------------------------------------------------------

    def _loop(self, block: Block) -> None:
        initial = [self._moved(self.seen.get(one.initial), one.initial, one.start) for one in block.carried]
        before, self._stepping = self._stepping, self._stepping or _steps(block)
        try:
            self._rounds(block, initial)
        finally:
            self._stepping = before

    def _round(self, block: Block, starts: State) -> tuple[State, State]:
        """What is carried on and what is emitted by one round, over the axes at its start and over those of a stack."""
        self.seen |= dict(zip((one.start for one in block.carried), starts, strict=True))
        self.follow(block.graph)
        ends = [self._moved(self._left(block, one.end), one.end, one.start) for one in block.carried]
        emitted = [self._moved(self._left(block, one.each), one.each, one.stacked, 1) for one in block.emitted]
        return ends, emitted

    def _left(self, block: Block, tensor: Tensor) -> Sight | None:
        """What is seen when the round is over."""
        sight = self.seen.get(tensor)
        return sight.ended() if sight is not None and _steps(block) else sight

    def _rounds(self, block: Block, initial: State) -> None:
        """All rounds of a loop: a guess of what is carried after each, proven by induction. Raises Underived."""
        at = block.counter
        assert at is not None and at.high is not None
        first, emitted = begun, first_emitted = self._round(block, initial)
        if any(sight is not None and not sight.solid for sight in first):  # later rounds have gaps that it has not
            with self.supposing(Equal(at, at.low)):
                begun, first_emitted = self._round(block, initial)
        if block.carried:
            guess, emitted = begun, first_emitted
            if not self.at_least(at.low, at.high - 1):  # of one round nothing follows for others
                guess, emitted = self._solved(block, initial, first, begun)
            for one, sight in zip(block.carried, guess, strict=True):
                self.seen[one.last] = _put(self._moved(sight, one.start, one.last), {at: (at.high - 1).expand()})
        for each, later, sight in zip(block.emitted, emitted, first_emitted, strict=True):
            held = self._held(later, sight, {at: at.low})
            self.seen[each.stacked] = self._stacked(held, {at: add(at.low, self.axes(each.stacked)[0])})

    def _solved(self, block: Block, initial: State, first: State, begun: State) -> tuple[State, State]:
        """What is carried after every round and emitted by it, as it is proven. Raises Underived."""
        proven = self._proven(block, self._unmoved(block, first), begun)
        if proven is None:
            proven = self._proven(block, self._added_up(block, initial), begun)
        if proven is None:
            raise Underived("what it carries changes from round to round")
        return proven

    def _stacked(self, sight: Sight | None, now: Mapping[Symbol, Form]) -> Sight | None:
        if sight is None:
            return None
        along = {free for place in now.values() for free in place.free_symbols if free.high is not None}
        return replace(sight.put(now), along=sight.along | along)

    def _proven(self, block: Block, guess: State, begun: State) -> tuple[State, State] | None:
        """The guess, if it holds after the first round and after each that follows, with bounds as far as they hold."""
        at = block.counter
        assert at is not None
        try:
            guess = [self._held(a, b, {at: at.low}) for a, b in zip(guess, begun, strict=True)]
            for _ in range(MOST_TRIES):
                with self.supposing(AtLeast(at, (at.low + 1).expand())):
                    ends, emitted = self._round(block, [_put(sight, {at: (at - 1).expand()}) for sight in guess])
                    held = [self._held(a, b, {}) for a, b in zip(guess, ends, strict=True)]
                if [sight and sight.key for sight in held] == [sight and sight.key for sight in guess]:
                    return guess, emitted
                guess = held
        except Underived:
            pass
        return None

    def _held(self, guess: Sight | None, found: Sight | None, now: Mapping[Symbol, Form]) -> Sight | None:
        """A guess with those bounds that hold of what was found. Raises Underived where that sees something else."""
        there, found = (sight and self.clipped(sight.put(now)) for sight in (guess, found))
        if found is None and (there is None or self.below(there.last, there.first)):
            return guess
        if guess is None or there is None or found is None or not self.same(there, found):
            raise Underived("what it carries or emits changes from round to round")
        layers: list[Form] = []
        for n, (kept, bound, real) in enumerate(zip(guess.layers, there.layers, found.layers, strict=True)):
            low, high = (bound, real) if n != MOST else (real, bound)
            holds = there.worked == found.worked and self.at_least(high, low)
            layers.append(kept if holds else ENDLESS if n == MOST else ZERO)
        solid, along = guess.solid and found.solid, guess.along | found.along
        return replace(guess, layers=tuple(layers), solid=solid, along=along, parts=found.parts, near=found.near)

    def _unmoved(self, block: Block, first: State) -> State:
        """What is seen after the first round is so after all others; each of them adds as many layers as the second."""
        at = block.counter
        assert at is not None
        with self.supposing(AtLeast(at, (at.low + 1).expand())):
            second, _ = self._round(block, [_put(sight, {at: (at - 1).expand()}) for sight in first])
        rounds = (at - at.low).expand()

        def grown(one: Form, two: Form) -> Form:
            more = (two - one).expand()
            steady = all(symbol.high is None for symbol in more.free_symbols)
            return add(one, mul(rounds, more)) if steady else one

        return [
            one if one is None or two is None else replace(one, layers=tuple(map(grown, one.layers, two.layers)))
            for one, two in zip(first, second, strict=True)
        ]

    def _added_up(self, block: Block, initial: State) -> State:
        """Every round reads what is carried from a little farther: the sum over the rounds, from where it came in.

        Raises Underived.
        """
        alone = Windows(self.facts, None)
        alone._places, alone._stepping = self._places, self._stepping
        fresh, _ = self._round(block, [None] * len(initial))
        own = [self._place(*pair) for pair in zip(block.carried, initial, fresh, strict=True)]
        shifts, _ = alone._round(block, [Sight((place, place), along=frozenset(place.free_symbols)) for place in own])
        assert block.counter is not None
        return [self._carried(block.counter, *each) for each in zip(own, initial, fresh, shifts, strict=True)]

    def _place(self, one: Carried, *sights: Sight | None) -> Form:
        """The axis of a carried value along which what it sees changes, else 0. Raises Underived."""
        axes = self.axes(one.start)
        moving = [axis for axis in axes if any(sight is not None and sight.mentions((axis,)) for sight in sights)]
        if len(moving) > 1:
            raise Underived("what it carries sees differently along two axes")
        return moving[0] if moving else ZERO

    def _carried(
        self, at: Symbol, place: Form, begin: Sight | None, fresh: Sight | None, shift: Sight | None
    ) -> Sight | None:
        """What came in before the loop or in any round, after all rounds since. Raises Underived."""
        if shift is None:
            return fresh
        begun = counter(at.name, at.low, (at + 1).expand())
        parts = [None if begin is None else _after(begin, at.low, at, place, shift)]
        if fresh is not None:
            since = _after(fresh.put({at: begun}), (begun + 1).expand(), at, place, shift)
            parts.append(self.over(since, begun))
        return self.joined(parts)


def _put(sight: Sight | None, values: Mapping[Symbol, Form]) -> Sight | None:
    return None if sight is None else sight.put(values)


def _steps(block: Block) -> bool:
    """Whether every round is a step, that waits for the one before."""
    return block.kind == "scan" and bool(block.carried)


def _after(sight: Sight, low: Form, at: Symbol, place: Form, shift: Sight) -> Sight:
    """What is seen after the rounds from `low` to `at`, each of which reads what `shift` sees of its beginning.

    Raises Underived.
    """
    turn = counter(at.name, low, (at + 1).expand())

    def moved(form: Form, step: Form) -> Form:
        if not isinstance(place, Symbol) or not mentions(form, (place,)):
            return form
        stride, offset = rise(step, place), shorter(step.substitute({place: ZERO}))
        if mentions(stride, (place, at)) or stride.number == 0:
            raise Underived("what it carries is read in another order from round to round")
        offsets = total(turn, mul(power(stride, (turn - low).expand()), offset.substitute({at: turn})))
        rounds = (at + 1 - low).expand()
        return shorter(form.substitute({place: add(mul(power(stride, rounds), place), offsets)}))

    more = [total(turn, form.substitute({at: turn})) for form in shift.layers]
    before = (0, 0, 0, int(sight.worked and not shift.worked))  # what the step worked on before counts as a layer
    layers = tuple(add(*forms) for forms in zip(sight.layers, more, before, strict=True))
    ends = (moved(sight.first, shift.first), moved(sight.last, shift.last))
    return Sight(ends, layers, worked=shift.worked, along=sight.along | shift.along)
