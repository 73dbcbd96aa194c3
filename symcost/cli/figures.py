"""The page of published figures: every number that an `expect` block states with its source, beside ours."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from symcost.export.table import cell

if TYPE_CHECKING:
    from symcost.document import Checked

INTRODUCTION = """\
# Architectures and their figures

What is derived from the files of this folder, beside what papers print and others counted.
Written by `symcost check --format markdown`, never typed.
"""

HEAD = ("architecture", "size", "quantity", "ours", "published", "difference", "source")
SAME = "″"
"""Stands where the cell above is repeated."""


def page(files: Sequence[tuple[str, Sequence[Checked]]], output: Path | None = None) -> str:
    """A table for each folder. Links lead from the page's own folder, or from that of all files."""
    paths = [os.path.dirname(os.path.abspath(file)) for file, _ in files]
    home = os.path.commonpath(paths) if output is None else os.path.abspath(output.parent)
    parts = [INTRODUCTION.rstrip()]
    for folder, inside in groupby(files, key=lambda pair: os.path.dirname(pair[0])):
        rows = [row for file, checked in inside for row in _rows(_link(file, home), checked)]
        if rows:
            parts.append(f"## {cell(os.path.basename(folder) or 'figures')}")
            parts.append("\n".join(f"| {' | '.join(row)} |" for row in (HEAD, ["---"] * len(HEAD), *rows)))
    return "\n\n".join(parts) + "\n"


def _link(file: str, home: str) -> str:
    return Path(os.path.relpath(os.path.abspath(file), home)).as_posix()


def _rows(link: str, checked: Sequence[Checked]) -> Iterator[list[str]]:
    source = None
    for item in checked:
        if item.figure and item.source:
            config = item.block.config
            yield [
                f"[{cell(item.block.model.text)}]({link})",
                cell(config.text) if config else "",
                cell(item.check.quantity.text),
                grouped(item.found),
                grouped(item.expected, item.check.tolerance) + within(item.check.tolerance),
                difference(item),
                SAME if source == item.source else cell(item.source),
            ]
            source = item.source


def grouped(number: str, tolerance: Fraction | None = None) -> str:
    """`6,738,415,616`; a large quotient that is only to be met within a tolerance, to the next whole number."""
    value = Fraction(number)
    near = tolerance is not None and abs(value) >= 1000
    return f"{round(value):,}" if value.denominator == 1 or near else cell(number)


def within(tolerance: Fraction | None) -> str:
    """` ± 0.5 %`"""
    return "" if tolerance is None else f" ± {float(tolerance * 100):g} %"


def difference(item: Checked) -> str:
    """Nothing, or how much more or less than expected is found."""
    ours, wanted = Fraction(item.found), Fraction(item.expected)
    if ours == wanted:
        return "0"
    return f"{float((ours - wanted) / wanted * 100):+.2g} %" if wanted else cell(item.difference)
