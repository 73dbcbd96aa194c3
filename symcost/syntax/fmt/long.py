"""Statements that are too long for a line are broken as the writer breaks them."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.diagnostics import Source
from symcost.syntax import ast
from symcost.syntax.parse import parse
from symcost.syntax.tokens import tokens
from symcost.syntax.writer import write_statement


def narrower(source: Source, width: int) -> str:
    """The text, with those statements broken anew that stand out and hold no comment; configurations stay.

    Where the writer would say it in other words (without a pair of brackets, say), the author's line stays.
    """
    text = source.text
    for node in sorted(_ends(parse(source).items), key=lambda node: -node.span.start):
        begin = text.rfind("\n", 0, node.span.start) + 1
        lines = text[begin : node.span.end].splitlines()
        margin = text[begin : node.span.start]
        has_line_alone = not margin.strip()
        fits = max(map(len, lines)) <= width
        if fits or not has_line_alone:
            continue
        written = write_statement(node, width - len(margin)).rstrip()
        if _words(written) == _words(node.span.text):
            text = text[: node.span.start] + written.replace("\n", "\n" + margin) + text[node.span.end :]
    return text


def _words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


def _ends(parts: tuple[ast.Item | ast.Statement, ...]) -> Iterator[ast.Statement]:
    """Statements that hold no others."""
    for part in parts:
        match part:
            case ast.Definition(body=body) | ast.Scan(body=body) | ast.Repeat(body=body) | ast.Choose(body=body):
                yield from _ends(body)
            case ast.RepeatTogether(body=body) | ast.Marked(body=body):
                yield from _ends(body)
            case ast.If(then=then, otherwise=otherwise):
                yield from _ends((*then, *otherwise))
            case ast.Statement():
                yield part
