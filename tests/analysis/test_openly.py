"""Programs nobody thought of, each question asked of its formula and of the graph built with the numbers."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given

from tests.oracle.latest import latest
from tests.oracle.layered import layered
from tests.oracle.openly import QUESTIONS, differences, points
from tests.oracle.sampling import examples
from tests.oracle.strategies import Architecture, architectures


@pytest.mark.slow
@examples(3, 100)
@given(layered() | architectures(newer=True) | latest())
def test_a_formula_is_the_number_where_it_is_told(architecture: Architecture) -> None:
    """At small sizes and larger ones, for those for which the formula is told to hold."""
    runs = points(architecture.values)
    assert not list(differences(architecture.text, runs, QUESTIONS, Counter())), architecture.text
