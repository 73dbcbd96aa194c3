"""Names of a `config hf` that are no keys: what `let` calls by one, and what stands in a table of the file.

Both are written out before anything is read, so that nothing behind this room knows of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from symcost.errors import DuplicateName
from symcost.syntax import ast

Part = TypeVar("Part")

Meaning = Callable[[ast.Name], ast.Expr]
"""What stands for a name that is read."""


def written_out(block: ast.Config) -> ast.Config:
    """A mapping without `let`: its names are what they were given, each from those above it.

    Raises DuplicateName for a list that counts with such a name.
    """
    if not block.locals:
        return block
    known: dict[str, ast.Expr] = {}

    def meaning(name: ast.Name) -> ast.Expr:
        return known.get(name.text, name)

    for local in block.locals:
        known[local.name.text] = _rewritten(local.value, meaning, {})
    hidden = {local.name.text: local.name for local in block.locals}
    return replace(
        block,
        entries=_rewritten(block.entries, meaning, hidden),
        demands=_rewritten(block.demands, meaning, hidden),
    )


def inside_of(table: ast.Expr, parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """The same where all keys stand in a table: `depths` as `vision_config.depths`."""

    def meaning(name: ast.Name) -> ast.Expr:
        return name if name.text == "null" else ast.Member(name.span, table, name)

    rewritten: tuple[Part, ...] = _rewritten(parts, meaning, {})
    return rewritten


def _rewritten(part: Any, meaning: Meaning, taken: Mapping[str, ast.Name], bound: Sequence[str] = ()) -> Any:
    """A tree with something else for every name that is read in it and that no list around it counts with."""
    match part:
        case tuple():
            return tuple(_rewritten(each, meaning, taken, bound) for each in part)
        case ast.Name():
            return part if part.text in bound else meaning(part)
        case ast.Listed(name=counter):
            if counter.text in taken:
                raise DuplicateName(counter.text, counter.span, taken[counter.text].span)
            return _rewritten_inside(part, meaning, taken, (*bound, counter.text))
        case ast.Node():
            return _rewritten_inside(part, meaning, taken, bound)
        case _:
            return part


def _rewritten_inside(part: Any, meaning: Meaning, taken: Mapping[str, ast.Name], bound: Sequence[str]) -> Any:
    changed: dict[str, Any] = {}
    for field in fields(part):
        if field.name not in _NO_VALUES:
            changed[field.name] = _rewritten(getattr(part, field.name), meaning, taken, bound)
    return replace(part, **changed)


_NO_VALUES = frozenset({"span", "name", "function"})
"""Fields of expressions that hold a place or what is called or set: no value is read there."""
