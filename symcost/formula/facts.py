"""What proofs start from: polynomials known to be whole or not negative, and what has been proven from them.

Facts of the same content are one object, whoever says them, and a question is asked of those alone that speak of its
symbols: so an answer is found once, and serves wherever the others differ.
"""

from __future__ import annotations

from collections.abc import Iterable

from symcost.formula.form import Form
from symcost.formula.keys import Key, when_swept
from symcost.formula.points import Points
from symcost.formula.poly import Poly
from symcost.formula.spoken import Names, near, spoken_of, within
from symcost.formula.standing import Answers

MOST_MINIMA = 2
"""So many minima are told apart in one proof; each doubles the claims, and takes the search of each with it."""
MOST_KNOWN = 2_048
"""So many sets of facts are kept with their answers."""


class Facts:
    """Polynomials known to be whole, and polynomials known to be not negative; with answers that were worked out.

    `known_facts` gives those of a content that has been there before.
    """

    __slots__ = (
        "_about",
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

        self.held_at: dict[Points, int] = {}  # the points at which they seem to hold, once they were looked at
        self._about: dict[Key, Facts] = {}  # those of them that a claim needs, by its key

        # The answers. They depend on these facts alone, so they are kept as long as these are: see `standing`.
        self.canonical_of: Answers[Poly] = Answers()  # by the key of the form
        self.proven: Answers[bool] = Answers()  # to be not negative, by the key of the polynomial
        self.implied_by: Answers[list[Poly]] = Answers()  # what is not negative because of an atom, by its key
        self.lowest_of: Answers[Poly | None] = Answers()  # below which an atom never falls, by the key of its writing

    def forget(self) -> None:
        """Let go of the answers; they are found out again."""
        for answers in (self.canonical_of, self.proven, self.implied_by, self.lowest_of):
            answers.clear()
        self._about.clear()

    def about(self, asked: Poly | Form) -> Facts:
        """Those that speak of what a polynomial or an atom speaks of, and of what such facts speak of in their turn."""
        if not self.nonnegatives and not self.wholes:
            return self
        known = self._about.get(asked.key)
        if known is None:
            known = self._about[asked.key] = self._related(asked)
        return known

    def _related(self, asked: Poly | Form) -> Facts:
        aside = self._unrelated(asked)
        return self._without(aside) if aside else self

    def _unrelated(self, asked: Poly | Form) -> list[Poly]:
        """Those that speak of nothing that what is asked has to do with, be it through others."""
        reached = within(asked)
        left = [*self.wholes, *self.nonnegatives]
        while related := [known for known in left if not reached.isdisjoint(near(known))]:
            reached = reached.union(*map(within, related))
            left = [known for known in left if reached.isdisjoint(near(known))]
        return left

    def _without(self, unrelated: Iterable[Poly]) -> Facts:
        """The others."""
        aside = {known.key for known in unrelated}
        wholes = tuple(known for known in self.wholes if known.key not in aside)
        nonnegatives = tuple(known for known in self.nonnegatives if known.key not in aside)
        return known_facts(wholes, nonnegatives, self.minima_left)

    @property
    def names(self) -> Names:
        """All symbols that they speak of."""
        return frozenset().union(*(spoken_of(known.form) for known in (*self.wholes, *self.nonnegatives)))


# Those of a content ------------------------------------------------------------------------------

NOTHING = Facts()
when_swept(NOTHING.forget)

Content = tuple[tuple[Key, ...], tuple[Key, ...], int]
"""The keys of what is whole and of what is not negative, and how many minima are left to be looked through."""

_known: dict[Content, Facts] = {}
when_swept(_known.clear)


def known_facts(
    wholes: tuple[Poly, ...] = (), nonnegatives: tuple[Poly, ...] = (), minima_left: int = MOST_MINIMA
) -> Facts:
    """The facts of this content, with what has been proven from them."""
    if not wholes and not nonnegatives and minima_left == MOST_MINIMA:
        return NOTHING
    content = tuple(known.key for known in wholes), tuple(known.key for known in nonnegatives), minima_left
    if content not in _known:
        _keep(content, Facts(wholes, nonnegatives, minima_left))
    return _known[content]


def _keep(content: Content, facts: Facts) -> None:
    """Know the facts of a content from here on; of too many, none that were known before."""
    if len(_known) >= MOST_KNOWN:
        _known.clear()
    _known[content] = facts
