"""`y[to[e], f] += p[e, g] * z[from[e], f]`: sums into places that a table says, and reading at such places."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import symcost
from symcost import SymcostError
from tests.oracle.agreement import assert_agreement

MESSAGES = """
model Messages(x: [N, C], from: [E], to: [E], h, F) {
  param a: [h, F], b: [h, F]
  z = x -> Linear(h*F, bias = false) -> reshape([N, h, F])
  u[n, g] = z[n, g, f] * a[g, f]
  v[n, g] = z[n, g, f] * b[g, f]
  p = exp(leaky_relu(u[from] + v[to]))
  total = zeros([N, h])
  total[to[e], g] += p[e, g]
  y = zeros([N, h, F])
  y[to[e], g, f] += p[e, g] * z[from[e], g, f]
  return y / reshape(total, [N, h, 1])
}
"""


def model(body: str, ports: str = "x: [N, F], to: [E], from: [E], p: [E]") -> symcost.Model:
    return symcost.loads(f"model M({ports}) {{ {body} }}").model()


def test_attention_over_neighbours() -> None:
    """E edges and h heads of F channels: h·F·E MACs for the messages, E·h exp, E·h additions for the totals.

    Source  Veličković et al., Graph attention networks (2018), section 2.1, counted by hand
    """
    messages = symcost.loads(MESSAGES).model()
    assert str(messages.macs) == "C·h·F·N + 2·h·F·N + E·h·F"
    assert messages.quantity("exp") == symcost.form("E*h")
    assert messages.quantity("add") == symcost.form("2*E*h")


def test_what_is_added() -> None:
    """A product is a MAC with its addition, a single term an addition, whatever places they go to."""
    added = model("y = zeros([N, F])  y[to[e], f] += x[from[e], f]  return y")
    assert (str(added.quantity("add")), added.macs) == ("E·F", 0)
    weighed = model("y = zeros([N, F])  y[to[e], f] += p[e] * x[from[e], f]  return y")
    assert (str(weighed.macs), str(weighed.quantity("additions")), weighed.quantity("add")) == ("E·F", "E·F", 0)
    degrees = model("d = zeros([N])  d[to[e]] += 1  return d")
    assert str(degrees.quantity("add")) == "E"


def test_bags() -> None:
    """Embedding bags: a table's rows summed bag by bag, B·L·D additions; nothing for looking them up."""
    bags = model("param E: [V, D]  y = zeros([B, D])  y[b, d] += E[words[b, l], d]  return y", "words: [B, L], V, D")
    assert bags.quantity("add") == symcost.form("B*L*D")
    summed = model("param E: [V, D]  y[b, d] = E[words[b, l], d]  return y", "words: [B, L], V, D")
    assert summed.quantity("add") == symcost.form("B*D*(L - 1)")


def test_each_its_own() -> None:
    """An index that a table shares with what it looks into stands once: B rows of k out of T, not B times B."""
    chosen = model("y[b, k, d] = x[b, best[b, k], d]  return y", "x: [B, T, D], best: [B, K]")
    assert [str(size) for size in chosen.graph.results[0].shape] == ["B", "K", "D"]
    assert chosen.flops() == 0
    # Read are the entries that are taken and their numbers; written are those entries.
    assert chosen.quantity("traffic") == symcost.form("2*B*K*D + B*K")


def test_gradients_go_back() -> None:
    """Through messages and what was there, not through the numbers of places; each message has two factors."""
    weighed = model(
        "param w: [E]  z = x -> Linear(F, bias = false)  y = zeros([N, F])  y[to[e], f] += w[e] * z[from[e], f]"
        "  return y",
        "x: [N, F], to: [E], from: [E]",
    )
    # F·F·N for the matrix, E·F for w, E·F for z.
    assert weighed.quantity("backward") == symcost.form("F*F*N + 2*E*F")


