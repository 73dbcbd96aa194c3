"""Windows: follows a graph from an input on and says of every tensor what stretch of it its entries see.

A position may lie before the beginning or behind the end, where padding stands: a window is as it is away from the
ends, and every axis has more than one position.

A layer is an operation with arithmetic where positions meet: one that reads entries of an operand that see something
else, or operands none of which sees all that the result does. A convolution is one, so is attention; moving (pad,
select, transpose), pointwise operations and the sum around a residual connection are none. A step of a scan that
carries something is one as a whole; of a scan inside of a step each step is one, together with what the step around it
has done since. Of several ways the one through the fewest layers counts (Vaswani et al. 2017, section 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from symcost.analysis.depth.chains import Underived
from symcost.analysis.reads import Axes
from symcost.analysis.window.order import Order
from symcost.analysis.window.places import Place, places
from symcost.analysis.window.sight import AHEAD, ZERO, Sight
from symcost.errors import UnderivedWindow
from symcost.formula import Assumptions, Form, Symbol, counter
from symcost.formula.along import last_value
from symcost.formula.keys import Key
from symcost.graph.graph import Block, Graph, Operation, Parameter, Tensor

MEND = "with numbers for the repeat counts, rounds are followed one by one"

State = list[Sight | None]
"""What is carried from round to round, over the axes at the start of a round."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a result sees in one operand; `spread`: not every entry of it that is read sees the same."""

    sight: Sight
    spread: bool
    may_spread: bool


