"""Two models against each other: what each costs, the difference, and which one is better from where on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from symcost.analysis.growth.compare import Crossing, Ranges, Sign, Threshold, Undecided, always, crossing, ratio
from symcost.errors import UnknownDimension
from symcost.export.numbers import decimal
from symcost.export.page import Page
from symcost.export.parts import (
    Breaks,
    Layout,
    Line,
    Notes,
    Paragraph,
    Part,
    Piece,
    Relation,
    Row,
    Section,
    Table,
    plain,
)
from symcost.export.subject import Subject, renamings
from symcost.formula import Assumptions, Form, Symbol, num, symbol
from symcost.formula.assumed import Fact
from symcost.formula.named import inlined, spread
from symcost.questions import question
from symcost.records import dataclass

UNCOUNTED = {"depth": "depth"}
"""Quantities of which one needs less, not fewer."""

ALWAYS = {
    "equal": "needs as {many} as",
    "less": "needs {fewer} than",
    "greater": "needs more than",
    "at most": "never needs more than",
    "at least": "never needs {fewer} than",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One quantity of two models."""

    quantity: str
    left: Subject
    right: Subject
    convention: str = "default"

    @property
    def words(self) -> str:
        """What is counted."""
        return UNCOUNTED.get(self.quantity) or question(self.quantity).words

    @property
    def fewer(self) -> str:
        """How one says that a model needs less of it."""
        return "less" if self.quantity in UNCOUNTED else "fewer"

    @property
    def many(self) -> str:
        """How one says that both need the same of it."""
        return "much" if self.quantity in UNCOUNTED else "many"

    @property
    def everywhere(self) -> bool:
        """Whether neither side has a number for a dimension, so that what holds does so for all of them."""
        return not self.left.model.values and not self.right.model.values

    @property
    def forms(self) -> tuple[Form, Form]:
        """What each costs, with all that is known."""
        return self.left.form(self.quantity, self.convention), self.right.form(self.quantity, self.convention)

    @property
    def both(self) -> tuple[Subject, Subject]:
        """The two models."""
        return self.left, self.right

    @property
    def assumptions(self) -> Assumptions:
        """What was assumed for either, and for which sizes both formulas hold."""
        return self.left.assumptions.with_(*self.right.assumptions, *self.holds)

    @property
    def holds(self) -> list[Fact]:
        """For which sizes both formulas hold, as far as dimensions are open."""
        return list(dict.fromkeys(fact for one in self.both for fact in one.holds(self.quantity)))

    @property
    def known(self) -> Assumptions:
        """The same with the numbers that are given."""
        return self._known("")

    def where(self) -> Iterator[Piece]:
        """`, for T >= 2`: for which sizes both formulas hold; nothing where that is all."""
        for place, fact in enumerate(self.holds):
            yield " and " if place else ", for "
            yield fact

    def _known(self, kept: str) -> Assumptions:
        """What was assumed, with the numbers that are given but for that of one dimension, which stays open."""
        given = {**self.left.model.values, **self.right.model.values}
        numbers = {symbol(name): num(value) for name, value in given.items() if name != kept}
        return self.assumptions.substitute(numbers)

    def dimensions(self, wanted: Sequence[str]) -> list[Symbol]:
        """Those in which a crossing is looked for: the wanted ones, else `T` if it matters, else all that do."""
        if wanted:
            return [symbol(name) for name in wanted]
        left, right = (one.form(self.quantity, self.convention, kept="T") for one in self.both)
        names = (left - right).expand().free_symbols
        return [symbol("T")] if symbol("T") in names else [name for name in names if not name.uid]

    def crossing(self, at: Symbol) -> Crossing:
        """Where the better of the two changes, in one dimension; a number given for it does not count.

        Raises UnknownDimension.
        """
        if not any(one.knows(at.name) or symbol(at.name) in one.form(self.quantity).free_symbols for one in self.both):
            known = dict.fromkeys(port for one in self.both for port in one.model.ports)
            raise UnknownDimension(at.name, f"{self.left.label} or {self.right.label}", known)
        left, right = (one.form(self.quantity, self.convention, kept=at.name) for one in self.both)
        return crossing(left, right, at, self._known(at.name))


def page(comparisons: Sequence[Comparison], wanted: Sequence[str]) -> Page:
    """All of them below each other, then what they assume; `wanted` are the dimensions of the crossovers."""
    first = comparisons[0]
    infos = {info.name: info for subject in first.both for info in subject.model.symbols}

    def parts() -> Iterator[Part]:
        for one in comparisons:
            sentences = (Paragraph(sentence, Breaks.FORMULA) for sentence in verdicts(one, wanted))
            yield Section(f"{one.words} ({one.quantity})", (_table(one), *sentences))
        yield Notes(tuple(_notes(comparisons)))

    return Page(
        f"{first.left.label} and {first.right.label}",
        parts,
        records=lambda: _records(comparisons),
        data=lambda: {"comparisons": [_data(one, wanted) for one in comparisons], "notes": list(_notes(comparisons))},
        symbols=tuple(infos.values()),
    )


