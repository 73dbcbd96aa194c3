"""Which of several sights goes farther, for all values of the dimensions: proven, or not known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, islice

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.sight import (
    AHEAD,
    BACK,
    NOTHING,
    Direction,
    End,
    Ends,
    Nearer,
    Sight,
    Stretch,
    Stretches,
    before,
    bound,
)
from symcost.formula import Assumptions, AtLeast, Form, Symbol, TooLarge, add, maximum, minimum, mul, num
from symcost.formula.form import Add, Ceil, Floor, Max, Min, Mul, Rational, magnitude
from symcost.formula.parts import mentions
from symcost.formula.terms import terms

MOST_ENDS = 4
"""So many positions with fewer and fewer layers are kept; of more the farthest only."""

MOST_CASES = 16
"""So many ends that are seen here or there are told apart."""

MOST_SAMPLES = 20
"""Numbers tried before a proof."""


class Farther:
    """Compares positions along an axis of the input; `last` is its last one, None where it has no end."""

    def __init__(self, assumptions: Assumptions, last: Form | None) -> None:
        self._assumptions = assumptions
        self._last = last
        self._proven: dict[object, bool | None] = {}

    def at_least(self, left: Form, right: Form, needs: tuple[Form, ...] = ()) -> bool | None:
        """As Assumptions.at_least, where none of `needs` is negative."""
        difference = (left - right).expand()
        if difference.number is not None:
            return difference.number >= 0
        key = (difference.key, *(need.key for need in needs))
        if key not in self._proven:
            self._proven[key] = self._decided(difference, needs)
        return self._proven[key]

    def equal(self, one: Form, other: Form) -> bool:
        """Whether they are the same for all values, as far as that is proven."""
        difference = (one - other).expand()
        if difference.number is not None or any(_values(difference, self._assumptions)):
            return difference == 0
        return bool(self.at_least(one, other) and self.at_least(other, one))

    def _decided(self, difference: Form, needs: tuple[Form, ...]) -> bool | None:
        """Numbers that speak for both answers are found sooner than no proof for either."""
        for need in needs:
            above, below = (difference - need).expand(), (difference + need).expand()
            if _smaller(above, difference) and self.at_least(above, num(0)):
                return True
            if _smaller(below, difference) and self.at_least(num(-1), below):
                return False
        facts = self._with(needs)
        if _of_both_signs(difference, facts):
            return None
        known = Assumptions(AtLeast(need, num(0)) for need in needs).at_least(difference, num(0))
        return facts.at_least(difference, num(0)) if known is None else known

    def _with(self, needs: tuple[Form, ...]) -> Assumptions:
        return self._assumptions.with_(*(AtLeast(need, num(0)) for need in needs))

    def _no_nearer(self, one: End, other: End, direction: Direction) -> bool | None:
        """Whether one end is as far as another wherever that one is."""
        there = {need.key for need in other.needs}
        if any(need.key not in there and not self.at_least(need, num(0), other.needs) for need in one.needs):
            return None
        if self._last is not None and one.position == (num(0) if direction == BACK else self._last):
            return True
        far, near = (one, other) if direction == AHEAD else (other, one)
        return self.at_least(far.position, near.position, other.needs)

    def pruned(self, ends: Iterable[End], direction: Direction) -> Ends:
        """The farthest, and nearer ones where they take fewer layers. Raises Underived where there are many."""
        kept: list[End] = []
        for end in (self._clipped(one, direction) for one in ends):
            hiding = next((n for n, other in enumerate(kept) if self._hides(other, end, direction)), None)
            if hiding is not None:
                kept[hiding] = self._hiding(kept[hiding], (end,), direction)
                continue
            hidden = [other for other in kept if self._hides(end, other, direction)]
            kept = [other for other in kept if other not in hidden]
            kept.append(self._hiding(end, hidden, direction))
        far = tuple(kept) if len(kept) <= MOST_ENDS else self.alone(kept, direction)
        if len(far) > MOST_CASES:
            raise Underived("it is put together from many parts")
        return far

    def _hiding(self, end: End, hidden: Sequence[End], direction: Direction) -> End:
        """An end beside such as it hides; a bound where it may be seen through fewer layers as one of them."""
        bounds = [end.nearer(other) for other in hidden if other.at_most]
        if not all(self._no_shorter(other, end, direction) for other in bounds):
            end = bound(end)
        return replace(end, others=(*end.others, *bounds)).beside(*hidden)

    def alone(self, ends: Sequence[End], direction: Direction) -> Ends:
        """The farthest only, if there is one, through the fewest layers."""
        for end in ends if len(ends) > 1 else ():
            if all(self._no_nearer(end, other, direction) for other in ends):
                level = [other for other in ends if other.position == end.position and not other.needs]
                near = self._shortest(level or [end])
                at_most = near.at_most or any(other.at_most for other in (end, *level))
                far = replace(end, layers=near.layers, worked=near.worked, at_most=at_most)
                nearer = [far.nearer(other) for other in ends if other.position != end.position]
                return (replace(far, others=(*far.others, *nearer)).beside(*ends),)
        return tuple(ends)

    def _shortest(self, ends: Sequence[End]) -> End:
        """Of ends alike the one through the fewest layers, whatever follows; a bound where that is not known."""
        for end in ends:
            if all(self._no_more(end, other) for other in ends):
                return end
        layers, worked = minimum(*(end.layers for end in ends)), {end.worked for end in ends}
        return replace(ends[0], layers=layers, worked=worked == {True}, at_most=len(worked) > 1)

    def _no_more(self, one: End | Stretch, other: End | Stretch, needs: tuple[Form, ...] = ()) -> bool:
        """Whether one is seen through no more layers than the other, whatever works on both of them."""
        pairs = ((before(other), before(one)), (other.layers, one.layers))
        return all(self.at_least(a, b, needs) for a, b in pairs)

    def lone(self, sight: Sight) -> Sight:
        """Both ways."""
        return Sight(self.alone(sight.back, BACK), self.alone(sight.ahead, AHEAD), sight.surely)

    def _hides(self, one: End, other: End, direction: Direction) -> bool:
        if not self._no_nearer(one, other, direction):
            return False
        return self._no_more(one, other, other.needs)

    def _clipped(self, end: End, direction: Direction) -> End:
        """An end that is always outside of the input, moved to its edge."""
        if self._last is None:
            return end
        edge = num(0) if direction == BACK else self._last
        outside = self.at_least(edge, end.position) if direction == BACK else self.at_least(end.position, edge)
        if not outside or end.position == edge:
            return end
        end = replace(end, position=edge)
        return end if all(self._no_shorter(other, end, direction) for other in end.others) else bound(end)

    def merged(self, sights: Iterable[Sight]) -> Sight:
        """Everything that one of several sees."""
        seen = [sight for sight in sights if sight]
        if len({sight.key for sight in seen}) < 2:
            return seen[0] if seen else NOTHING
        back = self.pruned((end for sight in seen for end in sight.back), BACK)
        ahead = self.pruned((end for sight in seen for end in sight.ahead), AHEAD)
        return Sight(back, ahead, self._fused(stretch for sight in seen for stretch in sight.surely))

    # Stretches ------------------------------------------------------------------------------------

    def _fused(self, stretches: Iterable[Stretch]) -> Stretches:
        """All of them that is one stretch, and those in it through fewer layers; without those that lie in others."""
        level = self._joined(stretches, lambda one, other: one if one == other else None)
        if len(level) < 2:
            return tuple(level)
        kept = self._joined(level, self._greater)
        cases = Counter(one.case for one in kept)
        for one in level:
            if cases[one.case] < MOST_ENDS and not any(self._within(one, other) for other in kept):
                cases[one.case] += 1
                kept.append(one)
        return tuple(kept)

    def _joined(self, stretches: Iterable[Stretch], layers: Callable[[Form, Form], Form | None]) -> list[Stretch]:
        """Those that touch put together where it is known which are the most layers of both."""
        kept: list[Stretch] = []
        for one in stretches:
            n = 0
            while n < len(kept):
                both = self._both(kept[n], one, layers)
                if both is None:
                    n += 1
                else:
                    del kept[n]
                    one, n = both, 0
            kept.append(one)
        return kept

    def _both(self, one: Stretch, other: Stretch, layers: Callable[[Form, Form], Form | None]) -> Stretch | None:
        """All of two stretches, if it is one."""
        if self._within(other, one):
            return one
        if self._within(one, other):
            return other
        if one.case != other.case or one.worked != other.worked:
            return None
        most, needs, pairs = layers(one.layers, other.layers), one.needs, ((one, other), (other, one))
        if most is None or not all(self.at_least((a.last + 1).expand(), b.first, needs) for a, b in pairs):
            return None
        first = next((a.first for a, b in pairs if self._no_before(a.first, b.first, needs)), None)
        last = next((a.last for a, b in pairs if self._no_behind(a.last, b.last, needs)), None)
        return None if first is None or last is None else Stretch(first, last, most, needs, one.worked)

    def _greater(self, one: Form, other: Form) -> Form | None:
        """The greater of two, if it is known which."""
        return one if self.at_least(one, other) else other if self.at_least(other, one) else None

    def _within(self, one: Stretch, other: Stretch) -> bool:
        """Whether one stretch lies in another wherever it is seen, which is through no more layers."""
        known = {need.key for need in one.needs}
        return (
            all(need.key in known or self.at_least(need, num(0), one.needs) for need in other.needs)
            and self._no_before(other.first, one.first, one.needs)
            and self._no_behind(other.last, one.last, one.needs)
            and self._no_more(other, one, one.needs)
        )

    def _no_before(self, one: Form, other: Form, needs: tuple[Form, ...]) -> bool:
        """Whether one position is no behind another or the first of all."""
        return bool(one == num(0) and self._last is not None) or bool(self.at_least(other, one, needs))

    def _no_behind(self, one: Form, other: Form, needs: tuple[Form, ...]) -> bool:
        """Whether one position is no before another or the last of all."""
        return one == self._last or bool(self.at_least(one, other, needs))

    def _over(self, stretch: Stretch, at: Symbol) -> Iterator[Stretch]:
        """What a stretch is over all values of a counter: one again, where each touches the next."""
        if not stretch.mentions((at,)):
            yield stretch
            return
        if any(mentions(form, (at,)) for form in (stretch.first, stretch.last)):
            after = stretch.put({at: (at + 1).expand()})
            between = [(a.last + 1 - b.first).expand() for a, b in ((stretch, after), (after, stretch))]
            open_ = [need for need in between if not self.at_least(need, num(0), (*stretch.needs, *after.needs))]
            if any(mentions(need, (at,)) for need in open_):
                return
            stretch = replace(stretch, needs=(*stretch.needs, *open_))
        found: list[End] = []
        for form, direction in ((stretch.first, BACK), (stretch.last, AHEAD), (stretch.layers, AHEAD)):
            try:
                found += self._farthest(End(form, num(0), stretch.needs), at, direction)
            except Underived:
                return
        if len(found) == 3:
            first, last, layers = (end.position for end in found)
            yield Stretch(first, last, layers, found[0].needs, stretch.worked)

    def surely(self, sight: Sight, first: Form, last: Form) -> Iterator[Form]:
        """Through how many layers at most everything from one position to another is seen, as far as that is sure."""
        parts = [*combinations(sight.surely, 2), sight.surely]
        for one in (*sight.surely, *(one for part in parts for one in self._joined(part, maximum))):
            if self._within(Stretch(first, last, one.layers, worked=one.worked), one):
                yield one.layers

    # Positions ------------------------------------------------------------------------------------

    def put(self, sight: Sight, values: Mapping[Symbol, Form], needs: tuple[Form, ...] = ()) -> Sight:
        """The same for other positions; what cannot be seen there is left out."""

        def there(ends: Ends, direction: Direction) -> Ends:
            found = [moved for end in ends for moved in self._put(end, values, needs)]
            level = [self.caught_up(end, direction) for end in found]
            return self.pruned((bound(end) if far else end for end, far in zip(found, level, strict=True)), direction)

        changed = [symbol for symbol, value in values.items() if symbol.key != value.key]
        if not needs and not sight.mentions(changed):
            return sight
        surely = self._fused(moved for one in sight.surely for moved in self._stretch_put(one, values, needs))
        return Sight(there(sight.back, BACK), there(sight.ahead, AHEAD), surely)

    def _open(self, needs: Iterable[Form]) -> tuple[Form, ...] | None:
        """Those of which it is not known that they hold; None where one does not."""
        kept: dict[int, Form] = {}
        for need in needs:
            known = self.at_least(need, num(0))
            if known is False:
                return None
            if known is None:
                kept[need.key] = need
        return tuple(kept.values())

    def _stretch_put(self, one: Stretch, values: Mapping[Symbol, Form], needs: tuple[Form, ...]) -> Stretches:
        moved = one.put(values)
        left = self._open((*moved.needs, *needs))
        return () if left is None else (replace(moved, needs=left),)

    def _put(self, end: End, values: Mapping[Symbol, Form], needs: tuple[Form, ...]) -> Ends:
        moved = end.put(values)
        left = self._open((*moved.needs, *needs))
        if left is None:
            return ()
        return (replace(moved, position=shorter(moved.position), layers=shorter(moved.layers), needs=left),)

    def caught_up(self, end: End, direction: Direction) -> bool:
        """Whether a position that was nearer is as far: `t` at the last step is `T - 1`."""
        sign = num(direction)
        return any(
            other.position is not None
            and self.at_least(sign * other.position, sign * end.position)
            and not self.at_least(other.layers, end.layers, end.needs)
            for other in end.others
        )

    def _no_shorter(self, other: Nearer, end: End, direction: Direction) -> bool:
        """Whether there are no fewer layers to a nearer position wherever that is as far."""
        if other.position is None:  # as far where both are moved to the edge
            return bool(self.at_least(other.layers, end.layers, end.needs))
        gap = (num(direction) * (end.position - other.position)).expand()
        return bool(
            self.at_least(gap, num(1), end.needs)
            or self.at_least(other.layers, end.layers, (*end.needs, (-gap).expand()))
        )

    def farthest(self, sight: Sight, at: Symbol) -> Sight:
        """The farthest over all values of a counter.

        Raises Underived where it is neither at the beginning nor at the end.
        """

        def far(direction: Direction) -> Ends:
            found = (one for end in sight.towards(direction) for one in self._farthest(end, at, direction))
            return self.pruned(found, direction)

        return Sight(far(BACK), far(AHEAD), self._fused(one for part in sight.surely for one in self._over(part, at)))

    def _farthest(self, end: End, at: Symbol, direction: Direction) -> Ends:
        here = mentions(end.position, (at,)) or mentions(end.layers, (at,))
        moving = (other for other in end.others if other.position is not None and mentions(other.position, (at,)))
        if not here and not all(self._no_shorter(other, end, direction) for other in moving):
            end = bound(end)
        if not end.mentions((at,)):
            return (end,)
        assert at.high is not None
        low, high = at.low, (at.high - 1).expand()
        others = tuple(need for need in end.needs if not mentions(need, (at,)))
        for need in end.needs:
            if need in others:
                continue
            slope, rest = rise(need, at), need.substitute({at: num(0)})
            if slope == 1:
                low = self._extreme((-rest).expand(), low, AHEAD)
            elif slope == -1:
                high = self._extreme(rest.expand(), high, BACK)
            else:
                raise Underived("it cannot be told which positions take part")
        moves = mentions(end.position, (at,))
        form = -end.layers if not moves else end.position if direction == AHEAD else -end.position
        way = self._way(form, at)
        if moves and way is None:
            raise Underived("it cannot be told which position is the farthest")
        varied = moves and mentions(end.layers, (at,))
        sure = self.at_least(size(rise(end.position, at)), num(1)) if varied else way is not None
        put = replace(
            end,
            needs=others,
            at_most=end.at_most or not sure,  # layers at any of the values are a bound
            others=(*end.others, *([Nearer(None, num(0))] if varied else [])),
        )
        return self._put(put, {at: low if way is not None and way <= 0 else high}, ((high - low).expand(),))

    def _way(self, form: Form, at: Symbol) -> int | None:
        """1 where a form rises with a symbol, -1 where it falls, 0 where it stays, None where that is not known."""
        if not mentions(form, (at,)):
            return 0
        match form:
            case Add():
                ways = {self._way(term, at) for term in form.terms} - {0}
            case Mul():
                moving = [factor for factor in form.factors if mentions(factor, (at,))]
                rest = mul(form.coefficient, *(factor for factor in form.factors if not mentions(factor, (at,))))
                sign = 1 if self.at_least(rest, num(0)) else -1 if self.at_least(num(0), rest) else None
                way = self._way(moving[0], at) if len(moving) == 1 else None
                ways = {None if sign is None or way is None else sign * way}
            case Floor() | Ceil() if not mentions(form.denominator, (at,)) and self.at_least(form.denominator, num(0)):
                ways = {self._way(form.numerator, at)}
            case Min() | Max():
                ways = {self._way(arg, at) for arg in form.args} - {0}
            case _:
                ways = {None}
        if len(ways) == 1 and None not in ways:
            return ways.pop()
        more = rise(form, at)
        return 1 if self.at_least(more, num(0)) else -1 if self.at_least(num(0), more) else None

    def _extreme(self, one: Form, other: Form, direction: Direction) -> Form:
        if self.at_least(one, other):
            return one if direction == AHEAD else other
        if self.at_least(other, one):
            return other if direction == AHEAD else one
        return maximum(one, other) if direction == AHEAD else minimum(one, other)


def _smaller(one: Form, other: Form) -> bool:
    """Whether it speaks of fewer symbols, and so is sooner decided."""
    return len(one.free_symbols) < len(other.free_symbols)


def _values(form: Form, facts: Assumptions) -> Iterator[Rational]:
    """What a form is at small numbers."""
    try:
        for values in islice(facts.samples(form), MOST_SAMPLES):
            yield form.evaluate(values)
    except (TooLarge, ZeroDivisionError):
        return


def _of_both_signs(form: Form, facts: Assumptions) -> bool:
    """Whether small numbers show that it is negative here and not there."""
    signs: set[bool] = set()
    for value in _values(form, facts):
        signs.add(value >= 0)
        if len(signs) == 2:
            return True
    return False


def rise(form: Form, at: Symbol) -> Form:
    """How much a form grows from one value of a symbol to the next."""
    return (form.substitute({at: (at + 1).expand()}) - form).expand()


def shorter(form: Form) -> Form:
    """As it stands, or written out, whichever has fewer terms."""
    expanded = form.expand()
    return expanded if len(terms(expanded)) <= len(terms(form)) else form


def less(left: Form, right: Form) -> Form:
    """The difference, its terms as they stand."""
    return shorter(add(left, *(-term for term in terms(right))))


def size(form: Form) -> Form:
    """The number without its sign, if it is one."""
    return num(magnitude(form.number)) if form.number is not None else form
