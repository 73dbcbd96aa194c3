"""Where no graph can be built with the numbers, a formula that is told for other sizes is no answer."""

from __future__ import annotations

import pytest

import symcost
from symcost import instance
from symcost.errors import SymcostError

STACK = """
model M(x: [D], D, L) {
  repeat L - 1 { x = x -> Linear(D, bias = false) -> relu }
  return x -> Linear(D, bias = false)
}
"""


@pytest.mark.parametrize("question", ["backward", "activations", "fused"])
def test_a_formula_is_no_answer_for_other_sizes(question: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """For three layers the formula stands in; for one, of which it is not told, what kept the graph is said."""

    def refuses(*_: object, **__: object) -> None:
        raise SymcostError("no numbers today")

    model = symcost.loads(STACK).model()
    expected = model.at(D=2, L=3).quantity(question).form.number
    _ = model.graph
    monkeypatch.setattr(instance, "with_numbers", refuses)
    assert model.at(D=2, L=3).quantity(question).form.number == expected
    with pytest.raises(SymcostError, match="no numbers today") as fault:
        _ = model.at(D=2, L=1).quantity(question)
    assert fault.value.report.helps == ("there is a formula for `L >= 2`: choose numbers that keep it",)
