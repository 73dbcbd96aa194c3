"""LaTeX, in the order of the text, set as a lecturer would set it. It needs amsmath and booktabs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from symcost.export import notation
from symcost.export.numbers import rounded, share
from symcost.export.page import (
    Code,
    Figure,
    Formula,
    Heading,
    Layout,
    Legend,
    Letter,
    Line,
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
from symcost.formula import Form, Growth, Printer, Symbol, symbol
from symcost.formula.dims import AtLeast, Divides, Equal, Fact

LONG_LINE = 80
"""A formula of more characters (as text) is set as a paragraph, which TeX breaks at its signs."""
LONG_CELL = 30
"""A table with longer cells is as wide as the text, and its cells are broken."""
SHORT_PRODUCT = 6
"""A product of so many factors is not broken at the end of a line."""


# Formulas --------------------------------------------------------------------------------------


class LatexPrinter(Printer):
    """Writes a form for mathematics mode. `names` says how each symbol is set."""

    dot = r" \cdot "
    fences_fraction = False
    fences_exponent = False

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names

    def symbol(self, item: Symbol) -> str:
        return self._names.get(item.name) or notation.name(item.name)

    def integer(self, value: int) -> str:
        return f"{value:,}".replace(",", r"\,") if value >= 10_000 else str(value)

    def group(self, text: str) -> str:
        return _fence("(", text, ")")

    def product(self, factors: Sequence[str]) -> str:
        first, *rest = factors
        if first.replace(r"\,", "").isdigit() and not rest[0][0].isdigit():
            return rf"{first}\,{self.dot.join(rest)}"
        return self.dot.join(factors)

    def fraction(self, numerator: str, denominator: str) -> str:
        return rf"\frac{{{numerator}}}{{{denominator}}}"

    def power(self, base: str, exponent: str) -> str:
        # A name may have a superscript of its own, and TeX refuses a second one.
        return f"{{{base}}}^{{{exponent}}}" if set(base) & set("^'") else f"{base}^{{{exponent}}}"

    def floor(self, inside: str) -> str:
        return _fence(r"\lfloor ", inside, r" \rfloor")

    def ceil(self, inside: str) -> str:
        return _fence(r"\lceil ", inside, r" \rceil")

    def minimum(self, args: Sequence[str]) -> str:
        return r"\min" + self.group(", ".join(args))

    def maximum(self, args: Sequence[str]) -> str:
        return r"\max" + self.group(", ".join(args))

    def log2(self, arg: str) -> str:
        return r"\log_2" + self.group(arg)

    def sum(self, counter: str, low: str, high: str, body: str) -> str:
        return _fence("(", rf"\sum_{{{low} \le {counter} < {high}}} {self.group(body)}", ")")


class InlineLatexPrinter(LatexPrinter):
    """For running text and narrow columns: strokes for fractions, and nothing that TeX could not break."""

    fences_fraction = True

    def product(self, factors: Sequence[str]) -> str:
        # TeX breaks no line inside braces: a short product stays together, a sum breaks at its signs.
        text = super().product(factors)
        return f"{{{text}}}" if len(factors) <= SHORT_PRODUCT and "(" not in text else text

    def fraction(self, numerator: str, denominator: str) -> str:
        return f"{numerator}/{denominator}"


def _fence(left: str, inside: str, right: str) -> str:
    """Brackets as high as what they hold."""
    tall = any(command in inside for command in (r"\frac", r"\sum"))
    return rf"\left{left}{inside}\right{right.strip()}" if tall else left + inside + right


# Pages -----------------------------------------------------------------------------------------


def write(page: Page, room: Room) -> str:
    """A formula alone for mathematics mode; a table with a caption that explains it; else one part after the other.

    Raises UnsafeLatex.
    """
    names = _names(page)
    if page.alone is not None:
        return LatexPrinter(names)(page.alone) + "\n"
    parts = list(flat(page.parts()))
    first, *others = parts
    if isinstance(first, Table) and all(isinstance(part, Legend | Notes) for part in others):
        return _float(first, others, names)
    return _flow(page.title, parts, InlineLatexPrinter(names))


def standalone(page: Page) -> str:
    """A whole text that pdfLaTeX compiles as it is; a formula with a sentence that says what it counts.

    Raises UnsafeLatex.
    """
    return document(write(page, Room()) if page.alone is None else _equation(page, page.alone))


def _names(page: Page) -> Mapping[str, str]:
    """How the symbols are set, as their files say.

    Raises UnsafeLatex.
    """
    return notation.notation((info.name, info.latex, info.span) for info in page.symbols)


def _equation(page: Page, form: Form) -> str:
    """The formula below the words of its page."""
    write = InlineLatexPrinter(_names(page))
    sentences = [text for part in page.parts() for text in _sentences(part, write)]
    if len(str(form)) > LONG_LINE:
        body = [r"\begin{flushleft}", f"  ${write(form)}$", r"\end{flushleft}"]
    else:
        body = [r"\[", f"  {LatexPrinter(_names(page))(form)}", r"\]"]
    return "\n".join([rf"\noindent {' '.join(sentences)}", *body, ""])


def _sentences(part: Part, write: LatexPrinter) -> Iterator[str]:
    """The words of a part for running text or a caption, each sentence with its full stop."""
    match part:
        case Paragraph(line=line):
            yield _line(line, write)
        case Legend(letters=letters):
            said = [_letter(letter, write) for letter in letters if letter.words or letter.value is not None]
            yield from [f"{', '.join(said)}."] if said else []
        case Notes(lines=lines):
            texts = [_line(line, write) for line in lines]
            yield from (f"{text[:1].upper()}{text[1:]}." for text in texts if text)
        case _:
            pass


def _letter(letter: Letter, write: LatexPrinter) -> str:
    """`$H = 128$: hidden channels`"""
    sign = write.symbol(symbol(letter.name)) + ("" if letter.value is None else f" = {write.integer(letter.value)}")
    return f"${sign}$" + (f": {notation.text(letter.words)}" if letter.words else "")


# Tables ----------------------------------------------------------------------------------------


BROKEN = r">{\raggedright\arraybackslash}X"
"""A column whose cells may have several lines."""


def _float(table: Table, others: Iterable[Part], names: Mapping[str, str]) -> str:
    """A booktabs table; its caption says what it shows, what the letters mean and what is assumed."""
    tree = table.layout is Layout.TREE
    write = InlineLatexPrinter(names) if tree else LatexPrinter(names)
    columns = [_column(cells) if tree else "l" for cells in _by_column(table)]
    wide = BROKEN in columns
    title = [_line(table.caption, write)] if table.caption else []
    caption = " ".join([*title, *(text for part in others for text in _sentences(part, write))])
    return "\n".join([
        r"% needs amsmath, booktabs and tabularx" if tree else r"% needs amsmath and booktabs",
        r"\begin{table}",
        r"  \centering",
        *([rf"  \caption{{{caption}}}", r"  \medskip"] if caption else []),
        (r"  \begin{tabularx}{\linewidth}" if wide else r"  \begin{tabular}") + f"{{@{{}}l{''.join(columns)}@{{}}}}",
        r"    \toprule",
        rf"    {' & '.join(map(notation.text, table.head))} \\",
        r"    \midrule",
        *(f"    {line}" for line in _rows(table, write, spaced=wide)),
        r"    \bottomrule",
        r"  \end{tabularx}" if wide else r"  \end{tabular}",
        r"\end{table}",
        "",
    ])  # fmt: skip


def _by_column(table: Table) -> list[tuple[Line, ...]]:
    """The cells of each column but the first."""
    columns = list(zip(*(row.cells for row in table.rows), strict=True))
    return columns[1:] if columns else [() for _ in table.head[1:]]


def _column(cells: Sequence[Line]) -> str:
    """Numbers to the right, formulas to the left, long ones broken."""
    if all(isinstance(cell, Form) and cell.number is not None for cell in cells):
        return "r"
    return BROKEN if max(len(plain(cell)) for cell in cells) > LONG_CELL else "l"


def _rows(table: Table, write: LatexPrinter, *, spaced: bool) -> Iterator[str]:
    """The lines of a table; `spaced` where its cells have several lines each."""
    for row in table.rows:
        cells = [_line(cell, write) for cell in row.cells]
        yield rf"{r'\quad ' * row.level}{' & '.join(cells)} \\"
        if spaced and row is not table.rows[-1]:
            yield r"\addlinespace"


# Pages of several parts --------------------------------------------------------------------------


def _flow(title: str, parts: Iterable[Part], write: LatexPrinter) -> str:
    lines = [r"% needs amsmath, array, booktabs and longtable"]
    if title:
        lines.append(rf"\subsection*{{{notation.text(title)}}}")
    for part in parts:
        lines += ["", *_part(part, write)]
    return "\n".join(lines) + "\n"


def _part(part: Part, write: LatexPrinter) -> Iterator[str]:
    match part:
        case Heading(line=line):
            yield rf"\subsubsection*{{{_line(line, write)}}}"
        case Formula(form=form):
            yield rf"\noindent ${write(form)}$\par"
        case Verbatim(text=text):
            yield from _verbatim(text)
        case Table():
            yield from _long_table(part, write)
        case Listing(entries=entries, total=total):
            rows = [Row(((entry.place, "  ", entry.text), entry.count), entry.level) for entry in entries]
            yield from _long_table(Table(("line", "count"), (*rows, Row((total.text, total.count)))), write)
        case Notes(points=True, lines=points):
            yield r"\begin{itemize}"
            yield from (rf"  \item {_line(line, write)}" for line in points)
            yield r"\end{itemize}"
        case _:
            yield " ".join([r"\noindent", *_sentences(part, write)]) + r"\par"


def _broken(table: Table) -> list[bool]:
    """Which columns have cells too long for one line."""
    columns = zip(*(row.cells for row in table.rows), strict=True)
    return [max(len(plain(cell)) for cell in cells) > LONG_CELL for cells in columns] or [False] * len(table.head)


def _long_table(table: Table, write: LatexPrinter) -> Iterator[str]:
    """A table that may go on over the page; columns with long cells share what the short ones leave."""
    broken = _broken(table)
    room = 0.9 - 0.12 * broken.count(False)  # of the line; a short column takes about an eighth of it
    share_of = max(room, 0.3) / max(broken.count(True), 1)
    ragged = rf">{{\raggedright\arraybackslash}}p{{{share_of:.2f}\linewidth}}"
    if table.caption:
        yield rf"\noindent {_line(table.caption, write)}\par"
    yield rf"\begin{{longtable}}{{@{{}}{''.join(ragged if long else 'l' for long in broken)}@{{}}}}"
    yield r"  \toprule"
    yield rf"  {' & '.join(map(notation.text, table.head))} \\"
    yield r"  \midrule"
    yield from (f"  {line}" for line in _rows(table, write, spaced=any(broken)))
    yield r"  \bottomrule"
    yield r"\end{longtable}"


def _verbatim(text: str) -> Iterator[str]:
    """Lines as in a file, every character of them escaped: nothing in them can end it."""
    yield r"\begin{flushleft}\ttfamily"
    for line in text.splitlines():
        inner = line.lstrip(" ")
        yield rf"\mbox{{{'~' * (len(line) - len(inner))}}}{notation.text(inner)}\\"
    yield r"\end{flushleft}"


# Lines -----------------------------------------------------------------------------------------


def _line(line: Line, write: LatexPrinter) -> str:
    return "".join(_piece(piece, write) for piece in pieces(line))


def _piece(piece: Piece, write: LatexPrinter) -> str:
    match piece:
        case Form():
            return f"${write(piece)}$"
        case Order(form=form):
            return f"$O({write(form)})$"
        case Growth():
            return _growth(piece, write)
        case Divides() | AtLeast() | Equal():
            return _fact(piece, write)
        case Figure():
            return _figure(piece, write)
        case Code(text=text):
            return rf"\texttt{{{notation.text(text)}}}"
        case Strong(text=text):
            return rf"\textbf{{{notation.text(text)}}}"
        case _:
            return notation.text(plain(piece))


def _figure(figure: Figure, write: LatexPrinter) -> str:
    if figure.value is None and figure.form is not None:
        return f"${write(figure.form)}$"
    part = f" ({share(figure.value, figure.whole)})" if figure.value is not None and figure.whole is not None else ""
    return notation.text(rounded(figure) + part)


def _growth(grown: Growth, write: LatexPrinter) -> str:
    r"""Words as they are, orders as mathematics: `$T \log T$`."""
    name, sign = grown.symbol.name, write.symbol(grown.symbol)
    words = grown.kind.split()
    if not any(word.partition("^")[0] == name for word in words):
        return notation.text(grown.kind)
    set_ = {"log": r"\log", name: sign}
    return f"${' '.join(set_.get(word, word.replace(name, sign, 1)) for word in words)}$"


def _fact(fact: Fact, write: LatexPrinter) -> str:
    match fact:
        case Divides(divisor=left, multiple=right):
            sign = r"\mid"
        case AtLeast(left=left, right=right):
            sign = r"\ge"
        case Equal(left=left, right=right):
            sign = "="
    return f"${{{write(left)} {sign} {write(right)}}}$"  # in braces, lest a line break there


def document(body: str) -> str:
    """A whole text that pdfLaTeX compiles as it is."""
    stand_ins = [
        rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{{stand_in}}}"
        for char, stand_in in notation.stand_ins(body).items()
    ]
    lines = [
        r"\documentclass{article}",
        r"\usepackage[T1]{fontenc}",
        r"\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}",
        r"\usepackage{amsmath}",
        r"\usepackage{amssymb}",
        r"\usepackage{tabularx}",
        r"\usepackage{booktabs}",
        *stand_ins,
        r"\pagestyle{empty}",
        r"\begin{document}",
        body.rstrip("\n"),
        r"\end{document}",
    ]
    return "\n".join(lines) + "\n"
