"""Markdown for a page that is read in a browser."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.export.page import Page, Room
from symcost.export.parts import (
    Code,
    Formula,
    Gap,
    Heading,
    Legend,
    Letter,
    Line,
    Link,
    Listing,
    Notes,
    Order,
    Paragraph,
    Piece,
    Relation,
    Row,
    Section,
    Strong,
    Sum,
    Table,
    Verbatim,
    flat,
    pieces,
)
from symcost.export.writer import Lines, Parts, sentence
from symcost.formula import Form, Printer, symbol
from symcost.formula.dims import AtLeast, Divides, Equal, Fact

SPECIAL = "\\`*_[]<>|~#&$"
"""Characters that Markdown or HTML could read as more than themselves."""

INDENT = "&nbsp;" * 4
"""Before the first cell of a row, for each level that it stands deeper."""


def write(page: Page, room: Room) -> str:
    """The whole page; of one that is a formula, only that."""
    markdown = _mathematical(page, room) if room.mathematics else _Markdown()
    if page.alone is not None:
        return "\n\n".join([markdown.formula(Formula(page.alone)), *map(markdown.line, page.meanings)]) + "\n"
    parts = [*_title(page.title), *map(markdown.part, flat(page.parts()))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _mathematical(page: Page, room: Room) -> _Markdown:
    """With formulas as LaTeX between dollar signs, the dimensions as their files want them.

    Raises UnsafeLatex.
    """
    from symcost.export import notation
    from symcost.export.naming import settings
    from symcost.export.typesetting.printer import LatexPrinter

    parts = [Formula(page.alone)] if page.alone is not None else list(flat(page.parts()))
    symbols = [(info.name, info.latex, info.span) for info in page.symbols]
    names = notation.notation([*symbols, *settings(parts)])
    return _Mathematical(LatexPrinter(names, powers=room.powers))


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


class _Mathematical(_Markdown):
    """The same with formulas set by MathJax, KaTeX or whatever shows the page."""

    def __init__(self, printer: Printer) -> None:
        self._print = printer

    def form(self, form: Form) -> str:
        return f"${self._print(form)}$"

    def formula(self, part: Formula) -> str:
        return f"$${self._print(part.form)}$$"

    def order(self, order: Order) -> str:
        return f"$O({self._print(order.form)})$"

    def relation(self, relation: Relation) -> str:
        sign = {"<": r"\lt", ">": r"\gt", "≈": r"\approx"}.get(relation.sign, relation.sign)
        return f"${self._print(relation.left)} {sign} {self._print(relation.right)}$"

    def fact(self, fact: Fact) -> str:
        match fact:
            case Divides(divisor=left, multiple=right):
                sign = r"\mid"
            case AtLeast(left=left, right=right):
                sign = r"\ge"
            case Equal(left=left, right=right):
                sign = "="
        return f"${self._print(left)} {sign} {self._print(right)}$"

    def legend(self, part: Legend) -> str:
        said = [self._letter(letter) for letter in part.letters if letter.words or letter.value is not None]
        return ", ".join(said) + "." if said else ""

    def _letter(self, letter: Letter) -> str:
        value = "" if letter.value is None else f" = {letter.value}"
        words = f": {escaped(letter.words)}" if letter.words else ""
        return f"${self._print(symbol(letter.name))}{value}$" + words

    def notes(self, part: Notes) -> str:
        if part.points:
            return "\n".join(f"1. {self.line(line)}" for line in part.lines)
        return super().notes(part)

    def table(self, part: Table) -> str:
        """Its caption above it."""
        caption = f"{self.line(part.caption)}\n\n" if part.caption else ""
        return caption + super().table(part)

    def sum(self, part: Sum) -> str:
        """Each term above a brace with its name."""
        from symcost.export import notation

        lines = [f"*{escaped(part.heading)}*"] if part.heading else []
        if part.terms:
            braces = []
            for label, form in part.terms:
                below = rf"\text{{{notation.text(label)}}}"
                braces.append(rf"\underbrace{{{self._print(form)}}}_{{{below}}}")
            lines.append(f"$${' + '.join(braces)}$$")
        lead = self.line(part.lead)
        for total in part.totals:
            lines.append(f"{lead}{self.form(total)}")
            lead = "= "
        return "\n\n".join(lines)

    def gap(self, part: Gap) -> str:
        return "<br><br><br>" if part.kind == "answer" else "---"


def _point(line: Line) -> str:
    """Points are our own words and formulas, written as they are."""
    return "".join(map(_unescaped, pieces(line)))


def _unescaped(piece: Piece) -> str:
    return _code(piece) if isinstance(piece, Code) else Lines().piece(piece)


def _code(code: Code) -> str:
    return f"`{code.text}`"
