"""Which of two sights goes farther, through fewer layers: proven for all values of the dimensions, or not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.sight import AHEAD, BACK, ENDLESS, LEAST, MOST, ZERO, Sight
from symcost.formula import Assumptions, AtLeast, Equal, Form, Symbol, TooLarge, maximum, minimum, mul, num
from symcost.formula.along import rise, shorter, way, within
from symcost.formula.form import Max, Min
from symcost.formula.parts import mentions, outermost

MOST_SAMPLES = 20
"""Numbers tried before a proof."""
MOST_COUNTERS = 3
"""Counters at whose ends it is looked whether sights are apart."""
MOST_PROOFS = 600
"""Comparisons for one input; beyond, nothing is told."""


class Order:
    """Compares positions along an axis of the input; `end` is its last one, None where it has none."""

    def __init__(self, facts: Assumptions, end: Form | None) -> None:
        self.facts = facts
        self.edges: tuple[Form, Form | None] = (ZERO, end)
        self._known: dict[tuple[Assumptions, int], bool | None] = {}

    @contextmanager
    def supposing(self, *facts: AtLeast | Equal) -> Iterator[None]:
        """Within, more is known."""
        before, self.facts = self.facts, self.facts.with_(*facts)
        try:
            yield
        finally:
            self.facts = before

    # Forms ----------------------------------------------------------------------------------------

    def at_least(self, left: Form, right: Form) -> bool | None:
        """As Assumptions.at_least. Raises Underived when too much was asked."""
        difference = (left - right).expand()
        if difference.number is not None:
            return difference.number >= 0
        key = (self.facts, difference.key)
        if key not in self._known:
            if len(self._known) >= MOST_PROOFS:
                raise Underived("it takes too many comparisons")
            self._known[key] = None if self._of_both_signs(difference) else self.facts.at_least(difference, ZERO)
        return self._known[key]

    def _of_both_signs(self, form: Form) -> bool:
        """Whether small numbers show that it is negative here and not there, which is sooner found than no proof."""
        signs = set()
        try:
            for values in islice(self.facts.samples(form), MOST_SAMPLES):
                signs.add(form.evaluate(values) >= 0)
                if len(signs) == 2:
                    return True
        except (TooLarge, ZeroDivisionError):
            pass
        return False

    def below(self, one: Form, other: Form) -> bool:
        """Whether one is proven to be smaller."""
        return self.at_least(one, other) is False

    def equal(self, one: Form, other: Form) -> bool:
        """Whether they are the same for all values, as far as that is proven."""
        if one.key == other.key or (one - other).expand() == 0:
            return True
        return bool(self.at_least(one, other) and self.at_least(other, one))

    def farther(self, one: Form, other: Form, side: int) -> bool:
        """Whether one end is proven to be no nearer than another, or is at the edge of the input."""
        if self.edges[AHEAD] is not None and one == self.edges[side]:
            return True
        return bool(self.at_least(one, other) if side == AHEAD else self.at_least(other, one))

    def extreme(self, form: Form, at: Symbol, most: bool, of: Form | None = None) -> Form:
        """The greatest or the smallest over all values of a counter, or what `of` is there. Raises Underived."""
        if not mentions(form if of is None else of, (at,)):
            return form if of is None else of
        goes = way(form, at, self.at_least)
        if goes is None:
            raise Underived("it cannot be told which position is the farthest")
        assert at.high is not None
        place = (at.high - 1).expand() if (goes > 0) == most else at.low
        return shorter((form if of is None else of).substitute({at: place}))

    def _bound(self, form: Form, at: Symbol, most: bool) -> Form:
        """As `extreme`; where that is not known, what holds of all layers."""
        try:
            return self.extreme(form, at, most)
        except Underived:
            return ENDLESS if most else ZERO

    # Sights ---------------------------------------------------------------------------------------

    def same(self, one: Sight | None, other: Sight | None) -> bool:
        """Whether both see the same stretch."""
        if one is None or other is None:
            return one is other
        return all(map(self.equal, one.ends, other.ends))

    def covers(self, one: Sight, other: Sight) -> bool:
        """Whether one surely sees all that the other sees."""
        return one.solid and all(self.farther(one.ends[side], other.ends[side], side) for side in (BACK, AHEAD))

    def exceeds(self, one: Sight, other: Sight) -> bool:
        """Whether one surely sees farther, in one direction."""
        return self.below(one.first, other.first) or self.below(other.last, one.last)

    def apart(self, sights: Sequence[Sight]) -> bool:
        """Whether at some place each of them surely misses something that another one sees."""
        end = self.edges[AHEAD]
        if end is None:
            return False
        with self.supposing(AtLeast(end, num(2))):
            places = (sights, *self._corners(sights, end, MOST_COUNTERS))
            return any(all(any(self.exceeds(b, a) for b in place) for a in place) for place in places)

    def _corners(self, sights: Sequence[Sight], end: Form, most: int) -> Iterator[Sequence[Sight]]:
        """Sights at the ends of the ranges of all counters, from the innermost on; without what is outside of the input."""
        counters = {at for sight in sights for form in sight.ends for at in form.free_symbols if at.high is not None}
        if not counters:
            inside = [self.clipped(sight) for sight in sights]
            if all(self.at_least(sight.first, ZERO) and self.at_least(end, sight.last) for sight in inside):
                yield inside
            return
        limits = [form for at in counters for form in (at.low, at.high) if form is not None]
        inner = min((at for at in counters if not any(mentions(form, (at,)) for form in limits)), key=lambda at: at.key)
        assert inner.high is not None
        for value in ((inner.high - 1).expand(), inner.low) if len(counters) <= most else ():
            yield from self._corners([sight.put({inner: value}) for sight in sights], end, most)

    def clipped(self, sight: Sight) -> Sight:
        """A sight whose ends, where they are always outside of the input, are moved to its edges.

        Those edges may be seen from entries that are nearer to them, through fewer layers.
        """
        for side, edge in enumerate(self.edges):
            if edge is not None and sight.ends[side] != edge and self._outside(sight.ends[side], edge, side):
                ends = (edge, sight.last) if side == BACK else (sight.first, edge)
                few = [sight.layers[LEAST] if n == side else form for n, form in enumerate(sight.layers)]
                sight = replace(sight, ends=ends, layers=tuple(few))
        return sight

    def _outside(self, end: Form, edge: Form, side: int) -> bool:
        return self.edges[AHEAD] is not None and bool(
            self.at_least(end, edge) if side == AHEAD else self.at_least(edge, end)
        )

    def joined(self, sights: Iterable[Sight | None]) -> Sight | None:
        """Everything that one of several sees. Raises Underived."""
        whole: Sight | None = None
        for sight in sights:
            if sight is not None:
                whole = sight if whole is None else self._both(whole, sight)
        return whole

    def _both(self, one: Sight, other: Sight) -> Sight:
        if one.key == other.key:
            return one
        if one.worked != other.worked:  # the step that worked on one of them counts as a layer of its own
            one, other = (replace(each.through(0, int(each.worked)), worked=False) for each in (one, other))
        (first, back), (last, ahead) = (self._end(one, other, side) for side in (BACK, AHEAD))
        least = outermost((one.layers[LEAST], other.layers[LEAST]), self.at_least, most=False)
        whole = [a.layers[MOST] for a, b in ((one, other), (other, one)) if self.covers(a, b)]
        most = outermost(whole or (one.layers[MOST], other.layers[MOST]), self.at_least, most=not whole)
        solid = bool(whole) or (one.solid and other.solid and self._touch(one, other))
        along, parts = one.along | other.along, one.parts | other.parts
        near = self._near(one, other)
        return Sight((first, last), (back, ahead, least, most), solid, one.worked, along, parts, near)

    def _touch(self, one: Sight, other: Sight) -> bool:
        """Whether nothing lies between two sights."""
        return all(self.at_least(a.last + 1, b.first) for a, b in ((one, other), (other, one)))

    def _near(self, one: Sight, other: Sight) -> Sight | None:
        """What both together see through few layers, if it is known that all the rest takes more."""
        if one.near is not None and other.near is not None and one.near.layers[MOST] == other.near.layers[MOST]:
            return self._both(one.near, other.near)
        for near, far in ((one, other), (other, one)):
            for part in (near.near, replace(near, near=None)):
                if part is not None and self.below(part.layers[MOST], far.layers[LEAST]):
                    return part
        return None

    def _end(self, one: Sight, other: Sight, side: int) -> tuple[Form, Form]:
        """The farther of two ends, and the fewest layers to it.

        Where the nearer one is as far for some entries it counts too: the layers to the farther one where the gap is 1
        or more, else no more than what the nearer sight sees anything through.
        """
        if not self.farther(one.ends[side], other.ends[side], side):
            one, other = other, one
        end, few, least = one.ends[side], one.layers[side], other.layers[LEAST]
        if not self.farther(end, other.ends[side], side):
            far = (maximum if side == AHEAD else minimum)(end, other.ends[side])
            return far, minimum(one.layers[LEAST], least)
        gap = (end - other.ends[side] if side == AHEAD else other.ends[side] - end).expand()
        if gap == 0:
            return end, outermost((few, other.layers[side]), self.at_least, most=False)
        if self.at_least(gap, num(1)) or self.at_least(least, few):
            return end, few
        if any(isinstance(part, Min | Max) for part in within(few)) or not self.at_least(
            few, least
        ):  # it would grow from join to join
            return end, outermost((one.layers[LEAST], least), self.at_least, most=False)
        return end, minimum(few, least + mul(few - least, gap))

    def over(self, sight: Sight, at: Symbol) -> Sight:
        """What is seen over all values of a counter. Raises Underived."""
        assert at.high is not None
        limits = {*at.low.free_symbols, *at.high.free_symbols} if at in sight.along else set()
        near = sight.near and self.over(sight.near, at)
        whole = replace(
            sight,
            ends=tuple(self.extreme(end, at, side == AHEAD) for side, end in enumerate(sight.ends)),  # type: ignore[arg-type]
            layers=self._layers_over(sight, at) if sight.mentions((at,)) else sight.layers,
            solid=sight.solid and self.touches(sight, at),
            along=frozenset((sight.along - {at}) | limits),
            near=near,
        )
        if near is not None and self.covers(near, whole):  # all of it is near to some entry
            whole = replace(whole, layers=(*whole.layers[:MOST], near.layers[MOST]), solid=True, near=None)
        return whole

    def _layers_over(self, sight: Sight, at: Symbol) -> tuple[Form, ...]:
        least = self._bound(sight.layers[LEAST], at, most=False)
        few = [self._few_over(sight.ends[side], sight.layers[side], at, side) for side in (BACK, AHEAD)]
        few = [form if self.at_least(form, least) else least for form in few]
        return (*few, least, self._bound(sight.layers[MOST], at, most=True))

    def _few_over(self, end: Form, few: Form, at: Symbol, side: int) -> Form:
        """The fewest layers to the farthest position: of the one entry that sees it, or of any."""
        steady = rise(end, at)
        if self.at_least(steady, num(1)) or self.at_least(num(-1), steady):
            return self.extreme(end, at, side == AHEAD, of=few).expand()
        return self._bound(few, at, most=False)

    def touches(self, sight: Sight, at: Symbol) -> bool:
        """Whether what is seen at each value of a counter leaves nothing out up to that at the next."""
        return not sight.moves((at,)) or self._touch(sight, sight.put({at: (at + 1).expand()}))
