"""What a text says of the names in its formulas: none is left without a meaning, and none has two."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.graph.names import called

SOURCE = """
dim T "time", D "width"
module Unused(x: [T, D]) { return relu(x) }
module Inner(x: [T, D]) { let d = 3*D  return x -> Linear(d) -> Linear(D) }
module Gate(x: [T, D]) { return x -> Inner }
model M(x: [T, D], h) {
  assume h divides D
  let d = D/h
  let e = 2*d
  return x -> Linear(e) -> relu -> Linear(d) -> Linear(D) -> Gate
}
"""


def latex(*arguments: str) -> str:
    """What `symcost latex` writes of the model M."""
    result = CliRunner().invoke(main, ["latex", "-", "--model", "M", *arguments], input=SOURCE)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("more", [(), ("--standalone",)])
@pytest.mark.parametrize("kind", ["derivation", "beamer", "table"])
def test_names_letters_and_assumptions_are_told(kind: str, more: tuple[str, ...]) -> None:
    """`e` is made of `d`, which stands before it; the `d` of the module inside is written out as `3 D`."""
    written = latex("--kind", kind, *more)
    assert r"D \cdot e \cdot T" in written
    assert r"$T$: time, $D$: width. Assuming ${h \mid D}$. Where $d$ = $D/h$, $e$ = ${2\,d}$." in written
    assert r"3\,D \cdot D \cdot T" in written or r"6\,D \cdot D \cdot T" in written


@pytest.mark.parametrize("kind", ["derivation", "beamer"])
def test_where_nothing_has_a_meaning_nothing_is_said(kind: str) -> None:
    """No empty paragraph or slide."""
    source = "model M(x: [T, D]) { return x -> Linear(D) }"
    written = CliRunner().invoke(main, ["latex", "-", "--kind", kind], input=source).stdout
    assert r"\noindent" not in written and "allowframebreaks" not in written


def test_a_solution_says_what_its_names_stand_for() -> None:
    """Behind each derivation that has names; an exercise without solutions gives none away."""
    items = latex("--kind", "exercise", "--solutions").split(r"\item")[1:]
    assert [item.count(r"Where $d$ = $D/h$, $e$ = ${2\,d}$.") for item in items] == [1, 1, 0]
    assert "Where" not in latex("--kind", "exercise")


def test_an_exercise_has_the_text_of_all_that_its_model_calls() -> None:
    """What is called stands before what calls it, also where that is done by a module; nothing else does."""
    assert re.findall(r"^(?:module|model) (\w+)", latex("--kind", "exercise"), re.M) == ["Inner", "Gate", "M"]


def test_a_definition_that_is_called_twice_is_listed_once() -> None:
    """Nor is one of the library listed."""
    unit = symcost.loads(
        "module A(x: [T, D]) { return x -> Linear(D) }\n"
        "module B(x: [T, D]) { return x -> A }\n"
        "model M(x: [T, D]) { return x -> A -> B -> A }"
    )
    model = unit.model("M")
    assert [one.name for one in called(model.unit.definitions["M"])] == ["A", "B", "M"]


def test_the_text_of_an_exercise_is_a_file_that_costs_the_same() -> None:
    """Also where a module reads a size that only the file declares, and where the file assumes something."""
    source = (
        'dim T "time", D "width", Q\ndim K "kernel"\nassume K divides D\nassume Q >= 2\n'
        "module Inner(x: [T, D]) { return x -> Linear(D/K) }\nmodel M(x: [T, D], K) { return x -> Inner }\n"
        "model Other(y: [Q]) { return relu(y) }"
    )
    result = CliRunner().invoke(main, ["latex", "-", "--model", "M", "--kind", "exercise"], input=source)
    text = re.findall(r"\\begin\{arch\}\n(.*)\\end\{arch\}", result.stdout, re.S)[0]
    assert "Q" not in text
    listed, whole = symcost.loads(text).model("M"), symcost.loads(source).model("M")
    assert listed.quantity("macs").form == whole.quantity("macs").form
    assert listed.assumptions == whole.assumptions
