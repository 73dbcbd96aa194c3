"""What is written is read as what was meant: text of any tree gives that tree again."""

from __future__ import annotations

from dataclasses import fields
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from symcost.diagnostics import Source
from symcost.syntax import ast, made
from symcost.syntax.parse import parse, parse_expression
from symcost.syntax.words import RESERVED
from symcost.syntax.writer import WIDTH, Remarks, write, write_expression

OWN = Path(__file__).parents[2]
FILES = sorted([*OWN.glob("examples/**/*.arch"), *OWN.glob("symcost/library/*.arch")])
NOT_COMPARED = {"span", "head", "source"}


def same(one: Any, other: Any) -> bool:
    """Whether two trees say the same, wherever they stand."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, ast.Node | ast.File):
        names = [entry.name for entry in fields(one) if entry.name not in NOT_COMPARED]
        return type(one) is type(other) and all(same(getattr(one, name), getattr(other, name)) for name in names)
    return bool(one == other)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_comes_back(path: Path) -> None:
    """Examples and library, written and read again, are the same trees; written twice they are the same text."""
    items = parse(Source(path.name, path.read_text(encoding="utf-8"))).items
    text = write(items)
    again = parse(Source("again", text)).items
    assert same(items, again)
    assert write(again) == text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lines_are_short(path: Path) -> None:
    """No line is longer than the width, but for the words of a documentation, which stand as they are."""
    items = parse(Source(path.name, path.read_text(encoding="utf-8"))).items
    bare = [ast.Definition(*_without_words(item)) if isinstance(item, ast.Definition) else item for item in items]
    assert max(map(len, write(bare).splitlines())) <= WIDTH


def _without_words(node: ast.Definition) -> tuple[Any, ...]:
    values = {entry.name: getattr(node, entry.name) for entry in fields(node)}
    return tuple((values | {"doc": None}).values())


# Random trees ------------------------------------------------------------------------------------

NAMES = st.sampled_from(["x", "h_0", "λ", "d_model", "W", "use", "of"]).filter(lambda name: name not in RESERVED)
names = st.builds(made.name, NAMES)
whole = st.integers(0, 10**15).map(Fraction)
decimals = st.decimals(min_value=0, max_value=10**6, places=9, allow_nan=False, allow_infinity=False).map(Fraction)
numbers = st.builds(ast.Number, st.just(made.NOWHERE), whole | decimals)
strings = st.builds(ast.String, st.just(made.NOWHERE), st.text("ab c\\'", max_size=8))
leaves = names | numbers | strings | st.builds(ast.Bool, st.just(made.NOWHERE), st.booleans())

ARITHMETIC = ["+", "-", "*", "/", "//", "%", "@", "^"]
COMPARISON = ["==", "!=", "<", "<=", ">", ">="]
LOOSE = ["and", "or"]


def _sized(inner: st.SearchStrategy[ast.Expr]) -> st.SearchStrategy[ast.Expr]:
    """What holds other expressions."""
    calls = st.builds(made.call, NAMES, st.lists(inner, max_size=3))
    stages = names | calls
    slices = st.builds(ast.Slice, st.just(made.NOWHERE), *[st.none() | inner] * 3)
    items = inner | slices | st.just(ast.Ellipsis(made.NOWHERE))
    windows = st.lists(st.builds(ast.WindowIndex, st.just(made.NOWHERE), names, inner), min_size=1, max_size=2)
    return st.one_of(
        st.builds(made.binary, st.sampled_from([*ARITHMETIC, *COMPARISON, *LOOSE]), inner, inner),
        st.builds(ast.Unary, st.just(made.NOWHERE), st.sampled_from(["-", "not"]), inner),
        st.builds(ast.Pipe, st.just(made.NOWHERE), inner, stages),
        st.builds(made.subscript, inner, st.lists(items, min_size=1, max_size=3)),
        st.builds(made.shape, st.lists(inner, max_size=4)),
        st.builds(ast.Window, st.just(made.NOWHERE), names, windows.map(tuple), inner),
        calls,
    )


expressions = st.recursive(leaves, _sized, max_leaves=12)


@given(expressions)
def test_any_expression_comes_back(tree: ast.Expr) -> None:
    """Brackets stand where the tree needs them."""
    assert same(tree, parse_expression(Source("again", write_expression(tree))))


@given(st.lists(st.builds(made.assign, st.lists(NAMES, min_size=1, max_size=2), expressions), min_size=1, max_size=4))
def test_any_body_comes_back(body: list[ast.Statement]) -> None:
    """A statement ends where the next one begins, however its lines are broken."""
    items = (made.definition("module", "M", [made.port("x", made.shape([]))], body),)
    assert same(items, parse(Source("again", write(items))).items)


def test_brackets_only_where_needed() -> None:
    """What binds by itself stands by itself."""
    for text in ("a + b*c", "(a + b)*c", "a - (b - c)", "-x^2", "(-x)^2", "2^l^2", "(2^l)^2", "x -> f -> g(y, k = 2)"):
        tree = parse_expression(Source("text", text))
        assert write_expression(tree) == text


def test_numbers_are_exact() -> None:
    """A number is written as its shortest exact decimal."""
    for text, written in [("4.09e20", "4.09e20"), ("784", "784"), ("0.50", "0.5"), ("1e-30", "1e-30"), ("0", "0")]:
        tree = parse_expression(Source("text", text))
        assert write_expression(tree) == written


def test_remarks_stand_where_they_belong() -> None:
    """A comment heads the file, stands above a statement or behind it."""
    first, second = made.assign(["y"], made.name("x")), made.assign(["z"], made.name("y"))
    items = (made.definition("module", "f", [made.port("x", made.shape([]))], [first, second]),)
    text = write(items, Remarks("of a file", {first: "above"}, {second: "beside"}))
    assert text.splitlines() == [
        "# of a file",
        "module f(x: []) {",
        "  # above",
        "  y = x",
        "  z = y  # beside",
        "}",
    ]
