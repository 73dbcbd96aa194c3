"""A model to its graph: starts the process that runs its code, holds it to its bounds, and reads the plain data it sends.

Nothing that the process makes is run or unpickled here. What its code prints is kept apart and shown with a fault.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from symcost.errors import CannotCapture, CaptureTooLarge, CaptureTooLong, MissingExtra, NoSuchSource
from symcost.importing.graph import Graph, Malformed, read_graph


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the process may use: seconds on the wall and of the processor, bytes of address space, bytes it may send."""

    seconds: int = 300
    memory: int = 24 << 30
    answer: int = 512 << 20


def capture(
    source: str,
    configurations: Sequence[Mapping[str, int]] = ({},),
    unseen: Sequence[Mapping[str, int]] = (),
    part: str | None = None,
    bounds: Bounds = Bounds(),  # noqa: B008 - frozen
) -> list[Graph]:
    """The graphs of a model at several configurations, in a process of its own. It runs the code of the model.

    The first of `unseen` that can be made follows them.

    Raises MissingExtra, NoSuchSource, CannotCapture, CaptureTooLong, CaptureTooLarge.
    """
    question = {
        "source": source,
        "configurations": [dict(one) for one in configurations],
        "unseen": [dict(one) for one in unseen],
        "part": part,
        "seconds": bounds.seconds,
        "bytes": bounds.memory,
    }
    with tempfile.TemporaryFile() as printed:
        answers = [_graph(one, source, printed) for one in _ask(question, bounds, printed)]
        if len(answers) < len(configurations):
            raise CannotCapture(source, "the process ended without an answer", printed=_tail(printed))
    return answers


def _ask(question: Mapping[str, Any], bounds: Bounds, printed: IO[bytes]) -> Iterator[Mapping[str, Any]]:
    """The answers of the process, one for each configuration up to the first fault."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "symcost.importing.exporting.child", str(writing)],
        stdin=subprocess.PIPE,
        stdout=printed,
        stderr=printed,
        pass_fds=(writing,),
        env=_environment(),
        start_new_session=True,
    )
    os.close(writing)
    try:
        with os.fdopen(reading, "rb", buffering=0) as channel:
            assert process.stdin is not None
            with suppress(BrokenPipeError):
                process.stdin.write(json.dumps(question).encode())
                process.stdin.close()
            yield from _lines(channel, bounds, str(question["source"]))
    finally:
        _end(process)


def _environment() -> dict[str, str]:
    """One thread, one order of sets and dicts, and this very package wherever it is."""
    here = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
    fixed = {"PYTHONPATH": path, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    return {**os.environ, **fixed}


def _lines(channel: IO[bytes], bounds: Bounds, source: str) -> Iterator[Mapping[str, Any]]:
    deadline, held = time.monotonic() + bounds.seconds, bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(channel, selectors.EVENT_READ)
        while True:
            if not selector.select(max(deadline - time.monotonic(), 0)):
                raise CaptureTooLong(source, bounds.seconds)
            piece = channel.read(1 << 20)
            if not piece:
                return
            held += piece
            if len(held) > bounds.answer:
                raise CaptureTooLarge(source)
            *whole, rest = held.split(b"\n")
            held = bytearray(rest)
            yield from (_decoded(line, source) for line in whole)


def _decoded(line: bytes, source: str) -> Mapping[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise CannotCapture(source, "the process answered what is no graph")
    return data


def _end(process: subprocess.Popen[bytes]) -> None:
    """The process and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, 9)
    process.wait()


def _tail(printed: IO[bytes]) -> str:
    """The end of what the code printed."""
    printed.seek(0, os.SEEK_END)
    printed.seek(max(printed.tell() - 2000, 0))
    text = printed.read().decode("utf-8", "replace")
    return "\n".join(line for line in text.splitlines()[-6:] if line.strip())


def _graph(answer: Mapping[str, Any], source: str, printed: IO[bytes]) -> Graph:
    """Raises what the process says went wrong."""
    if "graph" in answer:
        return checked(answer["graph"], source)
    text, where = str(answer.get("text", "")), str(answer.get("where", ""))
    match answer.get("fault"):
        case "missing":
            raise MissingExtra(text)
        case "source":
            raise NoSuchSource(source, text)
        case "memory":
            raise CaptureTooLarge(source)
        case "export":
            parts = [str(one) for one in answer.get("parts", ())]
            raise CannotCapture(source, text, path=str(answer.get("path", "")), where=where, parts=parts)
    raise CannotCapture(source, text, where=where, printed=_tail(printed))


def checked(data: object, source: str) -> Graph:
    """A graph from plain data. Raises CannotCapture where it is none."""
    try:
        return read_graph(data)
    except Malformed as problem:
        raise CannotCapture(source, f"the process answered what is no graph: {problem}") from None
