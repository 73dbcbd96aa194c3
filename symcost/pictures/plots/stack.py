"""Shares of the blocks of one model over a dimension, on each other; small ones are folded into one.

The largest blocks are opened one after the other, as long as there are few, and as long as what is inside falls into
several parts; those that are called alike inside of one block stand together. At every size the parts are exact
numbers, and add up to what the model counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from symcost.blocks import OWN, BlockCost
from symcost.classes import CLASSES
from symcost.conventions import load
from symcost.errors import NoShares, NothingToPlot, OneModel
from symcost.export.subject import Subject
from symcost.formula import Form, add, num
from symcost.pictures.plots.chart import Band, Chart, Number, Panel
from symcost.pictures.plots.over import Over, in_short, numbers, worded
from symcost.records import dataclass
from symcost.values import bounded

MOST = 7
"""Parts besides the rest: there are so many colours."""
SMALL = Fraction(1, 50)
"""A part that is nowhere larger is folded."""
REST = "rest"
PER_CENT = 100

Column = tuple[str, str, Sequence[Fraction]]
"""What a part is called, where it stands, and its share at every size."""
Counted = Callable[[BlockCost], Form]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Blocks that are called alike inside of others, `around`, the innermost last; their share at every size."""

    label: str
    around: tuple[str, ...]
    blocks: tuple[BlockCost, ...]
    shares: Sequence[Fraction]

    @property
    def most(self) -> Fraction:
        """Its largest share."""
        return max(self.shares)

    @property
    def is_small(self) -> bool:
        """Whether it is folded."""
        return self.most <= SMALL

    @property
    def path(self) -> tuple[str, ...]:
        """What is around something in it: loops have no name."""
        is_loop = self.blocks[0].kind in ("repeat", "scan", "choose")
        return self.around if is_loop else (*self.around, self.label)


def stack(over: Over, quantities: Sequence[str]) -> Chart:
    """A panel for each quantity.

    Raises OneModel for several, NoShares for what is not counted by block, UnknownDimension, MissingValue,
    NothingToPlot.
    """
    over.demand_known()
    if len(over.subjects) != 1:
        raise OneModel("--stack", [one.label for one in over.subjects])
    notes: list[str] = []
    panels = [_panel(over, name, notes) for name in quantities]
    return Chart(worded(over.subjects, over.name), tuple(panels), over.log, tuple(notes))


def _panel(over: Over, quantity: str, notes: list[str]) -> Panel:
    (one,) = over.subjects
    counted = _counted(quantity, over.convention)
    totals = {size: whole for size, whole in numbers(over, one, quantity) if whole > 0}
    if not totals:
        raise NothingToPlot(quantity, over.name)

    parts = _Opener(over, one, counted, totals).parts()
    assert _together(parts) == [1] * len(totals), "parts are not the whole"
    large = [part for part in parts if not part.is_small]
    small = [part for part in parts if part.is_small]
    columns = [*_columns(large), *_folded(small, in_short(quantity), notes)]

    heading = f"{one.label}: share of {in_short(quantity)}"
    bands = tuple(_bands(list(totals), columns))
    return Panel("%", bands=bands, log=False, ends=(0, PER_CENT), heading=heading)


def _columns(parts: Sequence[Part]) -> Iterator[Column]:
    """One for each part, by a name that tells it apart."""
    for (label, around), part in zip(_names(parts), parts, strict=True):
        yield label, around, part.shares


def _folded(small: Sequence[Part], words: str, notes: list[str]) -> Iterator[Column]:
    """What is left over as one, and which blocks that are."""
    if small:
        names = ", ".join(dict.fromkeys(part.label for part in small))
        notes.append(f"{REST}: {names}, each at most {SMALL * PER_CENT} % of {words}")
        yield REST, "", _together(small)


def _together(parts: Sequence[Part]) -> list[Fraction]:
    """Shares of several, at every size."""
    columns = zip(*(part.shares for part in parts), strict=True)
    return [sum(column, Fraction(0)) for column in columns]


def _counted(quantity: str, convention: str) -> Counted:
    """What a block counts. Raises NoShares."""
    if quantity in ("params", "active"):
        return partial(_attribute, name=quantity)
    if quantity == "flops":
        known = load(convention)
        return lambda block: block.flops(known)
    name = "mac" if quantity == "macs" else quantity
    if name not in CLASSES:
        raise NoShares(quantity, ("params", "active", "macs", "flops", *CLASSES))
    return lambda block: block.cost[name]


