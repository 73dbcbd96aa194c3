"""A depth with open sizes is told for the sizes for which it is true."""

from itertools import product

import pytest

import symcost


@pytest.mark.parametrize("name", ["Attention", "SelfAttending", "Causal", "Windowed"])
def test_true_where_it_is_told(name):
    """Where the facts hold that go with a depth, the graph built with the sizes has that depth: here all small ones.

    A window of one position leaves nothing to add or to compare in any round, which no counter alone decides.
    """
    model = symcost.load("examples/lecture/attention.arch").model(name)
    facts = (*model.assumptions, *model.holds("depth"))
    names = [info.name for info in model.symbols]
    seen = 0
    for sizes in product((1, 2, 3), repeat=len(names)):
        values = dict(zip(names, sizes, strict=True))
        if all(fact.holds(values) for fact in facts):
            assert model.at(**values).depth == model.depth.form.evaluate(values)
            seen += 1
    assert seen


def test_a_window_of_one():
    """It is said that a window needs two positions."""
    model = symcost.load("examples/lecture/attention.arch").model("Windowed")
    assert [str(fact) for fact in model.holds("depth")] == ["w >= 2"]


@pytest.mark.parametrize("layers", [2, 3])
@pytest.mark.parametrize("chosen", [1, 2])
def test_a_single_expert_has_no_gradients_to_sum(layers: int, chosen: int) -> None:
    """The length of the way back is told for two experts and more; with one a sum less in each layer."""
    model = symcost.load("examples/language/expert_relatives.arch").model("JetMoe")
    values = {"T": 2, "D": 4, "L": layers, "kv_heads": 1, "d_h": 4, "F": 3, "V": 5}
    values |= {"experts": 3, "active_experts": chosen}
    formula = model.backward_depth.form.evaluate(values)
    holds = all(fact.holds(values) for fact in model.holds("backward_depth"))
    assert holds == (chosen > 1)
    assert (model.at(**values).backward_depth == formula) == holds
