"""Sizes that keep what is assumed: what one of them shows to be false needs no proof.

Small sizes, and those with one dimension that is much larger, which shows what small sizes hide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from symcost.formula.assumed import Fact
from symcost.formula.form import Form, Symbol
from symcost.formula.numbers import TooLarge
from symcost.formula.samples import samples

CASES = 20
"""Sets of small sizes at which forms are compared before their order is proven: most comparisons end there, and each
set costs one evaluation of every form."""
STRETCHED = 2
"""Of so many of these sets each dimension is made much larger in turn."""
MUCH_LARGER = 10**6
"""So many times larger: beyond the constants of published architectures."""


def cases(assumed: Sequence[Fact], forms: Sequence[Form]) -> list[dict[Symbol, int]]:
    """Sizes that keep the assumptions: small ones, and those with one dimension that is much larger."""
    small = list(islice(samples(assumed, forms), CASES))
    large: list[dict[Symbol, int]] = []
    for case in small[:STRETCHED]:
        large += (stretched for stretched in _stretched(case) if _is_allowed(assumed, stretched))
    return small + large


def _is_allowed(assumed: Sequence[Fact], case: Mapping[Symbol, int]) -> bool:
    """Whether sizes keep the assumptions that speak of them alone."""
    try:
        return all(fact.holds(case) for fact in assumed if _symbols(fact.forms) <= case.keys())
    except (TooLarge, ZeroDivisionError):
        return False


def _stretched(case: Mapping[Symbol, int]) -> Iterator[dict[Symbol, int]]:
    """The same sizes, each time another one much larger; counters stay within their loops."""
    for name, size in case.items():
        if not name.uid:
            yield {**case, name: MUCH_LARGER * size}


def _symbols(forms: Iterable[Form]) -> set[Symbol]:
    """All that several forms speak of."""
    return {symbol for form in forms for symbol in form.free_symbols}