def _attribute(block: BlockCost, name: str) -> Form:
    found: Form = getattr(block, name)
    return found


class _Opener:
    """What is known while the blocks of one model are opened."""

    def __init__(self, over: Over, one: Subject, counted: Counted, totals: dict[int, Number]) -> None:
        self._over = over
        self._one = one
        self._counted = counted
        self._totals = totals
        self._known = one.known(over.name)
        self._model = one.model.opened([over.name])

    def parts(self) -> list[Part]:
        """The parts, in the order of the text."""
        tree = self._model.tree
        whole = self._part(tree.label, (), [tree])
        parts = [] if whole is None else [whole]
        while True:
            opened = self._opened(parts)
            if opened is None:
                return parts
            parts = opened

    def _opened(self, parts: Sequence[Part]) -> list[Part] | None:
        """The same with the largest part in pieces that falls into a few; None where there is no such part."""
        for part in sorted(parts, key=lambda part: -part.most):
            inside = self._parted(part)
            if _large(inside) > 1 and _large(parts) + _large(inside) - 1 <= MOST:
                place = parts.index(part)
                return [*parts[:place], *inside, *parts[place + 1 :]]
        return None

    def _parted(self, part: Part) -> list[Part]:
        """What is inside, opened further while all but a little of it is one part."""
        inside = list(self._inside(part))
        for number, inner in enumerate(inside):
            if not inner.is_small and _large(inside) == 1:
                further = self._parted(inner)
                return [*inside[:number], *(further or [inner]), *inside[number + 1 :]]
        return inside

    def _inside(self, part: Part) -> Iterator[Part]:
        """What is in its blocks, alike ones together; nothing where that is only what it does itself."""
        by_label = _by_label(part.blocks)
        if by_label.keys() <= {OWN}:
            return
        for label, blocks in by_label.items():
            if label == OWN:
                found = self._part(f"{part.label} itself", part.around, blocks)
            else:
                found = self._part(label, part.path, blocks)
            if found is not None:
                yield found

    def _part(self, label: str, around: tuple[str, ...], blocks: Sequence[BlockCost]) -> Part | None:
        """With its shares; None where it counts nothing."""
        form = self._model.shown(add(num(0), *map(self._counted, blocks)).substitute(self._known))
        shares = []
        for size, whole in self._totals.items():
            values = {self._over.name: size}
            with bounded(values):
                shares.append(Fraction(form.evaluate(values)) / Fraction(whole))
        return Part(label, around, tuple(blocks), shares) if any(shares) else None


def _by_label(blocks: Iterable[BlockCost]) -> dict[str, list[BlockCost]]:
    """What is inside of blocks, by what it is called; what they do themselves under one name."""
    found: dict[str, list[BlockCost]] = {}
    for inner in (inner for block in blocks for inner in block.inside):
        found.setdefault(OWN if inner.kind == OWN else inner.label, []).append(inner)
    return found


def _large(parts: Iterable[Part]) -> int:
    """How many are not folded."""
    return sum(not part.is_small for part in parts)


def _names(parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
    """`Linear` and nothing below it; where several are called so, the block around that tells them apart."""
    for part in parts:
        others = [other for other in parts if other.label == part.label and other is not part]
        yield part.label, _apart(part, others) if others else ""


def _apart(part: Part, others: Sequence[Part]) -> str:
    """The innermost block around a part that is around none of the others; else the innermost."""
    for name in reversed(part.around):
        if not any(name in other.around for other in others):
            return name
    return part.around[-1] if part.around else ""


def _bands(sizes: Sequence[int], columns: Sequence[Column]) -> Iterator[Band]:
    """The first at the bottom."""
    below = [Fraction(0)] * len(sizes)
    for number, (label, around, shares) in enumerate(columns):
        above = [low + PER_CENT * share for low, share in zip(below, shares, strict=True)]
        points = list(zip(sizes, below, above, strict=True))
        remark = f"{around}, {_span(shares)}" if around else _span(shares)
        yield Band(label, points, remark, None if label == REST else number)
        below = above


def _span(shares: Sequence[Fraction]) -> str:
    """`12 → 45 %`: from the first size to the last."""
    first, last = (round(PER_CENT * share) for share in (shares[0], shares[-1]))
    return f"{last} %" if first == last else f"{first} → {last} %"
