"""`symcost fmt`: files set as all are set."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import click

from symcost.cli.common import standard_input
from symcost.cli.output import put
from symcost.cli.streams import tell


@click.command(
    help="""\
Set files anew: indentation, blanks, lines.

No word is changed, and no comment; line ends and columns that the author chose stay where they may. A file with a
syntax fault stays as it is. Exit status 1 where there was a fault, or with --check where a file would be changed.
""",
    epilog="""\b
Examples:
  symcost fmt elman.arch        the file itself, set anew
  symcost fmt examples/         every .arch file in the folder and below
  symcost fmt --check .         says which would be changed, and changes none
  symcost fmt --diff elman.arch what would be changed
  symcost fmt -                 standard input to standard output
""",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True), metavar="PATH...")
@click.option("--check", is_flag=True, help="Change nothing; exit status 1 if a file would be changed.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would be changed.")
@click.pass_context
def fmt(ctx: click.Context, paths: tuple[str, ...], check: bool, diff: bool) -> None:
    """`symcost fmt`"""
    from symcost.errors import SymcostError
    from symcost.guards import arch_files

    failed = changed = False
    for file in chain.from_iterable(map(arch_files, paths)):
        try:
            changed |= _set(file, check, diff)
        except SymcostError as fault:
            tell(str(fault))
            failed = True
    if failed or (check and changed):
        ctx.exit(1)


def _set(file: str, check: bool, diff: bool) -> bool:
    """Sets one file, or says what would be changed; whether anything is."""
    from symcost.graph.files import decode, read
    from symcost.syntax.fmt import formatted

    source = decode(standard_input(), "<stdin>") if file == "-" else read(Path(file))
    text, after = source.text, formatted(source)
    if diff:
        _show(file, text, after)
    elif check:
        if after != text:
            tell(f"{file} would be changed")
    elif file == "-":
        put(after, None)
    elif after != text:
        put(after, Path(file))
        tell(f"{file} set anew")
    return after != text


def _show(file: str, before: str, after: str) -> None:
    from difflib import unified_diff

    put("".join(unified_diff(before.splitlines(True), after.splitlines(True), file, file)), None)
