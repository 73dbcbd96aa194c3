"""Forms at several sizes, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symcost.formula.form import Form, Symbol
from symcost.formula.numbers import Rational, TooLarge

Sizes = Sequence[Mapping[Symbol, int]]
"""Sizes for all symbols, one set after the other."""
Values = Sequence[Rational | None]
"""A form at each of them; None where it is too large to be computed."""


def values_at(form: Form, several: Sizes) -> Values:
    """A form at each of several sizes."""
    return [value_at(form, case) for case in several]


def value_at(form: Form, case: Mapping[Symbol, int]) -> Rational | None:
    """A form at some sizes; None where it is too large to be computed."""
    try:
        return form.evaluate(case)
    except (TooLarge, ZeroDivisionError):
        return None


def falls_short(one: Values, other: Values) -> bool:
    """Whether one form is below another at one of the sizes."""
    return any(a is not None and b is not None and a < b for a, b in zip(one, other, strict=True))
