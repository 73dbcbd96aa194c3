"""Models asked beside one another: in threads, in processes, broken off; every answer is that of a fresh process."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

import symcost
from symcost.errors import SymcostError
from symcost.questions import questions

EXAMPLES = Path(__file__).parents[2] / "examples"
SLOW = frozenset({"scalar_depth"})
"""Takes minutes for some examples."""

Answers = dict[str, str]


class BrokenOff(BaseException):
    """What a signal raises while something is asked."""


def ask(model: Any, order: Random | None = None) -> Answers:
    """What a model says to every question, in a random order; of a fault its report."""
    names = [name for name in questions() if name not in SLOW]
    if order is not None:
        order.shuffle(names)
    return {name: answer(model, name) for name in names}


def answer(model: Any, name: str) -> str:
    try:
        return model.quantity(name).form.source()
    except SymcostError as fault:
        return f"{fault.report.code}: {fault.report.message}"


def ask_file(path: str) -> Answers:
    return ask(loaded(path))


def loaded(path: Path | str) -> Any:
    """The first model of a file."""
    return next(iter(symcost.load(path).asked.values()))


def ask_model(model: Any) -> tuple[Any, Answers]:
    """In another process: what came, and what it says."""
    return model, ask(model)


def truth(paths: Sequence[Path]) -> dict[Path, Answers]:
    """What each file says in one thread of a process of its own."""
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        return dict(zip(paths, pool.map(ask_file, map(str, paths), chunksize=1), strict=True))


def differences(found: Answers, wanted: Answers, where: str) -> Iterator[str]:
    for name, said in found.items():
        if said != wanted[name]:
            yield f"{where}: {name} is {said}, alone {wanted[name]}"


# Threads -----------------------------------------------------------------------------------------


@contextmanager
def switching_often() -> Iterator[None]:
    """Threads take turns a thousand times more often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def in_threads(path: Path, wanted: Answers, seed: int, threads: int = 8) -> list[str]:
    """One model, loaded now, asked by all threads at once, each in an order of its own."""
    model = loaded(path)
    start = threading.Barrier(threads)

    def work(number: int) -> list[str]:
        start.wait(60)
        return list(differences(ask(model, Random(seed + number)), wanted, f"{path.name} in a thread"))

    with switching_often(), ThreadPoolExecutor(threads) as pool:
        return [told for found in pool.map(work, range(threads)) for told in found]


# Processes ---------------------------------------------------------------------------------------


def in_processes(method: str, models: Mapping[Path, Any], wanted: Mapping[Path, Answers]) -> list[str]:
    """Models sent to other processes and back; what they say there, and here when they are back."""
    paths = list(models)
    told: list[str] = []
    with multiprocessing.get_context(method).Pool(2) as pool:
        came = pool.map_async(ask_model, [models[path] for path in paths], chunksize=1).get(600)
    for path, (back, said) in zip(paths, came, strict=True):
        told += differences(said, wanted[path], f"{path.name} by {method}")
        told += differences({"params": answer(back, "params")}, wanted[path], f"{path.name} back from {method}")
        if pickle.loads(pickle.dumps(back)).params != models[path].params:
            told.append(f"{path.name} by {method}: another formula")
    return told


def forked_while_asked(path: Path, wanted: Answers, seconds: float) -> list[str]:
    """Processes are forked while threads of this one parse and ask."""
    over = threading.Event()

    def work() -> None:
        while not over.is_set():
            ask_file(str(path))

    busy = [threading.Thread(target=work, daemon=True) for _ in range(2)]
    for thread in busy:
        thread.start()
    try:
        return _forked(path, wanted, seconds)
    finally:
        over.set()
        for thread in busy:
            thread.join()


def _forked(path: Path, wanted: Answers, seconds: float) -> list[str]:
    context = multiprocessing.get_context("fork")
    until = time.monotonic() + seconds
    told: list[str] = []
    while not told and time.monotonic() < until:
        mine, theirs = context.Pipe()
        child = context.Process(target=_say, args=(theirs, str(path)))
        child.start()
        if mine.poll(120):
            told += differences(mine.recv(), wanted, f"{path.name} in a fork")
        else:
            told.append(f"{path.name}: a fork hangs")
            child.kill()
        child.join()
    return told


def _say(pipe: Any, path: str) -> None:
    pipe.send(ask_file(path))


# Broken off --------------------------------------------------------------------------------------


def broken_off(path: Path, wanted: Answers, random: Random, times: int) -> list[str]:
    """One model whose questions are broken off at random moments, and asked again to the end."""
    model = loaded(path)
    for _ in range(times):
        _break_off(lambda: ask(model, random), random.uniform(1e-4, 0.1))
    return list(differences(ask(model, random), wanted, f"{path.name} after interrupts"))


def _break_off(work: Callable[[], object], seconds: float) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        raise BrokenOff

    before = signal.signal(signal.SIGALRM, stop)
    try:
        try:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            work()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)  # the signal may come just before, here too
    except BrokenOff:
        pass
    finally:
        signal.signal(signal.SIGALRM, before)


def models_of(paths: Iterable[Path], asked: bool) -> dict[Path, Any]:
    """The models of files, before or after they were asked."""
    models = {path: loaded(path) for path in paths}
    if asked:
        for model in models.values():
            ask(model)
    return models
