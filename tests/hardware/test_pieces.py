"""The likely time as a formula: equal to the number at sizes that are drawn, and to a time by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from click.testing import CliRunner

import symcost
from symcost import pages
from symcost.cli import main
from symcost.formula import num, symbol
from symcost.hardware import Device
from symcost.hardware.profile import Profile
from symcost.timing import Timing
from tests.examples.files import EXAMPLES, loaded


def formula_and_number(
    model: symcost.Model, device: str, dtype: str, profile: Profile, sizes: dict[str, int], batch: int
) -> tuple[Fraction, Fraction]:
    """The formula with numbers put in last, and the time with numbers put in first."""
    machine, name = Device.load(device), "batch"
    values = {**model.values, **sizes}
    pieces = Timing(model, machine, dtype, symbol(name)).likely_formula(profile)
    number = Timing(model.at(**sizes), machine, dtype, num(batch)).likely(profile)
    return pieces.at({**values, name: batch}), number.time


@pytest.mark.parametrize(
    ("device", "profile"), [("a100-sxm-80", "llm-engine"), ("h100-sxm", "eager"), ("rpi5", "none")]
)
def test_a_step_at_20_random_sizes(device: str, profile: str) -> None:
    """Caches that the second level of memory holds, and such that it does not."""
    model = loaded(EXAMPLES / "language/llama.arch").model("Step").configured("llama3_8b").at(G=1024)
    dtype = "fp32" if device == "rpi5" else "bf16"
    drawn = Random(3)
    for _ in range(20):
        sizes = {"c": drawn.choice((1, drawn.randrange(1, 3000), drawn.randrange(1, 10**6)))}
        batch = drawn.choice((1, drawn.randrange(1, 500)))
        formula, number = formula_and_number(model, device, dtype, Profile.load(profile), sizes, batch)
        assert formula == number


@pytest.mark.parametrize("rows", [1, 2, 64])
def test_caches_that_are_warm_and_parameters_that_are_copied(rows: int) -> None:
    """A matrix that a cache holds or not, and one row or several that are multiplied with it."""
    text = "model M(x: [B, D]) { param W: [D, D] return relu(x @ W) }"
    model = symcost.loads(text).model()
    program = replace(Profile.load("none"), warm=True, packing=Fraction(8), latency=Fraction(1, 10**6))
    for width in (16, 500, 3000):
        formula, number = formula_and_number(model, "rpi5", "fp32", program, {"B": rows, "D": width}, 1)
        assert formula == number


def test_a_product_by_hand() -> None:
    """B rows of 4096 with a matrix of 4096 squared, relu behind it: one kernel, its bytes and products over B."""
    model = symcost.loads("model M(x: [B, D]) { param W: [D, D] return relu(x @ W) }").model().at(D=4096)
    page = pages.time_formula(model, "a100-sxm-80", "fp16", profile="llm-engine")
    assert page.data is not None
    (kernel,) = page.data()["likely"]["kernels"]
    assert kernel["parameter_bytes"] == str(2 * 4096**2)
    assert kernel["other_bytes"] == "16384·B"
    assert kernel["work"][0] == {"amount": "16777216·B", "rate_per_s": pytest.approx(0.762 * 156e12)}


@pytest.mark.parametrize("writing", ["text", "latex"])
def test_it_is_told(writing: str) -> None:
    """Rates with the part of the peak, and the range."""
    asked = ("eval", str(EXAMPLES / "language/llama.arch"), "--model", "Step", "--config", "llama3_8b", "--on",
             "a100-sxm-80", "--dtype", "bf16", "--as", "formula", "--profile", "llm-engine", "c=100", "G=1024",
             "--batch", "B", "--format", writing)  # fmt: skip
    result = CliRunner().invoke(main, asked)
    assert result.exit_code == 0, result.stderr
    assert "0.762" in result.stdout
