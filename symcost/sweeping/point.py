"""A quantity at one point, soon: its formula compiled once, and only what a value can break looked at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from operator import add, mul
from typing import Any

from symcost.formula import Form, TooLarge
from symcost.formula.assumed import AtLeast, Divides, Fact
from symcost.formula.numbers import Rational, checked, exact, quotient
from symcost.sweeping.program import Program, Step, compiled

MOST_BITS = 1000
"""As long as a size may be; see `values.LARGEST_SIZE`."""


class Point:
    """A formula and the assumptions that speak of these names alone."""

    __slots__ = ("_checks", "_run")

    def __init__(self, form: Form, facts: Sequence[Fact], names: Sequence[str]) -> None:
        self._run = Numbers(form, names)
        spoken_of = [fact for fact in facts if _symbols(fact) <= set(names)]
        self._checks = [(_kept(fact), *_sides(fact, names)) for fact in spoken_of]

    def of(self, numbers: list[int]) -> Rational | None:
        """The exact value; None where an assumption does not hold, or what is asked cannot be worked out."""
        for number in numbers:
            if type(number) is not int or number < 1 or number.bit_length() > MOST_BITS:
                return None
        try:
            for keeps, left, right in self._checks:
                if not keeps(left.of(numbers), right.of(numbers)):
                    return None
            return checked(self._run.of(numbers))
        except (ZeroDivisionError, TooLarge):
            return None


def point(form: Form, facts: Sequence[Fact], names: Sequence[str], open_names: Collection[str]) -> Point | None:
    """For values of these names; None where it has to be asked of the model."""
    needed = {symbol.name for symbol in form.free_symbols}
    is_known = needed.issubset(names) and set(names).issubset(open_names)
    if not is_known or any(map(_speaks_of_rounds, facts)):
        return None
    try:
        return Point(form, facts, names)
    except (TooLarge, NotPlain):
        return None


def _sides(fact: Fact, names: Sequence[str]) -> tuple[Numbers, Numbers]:
    left, right = fact.forms
    return Numbers(left, names), Numbers(right, names)


class NotPlain(Exception):
    """A formula that has more than sums, products, quotients and roundings."""


def _speaks_of_rounds(fact: Fact) -> bool:
    """Whether a counter of a loop is in it."""
    return any(symbol.uid for side in fact.forms for symbol in side.free_symbols)


def _symbols(fact: Fact) -> set[str]:
    return {symbol.name for side in fact.forms for symbol in side.free_symbols}


def _kept(fact: Fact) -> Callable[[Rational, Rational], bool]:
    if isinstance(fact, AtLeast):
        return lambda left, right: left >= right
    if isinstance(fact, Divides):
        return lambda divisor, multiple: divisor != 0 and multiple % divisor == 0
    return lambda left, right: left == right


def _floor(above: Rational, below: Rational) -> Rational:
    return above // below


def _ceil(above: Rational, below: Rational) -> Rational:
    return -(-above // below)


def _mod(above: Rational, below: Rational) -> Rational:
    return exact(above - below * (above // below))


OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": add,
    "mul": mul,
    "div": quotient,
    "floor": _floor,
    "ceil": _ceil,
    "mod": _mod,
    "min": min,
    "max": max,
}


class Numbers:
    """A program that is run on numbers of Python. Raises NotPlain where it has other steps."""

    __slots__ = ("_constants", "_steps")

    def __init__(self, form: Form, names: Sequence[str]) -> None:
        from symcost.formula import symbol

        program: Program = compiled(form, [symbol(name) for name in names])
        inputs = range(program.inputs)
        numbers: list[int] = []
        calculated: list[int] = []
        for place, step in enumerate(program.steps):
            if step.kind == "number":
                numbers.append(place)
            elif step.kind != "input":
                calculated.append(place)

        # Inputs first, then numbers, then what is worked out.
        places = {place: turn for turn, place in enumerate([*inputs, *numbers, *calculated])}
        self._constants: list[Rational] = [program.steps[place].number for place in numbers]
        self._steps: list[tuple[Callable[[Any, Any], Any], int, int]] = [
            _plain(program.steps[place], places) for place in calculated
        ]

    def of(self, numbers: Sequence[int]) -> Rational:
        values: list[Rational] = [*numbers, *self._constants]
        append = values.append
        for operation, left, right in self._steps:
            append(operation(values[left], values[right]))
        found = values[-1]
        return exact(found) if isinstance(found, Fraction) else found


def _plain(step: Step, places: Mapping[int, int]) -> tuple[Callable[[Any, Any], Any], int, int]:
    if step.kind not in OPERATIONS:
        raise NotPlain
    left, right = step.args
    return OPERATIONS[step.kind], places[left], places[right]
