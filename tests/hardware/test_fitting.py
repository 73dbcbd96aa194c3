"""For which batches it fits, as a formula says it, against the verdict in numbers; never without its condition."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from symcost.cli import main
from symcost.formula import symbol
from symcost.hardware import Device
from symcost.hardware.regimes import ALONE, BESIDE, Below, Within
from symcost.timing import Timing
from tests.examples.files import EXAMPLES, loaded

SMALL = str(EXAMPLES / "lecture/minimal_conv.arch")
MIXED = {"params": "int8", "activations": "bf16", "state": "fp32", "products": "bf16"}

CASES = [
    ("lecture/minimal_conv.arch", "MinimalConv", {"T": 20}),
    ("lecture/elman.arch", "Elman", {"T": 20, "I": 512, "H": 512}),
    ("language/gpt2_decoding.arch", "Generate",
     {"d_model": 768, "L": 12, "heads": 12, "V": 50257, "P": 64, "N": 8}),
    ("language/rwkv_decoding.arch", "Generate", {"D": 2048, "L": 24, "V": 50277, "N": 8}),
]  # fmt: skip


@pytest.mark.parametrize("types", ["bf16", MIXED], ids=["bf16", "mixed"])
@pytest.mark.parametrize(("file", "name", "sizes"), CASES)
def test_the_verdict_changes_where_it_is_said(
    file: str, name: str, sizes: dict[str, int], types: dict[str, str] | str
) -> None:
    """At the last batch, and one beyond it, the figures in numbers are within the memory, and are not."""
    model, device = loaded(EXAMPLES / file).model(name).at(**sizes), Device.load("h100-sxm")
    found = {regime.words: regime.where for regime in Timing(model, device, types, symbol("B")).regimes("B")}
    for words in (ALONE, BESIDE):
        where = found[words]
        assert isinstance(where, Within)
        ((low, last),) = where.stretches
        assert low == 1
        for batch in (1, 10**6) if last is None else (1, last, last + 1):
            footprint = Timing(model, device, types, batch).footprint()
            assert footprint.size is not None
            bytes_ = footprint.least if words == ALONE else footprint.most
            assert (bytes_ <= footprint.size) is (last is None or batch <= last)


def test_both_are_said() -> None:
    """At the most 39 numbers live at once, 20 read and 19 made of them: 2 bytes each, for each of B.

    With 6 bytes of parameters that is in 80e9 up to a B; what has to be kept is the parameters alone.
    """
    given = ["eval", SMALL, "--on", "h100-sxm", "--dtype", "bf16", "--as", "formula"]
    told = CliRunner().invoke(main, [*given, "--batch", "B", "--in", "B", "T=20"])
    assert told.exit_code == 0
    lines = [" ".join(line.split()) for line in told.output.splitlines() if line.startswith(("fits", "parameters and"))]
    assert lines == [
        "parameters and state alone fit for every B",
        f"fits with results beside one another while B ≤ {(80 * 10**9 - 6) // 78}",
    ]


def test_both_are_formulas_where_other_sizes_are_open() -> None:
    elman = loaded(EXAMPLES / "lecture/elman.arch").model().at(T=20)
    device = Device.load("h100-sxm")
    found = {regime.words: regime for regime in Timing(elman, device, "bf16", symbol("B")).regimes("B")}
    general = found[BESIDE].where
    assert isinstance(general, Below) and general.reached
    in_numbers = Timing(elman.at(I=512, H=512), device, "bf16", symbol("B")).regimes("B")
    (exact,) = [regime.where for regime in in_numbers if regime.words == BESIDE]
    assert isinstance(exact, Within)
    assert int(general.root.evaluate({symbol("I"): 512, symbol("H"): 512})) == exact.stretches[0][1]
