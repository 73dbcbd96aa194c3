"""The words of a sound text, and what the tree says of the places where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from symcost.records import dataclass
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
    tables: frozenset[int]
    """All words of configurations: tables, which their authors set."""
    rows: frozenset[int]
    """All words of expectations, which often stand below one another as the rows of a table do."""
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
    begun = {numbers[start] for start in _starts(file, ast.Statement)}
    data = _data(file, words, numbers, ast.Config) | _data(file, words, numbers, ast.Expect)
    braces: dict[int, Brace] = {}
    for opening, closing in pairs.items():
        if words[opening].kind == "{":
            is_flat = _is_flat(words, lines, opening, closing, begun)
            braces[opening] = Brace(opening, closing, is_flat, opening in data)

    items = frozenset(_first(item, words, numbers) for item in file.items)
    behind_else = {number for number in begun if words[number - 1].kind == "else"}
    return Places(
        text,
        words,
        lines,
        inside,
        braces,
        items,
        statements=frozenset(begun - behind_else - items),
        checks=frozenset(numbers[start] for start in _starts(file, ast.Check)),
        tables=frozenset(_data(file, words, numbers, ast.Config)),
        rows=frozenset(_data(file, words, numbers, ast.Expect)),
        tall=_tall(file, numbers),
    )


def _data(
    file: ast.File, words: Sequence[Token], numbers: dict[int, int], kind: type[ast.Config | ast.Expect]
) -> set[int]:
    """All words of the items of a kind that holds data."""
    data: set[int] = set()
    for item in file.items:
        if isinstance(item, kind):
            data.update(range(_first(item, words, numbers), _last(item, numbers) + 1))
    return data


def _tall(file: ast.File, numbers: dict[int, int]) -> frozenset[int]:
    """The last words of definitions that take several lines."""
    definitions = [item for item in file.items if isinstance(item, ast.Definition)]
    return frozenset(_last(one, numbers) for one in definitions if "\n" in one.span.text)


def _first(item: ast.Item, words: Sequence[Token], numbers: dict[int, int]) -> int:
    """The first word of an item, which is not always the first of its span."""
    number = numbers[item.span.start]
    if isinstance(item, ast.Dim):
        follows_dim = words[number - 1].kind == "dim"
        # A further one of a row begins nothing.
        return number - 1 if follows_dim else _row(words, number)
    if isinstance(item, ast.Definition):
        return _documentation(words, number)
    return number


def _documentation(words: Sequence[Token], number: int) -> int:
    """The text in front of a definition, comments between them or not; the definition where it has none."""
    numbers = range(number - 1, -1, -1)
    before = next((other for other in numbers if words[other].kind != COMMENT), None)
    if before is None or words[before].kind != DOC:
        return number
    return before


def _row(words: Sequence[Token], number: int) -> int:
    """The `dim` that a row of dimensions begins with."""
    while words[number].kind != "dim" or words[number - 1].kind == ",":
        number -= 1
    return number


def _last(item: ast.Item, numbers: dict[int, int]) -> int:
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
            opening = stack.pop()
            pairs[opening] = number
        # Either bracket stands in what is around both.
        around.append(stack[-1] if stack else None)
        if word.kind in OPEN:
            stack.append(number)
    return around, pairs


def _starts(node: ast.File, kind: type[ast.Node]) -> Iterator[int]:
    """Where nodes of a kind begin, in a tree."""
    stack: list[object] = [node.items]
    while stack:
        part = stack.pop()
        if isinstance(part, kind):
            yield part.span.start
        stack.extend(_parts(part))


def _parts(part: object) -> Iterable[object]:
    """What a node or a row of nodes holds; a number or a text holds nothing."""
    if isinstance(part, tuple):
        return part
    if isinstance(part, ast.Node):
        return [getattr(part, field.name) for field in fields(part) if field.name != "span"]
    return ()
