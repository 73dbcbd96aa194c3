"""Every feature of the language: what a formula says is what a run counts."""

from __future__ import annotations

import pytest

from tests.oracle.agreement import assert_agreement
from tests.oracle.programs import Program, each_program


@pytest.mark.parametrize("program", each_program())
def test_formulas_say_what_a_run_counts(program: Program) -> None:
    """Parameters, operations of every class and shapes agree at every size, 1 included."""
    assert_agreement(program.text, program.values, program.model)
