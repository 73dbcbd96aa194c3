"""`symcost check`: whether files keep what their `expect` blocks say."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import deliver, open_document, result_options
from symcost.cli.output import put
from symcost.cli.streams import tell
from symcost.errors import SymcostError

if TYPE_CHECKING:
    from symcost.export.reports.check import Verdict


MACHINES = ("junit", "sarif")
"""Formats for machines that show what came of checks."""


@click.command(
    help="""\
Check the expect blocks of files and folders.

A file without any is built only. Exit status 1 if one fails; the others are checked all the same. As markdown,
latex or typst it is a table of all figures, ours and those expected.
""",
    epilog="""\b
Examples:
  symcost check elman.arch      elman.arch  7 of 7 kept
  symcost check examples/       every .arch file in the folder and below
  symcost check examples/ --format markdown --output examples/README.md
  symcost check examples/ -j 4  four files at a time
  symcost check mine.arch --against solution.arch --hide   right or wrong, without the answer
  symcost check examples/ --format junit -o report.xml     for what shows test results; sarif likewise
""",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True), metavar="PATH...")
@click.option("-v", "--verbose", is_flag=True, help="A line for each expectation that is kept, too.")
@click.option(
    "-j", "--jobs", type=click.IntRange(1, 256), default=1, show_default=True, metavar="N",
    help="So many files at a time, each in a process of its own.",
)  # fmt: skip
@click.option(
    "--against", type=click.Path(exists=True, dir_okay=False), metavar="FILE",
    help="A solution: whether models and expectations of PATH say the same.",
)  # fmt: skip
@click.option("--hide", is_flag=True, help="Right or wrong only, with --against.")
@partial(result_options, more=MACHINES)
@click.pass_context
def check(
    ctx: click.Context, paths: tuple[str, ...], verbose: bool, jobs: int, against: str | None, hide: bool,
    writing: str, output: Path | None,
) -> None:  # fmt: skip
    """`symcost check`"""
    from symcost.guards import arch_files

    if against is not None:
        ctx.exit(0 if held_against(paths, against, (writing, output), hide=hide) else 1)
    if hide:
        raise click.UsageError("`--hide` goes with `--against`")
    files = list(chain.from_iterable(map(arch_files, paths)))
    to_watch = writing == "text" and output is None
    with judged_by(jobs, files) as coming:
        verdicts = watched(coming, files, verbose) if to_watch else list(coming)
    if not to_watch:
        on_one_page(verdicts, writing, output, verbose)
    if any(verdict.faults for verdict in verdicts):
        ctx.exit(1)


def held_against(paths: Sequence[str], against: str, where: tuple[str, Path | None], *, hide: bool) -> bool:
    """One file held against a solution; whether all of it is right."""
    from symcost.grading import grade, grades

    if len(paths) > 1:
        raise click.UsageError("`--against` takes one file at a time")
    if where[0] in MACHINES:
        raise click.UsageError(f"`--against` does not write {where[0]}")
    student = open_document(paths[0])
    try:
        solution = open_document(against)
        page, found = grade(student, solution, hide=hide), list(grades(student, solution))
    except SymcostError as fault:
        if not hide:
            raise
        raise click.ClickException(f"{against} has a fault, which `symcost check` tells") from fault
    deliver(page, *where)
    return all(one.right for one in found)


def on_one_page(verdicts: Sequence[Verdict], writing: str, output: Path | None, verbose: bool) -> None:
    """All files on one page; links in it lead from where it lies."""
    from symcost.export.reports.check import page

    for verdict in verdicts:
        complain(verdict)
    if writing in MACHINES:
        from symcost.export.verdicts import FORMATS

        put(FORMATS[writing](verdicts), output)
        return
    home = None if output is None else output.parent
    deliver(page(verdicts, home, verbose=verbose), writing, output)


@contextmanager
def judged_by(jobs: int, files: Sequence[str]) -> Iterator[Iterator[Verdict]]:
    """What comes of the files, in their order, as it comes; standard input is read here."""
    if jobs == 1 or len(files) == 1 or "-" in files:
        yield counted(map(opened, files), len(files))
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(jobs, len(files))) as pool:
        yield counted(pool.map(opened, files), len(files))


def counted(verdicts: Iterator[Verdict], length: int) -> Iterator[Verdict]:
    """The same, with a bar where standard error is a terminal on which nothing else is written meanwhile."""
    if length == 1 or sys.stdout.isatty() or not sys.stderr.isatty():
        yield from verdicts
        return
    with click.progressbar(verdicts, length=length, file=sys.stderr, label="check", show_pos=True) as bar:
        yield from bar


def watched(coming: Iterator[Verdict], files: Sequence[str], verbose: bool) -> list[Verdict]:
    """Say at once what came of each file."""
    from symcost.export.reports.check import line, total

    width = max(map(len, files))
    verdicts = []
    for verdict in coming:
        deliver(line(verdict, width, verbose=verbose), "text", None)
        complain(verdict)
        verdicts.append(verdict)
    if len(files) > 1:
        deliver(total(verdicts), "text", None)
    return verdicts


def opened(file: str) -> Verdict:
    """What came of one file, which may not even be one."""
    from symcost.errors import SymcostError
    from symcost.export.reports.check import Verdict
    from symcost.guards import judged

    try:
        return judged(open_document(file), file)
    except SymcostError as fault:
        return Verdict(file, [], [fault])


def complain(verdict: Verdict) -> None:
    """The faults of a file on standard error."""
    if verdict.faults:
        tell("\n" + "\n\n".join(map(str, verdict.faults)) + "\n")
