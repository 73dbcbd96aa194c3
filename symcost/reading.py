"""Reading: a formula from what people have: a text, a number, a SymPy expression."""

from __future__ import annotations

import operator
from fractions import Fraction

from symcost.arguments import WHOLE, of, refusal
from symcost.formula import Form, num
from symcost.formula.algebra import from_sympy
from symcost.values import LONGEST_EXPRESSION, form_in

FORMULA = of("a text such as `4*D`, a whole number, a Fraction, a form or an expression of SymPy", Form)


def form(value: object) -> Form:
    """A formula over dimensions: from a text such as `"4*D"`, a number, a form, or a SymPy expression.

    >>> form("ceil(T/2)*D")
    <ceil(T/2)·D>

    Symbols of SymPy stand for dimensions of their name, positive integers. Raises ValueError for a text that is none,
    TypeError for anything else, as for functions of SymPy that have no form.
    """
    if isinstance(value, Form):
        return value
    if isinstance(value, str):
        return _of_text(value)
    if hasattr(value, "is_Rational"):  # as everything of SymPy has
        return from_sympy(value)
    if not (WHOLE.fits(value) or isinstance(value, Fraction)):
        raise refusal("form", "value", FORMULA, value)
    return num(value if isinstance(value, Fraction) else operator.index(value))  # type: ignore[arg-type]


def _of_text(text: str) -> Form:
    found = form_in(text)
    if found is None:
        raise ValueError(f"{text[:LONGEST_EXPRESSION]!r} is no formula such as `4*D`")
    return found
