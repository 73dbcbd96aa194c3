"""What the backward pass costs, and forward and backward together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcost.questions import Question, Subject, register
from symcost.questions.counts import operations

if TYPE_CHECKING:
    from symcost.analysis.training.backward import Backward
    from symcost.cost import Cost
    from symcost.formula import Form


def backward(subject: Subject, *, inputs: bool = False) -> Backward:
    """The fold that goes back through the graph; with `inputs` for gradients of the inputs of the model too."""
    from symcost.analysis.counts.operations import Operations
    from symcost.analysis.training.backward import Backward

    return subject.fold(Backward, subject.assumptions, subject.fold(Operations), inputs=inputs)


def gradients(subject: Subject, *, inputs: bool = False) -> Cost:
    """All operations of the backward pass.

    Raises UnderivedBackward.
    """
    return backward(subject, inputs=inputs).of(subject.graph)


def both_ways(subject: Subject) -> Cost:
    """All operations forward and backward.

    Raises UnderivedBackward.
    """
    from symcost.cost import total

    return total([operations(subject), gradients(subject)])


def _flops_both_ways(subject: Subject) -> Form:
    """Raises UnderivedBackward, TrainingNotCounted."""
    from symcost.errors import TrainingNotCounted

    if subject.convention.layers:
        raise TrainingNotCounted(subject.convention.name)
    return subject.convention.flops(both_ways(subject))


register(
    Question(
        name="backward",
        words="multiply-accumulates of the backward pass",
        unit="MACs",
        ask=lambda subject: gradients(subject)["mac"],
        order=31,
    )
)
register(
    Question(
        name="training",
        words="multiply-accumulates forward and backward",
        unit="MACs",
        ask=lambda subject: both_ways(subject)["mac"],
        order=32,
    )
)
register(
    Question(
        name="training_flops",
        words="FLOPs forward and backward",
        unit="FLOPs",
        ask=_flops_both_ways,
        order=33,
    )
)
