"""The words of a sound text, and what the tree says of the places where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from symcost.syntax import ast
from symcost.syntax.tokens import COMMENT, DOC, Token, tokens

OPEN, CLOSE = "([{", ")]}"


@dataclass(frozen=True, slots=True, eq=False)
class Brace:
    """`{ ... }`: the places of both among the words."""

    open: int
    close: int
    is_flat: bool
    """Whether both stand on one line."""
    holds_data: bool
    """What a `config` or an `expect` holds: the author decides where its lines end."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The words of a text, each by its number, and what is known of them."""

    text: str
    words: Sequence[Token]
    lines: Sequence[int]
    """The line in which each word ends; but for a text in triple quotes, it begins there too."""
    inside: Sequence[int | None]
    """The bracket that each word stands in directly: the number of the word that opens it."""
    braces: dict[int, Brace]
    """By the number of `{`."""
    items: frozenset[int]
    """Words that begin something at the top level: what documents it, where something does."""
    statements: frozenset[int]
    checks: frozenset[int]
    tall: frozenset[int]
    """The last words of definitions that take several lines."""

    def before(self, number: int) -> Token | None:
        return self.words[number - 1] if number else None

    def blanks_before(self, number: int) -> str:
        """What lies between a word and the one before it."""
        end = self.words[number - 1].end if number else 0
        return self.text[end : self.words[number].start]

    def column(self, number: int) -> int:
        """How many characters stand in front of a word on its line."""
        start = self.words[number].start
        return start - (self.text.rfind("\n", 0, start) + 1)

    def first_entry(self, number: int) -> int:
        """The first entry of the `config` or the `expect` that an entry stands in."""
        around = self.inside[number]
        assert around is not None
        return around + 1

    def is_first(self, number: int) -> bool:
        """Whether it is the first on its line."""
        return not number or "\n" in self.blanks_before(number)

    def brace_around(self, number: int) -> Brace | None:
        """The innermost `{` around a word."""
        around = self.inside[number]
        while around is not None and around not in self.braces:
            around = self.inside[around]
        return None if around is None else self.braces[around]


def places(file: ast.File, text: str) -> Places:
    """What is known of the words of a file."""
    words = list(tokens(text))
    lines = _lines(words, text)
    inside, pairs = _brackets(words)
    numbers = {word.start: number for number, word in enumerate(words)}
    data, items, tall = set[int](), set[int](), set[int]()
    for item in file.items:
        first = _first(item, words, numbers)
        items.add(first)
        if isinstance(item, ast.Config | ast.Expect):
            data.update(range(first, _last(item, numbers, pairs) + 1))
        if isinstance(item, ast.Definition) and "\n" in item.span.text:
            tall.add(_last(item, numbers, pairs))
    begun = {numbers[start] for start in _starts(file, ast.Statement)}
    braces = {
        opening: Brace(opening, closing, _is_flat(words, lines, opening, closing, begun), opening in data)
        for opening, closing in pairs.items()
        if words[opening].kind == "{"
    }
    return Places(
        text, words, lines, inside, braces, frozenset(items),
        statements=frozenset(number for number in begun if words[number - 1].kind != "else") - items,
        checks=frozenset(numbers[start] for start in _starts(file, ast.Check)),
        tall=frozenset(tall),
    )  # fmt: skip


def _first(item: ast.Item, words: Sequence[Token], numbers: dict[int, int]) -> int:
    """The first word of an item, which is not always the first of its span."""
    number = numbers[item.span.start]
    if isinstance(item, ast.Dim) and words[number - 1].kind == "dim":
        return number - 1
    if isinstance(item, ast.Dim):  # a further one of a row: it begins nothing
        return _row(words, number)
    before = number - 1
    while before >= 0 and words[before].kind == COMMENT:
        before -= 1
    documented = isinstance(item, ast.Definition) and before >= 0 and words[before].kind == DOC
    return before if documented else number


def _row(words: Sequence[Token], number: int) -> int:
    """The `dim` that a row of dimensions begins with."""
    while words[number].kind != "dim" or words[number - 1].kind == ",":
        number -= 1
    return number


def _last(item: ast.Item, numbers: dict[int, int], pairs: dict[int, int]) -> int:
    return numbers[item.span.end - 1]


def _is_flat(words: Sequence[Token], lines: Sequence[int], opening: int, closing: int, begun: set[int]) -> bool:
    """Whether braces stay on one line. Those of a body of several statements do in a table of definitions only."""
    if lines[opening] != lines[closing]:
        return False
    held = sum(number in begun for number in range(opening, closing))
    is_body = words[opening - 1].kind in (")", "]")
    return held <= 1 or is_body


def _lines(words: Sequence[Token], text: str) -> list[int]:
    lines: list[int] = []
    line, seen = 0, 0
    for word in words:
        line += text.count("\n", seen, word.end)
        seen = word.end
        lines.append(line)
    return lines


def _brackets(words: Sequence[Token]) -> tuple[list[int | None], dict[int, int]]:
    """The bracket around each word, and the one that closes each."""
    around: list[int | None] = []
    pairs: dict[int, int] = {}
    stack: list[int] = []
    for number, word in enumerate(words):
        if word.kind in CLOSE and stack:
            pairs[stack.pop()] = number
        around.append(stack[-1] if stack else None)
        if word.kind in OPEN:
            stack.append(number)
    return around, pairs


def _starts(node: ast.File, kind: type[ast.Node]) -> Iterator[int]:
    """Where nodes of a kind begin, in a tree."""
    stack: list[object] = [node]
    while stack:
        part = stack.pop()
        if isinstance(part, tuple):
            stack.extend(part)
        elif isinstance(part, ast.Node):
            if isinstance(part, kind):
                yield part.span.start
            stack.extend(getattr(part, field.name) for field in fields(part) if field.name != "span")
        elif isinstance(part, ast.File):
            stack.extend(part.items)
