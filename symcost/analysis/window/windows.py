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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from symcost.analysis.depth.chains import Underived
from symcost.analysis.reads import Axes, Read, reads
from symcost.analysis.window.order import Farther, rise, shorter
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
    before,
    bound,
    ended,
    further,
    once,
    stepped,
)
from symcost.errors import UnderivedWindow
from symcost.formula import Assumptions, Form, Symbol, add, counter, mul, num, power, sum_over
from symcost.formula.form import Pow
from symcost.formula.parts import mentions
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor
from symcost.ops.reads import Beside, Unseen

MOST_ROUNDS = 40
"""Rounds of a loop that are followed one by one where no formula is found."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a result sees in one operand; `spread`: not every entry of it that is read sees the same.

    `doubtful`: they may be the same in other words.
    """

    sight: Sight
    spread: bool
    doubtful: bool


Guess = Callable[[Block, Sequence[Sight], Sequence[Sight]], Sequence[Sight]]


Told = Literal["positions", "layers", "between"]
"""What is told of windows: from where to where, through how many layers from there, and through how many at most from
everywhere between; each takes longer and is refused more often."""


def window(graph: Graph, port: Tensor, axis: int, assumptions: Assumptions, told: Told) -> Windows:
    """The windows of all tensors of a graph on an axis of one of its ports.

    Raises UnderivedWindow.
    """
    windows = Windows(assumptions, (port.shape[axis] - 1).expand(), told != "positions")
    place = windows.axes(port)[axis]
    seen = End(place, num(0))
    windows.seen[port] = Sight((seen,), (seen,), (Stretch(place, place, num(0)),) if told == "between" else ())
    windows.follow(graph)
    return windows


