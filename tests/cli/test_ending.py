"""How a run ends: with its whole result, its status, and whoever called it."""

import subprocess
import sys
from pathlib import Path

import pytest


def ended(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False, cwd=cwd)


def test_a_long_result_arrives_as_a_whole() -> None:
    """Through a pipe, which holds less than it."""
    text = ended("-m", "symcost", "html", "examples/lecture/elman.arch").stdout
    assert len(text) > 100_000 and text.endswith("</html>\n")


@pytest.mark.parametrize(("word", "status"), [("--help", 0), ("formula", 2), ("no-such-command", 2)])
def test_the_status_is_kept(word: str, status: int) -> None:
    """Of help, and of wrong use."""
    assert ended("-m", "symcost", word).returncode == status


def test_a_profiler_tells_what_it_saw(tmp_path: Path) -> None:
    """It writes its file behind the command."""
    done = ended("-m", "cProfile", "-o", str(tmp_path / "seen"), "-m", "symcost", "--version")
    assert done.returncode == 0 and (tmp_path / "seen").stat().st_size > 1000


def test_who_imports_the_command_goes_on() -> None:
    """`main` ends as any function does that raises SystemExit."""
    code = (
        "import sys\nsys.argv = ['symcost', '--version']\nfrom symcost.__main__ import main\n"
        "try: main()\nexcept SystemExit: print('and on')"
    )
    assert ended("-c", code).stdout.splitlines()[-1] == "and on"


def test_a_program_that_runs_the_command_by_its_module_goes_on() -> None:
    """As profilers of memory do, which close their files behind it."""
    code = (
        "import runpy, sys\nsys.argv = ['symcost', '--version']\n"
        "try: runpy.run_module('symcost', run_name='__main__', alter_sys=True)\nfinally: print('and on')"
    )
    assert ended("-c", code).stdout.splitlines()[-1] == "and on"
