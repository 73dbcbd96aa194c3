"""A model to its graph: starts the process that runs its code, holds it to bounds, and reads the plain data it sends.

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
from collections.abc import Generator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from symcost.errors import CannotCapture, CaptureTooLarge, CaptureTooLong, MissingExtra, NoSuchSource
from symcost.importing.graph import Graph, Malformed, read_graph
from symcost.records import dataclass

MOST_SAID, MOST_PARTS, MOST_SECONDS = 2000, 1000, 86_400
"""Of what a process says of itself: characters of a text, names in a list, seconds."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the process may use: seconds on the wall and of the processor, bytes of address space, bytes it may send."""

    seconds: int = 300
    memory: int = 16 << 30
    answer: int = 512 << 20


class Session:
    """A process that captures one model, at as many configurations as it is asked for.

    with Session("timm:vit_base_patch16_224") as session:
        (graph,) = session.ask([{}])
    """

    def __init__(self, source: str, part: str | None = None, bounds: Bounds | None = None) -> None:
        self._source, self._part, self._bounds = source, part, bounds or Bounds()
        self.answers: list[Mapping[str, Any]] = []
        """All that led to a graph, as it came; those that name no sizes are marked."""

    def __enter__(self) -> Session:
        self._printed: IO[bytes] = tempfile.TemporaryFile()
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "symcost.importing.exporting.child", str(writing)],
            stdin=subprocess.PIPE,
            stdout=self._printed,
            stderr=self._printed,
            pass_fds=(writing,),
            env=_environment(),
            start_new_session=True,
        )
        os.close(writing)
        self._lines = _lines(reading, self._bounds, self._source)
        self._tell({"seconds": self._bounds.seconds, "bytes": self._bounds.memory})
        return self

    def __exit__(self, *problem: object) -> None:
        _end(self._process)
        self._lines.close()
        self._printed.close()

    def ask(self, configurations: Sequence[Mapping[str, int]], unseen: Sequence[Mapping[str, int]] = ()) -> list[Graph]:
        """The graphs of the model at these configurations, then that of the first of `unseen` that can be made.

        Raises MissingExtra, NoSuchSource, CannotCapture, CaptureTooLong, CaptureTooLarge.
        """
        graphs = [self._one(dict(sizes)) for sizes in configurations]
        for sizes in unseen:
            answer = self._answer(dict(sizes))
            if "graph" in answer:
                self.answers.append({**answer, "unseen": True})
                return [*graphs, answered(answer, self._source)]
        return graphs

    def some(self, configurations: Sequence[Mapping[str, int]]) -> list[Graph]:
        """The graphs of the model at those of the configurations that can be made."""
        answers = [answer for answer in map(self._answer, configurations) if "graph" in answer]
        self.answers += answers
        return [answered(answer, self._source) for answer in answers]

    def _one(self, sizes: Mapping[str, int]) -> Graph:
        answer = self._answer(sizes)
        self.answers.append(answer)
        return answered(answer, self._source, self._printed)

    def _answer(self, sizes: Mapping[str, int]) -> Mapping[str, Any]:
        self._tell({"source": self._source, "part": self._part, "configuration": sizes})
        line = next(self._lines, None)
        if line is None:
            raise CannotCapture(self._source, "the process ended without an answer", printed=_tail(self._printed))
        return decoded(line, self._source)

    def _tell(self, question: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()


def _environment() -> dict[str, str]:
    """One thread, one order of sets and dicts, and this very package wherever it is."""
    here = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
    fixed = {"PYTHONPATH": path, "PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    return {**os.environ, **fixed}


def _lines(reading: int, bounds: Bounds, source: str) -> Generator[bytes]:
    """What the process answers, a line at a time. Raises CaptureTooLong, CaptureTooLarge."""
    deadline, held = time.monotonic() + bounds.seconds, bytearray()
    with os.fdopen(reading, "rb", buffering=0) as channel, selectors.DefaultSelector() as selector:
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
            while b"\n" in piece:
                line, _, rest = bytes(held).partition(b"\n")
                held, piece = bytearray(rest), rest
                yield line


def decoded(line: bytes, source: str) -> Mapping[str, Any]:
    """An answer of the process. Raises CannotCapture."""
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
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()
    process.wait()


def _tail(printed: IO[bytes]) -> str:
    """The end of what the code printed."""
    printed.seek(0, os.SEEK_END)
    printed.seek(max(printed.tell() - 2000, 0))
    text = printed.read().decode("utf-8", "replace")
    return "\n".join(line for line in text.splitlines()[-6:] if line.strip())


def answered(answer: Mapping[str, Any], source: str, printed: IO[bytes] | None = None) -> Graph:
    """The graph of an answer. Raises what the process says went wrong."""
    if "graph" in answer:
        return checked(answer["graph"], source)
    text, where = _said(answer, "text"), _said(answer, "where")
    match answer.get("fault"):
        case "missing":
            raise MissingExtra(text)
        case "source":
            raise NoSuchSource(source, text)
        case "memory":
            raise CaptureTooLarge(source)
        case "time":
            raise CaptureTooLong(source, _seconds(answer))
        case "export":
            raise CannotCapture(source, text, path=_said(answer, "path"), where=where, parts=_parts(answer))
    raise CannotCapture(source, text, where=where, printed=_tail(printed) if printed else "")


def _said(answer: Mapping[str, Any], key: str) -> str:
    """What a process says, if it is a text: so much of it as one reads, and nothing that steers a terminal."""
    return _shown(answer.get(key))


def _shown(told: object) -> str:
    if not isinstance(told, str):
        return ""
    kept = (sign if sign.isprintable() or sign == "\n" else " " for sign in told[:MOST_SAID])
    return "".join(kept)


def _parts(answer: Mapping[str, Any]) -> list[str]:
    """The modules at the top, by their names."""
    told = answer.get("parts")
    names = map(_shown, told[:MOST_PARTS]) if isinstance(told, list) else ()
    return [name for name in names if name]


def _seconds(answer: Mapping[str, Any]) -> int:
    told = answer.get("seconds")
    return told if isinstance(told, int) and 0 <= told <= MOST_SECONDS else 0


def checked(data: object, source: str) -> Graph:
    """A graph from plain data. Raises CannotCapture where it is none."""
    try:
        return read_graph(data)
    except Malformed as problem:
        raise CannotCapture(source, f"the process answered what is no graph: {problem}") from None
    except RecursionError:
        raise CannotCapture(source, "the process answered what is no graph: an argument too deep") from None
