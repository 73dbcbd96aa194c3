"""A first look at a text, before its grammar: do brackets and strings close, where do definitions begin."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import field

from symcost.diagnostics import Source, Span
from symcost.errors import (
    NestingTooDeep,
    SymcostError,
    UnclosedBlock,
    UnclosedBracket,
    UnclosedDoc,
    UnclosedString,
    UnopenedBracket,
)
from symcost.records import dataclass
from symcost.syntax.words import RESERVED, SOFT

DEEPEST_NESTING = 100
"""Brackets and blocks inside one another."""

CLOSES = {"(": ")", "[": "]", "{": "}"}

_WORD = r"\s+ [^\W\d]\w* \s*"
"""What is looked for before it is asked whether it may be a name: that takes long to compile."""

_NAME = rf"(?!(?:{'|'.join(sorted(RESERVED | SOFT))})\b)[^\W\d]\w*"

_PIECES = re.compile(
    rf'''
      \#[^\n]*
    | (?P<head> (?: (?> """[\s\S]*?""" ) \s* (?: \#[^\n]*\n\s* )* )?+
        \b (?: (?= (?: (?:module|model) {_WORD} \(
                      | config {_WORD} \{{
                      | expect {_WORD} [({{]
                      | dim {_WORD} " ) )
               (?:module|model|config|expect|dim) \s+ {_NAME}
             | use (?=\s*") ) )
    | """[\s\S]*?""" | (?P<doc> """ )
    | "[^"\n]*" | (?P<string> "[^\n]* )
    | (?P<open> [(\[{{] ) | (?P<close> [)\]}}] )
    ''',
    re.VERBOSE,
)
"""Two words in a row, then a bracket or a string: so a definition begins, and nothing else looks like it."""


_INDENT = re.compile(r"[ \t]{0,200}")


@dataclass(slots=True)
class Item:
    """A top-level item and the first thing that is wrong with its brackets."""

    head: int
    fault: SymcostError | None = None
    open: list[Span] = field(default_factory=list)

    def read(self, kind: str, span: Span) -> None:
        """One more piece of the item; behind a fault, brackets say nothing."""
        if self.fault is None:
            self.fault = self._step(kind, span)

    def end(self, source: Source, before: Span | None) -> None:
        """The item ends here, before the next one or with the file."""
        if self.fault is None and self.open:
            end = len(source.text) if before is None else before.start
            self.fault = _unclosed(self.open[-1], before, _misaligned(source, self.head, end))

    def _step(self, kind: str, span: Span) -> SymcostError | None:
        match kind:
            case "string":
                return UnclosedString(span)
            case "doc":
                return UnclosedDoc(span)
            case "open":
                return self._opened(span)
            case "close":
                return self._closed(span)
        return None

    def _opened(self, span: Span) -> SymcostError | None:
        """A bracket opens; a block inside of `(` or `[` says that these were never closed."""
        top = self.open[-1] if self.open else None
        if top and span.text == "{" != top.text:
            return _unclosed(top, span)
        if len(self.open) == DEEPEST_NESTING:
            return NestingTooDeep(span, DEEPEST_NESTING)
        self.open.append(span)
        return None

    def _closed(self, span: Span) -> SymcostError | None:
        """A bracket closes the last one that is open, or is one too many, or the last one lacks its own."""
        top = self.open[-1] if self.open else None
        if top and CLOSES[top.text] == span.text:
            self.open.pop()
            return None
        if top is None or top.text == "{":
            return UnopenedBracket(span)
        return _unclosed(top, span)


@dataclass(frozen=True, slots=True)
class Outline:
    """The top-level items of a text; the first one begins with the text, whatever that begins with."""

    items: list[Item]

    @property
    def faults(self) -> Iterator[SymcostError]:
        """What is wrong with brackets, but for a `}` too many that an earlier block lacks."""
        for before, item in zip([None, *self.items], self.items, strict=False):
            lacking = before is not None and isinstance(before.fault, UnclosedBlock)
            if item.fault and not (lacking and isinstance(item.fault, UnopenedBracket)):
                yield item.fault

    def sound(self, end: int) -> Iterator[tuple[int, int]]:
        """The stretches of the text, as long as can be, where nothing is wrong with brackets."""
        start: int | None = None
        for item in self.items:
            if item.fault and start is not None:
                yield start, item.head
            start = None if item.fault else item.head if start is None else start
        if start is not None:
            yield start, end

    def after(self, offset: int, end: int) -> int:
        """Where the first item behind an offset begins; at the latest, `end`."""
        index = bisect_right(self.items, offset, key=lambda item: item.head)
        return min(self.items[index].head, end) if index < len(self.items) else end


def outline(source: Source) -> Outline:
    """The outline of a text, in linear time and without recursion."""
    items = [Item(0)]
    for match in _PIECES.finditer(source.text):
        kind, span = match.lastgroup, Span(source, match.start(), match.end())
        if kind == "head":
            items[-1].end(source, span)
            items.append(Item(span.start))
        elif kind is not None:
            items[-1].read(kind, span)
    items[-1].end(source, None)
    return Outline(items)


def _unclosed(opening: Span, before: Span | None, suspect: Span | None = None) -> SymcostError:
    if opening.text == "{":
        return UnclosedBlock(opening, before, suspect)
    return UnclosedBracket(opening, CLOSES[opening.text], before)


def _misaligned(source: Source, start: int, end: int) -> Span | None:
    """The `{` of the first block whose `}` begins a line indented otherwise: its own may be missing."""
    pairs = _pairs(source, start, end)
    return next((opening for opening, closing in pairs if _is_askew(source, opening, closing)), None)


def _pairs(source: Source, start: int, end: int) -> Iterator[tuple[Span, int]]:
    """Each opening bracket with the place of the closing one that is its own, where all is well."""
    stack: list[Span] = []
    for match in _PIECES.finditer(source.text, start, end):
        if match["open"]:
            stack.append(Span(source, *match.span()))
        elif match["close"] and stack:
            yield stack.pop(), match.start()


def _is_askew(source: Source, opening: Span, closing: int) -> bool:
    """Whether a closing bracket begins a line that is indented otherwise than that of its opening one."""
    line = _indentation(source, closing)
    return line.end() == closing and len(line[0]) != len(_indentation(source, opening.start)[0])


def _indentation(source: Source, offset: int) -> re.Match[str]:
    """The blanks that the line of an offset begins with."""
    _, column = source.position(offset)
    found = _INDENT.match(source.text, offset - column + 1)
    assert found is not None  # it matches nothing at all as well
    return found
