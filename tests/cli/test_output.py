"""Where results go, and what happens where they cannot go: files, links, pipes, full disks, closed streams."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import symcost.__main__
from symcost.cli import main

TEXT = "model M(x: [T, I], H) { return x -> Linear(H, bias = false) }"
PRINTED = "I·H·T\n"


@pytest.fixture
def arch(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "m.arch"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    return path


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, list(map(str, words)), prog_name="symcost")


def process(*words: str | Path, **streams: object) -> subprocess.CompletedProcess[str]:
    """A process of its own, whose standard streams are real files."""
    command = [sys.executable, "-m", "symcost", *map(str, words)]
    return subprocess.run(command, text=True, encoding="utf-8", check=False, **streams)  # type: ignore[call-overload,no-any-return]


# Files -----------------------------------------------------------------------------------------


def test_a_file_keeps_its_mode(arch: Path, tmp_path: Path) -> None:
    """0640 stays 0640; a new file has what the user's mask leaves of 0666."""
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text("before")
    old.chmod(0o640)
    mask = os.umask(0o027)
    try:
        for target in (old, new):
            assert run("formula", arch, "-o", target).exit_code == 0
            assert target.read_text(encoding="utf-8") == PRINTED
            assert stat.S_IMODE(target.stat().st_mode) == 0o640
    finally:
        os.umask(mask)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "new.txt", "old.txt"]


def test_links_are_written_through(arch: Path, tmp_path: Path) -> None:
    """To a file in another folder, to a link to it, and to one that is not there yet."""
    real = tmp_path / "far" / "real.txt"
    real.parent.mkdir()
    real.write_text("before")
    near, nearer, dangling = (tmp_path / name for name in ("near", "nearer", "dangling"))
    near.symlink_to("far/real.txt")
    nearer.symlink_to(near)
    dangling.symlink_to(tmp_path / "far" / "coming.txt")
    for link, target in ((near, real), (nearer, real), (dangling, real.with_name("coming.txt"))):
        assert run("formula", arch, "-o", link).exit_code == 0
        assert link.is_symlink() and target.read_text(encoding="utf-8") == PRINTED
        target.write_text("before")


