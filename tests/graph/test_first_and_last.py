"""`repeat l in L { if l < dense { ... } else { ... } }`: layers that differ by where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

import symcost
from symcost.errors import SymcostError, UndecidedCondition
from symcost.questions import questions
from tests.analysis.memory.test_memory import assert_kept
from tests.analysis.training.test_backward import assert_agreement as assert_gradients
from tests.oracle.agreement import assert_agreement

TWO_KINDS = "if {} {{ x = x -> Linear(D) -> relu }} else {{ x = tanh(x -> Linear(H) -> Linear(D)) }}"


def text(condition: str, above: str = "", over: str = "L", more: str = "", given: str = "") -> str:
    body = TWO_KINDS.format(condition)
    loop = f"repeat l in {over} {given} {{ {body} {more} }}"
    return f"model M(x: [T, D], L, n, H) {{ {above} x = x -> Linear(D) {loop} return x }}"


def test_a_few_layers_first() -> None:
    """D·D MACs a token in min(n, L) layers, 2·D·H in the others, D·D in front."""
    found = symcost.loads(text("l < n")).model()
    assert str(found.macs) == "D·D·T + D·D·T·min(n, L) + 2·D·H·T·(L - min(n, L))"
    assert [block.name for block in found.tree.children if block.kind == "repeat"] == [
        "repeat l in 0..min(n, L)", "repeat l in min(n, L)..L",
    ]  # fmt: skip


def test_no_more_than_there_are() -> None:
    """Where n <= L is known, n layers and L - n layers."""
    found = symcost.loads(text("l < n", "assume n <= L")).model()
    assert str(found.macs) == "D·D·T + D·D·T·n + 2·D·H·T·(L - n)"
    assert [str(fact) for fact in found.assumptions] == ["L >= n"]


@pytest.mark.parametrize(
    "condition", ["l == 0", "l == L - 1", "0 == l", "L - 1 == l", "l + 1 == L", "l < 1", "l + 2 > L"]
)
def test_the_first_and_the_last(condition: str) -> None:
    """One layer of D·D MACs, and L - 1 others, of 2·D·H."""
    found = symcost.loads(text(condition)).model()
    assert found.macs == symcost.form("2*D*D*T + 2*D*H*T*(L - 1)")


def test_both_ends() -> None:
    """The first and the last are two where there are two at least, which has to be said."""
    with pytest.raises(UndecidedCondition, match="write `assume L >= 2`"):
        _ = symcost.loads(text("l == 0 or l == L - 1")).model().macs
    found = symcost.loads(text("l == 0 or l == L - 1", "assume L >= 2")).model()
    assert found.macs == symcost.form("3*D*D*T + 2*D*H*T*(L - 2)")


CONDITIONS = [
    "l < n", "l <= n", "l > n", "l >= n", "l == n", "l != n", "n > l", "n <= l", "l == 0", "l != 0", "l == L - 1",
    "l + 1 < L", "not l < n", "l >= 1 and l < 3", "l == 1 or l == 3", "l < 2 or l % 2 == 0", "l < n and l % 3 == 1",
    "l - n < 1", "n - l > 0", "l >= L - n", "l < L/2",
]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "over"),
    [*((condition, "L") for condition in CONDITIONS),
     *((condition, over) for condition in ("l < n", "l != 2", "n - l > 1") for over in ("1..L + 1", "n..n + L", "3"))],
)  # fmt: skip
def test_counts_are_those_of_a_run(condition: str, over: str) -> None:
    """Every class, forward and backward, for every small number of layers on either side of n."""
    written = text(condition, "assume 2 divides L" if "/2" in condition else "", over)
    found = symcost.loads(written).model()
    for layers in (2, 4) if "/2" in condition else (1, 2, 4):
        for first in (1, 3):
            values = {"T": 1, "D": 2, "H": 1, "L": layers, "n": first}
            assert_agreement(written, [values])
            assert_gradients(written, "M", values, found)


ASKED = ["l < n", "l == 0", "l == L - 1", "l == 1"]


@pytest.mark.parametrize("condition", ASKED)
def test_every_question_is_that_of_rounds_one_by_one(condition: str) -> None:
    """What a model with open numbers answers is what it answers where its rounds are built one by one, or refused."""
    found = symcost.loads(text(condition, "assume L >= 2")).model()
    for name in questions():
        for layers, first in ((2, 1), (3, 3), (4, 2), (3, 6)):
            values = {"T": 3, "D": 4, "H": 5, "L": layers, "n": first}
            open_, fixed = _answer(found, name, values), _answer(found.at(**values), name, {})
            assert open_ in (fixed, None), (name, values)


def _answer(model: symcost.Model, name: str, values: dict[str, int]) -> object:
    """What it comes to; None where it is refused."""
    try:
        return model.quantity(name)(**values)
    except SymcostError:
        return None


@pytest.mark.parametrize("condition", ["l < n", "l == L - 1", "l != 0", "l >= n"])
def test_at_the_beginning_of_a_model(condition: str) -> None:
    """The first layer that there is needs no gradient of the input, whichever kind it is of."""
    written = text(condition).replace(" x = x -> Linear(D) repeat", " repeat")
    found = symcost.loads(written).model()
    for layers, first in ((1, 1), (1, 2), (2, 1), (3, 2), (2, 4)):
        values = {"T": 2, "D": 2, "H": 1, "L": layers, "n": first}
        assert_agreement(written, [values])
        assert_gradients(written, "M", values, found)
        assert_kept(written, "M", values)


@pytest.mark.parametrize("condition", ["l < n", "l == L - 1", "l != 0"])
def test_what_is_kept_is_what_a_run_keeps(condition: str) -> None:
    """Activations, number by number."""
    for layers, first in ((2, 1), (3, 2), (2, 4)):
        assert_kept(text(condition), "M", {"T": 2, "D": 2, "H": 1, "L": layers, "n": first})


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(["l < 1", "l < 3", "l == 2", "l >= n", "l != L - 1", "l % 2 == 1"]), min_size=1, max_size=3
    ),
    st.sampled_from([" and ", " or "]),
    st.integers(1, 6),
    st.integers(1, 6),
)
def test_any_of_several(conditions: list[str], joined: str, layers: int, first: int) -> None:
    """Several rounds at which something begins: those of a run, or refused because their order is not known."""
    above = f"assume n >= {first}  assume L >= n + 4"
    written = text(joined.join(conditions), above)
    values = {"T": 1, "D": 2, "H": 1, "L": first + layers + 3, "n": first}
    found = symcost.loads(written).model()
    if found.faults:
        with pytest.raises(UndecidedCondition, match=r"comes first is not known|whose number is known"):
            _ = found.macs
    else:
        assert_agreement(written, [values])


HANDED_ON = [
    "model M(x: [T, D], L, n) { repeat l in L with x: [T, D + l] { %s } return x }",
    "model M(x0: [T, D], L, n) { repeat l in L with x: [T, D + l] = x0 { %s } return x }",
]


@pytest.mark.parametrize("written", HANDED_ON)
def test_what_is_handed_on_goes_through_all_of_them(written: str) -> None:
    """A width that grows from layer to layer goes on growing where the second kind begins."""
    inside = "if l < n { x = x -> Linear(D + l + 1) } else { x = relu(x) -> Linear(D + l + 1, bias = false) }"
    for layers in (1, 2, 3, 4):
        for first in (1, 2, 5):
            assert_agreement(written % inside, [{"T": 2, "D": 2, "L": layers, "n": first}])


@pytest.mark.parametrize(
    ("loop", "note"),
    [
        ("repeat l in L shared { if l < n { x = x -> relu } }", "share their parameters"),
        ("repeat l in L { if l < n { y = relu(x) } else { y = x } emit z = y }", "stacked by one block"),
        ("repeat l in L with x: [T, D] { if l % 2 == 0 { x = x -> relu } }", "in a `repeat` without `with`"),
        ("repeat l in L { if 2*l < n { x = x -> relu } }", "may differ by where they stand"),
        ("repeat l in n..n + L { if l % 2 == 0 { x = x -> relu } }", "whose number is known"),
        ("repeat l in L { if l < n or l == T { x = x -> relu } }", "comes first is not known"),
    ],
)
def test_what_cannot_be_told_apart(loop: str, note: str) -> None:
    """The refusal says why."""
    with pytest.raises(UndecidedCondition, match=note):
        _ = symcost.loads(f"model M(x: [T, D], L, n) {{ {loop} return x }}").model().macs


@pytest.mark.parametrize("inside", ["let k = 3", "k = 3"])
@pytest.mark.parametrize("condition", ["l % k == 0", "l < k"])
def test_a_number_that_is_another_one_inside(inside: str, condition: str) -> None:
    """`let k = 3` in a loop hides the `k` around it, which then says nothing about the rounds."""
    body = f"{inside}  if {condition} {{ x = x -> Linear(D) }}"
    found = symcost.loads(f"model M(x: [T, D], L) {{ let k = 2  repeat l in L {{ {body} }} return x }}").model()
    with pytest.raises(SymcostError):
        _ = found.macs
