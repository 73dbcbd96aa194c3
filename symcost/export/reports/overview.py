"""Many models side by side: what each costs and how that grows, as the closing table of a lecture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from symcost.analysis.growth.growth import rises
from symcost.analysis.growth.orders import order
from symcost.errors import SymcostError, UnknownQuantity
from symcost.export.page import Page
from symcost.export.parts import Layout, Legend, Letter, Line, Notes, Order, Part, Row, Table, plain
from symcost.export.subject import Subject, renamings
from symcost.formula import Form, Growth, TooLarge, symbol
from symcost.formula.named import inlined
from symcost.questions import question
from symcost.records import dataclass

SCALING = "scaling"
"""The column that says how MACs grow, or where they are not told the first of the others, which is said then."""

MACS = "macs"

Cell = Form | Growth | str
"""What a column holds: a formula, how one grows, or why there is none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One model, with what stands in each column."""

    subject: Subject
    cells: Mapping[str, Cell]

    @property
    def unknown(self) -> dict[str, str]:
        """Why there is none, for each column that has none."""
        return {name: cell for name, cell in self.cells.items() if isinstance(cell, str)}


@dataclass(frozen=True, slots=True)
class Overview:
    """The models, the names of the columns, the dimension in which things grow, whether orders replace formulas."""

    entries: tuple[Entry, ...]
    columns: tuple[str, ...]
    dimension: str
    orders: bool = False
    scaled: str = MACS
    """The quantity whose growth is told."""

    @property
    def head(self) -> tuple[str, ...]:
        """The titles of the columns."""
        return ("Model", *(self._title(name) for name in self.columns))

    def _title(self, name: str) -> str:
        if name == SCALING:
            title = "Time scaling" if self.dimension == "T" else f"In {self.dimension}"
            return title if self.scaled == MACS else f"{title} of {question(self.scaled).words}"
        return question(name).heading

    def shown(self, cell: Cell) -> Line:
        """What stands in a cell."""
        match cell:
            case Form() if self.orders and cell != 0:
                return Order(cell)
            case Form() | Growth():
                return cell
            case _:
                return "?"

    @property
    def notes(self) -> Iterator[str]:
        """What the table needs said: assumptions, and why a cell is empty."""
        yield from renamings([entry.subject for entry in self.entries])
        for fact, labels in self._facts.items():
            yield f"assuming {fact}" + ("" if len(labels) == len(self.entries) else f" ({', '.join(labels)})")
        for entry in self.entries:
            for name, why in entry.unknown.items():
                yield f"? {self._title(name)} of {entry.subject.label}: {why}"

    @property
    def _facts(self) -> dict[str, list[str]]:
        """Each assumption with the labels of the models that need it."""
        facts: dict[str, list[str]] = {}
        for entry in self.entries:
            for fact in dict.fromkeys((*entry.subject.facts, *self._told_for(entry.subject))):
                facts.setdefault(fact, []).append(entry.subject.label)
        return facts

    def _told_for(self, subject: Subject) -> Iterator[str]:
        """For which sizes the sums over the lines are told; that small sizes have other depths is no news."""
        for name in self.columns:
            if name != SCALING and not self.orders and question(name).kind in ("sum", "placed"):
                yield from map(str, subject.holds(name))

    @property
    def symbols(self) -> dict[str, str]:
        """The dimensions that occur, with what the files call them."""
        said: dict[str, dict[str, None]] = {}
        for entry in self.entries:
            for name, meaning in entry.subject.symbols:
                words = said.setdefault(name, {})
                words |= {meaning: None} if meaning else {}
        return {name: "; ".join(words) for name, words in said.items()}


def overview(
    subjects: Sequence[Subject],
    columns: Sequence[str],
    known: Collection[str],
    dimension: str = "T",
    convention: str = "default",
    orders: bool = False,
) -> Overview:
    """Asks each model for each column; `known` are the quantities that there are.

    Raises UnknownQuantity and the faults of the models; what cannot be derived for one model leaves its cell empty.
    """
    quantities = [name for name in columns if name != SCALING]
    _demand_known(quantities, known)
    names = _names(subjects) if orders else None
    scaled = MACS if MACS in quantities or not quantities else quantities[0]

    def cell(subject: Subject, name: str) -> Cell:
        if name == SCALING:
            return _asked(_scaling, subject, scaled, dimension, convention)
        return _asked(_figure, subject, name, convention, names)

    entries = []
    for subject in subjects:
        _ = subject.model.graph  # what is wrong with the model itself is said as such
        entries.append(Entry(subject, {name: cell(subject, name) for name in columns}))
    return Overview(tuple(entries), tuple(columns), dimension, orders, scaled)


def _demand_known(quantities: Sequence[str], known: Collection[str]) -> None:
    """Raises UnknownQuantity."""
    for name in quantities:
        if name not in known:
            raise UnknownQuantity(name, (*known, SCALING))


def _asked(ask: Callable[..., Cell], *arguments: object) -> Cell:
    """What is asked for, or why there is none."""
    try:
        return ask(*arguments)
    except TooLarge as big:
        return str(big)
    except SymcostError as fault:
        return fault.faults[0].report.message


def _figure(subject: Subject, name: str, convention: str, names: Sequence[str] | None) -> Form:
    """A quantity of one model; with the names of all dimensions its order."""
    form = subject.form(name, convention)
    return form if names is None else order(form, subject.assumptions, names)


def _scaling(subject: Subject, name: str, dimension: str, convention: str) -> Cell:
    if subject.model.built.fixed and dimension in subject.model.values:
        return f"the model needs a number for {dimension} before it can be built"
    form = subject.form(name, convention, kept=dimension)
    return rises(form, symbol(dimension), subject.told(dimension)).growth


def _names(subjects: Sequence[Subject]) -> list[str]:
    """The dimensions in the order of the signatures."""
    return list(dict.fromkeys(name for subject in subjects for name, _ in subject.symbols))


# The page --------------------------------------------------------------------------------------


def page(overview: Overview) -> Page:
    """One row for each model, what the letters mean, and what must be said besides."""
    infos = {info.name: info for entry in overview.entries for info in reversed(entry.subject.model.symbols)}
    return Page(
        "",
        parts=lambda: _parts(overview),
        data=lambda: _data(overview),
        symbols=tuple(infos.values()),
    )


def _parts(overview: Overview) -> Iterator[Part]:
    rows = []
    for entry in overview.entries:
        rows.append(Row((entry.subject.label, *(overview.shown(entry.cells[name]) for name in overview.columns))))
    yield Table(overview.head, tuple(rows), Layout.MODELS)
    yield Legend(tuple(Letter(name, None, words) for name, words in overview.symbols.items()))
    yield Notes(tuple(overview.notes))


def _data(overview: Overview) -> Mapping[str, Any]:
    """Each cell as text, growth with its leading coefficient, assumptions by model."""
    models = []
    for entry in overview.entries:
        label = {"model": entry.subject.model.name, "label": entry.subject.label}
        cells = {name: _plain(overview, entry.cells[name]) for name in overview.columns}
        models.append({**label, **cells, "assumptions": entry.subject.facts})
    return {
        "columns": dict(zip(overview.columns, overview.head[1:], strict=True)),
        "in": overview.dimension,
        "models": models,
        "symbols": overview.symbols,
    }


def _plain(overview: Overview, cell: Cell) -> Any:
    match cell:
        case Growth(leading=leading):
            return {"kind": cell.kind, "leading": str(inlined(leading))}
        case Form():
            return cell if cell is overview.shown(cell) else plain(overview.shown(cell))
        case why:
            return {"unknown": why}
