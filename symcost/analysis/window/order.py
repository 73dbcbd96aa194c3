"""Which of two sights goes farther, through fewer layers: proven for all values of the dimensions, or not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.sight import AHEAD, BACK, ENDLESS, LEAST, MOST, ZERO, Sight
from symcost.formula import Assumptions, AtLeast, Form, Symbol, maximum, minimum, mul, num, rebuild
from symcost.formula.along import counters, has_cases, inmost, last_value, rise, shorter, way, within
from symcost.formula.comparisons import Comparisons
from symcost.formula.form import Max, Min
from symcost.formula.numbers import Rational
from symcost.formula.parts import mentions, outermost

MOST_PROOFS = 500
"""Comparisons for one input; beyond, nothing more is taken for proven."""
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

    def extreme(self, form: Form, at: Symbol, most: bool) -> Form:
        """The greatest or the smallest over all values of a counter. Raises Underived."""
        if not mentions(form, (at,)):
            return form
        return shorter(form.substitute({at: self._farthest(form, at, most)}))

    def _farthest(self, form: Form, at: Symbol, most: bool) -> Form:
        """At which value of a counter a form is the greatest or the smallest. Raises Underived."""
        goes = way(form, at, self.at_least)
        if goes is None:
            raise Underived("it cannot be told which position is the farthest")
        return last_value(at) if (goes > 0) == most else at.low

    def _bound(self, form: Form, at: Symbol, most: bool) -> Form:
        """As `extreme`; where that is not known, what holds of all layers."""
        try:
            return self.extreme(form, at, most)
        except Underived:
            return ENDLESS if most else ZERO

    def _least(self, *forms: Form) -> Form:
        return outermost(forms, self.at_least, most=False)

    # One sight against another --------------------------------------------------------------------

    def same(self, one: Sight | None, other: Sight | None) -> bool:
        """Whether both see the same stretch."""
        if one is None or other is None:
            return one is other
        return self.equal(one.first, other.first) and self.equal(one.last, other.last)

    def covers(self, one: Sight, other: Sight) -> bool:
        """Whether one surely sees all that the other sees."""
        if not one.solid or not self.farther(one.first, other.first, BACK):
            return False
        return self.farther(one.last, other.last, AHEAD)

    def _exceeds(self, one: Sight, other: Sight) -> bool:
        """Whether one surely sees farther, in one direction."""
        return self.below(one.first, other.first) or self.below(other.last, one.last)

    def apart(self, sights: Sequence[Sight]) -> bool:
        """Whether at some place each of them surely misses something that another one sees."""
        return self._somewhere(sights, self._each_exceeded)

    def differ(self, one: Sight, other: Sight) -> bool:
        """Whether at some place one of them surely sees something that the other does not."""
        return self._somewhere((one, other), lambda pair: self._exceeds(*pair) or self._exceeds(*reversed(pair)))

    def _somewhere(self, sights: Sequence[Sight], holds: Callable[[Sequence[Sight]], bool]) -> bool:
        """Whether something is proven of sights everywhere, or at some ends of the ranges of all counters."""
        end = self.edges[AHEAD]
        if end is None:
            return False
        with self.supposing(AtLeast(end, num(2))):
            return holds(sights) or any(map(holds, self._corners(sights, end)))

    def _each_exceeded(self, sights: Sequence[Sight]) -> bool:
        return all(any(self._exceeds(other, one) for other in sights) for one in sights)

    def _corners(self, sights: Sequence[Sight], end: Form) -> Iterator[Sequence[Sight]]:
        """Sights at the ends of the ranges of all counters, from the inmost on, where they are inside of the input."""
        open_ = _counters_of_ends(sights)
        if len(open_) > MOST_COUNTERS:
            # Each counter more doubles the corners.
            return

        if not open_:
            yield from self._if_inside(sights, end)
            return

        inner = inmost(open_)
        for value in (last_value(inner), inner.low):
            corner = [sight.put({inner: value}) for sight in sights]
            yield from self._corners(corner, end)

    def _if_inside(self, sights: Sequence[Sight], end: Form) -> Iterator[Sequence[Sight]]:
        """One corner, if all sights there, with their ends moved to the edges, surely lie inside of the input."""
        inside = [self.clipped(sight) for sight in sights]
        if all(self._within(sight, end) for sight in inside):
            yield inside

    def _within(self, sight: Sight, end: Form) -> bool:
        """Whether it surely sees no padding."""
        return bool(self.at_least(sight.first, ZERO) and self.at_least(end, sight.last))

    # Two sights as one ----------------------------------------------------------------------------

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

    def _away_from_edge(self, form: Form, side: int) -> Form:
        """An end that is held inside of the input, as if the axis went on: `max(0, t - W)` is `t - W`.

        Both are the same wherever neither is padding.
        """
        part = next((part for part in within(form) if isinstance(part, Min | Max)), None)
        edge = self.edges[side]
        if part is None or edge is None:
            return form

        cases = [_with_case(form, part, arg).expand() for arg in part.args]
        if _goes_with(form, part) != (1 if isinstance(part, Max) == (side == BACK) else -1):
            # It is not the case nearest to the own position that prevails.
            return form
        inside = [case for case in cases if not self.farther(case, edge, side)]
        return inside[0] if len(inside) == 1 else form

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
        if one.worked != other.worked:
            # The step that worked on one of them counts as a layer of its own.
            one, other = one.unworked(), other.unworked()

        first, back = self._end(one, other, BACK)
        last, ahead = self._end(one, other, AHEAD)
        least = self._least(one.layers[LEAST], other.layers[LEAST])
        most, solid = self._most(one, other)
        layers = (back, ahead, least, most)
        along, parts, split = one.along | other.along, one.parts | other.parts, one.split | other.split
        return Sight((first, last), layers, solid, one.worked, along, parts, split, self._near(one, other))

    def _most(self, one: Sight, other: Sight) -> tuple[Form, bool]:
        """Through how many layers at most all is seen, and whether nothing is left out: one way to each is enough."""
        over, under = self.covers(one, other), self.covers(other, one)
        if over and under:
            return self._least(one.layers[MOST], other.layers[MOST]), True
        if over or under:
            return (one if over else other).layers[MOST], True
        most = outermost((one.layers[MOST], other.layers[MOST]), self.at_least, most=True)
        return most, one.solid and other.solid and self._touch(one, other)

    def _touch(self, one: Sight, other: Sight) -> bool:
        """Whether nothing lies between two sights."""
        return bool(self.at_least(one.last + 1, other.first) and self.at_least(other.last + 1, one.first))

    def _near(self, one: Sight, other: Sight) -> Sight | None:
        """What both together see through few layers, if it is known that all the rest takes more."""
        if one.near is not None and other.near is not None and one.near.layers[MOST] == other.near.layers[MOST]:
            return self._both(one.near, other.near)
        return self._nearer_than(one, other) or self._nearer_than(other, one)

    def _nearer_than(self, near: Sight, far: Sight) -> Sight | None:
        """What one sees through fewer layers than the other sees anything: a part of it, or all."""
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
        end, near = one.ends[side], other.ends[side]
        if not self.farther(end, near, side):
            # Now the one is farther, now the other.
            far = maximum(end, near) if side == AHEAD else minimum(end, near)
            return far, minimum(one.layers[LEAST], other.layers[LEAST])

        gap = (end - near if side == AHEAD else near - end).expand()
        if gap == 0:
            return end, self._least(one.layers[side], other.layers[side])
        return end, self._few_across(gap, one.layers[side], other.layers[LEAST], one.layers[LEAST])

    def _few_across(self, gap: Form, few: Form, near: Form, least: Form) -> Form:
        """The fewest layers to an end: `few`, or where there is no gap to another sight no more than `near`."""
        if self.at_least(gap, num(1)) or self.at_least(near, few):
            return few
        if has_cases(few) or not self.at_least(few, near):
            # A form of it would grow from join to join.
            return self._least(least, near)
        return minimum(few, near + mul(few - near, gap))

    # Ranges ---------------------------------------------------------------------------------------

    def over(self, sight: Sight, at: Symbol) -> Sight:
        """What is seen over all values of a counter. Raises Underived."""
        along = self._along_without(sight, at)
        near = sight.near and self.over(sight.near, at)

        first, last = self.extreme(sight.first, at, most=False), self.extreme(sight.last, at, most=True)
        ends = (self._away_from_edge(first, BACK), self._away_from_edge(last, AHEAD))
        layers = self._layers_over(sight, at) if sight.mentions((at,)) else sight.layers
        solid = sight.solid and self.touches(sight, at)
        whole = replace(sight, ends=ends, layers=layers, solid=solid, along=along, near=near)

        if near is None or not self.covers(near, whole):
            return whole
        # All of it is near to some entry.
        return replace(whole, layers=(*layers[:MOST], near.layers[MOST]), solid=True, near=None)

    def _along_without(self, sight: Sight, at: Symbol) -> frozenset[Symbol]:
        """Along which axes entries may see something else; in place of a counter those that its range depends on."""
        if at not in sight.along:
            return sight.along
        return (sight.along - {at}).union(counters((at.low, last_value(at))))

    def _layers_over(self, sight: Sight, at: Symbol) -> tuple[Form, ...]:
        least = self._bound(sight.layers[LEAST], at, most=False)
        back, ahead = (self._few_over(sight, at, side) for side in (BACK, AHEAD))
        most = self._bound(sight.layers[MOST], at, most=True)
        return (self._no_less(back, least), self._no_less(ahead, least), least, most)

    def _no_less(self, few: Form, least: Form) -> Form:
        return few if self.at_least(few, least) else least

    def _few_over(self, sight: Sight, at: Symbol, side: int) -> Form:
        """The fewest layers to the farthest position: of the one entry that sees it, or of any."""
        end, few = sight.ends[side], sight.layers[side]
        if not mentions(few, (at,)):
            return few
        steady = rise(end, at)
        if self.at_least(steady, num(1)) or self.at_least(num(-1), steady):
            return few.substitute({at: self._farthest(end, at, most=side == AHEAD)}).expand()
        return ZERO if has_cases(few) else self._bound(few, at, most=False)

    def touches(self, sight: Sight, at: Symbol) -> bool:
        """Whether what is seen at each value of a counter leaves nothing out up to that at the next."""
        if not sight.moves((at,)):
            return True
        return self._touch(sight, sight.put({at: (at + 1).expand()}))


def _with_case(form: Form, part: Form, value: Form) -> Form:
    """A form with one of its parts replaced."""
    return value if form == part else rebuild(form, lambda child: _with_case(child, part, value))


def _goes_with(form: Form, part: Form) -> Rational | None:
    """By how much a form rises with one of its parts, if that is a number."""
    return (_with_case(form, part, num(1)) - _with_case(form, part, ZERO)).number


def _counters_of_ends(sights: Sequence[Sight]) -> list[Symbol]:
    """The counters that the stretches depend on which are seen."""
    return counters(form for sight in sights for form in sight.ends)
