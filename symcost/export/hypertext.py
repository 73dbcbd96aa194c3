"""A page as HTML for notebooks: without scripts, formulas as MathML, every word escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from symcost.export.mathml import mathml
from symcost.export.page import Page
from symcost.export.parts import (
    Code,
    Formula,
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
    Table,
    Verbatim,
    flat,
)
from symcost.export.writer import Parts, Prose, numeric
from symcost.formula import Form, symbol

INDENT = 1.2
"""How far a row is set in for each level, in em."""


def html(page: Page, picture: str = "") -> str:
    """The whole page, its title no larger than what the reader writes around it, and the picture below."""
    title = f"<h4>{escape(page.title)}</h4>" if page.title else ""
    written = _Html()
    return "\n".join(["<div>", *filter(None, [title, *map(written.part, flat(page.parts())), picture]), "</div>"])


class _Html(Parts[str], Prose):
    # Lines -------------------------------------------------------------------------------------

    def words(self, text: str) -> str:
        return escape(text)

    def form(self, form: Form) -> str:
        return mathml(form)

    def code(self, code: Code) -> str:
        return f"<code>{escape(code.text)}</code>" if code.text else ""

    def strong(self, strong: Strong) -> str:
        return f"<b>{escape(strong.text)}</b>"

    def link(self, link: Link) -> str:
        # A target may be a script; where a notebook lies, no path from elsewhere is right.
        return escape(link.text)

    def order(self, order: Order) -> str:
        return f"O({mathml(order.form)})"

    def relation(self, relation: Relation) -> str:
        return f"{mathml(relation.left)} {escape(relation.sign)} {mathml(relation.right)}"

    def letter(self, letter: Letter) -> str:
        """`H = 128: hidden channels`"""
        value = "" if letter.value is None else f" = {letter.value}"
        return f"{mathml(symbol(letter.name))}{value}" + (f": {escape(letter.words)}" if letter.words else "")

    # Parts -------------------------------------------------------------------------------------

    def heading(self, part: Heading) -> str:
        return f"<h5>{self.line(part.line)}</h5>"

    def paragraph(self, part: Paragraph) -> str:
        return f"<p>{self.line(part.line)}</p>"

    def formula(self, part: Formula) -> str:
        return f"<p>{self.form(part.form)}</p>"

    def verbatim(self, part: Verbatim) -> str:
        return f"<pre>{escape(part.text)}</pre>"

    def legend(self, part: Legend) -> str:
        return self._said(part)

    def notes(self, part: Notes) -> str:
        if part.points:
            items = "".join(f"<li>{self.line(line)}</li>" for line in part.lines)
            return f"<ul>{items}</ul>"
        return self._said(part)

    def _said(self, part: Legend | Notes) -> str:
        text = " ".join(self.sentences(part))
        return f"<p>{text}</p>" if text else ""

    def listing(self, part: Listing) -> str:
        return self.table(part.table)

    def section(self, part: Section) -> str:
        return "\n".join(map(self.part, flat([part])))

    def table(self, part: Table) -> str:
        sides = ["right" if numeric(part.rows, number) else "left" for number in range(len(part.head))]
        head = _cells("th", map(escape, part.head), sides)
        rows = [self._row(row, sides) for row in part.rows]
        caption = f"<p>{self.line(part.caption)}</p>" if part.caption else ""
        return "\n".join([f"{caption}<table><thead>{head}</thead><tbody>", *rows, "</tbody></table>"])

    def _row(self, row: Row, sides: Sequence[str]) -> str:
        """The first cell is set in by how deep it stands."""
        first, *others = map(self.line, row.cells)
        inset = f'<span style="margin-left:{INDENT * row.level:.1f}em"></span>' if row.level else ""
        return _cells("td", [inset + first, *others], sides)


def _cells(tag: str, cells: Iterable[str], sides: Sequence[str]) -> str:
    written = "".join(
        f'<{tag} style="text-align:{side}">{cell}</{tag}>' for cell, side in zip(cells, sides, strict=True)
    )
    return f"<tr>{written}</tr>"
