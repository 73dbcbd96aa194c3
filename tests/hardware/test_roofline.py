"""The roofline: ceilings of a device, and which of them binds a block."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost import pages
from symcost.cli.main import main
from symcost.hardware import Device
from symcost.hardware.roofline import ceilings
from symcost.timing import Timing

PRODUCT = "model M(x: [B, I], O) { param W: [I, O] return x @ W }"


def timed(text: str, device: str = "h100-sxm", dtype: str = "bf16", **sizes: int) -> Timing:
    return Timing(symcost.loads(text).model().at(**sizes), Device.load(device), dtype)


def test_each_ceiling_meets_the_roof_at_its_ridge() -> None:
    """Williams et al.: peak over bandwidth; products of an H100 from 989.4/3.35 = 295 operations a byte on."""
    found = {each.name: each for each in ceilings(Device.load("h100-sxm"), "bf16")}
    assert found["matrix products"].intensity == Fraction("989.4") / Fraction("3.35")
    assert found["div, exp, sqrt"].rate == Fraction("3.865") * 10**12
    assert all(each.intensity * Fraction("3.35") * 10**12 == each.rate for each in found.values())


@pytest.mark.parametrize(("rows", "binds"), [(256, "memory"), (1024, "matrix products")])
def test_a_product_stands_below_memory_or_below_its_peak(rows: int, binds: str) -> None:
    """Of B rows by n by n 2·B·n·n operations and 2·(2·B·n + n·n) bytes: the ridge of 295 lies between these B."""
    n = 4096
    fused, _ = timed(PRODUCT, B=rows, I=n, O=n).roofline(2)
    assert fused.intensity == Fraction(2 * rows * n * n, 2 * (2 * rows * n + n * n))
    assert fused.binds == binds
    peak, roof = Fraction("989.4") * 10**12, fused.intensity * Fraction("3.35") * 10**12
    assert fused.reached == min(peak, roof)
    assert fused.ridge == Fraction("989.4") / Fraction("3.35")


def test_exponentials_have_a_ceiling_of_their_own() -> None:
    """Where nothing else is done, 3.865 T exponentials a second on an H100, however small the numbers: 8 bits."""
    text = "model M(x: [N]) { repeat 9 { x = exp(x) } return x }"
    fused, _ = timed(text, dtype="fp8", N=10**6).roofline(1)
    assert fused.binds == "special functions"
    assert fused.reached == Fraction("3.865") * 10**12


def test_the_whole_is_as_long_as_the_least_time() -> None:
    """What the page calls fused and what `eval` calls at least are one."""
    timing = timed(PRODUCT, B=64, I=1024, O=512)
    fused, apart = timing.roofline(3)
    assert fused.time == timing.bound().time
    assert fused.operations == apart.operations == 2 * 64 * 1024 * 512


def test_the_page_in_all_writings() -> None:
    """A row for each ceiling, one for the whole, one for each block."""
    model = symcost.loads("model M(x: [T, D]) { return x -> Linear(D) -> softmax }").model().at(T=8, D=16)
    page = pages.roofline(model, "h100-sxm", "bf16")
    for writing in ("text", "markdown", "csv", "json", "latex", "typst"):
        assert "(fused)" in page.written(writing).replace("\\", "") or writing == "json"
    data = json.loads(page.written("json"))
    assert [each["name"] for each in data["ceilings"]] == ["matrix products", "lone operations", "div, exp, sqrt"]
    assert data["by_itself"]["ceiling"] == "memory"


def test_it_is_a_page_of_its_own(tmp_path: Path) -> None:
    """With a formula or a profile it is wrong use, exit status 2."""
    file = tmp_path / "m.arch"
    file.write_text(PRODUCT, encoding="utf-8")
    given = ["eval", str(file), "--on", "h100-sxm", "--dtype", "bf16", "B=8", "I=8", "O=8", "--roofline"]
    assert CliRunner().invoke(main, given).exit_code == 0
    for more in (["--profile", "none"], ["--as", "formula"]):
        assert CliRunner().invoke(main, [*given, *more]).exit_code == 2
