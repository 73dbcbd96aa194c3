"""Arithmetic on dimensions and numbers: exact, and free."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from tests.oracle.counted import Unfit

FUNCTIONS = ("ceil", "floor", "min", "max", "log2", "ln", "log10", "sqrt")


def whole(value: Any) -> Any:
    """An exact number as an int where it is one."""
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def arithmetic(op: str, left: Any, right: Any) -> Any:
    """One operation on two numbers, or a comparison of whatever."""
    match op:
        case "==":
            return left == right
        case "!=":
            return left != right
    if not all(isinstance(v, (int, float, Fraction)) for v in (left, right)):
        raise Unfit(f"{left!r} {op} {right!r}")
    match op:
        case "+":
            return whole(left + right)
        case "-":
            return whole(left - right)
        case "*":
            return whole(left * right)
        case "/" if right:
            return whole(Fraction(left) / Fraction(right))
        case "//" if right:
            return left // right
        case "%" if right:
            return left % right
        case "^":
            return whole(Fraction(left) ** right) if isinstance(right, int) else float(left) ** float(right)
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
    raise Unfit(f"{left} {op} {right}")


def function(name: str, args: Sequence[Any]) -> Any:
    match name:
        case "ceil":
            return math.ceil(args[0])
        case "floor":
            return math.floor(args[0])
        case "min":
            return min(args)
        case "max":
            return max(args)
        case "ln":
            return math.log(args[0])
        case "log10":
            tens = len(str(int(args[0]))) - 1
            return tens if 10**tens == args[0] else math.log10(args[0])
        case "log2":
            exact = int(args[0]).bit_length() - 1
            return exact if 2**exact == args[0] else math.log2(args[0])
    root = math.isqrt(int(args[0]))
    return root if root * root == args[0] else math.sqrt(args[0])
