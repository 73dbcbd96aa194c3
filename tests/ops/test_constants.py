"""What is made beforehand: it has a shape, and costs nothing to nobody."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import NotASize, UnknownName, WrongKind

MADE = ('constant([T, T], "causal mask")', "constant([T, T])", "zeros([T, T])", "ones([T, T])")


def model(body: str) -> symcost.Model:
    return symcost.loads(f"model M(x: [T, D], V) {{ {body} }}").model()


def answers(one: symcost.Model) -> dict[str, str]:
    """Everything that can be asked by name, with numbers, since some of it needs them."""
    names = ("params", "macs", "add", "mul", "cmp", "depth", "steps", "scalar_depth", "backward", "backward_depth")
    memory = ("activations", "buffers", "peak", "traffic", "state")
    return {name: str(one.at(T=6, D=4, V=9).quantity(name).form) for name in (*names, *memory)}


@pytest.mark.parametrize("made", MADE)
def test_what_a_constant_takes_part_in_is_counted(made: str) -> None:
    """Adding a mask is T·T additions; the mask is no parameter, no buffer, and nothing waits for it."""
    found = model(f"return x @ transpose(x) + {made}")
    assert str(found.quantity("add").form) == "T·T"
    assert found.params == 0
    assert found.quantity("buffers").form == 0
    assert found.depth == 2


@pytest.mark.parametrize("made", MADE[1:])
def test_constants_are_alike(made: str) -> None:
    """`zeros` and `ones` say what they hold, `constant` why it is there: nothing asked tells them apart."""
    body = "return softmax(x @ transpose(x) + {0}) @ x"
    assert answers(model(body.format(made))) == answers(model(body.format(MADE[0])))


def test_a_constant_can_say_which_rows_are_taken() -> None:
    """Positions look up a learned table; they are no input and get no gradient."""
    found = model("param P: [V, D] return x + P[constant([T])]")
    assert str(found.params) == "V·D"
    assert str(found.quantity("add").form) == "T·D"
    assert [str(size) for size in model("return x[constant([V, 3])]").graph.results[0].shape] == ["V", "3", "D"]


def test_nothing_is_trained_behind_a_constant() -> None:
    """A product has two gradients as large as itself; where the constant or an input would get one there is none.

    So T·T·D for y @ W, from what comes back through the constant, and T·D·D for W.
    """
    found = symcost.loads("model M(y: [T, D]) { param W: [D, D] return constant([T, T]) @ (y @ W) }").model()
    assert found.at(T=5, D=3).quantity("backward").form == 5 * 5 * 3 + 5 * 3 * 3


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        ("constant(T)", WrongKind),
        ("constant([T], 3)", WrongKind),
        ("constant([x])", WrongKind),
        ("constant([-1])", NotASize),
        ("constant([T], words)", UnknownName),
    ],
)
def test_a_constant_is_a_list_of_sizes_and_words(made: str, fault: type[symcost.SymcostError]) -> None:
    with pytest.raises(fault):
        _ = model(f"return {made}").graph
