"""Windows: the stretch of an input that every entry of a tensor is made from, and through how many layers.

An entry sees from its farthest position back to its farthest ahead; gaps in between (dilation) count as seen. Positions
may lie before the beginning or behind the end, where padding stands: a window is as it is away from the ends.

A layer is an operation with arithmetic where positions meet: where a result is made from a wider stretch than any
single entry that it is made from. A convolution is one, so is attention; moving (pad, select, transpose), pointwise
operations and the sum around a residual connection are none. A step of a scan that carries something is one as a whole;
of a scan inside of a step each step is one, together with what the step around it has done since.
The layers of a window are the fewest on a path from its farthest position (Vaswani et al. 2017, section 4).

A loop is solved by a guess that is then proven by induction: after every round what it carries is as guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

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
class End:
    """The farthest position in one direction, by the entry that sees it, and the fewest layers on a path from there.

    It is seen where every one of `needs` is 0 or more. `held`: the layers before the step of a scan that is followed.
    `others`: nearer positions that may take fewer layers and are followed no more; once one of them may be as far, at
    the edge of the input, the layers are a bound (`at_most`).
    """

    position: Form
    layers: Form
    needs: tuple[Form, ...] = ()
    held: Form | None = None
    others: tuple[Form, ...] = ()
    at_most: bool = False

    @property
    def forms(self) -> tuple[Form, ...]:
        return (self.position, self.layers, *self.needs, *self.others, *(() if self.held is None else (self.held,)))

    @property
    def key(self) -> tuple[object, ...]:
        return (len(self.others), self.at_most, *(form.key for form in self.forms))

    def mentions(self, symbols: Iterable[Symbol]) -> bool:
        return any(mentions(form, symbols) for form in self.forms)


Ends = tuple[End, ...]


@dataclass(frozen=True, slots=True)
class Sight:
    """What an entry sees: its farthest positions back and ahead; several where none is always the farthest."""

    back: Ends = ()
    ahead: Ends = ()

    def __bool__(self) -> bool:
        return bool(self.back)

    def towards(self, direction: Direction) -> Ends:
        return self.back if direction == BACK else self.ahead

    @property
    def key(self) -> tuple[object, ...]:
        return (tuple(end.key for end in self.back), tuple(end.key for end in self.ahead))


NOTHING = Sight()


@dataclass(frozen=True, slots=True)
class Part:
    """What a result sees in one operand; `spread`: in no single entry of it.

    `doubtful`: some entry sees as far as all of them, but others are the shorter way; whether that is a layer is a
    matter of words.
    """

    sight: Sight
    spread: bool
    doubtful: bool


Guess = Callable[[Block, Sequence[Sight], Sequence[Sight]], Sequence[Sight]]


def window(graph: Graph, port: Tensor, axis: int, assumptions: Assumptions) -> Windows:
    """The windows of all tensors of a graph on an axis of one of its ports.

    Raises UnderivedWindow.
    """
    windows = Windows(assumptions, (port.shape[axis] - 1).expand())
    place = windows.axes(port)[axis]
    seen = End(place, num(0))
    windows.seen[port] = Sight((seen,), (seen,))
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
            if not any(self._hides(other, end, direction) for other in kept):
                kept = [other for other in kept if not self._hides(end, other, direction)]
                kept.append(end)
        return tuple(kept) if len(kept) <= MOST_ENDS else self.alone(kept, direction)

    def alone(self, ends: Sequence[End], direction: Direction) -> Ends:
        """The farthest only, if there is one, through the fewest layers."""
        for end in ends if len(ends) > 1 else ():
            if all(self._no_nearer(end, other, direction) for other in ends):
                level = [other for other in ends if other.position == end.position and not other.needs]
                layers = minimum(*(other.layers for other in level)) if level else end.layers
                held = end.held if len(level) < 2 else None
                nearer = [other.position for other in ends if other.position != end.position]
                others = _once(*nearer, *(form for other in ends for form in other.others))
                at_most = any(other.at_most for other in (end, *level))
                return (replace(end, layers=layers, held=held, others=others, at_most=at_most),)
        return tuple(ends)

    def lone(self, sight: Sight) -> Sight:
        """Both ways."""
        return Sight(self.alone(sight.back, BACK), self.alone(sight.ahead, AHEAD))

    def _hides(self, one: End, other: End, direction: Direction) -> bool:
        if not self._no_nearer(one, other, direction):
            return False
        before = [end.layers if end.held is None else end.held for end in (other, one)]
        return all(self.at_least(a, b, other.needs) for a, b in (before, (other.layers, one.layers)))

    def _clipped(self, end: End, direction: Direction) -> End:
        """An end that is always outside of the input, moved to its edge."""
        if self._last is None:
            return end
        edge = num(0) if direction == BACK else self._last
        outside = self.at_least(edge, end.position) if direction == BACK else self.at_least(end.position, edge)
        if not outside or end.position == edge:
            return end
        return replace(end, position=edge, at_most=end.at_most or bool(end.others))

    def merged(self, sights: Iterable[Sight]) -> Sight:
        """Everything that one of several sees."""
        seen = [sight for sight in sights if sight]
        if len({sight.key for sight in seen}) < 2:
            return seen[0] if seen else NOTHING
        back = self.pruned((end for sight in seen for end in sight.back), BACK)
        return Sight(back, self.pruned((end for sight in seen for end in sight.ahead), AHEAD))

    def put(self, sight: Sight, values: Mapping[Symbol, Form], needs: tuple[Form, ...] = ()) -> Sight:
        """The same for other positions; what cannot be seen there is left out."""

        def there(ends: Ends, direction: Direction) -> Ends:
            found = [moved for end in ends for moved in self._put(end, values, needs)]
            return self.pruned([self._caught_up(end, direction) for end in found], direction)

        changed = [symbol for symbol, value in values.items() if symbol.key != value.key]
        if not needs and not any(end.mentions(changed) for end in (*sight.back, *sight.ahead)):
            return sight
        return Sight(there(sight.back, BACK), there(sight.ahead, AHEAD))

    def _put(self, end: End, values: Mapping[Symbol, Form], needs: tuple[Form, ...]) -> Ends:
        kept: dict[int, Form] = {}
        for need in (*(need.substitute(values) for need in end.needs), *needs):
            known = self.at_least(need, num(0))
            if known is False:
                return ()
            if known is None:
                kept[need.key] = need
        held = None if end.held is None else end.held.substitute(values)
        position, layers = shorter(end.position.substitute(values)), shorter(end.layers.substitute(values))
        others = tuple(form.substitute(values) for form in end.others)
        return (replace(end, position=position, layers=layers, needs=tuple(kept.values()), held=held, others=others),)

    def _caught_up(self, end: End, direction: Direction) -> End:
        """An end is a bound where a position that was nearer is as far: `t` at the last step is `T - 1`."""
        sign = num(direction)
        level = any(self.at_least(sign * other, sign * end.position) for other in end.others)
        return replace(end, at_most=True) if level else end

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
        return Sight(*sides), chosen

    def _farthest(self, end: End, at: Symbol, direction: Direction) -> tuple[Ends, list[Form]]:
        here = mentions(end.position, (at,)) or mentions(end.layers, (at,))
        if not here and any(mentions(other, (at,)) for other in end.others):
            end = replace(end, at_most=True)
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
            others=_once(*end.others, *([at.high if direction == BACK else num(-1)] if varied else [])),
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

    def _extreme(self, one: Form, other: Form, direction: Direction) -> Form:
        if self.at_least(one, other):
            return one if direction == AHEAD else other
        if self.at_least(other, one):
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
                raise UnderivedWindow(f"`{what}`", str(why), node.span, repeated) from None

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
        """What an entry of a result sees in one operand, and whether that is more than any single entry of it does."""
        values = dict(zip(self.axes(read.tensor), read.positions, strict=True))
        sight = self.put(self.of(read.tensor), values, read.needs)
        far, wider, spread = self.lone(sight), False, False
        for at in read.over:
            sight, chosen = self.farthest(sight, at)
            spread = spread or len(chosen) > 1
            if spread and not wider:
                far, chosen = self.farthest(far, at)
                wider = len(chosen) > 1
        return Part(sight, spread, spread and not wider)

    def _met(self, operation: Operation, parts: Sequence[Part]) -> Sight:
        works = bool(operation.cost.counts)
        sights = [part.sight for part in parts]
        meet = works and not self._stepping and len({sight.key for sight in sights}) > 1
        meet = meet and not any(all(self._covers(one, other) for other in sights) for one in sights)
        far = [self.lone(sight) for sight in sights] if meet else []
        nested = meet and any(
            len({tuple(end.position.key for end in one.towards(direction)) for one in far}) == 1
            for direction in (BACK, AHEAD)
        )

        def worked(part: Part, ends: Ends) -> Ends:
            return tuple(self._worked(end, works, meet or part.spread, nested or part.doubtful) for end in ends)

        return self.merged(Sight(worked(part, part.sight.back), worked(part, part.sight.ahead)) for part in parts)

    def _worked(self, end: End, works: bool, mixes: bool, doubtful: bool) -> End:
        if not works:
            return end
        if self._stepping:
            held = end.layers if end.held is None else end.held
            return replace(end, layers=held + 1, held=held)
        return replace(end, layers=end.layers + 1, at_most=end.at_most or doubtful) if mixes else end

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
        """As `reads`, but exact where windows need it: padding sees nothing, and what is stretched keeps its order."""
        given = operation.given
        match operation.kind:
            case "pad":
                (tensor,), axis = operation.inputs, given["axis"] % len(at)
                yield Read(tensor, (*at[:axis], at[axis] - given["amount"][0], *at[axis + 1 :]))
            case "repeat_axis":
                (tensor,), axis = operation.inputs, given["axis"] % len(at)
                yield Read(tensor, (*at[:axis], floor_div(at[axis], given["times"]), *at[axis + 1 :]))
            case "reshape":
                (tensor,) = operation.inputs
                wanted = {
                    s.key
                    for end in (*self.of(tensor).back, *self.of(tensor).ahead)
                    for f in end.forms
                    for s in f.free_symbols
                }
                needed = [axis.key in wanted for axis in self.axes(tensor)]
                yield Read(tensor, _reshaped(tensor.shape, operation.outputs[0].shape, at, needed))
            case "contract" if any(axis.plain is None for axis in given["left"]):
                yield from self._scattered(operation, at)
            case _:
                yield from reads(operation, number, at)

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
        steps = block.kind == "scan" and bool(block.carried)
        self._stepping, before = self._stepping or steps, self._stepping
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
        ends = [self._moved(self._left(one.end), one.end, one.start) for one in block.carried]
        emitted = [self._moved(self._left(one.each), one.each, one.stacked, 1) for one in block.emitted]
        return ends, emitted

    def _left(self, tensor: Tensor) -> Sight:
        """What a tensor sees when its round is over."""
        sight = self.of(tensor)
        return Sight(*(tuple(replace(end, held=None) for end in ends) for ends in (sight.back, sight.ahead)))

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
            ends, emitted = self._round(block, [self.put(sight, before) for sight in guess])
            if not all(map(self.same, map(kept, ends), guess)):
                continue
            while (bounds := list(map(_bound, guess, ends))) != list(guess):
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
            return all(x == y or self._assumptions.compare(x, y).kind == "equal" for x, y in pairs)

        return one.key == other.key or all(
            len(a) == len(b) and all(any(equal(x, y) for y in b) for x in a)
            for a, b in ((one.back, other.back), (one.ahead, other.ahead))
        )

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
            far = add(a.position, mul(rounds, (b.position - a.position).expand()))
            return (replace(a, position=far, layers=add(a.layers, mul(rounds, (b.layers - a.layers).expand()))),)

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
            guess.append(Sight(*sides))
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
        ends = [end for sight in sights for end in (*sight.back, *sight.ahead)]
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
    """How far a round moves the entry that is read, at `place`: to `stride*place + shift`, through so many layers."""

    place: Symbol | None
    stride: Form
    shift: Form
    layers: Form
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
            return _Step(None, num(1), num(0), end.layers, bool(end.others))
        stride = _rise(end.position, place)
        shift = shorter(end.position.substitute({place: num(0)}))
        if mentions(stride, (place, at)) or mentions(shift, (place,)) or stride.number == 0:
            raise Underived("what it carries is read in another order from round to round")
        return _Step(place, stride, shift, end.layers, bool(end.others))

    def after(self, end: End, low: Form, at: Symbol) -> End:
        """An end after the rounds from `low` to `at`."""
        turn = counter(at.name, low, (at + 1).expand())
        now = {at: turn}
        layers = end.layers + _total(turn, self.layers.substitute(now))
        if self.place is None or not end.mentions((self.place,)):
            return replace(end, layers=layers)
        before = power(self.stride, (turn - low).expand())
        shift = _total(turn, mul(before, self.shift.substitute(now)))
        rounds = (at + 1 - low).expand()
        moved = add(mul(power(self.stride, rounds), self.place), shift)
        put = {self.place: moved}
        needs = tuple(need.substitute(put) for need in end.needs)
        others = _once(*(form.substitute(put) for form in end.others), *([self.place] if self.others else []))
        return replace(end, position=shorter(end.position.substitute(put)), layers=layers, needs=needs, others=others)


def _bound(guess: Sight, found: Sight) -> Sight:
    """A guess whose layers are bounds wherever those of what was found are."""

    def weaker(ends: Ends, others: Ends) -> Ends:
        at_most = any(end.at_most for end in others)
        return tuple(replace(end, at_most=end.at_most or at_most) for end in ends)

    return Sight(weaker(guess.back, found.back), weaker(guess.ahead, found.ahead))


def _once(*forms: Form) -> tuple[Form, ...]:
    return tuple({form.key: form for form in forms}.values())


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
