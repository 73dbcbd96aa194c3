"""A question, convention, optimizer and device that are made up: each is known everywhere, from one place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.analysis.counts.by_line import Measure, Operated
from symcost.cli import main
from symcost.formula import Form
from symcost.questions import Question, Subject, questions, register, unregister

TEXT = """
model Twice(x: [T, I], H) {
  y = tanh(x -> Linear(H, bias = false))
  return tanh(y -> Linear(I, bias = false))
}

expect Twice { curved == H*T + I*T }
"""
"""Two products of T·I·H MACs, and a tanh of T·H and of T·I numbers."""


def curved(subject: Subject) -> Form:
    """Exponentials and whatever else bends, whichever way: of each tanh one."""
    from symcost.analysis.counts.operations import Operations

    return subject.fold(Operations).of(subject.graph)["exp"]


def by_line(subject: Subject) -> Measure:
    return Operated(lambda operation: operation.cost["exp"])


@pytest.fixture
def file(tmp_path: Path) -> Iterator[str]:
    """A file that expects something of a question that is made up; gone when the test is."""
    path = tmp_path / "twice.arch"
    path.write_text(TEXT, encoding="utf-8")
    register(
        Question(
            name="curved",
            words="functions that bend",
            unit="curves",
            ask=curved,
            title="Curves",
            order=15,
            by_line=by_line,
            in_report=True,
        )
    )
    try:
        yield str(path)
    finally:
        unregister("curved")


def said(*arguments: str) -> str:
    result = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_question_is_asked_everywhere(file: str) -> None:
    """One call of `register`, and every command knows it."""
    assert said("formula", file, "--of", "curved").splitlines()[0] == "T·H + T·I"
    assert said("formula", file, "--of", "curved", "T=2", "I=3", "H=5").strip() == "16"
    assert said("growth", file, "--of", "curved", "--in", "T").startswith("T·H + T·I\n  T  Linear")
    assert "Curves" in said("table", file, "--columns", "macs,curved")
    assert said("check", file)
    assert "functions that bend (curved)" in said("compare", file, file, "--of", "curved")


def test_its_words_are_in_the_help_and_its_share_by_line(file: str) -> None:
    for command in ("formula", "explain", "growth", "compare", "latex", "table"):
        assert "curved           functions that bend [curves]" in said(command, "--help")
    told = said("explain", file, "--of", "curved")
    assert told.startswith("Twice: functions that bend (curved)")
    assert told.count("tanh   [T, ") == 2


def test_it_stands_among_the_totals_of_reports(file: str) -> None:
    assert "functions that bend" in said("report", file, "T=2", "I=3", "H=5")
    totals = json.loads(said("report", file, "T=2", "I=3", "H=5", "--format", "json"))["totals"]
    assert list(totals).index("curved") == list(totals).index("flops") + 1
    assert totals["curved"] == {"form": "T·H + T·I", "value": 16}


def test_it_is_asked_from_python(file: str) -> None:
    model = symcost.load(file).model()
    assert model.quantity("curved")(T=2, I=3, H=5) == 16
    assert model.explained("curved").total == model.quantity("curved").form


def test_it_is_gone_afterwards(file: str) -> None:
    """What is no longer registered is unknown again, and a name is given once."""
    with pytest.raises(ValueError, match="curved"):
        register(questions()["curved"])
    question = questions()["curved"]
    unregister("curved")
    with pytest.raises(symcost.SymcostError, match="nothing called `curved`"):
        symcost.load(file).model().quantity("curved")
    assert CliRunner().invoke(main, ["explain", file, "--of", "curved"]).exit_code == 2
    register(question)


def test_a_depth_is_followed_to_the_lines(file: str) -> None:
    """A question with longest chains is one that `explain` takes as well."""
    deepest = questions()["depth"]
    register(
        Question(
            name="chained", words="steps of a made-up clock", unit="steps", ask=deepest.ask, longest=deepest.longest
        )
    )
    try:
        assert said("explain", file, "--of", "chained").startswith("Twice: the longest path (chained)")
    finally:
        unregister("chained")


def test_every_question_has_words_and_a_unit() -> None:
    """And a place of its own in listings; help names them all."""
    known = questions()
    assert all(question.words and question.unit for question in known.values())
    assert len({question.order for question in known.values()}) == len(known)
    told = said("formula", "--help")
    assert all(f"  {name} " in told for name in known)
    assert all(len(line) <= 80 for line in told.splitlines())


# Data of one's own ---------------------------------------------------------------------------------

WEIGHTS = """
title = "a multiply-accumulate is seven"
source = "made up"
{more}
[weights]
mac = 7
add = 0
mul = 0
div = 0
exp = {exp}
sqrt = 0
cmp = 0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "twice.arch").write_text(TEXT.split("expect", maxsplit=1)[0], encoding="utf-8")
    return tmp_path


