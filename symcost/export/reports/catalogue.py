"""The library: every layer in short, or one in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from textwrap import indent
from typing import TYPE_CHECKING, Any

from symcost.errors import SymcostError
from symcost.export.page import Page
from symcost.export.parts import (
    Breaks,
    Code,
    Heading,
    Layout,
    Line,
    Notes,
    Paragraph,
    Part,
    Row,
    Section,
    Table,
    Verbatim,
)
from symcost.export.reports.blocks import COLUMNS, QUANTITY
from symcost.export.summary import Summary
from symcost.formula import Form
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.conventions import Convention
    from symcost.model import Model

UNDECIDED = "costs what its arguments make of it"
"""For a layer that takes another layer, or whose text needs to know more than letters."""

FREE = "no parameters, no arithmetic"

INDENT, NAMES = 6, 10
"""Columns before what is said of a layer, and for the name of a quantity: the longest is `parameters`."""

INSET = 8
"""Columns before the later lines of a signature."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A layer of the library: its signature, documentation, text and the file it stands in."""

    signature: str
    doc: str
    source: str
    file: str
    model: Model

    @property
    def title(self) -> str:
        """The first line of the documentation."""
        return self.doc.strip().partition("\n")[0]

    def figures(self, convention: Convention) -> Mapping[str, Form] | None:
        """What it costs, by quantity; None where that cannot be said of the layer alone."""
        try:
            return Summary(self.model, convention).notable
        except SymcostError:
            return None


def page(entries: Sequence[Entry], convention: Convention) -> Page:
    """Signature, one line and formulas of each layer, under the name of its file."""
    return Page(
        "Layers",
        parts=lambda: _tables(entries, convention),
        brief=lambda: _listing(entries, convention),
        records=lambda: _records(entries, convention),
        data=lambda: {"layers": [_data(entry, convention) for entry in entries]},
    )


def _listing(entries: Sequence[Entry], convention: Convention) -> Iterator[Part]:
    for file, inside in groupby(entries, key=lambda entry: entry.file):
        yield Heading(file)
        yield Section("", tuple(part for entry in inside for part in _short(entry, convention)))


def _short(entry: Entry, convention: Convention) -> Iterator[Part]:
    """Its signature, a sentence, and what it costs."""
    yield Paragraph(entry.signature, Breaks.FORMULA, indent=2, inset=INSET)
    yield Paragraph(entry.title, Breaks.WORDS, indent=INDENT)
    figures = entry.figures(convention)
    if not figures:
        yield Paragraph(UNDECIDED if figures is None else FREE, indent=INDENT)
    if figures is None:
        return
    rows = [Row((COLUMNS[name], figures[name])) for name in _telling(figures)]
    if entry.model.assumptions:
        rows.append(Row(("assuming", ", ".join(map(str, entry.model.assumptions)))))
    if rows:
        yield Table(("quantity", "formula"), tuple(rows), Layout.LINES, indent=INDENT, lead=NAMES)


def _telling(figures: Mapping[str, Form]) -> list[str]:
    """Parameters and MACs where there are any, else the FLOPs."""
    if not figures:
        return []
    return [name for name in ("params", "macs") if name in figures] or ["flops"]


def _tables(entries: Sequence[Entry], convention: Convention) -> Iterator[Part]:
    """A table for each file."""
    for file, inside in groupby(entries, key=lambda entry: entry.file):
        yield Heading(file)
        rows = tuple(Row((Code(entry.signature), entry.title, *_cells(entry, convention))) for entry in inside)
        yield Table(("layer", "what it is", "parameters", "MACs"), rows)


def _cells(entry: Entry, convention: Convention) -> tuple[Line, Line]:
    figures = entry.figures(convention)
    if figures is None:
        return "?", "?"
    return figures.get("params", "0"), figures.get("macs", "0")


def _records(entries: Sequence[Entry], convention: Convention) -> Table:
    """One line for each layer."""
    rows = (
        Row((entry.model.name, entry.file, entry.signature, entry.title, *_cells(entry, convention)))
        for entry in entries
    )
    return Table(("layer", "file", "signature", "title", "params", "macs"), tuple(rows))


def _data(entry: Entry, convention: Convention) -> dict[str, Any]:
    figures = entry.figures(convention)
    return {
        "layer": entry.model.name,
        "file": entry.file,
        "signature": entry.signature,
        "doc": entry.doc.strip(),
        "figures": None if figures is None else dict(figures),
        "assumptions": [] if figures is None else [str(fact) for fact in entry.model.assumptions],
    }


def layer_page(entry: Entry, convention: Convention) -> Page:
    """Everything about one layer: documentation, formulas, text."""
    return Page(
        entry.model.name,
        parts=lambda: _full(entry, convention, map(Paragraph, filter(None, entry.doc.split("\n")))),
        brief=lambda: _full(entry, convention, [Paragraph(entry.doc.strip())], margin="  "),
        data=lambda: {**_data(entry, convention), "source": entry.source},
        symbols=entry.model.symbols,
    )


def _full(entry: Entry, convention: Convention, doc: Iterable[Part], margin: str = "") -> Iterator[Part]:
    yield Paragraph(Code(entry.signature), Breaks.FORMULA, inset=INSET)
    yield from doc
    figures = entry.figures(convention)
    if figures is None:
        yield Paragraph(UNDECIDED)
    else:
        rows = tuple(Row((name, form)) for name, form in figures.items())
        table = (Table(("quantity", "formula"), rows, Layout.LINES, lead=QUANTITY),) if rows else ()
        notes = Notes(tuple(f"assuming {fact}" for fact in entry.model.assumptions))
        yield Section("", (*table, notes))
    yield Paragraph(f"{entry.file}:")
    yield Verbatim(indent(entry.source, margin))
