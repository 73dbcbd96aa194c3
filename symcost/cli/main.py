"""`symcost`: the group of all commands, and what happens to faults on the way out."""

from __future__ import annotations

import os
import sys
import traceback
from io import TextIOWrapper
from typing import Any

import click

from symcost import __version__
from symcost.cli.check import check
from symcost.cli.compare import compare
from symcost.cli.devices import devices, evaluate
from symcost.cli.energy import energy
from symcost.cli.explain import explain
from symcost.cli.formula import formula, latex
from symcost.cli.growth import growth
from symcost.cli.layers import layers
from symcost.cli.memory import memory
from symcost.cli.paths import path
from symcost.cli.report import report
from symcost.cli.table import table

FAULT, OUR_BUG, INTERRUPTED, NOBODY_READS = 1, 70, 130, 141
"""Exit statuses beside 0, success, and click's 2, wrong use; the last two as shells report signals."""


class Commands(click.Group):
    """A group whose commands may raise faults: they are drawn, never traced."""

    def invoke(self, ctx: click.Context) -> Any:
        speak_utf8()
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            # Python would complain once more when it closes the pipe that nobody reads.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            ctx.exit(NOBODY_READS)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as problem:
            ctx.exit(complain(problem))


def speak_utf8() -> None:
    r"""Pipes and files get UTF-8 whatever the locale; a terminal shows what it lacks as `\xb7`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def complain(problem: Exception) -> int:
    """Say on standard error what happened; the exit status."""
    from symcost.errors import SymcostError, ValueTooLarge
    from symcost.formula import TooLarge

    if isinstance(problem, TooLarge):
        problem = ValueTooLarge(str(problem))
    if isinstance(problem, SymcostError):
        click.echo(str(problem), err=True)
        return FAULT
    traceback.print_exc()
    click.echo("this is a bug in symcost; please report it with the input that shows it", err=True)
    return OUR_BUG


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  symcost formula elman.arch
  symcost report whisper.arch --config tiny T=448
  symcost check examples/

\b
Completion of commands and options, for bash (zsh and fish likewise):
  eval "$(_SYMCOST_COMPLETE=bash_source symcost)"
""",
)
@click.version_option(__version__, message="symcost %(version)s")
def main() -> None:
    """What an architecture costs, as formulas.

    Reads an architecture written in .arch and derives its parameters and operations.
    """


for command in (
    formula, report, explain, table, compare, growth, memory, path, check, layers, latex, evaluate, energy, devices,
):  # fmt: skip
    main.add_command(command)
