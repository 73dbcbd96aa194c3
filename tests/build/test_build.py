"""Programs that write programs: what is written is what a person would write, and means what was built."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

import symcost
from symcost.build import File, Words
from symcost.errors import SymcostError


def transformer(layers: object = "L", *, gated: bool = False) -> File:
    file = File()
    file.dims(T="tokens", D="width", F="inner width")
    block = file.module("Block", "A layer before the norm's time.", x=["T", "D"], heads=None, F=None)
    block.assume("heads", divides="D")
    q, k, v = block.let("q, k, v", block.x.then("LayerNorm").then("Linear", "3*D").then("split", 3, axis=-1))
    seen = block.call("attention", *(part.then("split_heads", "heads") for part in (q, k, v)))
    x = block.let("x", block.x + seen.then("merge_heads").then("Linear", "D"))
    inner = x.then("LayerNorm").then("SwiGLU" if gated else "FeedForward", "F")
    block.returns(x + inner)
    net = file.model("Net", tokens=["T"], V=None, D=None, heads=None, F=None, L=None)
    x = net.let("x", net.tokens.then("Embedding", "V", "D"))
    with net.repeat(layers):
        net.let("x", x.then(block, "heads", "F"))
    net.returns(x.then("Linear", "V", bias=False))
    return file


def test_what_is_written_reads_as_by_hand() -> None:
    assert (
        str(transformer())
        == '''\
dim T "tokens", D "width", F "inner width"

"""A layer before the norm's time."""
module Block(x: [T, D], heads, F) {
  assume heads divides D
  q, k, v = x -> LayerNorm -> Linear(3*D) -> split(3, axis = -1)
  x = x + (attention(q -> split_heads(heads), k -> split_heads(heads), v -> split_heads(heads))
               -> merge_heads -> Linear(D))
  return x + (x -> LayerNorm -> FeedForward(F))
}

