"""Windows: the stretch of an input that every entry of a tensor is made from, and through how many layers.

An entry sees from its farthest position back to its farthest ahead, and of those in between some stretches surely; gaps
(dilation) count for its width. Positions may lie before the beginning or behind the end, where padding stands: a window
is as it is away from the ends, and every axis has more than one position.

A layer is an operation with arithmetic where positions meet: one that reads entries of an operand that see something
else, or operands none of which sees all that the result does. A convolution is one, so is attention; moving (pad,
select, transpose), pointwise operations and the sum around a residual connection are none. A step of a scan that
carries something is one as a whole; of a scan inside of a step each step is one, together with what the step around it
has done since.
The layers of a window are the fewest on a path from its farthest position (Vaswani et al. 2017, section 4).

A loop is solved by a guess that is then proven by induction: after every round what it carries is as guessed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from typing import Literal, Protocol, TypeVar

from symcost.analysis.chains import Underived, mentions
from symcost.analysis.reads import Axes, Read, reads
from symcost.errors import UnderivedWindow
from symcost.formula import (
    Assumptions,
    AtLeast,
    Form,
    Symbol,
    TooLarge,
    add,
    ceil_div,
    counter,
    floor_div,
    maximum,
    minimum,
    mul,
    num,
    power,
    sum_over,
)
from symcost.formula.form import Add, Ceil, Floor, Max, Min, Mul, Pow, magnitude
from symcost.formula.terms import terms
from symcost.graph.graph import Block, Graph, Operation, Parameter, Shape, Tensor

MOST_ROUNDS = 40
"""Rounds of a loop that are followed one by one where no formula is found."""

MOST_ENDS = 4
"""So many positions with fewer and fewer layers are kept; of more the farthest only."""

MOST_SAMPLES = 20
"""Numbers tried before a proof."""

Direction = Literal[-1, 1]
BACK: Direction = -1
AHEAD: Direction = 1


@dataclass(frozen=True, slots=True)
class Nearer:
    """A position that is nearer, if None any of them, and through how many layers it is seen at least."""

    position: Form | None
    layers: Form

    @property
    def forms(self) -> tuple[Form, ...]:
        return (self.layers,) if self.position is None else (self.position, self.layers)

    def put(self, values: Mapping[Symbol, Form]) -> Nearer:
        """The same for other positions."""
        position = None if self.position is None else self.position.substitute(values)
        return Nearer(position, self.layers.substitute(values))


@dataclass(frozen=True, slots=True)
class End:
    """The farthest position in one direction, by the entry that sees it, and the fewest layers on a path from there.

    It is seen where every one of `needs` is 0 or more. `worked`: the last of its layers is the step of a scan that is
    followed. `others`: nearer positions that may take fewer layers and are followed no more; once one of them may be as
    far, at the edge of the input, the layers are a bound (`at_most`).
    """

    position: Form
    layers: Form
    needs: tuple[Form, ...] = ()
    worked: bool = False
    others: tuple[Nearer, ...] = ()
    at_most: bool = False

    @property
    def forms(self) -> tuple[Form, ...]:
        return (self.position, self.layers, *self.needs, *(form for other in self.others for form in other.forms))

    @property
    def key(self) -> tuple[object, ...]:
        return (len(self.others), self.at_most, self.worked, *(form.key for form in self.forms))

    def mentions(self, symbols: Iterable[Symbol]) -> bool:
        return any(mentions(form, symbols) for form in self.forms)

    def put(self, values: Mapping[Symbol, Form]) -> End:
        """The same for other positions."""
        needs = tuple(form.substitute(values) for form in self.needs)
        others = tuple(other.put(values) for other in self.others)
        position, layers = self.position.substitute(values), self.layers.substitute(values)
        return replace(self, position=position, layers=layers, needs=needs, others=others)

    def through(self, layers: Form) -> End:
        """The same through so many layers more."""
        others = tuple(Nearer(other.position, other.layers + layers) for other in self.others)
        return replace(self, layers=self.layers + layers, others=others)

    def beside(self, *hidden: End) -> End:
        """An end, and the nearer positions of such as it hides."""
        others = [*self.others, *(other for end in hidden for other in end.others)]
        return replace(self, others=_once(others)) if others else self

    def nearer(self, end: End) -> Nearer:
        """Another end as one of the nearer positions; what works on both may have done so on that one already."""
        return Nearer(end.position, num(0) if end.at_most else end.layers if self.worked else _before(end))


Ends = tuple[End, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Positions that are all seen, each through so many layers at most, where every one of `needs` is 0 or more."""

    first: Form
    last: Form
    layers: Form
    needs: tuple[Form, ...] = ()
    worked: bool = False

    @property
    def forms(self) -> tuple[Form, ...]:
        return (self.first, self.last, self.layers, *self.needs)

    @property
    def case(self) -> frozenset[int]:
        """What it needs."""
        return frozenset(need.key for need in self.needs)

    @property
    def key(self) -> tuple[object, ...]:
        return (self.worked, *(form.key for form in self.forms))

    def mentions(self, symbols: Iterable[Symbol]) -> bool:
        return any(mentions(form, symbols) for form in self.forms)

    def put(self, values: Mapping[Symbol, Form]) -> Stretch:
        """The same for other positions."""
        first, last, layers, *needs = (form.substitute(values) for form in self.forms)
        return Stretch(first, last, layers, tuple(needs), self.worked)

    def through(self, layers: Form) -> Stretch:
        """The same through so many layers more."""
        return replace(self, layers=self.layers + layers)


