"""How numbers are shown: SI units, shares, times. A shown figure never claims more than it knows.

>>> si(35_541_098_496), si(9999), si(999_960), seconds(Fraction(1, 250))
('35.5 G', '9999', '1.00 M', '4.00 ms')
>>> share(1, 8), share(1, 10_000), share(9999, 10_000), share(5, 5)
('12.5 %', '<0.1 %', '>99.9 %', '100 %')
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symcost.export.parts import Figure

EXACT_BELOW = 10_000
"""Integers smaller than this are shown in full."""

FEW_ZEROS = 4
"""Counts below one with at most so many places before the first digit are written without a power of ten."""

COUNTED = ("", "B", "FLOP")
"""Units of what is counted: these have no prefixes for parts of one."""

TONNE = 6
"""The power of ten of the grams in one."""

FEW_HOURS = 100
"""So many hours are rounded to whole ones, less than one in a hundred."""

FAR = 15
"""Numbers of more digits are written with a power of ten."""

PREFIXES = {
    -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P",
    18: "E", 21: "Z", 24: "Y", 27: "R", 30: "Q",
}  # fmt: skip


def exact(value: int | Fraction) -> str:
    """Every digit: `2457600`, `3/2`."""
    return str(value)


def plain_number(value: int | Fraction) -> int | float | Fraction:
    """As programs read it: what is whole exactly, else a float; what no float holds stays exact."""
    try:
        return float(value) if value.denominator != 1 else value.numerator
    except OverflowError:
        return value


def si(value: int | Fraction, unit: str = "") -> str:
    """Three significant digits and an SI prefix; small integers in full."""
    if _is_small(value) and not unit:
        return str(value)
    if value < 0:
        return "-" + si(-value, unit)
    if value == 0:
        return f"0 {unit}"
    digits, exponent = _rounded(Fraction(value))
    if unit in COUNTED and exponent < 0:
        return f"{_less_than_one(value, digits, exponent)} {unit}".rstrip()
    return _prefixed(digits, exponent, unit)


def _less_than_one(value: int | Fraction, digits: str, exponent: int) -> str:
    """There is no thousandth of a byte: what is less than one is an average, or a share."""
    zeros = -exponent - 1
    if zeros >= FEW_ZEROS:
        return decimal(value, 3)
    return f"0.{'0' * zeros}{digits}"


def _is_small(value: int | Fraction) -> bool:
    return value.denominator == 1 and -EXACT_BELOW < value < EXACT_BELOW


def _prefixed(digits: str, exponent: int, unit: str) -> str:
    """`35.5 G`, `4.00 ms`; beyond the prefixes a power of ten."""
    group = exponent // 3 * 3
    if group not in PREFIXES:
        return f"{digits[0]}.{digits[1:]}e{exponent:+03d} {unit}".rstrip()
    return f"{_pointed(digits, exponent - group + 1)} {PREFIXES[group]}{unit}".rstrip()


def mass(grams: Fraction, of: str = "") -> str:
    """A mass up to kilograms in grams, from there in tonnes: `449 µg`, `1.20 kg`, `552 t`; `of` is what it is of."""
    if grams > 0 and _rounded(grams)[1] >= TONNE:
        return si(grams / 10**TONNE, f"t {of}".rstrip())
    return si(grams, f"g {of}".rstrip())


def decimal(value: int | Fraction, digits: int = 4) -> str:
    """A number in decimal places as a reader wants it: `1.667`, and far from one `1.667e+400`."""
    size = abs(Fraction(value))
    if size == 0 or Fraction(1, 10**FEW_ZEROS) <= size < 10**FAR:
        return f"{float(value):.{digits}g}"
    if value < 0:
        return "-" + decimal(-value, digits)
    places, exponent = _rounded(Fraction(value), digits)
    return f"{_pointed(places, 1)}e{exponent:+03d}"


def seconds(value: Fraction | float) -> str:
    """A time from picoseconds to seconds; longer ones keep counting seconds: `5.40 ks`."""
    return si(Fraction(value), "s")


def hours(value: Fraction) -> str:
    """Hours in full: `1 022 361 h`; a few with three digits: `1.40 h`; shorter times in minutes or seconds."""
    if value < 1:
        return seconds(value * 3600) if value * 60 < 1 else f"{decimal(value * 60, 3)} min"
    if value >= 10**FAR:
        return f"{decimal(value, 3)} h"
    if value < FEW_HOURS and value.denominator != 1:
        return si(value, "h")
    return f"{round(value):,} h".replace(",", " ")


def rounded(figure: Figure) -> str:
    """A number of a page as a reader wants it: `102 k`, `1.50 MB`, `0.2494`; the formula where there is none."""
    value = figure.value
    if value is None:
        return str(figure.form)
    if figure.unit == "h":
        return hours(Fraction(value))
    unit, _, of = figure.unit.partition(" ")
    if unit == "g":
        return mass(Fraction(value), of)
    if figure.digits is not None and value.denominator != 1:
        return decimal(value, figure.digits)
    return si(value, figure.unit)


def share(part: int | Fraction, whole: int | Fraction, tenths: int | None = None) -> str:
    """A part of the whole in per cent, in `tenths` of one where it is known how many to say.

    `0 %` and `100 %` are said only where they are exact.
    """
    if whole == 0 or part == 0:
        return "0 %"
    if part == whole:
        return "100 %"
    if tenths is None:
        tenths = round(Fraction(part) * 1000 / whole)
    return _between(tenths, is_less=part < whole)


def _between(tenths: int, *, is_less: bool) -> str:
    """What is rounded to nothing or to all is not quite that."""
    if tenths == 0:
        return "<0.1 %"
    if tenths == 1000 and is_less:
        return ">99.9 %"
    return f"{tenths // 10}.{tenths % 10} %"


def _rounded(value: Fraction, places: int = 3) -> tuple[str, int]:
    """The first digits of a number, rounded, and the power of ten of the first; exact, without floats."""
    exponent = len(str(value.numerator)) - len(str(value.denominator))
    if value < Fraction(10) ** exponent:
        exponent -= 1
    digits = str(round(value / Fraction(10) ** (exponent - places + 1)))
    return (digits[:places], exponent + 1) if len(digits) > places else (digits, exponent)


def _pointed(digits: str, whole: int) -> str:
    return f"{digits[:whole]}.{digits[whole:]}" if whole < len(digits) else digits
