"""What the backward pass costs, and forward and backward together.

What stands in a `recompute` is performed once more as a whole; `backward_early` and `training_early` stop with the last
operation that is needed, as PyTorch does unless it is told not to (see analysis/training/early.py).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from symcost.questions import Question, Subject, register
from symcost.questions.counts import operations

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Measure
    from symcost.analysis.training.backward import Backward
    from symcost.conventions import Convention
    from symcost.cost import Cost
    from symcost.formula import AtLeast, Form

Found = TypeVar("Found")


def going_back(
    subject: Subject, ask: Callable[[Backward], Found], *, inputs: bool = False, early: bool = False
) -> tuple[Found, tuple[AtLeast, ...]]:
    """What is found by going back through the graph, and for which sizes: for those for which its loops have a round.

    With `inputs` for gradients of the inputs of the model too; with `early`, what is recomputed stops when all that is
    needed is there. Only loops of which it makes a difference must have one (see analysis/training/without_rounds.py).

    Raises what `ask` raises.
    """
    from symcost.analysis.counts.operations import Operations
    from symcost.analysis.training.backward import Backward

    facts: tuple[AtLeast, ...] = ()
    while True:
        assumptions = subject.assumptions.with_(*facts) if facts else subject.assumptions
        back = subject.fold(Backward, assumptions, subject.fold(Operations), inputs=inputs, early=early)
        found = ask(back)
        if not back.wanted:
            return found, facts

        # Where a loop has a round, others may have to have one: each is met once.
        facts = (*facts, *back.wanted)


def gradients(subject: Subject, *, inputs: bool = False, early: bool = False) -> Cost:
    """All operations of the backward pass.

    Raises UnderivedBackward.
    """
    found, _ = going_back(subject, lambda back: back.of(subject.graph), inputs=inputs, early=early)
    return found


def has_rounds(subject: Subject, *, inputs: bool = False, early: bool = False) -> tuple[AtLeast, ...]:
    """For which sizes what goes back is told.

    Raises UnderivedBackward.
    """
    _, facts = going_back(subject, lambda back: back.of(subject.graph), inputs=inputs, early=early)
    return facts


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
    return _by_line(subject, lambda cost: cost["mac"], forward=forward, early=early)


def _flops_both_ways_by_line(subject: Subject) -> Measure:
    return _by_line(subject, _weights(subject).flops, forward=True, early=False)


def _by_line(subject: Subject, pick: Callable[[Cost], Form], *, forward: bool, early: bool) -> Measure:
    from symcost.analysis.training.by_line import gone_back

    def ask(back: Backward) -> Measure:
        return gone_back(back, subject.graph, pick, forward=forward)

    measure, _ = going_back(subject, ask, early=early)
    return measure


register(
    Question(
        name="backward",
        words="multiply-accumulates of the backward pass",
        unit="MACs",
        ask=lambda subject: gradients(subject)["mac"],
        order=31,
        holds=has_rounds,
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
        holds=has_rounds,
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
        holds=has_rounds,
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
        holds=partial(has_rounds, early=True),
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
        holds=partial(has_rounds, early=True),
        by_line=partial(_macs, forward=True, early=True),
    )
)
