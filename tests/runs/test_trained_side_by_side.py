"""Devices, how many of them, batches and lengths side by side: each as if it were asked for alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from pickle import dumps, loads
from typing import Any

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import DoesNotFit
from symcost.hardware import Device
from symcost.runs import Counts, Plan, Rates, Training, search

FILE = Path(__file__).parents[2] / "examples/language/llama.arch"
ONE = symcost.load(FILE).model("Llama").configured("llama32_1b").at(T=256)
PLAN = Plan(10**9, 8, 64, zero=1, efficiency=Fraction(1, 2))
PLANS = [replace(PLAN, devices=devices, batch=batch) for devices, batch in product((8, 16), (64, 128))]
PRICE = Rates(price=Fraction(2))
MACHINES = ["h100-sxm", "a100-sxm-80"]
TRAIN = ("train", str(FILE), "--config", "llama32_1b", "--dtype", "bf16", "--tokens", "1e9", "--zero", "1")


def rows(**more: Any) -> list[dict[str, Any]]:
    page = symcost.train_side_by_side(ONE, MACHINES, "bf16", plans=PLANS, lengths=[128, 256], rates=PRICE, **more)
    assert page.data is not None
    found: list[dict[str, Any]] = page.data()["rows"]
    return found


@pytest.fixture(scope="module")
def here() -> list[dict[str, Any]]:
    return rows()


def test_each_is_as_it_is_alone(here: list[dict[str, Any]]) -> None:
    """Of every device, number, batch and length; those of the same batch and length together, the fastest first."""
    assert len(here) == 16
    for row in here[::5]:
        plan = replace(PLAN, devices=row["devices"], batch=row["batch"])
        alone = Training(Counts(ONE.at(T=row["length"])), Device.load(row["device"]), "bf16", plan, PRICE)
        assert row["seconds"] == pytest.approx(float(alone.seconds))
        assert row["usd"] == pytest.approx(float(alone.bill.price or 0))
    order = [(row["length"], row["batch"], row["seconds"]) for row in here]
    assert order == sorted(order)


def test_none_is_marked_that_another_beats(here: list[dict[str, Any]]) -> None:
    """Among those of the same batch and length, by trying all pairs."""
    for (name, cost), row in product((("price", "usd"), ("energy", "energy_joules")), here):
        alike = [one for one in here if (one["batch"], one["length"]) == (row["batch"], row["length"])]
        mine = (row["seconds"], row[cost])
        others = [(one["seconds"], one[cost]) for one in alike]
        beaten = any(one[0] <= mine[0] and one[1] <= mine[1] and one != mine for one in others)
        assert (name in row["best_in"]) is not beaten


def sent(function: Callable[[Any], Any], cases: Sequence[Any]) -> list[Any]:
    """As to another machine: what goes there and what comes back are bytes."""
    return [loads(dumps(loads(dumps(function))(loads(dumps(case))))) for case in cases]


def test_it_may_be_worked_out_elsewhere(here: list[dict[str, Any]]) -> None:
    """What threads find, and what comes back from another machine, is what is found here."""
    assert rows(each=sent) == here
    with ThreadPoolExecutor(2) as pool:
        assert rows(each=pool.map) == here


def test_the_fastest_that_fits() -> None:
    """With `fit` a row is the first that the search finds."""
    page = symcost.train_side_by_side(ONE, ["h100-sxm"], "bf16", plans=PLANS[:1], fit=True)
    assert page.data is not None
    (row,) = page.data()["rows"]
    first = search(Counts(ONE), Device.load("h100-sxm"), "bf16", PLANS[0]).fitting[0]
    assert row["seconds"] == pytest.approx(float(first.seconds))
    assert row["layout"]["tensor"] == first.layout.tensor


def test_what_does_not_fit_is_left_out() -> None:
    """With its reason; where none fits, the first is the fault."""
    plans = [replace(PLAN, zero=0)]
    page = symcost.train_side_by_side(ONE, ["t4", "h100-sxm"], "fp16", plans=plans)
    assert page.data is not None
    found = page.data()
    assert found["left_out"] == ["8 t4, batch 64, 256 tokens: does not fit"]
    assert [row["device"] for row in found["rows"]] == ["h100-sxm"]
    with pytest.raises(DoesNotFit):
        symcost.train_side_by_side(ONE, ["t4"], "fp16", plans=plans)
    with pytest.raises(ValueError, match="at least one plan"):
        symcost.train_side_by_side(ONE, ["t4"], "fp16", plans=[])


def test_as_typed() -> None:
    """Lengths, batches and devices; lines of 80 stay whole."""
    asked = [*TRAIN, "--on", "h100-sxm", "--devices", "8,12", "--batch", "64", "--length", "128,256"]
    text = CliRunner().invoke(main, [*asked, "--on", "a100-sxm-80", "--price", "2"])
    assert text.exit_code == 0, text.stderr
    assert "…" not in text.stdout
    found = json.loads(CliRunner().invoke(main, [*asked, "--format", "json"]).stdout)
    assert [(row["devices"], row["length"]) for row in found["rows"]] == [(8, 128), (8, 256)]
    assert len(found["left_out"]) == 2


@pytest.mark.parametrize(
    "more", [("--batch", "64,0"), ("--batch", "64,x"), ("--batch", "64,128", "--as", "formula"), ("--length", "")]
)
def test_wrong_use(more: tuple[str, ...]) -> None:
    """Refused, and nothing is printed."""
    batch = () if "--batch" in more else ("--batch", "64")
    result = CliRunner().invoke(main, [*TRAIN, "--on", "h100-sxm", "--devices", "8", "T=128", *batch, *more])
    assert result.exit_code == 2
    assert not result.stdout
