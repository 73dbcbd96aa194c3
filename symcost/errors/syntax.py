"""What the text of a file cannot mean."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.diagnostics import Label, Span
from symcost.errors.base import SymcostError
from symcost.errors.words import one_of


class UnexpectedText(SymcostError):
    """Something stands where something else was expected; both are given as the user would write them."""

    code = "syntax"

    def __init__(self, found: str, expected: Sequence[str], span: Span, helps: Sequence[str] = ()) -> None:
        super().__init__(f"expected {one_of(expected)}, found {found}", span, helps=helps)


class UnknownCharacter(SymcostError):
    """A character that begins nothing in the language."""

    code = "unknown-character"

    def __init__(self, character: str, name: str, span: Span, instead: str | None = None) -> None:
        shown = f"`{character}` ({name})" if character.isprintable() else f"the character {name}"
        helps = [] if instead is None else [instead]
        super().__init__(f"{shown} means nothing here", span, helps=helps)


class UnclosedBlock(SymcostError):
    """A `{` without its `}`.

    `before` is where that can be told at the latest, `suspect` a `{` inside whose `}` is indented otherwise.
    """

    code = "unclosed-block"

    def __init__(self, opening: Span, before: Span | None, suspect: Span | None = None) -> None:
        others = [] if before is None else [Label(before, "expected `}` before this")]
        if suspect is not None:
            others.append(Label(suspect, "or is it this one? its `}` is indented otherwise"))
        super().__init__("a block is never closed", opening, "this `{` has no `}`", others=others)


class UnclosedBracket(SymcostError):
    """A `(` or `[` without its partner; `before` is where that can be told at the latest."""

    code = "unclosed-bracket"

    def __init__(self, opening: Span, closing: str, before: Span | None) -> None:
        others = [] if before is None else [Label(before, f"expected `{closing}` before this")]
        super().__init__(f"`{opening.text}` is never closed", opening, f"has no `{closing}`", others=others)


class UnopenedBracket(SymcostError):
    """A `)`, `]` or `}` with nothing to close."""

    code = "unopened-bracket"

    def __init__(self, span: Span) -> None:
        super().__init__(f"`{span.text}` closes nothing", span)


class UnclosedString(SymcostError):
    """A string that the line's end cuts off."""

    code = "unclosed-string"

    def __init__(self, span: Span) -> None:
        super().__init__('a string has no closing `"`', span, "it must end on this line")


class UnclosedDoc(SymcostError):
    """A doc that the file's end cuts off."""

    code = "unclosed-doc"

    def __init__(self, span: Span) -> None:
        super().__init__('a text in triple quotes has no closing `"""`', span, "begins here")


class NestingTooDeep(SymcostError):
    """More brackets or blocks inside one another than anyone can read."""

    code = "nesting-too-deep"

    def __init__(self, span: Span, limit: int) -> None:
        super().__init__(f"more than {limit} brackets and blocks inside one another", span, "one too many")


class ExpressionTooDeep(SymcostError):
    """More operations inside one another than one expression may hold; a long chain is one as well."""

    code = "expression-too-deep"

    def __init__(self, span: Span, limit: int) -> None:
        super().__init__(
            f"more than {limit} operations hang on one another in one expression",
            Span(span.source, span.start, span.start + 1),
            "begins here",
            helps=["give a part of it a name: `h = ...`"],
        )


class BadNumber(SymcostError):
    """Something that begins like a number and is none, or one that is too large."""

    code = "bad-number"

    def __init__(self, span: Span, why: str) -> None:
        text = span.text if len(span.text) <= 24 else f"{span.text[:20]}..."
        super().__init__(f"`{text}` cannot be read as a number", span, why)


class PositionalAfterKeyword(SymcostError):
    """`f(O = H, x)`"""

    code = "positional-after-keyword"

    def __init__(self, span: Span, keyword: Span) -> None:
        super().__init__(
            "an argument without a name stands behind one with a name",
            span,
            "has no name",
            others=[Label(keyword, "has one")],
            helps=["put it first, or give it a name as well"],
        )


class TextTooLong(SymcostError):
    """A file beyond any architecture."""

    code = "text-too-long"

    def __init__(self, name: str, limit: int) -> None:
        super().__init__(f"`{name}` has more than {limit} characters")
