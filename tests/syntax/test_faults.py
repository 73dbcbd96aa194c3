"""What a text that is not in the language is told."""

import pytest

from symcost.diagnostics import Source
from symcost.errors import SymcostError
from symcost.syntax.parse import parse, parse_expression


def fault(text: str) -> SymcostError:
    with pytest.raises(SymcostError) as caught:
        parse(Source("test.arch", text))
    return caught.value


def place(error: SymcostError) -> tuple[int, int]:
    label = error.report.label
    assert label is not None
    return label.span.source.position(label.span.start)


def in_body(statement: str) -> SymcostError:
    return fault(f"model M(x: [T]) {{ {statement}\n}}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model M(x: [T]) { h = f(x y) }", "expected `)`, `,`, `=` or `in`, found `y`"),
        ("model M(x: [T]) { h = f(x + 1 y) }", "expected `)` or `,`, found `y`"),
        ("model M(x: [T]) { h = x + }", "expected an expression, found `}`"),
        ("model M(x: [T]) { h = x[t, ] : }", "expected a statement or `}`, found `:`"),
        ("model M(x: [T]) { h = \n emit y = h }", "expected an expression, found `emit`"),
        ("model M(x: [T]) { return }", "expected an expression, found `}`"),
        ("model M(x: [T]) { param W }", "expected `:`, found `}`"),
        ("model M(x: [T]) { layer f }", "expected `=`, found `}`"),
        ("model M(x: [T]) { scan t { } }", "expected `in`, found `{`"),
        ("model M(x: [T]) { choose k { } }", "expected `of`, found `{`"),
        ("model M(x: [T]) { assume T }", "expected a comparison such as `>=` or `divides`, found `}`"),
        ("model M(x: [T]) { h = x -> 3 }", "expected a name, found `3`"),
        ("model M", "expected `(`, found the end of the text"),
        ("use", "expected a name or a text in quotes, found the end of the text"),
        ("config tiny { D = 3 L = 4 }", "expected `,` or `}`, found `L`"),
        ("expect M { macs ~= 3 }", "expected `within`, found `}`"),
        ("x", "expected `model`, `module`, `config`, `expect`, `dim`, `use`, `const`, `rate` or `assume`, found `x`"),
    ],
)
def test_what_was_wanted_and_what_was_found(text: str, message: str) -> None:
    """Both are said as the user would write them, never as a token's name."""
    error = fault(text)
    assert error.report.message == message
    assert error.report.code == "syntax"


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("h = x ** 2", "powers are written with `^`"),
        ("h == x", "write `=` to give a name its value"),
        ("if x = 1 { }", "write `==` to compare"),
        ("if a < b < c { }", "compare two at a time: `a < b and b < c`"),
        ("h = x;", "statements need no end mark"),
        ("h = 'same'", 'a text stands between `"` and `"`'),
        ("h += x", "write `h = h + ...`"),
        ("h // comment", "a comment begins with `#`"),
        ("f(x)", "a statement gives its value a name, as in `h = ...`, or returns it"),
        ("x -> relu", "a statement gives its value a name, as in `h = ...`, or returns it"),
        ("retrun x", "did you mean `return`?"),
        ("repaet L { }", "did you mean `repeat`?"),
        ("if a { } elif b { }", "write `else if`"),
        ("else { }", "`else` follows the `}` of an `if`"),
        ("param emit: [I]", "`emit` has a meaning of its own; choose another name"),
        ("h = .5", "write `0.5`"),
        ("h = x²", "write `^2`"),
        ("h = a·b", "write `*`"),
        ("h = x → f", "write `->`"),
        ("h = (a, b)", "a list stands between `[` and `]`"),
        ("h = nn.Linear(x, 3)", "names stand alone here: write `Linear`"),
    ],
)
def test_mends_in_a_body(text: str, help: str) -> None:
    """Where one thing is plainly meant, it is proposed, and only that."""
    assert in_body(text).report.helps == (help,)


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("modle M(x) { }", "did you mean `module`?"),
        ("confg tiny { }", "did you mean `config`?"),
        ("def f(x): return x", "a definition begins with `module` or `model`"),
        ("import torch", 'write `use "file.arch"`'),
        ("model M(x: [T]):\n  return x", "a body stands between `{` and `}`"),
        ("model M(x: T) { }", "a shape is a list: `[T]`"),
        ("param W: [I]", "statements stand in the body of a `module` or `model`"),
        ("h = 3", "statements stand in the body of a `module` or `model`"),
        ("expect M { macs = 3 }", "write `==` to compare"),
        ("expect M { macs grow 3 }", "did you mean `grows`?"),
        ("expect M { macs == 3 within 1% }", "a tolerance goes with `~=`"),
        (
            '"""doc"""\nconfig tiny { }',
            "a text in triple quotes documents a `module` or `model`; other comments begin with `#`",
        ),
    ],
)
def test_mends_at_the_top_level(text: str, help: str) -> None:
    """Words of other languages and slips of the pen are recognised."""
    assert fault(text).report.helps == (help,)


