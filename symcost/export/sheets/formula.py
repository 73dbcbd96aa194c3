"""One quantity as a formula, which is all there is; what its named sizes stand for is told by who writes it."""

from __future__ import annotations

from symcost.export.kinds import Wish
from symcost.export.page import Page
from symcost.export.parts import Formula
from symcost.export.sheets import symbols


def page(wish: Wish) -> Page:
    """The formula alone.

    Raises UnknownQuantity.
    """
    form = wish.ordered(wish.model.quantity(wish.quantity, convention=wish.convention).form)
    return Page(wish.model.name, parts=lambda: (Formula(form),), alone=form, symbols=symbols(wish))
