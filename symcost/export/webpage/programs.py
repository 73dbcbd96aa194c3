"""Formulas as a page takes them: numbered steps of a program, as data for the script of the page.

A step is `[kind, ...places]`, a number its digits, an open sum `[kind, low, high, [what is read], inputs, [steps],
result]`. The inputs, one for each dimension, stand before the first step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from symcost.formula import AtLeast, Divides, Form, Symbol
from symcost.formula.numbers import Rational
from symcost.ops.sizes import Fact
from symcost.sweeping.program import Kind, Program, Step, together

IN_ORDER: tuple[Kind, ...] = (
    "add", "mul", "div", "floor", "ceil", "mod", "min", "max", "power", "log2", "log_to", "ln",
    "log10", "sum",
)  # fmt: skip
"""`OPERATIONS` in exact.js has the same order."""

KINDS: Mapping[Kind, int] = {kind: number for number, kind in enumerate(IN_ORDER)}
"""What the script calls each kind."""


class Shared:
    """Forms that are worked out together; what is asked for twice is there once."""

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        self.symbols = tuple(symbols)
        self._forms: list[Form] = []
        self._numbers: dict[Any, int] = {}

    def add(self, form: Form) -> int:
        """The number under which the value of a form will be found."""
        number = self._numbers.setdefault(form.key, len(self._forms))
        if number == len(self._forms):
            self._forms.append(form)
        return number

    def data(self) -> dict[str, Any]:
        """The steps, and at which of them the value of each form stands.

        Raises TooLarge.
        """
        program, places = together(self._forms, self.symbols)
        return {"steps": steps(program), "places": places}


def steps(program: Program) -> list[Any]:
    """The steps behind the inputs."""
    return [_step(step) for step in program.steps[program.inputs :]]


def _step(step: Step) -> Any:
    if step.kind == "number":
        return digits(step.number)
    if step.kind != "sum":
        return [KINDS[step.kind], *step.args]
    low, high, *read = step.args
    assert step.body is not None
    body = step.body
    return [KINDS["sum"], low, high, read, body.inputs, steps(body), len(body.steps) - 1]


def digits(value: Rational) -> str:
    """`12`, `3/2`: the script reads both."""
    return str(value)


# Assumptions ---------------------------------------------------------------------------------------


def fact(item: Fact, symbols: Sequence[Symbol]) -> dict[str, Any]:
    """An assumption as the script checks it: two sides, and the rounds of the loops that it speaks of.

    A counter is an input behind the dimensions; its ends are worked out where its round begins.
    """
    counters = _counters(item.forms)
    inputs = [*symbols, *counters]
    ends = [[_alone(counter.low, inputs), _alone(counter.high, inputs)] for counter in counters]
    left, right = item.forms
    return {
        "kind": _kind(item),
        "left": _alone(left, inputs),
        "right": _alone(right, inputs),
        "rounds": ends,
        "read": [place for place, one in enumerate(symbols) if _speaks_of(item, counters, one)],
    }


def _kind(item: Fact) -> str:
    match item:
        case Divides():
            return "divides"
        case AtLeast():
            return "at least"
        case _:
            return "equal"


def _counters(forms: Iterable[Form]) -> list[Symbol]:
    """The counters of loops in forms, each behind those that its ends are made of."""
    found: dict[Symbol, None] = {}
    symbols = (one for form in forms for one in form.free_symbols)
    for one in symbols:
        if one.uid:
            found |= dict.fromkeys(_counters(one.limits))
            found[one] = None
    return list(found)


def _speaks_of(item: Fact, counters: Iterable[Symbol], dimension: Symbol) -> bool:
    forms = [*item.forms]
    for counter in counters:
        forms += counter.limits
    return any(dimension in form.free_symbols for form in forms)


def _alone(form: Form | None, inputs: Sequence[Symbol]) -> list[Any] | None:
    """A form by itself: its steps, and where its value stands."""
    if form is None:
        return None
    program, places = together([form], inputs)
    return [steps(program), places[0]]
