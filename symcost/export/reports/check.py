"""What files keep of what their `expect` blocks say; and every published figure in them beside ours."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symcost.export.page import Page
from symcost.export.parts import Code, Heading, Layout, Line, Link, Paragraph, Part, Row, Section, Table
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.document import Checked
    from symcost.errors import SymcostError

TITLE = "Architectures and their figures"
INTRODUCTION: Line = (
    "What is derived from the files of this folder, beside what papers print and others counted.\nWritten by ",
    Code("symcost check --format markdown"),
    ", never typed.",
)

HEAD = ("architecture", "size", "quantity", "ours", "published", "difference", "source")
SAME = "″"
"""Stands where the cell above is repeated."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a file: its expectations, or what kept it from being checked.

    `unanswered`: of each expectation that could not be answered, about which model it is, and its text.
    """

    file: str
    checked: Sequence[Checked]
    faults: Sequence[SymcostError] = ()
    unanswered: Sequence[tuple[str, str]] = ()

    @property
    def words(self) -> str:
        """`7 of 8 kept`"""
        if self.checked or self.unanswered:
            return tally([self])
        number = sum(len(fault.faults) for fault in self.faults)
        return f"{number} fault{'s' if number > 1 else ''}" if number else "no expectations"


def tally(verdicts: Sequence[Verdict]) -> str:
    """`7 of 8 kept`, `1 of 3 kept, 2 not answered`"""
    kept = sum(item.ok for verdict in verdicts for item in verdict.checked)
    open_ = sum(len(verdict.unanswered) for verdict in verdicts)
    every = open_ + sum(len(verdict.checked) for verdict in verdicts)
    words = f"{kept} of {every} kept"
    return f"{words}, {open_} not answered" if open_ else words


def page(verdicts: Sequence[Verdict], home: Path | None = None, *, verbose: bool = False) -> Page:
    """At a glance a line for each file; as a document a table of the figures of each folder.

    Links lead from `home`, the folder in which the page will lie; without it from that of all files.
    """
    return Page(
        TITLE,
        parts=lambda: _figures(verdicts, home),
        brief=lambda: _lines(verdicts, verbose),
        records=lambda: _records(verdicts),
        data=lambda: {"files": [_data(verdict) for verdict in verdicts]},
    )


# At a glance -----------------------------------------------------------------------------------


def line(verdict: Verdict, width: int, *, verbose: bool) -> Page:
    """One file of several, whose names take so many columns: for those who watch."""
    return Page(verdict.file, lambda: (_line(verdict, width, verbose),))


def total(verdicts: Sequence[Verdict]) -> Page:
    """What came of all files together."""
    return Page("", lambda: (Paragraph(_in_all(verdicts)),))


def _lines(verdicts: Sequence[Verdict], verbose: bool) -> Iterator[Part]:
    width = max((len(verdict.file) for verdict in verdicts), default=0)
    lines = [_line(verdict, width, verbose) for verdict in verdicts]
    last = [Paragraph(_in_all(verdicts))] if len(verdicts) > 1 else []
    yield Section("", (*lines, *last))


def _line(verdict: Verdict, width: int, verbose: bool) -> Section:
    """What came of a file, and what it keeps for some sizes only; `verbose` also what it keeps for all of them."""
    kept = (item for item in verdict.checked if item.ok and (verbose or item.assuming))
    table = Table(("file", "verdict"), (Row((verdict.file, verdict.words)),), Layout.LINES, stiff=True, lead=width)
    return Section("", (table, *(Paragraph(_told(item), indent=2) for item in kept)))


def _told(item: Checked) -> str:
    """`M: depth == 5, assuming D >= 2`"""
    return ", ".join((f"{item.about}: {item.text}", *(f"assuming {fact}" for fact in item.assuming)))


def _in_all(verdicts: Sequence[Verdict]) -> str:
    return f"{tally(verdicts)} in {len(verdicts)} files"


# As a document ---------------------------------------------------------------------------------


def _figures(verdicts: Sequence[Verdict], home: Path | None) -> Iterator[Part]:
    """A table for each folder."""
    start = _common_folder(verdicts) if home is None else os.path.abspath(home)
    yield Paragraph(INTRODUCTION)
    for folder, inside in groupby(verdicts, key=lambda verdict: os.path.dirname(verdict.file)):
        rows = [row for verdict in inside for row in _rows(_target(verdict.file, start), verdict.checked)]
        if rows:
            yield Heading(os.path.basename(folder) or "figures")
            yield Table(HEAD, tuple(rows))


def _common_folder(verdicts: Sequence[Verdict]) -> str:
    return os.path.commonpath([os.path.dirname(os.path.abspath(verdict.file)) for verdict in verdicts])


def _target(file: str, home: str) -> str:
    return Path(os.path.relpath(os.path.abspath(file), home)).as_posix()


def _rows(target: str, checked: Sequence[Checked]) -> Iterator[Row]:
    """Each number that is expected with its source, beside ours."""
    source = None
    for item in checked:
        if not (item.figure and item.source):
            continue
        config, tolerance = item.block.config, item.check.tolerance
        yield Row((
            Link(item.block.model.text, target),
            config.text if config else "",
            item.check.quantity.text,
            grouped(item.found),
            grouped(item.expected, tolerance) + within(tolerance),
            difference(item),
            SAME if source == item.source else item.source,
        ))  # fmt: skip
        source = item.source


def grouped(number: str, tolerance: Fraction | None = None) -> str:
    """`6,738,415,616`; a large quotient that is only to be met within a tolerance, to the next whole number."""
    value = Fraction(number)
    near = tolerance is not None and abs(value) >= 1000
    return f"{round(value):,}" if value.denominator == 1 or near else number


def within(tolerance: Fraction | None) -> str:
    """` ± 0.5 %`"""
    return "" if tolerance is None else f" ± {float(tolerance * 100):g} %"


def difference(item: Checked) -> str:
    """Nothing, or how much more or less than expected is found."""
    ours, wanted = Fraction(item.found), Fraction(item.expected)
    if ours == wanted:
        return "0"
    return f"{float((ours - wanted) / wanted * 100):+.2g} %" if wanted else item.difference


# For spreadsheets and programs -----------------------------------------------------------------


def _records(verdicts: Sequence[Verdict]) -> Table:
    """One line for each expectation."""
    rows = []
    for verdict in verdicts:
        for item in verdict.checked:
            kept = "kept" if item.ok else "broken"
            facts = ", ".join(item.assuming)
            rows.append(Row((verdict.file, item.about, item.text, kept, item.found, item.expected, item.source, facts)))
        rows += [Row((verdict.file, about, text, "not answered", "", "", "", "")) for about, text in verdict.unanswered]
    return Table(("file", "model", "expectation", "verdict", "found", "expected", "source", "assuming"), tuple(rows))


def _data(verdict: Verdict) -> dict[str, Any]:
    expectations = [
        {
            "model": item.about,
            "text": item.text,
            "ok": item.ok,
            "found": item.found,
            "expected": item.expected,
            "source": item.source,
            "assuming": list(item.assuming),
        }
        for item in verdict.checked
    ]
    faults = [single.report.message for fault in verdict.faults for single in fault.faults]
    unanswered = [{"model": about, "text": text} for about, text in verdict.unanswered]
    told = {"file": verdict.file, "verdict": verdict.words, "expectations": expectations}
    return {**told, "unanswered": unanswered, "faults": faults}
