"""The process that runs code of others: it reads one question from standard input and answers through a channel of its
own, one JSON object a line. What that code prints goes elsewhere; nothing it makes leaves but plain data.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

REQUEST_BYTES = 1 << 20


def main() -> None:
    """Answers on the file descriptor that is given as the only argument, a line for a line."""
    channel = os.fdopen(int(sys.argv[1]), "w", encoding="utf-8")
    first = json.loads(sys.stdin.buffer.readline(REQUEST_BYTES))
    _bound(first["seconds"], first["bytes"])
    while line := sys.stdin.buffer.readline(REQUEST_BYTES):
        channel.write(json.dumps(answer(json.loads(line))) + "\n")
        channel.flush()
    os._exit(0)  # without the exit handlers of the code that ran here


def _bound(seconds: int, size: int) -> None:
    """Bounds that the process cannot lift again."""
    for what, most in ((resource.RLIMIT_CPU, seconds), (resource.RLIMIT_AS, size), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, allowed))


def answer(question: Mapping[str, Any]) -> dict[str, Any]:
    """The graph of a model at one configuration, or what is in the way."""
    try:
        from symcost.importing.exporting.plain import CannotExport
        from symcost.importing.exporting.sources import BadSource, MissingPackage, build
    except ModuleNotFoundError as missing:
        if missing.name != "torch":
            raise
        return {"fault": "missing", "text": "torch"}
    try:
        built = build(question["source"], question.get("configuration", {}), question.get("part"))
    except BadSource as problem:
        return {"fault": "source", "text": str(problem)}
    except MissingPackage as problem:
        return {"fault": "missing", "text": str(problem)}
    except MemoryError:
        return {"fault": "memory", "text": ""}
    except Exception as problem:  # whatever the code of others raises
        return {"fault": "build", "text": _said(problem), "where": _line(problem)}
    try:
        return {"graph": captured(built)}
    except CannotExport as problem:
        cause = problem.__cause__ or problem
        return {
            "fault": "export",
            "text": str(problem),
            "path": _path(cause, built.module),
            "where": _line(cause),
            "parts": _parts(built.module),
        }
    except MemoryError:
        return {"fault": "memory", "text": ""}


@contextmanager
def failed() -> Iterator[list[Exception]]:
    """Whatever the code of others raises, in a list: for configurations that need not exist."""
    problems: list[Exception] = []
    try:
        yield problems
    except Exception as problem:
        problems.append(problem)


def captured(built: Any) -> dict[str, Any]:
    """The plain graph of a module with its inputs. Raises CannotExport."""
    from importlib.metadata import version

    from symcost.importing.exporting.counts import NotCounted
    from symcost.importing.exporting.plain import CannotExport, count_parameters, export, plain

    program = export(built.module, built.args, built.kwargs)
    try:
        graph = plain(program, built.name, built.configuration, count_parameters(built.module))
    except NotCounted as problem:
        raise CannotExport(f"PyTorch does not say what an operation costs: {problem}") from problem
    graph["settings"], graph["words"] = dict(built.settings), dict(built.words)
    graph["versions"] |= {name: version(name) for name in built.packages}
    return graph


def _parts(module: Any) -> list[str]:
    """The modules at the top, those of most parameters first."""
    children = [(sum(one.numel() for one in child.parameters()), name) for name, child in module.named_children()]
    return [name for _, name in sorted(children, key=lambda one: -one[0])]


def _said(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}"[:600]


def _frames(problem: BaseException | None) -> list[Any]:
    frames, at = [], problem.__traceback__ if problem else None
    while at is not None:
        frames.append(at)
        at = at.tb_next
    return frames


def _line(problem: BaseException) -> str:
    """The innermost line that is neither of torch nor ours."""
    own = [at for at in _frames(problem) if not _of_the_machinery(at.tb_frame.f_code.co_filename)]
    return f"{own[-1].tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{own[-1].tb_lineno}" if own else ""


def _of_the_machinery(path: str) -> bool:
    return "/torch/" in path or "/symcost/" in path or path.startswith("<") or "/importlib/" in path


def _path(problem: BaseException, module: Any) -> str:
    """The path of the innermost module whose code was running."""
    names = {id(one): name for name, one in module.named_modules()}
    running = [at.tb_frame.f_locals.get("self") for at in _frames(problem)]
    found = [names[id(one)] for one in running if id(one) in names]
    return found[-1] if found else ""


if __name__ == "__main__":
    main()
