"""The zoo: every family in short, or one in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symcost.export.page import Page
from symcost.export.parts import Breaks, Code, Heading, Paragraph, Part, Row, Section, Table, Verbatim
from symcost.published.decoded import decoded
from symcost.records import dataclass

INDENT = 2


@dataclass(frozen=True, slots=True)
class Shelf:
    """A family: its file, what it is, the types of published configurations it reads, its own sizes, its text."""

    name: str
    title: str
    file: str
    types: tuple[str, ...]
    sizes: tuple[str, ...]
    models: Mapping[str, tuple[str, ...]]
    text: str


def page(shelves: Sequence[Shelf]) -> Page:
    """Families with their types and sizes."""
    return Page(
        "Models",
        parts=lambda: [_table(shelves)],
        brief=lambda: _listing(shelves),
        records=lambda: _records(shelves),
        data=lambda: {"families": [_data(shelf) for shelf in shelves]},
    )


def _listing(shelves: Sequence[Shelf]) -> Iterator[Part]:
    for shelf in shelves:
        yield Heading(shelf.name)
        said = [shelf.title, f"reads {', '.join(shelf.types)}"] if shelf.types else [shelf.title]
        if shelf.sizes:
            said.append(f"has {', '.join(shelf.sizes)}")
        yield Section("", tuple(Paragraph(words, Breaks.WORDS, indent=INDENT) for words in said))


def _table(shelves: Sequence[Shelf]) -> Table:
    rows = (Row((Code(shelf.name), shelf.title, ", ".join(shelf.types), ", ".join(shelf.sizes))) for shelf in shelves)
    return Table(("family", "what it is", "types it reads", "sizes it has"), tuple(rows))


def _records(shelves: Sequence[Shelf]) -> Table:
    """One line for each type."""
    rows = (
        Row((kind, shelf.name, shelf.file, " ".join(filter(None, shelf.models.get(kind, ())))))
        for shelf in shelves
        for kind in shelf.types
    )
    return Table(("type", "family", "file", "models"), tuple(rows))


def _data(shelf: Shelf) -> dict[str, Any]:
    return {
        "family": shelf.name,
        "title": shelf.title,
        "file": shelf.file,
        "types": {kind: [name for name in shelf.models.get(kind, ()) if name] for kind in shelf.types},
        "decoding": [kind for kind in shelf.types if kind in decoded()],
        "sizes": list(shelf.sizes),
    }


def family_page(shelves: Sequence[Shelf], kind: str | None = None) -> Page:
    """Everything about a family, of which a type may be the one that is asked for: its types, sizes and text."""
    return Page(
        kind or shelves[0].name,
        parts=lambda: _full(shelves, kind),
        data=lambda: {"families": [{**_data(shelf), "text": shelf.text} for shelf in shelves]},
    )


def _full(shelves: Sequence[Shelf], kind: str | None) -> Iterator[Part]:
    for shelf in shelves:
        yield from _shelf(shelf, (kind,) if kind else shelf.types)


def _shelf(shelf: Shelf, kinds: Sequence[str]) -> Iterator[Part]:
    """All that is said of these types of one file, then its text."""
    yield Heading(shelf.name)
    yield Paragraph(shelf.title, Breaks.WORDS)
    rows = [Row((one, ", ".join(filter(None, shelf.models.get(one, ()))))) for one in kinds]
    if rows:
        yield Table(("type", "models that read it"), tuple(rows))
    if any(one in decoded() for one in kinds):
        yield Paragraph("goes on with a text: --step, --generate", Breaks.WORDS)
    if shelf.sizes:
        yield Paragraph(f"sizes: {', '.join(shelf.sizes)}", Breaks.WORDS)
    yield Paragraph(f"{shelf.file}:")
    yield Verbatim(shelf.text.rstrip())
