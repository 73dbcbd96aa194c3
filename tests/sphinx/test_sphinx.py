"""The directive in small projects, as Sphinx builds them; skipped where Sphinx is not installed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest

pytest.importorskip("sphinx")

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

import symcost
from symcost import types

ELMAN = (Path(__file__).parents[2] / "examples" / "lecture" / "elman.arch").read_text(encoding="utf-8")
HOSTILE = r"""
   # <script>alert("x")</script> & \input{/etc/passwd}
   dim T "time <b> \\alpha", D "width" latex "d_{\text{model}}"
   model Net(x: [T, D]) { return x -> Linear(4*D) -> relu -> Linear(D) }
"""

Built = tuple[str, list[str]]
Build = Callable[..., Built]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Builds one page and gives what was written of it and the warnings."""

    def built(text: str, builder: str = "html", suffix: str = ".rst", **settings: object) -> Built:
        (tmp_path / f"index{suffix}").write_text(text, encoding="utf-8")
        (tmp_path / "elman.arch").write_text(ELMAN, encoding="utf-8")
        warnings = StringIO()
        overrides = {"extensions": ["symcost.sphinx"], "project": "test", **settings}
        with docutils_namespace():
            out = tmp_path / builder
            app = Sphinx(
                tmp_path, None, out, tmp_path / "trees", builder, overrides, status=None, warning=warnings,
                freshenv=True,
            )  # fmt: skip
            app.build()
        written = out / {"html": "index.html", "latex": "test.tex", "text": "index.txt"}[builder]
        told = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in warnings.getvalue().splitlines()]
        return written.read_text(encoding="utf-8"), told

    return built


def test_a_file_is_shown_with_formulas_and_table(build: Build) -> None:
    """The text as it stands, each quantity as mathematics, and the blocks with what the letters mean."""
    page, warnings = build("Title\n=====\n\n.. symcost:: elman.arch\n   :of: macs, params\n")
    assert warnings == []
    assert ELMAN.splitlines()[5] in html.unescape(page)
    assert r"(I \cdot H + H \cdot H) \cdot T" in page and r"I \cdot H + H \cdot H + H" in page
    assert "Multiply-accumulates:" in page and "hidden channels" in page and "scan t in T" in page


def test_numbers_models_and_parts_are_chosen(build: Build) -> None:
    """With numbers there is no formula left: (64·128 + 128·128)·100; only what is asked for is shown."""
    page, warnings = build(
        "T\n=\n\n.. symcost:: elman.arch\n   :values: T=100 I=64 H=2*I\n   :show: formula\n   :model: Elman\n"
    )
    assert warnings == []
    assert str((64 * 128 + 128 * 128) * 100) in re.sub(r"\\[, ]|\{,\}", "", page)
    assert "<table" not in page and "param W" not in page


@pytest.mark.parametrize("builder", ["html", "latex", "text"])
def test_words_stay_words(build: Build, builder: str) -> None:
    """Nothing of a text becomes a tag or a command of the page."""
    page, warnings = build(f"T\n=\n\n.. symcost::\n   :of: params\n{HOSTILE}", builder)
    assert warnings == []
    assert "alert" in page
    if builder == "html":
        assert '<script>alert("x")' not in page and "<b>" not in page and "&lt;b&gt;" in page
    if builder == "latex":
        assert "time <b>" not in page.replace("\\textless{}", "<").replace("\\textgreater{}", "") or "{<}" in page
        assert "\n" + r"\input{/etc/passwd}" not in page
    if builder != "text":
        assert r"d_{\text{model}}" in page


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("T\n=\n\n.. symcost::\n   :of: macs\n\n   model Net(x: [T]) {\n     return x -> Liner(3)\n   }\n", 8, "Liner"),
        ("T\n=\n\n.. symcost::\n   :show: text\n\n   model Net(x: [T]) {\n     return y\n   }\n", 8, "`y`"),
        ("T\n=\n\n.. symcost:: nowhere.arch\n", 4, "no such file"),
        ("T\n=\n\ntext\n\n.. symcost:: elman.arch\n   :of: mags\n", 6, "did you mean `macs`"),
        ("T\n=\n\n.. symcost:: elman.arch\n   :values: Q=3\n", 4, "has no `Q`"),
        ("T\n=\n\n.. symcost:: elman.arch\n   :config: big\n", 4, "big"),
        ("T\n=\n\n.. symcost:: elman.arch\n   :values: T\n", 4, 'Error in "symcost"'),
        ("T\n=\n\n.. symcost:: elman.arch\n   :show: pictures\n", 4, 'Error in "symcost"'),
        ("T\n=\n\n.. symcost::\n", 4, "a file or a text"),
        ("T\n=\n\n.. symcost:: elman.arch\n\n   model Net(x: [T]) { return x }\n", 4, "not both"),
    ],
)
def test_what_is_wrong_is_a_warning_at_its_line(build: Build, text: str, line: int, told: str) -> None:
    _, warnings = build(text)
    assert f"index.rst:{line}: " in warnings[0]
    assert told in warnings[0]


def test_a_fault_of_a_file_is_told_in_the_file(build: Build, tmp_path: Path) -> None:
    """With its code as subtype, so that a project may suppress it; the text is shown all the same."""
    (tmp_path / "wrong.arch").write_text("model Net(x: [T]) {\n\n  return y\n}\n", encoding="utf-8")
    page, warnings = build("T\n=\n\n.. symcost:: wrong.arch\n")
    assert len(warnings) == 1
    assert "wrong.arch:3: WARNING: nothing is called `y` here [symcost.unknown-name]" in warnings[0]
    assert "return y" in page
    _, warnings = build("T\n=\n\n.. symcost:: wrong.arch\n", suppress_warnings=["symcost.unknown-name"])
    assert warnings == []


def test_markdown(build: Build) -> None:
    """The same between fences of MyST, with the lines of its faults."""
    pytest.importorskip("myst_parser")
    settings = {"extensions": ["symcost.sphinx", "myst_parser"], "suffix": ".md"}
    page, warnings = build("# T\n\n```{symcost} elman.arch\n:of: params\n```\n", **settings)
    assert warnings == [] and r"I \cdot H + H \cdot H + H" in page
    text = "# T\n\n```{symcost}\n:of: macs\n\nmodel Net(x: [T]) {\n  return x -> Liner(3)\n}\n```\n"
    _, warnings = build(text, **settings)
    assert "index.md:7: " in warnings[0] and "Liner" in warnings[0]


def test_autodoc_knows_all_that_is_public(build: Build) -> None:
    """Every public name with its members: Sphinx, being nitpicky, finds each type that is mentioned."""
    rooms = [f".. automodule:: {room}\n   :members:\n   :imported-members:\n" for room in ("symcost", "symcost.build")]
    mentioned = [f".. autoclass:: symcost.types.{name}()\n" for name in types.__all__]
    page, warnings = build(
        "\n".join(["API\n===\n", *rooms, *mentioned]),
        extensions=["sphinx.ext.autodoc", "symcost.sphinx"],
        nitpicky=True,
        # What Python itself has is for intersphinx, which needs the network.
        nitpick_ignore_regex=[("py:class", r"(collections|fractions|pathlib|os|typing)\..*")],
    )
    assert warnings == []
    assert all(f'id="symcost.{name}"' in page for name in symcost.__all__)
