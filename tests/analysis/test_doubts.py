"""Notes on what a text may not mean: images with their channels in front, widths that are told as in PyTorch."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from tests.examples.files import loaded

EXAMPLES = Path(__file__).parents[2] / "examples"

IN_FRONT = """\

note[channels-last]: `Conv2d` reads `x` as 3 rows of 224 pixels with 224 channels each
 --> net.arch:1:9
  |
1 | model M(x: [3, 224, 224]) { return x -> Conv2d(64, 7, stride = 2, pad = 3) }
  |         ^ has shape [3, 224, 224]
  |
  = note: the channels stand last here, as in `[Y, X, C]`
  = help: if it has 3 channels, write `x: [224, 224, 3]`
"""

TOLD = """\

note[width-told]: `Conv2d` has a kernel of 64 and a stride of 7 here, and as many channels as its input
 --> net.arch:1:41
  |
1 | model M(x: [224, 224, 3]) { return x -> Conv2d(3, 64, 7) }
  |                                         ^^^^^^^^^^^^^^^^
  |
  = note: the number of channels that come in is read from the input
  = help: if that was meant by the first number, write `Conv2d(64, 7)`
"""

HEADS = """\

note[width-told]: `TransformerEncoderLayer` has as many heads here as its input has channels
 --> net.arch:1:35
  |
1 | model M(x: [7, 64]) { return x -> TransformerEncoderLayer(64, 8) }
  |                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  |
  = note: the width of the input is read from the input; the first number is that of the heads
"""

NOT_CARRIED = """\

note[nothing-carried]: no round of `scan t in 1..7` waits for another
 --> net.arch:1:22
  |
1 | model M(x: [7, 4]) { scan t in 1..7 { emit y = x[t] } return y }
  |                      ^^^^
  |
  = note: it is counted as it stands: all rounds at once
  = help: `for t in 1..7` says so; what a round leaves to the next stands behind `with`
"""


def codes(text: str, **values: int) -> list[str]:
    """The notes on a model."""
    model = symcost.loads(text).model()
    return [note.code for note in (model.at(**values) if values else model).doubts]


@pytest.mark.parametrize("told", [IN_FRONT, TOLD, HEADS, NOT_CARRIED])
def test_a_note_on_standard_error(told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The result is what it was, and so is the exit status."""
    text = told.splitlines()[4].partition("| ")[2]
    (tmp_path / "net.arch").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["formula", "net.arch"])
    assert result.exit_code == 0
    assert result.stdout.strip().isdigit()
    assert result.stderr == told


@pytest.mark.parametrize(
    "shape", ["[3, 224, 224]", "[1, 28, 28]", "[3, 480, 640]", "[3, H, W]", "[1, N, N]", "[4, 64, 64]"]
)
def test_an_image_with_its_channels_in_front(shape: str) -> None:
    assert codes(f"model M(x: {shape}) {{ return x -> Conv2d(64, 7, pad = 3) }}") == ["channels-last"]


def test_an_image_that_goes_on_into_a_module() -> None:
    """Wherever it gets as it is; behind the first layer it is none any more."""
    block = "module B(x: [..., Y, X, C]) { return x -> Conv2d(8, 3, pad = 1) }\n"
    assert codes(block + "model M(x: [3, 32, 32]) { return x -> B -> B }") == ["channels-last"]
    assert codes(block + "model M(x: [3, 32, 32]) { repeat 1 { emit y = B(x) }\n return y }") == ["channels-last"]
    assert codes("model M(x: [C, Y, X]) { return x -> Conv2d(8, 3) }", C=3, Y=32, X=32) == ["channels-last"]


@pytest.mark.parametrize(
    "text",
    [
        "model M(x: [224, 224, 3]) { return x -> Conv2d(64, 7) }",
        "model M(x: [Y, X, C]) { return x -> Conv2d(64, 7) }",
        "model M(x: [1, T, C]) { return x -> Conv2d(64, 3, pad = 1) }",  # a sequence as a low image
        "model M(x: [1, 3000, 80]) { return x -> Conv2d(64, 3, pad = 1) }",
        "model M(x: [3, 3, 512]) { return x -> Conv2d(64, 3) }",
        "model M(x: [4, 4, 4]) { return x -> Conv2d(64, 3) }",
        "model M(x: [T, 768]) { return x -> Conv1d(768, 128, pad = 64, groups = 16) }",  # positions of wav2vec 2.0
        "model M(x: [T, 512]) { return x -> Conv1d(512, 10, stride = 5) }",
        "model M(x: [56, 56, 64]) { return x -> Conv2d(64, 3, stride = 2) }",
        "model M(x: [7, 64]) { return x -> TransformerEncoderLayer(8, 64) }",
    ],
)
def test_no_false_alarm(text: str) -> None:
    assert codes(text) == []


@pytest.mark.slow
def test_no_false_alarm_on_the_examples() -> None:
    """Nothing is said of any model that ships."""
    noted = []
    for file in sorted(EXAMPLES.rglob("*.arch")):
        for model in loaded(file).models.values():
            noted += [(file.name, model.name) for note in (() if model.faults else model.doubts)]
    assert noted == []


def test_a_scan_without_carry_is_told_once() -> None:
    """Of several in a text the first; `for` says what is meant, and so does `with`."""
    two = "scan t in T { emit y = x[t] } scan t in T { emit z = x[t] }"
    assert codes(f"model M(x: [T, D]) {{ {two} return y, z }}") == ["nothing-carried"]
    assert codes(f"model M(x: [T, D]) {{ {two.replace('scan', 'for')} return y, z }}") == []
    assert codes("model M(x: [T, D]) { scan t in T with h: [D] { h = tanh(h + x[t]) emit y = h } return y }") == []
    assert codes("model M(x: [T, D]) { return causal_attention(x, x, x) }") == []
