"""LaTeX, in the order of the text, set as a lecturer would set it. It needs amsmath and booktabs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from symcost.export import notation
from symcost.export.naming import settings, told
from symcost.export.page import Page, Room
from symcost.export.parts import (
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
    Row,
    Section,
    Strong,
    Table,
    Verbatim,
    flat,
    plain,
)
from symcost.export.typesetting.widths import of_formula
from symcost.export.writer import Parts, Prose, explains_itself
from symcost.formula import Form, Growth, Printer, Symbol, symbol
from symcost.formula.dims import AtLeast, Divides, Equal, Fact
from symcost.formula.printer import POWER, PRODUCT, Written, with_powers

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
    fences_remainder = True

    def __init__(self, names: Mapping[str, str], *, powers: bool = False, low: bool = False) -> None:
        self._names = names
        self._powers = powers
        self._low = low

    def factors(self, factors: Sequence[Form]) -> Sequence[Form]:
        """As they are written, or where `powers` are wished `D^2` for `D·D`."""
        return with_powers(factors) if self._powers else factors

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
        return f"{numerator} / {denominator}" if self._low else rf"\frac{{{numerator}}}{{{denominator}}}"

    def _over(self, above: Written, below: Written) -> Written:
        """What stands beside a stroke needs brackets where it is a sum."""
        if not self._low:
            return super()._over(above, below)
        return self.fraction(self._fenced(above, PRODUCT), self._fenced(below, POWER)), PRODUCT

    def power(self, base: str, exponent: str) -> str:
        # A name may have a superscript of its own, and TeX refuses a second one.
        return f"{{{base}}}^{{{exponent}}}" if set(base) & set("^'") else f"{base}^{{{exponent}}}"

    def floor(self, inside: str) -> str:
        return _fence(r"\lfloor ", inside, r" \rfloor")

    def ceil(self, inside: str) -> str:
        return _fence(r"\lceil ", inside, r" \rceil")

    def remainder(self, left: str, right: str) -> str:
        return rf"{left} \bmod {right}"

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
    if page.alone is not None:
        return _formula(page, page.alone)
    parts = list(flat(page.parts()))
    names = _names(page, parts)
    if explains_itself(parts):
        return _float(parts, names)
    latex = _Latex(InlineLatexPrinter(names))
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


LONG_FACT = 90.0
"""An assumption that is wider, in points, may be broken."""

BROKEN = r">{\raggedright\arraybackslash}X"
"""A column whose cells may have several lines."""


def _float(parts: Sequence[Part], names: Mapping[str, str]) -> str:
    """A booktabs table; its caption says what it shows, what the letters mean and what is assumed."""
    table, *others = parts
    assert isinstance(table, Table)
    tree = table.layout is Layout.TREE
    latex = _Latex(InlineLatexPrinter(names) if tree else LatexPrinter(names))
    columns = _tree_columns(table) if tree else "l" * len(table.head)
    kind, width = ("tabularx", r"{\linewidth}") if BROKEN in columns else ("tabular", "")
    lines = [
        r"% needs amsmath, booktabs and tabularx" if tree else r"% needs amsmath and booktabs",
        r"\begin{table}",
        r"  \centering",
        *latex.caption(table, others),
        rf"  \begin{{{kind}}}{width}{{@{{}}{columns}@{{}}}}",
        *(f"    {line}" for line in latex.rows(table, spaced=kind == "tabularx")),
        rf"  \end{{{kind}}}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def _tree_columns(table: Table) -> str:
    """Blocks to the left; their figures to the right, their formulas to the left and broken where they are long."""
    _, *others = _columns(table)
    return "l" + "".join(map(_column, others))


def _columns(table: Table) -> list[tuple[Line, ...]]:
    """The cells of each column."""
    columns = list(zip(*(row.cells for row in table.rows), strict=True))
    return columns or [() for _ in table.head]


def _column(cells: Sequence[Line]) -> str:
    """Numbers to the right, formulas to the left, long ones broken."""
    if all(isinstance(cell, Form) and cell.number is not None for cell in cells):
        return "r"
    return BROKEN if _is_long(cells) else "l"


def _is_long(cells: Sequence[Line]) -> bool:
    return any(len(plain(cell)) > LONG_CELL for cell in cells)


class _Latex(Parts[str], Prose):
    """Sets parts and lines, the formulas in them by a printer."""

    def __init__(self, printer: LatexPrinter) -> None:
        self._printer = printer

    # Lines -------------------------------------------------------------------------------------

    def words(self, text: str) -> str:
        return notation.text(text)

    def form(self, form: Form) -> str:
        return f"${self._printer(form)}$"

    def figure(self, figure: Figure) -> str:
        return super().figure(figure) if figure.value is None else self.words(self.with_share(figure))

    def code(self, code: Code) -> str:
        return rf"\texttt{{{self.words(code.text)}}}"

    def strong(self, strong: Strong) -> str:
        return rf"\textbf{{{self.words(strong.text)}}}"

    def order(self, order: Order) -> str:
        return f"$O({self._printer(order.form)})$"

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
        rows = [Row((Code(entry.text), entry.count, entry.place), entry.level) for entry in part.entries]
        total = Row((Strong(part.total.text), part.total.count, ""))
        return self.table(Table(("text", "count", "line"), (*rows, total)))

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
        long = [_is_long(cells) for cells in _columns(part)]
        room = max(0.9 - 0.12 * long.count(False), 0.3)  # of the line; a short column takes about an eighth of it
        broken = rf">{{\raggedright\arraybackslash}}p{{{room / max(long.count(True), 1):.2f}\linewidth}}"
        columns = "".join(broken if is_long else "l" for is_long in long)
        caption = [rf"\noindent {self.line(part.caption)}\par"] if part.caption else []
        return "\n".join([
            *caption,
            rf"\begin{{longtable}}{{@{{}}{columns}@{{}}}}",
            *(f"  {line}" for line in self.rows(part, spaced=any(long))),
            r"\end{longtable}",
        ])  # fmt: skip

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
