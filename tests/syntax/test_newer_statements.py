"""Statements that came later: what is written of them is read as what was meant, and as one writes by hand."""

from __future__ import annotations

import pytest

from symcost.diagnostics import Source
from symcost.syntax.parse import parse
from symcost.syntax.writer import write

STATEMENTS = [
    "let d = D/heads",
    'let d = D/heads "head width"',
    'let T2 = ceil(T/2) "frames" latex "T_2"',
    "h: [T, 4*D] = x -> Linear(4*D)",
    "y: [..., T], state: [] = Cell(x, h)",
    "y, state: [H] = Cell(x, h)",
    "for t in T { emit y = x[t] }",
    "for t in 1..T - 1 { emit y[..., t, :] = x[t] }",
    "emit y[t, ...] = h",
    "z[a, b, i, j, c] = x[M*a + i, M*b + j, c]",
    "z[a, i in 2*M, ..., c] = x[M*a + i, ..., c]",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_it_comes_back(statement: str) -> None:
    """As it is written it is written again."""
    text = f"module M(x: [T, D]) {{\n  {statement}\n  return x\n}}\n"
    assert write(parse(Source("text", text)).items) == text


@pytest.mark.parametrize("word", ["let", "for"])
def test_its_word_is_still_a_name(word: str) -> None:
    """A word that begins one of them names things wherever a name can stand."""
    text = (
        f"module M({word}: [T]) {{\n  {word} = {word} -> {word}\n  y = {word}\n  {word}, z = y\n  return {word}\n}}\n"
    )
    assert write(parse(Source("text", text)).items) == text
