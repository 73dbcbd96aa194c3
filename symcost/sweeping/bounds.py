"""Between which numbers every step of a program lies, told from the least and the greatest of its inputs.

A step whose every value fits into 64 bits is worked out in them; what is not proven to is worked out in integers
without an end.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symcost.formula.numbers import MAX_BITS, Rational
from symcost.sweeping.program import Program, Step

LARGEST = 2**63 - 1
"""The greatest integer of 64 bits; the least is not used, as its magnitude is none."""

Range = tuple[Rational, Rational] | None
"""The least and the greatest value; None where nothing is known."""


def ranges(program: Program, inputs: Sequence[Range]) -> list[Range]:
    """Between which numbers each step lies."""
    found: list[Range] = []
    for step in program.steps:
        found.append(_range(step, inputs, found))
    return found


def fits(found: Range) -> bool:
    """Whether 64 bits hold every whole number of a range."""
    return found is not None and found[0] >= -LARGEST and found[1] <= LARGEST


def long(found: Range) -> bool:
    """Whether a number of a range may be longer than is computed."""
    return found is None or any(abs(end.numerator).bit_length() > MAX_BITS for end in found)


def _range(step: Step, inputs: Sequence[Range], before: Sequence[Range]) -> Range:
    args = [before[place] for place in step.args]
    match step.kind:
        case "input":
            return inputs[int(step.number)]
        case "number":
            return step.number, step.number
        case "sum":
            return _sum(step, args)
        case _:
            return _calculated(step.kind, args)


def _calculated(kind: str, args: Sequence[Range]) -> Range:
    """None where an argument has no bounds."""
    known = [arg for arg in args if arg is not None]
    return _of_two(kind, known) if len(known) == len(args) else None


def _of_two(kind: str, args: Sequence[tuple[Rational, Rational]]) -> Range:
    (low, high), (other_low, other_high) = args[0], args[-1]
    match kind:
        case "add":
            return low + other_low, high + other_high
        case "mul":
            return _corners([low * other_low, low * other_high, high * other_low, high * other_high])
        case "min":
            return min(low, other_low), min(high, other_high)
        case "max":
            return max(low, other_low), max(high, other_high)
        case "div" | "floor" | "ceil":
            return _quotient(kind, args[0], args[1])
        case "mod":
            return _remainder(args[1])
    return None


def _corners(values: Sequence[Rational]) -> Range:
    least, greatest = min(values), max(values)
    return None if max(-least, greatest) >= 1 << 2 * MAX_BITS else (least, greatest)


def _quotient(kind: str, above: tuple[Rational, Rational], below: tuple[Rational, Rational]) -> Range:
    if below[0] <= 0 <= below[1]:
        return None
    values = [Fraction(left) / right for left in above for right in below]
    least, greatest = min(values), max(values)
    if kind == "floor":
        return least.__floor__(), greatest.__floor__()
    return (least.__ceil__(), greatest.__ceil__()) if kind == "ceil" else (least, greatest)


def _remainder(below: tuple[Rational, Rational]) -> Range:
    return min(below[0], 0), max(below[1], 0)


def _sum(step: Step, args: Sequence[Range]) -> Range:
    """So many rounds at most, each of them at most as large as the body over all rounds."""
    low, high, *read = args
    if low is None or high is None:
        return None
    rounds = max(0, high[1] - low[0])
    if not rounds:
        return 0, 0

    assert step.body is not None
    one = ranges(step.body, [(low[0], high[1] - 1), *read])[-1]
    if one is None:
        return None
    # A point may have fewer rounds, down to none.
    return min(0, one[0]) * rounds, max(0, one[1]) * rounds
