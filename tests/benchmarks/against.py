"""Processor time and memory side by side with another commit: `python tests/benchmarks/against.py COMMIT`.

Both trees run the same commands on the examples of the other commit, in turn, so that a busy machine slows both; what
counts is the median of the ratios of the pairs: below 1 this tree takes less.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

OWN = Path(__file__).parents[2]
COMMANDS = {
    "formula": "formula {examples}/lecture/elman.arch",
    "report llama": "report {examples}/language/llama.arch",
    "check lecture": "check {examples}/lecture",
}


@dataclass(frozen=True)
class Used:
    """Seconds on the processor, and the most memory held at once in bytes."""

    seconds: float
    memory: int


def used(tree: Path, arguments: list[str]) -> Used:
    """What a command of the package in `tree` takes, in a process of its own; a command that fails ends all."""
    command = [sys.executable, "-m", "symcost", *arguments]
    process = subprocess.Popen(command, cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with status {process.returncode} in {tree}")
    unit = 1 if sys.platform == "darwin" else 1024  # ru_maxrss is in bytes there, in KiB elsewhere
    return Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit)


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A worktree of a commit that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "other"
        subprocess.run(["git", "-C", OWN, "worktree", "add", "--quiet", "--detach", tree, commit], check=True)
        try:
            yield tree
        finally:
            subprocess.run(["git", "-C", OWN, "worktree", "remove", "--force", tree], check=True)


def pairs(other: Path, arguments: list[str], count: int) -> list[tuple[Used, Used]]:
    """This tree and the other, so often; each goes first every second time."""
    for tree in (OWN, other):
        used(tree, arguments)  # compiled once, the tables of the grammar made
    measured = []
    for number in range(count):
        trees = (OWN, other) if number % 2 == 0 else (other, OWN)
        figures = {tree: used(tree, arguments) for tree in trees}
        measured.append((figures[OWN], figures[other]))
    return measured


def line(name: str, measured: list[tuple[Used, Used]]) -> str:
    """A row of the table: medians of both, and the medians of the ratios."""
    seconds = [median(tree.seconds for tree in column) for column in zip(*measured, strict=True)]
    memory = [median(tree.memory for tree in column) / 1e6 for column in zip(*measured, strict=True)]
    time_ratio = median(own.seconds / other.seconds for own, other in measured)
    memory_ratio = median(own.memory / other.memory for own, other in measured)
    return (
        f"{name:<14} {seconds[0]:8.3f} s {seconds[1]:8.3f} s  x{time_ratio:<6.2f}"
        f" {memory[0]:7.1f} MB {memory[1]:7.1f} MB  x{memory_ratio:.2f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("commit", help="what to compare with, as git names it")
    parser.add_argument("--pairs", type=int, default=9, help="how often each command runs in each tree")
    given = parser.parse_args()
    with checked_out(given.commit) as other:
        sys.stdout.write(f"{'':<14} {'this tree':>10} {given.commit[:10]:>10}  ratio\n")
        for name, command in COMMANDS.items():
            arguments = command.format(examples=other / "examples").split()
            sys.stdout.write(line(name, pairs(other, arguments, given.pairs)) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
