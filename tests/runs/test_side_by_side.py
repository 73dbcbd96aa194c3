"""Devices, layouts and lengths side by side: each as if it were asked for alone, wherever it is worked out."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import DoesNotFit
from symcost.hardware import Device
from symcost.hardware.profile import Profile
from symcost.runs import Ask, Draft, Layout, Rates, Service

FILE = Path(__file__).parents[2] / "examples/language/llama.arch"
LLAMA = symcost.load(FILE).model("Llama")
EIGHT, ONE = LLAMA.configured("llama3_8b"), LLAMA.configured("llama32_1b")
LAYOUTS = [Layout(1), Layout(2)]
ASKS = [Ask(64, 16), Ask(512, 16), Ask(512, 64)]
SERVE = ("serve", str(FILE), "--config", "llama3_8b", "--on", "h100-sxm", "--dtype", "bf16", "--write", "16")


def rows(**more: Any) -> list[dict[str, Any]]:
    page = symcost.serve_side_by_side(
        EIGHT, ["h100-sxm", "l40s"], "bf16", ask=ASKS, layouts=LAYOUTS, rates=Rates(price=Fraction(2)), **more
    )
    assert page.data is not None
    found: list[dict[str, Any]] = page.data()["rows"]
    return found


def test_each_is_as_it_is_alone() -> None:
    """Of every device, layout and length; those of the same lengths together, the fastest first."""
    found = rows()
    engine = Profile.load("llm-engine")
    for row in found:
        ask, layout = Ask(row["prompt"], row["write"]), Layout(row["layout"]["tensor"])
        alone = Service(EIGHT, Device.load(row["device"]), "bf16", ask, layout)
        pace, _ = alone.likely(engine)
        assert (row["texts"], row["token_seconds"]) == (alone.batch, pytest.approx(float(pace.token)))
    order = [(row["prompt"], row["write"], row["token_seconds"]) for row in found]
    assert order == sorted(order)


def test_none_is_marked_that_another_beats() -> None:
    """Among those of the same lengths, by trying all pairs."""
    for name, cost in (("price", "usd"), ("energy", "energy_joules")):
        found = rows()
        for row in found:
            alike = [one for one in found if (one["prompt"], one["write"]) == (row["prompt"], row["write"])]
            mine = (row["token_seconds"], row[cost])
            others = [(one["token_seconds"], one[cost]) for one in alike]
            beaten = any(one[0] <= mine[0] and one[1] <= mine[1] and one != mine for one in others)
            assert (name in row["best_in"]) is not beaten


def sent(function: Callable[[Any], Any], cases: Sequence[Any]) -> list[Any]:
    """As to another machine: what goes there and what comes back are bytes."""
    return [pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(function))(pickle.loads(pickle.dumps(case)))))
            for case in cases]  # fmt: skip


def test_it_may_be_worked_out_elsewhere() -> None:
    """What threads find, and what comes back from another machine, is what is found here."""
    here = rows()
    assert rows(each=sent) == here
    with ThreadPoolExecutor(2) as pool:
        assert rows(each=pool.map) == here


def test_on_a_cluster() -> None:
    """The same by Dask."""
    distributed = pytest.importorskip("distributed")
    with distributed.Client(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as client:
        assert rows(each=lambda function, cases: client.gather(client.map(function, cases))) == rows()


def test_a_draft_beside_each() -> None:
    """As it is alone."""
    draft = Draft(ONE, Fraction(7, 10), 4)
    found = rows(draft=draft)
    first = found[0]
    ask, layout = Ask(first["prompt"], first["write"]), Layout(first["layout"]["tensor"])
    alone = Service(EIGHT, Device.load(first["device"]), "bf16", ask, layout, draft=draft)
    assert first["token_seconds"] == pytest.approx(float(alone.likely(Profile.load("llm-engine"))[0].token))


def test_as_typed() -> None:
    """Lengths are columns of their own; what does not fit is told with its lengths; lines of 80 stay whole."""
    result = CliRunner().invoke(main, [*SERVE, "--prompt", "64,128", "--tensor", "1,2", "--price", "2.5"])
    assert result.exit_code == 0, result.stderr
    assert all(name in result.stdout for name in ("prompt", "energy/M", "USD/M"))
    assert "…" not in result.stdout
    found = json.loads(CliRunner().invoke(main, [*SERVE, "--prompt", "64,128", "--format", "json"]).stdout)
    assert [(row["prompt"], row["write"]) for row in found["rows"]] == [(64, 16), (128, 16)]
    many = CliRunner().invoke(main, [*SERVE, "--prompt", "64,1000000", "--format", "json"])
    assert json.loads(many.stdout)["left_out"] == ["h100-sxm, one device, 1000000 read and 16 written: does not fit"]


def test_none_fits() -> None:
    """The fault of the first."""
    with pytest.raises(DoesNotFit):
        symcost.serve_side_by_side(EIGHT, ["t4"], "fp16", ask=Ask(512, 16), layouts=[Layout(1)])


@pytest.mark.parametrize(
    "more",
    [
        ("--prompt", "64,0"),
        ("--prompt", "64,x"),
        ("--prompt", "64,128", "--against-on", "l40s"),
        ("--prompt", "64,128", "--chunk", "99"),
    ],
)
def test_wrong_use(more: tuple[str, ...]) -> None:
    """Refused, and nothing is printed."""
    result = CliRunner().invoke(main, [*SERVE, *more])
    assert result.exit_code in (1, 2)
    assert not result.stdout
