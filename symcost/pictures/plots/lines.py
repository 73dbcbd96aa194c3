"""Quantities of several models over one dimension, with what `compare` solves and `growth` says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from symcost.analysis.growth.compare import Ranges, Threshold
from symcost.analysis.growth.growth import regimes, rises
from symcost.errors import MissingValue, NothingToPlot, UnderivedGrowth, ValueTooLarge, ViolatedAssumption
from symcost.export.reports.comparison import Comparison
from symcost.export.subject import Subject, unknown
from symcost.formula import Form, Symbol, num, symbol
from symcost.formula.assumed import Fact
from symcost.formula.named import inlined
from symcost.pictures.plots.chart import Chart, Curve, Dot, Number, Panel, Shade
from symcost.questions import question
from symcost.records import dataclass
from symcost.sweeping.grid import Axis

MOST = 200
"""Points of a curve."""
LARGEST = 10**300
"""Beyond this, a float has no end."""
MOST_NAMED = 22
"""Letters of a formula that names a crossing; a longer one is told as its number."""
SHORT = {"macs": "MACs", "flops": "FLOPs", "params": "parameters", "depth": "depth"}


@dataclass(frozen=True, slots=True)
class Over:
    """Models along the sizes of one dimension. `log`: both axes are logarithmic."""

    subjects: Sequence[Subject]
    axis: Axis
    log: bool
    convention: str = "default"

    @property
    def name(self) -> str:
        """The dimension."""
        return self.axis.name


def in_short(name: str) -> str:
    """What stands beside an axis."""
    return SHORT.get(name) or question(name).words


def lines(over: Over, quantities: Sequence[str]) -> Chart:
    """A panel for each quantity.

    Raises UnknownDimension, MissingValue, NothingToPlot, and the faults of the quantities.
    """
    if not any(one.knows(over.name) for one in over.subjects):
        raise unknown(over.name, over.subjects)
    notes: list[str] = []
    panels = tuple(_panel(over, name, notes) for name in quantities)
    return Chart(worded(over.subjects, over.name), panels, over.log, tuple(notes))


def worded(subjects: Sequence[Subject], name: str) -> str:
    """`T (time)`: a dimension, with what the first file that says it calls it."""
    for one in subjects:
        for info in one.model.symbols:
            if info.name == name and info.words:
                return f"{name} ({info.words})"
    return name


def _panel(over: Over, quantity: str, notes: list[str]) -> Panel:
    curves = []
    for number, one in enumerate(over.subjects):
        points = list(numbers(over, one, quantity))
        shown = [(x, y) for x, y in points if y > 0 or not over.log]
        if shown:
            curves.append(Curve(one.label, shown, _slope(over, one, quantity), number))
        else:
            notes.append(f"{quantity} of {one.label} is 0 at all sizes, which has no place on a logarithmic axis")
    if not curves:
        raise NothingToPlot(quantity, over.name)
    dots = tuple(_crossings(over, quantity, curves))
    return Panel(in_short(quantity), tuple(curves), dots, tuple(_shades(over, quantity)), over.log)


def numbers(over: Over, one: Subject, quantity: str) -> Iterator[tuple[int, Number]]:
    """The exact numbers of a model, where what is assumed of it allows the size.

    Raises MissingValue for another dimension without a number.
    """
    for size in sizes(over.axis, log=over.log):
        try:
            found = value(one, quantity, over.convention, {over.name: size})
        except ViolatedAssumption:
            continue
        if found > LARGEST:
            raise ValueTooLarge(f"{quantity} at {over.name} = {size} is more than a picture can show")
        yield size, found


def value(one: Subject, quantity: str, convention: str, values: dict[str, int]) -> Number:
    """The library's number at these sizes. Raises MissingValue, ViolatedAssumption."""
    if not one.renamed:
        asked = one.model.opened(values).quantity(quantity, convention=convention)
        ports = {name: size for name, size in values.items() if name in one.model.ports}
        return asked(**ports)
    return _value_renamed(one, quantity, convention, values)


def _value_renamed(one: Subject, quantity: str, convention: str, values: dict[str, int]) -> Number:
    """The same of a model whose dimensions are called otherwise than in its text."""
    for name, size in values.items():
        if one.knows(name):
            one = one.given(name, size)
    form = one.form(quantity, convention)
    for missing in form.free_symbols:
        raise MissingValue(missing.name, None, one.model.values)
    return one.model.number(form)


def sizes(axis: Axis, *, log: bool) -> list[int]:
    """Some of the sizes of an axis, both ends among them; all where they are few."""
    count = len(axis)
    if count <= MOST:
        return sorted(set(axis.sizes))
    if not log:
        return [axis.sizes[place * (count - 1) // (MOST - 1)] for place in range(MOST)]
    ratio = count ** (1 / (MOST - 1))
    places = {min(count - 1, round(ratio**step) - 1) for step in range(MOST)}
    return [axis.sizes[place] for place in sorted({0, *places, count - 1})]


def _slope(over: Over, one: Subject, quantity: str) -> str:
    """`linear`: how the model rises, in words; nothing where that is not known."""
    form = one.form(quantity, over.convention, kept=over.name)
    try:
        risen = rises(form, symbol(over.name), one.told(over.name))
    except UnderivedGrowth:
        return ""
    return str(risen.growth.kind).lower()


# Crossings -----------------------------------------------------------------------------------------


def _crossings(over: Over, quantity: str, curves: Sequence[Curve]) -> Iterator[Dot]:
    """A dot on the lines at the nearest size that is whole; where several pairs cross at one place, once."""
    shown = [over.subjects[curve.series] for curve in curves]
    seen: set[Dot] = set()
    for left, right in combinations(shown, 2):
        for size, words in _crossed(over, quantity, left, right):
            dot = _dot(over, quantity, left, round(size), words)
            if dot is not None and dot not in seen:
                seen.add(dot)
                yield dot


def _dot(over: Over, quantity: str, one: Subject, size: int, words: str) -> Dot | None:
    """None outside of the axis, and where the size is not allowed."""
    if not min(over.axis.sizes) <= size <= max(over.axis.sizes):
        return None
    try:
        return Dot(size, value(one, quantity, over.convention, {over.name: size}), words)
    except ViolatedAssumption:
        return None


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
    opened = [replace(one, model=one.model.opened(one.model.values)) for one in (left, right)]
    found = Comparison(quantity, opened[0], opened[1], over.convention).crossing(symbol(over.name))
    if not isinstance(found, Threshold):
        return None
    root = inlined(found.root)
    given = {**left.model.values, **right.model.values}
    number = root.substitute({symbol(name): num(size) for name, size in given.items()})
    if _differ(left, right) or number.free_symbols:
        return None
    words = f"{over.name} = {root}"
    if len(words) > MOST_NAMED or _is_partly_put_in(left) or _is_partly_put_in(right):
        words = _rounded(over.name, number)
    return number.evaluate({}), words


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


# Regimes -------------------------------------------------------------------------------------------


def _shades(over: Over, quantity: str) -> Iterator[Shade]:
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
    smaller = [size for size in shown if size < first]
    larger = [size for size in shown if size > last]
    before, behind = max(smaller, default=first), min(larger, default=last)
    return _end(first, before, facts, at), _end(last, behind, facts, at)


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
