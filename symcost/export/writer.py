"""What all writings share: each part and each piece of a page goes to the method for its kind."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from symcost.export.numbers import rounded, share
from symcost.export.parts import (
    Code,
    Figure,
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
    Part,
    Piece,
    Relation,
    Row,
    Section,
    Strong,
    Sum,
    Table,
    Verbatim,
    pieces,
)
from symcost.formula import Form, Growth
from symcost.formula.dims import AtLeast, Divides, Equal, Fact

Written = TypeVar("Written")


class Parts(ABC, Generic[Written]):
    """One method for each kind of part; a writing has all of them."""

    def part(self, part: Part) -> Written:
        """The part in this writing."""
        match part:
            case Heading():
                return self.heading(part)
            case Paragraph():
                return self.paragraph(part)
            case Formula():
                return self.formula(part)
            case Verbatim():
                return self.verbatim(part)
            case Table():
                return self.table(part)
            case Legend():
                return self.legend(part)
            case Notes():
                return self.notes(part)
            case Listing():
                return self.listing(part)
            case Section():
                return self.section(part)
            case Sum():
                return self.sum(part)
            case Gap():
                return self.gap(part)

    @abstractmethod
    def heading(self, part: Heading) -> Written: ...

    @abstractmethod
    def paragraph(self, part: Paragraph) -> Written: ...

    @abstractmethod
    def formula(self, part: Formula) -> Written: ...

    @abstractmethod
    def verbatim(self, part: Verbatim) -> Written: ...

    @abstractmethod
    def table(self, part: Table) -> Written: ...

    @abstractmethod
    def legend(self, part: Legend) -> Written: ...

    @abstractmethod
    def notes(self, part: Notes) -> Written: ...

    @abstractmethod
    def listing(self, part: Listing) -> Written: ...

    @abstractmethod
    def section(self, part: Section) -> Written: ...

    def sum(self, part: Sum) -> Written:
        """As lines, where a writing has nothing better."""
        return self.section(part.plainly)

    def gap(self, part: Gap) -> Written:
        """Nothing, where a writing has no pages."""
        return self.paragraph(Paragraph(""))


class Lines:
    """One method for each kind of piece on a line. As they are here, they write plain text, its numbers rounded."""

    def line(self, line: Line) -> str:
        """All pieces of a line, from left to right."""
        return "".join(map(self.piece, pieces(line)))

    def piece(self, piece: Piece) -> str:
        """The piece in this writing."""
        match piece:
            case str():
                return self.words(piece)
            case Form():
                return self.form(piece)
            case Figure():
                return self.figure(piece)
            case Code():
                return self.code(piece)
            case Strong():
                return self.strong(piece)
            case Link():
                return self.link(piece)
            case Order():
                return self.order(piece)
            case Growth():
                return self.growth(piece)
            case Relation():
                return self.relation(piece)
            case Divides() | AtLeast() | Equal():
                return self.fact(piece)

    def words(self, text: str) -> str:
        return text

    def form(self, form: Form) -> str:
        return self.words(str(form))

    def figure(self, figure: Figure) -> str:
        """A number as a reader wants it; the formula where there is none."""
        if figure.value is None and figure.form is not None:
            return self.form(figure.form)
        return self.words(rounded(figure))

    def code(self, code: Code) -> str:
        return self.words(code.text)

    def strong(self, strong: Strong) -> str:
        return self.words(strong.text)

    def link(self, link: Link) -> str:
        return self.words(link.text)

    def order(self, order: Order) -> str:
        return self.words(f"O({order.form})")

    def growth(self, grown: Growth) -> str:
        return self.words(grown.kind)

    def relation(self, relation: Relation) -> str:
        return self.words(str(relation))

    def fact(self, fact: Fact) -> str:
        return self.words(str(fact))


class Prose(Lines, ABC):
    """Words around tables as sentences, for writings that set a caption or running text."""

    def figure(self, figure: Figure) -> str:
        """A number with its share; the formula where there is none."""
        return super().figure(figure) if figure.value is None else self.words(self.with_share(figure))

    def with_share(self, figure: Figure) -> str:
        """`102 k (98.7 %)`"""
        if figure.value is None or figure.whole is None:
            return rounded(figure)
        return f"{rounded(figure)} ({share(figure.value, figure.whole, figure.tenths)})"

    def sentences(self, part: Part) -> Iterator[str]:
        """What a paragraph, a legend or notes say; nothing for other parts."""
        match part:
            case Paragraph(line=line):
                yield self.line(line)
            case Legend():
                yield from self._meanings(part)
            case Notes(lines=lines):
                yield from map(sentence, filter(None, map(self.line, lines)))
            case _:
                return

    def _meanings(self, legend: Legend) -> Iterator[str]:
        """`T: time, H = 128.`: letters with words or a number; no sentence where there are none."""
        telling = [letter for letter in legend.letters if letter.words or letter.value is not None]
        if telling:
            yield ", ".join(map(self.letter, telling)) + "."

    @abstractmethod
    def letter(self, letter: Letter) -> str:
        """`H = 128: hidden channels`"""


def sentence(text: str) -> str:
    """With a capital letter and a full stop."""
    return f"{text[:1].upper()}{text[1:]}."


def explains_itself(parts: Sequence[Part]) -> bool:
    """Whether a page is one table that only words follow, which can be its caption."""
    first, *others = parts
    return isinstance(first, Table) and all(map(_is_words, others))


def _is_words(part: Part) -> bool:
    """Whether a part can stand in a caption: a list of points cannot."""
    return isinstance(part, Legend) or (isinstance(part, Notes) and not part.points)


def is_number(cell: Line) -> bool:
    """Whether a cell is a number, and not the formula for one."""
    match cell:
        case Figure(value=value):
            return value is not None
        case Form():
            return cell.number is not None
        case _:
            return False


def numeric(rows: Sequence[Row], column: int) -> bool:
    """Whether a column holds numbers only: they stand to the right, words and formulas to the left."""
    return bool(rows) and all(is_number(row.cells[column]) for row in rows)
