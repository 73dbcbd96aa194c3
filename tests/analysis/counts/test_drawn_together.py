"""FLOPs read as well as MACs: all that one block repeats is one bracket."""

from __future__ import annotations

from pathlib import Path

import pytest

import symcost
from symcost import conventions

ROOT = Path(__file__).parents[3]
FILES = ["speech/whisper.arch", "language/gpt2.arch", "lecture/lstm.arch", "vision/vgg.arch", "language/cached.arch"]


def test_whisper() -> None:
    """One bracket for each stack, like terms merged: at most six lines of eighty characters."""
    flops = str(symcost.load(ROOT / "examples/speech/whisper.arch").model().flops())
    assert len(flops) <= 6 * 80 and flops.count("·L") == 2 and flops.count("(") == 2


@pytest.mark.parametrize("file", FILES)
def test_same_number(file: str) -> None:
    """What is drawn together has the value of each class by its weight, class by class."""
    for name, model in symcost.load(ROOT / "examples" / file).models.items():
        values = {symbol: 3 + place for place, symbol in enumerate(info.name for info in model.symbols)}
        for convention in ("default", "exact", "wmops"):
            by_class = conventions.load(convention).flops(model.cost)
            assert model.flops(convention).form.evaluate(values) == by_class.evaluate(values), name
