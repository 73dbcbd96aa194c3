"""Random programs of library layers and of loops of all kinds: what the formulas say is what a run counts."""

from __future__ import annotations

import pytest
from hypothesis import given

from symcost.errors import ViolatedAssumption
from tests.oracle.agreement import assert_agreement
from tests.oracle.counted import Unfit
from tests.oracle.layered import layered
from tests.oracle.sampling import examples
from tests.oracle.strategies import Architecture

MOST_ROUNDS = 3
"""Of loops that differ by their number or double a width: the run has every number in it."""


@pytest.mark.slow
@examples(8, 60)
@given(layered())
def test_formulas_say_what_a_run_counts(architecture: Architecture) -> None:
    """At sizes of up to three."""
    values = {name: min(size, MOST_ROUNDS) for name, size in architecture.values.items()}
    try:
        assert_agreement(architecture.text, [values])
    except (Unfit, ViolatedAssumption):
        return  # a part of one row is none
