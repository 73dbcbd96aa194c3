"""The library for the eye: every layer in short, or one in full."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import fill, indent
from typing import TYPE_CHECKING

from symcost.errors import SymcostError
from symcost.export.summary import Summary
from symcost.export.text import COLUMNS, hanging

if TYPE_CHECKING:
    from symcost.conventions import Convention
    from symcost.model import Model


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


def listing(entries: Iterable[Entry], convention: Convention, width: int) -> str:
    """Signature, one line and formulas of each layer, under the name of its file."""
    lines: list[str] = []
    file = ""
    for entry in entries:
        if entry.file != file:
            file = entry.file
            lines += ["", file, ""] if lines else [file, ""]
        lines.append(hanging("  ", entry.signature, width, inset=8))
        lines.append(fill(entry.title, width, initial_indent=INDENT, subsequent_indent=INDENT))
        lines += [hanging(f"{INDENT}{lead}  ", said, width) for lead, said in _short(entry.model, convention)]
    return "\n".join(lines) + "\n"


INDENT = " " * 6


def page(entry: Entry, convention: Convention, width: int) -> str:
    """Everything about one layer: documentation, formulas, text."""
    summary = Summary(entry.model, convention)
    try:
        formulas = [hanging(f"{name:<15}  ", str(form), width) for name, form in summary.told.items()]
        formulas += [f"assuming {fact}" for fact in entry.model.assumptions]
    except SymcostError:
        formulas = [UNDECIDED]
    parts = [hanging("", entry.signature, width, inset=8), entry.doc.strip(), "\n".join(formulas), f"{entry.file}:"]
    return "\n\n".join(part for part in [*parts, indent(entry.source, "  ")] if part) + "\n"


UNDECIDED = "costs what its arguments make of it"
"""For a layer that takes another layer, or whose text needs to know more than letters."""


def _short(model: Model, convention: Convention) -> Iterator[tuple[str, str]]:
    """Parameters and MACs where there are any, else the FLOPs."""
    try:
        told = Summary(model, convention).told
    except SymcostError:
        yield UNDECIDED, ""
        return
    names: list[str] = [name for name in ("params", "macs") if name in told] or ["flops"]
    for name in names if told else ():
        yield f"{COLUMNS[name]:<10}", str(told[name])
    if not told:
        yield "no parameters, no arithmetic", ""
    if model.assumptions:
        yield "assuming  ", ", ".join(map(str, model.assumptions))
