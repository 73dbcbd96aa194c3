"""Regimes: for which sizes a model is bound by memory, fits, or keeps on the chip what its loops read again.

Each is an inequality between two formulas, solved for one dimension: exactly where all others are numbers, by the rule
of Descartes where they are open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import groupby, product

from symcost.analysis.growth.compare import Crossing, Ranges, Threshold, Undecided, crossing
from symcost.formula import Assumptions, Form, Symbol, num
from symcost.records import dataclass

Stretch = tuple[int, int | None]
"""Whole numbers from one to another; None: without end."""


@dataclass(frozen=True, slots=True)
class Regime:
    """Words, and where in one dimension they hold: below or above a formula, in stretches, or not decided."""

    words: str
    dimension: Symbol
    where: Below | Above | Within | Undecided


@dataclass(frozen=True, slots=True)
class Below:
    """While the dimension is smaller than the root, or as large where `reached`."""

    root: Form
    reached: bool


@dataclass(frozen=True, slots=True)
class Above:
    """While the dimension is larger than the root, or as large where `reached`."""

    root: Form
    reached: bool


@dataclass(frozen=True, slots=True)
class Within:
    """In these stretches; `tried` where none beyond was looked at."""

    stretches: tuple[Stretch, ...]
    tried: int | None = None


class Solver:
    """One dimension, and what is known of all of them."""

    def __init__(self, dimension: Symbol, assumptions: Assumptions) -> None:
        self.dimension = dimension
        self._assumptions = assumptions

    def smaller(self, words: str, left: Form, right: Form, *, reached: bool = False) -> Regime:
        """Where left is smaller than right; or not larger, where `reached`."""
        if self.dimension not in (left - right).expand().free_symbols:
            return Regime(words, self.dimension, self._everywhere_or_not(left, right, reached))
        found = crossing(left, right, self.dimension, self._assumptions)
        return Regime(words, self.dimension, _where(found, reached))

    def _everywhere_or_not(self, left: Form, right: Form, reached: bool) -> Within | Undecided:
        difference = (left - right).expand().number
        if difference is None:
            return Undecided("it is a matter of the other dimensions alone")
        holds = difference < 0 or (reached and difference == 0)
        return Within(((1, None),) if holds else ())

    def all_smaller(self, words: str, left: Sequence[Form], right: Sequence[Form], *, reached: bool = False) -> Regime:
        """Where the largest of left is smaller than the largest of right; or not larger, where `reached`.

        All other sizes have to be numbers.
        """
        open_ones = {name for form in (*left, *right) for name in form.free_symbols} - {self.dimension}
        if open_ones:
            return Regime(words, self.dimension, Undecided("it takes numbers for the other dimensions"))

        starts: set[int] = {1}
        tried: list[int] = []
        for one, other in product(left, right):
            found = self._changes(one, other)
            starts |= {low for low, *_ in found.stretches}
            if found.tried is not None:
                tried.append(found.tried)

        def holds(size: int) -> bool:
            values = {self.dimension: size}
            one, other = (max(form.evaluate(values) for form in forms) for forms in (left, right))
            return one < other or (reached and one == other)

        stretches = tuple(_joined(sorted(starts), holds))
        return Regime(words, self.dimension, Within(stretches, min(tried, default=None)))

    def _changes(self, left: Form, right: Form) -> Ranges:
        """Where the smaller of two changes; nowhere where the dimension does not matter."""
        if self.dimension not in (left - right).expand().free_symbols:
            return Ranges(())
        found = crossing(left, right, self.dimension, Assumptions())
        assert isinstance(found, Ranges)  # there is no other symbol
        return found


def _joined(starts: Sequence[int], holds: Callable[[int], bool]) -> Iterable[Stretch]:
    """The stretches that begin at these numbers, as far as they hold, neighbours together."""
    ends: list[int | None] = [start - 1 for start in starts[1:]]
    pieces = zip(starts, [*ends, None], strict=True)
    for true, group in groupby(pieces, key=lambda piece: holds(piece[0])):
        together = list(group)
        if true:
            yield together[0][0], together[-1][1]


def _where(found: Crossing, reached: bool) -> Below | Above | Within | Undecided:
    match found:
        case Threshold(root=root, below=-1):
            return Below(root, reached)
        case Threshold(root=root):
            return Above(root, reached)
        case Ranges():
            return _within(found, reached)
    return found


def _within(found: Ranges, reached: bool) -> Within:
    signs = (-1, 0) if reached else (-1,)
    kept = [(low, high) for low, high, sign in found.stretches if sign in signs]
    return Within(_merged(kept), found.tried)


def _merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Neighbours as one."""
    found: list[Stretch] = []
    for low, high in stretches:
        begin, end = found[-1] if found else (low, None)
        if end is not None and low == end + 1:
            found[-1] = begin, high
        else:
            found.append((low, high))
    return tuple(found)


ALONE = "parameters and state alone fit"
BESIDE = "fits with results beside one another"
"""All that lives at once, if no result is written over what it was made of."""


def fits_alone(solver: Solver, needed: Form, size: Fraction) -> Regime:
    """Where parameters and what is carried are no more than there is: what it needs, and not what suffices."""
    return solver.smaller(ALONE, needed, num(size), reached=True)


def fits_beside(solver: Solver, alive: Sequence[Form], size: Fraction) -> Regime:
    """Where the largest of what may be the most that lives at once is no more than there is; of none it is open."""
    if not alive:
        return Regime(BESIDE, solver.dimension, Undecided("what lives at once is not derived"))
    if len(alive) == 1:
        return solver.smaller(BESIDE, alive[0], num(size), reached=True)
    return solver.all_smaller(BESIDE, alive, [num(size)], reached=True)


def stays_on_chip(solver: Solver, loop: str, read: Form, on_chip: Fraction) -> Regime:
    """Where what a round of a loop reads again stays on the chip."""
    return solver.smaller(
        f"what each round of `{loop}` reads again stays on the chip", read, num(on_chip), reached=True
    )
