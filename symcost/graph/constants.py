"""Constants of a file, `const SAMPLE_RATE = 16000`: worked out once, and put where their names are read.

A constant stands for its value wherever the file reads it, in signatures and positions of index notation too, so that
nothing behind this room knows of them. No other name of the file may be that of a constant. What a `config hf` reads
are the keys of another file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from fractions import Fraction
from math import ceil, floor
from operator import is_not
from typing import Any

from symcost.errors import BadNumber, DivisionByZero, DuplicateName, NoConstant, SymcostError
from symcost.formula import TooLarge
from symcost.formula.numbers import checked, number_power
from symcost.records import dataclass
from symcost.syntax import ast


@dataclass(frozen=True, slots=True, eq=False)
class Constant:
    """A name that was given a value, and that value as it would be written."""

    name: ast.Name
    value: ast.Expr


Constants = Mapping[str, Constant]


def worked_out(item: ast.Const, known: Constants) -> Constant:
    """The value of a constant, from those above it. Raises NoConstant, DivisionByZero, BadNumber."""
    try:
        return Constant(item.name, _literal(item.value, known))
    except TooLarge as big:
        raise BadNumber(item.value.span, str(big)) from None


def _literal(expr: ast.Expr, known: Constants) -> ast.Expr:
    """A number, a word, `true` or `false`, or a list of these."""
    match expr:
        case ast.Number() | ast.String() | ast.Bool():
            return expr
        case ast.Name() if expr.text in known:
            return replace(known[expr.text].value, span=expr.span)
        case ast.List(items=items):
            return replace(expr, items=tuple(_item(item, known) for item in items))
        case ast.Unary(op="-", operand=operand):
            return _written(-number(operand, known), expr)
        case ast.Binary(op=op) if op in _ARITHMETIC:
            return _written(_worked(expr, known), expr)
        case ast.Call():
            return _written(_rounded(expr, known), expr)
    raise NoConstant(expr.span)


def _rounded(call: ast.Call, known: Constants) -> int | Fraction:
    """What `ceil(...)` and its kind come to. Raises NoConstant for any other call."""
    way = _ROUNDING.get(call.function.text)
    if way is None or not call.args or call.keywords:
        raise NoConstant(call.span, call.function.text if call.function.text in _NO_FRACTIONS else None)
    return way([number(arg, known) for arg in call.args])  # type: ignore[no-any-return]


def _item(expr: ast.Expr, known: Constants) -> ast.Expr:
    """An item of a list, which is none itself: lists of lists of lists would double with every constant."""
    literal = _literal(expr, known)
    if isinstance(literal, ast.List):
        raise NoConstant(expr.span)
    return literal


def _worked(expr: ast.Binary, known: Constants) -> Fraction:
    left, right = number(expr.left, known), number(expr.right, known)
    if expr.op in ("/", "//", "%") and right == 0:
        raise DivisionByZero(expr.right.span)
    if expr.op == "^" and not _has_power(left, right):
        raise NoConstant(expr.span)
    return Fraction(checked(_ARITHMETIC[expr.op](left, right)))


def _has_power(base: Fraction, exponent: Fraction) -> bool:
    """Whether a power is a fraction again."""
    is_reciprocal_of_zero = base == 0 and exponent < 0
    return exponent.denominator == 1 and not is_reciprocal_of_zero


_ARITHMETIC: Mapping[str, Callable[[Fraction, Fraction], Any]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "//": lambda left, right: left // right,
    "%": lambda left, right: left % right,
    "^": lambda left, right: number_power(left, int(right)),
}

_NO_FRACTIONS = frozenset({"ln", "log2", "log10", "sqrt", "exp"})
"""What is kept open elsewhere, as it seldom comes to a fraction."""

_ROUNDING: Mapping[str, Callable[[list[Fraction]], Any]] = {
    "ceil": lambda args: ceil(args[0]),
    "floor": lambda args: floor(args[0]),
    "min": min,
    "max": max,
}


def number(expr: ast.Expr, known: Constants) -> Fraction:
    """The number that an expression of constants comes to. Raises NoConstant for anything else, and DivisionByZero."""
    literal = _literal(expr, known)
    if isinstance(literal, ast.Unary) and isinstance(literal.operand, ast.Number):
        return -literal.operand.value
    if isinstance(literal, ast.Number):
        return literal.value
    raise NoConstant(expr.span)


def _written(value: int | Fraction, expr: ast.Expr) -> ast.Expr:
    """A number as it would stand in the text; a negative one is the negation of one."""
    number = ast.Number(expr.span, abs(Fraction(value)))
    return ast.Unary(expr.span, "-", number) if value < 0 else number


# Where they stand ---------------------------------------------------------------------------------


def put_in(item: ast.Item, known: Constants) -> ast.Item:
    """An item with the values of constants in the places of their names. Raises DuplicateName."""
    return item if _stays(item) else _put_in(item, known)


def _stays(item: ast.Item) -> bool:
    """Whether it holds no values: what names files, or the keys of one, as `config hf` does."""
    if isinstance(item, ast.Config):
        return item.name.text == "hf"
    return isinstance(item, ast.Const | ast.Use)


def _put_in(node: Any, known: Constants) -> Any:
    """A node anew where something in it is a constant; else the node itself."""
    match node:
        case ast.Name():
            constant = known.get(node.text)
            return node if constant is None else replace(constant.value, span=node.span)
        case ast.Node():
            return _put_in_parts(node, known)
        case tuple():
            return _put_in_each(node, known)
        case _:
            return node


def _put_in_each(nodes: tuple[Any, ...], known: Constants) -> tuple[Any, ...]:
    made = tuple(_put_in(part, known) for part in nodes)
    return made if any(map(is_not, made, nodes)) else nodes


def _put_in_parts(node: ast.Node, known: Constants) -> ast.Node:
    changed: dict[str, Any] = {}
    for field, only_names in _parts(type(node)):
        before = getattr(node, field)
        # What is called or set is no value; `Linear(RATE)` behind `->` holds one.
        holds_values = isinstance(before, ast.Call) or not only_names
        after = _put_in(before, known) if holds_values else before
        if after is not before:
            changed[field] = after
    return replace(node, **changed) if changed else node


def _parts(kind: type[ast.Node]) -> tuple[tuple[str, bool], ...]:
    """The fields of a node that hold nodes, and whether a name there is no expression."""
    known = _PARTS.get(kind.__name__)
    if known is None:
        found = [(field.name, str(field.type)) for field in fields(kind) if field.name != "span"]
        known = tuple((name, written.removeprefix("tuple[").startswith("Name")) for name, written in found)
        _PARTS[kind.__name__] = known
    return known


_PARTS: dict[str, tuple[tuple[str, bool], ...]] = {}


def hidden(items: tuple[ast.Item, ...], known: Constants) -> Iterator[SymcostError]:
    """A fault for each name that a file sets though it is that of a constant."""
    for item in items:
        if _stays(item):
            continue
        for name in _set_in(item):
            if name.text in known:
                yield DuplicateName(name.text, name.span, known[name.text].name.span)


_SETS: Mapping[type[ast.Node], str] = {
    ast.Definition: "name", ast.Dim: "name", ast.Port: "name", ast.ParamEntry: "name", ast.Let: "name",
    ast.Layer: "name", ast.Assign: "targets", ast.IndexAssign: "target", ast.Emit: "name", ast.Carry: "name",
    ast.Scan: "counter", ast.Repeat: "counter", ast.RepeatTogether: "names", ast.WindowIndex: "name",
    ast.Bound: "name",
}  # fmt: skip
"""The fields whose names get a meaning."""


def _set_in(top: ast.Node) -> Iterator[ast.Name]:
    for node in nodes(top):
        field = _SETS.get(type(node))
        if field is not None:
            yield from _names(getattr(node, field))


def nodes(top: ast.Node) -> Iterator[ast.Node]:
    """A node, and all that it is made of."""
    waiting: list[Any] = [top]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting += node
        elif isinstance(node, ast.Node):
            yield node
            waiting += _inside(node)


def _inside(node: ast.Node) -> list[Any]:
    """What stands in the fields of a node that hold nodes."""
    return [getattr(node, field) for field, _ in _parts(type(node))]


def _names(part: ast.Name | tuple[ast.Name, ...] | None) -> tuple[ast.Name, ...]:
    if part is None:
        return ()
    return part if isinstance(part, tuple) else (part,)
