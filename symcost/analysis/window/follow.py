"""Follows a graph from an input on and says of every tensor what stretch of it its entries see.

A position may lie before the beginning or behind the end, where padding stands: a window is as it is away from the
ends, and every axis has more than one position.

A layer is an operation with arithmetic where positions meet: one that reads entries of an operand that see something
else, or operands none of which sees all that the result does. A convolution is one, so is attention; moving (pad,
select, transpose), pointwise operations and the sum around a residual connection are none. A step of a scan that
carries something is one as a whole; of a scan inside of a step each step is one, together with what the step around it
has done since. Of several ways the one through the fewest layers counts (Vaswani et al. 2017, section 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import starmap

from symcost.analysis.depth.chains import Underived
from symcost.analysis.reads import Axes
from symcost.analysis.window.order import Order
from symcost.analysis.window.sight import AHEAD, BACK, ZERO, Sight
from symcost.errors import UnderivedWindow
from symcost.formula import Assumptions, Form, Symbol, counter
from symcost.formula.along import last_value, rise, within
from symcost.formula.form import Rounding
from symcost.formula.keys import Key
from symcost.formula.terms import over as fraction
from symcost.graph.graph import Block, GraphNode, Operation, Parameter, Tensor
from symcost.ops.reads import Beside, Reading, Unseen
from symcost.records import dataclass

State = list[Sight | None]
"""What several tensors see, such as all that is carried from round to round."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a result sees in one operand; `spread`: not every entry of it that is read sees the same."""

    sight: Sight
    spread: bool = False
    may_spread: bool = False


