"""`symcost sweep`: quantities at every point of a grid, as rows of a file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from symcost.cli.common import FILE, PUBLISHED, convention_option, decode_options, each_once, literal, open_model
from symcost.cli.output import Target
from symcost.cli.quantities import Asking, Quantities
from symcost.cli.streams import FULL, CannotWrite, tell

if TYPE_CHECKING:
    from symcost.decoding import Kind
    from symcost.model import Model
    from symcost.quantity import Quantity
    from symcost.sweeping.grid import Grid
    from symcost.values import Port

PART = 1 << 18
"""Rows that are worked out and written together."""

MOST_PRINTED = 10**9
"""Rows without a file."""

MOST_ROWS = 1 << 62
"""Rows at all: so far places are counted."""


class InTheWay(click.ClickException):
    """What lies where the sweep is to be written."""

    exit_code = 73  # EX_CANTCREAT of sysexits.h


def _given(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """`T=1:1e6:log H=64,128` as a table; each name once."""
    return each_once(given, "NAME=VALUE or NAME=FROM:TO", ctx, param)


@click.command(
    cls=Asking,
    help="""\
Exact numbers at every point of a grid, a row each.

Sizes are `64,128,256`, `1:100` (both ends within), `64:4096:64` (every 64th), `1:1e6:log` (a hundred at equal ratios,
`1:1e6:log:20` twenty). The last range runs fastest. With -o the rows are kept as they come: what is interrupted goes
on with --resume. Needs `pip install 'symcost[sweep]'`.
""",
    epilog="""\b
Examples:
  symcost sweep elman.arch T=1:1e6:log I=64 H=64,128,256 --of macs,params,state -o elman.csv
  symcost sweep llama.arch --config llama_7b T=128:4096:128 --of macs,flops -o llama.parquet
  symcost sweep llama.arch --config llama_7b T=128:4096:128 --of macs,flops -o llama.parquet --resume
  symcost sweep config.json --step c=1:1e5:log T=1 B=1,8,64 --of flops,state -o step.csv
