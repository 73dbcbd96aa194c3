"""Calibration: what is made of the answers, and the benchmarks themselves where NumPy is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from symcost.errors import MissingExtra
from symcost.hardware import Device
from symcost.hardware.benchmarks import LADDER, Answer, answers
from symcost.hardware.calibrate import Calibration, calibrated, device_text, profile_text
from symcost.hardware.profile import Profile


def made_up(factor: float = 1.0) -> tuple[Answer, ...]:
    """A machine that multiplies 100 GFLOP/s, adds 12 GB/s and begins something in 200 ns, a product in 400.

    A number of a matrix is copied in the time of 8 MACs.
    """
    ladder = [
        Answer(f"add-{size // 1024}k", "addition", (size / 12e9 + 200e-9) * factor, size, "B/s", 0.01)
        for size in LADDER
    ]
    return (
        Answer("product", "product", (2 * (256 + 8) * 256**2 / 100e9 + 400e-9) * factor, 2 * 256**3, "FLOP/s", 0.01),
        Answer("rows", "of few rows", 2 * (32 + 8) * 256**2 / 100e9 + 400e-9, 2 * 32 * 256**2, "FLOP/s", 0.01),
        Answer("one-product", "product of one", 400e-9, 2, "FLOP/s", 0.01),
        *ladder,
        Answer("exp", "exponentials", 4096 / 1e9, 4096, "OP/s", 0.01),
        Answer("read", "reading", LADDER[-1] / 12e9, LADDER[-1], "B/s", 0.01),
        Answer("tiny", "addition of one", 200e-9, 1, "launch", 0.01),
        Answer("depthwise", "depthwise", 1e-3, 5e6, "FLOP/s", 0.01),
        Answer("large", "large", 0.04, 2**27, "B/s", 0.01),
    )


def test_the_files_are_a_device_and_a_profile(tmp_path: Path) -> None:
    """The rates stand in them with their benchmarks as sources."""
    found = Calibration(made_up(), made_up(1.005))
    device_file, profile_file = tmp_path / "here.toml", tmp_path / "here_numpy.toml"
    device_file.write_text(device_text(found), encoding="utf-8")
    profile_file.write_text(profile_text(found), encoding="utf-8")
    device, profile = Device.load(device_file), Profile.load(profile_file)
    assert float(2 * device.rate("mac", "fp32")) == pytest.approx(100e9, rel=1e-3)
    assert float(profile.packing) == pytest.approx(8, rel=1e-2)
    assert float(profile.launch(True)) == pytest.approx(400e-9, rel=1e-3)
    assert float(device.bandwidth) == pytest.approx(12e9, rel=1e-3)
    assert float(device.rate("add", "fp32")) == pytest.approx(1e9, rel=1e-3)
    assert float(profile.latency) == pytest.approx(200e-9, rel=1e-3)
    assert len(profile.samples) == len(found.first)


def test_a_second_run_that_is_far_off_is_told() -> None:
    """Half a percent is within the noise of 1 %, a fifth is not."""
    near, far = Calibration(made_up(), made_up(1.005)), Calibration(made_up(), made_up(1.2))
    assert near.agree == len(near.first)
    assert far.agree == len(far.first) - 1 - len(LADDER)


def test_numpy_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "numpy", None)
    with pytest.raises(MissingExtra, match="`numpy` is not installed"):
        calibrated()


def test_the_benchmarks_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each some positive rate; shortened, since speed is not what is tested."""
    numpy = pytest.importorskip("numpy")
    monkeypatch.setattr("symcost.hardware.benchmarks.ROUND_SECONDS", 0.001)
    found = list(answers(numpy))
    assert len(found) == 8 + len(LADDER)
    assert all(answer.rate > 0 and answer.noise >= 0 for answer in found)
