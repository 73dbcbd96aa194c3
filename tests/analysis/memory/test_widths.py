"""What weights take in files: bits for each with the scales, against sizes of files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.analysis.memory.widths import LAYOUTS, width
from symcost.cli import main
from tests.examples.files import EXAMPLES

LLAMA = 8_030_261_248
"""Parameters of Llama 3.1 8B."""


@pytest.mark.parametrize(("layout", "bits"), [("q4_0", "4.5"), ("q4_k_m", "4.83"), ("q8_0", "8.5"), ("mxfp4", "4.25")])
def test_bits_of_layouts(layout: str, bits: str) -> None:
    assert LAYOUTS[layout].bits == Fraction(bits)
    assert LAYOUTS[layout].source


@pytest.mark.parametrize(
    ("layout", "gib", "within"),
    [("q8_0", 7.95, 0.001), ("q6_k", 6.14, 0.001), ("q4_k_m", 4.58, 0.02), ("5.5704bit", 5.21, 0.002)],
)
def test_a_layout_takes_what_its_file_does(layout: str, gib: float, within: float) -> None:
    """Sizes of Llama 3.1 8B in llama.cpp's tools/quantize/README.md; a mixture differs from model to model."""
    wide = width(layout)
    assert wide is not None
    assert float(LLAMA * wide) == pytest.approx(gib * 2**30, rel=within)


def test_double_quantization_saves_what_the_paper_says() -> None:
    """0.373 bits for each parameter (QLoRA, section 3)."""
    assert float(LAYOUTS["nf4"].bits - LAYOUTS["nf4_double"].bits) == pytest.approx(0.373, abs=0.0005)


@pytest.mark.parametrize("wrong", ["0bit", "4.bit", "-1bit", "4,5bit", "bits", "1e9bit"])
def test_what_is_no_width(wrong: str) -> None:
    assert width(wrong) is None


def memory(file: Path | str, *arguments: str) -> str:
    result = CliRunner().invoke(main, ["memory", str(file), *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_four_bits_say_that_they_have_no_scales(tmp_path: Path) -> None:
    file = tmp_path / "m.arch"
    file.write_text("model M(x: [D]) { return Linear(x, 100, bias = false) }")
    plain = memory(file, "D=64", "--dtype", "params=int4")
    assert "int4  3.20 kB" in plain  # 6400 numbers of half a byte
    assert "without the scales" in plain
    assert "q4_0  3.60 kB" in memory(file, "D=64", "--dtype", "params=q4_0")  # 200 blocks of 18 bytes


def test_running_statistics_are_buffers() -> None:
    """PyTorch's resnet50 has 25557032 parameters, and 53173 numbers in buffers: 2·26560 and 53 counters."""
    resnet = symcost.load(EXAMPLES / "vision/resnet.arch").model().configured("resnet50")
    assert resnet.params() == resnet.trained() == 25_557_032
    assert resnet.quantity("buffers")() == 53_173
    assert "buffers                          fp16   106 kB" in memory(
        EXAMPLES / "vision/resnet.arch", "--config", "resnet50", "--dtype", "fp16"
    )


def test_a_codebook_that_is_a_buffer_is_read_and_not_learned() -> None:
    """K codes of C numbers: no parameters, no gradients, but read once."""
    text = "model M(x: [T, C], K) { buffer codes: [K, C] return x @ transpose(codes) }"
    model = symcost.loads(text).model()
    sizes = {"T": 2, "C": 3, "K": 5}
    asked = {name: model.quantity(name)(**sizes) for name in ("params", "trained", "buffers", "fused", "traffic")}
    assert asked == {"params": 0, "trained": 0, "buffers": 15, "fused": 6 + 15 + 10, "traffic": 6 + 15 + 10}


def test_the_word_is_a_name_everywhere_else() -> None:
    text = "model M(buffer: [T]) { buffer = relu(buffer) buffer kept: [T] return buffer + kept }"
    assert str(symcost.loads(text).model().quantity("buffers")) == "T"


# Peaks --------------------------------------------------------------------------------------------


def test_a_peak_is_told_with_its_place(tmp_path: Path) -> None:
    """x, three copies of it and their sum: 4·D + 1 numbers of four bytes; at the product D + V."""
    file = tmp_path / "m.arch"
    file.write_text("model M(x: [D], V) {\n  y = sum(concat(x, x, x))\n  return x -> Linear(V, bias = false)\n}\n")
    open_ = memory(file)
    assert "alive at once, the largest of" in open_
    assert "m.arch:2" in open_ and "16·D + 4" in open_
    assert "Linear (linear.arch:10)" in open_ and "4·D + 4·V" in open_
    known = memory(file, "D=10", "V=5")
    assert "alive at once, the largest of" not in known
    assert any("alive at once" in line and "164 B" in line for line in known.splitlines())
    assert "most is alive at m.arch:2" in known
    # With one number, those that may still be the largest.
    some = memory(file, "D=10")
    assert "164 B" in some and ("4·V + 40" in some or "40 + 4·V" in some)


@pytest.mark.parametrize(
    "file", ["language/llama.arch", "language/gpt2.arch", "vision/resnet.arch", "speech/whisper.arch"]
)
def test_a_peak_takes_a_few_lines(file: str) -> None:
    """At most four places, and one line that says how many more."""
    lines = memory(EXAMPLES / file).split("alive at once")[1].split("moved, each")[0].splitlines()
    assert sum(line.startswith("  at ") for line in lines) <= 4
