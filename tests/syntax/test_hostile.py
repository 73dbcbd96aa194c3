"""Whatever the text, the parser ends soon, with a tree or with a fault that says why not."""

import re
import time
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from symcost.diagnostics import Source
from symcost.errors import SymcostError
from symcost.syntax.parse import LONGEST_TEXT, parse, parse_expression
from symcost.syntax.tree import DEEPEST_EXPRESSION
from tests.oracle.sampling import examples

MANY = 10_000

SEED = '''
"""Doc."""
dim T "time" latex "T", λ "waves"
use "a.arch"
module Linear(x: [..., I], O, bias = true) -> [..., O] {
  param W: [I, O], b: []
  assume heads divides D  # comment
  y[..., o] = max(k in 2) x[..., 2*i + k] * W[i, o]^2
  scan t in 1..T with h: [H] = h0 { h = tanh(x[0:t + 1, :]) -> f(a = 1.5e3) emit z = h }
  repeat l in L shared { layer g = Linear(H) }
  if bias and not x == 1 { return y, "s" } else if true { choose k of E { } } else { }
}
config c { D = 1, L = 2 }
expect M(c) { macs ~= 4.09e9 within 0.5% depth grows T*log(T) }
'''

PIECES = [*SEED.split(), *'''""" " { } ( ) [ ] .. ... # § é == ='''.split(), "\n", "\0", "9" * 2000]


def ends_well(text: str) -> None:
    """A tree, or a fault without a word of the machinery."""
    try:
        parse(Source("test.arch", text))
    except SymcostError as error:
        assert not re.search(r"Token|ANON|LPAR|RBRACE|Traceback", str(error))  # noqa: PT017 (either end is right)


@examples(50, 150)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_any_words(words: list[str]) -> None:
    """Words of the language in any order are a file or a fault."""
    ends_well(" ".join(words))


@pytest.mark.slow
@examples(50, 150)
@given(st.data())
def test_any_mutation(data: st.DataObject) -> None:
    """A file with a stretch cut out and another text put in its place is a file or a fault."""
    start = data.draw(st.integers(0, len(SEED)))
    end = data.draw(st.integers(start, min(len(SEED), start + 60)))
    ends_well(SEED[:start] + data.draw(st.sampled_from(PIECES) | st.text(max_size=8)) + SEED[end:])


@examples(40, 100)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Any characters at all are a file or a fault."""
    ends_well(text)


DEEP = {
    "parentheses": ("(" * MANY + "x" + ")" * MANY, "nesting-too-deep"),
    "lists": ("[" * MANY, "nesting-too-deep"),
    "calls": ("f(" * MANY, "nesting-too-deep"),
    "signs": ("-" * MANY + "x", "expression-too-deep"),
    "negations": ("not " * MANY + "x", "expression-too-deep"),
    "powers": ("^".join("x" * MANY), "expression-too-deep"),
    "sums": ("+".join("x" * MANY), "expression-too-deep"),
    "pipes": ("->".join("x" * MANY), "expression-too-deep"),
    "subscripts": ("x" + "[0]" * MANY, "expression-too-deep"),
    "windows": ("max(k in K) " * MANY + "x", "expression-too-deep"),
    "sums in brackets": ("(" * 90 + "x" + "+ x + x + x)" * 90, "expression-too-deep"),
    "digits": ("9" * MANY, "bad-number"),
    "decimals": ("0." + "9" * MANY, "bad-number"),
    "exponent": ("1e99999", "bad-number"),
    "negative exponent": ("1e-99999", "bad-number"),
}


@pytest.mark.parametrize(("text", "code"), DEEP.values(), ids=DEEP.keys())
def test_too_deep(text: str, code: str) -> None:
    """What no one can read, and recursion could not walk, is refused."""
    with pytest.raises(SymcostError) as caught:
        parse_expression(Source("test", text))
    assert caught.value.report.code == code


@pytest.mark.parametrize(
    ("block", "tail"),
    [("repeat L { ", ""), ("if a { ", ""), ("if a { } else ", "{ } }")],
    ids=["repeat", "if", "else if"],
)
def test_too_many_blocks(block: str, tail: str) -> None:
    """Blocks nest no deeper than brackets, those of `else if` included."""
    with pytest.raises(SymcostError) as caught:
        parse(Source("test", "model M() { " + block * MANY + tail))
    assert caught.value.report.code == "nesting-too-deep"


@pytest.mark.slow
def test_as_deep_as_allowed() -> None:
    """At the limits themselves a text is still read."""
    assert parse_expression(Source("test", "(" * 100 + "x" + ")" * 100))
    assert parse_expression(Source("test", "->".join("x" * (DEEPEST_EXPRESSION + 1))))
    assert parse_expression(Source("test", "9" * 1000))
    assert parse_expression(Source("test", "f(" + ", ".join("x" * MANY) + ")"))


def test_a_text_too_long() -> None:
    """A text beyond any architecture is not even looked at."""
    with pytest.raises(SymcostError, match="more than"):
        parse(Source("test", " " * (LONGEST_TEXT + 1)))


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    ['"""', "model ", "model a( { ", "{}", "# x\n", "{\n", "(", '" ', "1_", '"""a"""#\n', "x ", "//"],
    ids=repr,
)
def test_linear_time(piece: str) -> None:
    """Whatever is repeated, 400 kB of it take seconds; in quadratic time they would take hours."""
    start = time.process_time()
    with suppress(SymcostError):
        parse(Source("test", (piece * 400_000)[:400_000]))
    assert time.process_time() - start < 20
