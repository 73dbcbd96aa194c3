"""Trees that were made and not read: they stand nowhere, and are written out before anybody points at them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symcost.diagnostics import Source, Span
from symcost.syntax import ast

NOWHERE = Span(Source("<made>", ""), 0, 0)


def name(text: str) -> ast.Name:
    """`d_model`"""
    return ast.Name(NOWHERE, text)


def number(value: int | Fraction) -> ast.Expr:
    """A number; a negative one is the negation of one."""
    if value < 0:
        return negative(ast.Number(NOWHERE, Fraction(-value)))
    return ast.Number(NOWHERE, Fraction(value))


def negative(operand: ast.Expr) -> ast.Unary:
    """`-x`"""
    return ast.Unary(NOWHERE, "-", operand)


def binary(op: str, left: ast.Expr, right: ast.Expr) -> ast.Binary:
    """`left op right`"""
    return ast.Binary(NOWHERE, op, left, right)


def shape(items: Sequence[ast.Expr]) -> ast.List:
    """`[T, 4*D]`"""
    return ast.List(NOWHERE, tuple(items))


def call(function: str, args: Sequence[ast.Expr] = (), **keywords: ast.Expr) -> ast.Call:
    """`Linear(x, O = H)`"""
    named = tuple(ast.Keyword(NOWHERE, name(key), value) for key, value in keywords.items())
    return ast.Call(NOWHERE, name(function), tuple(args), named)


def subscript(base: ast.Expr, items: Sequence[ast.Expr]) -> ast.Subscript:
    """`x[t, 0:n]`"""
    return ast.Subscript(NOWHERE, base, tuple(items))


def assign(targets: Sequence[str], value: ast.Expr) -> ast.Assign:
    """`y, state = ...`"""
    return ast.Assign(NOWHERE, tuple(map(name, targets)), value)


def returned(values: Sequence[ast.Expr]) -> ast.Return:
    """`return y, state`"""
    return ast.Return(NOWHERE, tuple(values))


def param(kind: str, entries: Sequence[tuple[str, ast.List]]) -> ast.Param:
    """`param W: [I, O]`, `buffer mean: [C]`"""
    declared = tuple(ast.ParamEntry(NOWHERE, name(entry), size) for entry, size in entries)
    return ast.Param(NOWHERE, declared, "buffer" if kind == "buffer" else "param")


def port(text: str, sizes: ast.List | None = None, default: ast.Expr | None = None) -> ast.Port:
    """`x: [T, I]`, `H`, `bias = true`"""
    return ast.Port(NOWHERE, name(text), sizes, default)


def definition(
    kind: str, text: str, ports: Sequence[ast.Port], body: Sequence[ast.Statement], doc: str | None = None
) -> ast.Definition:
    """`module` or `model`."""
    called = name(text)
    return ast.Definition(
        NOWHERE, "model" if kind == "model" else "module", called, tuple(ports), (), tuple(body), doc, NOWHERE
    )
