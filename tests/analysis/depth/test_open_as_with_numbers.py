"""Depths that are proven with open sizes: the formula is what the graph with the numbers says."""

import pytest

import symcost

LLAMA = symcost.load("examples/language/llama.arch")
STEPS = (
    {"L": 2, "c": 3, "G": 4, "D": 4, "heads": 2, "F": 3, "V": 5},
    {"L": 3, "c": 8, "G": 24, "D": 24, "heads": 4, "F": 16, "V": 2},
)


@pytest.mark.parametrize("question", ["depth", "steps", "scalar_depth"])
@pytest.mark.parametrize("sizes", STEPS)
def test_a_step_of_llama(question, sizes):
    """Comparisons of logarithms choose the longest chain for all sizes, so that it is the longest for any."""
    model = LLAMA.model("Step")
    form = getattr(model, question).form
    at = {symbol: sizes[symbol.name] for symbol in form.free_symbols}
    assert form.evaluate(at) == getattr(model.at(**sizes), question).form.number
