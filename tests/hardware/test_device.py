"""Devices: every figure has a source, and the figures are those that are published."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from symcost.errors import SymcostError
from symcost.hardware.device import UNITS, WIDTHS, Device

DEVICES = Device.available()


def test_the_kinds_of_shipped_devices() -> None:
    """Data-centre and consumer GPUs, a TPU, a server CPU, a Raspberry Pi, a microcontroller, a DSP: some of each."""
    assert {"h100-sxm", "rtx4090", "tpu-v5e", "xeon-8480p", "rpi5", "cortex-m7-480", "ti-c6678"} <= set(DEVICES)


@pytest.mark.parametrize("name", DEVICES)
def test_every_figure_has_its_source(name: str) -> None:
    device = Device.load(name)
    assert device.id == name
    assert device.figures
    for entry, figure in device.figures.items():
        assert figure.value > 0, entry
        assert len(figure.source) > 5, entry


@pytest.mark.parametrize("name", DEVICES)
def test_every_device_can_time_every_class_in_every_type_it_has(name: str) -> None:
    """Where a rate is missing there is a documented approximation, never a hole."""
    device = Device.load(name)
    assert device.dtypes and device.bandwidth > 0
    for dtype in device.dtypes:
        assert all(device.rate(c, dtype) > 0 for c in ("mac", "add", "mul", "div", "exp", "sqrt", "cmp"))


@pytest.mark.parametrize("name", DEVICES)
def test_a_wider_number_is_never_faster(name: str) -> None:
    """Peaks that fall with the width catch a figure in the wrong row or with sparsity."""
    device = Device.load(name)
    best = {width: Fraction(0) for width in (8, 4, 2, 1)}
    for dtype in device.dtypes:
        best[WIDTHS[dtype]] = max(best[WIDTHS[dtype]], device.rate("mac", dtype))
    rates = [rate for rate in best.values() if rate]
    assert rates == sorted(rates)


def test_one_mac_is_two_flop() -> None:
    """989.4 TFLOP/s on the data sheet are 494.7 tera multiply-accumulates a second."""
    device = Device.load("h100-sxm")
    assert device.figures["matmul.bf16"].value == Fraction("989.4")
    assert device.rate("mac", "bf16") == Fraction("494.7") * 10**12


@pytest.mark.parametrize(
    ("name", "dtype", "published"),
    [
        ("tpu-v5e", "bf16", 240),  # How to Scale Your Model, part 1: "about 240 FLOPs/byte"
        ("h100-sxm", "bf16", 295),  # 989.4e12 / 3.35e12
        ("a100-sxm-80", "fp16", 153),  # 312e12 / 2.039e12
        ("rtx4090", "fp32", 82),  # 82.6e12 / 1.008e12
    ],
)
def test_published_ridge_points(name: str, dtype: str, published: int) -> None:
    """The FLOP a byte must bring for products to be as slow as memory."""
    assert abs(Device.load(name).ridge(dtype) - published) < 1


def test_an_exponential_costs_an_h100_256_flop_of_products() -> None:
    """989.4 TFLOP/s against 3.865 T exponentials/s; FlashAttention-3 (arXiv:2407.08608) has 989 and 3.9."""
    device = Device.load("h100-sxm")
    assert round(2 * device.rate("mac", "fp16") / device.rate("exp", "fp16")) == 256


def test_a_lone_addition_runs_at_half_the_fma_peak() -> None:
    device = Device.load("a100-sxm-80")
    assert device.rate("add", "fp32") == device.rate("mac", "fp32") == Fraction("9.75") * 10**12
    assert device.rate("cmp", "fp32") == device.rate("add", "fp32")


def test_without_a_special_function_unit_the_itu_weights_hold() -> None:
    """G.191: a division takes as long as 18 additions, an exponential 25, a square root 10."""
    device = Device.load("cortex-m7-480")
    add = device.rate("add", "fp32")
    assert [add / device.rate(c, "fp32") for c in ("div", "exp", "sqrt")] == [18, 25, 10]


def test_a_type_without_vector_units_computes_as_fast_as_fp32() -> None:
    device = Device.load("tpu-v5e")
    assert device.rate("add", "bf16") == Fraction("6.144") * 10**12  # 8 * 128 * 4 lanes at 1.5 GHz
    assert 8 * 128 * 4 * 1_500_000_000 == 6_144_000_000_000


# Faults --------------------------------------------------------------------------------------------

OWN = """schema = 1
name = "Abacus"
vendor = "us"
class = "wood"

[matmul]
fp32 = { value = 0.5, source = "counted beads" }
"""


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Device]:
    def load(old: str = "", new: str = "") -> Device:
        path = tmp_path / "abacus.toml"
        path.write_text(OWN.replace(old, new, 1), encoding="utf-8")
        return Device.load(path)

    return load


def test_one_s_own_device(own: Callable[..., Device]) -> None:
    device = own()
    assert (device.id, device.dtypes, device.rate("mac", "fp32")) == ("abacus", ("fp32",), 25 * 10**10)


def test_a_missing_figure_says_which(own: Callable[..., Device]) -> None:
    with pytest.raises(SymcostError, match="`abacus` has no figure for memory bandwidth") as caught:
        own().bandwidth  # noqa: B018
    assert "memory.bandwidth_gbs" in str(caught.value)
    with pytest.raises(SymcostError, match="`abacus` has no figure for operations outside matrix products"):
        own().rate("add", "fp32")


def test_a_type_it_has_not_lists_those_it_has(own: Callable[..., Device]) -> None:
    with pytest.raises(SymcostError, match="`abacus` has no peak for `int4`") as caught:
        own().rate("mac", "int4")
    assert "it has peaks for `fp32`" in str(caught.value)


def test_the_nearest_device_is_proposed() -> None:
    with pytest.raises(SymcostError, match="did you mean `h100-sxm`"):
        Device.load("h100-smx")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema = 1", "schema = 2", "error[wrong-entry]: `schema` must be 1, not `2`"),
        ("schema = 1", "", "error[missing-entry]: the entry `schema` is missing"),
        ('vendor = "us"', "", "error[missing-entry]: the entry `vendor` is missing"),
        ("[matmul]", "[matmull]", "error[unknown-entry]: there is no entry `matmull` here"),
        ("fp32 =", "fp33 =", "error[unknown-entry]: there is no entry `fp33` here"),
        ("value = 0.5", "value = 0", "error[wrong-entry]: `value` must be above 0, not `0`"),
        ("value = 0.5", 'value = "0.5"', 'error[wrong-entry]: `value` must be a number from 0, not `"0.5"`'),
        (', source = "counted beads"', "", "error[missing-entry]: the entry `source` is missing"),
        (
            '{ value = 0.5, source = "counted beads" }',
            "3",
            "error[wrong-entry]: `fp32` must be a table, not `3`",
        ),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong(own: Callable[..., Device], old: str, new: str, said: str) -> None:
    with pytest.raises(SymcostError) as caught:
        own(old, new)
    assert str(caught.value).startswith(said)


def test_every_unit_of_the_schema_is_used() -> None:
    """An entry that no shipped file gives would be a figure nobody can check."""
    used = {entry for name in DEVICES for entry in Device.load(name).figures}
    rates = {f"vector.{dtype}" for dtype in WIDTHS}  # narrow types borrow the rate of fp32
    assert used | rates == {f"{unit}.{key}" for unit, keys in UNITS.items() for key in keys}
