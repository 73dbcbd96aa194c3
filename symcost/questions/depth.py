"""How many steps must follow one another."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from symcost.questions import Question, Subject, register

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Part
    from symcost.analysis.depth.depth import Depth, LongestPath
    from symcost.analysis.depth.measures import Made


def chains(measure: Made, subject: Subject) -> Depth:
    """The fold that follows the longest chains; `measure` says what is a step on one."""
    from symcost.analysis.depth.depth import Depth

    return subject.fold(Depth, subject.assumptions, measure)


def followed(path: LongestPath, subject: Subject) -> Part:
    """A longest path line by line, over all rounds of the loops around them."""
    from symcost.analysis.counts.by_line import Explanation, Waited

    return Explanation(Waited(path.waits)).of(subject.graph)


def depth(name: str, words: str, unit: str, title: str, order: float, fold: Callable[[Subject], Depth]) -> Question:
    """The question for the length of a longest chain, which a fold follows."""
    return Question(
        name=name,
        words=words,
        unit=unit,
        title=title,
        order=order,
        ask=lambda subject: fold(subject).of(subject.graph),
        longest=lambda subject: fold(subject).paths(subject.graph),
    )


def _by_operation(subject: Subject) -> Depth:
    from symcost.analysis.depth.measures import OperationSteps

    return chains(OperationSteps, subject)


def _by_product(subject: Subject) -> Depth:
    from symcost.analysis.depth.measures import ProductSteps

    return chains(ProductSteps, subject)


def _by_scalar(subject: Subject) -> Depth:
    from symcost.analysis.depth.measures import ScalarSteps

    return chains(ScalarSteps, subject)


register(depth("depth", "operations that must follow one another", "operations", "Depth", 50, _by_operation))
register(
    depth(
        "steps",
        "matrix products and convolutions that must follow one another",
        "products",
        "Sequential steps",
        51,
        _by_product,
    )
)
register(
    depth(
        "scalar_depth",
        "scalar operations that must follow one another",
        "operations",
        "Depth by scalar",
        52,
        _by_scalar,
    )
)
