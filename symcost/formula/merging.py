"""Like terms of a sum merged, also those inside its brackets: `3·T + 2·(D - 1)·T` is `T + 2·D·T`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from symcost.formula.arithmetic import ZERO, add, mul
from symcost.formula.form import Add, Form, Mul, Num
from symcost.formula.halves import factors_of

MOST_MULTIPLIED_OUT = 8
"""A bracket of more terms is left alone: multiplied out they would hide the sum, whatever merges."""


def merged(item: Form) -> Form:
    """The same sum with brackets multiplied out where that makes it shorter; anything else as it is."""
    if not isinstance(item, Add):
        return item
    terms = list(item.terms)
    best = item.size
    for place, term in enumerate(terms):
        open_term = _multiplied_out(term)
        if open_term is term:
            continue
        open_term = _written_alike(open_term, terms)
        # Each bracket is opened for itself: one whose terms meet nothing alike stays as its author wrote it.
        tried = [*terms[:place], open_term, *terms[place + 1 :]]
        shorter = add(*tried)
        if shorter.size < best:
            terms, best = tried, shorter.size
    return add(*terms)


def _written_alike(opened: Form, terms: Sequence[Form]) -> Form:
    """What came out of a bracket with its factors in the order of a term that is there already."""
    known = {term.term[1]: term for term in terms if isinstance(term, Mul)}
    parts: list[Form] = []
    for part in opened.terms if isinstance(opened, Add) else (opened,):
        coefficient, rest = part.term
        parts.append(mul(coefficient, *known[rest].factors) if rest in known else part)
    return add(ZERO, *parts)


def _multiplied_out(term: Form) -> Form:
    """A product with one bracket as a sum; anything else as it is."""
    if not isinstance(term, Mul):
        return term
    found = _only_bracket(term)
    if found is None or len(found[1].terms) > MOST_MULTIPLIED_OUT:
        return term
    place, bracket = found
    before, after = term.factors[:place], term.factors[place + 1 :]
    return add(*(mul(term.coefficient, *before, part, *after) for part in bracket.terms))


def _only_bracket(product: Mul) -> tuple[int, Add] | None:
    """The place of the only sum among the factors, and that sum."""
    brackets = [(place, factor) for place, factor in enumerate(product.factors) if isinstance(factor, Add)]
    return brackets[0] if len(brackets) == 1 else None


def drawn_together(item: Form, counts: Iterable[Form]) -> Form:
    """A sum with all that is repeated so often in one bracket: `3·D·L + (T + D)·L` as `(4·D + T)·L`.

    `counts` are the repetitions, which stand last in their products.
    """
    repeated = tuple(count for count in counts if not isinstance(count, Num))
    item = merged(item)  # what comes out of a bracket may be repeated too
    brackets: dict[int, list[Form]] = {}
    places: list[Form | int] = []
    for term in _terms_of(item):
        found = next(((place, rest) for place, rest in _repetitions(term, repeated)), None)
        if found is None:
            places.append(term)
            continue
        place, rest = found
        if place not in brackets:
            places.append(place)
        brackets.setdefault(place, []).append(rest)
    if all(isinstance(place, Form) for place in places):
        return item

    # Each bracket where its first term stood; blocks inside blocks are drawn together in their turn.
    drawn = (
        place
        if isinstance(place, Form)
        else mul(drawn_together(add(ZERO, *brackets[place]), repeated), repeated[place])
        for place in places
    )
    return merged(add(ZERO, *drawn))


def _terms_of(item: Form) -> Iterator[Form]:
    """The terms of a sum, a bracket before which only a number stands opened."""
    for term in item.terms if isinstance(item, Add) else (item,):
        lone = term.factors[0] if isinstance(term, Mul) and len(term.factors) == 1 else None
        if isinstance(term, Mul) and isinstance(lone, Add):
            yield from (mul(term.coefficient, part) for part in lone.terms)
        else:
            yield term


def _repetitions(term: Form, counts: Sequence[Form]) -> Iterator[tuple[int, Form]]:
    """Which repetitions a term ends with, and what is repeated."""
    factors = factors_of(term)
    coefficient, _ = term.term
    for place, count in enumerate(counts):
        last = factors_of(count)
        if _ends_with(factors, last):
            before = factors[: len(factors) - len(last)]
            yield place, mul(Fraction(coefficient) / count.term[0], *before)


def _ends_with(factors: Sequence[Form], last: Sequence[Form]) -> bool:
    return [factor.key for factor in factors[-len(last) :]] == [factor.key for factor in last]
