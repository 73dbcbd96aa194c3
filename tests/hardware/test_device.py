"""Devices: every figure has a source, and the figures are those that are published."""

from fractions import Fraction

import pytest

from symcost.errors import MissingFigure
from symcost.hardware import shelf
from symcost.hardware.device import WIDTHS, Device

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
        assert figure.date[:2] in ("19", "20"), entry


@pytest.mark.parametrize("name", DEVICES)
def test_every_device_multiplies_and_what_it_cannot_tell_is_named(name: str) -> None:
    """Where a rate is missing there is a documented approximation, or a fault that says which."""
    device = Device.load(name)
    assert device.dtypes
    for dtype in device.dtypes:
        for operation in ("mac", "add", "mul", "div", "exp", "sqrt", "cmp"):
            if operation == "mac" or "vector.fp32" in device.figures or f"special.{operation}" in device.figures:
                assert 0 < device.rate(operation, dtype) <= device.ceiling(operation, dtype)
            elif f"vector.{dtype}" not in device.figures:
                with pytest.raises(MissingFigure, match="operations outside matrix products"):
                    device.rate(operation, dtype)


NARROW_IS_SLOW = {"v100-sxm2-32"}  # its tensor cores multiply fp16 only; int8 runs beside them (dp4a)


@pytest.mark.parametrize("name", sorted(set(DEVICES) - NARROW_IS_SLOW))
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
    assert device.figures["matrix.bf16"].value == Fraction("989.4") * 10**12
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


def test_rates_follow_the_clock() -> None:
    """A Xeon 8480+ has 7.17 TFLOP/s at its base clock of 2 GHz, 1.9 times that at the 3.8 GHz of one core."""
    device = Device.load("xeon-8480p")
    assert device.at_clock("matrix.fp32", "load") == Fraction("7.17") * 10**12
    assert device.at_clock("matrix.fp32", "boost") == Fraction("7.17") * 10**12 * Fraction("1.9")
    assert device.ceiling("mac", "fp32") == device.at_clock("matrix.fp32", "boost") / 2


def test_what_is_on_the_chip() -> None:
    """An H100: 132 times 512 KiB of registers and shared memory, and 50 MB of L2."""
    assert Device.load("h100-sxm").on_chip == 132 * 512 * 1024 + 50 * 10**6


def test_links_are_told_in_one_direction() -> None:
    """NVLink 4: 18 links of 50 GB/s both ways are 450 GB/s one way; a microcontroller has none."""
    links = Device.load("h100-sxm").links
    assert links["nvlink"].bandwidth == 18 * 50 * 10**9 // 2
    assert links["nvlink"].latency is None
    assert set(links) == {"nvlink", "pcie"}
    assert Device.load("rp2040").links == {}


def test_tables_of_the_shelf() -> None:
    """Filters: fp8 and 80 GB have only data-centre GPUs; a class that there is not is refused."""
    found = {device.id for device in shelf("gpu", None, "fp8", Fraction(80 * 10**9))}
    assert {"h100-sxm", "mi300x", "b200-hgx"} <= found
    assert "rtx4090" not in found and "a100-sxm-80" not in found
    with pytest.raises(ValueError, match="no device has the class 'toaster'"):
        shelf("toaster", None, None, Fraction(0))
