r"""One quantity, for mathematics mode: on one line, or with a width in as many aligned lines as it takes."""

from __future__ import annotations

from symcost.export import notation
from symcost.export.kinds import Body, Wish
from symcost.export.typesetting.breaking import SetLine
from symcost.export.typesetting.latex import meanings, rows
from symcost.formula import Form
from symcost.formula.form import Let
from symcost.formula.named import Naming
from symcost.questions import question


def write(wish: Wish) -> Body:
    """The formula, with what its named sizes stand for.

    Raises TooNarrow, UnsafeLatex, UnknownQuantity.
    """
    model = wish.model
    asked = wish.ordered(model.quantity(wish.quantity, convention=wish.convention).form)
    form, lets = named(asked, {info.name for info in model.symbols})
    setting = wish.setting(form)
    signs = [(setting.plain(let), setting.plain(let.value)) for let in lets]
    words = question(wish.quantity).words
    above = notation.text(f"{words[0].upper()}{words[1:]} of {model.name}:")
    if wish.dmath:
        return Body(_dmath(wish, setting.plain(form), signs), ("amsmath", "breqn"))
    if wish.width is None:
        return Body(_one_line(setting.plain(form), signs), mathematics=True, above=above)
    lines = setting.lines(form, wish.width)
    where = meanings(signs, wish.width) if signs else []
    return Body(_aligned(lines, where), mathematics=True, above=above)


def named(form: Form, taken: set[str]) -> tuple[Form, tuple[Let, ...]]:
    """The form with its named sizes, none of which is called as a dimension, and those sizes."""
    naming = Naming((form,), taken)
    made = naming.of(form)
    return made, naming.said((made,))


def _one_line(formula: str, signs: list[tuple[str, str]]) -> str:
    listed = ",\\ ".join(f"{sign} = {value}" for sign, value in signs)
    return f"{formula}\n\\quad \\text{{where }} {listed}\n" if signs else f"{formula}\n"


def _dmath(wish: Wish, formula: str, signs: list[tuple[str, str]]) -> str:
    """Environments of breqn, which breaks lines itself and numbers what has a label."""
    listed = "".join(f"\\begin{{dmath*}}\n  {sign} = {value}\n\\end{{dmath*}}\n" for sign, value in signs)
    star, label = ("", f"[label={{{notation.key(wish.label)}}}]") if wish.label else ("*", "")
    # Breqn breaks no line inside of high brackets.
    return f"\\begin{{dmath{star}}}{label}\n  {formula}\n\\end{{dmath{star}}}\n{listed}"


def _aligned(lines: list[SetLine], where: list[SetLine]) -> str:
    if len(lines) == 1 and not where:
        return f"{lines[0].text}\n"
    listed = [*rows(lines, hanging=True), *rows(where, hanging=True)]
    body = " \\\\\n".join(f"  {row}" for row in listed)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n"
