"""What a primitive says about itself stands in its record, and nowhere else."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from pathlib import Path

import pytest

import symcost
from symcost.ops import every_primitive
from symcost.ops.base import IncompletePrimitive, Primitive, op
from symcost.ops.gradient import MOVED_BACK
from symcost.ops.memory import NEW
from symcost.ops.move import reverse
from symcost.ops.pointwise import POINTWISE
from symcost.ops.reads import whole_axis
from symcost.ops.steps import no_steps

ANALYSIS = Path(symcost.__file__).parent / "analysis"


@pytest.mark.parametrize("path", sorted(ANALYSIS.rglob("*.py")), ids=lambda path: str(path.relative_to(ANALYSIS)))
def test_no_analysis_names_an_operation(path: Path) -> None:
    """Neither by its name (signs are no names: `<` also compares) nor by what it was told: the record is asked."""
    names = {record.name for record in every_primitive() if record.name.isidentifier()}
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    assert texts & names == set()
    assert "given" not in attributes


@pytest.mark.parametrize("part", [field.name for field in fields(Primitive)])
def test_a_record_that_leaves_something_out_is_refused(part: str) -> None:
    """Whether it is not given at all, or nothing is given."""
    whole = {field.name: getattr(reverse, field.name) for field in fields(Primitive)}
    with pytest.raises(TypeError, match=part):
        Primitive(**{name: value for name, value in whole.items() if name != part})
    with pytest.raises(IncompletePrimitive, match=f"says nothing about `{part}`"):
        Primitive(**(whole | {part: None}))


@pytest.mark.parametrize("part", ["gradient.needs", "gradient.in_place", "memory.view", "memory.moves"])
def test_a_part_that_leaves_something_out_is_refused(part: str) -> None:
    """The way back and memory are records themselves."""
    outer, inner = part.split(".")
    with pytest.raises(IncompletePrimitive, match=f"says nothing about `{inner}`"):
        replace(reverse, **{outer: getattr(reverse, outer)._replace(**{inner: None})})


def test_an_incomplete_primitive_is_not_registered() -> None:
    before = [record.name for record in every_primitive()]
    with pytest.raises(TypeError, match="reads"):
        op(gradient=MOVED_BACK, memory=NEW, steps=no_steps)  # type: ignore[call-arg]
    with pytest.raises(IncompletePrimitive):

        @op(reads=whole_axis, gradient=MOVED_BACK, memory=NEW, steps=None)  # type: ignore[arg-type]
        def nearly() -> None:
            """It says nothing about steps."""

    assert [record.name for record in every_primitive()] == before


def test_a_name_is_given_once() -> None:
    with pytest.raises(ValueError, match="there is a primitive `reverse` already"):

        @op(reads=whole_axis, gradient=MOVED_BACK, memory=NEW, steps=no_steps)
        def reverse() -> None:
            """Another one."""


def test_rows_need_what_is_there() -> None:
    """An operand that is not there, or a letter that is none, would be passed over in silence."""
    for row in POINTWISE.values():
        letters = {*"abc"[: row.operands], "y"}
        assert all(set(derivative.needs) <= letters for derivative in row.derivatives if derivative)
