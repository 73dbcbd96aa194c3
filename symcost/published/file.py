"""A published file: its text, its values, and where each of them stands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import isfinite
from pathlib import Path

from symcost.diagnostics import Source, Span
from symcost.errors import DuplicateName, NotJson, SymcostError, gathered
from symcost.graph.files import read
from symcost.records import dataclass

DEEPEST = 100
"""Tables and lists inside one another; who walks them by recursion stays far from Python's limit."""

LONGEST_NUMBER = 400
"""Digits; a longer one is no size, and turning it into a number takes quadratic time."""

Path_ = tuple[str, ...]
"""Where a value stands in a file: its key behind those of the tables around it."""

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?|[{}\[\]]')
"""Of a JSON text the brackets and the strings, which are names where a colon follows."""


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """A published file: its text, and the values of its outermost names."""

    source: Source
    entries: Mapping[str, object]

    @classmethod
    def open(cls, path: str | Path) -> Published:
        """The file behind a path.

        Raises UnreadableFile, FileTooLarge, NotText, NotJson, and DuplicateName for names that stand twice in a table.
        """
        return cls.read(read(Path(path)))

    @classmethod
    def read(cls, source: Source) -> Published:
        """A text. Raises NotJson, DuplicateName."""
        try:
            found = json.loads(source.text, parse_int=_whole, parse_float=_exact, parse_constant=str)
        except RecursionError:
            raise NotJson(source.name, Span(source, 0, 1), "nested too deeply") from None
        except json.JSONDecodeError as error:
            raise NotJson(source.name, Span(source, error.pos, error.pos + 1), "cannot be read from here on") from None
        if not isinstance(found, dict):
            raise NotJson(source.name, _beginning(source), "expected `{` and names with their values", _kind(found))
        _check_depth(source)
        if faults := list(_twice(source)):
            raise gathered(faults)
        return cls(source, found)

    def place(self, path: Path_) -> Span:
        """Where a name stands; where the file begins, if it has none of that name."""
        return next((span for known, span in _names(self.source) if known == path), Span(self.source, 0, 1))


def _names(source: Source) -> Iterator[tuple[Path_, Span]]:
    """Every name that stands in tables, not in lists, with the names of the tables around it."""
    around: list[str | None] = []  # for each open bracket the name before it; `None` in a list
    last: str | None = None
    for token in TOKEN.finditer(source.text):
        if token[0] in "{[":
            around.append(last if around else "")
            last = None
        elif token[0] in "}]":
            around.pop()
            last = None
        elif token[1]:
            span = Span(source, token.start(), token.end() - len(token[1]))
            last = json.loads(span.text)
            outer = _all_named(around[1:])
            if outer is not None:
                yield (*outer, last), span


def _all_named(tables: Sequence[str | None]) -> list[str] | None:
    """The names of tables; None where one of them has none, as what stands in a list."""
    named = [name for name in tables if name is not None]
    return named if len(named) == len(tables) else None


def _beginning(source: Source) -> Span:
    """The first letter of a file."""
    start = len(source.text) - len(source.text.lstrip())
    return Span(source, start, start + 1)


def _kind(found: object) -> str:
    """What JSON that is no object holds, in words."""
    match found:
        case list():
            return "a list"
        case str():
            return "a text"
        case bool() | None:
            return "a single word"
    return "a number"


def _check_depth(source: Source) -> None:
    """Raises NotJson."""
    depth = 0
    for token in TOKEN.finditer(source.text):
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
        if depth > DEEPEST:
            raise NotJson(source.name, Span(source, token.start(), token.end()), "nested too deeply")


def _twice(source: Source) -> Iterator[SymcostError]:
    """A fault for each name that its table has already; which of two values is meant, nobody can tell."""
    tables: list[dict[str, Span]] = []
    for token in TOKEN.finditer(source.text):
        if token[0] == "{":
            tables.append({})
        elif token[0] == "}":
            tables.pop()
        elif token[1]:
            span = Span(source, token.start(), token.end() - len(token[1]))
            name = json.loads(span.text)
            first = tables[-1].setdefault(name, span)
            if first is not span:
                yield DuplicateName(name, span, first)


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


def _exact(digits: str) -> Fraction | str:
    """Exact as it is printed; `1e999999999`, written out, would fill the memory."""
    near = float(digits)
    return Fraction(repr(near)) if isfinite(near) else digits
