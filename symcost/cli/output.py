"""Where results go: standard output, a file that is replaced as a whole, or what is no plain file."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import click

from symcost.cli.streams import FULL, CannotWrite

NEW = 0o666
"""The mode of a new file, before the user's mask takes from it."""


class Target(click.Path):
    """The file of `--output`; `-` is standard output, as if the option were not there."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not os.fspath(value):
            self.fail("give the name of a file, or `-` for standard output", param, ctx)
        return None if os.fspath(value) == "-" else super().convert(value, param, ctx)


def by_ending(output: Path | None, known: Collection[str], others: Mapping[str, str], what: str) -> str:
    """The writing that a file is called after; `others` are further endings. Standard output gets `svg`.

    Raises BadParameter for an ending that is none of `what`.
    """
    if output is None:
        return "svg"
    ending = output.suffix.removeprefix(".").lower()
    writing = others.get(ending, ending)
    if writing in known:
        return writing
    listed = ", ".join(f".{name}" for name in known)
    raise click.BadParameter(f"{str(output)!r} ends like no {what}: {listed}; or say `--format`", param_hint="--output")


def put(text: str, output: Path | None) -> None:
    """Print a text, or write it to a file."""
    text = text if text.endswith("\n") else text + "\n"
    if output is None or _is_standard_output(output):
        click.echo(text, nl=False)
        return
    _write_to(text.encode("utf-8"), output)


def put_bytes(data: bytes, output: Path | None) -> None:
    """Print what is no text as it is, or write it to a file."""
    if output is None or _is_standard_output(output):
        click.echo(data, nl=False)
        return
    _write_to(data, output)


def _write_to(data: bytes, output: Path) -> None:
    """Raises CannotWrite where nothing more fits, BadParameter where nobody may write."""
    try:
        _write(data, output)
    except OSError as problem:
        where = repr(str(output))
        if problem.errno in FULL:
            raise CannotWrite(where, problem) from None
        raise click.BadParameter(f"cannot write {where}: {problem.strerror}", param_hint="--output") from None


def _is_standard_output(output: Path) -> bool:
    """Whether a file is where results go anyway, such as `/dev/stdout`: opened anew it would be overwritten from its
    beginning, with what others wrote there.
    """
    try:
        there, out = os.stat(output), os.fstat(sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):  # no such file; a stream without a number; no stream at all
        return False
    return os.path.samestat(there, out)


def _write(data: bytes, output: Path) -> None:
    """Through links to what they lead to. A plain file is replaced; a pipe, a device and a file with several names are
    written into, as they would be another thing afterwards.
    """
    try:
        found = os.stat(output)
    except FileNotFoundError:
        _replace(data, _followed(output), None)
        return
    if stat.S_ISREG(found.st_mode) and found.st_nlink == 1:
        _replace(data, _followed(output), found)
    else:
        with output.open("wb") as file:
            file.write(data)


def _followed(output: Path) -> Path:
    return Path(os.path.realpath(output))


def _replace(data: bytes, output: Path, found: os.stat_result | None) -> None:
    """A plain file is either the old one or the whole new one, with the mode and, if we may, the owner that it had."""
    unfinished = output.with_name(f".symcost-{os.urandom(8).hex()}.tmp")
    try:
        # Nobody else's file or link is opened, and what the old file hides is never seen in between.
        number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, NEW if found is None else 0o600)
        with open(number, "wb") as file:
            file.write(data)
            _own(file, unfinished, found)
        unfinished.replace(output)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _own(file: IO[bytes], unfinished: Path, found: os.stat_result | None) -> None:
    """Owner and mode of the file that is replaced; the mode last, as a new owner takes bits from it."""
    if found is None:
        return
    made = os.fstat(file.fileno())
    if (made.st_uid, made.st_gid) != (found.st_uid, found.st_gid) and hasattr(os, "fchown"):
        with suppress(OSError):  # only root may give files away
            os.fchown(file.fileno(), found.st_uid, found.st_gid)
    os.chmod(unfinished, stat.S_IMODE(found.st_mode))
