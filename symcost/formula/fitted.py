"""Points that keep what is assumed: where many sizes divide others, next to none of the points for all claims do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from symcost.formula.assumed import Fact
from symcost.formula.form import Symbol
from symcost.formula.points import Points
from symcost.formula.samples import Values, mended, needed_symbols

MOST = 96
"""So many points are enough, and found at the first trials of most assumptions."""
TRIALS = 300
"""So many are made to fit, if they can be."""
LARGEST = ((1, 1), (1, 12), (2, 300), (2, 2_000), (64, 20_000), (1, 10**6))
"""Between which sizes are drawn: nothing, the usual, and large; the last not as large as points far out."""


def fitted(assumed: Sequence[Fact]) -> Points | None:
    """Points at which all that is assumed holds; None where none are found."""
    names = needed_symbols(form for fact in assumed for form in fact.forms)
    found = list(islice(_that_fit(assumed, names), MOST))
    if not found:
        return None

    dimensions = [name for name in names if not name.uid]
    drawn = {name.name: [float(one[name]) for one in found] for name in dimensions}
    return Points(len(found), _size, drawn)


def _that_fit(assumed: Sequence[Fact], names: Sequence[Symbol]) -> Iterator[Values]:
    """Values that keep what is assumed, as they are found."""
    random = Random(0)
    for _ in range(TRIALS):
        values = {name: _size(0, random) for name in names}
        if mended(values, assumed, names):
            yield values


def _size(_: int, random: Random) -> int:
    """A number of a dimension, one in four a power of two."""
    if random.random() < 0.25:
        return 1 << random.randint(0, 13)
    return random.randint(*random.choice(LARGEST))
