"""From the place where the grammar gave up to a fault in the user's words, with its mend if that is plain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from symcost.diagnostics import Source, Span
from symcost.errors import BadNumber, SymcostError, UnexpectedText, UnknownCharacter, did_you_mean
from symcost.syntax.words import DEFINITIONS, RESERVED, SOFT, STATEMENTS

_EXPRESSION = frozenset({"NAME", "NUMBER", "STRING", "true", "false", "(", "[", "-", "not", "...", ":"})
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_OPERATORS = _COMPARISONS | frozenset("-> .. or and + - * / // % @ ^ [ (".split())
_SIGNATURE = {"->", "{"}

_SHOWN = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a text in quotes",
    "DOC": "a text in triple quotes",
}

_INSTEAD = {
    "'": 'a text stands between `"` and `"`',
    "“": 'a text stands between `"` and `"`',
    "”": 'a text stands between `"` and `"`',
    ";": "statements need no end mark",
    "·": "write `*`",
    "×": "write `*`",
    "−": "write `-`",
    "–": "write `-`",
    "→": "write `->`",
    "≤": "write `<=`",
    "≥": "write `>=`",
    "≠": "write `!=`",
    "≈": "write `~=`",
    "…": "write `...`",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `not`",
    "²": "write `^2`",
    "³": "write `^3`",
    "√": "write `sqrt(...)`",
    "\u00a0": "write an ordinary blank",
}
_FOREIGN = {
    "elif": "write `else if`",
    "for": "write `repeat l in L { ... }`, or `scan t in T { ... }` for a recurrence",
    "while": "write `repeat l in L { ... }`, or `scan t in T { ... }` for a recurrence",
    "let": "a name needs no word before it: `h = ...`",
    "var": "a name needs no word before it: `h = ...`",
    "const": "a name needs no word before it: `h = ...`",
    "def": "a definition begins with `module` or `model`",
    "class": "a definition begins with `module` or `model`",
    "fn": "a definition begins with `module` or `model`",
    "import": 'write `use "file.arch"`',
    "from": 'write `use "file.arch"`',
}
"""Words of other languages, which are names here."""


def unknown(source: Source, offset: int) -> SymcostError:
    """No word of the language begins here: a stray character, or a number that goes wrong."""
    text = source.text
    if number := re.compile(r"[0-9][\w.]*").match(text, offset):
        why = "a name begins with a letter, a product is written with `*`"
        return BadNumber(Span(source, offset, number.end()), why)
    character, instead = text[offset], _INSTEAD.get(text[offset])
    if fraction := re.compile(r"(?<![\w.])\.[0-9]+").match(text, offset):
        instead = f"write `0{fraction[0]}`"
    elif character == "." and re.search(r"[^\W\d]\w{0,80}$", text[max(0, offset - 80) : offset]):
        instead = "nothing has parts behind a dot; sizes are named where ports are declared, as in `x: [T, I]`"
    name = unicodedata.name(character, "").lower() or f"U+{ord(character):04X}"
    return UnknownCharacter(character, name, Span(source, offset, offset + 1), instead)


def at_end(source: Source, end: int) -> Span:
    """The word that begins behind a stretch, or the empty place behind the last character."""
    if word := re.compile(r"\w+|\S").match(source.text, end):
        return Span(source, *word.span())
    last = len(source.text.rstrip())
    return Span(source, last, last)


def unexpected(source: Source, span: Span, accepted: set[str]) -> SymcostError:
    """A word in the wrong place; `accepted` could have stood there (words, or NAME, NUMBER, STRING, DOC)."""
    helps = list(_mends(source, span, accepted))[:1]
    return UnexpectedText(_shown(span.text), list(_expected(accepted)), span, helps)


def _shown(text: str) -> str:
    if not text:
        return "the end of the text"
    start = text.splitlines()[0]
    return f"`{text}`" if start == text and len(text) <= 40 else f"`{start[:20]}...`"


def _expected(accepted: set[str]) -> Iterator[str]:
    """What could have stood there; the many ways to begin or to go on with something in one word."""
    rest = accepted - {"$END"} - (SOFT if "NAME" in accepted else set())
    if "+" in rest:
        rest = rest - _OPERATORS | (_COMPARISONS if "divides" in rest else set()) or {"an operator"}
    elif rest != _SIGNATURE:
        rest -= {"->"}
    if rest >= set(DEFINITIONS):
        yield from (f"`{word}`" for word in DEFINITIONS)
        return
    for words, phrase in ((STATEMENTS, "a statement"), (_EXPRESSION - {"not", "...", ":"}, "an expression")):
        if rest >= words:
            yield phrase
            rest -= words | _EXPRESSION
    if rest >= _COMPARISONS and "divides" in rest:
        yield "a comparison such as `>=`"
        rest -= _COMPARISONS
    yield from (_SHOWN.get(word, word if " " in word else f"`{word}`") for word in sorted(rest, key=_closers_first))


def _closers_first(word: str) -> tuple[bool, str]:
    return word not in ")]},=", word


def _mends(source: Source, span: Span, accepted: set[str]) -> Iterator[str]:
    """What to write instead, the surest first."""
    text, before = span.text, source.text[max(0, span.start - 80) : span.start]
    last = re.search(r"(\w+|\S)\s*$", before)
    word = last[1] if last else ""
    if text in _FOREIGN or word in _FOREIGN:
        yield _FOREIGN[text if text in _FOREIGN else word]
    if before.rstrip().endswith('"""'):
        yield "a text in triple quotes documents a `module` or `model`; other comments begin with `#`"
    if text == "*" and before.endswith("*"):
        yield "powers are written with `^`"
    if text == "//" or re.search(r"//[^\n]*$", before):
        yield "a comment begins with `#`"
    if word == "within" and {"==", "~="} <= accepted:
        yield "a tolerance goes with `~=`"
    yield from _mends_of_signs(text, accepted)
    yield from _mends_of_words(text, accepted)
    if {"=", "["} <= accepted and "+" not in accepted:
        yield from _mends_of_statements(source, span, word)
    if accepted >= set(DEFINITIONS) and re.compile(r"\w+\s*[=\[,]").match(source.text, span.start):
        yield "statements stand in the body of a `module` or `model`"


