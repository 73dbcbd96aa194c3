"""How many steps must follow one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from symcost.questions import Question, Subject, register

if TYPE_CHECKING:
    from fractions import Fraction

    from symcost.analysis.counts.by_line import Part
    from symcost.analysis.depth.depth import Depth, LongestPath, Measure
    from symcost.formula import Form


def chains(measure: Measure, subject: Subject) -> Depth:
    """The fold that follows the longest chains; `measure` says what is a step on one."""
    from symcost.analysis.depth.depth import Depth

    return subject.fold(Depth, subject.assumptions, measure)


def followed(path: LongestPath, subject: Subject) -> Part:
    """A longest path line by line, over all rounds of the loops around them."""
    from symcost.analysis.counts.by_line import Explanation, Waited

    return Explanation(Waited(path.waits)).of(subject.graph)


def left_by(
    values: Mapping[str, int], paths: Sequence[LongestPath], shown: Callable[[Form], Form]
) -> Sequence[LongestPath]:
    """Of several paths those that these numbers leave; the longest alone, where all their lengths are known.

    `shown` puts the numbers into a formula.
    """
    from symcost.values import keeps

    possible = [path for path in paths if all(keeps(values, fact) for fact in path.where)] or paths
    known: list[tuple[LongestPath, Fraction | int]] = []
    for path in possible:
        length = shown(path.steps).number
        if length is None:
            return possible
        known.append((path, length))
    longest, _ = max(known, key=lambda pair: pair[1])
    return [longest]


def _length(measure: Measure, subject: Subject) -> Form:
    return chains(measure, subject).of(subject.graph)


def _longest(measure: Measure, subject: Subject) -> Sequence[LongestPath]:
    return chains(measure, subject).paths(subject.graph)


def _depth(name: str, measure: Measure, words: str, unit: str, title: str, order: int) -> Question:
    return Question(
        name=name, words=words, unit=unit, title=title, order=order, ask=partial(_length, measure),
        longest=partial(_longest, measure),
    )  # fmt: skip


register(_depth("depth", "operations", "operations that must follow one another", "operations", "Depth", 50))
register(
    _depth(
        "steps", "products", "matrix products and convolutions that must follow one another", "products",
        "Sequential steps", 51,
    )
)  # fmt: skip
register(
    _depth(
        "scalar_depth", "scalars", "scalar operations that must follow one another", "operations",
        "Depth by scalar", 52,
    )
)  # fmt: skip
