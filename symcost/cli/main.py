"""`symcost`: the group of all commands, and what happens to faults on the way out."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from functools import partial
from io import TextIOWrapper
from typing import Any

import click

from symcost import __version__
from symcost.cli.adapter import adapter
from symcost.cli.calibrate import calibrate
from symcost.cli.check import check
from symcost.cli.compare import compare
from symcost.cli.devices import devices, evaluate
from symcost.cli.energy import energy
from symcost.cli.explain import explain
from symcost.cli.fmt import fmt
from symcost.cli.formula import formula
from symcost.cli.graph import graph
from symcost.cli.growth import growth
from symcost.cli.html import html
from symcost.cli.import_ import import_
from symcost.cli.latex import latex
from symcost.cli.layers import layers
from symcost.cli.lsp import lsp
from symcost.cli.memory import memory
from symcost.cli.output import FULL, CannotWrite, silence, tell
from symcost.cli.paper import paper
from symcost.cli.paths import path
from symcost.cli.report import report
from symcost.cli.serve import serve
from symcost.cli.sweep import sweep
from symcost.cli.table import table
from symcost.cli.train import train
from symcost.cli.zoo import models

FAULT, OUR_BUG, INTERRUPTED, NOBODY_READS = 1, 70, 130, 141
"""Exit statuses beside 0, success, click's 2, wrong use, and 74, not written; the last two as shells report signals."""


class Commands(click.Group):
    """A group whose commands may raise faults: they are drawn, never traced."""

    def main(
        self, args: Sequence[str] | None = None, prog_name: str | None = None, complete_var: str | None = None,
        standalone_mode: bool = True, **extra: Any,
    ) -> Any:  # fmt: skip
        """Ends the program with a status, whatever happens while arguments are read, help is told or a command runs."""
        run = partial(super().main, args, prog_name, complete_var, standalone_mode=False, **extra)
        if not standalone_mode:
            return run()
        prepare_streams()
        try:
            status = _ended(run)
            status = _flushed() or status
        except KeyboardInterrupt:
            status = INTERRUPTED
        sys.exit(status)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as problem:
            if problem.errno not in (*FULL, errno.EPIPE):
                ctx.exit(complain(problem))
            ctx.exit(_lost(problem))
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as problem:
            ctx.exit(INTERRUPTED if interrupted(problem) else complain(problem))


def interrupted(problem: Exception) -> bool:
    """Whether it is an interrupt that came while Python 3.11 made a dataclass: it says so by a RuntimeError."""
    return isinstance(problem, RuntimeError) and isinstance(problem.__cause__, KeyboardInterrupt)


def _ended(run: Callable[[], Any]) -> int:
    """The exit status of a command."""
    try:
        return run() or 0
    except click.ClickException as wrong:
        return _said(wrong)
    except click.Abort:  # what click makes of an interrupt
        return INTERRUPTED
    except OSError as problem:  # help that nobody can read
        return _lost(problem)


def _said(wrong: click.ClickException) -> int:
    """What is wrong on standard error, if that takes it; the exit status."""
    try:
        wrong.show()
    except OSError:
        silence(sys.stderr)
    return wrong.exit_code


def _lost(problem: OSError) -> int:
    """A standard output that takes nothing; the exit status."""
    silence(sys.stdout)
    return NOBODY_READS if isinstance(problem, BrokenPipeError) else _said(CannotWrite("standard output", problem))


# Streams ---------------------------------------------------------------------------------------


def prepare_streams() -> None:
    r"""Pipes and files get UTF-8 whatever the locale; a terminal shows what it lacks as `\xb7`.

    Of streams that were closed before the program began, standard error swallows what it is told: without a stream,
    Python would say it on standard output. Standard output refuses it as a full disk does.
    """
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - it is open to the end
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")


def _flushed() -> int:
    """Hands over what is still to be printed; 0 where all of it was taken."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as problem:
        return _lost(problem)
    return 0


def complain(problem: Exception) -> int:
    """Say on standard error what happened; the exit status."""
    from symcost.errors import SymcostError, ValueTooLarge
    from symcost.formula import TooLarge

    if isinstance(problem, TooLarge):
        problem = ValueTooLarge(str(problem))
    if isinstance(problem, SymcostError):
        tell(str(problem))
        return FAULT
    tell(f"{traceback.format_exc()}this is a bug in symcost; please report it with the input that shows it")
    return OUR_BUG


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="""\
What an architecture costs, as formulas.

Reads an architecture written in .arch and derives its parameters and operations.
""",
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
    """`symcost`"""


for command in (
    formula, report, explain, graph, table, sweep, compare, growth, memory, path, check, layers, models, adapter, latex,
    paper, html, evaluate, energy, serve, train, devices, calibrate, import_, fmt, lsp,
):  # fmt: skip
    main.add_command(command)
