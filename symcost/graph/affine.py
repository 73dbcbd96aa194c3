"""Positions in index notation: `stride*t + k` as a sum of indices times numbers, and a number."""

from __future__ import annotations

from collections.abc import Mapping

from symcost.diagnostics import Span
from symcost.errors import NoSuchDimension, UnknownName
from symcost.formula import Form, add, mul, num
from symcost.graph.expressions import number, undeclared
from symcost.graph.frame import Frame
from symcost.ops.contract import Affine
from symcost.syntax import ast

ZERO, ONE, MINUS_ONE = num(0), num(1), num(-1)


def affine(expr: ast.Expr, frame: Frame) -> Affine | None:
    """An expression as a sum of indices times numbers, and a number; None where it is not one.

    A name that stands for no number is an index.
    """
    match expr:
        case ast.Name():
            return _name(expr, frame)
        case ast.Unary(op="-", operand=inner):
            return _scaled(affine(inner, frame), MINUS_ONE, expr.span)
        case ast.Binary():
            return _combined(expr, frame)
        case ast.Number() | ast.Call():
            return _number(expr, frame)
        case _:
            return None


def _combined(expr: ast.Binary, frame: Frame) -> Affine | None:
    if expr.op in ("+", "-"):
        return _sum(expr, frame)
    if expr.op == "*":
        return _product(expr, frame)
    return _number(expr, frame)


def _name(expr: ast.Name, frame: Frame) -> Affine:
    value = frame.find(expr.text)
    if isinstance(value, Form):
        return Affine({}, value, expr.span)
    fault = undeclared(expr, frame)
    if isinstance(fault, NoSuchDimension):
        raise fault
    return Affine({expr.text: ONE}, ZERO, expr.span)


def _number(expr: ast.Expr, frame: Frame) -> Affine | None:
    try:
        return Affine({}, number(expr, frame), expr.span)
    except NoSuchDimension:
        raise
    except UnknownName:
        return None  # an index inside some other expression


def _sum(expr: ast.Binary, frame: Frame) -> Affine | None:
    """A sum or a difference; indices that cancel out are gone."""
    left, right = affine(expr.left, frame), affine(expr.right, frame)
    if expr.op == "-":
        right = _scaled(right, MINUS_ONE, expr.right.span)
    if left is None or right is None:
        return None
    terms = _added(left.terms, right.terms)
    return Affine(terms, add(left.constant, right.constant), expr.span, left.multiplied | right.multiplied)


def _added(left: Mapping[str, Form], right: Mapping[str, Form]) -> dict[str, Form]:
    terms = dict(left)
    for index, coefficient in right.items():
        terms[index] = add(terms.get(index, ZERO), coefficient)
    return {index: coefficient for index, coefficient in terms.items() if coefficient != 0}


def _product(expr: ast.Binary, frame: Frame) -> Affine | None:
    """A product of which one side is a number."""
    left, right = affine(expr.left, frame), affine(expr.right, frame)
    if left is None or right is None:
        return None
    if not left.terms:
        return _scaled(right, left.constant, expr.span)
    return None if right.terms else _scaled(left, right.constant, expr.span)


def _scaled(position: Affine | None, by: Form, span: Span) -> Affine | None:
    """A position times a number; times 0 no index is left."""
    if position is None:
        return None
    terms = {} if by == 0 else {index: mul(coefficient, by) for index, coefficient in position.terms.items()}
    return Affine(terms, mul(position.constant, by), span, frozenset(terms))
