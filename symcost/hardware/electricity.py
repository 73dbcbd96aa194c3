"""Electricity: what a kilowatt-hour emits, by country.

Source  electricity.toml, with its year and where it is from.
"""

from __future__ import annotations

from fractions import Fraction

from symcost.datafile import Table, parse
from symcost.diagnostics import Source
from symcost.errors import UnknownGrid
from symcost.once import once_each
from symcost.packaged import files
from symcost.records import dataclass

FILE = "electricity.toml"
SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Grid:
    """The electricity of a country, or of several: grams of CO2e for a kilowatt-hour over its whole life, in a year."""

    code: str
    name: str
    year: int
    grams: Fraction
    source: str

    def __str__(self) -> str:
        return f"{self.name} {self.year}, {float(self.grams):g} g/kWh, {self.source}"


@once_each
def grids() -> tuple[Grid, ...]:
    """All that are shipped."""
    text = (files("symcost.hardware") / FILE).read_text(encoding="utf-8")
    table = parse(Source(FILE, text))
    source = table.text(SOURCE)
    return tuple(_grid(code, table.table(code), source) for code in table if code != SOURCE)


def _grid(code: str, table: Table, source: str) -> Grid:
    return Grid(code, table.text("name"), int(table.number("year")), table.number("grams"), source)


def grid(country: str) -> Grid:
    """By the code of ISO 3166 (three letters) or the English name, in small letters or large.

    >>> grid("fra").name
    'France'

    Raises UnknownGrid.
    """
    wanted = country.casefold()
    for one in grids():
        if wanted in (one.code.casefold(), one.name.casefold()):
            return one
    raise UnknownGrid(country, [name for one in grids() for name in (one.code, one.name)])
