"""The rounds of a loop on the way back: nothing goes back through what nobody reads."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

import symcost
from symcost.analysis.memory.activations import KINDS
from symcost.cost import CLASSES, INSIDE
from symcost.formula import add, symbol
from tests.analysis.training.test_by_line import by_operation
from tests.oracle.autodiff import differentiate
from tests.oracle.storage import kept

READOUT = """
  param W: [I, H], U: [H, H], V: [H, O]
  scan t in T with h: [H], y: [O] {
    h = tanh(x[t] @ W + h @ U)
    y = h @ V
  }
  return y"""


def model(ports: str, body: str) -> symcost.Model:
    return symcost.loads(f"model M({ports}) {{ {body} }}").model()


def test_a_value_that_is_overwritten_has_a_gradient_in_the_last_round() -> None:
    """y = h V: 2·H·O for one round, however many there are; the same as with the product behind the loop.

    Within the loop T·I·H for W, and 2·H·H in every round but the first, which needs none for zeros: H·H.
    """
    inside = model("x: [T, I], H, O", READOUT)
    behind = model("x: [T, I], H, O", READOUT.replace("y = h @ V\n", "").replace("return y", "return h @ V"))
    assert str(inside.backward["mac"]) == "(2·H·H + I·H)·T - H·H + 2·H·O"
    sizes = {"I": 2, "H": 3, "O": 5}
    for steps in (1, 2, 7):
        for kind in CLASSES:
            assert inside.backward[kind](T=steps, **sizes) == behind.backward[kind](T=steps, **sizes), (kind, steps)


def test_pytorch_goes_back_through_as_much() -> None:
    """FlopCounterMode, 4 steps of 6 numbers, 3 hidden, 5 out, where PyTorch is installed."""
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    w, u, v = (torch.randn(size, requires_grad=True) for size in ((6, 3), (3, 3), (3, 5)))
    x, h = torch.randn(4, 1, 6), torch.zeros(1, 3)
    with FlopCounterMode(display=False) as counter:
        for step in x:
            h = torch.tanh(step @ w + h @ u)
            y = h @ v
        forward = counter.get_total_flops()
        y.sum().backward()
    found = model("x: [T, I], H, O", READOUT).backward["mac"](T=4, I=6, H=3, O=5)
    assert counter.get_total_flops() - forward == 2 * found


def test_what_is_overwritten_is_not_kept_either() -> None:
    """tanh needs its result; that of the last round is the one that anybody reads."""
    found = model("x: [T, I], H, O", READOUT.replace("h @ V", "tanh(h @ V)"))
    assert str(found.quantity("activations").form) == "T·I + H·T + O"


@pytest.mark.parametrize(
    "body",
    [
        READOUT,
        READOUT.replace("h @ V", "tanh(h @ V)"),
        # The last state is not used: the last round makes it for nobody.
        "param U: [H, H] scan t in T with h: [H] { emit y = h @ U h = tanh(h @ U + x[t, 0]) } return y",
        # What the last round reads of the one before it, and that of nobody.
        """param U: [H, H], V: [H, H] scan t in T with h: [H], a: [H], b: [H], c: [H] {
             c = exp(b) @ V  b = sin(a) @ V  a = h @ V  h = tanh(h @ U + x[t, 0])
           } return c""",
        # Emitted and carried, and only one of the two carried values used.
        """param U: [H, H] a = x @ zeros([I, H])
           scan t in T with h: [H], g: [H] { h = tanh(h @ U + a[t]) g = sin(g * h) emit y = g } return y""",
        # A loop in a loop, the inner one overwritten.
        """param U: [H, H] scan t in T with h: [H], g: [H] {
             h = tanh(h @ U + x[t, 0])
             scan s in 2 with g: [H] = h { g = sin(g @ U) }
           } return g""",
        "param b: [H] h = b repeat T with y: [H] = b { y = exp(h) @ (x[0, 0] * zeros([H, H])) h = sin(h) } return y",
        "x = x -> Linear(H) repeat T { z = exp(x) @ zeros([H, H]) x = tanh(x) emit y = z } return y[T - 1]",
    ],
)
def test_against_gradients_really_worked_out(body: str) -> None:
    found = model("x: [T, I], H, O", body)
    for steps in (1, 2, 3, 5):
        _agree(found, body, {"T": steps, "I": 2, "H": 2, "O": 3})


def _agree(found: symcost.Model, body: str, values: Mapping[str, int]) -> None:
    text = f"model M(x: [T, I], H, O) {{ {body} }}"
    for inputs in (False, True):
        back = found.gradients(inputs=inputs)
        counts = {kind: back[kind](**values) for kind in (*CLASSES, *INSIDE)}
        assert counts == differentiate(text, "M", values, inputs=inputs).counts, (values, inputs)
    numbers = found.asked(lambda model: add(*(model.kept[kind] for kind in KINDS)))
    assert numbers(**values) == kept(text, "M", values), values


def test_the_lines_make_up_the_whole() -> None:
    """By line too: the product that is overwritten is counted for the last round, beside the steps of the others."""
    whole = model("x: [T, I], H, O", READOUT).explained("backward")
    i, h, o, t = (symbol(name) for name in "IHOT")
    assert by_operation(whole) == {"x[t] @ W": i * h * t, "h @ U": 2 * h * h * t - h * h, "h @ V": 2 * h * o}
    assert whole.total == 2 * h * h * t + i * h * t - h * h + 2 * h * o