def test_a_file_of_two_names_keeps_them(arch: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("before, and much longer than what comes")
    other.hardlink_to(one)
    assert run("formula", arch, "-o", one).exit_code == 0
    assert other.read_text(encoding="utf-8") == PRINTED and one.samefile(other)


def test_a_pipe_is_written_into(arch: Path, tmp_path: Path) -> None:
    """And is still one afterwards."""
    pipe, read = tmp_path / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    assert run("formula", arch, "-o", pipe).exit_code == 0
    reader.join(10)
    assert read == [PRINTED] and stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_pipe_by_its_number(arch: Path) -> None:
    """`-o >(less)` of a shell is `/dev/fd/63`."""
    reading, writing = os.pipe()
    done = process("formula", arch, "-o", f"/dev/fd/{writing}", pass_fds=[writing])
    os.close(writing)
    with open(reading, encoding="utf-8") as pipe:
        assert (done.returncode, pipe.read()) == (0, PRINTED)


def test_nothing_swallows_it(arch: Path) -> None:
    before = os.stat(os.devnull)
    assert run("formula", arch, "-o", os.devnull).exit_code == 0
    assert os.stat(os.devnull).st_mode == before.st_mode


@pytest.mark.slow
def test_standard_output_by_its_names(arch: Path, tmp_path: Path) -> None:
    """`-`, and `/dev/stdout`, behind what others have written there."""
    assert run("formula", arch, "-o", "-").stdout == PRINTED
    assert not Path("-").exists()
    log = tmp_path / "log"
    with log.open("w", encoding="utf-8") as file:
        file.write("before\n")
        file.flush()
        assert process("formula", arch, "-o", "/dev/stdout", stdout=file).returncode == 0
    assert log.read_text(encoding="utf-8") == f"before\n{PRINTED}"
    assert process("formula", arch, "-o", "/dev/stdout", stdout=subprocess.PIPE).stdout == PRINTED


@pytest.mark.parametrize("name", ["", "in", "no/such/folder.txt"])
def test_what_is_no_place_for_a_result_is_wrong_use(arch: Path, tmp_path: Path, name: str) -> None:
    """No name at all, a folder, a folder that is not there."""
    result = run("formula", arch, "-o", name and tmp_path / name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) <= 5 and "Traceback" not in result.stderr


def test_nobodys_unfinished_file_is_opened(arch: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that lies where the new file is prepared is not followed."""
    victim = tmp_path / "victim"
    victim.write_text("before")
    monkeypatch.setattr(os, "urandom", lambda size: bytes(size))
    (tmp_path / f".symcost-{'00' * 8}.tmp").symlink_to(victim)
    assert run("formula", arch, "-o", tmp_path / "result.txt").exit_code == 2
    assert victim.read_text() == "before"


# Streams that take nothing ---------------------------------------------------------------------


def full() -> None:
    """No file grows, as on a full disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


@pytest.mark.slow
def test_a_full_disk(arch: Path, tmp_path: Path) -> None:
    """One line, status 74; the old file is as it was, and nothing lies beside it."""
    target = tmp_path / "result.txt"
    target.write_text("before")
    done = process("report", arch, "-o", target, capture_output=True, preexec_fn=full)
    assert (done.returncode, done.stdout) == (74, "")
    assert done.stderr == f"Error: cannot write {str(target)!r}: File too large\n"
    assert target.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "result.txt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", [["report"], ["--help"], pytest.param(["report", "--help"], marks=pytest.mark.thorough)]
)
def test_a_full_disk_behind_standard_output(arch: Path, tmp_path: Path, words: list[str]) -> None:
    words = words if "--help" in words else [*words, str(arch)]
    with (tmp_path / "out").open("w") as out:
        done = process(*words, stdout=out, stderr=subprocess.PIPE, preexec_fn=full)
    assert (done.returncode, done.stderr) == (74, "Error: cannot write standard output: File too large\n")


@pytest.mark.slow
def test_a_full_disk_behind_standard_error(arch: Path, tmp_path: Path) -> None:
    """The fault is still one."""
    with (tmp_path / "err").open("w") as err:
        for value, status in (("T=0", 1), ("T", 2)):
            done = process("formula", arch, value, stdout=subprocess.PIPE, stderr=err, preexec_fn=full)
            assert (done.returncode, done.stdout) == (status, "")


def shell(line: str, arch: Path) -> tuple[int, str, str]:
    command = line.format(symcost=f"'{sys.executable}' -m symcost", arch=arch, out=arch.parent / "out")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout, done.stderr


CLOSED = "Error: cannot write standard output: Bad file descriptor\n"


alike = pytest.mark.thorough
"""Each costs a process of its own; others are closed at the same place."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "ended"),
    [
        ("{symcost} formula {arch} >&-", (74, "", CLOSED)),
        pytest.param("{symcost} --help >&-", (74, "", CLOSED), marks=alike),
        pytest.param("{symcost} check {arch} >&-", (74, "", CLOSED), marks=alike),
        ("{symcost} formula {arch} >&- 2>&-", (74, "", "")),
        ("{symcost} formula {arch} T=0 2>&-", (1, "", "")),
        pytest.param("{symcost} formula {arch} T 2>&-", (2, "", ""), marks=alike),
        pytest.param("{symcost} formula {arch} 2>&-", (0, PRINTED, ""), marks=alike),
        pytest.param("{symcost} formula {arch} <&-", (0, PRINTED, ""), marks=alike),
        ("{symcost} formula {arch} -o {out} >&- && cat {out}", (0, PRINTED, "")),
        ("{symcost} formula - <&-", (1, "", "error[unreadable-file]: cannot read `<stdin>`: it is closed\n")),
    ],
)
def test_closed_streams(arch: Path, line: str, ended: tuple[int, str, str]) -> None:
    """Standard output where it is needed, standard error never, standard input where it is read."""
    assert shell(line, arch) == ended


@pytest.mark.slow
def test_a_reader_of_help_that_leaves(arch: Path) -> None:
    """As of a report: quietly."""
    code = "import os, sys; os.close(0); sys.exit()"
    line = "{{ {symcost} report --help; echo $? >&2; }} | " + f"'{sys.executable}' -c '{code}'"
    _, out, err = shell(line, arch)
    assert out == "" and err in ("0\n", "141\n")  # as fast as either is


SETTING_UP = (b"Fatal Python error: init", b"Could not import runpy module")
"""What Python says that is interrupted before it knows of any program."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "step", [pytest.param(n, marks=[] if n in (0, 4, 9) else [pytest.mark.thorough]) for n in range(12)]
)
def test_an_interrupt_at_any_time(arch: Path, step: int) -> None:
    """While modules load, arguments are read, or a command runs: status 130 or death by the signal, and no word."""
    command = [sys.executable, "-m", "symcost", "report", str(arch)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        time.sleep(0.06 + 0.02 * step)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate()
    # Before the first line of ours Python itself dies of the signal, and traces its own start.
    if told.startswith(SETTING_UP):
        assert running.returncode == 1  # which is what Python ends with while it sets itself up
        return
    assert running.returncode in (0, 130, -signal.SIGINT)
    assert running.returncode != 130 or told == b""


def test_an_interrupt_while_modules_load(arch: Path) -> None:
    """The first of ours that loads the command line meets it."""
    code = (
        "import builtins, sys\nload = builtins.__import__\n"
        "def interrupted(name, *rest):\n"
        "    if name == 'click': raise KeyboardInterrupt\n"
        "    return load(name, *rest)\n"
        "builtins.__import__ = interrupted\n"
        "from symcost.__main__ import main\nmain()"
    )
    done = subprocess.run([sys.executable, "-c", code, str(arch)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")


def test_an_interrupt_while_a_command_runs(arch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("symcost.cli.formula.asked", interrupted)
    result = run("formula", arch)
    assert (result.exit_code, result.output) == (130, "")


# Arithmetic ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    ["formula", "report", "memory", "growth", "explain", "latex", "eval --on h100-sxm --dtype bf16",
     "energy --on h100-sxm --dtype bf16 --utilization 1/2", "report --training", "report --convention all"],
)  # fmt: skip
def test_division_by_zero_is_a_fault(command: str, tmp_path: Path) -> None:
    """D // (T - 4) at T = 4."""
    path = tmp_path / "m.arch"
    path.write_text("model M(x: [T, D]) { return x -> Linear(D // (T - 4), bias = false) }")
    name, *options = command.replace("1/2", "0.5").split()
    result = run(name, path, "T=4", "D=8", *options)
    assert "Traceback" not in result.output
    assert result.exit_code == 1 and "error[" in result.stderr


@pytest.mark.parametrize(("cause", "status"), [(KeyboardInterrupt(), 130), (KeyError("x"), None)])
def test_an_interrupt_in_the_making_of_a_class(
    cause: BaseException, status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python 3.11 wraps what happens in `__set_name__` in a RuntimeError; only an interrupt inside is one."""

    def interrupted(prog_name: str | None) -> None:
        raise RuntimeError("Error calling __set_name__ on 'Field' instance") from cause

    monkeypatch.setattr("symcost.cli.main", interrupted)
    with pytest.raises((SystemExit, RuntimeError)) as caught:
        symcost.__main__.main()
    assert getattr(caught.value, "code", None) == status


def test_an_interrupt_in_the_making_of_a_class_that_a_command_needs(
    arch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same while a command loads what it needs."""

    def interrupted(*_: object) -> None:
        raise RuntimeError("Error calling __set_name__ on 'Field' instance") from KeyboardInterrupt()

    monkeypatch.setattr("symcost.load", interrupted)
    assert CliRunner().invoke(main, ["formula", str(arch)]).exit_code == 130
