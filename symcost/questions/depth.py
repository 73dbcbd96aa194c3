"""How many steps must follow one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from symcost.questions import Question, Subject, register

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Part
    from symcost.analysis.depth.depth import Depth, LongestPath
    from symcost.analysis.depth.measures import Made
    from symcost.formula import AtLeast, Form
    from symcost.ops.sizes import Fact


def chains(measure: Made, subject: Subject) -> Depth:
    """The fold that follows the longest chains; `measure` says what is a step on one."""
    from symcost.analysis.depth.depth import Depth

    return subject.fold(Depth, subject.assumptions, measure)


def followed(path: LongestPath, subject: Subject) -> Part:
    """A longest path line by line, over all rounds of the loops around them."""
    from symcost.analysis.counts.by_line import Explanation, Waited

    return Explanation(Waited(path.waits)).of(subject.graph)


def longest_left(
    question: Question, subject: Subject, values: Mapping[str, int], shown: Callable[[Form], Form]
) -> Sequence[LongestPath]:
    """The longest paths of a depth that these numbers leave; one alone, where all their lengths are known.

    `shown` puts the numbers into a formula.

    Raises UnderivedDepth.
    """
    assert question.longest is not None
    paths = question.longest(subject)
    possible = [path for path in paths if _is_there(path, values)] or paths
    longest = _longest_of(possible, [shown(path.steps) for path in possible])
    return possible if longest is None else [longest]


def _longest_of(paths: Sequence[LongestPath], lengths: Sequence[Form]) -> LongestPath | None:
    """The first of the longest; None while some length is open."""
    known = [length.number for length in lengths if length.number is not None]
    if len(known) < len(lengths):
        return None
    return paths[known.index(max(known))]


def _is_there(path: LongestPath, values: Mapping[str, int]) -> bool:
    """Whether numbers keep the facts under which a path is there; true while that is open."""
    from symcost.values import keeps

    return all(keeps(values, fact) for fact in path.where)


def depth(
    name: str, words: str, unit: str, title: str, order: float, fold: Callable[[Subject], Depth],
    holds: Callable[[Subject], Iterable[Fact]] | None = None,
) -> Question:  # fmt: skip
    """The question for the length of a longest chain, which a fold follows."""
    return Question(
        name=name,
        words=words,
        unit=unit,
        title=title,
        order=order,
        ask=lambda subject: _as_read(fold(subject).of(subject.graph)),
        longest=lambda subject: fold(subject).paths(subject.graph),
        holds=holds,
    )


def _as_read(form: Form) -> Form:
    """Layers that differ by their number are counted as `floor((L + 12)/16)`."""
    from symcost.formula.remainders import by_rounds

    return by_rounds(form)


def _by_operation(subject: Subject) -> Depth:
    from symcost.analysis.depth.measures import OperationSteps

    return chains(OperationSteps, subject)


def _by_product(subject: Subject) -> Depth:
    from symcost.analysis.depth.measures import ProductSteps

    return chains(ProductSteps, subject)


def _by_scalar(subject: Subject) -> Depth:
    from symcost.analysis.depth.measures import ScalarSteps

    return chains(ScalarSteps, subject)


def _no_logarithm_of_nothing(subject: Subject) -> Iterable[AtLeast]:
    from symcost.analysis.depth.vanishing import logarithms_stay

    length = _by_scalar(subject).of(subject.graph)
    return logarithms_stay(length, subject.assumptions)


def _every_operation_counts(subject: Subject) -> Iterable[AtLeast]:
    from symcost.analysis.depth.vanishing import steps_stay

    return steps_stay(subject.graph, subject.assumptions, lambda operation: (operation.cost,))


register(
    depth(
        "depth",
        "operations that must follow one another",
        "operations",
        "Depth",
        50,
        _by_operation,
        _every_operation_counts,
    )
)
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
        _no_logarithm_of_nothing,
    )
)
