"""Typst: a text that compiles as it is. No word of the user's becomes code: every sign that could is escaped.

Source  The reference of Typst 0.13: syntax (markup, mathematics), and the functions `table`, `figure`, `frac`, `sum`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from symcost.export import notation
from symcost.export.naming import settings
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
    Part,
    Relation,
    Row,
    Section,
    Strong,
    Sum,
    Table,
    Verbatim,
    flat,
    plain,
)
from symcost.export.typesetting.printer import HALF
from symcost.export.writer import Parts, Prose, explains_itself, numeric
from symcost.formula import Form, Growth, Printer, Symbol, symbol
from symcost.formula.dims import AtLeast, Divides, Equal, Fact
from symcost.formula.form import Pow
from symcost.formula.printer import ATOM, Written, with_powers

PREAMBLE = """\
#set page(margin: 2.2cm)
#set text(size: 10pt)
#set table(stroke: none, inset: (x: 0.6em, y: 0.4em))
#show figure: set block(breakable: true)
#show figure.caption: set align(left)
"""

SLIDES = """\
#set page(paper: "presentation-16-9", margin: 1.8cm)
#set text(size: 16pt)
"""
"""What slides have in the place of the first two lines."""

LONG_CELL = 30
"""A column with longer cells shares the rest of the line with others like it; shorter ones are never broken."""


LONG_FORMULA = 70
"""A formula of more characters (as text) is set where lines are broken."""


# Formulas --------------------------------------------------------------------------------------


class TypstPrinter(Printer):
    """Writes a form for mathematics between dollar signs. `names` says how each symbol is set."""

    dot: ClassVar[str] = " dot "
    fences_fraction = False
    fences_exponent = False
    fences_remainder = True

    def __init__(self, names: Mapping[str, str], *, powers: bool = False) -> None:
        self._names = names
        self._powers = powers

    def factors(self, factors: Sequence[Form]) -> Sequence[Form]:
        """As they are written, or where `powers` are wished `D^2` for `D·D`."""
        return with_powers(factors) if self._powers else factors

    def symbol(self, item: Symbol) -> str:
        return self._names.get(item.name) or name(item.name)

    def integer(self, value: int) -> str:
        return f"{value:,}".replace(",", " thin ") if value >= 10_000 else str(value)

    def product(self, factors: Sequence[str]) -> str:
        """`4 thin D dot T`, but `3 dot 2^(L)`: a thin space would read as 32."""
        first, *rest = factors
        if first.replace(" thin ", "").isdigit() and not rest[0][0].isdigit():
            return f"{first} thin {self.dot.join(rest)}"
        return self.dot.join(factors)

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"frac({numerator}, {denominator})"

    def power(self, base: str, exponent: str) -> str:
        return f"{base}^({exponent})"

    def of_pow(self, item: Pow) -> Written:
        """A square root as such."""
        return (f"sqrt({self(item.base)})", ATOM) if item.exponent == HALF else super().of_pow(item)

    def remainder(self, left: str, right: str) -> str:
        return f"{left} mod {right}"

    def log2(self, arg: str) -> str:
        return f"log_2 ({arg})"

    def log(self, name: str, arg: str) -> str:
        return f"ln({arg})" if name == "ln" else f"log_10 ({arg})"

    def sum(self, counter: str, low: str, high: str, body: str) -> str:
        return f"(sum_({low} <= {counter} < {high}) ({body}))"


class InlineTypstPrinter(TypstPrinter):
    """For running text and cells: strokes for fractions, so that lines stay low and can be broken."""

    fences_fraction = True

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"{numerator} slash {denominator}"


def name(written: str) -> str:
    """A name in mathematics: `H`, `λ`, `d_("model")`, `x_(0)`, `"heads"`."""
    head, *below = re.sub(r"(?<=[^\W\d_])(\d+)$", r"_\1", written).split("_")
    if not head or not all(below):
        return quoted(written)
    if not below:
        return _word(head)
    listed = ' "," '.join(map(_word, below))
    return f"{_word(head)}_({listed})"


def _word(part: str) -> str:
    """One letter or a number is itself, a Greek name its letter, any other word stands upright."""
    greek = notation.GREEK_LETTERS.get(part, part)
    if greek in notation.GREEK_LETTERS.values():
        return greek
    is_letter = len(part) == 1 and part.isalpha()
    is_plain = part.isascii() and (is_letter or part.isdigit())
    return part if is_plain else quoted(part)


def names_of(symbols: Iterable[str]) -> Mapping[str, str]:
    """How each name is set, so that no two look the same: `C1` and `C_1` would both be C with 1 below."""
    chosen: dict[str, str] = {}
    for written in symbols:
        setting = name(written)
        chosen[written] = quoted(written) if setting in chosen.values() else setting
    return chosen


def quoted(text: str) -> str:
    """A string, which Typst sets letter by letter: only its own end and the backslash say anything in it."""
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
    if not char.isprintable():
        return " " if char.isspace() else "?"
    # A point inside of a number or name is harmless; others could be three of `...` or number a list.
    inside = char == "." and after.isalnum()
    return char if inside or not char.isascii() else f"\\{char}"


# Pages -----------------------------------------------------------------------------------------


def write(page: Page, room: Room) -> str:
    """A whole text; of a page that is one formula, the formula alone, to be put into another text."""
    if page.alone is not None:
        typst = _Typst(_names(page, (Formula(page.alone),)), powers=room.powers)
        return "\n\n".join([typst.formula(Formula(page.alone)), *map(typst.line, page.meanings)]) + "\n"
    title = f"= {escaped(page.title)}" if page.title else ""
    parts = list(flat(page.parts()))
    has_slides = any(isinstance(part, Gap) and part.kind == "page" for part in parts)
    preamble = SLIDES + PREAMBLE.split("\n", 2)[2] if has_slides else PREAMBLE
    texts = [preamble.rstrip(), title, *_Typst(_names(page, parts), powers=room.powers).body(parts)]
    return "\n\n".join(filter(None, texts)) + "\n"


def _names(page: Page, parts: Iterable[Part]) -> Mapping[str, str]:
    """How the symbols and named sizes of a page are set."""
    return names_of([*(info.name for info in page.symbols), *(name for name, _, _ in settings(parts))])


class _Typst(Parts[str], Prose):
    """Sets parts and lines, with formulas high where they stand alone and low elsewhere."""

    def __init__(self, names: Mapping[str, str], *, powers: bool = False) -> None:
        self._display = TypstPrinter(names, powers=powers)
        self._printer = InlineTypstPrinter(names, powers=powers)

    # Lines -------------------------------------------------------------------------------------

    def words(self, text: str) -> str:
        return escaped(text)

    def form(self, form: Form) -> str:
        return f"${self._printer(form)}$"

    def code(self, code: Code) -> str:
        return f"#raw({quoted(code.text)});"  # without its end, a bracket behind it would belong to it

    def strong(self, strong: Strong) -> str:
        return f"#strong[{escaped(strong.text)}];"

    def link(self, link: Link) -> str:
        text = escaped(link.text)
        return f"#link({quoted(link.target)})[{text}];" if link.target else text

    def order(self, order: Order) -> str:
        return f"$O({self._printer(order.form)})$"

    def relation(self, relation: Relation) -> str:
        return f"${self._printer(relation.left)} {relation.sign} {self._printer(relation.right)}$"

    def growth(self, grown: Growth) -> str:
        """Words as they are, orders as mathematics: `$T log T$`."""
        letter, words = grown.symbol, grown.kind.split()
        if not any(word.partition("^")[0] == letter.name for word in words):
            return escaped(grown.kind)
        return f"${' '.join(self._order_word(word, letter) for word in words)}$"

    def _order_word(self, word: str, letter: Symbol) -> str:
        """`T`, `T^2`, `log`, `log^2`, `T^(3/2)`: the parts of an order are the letter, `log` and numbers."""
        base, _, exponent = word.partition("^")
        sign = self._printer.symbol(letter) if base == letter.name else base
        return f"{sign}^({exponent.strip('()')})" if exponent else sign

    def fact(self, fact: Fact) -> str:
        match fact:
            case Divides(divisor=left, multiple=right):
                if left == 1:
                    return f"${self._printer(right)} in ZZ$"
                sign = "divides"
            case AtLeast(left=right, right=left) if fact.is_limit_above:
                sign = "<="
            case AtLeast(left=left, right=right):
                sign = ">="
            case Equal(left=left, right=right):
                sign = "="
        return f"${self._printer(left)} {sign} {self._printer(right)}$"

    def letter(self, letter: Letter) -> str:
        """`$H = 128$: hidden channels`"""
        sign = self._printer.symbol(symbol(letter.name))
        if letter.value is not None:
            sign += f" = {self._printer.integer(letter.value)}"
        return f"${sign}$" + (f": {escaped(letter.words)}" if letter.words else "")

    def body(self, parts: Sequence[Part]) -> list[str]:
        """The parts one after the other; a table that only words follow has them as its caption."""
        return [self.captioned(parts)] if explains_itself(parts) else list(map(self.part, parts))

    # Parts -------------------------------------------------------------------------------------

    def heading(self, part: Heading) -> str:
        return f"== {self.line(part.line)}"

    def paragraph(self, part: Paragraph) -> str:
        return self.line(part.line)

    def formula(self, part: Formula) -> str:
        """On a line of its own; a long one in running text, as Typst breaks no other."""
        if len(str(part.form)) > LONG_FORMULA:
            return f"$display({self._display(part.form)})$"
        return f"$ {self._display(part.form)} $"

    def sum(self, part: Sum) -> str:
        """Each term above a brace with its name; lines that Typst breaks at their signs."""
        lines = [f"_{escaped(part.heading)}_"] if part.heading else []
        if part.terms:
            lines.append(f"${' + '.join(self._braced(label, form) for label, form in part.terms)}$")
        lead = self.line(part.lead)
        for total in part.totals:
            lines.append(f"{lead}{self.form(total)}")
            lead = "\\= "
        # Typst lets lines of formulas reach into each other by most of the leading: names below braces need more of it.
        inside = " \\\n".join(lines)
        return f"#[#set par(leading: 1.1em, spacing: 1.6em, hanging-indent: 1.5em)\n{inside}\n]"

    def _braced(self, label: str, form: Form) -> str:
        """Above a brace with its name; in plain brackets where it has to be broken."""
        is_long = len(str(form)) > LONG_FORMULA
        return f"({self._printer(form)})" if is_long else f"underbrace({self._printer(form)}, {quoted(label)})"

    def gap(self, part: Gap) -> str:
        return "#v(3cm)" if part.kind == "answer" else "#pagebreak()"

    def verbatim(self, part: Verbatim) -> str:
        lines = ", ".join(map(quoted, part.text.split("\n")))
        return f'#raw(block: true, ({lines},).join("\\n"))'

    def legend(self, part: Legend) -> str:
        return " ".join(self.sentences(part))

    def notes(self, part: Notes) -> str:
        if part.points:
            return "\n".join(f"- {self.line(line)}" for line in part.lines)
        return " ".join(self.sentences(part))

    def listing(self, part: Listing) -> str:
        return self.table(part.table)

    def section(self, part: Section) -> str:
        return "\n\n".join(map(self.part, flat([part])))

    def table(self, part: Table) -> str:
        caption = f"{self.line(part.caption)}\n\n" if part.caption else ""
        return f"{caption}#{self._ruled(part)}"

    def captioned(self, parts: Sequence[Part]) -> str:
        """A table with a number, and under it what it shows, what the letters mean and what is assumed."""
        table, *others = parts
        assert isinstance(table, Table)
        said = [self.line(table.caption)] if table.caption else []
        said += [text for part in others for text in self.sentences(part)]
        caption = f"  caption: [{' '.join(said)}],\n" if said else ""
        return f"#figure(\n  kind: table,\n{caption}  {self._ruled(table)},\n)"

    def _ruled(self, table: Table) -> str:
        """Rules above, below and under the titles, as in a book."""
        columns = range(len(table.head))
        head = ", ".join(f"[{escaped(title)}]" for title in table.head)
        return "\n".join([
            "table(",
            f"    columns: ({', '.join(_width(table, column) for column in columns)},),",
            f"    align: ({', '.join(_side(table, column) for column in columns)},),",
            "    table.hline(stroke: 0.8pt),",
            f"    table.header({head}),",
            "    table.hline(stroke: 0.4pt),",
            *(f"    {self._row(row)}," for row in table.rows),
            "    table.hline(stroke: 0.8pt),",
            "  )",
        ])  # fmt: skip

    def _row(self, row: Row) -> str:
        """Cells in brackets; the first is set in by how deep it stands."""
        first, *others = map(self.line, row.cells)
        indent = f"#h({1.2 * row.level:.1f}em);" if row.level else ""
        return ", ".join(f"[{cell}]" for cell in [indent + first, *others])


def _side(table: Table, column: int) -> str:
    return "right" if numeric(table.rows, column) else "left"


def _width(table: Table, column: int) -> str:
    """Columns with long words share the rest of the line."""
    longest = max((len(plain(row.cells[column])) for row in table.rows), default=0)
    return "1fr" if longest > LONG_CELL and not numeric(table.rows, column) else "auto"
