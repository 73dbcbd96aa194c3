"""Markdown for a page that is read in a browser, its formulas between dollar signs: on GitHub, in notebooks."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.export import notation
from symcost.export.dollars import DollarPrinter, displayed, inline, words
from symcost.export.naming import settings as settings_in
from symcost.export.page import Page, Room
from symcost.export.parts import (
    Code,
    Formula,
    Gap,
    Heading,
    Legend,
    Letter,
    Link,
    Listing,
    Notes,
    Order,
    Paragraph,
    Relation,
    Row,
    Section,
    Strong,
    Sum,
    Table,
    Verbatim,
    flat,
)
from symcost.export.writer import Lines, Parts, sentence
from symcost.formula import Form, symbol
from symcost.formula.dims import AtLeast, Divides, Equal, Fact

SPECIAL = "\\`*_[]<>|~#&$"
"""Characters that Markdown or HTML could read as more than themselves."""

SIGNS = {"<": r"\lt", ">": r"\gt", "≈": r"\approx"}
"""How comparisons are set."""

INDENT = "&nbsp;" * 4
"""Before the first cell of a row, for each level that it stands deeper."""


def write(page: Page, room: Room) -> str:
    """The whole page; of one that is a formula, only that.

    Formulas are LaTeX between dollar signs, the dimensions as their files want them.

    Raises UnsafeLatex.
    """
    markdown = _Markdown(_printer(page, room))
    if page.alone is not None:
        return "\n\n".join([markdown.formula(Formula(page.alone)), *map(markdown.line, page.meanings)]) + "\n"
    parts = [*_title(page.title), *map(markdown.part, flat(page.parts()))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _printer(page: Page, room: Room) -> DollarPrinter:
    parts = [Formula(page.alone)] if page.alone is not None else list(flat(page.parts()))
    symbols = [(info.name, info.latex, info.span) for info in page.symbols]
    settings = list(settings_in(parts))
    wished = {name for name, latex, _ in (*symbols, *settings) if latex is not None}
    return DollarPrinter(notation.notation([*symbols, *settings]), wished, powers=room.powers)


def _title(title: str) -> list[str]:
    """A name is written as it is: inside of a word, `_` says nothing to Markdown."""
    if not title:
        return []
    return [f"# {title if title.isidentifier() else escaped(title)}"]


def escaped(text: str) -> str:
    """Nothing in it is read as Markdown or HTML."""
    return "".join(f"\\{char}" if char in SPECIAL else char for char in text)


class _Markdown(Parts[str], Lines):
    def __init__(self, printer: DollarPrinter) -> None:
        self._print = printer

    # Lines -------------------------------------------------------------------------------------

    def words(self, text: str) -> str:
        return escaped(text)

    def form(self, form: Form) -> str:
        """A number needs no dollars."""
        return escaped(str(form)) if form.number is not None else inline(self._print(form))

    def code(self, code: Code) -> str:
        return f"`{code.text}`"

    def strong(self, strong: Strong) -> str:
        return f"**{escaped(strong.text)}**"

    def link(self, link: Link) -> str:
        return f"[{escaped(link.text)}]({link.target})"

    def order(self, order: Order) -> str:
        return inline(f"O({self._print(order.form)})")

    def relation(self, relation: Relation) -> str:
        sign = SIGNS.get(relation.sign, relation.sign)
        return inline(f"{self._print(relation.left)} {sign} {self._print(relation.right)}")

    def fact(self, fact: Fact) -> str:
        match fact:
            case Divides(divisor=left, multiple=right):
                sign = r"\mid"
            case AtLeast(left=left, right=right):
                sign = r"\ge"
            case Equal(left=left, right=right):
                sign = "="
        return inline(f"{self._print(left)} {sign} {self._print(right)}")

    # Parts -------------------------------------------------------------------------------------

    def heading(self, part: Heading) -> str:
        return f"## {self.line(part.line)}"

    def paragraph(self, part: Paragraph) -> str:
        return self.line(part.line)

    def formula(self, part: Formula) -> str:
        return displayed(self._print(part.form))

    def verbatim(self, part: Verbatim) -> str:
        """Lines as in a file, between fences longer than any inside."""
        fence = "```"
        while fence in part.text:
            fence += "`"
        return f"{fence}\n{part.text}\n{fence}"

    def table(self, part: Table) -> str:
        """Its caption above it."""
        caption = f"{self.line(part.caption)}\n\n" if part.caption else ""
        return caption + self.grid(part.head, part.rows)

    def listing(self, part: Listing) -> str:
        rows = [Row((entry.text, entry.count, entry.place), entry.level) for entry in part.entries]
        return self.grid(("text", "count", "line"), [*rows, Row((part.total.text, part.total.count, ""))])

    def legend(self, part: Legend) -> str:
        """A table where there is a place for numbers, else a sentence."""
        return self._as_table(part) if part.complete else self._as_sentence(part)

    def _as_table(self, part: Legend) -> str:
        rows = []
        for letter in part.letters:
            value = "" if letter.value is None else str(letter.value)
            rows.append(Row((symbol(letter.name), value, letter.words)))
        return self.grid(("symbol", "value", "meaning"), rows) if rows else ""

    def _as_sentence(self, part: Legend) -> str:
        said = [self._letter(letter) for letter in part.letters if letter.words or letter.value is not None]
        return ", ".join(said) + "." if said else ""

    def _letter(self, letter: Letter) -> str:
        value = "" if letter.value is None else f" = {letter.value}"
        words = f": {escaped(letter.words)}" if letter.words else ""
        return inline(f"{self._print(symbol(letter.name))}{value}") + words

    def notes(self, part: Notes) -> str:
        if part.points:
            return "\n".join(f"- {self.line(line)}" for line in part.lines)
        return "\n\n".join(sentence(self.line(line)) for line in part.lines)

    def section(self, part: Section) -> str:
        return "\n\n".join(map(self.part, flat([part])))

    def sum(self, part: Sum) -> str:
        """Each term above a brace with its name."""
        lines = []
        if part.heading:
            lines.append(f"*{escaped(part.heading)}*")
        if part.terms:
            braces = [self._braced(label, form) for label, form in part.terms]
            lines.append(displayed(" + ".join(braces)))
        leads = [self.line(part.lead), *["= "] * len(part.totals)]
        lines += [lead + self.form(total) for lead, total in zip(leads, part.totals, strict=False)]
        return "\n\n".join(lines)

    def _braced(self, label: str, form: Form) -> str:
        return rf"\underbrace{{{self._print(form)}}}_{{{words(label)}}}"

    def gap(self, part: Gap) -> str:
        return "<br><br><br>" if part.kind == "answer" else "---"

    def grid(self, head: Sequence[str], rows: Sequence[Row]) -> str:
        """A table; the first cells are set in by how deep they stand."""
        lines = [list(head), ["---"] * len(head)]
        for row in rows:
            first, *others = map(self.line, row.cells)
            lines.append([INDENT * row.level + first, *others])
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)