""",
)
@click.argument("file", type=FILE)
@click.argument("given", nargs=-1, callback=_given, metavar="[NAME=VALUE|FROM:TO]...")
@click.option("--model", "name", metavar="NAME", help="Which model, if the file holds several.")
@click.option("--config", "configs", multiple=True, metavar="NAME", help="Take the numbers of a configuration.")
@click.option("--hf", type=PUBLISHED, metavar="FILE", help="Take the numbers of a Hugging Face config.json.")
@decode_options
@click.option(
    "--of", "quantities", cls=Quantities, default="macs", show_default=True, metavar="QUANTITY,...",
    help="What is asked; see below.",
)  # fmt: skip
@convention_option
@click.option("--rounded", is_flag=True, help="Each number rounded once to the nearest double, instead of exact.")
@click.option("-o", "--output", type=Target(), help="Write to a file that ends in .csv or .parquet.")
@click.option("--resume", is_flag=True, help="Go on with what was interrupted.")
def sweep(
    file: str, given: Mapping[str, str], name: str | None, configs: tuple[str, ...], hf: str | None, quantities: str,
    convention: str, rounded: bool, output: Path | None, resume: bool, decode: Kind | None,
) -> None:  # fmt: skip
    """`symcost sweep`"""
    model, grid = _gridded(open_model(file, name, configs, hf, {}, decode), given)
    _check_target(grid.rows, output, resume=resume)
    asked = {name: model.quantity(name, convention=convention) for name in _names(quantities)}
    table = Rows(grid, asked, rounded)
    if rounded:
        tell("rounded to doubles")
    if output is None:
        _print(table)
    else:
        _keep(table, output, resume)


def _names(quantities: str) -> list[str]:
    """What is asked, each once."""
    return list(dict.fromkeys(part.strip() for part in quantities.split(",") if part.strip()))


def _check_target(rows: int, output: Path | None, *, resume: bool) -> None:
    """Raises TooManyRows, UsageError for what goes on without a file, BadParameter for a file of another kind."""
    from symcost.errors import TooManyRows

    most = MOST_PRINTED if output is None else MOST_ROWS
    if rows > most:
        raise TooManyRows(rows, most, to_file=output is not None)
    if resume and output is None:
        raise click.UsageError("--resume goes on with a file: name it with -o")
    if output is not None and output.suffix not in (".csv", ".parquet"):
        raise click.BadParameter(f"{output.name!r} ends neither in .csv nor in .parquet", param_hint="--output")


def _gridded(model: Model, given: Mapping[str, str]) -> tuple[Model, Grid]:
    """The model with what is the same in all rows, and the ranges. Raises BadRange, UnknownDimension, BadValue."""
    from symcost.errors import UnknownDimension
    from symcost.sweeping.grid import Grid, axis

    axes, single = [], {}
    for name, written in given.items():
        if name not in model.ports:
            raise UnknownDimension(name, model.name, model.ports)
        if _are_several(written, model.ports[name]):
            axes.append(axis(name, written))
        else:
            single[name] = literal(written)
    return model.at(**single) if single else model, Grid(tuple(axes))


def _are_several(written: str, port: Port) -> bool:
    """Whether it is a range, or sizes one by one: a list with commas is one value where a list is wanted."""
    if written.startswith(("'", '"')):
        return False
    return ":" in written or ("," in written and not port.listed)


class Rows:
    """A grid, and what is asked of it."""

    def __init__(self, grid: Grid, asked: Mapping[str, Quantity], rounded: bool) -> None:
        self.grid = grid
        self.asked = asked
        self.rounded = rounded

    @property
    def names(self) -> list[str]:
        """The heading."""
        return [*(axis.name for axis in self.grid.axes), *self.asked]

    @property
    def key(self) -> dict[str, Any]:
        """What tells this sweep from another, as JSON has it."""
        formulas = {name: [str(asked.form), list(map(str, asked.model.facts))] for name, asked in self.asked.items()}
        told = hashlib.sha256(json.dumps(formulas).encode()).hexdigest()
        axes = [axis.key for axis in self.grid.axes]
        return {"axes": axes, "of": list(self.asked), "formulas": told, "rounded": self.rounded, "part": PART}

    def part(self, number: int) -> dict[str, Any]:
        """The columns of so many rows. Raises what `Quantity.over` does."""
        begin = number * PART
        return self._columns(begin, min(begin + PART, self.grid.rows))

    def _columns(self, begin: int, end: int) -> dict[str, Any]:
        columns = self.grid.columns(begin, end)
        found = dict(columns)
        for name, quantity in self.asked.items():
            found[name] = quantity.over("float64" if self.rounded else "exact", **columns).reshape(-1)
        return found

    @property
    def ends(self) -> tuple[list[str], int, list[list[str]], list[str]]:
        """The heading, how many rows there are, those of the first part, and the last, as text."""
        first, last = self.part(0), self._columns(self.grid.rows - 1, self.grid.rows)
        return self.names, self.grid.rows, _as_text(first), _as_text(last)[0]

    @property
    def parts(self) -> int:
        """How many there are."""
        return -(-self.grid.rows // PART)


def _as_text(columns: Mapping[str, Any]) -> list[list[str]]:
    """Rows as CSV has them."""
    return [list(map(str, row)) for row in zip(*(column.tolist() for column in columns.values()), strict=True)]


def _print(table: Rows) -> None:
    """As CSV on standard output."""
    tables = _tables()
    for number in range(table.parts):
        columns = table.part(number)
        if number == 0:
            click.echo(",".join(table.names))
        click.echo(tables.csv_rows(columns), nl=False)


def _tables() -> Any:
    """What writes rows. Raises MissingExtra."""
    from symcost.errors import MissingExtra

    try:
        from symcost.sweeping.arrays import tables
    except ModuleNotFoundError as missing:
        raise MissingExtra(missing.name or "numpy", "sweep") from None
    return tables


# Files ---------------------------------------------------------------------------------------------


def _keep(table: Rows, output: Path, resume: bool) -> None:
    """Part by part in a folder beside the file, which they become in the end."""
    writer = _tables().WRITERS[output.suffix]()
    folder = output.with_name(f"{output.name}.unfinished")
    if resume and output.exists() and not folder.exists():
        _say_finished(table, output, writer)
    try:
        with _alone(folder, output):
            _plan(folder, table, resume)
            with _nothing_left_of_what_is_refused(folder):
                _write_parts(folder, table, writer)
            writer.table(output, table.names, [_path(folder, number) for number in range(table.parts)])
            shutil.rmtree(folder)
    except OSError as problem:
        if problem.errno in FULL:
            _say_kept(folder)
            raise CannotWrite(repr(str(output)), problem) from None
        raise click.BadParameter(f"cannot write {str(output)!r}: {problem.strerror}", param_hint="--output") from None
    except KeyboardInterrupt:
        _say_kept(folder)
        raise


def _say_finished(table: Rows, output: Path, writer: Any) -> NoReturn:
    """Raises InTheWay: whether it is what is asked for shows in its columns, its first part and last row."""
    if writer.ends(output, PART) != table.ends:
        raise InTheWay(
            f"{str(output)!r} is finished, and of another grid or other quantities than these: ask for the same, name "
            "another file with -o, or leave out `--resume` to replace it"
        )
    raise InTheWay(f"{str(output)!r} is finished, there is nothing to resume: leave out `--resume` to replace it")


@contextmanager
def _nothing_left_of_what_is_refused(folder: Path) -> Iterator[None]:
    """A sweep that cannot be worked out leaves no folder in the way of the next one, unless parts of it are there."""
    from symcost.errors import SymcostError

    try:
        yield
    except SymcostError:
        if not any(folder.glob("part-*")):
            shutil.rmtree(folder)
        raise


def _say_kept(folder: Path) -> None:
    """What was worked out is not lost."""
    done = len(list(folder.glob("part-*"))) - len(list(folder.glob("part-*.tmp")))
    tell(f"{done} parts of {PART} rows are kept in {str(folder)!r}; `--resume` goes on with them")


def _path(folder: Path, number: int) -> Path:
    return folder / f"part-{number:09d}"


def _write_parts(folder: Path, table: Rows, writer: Any) -> None:
    """Those that are not there yet."""
    left = [number for number in range(table.parts) if not _path(folder, number).exists()]
    with _progress(table.parts, table.parts - len(left)) as advance:
        for number in left:
            writer.part(_path(folder, number), table.part(number))
            advance(1)


@contextmanager
def _progress(length: int, done: int) -> Iterator[Any]:
    """A bar on standard error, where that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    with click.progressbar(length=length, file=sys.stderr, label="sweep", show_pos=True) as bar:
        bar.update(done)
        yield bar.update


def _plan(folder: Path, table: Rows, resume: bool) -> None:
    """Say in the folder what is asked; what lies there has to be the same, and meant. Raises InTheWay."""
    from symcost.sweeping.arrays.tables import whole_or_not

    file = folder / "sweep.json"
    if not file.exists():
        whole_or_not(file, lambda stream: stream.write(json.dumps(table.key).encode()))
        return
    if not resume:
        raise InTheWay(f"an interrupted sweep lies in {str(folder)!r}: go on with `--resume`, or remove the folder")
    if json.loads(file.read_text(encoding="utf-8")) != json.loads(json.dumps(table.key)):
        raise InTheWay(f"the sweep in {str(folder)!r} was another: ask for the same, or remove the folder")


@contextmanager
def _alone(folder: Path, output: Path) -> Iterator[None]:
    """While no other process writes the same file. Raises InTheWay."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            _lock(lock.fileno())
        except OSError:
            raise InTheWay(f"another process writes {str(output)!r}") from None
        yield


def _lock(number: int) -> None:
    """Held until the file is closed, or the process ends. Raises OSError where another has it."""
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
