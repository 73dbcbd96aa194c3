"""What stands in brackets behind the name of a call: `Double(1024)` of `x -> Double(16*C)`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from symcost.formula import Form, symbol
from symcost.graph.graph import Block
from symcost.values import form_in

if TYPE_CHECKING:
    from symcost.model import Model

LONGEST = 24
"""Characters of a title."""

MOST = 3
"""Arguments in a title: more of them tell nothing to who does not know the text."""

KEYWORD = re.compile(r"(\w+)\s*=(?!=)\s*(.*)", re.DOTALL)

Scope = Mapping[str, Any]
"""What names stand for where a call is written."""


def scope_of(model: Model, place: Sequence[Block]) -> Scope:
    """What names stand for inside of blocks: those of the definition around, and those of its loops."""
    loops = list(takewhile(lambda block: block.kind != "call", reversed(place)))
    is_in_a_call = len(loops) < len(place)
    known = dict(place[-1 - len(loops)].graph.statics if is_in_a_call else model.built.frame.names)
    for block in reversed(loops):
        known |= block.graph.statics
    return known


def with_arguments(model: Model, block: Block, scope: Scope) -> str:
    """`Linear(H)` of `x -> Linear(H)`, with what is known of `H`; nothing where more stands there than fits."""
    text = " ".join(block.span.text.split())
    if not _is_piped(block) or not text.endswith(")"):
        return ""
    said: list[str] = []
    for argument in arguments(text):
        shown = _shown(model, argument, scope)
        if shown is None:
            return ""
        if shown:
            said.append(shown)
    by_place = [argument for argument in said if " = " not in argument]
    return _fitting(block.name, said) or _fitting(block.name, by_place)


def _is_piped(block: Block) -> bool:
    """Whether the arguments are all that is written in the brackets: what it is called on stands before an arrow."""
    before = block.span.source.text[: block.span.start].rstrip()
    return before.endswith("->") and len(block.graph.ports) == 1


def _fitting(name: str, shown: Sequence[str]) -> str:
    """The call with these arguments; nothing where there are none, or too many, or where it gets too long."""
    title = f"{name}({', '.join(shown)})"
    is_short = len(shown) <= MOST and len(title) <= LONGEST
    return title if shown and is_short else ""


def arguments(call: str) -> Iterator[str]:
    """What stands between the brackets of a call.

    >>> list(arguments("Block(4*C, f(a, b), k = [1, 2])"))
    ['4*C', 'f(a, b)', 'k = [1, 2]']
    """
    _, _, inside = call.removesuffix(")").partition("(")
    found, depth = "", 0
    for sign in inside:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            yield found.strip()
            found = ""
        else:
            found += sign
    if found.strip():
        yield found.strip()


def _shown(model: Model, argument: str, scope: Scope) -> str | None:
    """An argument with what is known of it; nothing for what is no number or word, None for what is no size either."""
    keyword = KEYWORD.fullmatch(argument)
    value = _value(model, keyword[2] if keyword else argument, scope)
    return f"{keyword[1]} = {value}" if keyword and value else value


def _value(model: Model, argument: str, scope: Scope) -> str | None:
    if argument in ("true", "false"):
        return ""
    match scope.get(argument):
        case str(word):
            return word if word.isidentifier() else ""
        case None | Form():
            return _size(model, argument, scope)
        case _:
            return ""  # a choice, a list, a layer


def _size(model: Model, argument: str, scope: Scope) -> str | None:
    """An expression with the sizes of its names put in; None for what is none."""
    form = form_in(argument)
    if form is None:
        return None
    sizes = {symbol(name): value for name, value in scope.items() if isinstance(value, Form)}
    return str(model.shown(form.substitute(sizes)))
