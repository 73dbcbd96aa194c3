"""Whatever the command line prints can be had from Python, as a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import SymcostError, UnknownDimension, UnknownLayer
from symcost.export.page import Page
from symcost.model import Model

LECTURE = Path(__file__).parents[2] / "examples" / "lecture"
LSTM, ELMAN, ATTENTION = (str(LECTURE / f"{name}.arch") for name in ("lstm", "elman", "attention"))
SIZES = {"T": 100, "I": 64, "H": 128}
GIVEN = [f"{name}={size}" for name, size in SIZES.items()]


def elman(**values: object) -> Model:
    return symcost.load(ELMAN).model().at(**values)


def attending() -> Model:
    return symcost.load(ATTENTION).model("SelfAttending")


COMMANDS: dict[str, tuple[list[str], Callable[[], Page]]] = {
    "report": (["report", ELMAN], lambda: symcost.report(elman())),
    "conventions": (["report", ELMAN, "--convention", "all"], lambda: symcost.report(elman(), convention="all")),
    "training": (["report", ELMAN, "--training"], lambda: symcost.training(elman())),
    "explain": (["explain", ELMAN, *GIVEN], lambda: symcost.explain(elman(**SIZES))),
    "path": (["path", ELMAN], lambda: symcost.path(elman())),
    "depth": (["explain", ELMAN, "--of", "depth"], lambda: symcost.explain(elman(), "depth")),
    "growth": (["growth", ELMAN, "--in", "H"], lambda: symcost.growth(elman(), dimensions=["H"])),
    "memory": (["memory", ELMAN, "--dtype", "bf16"], lambda: symcost.memory(elman(), "bf16")),
    "time": (
        ["eval", ELMAN, "--on", "h100-sxm", "--dtype", "bf16", *GIVEN],
        lambda: symcost.time(elman(**SIZES), "h100-sxm", "bf16"),
    ),
    "energy": (
        ["energy", ELMAN, "--on", "h100-sxm", "--dtype", "bf16", "--utilization", "0.001", *GIVEN],
        lambda: symcost.energy(elman(**SIZES), "h100-sxm", "bf16", utilization=0.001),
    ),
    "table": (["table", ELMAN, f"{ATTENTION}:SelfAttending"], lambda: symcost.table([elman(), attending()])),
    "compare": (
        ["compare", ELMAN, f"{ATTENTION}:SelfAttending", "I=D", "H=D"],
        lambda: symcost.compare(elman(), attending(), values={"I": "D", "H": "D"}),
    ),
    "devices": (["devices"], symcost.devices),
    "layer": (["layers", "LSTM"], lambda: symcost.layers("LSTM")),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_page_is_what_the_command_prints(name: str) -> None:
    """In every writing the same; JSON for what programs read, text for the eye."""
    arguments, make = COMMANDS[name]
    page = make()
    for writing in ("text", "json"):
        printed = CliRunner().invoke(main, [*arguments, "--format", writing])
        assert printed.exit_code == 0
        assert page.written(writing) == printed.stdout
    assert str(page).splitlines()
    assert page._repr_markdown_() == page.written("markdown")
    assert len(repr(page)) < 100
    json.loads(page.written("json"))


def test_expectations_are_a_page() -> None:
    assert str(symcost.check(symcost.load(ELMAN))).endswith("7 of 7 kept")


@pytest.mark.parametrize(
    ("ask", "fault", "words"),
    [
        (lambda: symcost.time(elman(), "h100-sxm", "bf16"), SymcostError, "no value for `T`"),
        (lambda: symcost.growth(elman(), dimensions=["Q"]), UnknownDimension, "has no `Q`"),
        (lambda: symcost.path(elman(), port="y"), UnknownDimension, "has no `y`"),
        (lambda: symcost.layers("Liner"), UnknownLayer, "Linear"),
        (lambda: symcost.memory(elman(), "fp17"), ValueError, "no type 'fp17'"),
        (lambda: symcost.memory(elman(), {"weights": "fp16"}), ValueError, "nothing is called 'weights'"),
        (lambda: symcost.energy(elman(**SIZES), "h100-sxm", "bf16", utilization=1.5), ValueError, "at most 1"),
        (lambda: symcost.energy(elman(**SIZES), "h100-sxm", "bf16", utilization=0.5, runs=0), ValueError, "at least"),
        (lambda: symcost.report(elman()).written("roman"), KeyError, "roman"),
    ],
)
def test_what_cannot_be_is_refused(ask: Callable[[], object], fault: type[Exception], words: str) -> None:
    with pytest.raises(fault, match=words):
        ask()
