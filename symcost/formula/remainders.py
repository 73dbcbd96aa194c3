"""Rounds of a pattern that is cut off, counted as one reads it: `floor((L + 12)/16)` of L are the fourth of 16.

With r = L % n and m(a) = min(r, a), of whole numbers: `max(r - a, 0)` is `r - m(a)`, `min(max(r - a, 0), b)` is
`m(a + b) - m(a)`, and `floor((L + n - 1 - a)/n)` is `floor(L/n) + m(a + 1) - m(a)`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from symcost.formula.arithmetic import add, mul, num
from symcost.formula.dims import Assumptions
from symcost.formula.form import Add, Floor, Form, Min, Mul, Num
from symcost.formula.makers import floor_div, minimum, mod, rebuild
from symcost.formula.numbers import Rational
from symcost.formula.terms import terms
from symcost.records import dataclass

LONGEST = 64
"""Patterns of so many rounds are written by their rounds at most."""


def by_rounds(item: Form) -> Form:
    """The same number, in which rounds of a pattern that is cut off are counted by floors where that is shorter."""
    if not item.free_symbols:
        return item
    inside = rebuild(item, by_rounds)
    return _Sum(inside).written() if isinstance(inside, Add) else inside


@dataclass(frozen=True, slots=True)
class _Part:
    """So many times the least of what is left of a number, and a number of rounds."""

    times: Rational
    rounds: int


class _Sum:
    """A sum whose terms with remainders are drawn together."""

    def __init__(self, item: Add) -> None:
        self.terms = list(item.terms)

    def written(self) -> Form:
        """The sum, or a shorter one."""
        for whole, by in dict.fromkeys(_patterns(self.terms)):
            self._as_remainder(whole, by)
            self._by_rounds(whole, by)
        return add(*self.terms)

    def _as_remainder(self, whole: Form, by: int) -> None:
        """`L - 16·floor(L/16)` as `L % 16`."""
        times = _coefficient(self.terms, whole)
        rounded = floor_div(whole, num(by))
        if times and times * -by == _coefficient(self.terms, rounded):
            kept = [term for term in self.terms if not _is_times(term, whole) and not _is_times(term, rounded)]
            self.terms = [mul(num(times), mod(whole, num(by))), *kept]

    def _by_rounds(self, whole: Form, by: int) -> None:
        """Which rounds of a pattern count how much, where that is shorter."""
        rounded = floor_div(whole, num(by))
        others, counted = self._counted(whole, by)
        if not counted:
            return
        each = _of_each_round(counted)
        rest = _coefficient(self.terms, rounded) - sum(each.values())
        written = [mul(num(times), floor_div(whole + (by - 1 - place), num(by))) for place, times in each.items()]
        if rest:
            written.append(mul(num(rest), rounded))
        replaced = len(self.terms) - len(others)
        if len(written) < replaced:
            self.terms = [*written, *others]

    def _counted(self, whole: Form, by: int) -> tuple[list[Form], dict[int, Rational]]:
        """The terms that are no part of a pattern, and how often each `min(whole % by, rounds)` is there."""
        rounded = floor_div(whole, num(by))
        counted: dict[int, Rational] = defaultdict(int)
        others: list[Form] = []
        for term in self.terms:
            parts = list(_parts(term, whole, by))
            for part in parts:
                counted[part.rounds] += part.times
            if not (parts or _is_times(term, rounded)):
                others.append(term)
        counted.pop(0, None)
        return others, dict(filter(_is_there, counted.items()))


def _is_there(counted: tuple[int, Rational]) -> bool:
    _, times = counted
    return times != 0


def _of_each_round(counted: dict[int, Rational]) -> dict[int, Rational]:
    """How much each round counts of `Σ times·min(left, rounds)`: a round is in all that reach beyond it."""
    each = {place: sum(t for rounds, t in counted.items() if rounds > place) for place in range(max(counted))}
    return {place: times for place, times in each.items() if times}


def _patterns(several: list[Form]) -> Iterator[tuple[Form, int]]:
    """Of what floors by whole numbers are there."""
    for term in several:
        _, factor = _times_of(term)
        if isinstance(factor, Floor) and isinstance(factor.denominator, Num):
            by = factor.denominator.value
            whole = factor.numerator
            if isinstance(by, int) and 1 < by <= LONGEST and len(terms(whole)) == 1 and Assumptions().is_integer(whole):
                yield whole, by


def _times_of(term: Form) -> tuple[Rational, Form]:
    """A term as a number times something."""
    if isinstance(term, Mul):
        return term.coefficient, mul(*term.factors)
    return 1, term


def _is_times(term: Form, item: Form) -> bool:
    return _times_of(term)[1] == item


def _coefficient(several: list[Form], item: Form) -> Rational:
    """How often something is there."""
    return sum(times for times, factor in map(_times_of, several) if factor == item)


def _parts(term: Form, whole: Form, by: int) -> Iterator[_Part]:
    """The minima that a term is made of; none where it is something else."""
    times, factor = _times_of(term)
    left, most = _limited(factor)
    begun = None if left is None else _begun(left, whole, by)
    if begun is None or begun + most > by:
        return
    yield _Part(times, begun + most)
    yield _Part(-times, begun)


def _limited(item: Form) -> tuple[Form | None, int]:
    """What is limited to how much, in `min(left, 3)`; None where it is anything else."""
    if not isinstance(item, Min) or len(item.args) != 2:
        return None, 0
    left, most = sorted(item.args, key=lambda arg: isinstance(arg, Num))
    limit = most.number
    return (left, limit) if isinstance(limit, int) and limit >= 1 else (None, 0)


def _begun(left: Form, whole: Form, by: int) -> int | None:
    """a, where something is `whole % by - min(whole % by, a)`; 0 for what is left itself; None for anything else."""
    remainder = mod(whole, num(by))
    if left == remainder:
        return 0
    for rounds in range(1, by):
        if left == remainder - minimum(remainder, num(rounds)):
            return rounds
    return None
