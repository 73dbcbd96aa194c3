"""Markdown for a page that is read in a browser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.export.numbers import rounded
from symcost.export.page import (
    Code,
    Figure,
    Formula,
    Heading,
    Legend,
    Line,
    Link,
    Listing,
    Notes,
    Page,
    Paragraph,
    Part,
    Piece,
    Room,
    Row,
    Strong,
    Table,
    Verbatim,
    flat,
    pieces,
    plain,
)

SPECIAL = "\\`*_[]<>|~#&$"
"""Characters that Markdown or HTML could read as more than themselves."""

LISTING = ("place", "text", "count")


def write(page: Page, room: Room) -> str:
    """The whole page; of one that is a formula, only that."""
    if page.alone is not None:
        return escaped(str(page.alone)) + "\n"
    parts = [written for part in flat(page.parts()) for written in _part(part)]
    return "\n\n".join([*_title(page.title), *parts]) + "\n"


def _title(title: str) -> list[str]:
    """A name is written as it is: inside of a word, `_` says nothing to Markdown."""
    if not title:
        return []
    return [f"# {title if title.isidentifier() else escaped(title)}"]


def _part(part: Part) -> Iterator[str]:
    match part:
        case Heading(line=line):
            yield f"## {words(line)}"
        case Paragraph(line=line):
            yield words(line)
        case Formula(form=form):
            yield escaped(str(form))
        case Verbatim(text=text):
            yield _fenced(text)
        case Table():
            yield grid(part.head, part.rows)
        case Listing(entries=entries, total=total):
            rows = [Row((entry.place, ("\u00a0" * 4 * entry.level, entry.text), entry.count)) for entry in entries]
            yield grid(LISTING, [*rows, Row(("", total.text, total.count))])
        case Legend():
            yield from _legend(part)
        case Notes(points=True, lines=lines):
            yield "\n".join(f"- {_point(line)}" for line in lines)
        case Notes(lines=lines):
            yield from (f"{_sentence(words(line))}." for line in lines)
        case _:
            pass


def _fenced(text: str) -> str:
    """Lines as in a file, between fences longer than any inside."""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}\n{text}\n{fence}"


def _legend(legend: Legend) -> Iterator[str]:
    """A table where there is a place for numbers, else a sentence."""
    if not legend.complete:
        said = [f"{letter.name}: {letter.words}" for letter in legend.letters if letter.words]
        if said:
            yield escaped(", ".join(said)) + "."
    elif legend.letters:
        values = ("" if letter.value is None else str(letter.value) for letter in legend.letters)
        rows = [Row((letter.name, value, letter.words)) for letter, value in zip(legend.letters, values, strict=True)]
        yield grid(("symbol", "value", "meaning"), rows)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _point(line: Line) -> str:
    """Points are our own words and formulas, written as they are."""
    return "".join(_quoted(piece) if isinstance(piece, Code) else _rounded(piece) for piece in pieces(line))


def grid(head: Sequence[str], rows: Sequence[Row]) -> str:
    """A Markdown table; the first cells are set in by how deep they stand."""
    lines = [list(head), ["---"] * len(head)]
    for row in rows:
        first, *others = map(words, row.cells)
        lines.append(["&nbsp;" * 4 * row.level + first, *others])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def words(line: Line) -> str:
    """A line with its numbers rounded, and nothing in it read as Markdown or HTML."""
    return "".join(map(_piece, pieces(line)))


def _piece(piece: Piece) -> str:
    match piece:
        case Code():
            return _quoted(piece)
        case Strong(text=text):
            return f"**{escaped(text)}**"
        case Link(text=text, target=target):
            return f"[{escaped(text)}]({target})"
        case _:
            return escaped(_rounded(piece))


def _quoted(code: Code) -> str:
    return f"`{code.text}`"


def _rounded(piece: Piece) -> str:
    return rounded(piece) if isinstance(piece, Figure) else plain(piece)


def escaped(text: str) -> str:
    """Nothing in it is read as Markdown or HTML."""
    return "".join(f"\\{char}" if char in SPECIAL else char for char in text)
