"""Threads, processes and interrupts, at a size that fits: see `python -m tests.stress.run` for the long one."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from random import Random

import pytest

import symcost
from symcost.formula import ceil_div, counter, floor_div, log2, maximum, num, symbol
from symcost.formula.keys import intern
from symcost.graph.nesting import FEW_LEVELS
from tests.stress.asking import (
    EXAMPLES,
    Answers,
    ask,
    broken_off,
    forked_while_asked,
    in_processes,
    in_threads,
    loaded,
    models_of,
    switching_often,
    truth,
)

ROOT = Path(__file__).parents[2]
PATHS = [EXAMPLES / "lecture/conv1d.arch", EXAMPLES / "lecture/lstm.arch"]

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


@functools.cache
def alone() -> dict[Path, Answers]:
    return truth(PATHS)


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_threads(path: Path) -> None:
    """Eight threads that ask one model at once have the answers of one thread in a fresh process."""
    assert in_threads(path, alone()[path], seed=1) == []


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no timers here")
def test_broken_off() -> None:
    """After questions that were broken off at any moment, a model answers as one that was just loaded."""
    assert broken_off(PATHS[1], alone()[PATHS[1]], Random(3), times=6) == []


@pytest.mark.slow
def test_spawned() -> None:
    """A model that was asked, sent to a fresh process and back, has the same formulas everywhere."""
    assert in_processes("spawn", models_of(PATHS[1:], asked=True), alone()) == []


@forks
def test_forked_while_asked() -> None:
    """A process forked while other threads parse and ask neither hangs nor answers otherwise."""
    assert forked_while_asked(PATHS[1], alone()[PATHS[1]], seconds=0.2) == []


@forks
def test_fault_of_a_worker() -> None:
    """What is wrong with a text in a worker is raised here; the pool goes on."""
    text = "model A(x: [T, I]) { return x -> Linaer(3) }"
    with multiprocessing.get_context("fork").Pool(1) as pool:
        answer = pool.apply_async(_build, (text,))
        with pytest.raises(symcost.SymcostError, match="unknown-module"):
            answer.get(60)
        assert pool.apply_async(len, (text,)).get(60) == len(text)


def _build(text: str) -> None:
    _ = symcost.loads(text).model().params.form


def test_interning() -> None:
    """Of equal parts there is one key, of different ones another, whichever thread asks first."""
    threads, keys = 8, 2_000
    start = threading.Barrier(threads)
    found: list[list[object]] = [[] for _ in range(threads)]

    def work(mine: list[object]) -> None:
        start.wait(60)
        mine.extend(intern(("test of interning", number)) for number in range(keys))

    with switching_often():
        workers = [threading.Thread(target=work, args=(mine,)) for mine in found]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert all(mine == found[0] for mine in found)
    assert len(set(found[0])) == keys


def test_recursion_limit() -> None:
    """Loading and asking a network leaves Python's limit as it is, also where two threads do so at once."""
    before = sys.getrecursionlimit()
    threads = [threading.Thread(target=ask, args=(loaded(PATHS[1]),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sys.getrecursionlimit() == before
    assert FEW_LEVELS > 10


def test_other_process_other_numbers() -> None:
    """Two formulas made in different processes are equal only if they are the same."""
    D, H, N, M = map(symbol, "DHNM")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        theirs = pool.apply(_formula)
    assert theirs == N * M + M
    assert theirs != D * H + H
    assert (theirs - (D * H + H)).expand() != 0
    assert theirs - (N * M + M) == 0


def _formula() -> object:
    N, M = symbol("N"), symbol("M")
    made = N * M + M
    assert made == M * (N + 1)
    return made


def test_counters_of_other_processes() -> None:
    """A loop counter from another process is no counter of this one, though both are the first of their name."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        theirs = [pool.apply(_counter), pool.apply(_counter)]
    mine = counter("t", 0, 5)
    assert mine not in theirs
    assert theirs[0] != theirs[1]
    assert theirs[0].uid < counter("t", theirs[0]).uid  # limits speak of counters made before


def _counter() -> object:
    return counter("t", 0, 5)


def test_kinds_of_form() -> None:
    """Every kind of form comes back from a pickle as what it was, also after it was compared."""
    import copy
    import pickle

    T, K = symbol("T"), symbol("K")
    t = counter("t", 0, T)
    forms = [num(3), T, T + 1, 2 * T * K, T**K, floor_div(T, 3), ceil_div(T, K), T % K, maximum(T, K), log2(T), t]
    for form in forms:
        for _ in range(2):
            again = pickle.loads(pickle.dumps(form))
            assert again == form and str(again) == str(form)
            assert copy.copy(form) is form and copy.deepcopy([form])[0] is form
            assert form == form + 0 and hash(form) == hash(again)


FIRST_IMPORT = """
import os, signal, sys, threading, time
import symcost

def ask():
    return str(symcost.loads("model A(x: [T, I], H) { return x -> LSTM(H) }").model().params)

threading.Thread(target=ask, daemon=True).start()
time.sleep(float(sys.argv[1]))
child = os.fork()
if not child:
    signal.alarm(60)
    os._exit(0 if ask() == sys.argv[2] else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@forks
@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.01, 0.05, 0.15])
def test_forked_while_another_thread_imports(seconds: float) -> None:
    """Whatever the first question of a thread is importing at that moment, a child has its answer too."""
    wanted = str(symcost.loads("model A(x: [T, I], H) { return x -> LSTM(H) }").model().params)
    command = [sys.executable, "-W", "ignore", "-c", FIRST_IMPORT, str(seconds), wanted]
    assert subprocess.run(command, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT)}).returncode == 0