class Follower(Order):
    """Follows a graph; `seen` has what the entries of each tensor see. How loops are solved is left open."""

    def __init__(self, facts: Assumptions, end: Form | None) -> None:
        super().__init__(facts, end)
        self.seen: dict[Tensor, Sight | None] = {}
        self.untold: dict[Tensor, UnderivedWindow] = {}
        """Why it is not known what a tensor sees: who reads it is refused for that; what nobody reads is no matter."""
        self.symbols: dict[tuple[int, Key], Symbol] = {}
        self._axes: dict[Tensor, Axes] = {}
        self._calls: dict[object, list[Sight | UnderivedWindow | None]] = {}
        self.stepping: bool = False

    def axes(self, tensor: Tensor) -> Axes:
        """A symbol for the position along each axis; tensors of one shape share them, and with them what is proven."""
        known = self._axes.get(tensor)
        if known is None:
            known = self._axes[tensor] = tuple(starmap(self._axis, enumerate(tensor.shape)))
        return known

    def _axis(self, number: int, size: Form) -> Symbol:
        key = (number, size.key)
        if key not in self.symbols:
            self.symbols[key] = counter("p", 0, size)
        return self.symbols[key]

    def told(self, tensor: Tensor) -> Sight | None:
        """What a tensor sees; None where that is nothing of the input. Raises UnderivedWindow where it is not known."""
        if tensor in self.untold:
            raise self.untold[tensor]
        return self.seen.get(tensor)

    def moved(self, source: Tensor, target: Tensor, skip: int = 0) -> Sight | None:
        """What a tensor sees, over the axes of another one, whose first `skip` axes are its own.

        Raises UnderivedWindow where that is not known.
        """
        sight = self.told(source)
        if sight is None:
            return None
        return sight.put(dict(zip(self.axes(source), self.axes(target)[skip:], strict=True)))

    def follow(self, graph: Iterable[GraphNode]) -> None:
        """Say what every tensor of a graph, or of some of its nodes, sees. Raises UnderivedWindow."""
        for node in graph:
            is_layer = isinstance(node, Block) and node.kind == "layer"  # only named
            if not is_layer and not isinstance(node, Parameter):
                self._follow_node(node)

    def _follow_node(self, node: Operation | Block) -> None:
        """Say what the results of a node see. Raises UnderivedWindow, which names the node."""
        if not any(self.seen.get(tensor) or tensor in self.untold for tensor in node.inputs):
            # What sees nothing of the input needs no window, so nothing in it can be refused.
            self.seen |= dict.fromkeys(node.outputs)
            return

        try:
            self._node(node)
        except Underived as why:
            name = node.kind if isinstance(node, Operation) else node.name
            raise UnderivedWindow(f"`{name}`", str(why), node.span) from None

    def _node(self, node: Operation | Block) -> None:
        """Raises Underived, UnderivedWindow."""
        match node:
            case Operation():
                for number, out in enumerate(node.outputs):
                    self.seen[out] = self._result(node, number, self.axes(out))
            case Block(kind="call"):
                self._call(node)
            case Block(kind="choose"):
                self._choice(node)
            case _:
                self.loop(node)

    def _choice(self, block: Block) -> None:
        """Each branch of a choice sees what it sees by itself; the first axis of the stack says which branch it is."""
        self.follow(block.graph)
        for one in block.emitted:
            self.seen[one.stacked] = self.moved(one.each, one.stacked, 1)

    def loop(self, block: Block) -> None:
        """Say what the values see that a loop carries and emits. Raises Underived."""
        raise NotImplementedError

    def _call(self, block: Block) -> None:
        """A module; where the same arrives, the same comes out."""
        pairs = zip(block.inputs, block.graph.ports, strict=True)
        arriving = {port: self.moved(outer, port) for outer, port in pairs}
        # Under other facts, or as a step of a loop, the same input may lead to something else.
        key = (block.graph, self.stepping, self.facts, *keys(arriving.values()))

        self.seen |= arriving
        if key not in self._calls:
            self.follow(block.graph)
            self._calls[key] = [self.untold.get(made) or self.seen.get(made) for made in block.graph.results]
        for made, sight, out in zip(block.graph.results, self._calls[key], block.outputs, strict=True):
            self.settle(made, sight)
            self.settle(out, sight if isinstance(sight, UnderivedWindow) else self.moved(made, out))

    def settle(self, tensor: Tensor, sight: Sight | UnderivedWindow | None) -> None:
        """What a tensor sees, or why that is not known, in place of what was found where it was followed before."""
        self.untold.pop(tensor, None)
        if isinstance(sight, UnderivedWindow):
            self.untold[tensor] = sight
        else:
            self.seen[tensor] = sight

    # Operations -----------------------------------------------------------------------------------

    def _result(self, operation: Operation, number: int, at: Axes) -> Sight | None:
        """What an entry of a result sees, within the input. Raises Underived."""
        seeing = self._seeing(operation, number, at)
        if not seeing:
            return None
        several = len(seeing) > 1
        parts = [self._read(reading, operation, at, several) for reading in seeing]
        whole = self._of_operands(operation, parts, seeing[0].beside, at)

        has_end = self.edges[AHEAD] is not None
        if has_end and self.below(whole.last, ZERO):
            # Clipped it would be said to see the first position.
            raise Underived("it sees padding alone")
        return self.clipped(whole)

    def _seeing(self, operation: Operation, number: int, at: Axes) -> list[Reading]:
        """What an entry of a result reads of operands that see the input. Raises Underived."""
        try:
            readings = list(operation.primitive.reads.sees(operation, number, at))
        except Unseen as why:
            raise Underived(str(why)) from None
        return [reading for reading in readings if self._reads_something(reading, operation)]

    def _reads_something(self, reading: Reading, operation: Operation) -> bool:
        """Whether it reads any entry, of an operand that sees the input; `x[0:t]` has none if there is one round."""
        sees = self.told(operation.inputs[reading.place]) is not None
        return sees and not any(self.at_least(turn.low, turn.high) for turn in reading.over if turn.high is not None)

    def _of_operands(self, operation: Operation, parts: Sequence[Part], beside: Beside | None, at: Axes) -> Sight:
        """What an entry of a result sees in all operands; `beside`: how the first that sees lies by the others."""
        operands = len(operation.inputs)
        if operation.cost.counts or operands < 2:
            return self._met(operation, parts)

        # An entry of the result is in one of its operands only: beside the others, or behind them in a stack.
        axis = 0 if beside is None else beside.axis
        complete = len(parts) == operands
        return self._beside(parts, complete, at[axis])

    def _read(self, reading: Reading, operation: Operation, at: Axes, several: bool) -> Part:
        """What an entry of a result sees in one operand, which may be one of several. Raises Underived."""
        tensor = operation.inputs[reading.place]
        sight, axes = self.seen[tensor], self.axes(tensor)
        assert sight is not None
        if reading.beside is not None and several:
            return self._read_whole(reading, reading.beside, sight, axes)

        values = dict(zip(axes, reading.positions, strict=True))
        self._check(reading, sight, values, at)
        read = sight.put(values)
        _check_ends(read)
        return self._together(read, reading.over)

    def _read_whole(self, reading: Reading, beside: Beside, sight: Sight, axes: Axes) -> Part:
        """One of several parts that lie beside each other: what all of its entries see together. Raises Underived."""
        own = axes[beside.axis]
        values = dict(zip(axes, reading.positions, strict=True)) | {own: own}
        whole = replace(self.over(sight, own), parts=sight.parts - {own}, split=sight.split - {own})
        return Part(whole.put(values), may_spread=own in sight.along)

    def _check(self, reading: Reading, sight: Sight, values: dict[Symbol, Form], at: Axes) -> None:
        """Raises Underived where it is not known what an entry reads, or whether it reads anything."""
        axes = tuple(values)
        unknown = {axes[axis] for axis in reading.unknown}
        if not unknown.isdisjoint(sight.along):
            raise Underived("which of its rows are read is known only when it runs")
        is_gapless = all(self.at_least(need, ZERO) for need in reading.gapless)
        if not is_gapless:
            raise Underived("its left side leaves gaps")
        if not _takes_whole_parts(sight, values, (*at, *reading.over)):
            # What each of them sees is not kept.
            raise Underived("it takes some of several parts beside each other")
        if reading.beside is not None:
            self._check_padding(sight, axes[reading.beside.axis], reading.beside)

    def _check_padding(self, sight: Sight, own: Symbol, beside: Beside) -> None:
        """Raises Underived where padding lies inside of the input, and no window may be said to go on over it."""
        for side in (BACK, AHEAD):
            if self._inwards(sight, own, beside, side):
                raise Underived("it pads what was moved inwards")

    def _inwards(self, sight: Sight, own: Symbol, beside: Beside, side: int) -> bool:
        """Whether an end of the input has been moved inwards, and is padded: as if the axis went on there."""
        end = sight.ends[side]
        edge = self.edges[side]
        slope = rise(end, own).number
        if not slope or edge is None:
            return False

        # Where positions are reversed, what lies behind the operand is before the beginning of the input.
        behind = (slope > 0) == (side == AHEAD)
        padding, outermost = (beside.after, last_value(own)) if behind else (beside.before, ZERO)
        if padding == 0:
            return False
        seen = end.substitute({own: outermost})
        low, high = (edge, seen) if side == BACK else (seen, edge)
        return self.below(low, high)

    def _together(self, sight: Sight, over: Sequence[Symbol]) -> Part:
        """What is seen over all values of some counters. Raises Underived."""
        spread = may_spread = False
        for turn in self._in_order(sight, over):
            if self.at_least(turn.low, last_value(turn)):
                sight = self._of_one(sight, turn)
                continue

            may_spread |= sight.may_differ(turn)
            spread |= sight.moves(turn) or turn in sight.split
            sight = self.over(sight, turn)
        left = replace(sight, parts=sight.parts.difference(over), split=sight.split.difference(over))
        return Part(left, spread, spread or may_spread)

    def _of_one(self, sight: Sight, turn: Symbol) -> Sight:
        """What is seen for the only value of a counter; where it may have none, as in `x[0:t]`, up to its end."""
        is_there = self.at_least(last_value(turn), turn.low)
        return sight.put({turn: turn.low}) if is_there else self.over(sight, turn)

    def _in_order(self, sight: Sight, over: Sequence[Symbol]) -> list[Symbol]:
        """Those counters that matter; first those from one value to the next of which nothing is left out."""
        turns = [turn for turn in over if sight.mentions(turn) or turn in sight.along]
        if len(turns) < 2:  # there is nothing to prove
            return turns
        return sorted(turns, key=lambda turn: not self.touches(sight, turn))

    def _beside(self, parts: Sequence[Part], complete: bool, axis: Symbol) -> Sight:
        """What is joined or stacked along an axis: all of it together, where single entries may see a part."""
        sights = [part.sight for part in parts]
        whole = self.joined(sights)
        if _are_alike(parts) and (complete or whole.moves(axis)):
            return whole

        # What is near to one of them need not be near to the others.
        split = frozenset((axis,)) if self.differ(sights) else frozenset()
        return replace(whole, parts=whole.parts | {axis}, along=whole.along | {axis}, split=split, near=None)

    def _met(self, operation: Operation, parts: Sequence[Part]) -> Sight:
        """What an operation sees in all its operands, with the layer that it is itself."""
        sights = [part.sight for part in parts]
        if not operation.cost.counts:
            return self.joined(sights)
        if self.stepping:
            # The step counts as one layer, when it is over.
            return self.joined([replace(sight, worked=True, near=None) for sight in sights])
        return self.joined(self._through(parts, *self._meet(sights)))

    def _through(self, parts: Sequence[Part], meet: bool, may_meet: bool) -> Iterator[Sight]:
        """What is seen in each operand through one layer more, where entries that see something else come together."""
        for part in parts:
            yield part.sight.through(int(meet or part.spread), int(may_meet or part.may_spread))

    def _meet(self, sights: Sequence[Sight]) -> tuple[bool, bool]:
        """Whether no operand sees all that the result does: whether that is sure, and whether it may be."""
        if len(sights) < 2:
            return False, False

        have_parts = any(sight.parts for sight in sights)
        if have_parts:
            # What is said of all parts together need not be so of the one that is read here.
            return False, True

        are_the_same = len(set(keys(sights))) == 1
        if are_the_same:
            # With gaps, what one of them leaves out another may see.
            return False, not sights[0].solid

        one_sees_all = any(self._covers_all(one, sights) for one in sights)
        if one_sees_all:
            return False, False
        return self.apart(sights), True

    def _covers_all(self, one: Sight, sights: Sequence[Sight]) -> bool:
        return all(other is one or self.covers(one, other) for other in sights)


def keys(state: Iterable[Sight | None]) -> list[object]:
    """What tells whether sights are the same as others."""
    return [sight and sight.key for sight in state]


def _are_alike(parts: Sequence[Part]) -> bool:
    """Whether all entries of all these operands see the same."""
    several = len(set(keys(part.sight for part in parts))) > 1
    return not several and not any(part.may_spread for part in parts)


def _takes_whole_parts(sight: Sight, values: Mapping[Symbol, Form], over: Sequence[Symbol]) -> bool:
    """Whether of parts beside each other it takes all, or one at a time."""
    return all(axis.high == 1 or values.get(axis) in over for axis in sight.parts)


def _check_ends(sight: Sight) -> None:
    """Raises Underived where the stretch ends at positions of which too little could be proven."""
    if any(_counts_through_quotient(end) for end in sight.ends):
        raise Underived("its positions are counted through an axis that is a quotient")


def _counts_through_quotient(form: Form) -> bool:
    """Whether a position is divided by a size that is itself a quotient, as of patches: proofs take too long."""
    rounded = [part for part in within(form) if isinstance(part, Rounding)]
    return any(fraction(part.denominator)[1] != 1 for part in rounded)
