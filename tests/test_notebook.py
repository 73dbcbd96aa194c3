"""What results show of themselves in notebooks, and cells of `.arch`; without IPython."""

from __future__ import annotations

import subprocess
import sys
from typing import Any
from xml.etree import ElementTree

import symcost
from symcost.notebook import Faulty, load_ipython_extension, run_cell

CELL = "model Elman(x: [T, I], H) { return x -> Linear(H) }"


class Shell:
    """As much of IPython's shell as the extension uses."""

    def __init__(self) -> None:
        self.user_ns: dict[str, Any] = {}
        self.magics: dict[str, Any] = {}

    def register_magic_function(self, func: Any, magic_kind: str, magic_name: str) -> None:
        self.magics[f"{magic_kind}:{magic_name}"] = func


def test_a_cell_gives_its_models_their_names() -> None:
    """`%load_ext symcost` finds the function in the package itself."""
    shell = Shell()
    assert symcost.load_ipython_extension is load_ipython_extension
    symcost.load_ipython_extension(shell)
    shown = shell.magics["cell:arch"]("mine", CELL)
    assert shown is shell.user_ns["Elman"]
    assert str(shell.user_ns["mine"].model().macs) == "I·H·T"


def test_faults_are_drawn_under_their_lines() -> None:
    """As HTML, escaped; nothing gets a name."""
    names: dict[str, Any] = {}
    shown = run_cell("", "model M(x: [T]) { return x -> Liner(<b>) }", names)
    assert isinstance(shown, Faulty) and not names
    assert "<b>" not in shown._repr_html_() and "^" in str(shown)


def test_faults_of_building_are_drawn_too() -> None:
    shown = run_cell("", "model M(x: [T]) { return x -> Liner(3) }", {})
    assert isinstance(shown, Faulty) and "Liner" in repr(shown)


def test_a_model_is_a_tree_that_folds() -> None:
    """With formulas as MathML; every angle bracket is one of ours."""
    model = symcost.load("examples/language/gpt2.arch").model()
    page = model._repr_html_()
    assert page.count("<details") == page.count("</details>") > 3
    ElementTree.fromstring(page)


def test_documentation_cannot_script_a_notebook() -> None:
    """Words of the file are text."""
    document = symcost.loads('"""<script>alert(1)</script>"""\n' + CELL, "<img src=x>")
    shown = document.model()._repr_html_() + document._repr_html_()
    assert "<script" not in shown and "<img" not in shown


def test_mathml_is_well_formed() -> None:
    """With fractions, roundings, powers of two, and names that are words."""
    text = "model M(x: [T, d_model]) { return unfold(x, 3, 2) -> Linear(4) }"
    model = symcost.loads(text).model()
    for quantity in (model.macs, model.params, model.macs / model.params):
        root = ElementTree.fromstring(quantity.mathml())
        assert root.tag.endswith("math")


def test_latex_from_python() -> None:
    """Orders, powers and a width, as the command line has them."""
    macs = symcost.load("examples/language/gpt2.arch").model().macs
    assert "^{2}" in macs.latex(powers=True)
    assert macs.latex(form="expanded") != macs.latex()
    assert macs.latex(width=150).startswith(r"\begin{aligned}")
    assert (macs + macs).latex(width=150).startswith(r"\begin{aligned}")


def test_ipython_is_not_imported() -> None:
    """By nothing here."""
    code = "import sys, symcost, symcost.notebook; assert 'IPython' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
