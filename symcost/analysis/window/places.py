"""Which entries of its inputs an entry of a result sees, where these are padded or lie beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from symcost.analysis.depth.chains import Underived
from symcost.analysis.reads import Axes
from symcost.analysis.window.order import Order
from symcost.analysis.window.sight import AHEAD, BACK, Sight
from symcost.formula import Form, Symbol, num
from symcost.formula.along import last_value, rise
from symcost.graph.graph import Operation, Tensor
from symcost.ops.reads import Beside, Reading, Unseen


@dataclass(frozen=True, slots=True)
class Place:
    """What is read of an operand: what its entries see, where they are read, and for which values of some counters."""

    sight: Sight
    axes: Axes
    positions: tuple[Form, ...]
    over: tuple[Symbol, ...]
    differ: bool = False
    """Whether its entries, which are taken together, see something else."""

    @property
    def values(self) -> dict[Symbol, Form]:
        return dict(zip(self.axes, self.positions, strict=True))


def places(
    operation: Operation,
    number: int,
    at: Axes,
    see: Callable[[Tensor], tuple[Sight | None, Axes]],
    order: Order,
) -> Iterator[Place]:
    """What an entry of a result reads of those operands that see anything. Raises Underived."""
    try:
        readings = list(operation.primitive.reads.sees(operation, number, at))
    except Unseen as why:
        raise Underived(str(why)) from None

    seeing: list[tuple[Reading, Sight, Axes]] = []
    for reading in readings:
        sight, axes = see(operation.inputs[reading.place])
        if sight is not None:
            seeing.append((reading, sight, axes))

    several = len(seeing) > 1
    for reading, sight, axes in seeing:
        _check(reading, sight, axes, order)
        yield _place(reading, sight, axes, several, order)


def _place(reading: Reading, sight: Sight, axes: Axes, several: bool, order: Order) -> Place:
    """Where one operand is read. Raises Underived."""
    if reading.beside is None:
        return Place(sight, axes, reading.positions, reading.over)
    axis, own = reading.beside.axis, axes[reading.beside.axis]
    if not several:
        if any(_inwards(sight, own, reading.beside, order, side) for side in (BACK, AHEAD)):
            # Its padding lies inside of the input, and no window may be said to go on over it.
            raise Underived("it pads what was moved inwards")
        return Place(sight, axes, reading.positions, reading.over)

    # Beside others a part is seen as a whole: what all of its entries see together.
    positions = (*reading.positions[:axis], own, *reading.positions[axis + 1 :])
    whole = replace(order.over(sight, own), parts=sight.parts - {own}, split=sight.split - {own})
    return Place(whole, axes, positions, reading.over, own in sight.along)


def _check(reading: Reading, sight: Sight, axes: Axes, order: Order) -> None:
    """Raises Underived where it is not known what an entry reads, or whether it reads anything."""
    if any(axes[axis] in sight.along or axes[axis] in sight.parts for axis in reading.unknown):
        raise Underived("which of its rows are read is known only when it runs")

    if not all(order.at_least(need, num(0)) for need in reading.gapless):
        raise Underived("its left side leaves gaps")


def _inwards(sight: Sight, own: Symbol, beside: Beside, order: Order, side: int) -> bool:
    """Whether an end of the input has been moved inwards, and is padded: as if the axis went on there."""
    end, edge = sight.ends[side], order.edges[side]
    slope = rise(end, own).number
    if not slope or edge is None or own.high is None:
        return False

    # Where positions are reversed, what lies behind the operand is before the beginning of the input.
    behind = (slope > 0) == (side == AHEAD)
    padding = beside.after if behind else beside.before
    if padding == 0:
        return False

    outmost = last_value(own) if behind else num(0)
    seen = end.substitute({own: outmost})
    return _short_of(seen, edge, side, order)


def _short_of(seen: Form, edge: Form, side: int, order: Order) -> bool:
    """Whether a position is surely nearer than the edge in a direction."""
    return order.below(seen, edge) if side == AHEAD else order.below(edge, seen)
