"""Leading terms in the logarithm of the text: `log10(T)`, and not `log2(T)/log2(10)`."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from symcost.cli import main


@pytest.mark.parametrize("logarithm", ["ln", "log10", "log2"])
def test_it_is_named_as_in_the_text(logarithm: str, tmp_path: object) -> None:
    """`ceil(log10(T))` layers of D·D·T MACs rise as D·D·T·log10(T), in every logarithm."""
    file = f"{tmp_path}/rounds.arch"
    with open(file, "w", encoding="utf-8") as stream:
        stream.write(f"model M(x: [T, D]) {{ repeat ceil({logarithm}(T)) {{ x = x -> Linear(D) }} return x }}")
    answer = CliRunner().invoke(main, ["growth", file])
    line = next(line for line in answer.output.splitlines() if line.startswith("  T "))
    assert line.endswith(f"D·D·T·{logarithm}(T)")
