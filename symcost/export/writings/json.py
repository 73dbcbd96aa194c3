"""JSON for programs: numbers exact, formulas as text."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from symcost.export.page import Page, Room
from symcost.export.parts import (
    Entry,
    Figure,
    Formula,
    Heading,
    Legend,
    Line,
    Listing,
    Notes,
    Paragraph,
    Row,
    Section,
    Table,
    Verbatim,
    plain,
)
from symcost.export.writer import Parts
from symcost.formula import Form

Tree = dict[str, Any]


def write(page: Page, room: Room) -> str:
    """What the page has for programs, else its parts one by one."""
    if page.data is not None:
        tree = page.data()
    else:
        parts = _Json()
        tree = {"title": page.title, "parts": [parts.part(part) for part in page.parts()]}
    return json.dumps(tree, indent=2, ensure_ascii=False, default=_exact) + "\n"


def _exact(value: object) -> int | str:
    """JSON has no fractions and no formulas; as text they stay exact."""
    if isinstance(value, Form):
        return str(value)
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    raise TypeError(f"{type(value).__name__} is nothing for JSON")


class _Json(Parts[Tree]):
    """A mapping for each part."""

    def heading(self, part: Heading) -> Tree:
        return {"heading": plain(part.line)}

    def paragraph(self, part: Paragraph) -> Tree:
        return {"text": plain(part.line)}

    def formula(self, part: Formula) -> Tree:
        return {"formula": _cell(part.form)}

    def verbatim(self, part: Verbatim) -> Tree:
        return {"source": part.text}

    def table(self, part: Table) -> Tree:
        rows = [_row(part.head, row) for row in part.rows]
        return {"table": plain(part.caption), "columns": list(part.head), "rows": rows}

    def legend(self, part: Legend) -> Tree:
        return {"symbols": {letter.name: {"value": letter.value, "meaning": letter.words} for letter in part.letters}}

    def notes(self, part: Notes) -> Tree:
        return {"notes": [plain(line) for line in part.lines]}

    def listing(self, part: Listing) -> Tree:
        return {"lines": [_entry(entry) for entry in part.entries], "total": plain(part.total.count)}

    def section(self, part: Section) -> Tree:
        return {"section": plain(part.heading), "parts": [self.part(inside) for inside in part.parts]}


def _row(head: tuple[str, ...], row: Row) -> Tree:
    """How deep it stands, and each cell under its title."""
    return {"level": row.level, **dict(zip(head, map(_cell, row.cells), strict=True))}


def _entry(entry: Entry) -> Tree:
    return {"level": entry.level, "text": entry.text, "place": entry.place, "count": plain(entry.count)}


def _cell(line: Line) -> Any:
    """Words as they are; a formula with its number, a number with its unit."""
    if isinstance(line, Form):
        return {"form": str(line), "value": line.number}
    if not isinstance(line, Figure):
        return plain(line)
    formula = {} if line.form is None else {"form": str(line.form)}
    return {**formula, "value": line.value, "unit": line.unit}
