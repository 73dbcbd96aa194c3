"""A `recompute` is performed again as a whole, against brute force and PyTorch."""

from __future__ import annotations

import pytest

import symcost
from tests.oracle.autodiff import differentiate

DEEP = "x = x -> Linear(D) "

BODIES = [
    "recompute { d = x -> Linear(D) -> tanh y = x -> Linear(D) -> tanh } return y",
    DEEP + "recompute { y = tanh(x) * x d = tanh(y) } return y",
    "recompute { frozen { y = x -> Linear(D) } z = y -> Linear(D) } return z",
    "repeat L { recompute { d = x -> Linear(D) x = x -> Linear(D) -> tanh } } return x",
    "d = x * 2 recompute { repeat L { d = tanh(d) -> Linear(D) x = x -> Linear(D) } } return x",
    "d = x * 2 repeat L { recompute { d = tanh(x) e = exp(d) x = exp(x) -> Linear(D) } } return d",
    "recompute { d = x -> Linear(D) recompute { y = x -> Linear(D) -> tanh e = exp(y) } } return y",
    "recompute { repeat L { recompute { x = x -> Linear(D) -> tanh } } } return x",
    DEEP + "repeat l in L { recompute { if l % 2 == 0 { d = x -> Linear(D) } else { x = x -> Linear(D) } } } return x",
    DEEP + "recompute { repeat l in L { recompute { if l % 3 == 1 { d = tanh(x) } else { x = exp(x) } } } } return x",
    DEEP + "repeat l in L { if l < 2 { recompute { d = exp(x) x = tanh(x) } } else { x = sigmoid(x) } } return x",
    DEEP + "repeat l in L { recompute { if l == L - 1 { d = exp(x) x = tanh(x) } else { x = tanh(x) } } } return x",
    "recompute { weigh 0.5 { y = x -> Linear(D) -> tanh e = exp(y) } } return y",
    "choose 2 of 4 { recompute { y = x -> Linear(D) -> tanh e = exp(y) } emit z = y } return z",
    "scan t in T with h: [D] { recompute { h = tanh(x[t] -> Linear(D)) + h d = exp(h) } emit y = d } return h",
]


def model(body: str) -> symcost.Model:
    return symcost.loads(f"model M(x: [T, D], L) {{ {body} }}").model()


@pytest.mark.parametrize("body", BODIES)
def test_all_of_it_is_performed_again(body: str) -> None:
    """What nobody reads and what needs no gradient too, by the formula, by the numbers and by running it."""
    formula = model(body).backward
    for layers in (1, 2, 3, 5):
        values = {"T": 2, "D": 2, "L": layers}
        numbers = model(body).at(**values).settled().backward
        found = differentiate(f"model M(x: [T, D], L) {{ {body} }}", "M", values).counts
        for name in ("mac", "add", "mul", "exp"):
            assert formula[name](**values) == found[name], (name, layers)
            assert numbers[name](**values) == found[name], (name, layers)


def test_it_keeps_what_it_begins_with() -> None:
    """Not what it makes of data on its own (T); what only a value that nobody reads is made from, it does (3·T)."""
    found = symcost.loads(
        "model M(x: [T]) { param w: [T] recompute { y = tanh(x) z = y * w } return z }\n"
        "model N(x: [T]) { param w: [T] a = x * w b = exp(a) recompute { d = tanh(b) y = tanh(a) } return y }"
    )
    assert [str(found.model(name).quantity("activations").form) for name in "MN"] == ["T", "3·T"]


@pytest.mark.parametrize(
    ("body", "runs"),
    [
        ("recompute { y = exp(x) }", 2),
        ("recompute { recompute { y = exp(x) } }", 3),
        ("recompute { d = exp(x) y = exp(x) }", 4),
        ("recompute { y = exp(x) d = exp(y) }", 4),
    ],
)
def test_pytorch_runs_as_often(body: str, runs: int) -> None:
    """A checkpoint runs its function again, and one in another once more; what nobody reads is run with it."""
    torch = pytest.importorskip("torch")
    from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop

    class Exp(torch.autograd.Function):  # type: ignore[misc,name-defined]
        done = 0

        @staticmethod
        def forward(ctx, x):  # type: ignore[no-untyped-def]
            Exp.done += 1
            ctx.save_for_backward(x.exp())
            return x.exp()

        @staticmethod
        def backward(ctx, gradient):  # type: ignore[no-untyped-def]
            return gradient * ctx.saved_tensors[0]

    def again(function):  # type: ignore[no-untyped-def]
        return lambda x: checkpoint(function, x, use_reentrant=False)

    functions = {
        "recompute { y = exp(x) }": again(Exp.apply),
        "recompute { recompute { y = exp(x) } }": again(again(Exp.apply)),
        "recompute { d = exp(x) y = exp(x) }": again(lambda x: (Exp.apply(x), Exp.apply(x))[1]),
        "recompute { y = exp(x) d = exp(y) }": again(lambda x: (y := Exp.apply(x), Exp.apply(y))[0]),
    }
    with set_checkpoint_early_stop(False):
        functions[body](torch.ones(1, requires_grad=True)).backward()
    counted = symcost.loads(f"model M(x: [D]) {{ param b: [D] x = x + b {body} return y }}").model()
    assert Exp.done == runs
    assert counted.operations["exp"](D=1) + counted.backward["exp"](D=1) == runs
