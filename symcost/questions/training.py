"""What the backward pass costs, and forward and backward together.

What stands in a `recompute` is performed once more as a whole; `backward_early` and `training_early` stop with the last
operation that is needed, as PyTorch does unless it is told not to (see analysis/training/early.py).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from symcost.questions import Question, Subject, register
from symcost.questions.counts import operations

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Measure
    from symcost.analysis.training.backward import Backward
    from symcost.conventions import Convention
    from symcost.cost import Cost
    from symcost.formula import Form


def backward(subject: Subject, *, inputs: bool = False, early: bool = False) -> Backward:
    """The fold that goes back through the graph; with `inputs` for gradients of the inputs of the model too.

    With `early`, what is recomputed stops when all that is needed is there.
    """
    from symcost.analysis.counts.operations import Operations
    from symcost.analysis.training.backward import Backward

    return subject.fold(Backward, subject.assumptions, subject.fold(Operations), inputs=inputs, early=early)


def gradients(subject: Subject, *, inputs: bool = False, early: bool = False) -> Cost:
    """All operations of the backward pass.

    Raises UnderivedBackward.
    """
    return backward(subject, inputs=inputs, early=early).of(subject.graph)


def both_ways(subject: Subject, *, early: bool = False) -> Cost:
    """All operations forward and backward.

    Raises UnderivedBackward.
    """
    from symcost.cost import total

    return total([operations(subject), gradients(subject, early=early)])


def _weights(subject: Subject) -> Convention:
    """The convention, if it speaks of operations in both directions.

    Raises TrainingNotCounted.
    """
    from symcost.errors import TrainingNotCounted

    if subject.convention.layers:
        raise TrainingNotCounted(subject.convention.name)
    return subject.convention


def _flops_both_ways(subject: Subject) -> Form:
    from symcost.analysis.fold import repetitions
    from symcost.formula import drawn_together

    return drawn_together(_weights(subject).flops(both_ways(subject)), repetitions(subject.graph))


def _macs(subject: Subject, *, forward: bool = False, early: bool = False) -> Measure:
    from symcost.analysis.training.by_line import gone_back

    return gone_back(backward(subject, early=early), subject.graph, lambda cost: cost["mac"], forward=forward)


def _flops_both_ways_by_line(subject: Subject) -> Measure:
    from symcost.analysis.training.by_line import gone_back

    return gone_back(backward(subject), subject.graph, _weights(subject).flops, forward=True)


register(
    Question(
        name="backward",
        words="multiply-accumulates of the backward pass",
        unit="MACs",
        ask=lambda subject: gradients(subject)["mac"],
        order=31,
        by_line=_macs,
    )
)
register(
    Question(
        name="training",
        words="multiply-accumulates forward and backward",
        unit="MACs",
        ask=lambda subject: both_ways(subject)["mac"],
        order=32,
        by_line=partial(_macs, forward=True),
    )
)
register(
    Question(
        name="training_flops",
        words="FLOPs forward and backward",
        unit="FLOPs",
        ask=_flops_both_ways,
        order=33,
        by_line=_flops_both_ways_by_line,
    )
)
register(
    Question(
        name="backward_early",
        words="multiply-accumulates of the backward pass where recomputation stops early",
        unit="MACs",
        ask=lambda subject: gradients(subject, early=True)["mac"],
        order=34,
        by_line=partial(_macs, early=True),
    )
)
register(
    Question(
        name="training_early",
        words="multiply-accumulates forward and backward where recomputation stops early",
        unit="MACs",
        ask=lambda subject: both_ways(subject, early=True)["mac"],
        order=35,
        by_line=partial(_macs, forward=True, early=True),
    )
)
