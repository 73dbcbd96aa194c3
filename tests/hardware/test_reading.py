"""Device files of one's own: what is read, and what is wrong with one; files of schema 1 are written anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st

from symcost.cli import main
from symcost.errors import SymcostError
from symcost.hardware import Device
from symcost.hardware.migrate import migrated
from symcost.hardware.reading import GROUPS, LINKS, NESTED
from symcost.hardware.units import DECIMAL, UNITS, measured

OWN = """schema = 2
name = "Abacus"
vendor = "us"
class = "wood"
date = "1957-03"

[matrix]
fp32 = { value = "0.5 TFLOP/s", source = "counted beads" }
"""


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Device]:
    def load(old: str = "", new: str = "") -> Device:
        path = tmp_path / "abacus.toml"
        path.write_text(OWN.replace(old, new, 1), encoding="utf-8")
        return Device.load(path)

    return load


def test_one_s_own_device(own: Callable[..., Device]) -> None:
    """Half a TFLOP/s are 0.25 T multiply-accumulates; the date of the file is that of its figures."""
    device = own()
    assert (device.id, device.dtypes, device.rate("mac", "fp32")) == ("abacus", ("fp32",), 25 * 10**10)
    assert device.figures["matrix.fp32"].date == "1957-03"


def test_a_missing_figure_says_which(own: Callable[..., Device]) -> None:
    with pytest.raises(SymcostError, match="`abacus` has no figure for memory bandwidth") as caught:
        own().bandwidth  # noqa: B018
    assert 'memory.main.bandwidth = { value = "3350 GB/s"' in str(caught.value)
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
        ("schema = 2", "schema = 3", "error[newer-schema]: this device file is of schema 3, and this symcost reads 2"),
        ("schema = 2", "schema = 1", "error[old-schema]: this device file is of schema 1"),
        ("schema = 2", "", "error[missing-entry]: the entry `schema` is missing"),
        ('vendor = "us"', "", "error[missing-entry]: the entry `vendor` is missing"),
        ("[matrix]", "[matmul]", "error[unknown-entry]: there is no entry `matmul` here"),
        ("fp32 =", "fp33 =", "error[unknown-entry]: there is no entry `fp33` here"),
        ('"0.5 TFLOP/s"', '"0 TFLOP/s"', 'error[wrong-entry]: `value` must be above 0, not `"0 TFLOP/s"`'),
        ('"0.5 TFLOP/s"', '"-1 TFLOP/s"', "error[wrong-entry]: `value` must be above 0"),
        ('"0.5 TFLOP/s"', "0.5", "error[missing-unit]: `fp32` must be operations a second with a unit, not `0.5`"),
        ('"0.5 TFLOP/s"', "true", "error[missing-unit]: `fp32` must be operations a second with a unit"),
        ('"0.5 TFLOP/s"', '"0.5"', "error[missing-unit]: `fp32` must be operations a second with a unit, not `0.5`"),
        ('"0.5 TFLOP/s"', '"1e999 FLOP/s"', "error[missing-unit]"),
        ('"0.5 TFLOP/s"', '"0.5 TB"', "error[other-unit]: `fp32` must be operations a second, and `0.5 TB` is bytes"),
        ('"0.5 TFLOP/s"', '"1 TFLOP/s with sparsity"', "error[sparse-figure]: `fp32` must be a dense rate"),
        (', source = "counted beads"', "", "error[missing-entry]: the entry `source` is missing"),
        ('date = "1957-03"', "", "error[missing-entry]: the entry `date` is missing"),
        ('"1957-03"', '"long ago"', "error[wrong-entry]: `date` must be a date"),
        ('"counted beads" }', '"counted beads", at = "night" }', "error[wrong-entry]: `at` must be `boost` or `load`"),
        ('"counted beads" }', '"counted beads", copies = 2 }', "error[unknown-entry]: there is no entry `copies` here"),
        ('{ value = "0.5 TFLOP/s", source = "counted beads" }', "3", "error[wrong-entry]: `fp32` must be a table"),
    ],
)
def test_a_wrong_file_is_told_what_is_wrong(own: Callable[..., Device], old: str, new: str, said: str) -> None:
    with pytest.raises(SymcostError) as caught:
        own(old, new)
    assert str(caught.value).startswith(said)
    assert "abacus.toml:" in str(caught.value)


def test_every_entry_of_the_schema_is_used_but_for_some_types_and_prices() -> None:
    """An entry that no shipped file gives would be a figure nobody can check."""
    used = {entry.rpartition(".")[0] for name in Device.available() for entry in Device.load(name).figures}
    known = {*GROUPS, *(f"{group}.{name}" for group, (names, _) in NESTED.items() for name in names)}
    unused = {"price", "depthwise", *(f"links.{name}" for name in LINKS)}
    assert known - unused <= used <= known


@given(st.integers(1, 10**12), st.sampled_from(sorted(DECIMAL)), st.sampled_from(sorted(UNITS)))
def test_a_quantity_is_its_number_times_its_unit(number: int, prefix: str, unit: str) -> None:
    """Exact, whatever the prefix."""
    found = measured(f"{number} {prefix}{unit}")
    assert found is not None
    assert found.value == number * DECIMAL[prefix] * UNITS[unit].size
    assert found.dimension == UNITS[unit].dimension


@given(st.text(max_size=20))
def test_any_text_is_a_quantity_or_none(text: str) -> None:
    """Nothing raises."""
    found = measured(text)
    assert found is None or found.value >= 0


OLD = """schema = 1
name = "Abacus"
vendor = "us"
class = "wood"
notes = "of \\"oak\\""