def _notes(comparisons: Sequence[Comparison]) -> Iterator[str]:
    """What stands for some dimensions, what is assumed of others, and for which sizes the formulas hold."""
    first = comparisons[0]
    yield from renamings(first.both)
    facts = dict.fromkeys((*first.left.facts, *first.right.facts))
    for one in comparisons:
        facts |= dict.fromkeys(map(str, one.holds))
    for fact in facts:
        yield f"assuming {fact}"


def _figures(one: Comparison) -> dict[str, Form]:
    """What each costs, the difference, and the ratio where there is one; labels can be the same for both."""
    left, right = one.forms
    over = ratio(left, right)
    figures = {"left": left, "right": right, "difference": spread(left - right)}
    return figures if over is None else {**figures, "ratio": over}


def _table(one: Comparison) -> Table:
    names = {"left": one.left.label, "right": one.right.label}
    rows = (
        Row((names.get(name, name), _with_decimals(form) if name == "ratio" else form))
        for name, form in _figures(one).items()
    )
    return Table(("", one.quantity), tuple(rows), Layout.LINES, indent=2)


def _with_decimals(form: Form) -> Line:
    """`5/3 = 1.667`"""
    value = form.number
    if value is None or value.denominator == 1:
        return form
    return (form, f" = {decimal(value)}")


def _records(comparisons: Sequence[Comparison]) -> Table:
    """One line for each figure of each quantity."""
    rows = []
    for one in comparisons:
        names = {"left": one.left.label, "right": one.right.label}
        for name, form in _figures(one).items():
            value = "" if form.number is None else str(form.number)
            rows.append(Row((one.quantity, names.get(name, name), form, value)))
    return Table(("quantity", "of", "formula", "value"), tuple(rows))


def _data(one: Comparison, wanted: Sequence[str]) -> dict[str, Any]:
    figures = {name: {"form": form, "value": form.number} for name, form in _figures(one).items()}
    return {
        "quantity": one.quantity,
        "models": {"left": one.left.label, "right": one.right.label},
        **figures,
        "verdicts": list(map(plain, verdicts(one, wanted))),
    }


def verdicts(one: Comparison, wanted: Sequence[str]) -> Iterator[Line]:
    """Sentences: what holds always, else what holds from where on."""
    left, right = one.forms
    fixed = always(left, right, one.known)
    if fixed:
        yield (*_fixed(one, fixed), ".")
    decided = one.everywhere or (left - right).number is None  # for all values that are still open
    if wanted or not fixed or not decided:
        yield from _crossings(one, wanted, doubtful=not fixed)


def _crossings(one: Comparison, wanted: Sequence[str], *, doubtful: bool) -> Iterator[Line]:
    """Where the better one changes; `doubtful`: also in which dimensions that cannot be said."""
    for dimension in one.dimensions(wanted):
        crossing = one.crossing(dimension)
        if not isinstance(crossing, Undecided):
            yield (f"{one.left.label} needs ", *stretches(crossing, dimension, one), ".")
        elif doubtful:
            yield f"Which one needs {one.fewer}, {dimension} does not decide: {crossing.why}."


def _fixed(one: Comparison, fixed: str) -> Iterator[Piece]:
    """`GRU needs fewer than LSTM, whatever the numbers`"""
    said = ALWAYS[fixed].format(fewer=one.fewer, many=one.many)
    yield f"{one.left.label} {said} {one.right.label}"
    if not one.everywhere:
        yield ", with these numbers"
    elif not one.holds:
        yield ", whatever the numbers"
    yield from one.where()


def stretches(crossing: Threshold | Ranges, at: Symbol, one: Comparison) -> Iterator[Piece]:
    """`fewer while T < 4·D, more while T > 4·D`"""
    how: dict[Sign, str] = {-1: one.fewer, 0: f"as {one.many}", 1: "more"}
    match crossing:
        case Threshold(root=root, below=below):
            root = inlined(root)
            yield f"{how[below]} while "
            yield Relation(at, "<", root)
            yield f", {how[-1 if below > 0 else 1]} while "
            yield Relation(at, ">", root)
        case Ranges(stretches=found, tried=tried):
            for number, (low, high, sign) in enumerate(found):
                yield f"{', ' if number else ''}{how[sign]} "
                yield from _stretch(at, low, high)
            if tried is not None:
                yield ", as far as numbers were tried, up to "
                yield Relation(at, "=", num(tried))


def _stretch(at: Symbol, low: int, high: int | None) -> Iterator[Piece]:
    first = Relation(at, "=", num(low))
    if high is None:
        yield from ("from ", first, " on")
    elif low == high:
        yield from ("at ", first)
    else:
        yield from ("for ", first, " to ", num(high))
