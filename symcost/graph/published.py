"""Published configurations: a config.json, read only by the names that a `config hf` writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from pathlib import Path

from symcost.diagnostics import Label, Source, Span
from symcost.errors import DuplicateName, MissingKey, NotJson, OtherArchitecture, SymcostError, WrongKey, gathered
from symcost.formula import num
from symcost.graph.evaluate import condition, evaluate
from symcost.graph.files import Unit, read
from symcost.graph.names import names_read
from symcost.graph.values import Value
from symcost.syntax import ast

LONGEST_NUMBER = 400
"""Digits; a longer one is no size, and turning it into a number takes quadratic time."""


_KINDS: dict[type, str] = {list: "a list", dict: "a table"}


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
        source = read(Path(path))
        try:
            found = json.loads(source.text, parse_int=_whole, parse_float=_exact, parse_constant=str)
        except RecursionError:
            raise NotJson(source.name, Span(source, 0, 1), "nested too deeply") from None
        except json.JSONDecodeError as error:
            raise NotJson(source.name, Span(source, error.pos, error.pos + 1), "cannot be read from here on") from None
        if not isinstance(found, dict):
            raise NotJson(source.name, Span(source, 0, 1), "expected `{` and names with their values")
        if faults := list(_twice(source)):
            raise gathered(faults)
        return cls(source, found)

    def value(self, expr: ast.Expr, unit: Unit) -> Value:
        """What an expression over the file's names is; of `a or b or c` the first that the file has.

        Raises MissingKey, WrongKey and the faults of arithmetic.
        """
        chosen = next((one for one in _alternatives(expr) if self._says(one)), _alternatives(expr)[-1])
        return evaluate(chosen, unit, self._names(chosen))

    def check(self, assumed: ast.Assume, unit: Unit) -> None:
        """What a mapping assumes of the file; what the file does not say is as assumed.

        Raises OtherArchitecture, WrongKey and the faults of arithmetic.
        """
        expected = assumed.condition
        if self._says(expected) and not condition(expected, unit, self._names(expected)):
            raise OtherArchitecture(self.source.name, expected.span, self.places(expected))

    def _names(self, expr: ast.Expr) -> dict[str, Value]:
        """What an expression reads, by name. Raises MissingKey, WrongKey."""
        names: dict[str, Value] = {}
        faults: list[SymcostError] = []
        for name in names_read(expr):
            try:
                names[name.text] = self._known(name)
            except SymcostError as fault:
                faults.append(fault)
        if faults:
            raise gathered(faults)
        return names

    def _says(self, expr: ast.Expr) -> bool:
        """Whether the file has all that an expression reads; null is nothing."""
        return all(self.entries.get(name.text) is not None for name in names_read(expr))

    def _known(self, name: ast.Name) -> Value:
        if name.text not in self.entries:
            raise MissingKey(name.text, self.source.name, self.entries, name.span)
        match self.entries[name.text]:
            case bool() | str() as plain:
                return plain
            case int() | Fraction() as number:
                return num(number)
            case other:
                kind = _KINDS.get(type(other), "null")
                raise WrongKey(name.text, kind, self._place(name.text), name.span)

    def places(self, expr: ast.Expr) -> list[Label]:
        """Where the file has what an expression reads."""
        names = dict.fromkeys(name.text for name in names_read(expr) if name.text in self.entries)
        return [Label(self._place(name), "read here") for name in names]

    def _place(self, key: str) -> Span:
        """Where a name of the outermost table stands."""
        found, depth = Span(self.source, 0, 1), 0
        for token in re.finditer(r'"(?:[^"\\]|\\.)*"(\s*:)?|[{}\[\]]', self.source.text):
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(token[0], 0)
            if depth == 1 and token[1] and token[0].startswith(f'"{key}"'):
                found = Span(self.source, token.start(), token.end() - len(token[1]))
        return found


TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"(\s*:)?|[{}]')
"""Of a JSON text the braces and the strings, which are names where a colon follows."""


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


def _alternatives(expr: ast.Expr) -> list[ast.Expr]:
    """`a or b or c` as a list."""
    found: list[ast.Expr] = []
    while isinstance(expr, ast.Binary) and expr.op == "or":
        found.append(expr.right)
        expr = expr.left
    return [expr, *reversed(found)]


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= LONGEST_NUMBER else digits


def _exact(digits: str) -> Fraction | str:
    """Exact as it is printed; `1e999999999`, written out, would fill the memory."""
    near = float(digits)
    return Fraction(repr(near)) if isfinite(near) else digits
