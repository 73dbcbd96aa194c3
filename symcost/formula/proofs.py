"""What is certain about a polynomial for all values: the ways of proof, the cheapest first."""

from __future__ import annotations

from symcost.formula.claims import cleared, nonnegative, positive
from symcost.formula.facts import Facts, known_facts
from symcost.formula.form import Min
from symcost.formula.keys import Key
from symcost.formula.logarithms import arguments, multiplied_out
from symcost.formula.numbers import TooLarge
from symcost.formula.points import FAR
from symcost.formula.poly import Poly, constant
from symcost.formula.search import Search, is_shown
from symcost.formula.signs import outweighed
from symcost.formula.trials import refuted, refuted_at_points


def proves(poly: Poly, facts: Facts) -> bool:
    """Whether a polynomial is proven to be 0 or more; not where the proof would be too large."""
    try:
        return _proves_within_bounds(poly, facts)
    except TooLarge:
        return False


def _proves_within_bounds(poly: Poly, facts: Facts) -> bool:
    clear = cleared(poly, facts)
    if clear is not None and outweighed(clear, facts):
        return True
    # Most claims are not true, and that is seen sooner than they are written out.
    if refuted_at_points(poly, facts):
        return False

    shown: dict[Key, bool] = {}
    if clear is not None and is_shown(clear, facts, shown):
        return True
    if _proves_logarithms(poly, facts):
        return True
    # What is true is mostly seen by now; what is not takes long, but where one size is far larger than all others.
    if refuted_at_points(poly, facts, FAR):
        return False
    if Search(facts, shown, plain=True).proves(poly):
        return True
    if refuted(poly, facts):
        return False
    return Search(facts, shown, plain=False).proves(poly) or _proves_each_case(poly, facts)


def _proves_logarithms(poly: Poly, facts: Facts) -> bool:
    """Logarithms rise: `log2(H) - log2(A)` is not negative where H is no less than A."""
    taken = arguments(poly)
    if not taken or not all(positive(one, facts) for one in taken):
        return False
    multiplied = multiplied_out(poly)
    return multiplied is not None and nonnegative(multiplied, facts)


def _proves_each_case(poly: Poly, facts: Facts) -> bool:
    """A minimum is one of its arguments, the least: the claim holds if it does for each of them."""
    if facts.minima_left == 0:
        return False
    minima = [(number, written) for number, written in poly.atoms.items() if isinstance(written, Min)]
    return any(_proves_cases_of(number, written, poly, facts) for number, written in minima)


def _proves_cases_of(number: Key, written: Min, poly: Poly, facts: Facts) -> bool:
    if poly.replaced(number, constant(0)).key == poly.key:
        return False  # it only divides, and replacing it would change nothing
    args = [arg.poly for arg in written.args]
    return all(nonnegative(poly.replaced(number, arg), _with_least(arg, args, facts)) for arg in args)


def _with_least(least: Poly, args: list[Poly], facts: Facts) -> Facts:
    """The facts, and that this argument is the least."""
    differences = tuple(arg - least for arg in args if arg.key != least.key)
    return known_facts(facts.wholes, (*facts.nonnegatives, *differences), facts.minima_left - 1)
