"""Blocks as rows, and long lines."""

import pytest

import symcost
from symcost.conventions import load
from symcost.errors import TooManyBlocks
from symcost.export.page import Room
from symcost.export.reports.blocks import page
from symcost.export.summary import Summary
from symcost.export.terminal import hanging
from symcost.export.writings.text import write


def summary(text: str) -> Summary:
    return Summary(symcost.loads(text).model(), load("default"))


def test_equal_neighbours_are_one_row() -> None:
    """Three equal layers are shown once, with the sum of all; a different one stands apart."""
    one = summary("model M(x: [D]) { return x -> Linear(D) -> Linear(D) -> Linear(D) -> Linear(1) }")
    assert [(row.level, row.label, str(row.macs)) for row in one.rows()] == [
        (0, "M", "3·D·D + D"),
        (1, "3 × Linear", "3·D·D"),
        (1, "Linear", "D"),
    ]
    assert len(list(one.rows(gather=False))) == 5
    assert len(list(one.rows(0))) == 1


def test_a_listing_has_an_end() -> None:
    """Modules that call one another twice make more blocks than anyone reads; a depth makes it finite."""
    modules = ["module M0(x: [D]) -> [D] { return x -> Linear(D) }"]
    modules += [f"module M{i}(x: [D]) -> [D] {{ y = x -> M{i - 1} return tanh(y -> M{i - 1}) }}" for i in range(1, 40)]
    one = summary("\n".join([*modules, "model X(x: [D]) { return x -> M39 }"]))
    with pytest.raises(TooManyBlocks):
        list(one.rows())
    own = "(own operations)"  # the tanh of each module
    assert [row.label for row in one.rows(3)] == ["X", "M39", own, "2 × M38", own, "4 × M37"]


def test_long_formulas_break_before_an_operator() -> None:
    """Outside of parentheses where that is enough."""
    assert hanging("MACs  ", "(I·H + H·H)·T + 3·I·O·T·T·T - 1", 36) == "MACs  (I·H + H·H)·T + 3·I·O·T·T·T\n      - 1"
    for line in hanging("", " + ".join(["(a + b)·c"] * 20), 50).splitlines():
        assert line.startswith(("+ ", "("))
        assert len(line) <= 50
        assert line.count("(") == line.count(")")


@pytest.mark.parametrize("width", [20, 80, 140])
def test_no_block_is_lost_on_a_narrow_terminal(width: int) -> None:
    """However narrow it is, names and formulas are whole."""
    text = write(page(summary("model Wide(x: [T, D]) { return x -> LSTM(D) -> Linear(D) }"), 2), Room(width))
    assert "Linear" in text
    assert "8·D·D·T" in text
