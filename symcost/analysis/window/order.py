"""Which of two sights goes farther, through fewer layers: proven for all values of the dimensions, or not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.sight import AHEAD, BACK, ENDLESS, LEAST, MOST, ZERO, Sight
from symcost.formula import Assumptions, AtLeast, Form, Symbol, maximum, minimum, mul, num, rebuild
from symcost.formula.along import counters, has_cases, inmost, last_value, less, rise, shorter, way, within
from symcost.formula.comparisons import Comparisons
from symcost.formula.form import Max, Min
from symcost.formula.parts import mentions, outermost

MOST_PROOFS = 900
"""Comparisons for one input; beyond, nothing more is taken for proven."""
MOST_CASES = 8
"""Cases of a maximum that are looked at one by one."""
MOST_COUNTERS = 3
"""Counters at whose ends it is looked whether sights are apart."""


class Order(Comparisons):
    """Compares positions along an axis of the input from one edge to the other; without an end the latter is None."""

    def __init__(self, facts: Assumptions, end: Form | None) -> None:
        super().__init__(facts, MOST_PROOFS)
        self.edges: tuple[Form, Form | None] = (ZERO, end)

    def farther(self, one: Form, other: Form, side: int) -> bool:
        """Whether one end is proven to be no nearer than another, or is at the edge of the input."""
        if self.edges[AHEAD] is not None and one == self.edges[side]:
            return True
        return bool(self.at_least(one, other) if side == AHEAD else self.at_least(other, one))

    def covers(self, one: Sight, other: Sight) -> bool:
        """Whether one surely sees all that the other sees."""
        if not one.solid or not self.farther(one.first, other.first, BACK):
            return False
        return self.farther(one.last, other.last, AHEAD)

    # Ranges ---------------------------------------------------------------------------------------

    def over(self, sight: Sight, at: Symbol) -> Sight:
        """What is seen over all values of a counter. Raises Underived."""
        along = sight.along
        if at in along:
            along = (along - {at}).union(counters((at.low, last_value(at))))
        near = sight.near and self.over(sight.near, at)

        first, last = (self._end_over(sight.ends[side], at, side) for side in (BACK, AHEAD))
        layers = self._layers_over(sight, at)
        solid = sight.solid and self.touches(sight, at)
        whole = replace(sight, ends=(first, last), layers=layers, solid=solid, along=along, near=near)

        if near is None or not self.covers(near, whole):
            return whole
        # All of it is near to some entry.
        return replace(whole, layers=(*layers[:MOST], near.layers[MOST]), solid=True, near=None)

    def touches(self, sight: Sight, at: Symbol) -> bool:
        """Whether what is seen at each value of a counter leaves nothing out up to that at the next."""
        if not any(mentions(end, (at,)) for end in sight.ends):
            return True
        return self._touch(sight, sight.put({at: (at + 1).expand()}))

    def _touch(self, one: Sight, other: Sight) -> bool:
        """Whether nothing lies between two sights."""
        return bool(self.at_least(one.last + 1, other.first) and self.at_least(other.last + 1, one.first))

    def _end_over(self, end: Form, at: Symbol, side: int) -> Form:
        """The farthest that an end goes. Raises Underived."""
        return self._away_from_edge(self.extreme(end, at, most=side == AHEAD), side)

    def extreme(self, form: Form, at: Symbol, most: bool) -> Form:
        """The greatest or the smallest over all values of a counter. Raises Underived."""
        if not mentions(form, (at,)):
            return form
        goes = way(form, at, self.at_least)
        if goes is None:
            raise Underived("it cannot be told which position is the farthest")
        farthest = form.substitute({at: last_value(at) if (goes > 0) == most else at.low})
        return shorter(self.facts.simplify(farthest))

    def _away_from_edge(self, form: Form, side: int) -> Form:
        """An end that is held inside of the input, as if the axis went on: `max(0, t - W)` is `t - W`.

        Both are the same wherever neither is padding.
        """
        edge = self.edges[side]
        if edge is None:
            return form
        inside = [case for case in cases_of(form, most=side == BACK) if not self.farther(case, edge, side)]
        return inside[0] if len(inside) == 1 else form

    def _layers_over(self, sight: Sight, at: Symbol) -> tuple[Form, ...]:
        """Bounds on layers that hold over all values of a counter."""
        least = self._bound(sight.layers[LEAST], at, most=False)
        back, ahead = (self._few_over(sight, at, side, least) for side in (BACK, AHEAD))
        return (back, ahead, least, self._bound(sight.layers[MOST], at, most=True))

    def _bound(self, form: Form, at: Symbol, most: bool) -> Form:
        """As `extreme`; where that is not known, what holds of all layers."""
        try:
            return self.extreme(form, at, most)
        except Underived:
            return ENDLESS if most else ZERO

    def _few_over(self, sight: Sight, at: Symbol, side: int, least: Form) -> Form:
        """The fewest layers to the farthest position: of the one entry that sees it, or of any."""
        few = sight.layers[side]
        if not mentions(few, (at,)):
            return few
        steady = rise(sight.ends[side], at)
        rises, falls = self.at_least(steady, num(1)), self.at_least(num(-1), steady)
        if not (rises or falls):
            return least
        outmost = last_value(at) if bool(rises) == (side == AHEAD) else at.low
        return few.substitute({at: outmost}).expand()

    # Several sights -------------------------------------------------------------------------------

    def joined(self, sights: Iterable[Sight]) -> Sight:
        """Everything that one of several sees."""
        return reduce(self._both, sights)

    def _both(self, one: Sight, other: Sight) -> Sight:
        if one.key == other.key:
            return one
        if one.worked != other.worked:
            # The step that worked on one of them counts as a layer of its own.
            one, other = (replace(each.through(0, int(each.worked)), worked=False) for each in (one, other))

        first, back = self._end(one, other, BACK)
        last, ahead = self._end(one, other, AHEAD)
        least = self._least(one.layers[LEAST], other.layers[LEAST])
        most, solid = self._most(one, other)
        return Sight(
            (first, last),
            (back, ahead, least, most),
            solid,
            one.worked,
            one.along | other.along,
            one.parts | other.parts,
            near=self._near(one, other),
        )

    def _end(self, one: Sight, other: Sight, side: int) -> tuple[Form, Form]:
        """The farther of two ends, and the fewest layers to it."""
        if not self.farther(one.ends[side], other.ends[side], side):
            one, other = other, one
        end, near = one.ends[side], other.ends[side]
        if self.farther(end, near, side):
            return end, self._few_across(one, other, side)

        # Now the one is farther, now the other.
        far = maximum(end, near) if side == AHEAD else minimum(end, near)
        return far, minimum(one.layers[LEAST], other.layers[LEAST])

    def _few_across(self, one: Sight, other: Sight, side: int) -> Form:
        """The fewest layers to the end of the sight that goes farther.

        Where the nearer one is as far for some entries it counts too: the layers to the farther one where the gap is 1
        or more, else no more than what the nearer sight sees anything through.
        """
        few, others = one.layers[side], other.layers[LEAST]
        if one.ends[side] == other.ends[side]:
            return self._least(few, other.layers[side])
        if self.at_least(others, few):
            return few

        gap = less(one.ends[side], other.ends[side]).expand()
        if side == BACK:
            gap = -gap
        if self.at_least(gap, num(1)):
            return few
        if has_cases(few) or not self.at_least(few, others):
            # A form of it would grow from join to join.
            return self._least(one.layers[LEAST], others)
        return minimum(few, others + mul(few - others, gap))

    def _least(self, *forms: Form) -> Form:
        return outermost(forms, self.at_least, most=False)

    def _most(self, one: Sight, other: Sight) -> tuple[Form, bool]:
        """Through how many layers at most all is seen, and whether nothing is left out: one way to each is enough."""
        over, under = self.covers(one, other), self.covers(other, one)
        if over and under:
            return self._least(one.layers[MOST], other.layers[MOST]), True
        if over or under:
            return (one if over else other).layers[MOST], True
        return self._most_of_both(one, other)

    def _most_of_both(self, one: Sight, other: Sight) -> tuple[Form, bool]:
        """The same where neither sees all that the other sees."""
        # From join to join one maximum would stand in another, and each proof would go through all of them.
        ways = [way for sight in (one, other) for way in every_case(sight.layers[MOST])]
        most = outermost(ways, self.at_least, most=True)
        return most, one.solid and other.solid and self._touch(one, other)

    def _near(self, one: Sight, other: Sight) -> Sight | None:
        """What both together see through few layers, if it is known that all the rest takes more."""
        if one.near is not None and other.near is not None and one.near.layers[MOST] == other.near.layers[MOST]:
            return self._both(one.near, other.near)
        for near, far in ((one, other), (other, one)):
            for part in (near.near, replace(near, near=None)):
                if part is not None and self.below(part.layers[MOST], far.layers[LEAST]):
                    return part
        return None

    def clipped(self, sight: Sight) -> Sight:
        """A sight whose ends, where they are always outside of the input, are moved to its edges.

        Those edges may be seen from entries that are nearer to them, through fewer layers.
        """
        (first, last), (back, ahead, least, most) = sight.ends, sight.layers
        start, end = self.edges
        if end is None:
            # There is nothing to be clipped by: what a round adds is looked at by itself.
            return sight

        if first != start and self.at_least(start, first):
            first, back = start, least
        if last != end and self.at_least(last, end):
            last, ahead = end, least
        return replace(sight, ends=(first, last), layers=(back, ahead, least, most))

    def apart(self, sights: Sequence[Sight]) -> bool:
        """Whether at some place each of them surely misses something that another one sees."""
        return self._somewhere(sights, all)

    def differ(self, sights: Sequence[Sight]) -> bool:
        """Whether at some place one of them surely misses something that another one sees."""
        return self._somewhere(sights, any)

    def _somewhere(self, sights: Sequence[Sight], which: Callable[[Iterable[bool]], bool]) -> bool:
        """Whether that is proven of some or all of them: everywhere, or at some ends of the ranges of all counters."""
        end = self.edges[AHEAD]
        if end is None:
            return False
        with self.supposing(AtLeast(end, num(2))):
            places = (sights, *self._corners(sights, end))
            return any(which(self._misses(place)) for place in places)

    def _misses(self, sights: Sequence[Sight]) -> Iterator[bool]:
        """Of each whether it surely misses something that another one sees."""
        for one in sights:
            yield any(self._exceeds(other, one) for other in sights)

    def _exceeds(self, one: Sight, other: Sight) -> bool:
        """Whether one surely sees farther, in one direction."""
        return self.below(one.first, other.first) or self.below(other.last, one.last)

    def _corners(self, sights: Sequence[Sight], end: Form) -> Iterator[Sequence[Sight]]:
        """Sights at the ends of the ranges of all counters, from the inmost on, where they are inside of the input."""
        open_ = counters(form for sight in sights for form in sight.ends)
        if len(open_) > MOST_COUNTERS:
            # Each counter more doubles the corners.
            return
        if not open_:
            yield from self._all_within(sights, end)
            return

        inner = inmost(open_)
        for value in (last_value(inner), inner.low):
            corner = [sight.put({inner: value}) for sight in sights]
            yield from self._corners(corner, end)

    def _all_within(self, sights: Sequence[Sight], end: Form) -> Iterator[Sequence[Sight]]:
        """These sights, clipped, if they are inside of the input."""
        inside = list(map(self.clipped, sights))
        if all(self._within(sight, end) for sight in inside):
            yield inside

    def _within(self, sight: Sight, end: Form) -> bool:
        """Whether it surely sees no padding."""
        return bool(self.at_least(sight.first, ZERO) and self.at_least(end, sight.last))


def cases_of(form: Form, most: bool) -> list[Form]:
    """Forms of which one is the greatest, or the smallest; alone, where it is not known to be that of several."""
    part = next((part for part in within(form) if isinstance(part, Min | Max)), None)
    if part is None or not _prevails(part, form, most):
        return [form]
    return [_with_case(form, part, arg).expand() for arg in part.children]


def every_case(form: Form) -> list[Form]:
    """Forms of which one is the greatest, none of them with a maximum left to take apart; few, or the form alone."""
    cases = [form]
    while len(cases) <= MOST_CASES:
        apart = list(dict.fromkeys(deeper for case in cases for deeper in cases_of(case, most=True)))
        if len(apart) == len(cases):
            return cases
        cases = apart
    return [form]


def _prevails(part: Min | Max, form: Form, most: bool) -> bool:
    """Whether of a greatest, or a smallest, within a form it is the case that makes the form so, not another one."""
    rises = 1 if isinstance(part, Max) == most else -1
    return (_with_case(form, part, num(1)) - _with_case(form, part, ZERO)).number == rises


def _with_case(form: Form, part: Form, value: Form) -> Form:
    """A form with one of its parts replaced."""
    return value if form == part else rebuild(form, lambda child: _with_case(child, part, value))
