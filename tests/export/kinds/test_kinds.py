"""What `symcost latex` writes, without a TeX: lines that fit, texts that nothing breaks, faults that are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import symcost
from symcost.cli import main
from symcost.errors import TooNarrow
from symcost.export import kinds
from symcost.export.steps import statements
from symcost.export.typesetting.breaking import TERM, broken, unmarked
from symcost.export.typesetting.latex import Setting
from symcost.export.typesetting.tables import wrapped
from symcost.export.typesetting.widths import of_formula, of_words
from symcost.formula import add, mul, num, symbol

EXAMPLES = Path(__file__).parents[3] / "examples"
GPT2 = str(EXAMPLES / "language/gpt2.arch")
ELMAN = str(EXAMPLES / "lecture/elman.arch")


def run(*arguments: str, source: str | None = None) -> Result:
    return CliRunner().invoke(main, ["latex", *arguments], input=source)


# Widths ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latex", "points"),
    [
        ("a+b", 21.8), (r"a\cdot b", 16.8), ("D^{2}", 13.04), (r"D_{\mathrm{model}}", 29.79), (r"\frac{a}{b}", 7.7),
        (r"3\,a", 11.95), (r"\log_2(a)", 30.47), (r"\mathrm{heads}", 24.5), (r"\min(a)", 29.73), ("a=b", 22.91),
    ],
)  # fmt: skip
def test_widths_are_those_of_tex(latex: str, points: float) -> None:
    """As `settowidth` gives them in article at 10 points, to a tenth."""
    assert of_formula(latex) == pytest.approx(points, rel=0.1)


# Breaking ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [60.0, 84.0, 120.0, 200.0, 345.0])
@pytest.mark.parametrize("name", ["GPT2", "GPT2Classifier"])
def test_no_line_is_wider_and_nothing_is_lost(width: float, name: str) -> None:
    """The lines one behind the other are the formula."""
    model = symcost.load(GPT2).model(name)
    setting = Setting({info.name: info.name[0] for info in model.symbols})
    lines = setting.lines(model.params.form, width)
    assert all(of_formula(line.text) <= width for line in lines)
    joined = re.sub(r"\s", "", "".join(line.text for line in lines))
    assert joined == re.sub(r"\s", "", setting.plain(model.params.form))


def test_a_sum_is_broken_before_its_outer_terms() -> None:
    """`(a·b + c·d)·e + f·g` between the terms, not inside of the brackets."""
    a, b, c, d, e, f, g = map(symbol, "abcdefg")
    form = add(mul(add(mul(a, b), mul(c, d)), e), mul(f, g))
    lines = Setting({}).lines(form, 90.0)
    assert [line.text for line in lines] == [r"(a \cdot b + c \cdot d) \cdot e", r"+ f \cdot g"]


def test_brackets_are_broken_only_where_nothing_else_is_left() -> None:
    """Then at their terms, one quad further in."""
    a, b, c, d, e = map(symbol, "abcde")
    lines = Setting({}).lines(mul(add(mul(a, b, a), mul(c, d, c)), e), 80.0)
    assert [(line.text[0], line.quads) for line in lines] == [("(", 0), ("+", 1)]


def test_what_cannot_be_broken_is_told() -> None:
    """A sign that is wider than the line."""
    with pytest.raises(TooNarrow, match=r"wider than 5 pt"):
        broken(f"abc {TERM}+ d", of_formula, 5.0)


def test_powers() -> None:
    """Equal factors of a product, where the first of them stands."""
    d, t = symbol("D"), symbol("T")
    setting = Setting({}, powers=True)
    assert setting.plain(mul(num(12), d, t, d)) == r"12\,D^{2} \cdot T"


def test_words_are_parted_where_a_new_one_begins() -> None:
    """`TransformerEncoderLayer` before a capital letter."""
    assert wrapped("TransformerEncoderLayer", 80.0) == ["Transformer", "EncoderLayer"]
    assert all(of_words(line) <= 20.0 for line in wrapped("xxxxxxxxxxxxxxxx", 20.0))


def test_marks_leave_no_trace() -> None:
    """Nothing that printers put in for breaking is written."""
    for kind in kinds.names():
        for width in ("84mm", "345pt"):
            assert not re.search("[\x00-\x08]", run(GPT2, "--kind", kind, "--width", width).stdout)
    assert unmarked(f"a{TERM}b") == "ab"


# Derivations -------------------------------------------------------------------------------------


@pytest.mark.parametrize("quantity", ["macs", "params", "flops", "depth"])
@pytest.mark.parametrize("file", ["language/gpt2.arch", "lecture/elman.arch", "speech/whisper.arch"])
def test_a_derivation_ends_in_the_total_and_every_statement_adds_up(file: str, quantity: str) -> None:
    """The terms of a block are what it counts once; its last statement is the quantity itself."""
    model = symcost.load(EXAMPLES / file).model()
    told = statements(model, quantity)
    for one in told:
        if one.terms:
            assert add(*(term.form for term in one.terms), num(0)) == one.once
        if one.rounds is not None:
            assert mul(one.once, one.rounds) == one.total
    if quantity != "depth":
        assert told[-1].total == model.quantity(quantity).form


# Options and faults ------------------------------------------------------------------------------


def test_a_label_and_a_short_caption() -> None:
    """As they are given, harmless."""
    made = run(ELMAN, "--kind", "table", "--label", "tab:a}b", "--short", "S & S", "--caption", r"C \input{x}").stdout
    assert r"\label{tab:a-b}" in made
    assert r"\caption[{S \& S}]" in made
    assert r"\input" not in made.replace(r"\textbackslash{}input", "")


def test_numbers_stand_beside_formulas() -> None:
    """In one column with one prefix where it is wished."""
    made = run(GPT2, "--kind", "table", "--config", "small", "--units", "si", "--width", "700pt").stdout
    assert "{MACs (G)}" in made and " 146 " in made


@pytest.mark.parametrize("width", ["84", "84xx", "-3mm", "1e9pt", "", "0pt", "9999in"])
def test_what_is_no_width_is_said(width: str) -> None:
    told = run(ELMAN, "--width", width)
    assert told.exit_code == 2 and "no width" in told.output


def test_an_unknown_kind_is_said() -> None:
    told = run(ELMAN, "--kind", "poster")
    assert told.exit_code == 2 and "derivation" in told.output


def test_a_width_too_small_for_a_sign_leaves_the_old_file(tmp_path: Path) -> None:
    """A report on standard error, and the file as it was."""
    target = tmp_path / "a.tex"
    target.write_text("old", encoding="utf-8")
    told = run(GPT2, "--width", "21pt", "-o", str(target))
    assert told.exit_code == 1 and "error[too-narrow]" in told.output
    assert target.read_text(encoding="utf-8") == "old"


def test_a_path_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    told = run(ELMAN, "-o", str(tmp_path / "no" / "a.tex"))
    assert told.exit_code == 2 and "cannot write" in told.output


def test_what_is_neither_a_sum_nor_a_depth_has_no_derivation() -> None:
    told = run(ELMAN, "--kind", "derivation", "--of", "peak")
    assert told.exit_code == 1 and "error[unknown-quantity]" in told.output


def test_named_sizes_are_explained() -> None:
    """`where` stands in a line of its own when there is a width."""
    source = "model M(x: [T, D], heads) { let d = D/heads  return x -> Linear(d) }"
    made = run("-", "--width", "200pt", source=source)
    assert r"\text{where } d = \frac{D}{\mathrm{heads}}" in made.stdout


def test_a_listing_cannot_be_ended_by_its_text() -> None:
    """Its environment is called what the text never says."""
    made = run("-", "--kind", "listing", source="# \\end{arch} \\end{archx}\nmodel M(x: [T]) { return relu(x) }").stdout
    name = re.findall(r"\\end\{(\w+)\}\n$", made)
    assert name == ["archxx"]
