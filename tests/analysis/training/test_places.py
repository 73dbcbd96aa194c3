"""Gradients of entries at places that tables say: they are added where the entries were taken, use by use."""

from __future__ import annotations

import pytest

import symcost
from tests.analysis.training.test_backward import assert_agreement, loss
from tests.oracle.autodiff import differentiate

SIZES = {"T": 3, "C": 2, "N": 5}
TABLES = 'p = constant([N], "p")  q = constant([N], "q")'

BODIES = {
    "two tables": "a[n, c] = x[p[n], c]  z[n, c] = x[q[n], c]  return a + 2*z",
    "rows": "return x[p] + 2*x[q]",
    "two in one sum": "a[n, c] = x[p[n], c] + x[q[n], c]  return a",
    "a product": "a[n, c] = x[p[n], c] * x[q[n], c]  return a",
    "a product that is summed": "a[n] = x[p[n], c] * x[q[n], c]  return a",
    "a parameter": "param W: [C, C]  a[n, d] = x[p[n], c] * W[c, d]  return a + x[q]",
    "a table of parameters": "param W: [T, C]  a[n, c] = W[p[n], c]  b[n, c] = W[q[n], c]  return a * b + x[q]",
    "a whole use beside": "a[n, c] = x[p[n], c]  return a -> sum(axis = 0, keep = true) -> relu, x * x",
    "axes in another order": "a[c, n] = x[p[n], c]  return transpose(a) * x[q]",
    "places of two axes": 'r = constant([N, C], "r")  a[n, c] = x[r[n, c], c]  return a * a',
    "a sum into places": "y = zeros([T, C])  y[p[n], c] += x[q[n], c]  return y + x",
    "a product into places": "param W: [C, C]  y = x  y[p[n], d] += x[q[n], c] * W[c, d]  return y",
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_counts_are_those_of_a_run(body: str) -> None:
    """Every class of the way back is what it comes to where each gradient is really worked out."""
    text = f"model M(x: [T, C], N) {{ {TABLES} {body} }}"
    assert_agreement(text, "M", SIZES, symcost.loads(text).model())


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_oracle_differentiates_them(body: str) -> None:
    """The gradients that are counted are those of the function, against difference quotients."""
    text = f"model M(x: [T, C], N) {{ {TABLES} {body} }}"
    done = differentiate(text, "M", SIZES, inputs=True)
    found = [*done.parameters, *done.inputs]
    begins = [pair for part in loss(text, SIZES)[1:] for pair in part.items()]
    for (first, size), gradient in zip(begins, found, strict=True):
        for place in range(size):
            step = 1e-5
            up, down = (loss(text, SIZES, first + place, sign * step)[0] for sign in (1, -1))
            assert gradient[place] == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("body", [BODIES["two tables"], BODIES["rows"]])
def test_parts_are_added_to_the_whole(body: str) -> None:
    """N·C additions into zeros for each of two tables, and none that join whole gradients: 2 · 5 · 2 = 20."""
    model = symcost.loads(f"model M(x: [T, C], N) {{ {TABLES} {body} }}").model()
    found = model.gradients(inputs=True)
    assert found["add"] == symcost.form("2*N*C")
    assert found["add"](**SIZES) == 20