Stretches = tuple[Stretch, ...]
Seen = TypeVar("Seen", End, Stretch)


def _before(seen: End | Stretch) -> Form:
    """The layers before the step that is followed; outside of steps all of them."""
    return seen.layers - 1 if seen.worked else seen.layers


class Change(Protocol):
    """What is done to ends and stretches alike."""

    def __call__(self, seen: Seen, /) -> Seen: ...


def _further(seen: Seen) -> Seen:
    """Through one layer more."""
    return seen.through(num(1))


def _stepped(seen: Seen) -> Seen:
    """What the step that is followed has worked on."""
    return seen if seen.worked else replace(seen.through(num(1)), worked=True)


def _ended(seen: Seen) -> Seen:
    """The same when the step is over."""
    return replace(seen, worked=False)


@dataclass(frozen=True, slots=True)
class Sight:
    """What an entry sees: its farthest positions back and ahead; several where none is always the farthest.

    Of the positions in between those of `surely` are seen; others may be left out.
    """

    back: Ends = ()
    ahead: Ends = ()
    surely: Stretches = ()

    def __bool__(self) -> bool:
        return bool(self.back)

    @property
    def ends(self) -> Ends:
        """Those of both directions."""
        return (*self.back, *self.ahead)

    def mentions(self, symbols: Sequence[Symbol]) -> bool:
        return any(end.mentions(symbols) for end in self.ends) or any(one.mentions(symbols) for one in self.surely)

    def each(self, change: Change) -> Sight:
        """With every end and every stretch changed."""
        back, ahead = (tuple(map(change, ends)) for ends in (self.back, self.ahead))
        return Sight(back, ahead, tuple(map(change, self.surely)))

    def towards(self, direction: Direction) -> Ends:
        return self.back if direction == BACK else self.ahead

    @property
    def key(self) -> tuple[object, ...]:
        ends = (tuple(end.key for end in self.back), tuple(end.key for end in self.ahead))
        return (*ends, tuple(stretch.key for stretch in self.surely))


NOTHING = Sight()


@dataclass(frozen=True, slots=True)
class Part:
    """What a result sees in one operand; `spread`: not every entry of it that is read sees the same.

    `doubtful`: they may be the same in other words.
    """

    sight: Sight
    spread: bool
    doubtful: bool


Guess = Callable[[Block, Sequence[Sight], Sequence[Sight]], Sequence[Sight]]


def window(graph: Graph, port: Tensor, axis: int, assumptions: Assumptions, between: bool = False) -> Windows:
    """The windows of all tensors of a graph on an axis of one of its ports; if asked for, with what lies between.

    Raises UnderivedWindow.
    """
    windows = Windows(assumptions, (port.shape[axis] - 1).expand())
    place = windows.axes(port)[axis]
    seen = End(place, num(0))
    windows.seen[port] = Sight((seen,), (seen,), (Stretch(place, place, num(0)),) if between else ())
    windows.follow(graph)
    return windows


