"""What proofs start from: polynomials known to be whole or not negative, and what has been proven from them."""

from __future__ import annotations

from dataclasses import dataclass, field

from symcost.formula.poly import Poly

MOST_MINIMA = 2
"""So many minima are told apart in one proof; each doubles the claims, and takes the search of each with it."""


@dataclass(frozen=True, eq=False)
class Facts:
    """Polynomials known to be whole, and polynomials known to be not negative; with answers that were worked out."""

    wholes: tuple[Poly, ...] = ()
    nonnegatives: tuple[Poly, ...] = ()
    minima_left: int = MOST_MINIMA
    """How many minima may still be told apart."""

    canonical_of: dict[int, Poly] = field(default_factory=dict, repr=False)
    """The canonical polynomial under these facts, by the key of the form."""
    proven: dict[int, bool] = field(default_factory=dict, repr=False)
    """Whether a polynomial is proven to be not negative, by its key."""
    implied_by: dict[int, list[Poly]] = field(default_factory=dict, repr=False)
    """What is not negative because of what an atom is, by the number of the atom."""
    lowest_of: dict[int, Poly | None] = field(default_factory=dict, repr=False)
    """The value below which an atom never falls, by the key of its writing."""


NOTHING = Facts()

floored: dict[int, Poly] = {}
"""The quotient under each floor atom, by the number of the atom."""
