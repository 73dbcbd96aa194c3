"""Random architectures with the forms that came later: what a formula says is what a run counts."""

from __future__ import annotations

from hypothesis import given

import symcost
from symcost.questions import questions
from tests.oracle.agreement import assert_agreement
from tests.oracle.sampling import examples
from tests.oracle.strategies import Architecture, architectures


@examples(20, 300)
@given(architectures(newer=True))
def test_formulas_say_what_a_run_counts(architecture: Architecture) -> None:
    """At the drawn sizes and where every size is 1; one formula answers both."""
    ones = dict.fromkeys(architecture.values, 1)
    assert_agreement(architecture.text, [architecture.values, ones])


@examples(8, 100)
@given(architectures(newer=True))
def test_names_change_no_answer(architecture: Architecture) -> None:
    """With named sizes written out every question has the same number, or is refused alike."""
    named = symcost.loads(architecture.text).model("M")
    given_ = {info.name: architecture.values[info.name] for info in named.symbols}
    assert _answers(named, given_) == _answers(named.inlined, given_), architecture.text


def _answers(model: symcost.Model, values: dict[str, int]) -> dict[str, object]:
    answers: dict[str, object] = {}
    for question in questions():
        try:
            answers[question] = model.quantity(question)(**values)
        except symcost.SymcostError as fault:
            answers[question] = fault.faults[0].code
    return answers
