"""What proofs start from: polynomials known to be whole or not negative, and what has been proven from them.

Facts of the same content are one object, whoever says them, and a question is asked of those alone that speak of its
symbols: so an answer is found once, and serves wherever the others differ.
"""

from __future__ import annotations

from collections.abc import Iterable

from symcost.formula.form import Form
from symcost.formula.keys import Key, when_swept
from symcost.formula.poly import Poly
from symcost.formula.spoken import Names, spoken_of, spoken_of_in
from symcost.formula.standing import Answers
from symcost.records import dataclass

MOST_MINIMA = 2
"""So many minima are told apart in one proof; each doubles the claims, and takes the search of each with it."""
MOST_KNOWN = 2_048
"""So many sets of facts are kept with their answers."""


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that speak of the same symbols, or of symbols that others of them speak of."""

    names: Names
    wholes: frozenset[Key]
    nonnegatives: frozenset[Key]


class Facts:
    """Polynomials known to be whole, and polynomials known to be not negative; with answers that were worked out.

    `known_facts` gives those of a content that has been there before.
    """

    __slots__ = (
        "_about",
        "_groups",
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
        self._groups: tuple[Group, ...] | None = None
        self._about: dict[tuple[int, ...], Facts] = {}  # by the places of groups

        # The answers. They depend on these facts alone, so they are kept as long as these are: see `standing`.
        self.canonical_of: Answers[Poly] = Answers()  # by the key of the form
        self.proven: Answers[bool] = Answers()  # to be not negative, by the key of the polynomial
        self.implied_by: Answers[list[Poly]] = Answers()  # what is not negative because of an atom, by its key
        self.lowest_of: Answers[Poly | None] = Answers()  # below which an atom never falls, by the key of its writing

    def forget(self) -> None:
        """Let go of the answers; they are found out again."""
        for answers in (self.canonical_of, self.proven, self.implied_by, self.lowest_of):
            answers.clear()

    def about(self, asked: Form | Poly) -> Facts:
        """Those that speak of the symbols asked about, or of symbols that such facts speak of."""
        if not self.nonnegatives and not self.wholes:
            return self
        groups = self._by_symbols()
        names = spoken_of_in(asked) if isinstance(asked, Poly) else spoken_of(asked)
        places = tuple(place for place, group in enumerate(groups) if not names.isdisjoint(group.names))
        if len(places) == len(groups):
            return self
        if places not in self._about:
            self._about[places] = self._of_groups([groups[place] for place in places])
        return self._about[places]

    @property
    def names(self) -> Names:
        """All symbols that they speak of."""
        return frozenset().union(*(group.names for group in self._by_symbols()))

    def _by_symbols(self) -> tuple[Group, ...]:
        if self._groups is None:
            self._groups = tuple(_grouped(self))
        return self._groups

    def _of_groups(self, groups: Iterable[Group]) -> Facts:
        wholes: set[Key] = set()
        nonnegatives: set[Key] = set()
        for group in groups:
            wholes |= group.wholes
            nonnegatives |= group.nonnegatives
        return known_facts(
            tuple(known for known in self.wholes if known.key in wholes),
            tuple(known for known in self.nonnegatives if known.key in nonnegatives),
            self.minima_left,
        )


def _grouped(facts: Facts) -> list[Group]:
    """Facts by what they speak of."""
    groups: list[Group] = []
    for known in facts.wholes:
        groups = _joined(groups, Group(spoken_of_in(known), frozenset((known.key,)), frozenset()))
    for known in facts.nonnegatives:
        groups = _joined(groups, Group(spoken_of_in(known), frozenset(), frozenset((known.key,))))
    return groups


def _joined(groups: list[Group], one: Group) -> list[Group]:
    """The groups with one more, which takes in those that share a symbol with it."""
    apart = [group for group in groups if group.names.isdisjoint(one.names)]
    for group in groups:
        if group not in apart:
            one = Group(one.names | group.names, one.wholes | group.wholes, one.nonnegatives | group.nonnegatives)
    return [*apart, one]


# Those of a content ------------------------------------------------------------------------------

NOTHING = Facts()
when_swept(NOTHING.forget)

_known: dict[tuple[tuple[Key, ...], tuple[Key, ...], int], Facts] = {}
when_swept(_known.clear)


def known_facts(
    wholes: tuple[Poly, ...] = (), nonnegatives: tuple[Poly, ...] = (), minima_left: int = MOST_MINIMA
) -> Facts:
    """The facts of this content, with what has been proven from them."""
    if not wholes and not nonnegatives and minima_left == MOST_MINIMA:
        return NOTHING
    content = tuple(known.key for known in wholes), tuple(known.key for known in nonnegatives), minima_left
    if content not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[content] = Facts(wholes, nonnegatives, minima_left)
    return _known[content]
