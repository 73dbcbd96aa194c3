"""Decoders of the library by their type alone: what it makes of a configuration that says nothing else.

`decoders.csv` was counted with transformers 5.24.0 over torch 2.14.1 on the meta device: parameters once each, after
tying; MACs as half of what FlopCounterMode counts over one sequence of 128 tokens, with eager attention and experts as
batched products. Where it has no MACs, the forward pass of the default configuration does not run without a device.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import symcost
from symcost import zoo

ROWS = list(csv.DictReader((Path(__file__).parent / "decoders.csv").read_text("utf-8").splitlines()))
EVERY = 6
"""One of so many stands for the others, which run with `--all`."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "row",
    [
        pytest.param(row, id=row["model_type"], marks=[pytest.mark.thorough] if place % EVERY else [])
        for place, row in enumerate(ROWS)
    ],
)
def test_as_many_as_the_library_has(row: dict[str, str]) -> None:
    """Parameters and multiply-accumulates, to the last one."""
    model = symcost.from_config({"model_type": row["model_type"], "architectures": [row["class"]]})
    assert model.params() == int(row["params"])
    if row["macs"]:
        assert model.macs(T=128) == int(row["macs"])


def test_each_is_spoken_of() -> None:
    """At least one hundred types of decoders have a file that reads them."""
    assert len(ROWS) >= 100
    assert {row["model_type"] for row in ROWS} <= set(zoo.types())


def test_what_the_library_leaves_open_is_asked_for() -> None:
    """DeepSeek-V2's class does not say how many experts a token chooses: its model cannot run, nor be counted."""
    with pytest.raises(symcost.SymcostError, match="`num_experts_per_tok` is null"):
        symcost.from_config({"model_type": "deepseek_v2"}).macs(T=128)
