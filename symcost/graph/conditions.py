"""Conditions in a loop that read which round it is, and its body where it is known what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from typing import Any

from symcost.graph.names import names_given, names_read
from symcost.syntax import ast


def told_apart(body: Sequence[ast.Statement], counter: str) -> list[ast.Expr]:
    """The comparisons by which the rounds of a loop may differ; none where what they read is another thing inside.

    A loop inside may count by the same name, and `let k = 3` inside hides a `k` from outside. What reads the counter
    of a loop inside as well is for that loop to tell apart.
    """
    asked = list(conditions(body, counter))
    inside = set(_counters(body))
    if counter in inside:
        return []
    given = set(names_given(tuple(body))) - inside
    if any(name.text in given for condition in asked for name in names_read(condition)):
        return []
    own = [each for condition in asked for each in compared(condition) if reads(each, counter)]
    return [each for each in own if not any(reads(each, name) for name in inside)]


def conditions(nodes: Any, counter: str) -> Iterator[ast.Expr]:
    """Every condition in a body that reads the counter, in the order of the text."""
    waiting = [nodes]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.If | ast.Chosen) and reads(node.condition, counter):
            yield node.condition
        waiting = [*_parts(node), *waiting]


def _parts(node: Any) -> Sequence[Any]:
    """What a node, or several of them, is made of."""
    if isinstance(node, tuple):
        return node
    return [getattr(node, name) for name in _fields(node)] if isinstance(node, ast.Node) else ()


def _fields(node: ast.Node) -> list[str]:
    """All but where it stands."""
    return [field.name for field in fields(node) if field.name != "span"]


def reads(expr: ast.Expr, counter: str) -> bool:
    """Whether an expression needs the number of the round."""
    return any(name.text == counter for name in names_read(expr))


def compared(expr: ast.Expr) -> Iterator[ast.Expr]:
    """The comparisons of which a condition is made."""
    match expr:
        case ast.Binary(op="and" | "or", left=left, right=right):
            yield from compared(left)
            yield from compared(right)
        case ast.Unary(op="not", operand=operand):
            yield from compared(operand)
        case _:
            yield expr


def _counters(nodes: Any) -> Iterator[str]:
    """What counts the rounds of loops inside."""
    waiting = [nodes]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting += node
        elif isinstance(node, ast.Statement):
            waiting += (getattr(node, body, ()) for body in ("body", "then", "otherwise"))
            yield from _own_counter(node)


def _own_counter(statement: ast.Statement) -> Sequence[str]:
    """What counts the rounds of a loop; nothing where it has no name, or is no loop."""
    counter = getattr(statement, "counter", None)
    return () if counter is None else (counter.text,)


def decided(node: Any, known: dict[ast.Expr, bool]) -> Any:
    """A body whose conditions are known to come to something."""
    match node:
        case tuple():
            return tuple(decided(part, known) for part in node)
        case ast.Expr() if node in known:
            return ast.Bool(node.span, known[node])
        case ast.Node():
            return _decided_parts(node, known)
        case _:
            return node


def _decided_parts(node: ast.Node, known: dict[ast.Expr, bool]) -> ast.Node:
    changed: dict[str, Any] = {}
    for name in _fields(node):
        before = getattr(node, name)
        after = decided(before, known)
        if after is not before and after != before:
            changed[name] = after
    return replace(node, **changed) if changed else node
