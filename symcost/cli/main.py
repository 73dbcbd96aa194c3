"""`symcost`: the group of all commands, and what happens to faults on the way out."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from io import TextIOWrapper
from typing import Any, NamedTuple

import click
from click import formatting

from symcost import __version__
from symcost.cli.streams import FULL, CannotWrite, silence, tell

FAULT, OUR_BUG, INTERRUPTED, NOBODY_READS = 1, 70, 130, 141
"""Exit statuses beside 0, success, click's 2, wrong use, and 74, not written; the last two as shells report signals."""


class Row(NamedTuple):
    """Where a command is, and the sentence that tells what it does."""

    room: str
    says: str


COMMANDS = {
    "adapter": Row("adapter", "Print what an adapter_config.json of a LoRA adds to its base."),
    "calibrate": Row("calibrate", "Measure this CPU, in some 10 s, and write a device file and a profile."),
    "check": Row("check", "Check the expect blocks of files and folders."),
    "compare": Row(
        "compare", "Print the difference of two models, their ratio, and where one becomes better than the other."
    ),
    "devices": Row("devices", "List the devices that --on knows, with their peaks; or one with every source."),
    "energy": Row("energy", "Print hours, energy and carbon for a part of the peak that is reached."),
    "eval": Row("devices", "Print the least time on a device, and what binds it."),
    "explain": Row("explain", "Follow a formula to the lines of the text."),
    "fmt": Row("fmt", "Set files anew: indentation, blanks, lines."),
    "formula": Row("formula", "Print a formula, or its exact value."),
    "graph": Row(
        "graph", "Draw the architecture: blocks in blocks, shapes on the wires, formulas or numbers in the boxes."
    ),
    "growth": Row(
        "growth",
        "Print how a quantity rises in each dimension, with the leading term, while the others stay as they are.",
    ),
    "html": Row(
        "html",
        "Write a page with the text, what each line costs, the formulas, the blocks, and a slider for every size.",
    ),
    "import": Row("import_", "Make the .arch text of a PyTorch model."),
    "latex": Row("latex", "Set a formula, its derivation, a table, a listing, slides or an exercise in LaTeX."),
    "layers": Row("layers", "List the layers of the library, or show one."),
    "lsp": Row("lsp", "Serve an editor over standard input and output (language server protocol)."),
    "memory": Row(
        "memory", "Print bytes: parameters, what is kept for the backward pass, state, the peak; and bytes moved."
    ),
    "models": Row("zoo", "List the families of the zoo, or show one."),
    "paper": Row("paper", "Write a section of a paper about a model, OWN, and those that it is compared with."),
    "path": Row(
        "paths",
        "Print which positions of the input a position of the result sees: window, receptive field, path length.",
    ),
    "play": Row(
        "play",
        "Open a page where one edits an architecture and sees its faults, formulas, numbers and picture while typing.",
    ),
    "plot": Row("plot", "Draw what models cost over a dimension: how they rise, and where they cross."),
    "report": Row("report", "Print the blocks of a model with parameters, MACs and FLOPs."),
    "serve": Row(
        "serve", "Print how many texts fit at once, how fast they are read and written, and what a million tokens cost."
    ),
    "sweep": Row("sweep", "Exact numbers at every point of a grid, a row each."),
    "table": Row("table", "Print models side by side: complexity, parameter count, time scaling, depth."),
    "train": Row(
        "train",
        "Print what training takes: work, memory of a device, time with waiting and sending apart, energy and price.",
    ),
}
"""Written down here so that help and one command need no other command; a test compares it with what they say."""


class Context(click.Context):
    """Sets help as wide as the terminal; click asks a module for that which is slow to load."""

    def make_formatter(self) -> click.HelpFormatter:
        """With a margin of two, and never below 50 columns, as click has it."""
        if self.terminal_width is not None or formatting.FORCED_WIDTH is not None:
            return super().make_formatter()
        from symcost.export.width import columns_of_terminal

        columns = min(columns_of_terminal(80), self.max_content_width or 80)
        return self.formatter_class(width=max(columns - 2, 50))


class Commands(click.Group):
    """A group whose commands may raise faults: they are drawn, never traced. A command is loaded when it is asked."""

    context_class = Context

    def list_commands(self, ctx: click.Context | None) -> list[str]:
        return sorted({*COMMANDS, *self.commands})

    def get_command(self, ctx: click.Context | None, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            room = import_module(f"symcost.cli.{COMMANDS[cmd_name].room}")
            named = (thing for thing in vars(room).values() if isinstance(thing, click.Command))
            self.add_command(next(command for command in named if command.name == cmd_name))
        return self.commands.get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does, from the sentences above."""
        limit = formatter.width - 6 - max(map(len, COMMANDS))
        rows = [(name, click.Command(name, help=row.says).get_short_help_str(limit)) for name, row in COMMANDS.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

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
    import traceback

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
