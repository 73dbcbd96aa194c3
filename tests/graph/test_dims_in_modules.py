"""`dim` at the top of a file: what modules read of it, and what hides it."""

from __future__ import annotations

from pathlib import Path

import pytest

import symcost
from symcost.errors import HiddenDimension, IndexHidden, NoSuchDimension, SymcostError, UnknownName

HANDED = """
module Mlp(x: [..., I], F, D) { return x -> Linear(F) -> relu -> Linear(D) }
module Block(x: [...], T, D, F, heads) {
  h = reshape(x -> Linear(D), [T, heads, D/heads])
  return Mlp(reshape(h, [T, D]), F, D)
}
model Net(x: [T, D], F, heads, L) {
  repeat L { x = x + Block(x, T, D, F, heads) }
  return x
}
"""

READ = """
dim T, D "width", F, heads
module Mlp(x: [...]) { return x -> Linear(F) -> relu -> Linear(D) }
module Block(x: [...]) {
  h = reshape(x -> Linear(D), [T, heads, D/heads])
  return Mlp(reshape(h, [T, D]))
}
model Net(x: [T, D], F, heads, L) {
  repeat L { x = x + Block(x) }
  return x
}
"""


def model(text: str, name: str | None = None) -> symcost.Model:
    return symcost.loads(text).model(name)


@pytest.mark.parametrize("quantity", ["macs", "params", "depth", "cmp", "backward", "peak", "activations"])
def test_a_dimension_that_is_read_is_one_that_is_handed_down(quantity: str) -> None:
    """The same network costs the same, whichever way its modules learn their sizes."""
    handed, read = model(HANDED), model(READ)
    assert read.quantity(quantity).form == handed.quantity(quantity).form
    assert read.assumptions == handed.assumptions  # heads divides D


def test_numbers_reach_modules() -> None:
    """A value that is put in, by hand or by a configuration, is what the modules read."""
    text = READ + "config small { D = 8, F = 32, heads = 2, L = 3, T = 5 }"
    assert model(text).configured("small").macs == 3 * 5 * (8 * 8 + 2 * 8 * 32)
    assert model(text).at(D=8, F=32, heads=2, L=3).macs(T=5) == 3 * 5 * (8 * 8 + 2 * 8 * 32)
    with pytest.raises(SymcostError, match="does not hold"):
        model(text).at(D=8, F=32, heads=3, L=3, T=5)


def test_a_default_of_the_model_reaches_modules() -> None:
    """A static of the model is read with the value that it has there, a condition included."""
    text = """
    dim D, F, deep
    module Part(x: [..., I]) { if deep { x = x -> Linear(F) } return x -> Linear(D) }
    model Net(x: [D], F = 4*D, deep = true) { return x -> Part }
    """
    assert str(model(text).macs) == "8·D·D"
    assert str(model(text.replace("deep = true", "deep = false")).macs) == "D·D"


@pytest.mark.parametrize(
    ("module", "macs"),
    [
        ("module Part(x: [..., I], F) { return Linear(x, F) }", "3·D"),  # a port, given 3 in the call
        ("module Part(x: [..., F], O) { return Linear(x, F) }", "D·D"),  # a size in a port's shape
        ("module Part(x: [..., I], O) { F = 2*O return Linear(x, F) }", "6·D"),  # set in the body
        ("module Part(x: [..., I], O) { return Linear(x, F) }", "D·F"),  # nothing hides it
        ("module Part(x: [..., I], O = F) { return Linear(x, O) }", "3·D"),  # a default that is not needed
        ("module Part(x: [..., I], O, w = 2*F) { return Linear(x, w) }", "2·D·F"),  # a default that is
    ],
)
def test_what_a_definition_sets_hides_a_dimension(module: str, macs: str) -> None:
    """A port, a size of its own or a name of the body comes before a dimension of the file."""
    text = f"dim F {module} " + "model Net(x: [D], F) { return Part(x, 3) }"
    assert str(model(text).macs) == macs


def test_a_size_in_a_port_may_be_made_of_dimensions() -> None:
    """Alone in a port's shape a name is bound; within a longer size it is read, and checked."""
    text = "dim D module Part(x: [..., T, 2*D]) { return Linear(x, D) } model M(x: [T, W], D = W/2) { return Part(x) }"
    assert str(model(text).macs) == "W·W·T/2"
    with pytest.raises(SymcostError, match="2\\*D"):
        _ = model(text.replace("W/2", "W")).macs


def test_a_result_is_checked_against_a_dimension() -> None:
    """A size behind `->` that a definition does not bind is the dimension of the model."""
    text = "dim D module Part(x: [..., I]) -> [..., D] { return Linear(x, D) } model M(x: [2], D) { return Part(x) }"
    assert str(model(text).macs) == "2·D"
    with pytest.raises(SymcostError, match="the result"):
        _ = model(text.replace("Linear(x, D)", "Linear(x, D + 1)")).macs


def test_an_index_stays_an_index() -> None:
    """What a letter means in index notation does not change because a file declares a dimension of that name."""
    text = """
    module Filter(x: [..., T, I], K, s) {
      param W: [K, I]
      y[..., t, i] = x[..., s*t + k, i] * W[k, i]
      return y
    }
    model Net(x: [N, C], K, s) { return Filter(x, K, s) }
    """
    plain = model(text).macs
    assert model("dim k, t, i, s" + text).macs.form == plain.form
    assert model("dim k, t, i" + text.replace("K", "k").replace("+ k", "+ j").replace("W[k", "W[j")).macs.form == (
        model(text.replace("K", "k").replace("+ k", "+ j").replace("W[k", "W[j")).macs.form
    )