class Windows:
    """Follows a graph from the input on; `last` is the last position of the input, None where it has no end."""

    def __init__(self, assumptions: Assumptions, last: Form | None) -> None:
        self.seen: dict[Tensor, Sight] = {}
        self._assumptions = assumptions
        self._last = last
        self._places: dict[tuple[int, int], Symbol] = {}
        self._proven: dict[object, bool | None] = {}
        self._calls: dict[object, tuple[Sight, ...]] = {}
        self._stepping = False

    def axes(self, tensor: Tensor) -> Axes:
        """A symbol for the position along each axis; tensors of one shape share them, and with them what is proven."""
        return tuple(self._place_of(number, size) for number, size in enumerate(tensor.shape))

    def _place_of(self, number: int, size: Form) -> Symbol:
        if (number, size.key) not in self._places:
            self._places[number, size.key] = counter("p", 0, size)
        return self._places[number, size.key]

    def of(self, tensor: Tensor) -> Sight:
        """What the entries of a tensor see."""
        return self.seen.get(tensor, NOTHING)

    # Farther or not -------------------------------------------------------------------------------

    def at_least(self, left: Form, right: Form, needs: tuple[Form, ...] = ()) -> bool | None:
        """As Assumptions.at_least, where none of `needs` is negative."""
        difference = (left - right).expand()
        if difference.number is not None:
            return difference.number >= 0
        key = (difference.key, *(need.key for need in needs))
        if key not in self._proven:
            self._proven[key] = self._decided(difference, needs)
        return self._proven[key]

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
        """The farthest, and nearer ones where they take fewer layers."""
        kept: list[End] = []
        for end in (self._clipped(one, direction) for one in ends):
            hiding = next((n for n, other in enumerate(kept) if self._hides(other, end, direction)), None)
            if hiding is not None:
                kept[hiding] = self._hiding(kept[hiding], (end,), direction)
                continue
            hidden = [other for other in kept if self._hides(end, other, direction)]
            kept = [other for other in kept if other not in hidden]
            kept.append(self._hiding(end, hidden, direction))
        return tuple(kept) if len(kept) <= MOST_ENDS else self.alone(kept, direction)

    def _hiding(self, end: End, hidden: Sequence[End], direction: Direction) -> End:
        """An end beside such as it hides; a bound where it may be seen through fewer layers as one of them."""
        bounds = [end.nearer(other) for other in hidden if other.at_most]
        if not all(self._no_shorter(other, end, direction) for other in bounds):
            end = _bound(end)
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
        pairs = ((_before(other), _before(one)), (other.layers, one.layers))
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
        return end if all(self._no_shorter(other, end, direction) for other in end.others) else _bound(end)

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
        kept: list[Stretch] = []
        cases: Counter[frozenset[int]] = Counter()
        for one in self._joined(level, self._greater) if len(level) > 1 else level:
            cases[one.case] += 1
            kept.append(one)
        for one in level if len(level) > 1 else ():
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
        most = layers(one.layers, other.layers) if one.case == other.case and one.worked == other.worked else None
        if most is None or not all(
            self.at_least((a.last + 1).expand(), b.first, one.needs) for a, b in ((one, other), (other, one))
        ):
            return None
        first = next(
            (a.first for a, b in ((one, other), (other, one)) if self._no_before(a.first, b.first, a.needs)), None
        )
        last = next((a.last for a, b in ((one, other), (other, one)) if self._no_behind(a.last, b.last, a.needs)), None)
        return None if first is None or last is None else Stretch(first, last, most, one.needs, one.worked)

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
                found += self._farthest(End(form, num(0), stretch.needs), at, direction)[0]
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
            return self.pruned((_bound(end) if far else end for end, far in zip(found, level, strict=True)), direction)

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

    def farthest(self, sight: Sight, at: Symbol) -> tuple[Sight, list[Form]]:
        """The farthest over all values of a counter, and at which of them it is.

        Raises Underived where it is neither at the beginning nor at the end.
        """
        chosen: list[Form] = []
        sides: list[Ends] = []
        for direction in (BACK, AHEAD):
            found: list[End] = []
            for end in sight.towards(direction):
                one, where = self._farthest(end, at, direction)
                found += one
                chosen += [w for w in where if all(w != other for other in chosen)]
            sides.append(self.pruned(found, direction))
        back, ahead = sides
        return Sight(back, ahead, self._fused(one for part in sight.surely for one in self._over(part, at))), chosen

    def _farthest(self, end: End, at: Symbol, direction: Direction) -> tuple[Ends, list[Form]]:
        here = mentions(end.position, (at,)) or mentions(end.layers, (at,))
        moving = (other for other in end.others if other.position is not None and mentions(other.position, (at,)))
        if not here and not all(self._no_shorter(other, end, direction) for other in moving):
            end = _bound(end)
        if not end.mentions((at,)):
            return (end,), []
        assert at.high is not None
        low, high = at.low, (at.high - 1).expand()
        others = tuple(need for need in end.needs if not mentions(need, (at,)))
        for need in end.needs:
            if need in others:
                continue
            slope, rest = _rise(need, at), need.substitute({at: num(0)})
            if slope == 1:
                low = self._extreme((-rest).expand(), low, AHEAD)
            elif slope == -1:
                high = self._extreme(rest.expand(), high, BACK)
            else:
                raise Underived("it cannot be told which positions take part")
        where = self._turn(end, at, direction, low, high)
        varied = mentions(end.position, (at,)) and mentions(end.layers, (at,))
        sure = not varied or self.at_least(_size(_rise(end.position, at)), num(1))
        put = replace(
            end,
            needs=others,
            at_most=end.at_most or not sure,
            others=(*end.others, *([Nearer(None, num(0))] if varied else [])),
        )
        found = self._put(put, {at: where}, ((high - low).expand(),))
        return found, [where] if mentions(end.position, (at,)) else []

    def _turn(self, end: End, at: Symbol, direction: Direction, low: Form, high: Form) -> Form:
        """The value of a counter at which an end is farthest, or through the fewest layers if it is as far at all."""
        form = end.position if direction == AHEAD else -end.position
        if not mentions(end.position, (at,)):
            form = -end.layers
        way = self._way(form, at)
        if way is None:
            raise Underived("it cannot be told which position is the farthest")
        return high if way > 0 else low

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
        rise = _rise(form, at)
        return 1 if self.at_least(rise, num(0)) else -1 if self.at_least(num(0), rise) else None

    def _extreme(self, one: Form, other: Form, direction: Direction, needs: tuple[Form, ...] = ()) -> Form:
        if self.at_least(one, other, needs):
            return one if direction == AHEAD else other
        if self.at_least(other, one, needs):
            return other if direction == AHEAD else one
        return maximum(one, other) if direction == AHEAD else minimum(one, other)

    # Graphs ---------------------------------------------------------------------------------------

    def follow(self, graph: Graph) -> None:
        """Say what every tensor of a graph sees."""
        for node in graph:
            match node:
                case Parameter() | Block(kind="layer"):
                    continue
                case _ if not any(self.of(tensor) for tensor in node.inputs):
                    self.seen |= dict.fromkeys(node.outputs, NOTHING)
                    continue
            try:
                match node:
                    case Operation():
                        self._operation(node)
                    case Block(kind="call"):
                        self._call(node)
                    case Block(kind="choose"):
                        self.follow(node.graph)
                        for one in node.emitted:
                            self.seen[one.stacked] = self._moved(self.of(one.each), one.each, one.stacked, 1)
                    case Block():
                        self._loop(node)
            except Underived as why:
                what = node.name if isinstance(node, Block) else node.kind
                repeated = isinstance(node, Block) and bool(node.count.free_symbols)
                mend = "with numbers for the repeat counts, rounds are followed one by one" if repeated else None
                raise UnderivedWindow(f"`{what}`", str(why), node.span, mend) from None

    def _moved(self, sight: Sight, source: Tensor, target: Tensor, skip: int = 0) -> Sight:
        """The same over the axes of another tensor, whose first `skip` axes are its own."""
        return self.put(sight, dict(zip(self.axes(source), self.axes(target)[skip:], strict=True)))

    def _call(self, block: Block) -> None:
        ports = zip(block.inputs, block.graph.ports, strict=True)
        arriving = [(port, self._moved(self.of(outer), outer, port)) for outer, port in ports]
        key = (block.graph, self._stepping, *(sight.key for _, sight in arriving))
        if key not in self._calls:
            self.seen |= dict(arriving)
            self.follow(block.graph)
            self._calls[key] = tuple(map(self.of, block.graph.results))
        for made, sight, out in zip(block.graph.results, self._calls[key], block.outputs, strict=True):
            self.seen[out] = self._moved(sight, made, out)

    # Operations -----------------------------------------------------------------------------------

    def _operation(self, operation: Operation) -> None:
        for number, out in enumerate(operation.outputs):
            parts: list[Part] = []
            for read in self._reads(operation, number, self.axes(out)):
                if self.of(read.tensor):
                    part = self._read(read)
                    parts += [part] if part.sight else []
            self.seen[out] = self._met(operation, parts)

    def _read(self, read: Read) -> Part:
        """What an entry of a result sees in one operand."""
        values = dict(zip(self.axes(read.tensor), read.positions, strict=True))
        sight, spread, sure = self.put(self.of(read.tensor), values, read.needs), False, False
        for at in read.over:
            if not self.at_least(at.low, (at.high - 1).expand() if at.high is not None else at.low):
                ends = sight.ends
                moves = any(mentions(form, (at,)) for end in ends for form in (end.position, end.layers))
                others = any(mentions(form, (at,)) for end in ends for other in end.others for form in other.forms)
                cases = [self._cases(sight.towards(direction), at) for direction in (BACK, AHEAD)]
                spread = spread or moves or others or any(len({_keys(case) for case in side}) > 1 for side in cases)
                sure = sure or moves or self._differ(cases)
            sight, _ = self.farthest(sight, at)
        return Part(sight, spread, spread and not sure)

    def _cases(self, ends: Ends, at: Symbol) -> list[Ends]:
        """The ends that are seen at some values of a counter only, by case, without what they need."""
        cases: dict[tuple[int, ...], Ends] = {}
        for end in ends:
            if any(mentions(need, (at,)) for need in end.needs):
                case = tuple(need.key for need in end.needs)
                cases[case] = (*cases.get(case, ()), replace(end, needs=()))
        return list(cases.values())

    def _differ(self, sides: Sequence[Sequence[Ends]]) -> bool:
        """Whether in some case it is certainly seen farther than in others, by numbers that show it."""

        def apart(one: Form, other: Form) -> bool:
            same = self._assumptions.counterexample_for(lambda at: one.evaluate(at) == other.evaluate(at), one, other)
            return same is not None

        for direction, cases in zip((BACK, AHEAD), sides, strict=True):
            far = [self.alone(case, direction) for case in cases]
            if any(apart(a[0].position, b[0].position) for a, b in combinations(far, 2) if len(a) == 1 == len(b)):
                return True
        return False

    def _met(self, operation: Operation, parts: Sequence[Part]) -> Sight:
        works = bool(operation.cost.counts)
        sights = [part.sight for part in parts]
        meet = works and not self._stepping and len({sight.key for sight in sights}) > 1
        meet = meet and not any(all(self._covers(one, other) for other in sights) for one in sights)

        def worked(part: Part) -> Sight:
            if not works:
                return part.sight
            if self._stepping:
                return part.sight.each(_stepped)
            if not (meet or part.spread):
                return part.sight
            doubtful = part.doubtful and not meet
            more = part.sight.each(_further)
            return (
                replace(more, back=tuple(map(_bound, more.back)), ahead=tuple(map(_bound, more.ahead)))
                if doubtful
                else more
            )

        return self.merged(map(worked, parts))

    def _covers(self, one: Sight, other: Sight) -> bool:
        """Whether one sees all that another one sees. Raises Underived."""
        return one.key == other.key or all(
            self._by_cases(one.towards(direction), end, direction)
            or any(self._reaches(far, end, direction) for far in one.towards(direction))
            for direction in (BACK, AHEAD)
            for end in other.towards(direction)
        )

    def _by_cases(self, fars: Ends, end: End, direction: Direction) -> bool:
        """Whether some end is as far wherever that one is seen, if not the same one everywhere."""
        if any(self._no_nearer(far, end, direction) for far in fars):
            return True
        for far in fars:
            known = {need.key for need in end.needs}
            split = [need for need in far.needs if need.key not in known and not self.at_least(need, num(0), end.needs)]
            there = replace(end, needs=(*end.needs, *split))
            if split and self._no_nearer(far, there, direction):
                others = tuple(other for other in fars if other is not far)
                elsewhere = (replace(end, needs=(*end.needs, (-1 - need).expand())) for need in split)
                return all(self._by_cases(others, case, direction) for case in elsewhere)
        return False

    def _reaches(self, far: End, end: End, direction: Direction) -> bool:
        known = self._no_nearer(far, end, direction)
        if known is None and not far.needs:
            a, b = (far, end) if direction == AHEAD else (end, far)
            facts = self._with(end.needs)
            if (
                facts.counterexample_for(
                    lambda at: a.position.evaluate(at) >= b.position.evaluate(at), a.position, b.position
                )
                is None
            ):
                raise Underived("it cannot be told which operand sees more")
        return bool(known)

    def _reads(self, operation: Operation, number: int, at: Axes) -> Iterator[Read]:
        """As `reads`, but exact where windows need it: what is stretched keeps its order.

        Padding sees what would be there, as positions do; but layers that count positions begin where these do.
        """
        given = operation.given
        match operation.kind:
            case "pad":
                (tensor,), axis = operation.inputs, given["axis"] % len(at)
                own, sight = at[axis] - given["amount"][0], self.of(tensor)
                place = self.axes(tensor)[axis]
                if self._last is not None:
                    self._open_ended(sight, place, given["amount"], self._last)
                counts = any(mentions(end.layers, (place,)) for end in sight.ends)
                needs = (own, (tensor.shape[axis] - 1 - own).expand()) if counts else ()
                yield Read(tensor, (*at[:axis], own, *at[axis + 1 :]), needs=needs)
            case "repeat_axis":
                (tensor,), axis = operation.inputs, given["axis"] % len(at)
                yield Read(tensor, (*at[:axis], floor_div(at[axis], given["times"]), *at[axis + 1 :]))
            case "reshape":
                (tensor,) = operation.inputs
                wanted = {s.key for end in self.of(tensor).ends for f in end.forms for s in f.free_symbols}
                needed = [axis.key in wanted for axis in self.axes(tensor)]
                yield Read(tensor, _reshaped(tensor.shape, operation.outputs[0].shape, at, needed))
            case "gather" if any(
                end.mentions(self.axes(operation.inputs[0])[:1]) for end in self.of(operation.inputs[0]).ends
            ):
                raise Underived("which of its rows are read is known only when it runs")
            case "contract" if any(axis.plain is None for axis in given["left"]):
                yield from self._scattered(operation, at)
            case _:
                yield from reads(operation, number, at)

    def _open_ended(self, sight: Sight, place: Symbol, amount: Sequence[Form], last: Form) -> None:
        """Padding is seen through as if the axis went on there; so no end of the input must have been moved inwards.

        Raises Underived.
        """
        assert place.high is not None
        edges = (num(0), (place.high - 1).expand())
        for direction in (BACK, AHEAD):
            for end in sight.towards(direction):
                rise = _rise(end.position, place).number
                side = int((rise or 0) * direction > 0)
                if not rise or amount[side] == 0:
                    continue
                seen = end.position.substitute({place: edges[side]})
                if (self.at_least(num(0), seen) if direction == BACK else self.at_least(seen, last)) is False:
                    raise Underived("it pads what was moved inwards")

    def _scattered(self, operation: Operation, at: Axes) -> Iterator[Read]:
        """What an affine left side gathers: `y[s*t + k] = x[t] * W[k]` reads every t with 0 <= p - s*t < K.

        Raises Underived where some positions are not written.
        """
        given = operation.given
        extents: Mapping[str, Form] = given["extents"]
        known: dict[str, Form] = {}
        turns: dict[str, Symbol] = {}
        for axis, position in zip(given["left"], at, strict=True):
            if axis.plain is not None:
                known[axis.plain] = position
                continue
            fine = next((name for name, c in reversed(axis.terms.items()) if c == 1), None)
            coarse = next((name for name in axis.terms if name != fine), None)
            if fine is None or coarse is None or len(axis.terms) > 2:
                raise Underived("its left side leaves gaps")
            stride, inside = axis.terms[coarse], (position - axis.constant).expand()
            if not self.at_least(extents[fine], stride):
                raise Underived("its left side leaves gaps")
            first = ceil_div((inside - extents[fine] + 1).expand(), stride)
            turn = counter(coarse, first, floor_div(inside, stride) + 1)
            known |= {coarse: turn, fine: add(inside, -mul(stride, turn))}
            turns |= {coarse: turn, fine: turn}
        for place, tensor in enumerate(operation.inputs):
            names = list(dict.fromkeys(i for axis in given["reads"][place] for i in axis.terms))
            over = {i: counter(i, 0, extents[i]) for i in names if i not in known}
            values = known | over
            positions = [
                num(0)
                if size == 1 and axis.plain
                else add(axis.constant, *(mul(c, values[i]) for i, c in axis.terms.items()))
                for axis, size in zip(given["reads"][place], tensor.shape, strict=True)
            ]
            used = dict.fromkeys(turns[i] for i in names if i in turns)
            yield Read(tensor, tuple(positions), (*over.values(), *used))

    # Loops ----------------------------------------------------------------------------------------

    def _loop(self, block: Block) -> None:
        initial = [self._moved(self.of(one.initial), one.initial, one.start) for one in block.carried]
        self._stepping, before = self._stepping or _steps(block), self._stepping
        try:
            self._rounds(block, initial)
        except Underived:
            count = block.count.number
            if count is None or count > MOST_ROUNDS:
                raise
            self._one_by_one(block, initial, int(count))
        finally:
            self._stepping = before

    def _round(self, block: Block, starts: Sequence[Sight]) -> tuple[list[Sight], list[Sight]]:
        """What is carried on and what is emitted by one round, over the axes at its start and over those of a stack."""
        self.seen |= dict(zip((one.start for one in block.carried), starts, strict=True))
        self.follow(block.graph)
        left = self._ended if _steps(block) else self.of
        ends = [self._moved(left(one.end), one.end, one.start) for one in block.carried]
        emitted = [self._moved(left(one.each), one.each, one.stacked, 1) for one in block.emitted]
        return ends, emitted

    def _ended(self, tensor: Tensor) -> Sight:
        """What a tensor sees when the step that made it is over."""
        sight = self.of(tensor)
        return sight.each(_ended)

    def _rounds(self, block: Block, initial: Sequence[Sight]) -> None:
        """All rounds of a loop: a guess of what is carried after each, proven by induction.

        Raises Underived.
        """
        at = block.counter
        assert at is not None and at.high is not None
        first, first_emitted = self._round(block, initial)
        low = {at: at.low}
        for make, kept in ((self._unchanged, _all), (self._added_up, self.lone), (self._extrapolated, self.lone)):
            guess = self._tried(make, block, initial, first)
            if guess is None:
                continue
            begins = zip(guess, first, strict=True)
            if not all(self.same(kept(self.put(a, low)), kept(self.put(b, low))) for a, b in begins):
                continue
            before = {at: (at - 1).expand()}
            guess = [self._held_by(self._filled(a, b), b, low) for a, b in zip(guess, first, strict=True)]
            ends, emitted = self._round(block, [self.put(sight, before) for sight in guess])
            if not all(map(self.same, map(kept, ends), guess)):
                continue
            while (bounds := [self._held_by(a, b) for a, b in zip(guess, ends, strict=True)]) != guess:
                guess = bounds
                ends, emitted = self._round(block, [self.put(sight, before) for sight in guess])
            break
        else:
            raise Underived("what it carries changes from round to round")
        for one, sight in zip(block.carried, guess, strict=True):
            self.seen[one.last] = self._moved(self.put(sight, {at: (at.high - 1).expand()}), one.start, one.last)
        for each, sight, begun in zip(block.emitted, emitted, first_emitted, strict=True):
            place = self.axes(each.stacked)[0]
            now = {at: add(at.low, place)}
            if not block.carried or self.same(self.put(sight, low), self.put(begun, low)):
                self.seen[each.stacked] = self.put(sight, now)
            else:
                later = self.put(sight, now, ((place - 1).expand(),))
                self.seen[each.stacked] = self.merged((self.put(begun, low, (-place,)), later))

    def same(self, one: Sight, other: Sight) -> bool:
        """Whether two sights are equal for all values."""

        def equal(a: End, b: End) -> bool:
            if {need.key for need in a.needs} != {need.key for need in b.needs}:
                return False
            pairs = ((a.position, b.position), (a.layers, b.layers))
            return a.worked == b.worked and all(
                x == y or self._assumptions.compare(x, y).kind == "equal" for x, y in pairs
            )

        return one.key == other.key or all(
            len(a) == len(b) and all(any(equal(x, y) for y in b) for x in a)
            for a, b in ((one.back, other.back), (one.ahead, other.ahead))
        )

    def _filled(self, guess: Sight, first: Sight) -> Sight:
        """A guess that everything between both ends is seen, and what is so after the first round."""
        far = self.lone(guess)
        ends = (*far.back, *far.ahead)
        if len(far.back) != 1 or len(far.ahead) != 1 or any(end.needs for end in ends):
            return replace(guess, surely=first.surely)
        (a, b), worked = ends, all(end.worked for end in ends)
        whole = Stretch(a.position, b.position, self._extreme(a.layers, b.layers, AHEAD), (), worked)
        return replace(guess, surely=(whole, *first.surely) if first.surely else ())

    def _held_by(self, guess: Sight, found: Sight, at: Mapping[Symbol, Form] | None = None) -> Sight:
        """A guess whose layers are bounds wherever those of what was found are, and of which as much is surely seen."""

        def weaker(ends: Ends, others: Ends) -> Ends:
            at_most = any(end.at_most for end in others)
            return tuple(replace(end, at_most=end.at_most or at_most) for end in ends)

        sure = found.surely if at is None else tuple(one.put(at) for one in found.surely)

        def kept(one: Stretch) -> bool:
            there = one if at is None else one.put(at)
            return any(self._within(there, other) for other in sure)

        surely = tuple(filter(kept, guess.surely))
        return Sight(weaker(guess.back, found.back), weaker(guess.ahead, found.ahead), surely)

    def _tried(
        self, make: Guess, block: Block, initial: Sequence[Sight], first: Sequence[Sight]
    ) -> Sequence[Sight] | None:
        try:
            return make(block, initial, first)
        except Underived:
            return None

    def _unchanged(self, block: Block, initial: Sequence[Sight], first: Sequence[Sight]) -> Sequence[Sight]:
        """What the first round leaves behind, all others leave behind too."""
        return first

    def _extrapolated(self, block: Block, initial: Sequence[Sight], first: Sequence[Sight]) -> Sequence[Sight]:
        """Every round adds what the second one does. Raises Underived."""
        at = block.counter
        assert at is not None
        second, _ = self._round(block, [self.lone(self.put(sight, {at: (at - 1).expand()})) for sight in first])
        rounds = (at - at.low).expand()

        def further(one: Ends, two: Ends) -> Ends:
            if len(one) != 1 or len(two) != 1:
                raise Underived("what it carries is put together from several parts")
            (a,), (b,) = one, two
            if a.worked != b.worked:
                raise Underived("what it carries changes from round to round")
            far, layers = (
                add(x, mul(rounds, (y - x).expand())) for x, y in ((a.position, b.position), (a.layers, b.layers))
            )
            return (replace(a, position=far, layers=layers),)

        pairs = zip(map(self.lone, first), map(self.lone, second), strict=True)
        return [Sight(further(a.back, b.back), further(a.ahead, b.ahead)) for a, b in pairs]

    def _added_up(self, block: Block, initial: Sequence[Sight], first: Sequence[Sight]) -> Sequence[Sight]:
        """Every round reads what is carried from a little farther: the sum over the rounds, from where it came in.

        Raises Underived.
        """
        at = block.counter
        assert at is not None
        places = [self._place(one.start, a, b) for one, a, b in zip(block.carried, initial, first, strict=True)]
        alone = Windows(self._assumptions, None)
        alone._places, alone._stepping = self._places, self._stepping
        own = [End(num(0) if place is None else place, num(0)) for place in places]
        shifts, _ = alone._round(block, [Sight((end,), (end,)) for end in own])
        fresh, _ = self._round(block, [NOTHING] * len(places))
        guess = []
        for place, start, shift, come in zip(places, initial, shifts, fresh, strict=True):
            sides = []
            for direction in (BACK, AHEAD):
                step = _Step.of(self.alone(shift.towards(direction), direction), place, at)
                begin = self.alone(start.towards(direction), direction) if step else ()
                ends = [step.after(end, at.low, at) for end in begin] if step else []
                for end in come.towards(direction):
                    begun = counter(at.name, at.low, at + 1)
                    ends += self._come(end, begun, step, at, direction)
                sides.append(self.alone(self.pruned(ends, direction), direction))
            back, ahead = sides
            guess.append(Sight(back, ahead))
        return guess

    def _come(self, end: End, begun: Symbol, step: _Step | None, at: Symbol, direction: Direction) -> Ends:
        """What came in during some round, after all the rounds since."""
        if step is None:
            return (end,)
        (put,) = self._put(end, {at: begun}, ()) or (None,)
        if put is None:
            return ()
        found, _ = self._farthest(step.after(put, (begun + 1).expand(), at), begun, direction)
        return found

    def _place(self, tensor: Tensor, *sights: Sight) -> Symbol | None:
        """The axis of a carried value along which what it sees changes."""
        ends = [end for sight in sights for end in sight.ends]
        places = [axis for axis in self.axes(tensor) if any(end.mentions((axis,)) for end in ends)]
        if len(places) > 1:
            raise Underived("what it carries sees differently along two axes")
        return places[0] if places else None

    def _one_by_one(self, block: Block, states: Sequence[Sight], count: int) -> None:
        """Each round by itself."""
        at = block.counter
        assert at is not None
        stacks: list[list[Sight]] = [[] for _ in block.emitted]
        for number in range(count):
            now = {at: add(at.low, number)}
            ends, emitted = self._round(block, states)
            states = [self.put(sight, now) for sight in ends]
            for stack, each, sight in zip(stacks, block.emitted, emitted, strict=True):
                place = self.axes(each.stacked)[0]
                stack.append(self.put(sight, now, ((place - number).expand(), (number - place).expand())))
        for one, sight in zip(block.carried, states, strict=True):
            self.seen[one.last] = self._moved(sight, one.start, one.last)
        for each, stack in zip(block.emitted, stacks, strict=True):
            self.seen[each.stacked] = self.merged(stack)


