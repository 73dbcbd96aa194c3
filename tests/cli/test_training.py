"""`symcost report --training`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main
from symcost.optimizers import available

EXAMPLES = Path(__file__).parents[2] / "examples"


def said(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["report", *arguments, "--training"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def perceptron(*arguments: str) -> str:
    return said(str(EXAMPLES / "lecture/training.arch"), "--model", "Perceptron", *arguments)


def test_forward_backward_update() -> None:
    """The ratio is derived, and Adam keeps 16 bytes a parameter: 16 * 535818 = 8.57 MB."""
    text = perceptron()
    assert [line.split()[0] for line in text.splitlines() if "MACs  " in line] == [
        "forward",
        "backward",
        "update",
        "step",
    ]
    assert "backward / forward = 1.249761 in MACs" in text
    assert "mixed precision: 16 bytes a trained parameter, in all 8.57 MB" in text


def test_numbers_for_machines() -> None:
    tree = json.loads(perceptron("--format", "json", "--optimizer", "sgd"))
    assert tree["passes"]["backward"]["macs"]["value"] == 784 * 512 + 2 * (512 * 256 + 256 * 10)
    assert tree["passes"]["update"]["flops"]["value"] == 2 * 535818
    assert tree["trained"]["value"] == 535818


@pytest.mark.parametrize(
    ("writing", "formula"),
    [("text", "T·D·L"), ("markdown", r"T \cdot D \cdot L"), ("csv", "T·D·L"), ("json", "T·D·L")],
)
def test_open_dimensions_stay_formulas(writing: str, formula: str) -> None:
    assert formula in said(str(EXAMPLES / "lecture/training.arch"), "--model", "FineTuned", "--format", writing)


def test_with_input_gradient() -> None:
    """Both factors of every product, those of the image too."""
    assert "backward / forward = 2 in MACs" in perceptron("--input-gradient")


def test_the_optimizers_of_the_command_line() -> None:
    """The help names what lies in the folder."""
    told = CliRunner().invoke(main, ["report", "--help"]).output
    assert all(name in told for name in available())
