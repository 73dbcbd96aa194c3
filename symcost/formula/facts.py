"""What proofs start from: polynomials known to be whole or not negative, and what has been proven from them."""

from __future__ import annotations

from symcost.formula.keys import when_swept
from symcost.formula.poly import Poly
from symcost.formula.standing import Answers

MOST_MINIMA = 2
"""So many minima are told apart in one proof; each doubles the claims, and takes the search of each with it."""


class Facts:
    """Polynomials known to be whole, and polynomials known to be not negative; with answers that were worked out."""

    __slots__ = (
        "canonical_of",
        "held_at",
        "implied_by",
        "lowest_of",
        "minima_left",
        "nonnegatives",
        "proven",
        "wholes",
    )

    def __init__(
        self, wholes: tuple[Poly, ...] = (), nonnegatives: tuple[Poly, ...] = (), minima_left: int = MOST_MINIMA
    ) -> None:
        self.wholes: tuple[Poly, ...] = wholes
        self.nonnegatives: tuple[Poly, ...] = nonnegatives
        self.minima_left: int = minima_left  # how many may still be told apart in one proof

        self.held_at: int | None = None  # the points of trials at which they seem to hold, once they were looked at

        # The answers. They depend on these facts alone, so they are kept as long as these are: see `standing`.
        self.canonical_of: Answers[Poly] = Answers()  # by the key of the form
        self.proven: Answers[bool] = Answers()  # to be not negative, by the key of the polynomial
        self.implied_by: Answers[list[Poly]] = Answers()  # what is not negative because of an atom, by its key
        self.lowest_of: Answers[Poly | None] = Answers()  # below which an atom never falls, by the key of its writing

    def forget(self) -> None:
        """Let go of the answers; they are found out again."""
        for answers in (self.canonical_of, self.proven, self.implied_by, self.lowest_of):
            answers.clear()


NOTHING = Facts()
when_swept(NOTHING.forget)
