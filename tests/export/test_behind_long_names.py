"""Formulas behind long names."""

import symcost
from symcost.export.terminal import wrapped


def test_lines_of_a_formula_stay_in_their_column(monkeypatch):
    """In 80 columns no line of a formula begins where the names stand, however little room they leave."""
    monkeypatch.setenv("COLUMNS", "80")
    llama = symcost.load("examples/language/llama.arch").model()
    lines = str(symcost.memory(llama, {"params": "bf16", "activations": "bf16"})).splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if line.startswith(("D", "+", "·"))]


def test_terms_stay_whole():
    """A line may be as short as its column and still breaks before an operator."""
    assert wrapped("2·(A + (B + C)·L + D)", 18) == ["2·(A + (B + C)·L", "+ D)"]
