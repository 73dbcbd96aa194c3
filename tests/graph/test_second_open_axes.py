"""`...b`: open axes of a second tensor, which have nothing to do with those under `...`."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import BadSubscript, RankMismatch, UnexpectedText, UnsolvablePattern

CROSS = """
module Cross(x: [..., T, D], y: [...b, S, E]) -> [..., T, D], [...b, 1, E] {
  return x -> Linear(D), mean(reshape(y, [...b, S, E]), axis = -2, keep = true) + constant([...b, 1, E])
}
"""


def shapes(text: str) -> list[list[str]]:
    return [[str(size) for size in result.shape] for result in symcost.loads(text).model().graph.results]


@pytest.mark.parametrize(
    ("ports", "found"),
    [
        ("x: [T, D], y: [S, E]", [["T", "D"], ["1", "E"]]),
        ("x: [B, T, D], y: [S, E]", [["B", "T", "D"], ["1", "E"]]),
        ("x: [T, D], y: [A, B, S, E]", [["T", "D"], ["A", "B", "1", "E"]]),
        ("x: [A, T, D], y: [B, S, E]", [["A", "T", "D"], ["B", "1", "E"]]),
    ],
)
def test_each_takes_the_axes_that_are_left_over(ports: str, found: list[list[str]]) -> None:
    """Whatever stands in front of one tensor says nothing of the other."""
    assert shapes(f"{CROSS} model M({ports}) {{ return Cross(x, y) }}") == found


def test_one_name_is_the_same_axes_each_time() -> None:
    """As `...` does, `...b` stands for the same axes in every port that has it."""
    text = "module F(x: [..., D], y: [...b, D], z: [...b, E]) { return y } model M(x: [D], y: [T, D], z: [S, E]) "
    with pytest.raises(RankMismatch, match=r"`z` is \[S, E\], which does not fit `\[...b, E\]`"):
        shapes(text + "{ return F(x, y, z) }")


def test_in_the_model_that_is_asked_it_stands_for_none() -> None:
    """One example, as for `...`."""
    assert shapes("model M(x: [..., T, D], y: [...b, S]) { return reshape(y, [...b, S, 1]), x }") == [
        ["S", "1"],
        ["T", "D"],
    ]


@pytest.mark.parametrize(
    ("module", "fault"),
    [
        ("module F(x: [...b, D]) { return reshape(x, [...c, D]) }", BadSubscript),
        ("module F(x: [...b, D]) { return x[...b, 0] }", BadSubscript),
        ("module F(x: [...b, D]) { y[...b, d] = x[...b, d] return y }", BadSubscript),
        ("module F(x: [D, ...b]) { return x }", UnsolvablePattern),
        ("module F(x: [..., ...b, D]) { return x }", UnsolvablePattern),
        ("module F(x: [...2, D]) { return x }", UnexpectedText),
    ],
)
def test_what_cannot_be_said_is_refused(module: str, fault: type[symcost.SymcostError]) -> None:
    with pytest.raises(fault):
        shapes(f"{module} model M(x: [T, D]) {{ return F(x) }}")
