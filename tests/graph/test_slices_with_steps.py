"""`x[a:b:c]`: every c-th position of a stretch, as in NumPy and PyTorch."""

from __future__ import annotations

from hypothesis import given, strategies as st

import symcost
from tests.oracle.interpreter import run


def model(body: str) -> symcost.Model:
    return symcost.loads(f"model M(x: [T, D], a, b, c) {{ {body} }}").model()


@given(st.data())
def test_as_many_as_python_takes(data: st.DataObject) -> None:
    """The formula has the length of Python's own slice, wherever it begins, ends and however far it steps."""
    size = data.draw(st.integers(1, 12))
    stop = data.draw(st.integers(1, size))
    start = data.draw(st.integers(1, stop))
    step = data.draw(st.integers(1, 14))
    values = {"T": size, "D": 1, "a": start, "b": stop, "c": step}
    assert model("return relu(x[a:b:c])").quantity("cmp")(**values) == len(range(size)[start:stop:step])
    assert model("return relu(x[-1 - b + b::c])").quantity("cmp")(**values) == 1
    assert model("return relu(x[::c])").quantity("cmp")(**values) == len(range(size)[::step])


def test_a_step_may_be_open() -> None:
    """ceil((b - a)/c) positions; a step of 1 is none."""
    assert str(model("return relu(x[::c])").quantity("cmp").form) == "ceil(T/c)·D"
    assert str(model("return relu(x[1::2])").quantity("cmp").form) == "ceil((T - 1)/2)·D"
    assert str(model("return relu(x[a:b:1, ::2])").quantity("cmp").form) == str(
        model("return relu(x[a:b, ::2])").quantity("cmp").form
    )


def test_steps_cost_nothing() -> None:
    """Positions are only picked, from where they lie; the gradient of those that are not picked is 0."""
    found = model("return x[::3, ::2]").at(T=9, D=4, a=1, b=1, c=1)
    assert all(form.form == 0 for form in found.operations.values())
    assert found.quantity("traffic").form == 0
    assert found.quantity("activations").form == 0


def test_what_is_seen_through_steps() -> None:
    """Two layers of every other position of three neighbours see 3 + 2·2 positions of the input."""
    text = """
    module Thin(x: [..., T, D]) {
      param W: [3, D]
      y[..., t, d] = x[..., t + k, d] * W[k, d]
      return y[..., ::2, :]
    }
    model M(x: [T, D]) { assume T >= 7 return x -> Thin -> Thin }
    """
    assert symcost.loads(text).model().at(T=40, D=1).quantity("receptive_field").form == 7


def test_a_step_runs_as_it_is_counted() -> None:
    """The interpreter that takes position after position comes to the same."""
    text = "model M(x: [T, X, D]) { y = x[1::3, :, ::2] return sum(y * y, axis = 1) + x[1::3, 0, ::2] }"
    values = {"T": 9, "X": 3, "D": 5}
    counted, found = run(text, "M", values), symcost.loads(text).model()
    assert (
        (counted.add, counted.mul)
        == (found.quantity("add")(**values), found.quantity("mul")(**values))
        == (3 * 3 * 2 + 9, 3 * 3 * 3)
    )
