"""Questions answered in a process of their own, which is ended where one takes too long."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Lock
from typing import Any


class TooSlow(Exception):
    """No answer came in time."""


class Worker:
    """One process that answers one question after the other."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None

    def ask(self, question: Callable[..., Any], *given: object, seconds: float) -> Any:
        """What a function gives, which lies at the top of its module.

        Raises TooSlow; where the function failed, RuntimeError with what it said.
        """
        with self._lock:
            line = self._started()
            try:
                line.send((question, given))
                if not line.poll(seconds):
                    raise TooSlow
                succeeded, answer = line.recv()
            except (TooSlow, EOFError, OSError):
                self._end()
                raise TooSlow from None
        if not succeeded:
            raise RuntimeError(answer)
        return answer

    def _started(self) -> Connection:
        if self._line is None or self._process is None or not self._process.is_alive():
            context = multiprocessing.get_context("spawn")
            self._line, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        return self._line

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._line is not None:
            self._line.close()
        self._process = self._line = None

    def close(self) -> None:
        """Ends the process, whatever it does."""
        with self._lock:
            self._end()


def _serve(line: Connection) -> None:
    """Answers until nobody asks any more."""
    with suppress(EOFError, OSError, KeyboardInterrupt):
        while True:
            question, given = line.recv()
            line.send(_answered(question, given))


def _answered(question: Callable[..., Any], given: tuple[object, ...]) -> tuple[bool, Any]:
    try:
        return True, question(*given)
    except Exception as problem:  # the server lives on; the editor shows no answer
        return False, repr(problem)
