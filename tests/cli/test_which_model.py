"""How a model of several is chosen, where somebody tries the way of another command."""

import pytest
from click.testing import CliRunner

from symcost.cli import main

LSTM = "examples/lecture/lstm.arch"


def said(*arguments: str) -> str:
    ran = CliRunner().invoke(main, list(arguments))
    assert ran.exit_code == 2, ran.output
    return ran.output


@pytest.mark.parametrize("command", ["html", "compare", "table"])
def test_behind_its_file(command):
    """Commands for several models say where a name stands."""
    assert "as in FILE:Lstm" in said(command, LSTM, "--model", "Lstm")


@pytest.mark.parametrize("command", ["formula", "eval", "graph", "sweep"])
def test_by_an_option(command):
    """Commands for one model say which option names it."""
    assert "--model Lstm: the model is chosen by an option here" in " ".join(said(command, f"{LSTM}:Lstm").split())


@pytest.mark.parametrize("file", ["none.arch:Lstm", "examples/lecture:Lstm", f"{LSTM}:1", ":Lstm"])
def test_no_such_file(file):
    """What is no file with a name behind it is no file."""
    assert "does not exist" in said("formula", file)


@pytest.mark.parametrize("value", ["banana", "true", "banana split"])
def test_a_word_for_a_size(value):
    """A word for a size that stands by itself in the signature is said of the value, as of any other size."""
    ran = CliRunner().invoke(main, ["html", "examples/lecture/elman.arch", f"H={value}"])
    assert ran.exit_code == 1
    assert f"`H` cannot be `{value}`" in ran.output and "give `H` a positive integer" in ran.output


def test_a_word_where_words_are_meant():
    """What stands in no shape may be a word without a default."""
    from symcost import loads

    text = 'model M(x: [T, D], act) -> [T, D] { if act == "tanh" { x = tanh(x) } return x }'
    assert str(loads(text).model().at(act="tanh").operations["exp"]) == "T·D"
    assert loads(text).model().at(act="none").operations["exp"] == 0
