"""Primitives by hand: what shape comes out, and what is counted."""

from __future__ import annotations

import pytest

import symcost

BY_HAND = {
    # A sum of n numbers is n - 1 additions; a mean is scaled by 1/n, which is known before.
    "sum": ("x: [T, D]", "return sum(x)", "[T]", {"add": "T*(D - 1)"}),
    "mean": ("x: [T, D]", "return mean(x, axis = 0)", "[D]", {"add": "D*(T - 1)", "mul": "D"}),
    # The greatest of n is found in n - 1 comparisons.
    "max": ("x: [T, D]", "return max(x, axis = 0, keep = true)", "[1, D]", {"cmp": "D*(T - 1)"}),
    # One MAC for each of T by O results and each of I products.
    "product": ("x: [T, I], O", "param W: [I, O] return x @ W", "[T, O]", {"mac": "T*I*O"}),
    # Nothing is accumulated in an outer product.
    "outer product": ("a: [N], b: [M]", "y[n, m] = a[n] * b[m] return y", "[N, M]", {"mul": "N*M"}),
    # The smaller operand is used again along the leading axis.
    "broadcast": ("x: [T, D], b: [D]", "return x + b", "[T, D]", {"add": "T*D"}),
    # T - 2 places for a window of three, two comparisons in each.
    "window": ("x: [T, D]", "assume T >= 3 y[t, d] = max(k in 3) x[t + k, d] return y", "[T - 2, D]",
        {"cmp": "2*D*(T - 2)"}),
    # Numbers that only move cost nothing.
    "moves": ("x: [T, D]", "return concat(transpose(x), zeros([D, 2])) -> reverse(axis = 0)", "[D, T + 2]", {}),
    "split": ("x: [T, D]", "assume 2 divides D a, b = split(x, 2) return a * b", "[T, D/2]", {"mul": "T*D/2"}),
}  # fmt: skip
NAMES = {"mac": "macs"}


@pytest.mark.parametrize(("ports", "body", "shape", "counts"), BY_HAND.values(), ids=BY_HAND)
def test_by_hand(ports: str, body: str, shape: str, counts: dict[str, str]) -> None:
    """The shape as written, and every class that is counted; no other is."""
    kept = "  ".join(f"{NAMES.get(name, name)} == {count}" for name, count in counts.items())
    expected = f"expect M {{ {kept} }}" if counts else ""
    document = symcost.loads(f"model M({ports}) -> {shape} {{ {body} }}\n{expected}")
    assert all(check.ok for check in document.check())
    found = document.model().operations
    assert {name for name in found if found[name].form != 0} == set(counts)
