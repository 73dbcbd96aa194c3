"""CSV for spreadsheets: one line for each thing, numbers exact, formulas as text."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from fractions import Fraction
from io import StringIO

from symcost.export.naming import without_names
from symcost.export.page import Page, Room
from symcost.export.parts import Figure, Formula, Line, Listing, Part, Row, Table, flat, plain
from symcost.formula import Form

LISTING = ("place", "level", "text", "count")


def write(page: Page, room: Room) -> str:
    """The records of the page; else its tables, an empty line between them."""
    page = without_names(page)
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    for number, table in enumerate(_all_tables(page)):
        if number:
            writer.writerow([])
        writer.writerows(_rows(table))
    return written.getvalue()


def _all_tables(page: Page) -> list[Table]:
    if page.records is not None:
        return [page.records()]
    return [table for part in flat(page.parts()) for table in _tables(part)]


def _tables(part: Part) -> Iterator[Table]:
    """What of a part is a table: listings and formulas are too."""
    match part:
        case Table():
            yield part
        case Listing(entries=entries, total=total):
            rows = (Row((entry.place, str(entry.level), entry.text, entry.count)) for entry in entries)
            yield Table(LISTING, (*rows, Row(("", "0", total.text, total.count))))
        case Formula(form=form):
            yield Table(("formula",), (Row((form,)),))
        case _:
            pass


def _rows(table: Table) -> Iterator[list[str]]:
    """Titles and cells; a column of figures with units has its units in the next one.

    Several of them are told apart by their titles: no two columns have one name.
    """
    shown = [_has_units(table, number) for number in range(len(table.head))]
    is_only_one = sum(shown) == 1
    names = ["unit" if is_only_one else f"{title} unit" for title in table.head]
    yield _with_units(table.head, names, shown)
    for row in table.rows:
        yield _with_units(map(_cell, row.cells), map(_unit, row.cells), shown)


def _has_units(table: Table, number: int) -> bool:
    """Whether a column has figures with units."""
    return any(_unit(row.cells[number]) for row in table.rows)


def _with_units(cells: Iterable[str], units: Iterable[str], shown: list[bool]) -> list[str]:
    line = []
    for cell, unit, shows in zip(cells, units, shown, strict=True):
        line += [cell, unit] if shows else [cell]
    return line


def _unit(cell: Line) -> str:
    return cell.unit if isinstance(cell, Figure) else ""


def _cell(cell: Line) -> str:
    match cell:
        case Figure(value=None, form=Form() as form):
            return str(form)
        case Figure(value=int(value)):
            return str(value)
        case Figure(value=Fraction() as value):
            return _decimal(value)
        case _:
            return plain(cell)


def _decimal(value: Fraction) -> str:
    """As a spreadsheet reads it, in the digits of a float; beyond its range, as the exact fraction."""
    try:
        return repr(float(value)) if value.denominator != 1 else str(value)
    except OverflowError:
        return str(value)
