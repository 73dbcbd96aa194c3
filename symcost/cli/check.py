"""`symcost check`: whether files keep what their `expect` blocks say."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import deliver, open_document, output_option

if TYPE_CHECKING:
    from symcost.document import Checked
    from symcost.errors import SymcostError


@click.command(
    epilog="""\b
Examples:
  symcost check elman.arch      elman.arch  7 of 7 kept
  symcost check examples/       every .arch file in the folder and below
  symcost check examples/ --format markdown --output examples/README.md
"""
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True), metavar="PATH...")
@click.option("-v", "--verbose", is_flag=True, help="A line for each expectation that is kept, too.")
@click.option(
    "--format", "writing", type=click.Choice(["text", "markdown"]), default="text", show_default=True,
    help="How to write it; markdown is a table of all figures, ours and those expected.",
)  # fmt: skip
@output_option
@click.pass_context
def check(ctx: click.Context, paths: tuple[str, ...], verbose: bool, writing: str, output: Path | None) -> None:
    """Check the expect blocks of files and folders.

    A file without any is built only. Exit status 1 if one fails; the others are checked all the same.
    """
    from symcost.cli import figures

    files = [file for path in paths for file in found(path)]
    said: list[str] = []
    say = click.echo if writing == "text" and output is None else said.append
    verdicts = [told(judged(file), max(map(len, files)), verbose, say) for file in files]
    if writing == "markdown":
        deliver(figures.page([(one.file, one.checked) for one in verdicts], output), output)
    else:
        if len(files) > 1:
            say(f"{summed([item for one in verdicts for item in one.checked])} in {len(files)} files")
        if output is not None:
            deliver("\n".join(said), output)
    if any(one.faults for one in verdicts):
        ctx.exit(1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a file: its expectations, or what kept it from being checked."""

    file: str
    checked: list[Checked]
    faults: list[SymcostError]


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


def judged(file: str) -> Verdict:
    """Check one file."""
    from symcost.errors import BrokenExpectation, SymcostError

    try:
        checked = open_document(file).check()
    except SymcostError as fault:
        return Verdict(file, [], [fault])
    broken = [item for item in checked if not item.ok]
    faults = [BrokenExpectation(i.text, i.span, i.found, i.expected, i.difference) for i in broken]
    return Verdict(file, checked, list(faults))


def told(one: Verdict, width: int, verbose: bool, say: Callable[[str], None]) -> Verdict:
    """Say in one line what came of a file, then its faults on standard error; `verbose` also what it keeps."""
    if one.checked:
        verdict = summed(one.checked)
    else:
        number = sum(len(fault.faults) for fault in one.faults)
        verdict = f"{number} fault{'s' if number > 1 else ''}" if number else "no expectations"
    say(f"{one.file:<{width}}  {verdict}")
    for item in one.checked if verbose else []:
        if item.ok:
            say(f"  {item.about}: {item.text}")
    if one.faults:
        click.echo("\n" + "\n\n".join(map(str, one.faults)) + "\n", err=True)
    return one


def summed(checked: list[Checked]) -> str:
    """`7 of 8 kept`"""
    return f"{sum(item.ok for item in checked)} of {len(checked)} kept"
