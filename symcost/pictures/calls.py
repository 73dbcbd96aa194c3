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

DEEPER = {"(": 1, "[": 1, ")": -1, "]": -1}

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
    if not _is_piped(block):
        return ""

    shown: list[str] = []
    for argument in arguments(text):
        value = _shown(model, argument, scope)
        if value is None:
            return ""
        shown.append(value)

    said = [value for value in shown if value]
    title = _title(block, said)
    if title:
        return title

    # By position alone, as what is named is what one may leave out.
    positional = [value for value in said if " = " not in value]
    return _title(block, positional)


def _is_piped(block: Block) -> bool:
    """Whether its brackets hold no tensor: the only one comes in by a pipe."""
    before = block.span.source.text[: block.span.start].rstrip()
    return before.endswith("->") and len(block.graph.ports) == 1


def _title(block: Block, values: Sequence[str]) -> str:
    """A call with these, if they are few and short."""
    title = f"{block.name}({', '.join(values)})"
    is_few = 0 < len(values) <= MOST
    return title if is_few and len(title) <= LONGEST else ""


def arguments(call: str) -> Iterator[str]:
    """What stands between the brackets of a call.

    >>> list(arguments("Block(4*C, f(a, b), k = [1, 2])"))
    ['4*C', 'f(a, b)', 'k = [1, 2]']
    """
    _, opened, inside = call.removesuffix(")").partition("(")
    if not opened:
        return
    begin = depth = 0
    for at, sign in enumerate(inside):
        depth += DEEPER.get(sign, 0)
        is_end = sign == "," and depth == 0
        if is_end:
            yield inside[begin:at].strip()
            begin = at + 1
    last = inside[begin:].strip()
    if last:
        yield last


def _shown(model: Model, argument: str, scope: Scope) -> str | None:
    """An argument with what is known of it; nothing for what is no number or word, None for what is no size either."""
    keyword = KEYWORD.fullmatch(argument)
    value = _value(model, keyword[2] if keyword else argument, scope)
    return f"{keyword[1]} = {value}" if keyword and value else value


def _value(model: Model, argument: str, scope: Scope) -> str | None:
    known = scope.get(argument)
    is_switch = argument in ("true", "false")
    if is_switch:
        return ""
    if known is None or isinstance(known, Form):
        return _size(model, argument, scope)
    is_word = isinstance(known, str) and known.isidentifier()
    return known if is_word else ""


def _size(model: Model, argument: str, scope: Scope) -> str | None:
    """What is known of a size; None for what is none."""
    form = form_in(argument)
    if form is None:
        return None
    sizes = {symbol(name): value for name, value in scope.items() if isinstance(value, Form)}
    return str(model.shown(form.substitute(sizes)))
