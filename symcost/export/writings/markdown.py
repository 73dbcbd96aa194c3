"""Markdown for a page that is read in a browser."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.export.page import Page, Room
from symcost.export.parts import (
    Code,
    Formula,
    Heading,
    Legend,
    Line,
    Link,
    Listing,
    Notes,
    Paragraph,
    Piece,
    Row,
    Section,
    Strong,
    Table,
    Verbatim,
    flat,
    pieces,
)
from symcost.export.writer import Lines, Parts, sentence

SPECIAL = "\\`*_[]<>|~#&$"
"""Characters that Markdown or HTML could read as more than themselves."""

INDENT = "&nbsp;" * 4
"""Before the first cell of a row, for each level that it stands deeper."""


def write(page: Page, room: Room) -> str:
    """The whole page; of one that is a formula, only that."""
    markdown = _Markdown()
    if page.alone is not None:
        return "\n\n".join([markdown.form(page.alone), *map(markdown.line, page.meanings)]) + "\n"
    parts = [*_title(page.title), *map(markdown.part, flat(page.parts()))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _title(title: str) -> list[str]:
    """A name is written as it is: inside of a word, `_` says nothing to Markdown."""
    if not title:
        return []
    return [f"# {title if title.isidentifier() else escaped(title)}"]


def escaped(text: str) -> str:
    """Nothing in it is read as Markdown or HTML."""
    return "".join(f"\\{char}" if char in SPECIAL else char for char in text)


class _Markdown(Parts[str], Lines):
    # Lines -------------------------------------------------------------------------------------

    def words(self, text: str) -> str:
        return escaped(text)

    def code(self, code: Code) -> str:
        return _code(code)

    def strong(self, strong: Strong) -> str:
        return f"**{escaped(strong.text)}**"

    def link(self, link: Link) -> str:
        return f"[{escaped(link.text)}]({link.target})"

    # Parts -------------------------------------------------------------------------------------

    def heading(self, part: Heading) -> str:
        return f"## {self.line(part.line)}"

    def paragraph(self, part: Paragraph) -> str:
        return self.line(part.line)

    def formula(self, part: Formula) -> str:
        return self.form(part.form)

    def verbatim(self, part: Verbatim) -> str:
        """Lines as in a file, between fences longer than any inside."""
        fence = "```"
        while fence in part.text:
            fence += "`"
        return f"{fence}\n{part.text}\n{fence}"

    def table(self, part: Table) -> str:
        return self.grid(part.head, part.rows)

    def listing(self, part: Listing) -> str:
        rows = [Row((entry.text, entry.count, entry.place), entry.level) for entry in part.entries]
        return self.grid(("text", "count", "line"), [*rows, Row((part.total.text, part.total.count, ""))])

    def legend(self, part: Legend) -> str:
        """A table where there is a place for numbers, else a sentence."""
        if not part.complete:
            said = [f"{letter.name}: {letter.words}" for letter in part.letters if letter.words]
            return escaped(", ".join(said)) + "." if said else ""
        rows = []
        for letter in part.letters:
            rows.append(Row((letter.name, "" if letter.value is None else str(letter.value), letter.words)))
        return self.grid(("symbol", "value", "meaning"), rows) if rows else ""

    def notes(self, part: Notes) -> str:
        if part.points:
            return "\n".join(f"- {_point(line)}" for line in part.lines)
        return "\n\n".join(sentence(self.line(line)) for line in part.lines)

    def section(self, part: Section) -> str:
        return "\n\n".join(map(self.part, flat([part])))

    def grid(self, head: Sequence[str], rows: Sequence[Row]) -> str:
        """A table; the first cells are set in by how deep they stand."""
        lines = [list(head), ["---"] * len(head)]
        for row in rows:
            first, *others = map(self.line, row.cells)
            lines.append([INDENT * row.level + first, *others])
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _point(line: Line) -> str:
    """Points are our own words and formulas, written as they are."""
    return "".join(map(_unescaped, pieces(line)))


def _unescaped(piece: Piece) -> str:
    return _code(piece) if isinstance(piece, Code) else Lines().piece(piece)


def _code(code: Code) -> str:
    return f"`{code.text}`"
