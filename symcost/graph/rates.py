"""Rates of dimensions, `rate T = 100/s`: how many of something there are in a second.

No count knows of them. `symcost eval` tells a time as a part of how long the input lasts (the real-time factor).
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from symcost.errors import NotARate, NothingCounted
from symcost.graph.constants import nodes, number
from symcost.syntax import ast


def a_second(item: ast.Rate) -> Fraction:
    """How many there are in a second; constants are put in already.

    Raises NotARate for what is no number over `s`, NoConstant, DivisionByZero, BadNumber.
    """
    value = item.value
    if not isinstance(value, ast.Binary) or value.op != "/" or not _is_second(value.right):
        raise NotARate(item.name.text, value.span)
    many = number(value.left, {})
    if many <= 0:
        raise NotARate(item.name.text, value.span)
    return many


def _is_second(expr: ast.Expr) -> bool:
    return isinstance(expr, ast.Name) and expr.text == "s"


def counted(item: ast.Rate, definitions: Iterable[ast.Definition]) -> None:
    """Raises NothingCounted where no signature has the dimension that a rate is of."""
    known = [name for definition in definitions for name in _dimensions(definition)]
    if item.name.text not in known:
        raise NothingCounted(item.name.text, item.name.span, known)


def _dimensions(definition: ast.Definition) -> Iterable[str]:
    """The names in a signature but for those of tensors, among them all dimensions of a model."""
    for port in definition.ports:
        if port.shape is None:
            yield port.name.text
            continue
        shape = nodes(port.shape)
        yield from (node.text for node in shape if isinstance(node, ast.Name))
