"""Typst: how forms and names are set, and that whatever a user writes compiles and stays words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from symcost.export.page import Page, Room
from symcost.export.parts import Code, Figure, Heading, Link, Notes, Paragraph, Row, Strong, Table, Verbatim
from symcost.export.writings.typst import InlineTypstPrinter, TypstPrinter, escaped, name, names_of, quoted, write
from symcost.formula import Form, ceil_div, counter, floor_div, log2, maximum, minimum, num, power, symbol
from tests.export.test_page import files, pages, run  # noqa: F401  # a fixture
from tests.oracle.sampling import examples

T, I, H, L, D, heads = map(symbol, ["T", "I", "H", "L", "d_model", "heads"])

FORMS = [
    ((I * H + H * H) * T, "(I dot H + H dot H) dot T", "(I dot H + H dot H) dot T"),
    (4 * D * T, '4 thin d_("model") dot T', '4 thin d_("model") dot T'),
    (D / heads, 'frac(d_("model"), "heads")', 'd_("model") slash "heads"'),
    (H * (H + 1) / 2, "frac(H dot (H + 1), 2)", "H dot (H + 1) slash 2"),
    (floor_div(T - H, L), "floor(frac(T - H, L))", "floor((T - H) slash L)"),
    (ceil_div(T, 2), "ceil(frac(T, 2))", "ceil(T slash 2)"),
    (power(2, L + 1) - 2, "2^(L + 1) - 2", "2^(L + 1) - 2"),
    (3 * power(2, L), "3 dot 2^(L)", "3 dot 2^(L)"),  # a thin space would read as 32
    (minimum(T, H) + maximum(I, H), "min(T, H) + max(I, H)", "min(T, H) + max(I, H)"),
    (log2(T), "log_2 (T)", "log_2 (T)"),
    (num(37_184_640), "37 thin 184 thin 640", "37 thin 184 thin 640"),
]


@pytest.fixture(scope="module")
def compiled() -> Any:
    """Turns a text into the bytes of a PDF; raises where Typst does not take it."""
    typst = pytest.importorskip("typst")
    return lambda text: typst.compile(text.encode())


@pytest.mark.parametrize(("form", "display", "inline"), FORMS)
def test_formulas_keep_the_order_of_the_text(form: Form, display: str, inline: str) -> None:
    """Drawn fractions where there is room, strokes in running text."""
    assert TypstPrinter({})(form) == display
    assert InlineTypstPrinter({})(form) == inline


def test_an_open_sum_names_its_range() -> None:
    """The counter stays below its end."""
    printer = TypstPrinter({})
    assert printer.sum(printer(counter("t", 0, T)), "0", "T", "a") == "(sum_(0 <= t < T) (a))"


def test_formulas_compile(compiled: Any) -> None:
    """All of them, high and low, and one that is a sum."""
    texts = [text for _, *pair in FORMS for text in pair]
    texts.append(TypstPrinter({}).sum("t", "0", "T", "a"))
    assert compiled("\n\n".join(f"$ {text} $" for text in texts)).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("written", "set_as"),
    [
        ("T", "T"),
        ("λ", "λ"),
        ("lambda", "λ"),
        ("d_model", 'd_("model")'),
        ("heads", '"heads"'),
        ("x0", "x_(0)"),
        ("n_a_b", 'n_(a "," b)'),
        ("élan", '"élan"'),
        ("pi", "π"),
        ("sum", '"sum"'),  # a function of Typst
        ("_", '"_"'),
        ("__x", '"__x"'),
        ("é", '"é"'),
    ],
)
def test_names_are_set_as_a_lecturer_would(written: str, set_as: str) -> None:
    """Letters in italics, words upright, what follows `_` below; no name is ever looked up."""
    assert name(written) == set_as


def test_different_names_never_look_the_same() -> None:
    """`C1` and `C_1` would both be C with 1 below."""
    assert len(set(names_of(["C1", "C_1", "λ", "lambda"]).values())) == 4


def test_words_are_escaped() -> None:
    """Nothing in a description is markup, a reference or code; points in numbers and names stay as they are."""
    assert escaped("#eval(x) $a$ *b* _c_ @d <e> [f]") == r"\#eval(x) \$a\$ \*b\* \_c\_ \@d \<e\> \[f\]"
    assert escaped("1.5 elman.arch ... λ·é\n//") == r"1.5 elman.arch \.\.\. λ·é \/\/"
    assert quoted('a"b\\c\n') == r'"a\"b\\c "'


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30)


def page_of(text: str) -> Page:
    """The text at every place where a page has words of the user's."""
    table = Table((text, "b"), (Row((text, (text, Code(text), Strong(text), Link(text, text))), 1),), caption=text)
    parts = (Heading(text), Paragraph(text), table, Verbatim(text), Notes((text, text), points=True), Notes((text,)))
    return Page(text, lambda: parts)


@pytest.mark.slow
@examples(8, 40)
@given(text=TEXT)
def test_any_text_stays_words(compiled: Any, text: str) -> None:
    """Whatever it is, the page compiles; code in it would be an error, for nothing that it could name is defined."""
    assert compiled(write(page_of(text), Room())).startswith(b"%PDF")


@pytest.mark.parametrize(
    "text",
    ["#panic()", "$panic()$", '"#panic()', "\\", "\\#panic()", "]#panic()[", "*", "_", "`", "```#x", "@x", "<x>", "//",
     "/*", "= x", "- x", "+ x", "1. x", "/ x: y", "https://x", "...", "--", "#\n#", "\u2028#x", "'", "~", "\x00#x", ""],
)  # fmt: skip
def test_no_text_is_code(compiled: Any, text: str) -> None:
    """The signs that begin code, mathematics, strings, lists, links, comments and labels."""
    assert compiled(write(page_of(text), Room())).startswith(b"%PDF")
    assert compiled(write(page_of(f"{text}{text} {text}a"), Room())).startswith(b"%PDF")


@pytest.mark.slow
@pytest.mark.parametrize(("command", "model"), pages())
def test_the_page_of_every_command_compiles(
    files: dict[str, Path],  # noqa: F811
    compiled: Any,
    command: str,
    model: str,
) -> None:
    """With ordinary names, and with names and words that are made to break it."""
    result = run(files, command, "--format", "typst", model=model)
    assert result.exit_code == 0, result.output
    assert compiled(result.stdout).startswith(b"%PDF")


def test_a_figure_has_its_share_behind_it() -> None:
    """`102 k (50.0 %)`"""
    table = Table(("a", "b"), (Row(("x", Figure(102_400, whole=204_800))),))
    assert "[102 k (50.0 %)]" in write(Page("", lambda: (table,)), Room())
