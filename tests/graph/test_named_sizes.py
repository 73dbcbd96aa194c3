"""`let d = D/heads`: a size that keeps its name in formulas, and is its value in all that is asked of them."""

from __future__ import annotations

import copy
import pickle

import pytest

import symcost
from symcost.errors import DuplicateName, SymcostError
from symcost.questions import questions

GROUPED = """
dim T, D, h "heads", k "key heads"
model Grouped(x: [T, D], h, k) -> [T, D] {
  let d = D/h "head width" latex "d_h"
  q = x -> Linear(h*d, bias = false) -> reshape([T, k, h/k, d])
  K = x -> Linear(k*d, bias = false) -> reshape([T, k, d])
  s[g, i, m, n] = q[m, g, i, c] * K[n, g, c]
  y[m, g, i, c] = softmax(s)[g, i, m, n] * K[n, g, c]
  return reshape(y, [T, h*d]) -> Linear(D, bias = false)
}
"""
WRITTEN_OUT = GROUPED.replace('  let d = D/h "head width" latex "d_h"\n', "").replace("h*d", "h*(D/h)")
WRITTEN_OUT = WRITTEN_OUT.replace("k*d", "k*(D/h)").replace(", d]", ", D/h]")

FRONT = """
model Front(x: [T, I], D) {
  let T2 = ceil(T/2)
  y = x -> Conv1d(D, 3, stride = 2, pad = 1) -> gelu
  return attention(y, y, y)
}
"""


def model(text: str, name: str | None = None) -> symcost.Model:
    return symcost.loads(text).model(name)


# What is written ----------------------------------------------------------------------------------


def test_a_named_size_stays_together() -> None:
    """Two projections of width h·d, one of k·d, and two products with each of h heads, as papers write them."""
    assert str(model(GROUPED).macs) == "2·D·h·d·T + D·k·d·T + 2·d·h·T·T"


def test_what_is_as_large_has_the_name() -> None:
    """The length of a strided convolution is the size that was named, in layers of the library too."""
    assert str(model(FRONT).macs) == "3·I·D·T2 + 2·D·T2·T2"


def test_what_it_stands_for_is_told() -> None:
    """`where` has the value of each name, and `inlined` is written without them."""
    macs = model(GROUPED).macs
    assert {name: str(form) for name, form in macs.where.items()} == {"d": "D/h"}
    assert macs.inlined.where == {}
    assert str(model(FRONT).inlined.macs) == "3·I·D·ceil(T/2) + 2·D·ceil(T/2)·ceil(T/2)"


# What it is ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", sorted(questions()))
def test_no_question_sees_a_name(question: str) -> None:
    """Each answer is the same with the size written out, as a formula for all values and as a number."""
    named, plain = model(GROUPED), model(WRITTEN_OUT)
    try:
        answer = plain.quantity(question)
    except SymcostError as fault:
        with pytest.raises(type(fault)):
            named.quantity(question)
        return
    assert named.quantity(question) == answer
    sizes = {"T": 6, "D": 24, "h": 4, "k": 2}
    assert named.quantity(question)(**sizes) == answer(**sizes)


def test_growth_sees_through_names() -> None:
    """T2 is ⌈T/2⌉, so that 2·D·T2² grows as D·T²/2."""
    rise = model(FRONT).macs.growth("T")
    assert rise.growth.kind == "Quadratic"
    assert str(rise.leading) == "D·T·T/2"


def test_numbers_need_no_name() -> None:
    """With D = 24 and h = 4 the width is 6; with one of them it is a quotient of the other."""
    macs = model(GROUPED).macs
    assert macs.at(D=24, h=4).where == {}
    assert {name: str(form) for name, form in macs.at(h=4).where.items()} == {"d": "D/4"}
    assert macs(T=6, D=24, h=4, k=2) == 2 * 24 * 24 * 6 + 24 * 2 * 6 * 6 + 2 * 6 * 4 * 36


def test_sympy_and_hash_see_the_value() -> None:
    """Equal quantities have equal hashes and SymPy expressions."""
    named, plain = model(GROUPED).macs, model(WRITTEN_OUT).macs
    assert hash(named) == hash(plain)
    assert (named.expr - plain.expr).simplify() == 0


