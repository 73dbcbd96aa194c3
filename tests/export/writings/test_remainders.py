"""A remainder in each writing: where a reader takes it of the whole sum, it stands in brackets."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from symcost.cli import main
from symcost.formula import Form, mod, symbol

D, K, V = map(symbol, ("D", "K", "V"))
TEXT = "model M(x: [T, d], V) { return x -> Linear(V % 64 + 1, bias = false) }"


@pytest.mark.parametrize(
    ("item", "text", "source"),
    [
        (V - mod(V, 64), "V - V % 64", "V - V % 64"),
        (D * mod(V, 64), "D·(V % 64)", "D*(V % 64)"),
        (mod(V + K, 2 * D), "(V + K) % (2·D)", "(V + K) % (2*D)"),
        (D / mod(V, 64), "D/(V % 64)", "D/(V % 64)"),
    ],
    ids=str,
)
def test_text(item: Form, text: str, source: str) -> None:
    """`%` binds as `*` does in the language, and is read so again."""
    assert (str(item), item.source()) == (text, source)


@pytest.mark.parametrize(
    ("writing", "written"),
    [("latex", r"((V \bmod 64) + 1)"), ("typst", "((V mod 64) + 1)"), ("text", "(V % 64 + 1)")],
)
def test_writings(writing: str, written: str) -> None:
    """In mathematics `V mod 64 + 1` would be the remainder over 65 to some."""
    told = CliRunner().invoke(main, ["formula", "-", "--format", writing], input=TEXT).stdout
    assert written in told
