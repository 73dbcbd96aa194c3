"""A sheet of questions about a model, from what its file expects; with room for answers, or with the derivations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from symcost.errors import UnderivedGrowth
from symcost.export import notation
from symcost.export.kinds import Body, Wish
from symcost.export.kinds.derivation import Set, paragraph, told
from symcost.export.kinds.listing import PACKAGES, listing
from symcost.export.kinds.table import where_of
from symcost.export.naming import forms_in
from symcost.export.typesetting.latex import TEXT
from symcost.graph.files import Defined
from symcost.graph.names import called, names_read
from symcost.questions import questions
from symcost.records import dataclass
from symcost.syntax import ast

if TYPE_CHECKING:
    from symcost.model import Model

ALWAYS = ("params", "macs", "depth")
"""What is asked of a model of which nothing is expected."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a quantity: its formula, or how it `grows`."""

    quantity: str
    grows: bool = False


def write(wish: Wish) -> Body:
    """The text of the model and of what it calls, then the questions.

    Raises TooNarrow, UnsafeLatex, TooManyBlocks.
    """
    model = wish.model
    items = [_item(asked, wish) for asked in asked_of(wish)]
    doc = " ".join((model.doc or "").split())
    lines = [
        rf"\subsection*{{Exercise: {notation.text(model.name)}}}",
        *([rf"\noindent {notation.text(doc)}\par"] if doc else []),
        listing(text_of(model), wish.width).rstrip("\n"),
        r"\begin{enumerate}",
        *items,
        r"\end{enumerate}",
    ]
    return Body("\n".join(lines) + "\n", ("amsmath", "amssymb", *PACKAGES))


def text_of(model: Model) -> str:
    """What a reader needs: the definitions that the model calls, those of the library left out, then the model.

    In front is what their files say of the sizes that occur.
    """
    listed = called(model.unit.definitions[model.name])
    texts = [defined.definition.span.text for defined in listed]
    occurring = _words_in(" ".join(texts))
    above = "\n".join(_above(_items(listed), occurring))
    return "\n\n".join(filter(None, [above, *texts]))


def _words_in(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _items(listed: Sequence[Defined]) -> list[ast.Item]:
    """What stands in the files of definitions, each file once."""
    items: list[ast.Item] = []
    for unit in dict.fromkeys(defined.unit for defined in listed):
        items += unit.tree.items
    return items


def _above(items: Sequence[ast.Item], occurring: set[str]) -> Iterator[str]:
    """Constants, sizes and assumptions that speak of what occurs."""
    yield from _constants(items, occurring)
    sizes = _sizes(items, occurring)
    if sizes:
        yield f"dim {', '.join(sizes)}"
    for item in items:
        if not isinstance(item, ast.Divides | ast.Assume):
            continue
        names = {name.text for name in names_read(item)}
        if names <= occurring:
            yield item.span.text


def _sizes(items: Sequence[ast.Item], occurring: set[str]) -> list[str]:
    """The sizes that occur, with their words; of those that several files declare the last."""
    dims = {item.name.text: item.span.text for item in items if isinstance(item, ast.Dim)}
    return [text for name, text in dims.items() if name in occurring]


def asked_of(wish: Wish) -> list[Asked]:
    """Each question once."""
    return list(dict.fromkeys(_questions(wish)))


def _constants(items: Sequence[ast.Item], occurring: set[str]) -> list[str]:
    """The constants that occur, and those of which they are made; their words join those that occur."""
    given: list[str] = []
    for item in reversed(items):
        if isinstance(item, ast.Const) and item.name.text in occurring:
            given.insert(0, item.span.text)
            occurring |= _words_in(item.value.span.text)
    return given


def _questions(wish: Wish) -> Iterator[Asked]:
    """What the file expects of the model for all sizes, each quantity once; else what is always asked."""
    known = questions()
    expected = [check for check in _checks(wish) if check.quantity.text in known]
    if not expected:
        yield from map(Asked, ALWAYS)
    for check in expected:
        yield Asked(check.quantity.text, check.relation == "grows")


def _checks(wish: Wish) -> Iterator[ast.Check]:
    """What is expected of the model whatever its configuration."""
    for block in wish.model.unit.tree.items:
        if not isinstance(block, ast.Expect):
            continue
        is_about_all_sizes = block.config is None
        if is_about_all_sizes and block.model.text == wish.model.name:
            yield from block.checks


def _item(asked: Asked, wish: Wish) -> str:
    question = questions()[asked.quantity]
    words = notation.text(question.words)
    letters = _letters(wish)
    if asked.grows:
        text = rf"How do they grow in each of {letters or 'its sizes'}: {words}?"
    else:
        over = f" over {letters}" if letters else ""
        text = f"How many {words}? Give a formula{over}."
    return f"  \\item {text}\n{_answer(asked, wish)}"


def _letters(wish: Wish) -> str:
    """`$T$, $H$`: the dimensions of the model, as they are set."""
    names = wish.setting().names
    return ", ".join(f"${names[info.name]}$" for info in wish.model.symbols if info.name in names)


def _growth(asked: Asked, wish: Wish) -> str:
    """`linear in $T$, fixed in $H$`"""
    quantity = wish.model.quantity(asked.quantity, convention=wish.convention)
    names = wish.setting(quantity.form).names
    free = [info for info in wish.model.symbols if info.name in names and info.name not in wish.model.values]
    known = []
    for info in free:
        try:
            kind = quantity.growth(info.name).growth.kind
        except UnderivedGrowth:
            continue
        known.append(f"{notation.text(kind)} in ${names[info.name]}$")
    return rf"  \par {', '.join(known)}."


def _answer(asked: Asked, wish: Wish) -> str:
    """Room to write in, or the solution."""
    if not wish.solutions:
        return r"  \par\vspace{3cm}"
    if asked.grows:
        return _growth(asked, wish)
    width = TEXT if wish.width is None else wish.width
    if questions()[asked.quantity].kind == "plain":
        return _formula(asked, wish, width - 60.0)
    return _derivation(asked, wish, width - 30.0)


def _formula(asked: Asked, wish: Wish, width: float) -> str:
    asked_for = wish.ordered(wish.model.quantity(asked.quantity, convention=wish.convention).form)
    form = wish.naming((asked_for,)).of(asked_for)
    setting = wish.setting(form)
    listed = r" \\ ".join(f"& {line.text}" for line in setting.lines(form, width))
    where = paragraph(where_of(wish, setting, (form,)))
    return f"  \\[ \\begin{{aligned}} {listed} \\end{{aligned}} \\]\n{where}".rstrip("\n")


def _derivation(asked: Asked, wish: Wish, width: float) -> str:
    """Block by block, each line of it."""
    rows = []
    blocks = told(wish, asked.quantity)
    for block in blocks:
        rows += Set(block, wish, width).rows
    listed = " \\\\\n".join(f"  {row}" for row in rows)
    where = paragraph(where_of(wish, wish.setting(*forms_in(blocks)), forms_in(blocks)))
    return f"  {{\\allowdisplaybreaks\n\\begin{{align*}}\n{listed}\n\\end{{align*}}}}\n{where}".rstrip("\n")