def test_names_are_pickled_and_copied() -> None:
    """Another process has the name, its words and its value."""
    macs = model(GROUPED).macs
    for other in (pickle.loads(pickle.dumps(macs)), copy.deepcopy(macs)):
        assert (str(other), other.where) == (str(macs), macs.where)
        assert other == macs
    inlined = pickle.loads(pickle.dumps(model(GROUPED).inlined))
    assert inlined.macs.where == {}


# One name, one size -------------------------------------------------------------------------------

TWICE = """
module Half(x: [T, D]) -> [m, D] {
  let m = ceil(T/2)
  z = x -> pad([0, 1], axis = 0)
  y[t, c] = sum(k in 2) z[2*t + k, c]
  return y -> Linear(D, bias = false)
}
model Twice(x: [T, D]) { return x -> Half -> Half }
"""


def test_a_name_means_one_size_in_a_model() -> None:
    """Called a second time with another length, the module's size is written out: m is ⌈T/2⌉ alone."""
    macs = model(TWICE).macs
    assert str(macs) == "D·D·m + D·D·ceil(T/4)"
    assert {name: str(form) for name, form in macs.where.items()} == {"m": "ceil(T/2)"}


def test_a_dimension_keeps_its_name() -> None:
    """Where the model that is asked has a dimension `m`, a module's size of that name is written out."""
    text = TWICE.replace("model Twice(x: [T, D]) { return x -> Half", "model Twice(x: [m, D]) { return x -> Half")
    assert str(model(text).macs) == "D·D·ceil(m/2) + D·D·ceil(m/4)"


def test_two_models_may_mean_two_sizes() -> None:
    """In a sum over two models the name is the first one's, and the other's is written out."""
    other = model(GROUPED.replace("let d = D/h", "let d = 2*D/h"))
    both = model(GROUPED).macs + other.macs
    assert {name: str(form) for name, form in both.where.items()} == {"d": "D/h"}
    assert both(T=6, D=24, h=4, k=2) == model(GROUPED).macs(T=6, D=24, h=4, k=2) + other.macs(T=6, D=24, h=4, k=2)


def test_a_size_of_one_round_has_no_name() -> None:
    """A size that depends on the round is written out, and summed: D·(D + l) over l in L."""
    macs = model("model M(x: [D], L) { repeat l in L { let n = D + l x = x -> Linear(n) -> Linear(D) } return x }").macs
    assert macs.where == {}
    assert macs(D=3, L=3) == 2 * 3 * (3 + 4 + 5)


def test_another_name_for_a_size_is_that_size() -> None:
    """A dimension stays what it is called, and the first name of a size is its name."""
    text = "model M(x: [T, D]) { let n = D let a = 2*D let b = D + D return x -> Linear(n) -> Linear(b) -> Linear(a) }"
    assert str(model(text).params) == "D·D + D + D·a + 2·a + a·a"


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["let D = 2*T", "let n = T let n = D", "x = x -> tanh let x = T"])
def test_a_name_is_given_once(body: str) -> None:
    """No dimension, size or tensor of the same body is called so already."""
    with pytest.raises(SymcostError) as caught:
        _ = model(f"model M(x: [T, D]) {{ {body} return x }}").graph
    assert isinstance(caught.value.faults[0], DuplicateName)


def test_only_sizes_are_named() -> None:
    """Neither a fraction nor a tensor has a name of a size."""
    for value in ("1/2", "x", "-3", "true"):
        with pytest.raises(SymcostError):
            _ = model(f"model M(x: [T, D]) {{ let n = {value} return x }}").graph


def test_names_stay_in_their_text() -> None:
    """A layer of the library that was built for one text with names is built anew for another."""
    assert str(model(FRONT).macs) == "3·I·D·T2 + 2·D·T2·T2"
    other = FRONT.replace("T2", "half")
    assert str(model(other).macs) == "3·I·D·half + 2·D·half·half"
    assert model(FRONT.replace("  let T2 = ceil(T/2)\n", "")).macs.where == {}
