"""Paths along an axis: what stretch of the input a position of the result sees, how far ahead, through how many layers.

The path length is the fewest layers between any two positions (Vaswani et al. 2017, table 1, "maximum path length"): of
a model that sees the whole axis, or all before or behind, those on its own path from the farthest position; of one that
sees a window, those of as many copies above each other as bring the two ends of the axis together. Where the number of
layers in the model is a dimension, that dimension is chosen instead. With a stride every copy has fewer positions, and
the ends have come together where one position sees both. What counts as a layer `follow.py` says. A path length is
told only where all positions between those ends are surely seen, and through no more layers.
"""

from __future__ import annotations

from collections.abc import Sequence

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.copies import Apart, copies, enough, reach
from symcost.analysis.window.leading import leading_to
from symcost.analysis.window.loops import Windows
from symcost.analysis.window.order import cases_of
from symcost.analysis.window.sight import AHEAD, BACK, ENDLESS, LEAST, MOST, ZERO, Sight
from symcost.errors import AxisOutOfRange, NoPath, UnderivedWindow
from symcost.formula import Assumptions, AtLeast, Form, Symbol, add, counter, mul, num
from symcost.formula.along import last_value, less, phases
from symcost.formula.parts import mentions, outermost
from symcost.graph.graph import Graph, Tensor
from symcost.once import once

LONG = 8
"""Positions of an axis of which some are away from both ends."""

LONG_SOUGHT = 60
"""Proofs after which a refusal stands, once the whole graph was followed: numbers say more than open sizes do."""


