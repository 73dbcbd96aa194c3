"""Expressions outside of models: the values of a configuration, of an expectation, of the command line."""

from __future__ import annotations

from collections.abc import Mapping

from symcost.formula import Assumptions, Form
from symcost.graph import expressions
from symcost.graph.definitions import new_context
from symcost.graph.files import Unit
from symcost.graph.frame import Frame
from symcost.graph.values import Value
from symcost.syntax import ast

NO_NAMES: Mapping[str, Value] = {}


def evaluate(expression: ast.Expr, unit: Unit, names: Mapping[str, Value] = NO_NAMES) -> Value:
    """The value of an expression in a file, where names stand for values.

    Raises the faults of names, arithmetic and calls; TooLarge and ZeroDivisionError where numbers run away.
    """
    return expressions.evaluate(expression, _frame(unit, names))


def number(expression: ast.Expr, unit: Unit, names: Mapping[str, Value] = NO_NAMES) -> Form:
    """The number that an expression stands for. Raises WrongKind and what `evaluate` raises."""
    return expressions.number(expression, _frame(unit, names))


def condition(expression: ast.Expr, unit: Unit, names: Mapping[str, Value] = NO_NAMES) -> bool:
    """Whether a condition holds. Raises UndecidedCondition, WrongKind and what `evaluate` raises."""
    return expressions.condition(expression, _frame(unit, names))


def size(expression: ast.Expr, unit: Unit, names: Mapping[str, Value] = NO_NAMES) -> tuple[Form, Assumptions]:
    """An expression as the size of an axis, and what it takes to be one.

    Raises NotASize, WrongKind and what `evaluate` raises.
    """
    frame = _frame(unit, names)
    return expressions.dimension(expression, frame), frame.sizes.assumptions


def _frame(unit: Unit, names: Mapping[str, Value]) -> Frame:
    frame = Frame(unit, new_context())
    frame.names |= names
    return frame
