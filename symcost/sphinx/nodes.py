"""A page as nodes of docutils: words stay words, so that each builder of Sphinx escapes them in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from docutils import nodes

from symcost.export.numbers import rounded, share
from symcost.export.parts import (
    Code,
    Figure,
    Formula,
    Heading,
    Legend,
    Line,
    Listing,
    Notes,
    Order,
    Paragraph,
    Piece,
    Row,
    Section,
    Strong,
    Table,
    Verbatim,
    pieces,
)
from symcost.export.writer import Lines, Parts
from symcost.formula import Form
from symcost.model import Model

DEEPER = "\u00a0" * 4
"""Before the first cell of a row, for each level that it stands deeper."""


class Nodes(Parts[list[nodes.Node]]):
    """Parts of a page about a model, whose dimensions are set as its file says."""

    def __init__(self, model: Model) -> None:
        self._model = model

    # Lines ----------------------------------------------------------------------------------------

    def line(self, line: Line) -> Iterator[nodes.Node]:
        """All pieces of a line, from left to right."""
        for piece in pieces(line):
            yield self._piece(piece)

    def _piece(self, piece: Piece) -> nodes.Node:
        match piece:
            case Form():
                return self._inline(piece)
            case Figure(value=None, form=Form() as form):
                return self._inline(form)
            case Figure():
                return nodes.Text(_number(piece))
            case Code(text=text):
                return nodes.literal(text, text)
            case Strong(text=text):
                return nodes.strong(text, text)
            case Order(form=form):
                return nodes.math("", f"O({self._latex(form)})")
            case _:
                return nodes.Text(Lines().piece(piece))

    def _inline(self, form: Form) -> nodes.Node:
        """A formula in a line; a number is no formula."""
        return nodes.Text(str(form)) if form.number is not None else nodes.math("", self._latex(form))

    def _latex(self, form: Form) -> str:
        return self._model.written(form, "latex")

    def displayed(self, form: Form) -> nodes.Node:
        """A formula on a line of its own, as `.. math::` has it."""
        latex = self._latex(form)
        block = nodes.math_block(latex, latex, number=None, label=None)
        block["nowrap"] = block["no-wrap"] = False  # before Sphinx 8.2, and since
        return block

    # Parts ----------------------------------------------------------------------------------------

    def heading(self, part: Heading) -> list[nodes.Node]:
        return [nodes.rubric("", "", *self.line(part.line))]

    def paragraph(self, part: Paragraph) -> list[nodes.Node]:
        return [nodes.paragraph("", "", *self.line(part.line))]

    def formula(self, part: Formula) -> list[nodes.Node]:
        return [self.displayed(part.form)]

    def verbatim(self, part: Verbatim) -> list[nodes.Node]:
        return [nodes.literal_block(part.text, part.text, language="none")]

    def notes(self, part: Notes) -> list[nodes.Node]:
        return [nodes.paragraph("", "", *self.line(line)) for line in part.lines]

    def legend(self, part: Legend) -> list[nodes.Node]:
        """What the letters mean, and their numbers; those that say nothing more are left out."""
        told = [letter for letter in part.letters if letter.words or letter.value is not None]
        if all(letter.value is None for letter in told):
            rows = [Row((letter.name, letter.words)) for letter in told]
            return [self._grid(("dimension", "meaning"), rows)] if rows else []
        numbers = ("" if letter.value is None else str(letter.value) for letter in told)
        rows = [Row((letter.name, number, letter.words)) for letter, number in zip(told, numbers, strict=True)]
        return [self._grid(("dimension", "value", "meaning"), rows)]

    def listing(self, part: Listing) -> list[nodes.Node]:
        rows = [Row((entry.text, entry.count, entry.place), entry.level) for entry in part.entries]
        return [self._grid(("text", "count", "line"), [*rows, Row((part.total.text, part.total.count, ""))])]

    def table(self, part: Table) -> list[nodes.Node]:
        return [self._grid(part.head, part.rows)]

    def section(self, part: Section) -> list[nodes.Node]:
        made = self.heading(Heading(part.heading)) if part.heading else []
        for inner in part.parts:
            made += self.part(inner)
        return made

    # Tables ---------------------------------------------------------------------------------------

    def _grid(self, head: Sequence[str], rows: Iterable[Row]) -> nodes.Node:
        columns = [nodes.colspec(colwidth=1) for _ in head]
        titles = nodes.row("", *(_entry([nodes.Text(title)]) for title in head))
        lines = [nodes.row("", *self._cells(row)) for row in rows]
        group = nodes.tgroup("", *columns, nodes.thead("", titles), nodes.tbody("", *lines), cols=len(head))
        return nodes.table("", group, classes=["symcost"])

    def _cells(self, row: Row) -> Iterator[nodes.Node]:
        for number, cell in enumerate(row.cells):
            depth = [nodes.Text(DEEPER * row.level)] if number == 0 and row.level else []
            yield _entry([*depth, *self.line(cell)])


def _entry(content: Iterable[nodes.Node]) -> nodes.Node:
    return nodes.entry("", nodes.paragraph("", "", *content))


def _number(figure: Figure) -> str:
    """`102 k (98.7 %)`"""
    if figure.value is None or figure.whole is None:
        return rounded(figure)
    return f"{rounded(figure)} ({share(figure.value, figure.whole, figure.tenths)})"
