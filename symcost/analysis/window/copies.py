"""Copies: how many of a model, each on what the one before it results in, bring both ends of an axis together.

Where the ends have met, so have all others. The last copy may reach over an end, where padding stands. Every copy has
the same layers, for its window moves on with every position, so that two entries see more than one does in all of them.
"""

from __future__ import annotations

from symcost.analysis.depth.chains import Underived
from symcost.analysis.window.order import Order
from symcost.formula import Form, Symbol, add, ceil_div, div, log2, mul, num
from symcost.formula.along import less, powers_with
from symcost.formula.parts import mentions, outermost
from symcost.formula.terms import terms


class Apart(Underived):
    """No number of copies brings the ends together."""


def reach(at: Symbol, back: Form, ahead: Form, stride: Form, order: Order) -> Form:
    """How far one copy brings the ends together: position `at` sees so far `back` of `stride·at`, and so far `ahead`.

    With a stride it is how far the first position sees ahead.

    Raises Underived, Apart.
    """
    if any(mentions(far.expand(), (at,)) for far in (back, ahead)):
        # The number of copies would depend on where the next one goes on.
        raise Underived("some of its positions see more than others")
    if stride == 1:
        return _sliding(back, ahead, order)

    if not _meet_at_the_first(back, ahead, stride, order):
        # The ends may meet elsewhere, or never.
        raise Underived("its positions are not those of the input, and it sees a part only")
    return ahead


def _meet_at_the_first(back: Form, ahead: Form, stride: Form, order: Order) -> bool:
    """Whether no position but the first ever sees the first, and no position is left out.

    Position t of c copies sees back to S^c·t - b·(S^c - 1)/(S - 1), for t > 0 and b < S never to 0; and no window may
    begin farther than one position behind the end of the last.
    """
    above_zero = (stride - 1, ahead, stride - back, add(back, ahead, 2) - stride)
    return bool(order.at_least(back, num(0))) and all(order.at_least(each.expand(), num(1)) for each in above_zero)


def _sliding(back: Form, ahead: Form, order: Order) -> Form:
    """How far it sees in the direction in which it sees less far, if at all. Raises Underived, Apart."""
    none = num(0)
    if not all(order.at_least(far, none) for far in (back, ahead)):
        # Copies that skip their own position may skip others between the ends.
        raise Underived("it cannot be told whether it sees its own position")

    fars = [far for far in (back, ahead) if not order.at_least(none, far)]
    if not fars:
        raise Apart("each position of the result sees its own alone")
    return outermost(fars, order.at_least, most=False)


def copies(gap: Form, far: Form, stride: Form) -> Form:
    """How many copies bring both ends together that are `gap` apart, each so far.

    Counts  ceil((n - 1)/b) where a position sees b positions of n; with a stride S those c of which the first position
            sees b·(S^c - 1)/(S - 1) ahead: ceil(log_S(1 + (n - 1)·(S - 1)/b))
    """
    if stride == 1:
        return ceil_div(gap, far)
    grown = add(1, mul(gap, div(stride - 1, far)))
    return ceil_div(log2(min(grown, grown.expand(), key=lambda form: len(terms(form)))), log2(stride))


def enough(far: Form, size: Symbol, gap: Form) -> Form | None:
    """The smallest value of a dimension for which `far` is no less than `gap`: of `c·b^L + d` or of `c·L + d`."""
    rising = add(0, *(part.form for part in far.poly.parts() if mentions(part.form, (size,))))
    rest = (far - rising).expand()

    per = (rising / size).expand()
    if not mentions(per, (size,)):
        return ceil_div((gap - rest).expand(), per)

    for grown in powers_with(rising, size):
        per = (rising / grown).expand()
        if not mentions(per, (size,)):
            return ceil_div(log2(div(less(gap, rest), per)), log2(grown.base))
    return None
