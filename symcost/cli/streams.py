"""Standard output and error, also where they take nothing. Loaded by `--help`, so that it loads little itself."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from typing import IO

import click

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF}
"""What goes wrong while something is written, however well the command was used."""


class CannotWrite(click.ClickException):
    """A result that did not arrive."""

    exit_code = 74  # EX_IOERR of sysexits.h

    def __init__(self, where: str, problem: OSError) -> None:
        super().__init__(f"cannot write {where}: {problem.strerror or problem}")


def tell(text: str) -> None:
    """Say something on standard error; nobody hears it where that takes nothing, and the exit status is what it is."""
    try:
        click.echo(text, err=True)
    except OSError:
        silence(sys.stderr)


def silence(stream: IO[str]) -> None:
    """Python would try once more, and complain, when it closes a stream that takes nothing."""
    with suppress(OSError, ValueError):  # a stream that is no file cannot be full either
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
