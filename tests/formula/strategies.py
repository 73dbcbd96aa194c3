"""Random forms, each with the plain Python function that it must agree with."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import ceil, floor

from hypothesis import strategies as st

from symcost.formula import (
    Form,
    TooLarge,
    ceil_div,
    floor_div,
    maximum,
    minimum,
    num,
    power,
    symbol,
)

Meaning = Callable[[dict[str, int]], Fraction]
Pair = tuple[Form, Meaning]

NAMES = ("T", "K", "D")


def _symbol(name: str) -> Pair:
    return symbol(name), lambda at: Fraction(at[name])


def _number(value: int) -> Pair:
    return num(value), lambda at: Fraction(value)


def _binary(operation: str, left: Pair, right: Pair) -> Pair:
    (a, f), (b, g) = left, right
    match operation:
        case "+":
            return a + b, lambda at: f(at) + g(at)
        case "-":
            return a - b, lambda at: f(at) - g(at)
        case "*":
            return a * b, lambda at: f(at) * g(at)
        case "min":
            return minimum(a, b), lambda at: min(f(at), g(at))
        case _:
            return maximum(a, b), lambda at: max(f(at), g(at))


def _divided(operation: str, left: Pair, right: Pair) -> Pair:
    (a, f), (b, g) = left, right
    match operation:
        case "/":
            return a / b, lambda at: f(at) / g(at)
        case "//":
            return floor_div(a, b), lambda at: Fraction(floor(f(at) / g(at)))
        case "%":
            return a % b, lambda at: f(at) - g(at) * floor(f(at) / g(at))
        case _:
            return ceil_div(a, b), lambda at: Fraction(ceil(f(at) / g(at)))


def _power(base: Pair, exponent: Pair) -> Pair:
    (a, f), (b, g) = base, exponent
    return power(a, b), lambda at: f(at) ** int(g(at))


dimensions = st.sampled_from(NAMES).map(_symbol)
numbers = st.integers(-4, 6).map(_number)
divisors = st.one_of(
    st.integers(1, 6).map(_number),
    dimensions,
    st.builds(lambda c, d: _binary("*", _number(c), d), st.integers(1, 4), dimensions),
    st.builds(lambda c, d: _binary("+", d, _number(c)), st.integers(1, 4), dimensions),
)
exponents = st.one_of(
    dimensions,
    st.integers(0, 3).map(_number),
    st.builds(lambda d, c: _binary("+", d, _number(c)), dimensions, st.integers(-1, 2)),
    st.builds(lambda d, e: _binary("-", d, e), dimensions, dimensions),
)
bases = st.one_of(st.integers(1, 6).map(_number), dimensions)


def _grow(inner: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    return st.one_of(
        st.builds(_binary, st.sampled_from(["+", "-", "*", "+", "*", "min", "max"]), inner, inner),
        st.builds(_divided, st.sampled_from(["/", "//", "ceil", "%"]), inner, divisors),
        st.builds(_power, bases, exponents),
    )


pairs: st.SearchStrategy[Pair] = st.recursive(dimensions | numbers, _grow, max_leaves=8)

GRID = [dict(zip(NAMES, point, strict=True)) for point in product((1, 2, 3, 4, 7), repeat=len(NAMES))]


def agree(item: Form, meaning: Meaning, grid: list[dict[str, int]] = GRID) -> bool:
    """The form has the value of the function wherever that has one."""
    for at in grid:
        try:
            expected = meaning(at)
        except ZeroDivisionError:
            continue
        try:
            if item.evaluate(at) != expected:
                return False
        except TooLarge:
            continue
    return True
