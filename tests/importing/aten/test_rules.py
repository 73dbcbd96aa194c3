"""Captured graphs become statements, or are refused by what is not understood. Nothing here needs PyTorch."""

from __future__ import annotations

from typing import Any

import pytest

import symcost
from symcost.errors import SymcostError, UnknownOperation
from symcost.importing.aten import translate
from symcost.importing.plain import plain_text
from symcost.importing.program import Call, Constant, Program, Ref
from tests.importing.drawn import Drawing


def counted(program: Program) -> tuple[Any, Any]:
    """Parameters and MACs of the plain text."""
    model = symcost.loads(plain_text(program)).model()
    return model.params(), model.macs()


def called(program: Program) -> list[str]:
    return [one.value.function for one in program.statements if isinstance(one.value, Call)]


# What is understood ---------------------------------------------------------------------------------


def test_a_layer_owns_its_parameters() -> None:
    """A product with a weight and a bias that nothing else reads is `Linear`: 8·3 + 3 learned, 2·8·3 MACs."""
    d = Drawing()
    y = d.call("linear", [2, 3], input=d.input("x", 2, 8), weight=d.param("w", 3, 8), bias=d.param("b", 3))
    program = translate(d.graph(y))
    assert called(program) == ["Linear"]
    assert counted(program) == (27, 48)


def test_a_weight_that_is_shared_is_declared_once() -> None:
    """Two products with one weight of 8·8: no layer owns it, and it counts once."""
    d = Drawing()
    x, w = d.input("x", 2, 8), d.param("w", 8, 8)
    y = d.call("linear", [2, 8], input=d.call("linear", [2, 8], input=x, weight=w), weight=w)
    program = translate(d.graph(y))
    assert [(one.name, one.owned) for one in program.parameters] == [("w", False)]
    assert counted(program) == (64, 2 * 2 * 64)


def test_parameters_that_nothing_uses_count_too() -> None:
    """A pooler that no result depends on is declared, and said to be unused."""
    d = Drawing()
    x, w = d.input("x", 2, 8), d.param("pooler", 8, 8)
    d.call("linear", [2, 8], input=x, weight=w)
    program = translate(d.graph(d.call("relu", [2, 8], self=x)))
    assert [(one.name, one.used) for one in program.parameters] == [("pooler", False)]
    assert counted(program) == (64, 0)


def test_what_depends_on_nothing_is_a_constant() -> None:
    """A mask that is worked out of positions is one constant, whatever leads to it."""
    d = Drawing()
    rows = d.call("arange", [4], dtype="int64", end=4)
    mask = d.call(
        "le", [4, 4], dtype="bool", self=d.call("unsqueeze", [4, 1], dtype="int64", self=rows, dim=1), other=rows
    )
    y = d.call("masked_fill", [2, 4, 4], self=d.input("x", 2, 4, 4), mask=mask, value=0.0)
    program = translate(d.graph(y))
    (statement,) = program.statements
    assert isinstance(statement.value, Call)
    constant = statement.value.operands[0]
    assert isinstance(constant, Constant)
    assert constant.words == "mask"


def test_moving_axes_writes_nothing() -> None:
    """Two transposes that undo each other leave no statement between the input and its activation."""
    d = Drawing()
    x = d.call("transpose", [2, 5, 3], self=d.input("x", 2, 3, 5), dim0=1, dim1=2)
    y = d.call("transpose", [2, 3, 5], self=x, dim0=2, dim1=1)
    program = translate(d.graph(d.call("relu", [2, 3, 5], self=y)))
    assert [one.value for one in program.statements] == [Call("relu", (Ref("x"),))]


def test_images_stand_with_features_last_once() -> None:
    """Two convolutions, one transpose, and that outside of the module that asks for it: 3·3·(3·4 + 4·4) weights."""
    d = Drawing()
    x = d.input("x", 2, 3, 6, 6)
    d.inside = [["block", "Block"], ["block.one", "Conv2d"]]
    y = d.call("conv2d", [2, 4, 6, 6], input=x, weight=d.param("w", 4, 3, 3, 3), padding=1)
    d.inside = [["block", "Block"], ["block.two", "Conv2d"]]
    z = d.call("conv2d", [2, 4, 6, 6], input=y, weight=d.param("v", 4, 4, 3, 3), padding=1)
    program = translate(d.graph(z))
    assert called(program) == ["transpose", "Conv2d", "Conv2d"]
    assert [len(one.scopes) for one in program.statements] == [0, 2, 2]
    assert counted(program) == (9 * 28, 2 * 36 * 9 * 28)


def test_views_follow_the_stored_order() -> None:
    """Positions of an image joined and put in front of its channels need no transpose once the features stand last."""
    d = Drawing()
    y = d.call("conv2d", [2, 4, 3, 3], input=d.input("x", 2, 3, 6, 6), weight=d.param("w", 4, 3, 2, 2), stride=2)
    flat = d.call("flatten", [2, 4, 9], self=y, start_dim=2)
    z = d.call("relu", [2, 9, 4], self=d.call("transpose", [2, 9, 4], self=flat, dim0=1, dim1=2))
    program = translate(d.graph(z))
    assert called(program) == ["Conv2d", "reshape", "relu"]


# What is refused -------------------------------------------------------------------------------------


def refused(d: Drawing, *outputs: Any) -> list[SymcostError]:
    with pytest.raises(SymcostError) as faults:
        translate(d.graph(*outputs))
    assert all(isinstance(one, UnknownOperation) for one in faults.value.faults)
    return list(faults.value.faults)


def test_every_unknown_operation_is_told_in_one_report() -> None:
    """Each with its module, and what comes after the first is looked at as well."""
    d = Drawing()
    d.inside = [["head", "Head"]]
    y = d.call("mine.first", [2, 8], x=d.input("x", 2, 8))
    z = d.call("mine.second", [2, 8], x=y)
    said = [str(one) for one in refused(d, z)]
    assert ["`mine.first`" in said[0], "`mine.second`" in said[1], "`head`" in said[0]] == [True] * 3


def test_an_argument_that_no_rule_knows_is_refused() -> None:
    """An operation that is known by name may do something else with another argument."""
    d = Drawing()
    y = d.call("relu", [2, 8], self=d.input("x", 2, 8), leak=0.1)
    (fault,) = refused(d, y)
    assert "`leak` is not understood" in str(fault)


def test_a_write_that_is_lost_is_refused() -> None:
    """What is written in place and read under another name would be left out, with all that leads to it."""
    d = Drawing()
    x = d.input("x", 2, 8)
    state = d.call("zeros_like", [2, 8], self=x)
    d.call("copy_", [2, 8], mutable=True, self=state, src=d.call("relu", [2, 8], self=x))
    (fault,) = refused(d, d.call("add", [2, 8], self=state, other=x))
    assert "writes in place" in str(fault)


def test_what_depends_on_the_numbers_is_refused() -> None:
    """A mask of the data says how many numbers are left: nobody knows before."""
    d = Drawing()
    x = d.input("x", 2, 8)
    mask = d.call("gt", [2, 8], dtype="bool", self=x, other=0)
    (fault,) = refused(d, d.call("index", [5], self=x, indices=[mask]))
    assert "depends on the numbers" in str(fault)


def test_a_network_without_a_result_is_refused() -> None:
    """Only whole numbers come out: there is nothing to count for."""
    d = Drawing()
    y = d.call("argmax", [2], dtype="int64", self=d.input("x", 2, 8), dim=1)
    (fault,) = refused(d, y)
    assert "no result" in str(fault)
