"""LaTeX, in the order of the text, set as a lecturer would set it. It needs amsmath and booktabs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from symcost.errors import TooNarrow
from symcost.export import notation
from symcost.export.naming import settings, told
from symcost.export.page import Page, Room
from symcost.export.parts import (
    LISTING,
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
    Paragraph,
    Part,
    Piece,
    Relation,
    Section,
    Strong,
    Table,
    Verbatim,
    flat,
    pieces,
    plain,
)
from symcost.export.typesetting.breaking import LISTED
from symcost.export.typesetting.latex import TEXT, Setting
from symcost.export.typesetting.printer import InlineLatexPrinter as InlineLatexPrinter, LatexPrinter as LatexPrinter
from symcost.export.typesetting.tables import Cell, Grid, Marked, Row as GridRow, fits, pages_of
from symcost.export.typesetting.widths import of_formula
from symcost.export.writer import Parts, Prose, explains_itself
from symcost.formula import Form, Growth, symbol
from symcost.formula.dims import AtLeast, Divides, Equal, Fact

LONG_LINE = 80
"""A formula of more characters (as text) is set as a paragraph, which TeX breaks at its signs."""
LONG_CELL = 30
"""A table with longer cells is as wide as the text, and its cells are broken."""


# Pages -----------------------------------------------------------------------------------------


def write(page: Page, room: Room) -> str:
    """A formula alone for mathematics mode; a table with a caption that explains it; else one part after the other.

    Raises UnsafeLatex.
    """
    if page.alone is not None:
        return _formula(page, page.alone)
    parts = list(flat(page.parts()))
    names = _names(page, parts)
    if explains_itself(parts):
        return _float(parts, names, room.points)
    latex = _Latex(InlineLatexPrinter(names), names, room.points)
    return "\n\n".join([*latex.opening(page.title), *(text for part in parts if (text := latex.part(part)))]) + "\n"


def standalone(page: Page) -> str:
    """A whole text that pdfLaTeX compiles as it is; a formula with a sentence that says what it counts.

    Raises UnsafeLatex.
    """
    page = told(page)
    return document(write(page, Room()) if page.alone is None else _equation(page, page.alone))


def _names(page: Page, parts: Iterable[Part]) -> Mapping[str, str]:
    """How the symbols and named sizes are set, as their files say.

    Raises UnsafeLatex.
    """
    symbols = [(info.name, info.latex, info.span) for info in page.symbols]
    return notation.notation([*symbols, *settings(parts)])


def _formula(page: Page, form: Form) -> str:
    r"""For mathematics mode: `2 \cdot d \cdot T \quad \text{where } d = D/h`."""
    names = _names(page, (Formula(form),))
    printer, low = LatexPrinter(names), InlineLatexPrinter(names)
    meanings = [f"{low(let)} = {low(let.value)}" for let in page.where]
    if not meanings:
        return f"{printer(form)}\n"
    listed = ",\\ ".join(meanings)
    return f"{printer(form)}\n\\quad \\text{{where }} {listed}\n"


def _equation(page: Page, form: Form) -> str:
    """The formula below the words of its page."""
    parts = list(page.parts())
    names = _names(page, parts)
    latex = _Latex(InlineLatexPrinter(names))
    sentences = [text for part in parts for text in latex.sentences(part)]
    if len(str(form)) > LONG_LINE:
        body = [r"\begin{flushleft}", f"  {latex.form(form)}", r"\end{flushleft}"]
    else:
        body = [r"\[", f"  {LatexPrinter(names)(form)}", r"\]"]
    return "\n".join([rf"\noindent {' '.join(sentences)}", *body, ""])


def said(parts: Iterable[Part], printer: LatexPrinter) -> str:
    """What legends and notes say, as sentences for a caption."""
    latex = _Latex(printer)
    return " ".join(text for part in parts for text in latex.sentences(part))


def _for_mathematics(written: str) -> str:
    """What was written for running text: a formula without its dollar signs, words in a box."""
    is_formula = written.startswith("$") and written.endswith("$")
    return written[1:-1] if is_formula else rf"\text{{{written}}}"


LINES = 42
"""A table of more lines goes on in another one."""
BOTH_COLUMNS = 260.0
"""A wider table stands over both columns of a page."""
LONG_FACT = 90.0
"""An assumption that is wider, in points, may be broken."""

BROKEN = r">{\raggedright\arraybackslash}X"
"""A column whose cells may have several lines."""


def _float(parts: Sequence[Part], names: Mapping[str, str], points: float | None = None) -> str:
    """A booktabs table; its caption says what it shows, what the letters mean and what is assumed."""
    table, *others = parts
    assert isinstance(table, Table)
    tree = table.layout is Layout.TREE
    latex = _Latex(InlineLatexPrinter(names) if tree else LatexPrinter(names), names, points)
    caption = list(latex.caption(table, others))
    # Without a wish, TeX finds itself where the cells of a tree break.
    entries = table.layout is Layout.ENTRIES
    pages = None if tree and points is None else latex.broken(table, stacked=entries)
    if pages is not None:
        return _floats(pages, caption, points)
    if tree:
        needs, columns = r"% needs amsmath, booktabs and tabularx", _tree_columns(table)
    else:
        needs, columns = r"% needs amsmath and booktabs", "l" * len(table.head)
    has_broken = BROKEN in columns
    kind, width = ("tabularx", r"{\linewidth}") if has_broken else ("tabular", "")
    lines = [
        needs,
        r"\begin{table}",
        r"  \centering",
        *caption,
        rf"  \begin{{{kind}}}{width}{{@{{}}{columns}@{{}}}}",
        *(f"    {line}" for line in latex.rows(table, spaced=has_broken)),
        rf"  \end{{{kind}}}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _floats(pages: Sequence[Sequence[str]], caption: Sequence[str], points: float | None) -> str:
    """A table that had to be broken, as one or several floats; over both columns where it is wider than one."""
    name = "table*" if points is not None and points > BOTH_COLUMNS else "table"
    lines = ["% needs amsmath, amssymb, booktabs and siunitx"]
    head = caption
    for page in pages:
        lines += [
            rf"\begin{{{name}}}",
            r"  \centering\setlength{\emergencystretch}{3em}",
            *head,
            *(f"  {line}" for line in page),
            rf"\end{{{name}}}",
        ]
        head = [r"  \par(continued)\par\medskip"]
    return "\n".join(lines) + "\n"


def _tree_columns(table: Table) -> str:
    """Blocks to the left; their figures to the right, their formulas to the left and broken where they are long."""
    _, *others = _columns(table)
    return "l" + "".join(map(_column, others))


def _shared(long: Sequence[bool]) -> str:
    """Columns to the left; the long ones share what the others leave, of which each takes about an eighth of a line."""
    room = max(0.9 - 0.12 * long.count(False), 0.3)
    each = room / max(long.count(True), 1)
    broken = rf">{{\raggedright\arraybackslash}}p{{{each:.2f}\linewidth}}"
    return "".join(broken if is_long else "l" for is_long in long)


def _columns(table: Table) -> list[tuple[Line, ...]]:
    """The cells of each column."""
    columns = list(zip(*(row.cells for row in table.rows), strict=True))
    return columns or [() for _ in table.head]


def _column(cells: Sequence[Line]) -> str:
    """Numbers to the right, formulas to the left, long ones broken."""
    if all(isinstance(cell, Form) and cell.number is not None for cell in cells):
        return "r"
    return BROKEN if _is_long(cells) else "l"


def is_stacked(pages: Sequence[Sequence[str]]) -> bool:
    """Whether cells stand one below the other, as there was no room for columns."""
    lines = (line for page in pages for line in page)
    return any(r"\multicolumn" in line for line in lines)


def _is_long(cells: Sequence[Line]) -> bool:
    return any(len(plain(cell)) > LONG_CELL for cell in cells)


class _Latex(Parts[str], Prose):
    """Sets parts and lines, the formulas in them by a printer."""

    def __init__(
        self, printer: LatexPrinter, names: Mapping[str, str] | None = None, points: float | None = None
    ) -> None:
        self._printer = printer
        self._setting = Setting(names or {}, low=True)
        self._points = points

    # Tables that are too wide ------------------------------------------------------------------

    def broken(self, table: Table, lines: int = LINES, *, stacked: bool = False) -> list[list[str]] | None:
        """A table whose cells are broken to the width of a line; None where nothing has to be, or it cannot be done.

        `stacked`: cells may stand one below the other even where nobody wished for a width.
        """
        if not table.rows:
            return None
        grid = self._grid(table)
        if self._points is not None:
            return pages_of(grid, self._setting, self._points, lines)
        if fits(grid, self._setting, TEXT):
            return None
        try:
            pages = pages_of(grid, self._setting, TEXT, lines)
        except TooNarrow:
            return None
        # Unless models side by side are wished, columns that TeX breaks by itself are shorter.
        needs_columns = table.layout is not Layout.MODELS and table.head != LISTING
        return None if needs_columns and not stacked and is_stacked(pages) else pages

    def _grid(self, table: Table) -> Grid:
        rows = [GridRow(tuple(map(self._cell, row.cells)), row.level) for row in table.rows]
        return Grid(table.head, tuple(rows))

    def _cell(self, line: Line) -> Cell:
        match line:
            case str() | Form():
                return line
            case ():
                return ""
            case Figure(value=None, form=Form() as form):
                return form
            case Figure():
                return self.with_share(line)
            case _:
                return Marked(f" {LISTED}".join(filter(None, map(self._marked, pieces(line)))))

    def _marked(self, piece: Piece) -> str:
        """A piece for mathematics mode; words with a mark before each of them."""
        match piece:
            case Form():
                return self._setting.marked(piece, TEXT if self._points is None else self._points)
            case Code(text=text):
                return self._marked_words(text, r"\texttt")
            case str():
                return self._marked_words(piece, r"\text")
            case _:
                return _for_mathematics(self.piece(piece))

    def _marked_words(self, text: str, command: str) -> str:
        return f" {LISTED}".join(rf"{command}{{{self.words(word)}\ }}" for word in text.split())

    # Lines -------------------------------------------------------------------------------------

    def words(self, text: str) -> str:
        return notation.text(text)

    def form(self, form: Form) -> str:
        return f"${self._printer(form)}$"

    def code(self, code: Code) -> str:
        return rf"\texttt{{{self.words(code.text)}}}"

    def strong(self, strong: Strong) -> str:
        return rf"\textbf{{{self.words(strong.text)}}}"

    def order(self, order: Order) -> str:
        return f"$O({self._printer(order.form)})$"

    def relation(self, relation: Relation) -> str:
        left, right = self._printer(relation.left), self._printer(relation.right)
        sign = r"\approx" if relation.sign == "≈" else relation.sign
        return f"${left} {sign} {right}$"

    def growth(self, grown: Growth) -> str:
        r"""Words as they are, orders as mathematics: `$T \log T$`."""
        name, sign = grown.symbol.name, self._printer.symbol(grown.symbol)
        words = grown.kind.split()
        if not any(word.partition("^")[0] == name for word in words):
            return self.words(grown.kind)
        known = {"log": r"\log", name: sign}
        return f"${' '.join(known.get(word, word.replace(name, sign, 1)) for word in words)}$"

    def fact(self, fact: Fact) -> str:
        match fact:
            case Divides(divisor=left, multiple=right):
                if left == 1:
                    return rf"${{{self._printer(right)} \in \mathbb{{Z}}}}$"
                sign = r"\mid"
            case AtLeast(left=right, right=left) if fact.is_limit_above:
                sign = r"\le"
            case AtLeast(left=left, right=right):
                sign = r"\ge"
            case Equal(left=left, right=right):
                sign = "="
        written = f"{self._printer(left)} {sign} {self._printer(right)}"
        # In braces, lest a line break there; what is long has to be broken.
        return f"${{{written}}}$" if of_formula(written) <= LONG_FACT else f"${written}$"

    def letter(self, letter: Letter) -> str:
        """`$H = 128$: hidden channels`"""
        sign = self._printer.symbol(symbol(letter.name))
        if letter.value is not None:
            sign += f" = {self._printer.integer(letter.value)}"
        return f"${sign}$" + (f": {self.words(letter.words)}" if letter.words else "")

    # Parts -------------------------------------------------------------------------------------

    def opening(self, title: str) -> Iterator[str]:
        yield r"% needs amsmath, array, booktabs and longtable"
        if title:
            yield rf"\subsection*{{{self.words(title)}}}"

    def caption(self, table: Table, others: Sequence[Part]) -> Iterator[str]:
        """What the table shows and what the other parts say, if they say anything."""
        title = f"{self.line(table.caption)} " if table.caption else ""
        text = title + " ".join(text for part in others for text in self.sentences(part))
        if text:
            yield rf"  \caption{{{text}}}"
            yield r"  \medskip"

    def heading(self, part: Heading) -> str:
        return rf"\subsubsection*{{{self.line(part.line)}}}"

    def paragraph(self, part: Paragraph) -> str:
        return self._running(part)

    def legend(self, part: Legend) -> str:
        return self._running(part)

    def _running(self, part: Part) -> str:
        text = " ".join(self.sentences(part))
        return rf"\noindent {text}\par" if text else ""

    def formula(self, part: Formula) -> str:
        return rf"\noindent {self.form(part.form)}\par"

    def notes(self, part: Notes) -> str:
        if not part.points:
            return self._running(part)
        items = [rf"  \item {self.line(line)}" for line in part.lines]
        return "\n".join([r"\begin{itemize}", *items, r"\end{itemize}"])

    def listing(self, part: Listing) -> str:
        return self.table(part.table)

    def section(self, part: Section) -> str:
        return "\n\n".join(map(self.part, flat([part])))

    def verbatim(self, part: Verbatim) -> str:
        """Lines as in a file, every character of them escaped: nothing in them can end it."""
        lines = []
        for line in part.text.splitlines():
            inner = line.lstrip(" ")
            lines.append(rf"\mbox{{{'~' * (len(line) - len(inner))}{self.words(inner)}}}\\")
        return "\n".join([r"\begin{flushleft}\ttfamily", *lines, r"\end{flushleft}"])

    def table(self, part: Table) -> str:
        """A table that may go on over the page; columns with long cells share what the short ones leave."""
        broken = self.broken(part, lines=1_000_000)
        if broken is not None:
            return self._long(broken[0], part)
        long = list(map(_is_long, _columns(part)))
        return "\n".join([
            *self._above(part),
            rf"\begin{{longtable}}{{@{{}}{_shared(long)}@{{}}}}",
            *(f"  {line}" for line in self.rows(part, spaced=any(long))),
            r"\end{longtable}",
        ])  # fmt: skip

    def _above(self, part: Table) -> list[str]:
        """What a table without a number shows."""
        return [rf"\noindent {self.line(part.caption)}\par"] if part.caption else []

    def _long(self, lines: Sequence[str], part: Table) -> str:
        """A broken table that goes on over the page; in a column, where that cannot be, in as many as it takes."""
        if self._points is not None and self._points <= BOTH_COLUMNS:
            return "\n".join([*self._above(part), *self._groups(part)])
        outer = next(number for number, line in enumerate(lines) if line.startswith(r"\begin{tabular}"))
        opened = lines[outer].replace(r"\begin{tabular}", r"\begin{longtable}", 1)
        return "\n".join([
            *self._above(part), "{", *lines[:outer], opened, *lines[outer + 1 : -1], r"\end{longtable}", "}",
        ])  # fmt: skip

    def _groups(self, part: Table) -> Iterator[str]:
        """The pages of a table one below the other, as paragraphs."""
        for page in self.broken(part) or []:
            body = "\n".join(page)
            yield rf"\noindent{{{body}}}\par\medskip"

    def rows(self, table: Table, *, spaced: bool) -> Iterator[str]:
        """The lines of a table between their rules; `spaced` where cells have several lines each."""
        yield r"\toprule"
        yield rf"{' & '.join(map(self.words, table.head))} \\"
        yield r"\midrule"
        for row in table.rows:
            cells = " & ".join(map(self.line, row.cells))
            # Behind the end of a line, TeX would read a bracket as how far to skip and a star as a command's.
            guard = "{}" if cells.startswith(("[", "*")) else ""
            yield r"\quad " * row.level + rf"{guard}{cells} \\"
            if spaced and row is not table.rows[-1]:
                yield r"\addlinespace"
        yield r"\bottomrule"


def document(body: str) -> str:
    """A whole text that pdfLaTeX compiles as it is."""
    stand_ins = [
        rf"\DeclareUnicodeCharacter{{{ord(char):04X}}}{{{stand_in}}}"
        for char, stand_in in notation.stand_ins(body).items()
    ]
    declared = [r"\ifdefined\DeclareUnicodeCharacter", *stand_ins, r"\fi"] if stand_ins else []
    lines = [
        r"\documentclass{article}",
        r"\usepackage[T1]{fontenc}",
        r"\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}",
        r"\usepackage{amsmath}",
        r"\usepackage{amssymb}",
        r"\usepackage{tabularx}",
        r"\usepackage{booktabs}",
        *declared,
        r"\pagestyle{empty}",
        r"\begin{document}",
        body.rstrip("\n"),
        r"\end{document}",
    ]
    return "\n".join(lines) + "\n"
