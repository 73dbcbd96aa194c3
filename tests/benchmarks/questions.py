"""Every question of every example within a time: `python tests/benchmarks/questions.py [PATH...] [--limit 2]`.

Each model is asked each question in a process of its own, with open sizes and with those of its first configuration;
what takes longer than the limit in processor time is ended there and listed, the slowest first. A refusal is an answer.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

import symcost
from symcost.errors import SymcostError
from symcost.guards import arch_files
from symcost.questions import questions

ROOT = Path(__file__).parents[2]


def ask(model: symcost.Model, name: str, limit: float, answer: Connection) -> None:
    """Says what one question took in processor time; the system ends what takes much longer."""
    begin = time.process_time()
    most = int(begin + limit) + 2
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
    signal.signal(signal.SIGXCPU, lambda *_: sys.exit(1))
    with suppress(SymcostError):
        model.quantity(name)
    answer.send(time.process_time() - begin)


def taken(model: symcost.Model, name: str, limit: float) -> float:
    """Seconds of the processor; infinite where it was ended."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=ask, args=(model, name, limit, theirs))
    process.start()
    theirs.close()
    try:
        return float(ours.recv())
    except EOFError:
        return float("inf")
    finally:
        process.join()


def models(path: str) -> Iterator[tuple[str, symcost.Model]]:
    """Those of a file, open, and the first that has one with the sizes of a configuration."""
    document = symcost.load(path)
    for name in document.models:
        model = document.model(name)
        yield name, model
        for config in model.unit.configs:
            try:
                yield f"{name}({config})", model.configured(config)
            except SymcostError:
                continue
            break


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", default=[str(ROOT / "examples")])
    parser.add_argument("--limit", type=float, default=2.0, help="seconds of the processor")
    given = parser.parse_args()
    asked, slow = 0, []
    for path in (file for folder in given.paths for file in arch_files(folder)):
        for title, model in models(path):
            for name in questions():
                seconds = taken(model, name, given.limit)
                asked += 1
                if seconds > given.limit:
                    slow.append((seconds, path, title, name))
                    sys.stdout.write(f"{seconds:7.2f} s  {path}  {title}  {name}\n")
                    sys.stdout.flush()
    sys.stdout.write(f"{len(slow)} of {asked} took more than {given.limit} s\n")


if __name__ == "__main__":
    main()
