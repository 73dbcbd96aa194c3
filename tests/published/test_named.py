"""What a `config hf` calls by a name, and settings of another one whose keys stand in a table."""

from __future__ import annotations

import json
from typing import Any

import pytest

import symcost
from symcost.diagnostics import Source
from symcost.errors import DuplicateName, MisplacedMapping, SymcostError
from symcost.published.file import Published

EYE = """
model Eye(x: [T, D], T, D, L) { repeat L { x = x -> Linear(D) } return x }
config hf Eye for "eye" {
  let blocks = depths or [2, 3], let last = blocks[1],
  T = 1, D = width, L = sum([b for b in blocks]) + last, assume last > 1
}
"""
WHOLE = EYE + 'config hf Eye for "whole" like "eye" of vision.backbone { let width = out, T = width }'


def read(text: str, entries: dict[str, Any]) -> symcost.Model:
    return symcost.loads(text).model().published(Published.read(Source("config.json", json.dumps(entries))))


def test_a_name_stands_for_what_it_was_given() -> None:
    """(1 + 4) + 4 layers of 8·8 + 8 numbers."""
    assert read(EYE, {"model_type": "eye", "width": 8, "depths": [1, 4]}).params() == 9 * 72
    assert read(EYE, {"model_type": "eye", "width": 8, "depths": None}).params() == 8 * 72


def test_the_keys_of_another_mapping_may_stand_in_a_table() -> None:
    """Those of `eye`, in a table of a table; what this one calls `width` is no key of that one."""
    backbone = {"width": 8, "depths": [1, 4]}
    whole = {"model_type": "whole", "out": 7, "vision": {"backbone": backbone}}
    found = read(WHOLE, whole)
    assert found.params() == 9 * 72
    assert found.macs() == 9 * 64 * 7


def test_a_demand_on_a_named_value_is_checked() -> None:
    with pytest.raises(SymcostError, match="last > 1"):
        read(EYE, {"model_type": "eye", "width": 8, "depths": [1, 1]})


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (EYE.replace("b for b in", "last for last in"), DuplicateName),
        (EYE.replace("let last", "let blocks"), DuplicateName),
        ("model M(x: [T, D]) { return x }\nconfig small { let k = 2, D = 3 }", MisplacedMapping),
    ],
)
def test_names_that_cannot_be(wrong: str, fault: type[SymcostError]) -> None:
    with pytest.raises(fault):
        read(wrong, {"model_type": "eye", "width": 8, "depths": [1, 4]})
