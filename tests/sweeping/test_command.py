"""`symcost sweep` writes every row once, exactly, whatever comes between, and says before it starts what cannot be."""

from __future__ import annotations

import csv
import errno
import os
import signal
import subprocess
import sys
import time
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import symcost
from symcost.cli import main
from symcost.sweeping.grid import Axis, Grid, axis

pytest.importorskip("numpy")

TEXT = "model Rnn(x: [T, I], H) { return RNN(x, H) }\n"
ARGUMENTS = ["T=1:40", "I=3", "H=2:10:4", "--of", "macs,params,depth"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "rnn.arch"
    found.write_text(TEXT, encoding="utf-8")
    return found


@pytest.fixture
def short_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is 7 rows: 120 rows are 18 parts, the last one short."""
    monkeypatch.setattr(import_module("symcost.cli.sweep"), "PART", 7)


def swept(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["sweep", str(file), *arguments])


def expected() -> list[list[int]]:
    model = symcost.loads(TEXT).model()
    asked = [model.quantity(name) for name in ("macs", "params", "depth")]
    points = [{"T": t, "I": 3, "H": h} for t, h in product(range(1, 41), (2, 6, 10))]
    return [[at["T"], at["H"], *(int(quantity(**at)) for quantity in asked)] for at in points]


def read(text: str) -> list[list[int]]:
    heading, *rows = csv.reader(text.splitlines())
    assert heading == ["T", "H", "macs", "params", "depth"]
    return [list(map(int, row)) for row in rows]


def test_every_row_once_on_standard_output(file: Path, short_parts: None) -> None:
    result = swept(file, *ARGUMENTS)
    assert result.exit_code == 0, result.output
    assert read(result.stdout) == expected()


def test_every_row_once_in_a_file(file: Path, short_parts: None) -> None:
    output = file.with_name("x.csv")
    assert swept(file, *ARGUMENTS, "-o", str(output)).exit_code == 0
    assert read(output.read_text()) == expected()
    assert sorted(path.name for path in file.parent.iterdir()) == ["rnn.arch", "x.csv"]


def test_parquet_has_the_types_that_are_needed(file: Path, short_parts: None) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    output = file.with_name("x.parquet")
    assert swept(file, *ARGUMENTS, "-o", str(output)).exit_code == 0
    table = parquet.read_table(output)
    assert [list(row.values()) for row in table.to_pylist()] == expected()
    assert swept(file, "T=1,2^60,2^61", "I=2^10", "H=2,2^70", "-o", str(output)).exit_code == 0
    found = parquet.read_table(output).to_pylist()
    macs = symcost.loads(TEXT).model().macs
    assert [str(row["macs"]) for row in found] == [
        str(macs(T=t, I=2**10, H=h)) for t, h in product((1, 2**60, 2**61), (2, 2**70))
    ]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("problem", [KeyboardInterrupt(), OSError(errno.ENOSPC, "No space left on device")])
def test_what_is_interrupted_goes_on(
    file: Path, short_parts: None, monkeypatch: pytest.MonkeyPatch, ending: str, problem: BaseException
) -> None:
    """Without a lost or doubled row, after any part, and after a disk that was full while one was written."""
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    from symcost.sweeping.arrays import tables

    write, written = tables.whole_or_not, 0

    def fails(path: Path, how: Any) -> None:
        nonlocal written
        written += 1
        if written % 5 == 0:
            raise problem
        write(path, how)

    monkeypatch.setattr(tables, "whole_or_not", fails)
    whole, output = file.with_name(f"whole.{ending}"), file.with_name(f"x.{ending}")
    results = [swept(file, *ARGUMENTS, "-o", str(output), "--resume") for _ in range(6)]
    first = results[0]
    assert first.exit_code == (130 if isinstance(problem, KeyboardInterrupt) else 74)
    assert "3 parts of 7 rows are kept" in first.output and "--resume" in first.output
    assert [result.exit_code for result in results].count(0) >= 1
    monkeypatch.setattr(tables, "whole_or_not", write)
    swept(file, *ARGUMENTS, "-o", str(whole))
    assert output.read_bytes() == whole.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_killed_in_the_middle(file: Path) -> None:
    """A process that ends without a word leaves whole parts behind."""
    output = file.with_name("x.csv")
    arguments = ["sweep", str(file), "T=1:300000", "I=3", "H=2,5", "-o", str(output)]
    process = subprocess.Popen([sys.executable, "-m", "symcost", *arguments])
    folder = output.with_name("x.csv.unfinished")
    until = time.monotonic() + 60
    while not (folder / "part-000000001").exists() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if not output.exists():
        refused = swept(file, *arguments[2:])
        assert refused.exit_code == 73 and "go on with `--resume`" in refused.output
        other = swept(file, "T=1:9", "I=3", "H=2", "-o", str(output), "--resume")
        assert other.exit_code == 73 and "was another" in other.output
        assert swept(file, *arguments[2:], "--resume").exit_code == 0
    with output.open() as lines:
        rows = [line.rsplit(",", 1)[0] for line in lines]
    assert rows == ["T,H", *(f"{t},{h}" for t in range(1, 300_001) for h in (2, 5))]


@pytest.mark.skipif(os.name == "nt", reason="locks are others there")
def test_a_file_that_another_process_writes(file: Path) -> None:
    import fcntl

    folder = file.with_name("x.csv.unfinished")
    folder.mkdir()
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = swept(file, "T=1:9", "I=3", "H=2", "-o", str(file.with_name("x.csv")), "--resume")
    assert result.exit_code == 73 and "another process writes" in result.output
    assert not file.with_name("x.csv").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("T=9:1", "it is empty, since it ends at 1, before 9"),
        ("T=0:3", "`0` is no size"),
        ("T=1:2.5", "`2.5` is not whole"),
        ("T=1:", "a number is missing"),
        ("T=1:x", "`x` is no number"),
        ("T=1:9:0", "`0` is no size"),
        ("T=1:9:log:3:4", "it has a beginning, an end, and a step or `log`"),
        ("T=1,,3", "a number is missing"),
        ("T=1:1e300", "more than"),
        ("T=1:1e300:log", "are at equal ratios"),
        ("T=1:9 T=3", "'T' is given twice"),
        ("Q=1:3", "`Rnn` has no `Q`"),
        ("T=1:3 --of nothing", "nothing"),
        ("T=1:2e9", "the grid has 2000000000 points"),
        ("T=1:3 -o x.txt", "neither in .csv nor in .parquet"),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(file: Path, given: str, words: str) -> None:
    result = swept(file, *given.split(), "I=3", "H=2")
    assert result.exit_code in (1, 2) and words in result.output
    assert [path.name for path in file.parent.iterdir()] == ["rnn.arch"]


def test_a_point_that_breaks_an_assumption_ends_it(tmp_path: Path) -> None:
    file = tmp_path / "a.arch"
    file.write_text("model M(x: [T, D], heads) { return x -> SelfAttention(heads) }\n")
    result = swept(file, "T=5", "D=4,6,9", "heads=1,2")
    assert result.exit_code == 1 and "`heads divides D` does not hold for D = 9, heads = 2" in result.output


def test_no_range_is_one_row(file: Path) -> None:
    assert swept(file, "T=2", "I=3", "H=2").stdout == "macs\n20\n"


def test_grids_are_never_held_as_a_whole() -> None:
    """The last point of 10^18, at once."""
    grid = Grid((axis("T", "1:1e9"), Axis("H", range(5, 5 * 10**9 + 1, 5))))
    assert grid.rows == 10**18
    last = {name: column.tolist() for name, column in grid.columns(10**18 - 2, 10**18).items()}
    assert last == {"T": [10**9, 10**9], "H": [5 * 10**9 - 5, 5 * 10**9]}


@pytest.mark.parametrize(
    ("written", "sizes"),
    [
        ("3:6", [3, 4, 5, 6]),
        ("3:10:3", [3, 6, 9]),
        ("1:1000:log:4", [1, 10, 100, 1000]),
        ("1:4:log", [1, 2, 3, 4]),
        ("7:7:log", [7]),
        ("8,2^4,1e3", [8, 16, 1000]),
    ],
)
def test_ranges(written: str, sizes: list[int]) -> None:
    assert list(axis("T", written).sizes) == sizes
