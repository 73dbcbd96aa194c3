"""Sums of logarithms as one: `log2(H) - log2(A)` is 0 or more where `H - A` is, as logarithms rise."""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm

from symcost.formula.form import Log2
from symcost.formula.numbers import Rational, magnitude
from symcost.formula.poly import Poly, constant

LARGEST_EXPONENT = 8
"""So often is a number multiplied by itself at most, that of which the logarithm is taken."""
LARGEST_ADDED = 64
"""The greatest number beside logarithms: with `log2(T) + 5` it is `2^5` that T is multiplied by."""


def arguments(poly: Poly) -> list[Poly]:
    """What a sum of binary logarithms and numbers takes logarithms of; empty for any other polynomial."""
    found: list[Poly] = []
    for _, factors in poly.terms.values():
        if not factors:
            continue
        if len(factors) != 1:
            return []
        ((_, exponent, written),) = factors
        if exponent != 1 or not isinstance(written, Log2):
            return []
        found.append(written.arg.poly)
    return found


def multiplied_out(poly: Poly) -> Poly | None:
    """What is 0 or more exactly where a sum of logarithms of positive numbers is: `H - 2·A` of `log2(H) - log2(A) - 1`.

    None where the numbers would be large.
    """
    scale = lcm(*(coefficient.denominator for coefficient, _ in poly.terms.values()))
    above, below = constant(1), constant(1)
    for times, taken in _powers(poly.scaled(scale)):
        most = LARGEST_ADDED if taken.number is not None else LARGEST_EXPONENT
        if magnitude(times) > most:
            return None
        if times > 0:
            above = above * taken ** int(times)
        else:
            below = below * taken ** int(-times)
    return above - below


def _powers(poly: Poly) -> Iterator[tuple[Rational, Poly]]:
    """Of what the logarithm is taken, and how often it counts; a number is the logarithm of a power of two."""
    for coefficient, factors in poly.terms.values():
        if not factors:
            yield coefficient, constant(2)
            continue
        ((_, _, written),) = factors
        assert isinstance(written, Log2)
        yield coefficient, written.arg.poly