model Net(tokens: [T], V, D, heads, F, L) {
  x = tokens -> Embedding(V, D)
  repeat L { x = x -> Block(heads, F) }
  return x -> Linear(V, bias = false)
}
'''
    )


def test_every_kind_of_statement() -> None:
    """An Elman network, experts, a shared layer and index notation: the text is built, and so are its counts."""
    file = File()
    cell = file.model("Cell", x=["T", "I"], H=None, bias=True)
    w, u = cell.param("W", ["I", "H"]), cell.param("U", ["H", "H"])
    with cell.scan("t", "T", h=["H"]):
        h = cell.let("h", (cell.x["t"] @ w + cell.h @ u).then("tanh"))
        cell.emit("y", h)
    with cell.when("bias"):
        cell.let("y", cell.y + cell.param("b", ["H"]))
    shared = cell.layer("f", "Linear", "H", bias=False)
    cell.let("y", cell.y.then(shared).then(shared))
    with cell.choose(2, of=8):
        cell.emit("out", cell.y.then("Linear", "H", bias=False))
    cell.returns(cell.out)
    model = file.document().model()
    assert model.macs == symcost.form("(I*H + H*H + 2*H*H + 2*H*H)*T")
    assert model.params == symcost.form("I*H + H*H + H + H*H + 8*H*H")


def test_a_search_over_architectures() -> None:
    """The same program with other numbers is another text with the formula one expects."""
    for layers in (1, 3):
        model = transformer(layers).document().model()
        width = "12*D*D*T + 2*D*T*T"
        inner = {"V": 10, "D": 8, "heads": 2, "F": 32, "L": layers, "T": 5}
        expected = layers * (4 * 8 * 8 * 5 + 2 * 8 * 32 * 5 + 2 * 8 * 25) + 8 * 10 * 5
        assert model.macs(**{name: size for name, size in inner.items() if name in model.ports}) == expected, width


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3, "3"), (-2, "-2"), (0.1, "0.1"), (Fraction(1, 3), "1/3"), (True, "true"), (Words("same"), '"same"'),
        ("4*D", "4*D"), ([1, "D"], "[1, D]"), (symcost.form("ceil(T/2)"), "ceil(T/2)"), (1e-5, "0.00001"),
    ],
)  # fmt: skip
def test_values_as_they_are_written(value: object, written: str) -> None:
    file = File()
    body = file.model("Net", x=["T"])
    body.let("y", body.call("f", value))
    assert f"y=f({written})".replace(" ", "") in str(file).replace(" ", "")


@pytest.mark.parametrize(
    "word", ["if", "a b", "a-b", "", "1a", "x; }", "return", 'x"', "a\nb", "..", "x" * 10_001, "true"]
)
def test_a_hostile_name_is_refused(word: str) -> None:
    """A name is one name; nothing else comes into the text through it."""
    file = File()
    body = file.model("Net", x=["T"])
    for give in (
        lambda: file.module(word),
        lambda: file.model("M", **{word: None}),
        lambda: body.let(word, 1),
        lambda: body.call(word),
        lambda: body.x.then("f", **{word: 1}),
        lambda: body.param(word, ["T"]),
        lambda: file.config(word),
        lambda: file.dims(**{word: "words"}),
    ):
        with pytest.raises(ValueError, match=r"cannot be a name|takes"):
            give()


@pytest.mark.parametrize("text", ["", "4*", "a } model M(", "x = 3", '"', "f(", "a, b", "x" * 20_000])
def test_a_hostile_text_is_refused(text: str) -> None:
    """A text is one expression of the language."""
    body = File().model("Net", x=["T"])
    with pytest.raises(ValueError, match="no expression"):
        body.let("y", text)
    if '"' in text:
        with pytest.raises(ValueError, match="quotation"):
            Words(text)


@pytest.mark.parametrize("value", [None, {"a": 1}, object(), 1j, b"x"])
def test_what_cannot_be_written_is_refused(value: object) -> None:
    body = File().model("Net", x=["T"])
    with pytest.raises(TypeError, match="cannot stand in a text"):
        body.let("y", value)
    with pytest.raises(ValueError, match="no number"):
        body.let("y", float("nan"))


def test_what_makes_no_sense_is_said_with_its_line() -> None:
    file = File()
    net = file.model("Net", x=["T", "D"])
    net.returns(net.y.then("Linear", "H"))
    with pytest.raises(SymcostError) as caught:
        _ = file.document().model().macs
    assert "<build>:2" in str(caught.value) and "`y`" in str(caught.value)
    with pytest.raises(TypeError, match="several names"):
        _a, _b = net.x
    with pytest.raises(TypeError, match="when"):
        bool(net.x)


def test_a_text_may_use_what_lies_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "blocks.arch").write_text("module Twice(x: [T, D]) { return x + x }", encoding="utf-8")
    file = File()
    file.use("blocks.arch")
    net = file.model("Net", x=["T", "D"])
    net.returns(net.x.then("Twice"))
    assert file.document(tmp_path).model().operations["add"] == symcost.form("D*T")
    with pytest.raises(SymcostError):
        file.document()


@given(st.recursive(
    st.sampled_from(["a", "b", 2, 7]),
    lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner),
    max_leaves=12,
))  # fmt: skip
def test_operators_keep_their_brackets(tree: object) -> None:
    """What Python computed with operators is what the written text comes to, exactly."""
    body = File().model("Net", a=None)
    numbers = {"a": Fraction(3), "b": Fraction(5)}

    def both(part: object) -> tuple[object, Fraction]:
        if not isinstance(part, tuple):
            return (body[part], numbers[part]) if isinstance(part, str) else (part, Fraction(part))
        op, left, right = part
        (one, x), (other, y) = both(left), both(right)
        if isinstance(one, int) and isinstance(other, int):
            one = body.a - body.a + one
        return {
            "+": lambda: (one + other, x + y), "-": lambda: (one - other, x - y), "*": lambda: (one * other, x * y),
            "/": lambda: (one / other, x / y if y else Fraction(0)),
        }[op]()  # fmt: skip

    value, expected = both(tree)
    try:
        found = symcost.form(str(value)).evaluate({"a": 3, "b": 5})
    except (ValueError, ZeroDivisionError):
        return  # what divides by nothing has no value in either
    if "/" not in str(tree):
        assert found == expected


def test_what_is_computed_is_not_written_twice() -> None:
    """A branch over a computed value would cost it twice; with a name it is computed once: 8·D·T."""
    file = File()
    net = file.model("Net", x=["T", "D"])
    hidden = net.x.then("Linear", 8, bias=False)
    with pytest.raises(ValueError, match=r"`x -> Linear\(8, bias = false\)` is used twice: give it a name by `let`"):
        net.returns(hidden.then("relu") + hidden.then("tanh"))

    named = File().model("Net", x=["T", "D"])
    with pytest.raises(ValueError, match="another definition"):
        named.let("h", hidden)
    with pytest.raises(ValueError, match="do not go together"):
        _ = named.x + net.x

    other = File()
    net = other.model("Net", x=["T", "D"])
    hidden = net.let("h", net.x.then("Linear", 8, bias=False))
    net.returns(hidden.then("relu") + hidden.then("tanh"))
    assert other.document().model().macs == symcost.form("8*D*T")
