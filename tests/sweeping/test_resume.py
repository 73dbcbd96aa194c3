"""`symcost sweep --resume` goes on with what was interrupted, and with nothing else."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from symcost.cli import main

pytest.importorskip("numpy")


def swept(folder: Path, *arguments: str) -> Result:
    file = folder / "rnn.arch"
    file.write_text("model Rnn(x: [T, I], H) { return RNN(x, H) }\n", encoding="utf-8")
    return CliRunner().invoke(main, ["sweep", str(file), "I=3", "H=2", *arguments])


def test_a_finished_file_stays(tmp_path: Path) -> None:
    """A file that is finished, perhaps of other sizes, is not replaced by who wants to go on."""
    output = tmp_path / "x.csv"
    assert swept(tmp_path, "T=1:3", "-o", str(output), "--resume").exit_code == 0
    kept = output.read_bytes()
    refused = swept(tmp_path, "T=1:9", "-o", str(output), "--resume")
    assert refused.exit_code == 73 and "leave out `--resume` to replace it" in refused.output
    assert output.read_bytes() == kept and not output.with_name("x.csv.unfinished").exists()
    assert swept(tmp_path, "T=1:9", "-o", str(output)).exit_code == 0
    assert output.read_bytes() != kept


def test_without_a_file(tmp_path: Path) -> None:
    """What is printed cannot be gone on with."""
    refused = swept(tmp_path, "T=1:3", "--resume")
    assert refused.exit_code == 2 and "name it with -o" in refused.output


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_finished_file_of_another_grid(tmp_path: Path, ending: str) -> None:
    """Other ranges, other single sizes and other quantities are told from the same sweep; the file stays."""
    if ending == "parquet":
        pytest.importorskip("pyarrow")
    file, output = tmp_path / "net.arch", tmp_path / f"x.{ending}"
    file.write_text("model Net(x: [T, I], H) { return Linear(x, H) }\n", encoding="utf-8")

    def again(*arguments: str) -> str:
        asked = ["sweep", str(file), *arguments, "I=3", "-o", str(output), "--resume"]
        result = CliRunner().invoke(main, asked)
        assert result.exit_code == (0 if not kept else 73), result.output
        return result.output

    kept = b""
    again("T=1:3", "H=2")
    kept = output.read_bytes()
    assert "nothing to resume" in again("T=1:3", "H=2")
    for other in (("T=1:4", "H=2"), ("T=1:3", "H=4"), ("T=1:3", "H=2", "--of", "params"), ("T=1:3:2", "H=2")):
        assert "of another grid" in again(*other)
    assert output.read_bytes() == kept
