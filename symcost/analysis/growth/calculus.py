"""Calculus over formulas: derivatives, limits, and the size at which two counts meet; by SymPy, or refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from symcost.analysis.growth.compare import changes_once, known_sign, powers
from symcost.errors import UnderivedGrowth, Unsolved
from symcost.formula import Assumptions, AtLeast, Form, Growth, Symbol, Unranked, growth, num
from symcost.formula.algebra import derived, positive_root, quotient
from symcost.formula.order import FIXED

Limit = Form | Literal["oo", "-oo"]


def derivative(form: Form, symbol: Symbol) -> Form:
    """How much a form rises for one more of a dimension, as if that were a real number.

    Raises UnderivedGrowth for what has steps or corners there.
    """
    found = derived(form, symbol)
    if found is None:
        raise UnderivedGrowth(symbol.name, f"`{form}` has steps or corners, and no derivative there")
    return found


def limit(form: Form, symbol: Symbol, assumptions: Assumptions) -> Limit:
    """What a form tends to as a dimension grows without end, the others staying as they are.

    Raises UnderivedGrowth where it comes and goes, or its sign is open.
    """
    try:
        grown = growth(form, symbol, assumptions)
    except Unranked as why:
        raise UnderivedGrowth(symbol.name, str(why)) from None
    if grown.bound is not None:
        raise UnderivedGrowth(symbol.name, f"`{form}` comes and goes")
    if grown.order < FIXED:
        return form - form  # nothing is left of it
    if grown.order == FIXED:
        return quotient(grown.leading, num(1))
    return _infinite(grown, assumptions)


def _infinite(grown: Growth, assumptions: Assumptions) -> Limit:
    sign = known_sign(grown.leading, assumptions)
    if not sign:
        raise UnderivedGrowth(grown.symbol.name, f"the sign of `{grown.leading}` is open")
    return "oo" if sign > 0 else "-oo"


def solution(left: Form, right: Form, symbol: Symbol, assumptions: Assumptions) -> Form:
    """The one positive value of a dimension at which both are equal, as if it were a real number.

    By Descartes' rule: coefficients whose signs change once have one positive root. Raises Unsolved where there
    is none, where there may be several, or where no formula gives it.
    """
    difference = (left - right).expand()
    if symbol not in difference.free_symbols:
        raise Unsolved(symbol.name, f"`{difference}` does not depend on it")
    found = powers(difference, symbol)
    if found is None:
        raise Unsolved(symbol.name, f"`{difference}` is no polynomial in it")

    signs = [known_sign(coefficient, assumptions) for coefficient in found]
    if None in signs:
        raise Unsolved(symbol.name, f"the sign of a coefficient of `{difference}` depends on other dimensions")
    if not {1, -1} <= set(signs) or not changes_once(signs):
        raise Unsolved(symbol.name, f"`{difference} = 0` has no positive solution, or may have several")
    root = positive_root(found)
    if root is None:
        raise Unsolved(symbol.name, f"no formula gives the solution of `{difference} = 0`")
    _demand_allowed(root, symbol, assumptions)
    return root


def _demand_allowed(root: Form, symbol: Symbol, assumptions: Assumptions) -> None:
    """Raises Unsolved for a number that lies beyond what is assumed of the dimension."""
    if root.free_symbols:
        return
    value = Fraction(root.evaluate({}))
    for fact in assumptions:
        if isinstance(fact, AtLeast) and not _holds(fact, symbol, value):
            raise Unsolved(symbol.name, f"it would be {float(value):.6g}, where `{fact}` does not hold")


def _holds(fact: AtLeast, symbol: Symbol, value: Fraction) -> bool:
    """Whether a fact holds at a number, or speaks of other dimensions, too."""
    left, right = (form.substitute({symbol: value}) for form in (fact.left, fact.right))
    if left.free_symbols or right.free_symbols:
        return True
    return left.evaluate({}) >= right.evaluate({})