@pytest.mark.parametrize(
    ("text", "code", "where"),
    [
        ("model M(x) {\n  y = x\n", "unclosed-block", (1, 12)),
        ("model M(x) {\n  y = f(x\n}", "unclosed-bracket", (2, 8)),
        ("model M(x) {\n  y = x[t\n  z = y\n}", "unclosed-bracket", (2, 8)),
        ("model M(x: [T] {\n}", "unclosed-bracket", (1, 8)),
        ("model M(x) {\n  y = f(x))\n}", "unopened-bracket", (2, 11)),
        ("model M(x) { } }", "unopened-bracket", (1, 16)),
        ('model M(x) {\n  y = f(x, pad = "same)\n}', "unclosed-string", (2, 18)),
        ('"""doc\nmodel M(x) { }', "unclosed-doc", (1, 1)),
        ("model M(x) { y = x § }", "unknown-character", (1, 20)),
        ("model M(x) { y = \0 }", "unknown-character", (1, 18)),
        ("model M(x) { y = 4x }", "bad-number", (1, 18)),
        ("model M(x) { y = 1e }", "bad-number", (1, 18)),
        ("model M(x) { y = f(O = 1, x) }", "positional-after-keyword", (1, 27)),
    ],
)
def test_the_place(text: str, code: str, where: tuple[int, int]) -> None:
    """A fault points at what has to be changed: an unclosed bracket at its opening."""
    error = fault(text)
    assert (error.report.code, place(error)) == (code, where)
    assert len(error.faults) == 1


def test_a_block_that_another_one_closes() -> None:
    """Where the indentation betrays which block lacks its `}`, that block is shown as well."""
    error = fault("model M(x) {\n  scan t in T {\n    emit y = x\n  return y\n}\nmodel N(x) { }")
    assert place(error) == (1, 12)
    assert [(label.span.line, label.text) for label in error.report.others] == [
        (6, "expected `}` before this"),
        (2, "or is it this one? its `}` is indented otherwise"),
    ]


def test_several_faults_in_one_run() -> None:
    """Each top-level item is read for itself; faults come in the order of the text."""
    error = fault(
        "model A(x) { return f(x }\n"
        '"""Sound."""\nmodel B(x) { return x }\n'
        "config c { D == 1 }\n"
        "model D(x) { return x ? }\n"
        "expect A { macs = 3 }\n"
        "module E(x) {\n"
        "module F(x) { return -> }\n"
    )
    assert [(single.report.code, place(single)[0]) for single in error.faults] == [
        ("unclosed-bracket", 1),
        ("syntax", 4),
        ("unknown-character", 5),
        ("syntax", 6),
        ("unclosed-block", 7),
        ("syntax", 8),
    ]


def test_a_definition_inside_another() -> None:
    """Definitions do not nest; the `}` left over is no second fault."""
    assert len(fault("model A(x) {\n  module B(x) { }\n  return x\n}").faults) == 1


def test_many_faults() -> None:
    """No more faults than a reader can use are reported."""
    assert len(fault("model M(x) { return }\n" * 1000).faults) == 20


def test_an_expression_alone() -> None:
    """A value given on the command line is read by the same rules."""
    with pytest.raises(SymcostError, match=r"found `3`"):
        parse_expression(Source("T", "2 3"))
    with pytest.raises(SymcostError, match=r"expected an expression, found the end of the text"):
        parse_expression(Source("T", ""))


def test_the_drawing() -> None:
    """`str(error)` is the report: what, where, the line with a caret, the mend."""
    assert str(fault("model M(x) {\n  y = x ** 2\n}")) == (
        "error[syntax]: expected an expression, found `*`\n"
        " --> test.arch:2:10\n"
        "  |\n"
        "2 |   y = x ** 2\n"
        "  |          ^\n"
        "  |\n"
        "  = help: powers are written with `^`"
    )