def _mends_of_signs(text: str, accepted: set[str]) -> Iterator[str]:
    if text == "==" and "=" in accepted:
        yield "write `=` to give a name its value"
    if text == "=" and "==" in accepted:
        yield "write `==` to compare"
    if text == ":" and accepted >= _SIGNATURE:
        yield "a body stands between `{` and `}`"
    if text == "," and ")" in accepted and "NUMBER" not in accepted:
        yield "a list stands between `[` and `]`"
    if text in _COMPARISONS and {"+", "and"} <= accepted:
        yield "compare two at a time: `a < b and b < c`"
    if text.isidentifier() and accepted == {"["}:
        yield f"a shape is a list: `[{text}]`"


def _mends_of_words(text: str, accepted: set[str]) -> Iterator[str]:
    if text == "else":
        yield "`else` follows the `}` of an `if`"
    elif text in STATEMENTS and accepted >= set(DEFINITIONS):
        yield "statements stand in the body of a `module` or `model`"
    elif text in RESERVED and "NAME" in accepted and "NUMBER" not in accepted:
        yield f"`{text}` has a meaning of its own; choose another name"
    elif 3 < len(text) < 20:
        known = accepted - SOFT if "NAME" in accepted else accepted
        yield from did_you_mean(text, filter(str.islower, known))


def _mends_of_statements(source: Source, span: Span, word: str) -> Iterator[str]:
    """A statement has begun with the name `word`, and does not go on."""
    if span.text in {"+", "-", "*", "/", "@"} and source.text.startswith("=", span.end):
        yield f"write `{word} = {word} {span.text} ...`"
    if span.text == ":":
        yield "only ports, parameters and carried names are written with their shapes"
    if 3 < len(word) < 20:
        yield from did_you_mean(word, STATEMENTS)
    yield "a statement gives its value a name, as in `h = ...`, or returns it"
