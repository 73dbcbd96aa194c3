"""Copies: how many of a model, each on what the one before it results in, bring both ends of an axis together.

Where the ends have met, so have all others. The last copy may reach over an end, where padding stands. Every copy has
the same layers, for its window moves on with every position, so that two entries see more than one does in all of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.order import less
from symcost.formula import Form, Symbol, add, ceil_div, div, log2, mul, num
from symcost.formula.form import Pow
from symcost.formula.parts import Proven, mentions, outermost
from symcost.formula.terms import terms


class Apart(Underived):
    """No number of copies brings the ends together."""


@dataclass(frozen=True, slots=True)
class View:
    """Position `at` of a result sees from `first` to `last` of `length` positions, as it is away from both ends.

    From one position to the next the window moves by `stride`.
    """

    at: Symbol
    first: Form
    last: Form
    stride: Form
    length: Form

    @property
    def gap(self) -> Form:
        """From one end of the axis to the other."""
        return (self.length - 1).expand()

    @property
    def back(self) -> Form:
        """How far a position sees back of its own, which is `stride·at`."""
        return less(self.stride * self.at, self.first)

    @property
    def ahead(self) -> Form:
        """How far it sees ahead of its own."""
        return less(self.last, self.stride * self.at)


def reach(view: View, proven: Proven) -> Form:
    """How far one copy brings the ends together, if all positions see as much. Raises Underived."""
    if any(mentions(far.expand(), (view.at,)) for far in (view.back, view.ahead)):
        raise Underived("some of its positions see more than others")
    return _sliding(view, proven) if view.stride == 1 else _shrinking(view, proven)


def _sliding(view: View, proven: Proven) -> Form:
    """How far it sees in the direction in which it sees less far, if at all."""
    if not all(proven(far, num(0)) for far in (view.back, view.ahead)):
        raise Underived("it cannot be told whether it sees its own position")
    fars = [far for far in (view.back, view.ahead) if not proven(num(0), far)]
    if not fars:
        raise Apart("each position of the result sees its own alone")
    return outermost(fars, proven, most=False)


def _shrinking(view: View, proven: Proven) -> Form:
    """How far the first position sees ahead, if no other sees the first position, however many copies there are.

    Position t of c copies sees back to S^c·t - a·(S^c - 1)/(S - 1), for t > 0 and a < S never to 0.
    """
    conditions = (
        (view.stride, num(2)),
        (view.back, num(0)),
        ((view.stride - 1).expand(), view.back),
        (view.ahead, num(1)),
        (add(view.back, view.ahead, 1).expand(), view.stride),
    )
    if not all(proven(*condition) for condition in conditions):
        raise Underived("its positions are not those of the input, and it sees a part only")
    return view.ahead


def copies(view: View, far: Form) -> Form:
    """How many copies bring both ends together, each so far.

    Counts  ceil((n - 1)/b) where a position sees b positions of n; with a stride S those c of which the first position
            sees b·(S^c - 1)/(S - 1) ahead: ceil(log_S(1 + (n - 1)·(S - 1)/b))
    """
    if view.stride == 1:
        return ceil_div(view.gap, far)
    grown = add(1, mul(view.gap, div(view.stride - 1, far)))
    return ceil_div(log2(min(grown, grown.expand(), key=lambda form: len(terms(form)))), log2(view.stride))


def enough(far: Form, size: Symbol, gap: Form) -> Form | None:
    """The smallest value of a dimension for which `far` is no less than `gap`: of `c·b^L + d` or of `c·L + d`."""
    rising = [part.form for part in far.poly.parts() if mentions(part.form, (size,))]
    rest = (far - add(0, *rising)).expand()
    rise = add(0, *rising)
    per = (rise / size).expand()
    if not mentions(per, (size,)):
        return ceil_div((gap - rest).expand(), per)
    for written in rise.poly.atoms.values():
        if isinstance(written, Pow) and written.exponent == size and not mentions(written.base, (size,)):
            per = (rise / written).expand()
            if not mentions(per, (size,)):
                return ceil_div(log2(div(less(gap, rest), per)), log2(written.base))
    return None
