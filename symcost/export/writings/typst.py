"""Typst: a text that compiles as it is. No word of the user's becomes code: every sign that could is escaped.

Source  The reference of Typst 0.13: syntax (markup, mathematics), and the functions `table`, `figure`, `frac`, `sum`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar

from symcost.export import notation
from symcost.export.numbers import rounded, share
from symcost.export.page import (
    Code,
    Figure,
    Formula,
    Heading,
    Legend,
    Letter,
    Line,
    Link,
    Listing,
    Notes,
    Order,
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
from symcost.formula import Form, Growth, Printer, Symbol
from symcost.formula.dims import AtLeast, Divides, Equal

PREAMBLE = """\
#set page(margin: 2.2cm)
#set text(size: 10pt)
#set table(stroke: none, inset: (x: 0.6em, y: 0.4em))
#show figure: set block(breakable: true)
#show figure.caption: set align(left)
"""

LONG_CELL = 30
"""A column with longer cells shares the rest of the line with others like it; shorter ones are never broken."""


# Formulas --------------------------------------------------------------------------------------


class TypstPrinter(Printer):
    """Writes a form for mathematics between dollar signs."""

    dot: ClassVar[str] = " dot "
    fences_fraction = False
    fences_exponent = False

    def symbol(self, item: Symbol) -> str:
        return name(item.name)

    def integer(self, value: int) -> str:
        return f"{value:,}".replace(",", " thin ") if value >= 10_000 else str(value)

    def product(self, factors: Sequence[str]) -> str:
        first, *rest = factors
        if first.replace(" thin ", "").isdigit() and not rest[0][0].isdigit():
            return f"{first} thin {self.dot.join(rest)}"
        return self.dot.join(factors)

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"frac({numerator}, {denominator})"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^({exponent})"

    def log2(self, arg: str) -> str:
        return f"log_2 ({arg})"

    def sum(self, counter: str, low: str, high: str, body: str) -> str:
        return f"(sum_({low} <= {counter} < {high}) ({body}))"


class InlineTypstPrinter(TypstPrinter):
    """For running text and cells: strokes for fractions, so that lines stay low and can be broken."""

    fences_fraction = True

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"{numerator} slash {denominator}"


DISPLAY, INLINE = TypstPrinter(), InlineTypstPrinter()


def name(written: str) -> str:
    """A name in mathematics: `H`, `λ`, `d_"model"`, `x_0`, `"heads"`."""
    head, *below = re.sub(r"(?<=[^\W\d_])(\d+)$", r"_\1", written).split("_")
    if not head or not all(below):
        return quoted(written)
    if not below:
        return _word(head)
    commas = ' "," '.join(map(_word, below))
    return f"{_word(head)}_({commas})"


def _word(part: str) -> str:
    """One letter or a number is itself, a Greek name its letter, any other word stands upright."""
    if part in notation.GREEK_LETTERS:
        return notation.GREEK_LETTERS[part]
    if part.isascii() and (part.isdigit() or (len(part) == 1 and part.isalpha())):
        return part
    if part in notation.GREEK_LETTERS.values():
        return part
    return quoted(part)


def quoted(text: str) -> str:
    """A string, which Typst sets letter by letter."""
    inner = "".join(char if char.isprintable() else " " for char in text)
    return '"' + inner.replace("\\", "\\\\").replace('"', '\\"') + '"'


# Words -----------------------------------------------------------------------------------------

HARMLESS = frozenset(" ,;:()!?%")
"""Signs that say nothing to Typst wherever they stand. All others of ASCII are escaped."""


def escaped(text: str) -> str:
    """Words for running text, with nothing left in them that Typst could read as markup, a reference or code."""
    following = [*text[1:], ""]
    return "".join(map(_character, text, following))


def _character(char: str, after: str) -> str:
    if char.isalnum() or char in HARMLESS:
        return char
    if char.isspace():
        return " "
    if not char.isprintable():
        return "?"
    # A point inside of a number or name is harmless; others could be three of `...` or number a list.
    harmless = not char.isascii() or (char == "." and after.isalnum())
    return char if harmless else f"\\{char}"


# Pages -----------------------------------------------------------------------------------------


def write(page: Page, room: Room) -> str:
    """A whole text; of a page that is one formula, the formula alone, to be put into another text."""
    if page.alone is not None:
        return f"$ {DISPLAY(page.alone)} $\n"
    title = [f"= {escaped(page.title)}"] if page.title else []
    parts = list(flat(page.parts()))
    return "\n\n".join([PREAMBLE.rstrip(), *title, *_parts(parts)]) + "\n"


def _parts(parts: Sequence[Part]) -> Iterator[str]:
    """One after the other; a table that only words follow has them as its caption."""
    first, *others = parts
    if isinstance(first, Table) and all(isinstance(part, Legend | Notes) for part in others):
        words = [_line(first.caption)] if first.caption else []
        words += [text for part in others for text in _sentences(part)]
        yield _figure_of(_table(first), words)
        return
    for part in parts:
        yield _part(part)


def _figure_of(table: str, words: Sequence[str]) -> str:
    caption = f",\n  caption: [{' '.join(words)}]" if words else ""
    return f"#figure(\n  kind: table{caption},\n  {table.removeprefix('#')},\n)"


def _part(part: Part) -> str:
    match part:
        case Heading(line=line):
            return f"== {_line(line)}"
        case Paragraph(line=line):
            return _line(line)
        case Formula(form=form):
            return f"$ {DISPLAY(form)} $"
        case Verbatim(text=text):
            return _verbatim(text)
        case Table():
            caption = f"{_line(part.caption)}\n\n" if part.caption else ""
            return caption + _table(part)
        case Listing(entries=entries, total=total):
            rows = [Row(((entry.text or " ",), entry.count, entry.place), entry.level) for entry in entries]
            rows.append(Row(((Strong(total.text)), total.count, "")))
            return _table(Table(("text", "count", "line"), tuple(rows)))
        case Notes(lines=lines, points=True):
            return "\n".join(f"- {_line(line)}" for line in lines)
        case Legend() | Notes():
            return " ".join(_sentences(part))
        case _:
            return ""


def _sentences(part: Part) -> Iterator[str]:
    """The words of a part for a caption, each sentence with its full stop."""
    match part:
        case Legend(letters=letters):
            said = [_letter(letter) for letter in letters if letter.words or letter.value is not None]
            yield from [f"{', '.join(said)}."] if said else []
        case Notes(lines=lines):
            yield from (f"{text[:1].upper()}{text[1:]}." for text in map(_line, lines) if text)
        case _:
            pass


def _letter(letter: Letter) -> str:
    """`$H = 128$: hidden channels`"""
    value = "" if letter.value is None else f" = {INLINE.integer(letter.value)}"
    return f"${name(letter.name)}{value}$" + (f": {escaped(letter.words)}" if letter.words else "")


def _verbatim(text: str) -> str:
    """Lines as in a file. A string has no end but its quotation mark, which is escaped in it."""
    lines = (quoted(line) for line in text.splitlines())
    return f'#raw(block: true, ({", ".join(lines)},).join("\\n"))'


# Tables ----------------------------------------------------------------------------------------


def _table(table: Table) -> str:
    """Rules above, below and under the titles, as in a book."""
    sides = ", ".join(_side(table, number) for number in range(len(table.head)))
    widths = ", ".join(_width(table, number) for number in range(len(table.head)))
    lines = [
        "#table(",
        f"    columns: ({widths},),",
        f"    align: ({sides},),",
        "    table.hline(stroke: 0.8pt),",
        f"    table.header({', '.join(f'[{escaped(title)}]' for title in table.head)}),",
        "    table.hline(stroke: 0.4pt),",
    ]
    for row in table.rows:
        indent = f"#h({1.2 * row.level:.1f}em)" if row.level else ""
        first, *others = (f"[{_line(cell)}]" for cell in row.cells)
        lines.append(f"    {', '.join([f'[{indent}{first[1:]}', *others])},")
    return "\n".join([*lines, "    table.hline(stroke: 0.8pt),", "  )"])


def _side(table: Table, column: int) -> str:
    """Numbers stand to the right, all else to the left."""
    return "right" if table.rows and all(_is_number(row.cells[column]) for row in table.rows) else "left"


def _is_number(cell: Line) -> bool:
    match cell:
        case Figure(value=value):
            return value is not None
        case Form():
            return cell.number is not None
        case _:
            return False


def _width(table: Table, column: int) -> str:
    """Columns with long words share the rest of the line."""
    longest = max((len(plain(row.cells[column])) for row in table.rows), default=0)
    return "1fr" if longest > LONG_CELL and _side(table, column) != "right" else "auto"


# Lines -----------------------------------------------------------------------------------------


def _line(line: Line) -> str:
    return "".join(map(_piece, pieces(line)))


def _piece(piece: Piece) -> str:
    match piece:
        case Form():
            return f"${INLINE(piece)}$"
        case Order(form=form):
            return f"$O({INLINE(form)})$"
        case Growth():
            return _growth(piece)
        case Divides() | AtLeast() | Equal():
            return _fact(piece)
        case Figure():
            return _figure(piece)
        case Code(text=text):
            return f"#raw({quoted(text)})"
        case Strong(text=text):
            return f"#strong[{escaped(text)}]"
        case Link(text=text, target=target):
            return f"#link({quoted(target)})[{escaped(text)}]"
        case _:
            return escaped(plain(piece))


def _figure(figure: Figure) -> str:
    if figure.value is None and figure.form is not None:
        return f"${INLINE(figure.form)}$"
    part = f" ({share(figure.value, figure.whole)})" if figure.value is not None and figure.whole is not None else ""
    return escaped(rounded(figure) + part)


def _growth(grown: Growth) -> str:
    """Words as they are, orders as mathematics: `$T log T$`."""
    letter, words = grown.symbol.name, grown.kind.split()
    if not any(word.partition("^")[0] == letter for word in words):
        return escaped(grown.kind)
    return f"${' '.join(_order(word, letter) for word in words)}$"


def _order(word: str, letter: str) -> str:
    """`T`, `T^2`, `log`, `log^2`, `T^(3/2)`"""
    base, _, exponent = word.partition("^")
    sign = name(base) if base == letter else base
    return f"{sign}^({exponent.strip('()')})" if exponent else sign


def _fact(fact: Divides | AtLeast | Equal) -> str:
    match fact:
        case Divides(divisor=left, multiple=right):
            sign = "divides"
        case AtLeast(left=left, right=right):
            sign = ">="
        case Equal(left=left, right=right):
            sign = "="
    return f"${INLINE(left)} {sign} {INLINE(right)}$"
