"""Architectures nobody thought of: what a formula says is what a run counts."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.oracle.agreement import assert_agreement
from tests.oracle.asking import ask
from tests.oracle.sampling import examples
from tests.oracle.strategies import Architecture, architectures


@examples(30)
@given(architectures())
def test_formulas_say_what_a_run_counts(architecture: Architecture) -> None:
    """At the drawn sizes and where every size is 1; one formula answers both."""
    ones = dict.fromkeys(architecture.values, 1)
    assert_agreement(architecture.text, [architecture.values, ones])


@pytest.mark.slow
@examples(20)
@given(architectures())
def test_every_question_has_an_answer(architecture: Architecture) -> None:
    """Depth and all the others, at small sizes and large ones; nobody need know what it is."""
    assert "error[" not in ask(architecture.text).replace("error[too-large]", "")