class Follower(Order):
    """Follows a graph; `seen` has what the entries of each tensor see. How loops are solved is left open."""

    def __init__(self, facts: Assumptions, end: Form | None) -> None:
        super().__init__(facts, end)
        self.seen: dict[Tensor, Sight | None] = {}
        self.symbols: dict[tuple[int, Key], Symbol] = {}
        self._calls: dict[object, State] = {}
        self.stepping = False

    def axes(self, tensor: Tensor) -> Axes:
        """A symbol for the position along each axis; tensors of one shape share them, and with them what is proven."""
        keys = [(number, size.key) for number, size in enumerate(tensor.shape)]
        pairs = zip(keys, tensor.shape, strict=True)
        return tuple(self.symbols.setdefault(key, counter("p", 0, size)) for key, size in pairs)

    def follow(self, graph: Graph) -> None:
        """Say what every tensor of a graph sees. Raises UnderivedWindow."""
        for node in graph:
            if isinstance(node, Parameter):
                continue
            if isinstance(node, Block) and node.kind == "layer":
                continue
            self._follow_node(node)

    def _follow_node(self, node: Operation | Block) -> None:
        """Say what the results of a node see. Raises UnderivedWindow, which names the node."""
        if not any(self.seen.get(tensor) for tensor in node.inputs):
            # What sees nothing of the input needs no window, so nothing in it can be refused.
            self.seen |= dict.fromkeys(node.outputs)
            return

        try:
            self._node(node)
        except Underived as why:
            raise _underived(node, why) from None

    def _node(self, node: Operation | Block) -> None:
        """Raises Underived, UnderivedWindow."""
        match node:
            case Operation():
                self._results(node)
            case Block(kind="call"):
                self._call(node)
            case Block(kind="choose"):
                self._choice(node)
            case _:
                self.loop(node)

    def _results(self, operation: Operation) -> None:
        """Say what each result of an operation sees. Raises Underived."""
        for number, out in enumerate(operation.outputs):
            self.seen[out] = self._operation(operation, number, self.axes(out))

    def _choice(self, block: Block) -> None:
        """Each branch of a choice sees what it sees by itself; the first axis of the stack says which branch it is."""
        self.follow(block.graph)
        for one in block.emitted:
            self.seen[one.stacked] = self.moved(self.seen.get(one.each), one.each, one.stacked, 1)

    def loop(self, block: Block) -> None:
        """Say what the values see that a loop carries and emits. Raises Underived."""
        raise NotImplementedError

    def moved(self, sight: Sight | None, source: Tensor, target: Tensor, skip: int = 0) -> Sight | None:
        """The same over the axes of another tensor, whose first `skip` axes are its own."""
        if sight is None:
            return None
        axes = dict(zip(self.axes(source), self.axes(target)[skip:], strict=True))
        parts = frozenset(axes[axis] for axis in sight.parts)
        split = frozenset(axes[axis] for axis in sight.split)
        return replace(sight.put(axes), parts=parts, split=split)

    def _call(self, block: Block) -> None:
        """A module; where the same arrives, the same comes out."""
        arriving = self._arriving(block)
        # Under other facts, or as a step of a loop, the same input may lead to something else.
        key = (block.graph, self.stepping, self.facts, *keys(arriving.values()))

        if key not in self._calls:
            self.seen |= arriving
            self.follow(block.graph)
            self._calls[key] = [self.seen.get(made) for made in block.graph.results]

        for made, sight, out in zip(block.graph.results, self._calls[key], block.outputs, strict=True):
            self.seen[out] = self.moved(sight, made, out)

    def _arriving(self, block: Block) -> dict[Tensor, Sight | None]:
        """What the ports of a module see, over their own axes."""
        pairs = zip(block.inputs, block.graph.ports, strict=True)
        return {port: self.moved(self.seen.get(outer), outer, port) for outer, port in pairs}

    # Operations -----------------------------------------------------------------------------------

    def _operation(self, operation: Operation, number: int, at: Axes) -> Sight | None:
        """What a result sees, within the input. Raises Underived."""
        whole = self._unclipped(operation, number, at)
        if whole is None:
            return None

        if self.edges[AHEAD] is not None and self.below(whole.last, ZERO):
            # Clipped it would be said to see the first position.
            raise Underived("it sees padding alone")
        return self.clipped(whole)

    def _unclipped(self, operation: Operation, number: int, at: Axes) -> Sight | None:
        """What a result sees, padding included. Raises Underived."""
        found = list(places(operation, number, at, self._seen_of, self))
        parts = [self._read(place, at) for place in found]
        axis = self._axis_of_parts(operation, number, at)
        if axis is None:
            return self._met(operation, parts)

        # An entry of the result is in one of its operands only.
        sights = [part.sight for part in parts]
        alike = _all_equal(sights) and not any(place.differ for place in found)
        complete = len(sights) == len(operation.inputs)
        return self.beside(sights, alike, complete, axis)

    def _seen_of(self, tensor: Tensor) -> tuple[Sight | None, Axes]:
        return self.seen.get(tensor), self.axes(tensor)

    def _axis_of_parts(self, operation: Operation, number: int, at: Axes) -> Symbol | None:
        """The axis along which the inputs lie beside each other, or behind each other in a stack."""
        if operation.cost.counts or len(operation.inputs) < 2:
            return None
        beside = [each.beside for each in operation.primitive.reads.sees(operation, number, at)]
        axes = {at[one.axis] if one is not None else at[0] for one in beside}
        return axes.pop() if len(axes) == 1 else None

    def _read(self, place: Place, at: Axes) -> Part:
        """What an entry of a result sees in one operand. Raises Underived."""
        values = place.values
        left = self._parts(place, at)
        taken = [values[axis] for axis in place.sight.split]
        split = left & {position for position in taken if isinstance(position, Symbol)}
        sight = replace(place.sight.put(values), parts=left, split=split)

        # Parts that surely see something else are read together.
        spread = any(position in place.over for position in taken)
        may_spread = False
        for turn in self._in_order(sight, place.over):
            if self.at_least(turn.low, last_value(turn)):
                # There is one entry only.
                sight = sight.put({turn: turn.low})
                continue

            may_spread |= _may_spread(place, sight, turn)
            spread |= sight.differs(turn)
            sight = self.over(sight, turn)
        return Part(sight, spread, spread or may_spread)

    def _parts(self, place: Place, at: Axes) -> frozenset[Symbol]:
        """Along which axes of the result still lie the parts of an operand that is not read as a whole.

        Raises Underived.
        """
        left: set[Symbol] = set()
        for axis in place.sight.parts:
            position = place.values[axis]
            if position in place.over or axis.high == 1:
                # All parts are read together, or there is but one.
                continue

            if not isinstance(position, Symbol) or position not in at:
                # It chooses among the parts, and what each of them sees is not kept.
                raise Underived("it takes some of several parts beside each other")
            left.add(position)
        return frozenset(left)

    def _in_order(self, sight: Sight, turns: Sequence[Symbol]) -> list[Symbol]:
        """The counters of a read; those first from one to the next of which nothing is left out."""
        moving = [turn for turn in turns if sight.mentions((turn,)) or turn in sight.along]
        if len(moving) < 2:
            return moving
        return sorted(moving, key=lambda turn: not self.touches(sight, turn))

    def beside(self, sights: Sequence[Sight], alike: bool, complete: bool, axis: Symbol) -> Sight | None:
        """What is joined or stacked along an axis: all of it together, where single entries may see a part."""
        whole = self.joined(sights)
        if whole is None:
            return None
        if alike and (complete or whole.moves((axis,))):
            return whole

        # What is near to one of them need not be near to the others.
        parts = replace(whole, parts=whole.parts | {axis}, near=None)
        if not alike:
            parts = replace(parts, along=parts.along | {axis})
        if self._two_differ(sights):
            parts = replace(parts, split=parts.split | {axis})
        return parts

    def _two_differ(self, sights: Sequence[Sight]) -> bool:
        return any(self.differ(*pair) for pair in combinations(sights, 2))

    def _met(self, operation: Operation, parts: Sequence[Part]) -> Sight | None:
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
            surely = int(meet or part.spread)
            at_most = int(may_meet or part.may_spread)
            yield part.sight.through(surely, at_most)

    def _meet(self, sights: Sequence[Sight]) -> tuple[bool, bool]:
        """Whether no operand sees all that the result does: whether that is sure, and whether it may be."""
        if len(sights) < 2:
            return False, False

        if any(sight.parts & sight.along for sight in sights):
            # What is said of all parts together need not be so of the one that is read here.
            return False, True

        if _all_equal(sights):
            # With gaps, what one of them leaves out another may see.
            return False, not sights[0].solid

        if any(self._covers_all(one, sights) for one in sights):
            return False, False
        return self.apart(sights), True

    def _covers_all(self, one: Sight, sights: Sequence[Sight]) -> bool:
        return all(other is one or self.covers(one, other) for other in sights)


def keys(state: Iterable[Sight | None]) -> list[object]:
    """What tells whether sights are the same as others."""
    return [sight and sight.key for sight in state]


def _may_spread(place: Place, sight: Sight, turn: Symbol) -> bool:
    """Whether what is read over a counter may see something else from one of its values to another."""
    if place.sight.parts:
        # Parts are said to see all that is seen together: what a single one sees may differ all the same.
        return turn in sight.along
    return sight.may_differ(turn)


def _all_equal(sights: Sequence[Sight]) -> bool:
    """Whether there are sights, and all are written the same."""
    return len({sight.key for sight in sights}) == 1


def _underived(node: Operation | Block, why: Underived) -> UnderivedWindow:
    if isinstance(node, Operation):
        return UnderivedWindow(f"`{node.kind}`", str(why), node.span, None)
    # A number of rounds that is known has been tried already.
    mend = MEND if node.count.free_symbols else None
    return UnderivedWindow(f"`{node.name}`", str(why), node.span, mend)
