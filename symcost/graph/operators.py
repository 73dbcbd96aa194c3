"""Operators between values: numbers and sizes are worked out, tensors become operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import truediv

from symcost.diagnostics import Span
from symcost.errors import DivisionByZero, UndecidedCondition
from symcost.formula import Form, add, floor_div, mod, mul, num, power
from symcost.graph.frame import Frame
from symcost.graph.graph import Tensor
from symcost.graph.values import Constant, Value, refusal
from symcost.ops.base import Operand
from symcost.ops.contract import matmul
from symcost.ops.pointwise import pointwise
from symcost.ops.power import power as tensor_power
from symcost.ops.sizes import Sizes
from symcost.syntax import ast

COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})

Numeric = Tensor | Form | Constant

Exact = Callable[[Form, Form], Form]

EXACT: Mapping[str, Exact] = {"+": add, "-": lambda left, right: add(left, -right), "*": mul, "/": truediv}
"""Arithmetic that leaves a size as it is written."""

ROUNDED: Mapping[str, Exact] = {"//": floor_div, "%": mod}
"""Arithmetic whose result is brought into its simplest form."""


DIVIDING = frozenset({"/", "//", "%"})


def operand(value: Numeric, span: Span) -> Operand:
    """A value as primitives see it; a number is a scalar."""
    if isinstance(value, Tensor):
        return Operand(value.shape, span, value.parameter)
    return Operand((), span, fixed=True)


def binary(expr: ast.Binary, left: Value, right: Value, frame: Frame) -> Value:
    """Arithmetic and comparison. Raises WrongKind, UndecidedCondition, DivisionByZero and the faults of primitives."""
    if isinstance(left, Form) and isinstance(right, Form):
        return _on_sizes(expr, left, right, frame.sizes)
    tensors = isinstance(left, Tensor) or isinstance(right, Tensor)
    if expr.op in ("==", "!=") and not tensors:
        return _same(left, right) == (expr.op == "==")
    first, second = _numeric(left, expr.left.span), _numeric(right, expr.right.span)
    return _on_tensors(expr, first, second, frame) if tensors else Constant()


def _on_sizes(expr: ast.Binary, left: Form, right: Form, sizes: Sizes) -> bool | Form | Constant:
    if expr.op in COMPARISONS:
        return _decided(expr.op, left, right, expr.span, sizes)
    return _arithmetic(expr, left, right, sizes)


def _same(left: Value, right: Value) -> bool:
    """Whether two words, truths or definitions are the same."""
    return type(left) is type(right) and left == right


def negative(value: Value, span: Span, frame: Frame) -> Value:
    """`-x`. Raises WrongKind."""
    match value:
        case Form():
            return -value
        case Constant():
            return value
        case Tensor():
            applied = pointwise("negate", (operand(value, span),), frame.site(span))
            return frame.apply((value,), applied, span)
        case _:
            raise refusal("a tensor or a number", value, span)


def _numeric(value: Value, span: Span) -> Numeric:
    if isinstance(value, NUMERIC):
        return value
    raise refusal("a tensor or a number", value, span)


def _on_tensors(expr: ast.Binary, left: Numeric, right: Numeric, frame: Frame) -> Tensor:
    """An operator of which one side is a tensor at least."""
    site, op = frame.site(expr.span), expr.op
    first, second = operand(left, expr.left.span), operand(right, expr.right.span)
    if op == "@":
        return frame.apply(_factors(expr, left, right), matmul(site, first, second), expr.span)
    if op in ROUNDED:
        raise _no_number(expr, left, right)
    exponent = right if isinstance(right, Form) else second
    applied = tensor_power(first, exponent, site) if op == "^" else pointwise(op, (first, second), site)
    return frame.apply(_tensors(left, right), applied, expr.span)


NUMERIC = (Tensor, Form, Constant)


def _tensors(*values: Value) -> list[Tensor]:
    return [value for value in values if isinstance(value, Tensor)]


def _no_number(expr: ast.Binary, left: Numeric, right: Numeric) -> Exception:
    """What to raise for the first tensor where only numbers are allowed."""
    tensor, side = (left, expr.left) if isinstance(left, Tensor) else (right, expr.right)
    return refusal("a number", tensor, side.span)


def _factors(expr: ast.Binary, left: Numeric, right: Numeric) -> tuple[Tensor, Tensor]:
    """Both sides of a product of matrices. Raises WrongKind."""
    if not isinstance(left, Tensor):
        raise refusal("a tensor", left, expr.left.span)
    if not isinstance(right, Tensor):
        raise refusal("a tensor", right, expr.right.span)
    return left, right


def _arithmetic(expr: ast.Binary, left: Form, right: Form, sizes: Sizes) -> Form | Constant:
    """A number from two numbers. Raises DivisionByZero, and WrongKind for `@`, which is for tensors."""
    op = expr.op
    _check_divisor(op, right, expr.right.span)
    if op == "^":
        return _power(left, right, expr.right.span, sizes)
    if op in ROUNDED:
        return sizes.tidy(ROUNDED[op](left, right))
    if op in EXACT:
        return sizes.called(EXACT[op](left, right))
    raise refusal("a tensor", left, expr.left.span)


def _check_divisor(op: str, divisor: Form, span: Span) -> None:
    if op in DIVIDING and divisor == 0:
        raise DivisionByZero(span)


def _power(base: Form, exponent: Form, span: Span, sizes: Sizes) -> Form | Constant:
    """A power; a root is no size. Raises DivisionByZero."""
    if base == 0 and sizes.assumptions.at_least(exponent, num(0)) is not True:
        raise DivisionByZero(span)
    number = None if exponent.free_symbols else exponent.number
    if number is not None and number.denominator != 1:
        return Constant()
    return power(base, exponent)


def _decided(op: str, left: Form, right: Form, span: Span, sizes: Sizes) -> bool:
    """A comparison of sizes, for all values. Raises UndecidedCondition."""
    known = _compared(op, left, right, sizes)
    if known is None:
        raise UndecidedCondition(span, left, right, op)
    return known


def _compared(op: str, left: Form, right: Form, sizes: Sizes) -> bool | None:
    """What a comparison of sizes comes to; None where it depends on their values."""
    if op in ("==", "!="):
        verdict = sizes.compare(left, right)
        return {"equal": op == "==", "never": op == "!="}.get(verdict.kind)
    # `a < b` says that `a >= b` does not hold, and so on: all four are asked as one.
    small, large = (left, right) if op in ("<", ">=") else (right, left)
    known = sizes.assumptions.at_least(small, large)
    if known is None or op in ("<=", ">="):
        return known
    return not known
