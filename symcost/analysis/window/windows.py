"""Loops: a guess of what is seen after every round, proven by induction: each round leaves what is guessed behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.follow import Follower, State, keys
from symcost.analysis.window.sight import ENDLESS, MOST, ZERO, Sight
from symcost.errors import UnderivedWindow
from symcost.formula import AtLeast, Equal, Form, Symbol, add, counter, mul, power
from symcost.formula.along import counters, last_value, rise, shorter, total
from symcost.formula.parts import mentions
from symcost.graph.graph import Block, Carried, Tensor

UNKNOWN = (ZERO, ZERO, ZERO, ENDLESS)
"""Bounds on layers that always hold."""
MOST_ROUNDS = 40
"""Rounds of a loop that are followed one by one where no formula is found."""
MOST_TRIES = 4
"""So many times bounds on layers that do not hold from round to round are let go."""


class Windows(Follower):
    """Follows a graph with its loops."""

    def loop(self, block: Block) -> None:
        """Say what the values see that a loop carries and emits. Raises Underived, UnderivedWindow."""
        initial = [self.moved(self.seen.get(one.initial), one.initial, one.start) for one in block.carried]
        before = self.stepping
        self.stepping = before or _steps(block)
        try:
            self._all_rounds(block, _counter(block), initial)
        finally:
            self.stepping = before

    def _all_rounds(self, block: Block, at: Symbol, initial: State) -> None:
        """By a formula for all rounds, or where none is found one by one. Raises Underived, UnderivedWindow."""
        count = block.count.number
        try:
            self._rounds(block, at, initial)
        except (Underived, UnderivedWindow):
            if count is None or count > MOST_ROUNDS:
                raise
            self._one_by_one(block, at, initial, int(count))

    def _one_by_one(self, block: Block, at: Symbol, state: State, count: int) -> None:
        """Each round by itself. Raises Underived, UnderivedWindow."""
        stacks: list[State] = []
        for number in range(count):
            state, emitted = self._round_at(block, at, add(at.low, number), state)
            stacks.append(emitted)

        for one, sight in zip(block.carried, state, strict=True):
            self.seen[one.last] = self.moved(sight, one.start, one.last)
        for each, *stack in zip(block.emitted, *stacks, strict=True):
            self.seen[each.stacked] = self._stack_of(stack, self.axes(each.stacked)[0])

    def _round_at(self, block: Block, at: Symbol, now: Form, state: State) -> tuple[State, State]:
        """What is carried on and what is emitted by the round in which the counter has one value."""
        with self.supposing(Equal(at, now)):
            ends, emitted = self._round(block, state)
            return [_put(sight, {at: now}) for sight in ends], [_put(sight, {at: now}) for sight in emitted]

    def _stack_of(self, stack: State, place: Symbol) -> Sight | None:
        """What was emitted round by round, as one stack."""
        seeing = [sight for sight in stack if sight is not None]
        alike = len(set(keys(stack))) == 1
        return self.beside(seeing, alike, alike, place)

    def _round(self, block: Block, starts: State) -> tuple[State, State]:
        """What is carried on and what is emitted by one round, over the axes at its start and over those of a stack."""
        self.seen |= dict(zip((one.start for one in block.carried), starts, strict=True))
        self.follow(block.graph)
        ends = [self.moved(self._left_behind(block, one.end), one.end, one.start) for one in block.carried]
        emitted = [self.moved(self._left_behind(block, one.each), one.each, one.stacked, 1) for one in block.emitted]
        return ends, emitted

    def _later(self, block: Block, at: Symbol, ends: State) -> tuple[State, State]:
        """Any round but the first, after one that left these."""
        with self.supposing(AtLeast(at, (at.low + 1).expand())):
            return self._round(block, [_put(sight, {at: (at - 1).expand()}) for sight in ends])

    def _left_behind(self, block: Block, tensor: Tensor) -> Sight | None:
        """What is seen when the round is over."""
        sight = self.seen.get(tensor)
        return sight.ended() if sight is not None and _steps(block) else sight

    def _rounds(self, block: Block, at: Symbol, initial: State) -> None:
        """All rounds of a loop: a guess of what is carried after each, proven by induction. Raises Underived."""
        first, emitted = self._round(block, initial)
        begun, first_emitted = first, emitted
        if not all(_solid(sight) for sight in first):
            # Later rounds have gaps that the first one has not.
            with self.supposing(Equal(at, at.low)):
                begun, first_emitted = self._round(block, initial)

        after = begun
        if block.carried and not self.at_least(at.low, last_value(at)):
            # There is a round after the first.
            after, emitted = self._solved(block, at, initial, first, begun)

        for one, sight in zip(block.carried, after, strict=True):
            self.seen[one.last] = _put(self.moved(sight, one.start, one.last), {at: last_value(at)})
        for each, later, sight in zip(block.emitted, emitted, first_emitted, strict=True):
            self.seen[each.stacked] = self._stacked(later, sight, at, self.axes(each.stacked)[0])

    def _stacked(self, later: Sight | None, first: Sight | None, at: Symbol, place: Symbol) -> Sight | None:
        """What every round emits, by its place in the stack. Raises Underived."""
        if later is not None and first is None and not later.mentions((at,)):
            return replace(later, along=later.along | {place}, parts=later.parts | {place}, near=None)
        sight = self._held(later, first, {at: at.low})
        if sight is None:
            return None
        return replace(sight.put({at: add(at.low, place)}), along=sight.along - {at} | {place})

    def _solved(self, block: Block, at: Symbol, initial: State, first: State, begun: State) -> tuple[State, State]:
        """What is carried after every round and emitted by it, as it is proven. Raises Underived."""
        for guess, of in ((self._unmoved, first), (self._added_up, initial)):
            try:
                return self._proven(block, at, guess(block, at, of), begun)
            except (Underived, UnderivedWindow):
                continue
        raise Underived("what it carries changes from round to round")

    def _proven(self, block: Block, at: Symbol, guess: State, begun: State) -> tuple[State, State]:
        """The guess, if it holds after the first round and after each that follows, with bounds as far as they hold.

        Raises Underived, UnderivedWindow.
        """
        guess = [self._held(a, b, {at: at.low}) for a, b in zip(guess, begun, strict=True)]
        for _ in range(MOST_TRIES):
            ends, emitted = self._later(block, at, guess)
            with self.supposing(AtLeast(at, (at.low + 1).expand())):
                held = [self._held(a, b, {}) for a, b in zip(guess, ends, strict=True)]
            if keys(held) == keys(guess):
                return guess, emitted

            # With fewer bounds less comes out of a round: what is left has to be proven again.
            guess = held
        raise Underived("bounds on layers are let go from round to round")

    def _held(self, guess: Sight | None, found: Sight | None, now: Mapping[Symbol, Form]) -> Sight | None:
        """A guess with those bounds that hold of what was found. Raises Underived where that sees something else."""
        if guess is None and found is None:
            return None

        changes = Underived("what it carries or emits changes from round to round")
        if guess is None:
            raise changes

        there = self.clipped(guess.put(now))
        if found is None:
            if self.below(there.last, there.first):
                # It sees nothing yet.
                return guess
            raise changes

        real = self.clipped(found.put(now))
        if not self.same(there, real):
            # Of a stretch, unlike the layers, no bound is kept: it is as it is said or it is not told.
            raise changes
        return replace(
            guess,
            layers=self._layers_held(guess, there, real),
            solid=guess.solid and real.solid,
            along=guess.along | real.along,
            parts=guess.parts | real.parts,
            split=guess.split & real.split,
            near=guess.near if _alike(there.near, real.near) else None,
        )

    def _layers_held(self, guess: Sight, there: Sight, real: Sight) -> tuple[Form, ...]:
        """Those bounds of a guess that hold of what is seen there; for the others what always holds."""
        bounds = list(UNKNOWN)
        for n, kept in enumerate(guess.layers):
            low, high = there.layers[n], real.layers[n]
            if n == MOST:
                # The only bound from above.
                low, high = high, low

            if there.worked == real.worked and self.at_least(high, low):
                bounds[n] = kept
        return tuple(bounds)

    def _unmoved(self, block: Block, at: Symbol, first: State) -> State:
        """What is seen after the first round is so after all others; each of them adds as many layers as the second."""
        second, _ = self._later(block, at, first)
        rounds = (at - at.low).expand()

        def grown(one: Form, two: Form) -> Form:
            more = (two - one).expand()
            # What changes with the round, or with the position, is not the same in each of them.
            return one if counters([more]) else add(one, mul(rounds, more))

        guess: State = []
        for one, two in zip(first, second, strict=True):
            if one is not None and two is not None:
                one = replace(one, layers=tuple(map(grown, one.layers, two.layers)))
            guess.append(one)
        return guess

    def _added_up(self, block: Block, at: Symbol, initial: State) -> State:
        """Every round reads what is carried from a little farther: the sum over the rounds, from where it came in.

        Raises Underived.
        """
        alone = Windows(self.facts, None)
        alone.symbols, alone.stepping = self.symbols, self.stepping
        fresh, _ = self._round(block, [None] * len(initial))
        own = [self._place(*pair) for pair in zip(block.carried, initial, fresh, strict=True)]
        shifts, _ = alone._round(block, [Sight((place, place), along=frozenset(place.free_symbols)) for place in own])
        return [self._carried(at, *each) for each in zip(own, initial, fresh, shifts, strict=True)]

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
            # No round reads what the one before it carries.
            return fresh

        begun = counter(at.name, at.low, (at + 1).expand())
        parts = [None if begin is None else _after(begin, at.low, at, place, shift)]
        if fresh is not None:
            since = _after(fresh.put({at: begun}), (begun + 1).expand(), at, place, shift)
            parts.append(self.over(since, begun))
        return self.joined(parts)


def _counter(block: Block) -> Symbol:
    assert block.counter is not None
    return block.counter


def _alike(one: Sight | None, other: Sight | None) -> bool:
    """Whether both see the same stretch through the same layers."""
    if one is None or other is None:
        return one is other
    forms = ((*sight.ends, sight.layers[MOST]) for sight in (one, other))
    return len({tuple(form.key for form in each) for each in forms}) == 1


def _solid(sight: Sight | None) -> bool:
    """Whether nothing is left out between the ends, if there are any."""
    return sight is None or sight.solid


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
            # Only of equal strides the rounds add up to one power.
            raise Underived("what it carries is read in another order from round to round")

        offsets = total(turn, mul(power(stride, (turn - low).expand()), offset.substitute({at: turn})))
        rounds = (at + 1 - low).expand()
        return shorter(form.substitute({place: add(mul(power(stride, rounds), place), offsets)}))

    more = [total(turn, form.substitute({at: turn})) for form in shift.layers]
    before = (0, 0, 0, int(sight.worked and not shift.worked))  # what the step worked on before counts as a layer
    layers = tuple(add(*forms) for forms in zip(sight.layers, more, before, strict=True))
    ends = (moved(sight.first, shift.first), moved(sight.last, shift.last))
    return Sight(ends, layers, worked=shift.worked, along=sight.along | shift.along)
