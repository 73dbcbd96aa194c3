"""Growth: how a quantity rises in its dimensions: in one, in several together, and on either side of a `min`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from symcost.diagnostics import Span
from symcost.errors import UnderivedGrowth
from symcost.formula import (
    Assumptions,
    AtLeast,
    Divides,
    Form,
    Growth,
    Symbol,
    Unranked,
    add,
    counter,
    growth,
    log2,
    mul,
    num,
    power,
)
from symcost.formula.form import Max, Min, Sum
from symcost.formula.hidden import Hidden
from symcost.formula.order import FIXED, above, by_order, vanishing
from symcost.formula.terms import signed, terms
from symcost.records import dataclass

MOST_DROPPED = 24
"""So many terms of a bound are tried to be left out: each is a proof, and nobody reads a longer bound."""
MOST_REGIMES = 16
"""So many regimes of one formula are shown, and so many conditions of one looked for; nobody reads a longer table."""


@dataclass(frozen=True, slots=True)
class Regime:
    """A formula where some of its minima and maxima are decided, and the conditions under which they are: `T <= W`.

    `assumptions` are those of the model and the conditions.
    """

    conditions: tuple[str, ...]
    form: Form
    assumptions: Assumptions

    def __str__(self) -> str:
        return ", ".join(self.conditions)


@dataclass(frozen=True, slots=True)
class Rise:
    """How a formula rises in one dimension: the order, the leading term, and what the dimension may not exceed.

    `at_most`: what is taken away counts too before the limit is reached, so that the term is a bound.
    """

    growth: Growth
    leading: Form
    limits: tuple[str, ...] = ()
    at_most: bool = False

    def __str__(self) -> str:
        term = f"at most {self.leading}" if self.at_most else str(self.leading)
        return f"{term}  while {', '.join(self.limits)}" if self.limits else term


def rises(form: Form, symbol: Symbol, assumptions: Assumptions, span: Span | None = None) -> Rise:
    """How a formula rises in one dimension while the others stay as they are, and that within its limits.

    Where the dimension cannot grow for ever the leading term says little about a formula that falls: what is told
    then is a bound. Raises UnderivedGrowth.
    """
    grown = rise(form, symbol, span, assumptions)
    limits = _limits_of(symbol, assumptions)
    if not limits or _rises_everywhere(form, grown, assumptions):
        shown = tuple(str(fact) for fact in limits if isinstance(fact, AtLeast))
        return Rise(grown, leading(grown), shown, at_most=grown.bound is not None)
    try:
        bound = _bound(form, symbol, assumptions)
    except Unranked as why:
        raise UnderivedGrowth(symbol.name, str(why), span) from None
    return Rise(rise(bound, symbol, span), bound, tuple(map(str, limits)), at_most=True)


def _limits_of(symbol: Symbol, assumptions: Assumptions) -> list[AtLeast | Divides]:
    """The facts that hold up to some value of the dimension only."""
    return [fact for fact in assumptions if isinstance(fact, AtLeast | Divides) and _limits(fact, symbol)]


def _limits(fact: AtLeast | Divides, symbol: Symbol) -> bool:
    """Whether the side that should be less outgrows the other; what divides a size is no greater."""
    more, less = fact.forms if isinstance(fact, AtLeast) else (fact.multiple, fact.divisor)
    try:
        grown = growth(more - less, symbol)
    except Unranked:
        return True
    return grown.kind != "Fixed" and Assumptions().at_least(grown.leading, num(0)) is not True


def _rises_everywhere(form: Form, grown: Growth, assumptions: Assumptions) -> bool:
    """Whether nothing in a formula falls, so that its leading term is told from the first number on."""
    if grown.symbol not in form.free_symbols:
        return True
    if grown.bound is not None or grown.leading == 0 or vanishing(form, grown.symbol):
        return False
    return _no_term_falls(form, grown, assumptions)


def _no_term_falls(form: Form, grown: Growth, assumptions: Assumptions) -> bool:
    """One term alone is as positive as its coefficient; of several, none may fall or be negative."""
    coefficients = by_order(form, grown.symbol, assumptions)
    if len(coefficients) == 1:
        return assumptions.at_least(grown.leading, num(0)) is True
    if any(order < FIXED for order in coefficients):
        return False
    return all(assumptions.at_least(form, num(0)) is True for form in coefficients.values())


def _bound(form: Form, symbol: Symbol, assumptions: Assumptions) -> Form:
    """A sum that is nowhere less than the formula and has nothing subtracted, as short as can be proven."""
    hidden = Hidden(symbol)
    highest = above(hidden.of(form), symbol)
    added, _ = signed(highest)
    whole = hidden.shown(highest)
    fastest_first = sorted(terms(added), key=lambda term: growth(term, symbol).order, reverse=True)
    for term in fastest_first[:MOST_DROPPED]:
        shorter = add(num(0), *(other for other in terms(added) if other is not term))
        if assumptions.at_least(hidden.shown(shorter), whole):
            added = shorter
    return hidden.shown(added)


def rise(form: Form, symbol: Symbol, span: Span | None = None, known: Assumptions | None = None) -> Growth:
    """How a formula rises in one dimension while the others stay as they are.

    Raises UnderivedGrowth.
    """
    try:
        return growth(form, symbol, known or Assumptions())
    except Unranked as why:
        raise UnderivedGrowth(symbol.name, str(why), span) from None


def together(form: Form, symbols: Sequence[Symbol]) -> Growth:
    """How a formula rises when all these dimensions are multiplied by one factor.

    The coefficient is over the dimensions as they were before: `n·n·d` with n and d together rises like the third
    power of the factor, times `n·n·d`.

    Raises UnderivedGrowth.
    """
    factor = counter("λ", 1)
    return rise(form.substitute({symbol: mul(factor, symbol) for symbol in symbols}), factor)


def leading(grown: Growth) -> Form:
    """The leading term: a coefficient times a power, a logarithm or an exponential; the bound where there is none."""
    if grown.bound is not None:
        return grown.bound
    rises, base, degree, logs = grown.order
    symbol = grown.symbol
    exponential = power(num(base), power(symbol, num(abs(rises)))) if rises else num(1)
    logarithms = power(log2(symbol), num(logs)) if logs else num(1)
    term = mul(grown.leading, exponential, power(symbol, num(degree)), logarithms)

    # `log2(T)/log2(10)` is `log10(T)`: that shows where the two are multiplied out.
    return term.poly.form if logs and _has_number_of_no_fraction(grown.leading) else term


def _has_number_of_no_fraction(form: Form) -> bool:
    """Whether a number is in it that no fraction is, as `ln(2)`."""
    return any(not atom.free_symbols for atom in form.poly.atoms.values())


def regimes(form: Form, assumptions: Assumptions, within: Sequence[Symbol]) -> tuple[Regime, ...]:
    """The formula on either side of each `min` and `max` that compares one of these dimensions with something.

    One regime, without conditions, where there is nothing to decide or too much. Sizes are whole numbers: beyond
    `T <= W` is `T >= W + 1`, written `T > W`.
    """
    parted = tuple(_parted(assumptions.simplify(form), assumptions, within, ()))
    return parted if len(parted) <= MOST_REGIMES else (Regime((), form, assumptions),)


def _parted(
    form: Form, assumptions: Assumptions, within: Sequence[Symbol], conditions: tuple[str, ...]
) -> Iterator[Regime]:
    """The regimes of a formula that has these conditions already: its innermost question, answered either way."""
    sides = _sides(form, assumptions, within) if len(conditions) < MOST_REGIMES else []
    if not sides:
        yield Regime(conditions, form, assumptions)
    for side in sides:
        if assumptions.at_least(*side.fact.forms) is not False:
            known = assumptions.with_(side.fact)
            yield from _parted(side.form, known, within, (*conditions, side.words))


@dataclass(frozen=True, slots=True)
class _Side:
    """One answer to a question: as a fact, in words, and the formula under it."""

    fact: AtLeast
    words: str
    form: Form


def _sides(form: Form, assumptions: Assumptions, within: Sequence[Symbol]) -> list[_Side]:
    """The formula under either answer; none where nothing is compared, or an answer would change nothing."""
    question = next(_questions(form, within), None)
    answers = _answers(*question, assumptions) if question else {}
    sides = [_Side(fact, words, assumptions.with_(fact).simplify(form)) for words, fact in answers.items()]
    return [] if any(side.form.key == form.key for side in sides) else sides


def _answers(left: Form, right: Form, assumptions: Assumptions) -> dict[str, AtLeast]:
    """Left at most right, and left beyond it: for whole numbers that is at least one more."""
    beyond = (right + 1).expand() if assumptions.is_integer(left - right) else right
    return {_words(left, right, "<="): AtLeast(right, left), _words(left, right, ">"): AtLeast(left, beyond)}


def _questions(form: Form, within: Sequence[Symbol]) -> Iterator[tuple[Form, Form]]:
    """What is compared in a formula, the innermost first: pairs of arguments of a minimum or maximum."""
    if isinstance(form, Sum):
        return  # a question about its counter has another answer in each round
    for child in form.children:
        yield from _questions(child, within)
    if isinstance(form, Min | Max) and _is_question((form.args[0] - form.args[1]).expand(), within):
        yield form.args[0], form.args[1]


def _is_question(difference: Form, within: Sequence[Symbol]) -> bool:
    """Whether a comparison is about one of these dimensions, and about no counter."""
    symbols = difference.free_symbols
    return any(symbol in within for symbol in symbols) and not any(symbol.uid for symbol in symbols)


def _words(left: Form, right: Form, sign: Literal["<=", ">"]) -> str:
    """`T <= W`, not `0 <= W - T`; `T < W`, not `T + 1 <= W`; `W >= 3`, not `3 <= W`."""
    above, below = signed(left - right)
    if above.number is not None:
        return f"{below} {'>=' if sign == '<=' else '<'} {above}"
    less = (above - 1).expand()
    if less.size < above.size:
        return f"{less} {'<' if sign == '<=' else '>='} {below}"
    return f"{above} {sign} {below}"
