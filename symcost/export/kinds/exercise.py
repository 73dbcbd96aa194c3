"""A sheet of questions about a model, from what its file expects; with room for answers, or with the derivations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from symcost.errors import UnderivedGrowth
from symcost.export import notation
from symcost.export.kinds import Body, Wish
from symcost.export.kinds.derivation import Set
from symcost.export.kinds.listing import PACKAGES, listing
from symcost.export.steps import statements
from symcost.questions import questions
from symcost.syntax import ast

ALWAYS = ("params", "macs", "depth")
"""What is asked of a model of which nothing is expected."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a quantity: its formula, or how it `grows`."""

    quantity: str
    grows: bool = False


def write(wish: Wish) -> Body:
    """The text of the model, then the questions.

    Raises TooNarrow, UnsafeLatex, TooManyBlocks.
    """
    model = wish.model
    items = [_item(asked, wish) for asked in dict.fromkeys(_questions(wish))]
    doc = " ".join((model.doc or "").split())
    lines = [
        rf"\subsection*{{Exercise: {notation.text(model.name)}}}",
        *([rf"\noindent {notation.text(doc)}\par"] if doc else []),
        listing(model.text, wish.width).rstrip("\n"),
        r"\begin{enumerate}",
        *items,
        r"\end{enumerate}",
    ]
    return Body("\n".join(lines) + "\n", ("amsmath", "amssymb", *PACKAGES))


def _questions(wish: Wish) -> Iterator[Asked]:
    """What the file expects of the model for all sizes, each quantity once; else what is always asked."""
    known = questions()
    blocks = [item for item in wish.model.unit.tree.items if isinstance(item, ast.Expect)]
    checks = [
        check
        for block in blocks
        if block.model.text == wish.model.name and block.config is None
        for check in block.checks
        if check.quantity.text in known
    ]
    if not checks:
        yield from map(Asked, ALWAYS)
    for check in checks:
        yield Asked(check.quantity.text, check.relation == "grows")


def _item(asked: Asked, wish: Wish) -> str:
    question = questions()[asked.quantity]
    words = notation.text(question.words)
    setting = wish.setting()
    letters = ", ".join(f"${setting.names[info.name]}$" for info in wish.model.symbols if info.name in setting.names)
    over = f" over {letters}" if letters else ""
    if asked.grows:
        text = rf"  \item How do they grow in each of {letters or 'its sizes'}: {words}?"
    else:
        text = rf"  \item How many {words}? Give a formula{over}."
    return f"{text}\n{_answer(asked, wish)}"


def _growth(asked: Asked, wish: Wish) -> str:
    """`linear in $T$, fixed in $H$`"""
    quantity = wish.model.quantity(asked.quantity, convention=wish.convention)
    names = wish.setting(quantity.form).names
    known = []
    for info in wish.model.symbols:
        if info.name in wish.model.values or info.name not in names:
            continue
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
    if questions()[asked.quantity].kind == "plain":
        form = wish.ordered(wish.model.quantity(asked.quantity, convention=wish.convention).form)
        lines = wish.setting(form).lines(form, (345.0 if wish.width is None else wish.width) - 60.0)
        listed = r" \\ ".join(f"& {line.text}" for line in lines)
        return rf"  \[ \begin{{aligned}} {listed} \end{{aligned}} \]"
    narrow = (345.0 if wish.width is None else wish.width) - 30.0
    blocks = statements(wish.model, asked.quantity, wish.convention)
    rows = [row for block in blocks for row in Set(block, wish, narrow).rows]
    listed = " \\\\\n".join(f"  {row}" for row in rows)
    return f"  {{\\allowdisplaybreaks\n\\begin{{align*}}\n{listed}\n\\end{{align*}}}}"