def test_a_dimension_added_to_an_index_is_no_silent_index() -> None:
    """`x[t + s]` may have been meant as a shift by s: nothing is summed over s without being asked for."""
    text = """
    dim s
    module Shifted(x: [T, I], W: [S, I]) { y[t, i] = x[t + s, i] * W[t, i] return y }
    model Net(x: [T, I], W: [S, I], s) { return Shifted(x, W) }
    """
    with pytest.raises(IndexHidden, match="`s` is a dimension here"):
        _ = model(text).macs


def test_a_dimension_scales_an_index() -> None:
    """In `s*t` one of the two is a number: the one that is a dimension."""
    text = """
    dim s, K
    module Filter(x: [..., T, I]) {
      param W: [K, I]
      y[..., t, i] = x[..., s*t + k, i] * W[k, i]
      return y
    }
    model Net(x: [N, C], K, s) { return Filter(x) }
    """
    assert str(model(text).macs) == "K·C·(floor((N - K)/s) + 1)"


def test_a_name_that_only_a_loop_sets_stays_its_own() -> None:
    """Reading a dimension must not change what a loop does with a name of the same spelling."""
    text = """
    module Part(x: [..., D], L) { repeat L { h = x -> Linear(D) x = x + h } return x }
    model Net(x: [T, D], L, h) { return Part(x, L) }
    """
    assert model("dim h" + text).macs.form == model(text).macs.form


def test_a_missing_dimension_is_a_fault() -> None:
    """Each model that is asked must have the dimension; another model of the file does not help."""
    text = "dim F module Part(x: [..., D]) { return Linear(x, F) }"
    with pytest.raises(NoSuchDimension, match="`Part` reads `F`, which is no dimension of `Net`"):
        _ = model(text + "model Net(x: [T, D]) { return x -> Part }").macs
    with pytest.raises(NoSuchDimension, match="`Part` reads `F`"):  # a tensor is no dimension
        _ = model(text + "model Net(F: [T, D]) { return F -> Part }").macs
    with pytest.raises(NoSuchDimension, match="`Net` reads `F`"):  # in a model itself
        _ = model(text + "model Net(x: [T, D]) { return Linear(x, F) }").macs


def test_a_dimension_that_is_hidden_says_by_what() -> None:
    """A name that is set further down in the definition is not the dimension above that either."""
    text = "dim F module Part(x: [..., D]) { y = Linear(x, F) F = 2 return y } model M(x: [T, D], F) { return Part(x) }"
    with pytest.raises(HiddenDimension, match="`F` is not the dimension of that name here"):
        _ = model(text).macs


def test_a_name_that_is_not_declared_is_unknown() -> None:
    """What is no `dim` of the file is a fault in a module, as it always was, called or not."""
    with pytest.raises(UnknownName, match="nothing is called `F` here"):
        _ = model("dim D module Part(x: [..., I]) { return Linear(x, F) } model M(x: [D], F) { return Part(x) }").macs
    with pytest.raises(UnknownName, match="nothing is called `F` here"):
        symcost.loads("dim D module Part(x: [..., I]) { return Linear(x, F) } model M(x: [D]) { return x }").check()


def test_a_module_reads_the_dimensions_of_its_own_file(tmp_path: Path) -> None:
    """They must be dimensions of the model; what the file that uses it declares is none of its business."""
    (tmp_path / "parts.arch").write_text("dim D module Part(x: [..., I]) { return Linear(x, D) }")
    (tmp_path / "a.arch").write_text('use "parts.arch" model A(x: [T, I], D) { return x -> Part }')
    (tmp_path / "b.arch").write_text('use "parts.arch" dim F model B(x: [T, I], F) { return x -> Part }')
    assert str(symcost.load(tmp_path / "a.arch").model().macs) == "I·D·T"
    with pytest.raises(NoSuchDimension, match="`Part` reads `D`, which is no dimension of `B`"):
        _ = symcost.load(tmp_path / "b.arch").model().macs
    (tmp_path / "parts.arch").write_text("module Part(x: [..., I]) { return Linear(x, F) }")
    with pytest.raises(UnknownName, match="nothing is called `F` here"):
        _ = symcost.load(tmp_path / "b.arch").model().macs


def test_the_library_sees_no_dimension_of_a_file() -> None:
    """A layer of the library has names of its own: `kernel` in a file changes nothing in `Conv1d`."""
    text = "model Net(x: [T, I], kernel, O, y) { return x -> Conv1d(O, 3) -> relu }"
    assert model("dim kernel, O, y, b, W, act " + text).macs.form == model(text).macs.form


def test_words_are_optional() -> None:
    """A declaration without words leaves those of a used file in place."""
    one = model('dim T "time", D model Net(x: [T, D]) { return x -> relu }')
    assert [(info.name, info.words) for info in one.symbols] == [("T", "time"), ("D", "")]


def test_an_assumption_may_speak_of_a_declared_dimension(tmp_path: Path) -> None:
    """A file that only has modules assumes things of its dimensions, which hold in the model that is asked."""
    (tmp_path / "parts.arch").write_text(
        "dim D, h assume h divides D module Heads(x: [T, D]) { return reshape(x, [T, h, D/h]) }"
    )
    (tmp_path / "a.arch").write_text('use "parts.arch" model A(x: [T, D], h) { return x -> Heads }')
    symcost.load(tmp_path / "parts.arch").check()
    assert [str(fact) for fact in symcost.load(tmp_path / "a.arch").model().assumptions] == ["h divides D"]
