"""Where no layout fits, or none divides: what is named instead does, and nothing nearer."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import DoesNotFit, NoLayout
from symcost.hardware import Device
from symcost.runs import Counts, Plan, search

FILE = Path(__file__).parents[2] / "examples/language/llama.arch"
LLAMA = Counts(symcost.load(FILE).model("Llama").configured("llama_65b"))
A100 = Device.load("a100-sxm-80")


@pytest.mark.parametrize("zero", [0, 1])
@pytest.mark.parametrize("devices", [8])
def test_what_is_named_fits(devices: int, zero: int) -> None:
    """By asking for it; of devices half as many do not do."""
    plan = Plan(10**9, devices, 16, zero=zero)
    with pytest.raises(DoesNotFit) as fault:
        search(LLAMA, A100, "bf16", plan)
    named = re.search(r"`--(zero|devices) (\d+)` fits", str(fault.value))
    assert named is not None
    instead = {named[1]: int(named[2])}
    assert search(LLAMA, A100, "bf16", replace(plan, **instead)).fitting  # type: ignore[arg-type]
    if named[1] == "devices" and int(named[2]) > 2 * devices:
        with pytest.raises(DoesNotFit):
            search(LLAMA, A100, "bf16", replace(plan, devices=int(named[2]) // 2))


@pytest.mark.parametrize("devices", [7, 13])
def test_the_nearest_devices_that_divide(devices: int) -> None:
    """By trying all others up to them."""
    plan = Plan(10**9, devices, 16, zero=3)
    with pytest.raises(NoLayout) as fault:
        search(LLAMA, A100, "bf16", plan)
    below, above = (int(number) for number in re.findall(r"`--devices (\d+)`", str(fault.value)))
    assert below < devices < above
    for other in range(below, above + 1):
        try:
            search(LLAMA, A100, "bf16", replace(plan, devices=other))
            divides = True
        except NoLayout:
            divides = False
        except DoesNotFit:
            divides = True
        assert divides is (other in (below, above))


def test_sizes_beyond_all_measure_end() -> None:
    """A prime number of devices that nobody has is refused in no time."""
    with pytest.raises(NoLayout):
        search(LLAMA, A100, "bf16", Plan(10**9, 10**9 + 7, 10**12))


def test_as_typed() -> None:
    """Status 1 and a report; a layout that does not fit is told where to look."""
    asked = ("train", str(FILE), "--config", "llama_65b", "--on", "a100-sxm-80", "--dtype", "bf16", "--devices", "8",
             "--tokens", "1e9", "--batch", "8")  # fmt: skip
    result = CliRunner().invoke(main, [*asked, "--fit"])
    assert result.exit_code == 1
    assert "`--devices 16` fits" in result.stderr
    assert "`--fit` looks for layouts" in " ".join(CliRunner().invoke(main, asked).stdout.split())
