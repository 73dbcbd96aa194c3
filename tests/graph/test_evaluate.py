"""Expressions outside of models: one way to their value, and user text that never becomes part of a program."""

from __future__ import annotations

from fractions import Fraction

import pytest

import symcost
from symcost.diagnostics import Source
from symcost.errors import BadValue, NotASize, SymcostError, UndecidedCondition, UnexpectedText, UnknownName, WrongKind
from symcost.export.subject import expression
from symcost.formula import Form, floor_div, num, symbol
from symcost.graph.evaluate import condition, evaluate, number, size
from symcost.graph.files import Unit, open_source
from symcost.graph.values import Constant
from symcost.syntax import ast
from symcost.syntax.parse import parse_expression

UNIT = open_source(Source("test.arch", "module Twice(x: [N]) { return x + x }"))


def read(text: str) -> ast.Expr:
    return parse_expression(Source("test", text))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 + 3*4", 14),
        ("7 // 2 - 7 % 2", 2),
        ("2^3^2", 512),
        ("-2^2", -4),
        ("1/3 + 1/6", Fraction(1, 2)),
        ("max(3, 5) - min(3, 5)", 2),
        ("ceil(7/2) - floor(7/2)", 1),
        ("log2(1024)", 10),
        ("sqrt(144)", 12),
    ],
)
def test_numbers_are_worked_out_exactly(text: str, value: int | Fraction) -> None:
    """As by hand."""
    assert number(read(text), UNIT).number == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true and not false", True),
        ("1 < 2 or 1 > 2", True),
        ('"same" == "valid"', False),
        ('"same"', "same"),
        ("N == N", True),
        ("N < N", False),
    ],
)
def test_what_is_no_number(text: str, value: object) -> None:
    """Truths and words have values too."""
    assert evaluate(read(text), UNIT, {"N": symbol("N")}) == value


def test_names_stand_for_what_they_are_given() -> None:
    """A number or a dimension; what is not given is unknown."""
    assert number(read("4*D"), UNIT, {"D": num(16)}) == num(64)
    assert number(read("4*D"), UNIT, {"D": symbol("D")}) == symbol("D") * 4
    with pytest.raises(UnknownName):
        number(read("4*D"), UNIT)


def test_the_given_names_stay_as_they_are() -> None:
    """Evaluating leaves nothing behind."""
    names: dict[str, Form] = {"D": num(16)}
    assert evaluate(read("D"), UNIT, {**names}) == num(16)
    assert names == {"D": num(16)}
    assert evaluate(read("sqrt(2)"), UNIT) == Constant()


def test_a_size_says_what_it_takes_to_be_one() -> None:
    """A half of D is a size where 2 divides D; a half of 3 is none."""
    form, facts = size(read("D/2"), UNIT, {"D": symbol("D")})
    assert (str(form), [str(fact) for fact in facts]) == ("D/2", ["2 divides D"])
    with pytest.raises(NotASize):
        size(read("3/2"), UNIT)


def test_a_condition_is_decided_or_refused() -> None:
    """For all values."""
    names = {"D": symbol("D")}
    assert condition(read("D >= 1"), UNIT, names)
    with pytest.raises(UndecidedCondition):
        condition(read("D > 4"), UNIT, names)
    with pytest.raises(WrongKind):
        condition(read("D"), UNIT, names)


def test_a_tensor_is_no_value() -> None:
    """Modules can be called, but nothing outside of a model has tensors to give."""
    with pytest.raises(SymcostError):
        evaluate(read("Twice(3)"), UNIT)


MODEL = symcost.loads("model A(x: [N], H) { return Linear(x, H) }").model()


D, N = symbol("D"), symbol("N")


@pytest.mark.parametrize(
    ("text", "form"),
    [("4*D", D * 4), ("N//2", floor_div(N, num(2))), ("(D + 1)*2", D * 2 + 2), ("D # half of it }", D)],
)
def test_an_expression_for_a_dimension(text: str, form: Form) -> None:
    """Its names are dimensions, its comments say nothing."""
    assert expression("H", text, MODEL)[0] == form


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4*",
        "D }",
        "D, x = 3",
        "D } config other { y = 3",
        "D } model A(x: [N]) { return x",
        'D use "other.arch"',
        "{ D",
        "x = 3",
        "[D]",
        '"D"',
        "true",
        "0",
        "D / 0",
        "2^10^10^10",
    ],
)
def test_no_text_breaks_out_of_its_expression(text: str) -> None:
    """What is no expression for a size is refused as a whole, whatever it would be inside of a program."""
    with pytest.raises(BadValue):
        expression("H", text, MODEL)


def test_what_stands_behind_an_expression_is_reported() -> None:
    """An expression ends with its text."""
    with pytest.raises(UnexpectedText, match="expected an operator, found `,`"):
        read("D, x = 3")


def test_a_unit_is_not_changed() -> None:
    """Evaluating in a file adds nothing to it."""
    unit = Unit(UNIT.tree)
    evaluate(read("1 + 1"), unit)
    assert list(unit.definitions) == ["Twice"]
