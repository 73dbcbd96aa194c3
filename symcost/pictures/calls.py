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
    before = block.span.source.text[: block.span.start].rstrip()
    is_piped = before.endswith("->") and len(block.graph.ports) == 1
    if not is_piped or not text.endswith(")"):
        return ""
    shown = [_shown(model, argument, scope) for argument in arguments(text)]
    if None in shown:
        return ""
    said = [argument for argument in shown if argument]
    plain = [argument for argument in said if " = " not in argument]
    for chosen in (said, plain):
        title = f"{block.name}({', '.join(chosen)})"
        if 0 < len(chosen) <= MOST and len(title) <= LONGEST:
            return title
    return ""


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
    known = scope.get(argument)
    if isinstance(known, bool):
        return ""
    if isinstance(known, str):
        return known if known.isidentifier() else ""
    if known is not None and not isinstance(known, Form):
        return ""
    form = form_in(argument)
    if form is None:
        return None
    sizes = {symbol(name): value for name, value in scope.items() if isinstance(value, Form)}
    return str(model.shown(form.substitute(sizes)))