LEFT = {
    "y[to[e], f]": ("y = zeros([N, F])", {"e", "f"}),
    "y[f, to[e]]": ("y = x -> transpose", {"e", "f"}),
    "y[n, f]": ("y = x", {"n", "f"}),
    "y[pair[e, k], to[e], f]": ("y = zeros([N, N, F])", {"e", "k", "f"}),
    "y[..., f]": ("y = x", {"f"}),
    "y[to[e], pair[e, k]]": ("y = x", {"e", "k"}),
}
FACTORS = {
    "p[e]": {"e"}, "x[from[e], f]": {"e", "f"}, "x[n, f]": {"n", "f"}, "q[e, g]": {"e", "g"}, "w[g, f]": {"g", "f"},
    "x[pair[e, k], f]": {"e", "k", "f"}, "q[from[e], g]": {"e", "g"}, "p[0]": set(), "x[n, pick[f]]": {"n", "f"},
    "q[pair[e, 1], g]": {"e", "g"},
}  # fmt: skip


@st.composite
def statements(draw: st.DrawFn) -> str:
    """A model with one sum into places, and an index notation that reads at places."""
    left, (above, free) = draw(st.sampled_from(sorted(LEFT.items())))
    open_axes = "..." in left
    usable = [name for name in FACTORS if not open_axes]
    terms: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        factors = draw(st.lists(st.sampled_from(usable), min_size=1, max_size=3)) if usable else ["x[..., f]"]
        scale = draw(st.sampled_from(["", "2 * ", "N * ", "-"]))
        terms.append(scale + " * ".join(factors))
    known = free | {index for term in terms for name, indices in FACTORS.items() if name in term for index in indices}
    filled = [index for index in sorted(free - {"k", "e", "f", "n"}) if index not in known]
    assert not filled
    return f"""
    model M(x: [N, F], to: [E], from: [E], pair: [E, 2], pick: [F], p: [E], q: [E, G], w: [G, F]) {{
      {above}
      {left} += {" + ".join(terms).replace("+ -", "- ")}
      r[e, f] = p[e] * x[from[e], f] * x[from[e], pick[f]]
      return y, r
    }}
    """


@settings(max_examples=60, deadline=None)
@given(statements(), st.lists(st.integers(1, 3), min_size=4, max_size=4))
def test_random_sums(text: str, sizes: Sequence[int]) -> None:
    """Formulas count what brute force counts, whatever is added where."""
    assert_agreement(text, [dict(zip("NFEG", sizes, strict=True))])


@pytest.mark.parametrize(
    "body",
    [
        "y[to[e], f] += x[from[e], f]  return y",
        "y = zeros([N, F])  y[to[e], f] = x[from[e], f]  return y",
        "y = zeros([N, F])  y[to[2*e], f] += x[from[e], f]  return y",
        "y = zeros([N, F])  y[to[e], 2*f] += x[from[e], f]  return y",
        "y = zeros([N, F])  y[to[e], f] += max(k in 2) x[from[e], f]  return y",
        "y = zeros([N, F])  y[to[e], f] += q[e, f]  return y",
        "y = zeros([N, F])  y[to[...], f] += x[n, f]  return y",
        "y = zeros([N, F])  for t in N { y[to[e], f] += x[from[e], f] }  return y",
        "y = zeros([N, F + 1])  y[to[e], f] += x[from[e], f]  return y",
        "y = zeros([N])  y[to[e], f] += x[from[e], f]  return y",
        "y = zeros([N, F])  y[to, f] += x[from[e], f]  return y",
        "y = zeros([N, F])  y[to[e], f] += x[from[e] + 1, f]  return y",
    ],
)
def test_what_cannot_be_added(body: str) -> None:
    """Each is a fault with a place."""
    with pytest.raises(SymcostError) as caught:
        _ = model(body).macs
    assert caught.value.report.label is not None


def test_steps_that_add() -> None:
    """Round by round onto what is carried."""
    text = "model M(x: [T, E, F], to: [E], N) { scan t in T with y: [N, F] { y[to[e], f] += x[t, e, f] } return y }"
    assert symcost.loads(text).model().quantity("add") == symcost.form("E*F*T")
    assert str(symcost.loads(text).model().depth) == "T"


def test_written_again(tmp_path: Path) -> None:
    """The formatter keeps the sign, and so does the writer."""
    from symcost.diagnostics import Source
    from symcost.syntax.parse import parse
    from symcost.syntax.writer import write

    again = write(parse(Source("a", MESSAGES)).items)
    assert "y[to[e], g, f] += p[e, g] * z[from[e], g, f]" in again
    assert symcost.loads(again).model().macs == symcost.loads(MESSAGES).model().macs
