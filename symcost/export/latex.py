"""A formula or a table of blocks as LaTeX, in the order of the text, set as a lecturer would set it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symcost.export import notation
from symcost.export.summary import Summary
from symcost.formula import Form, Printer, Symbol, symbol
from symcost.formula.dims import AtLeast, Divides, Equal, Fact
from symcost.questions import question

LONG_LINE = 80
"""A formula of more characters (as text) is set as a paragraph, which TeX breaks at its signs."""
LONG_CELL = 30
"""A table with longer cells is as wide as the text, and its cells are broken."""
SHORT_PRODUCT = 6
"""A product of so many factors is not broken at the end of a line."""


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


def names(summary: Summary) -> Mapping[str, str]:
    """How the model's symbols are set, as its file says.

    Raises UnsafeLatex.
    """
    return notation.notation((info.name, info.latex, info.span) for info in summary.model.symbols)


def formula(summary: Summary, form: Form) -> str:
    """The formula alone, for mathematics mode."""
    return LatexPrinter(names(summary))(form)


def equation(summary: Summary, quantity: str, form: Form) -> str:
    """The formula with a sentence that says what it counts, and what its letters mean."""
    inline = InlineLatexPrinter(names(summary))
    words = question(quantity).words
    which = f" (convention {notation.text(summary.convention.name)})" if quantity == "flops" else ""
    title = f"{words[0].upper()}{words[1:]} of {notation.text(summary.model.name)}{which}."
    if len(str(form)) > LONG_LINE:
        body = [r"\begin{flushleft}", f"  ${inline(form)}$", r"\end{flushleft}"]
    else:
        body = [r"\[", f"  {formula(summary, form)}", r"\]"]
    return "\n".join([rf"\noindent {title} {_meanings(summary, inline)}".rstrip(), *body, ""])


def table(summary: Summary, depth: int) -> str:
    """A booktabs table of the blocks; the caption explains the symbols."""
    inline = InlineLatexPrinter(names(summary))
    rows = list(summary.rows(depth))
    cells = [[summary.shown(form) for form in row.figures[:2]] for row in rows]
    columns = [_column(forms) for forms in zip(*cells, strict=True)]
    wide = BROKEN in columns
    title = f"Parameters and multiply-accumulates (MACs) of {notation.text(summary.model.name)} by block."
    lines = [
        r"% needs amsmath, booktabs and tabularx",
        r"\begin{table}",
        r"  \centering",
        rf"  \caption{{{title} {_meanings(summary, inline)}}}",
        r"  \medskip",
        (r"  \begin{tabularx}{\linewidth}" if wide else r"  \begin{tabular}") + f"{{@{{}}l{''.join(columns)}@{{}}}}",
        r"    \toprule",
        r"    block & parameters & MACs \\",
        r"    \midrule",
    ]
    for row, figures in zip(rows, cells, strict=True):
        label = r"\quad " * row.level + notation.text(row.label)
        lines.append(rf"    {label} & {' & '.join(f'${inline(form)}$' for form in figures)} \\")
        if wide and row is not rows[-1]:
            lines.append(r"    \addlinespace")
    return "\n".join(
        [*lines, r"    \bottomrule", r"  \end{tabularx}" if wide else r"  \end{tabular}", r"\end{table}", ""]
    )


BROKEN = r">{\raggedright\arraybackslash}X"
"""A column whose cells may have several lines."""


def _column(forms: Sequence[Form]) -> str:
    """Numbers to the right, formulas to the left, long ones broken."""
    if all(form.number is not None for form in forms):
        return "r"
    return BROKEN if max(len(str(form)) for form in forms) > LONG_CELL else "l"


def _meanings(summary: Summary, write: LatexPrinter) -> str:
    """`T: time, H = 128: hidden channels. Assuming 2 divides T.` Only what says something."""
    said = []
    for info in summary.model.symbols:
        value = summary.values.get(info.name)
        sign = write.symbol(symbol(info.name)) + ("" if value is None else f" = {write.integer(value)}")
        if info.words or value is not None:
            said.append(f"${sign}$" + (f": {notation.text(info.words)}" if info.words else ""))
    facts = [_fact(fact, write) for fact in summary.model.assumptions]
    sentences = [", ".join(said), "Assuming " * bool(facts) + ", ".join(facts)]
    return " ".join(f"{sentence}." for sentence in sentences if sentence)


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
