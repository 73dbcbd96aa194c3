"""What is assumed in each round of a loop, said of all of them: `T >= t + 1` for every t below N is `T >= N`."""

from __future__ import annotations

from symcost.formula.assumed import AtLeast, Said
from symcost.formula.form import Form, Symbol
from symcost.ops.sizes import in_words


def of_all_rounds(fact: Said) -> Said:
    """The fact without the counters of loops, as far as one round decides: the first or the last one.

    Where a difference neither rises nor falls from round to round by a number, the fact stays as it is.
    """
    if not isinstance(fact, AtLeast):
        return fact
    left, right = fact.forms
    while (decided := _decided(left - right)) is not None:
        left, right = (form.substitute(dict([decided])).expand() for form in (left, right))
    return fact if (left, right) == fact.forms else in_words(left, right)


def _decided(difference: Form) -> tuple[Symbol, Form] | None:
    """A counter, and the round in which a difference is least; None where no counter is left of which that is known."""
    counters = [one for one in difference.free_symbols if one.uid]
    for counter in sorted(counters, key=str):
        step = (difference.substitute({counter: counter + 1}) - difference).expand().number
        if step is None:
            continue
        if step >= 0:
            return counter, counter.low
        if counter.high is not None:
            return counter, counter.high - 1
    return None
