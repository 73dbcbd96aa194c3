"""`h: [T, 4*D] = ...`: a shape that is said of a tensor is so, or a fault."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import PatternMismatch, RankMismatch, SymcostError, UnknownName, WrongKind


def fault(body: str) -> SymcostError:
    with pytest.raises(SymcostError) as caught:
        _ = symcost.loads(f"model M(x: [T, D], heads) {{ {body} return x }}").model().graph
    return caught.value.faults[0]


@pytest.mark.parametrize(
    "said",
    [
        "h: [T, 4*D] = x -> Linear(4*D)",
        "a: [T, D], b: [T, D] = split(concat(x, x), 2)",
        "h: [] = 1.0 * sum(x, axis = [0, 1])",
    ],
)
def test_what_is_so_changes_nothing(said: str) -> None:
    """The model has the same operations with and without what is said."""
    named = symcost.loads(f"model M(x: [T, D]) {{ {said} return x -> tanh }}").model()
    bare = symcost.loads(f"model M(x: [T, D]) {{ {strip(said)} return x -> tanh }}").model()
    assert named.flops() == bare.flops()
    assert named.params == bare.params


def strip(said: str) -> str:
    left, right = said.split(" = ", 1)
    names = [part.split(":")[0].strip() for part in left.replace("], ", "]; ").split("; ")]
    return f"{', '.join(names)} = {right}"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("h: [T, 3*D] = x -> Linear(4*D)", PatternMismatch),
        ("h: [T, heads*(D//heads)] = x", PatternMismatch),
        ("h: [T] = x", RankMismatch),
        ("h: [] = 2", WrongKind),
        ("h: [T, E] = x", UnknownName),
        ("a, b: [T] = split(concat(x, x), 2)", RankMismatch),
    ],
)
def test_what_is_not_so_is_a_fault(body: str, kind: type[SymcostError]) -> None:
    """Another size, one that is not known to be equal, another number of axes, a number, a size without a name."""
    assert isinstance(fault(body), kind)


def test_leading_axes_are_those_of_the_definition() -> None:
    """`...` stands for the same axes as in the signature."""
    module = "module f(x: [..., D]) { h: [..., 2*D] = x -> Linear(2*D) return h } "
    assert str(symcost.loads(module + "model M(x: [B, T, D]) { return x -> f }").model().macs) == "2·D·D·B·T"


def test_the_shape_is_written_as_it_was_said() -> None:
    """Where sizes are equal, formulas have them as their author wrote them last."""
    text = "model M(x: [T, D], F) { let F2 = 2*F h: [T, 2*F] = x -> Linear(F + F) return h -> Linear(D, bias = false) }"
    assert str(symcost.loads(text).model().macs) == "2·D·F2·T"
