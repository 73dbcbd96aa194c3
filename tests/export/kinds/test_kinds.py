"""What `symcost latex` writes, without a TeX: lines that fit, texts that nothing breaks, faults that are told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import symcost
from symcost.cli import main
from symcost.export import kinds
from symcost.export.steps import statements
from symcost.export.typesetting.breaking import TERM, unmarked
from symcost.formula import add, mul, num

EXAMPLES = Path(__file__).parents[3] / "examples"
GPT2 = str(EXAMPLES / "language/gpt2.arch")
ELMAN = str(EXAMPLES / "lecture/elman.arch")


def run(*arguments: str, source: str | None = None) -> Result:
    return CliRunner().invoke(main, ["latex", *arguments], input=source)


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


def test_a_peak_is_derived_from_the_places_where_so_much_lives() -> None:
    """Between two matrices either input and middle live, or middle and result; with bias-free layers nothing else."""
    text = "model M(x: [T, A], B, C) { return x -> Linear(B, bias = false) -> Linear(C, bias = false) }"
    told = run("-", "--kind", "derivation", "--of", "peak", source=text).stdout
    assert r"= T \cdot A + T \cdot B" in told and r"= T \cdot B + T \cdot C" in told
    assert r"\max(" in told and told.count(" in Linear (linear.arch, line") == 2


def test_what_has_no_parts_is_its_total() -> None:
    """Named with the line of the model."""
    told = run(ELMAN, "--kind", "derivation", "--of", "receptive_field").stdout
    assert "Elman (elman.arch, line" in told and "{}= T" in told


def test_breqn_breaks_lines_itself() -> None:
    """Where that is wished, with a number where it has a label."""
    told = run(ELMAN, "--dmath", "--label", "eq:a").stdout
    assert told.startswith("% needs amsmath, breqn\n\\begin{dmath}[label={eq:a}]\n") and told.endswith("\\end{dmath}\n")


def test_named_sizes_are_explained() -> None:
    """`where` stands in a line of its own when there is a width."""
    source = "model M(x: [T, D], heads) { let d = D/heads  return x -> Linear(d) }"
    made = run("-", "--width", "200pt", source=source)
    assert r"\text{where } d = \frac{D}{\mathrm{heads}}" in made.stdout


def test_a_listing_cannot_be_ended_by_its_text() -> None:
    """Its environment is called what the text never says."""
    made = run("-", "--kind", "listing", source="# \\end{arch} \\end{archx}\nmodel M(x: [T]) { return relu(x) }").stdout
    name = re.findall(r"\\end\{(\w+)\}\n\\endgroup\n$", made)
    assert name == ["archxx"]


def test_a_sum_is_broken_behind_its_sign_only_where_it_must_be() -> None:
    """MiniMax adds up blocks: in a column of 200 pt nothing else helps, in one of 345 pt none is."""
    model = f"{EXAMPLES}/language/hybrids.arch:MiniMax"
    narrow, wide = (run(model, "--kind", "table", "--width", width) for width in ("200pt", "345pt"))
    assert narrow.exit_code == wide.exit_code == 0
    ends = [line for line in wide.stdout.splitlines() if re.search(r"\\sum_\{[^}]*\}\s*(\$|\\\\)", line)]
    assert ends == []
