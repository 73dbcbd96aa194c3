"""Growth: how a quantity rises in its dimensions: in one, in several together, and on either side of a `min`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from symcost.diagnostics import Span
from symcost.errors import UnderivedGrowth
from symcost.formula import Assumptions, AtLeast, Form, Growth, Symbol, Unranked, counter, growth, log2, mul, num, power
from symcost.formula.form import Max, Min, Sum
from symcost.formula.terms import signed

MOST_REGIMES = 16
"""Regimes of one formula; of one that has more only the whole is told."""


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


def rises(form: Form, symbol: Symbol, assumptions: Assumptions) -> Rise:
    """How a formula rises in one dimension while the others stay as they are, and that within its limits.

    Raises UnderivedGrowth.
    """
    grown = rise(form, symbol)
    limits = tuple(str(fact) for fact in assumptions if isinstance(fact, AtLeast) and _limits(fact, symbol))
    if limits and any(coefficient < 0 for coefficient, _ in form.poly.terms.values()):
        bound = rise(signed(form)[0], symbol)
        return Rise(bound, leading(bound), limits, at_most=True)
    return Rise(grown, leading(grown), limits)


def _limits(fact: AtLeast, symbol: Symbol) -> bool:
    """Whether a fact holds up to some value of the dimension only: the side that should be less outgrows the other."""
    try:
        grown = growth(fact.left - fact.right, symbol)
    except Unranked:
        return True
    return grown.kind != "Fixed" and Assumptions().at_least(grown.leading, num(0)) is not True


def rise(form: Form, symbol: Symbol, span: Span | None = None) -> Growth:
    """How a formula rises in one dimension while the others stay as they are.

    Raises UnderivedGrowth.
    """
    try:
        return growth(form, symbol)
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
    """The leading term of an order: its coefficient times the power, logarithm or exponential."""
    rises, base, degree, logs = grown.order
    symbol = grown.symbol
    exponential = power(num(base), power(symbol, num(abs(rises)))) if rises else num(1)
    logarithms = power(log2(symbol), num(logs)) if logs else num(1)
    return mul(grown.leading, exponential, power(symbol, num(degree)), logarithms)


def regimes(form: Form, assumptions: Assumptions, within: Sequence[Symbol]) -> tuple[Regime, ...]:
    """The formula on either side of each `min` and `max` that compares one of these dimensions with something.

    One regime, without conditions, where there is nothing to decide or too much. Sizes are whole numbers: beyond
    `T <= W` is `T >= W + 1`, written `T > W`.
    """
    found = tuple(_parted(assumptions.simplify(form), assumptions, within, ()))
    return found if len(found) <= MOST_REGIMES else (Regime((), form, assumptions),)


def _parted(
    form: Form, assumptions: Assumptions, within: Sequence[Symbol], conditions: tuple[str, ...]
) -> Iterator[Regime]:
    question = next(_questions(form, within), None) if len(conditions) < MOST_REGIMES else None
    if question is None:
        yield Regime(conditions, form, assumptions)
        return
    left, right = question
    beyond = (right + 1).expand() if assumptions.is_integer(left - right) else right
    sides = [(AtLeast(right, left), _words(left, right, "<=")), (AtLeast(left, beyond), _words(left, right, ">"))]
    known = [assumptions.with_(fact) for fact, _ in sides]
    decided = [facts.simplify(form) for facts in known]
    if any(side.key == form.key for side in decided):
        yield Regime(conditions, form, assumptions)
        return
    for (fact, words), facts, side in zip(sides, known, decided, strict=True):
        if assumptions.at_least(*fact.forms) is not False:
            yield from _parted(side, facts, within, (*conditions, words))


def _questions(form: Form, within: Sequence[Symbol]) -> Iterator[tuple[Form, Form]]:
    """What is compared in a formula, the innermost first: pairs of arguments of a minimum or maximum."""
    for child in form.children if not isinstance(form, Sum) else ():
        yield from _questions(child, within)
    if isinstance(form, Min | Max):
        left, right = form.args[:2]
        difference = (left - right).expand()
        if any(s in within for s in difference.free_symbols) and not any(s.uid for s in difference.free_symbols):
            yield left, right


def _words(left: Form, right: Form, sign: Literal["<=", ">"]) -> str:
    """`T <= W`, not `0 <= W - T`; `T < W`, not `T + 1 <= W`; `W >= 3`, not `3 <= W`."""
    above, below = signed(left - right)
    if above.number is not None:
        return f"{below} {'>=' if sign == '<=' else '<'} {above}"
    less = (above - 1).expand()
    if less.size < above.size:
        return f"{less} {'<' if sign == '<=' else '>='} {below}"
    return f"{above} {sign} {below}"