@dataclass(frozen=True, slots=True)
class _Step:
    """How far a round moves the entry that is read, at `place`: to `stride*place + shift`, through so many layers.

    `works`: the step around the loop has then worked on it, after these.
    """

    place: Symbol | None
    stride: Form
    shift: Form
    layers: Form
    works: bool
    others: bool

    @staticmethod
    def of(ends: Ends, place: Symbol | None, at: Symbol) -> _Step | None:
        """From what a round sees of what was carried into it; None where nothing is. Raises Underived."""
        if not ends:
            return None
        if len(ends) > 1 or ends[0].needs:
            raise Underived("what it carries is put together from several parts")
        (end,) = ends
        if place is None:
            return _Step(None, num(1), num(0), _before(end), end.worked, bool(end.others))
        stride = _rise(end.position, place)
        shift = shorter(end.position.substitute({place: num(0)}))
        if mentions(stride, (place, at)) or mentions(shift, (place,)) or stride.number == 0:
            raise Underived("what it carries is read in another order from round to round")
        return _Step(place, stride, shift, _before(end), end.worked, bool(end.others))

    def after(self, end: End, low: Form, at: Symbol) -> End:
        """An end after the rounds from `low` to `at`."""
        turn = counter(at.name, low, (at + 1).expand())
        now = {at: turn}
        end = self._through(end, _total(turn, self.layers.substitute(now)))
        if self.place is None or not end.mentions((self.place,)):
            return end
        before = power(self.stride, (turn - low).expand())
        shift = _total(turn, mul(before, self.shift.substitute(now)))
        rounds = (at + 1 - low).expand()
        moved = add(mul(power(self.stride, rounds), self.place), shift)
        put = {self.place: moved}
        needs = tuple(need.substitute(put) for need in end.needs)
        others = [other.put(put) for other in end.others]
        others += [Nearer(self.place, num(0))] if self.others else []
        return replace(end, position=shorter(end.position.substitute(put)), needs=needs, others=_once(others))

    def _through(self, end: End, layers: Form) -> End:
        works = self.works or (self.layers == 0 and end.worked)
        end = replace(end.through(layers - 1 if end.worked else layers), worked=False)
        return _stepped(end) if works else end


