"""`symcost check`: whether files keep what their `expect` blocks say."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import open_document

if TYPE_CHECKING:
    from symcost.errors import SymcostError


@click.command(
    epilog="""\b
Examples:
  symcost check elman.arch      elman.arch  7 of 7 kept
  symcost check examples/       every .arch file in the folder and below
"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True), metavar="PATH...")
@click.pass_context
def check(ctx: click.Context, paths: tuple[str, ...]) -> None:
    """Check the expect blocks of files and folders.

    A file without any is built only. Exit status 1 if one fails; the others are checked all the same.
    """
    files = [file for path in paths for file in found(path)]
    width = max(map(len, files))
    sound = True
    for file in files:
        verdict, faults = judged(file)
        click.echo(f"{file:<{width}}  {verdict}")
        if faults:
            sound = False
            click.echo("\n" + "\n\n".join(map(str, faults)) + "\n", err=True)
    if not sound:
        ctx.exit(1)


def found(path: str) -> list[str]:
    """The file itself, or all `.arch` files of a folder, in the order of their names.

    Raises NothingToCheck.
    """
    if not os.path.isdir(path):
        return [path]
    from symcost.errors import NothingToCheck

    files = sorted(str(file) for file in Path(path).rglob("*.arch") if file.is_file())
    if not files:
        raise NothingToCheck(path)
    return files


def judged(file: str) -> tuple[str, list[SymcostError]]:
    """What to say about a file in one line, and its faults."""
    from symcost.errors import BrokenExpectation, SymcostError

    try:
        document = open_document(file)
        checked = document.check()
    except SymcostError as fault:
        number = len(fault.faults)
        return f"{number} fault{'s' if number > 1 else ''}", [fault]
    broken = [item for item in checked if not item.ok]
    verdict = f"{len(checked) - len(broken)} of {len(checked)} kept" if checked else "no expectations"
    return verdict, [BrokenExpectation(i.text, i.span, i.found, i.expected, i.difference) for i in broken]
