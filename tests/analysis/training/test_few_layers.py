"""Loops without a round, whose input needs no gradient: by hand, by a tape that is run back, and by PyTorch."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import UnderivedBackward, UnderivedMemory
from tests.oracle.autodiff import differentiate

STACK = """
model M(x: [D], D, L) {
  repeat L - 1 { x = x -> Linear(D, bias = false) -> relu }
  return x -> Linear(D, bias = false)
}
"""

MEMORY = """
model M(x: [D], D, L) {
  m = x -> Linear(D, bias = false) -> Linear(D, bias = false)
  y = x
  repeat L - 1 { y = tanh(y + m) }
  return y
}
"""

PARTS = """
model M(x: [D], D, L) {
  repeat l in L { if l < 2 { x = tanh(x) } else { x = x -> Linear(D, bias = false) } }
  return x -> Linear(D, bias = false)
}
"""

CALLED = """
module Stack(x: [D], L) -> [D] { repeat L - 1 { x = x -> Linear(D, bias = false) -> relu } return x }
model M(x: [D], D, L) { return x -> Stack(L) -> Linear(D, bias = false) }
"""


@pytest.mark.parametrize("text", [STACK, MEMORY, PARTS, CALLED])
@pytest.mark.parametrize("layers", [1, 2, 3, 5])
def test_what_a_tape_counts(text: str, layers: int) -> None:
    """Every class of operations, whether numbers are put in early or late, or one of them only."""
    done = differentiate(text, "M", {"D": 3, "L": layers}).counts
    asked = symcost.loads(text).model
    assert asked("M").backward["mac"](D=3, L=layers) == done["mac"]
    assert asked("M").quantity("backward").at(L=layers)(D=3) == done["mac"]
    assert asked("M").at(D=3, L=layers).quantity("backward")() == done["mac"]
    assert asked("M").at(L=layers, D=3).backward["exp"]() == done["exp"]
    explained = asked("M").at(L=layers, D=3).explained("backward")
    assert explained.total.evaluate({"L": layers, "D": 3}) == done["mac"]


@pytest.mark.parametrize(("text", "fact"), [(STACK, "L >= 2"), (MEMORY, "L >= 2"), (PARTS, "L >= 3")])
def test_it_is_told_for_which_sizes(text: str, fact: str) -> None:
    """The formula is that of a loop that has a round."""
    model = symcost.loads(text).model("M")
    for question in ("backward", "training", "training_flops"):
        assert [str(told) for told in model.holds(question)] == [fact]
        assert not model.at(L=5).holds(question)


def test_the_first_layer_by_hand() -> None:
    """One layer has the gradient of its weights alone, D^2; each further one that of its input, too: D^2·(2·L - 1)."""
    found = symcost.loads(STACK).model().quantity("backward")
    for layers in (1, 2, 3, 4):
        assert found(D=2, L=layers) == 4 * (2 * layers - 1)
    assert found.open_names == {"D"}


def test_many_sizes_at_once() -> None:
    """Of the sizes for which the formula is not told, the model is built anew."""
    pytest.importorskip("numpy")
    found = symcost.loads(STACK).model().quantity("backward").over(D=[2, 3], L=[[1], [2]])
    assert found.tolist() == [[4, 9], [12, 27]]


def test_what_is_kept_of_no_layer() -> None:
    """Behind frozen layers that are none, x itself is what the last one reads; no mask is kept of what did not run."""
    text = "model M(x: [D], D, L) { repeat L - 1 { x = x -> Linear(D) -> relu } y = tanh(x) return y -> Linear(D) }"
    model = symcost.loads(text).model()
    assert [model.activations(D=1, L=layers) for layers in (1, 2, 3)] == [1, 1 + 1 + 1, 1 + 2 + 1]


def test_a_loop_that_counts_the_rounds_of_another() -> None:
    """Of `repeat l` the first has no round, however many there are: no size says what is told, so nothing is told."""
    text = "model M(x: [D], D, L) {{ repeat l in {} {{ repeat l {{ x = x -> Linear(D) -> tanh }} }} return x }}"
    with pytest.raises(UnderivedBackward, match=r"repeat l in 1\.\.L"):
        _ = symcost.loads(text.format("L")).model().quantity("backward")
    with pytest.raises(UnderivedMemory, match=r"repeat l in 1\.\.L"):
        _ = symcost.loads(text.format("L")).model().quantity("activations")
    assert symcost.loads(text.format("1..L + 1")).model().quantity("backward")(D=1, L=2) == 2 * 3 - 1


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_what_pytorch_counts(layers: int) -> None:
    """FlopCounterMode, backward alone: two FLOPs for each MAC."""
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    width = 4
    stack = [torch.nn.Linear(width, width, bias=False) for _ in range(layers)]
    x = torch.ones(1, width)
    for layer in stack[:-1]:
        x = layer(x).relu()
    result = stack[-1](x).sum()
    with FlopCounterMode(display=False) as counted:
        result.backward()
    assert symcost.loads(STACK).model().quantity("backward")(D=width, L=layers) * 2 == counted.get_total_flops()