def _steps(block: Block) -> bool:
    """Whether every round is a step, that waits for the one before."""
    return block.kind == "scan" and bool(block.carried)


def _keys(ends: Ends) -> frozenset[object]:
    return frozenset(end.key for end in ends)


def _bound(end: End) -> End:
    """An end through so many layers at most."""
    return replace(end, at_most=True)


def _once(others: Iterable[Nearer]) -> tuple[Nearer, ...]:
    return tuple({tuple(form.key for form in other.forms): other for other in others}.values())


def _all(sight: Sight) -> Sight:
    return sight


def _total(turn: Symbol, each: Form) -> Form:
    """The sum over the rounds; `(k - 1)·k^l` adds up to `k^L - 1` whatever k is."""
    assert turn.high is not None
    if not mentions(each, (turn,)):
        return mul(each, (turn.high - turn.low).expand())
    for written in each.expand().poly.atoms.values():
        match written:
            case Pow(base=Symbol() as base, exponent=exponent) if exponent == turn:
                rest = (each / written).expand()
                part = ((rest - rest.substitute({base: num(0)})) / base).expand()
                if not mentions(part, (turn, base)) and rest == (part * (base - 1)).expand():
                    return mul(part, add(power(base, turn.high), -power(base, turn.low)))
    return sum_over(turn, each)