[matmul]
fp32 = { value = 0.5, source = "counted beads", note = "by hand" }

[vector]
fp32 = { value = 0.25, source = "half" }

[memory]
bandwidth_gbs = { value = 3.2, source = "a shelf" }
size_gb = { value = 24, source = "a shelf" }

[power]
peak_w = { value = 70, source = "a meal" }
"""


def test_an_old_file_is_written_anew(tmp_path: Path) -> None:
    """The same figures: 0.5 TFLOP/s, 3.2 GB/s, 24 GB, 70 W."""
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_text(OLD, encoding="utf-8")
    new.write_text(migrated(old, date(2026, 11, 28)), encoding="utf-8")
    device = Device.load(new)
    assert device.notes == 'of "oak"'
    assert device.figures["matrix.fp32"].value == 5 * 10**11
    assert device.figures["matrix.fp32"].note == "by hand"
    assert device.rate("add", "fp32") == 25 * 10**10
    assert (device.bandwidth, device.size, device.power) == (Fraction("3.2") * 10**9, 24 * 10**9, 70)
    assert device.figures["power.limit"].date == "2026-11-28"


def test_the_command_migrates_and_says_so(tmp_path: Path) -> None:
    """The help of the fault is a command that mends it."""
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_text(OLD, encoding="utf-8")
    told = CliRunner().invoke(main, ["devices", str(old)])
    assert told.exit_code == 1 and "--migrate -o NEW.toml" in told.output
    told = CliRunner().invoke(main, ["devices", str(old), "--migrate", "-o", str(new)])
    assert told.exit_code == 0 and "put the day on which its sources were read" in told.stderr
    assert CliRunner().invoke(main, ["devices", str(new)]).exit_code == 0
    assert CliRunner().invoke(main, ["devices", str(new), "--migrate"]).exit_code == 1


def test_one_device_with_every_source() -> None:
    told = CliRunner().invoke(main, ["devices", "h100-sxm", "--format", "csv"])
    assert told.exit_code == 0
    assert '450 GB/s,"NVLink 4.0: 900 GB/s both ways for each GPU (18 links of 50), halved; ' in told.output


@pytest.mark.parametrize(
    "given",
    [["--class", "toaster"], ["--memory", "much"], ["--memory", "5 W"], ["h100-sxm", "--type", "fp8"], ["--migrate"]],
)
def test_filters_that_cannot_be(given: list[str]) -> None:
    assert CliRunner().invoke(main, ["devices", *given]).exit_code == 2
