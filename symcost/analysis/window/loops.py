"""Loops: a guess of what is seen after every round, proven by induction: each round leaves what is guessed behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.follow import Follower, State, keys
from symcost.analysis.window.sight import AHEAD, BACK, ENDLESS, MOST, ZERO, Sight
from symcost.errors import UnderivedWindow
from symcost.formula import AtLeast, Equal, Form, Symbol, add, counter, mul, power
from symcost.formula.along import counters, last_value, less, rise, shorter, total
from symcost.formula.parts import mentions
from symcost.graph.graph import Block, Carried, Tensor

UNKNOWN = (ZERO, ZERO, ZERO, ENDLESS)
"""Bounds on layers that always hold."""
MOST_TRIES = 4
"""So many times bounds on layers that do not hold from round to round are let go."""
MOST_FOLLOWED = 2_400
"""Nodes of bodies followed for one input, round by round: some seconds' worth. Each loop around a loop follows it three
times as often and more; loops of the examples need some hundreds, and five loops in one another are still told.
"""
CHANGES = "what it carries changes from round to round"
TOO_MANY = "loops that stand in loops take too many rounds to follow; `repeat A*B { … }` is one in place of two"


class Windows(Follower):
    """Follows a graph with its loops."""

    stepping: bool
    seen: dict[Tensor, Sight | None]
    left: int = MOST_FOLLOWED

    def loop(self, block: Block) -> None:
        """Say what the values see that a loop carries and emits. Raises Underived, UnderivedWindow."""
        initial = [self.moved(one.initial, one.start) for one in block.carried]
        before = self.stepping
        self.stepping = before or _steps(block)
        try:
            self._all_rounds(block, initial)
        finally:
            self.stepping = before

    def _all_rounds(self, block: Block, initial: State) -> None:
        """All rounds of a loop: a guess of what is carried after each, proven by induction. Raises Underived."""
        at = _counter(block)
        if block.carried and not self.at_least(at.low, last_value(at)):
            # There is a round after the first; it may have gaps that the first one has not.
            with self.supposing(Equal(at, at.low)):
                first, first_emitted = self._round(block, initial)
            after, emitted = self._solved(block, initial, first)
        else:
            after, emitted = self._round(block, initial)
            first_emitted = emitted

        for one, sight in zip(block.carried, after, strict=True):
            self.seen[one.start] = _put(sight, {at: last_value(at)})
            self.seen[one.last] = self.moved(one.start, one.last)
        for each, later, sight in zip(block.emitted, emitted, first_emitted, strict=True):
            self.settle(each.stacked, self._stack(block, each.stacked, later, sight))

    def _stack(
        self, block: Block, stacked: Tensor, later: Sight | None, first: Sight | None
    ) -> Sight | UnderivedWindow | None:
        """What is seen by all that every round emits, or why that is not known: caches are mostly read by nobody."""
        try:
            return self._stacked(later, first, _counter(block), self.axes(stacked)[0])
        except Underived as why:
            return UnderivedWindow(f"`{block.name}`", str(why), block.span)

    def _stacked(self, later: Sight | None, first: Sight | None, at: Symbol, place: Symbol) -> Sight | None:
        """What every round emits, by its place in the stack. Raises Underived."""
        if later is not None and first is None and not later.mentions(at):
            return replace(later, along=later.along | {place}, parts=later.parts | {place}, near=None)
        sight = self._held(later, first, {at: at.low})
        if sight is None:
            return None
        return replace(sight.put({at: add(at.low, place)}), along=sight.along - {at} | {place})

    def _round(self, block: Block, starts: State) -> tuple[State, State]:
        """What is carried on and what is emitted by one round, over the axes at its start and over those of a stack.

        Raises Underived, after too many rounds too: counted, so that it is said or not on every machine.
        """
        self.left -= sum(1 for _ in block.graph)
        if self.left < 0:
            raise Underived(TOO_MANY)
        for one, sight in zip(block.carried, starts, strict=True):
            self.seen[one.start] = sight
        self.follow(block.graph)

        ends = [self.moved(one.end, one.start) for one in block.carried]
        emitted = [self.moved(one.each, one.stacked, 1) for one in block.emitted]
        if _steps(block):
            return _ended(ends), _ended(emitted)
        return ends, emitted

    def _later(self, block: Block, ends: State) -> tuple[State, State]:
        """Any round but the first, after one that left these."""
        at = _counter(block)
        with self.supposing(*_not_first(block)):
            return self._round(block, [_put(sight, {at: (at - 1).expand()}) for sight in ends])

    # Guess and proof ------------------------------------------------------------------------------

    def _solved(self, block: Block, initial: State, first: State) -> tuple[State, State]:
        """What is carried after every round and emitted by it, as it is proven. Raises Underived."""
        guesses = [partial(self._unmoved, block, first), partial(self._added_up, block, initial)]
        if self._grows_from_itself(block, initial, first):
            # Each round goes as much farther: that nothing moves is tried last.
            guesses.reverse()
        for guess in guesses:
            try:
                return self._proven(block, guess(), first)
            except (Underived, UnderivedWindow):
                continue
        raise Underived(CHANGES if self.left >= 0 else TOO_MANY)

    def _grows_from_itself(self, block: Block, initial: State, first: State) -> bool:
        """Whether the first round sees farther than what came in, and nothing else comes in on the way."""
        if not any(map(_goes_farther, initial, first)):
            return False
        fresh, emitted = self._round(block, [None] * len(initial))
        return not any(fresh) and not any(emitted)

    def _proven(self, block: Block, guess: State, first: State) -> tuple[State, State]:
        """The guess, if it holds after the first round and after each that follows, with bounds as far as they hold.

        Raises Underived, UnderivedWindow.
        """
        at = _counter(block)
        guess = [self._held(a, b, {at: at.low}) for a, b in zip(guess, first, strict=True)]
        for _ in range(MOST_TRIES):
            ends, emitted = self._later(block, guess)
            with self.supposing(*_not_first(block)):
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
        if guess is None:
            raise Underived(CHANGES)
        there = self.clipped(guess.put(now))
        if found is None and self.below(there.last, there.first):
            # It sees nothing yet.
            return guess
        if found is None:
            raise Underived(CHANGES)

        real = self.clipped(found.put(now))
        if not self._same(there, real):
            # Of a stretch, unlike the layers, no bound is kept: it is as it is said or it is not told.
            raise Underived(CHANGES)
        near = guess.near
        if near is not None and not (real.near and self._same_near(near.put(now), real.near)):
            near = None
        return replace(
            guess,
            layers=self._layers_held(guess, there, real),
            solid=guess.solid and real.solid,
            along=guess.along | real.along,
            parts=guess.parts | real.parts,
            split=guess.split & real.split,
            near=near,
        )

    def _same(self, one: Sight, other: Sight) -> bool:
        """Whether both see the same stretch."""
        return all(self.equal(*ends) for ends in zip(one.ends, other.ends, strict=True))

    def _same_near(self, one: Sight, other: Sight) -> bool:
        return self._same(one, other) and one.layers[MOST] == other.layers[MOST]

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

    def _unmoved(self, block: Block, first: State) -> State:
        """What is seen after the first round is so after all others; each of them adds as many layers as the second.

        Raises Underived.
        """
        at = _counter(block)
        second, _ = self._later(block, first)
        self._check_unmoved(block, first, second)
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

    def _check_unmoved(self, block: Block, first: State, second: State) -> None:
        """Raises Underived where the round after the first sees another stretch: nothing is left to be proven then."""
        with self.supposing(*_not_first(block)):
            for one, two in zip(first, second, strict=True):
                if one is not None and two is not None and not self._same(self.clipped(one), self.clipped(two)):
                    raise Underived(CHANGES)

    def _added_up(self, block: Block, initial: State) -> State:
        """Every round reads what is carried from a little farther: the sum over the rounds, from where it came in.

        Raises Underived.
        """
        alone = Windows(self.facts, None)
        alone.symbols, alone.stepping, alone.left = self.symbols, self.stepping, self.left
        fresh, _ = self._round(block, [None] * len(initial))
        own = [self._place(*pair) for pair in zip(block.carried, initial, fresh, strict=True)]
        probes = [Sight((place, place), along=frozenset(place.free_symbols)) for place in own]
        try:
            shifts, _ = alone._round(block, list(probes))
        finally:
            self.left = alone.left
        return [self._carried(block, *each) for each in zip(own, initial, fresh, shifts, strict=True)]

    def _place(self, one: Carried, *sights: Sight | None) -> Form:
        """The axis of a carried value along which what it sees changes, else 0. Raises Underived."""
        axes = self.axes(one.start)
        moving = [axis for axis in axes if any(sight is not None and sight.mentions(axis) for sight in sights)]
        if len(moving) > 1:
            raise Underived("what it carries sees differently along two axes")
        return moving[0] if moving else ZERO

    def _carried(
        self, block: Block, place: Form, begin: Sight | None, fresh: Sight | None, shift: Sight | None
    ) -> Sight | None:
        """What came in before the loop or in any round, after all rounds since. Raises Underived."""
        if shift is None:
            # No round reads what the one before it carries.
            return fresh

        at = _counter(block)
        begun = counter(at.name, at.low, (at + 1).expand())
        parts = []
        if begin is not None:
            parts.append(_after(begin, at.low, at, place, shift))
        if fresh is not None:
            since = _after(fresh.put({at: begun}), (begun + 1).expand(), at, place, shift)
            parts.append(self.over(since, begun))
        return self.joined(parts) if parts else None


def _goes_farther(before: Sight | None, after: Sight | None) -> bool:
    """Whether an end is so many positions farther away."""
    if before is None or after is None:
        return False
    back, ahead = (less(old, new).number for old, new in zip(before.ends, after.ends, strict=True))
    return (back is not None and back > 0) or (ahead is not None and ahead < 0)


def _counter(block: Block) -> Symbol:
    assert block.counter is not None
    return block.counter


def _steps(block: Block) -> bool:
    """Whether every round is a step, that waits for the one before."""
    return block.kind == "scan" and bool(block.carried)


def _ended(state: State) -> State:
    """The same when the step is over."""
    return [None if sight is None else sight.ended() for sight in state]


def _put(sight: Sight | None, values: Mapping[Symbol, Form]) -> Sight | None:
    return None if sight is None else sight.put(values)


def _after(sight: Sight, low: Form, at: Symbol, place: Form, shift: Sight) -> Sight:
    """What is seen after the rounds from `low` to `at`, each of which reads what `shift` sees of its beginning.

    Raises Underived.
    """
    turn = counter(at.name, low, (at + 1).expand())

    def moved(side: int) -> Form:
        form, step = sight.ends[side], shift.ends[side]
        if not isinstance(place, Symbol) or not mentions(form, (place,)):
            return form

        stride, offset = rise(step, place), shorter(step.substitute({place: ZERO}))
        if mentions(stride, (place, at)) or stride.number == 0:
            # Only of equal strides the rounds add up to one power.
            raise Underived("what it carries is read in another order from round to round")
        offsets = total(turn, mul(power(stride, (turn - low).expand()), offset.substitute({at: turn})))
        rounds = (at + 1 - low).expand()
        return shorter(form.substitute({place: add(mul(power(stride, rounds), place), offsets)}))

    # What the step worked on before counts as a layer.
    before = (0, 0, 0, int(sight.worked and not shift.worked))
    more = [total(turn, form.substitute({at: turn})) for form in shift.layers]
    layers = tuple(add(*forms) for forms in zip(sight.layers, more, before, strict=True))
    return Sight((moved(BACK), moved(AHEAD)), layers, worked=shift.worked, along=sight.along | shift.along)


def _not_first(block: Block) -> list[AtLeast]:
    """That a round is not the first; nothing of two rounds, where it would be known by its number."""
    at = _counter(block)
    return [] if block.count.number == 2 else [AtLeast(at, (at.low + 1).expand())]