class Windows(Farther):
    """Follows a graph from the input on; if `counting`, through how many layers."""

    def __init__(self, assumptions: Assumptions, last: Form | None, counting: bool) -> None:
        super().__init__(assumptions, last)
        self._counting = counting
        self.seen: dict[Tensor, Sight] = {}
        self._places: dict[tuple[int, int], Symbol] = {}
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

    def _moved(
        self, sight: Sight, source: Tensor, target: Tensor, skip: int = 0, values: Mapping[Symbol, Form] | None = None
    ) -> Sight:
        """The same over the axes of another tensor, whose first `skip` axes are its own, and for other `values`."""
        axes: dict[Symbol, Form] = dict(zip(self.axes(source), self.axes(target)[skip:], strict=True))
        return self.put(sight, axes | dict(values or {}))

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
            sight = self.farthest(sight, at)
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
        works = self._counting and bool(operation.cost.counts)
        sights = [part.sight for part in parts]
        meet = works and not self._stepping and len({sight.key for sight in sights}) > 1
        meet = meet and not any(all(self._covers(one, other) for other in sights) for one in sights)

        def worked(part: Part) -> Sight:
            if not works:
                return part.sight
            if self._stepping:
                return part.sight.each(stepped)
            if not (meet or part.spread):
                return part.sight
            more = part.sight.each(further)
            if meet or not part.doubtful:
                return more
            return replace(more, back=tuple(map(bound, more.back)), ahead=tuple(map(bound, more.ahead)))

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
        """What an entry sees: what is stretched keeps its order. Raises Underived."""
        try:
            seen = list(operation.primitive.reads.sees(operation, number, at))
        except Unseen as why:
            raise Underived(str(why)) from None
        if len(operation.inputs) > 1 and any(reading.beside for reading in seen):
            yield from reads(operation, number, at)
            return
        for reading in seen:
            tensor = operation.inputs[reading.place]
            if any(not self.at_least(form, num(0)) for form in reading.gapless):
                raise Underived("its left side leaves gaps")
            if reading.unknown and self._differs(tensor, reading.unknown):
                raise Underived("which of its rows are read is known only when it runs")
            needs = self._through(tensor, reading.beside, at) if reading.beside else ()
            yield Read(tensor, reading.positions, reading.over, needs=needs)

    def _differs(self, tensor: Tensor, axes: Sequence[int]) -> bool:
        """Whether what is seen differs along some axes."""
        places = tuple(self.axes(tensor)[axis] for axis in axes)
        return any(end.mentions(places) for end in self.of(tensor).ends)

    def _through(self, tensor: Tensor, beside: Beside, at: Axes) -> tuple[Form, ...]:
        """Padding sees what would be there, as positions do; but layers that count positions begin where these do."""
        sight, place = self.of(tensor), self.axes(tensor)[beside.axis]
        if self._last is not None:
            self._open_ended(sight, place, (beside.before, beside.after), self._last)
        if not any(mentions(end.layers, (place,)) for end in sight.ends):
            return ()
        own = at[beside.axis] - beside.before
        return own, (tensor.shape[beside.axis] - 1 - own).expand()

    def _open_ended(self, sight: Sight, place: Symbol, amount: Sequence[Form], last: Form) -> None:
        """Padding is seen through as if the axis went on there; so no end of the input must have been moved inwards.

        Raises Underived.
        """
        assert place.high is not None
        edges = (num(0), (place.high - 1).expand())
        for direction in (BACK, AHEAD):
            for end in sight.towards(direction):
                moved = rise(end.position, place).number
                side = int((moved or 0) * direction > 0)
                if not moved or amount[side] == 0:
                    continue
                seen = end.position.substitute({place: edges[side]})
                if (self.at_least(num(0), seen) if direction == BACK else self.at_least(seen, last)) is False:
                    raise Underived("it pads what was moved inwards")

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
        """What is carried on and what is emitted by one round, over the axes at its end and over those of a stack."""
        self.seen |= dict(zip((one.start for one in block.carried), starts, strict=True))
        self.follow(block.graph)
        left = self._ended if _steps(block) else self.of
        ends = [left(one.end) for one in block.carried]
        emitted = [self._moved(left(one.each), one.each, one.stacked, 1) for one in block.emitted]
        return ends, emitted

    def _next(self, block: Block, ends: Sequence[Sight]) -> list[Sight]:
        """What the next round begins with: what is known by the number of the round, of the round before."""
        at = block.counter
        assert at is not None
        before = {at: (at - 1).expand()}
        pairs = zip(ends, block.carried, strict=True)
        return [self._moved(sight, one.end, one.start, values=before) for sight, one in pairs]

    def _ended(self, tensor: Tensor) -> Sight:
        """What a tensor sees when the step that made it is over."""
        sight = self.of(tensor)
        return sight.each(ended)

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
            guess = [self._held_by(self._filled(a, b), b, low) for a, b in zip(guess, first, strict=True)]
            ends, emitted = self._round(block, self._next(block, guess))
            if not all(map(self.same, map(kept, ends), guess)):
                continue
            while (bounds := [self._held_by(a, b) for a, b in zip(guess, ends, strict=True)]) != guess:
                guess = bounds
                ends, emitted = self._round(block, self._next(block, guess))
            break
        else:
            raise Underived("what it carries changes from round to round")
        for one, sight in zip(block.carried, guess, strict=True):
            self.seen[one.last] = self._moved(sight, one.end, one.last, values={at: (at.high - 1).expand()})
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
            return a.worked == b.worked and self.equal(a.position, b.position) and self.equal(a.layers, b.layers)

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
        second, _ = self._round(block, list(map(self.lone, self._next(block, first))))
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
        first = self._renamed(block, first)
        places = [self._place(one.start, a, b) for one, a, b in zip(block.carried, initial, first, strict=True)]
        alone = Windows(self._assumptions, None, self._counting)
        alone._places, alone._stepping = self._places, self._stepping
        own = [End(num(0) if place is None else place, num(0)) for place in places]
        shifts, _ = alone._round(block, [Sight((end,), (end,)) for end in own])
        fresh, _ = self._round(block, [NOTHING] * len(places))
        shifts, fresh = alone._renamed(block, shifts), self._renamed(block, fresh)
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
        return [self._moved(sight, one.start, one.end) for sight, one in zip(guess, block.carried, strict=True)]

    def _renamed(self, block: Block, ends: Sequence[Sight]) -> list[Sight]:
        """What is carried on, over the axes at the start of the same round, whatever their sizes are."""
        return [self._moved(sight, one.end, one.start) for sight, one in zip(ends, block.carried, strict=True)]

    def _come(self, end: End, begun: Symbol, step: _Step | None, at: Symbol, direction: Direction) -> Ends:
        """What came in during some round, after all the rounds since."""
        if step is None:
            return (end,)
        (put,) = self._put(end, {at: begun}, ()) or (None,)
        if put is None:
            return ()
        return self._farthest(step.after(put, (begun + 1).expand(), at), begun, direction)

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
        last = [self._moved(sight, one.start, one.last) for sight, one in zip(states, block.carried, strict=True)]
        for number in range(count):
            now = {at: add(at.low, number)}
            ends, emitted = self._round(block, states)
            ends = [self.put(sight, now) for sight in ends]
            last = [self._moved(sight, one.end, one.last) for sight, one in zip(ends, block.carried, strict=True)]
            states = self._renamed(block, ends)
            for stack, each, sight in zip(stacks, block.emitted, emitted, strict=True):
                place = self.axes(each.stacked)[0]
                stack.append(self.put(sight, now, ((place - number).expand(), (number - place).expand())))
        self.seen |= dict(zip((one.last for one in block.carried), last, strict=True))
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
            return _Step(None, num(1), num(0), before(end), end.worked, bool(end.others))
        stride = rise(end.position, place)
        shift = shorter(end.position.substitute({place: num(0)}))
        if mentions(stride, (place, at)) or mentions(shift, (place,)) or stride.number == 0:
            raise Underived("what it carries is read in another order from round to round")
        return _Step(place, stride, shift, before(end), end.worked, bool(end.others))

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
        return replace(end, position=shorter(end.position.substitute(put)), needs=needs, others=once(others))

    def _through(self, end: End, layers: Form) -> End:
        works = self.works or (self.layers == 0 and end.worked)
        end = replace(end.through(layers - 1 if end.worked else layers), worked=False)
        return stepped(end) if works else end


def _steps(block: Block) -> bool:
    """Whether every round is a step, that waits for the one before."""
    return block.kind == "scan" and bool(block.carried)


def _keys(ends: Ends) -> frozenset[object]:
    return frozenset(end.key for end in ends)


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
