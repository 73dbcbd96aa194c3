"""What a page is made of: headings, tables of cells, formulas, listings, notes, and the pieces of a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, auto
from fractions import Fraction
from typing import Literal

from symcost.formula import Form, Growth, Printer
from symcost.formula.dims import Fact
from symcost.records import dataclass

# Pieces of a line ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Code:
    """What is typed: a command, the name of a convention."""

    text: str


@dataclass(frozen=True, slots=True)
class Strong:
    """What the eye should find first."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a file; `target` is a path from where the page lies."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Order:
    """`O(n^2·d)`"""

    form: Form


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its unit, or the formula for it while a dimension is open (`value` is None then).

    `whole` is what it is a share of; `tenths` of a per cent are said, where shares have to add up.
    A quotient is told by `digits` instead of an SI prefix.
    """

    value: int | Fraction | None
    unit: str = ""
    form: Form | None = None
    whole: int | Fraction | None = None
    tenths: int | None = None
    digits: int | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """`T < 4·D`: on which side of something a dimension is."""

    left: Form
    sign: Literal["<", ">", "=", "≈"]
    right: Form

    def __str__(self) -> str:
        return f"{self.left} {self.sign} {ROOTED(self.right)}"


class Rooted(Printer):
    """Writes square roots as such."""

    def power(self, base: str, exponent: str) -> str:
        if exponent != "(1/2)":
            return super().power(base, exponent)
        return f"sqrt{base}" if base.startswith("(") else f"sqrt({base})"


ROOTED = Rooted()


Piece = str | Code | Strong | Link | Form | Order | Growth | Fact | Figure | Relation
Line = Piece | tuple[Piece, ...]
"""What stands in a cell or on a line: words, a form, a number, or several of them one behind the other."""


def pieces(line: Line) -> tuple[Piece, ...]:
    """What a line is made of, from left to right."""
    return line if isinstance(line, tuple) else (line,)


# Parts of a page -------------------------------------------------------------------------------


class Layout(Enum):
    """What a table is like, for writings that do not draw all tables alike."""

    COLUMNS = auto()
    """Cells under their titles."""
    TREE = auto()
    """Blocks inside blocks, with a figure or a long formula in each column."""
    MODELS = auto()
    """Several things side by side, a formula in each column."""
    LINES = auto()
    """One fact on a line; the titles only say what the columns are."""
    ENTRIES = auto()
    """Every cell on a line of its own, behind the title of its column."""


class Breaks(Enum):
    """Where a paragraph that is too long for a line may be broken."""

    NEVER = auto()
    WORDS = auto()
    """Between any two words."""
    FORMULA = auto()
    """As far outside of a formula or signature as possible."""


@dataclass(frozen=True, slots=True)
class Row:
    """Cells. `level` says how deep the first one stands; `again` that a table above has said it already."""

    cells: tuple[Line, ...]
    level: int = 0
    again: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under titles. `stiff` cells are never broken.

    Numbers stand to the right and all else to the left, unless `side` puts all columns but the first to one of them.
    `indent` and `lead` are for fixed columns: how far inside it stands, and how wide the first column is at least.
    """

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    layout: Layout = Layout.COLUMNS
    caption: Line = ""
    stiff: bool = False
    side: Literal["left", "right"] | None = None
    indent: int = 0
    lead: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows, up to the next one."""

    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words; `indent` for fixed columns, `inset` for all lines but the first."""

    line: Line
    breaks: Breaks = Breaks.NEVER
    indent: int = 0
    inset: int = 0


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A text with its own lines, as in a file."""

    text: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula on a line of its own."""

    form: Form


@dataclass(frozen=True, slots=True)
class Letter:
    """A dimension: its name, its number if it has one, and what it means, in words."""

    name: str
    value: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Legend:
    """What the letters mean. `complete`: those without words too, and there is a place for their numbers."""

    letters: tuple[Letter, ...]
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """What must be known besides: assumptions, conventions, why a cell is empty. `points`: as a list."""

    lines: tuple[Line, ...]
    points: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a listing: how deep it stands, its text, the place where it was written, and what it counts."""

    level: int
    text: str
    place: str = ""
    count: Line = ()


LISTING = ("text", "count", "line")
"""The titles over the lines of a text."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The lines of a text with what each counts, and what that is in all."""

    entries: tuple[Entry, ...]
    total: Entry

    @property
    def table(self) -> Table:
        """The same as rows, for writings that set no listing of their own."""
        rows = [Row((Code(entry.text), entry.count, entry.place), entry.level) for entry in self.entries]
        total = Row((Strong(self.total.text), self.total.count, ""))
        return Table(LISTING, (*rows, total))


@dataclass(frozen=True, slots=True)
class Section:
    """Parts that belong together, close below each other."""

    heading: Line
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A step of a derivation: what is added, each under its name, and behind `lead` what that comes to."""

    heading: str
    terms: tuple[tuple[str, Form], ...]
    totals: tuple[Form, ...]
    lead: Line = "= "

    @property
    def plainly(self) -> Section:
        """The same as lines, for writings that set nothing below a brace."""
        added: list[Piece] = []
        for label, form in self.terms:
            added += [" + ", form, f" ({label})"]
        lines = [Paragraph(tuple(added[1:]))] if added else []
        lead = self.lead
        for total in self.totals:
            lines.append(Paragraph((*pieces(lead), total)))
            lead = "= "
        return Section(self.heading, tuple(lines))


@dataclass(frozen=True, slots=True)
class Gap:
    """Room on a sheet: for an `answer`, or up to the next `page`."""

    kind: Literal["answer", "page"]


Part = Heading | Paragraph | Verbatim | Formula | Table | Legend | Notes | Listing | Section | Sum | Gap


def flat(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts with sections taken apart, each under its heading."""
    for part in parts:
        if not isinstance(part, Section):
            yield part
            continue
        if part.heading:
            yield Heading(part.heading)
        yield from flat(part.parts)


def plain(line: Line) -> str:
    """The line as plain text, its numbers exact."""
    return "".join(map(_plain, pieces(line)))


def _plain(piece: Piece) -> str:
    match piece:
        case Code(text=text) | Strong(text=text) | Link(text=text):
            return text
        case Order(form=form):
            return f"O({form})"
        case Figure(value=None, form=form):
            return str(form)
        case Figure(value=value, unit=unit):
            return f"{value} {unit}".rstrip()
        case _:
            return str(piece)
