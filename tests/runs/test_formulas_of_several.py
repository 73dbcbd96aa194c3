"""Several that are served, as formulas: each as it is alone, whatever it is set beside."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.runs import Ask, Layout

FILE = Path(__file__).parents[2] / "examples/language/llama.arch"
LLAMA = symcost.load(FILE).model("Llama")
ONE, EIGHT = LLAMA.configured("llama32_1b"), LLAMA.configured("llama3_8b")
SERVE = ("serve", str(FILE), "--config", "llama32_1b", "--on", "h100-sxm", "--dtype", "bf16", "--write", "16",
         "--as", "formula")  # fmt: skip


def found(*more: str) -> dict[str, list[dict[str, str]]]:
    result = CliRunner().invoke(main, [*SERVE, *more, "--format", "json"])
    assert result.exit_code == 0, result.stderr
    answer: dict[str, list[dict[str, str]]] = json.loads(result.stdout)
    return answer


def test_each_is_as_it_is_alone() -> None:
    """Of both layouts and lengths."""
    cases = found("--prompt", "64,128", "--tensor", "1,2")["cases"]
    pairs = [(ask, layout) for ask in (Ask(64, 16), Ask(128, 16)) for layout in (Layout(1), Layout(2))]
    for case, (ask, layout) in zip(cases, pairs, strict=True):
        alone = symcost.serve(ONE, "h100-sxm", "bf16", ask=ask, layout=layout, formula=True)
        assert alone.data is not None
        assert {**alone.data(), "name": case["name"]} == case
    assert len({case["name"] for case in cases}) == 4


def test_two_that_are_compared() -> None:
    """The formulas of both, and where one of them is better, as it is told beside numbers."""
    answer = found("--prompt", "64", "--against", str(FILE), "--against-config", "llama3_8b")
    numbers = symcost.serve_against(ONE, "h100-sxm", "bf16", ask=Ask(64, 16), other=EIGHT)
    assert numbers.data is not None
    assert answer["regimes"] == numbers.data()["regimes"]
    one, other = answer["cases"]
    assert one["cache_bytes"] != other["cache_bytes"]


@pytest.mark.parametrize("writing", ["text", "latex", "typst", "markdown", "csv"])
def test_every_writing(writing: str) -> None:
    """Each names both cases."""
    result = CliRunner().invoke(main, [*SERVE, "--prompt", "64", "--tensor", "1,2", "--format", writing])
    assert result.exit_code == 0, result.stderr
    assert "tensor 2" in result.stdout
    assert "one device" in result.stdout
