"""Numbers of the command line: exact decimals within bounds, and how many of something."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from symcost.hardware.electricity import Grid

PLAIN = re.compile(r"\s*[+-]?(?=\d|\.\d)\d*(_\d+)*(\.(\d+(_\d+)*)?)?\s*")
"""What Fraction reads, without strokes and exponents: those could make a short text a very large number."""

LONGEST = 30
"""Characters of a number; a longer one is refused."""


EMITTED = "Grams of CO2e for a kWh, or whose electricity it is: `FRA`, `France`, `World`; without it no carbon is told."


class Number(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """An exact decimal number within bounds."""

    name = "number"

    def __init__(self, low: int = 0, high: int | None = None, *, positive: bool = False) -> None:
        self.low: int = low
        self.high: int | None = high
        self.positive: bool = positive

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        text = str(value)
        if not PLAIN.fullmatch(text) or len(text) > LONGEST:
            self.fail(f"{text[:LONGEST]!r} is not a number such as 0.5", param, ctx)
        number = Fraction(text)
        if not self._holds(number):
            self.fail(f"{text} is not {self._bounds()}", param, ctx)
        return number

    def _holds(self, number: Fraction) -> bool:
        if number < self.low or (self.positive and number == 0):
            return False
        return self.high is None or number <= self.high

    def _bounds(self) -> str:
        """`above 0 and at most 1`"""
        low = "above 0" if self.positive else f"at least {self.low}"
        return low if self.high is None else f"{low} and at most {self.high}"


class Many(click.IntRange):
    """A positive integer within bounds, also as `1e6` or `2^20`, as values are written."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from symcost.values import number_in

        number = number_in(value) if isinstance(value, str) else value
        return int(super().convert(number if isinstance(number, int) else value, param, ctx))


class Each(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """One or several positive integers within bounds: `1,2,4`."""

    name = "numbers"

    def __init__(self, high: int) -> None:
        self.many: Many = Many(1, high)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        words = str(value).split(",")
        if len(words) > MOST_OF_EACH:
            self.fail(f"{len(words)} numbers are more than {MOST_OF_EACH}", param, ctx)
        return tuple(dict.fromkeys(self.many.convert(word.strip(), param, ctx) for word in words))


MOST_OF_EACH = 64
"""Numbers in one option."""


class Batch(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """How many examples: a positive integer, or a name for it."""

    name = "batch"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        if isinstance(value, str) and value.isidentifier() and len(value) <= LONGEST:
            return value
        return Many(1, 10**12).convert(value, param, ctx)


class Emitted(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """Grams of CO2e for a kWh, or a country whose electricity it is."""

    name = "grams|country"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Fraction | Grid:
        text = str(value)
        if not text[:1].isalpha():
            return Number().convert(value, param, ctx)
        from symcost.hardware.electricity import grid

        return grid(text)


class Rate(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    """`T=100/s`: a dimension, and how many of it there are in a second."""

    name = "rate"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Fraction]:
        if isinstance(value, tuple):
            return value
        name, equals, rate = str(value).partition("=")
        if not equals or not rate.endswith("/s") or not name.strip().isidentifier():
            self.fail(f"{str(value)[:LONGEST]!r} is not of the form T=100/s", param, ctx)
        return name.strip(), Number(positive=True).convert(rate.removesuffix("/s"), param, ctx)
