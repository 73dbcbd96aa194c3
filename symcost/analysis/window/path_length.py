"""Paths along an axis: what stretch of the input a position of the result sees, how far ahead, through how many layers.

The path length is the fewest layers between any two positions (Vaswani et al. 2017, table 1, "maximum path length"): of
a model that sees the whole axis, or all before or behind, those on its own path from the farthest position; of one that
sees a window, those of as many copies above each other as bring the two ends of the axis together. Where the number of
layers in the model is a dimension, that dimension is chosen instead. With a stride every copy has fewer positions, and
the ends have come together where one position sees both. What counts as a layer `windows.py` says. A path length is
told only where all positions between those ends are surely seen, and through no more layers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cached_property
from math import lcm

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.order import less, rise
from symcost.analysis.window.sight import AHEAD, BACK, Direction, End, Sight
from symcost.analysis.window.stacked import Apart, View, copies, enough, reach
from symcost.analysis.window.windows import Told, window
from symcost.errors import AxisOutOfRange, NoPath, UnderivedWindow
from symcost.formula import (
    Assumptions,
    AtLeast,
    Form,
    Symbol,
    add,
    counter,
    growth,
    maximum,
    minimum,
    mul,
    num,
    rebuild,
)
from symcost.formula.form import Max, Min, Rounding
from symcost.formula.parts import mentions, outermost
from symcost.graph.graph import Graph, Tensor

MOST_PHASES = 64
"""Positions of a result after which its windows look alike again; where it takes more, no stride is told."""


class Path:
    """What a result of a graph sees of an axis of a port."""

    def __init__(
        self,
        graph: Graph,
        assumptions: Assumptions,
        port: int = 0,
        axis: int = 0,
        result: int = 0,
        told: Told = "positions",
        instead: Callable[[], Path] | None = None,
    ) -> None:
        """`instead`: the same with numbers for all dimensions, asked where layers are not derived.

        Raises AxisOutOfRange, UnderivedWindow.
        """
        self._asked = (graph, port, axis, result)
        self._kind = told
        self._instead = instead
        self._assumptions = assumptions
        self._span = graph.results[result].span
        source, tensor = graph.ports[port], graph.results[result]
        if not -len(source.shape) <= axis < len(source.shape):
            raise AxisOutOfRange(axis, source.shape, source.span, source.span)
        self.length = source.shape[axis]
        self._windows = window(graph, source, axis % len(source.shape), assumptions, told)
        self._sight = self._told(tensor, source, axis % len(source.shape))

    def _told(self, tensor: Tensor, source: Tensor, axis: int) -> Sight:
        """What the result sees by its position along one axis: that which changes what is seen, or that of the port."""
        sight, axes = self._windows.of(tensor), self._windows.axes(tensor)
        seeing = [place for place in axes if any(mentions(end.position, (place,)) for end in sight.ends)]
        seeing = seeing or [place for place in axes if any(mentions(end.layers, (place,)) for end in sight.ends)]
        if len(seeing) > 1:
            raise UnderivedWindow("the result", "it sees differently along several axes", self._span)
        self._axis = axes.index(seeing[0]) if seeing else self._alike(tensor, axis)
        try:
            for number, place in enumerate(axes):
                if number != self._axis:
                    sight = self._windows.farthest(sight, place)
            self.at = counter("t", 0, 1 if self._axis is None else tensor.shape[self._axis])
            return sight if self._axis is None else self._windows.put(sight, {axes[self._axis]: self.at})
        except Underived as why:
            raise UnderivedWindow("the result", str(why), self._span) from None

    def _alike(self, tensor: Tensor, axis: int) -> int | None:
        """The axis of the result that is as long as that of the port."""
        if axis < len(tensor.shape) and tensor.shape[axis] == self.length:
            return axis
        return next((n for n, size in enumerate(tensor.shape) if size == self.length), None)

    # Windows --------------------------------------------------------------------------------------

    @property
    def axis(self) -> int | None:
        """The axis of the result along which windows move; None where it has one window as a whole."""
        return self._axis

    @property
    def sees(self) -> bool:
        """Whether the result depends on the input at all."""
        return bool(self._sight)

    @cached_property
    def first(self) -> Form:
        """The first position that position `at` of the result sees, before the beginning where padding stands there."""
        return self._end(BACK).position

    @cached_property
    def last(self) -> Form:
        """The last position that it sees."""
        return self._end(AHEAD).position

    def _end(self, direction: Direction) -> End:
        ends = self._sight.towards(direction)
        if any(end.needs for end in ends) or not ends:
            raise UnderivedWindow("the result", "its positions are put together from several parts", self._span)
        ends = self._windows.alone(ends, direction)
        if len(ends) == 1:
            return ends[0]
        positions, layers = [end.position for end in ends], self._greatest(end.layers for end in ends)
        far = minimum(*positions) if direction == BACK else maximum(*positions)
        return End(far, layers, at_most=len({end.layers.key for end in ends}) > 1 or any(end.at_most for end in ends))

    @cached_property
    def receptive_field(self) -> Form:
        """How many positions a position of the result sees at most; never more than there are.

        Counts  1 + (K - 1)·(2^L - 1) for L convolutions of K whose gaps double (van den Oord et al. 2016)
        """
        wide = self._most(less(add(self.last, 1), self.first))
        return self.length if self._windows.at_least(wide, self.length) else self._assumptions.simplify(wide)

    @cached_property
    def stride(self) -> Form:
        """How many positions of the input the window moves from one position of the result to the next."""
        return max((self._moves(self._inside(end)) for end in (self.first, self.last)), key=lambda form: form != 0)

    def _inside(self, form: Form) -> Form:
        """A form as it is away from both ends of the axis: `min(t + 1, W)` is W there, `min(t + w, T - 1)` is t + w."""
        if not isinstance(self.length, Symbol) or not any(isinstance(part, Min | Max) for part in _parts(form)):
            return form
        if not isinstance(form, Min | Max):
            return rebuild(form, self._inside)
        far = counter("T", 2)
        args = [(growth(arg.substitute({self.at: far / 2, self.length: far}), far), arg) for arg in form.args]
        best = max if isinstance(form, Max) else min
        chosen = best(grown.order for grown, _ in args)
        left = [(grown.leading.number, arg) for grown, arg in args if grown.order == chosen]
        if len(left) > 1 and all(number is not None for number, _ in left) and chosen[2] == 1:
            return self._inside(best(left, key=lambda pair: pair[0] or 0)[1])
        return self._inside(left[0][1]) if len(left) == 1 else form

    def _moves(self, form: Form) -> Form:
        """Raises UnderivedWindow where it moves now more, now less."""
        phases = _phases(form, self.at)
        later = (form.substitute({self.at: self.at + phases}) - form).expand()
        if mentions(later, (self.at,)):
            raise UnderivedWindow("the result", "its window moves now more, now less", self._span)
        return (later / phases).expand()

    @cached_property
    def look_ahead(self) -> Form:
        """How many positions behind its own a position of the result waits for: the algorithmic latency.

        The own position of position t is `stride·t`.
        """
        return self._most(less(self.last, self.stride * self.at))

    @cached_property
    def layers(self) -> Form:
        """The fewest layers between a position of the result and the farthest that it sees."""
        return self._counted._greatest(self._counted._most(end.layers) for end, _ in self._counted._ends)

    @cached_property
    def at_most(self) -> bool:
        """Whether there may be fewer layers: the way through a convolution, say, to the beginning of a recurrence.

        Fewer than one there cannot be, where another position is seen.
        """
        counted = self._counted
        return any(counted._is_bound(*end) and counted._most(end[0].layers) != 1 for end in counted._ends)

    @property
    def _counted(self) -> Path:
        """The same with layers. Raises UnderivedWindow."""
        if isinstance(self._counting, UnderivedWindow):
            raise self._counting
        return self._counting

    def _telling(self, told: Told, assumptions: Assumptions) -> Path:
        graph, port, axis, result = self._asked
        return Path(graph, assumptions, port, axis, result, told)

    @cached_property
    def _counting(self) -> Path | UnderivedWindow:
        if self._kind != "positions":
            return self
        try:
            return self._telling("layers", self._assumptions)
        except UnderivedWindow as fault:
            return fault if self._instead is None else self._instead()._counting

    def _is_bound(self, end: End, direction: Direction) -> bool:
        """Whether it may take fewer layers, or may at that position of the result from which it takes the most."""
        if end.at_most or self.at.high is None or not mentions(end.layers, (self.at,)):
            return end.at_most
        most = self._most(end.layers)
        return any(
            end.layers.substitute({self.at: at}) == most and self._windows.caught_up(end.put({self.at: at}), direction)
            for at in (num(0), (self.at.high - 1).expand())
        )

    @property
    def _ends(self) -> list[tuple[End, Direction]]:
        """In the directions in which more is seen than the position itself."""
        own = mul(self.stride, self.at) if self.stride != 0 else None
        ends = [(self._end(BACK), BACK), (self._end(AHEAD), AHEAD)]
        return [end for end in ends if own is None or end[0].position != own] or ends[:1]

    def _greatest(self, forms: Iterable[Form]) -> Form:
        return outermost(forms, self._windows.at_least, most=True)

    def _most(self, form: Form) -> Form:
        """The largest value over all positions of the result; by remainders where it rounds. Raises UnderivedWindow."""
        if isinstance(form, Max):
            return self._greatest(map(self._most, form.args))
        phases = _phases(form, self.at)
        turn = counter("t", 0)
        cases = [form.substitute({self.at: add(mul(phases, turn), n)}).expand() for n in range(phases)]
        if phases > 1 and not any(mentions(case, (turn,)) for case in cases):
            return self._greatest(cases)
        if not mentions(form.expand(), (self.at,)):
            return form if not mentions(form, (self.at,)) else form.expand()
        assert self.at.high is not None
        more = rise(form, self.at)
        if self._windows.at_least(more, num(0)):
            return form.substitute({self.at: (self.at.high - 1).expand()}).expand()
        if self._windows.at_least(num(0), more):
            return form.substitute({self.at: num(0)}).expand()
        raise UnderivedWindow("the result", "it cannot be told which position sees the most", self._span)

    # Paths ----------------------------------------------------------------------------------------

    @cached_property
    def connects(self) -> bool:
        """Whether every position of the result sees the whole axis, or all before or behind its own."""
        whole = self._windows.at_least
        return bool(whole(num(0), self.first) or whole(self.last, (self.length - 1).expand()))

    @cached_property
    def length_of_path(self) -> Form:
        """The fewest layers between any two positions.

        Counts  1 for attention; n for a recurrent network; ceil((n - 1)/(k - 1)) for convolutions that see k positions
                back; ceil(log2(n)/log2(k)) layers for those whose gaps are k^l, and for those with a stride of k
        Source  Vaswani et al., Attention is all you need (2017), table 1

        Raises NoPath, UnderivedWindow.
        """
        if self.at_most:
            raise self._underived(
                f"at most {self.layers} layers, but there may be a shorter way from the edge of the input"
            )
        count, exact = (self.layers, True) if self.connects else self._joined()
        if not exact and any(end.others for end, _ in self._counted._ends):
            raise self._underived(f"at most {count} layers, but there may be a way through fewer of them")
        between = self._between(self._assumptions) or self._where_wide(count)
        if not between:
            raise self._underived("it may leave out positions between the first and the last that it sees")
        if not any(self._windows.at_least(self.layers, most) for most in between):
            raise self._underived(
                f"to positions before the farthest it may lead through more than {self.layers} layers"
            )
        return count

    def _between(self, assumptions: Assumptions) -> list[Form]:
        """Through how many layers a position sees all up to the farthest, at most, in several ways; none: with gaps."""
        whole = self._telling("between", assumptions)
        return list(map(whole._most, whole._windows.surely(whole._sight, whole.first, whole.last)))

    def _where_wide(self, count: Form) -> list[Form]:
        """The same where a size is 2 or more, if a path length has no value where it is 1: `ceil((T - 1)/(K - 1))`."""
        for size in sorted({*self.first.free_symbols, *self.last.free_symbols} - {self.at}, key=str):
            try:
                count.substitute({size: num(1)})
            except ZeroDivisionError:
                between = self._between(self._assumptions.with_(AtLeast(size, num(2))))
                if between:
                    return between
        return []

    def _joined(self) -> tuple[Form, bool]:
        """The layers of a stack as deep as joins both ends, or of so many copies; and whether none leads on by more.

        Raises NoPath, UnderivedWindow.
        """
        if self.axis is None:
            raise NoPath("the result sees a part of them", self._span)
        try:
            return self._stacked()
        except Apart as why:
            raise NoPath(str(why), self._span) from None
        except Underived as why:
            raise self._underived(str(why)) from None

    def _stacked(self) -> tuple[Form, bool]:
        """Raises Underived."""
        view = View(self.at, self._inside(self.first), self._inside(self.last), self.stride, self.length)
        far = reach(view, self._windows.at_least)
        for size in self.layers.free_symbols:
            if mentions(far, (size,)) and not mentions(self.length, (size,)):
                deep = enough(far, size, view.gap)
                if deep is not None:
                    alike = self.layers == size and not mentions((far / size).expand(), (size,))
                    return self.layers.substitute({size: deep}), alike
        return mul(self.layers, copies(view, far)), self.layers == 1 and self.stride == 1

    def _underived(self, why: str) -> UnderivedWindow:
        return UnderivedWindow("the result", why, self._span)


def _phases(form: Form, at: Symbol) -> int:
    """After how many positions the roundings of a form repeat; 1 where it has none, or they do not repeat."""
    found = 1
    for rounded in _rounded(form, at):
        step = rounded.denominator.number
        slope = (rounded.numerator.substitute({at: at + 1}) - rounded.numerator).expand().number
        if step is None or slope is None or mentions(rounded.numerator.substitute({at: num(0)}), (at,)):
            return 1
        found = lcm(found, (Fraction(step) / slope).numerator if slope else 1)
    return found if found <= MOST_PHASES else 1


def _parts(form: Form) -> Iterator[Form]:
    yield form
    for child in form.children:
        yield from _parts(child)


def _rounded(form: Form, at: Symbol) -> Iterator[Rounding]:
    yield from (part for part in _parts(form) if isinstance(part, Rounding) and mentions(part, (at,)))
