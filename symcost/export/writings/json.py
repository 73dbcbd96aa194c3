"""JSON for programs: numbers exact, formulas as text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symcost.export.page import (
    Entry,
    Figure,
    Formula,
    Heading,
    Legend,
    Line,
    Listing,
    Notes,
    Page,
    Paragraph,
    Part,
    Room,
    Section,
    Table,
    Verbatim,
    plain,
)
from symcost.formula import Form


def write(page: Page, room: Room) -> str:
    """What the page has for programs, else its parts one by one."""
    tree = page.data() if page.data is not None else _tree(page)
    return json.dumps(tree, indent=2, ensure_ascii=False, default=_exact) + "\n"


def _exact(value: object) -> int | str:
    """JSON has no fractions; as text they stay exact."""
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    raise TypeError(f"{type(value).__name__} is nothing for JSON")


def _tree(page: Page) -> Mapping[str, Any]:
    return {"title": page.title, "parts": [_part(part) for part in page.parts()]}


def _part(part: Part) -> dict[str, Any]:
    match part:
        case Heading(line=line):
            return {"heading": plain(line)}
        case Paragraph(line=line):
            return {"text": plain(line)}
        case Verbatim(text=text):
            return {"source": text}
        case Formula(form=form):
            return {"formula": _cell(form)}
        case Table():
            return _table(part)
        case Legend(letters=letters):
            return {"symbols": {one.name: {"value": one.value, "meaning": one.words} for one in letters}}
        case Notes(lines=lines):
            return {"notes": [plain(line) for line in lines]}
        case Listing(entries=entries, total=total):
            return {"lines": [_entry(entry) for entry in entries], "total": plain(total.count)}
        case Section(heading=heading, parts=parts):
            return {"section": plain(heading), "parts": [_part(inside) for inside in parts]}


def _table(table: Table) -> dict[str, Any]:
    rows = [
        {"level": row.level, **dict(zip(table.head, map(_cell, row.cells), strict=False))}
        for row in table.rows
    ]  # fmt: skip
    return {"table": plain(table.caption), "columns": list(table.head), "rows": rows}


def _entry(entry: Entry) -> dict[str, Any]:
    return {"level": entry.level, "text": entry.text, "place": entry.place, "count": plain(entry.count)}


def _cell(line: Line) -> Any:
    """Words as they are; a formula with its number, a number with its unit."""
    match line:
        case Form():
            return {"form": str(line), "value": line.number}
        case Figure(form=form) if form is not None:
            return {"form": str(form), "value": line.value, "unit": line.unit}
        case Figure():
            return {"value": line.value, "unit": line.unit}
        case _:
            return plain(line)
