"""Program: a form as a straight line of steps, each on what stands before it; equal parts are worked out once.

Made from the tree of the form alone. No name of a user is in it: inputs are numbered, and whoever runs it or writes it
out as source calls them as he likes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import lcm
from typing import ClassVar, Literal

from symcost.formula.form import (
    Add,
    Ceil,
    Floor,
    Form,
    Let,
    Log,
    Log2,
    Max,
    Min,
    Mod,
    Mul,
    Num,
    Pow,
    Rounding,
    Sum,
    Symbol,
    Visitor,
)
from symcost.formula.keys import Key
from symcost.formula.numbers import Rational, TooLarge, exact, magnitude
from symcost.records import dataclass
from symcost.sweeping.nested import Terms, polynomial, variable_in_most

MAX_STEPS = 20_000
"""Longer programs are refused."""

MAX_STEPS_TOGETHER = 200_000
"""Those of many forms."""

Kind = Literal[
    "input", "number", "add", "mul", "div", "floor", "ceil", "mod", "min", "max", "power", "log2", "log_to", "ln",
    "log10", "sum"
]  # fmt: skip
"""`log_to` is the logarithm of the first to the base of the second; `sum` takes low, high and what its body reads."""


@dataclass(frozen=True, slots=True)
class Step:
    """One operation on the results of earlier steps; a `sum` has a program of its own, whose first input counts."""

    kind: Kind
    args: tuple[int, ...] = ()
    number: Rational = 0
    body: Program | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """Steps in order; the first ones are the inputs, the last is the result."""

    inputs: int
    steps: tuple[Step, ...]

    @property
    def operations(self) -> int:
        """How many steps calculate."""
        return sum(step.kind not in ("input", "number") for step in self.steps)


def compiled(form: Form, symbols: Sequence[Symbol]) -> Program:
    """A form as a program whose inputs are these symbols, of which it may have no others.

    Raises KeyError for a symbol that is none of them, TooLarge.
    """
    plain = _Compiler(symbols)
    plain.finish(plain.of(form))
    return Program(len(symbols), tuple(plain.steps))


def together(forms: Iterable[Form], symbols: Sequence[Symbol]) -> tuple[Program, list[int]]:
    """Several forms as one program, and at which step the value of each stands; what they share is worked out once.

    Raises KeyError for a symbol that is none of these, TooLarge.
    """
    written = _Together(symbols)
    places = [written.of(form) for form in forms]
    return Program(len(symbols), tuple(written.steps)), places


class _Compiler(Visitor[int]):
    """Writes steps, and says at which place the value of a form stands."""

    most: ClassVar[int] = MAX_STEPS

    def __init__(self, symbols: Sequence[Symbol]) -> None:
        self.symbols = tuple(symbols)
        self.steps: list[Step] = [Step("input", number=place) for place in range(len(symbols))]
        self._places: dict[Step, int] = {}
        self._known: dict[Key, int] = {symbol.key: place for place, symbol in enumerate(symbols)}

    def finish(self, place: int) -> None:
        """Let the result stand last: nothing behind it is needed."""
        if place < len(self.symbols) or self.steps[place].kind == "number":
            self.steps.append(Step("add", (place, self.number(0))))
            return
        del self.steps[place + 1 :]

    def of(self, form: Form) -> int:
        """Where the value of a form stands."""
        if form.key not in self._known:
            self._known[form.key] = self._short(form)
        return self._known[form.key]

    def _short(self, form: Form) -> int:
        """A polynomial in Horner's form where that has fewer steps than how it was written."""
        terms = polynomial(form) if isinstance(form, Add | Mul) else None
        if terms is None:
            return form.accept(self)
        written, nested = self._attempt(), self._attempt()
        form.accept(written)
        nested.polynomial(terms, form)
        if len(nested.steps) <= len(written.steps):
            return self.polynomial(terms, form)
        return form.accept(self)

    def _attempt(self) -> _Written:
        """To see how long it becomes."""
        other = _Written(self.symbols)
        other.steps, other._places, other._known = list(self.steps), dict(self._places), dict(self._known)
        return other

    def step(self, kind: Kind, *args: int, body: Program | None = None) -> int:
        """A step at its place; one that is there already is not repeated."""
        return self._placed(Step(kind, args, body=body))

    def number(self, value: Rational) -> int:
        return self._placed(Step("number", number=exact(value)))

    def _placed(self, step: Step) -> int:
        if step not in self._places:
            if len(self.steps) >= self.most:
                raise TooLarge(f"a formula of more than {self.most} operations")
            self._places[step] = len(self.steps)
            self.steps.append(step)
        return self._places[step]

    def chain(self, kind: Kind, places: Iterable[int]) -> int:
        """One operation over several values, from left to right."""
        first, *others = places
        for other in others:
            first = self.step(kind, first, other)
        return first

    # Polynomials ----------------------------------------------------------------------------------

    def polynomial(self, terms: Terms, form: Form) -> int:
        """Horner's form of a polynomial, over the one denominator of its coefficients."""
        denominator = lcm(*(coefficient.denominator for coefficient in terms.values()))
        whole: Terms = {powers: int(coefficient * denominator) for powers, coefficient in terms.items()}
        above = self._nested(whole, {symbol.key: symbol for symbol in form.free_symbols})
        return above if denominator == 1 else self.step("div", above, self.number(denominator))

    def _nested(self, terms: Terms, symbols: dict[Key, Symbol]) -> int:
        """`x·(…) + …`, with x the symbol that stands in most terms."""
        most = variable_in_most(terms)
        if most is None:
            return self.number(terms.get((), 0))
        held: Terms = {}
        others: Terms = {}
        for powers, coefficient in terms.items():
            if most in powers:
                place = powers.index(most)
                held[powers[:place] + powers[place + 1 :]] = coefficient
            else:
                others[powers] = coefficient
        inside, outer = self._nested(held, symbols), self.of(symbols[most])
        one = self.steps[inside].kind == "number" and self.steps[inside].number == 1
        product = outer if one else self.step("mul", inside, outer)
        return self.step("add", product, self._nested(others, symbols)) if others else product

    # Kinds of form --------------------------------------------------------------------------------

    def of_num(self, item: Num) -> int:
        return self.number(item.value)

    def of_symbol(self, item: Symbol) -> int:
        return self._known[item.key]

    def of_add(self, item: Add) -> int:
        return self.chain("add", [self.of(term) for term in item.terms])

    def of_mul(self, item: Mul) -> int:
        """All that multiplies first, then what divides: so quotients that come out even are never fractions between."""
        times = magnitude(item.coefficient.numerator)
        above = [] if times == 1 else [self.number(times)]
        below = [] if item.coefficient.denominator == 1 else [self.number(item.coefficient.denominator)]
        for factor in item.factors:
            divisor = _divisor(factor)
            if divisor is None:
                above.append(self.of(factor))
            else:
                below.append(self._whole_power(*divisor))
        product = self.chain("mul", above or [self.number(1)])
        if below:
            product = self.step("div", product, self.chain("mul", below))
        return self.step("mul", product, self.number(-1)) if item.coefficient < 0 else product

    def of_pow(self, item: Pow) -> int:
        exponent = item.exponent.number
        if exponent is None or exponent.denominator != 1 or magnitude(exponent) > MOST_PRODUCTS:
            return self.step("power", self.of(item.base), self.of(item.exponent))
        if exponent < 0:
            return self.step("div", self.number(1), self._whole_power(item.base, -int(exponent)))
        return self._whole_power(item.base, int(exponent))

    def _whole_power(self, base: Form, exponent: int) -> int:
        """By products."""
        return self.chain("mul", [self.of(base)] * exponent) if exponent else self.number(1)

    def of_floor(self, item: Floor) -> int:
        return self._rounded("floor", item)

    def of_ceil(self, item: Ceil) -> int:
        return self._rounded("ceil", item)

    def of_mod(self, item: Mod) -> int:
        return self.step("mod", self.of(item.numerator), self.of(item.denominator))

    def _rounded(self, kind: Kind, item: Rounding) -> int:
        above, below = item.numerator, item.denominator
        if isinstance(above, Log2) and isinstance(below, Log2):  # exact where it is whole, as `evaluate` has it
            quotient = self.step("log_to", self.of(above.arg), self.of(below.arg))
            return self.step(kind, quotient, self.number(1))
        return self.step(kind, self.of(above), self.of(below))

    def of_min(self, item: Min) -> int:
        return self.chain("min", [self.of(arg) for arg in item.args])

    def of_max(self, item: Max) -> int:
        return self.chain("max", [self.of(arg) for arg in item.args])

    def of_log2(self, item: Log2) -> int:
        return self.step("log2", self.of(item.arg))

    def of_log(self, item: Log) -> int:
        return self.step(item.name, self.of(item.arg))

    def of_let(self, item: Let) -> int:
        return self.of(item.value)

    def of_sum(self, item: Sum) -> int:
        low, high = (self.step("ceil", self.of(end), self.number(1)) for end in (item.low, item.high))
        read = [symbol for symbol in item.body.free_symbols if symbol.key != item.counter.key]
        body = compiled(item.body, [item.counter, *read])
        return self.step("sum", low, high, *(self.of_symbol(symbol) for symbol in read), body=body)


class _Written(_Compiler):
    """A program that is not to be: polynomials in it stay as they were written."""

    def _short(self, form: Form) -> int:
        return form.accept(self)


class _Together(_Written):
    """A program of many forms: to look for the shortest way to write each would take too long."""

    most = MAX_STEPS_TOGETHER


MOST_PRODUCTS = 64
"""Whole powers up to this are products."""


def _divisor(factor: Form) -> tuple[Form, int] | None:
    """What a factor divides by, and how often; None for one that multiplies."""
    if not isinstance(factor, Pow):
        return None
    exponent = factor.exponent.number
    if exponent is None or exponent.denominator != 1 or not -MOST_PRODUCTS <= int(exponent) < 0:
        return None
    return factor.base, -int(exponent)
