"""What is written otherwise costs the same; more of it by `python -m tests.metamorphic.run`."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, strategies as st

import symcost
from tests.metamorphic.relations import (
    CHANGES,
    asked,
    differences,
    formula_differences,
    loop_differences,
)
from tests.oracle.sampling import examples
from tests.oracle.strategies import Architecture, architectures


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
@examples(3, 5)
@given(architectures(), st.randoms(use_true_random=False))
def test_written_otherwise(change: str, architecture: Architecture, rng: Random) -> None:
    assert [words for words in differences(change, architecture, rng) if "refused in one" not in words] == []


@pytest.mark.slow
@examples(5, 5)
@given(st.randoms(use_true_random=False))
def test_loops_written_out(rng: Random) -> None:
    assert list(loop_differences(rng)) == []


@examples(6, 10)
@given(architectures())
def test_formulas_are_what_numbers_come_to(architecture: Architecture) -> None:
    """At the drawn sizes, many of which are 1, unless the formula says that it does not hold there."""
    model = symcost.loads(architecture.text).model("M")
    assert list(formula_differences(model, architecture.values)) == []


SUM = "model M(x: [T, D]) { return sum(x, axis = 0) }"
CONV = 'model M(x: [T, C]) { return Conv1d(x, C, 5, pad = "same") }'
GAPS = """
model M(x: [n, d], k, L) {
  repeat l in L { x = x -> Conv1d(d, kernel = k, dilation = k^l, pad = "causal") }
  return x
}
"""
EVEN = 'model M(x: [T, C], K) { return Conv1d(x, C, K, pad = "same") }'
HEADS = "model M(x: [H, D], G) { return relu(repeat_axis(Linear(x, D), G, axis = 0)) }"


@pytest.mark.parametrize(
    ("text", "name", "values", "number"),
    [
        (SUM, "depth", {"T": 1, "D": 3}, 0),  # one number is not added to any other
        (SUM, "depth", {"T": 2, "D": 3}, 1),
        (CONV, "receptive_field", {"T": 3, "C": 2}, 3),  # there are three positions
        (CONV, "receptive_field", {"T": 5, "C": 2}, 5),
        # Two causal layers of 2 and gaps of 1 and 2 see 3 positions back: 7 are 3 models of 2 layers away.
        (GAPS, "path_length", {"n": 8, "d": 2, "k": 2, "L": 2}, 6),
        (GAPS, "path_length", {"n": 8, "d": 2, "k": 2, "L": 3}, 3),
        (EVEN, "path_length", {"T": 9, "C": 1, "K": 2}, 8),  # one position ahead, none back
        (HEADS, "backward_depth", {"H": 2, "D": 2, "G": 1}, 2),  # relu, weights: nothing was copied
        (HEADS, "backward_depth", {"H": 2, "D": 2, "G": 2}, 3),  # and the sum of the copies
    ],
)
def test_small_sizes(text: str, name: str, values: dict[str, int], number: int) -> None:
    """With numbers for some or all dimensions, and with the numbers written into the text."""
    assert asked(text, values, frozenset({name})) == {name: number}


@pytest.mark.parametrize(
    ("text", "name", "facts"),
    [
        (SUM, "depth", {"T >= 2"}),
        (SUM, "macs", set()),
        (CONV, "receptive_field", {"T >= 5"}),
        (GAPS, "path_length", {"n >= 2", "k >= 2", "L == ceil(log2(n)/log2(k))"}),
        (EVEN, "path_length", {"T >= K", "K >= 3"}),
        (HEADS, "backward_depth", {"G >= 2"}),
    ],
)
def test_from_which_sizes_a_formula_holds(text: str, name: str, facts: set[str]) -> None:
    model = symcost.loads(text).model()
    assert set(map(str, model.holds(name))) == facts


def test_some_numbers_are_enough() -> None:
    """A size of 1 is seen while other dimensions are open."""
    model = symcost.loads(SUM).model()
    assert str(model.at(T=1).depth) == "0"
    assert model.at(T=1).holds("depth") == ()
