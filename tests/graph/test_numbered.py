"""`repeat l in L { if (l + 1) % 6 == 0 { ... } else { ... } }`: layers that differ by their number."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

import symcost
from symcost.errors import UndecidedCondition
from tests.oracle.agreement import assert_agreement


def text(condition: str, above: str = "", over: str = "L", more: str = "") -> str:
    return f"""
    model M(x: [T, D], L, H) {{
      {above}
      repeat l in {over} {{
        if {condition} {{ x = x -> Linear(D) -> relu }} else {{ x = x -> Linear(H) -> Linear(D) {more} }}
      }}
      return x
    }}
    """


def test_where_they_come_out_even() -> None:
    """Of L layers every sixth is of one kind: D·D MACs a token in L/6, 2·D·H in 5·L/6."""
    model = symcost.loads(text("(l + 1) % 6 == 0", "assume 6 divides L")).model()
    assert model.macs == symcost.form("D*D*T*L/6 + 2*D*H*T*5*L/6")
    assert str(model.macs) == "(10·D·H·T + D·D·T)·L/6"
    assert str(model.depth) == "23·L/6"
    assert [str(fact) for fact in model.assumptions] == ["6 divides L"]
    assert [block.name for block in model.tree.children] == ["repeat L/6"]
    assert [block.name for block in model.tree.children[0].children] == ["repeat 5", "repeat 1"]


def test_where_they_do_not() -> None:
    """Floor(L/6) and what is left; with numbers the layers stand one by one, and it is the same."""
    model = symcost.loads(text("(l + 1) % 6 == 0")).model()
    assert str(model.macs) == "(10·D·H·T + D·D·T)·floor(L/6) + 2·D·H·T·(L % 6)"
    for layers in range(1, 14):
        values = {"L": layers, "T": 3, "D": 4, "H": 5}
        every = 3 * (layers // 6 * 16 + (layers - layers // 6) * 2 * 20)
        assert model.macs(**values) == every
        for question in ("macs", "params", "depth", "flops", "activations", "peak"):
            if layers > 1:
                assert model.quantity(question)(**values) == model.at(**values).quantity(question)(), question


def test_the_way_back_through_them() -> None:
    """The first layer, which needs no gradient of x, is among those that are left where there are fewer than six."""
    model = symcost.loads(text("(l + 1) % 6 == 0")).model()
    assert [str(fact) for fact in model.holds("backward")] == ["L >= 6"]
    for layers in (1, 2, 5, 6, 7, 12, 13):
        # Of the kind 2·D·H·T twice that, D·D·T once more, without what the first layer asks of x: D·H·T.
        others, every = layers - layers // 6, layers // 6
        expected = others * 2 * 2 * 20 * 3 + every * 2 * 16 * 3 - 20 * 3
        assert model.at(L=layers, T=3, D=4, H=5).backward["mac"]() == expected
        assert model.backward["mac"](L=layers, T=3, D=4, H=5) == expected


CONDITIONS = [
    "(l + 1) % 6 == 0", "l % 2 == 0", "l % 3 != 1", "l % 4 < 2", "l % 2 == 0 or l % 3 == 0", "not (2*l + 1) % 5 == 3",
    "(l - 1) % 3 == 0", "7 % 4 == l % 4", "(l % 4) + (l % 2) == 2",
]  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from(CONDITIONS),
    st.sampled_from(["L", "2*L", "1..L", "3..2*L", "L + 5"]),
    st.sampled_from(["", "if l % 2 == 1 { x = x -> relu }", "x = x -> (relu if l % 3 == 1 else tanh)"]),
    st.integers(3, 9),
)
def test_any_pattern(condition: str, over: str, more: str, layers: int) -> None:
    """For every number of layers what a run counts, layer by layer."""
    if "(relu" in more:
        more = "x = x -> Linear((D if l % 3 == 1 else 2*D)) -> Linear(D)"
    assert_agreement(text(condition, over=over, more=more), [{"T": 2, "D": 2, "H": 3, "L": layers}])


@pytest.mark.parametrize(
    "condition", ["l*l == 0", "2*l < H", "l % H == 0", "l*l % 3 == T", "(l // 2) % 2 == 0", "2^l % 3 == 1"]
)
def test_what_need_not_come_back(condition: str) -> None:
    """Anything else is not decided while the number of layers is open."""
    with pytest.raises(UndecidedCondition):
        _ = symcost.loads(text(condition)).model().macs


def test_a_number_that_is_given() -> None:
    """The period may be an option; 65 layers are too long a pattern."""
    document = symcost.loads("""
    module Stack(x: [T, D], L, every = 4) {
      repeat l in L { if l % every == 0 { x = x -> Linear(D, bias = false) } else { x = x -> relu } }
      return x
    }
    model M(x: [T, D], L) { assume 4 divides L  return x -> Stack(L) }
    model Far(x: [T, D], L) { return x -> Stack(L, every = 65) }
    """)
    assert document.model("M").macs == symcost.form("D*D*T*L/4")
    with pytest.raises(UndecidedCondition):
        _ = document.model("Far").macs


def test_what_is_left_is_counted_without_its_place() -> None:
    """Of 7 rounds the first two and the fifth are counted: the numbers of rounds before them cancel."""
    body = "repeat l in L { if (l*5 + 2) % 7 < 3 { x = x -> Linear(D, bias = false) } }"
    model = symcost.loads(f"model M(x: [T, D], L) {{ {body} return x }}").model()
    assert str(model.macs) == "3·D·D·T·floor(L/7) + D·D·T·min(L % 7, 2) + D·D·T·min(max(L % 7 - 4, 0), 1)"
    for many in range(1, 22):
        assert model.macs(T=1, D=1, L=many) == sum((one * 5 + 2) % 7 < 3 for one in range(many))