def _smaller(one: Form, other: Form) -> bool:
    """Whether it speaks of fewer symbols, and so is sooner decided."""
    return len(one.free_symbols) < len(other.free_symbols)


def _of_both_signs(form: Form, facts: Assumptions) -> bool:
    """Whether small numbers show that it is negative here and not there."""
    signs: set[bool] = set()
    try:
        for values in islice(facts.samples(form), MOST_SAMPLES):
            signs.add(form.evaluate(values) >= 0)
            if len(signs) == 2:
                return True
    except (TooLarge, ZeroDivisionError):
        pass
    return False


def _rise(form: Form, at: Symbol) -> Form:
    return (form.substitute({at: (at + 1).expand()}) - form).expand()


def shorter(form: Form) -> Form:
    """As it stands, or written out, whichever has fewer terms."""
    expanded = form.expand()
    return expanded if len(terms(expanded)) <= len(terms(form)) else form


def less(left: Form, right: Form) -> Form:
    """The difference, its terms as they stand."""
    return shorter(add(left, *(-term for term in terms(right))))


def _size(form: Form) -> Form:
    """The number without its sign, if it is one."""
    return num(magnitude(form.number)) if form.number is not None else form


def _reshaped(old: Shape, new: Shape, at: Axes, needed: Sequence[bool]) -> tuple[Form, ...]:
    """The position along each axis of which entries are counted in the same order: axes of equal product together."""
    positions: list[Form] = []
    a = b = 0
    while a < len(old):
        i, j = _next_group(old[a:], new[b:])
        group, into = old[a : a + i], at[b : b + j]
        flat = add(0, *(mul(p, *new[b + n + 1 : b + j]) for n, p in enumerate(into)))
        for n, size in enumerate(group):
            below = mul(num(1), *group[n + 1 :])
            if not needed[a + n]:
                positions.append(num(0))
                continue
            whole = floor_div(flat, below) if n + 1 < len(group) else flat
            positions.append(whole if n == 0 else add(whole, -mul(size, floor_div(flat, mul(size, below)))))
        a, b = a + i, b + j
    return tuple(positions)


def _next_group(old: Shape, new: Shape) -> tuple[int, int]:
    """How many axes of each side hold as many entries, as few as may be; the last ones hold the rest."""
    for total in range(1, len(old) + len(new)):
        for i in range(min(total, len(old)) + 1):
            j = total - i
            if j <= len(new) and mul(num(1), *old[:i]) == mul(num(1), *new[:j]):
                return i, j
    return len(old), len(new)
