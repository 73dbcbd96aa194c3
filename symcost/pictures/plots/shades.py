"""The stretches of an axis in which a `min` or `max` of a model is decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.analysis.growth.growth import regimes
from symcost.formula import Form, Symbol, symbol
from symcost.formula.assumed import Fact
from symcost.pictures.plots.chart import Shade
from symcost.pictures.plots.over import Over, sizes


def shades(over: Over, quantity: str) -> Iterator[Shade]:
    """The stretches in which a `min` or `max` of one model is decided; of several models they would hide each other."""
    if len(over.subjects) != 1:
        return
    one = over.subjects[0]
    at = symbol(over.name)
    form = one.form(quantity, over.convention, kept=over.name)
    parted = regimes(form, one.told(over.name), [at])
    if len(parted) < 2:
        return
    shown = sizes(over.axis, log=over.log)
    for regime in parted:
        facts = [fact for fact in regime.assumptions if _only(fact.forms, at)]
        ends = _stretch(shown, facts, at)
        if ends is not None:
            yield Shade(*ends, str(regime))


def _stretch(shown: Sequence[int], facts: Sequence[Fact], at: Symbol) -> tuple[int, int] | None:
    """The first and the last size for which all of this holds, if it does for some of those shown."""
    kept = [size for size in shown if _hold(facts, at, size)]
    if not kept:
        return None
    first, last = kept[0], kept[-1]
    before = max(_smaller(shown, first), default=first)
    behind = min(_larger(shown, last), default=last)
    return _end(first, before, facts, at), _end(last, behind, facts, at)


def _smaller(shown: Sequence[int], first: int) -> list[int]:
    """Those of the sizes that are smaller."""
    return [size for size in shown if size < first]


def _larger(shown: Sequence[int], last: int) -> list[int]:
    """Those of the sizes that are larger."""
    return [size for size in shown if size > last]


def _hold(facts: Sequence[Fact], at: Symbol, size: int) -> bool:
    return all(fact.holds({at: size}) for fact in facts)


def _end(inside: int, outside: int, facts: Sequence[Fact], at: Symbol) -> int:
    """The last size on the way to one outside for which all of this holds, by halving."""
    while abs(outside - inside) > 1:
        middle = (inside + outside) // 2
        if _hold(facts, at, middle):
            inside = middle
        else:
            outside = middle
    return inside


def _only(forms: Sequence[Form], at: Symbol) -> bool:
    """Whether these speak of one dimension alone."""
    return all(name == at for form in forms for name in form.free_symbols)
