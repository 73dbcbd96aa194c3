"""Every feature of the language: what a formula says is what a run counts."""

from __future__ import annotations

import pytest

from tests.oracle.agreement import assert_agreement
from tests.oracle.programs import PROGRAMS, Program


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_formulas_say_what_a_run_counts(program: Program) -> None:
    """Parameters, operations of every class and shapes agree at every size, 1 included."""
    assert_agreement(program.text, program.values, program.model)
