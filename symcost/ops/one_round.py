"""What is assumed in each round of a loop and can hold in one of them only, as `l == 0`."""

from __future__ import annotations

from fractions import Fraction

from symcost.formula.assumed import Divides, Equal, Said
from symcost.formula.form import Form, Symbol


def of_one_round(fact: Said) -> Symbol | None:
    """The counter of a loop of which a fact can hold in one round only, as `l == 0` and `k divides l`; else None.

    From round to round the sides of an equation move apart by a number, or what is divided grows by one that the
    divisor does not divide.
    """
    moving = _moving(fact)
    counters = [] if moving is None else [one for one in moving.free_symbols if one.uid and not _is_alone(one)]
    for counter in sorted(counters, key=str):
        step = _step(moving, counter)
        if step is not None and not _is_kept(fact, step):
            return counter
    return None


def _moving(fact: Said) -> Form | None:
    """What has to stay as it is from round to round, or to move by what divides it."""
    match fact:
        case Equal(left, right):
            return left - right
        case Divides(_, multiple):
            return multiple
    return None


def _step(form: Form | None, counter: Symbol) -> int | Fraction | None:
    """By which number a form grows from round to round; None where that is no number."""
    return None if form is None else (form.substitute({counter: counter + 1}) - form).expand().number


def _is_kept(fact: Said, step: int | Fraction) -> bool:
    """Whether a fact that holds in one round does in the next."""
    if not isinstance(fact, Divides):
        return step == 0
    divisor = fact.divisor.number
    return step == 0 or (divisor is not None and divisor != 0 and Fraction(step, divisor).denominator == 1)


def _is_alone(counter: Symbol) -> bool:
    """Whether its loop has one round, in which it is the first one."""
    return counter.high is not None and (counter.high - counter.low).expand() == 1
