"""How names and words become LaTeX, and what is kept out of it."""

import pytest
from hypothesis import given, strategies as st

from symcost.errors import UnsafeLatex
from symcost.export.notation import checked, name, notation, stand_ins, text


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("T", "T"),
        ("λ", r"\lambda"),
        ("lambda", r"\lambda"),
        ("d_model", r"d_{\mathrm{model}}"),
        ("d_beta", r"d_{\beta}"),
        ("heads", r"\mathrm{heads}"),
        ("x0", "x_{0}"),
        ("n_a_b", r"n_{\mathrm{a},b}".replace(r"\mathrm{a}", "a")),  # one subscript, as TeX demands
        ("conv2d", r"\mathrm{conv2d}"),
        ("Δt", r"\Delta t"),
        ("élan", r"\text{élan}"),
        ("_", r"\_"),
        ("__x", r"\text{\_\_x}"),
    ],
)
def test_names_are_set_as_a_lecturer_would(written, set_as):
    """Letters in italics, words upright, what follows `_` below."""
    assert name(written) == set_as


def test_different_names_never_look_the_same():
    """`C1` and `C_1` would both be C with 1 below."""
    settings = notation((n, None, None) for n in ("C1", "C_1", "λ", "lambda"))
    assert len(set(settings.values())) == 4


def test_words_are_escaped():
    """Nothing in a description is a command."""
    assert text(r"50% of A&B_c {x} \input{y} $") == r"50\% of A\&B\_c \{x\} \textbackslash{}input\{y\} \$"
    assert text("λ–é") == r"\ensuremath{\lambda}–é"


def test_what_the_fonts_lack_gets_a_stand_in():
    """pdfLaTeX stops at a character it does not know, so each one is declared."""
    assert stand_ins("é–序ａ") == {"序": "[5E8F]", "ａ": "a"}


@pytest.mark.parametrize(
    ("wish", "safe"),
    [
        ("d_{model}", "d_{model}"),
        (r"d_{\mathrm{model}}", r"d_{\mathrm{model}}"),
        (r"\hat{x}_1^2", r"\hat{x}_{1}^{2}"),
        ("λ_0", r"\lambda_{0}"),
        ("x''_1", "x''_{1}"),
        (r"\text{a b}", r"\text{a b}"),
        ("|V|", "|V|"),
    ],
)
def test_plain_notation_passes(wish, safe):
    """The user's own LaTeX is put down again piece by piece."""
    assert checked(wish, None) == safe


@pytest.mark.parametrize(
    "wish",
    [
        "", r"\input{/etc/passwd}", r"\write18{ls}", r"\immediate\write18{ls}", r"\csname input\endcsname",
        "^^5cinput", "}{", "{", "}", "x^", "x_1_2", "x^2'", r"\\", "\\", "a$b", "a%b", "a&b", "a#b", "a~b",
        r"\def\x{}", r"\catcode`\%=1", r"\mathrm x", r"\text{$x$}", r"\text{a_b}", r"\text{",
        r"\end{document}", "x\ninput", "序", "{" * 300, "x" * 300,
    ],
)  # fmt: skip
def test_whatever_is_not_notation_is_a_fault(wish):
    """No command outside the list, no open brace, no comment, nothing that TeX would refuse."""
    with pytest.raises(UnsafeLatex):
        checked(wish, None)


@given(st.text(alphabet="ab1λ_^{}\\'$%& ,mathrtexinpu", max_size=30))
def test_a_wish_is_refused_or_balanced(wish):
    """Braces balance at every point, and all commands are known ones."""
    try:
        safe = checked(wish, None)
    except UnsafeLatex:
        return
    depth = 0
    for char in safe:
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0
    assert not set(safe) & set("$%&#~\n")
    assert checked(safe, None) == safe  # safe text stays as it is
