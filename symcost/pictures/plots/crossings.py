"""Where one of two models becomes better than another, named by a formula of their sizes where there is one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from symcost.analysis.growth.compare import Ranges, Threshold
from symcost.errors import ViolatedAssumption
from symcost.export.reports.comparison import Comparison
from symcost.export.subject import Subject
from symcost.formula import Form, Symbol, num, symbol
from symcost.formula.named import inlined
from symcost.pictures.plots.chart import Curve, Dot, Number
from symcost.pictures.plots.meeting import meeting
from symcost.pictures.plots.over import Over, value

MOST_NAMED = 22
"""Letters of a formula that names a crossing; a longer one is told as its number."""


def crossings(over: Over, quantity: str, curves: Sequence[Curve]) -> Iterator[Dot]:
    """A dot where two lines meet; where several pairs cross at one place, once."""
    seen: set[Dot] = set()
    for pair in combinations(curves, 2):
        left, right = (over.subjects[curve.series] for curve in pair)
        for size, words in _crossed(over, quantity, left, right):
            dot = _dot(over, quantity, pair, size, words)
            if dot is not None and dot not in seen:
                seen.add(dot)
                yield dot


def _dot(over: Over, quantity: str, pair: tuple[Curve, Curve], told: Number, words: str) -> Dot | None:
    """None outside of the axis, where the size is not allowed, and where the lines do not meet."""
    size = round(told)
    if not min(over.axis.sizes) <= size <= max(over.axis.sizes):
        return None
    left, right = (over.subjects[curve.series] for curve in pair)
    at = {over.name: size}
    try:
        values = value(left, quantity, over.convention, at), value(right, quantity, over.convention, at)
    except ViolatedAssumption:
        return None
    place = meeting(pair, told, values, is_log=over.log)
    if place is None:
        return None
    # Between two whole sizes: the second one is the first at which the other line is below.
    is_between = place[0] != size and told == size
    return Dot(*place, f"from {words}" if is_between else words)


def _crossed(over: Over, quantity: str, left: Subject, right: Subject) -> Iterator[tuple[Number, str]]:
    """Where the better of two changes: a formula of the models before they had numbers, if that is solved."""
    root = _solved(over, quantity, left, right)
    if root is not None:
        yield root
        return
    match Comparison(quantity, left, right, over.convention).crossing(symbol(over.name)):
        case Threshold(root=form):
            yield form.evaluate({}), _rounded(over.name, form)
        case Ranges(stretches=stretches):
            for low in _changes(stretches):
                yield low, f"{over.name} = {low}"


def _changes(stretches: Sequence[tuple[int, int | None, int]]) -> Iterator[int]:
    """The first size after each change; one at which both are equal stands for the change itself."""
    for (_, _, before), (low, _, sign) in pairwise(stretches):
        if before != 0 or sign == 0:
            yield low


def _solved(over: Over, quantity: str, left: Subject, right: Subject) -> tuple[Number, str] | None:
    """The place, and `T = D/2`; its number where the formula is long."""
    opened = _before_numbers(over, left), _before_numbers(over, right)
    found = Comparison(quantity, *opened, over.convention).crossing(symbol(over.name))
    if not isinstance(found, Threshold):
        return None
    root = inlined(found.root)
    number = root.substitute(_put_in(over, left, right))
    if _differ(left, right) or number.free_symbols:
        return None
    words = f"{over.name} = {root}"
    if len(words) > MOST_NAMED or any(map(_is_partly_put_in, opened)):
        words = _rounded(over.name, number)
    return number.evaluate({}), words


def _put_in(over: Over, left: Subject, right: Subject) -> dict[Symbol, Form]:
    """The numbers of all dimensions but the one that varies."""
    given = {**over.given, **left.model.values, **right.model.values}
    return {symbol(name): num(size) for name, size in given.items() if name != over.name}


def _before_numbers(over: Over, one: Subject) -> Subject:
    """A model with sizes that are written over others, and without any number, as far as that is known."""
    known = [other for other in over.written if other.label == one.label]
    before = known[0] if len(known) == 1 else one
    return replace(before, model=before.model.opened(before.model.values))


def _is_partly_put_in(one: Subject) -> bool:
    """Whether a size over another one (`I=D`) came to a number: a formula would have that number and `D` beside it."""
    return any(not form.free_symbols for form in one.renamed.values())


def _differ(left: Subject, right: Subject) -> bool:
    """Whether the same name has one number here, and another there."""
    others = right.model.values
    return any(others.get(name, size) != size for name, size in left.model.values.items())


def _rounded(name: str, number: Form) -> str:
    found = number.evaluate({})
    return f"{name} = {number}" if found.denominator == 1 else f"{name} ≈ {float(found):.4g}"