class AxisPath:
    """What a result of a graph sees of an axis of a port."""

    def __init__(self, graph: Graph, assumptions: Assumptions, port: int = 0, axis: int = 0, result: int = 0) -> None:
        """Raises AxisOutOfRange, UnderivedWindow."""
        self._asked = (port, axis, result)
        self._graph = graph
        self._assumptions = assumptions
        self._span = graph.results[result].span
        source, tensor = graph.ports[port], graph.results[result]
        if not -len(source.shape) <= axis < len(source.shape):
            raise AxisOutOfRange(axis, source.shape, source.span, source.span)
        self.length: Form = source.shape[axis]
        self._windows = Windows(assumptions, (self.length - 1).expand())
        place = self._windows.axes(source)[axis]
        self._windows.seen[source] = Sight((place, place), along=frozenset((place,)))
        self._windows.follow(leading_to(tensor, graph))
        self.axis: int | None = None
        """The axis of the result along which windows move; None where it has one window as a whole."""
        self.at: Symbol = counter("t", 0, 1)
        """The position along it."""
        sight = self._windows.told(tensor)
        self.sees: bool = sight is not None
        """Whether the result depends on the input at all."""
        self._sight = Sight((ZERO, ZERO)) if sight is None else self._along(sight, tensor, axis % len(source.shape))
        ends: tuple[Form, Form] = self._sight.ends
        self.first: Form = ends[0]
        self.last: Form = ends[1]
        """The first and the last position that position `at` sees, outside of the input where padding stands there."""

    def _along(self, sight: Sight, tensor: Tensor, axis: int) -> Sight:
        """What is seen by the position along one axis: that which changes what is seen, or that of the port."""
        axes = self._windows.axes(tensor)
        self.axis = self._moving(sight, axes)
        if self.axis is None:
            self.axis = self._alike(tensor, axis)

        for number, place in enumerate(axes):
            if number != self.axis:
                sight = self._windows.over(sight, place)
        if self.axis is None:
            return sight

        own = axes[self.axis]
        if own in sight.parts:
            # One formula for all its positions would be that of no part.
            raise self._underived("its positions are put together from several parts")
        self.at = counter("t", 0, tensor.shape[self.axis])
        return sight.put({own: self.at})

    def _moving(self, sight: Sight, axes: Sequence[Symbol]) -> int | None:
        """The axis along which what is seen changes, or else the layers to it. Raises UnderivedWindow."""
        for changes in (sight.moves, sight.mentions):
            seeing = [number for number, place in enumerate(axes) if changes(place)]
            if len(seeing) > 1:
                raise self._underived("it sees differently along several axes")
            if seeing:
                return seeing[0]
        return None

    def _alike(self, tensor: Tensor, axis: int) -> int | None:
        """The axis of the result that is as long as that of the port."""
        if axis < len(tensor.shape) and tensor.shape[axis] == self.length:
            return axis
        return next((n for n, size in enumerate(tensor.shape) if size == self.length), None)

    # Windows --------------------------------------------------------------------------------------

    @once
    def receptive_field(self) -> Form:
        """How many positions a position of the result sees at most; never more than there are, 0 if it sees none.

        Counts  1 + (K - 1)·(2^L - 1) for L convolutions of K whose gaps double (van den Oord et al. 2016)
        """
        if not self.sees:
            return ZERO
        wide = self._most(less(add(self.last, 1), self.first))
        return self.length if self._windows.at_least(wide, self.length) else self._assumptions.simplify(wide)

    @once
    def stride(self) -> Form:
        """How many positions of the input the window moves from one position of the result to the next."""
        return max((self._moves(end) for end in (self.first, self.last)), key=lambda form: form != 0)

    def _moves(self, form: Form) -> Form:
        """Raises UnderivedWindow where it moves now more, now less."""
        turns = phases(form, self.at)
        later = (form.substitute({self.at: self.at + turns}) - form).expand()
        if mentions(later, (self.at,)):
            raise self._underived("its window moves now more, now less")
        return (later / turns).expand()

    @once
    def look_ahead(self) -> Form:
        """How many positions behind its own a position of the result waits for: the algorithmic latency.

        The own position of position t is `stride·t`.
        """
        return self._most(less(self.last, self.stride * self.at))

    def _most(self, form: Form) -> Form:
        """The largest value over all positions of the result; by remainders where it rounds. Raises UnderivedWindow."""
        if not mentions(form, (self.at,)):
            return form
        several = cases_of(form, most=True)
        if len(several) > 1:
            return outermost(map(self._most, several), self._windows.at_least, most=True)

        turn = counter("t", 0)
        turns = phases(form, self.at)
        cases = [form.substitute({self.at: add(mul(turns, turn), n)}).expand() for n in range(turns)]
        if not any(mentions(case, (turn,)) for case in cases):
            return outermost(cases, self._windows.at_least, most=True)

        try:
            return self._windows.extreme(form, self.at, most=True)
        except Underived:
            # It may be largest anywhere in between, or rise for some sizes and fall for others.
            raise self._underived("it cannot be told which position sees the most") from None

    # Paths ----------------------------------------------------------------------------------------

    @once
    def layers(self) -> Form:
        """The fewest layers between a position of the result and the farthest that it sees, or more (`at_most`).

        Raises UnderivedWindow.
        """
        if mentions(self._sight.layers[MOST], (ENDLESS,)):
            raise self._underived("through how many layers changes from position to position")
        return self._most(self._sight.layers[MOST])

    @once
    def at_most(self) -> bool:
        """Whether there may be fewer layers: the way through a convolution, say, to the beginning of a recurrence."""
        layers = self.layers
        if self.connects and layers == 1 and self.length != 1:
            # All positions are seen, and only a few of them without any layer.
            return False

        try:
            sides = self._sides()
        except UnderivedWindow:
            # Without a stride it is not known which positions are the farthest.
            return True
        return not any(self._reaches(side, layers) for side in sides)

    def _sides(self) -> list[int]:
        """The directions in which more is seen than the position itself. Raises UnderivedWindow."""
        own = mul(self.stride, self.at) if self.stride != 0 else None
        return [side for side in (BACK, AHEAD) if self._sight.ends[side] != own] or [BACK]

    def _reaches(self, side: int, layers: Form) -> bool:
        """Whether the farthest position takes as many layers, from an entry at the other end of a long axis."""
        end = last_value(self.at)
        sizes = [size for size in (self.length, (end + 1).expand()) if size.number is None]
        few = self._sight.layers[side].substitute({self.at: end if side == BACK else self.at.low})
        with self._windows.supposing(*(AtLeast(size, num(LONG)) for size in sizes)):
            return bool(self._windows.at_least(few, layers))

    @once
    def connects(self) -> bool:
        """Whether every position of the result sees the whole axis, or all before or behind its own."""
        whole = self._windows.at_least
        return bool(whole(ZERO, self.first) or whole(self.last, (self.length - 1).expand()))

    @once
    def length_of_path(self) -> Form:
        """The fewest layers between any two positions.

        Counts  1 for attention; n for a recurrent network; ceil((n - 1)/(k - 1)) for convolutions that see k positions
                back; ceil(log2(n)/log2(k)) layers for those whose gaps are k^l, and for those with a stride of k
        Source  Vaswani et al., Attention is all you need (2017), table 1

        Raises NoPath, UnderivedWindow.
        """
        try:
            return self._length
        except UnderivedWindow:
            above_1 = None if self.connects else self._length_above_1()
            if above_1 is None:
                raise
            return above_1

    def _length_above_1(self) -> Form | None:
        """The path length if a size is above 1, where it is one that it has no value at: it divides by `K - 1`, say.

        Raises NoPath, UnderivedWindow.
        """
        far = self._reach()
        for size in far.free_symbols:
            two = AtLeast(size, num(2))
            if far.substitute({size: num(1)}).expand() == 0 and two not in self._assumptions:
                return AxisPath(self._graph, self._assumptions.with_(two), *self._asked)._length
        return None

    @property
    def chooses_layers(self) -> bool:
        """Whether the path length is that of a model with so many layers, as their number is a dimension.

        Raises NoPath, UnderivedWindow.
        """
        chosen = set(self.layers.free_symbols) - set(self.length_of_path.free_symbols)
        return bool(chosen) and not self.connects

    @once
    def _length(self) -> Form:
        """Raises NoPath, UnderivedWindow."""
        if self.at_most:
            shorter_way = "there may be a shorter way from the edge of the input"
            raise self._underived(f"at most {self.layers} layers, but {shorter_way}")

        count, exact = (self.layers, True) if self.connects else self._joined()
        if not exact and self._sight.layers[LEAST] != self._sight.layers[MOST]:
            # Copies may lead on from what one of them sees through few layers.
            raise self._underived(f"at most {count} layers, but there may be a way through fewer of them")

        if not self._sight.solid:
            # The ends have met then, but others may not have.
            raise self._underived("it may leave out positions between the first and the last that it sees")
        return count

    def _joined(self) -> tuple[Form, bool]:
        """The layers of a stack as deep as joins both ends, or of so many copies; and whether none leads on by more.

        Raises NoPath, UnderivedWindow.
        """
        if self.axis is None:
            # There is one window as a whole, and no copy has an axis to go on along.
            raise NoPath("the result sees a part of them", self._span)

        far = self._reach()
        gap = (self.length - 1).expand()
        deep = self._deep_enough(far, gap)
        if deep is not None:
            return deep

        exact = self.layers == 1 and self.stride == 1
        return mul(self.layers, copies(gap, far, self.stride)), exact

    def _reach(self) -> Form:
        """How far one copy brings the ends together. Raises NoPath, UnderivedWindow."""
        own = self.stride * self.at
        back, ahead = less(own, self.first), less(self.last, own)
        try:
            return reach(self.at, back, ahead, self.stride, self._windows)
        except Apart as why:
            raise NoPath(str(why), self._span) from None
        except Underived as why:
            raise self._underived(str(why)) from None

    def _deep_enough(self, far: Form, gap: Form) -> tuple[Form, bool] | None:
        """The layers of a model as deep as joins both ends, if its depth is a dimension; whether all lead on alike."""
        for size in self.layers.free_symbols:
            if not mentions(far, (size,)) or mentions(self.length, (size,)):
                # A deeper model sees no farther, or has farther to see.
                continue
            deep = enough(far, size, gap)
            if deep is None:
                continue

            # With more layers each goes on as the one before: all of them are alike where each adds as much.
            alike = self.layers == size and not mentions((far / size).expand(), (size,))
            return self.layers.substitute({size: deep}), alike
        return None

    def _underived(self, why: str) -> UnderivedWindow:
        return UnderivedWindow("the result", why, self._span, final=self._windows.spent > LONG_SOUGHT)
