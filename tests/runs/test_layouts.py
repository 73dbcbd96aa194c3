"""Several devices in several layouts, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from symcost.cli import main

LLAMA = str(Path(__file__).parents[2] / "examples/language/llama.arch")
SERVE = ("serve", LLAMA, "--config", "llama2_70b", "--dtype", "bf16", "--prompt", "512", "--write", "64",
         "--price", "2", "--format", "json")  # fmt: skip
BOTH = ("--on", "h100-sxm", "--on", "a100-sxm-80")


def test_every_layout_of_every_device_that_fits() -> None:
    """138 GB of weights: not on one device of 80 GB; all other layouts are there, the fastest first."""
    result = CliRunner().invoke(main, [*SERVE, *BOTH, "--tensor", "1,2,4", "--pipeline", "1,2"])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    rows = found["rows"]
    assert {(row["device"], row["layout"]["tensor"], row["layout"]["pipeline"]) for row in rows} == {
        (device, tensor, stages)
        for device in ("h100-sxm", "a100-sxm-80") for tensor in (1, 2, 4) for stages in (1, 2) if tensor * stages > 1
    }  # fmt: skip
    assert found["left_out"] == ["h100-sxm, one device: does not fit", "a100-sxm-80, one device: does not fit"]
    times = [row["token_seconds"] for row in rows]
    assert times == sorted(times)
    cheapest = min(rows, key=lambda row: row["usd"])
    assert "price" in cheapest["best_in"]
    assert "price" in rows[0]["best_in"] or rows[0]["usd"] >= rows[1]["usd"]


def test_one_device_in_several_layouts() -> None:
    """A layout alone is told in full; two are set side by side."""
    alone, two = (
        json.loads(CliRunner().invoke(main, [*SERVE, "--on", "h100-sxm", "--batch", "8", "--tensor", given]).stdout)
        for given in ("4", "4,8")
    )
    assert alone["layout"]["tensor"] == 4
    assert [row["layout"]["tensor"] for row in two["rows"]] == [8, 4]


@pytest.mark.parametrize("given", ["0", "1,x", "1,,2", ",".join(["1"] * 65)])
def test_wrong_use(given: str) -> None:
    """Status 2."""
    assert CliRunner().invoke(main, [*SERVE, "--on", "h100-sxm", "--batch", "8", "--tensor", given]).exit_code == 2


def test_a_layout_that_does_not_divide() -> None:
    """64 heads on 3 devices: a report with the nearest that works."""
    result = CliRunner().invoke(main, [*SERVE, *BOTH, "--tensor", "2,3"])
    assert result.exit_code == 1
    assert "`--tensor 2` or `--tensor 4`" in result.stderr
