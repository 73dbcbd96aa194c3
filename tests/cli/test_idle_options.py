"""Options that would do nothing beside others are refused, never dropped."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import symcost
from symcost.cli import main
from symcost.hardware import Device
from symcost.runs import Counts, Plan, search

LLAMA = str(Path(__file__).parents[2] / "examples/language/llama.arch")
SERVE = ("serve", LLAMA, "--config", "llama32_1b", "--on", "h100-sxm", "--dtype", "bf16", "--prompt", "64",
         "--write", "64")  # fmt: skip
TRAIN = ("train", LLAMA, "--config", "llama32_1b", "--on", "h100-sxm", "--dtype", "bf16", "--tokens", "1e9",
         "--batch", "64", "--devices")  # fmt: skip


def told(*asked: str) -> Result:
    return CliRunner().invoke(main, asked)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((*TRAIN, "8", "--fit", "--mfu", "0.4"), "measured of one layout"),
        ((*TRAIN, "8,16", "--fit", "--mfu", "0.4"), "measured of one layout"),
        ((*TRAIN, "8", "--fit", "--tensor", "2", "--micro", "2"), "--tensor and --micro do nothing"),
        ((*TRAIN, "8", "--fit", "--recompute", "selective"), "--recompute does nothing"),
        ((*TRAIN, "8", "--fit", "--as", "formula"), "ranks layouts by numbers"),
        ((*TRAIN, "8", "--as", "formula", "--price", "2"), "--price does nothing"),
        ((*TRAIN, "8,16", "--mfu", "0.4", "--efficiency", "0.5"), "give one of"),
        ((*TRAIN, "1", "--between", "pcie"), "one device sends nothing"),
        ((*TRAIN, "8", "--embodied", "3"), "without --intensity"),
        ((*TRAIN, "8", "--profile", "megatron", "--node", "4"), "--node does nothing"),
        ((*TRAIN, "8", "T=256", "--length", "128"), "T=256 and --length 128"),
        ((*SERVE, "--against-on", "b200-hgx", "--price", "2"), "--price does nothing"),
        ((*SERVE, "--as", "formula", "--watts", "300"), "--watts does nothing"),
        ((*SERVE, "--ahead", "3"), "without --draft"),
        ((*SERVE, "--link", "pcie"), "sent nowhere"),
    ],
)
def test_refused(asked: tuple[str, ...], said: str) -> None:
    """With what to do instead, and nothing printed."""
    result = told(*asked)
    assert result.exit_code == 2 and not result.stdout
    assert said in result.stderr


def test_refused_in_python() -> None:
    """A search under an MFU, too."""
    model = symcost.load(LLAMA).model("Llama").configured("llama32_1b").at(T=256)
    with pytest.raises(ValueError, match="measured of one layout"):
        search(Counts(model), Device.load("h100-sxm"), "bf16", Plan(10**9, 8, 64, mfu=Fraction(1, 2)))


def test_one_layout_has_one_time() -> None:
    """The fastest layout takes as long, and costs as much, alone and side by side."""
    asked = (*TRAIN, "16", "--fit", "--price", "2", "--format", "json")
    alone = json.loads(told(*asked, "T=256").stdout)["fitting"][0]
    (beside,) = json.loads(told(*asked, "--length", "256").stdout)["rows"]
    for name in ("step_seconds", "seconds", "usd", "energy_joules"):
        assert alone[name] == pytest.approx(beside[name])
    assert alone["layout"]["pipeline"] == beside["layout"]["pipeline"]


def test_which_link_is_taken() -> None:
    """Said where devices are more than a node has and no link is named."""
    said = "as if all 16 devices lay in one node"
    asked = (*TRAIN, "16", "T=256", "--zero", "3")
    assert said in " ".join(told(*asked).stdout.split())
    assert said in " ".join(told(*asked, "--fit").stdout.split())
    for more in (("--node", "16"), ("--between", "pcie")):
        assert "lay in one node" not in " ".join(told(*asked, *more).stdout.split())


def test_what_fast_and_cheap_mean() -> None:
    """The legends say it; what differs everywhere leaves no empty list; a given MFU is not called measured."""
    served = " ".join(told(*SERVE, "--tensor", "1,2").stdout.split())
    assert "fast is the time of `a token`" in served
    many = told(*TRAIN, "8,16", "--batch", "64,128", "--length", "128,256", "--on", "a100-sxm-80", "--mfu", "0.3",
                "--zero", "3", "--intensity", "300").stdout  # fmt: skip
    assert "all with" not in many and "at the given MFU" in many and "CO2e" in many
