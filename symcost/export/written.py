"""One form in a writing, for those who set it into a text of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcost.formula import Form

if TYPE_CHECKING:
    from symcost.model import Model


def written(form: Form, writing: str, model: Model) -> str:
    """A form over the dimensions of a model: for LaTeX's or Typst's mathematics, as `.arch` has it, or as a number.

    Raises ValueError for another writing, MissingValue where `si` is asked of what is no number yet, UnsafeLatex.
    """
    match writing:
        case "latex":
            from symcost.export.notation import notation
            from symcost.export.writings.latex import LatexPrinter

            return LatexPrinter(notation((info.name, info.latex, info.span) for info in model.symbols))(form)
        case "typst":
            from symcost.export.writings.typst import TypstPrinter, names_of

            return TypstPrinter(names_of(info.name for info in model.symbols))(form)
        case "mathml":
            from symcost.export.mathml import mathml

            return mathml(form)
        case "source":
            return form.source()
        case "si":
            from symcost.export.numbers import si

            return si(model.number(form))
        case _:
            raise ValueError(f"no writing `{writing}`; there are latex, typst, mathml, source and si")


def typeset(form: Form, model: Model, *, powers: bool, width: float | None) -> str:
    """A form in LaTeX: `D^2` for `D·D`, and as aligned lines of so many points.

    Raises TooNarrow, UnsafeLatex.
    """
    from symcost.export.notation import notation
    from symcost.export.typesetting.latex import Setting, rows

    names = notation((info.name, info.latex, info.span) for info in model.symbols)
    setting = Setting(names, powers)
    if width is None:
        return setting.plain(form)
    lines = setting.lines(form, width)
    if len(lines) == 1:
        return lines[0].text
    listed = " \\\\ ".join(rows(lines, hanging=True))
    return rf"\begin{{aligned}} {listed} \end{{aligned}}"
