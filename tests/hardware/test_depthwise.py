"""Depthwise convolutions take the rate that a device has for them."""

from __future__ import annotations

from pathlib import Path

import symcost
from symcost.hardware import Device
from symcost.hardware.kernels import Joined, kernels
from symcost.hardware.profile import Profile
from symcost.timing import Timing

CONVOLUTIONS = """model M(x: [Y, X, C]) {
  return x -> Conv2d(C, 3, groups = C, pad = 1) -> Conv2d(C, 3, groups = 2, pad = 1) -> Conv2d(C, 1)
}"""

DEVICE = """
schema = 2
name = "made up"
vendor = "nobody"
class = "cpu"
date = "2026-11-28"
[matrix]
fp32 = { value = "200 GFLOP/s", source = "made up" }
[depthwise]
fp32 = { value = "2 GFLOP/s", source = "made up" }
[vector]
fp32 = { value = "100 GOP/s", source = "made up" }
[memory.main]
bandwidth = { value = "100 TB/s", source = "made up" }
"""


def model() -> symcost.Model:
    return symcost.loads(CONVOLUTIONS).model().at(Y=8, X=8, C=16)


def test_only_groups_of_one_channel_are_depthwise() -> None:
    """Of three convolutions the first; one of two groups and one of a single group are products like others."""
    products = [kernel for kernel in kernels(model().subject, Joined()) if kernel.product]
    assert [kernel.depthwise for kernel in products] == [True, False, False]


def test_it_takes_its_own_rate(tmp_path: Path) -> None:
    """9 MACs for each of 8 * 8 * 16 results at 1 G a second: 9.216 us, a hundred times as long as at 100 G."""
    file = tmp_path / "made_up.toml"
    file.write_text(DEVICE, encoding="utf-8")
    found = Timing(model(), Device.load(file), "fp32").likely(Profile.load("none"))
    first = next(kernel for kernel in found.kernels if kernel.arithmetic)
    pointwise = 8 * 8 * 16 / 100e9  # the bias, which joins it
    assert abs(float(first.arithmetic) - 9 * 8 * 8 * 16 / 1e9 - pointwise) < 1e-12
