"""What a program builds is not parsed, and is all the same what its text says, each part at its place in it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given, strategies as st

import symcost
from symcost.build import File, Words
from symcost.diagnostics import Source, Span
from symcost.errors import SymcostError
from symcost.syntax import ast, unwritten
from symcost.syntax.parse import parse
from tests.benchmarks.searching import asked, perceptron, transformer


def recurrent() -> File:
    """Each kind of statement."""
    file = File()
    cell = file.module("Cell", x=["T", "I"], H=None, bias=True, act="tanh")
    W = cell.param("W", ["I", "H"])
    cell.param("mean", ["H"], "buffer")
    cell.size("wide", "2*H", "width", "w")
    cell.layer("f", "Linear", "H", bias=False)
    with cell.scan("t", "T", h=["H"]):
        cell.let("h", cell.call("tanh", cell.x["t"] @ W + cell.call("f", cell.h)))
        cell.emit("y", cell.h)
    cell.index("z", ["t", "o"], "y[t, o] * 2")
    with cell.when("bias"):
        cell.let("z", cell.z + 0.5)
    with cell.choose(1, of=4):
        cell.emit("e", cell.z[..., 0:1].then("Linear", "wide"))
    cell.returns(cell.z, cell.e)
    net = file.model("Net", x=["T", "I"], H=3)
    with net.repeat(2, counter="l", shared=True):
        net.let("x", net.x.then("Linear", "I"))
    net.let("a, b", net.x.then(cell, "H"))
    net.returns(-(net.a / 2) * (net.a + 1) - (net.a - 1))
    file.config("small", H=4)
    return file


def parts(node: Any) -> Iterator[Any]:
    """What a tree is made of, the places included."""
    if isinstance(node, Span):
        yield node.start, node.end, node.text
    elif isinstance(node, tuple):
        yield len(node)
        for each in node:
            yield from parts(each)
    elif isinstance(node, ast.Node):
        yield type(node)
        for each in fields(node):
            yield from parts(getattr(node, each.name))
    else:
        yield node


def assert_as_read(file: File) -> None:
    """The tree is plain, and is that of the text, places included."""
    tree = unwritten.placed(file._tree, "<build>")
    assert tree is not None
    assert list(parts(tree.items)) == list(parts(parse(Source("<build>", str(file))).items))


@pytest.mark.parametrize("make", [recurrent, lambda: transformer(7), lambda: perceptron(3, "_own")])
def test_each_part_stands_where_the_text_has_it(make: Callable[[], File]) -> None:
    """As if the text had been parsed."""
    assert_as_read(make())


OPERATORS: list[Callable[[Any, Any], Any]] = [
    *(lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b, lambda a, b: a // b),
    *(lambda a, b: a @ b, lambda a, b: a**b, lambda a, b: -a, lambda a, b: a[b, ..., 1:2], lambda a, b: a[b:]),
    *(lambda a, b: a.then("f", 2, key=b), lambda a, b: a.then("g")),
]


@given(st.recursive(st.integers(0, 9), lambda inner: st.tuples(st.sampled_from(OPERATORS), inner, inner), max_leaves=9))
def test_of_any_expression(tree: Any) -> None:
    """With brackets, or without."""
    file = File()
    net = file.model("Net", x=["T", "D"])

    def value(tree: Any) -> Any:
        if isinstance(tree, int):
            return net.x if tree < 5 else net.call("h", tree, Words("same"), 0.25 * tree)
        operator, left, right = tree
        return operator(value(left), value(right))

    net.returns(value(tree))
    assert_as_read(file)


def test_a_search_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither to load a model nor to ask it."""

    def write(items: object) -> str:
        raise AssertionError("nobody asked for the text")

    monkeypatch.setattr(unwritten, "write", write)
    assert asked(transformer(5)).macs(T=2, D=4, F=8, V=16, heads=2) > 0


def test_what_is_told_of_lines_is_told_of_those_of_the_text() -> None:
    """The table of lines, and the graph with its places."""
    file = transformer(5)
    built, loaded = file.document().model(), symcost.loads(str(file), "<build>").model()
    assert str(symcost.explain(built)) == str(symcost.explain(loaded))
    assert built.span.text == loaded.span.text


def test_in_another_process_it_is_its_text() -> None:
    """A document, a model and a fault are pickled as those of a text."""
    document = recurrent().document()
    assert pickle.loads(pickle.dumps(document)).model().params == document.model().params
    fault = _fault(_wrong().document)
    assert str(pickle.loads(pickle.dumps(fault))) == str(fault)


def _wrong() -> File:
    """Sizes that do not go together, in the second line."""
    file = File()
    net = file.model("Net", x=["T", "D"])
    net.let("y", net.x.then("Linear", 8))
    net.returns(net.y + net.x)
    return file


def _hostile(node: ast.Expr) -> Callable[[], File]:
    def made() -> File:
        file = File()
        net = file.model("Net", x=["T", "D"])
        net.returns(net.call("Linear", "x", node))
        return file

    return made


NOWHERE = Span(Source("<build>", ""), 0, 0)


def _deep() -> File:
    file = File()
    net = file.model("Net", x=["T", "D"])
    value = net.x
    for _ in range(300):
        value = -value
    net.returns(value)
    return file


def _empty() -> File:
    file = File()
    net = file.model("Net", x=["T", "D"])
    with net.repeat(3):
        pass
    net.returns(net.x)
    return file


def _quoted() -> File:
    file = File()
    net = file.model("Net", x=["T", "D"])
    net.size("d", "D", 'a "word"\n', None)
    net.returns(net.x)
    return file


@pytest.mark.parametrize(
    "make",
    [
        _wrong,
        _deep,
        _empty,
        _quoted,
        _hostile(ast.Name(NOWHERE, 'x" return')),
        _hostile(ast.Name(NOWHERE, "if")),
        _hostile(ast.Name(NOWHERE, "nothing")),
        _hostile(ast.String(NOWHERE, 'a" + "b')),
        _hostile(ast.Binary(NOWHERE, "+ 1 +", ast.Name(NOWHERE, "T"), ast.Name(NOWHERE, "T"))),
        _hostile(ast.Known(NOWHERE, (1, 2))),
    ],
)
def test_what_is_refused_is_refused_as_in_a_text(make: Callable[[], File]) -> None:
    """With the same words, at the same place."""

    def by_text() -> symcost.Document:
        return symcost.loads(str(make()), "<build>")

    assert _outcome(make().document) == _outcome(by_text)


def _outcome(load: Callable[[], symcost.Document]) -> str:
    try:
        return str(load().model().params)
    except SymcostError as fault:
        return str(fault)
    except Exception as error:
        return type(error).__name__


def _fault(load: Callable[[], symcost.Document]) -> SymcostError:
    with pytest.raises(SymcostError) as caught:
        _ = load().model().params
    return caught.value
