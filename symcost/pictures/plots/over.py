"""Models along the sizes of one dimension, and their exact numbers there: what every plot over sizes begins with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from symcost.errors import MissingValue, ValueTooLarge, ViolatedAssumption
from symcost.export.subject import Subject, unknown
from symcost.formula import Symbol, symbol
from symcost.formula.assumed import Fact
from symcost.pictures.plots.chart import Number
from symcost.questions import question
from symcost.records import dataclass
from symcost.sweeping.grid import Axis

MOST = 200
"""Points of a curve."""
LARGEST = 10**300
"""Beyond this, a float has no end."""
STEPS = tuple(sorted({odd << shift for odd in (1, 3, 5, 7) for shift in range(10)}))
"""What widths and lengths are multiples of."""
SHORT = {"macs": "MACs", "flops": "FLOPs", "params": "parameters", "depth": "depth"}


@dataclass(frozen=True, slots=True)
class Over:
    """Models along the sizes of one dimension. `log`: both axes are logarithmic.

    `written` are the same models before any number was put in, but with the sizes that are written over others
    (`I = D`), and `given` the numbers of these others: so that a crossing can be told as `4·D`.
    """

    subjects: Sequence[Subject]
    axis: Axis
    log: bool
    convention: str = "default"
    written: Sequence[Subject] = ()
    given: Mapping[str, int] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The dimension."""
        return self.axis.name

    def demand_known(self) -> None:
        """Raises UnknownDimension where no model has the dimension."""
        if not any(one.knows(self.name) for one in self.subjects):
            raise unknown(self.name, self.subjects)


def in_short(name: str) -> str:
    """What stands beside an axis."""
    return SHORT.get(name) or question(name).words


def worded(subjects: Sequence[Subject], name: str) -> str:
    """`T (time)`: a dimension, with what the first file that says it calls it."""
    for one in subjects:
        for info in one.model.symbols:
            if info.name == name and info.words:
                return f"{name} ({info.words})"
    return name


def numbers(over: Over, one: Subject, quantity: str) -> Iterator[tuple[int, Number]]:
    """The exact numbers of a model, where what is assumed of it allows the size.

    Raises MissingValue for another dimension without a number.
    """
    for size in kept(sizes(over.axis, log=over.log), over.axis, one, log=over.log):
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
    if len(axis) <= MOST:
        return sorted(set(axis.sizes))
    places = _at_equal_ratios(len(axis)) if log else _at_equal_distances(len(axis))
    return [axis.sizes[place] for place in places]


def _at_equal_distances(count: int) -> list[int]:
    """Places of a list of so many, from the first to the last."""
    return [place * (count - 1) // (MOST - 1) for place in range(MOST)]


def _at_equal_ratios(count: int) -> list[int]:
    """Places of a list of so many, from the first to the last; the first ones coincide, and are there once."""
    ratio = count ** (1 / (MOST - 1))
    places = {min(count - 1, round(ratio**step) - 1) for step in range(MOST)}
    return sorted({0, *places, count - 1})


def kept(shown: Sequence[int], axis: Axis, one: Subject, *, log: bool) -> list[int]:
    """Sizes at equal ratios, moved to multiples where what is assumed of the dimension alone asks for these.

    A range that was written size by size stays as it is.
    """
    at = symbol(axis.name)
    facts = [fact for fact in one.told(axis.name) if _speaks_of(fact, at)]
    if not log or not facts:
        return list(shown)
    return _kept_multiples(shown, facts, at) or list(shown)


def _kept_multiples(shown: Sequence[int], facts: Sequence[Fact], at: Symbol) -> list[int]:
    """Multiples of the smallest number for which all of this holds; none where it holds for no number."""
    for step in STEPS:
        within = _multiples(shown, step)
        if within and _all_hold(facts, at, within):
            return within
    return []


def _all_hold(facts: Sequence[Fact], at: Symbol, sizes: Sequence[int]) -> bool:
    """Whether all of this holds of all these sizes."""
    return all(fact.holds({at: size}) for fact in facts for size in sizes)


def _speaks_of(fact: Fact, at: Symbol) -> bool:
    """Whether what is assumed speaks of one dimension alone."""
    names = {name for form in fact.forms for name in form.free_symbols}
    return names == {at}


def _multiples(shown: Sequence[int], step: int) -> list[int]:
    """The nearest multiples, between the first size and the last."""
    moved = {max(step, round(size / step) * step) for size in shown}
    return sorted(size for size in moved if shown[0] <= size <= shown[-1])
