"""Constants of a file, names taken from another one, and named sizes in expectations."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import symcost
from symcost import SymcostError

CELLS = """
const RATE = 16000
const HOP = RATE // 100
const SHAPES = [HOP, 2]
const KIND = "plain"
module Frames(x: [..., RATE, C]) -> [..., RATE/HOP, C] {
  y[..., t, c] = mean(k in HOP) x[..., HOP*t + k, c]
  return y
}
module Mixer(x: [..., D], kind = KIND) -> [..., D] {
  if kind == "plain" { x = x -> Linear(D) }
  return x -> Linear(-HOP + RATE%HOP + ceil(RATE/HOP) + 60 + D)
}
model Whole(x: [RATE, C]) { return x -> Frames -> Mixer }
expect Whole { macs == 2*C*C*RATE/HOP }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cells.arch").write_text(CELLS, encoding="utf-8")
    return tmp_path


def loaded(folder: Path, text: str) -> symcost.Document:
    (folder / "main.arch").write_text(text, encoding="utf-8")
    return symcost.load(folder / "main.arch")


def test_constants_are_numbers(folder: Path) -> None:
    """A text with constants costs what it does with their numbers written in: 2 C^2 MACs in 100 frames."""
    document = symcost.load(folder / "cells.arch")
    assert str(document.model().macs) == "200·C·C"
    assert [checked.ok for checked in document.check()] == [True]
    written = CELLS.replace("const RATE = 16000\n", "").replace("const HOP = RATE // 100\n", "")
    written = written.replace("const SHAPES = [HOP, 2]\n", "").replace("RATE", "16000").replace("HOP", "160")
    plain = symcost.loads(written)
    for question in ("macs", "params", "add", "depth"):
        assert document.model().quantity(question) == plain.model().quantity(question)


def test_names_taken(folder: Path) -> None:
    """Of another file the names that are asked for are known here, and no other."""
    document = loaded(folder, 'use Frames, Mixer as Reader, RATE as SR from "cells.arch"\n'
                      "model M(x: [SR, C]) { return x -> Frames -> Reader }")  # fmt: skip
    assert str(document.model().macs) == "200·C·C"
    assert [block.name for block in document.model().tree.children] == ["Frames", "Reader"]
    again = pickle.loads(pickle.dumps(document))
    assert again.model().macs == document.model().macs
    with pytest.raises(SymcostError, match="Mixer"):
        _ = loaded(folder, 'use Frames from "cells.arch"\nmodel M(x: [C]) { return x -> Mixer }').model().macs
    with pytest.raises(SymcostError, match="HOP"):
        _ = loaded(folder, 'use Frames from "cells.arch"\nmodel M(x: [C]) { return x -> Linear(HOP) }').model().macs


def test_constants_travel(folder: Path) -> None:
    """A file that uses another as a whole reads its constants; one name may not stand for two of them."""
    assert loaded(folder, 'use "cells.arch"\nmodel M(x: [C]) { return x -> Linear(HOP) }').model().macs(C=2) == 320
    with pytest.raises(SymcostError, match="twice"):
        _ = loaded(folder, 'use "cells.arch"\nconst HOP = 160\nmodel M(x: [C]) { return x }').model()


def test_a_taken_model_is_asked(folder: Path) -> None:
    """A file that only takes a model by name is asked like one that holds it."""
    document = loaded(folder, 'use Whole as Small from "cells.arch"\nconfig two { C = 2 }')
    assert document.model("Small").configured("two").macs == 800


@pytest.mark.parametrize(
    "value",
    ["2^100000", "[[1]]", "1/0", "x", "2^(1/2)", "log2(3)", "-KIND", "A", "max()"],
)
def test_what_is_no_constant(value: str) -> None:
    """Anything else is a fault, at once."""
    with pytest.raises(SymcostError):
        symcost.loads(f'const KIND = "a"\nconst A = {value}\nmodel M(x: [T]) {{ return x }}').model()


def test_expressions_of_constants() -> None:
    """Worked out exactly, as Python does."""
    text = "const A = (7 // 2) % 2 - min(3, 2)*2^3\nconst B = -A + 1/3\nmodel M(x: [T]) { return x -> Linear(3*B) }"
    assert symcost.loads(text).model().macs == symcost.loads("model M(x: [T]) { return x -> Linear(46) }").model().macs


def test_named_sizes_in_expectations() -> None:
    """What a model names with `let` can be written in what is expected of it, with numbers as without."""
    document = symcost.loads("""
    model Grouped(x: [T, D], heads, kv) {
      let d = D/heads "head width"
      let T2 = ceil(T/2)
      k = x -> Linear(kv*d, bias = false)
      return x[0:T2] -> Linear(heads*d, bias = false)
    }
    config small { D = 64, heads = 4, kv = 2, T = 9 }
    expect Grouped { params == D*kv*d + D*heads*d, macs == D*kv*d*T + D*heads*d*T2, macs grows T2 }
    expect Grouped(small) { macs == D*kv*d*T + D*heads*d*T2, macs == 64*2*16*9 + 64*64*5 }
    """)
    assert [checked.ok for checked in document.check()] == [True] * 5