def test_a_convention_of_one_s_own(folder: Path) -> None:
    """Two products of T·I·H MACs at 7: a TOML file, alone and in the list of all."""
    file, mine = str(folder / "twice.arch"), folder / "mine.toml"
    mine.write_text(WEIGHTS.format(exp=0, more='kind = "tool"\norder = 1'), encoding="utf-8")
    assert said("formula", file, "--of", "flops", "--convention", str(mine), "T=2", "I=3", "H=5").strip() == "420"
    listed = json.loads(said("report", file, "--convention", "all", "--convention", str(mine), "--format", "json"))
    assert [*listed["conventions"]][:1] == ["default"]
    assert [*listed["conventions"]][-1] == "mine"
    told = said("report", file, "--convention", "mac", "--convention", str(mine))
    assert [line.split()[0] for line in told.splitlines()[2:4]] == ["mac", "mine"]
    backward = said("formula", file, "--of", "training_flops", "--convention", str(mine), "T=2", "I=3", "H=5")
    assert backward.strip() == str(7 * (60 + 30 + 60))  # forward 60; W1 30 and no gradient for x; W2 and y 30 each


def test_a_faulty_convention_is_told_with_its_line_and_a_mend(folder: Path) -> None:
    mine = folder / "mine.toml"
    mine.write_text(WEIGHTS.format(exp='"c exp"', more=""), encoding="utf-8")
    result = CliRunner().invoke(
        main, ["report", str(folder / "twice.arch"), "--convention", "all", "--convention", str(mine)]
    )
    assert result.exit_code == 1
    assert "mine.toml:10:1" in result.output
    assert 'help: write `exp = "c_exp"`' in result.output


def test_an_optimizer_of_one_s_own(folder: Path) -> None:
    """w - a sign(g), with a momentum: one comparison, and 16 - 4 bytes a parameter where Adam has 16."""
    mine = folder / "sign.toml"
    mine.write_text(
        'rule = "w - a sign(g)"\nsource = "made up"\nstates = 1\n\n[counts]\ncmp = 1\nmul = 1\nadd = 1\n',
        encoding="utf-8",
    )
    told = said(
        "report", str(folder / "twice.arch"), "--training", "--optimizer", str(mine), "--convention", "exact",
        "--format", "json", "T=2", "I=3", "H=5",
    )  # fmt: skip
    tree = json.loads(told)
    assert tree["optimizer"] == "sign"
    assert tree["passes"]["update"]["flops"]["value"] == 3 * 30
    assert tree["bytes"]["mixed"]["value"] == 12 * 30


def test_a_device_of_one_s_own(folder: Path) -> None:
    """120 MACs at 1 TFLOP/s are 0.24 ns of products; the file is all it takes."""
    mine = folder / "abacus.toml"
    mine.write_text(
        """
schema = 2
name = "Abacus"
vendor = "nobody"
class = "cpu"
date = "2026"
matrix.fp32 = { value = "1 TFLOP/s", source = "made up" }
vector.fp32 = { value = "1 TOP/s", source = "made up" }
memory.main.bandwidth = { value = "100 GB/s", source = "made up" }
memory.main.size = { value = "1 GB", source = "made up" }
""",
        encoding="utf-8",
    )
    told = said("eval", str(folder / "twice.arch"), "--on", str(mine), "--dtype", "fp32", "T=2", "I=3", "H=5")
    assert "Abacus" in told
