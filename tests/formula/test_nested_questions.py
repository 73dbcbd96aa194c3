"""Proofs that ask for ever larger forms come to an end."""

from __future__ import annotations

import pytest

import symcost
from tests.oracle import schedule

ROWS = """module Half(x: [..., P]) {
  weigh 0.5 { y = x -> Linear(P, bias = false) -> tanh }
  return y
}
model M(x: [B, B], z: [A, C, B]) {
  v = x -> ConvTranspose1d(C, 3, stride = 1)
  scan t in A with h: [A, C] {
    states, products = linear_recurrence(v, tanh(v))
    half = products -> Half
    h = h -> Linear(C)
    emit y = products
    emit u = products
  }
  out[i, j, k] = 2 * z[k, j, l] * u[k, m, j] * y[k, i, 0] - h[n, j]
  return v
}"""


@pytest.mark.slow
def test_logarithms_of_what_logarithms_rest_on() -> None:
    """`log2(B) + log2(B + 2)` over roundings of itself: a formula, and what a scheduler of single numbers says."""
    model = symcost.loads(ROWS).model()
    values = {"A": 2, "B": 2, "C": 2}
    assert model.scalar_depth.form.evaluate(values) == schedule.depth(model.graph, values, "scalars")
