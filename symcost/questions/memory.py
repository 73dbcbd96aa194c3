"""What is kept, carried, alive at once, and moved: numbers, whatever their width."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from symcost.questions import Question, Subject, register
from symcost.questions.training import backward

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Measure
    from symcost.analysis.memory.activations import Kept
    from symcost.formula import Form


def kept(subject: Subject) -> Kept:
    """Numbers that the forward pass keeps for the backward pass, by kind.

    Raises UnderivedMemory.
    """
    from symcost.analysis.memory.activations import Activations

    return subject.fold(Activations, subject.assumptions, backward(subject)).of(subject.graph)


def peak(subject: Subject, widths: Mapping[str, Form] | None = None) -> Form:
    """The most numbers that live at once when the model is used; with `widths` bytes, by kind as in `kept`.

    Raises UndecidedPeak.
    """
    from symcost.analysis.memory.peak import Peak

    decided = subject if subject.settle is None else subject.settle()
    return Peak(decided.assumptions, widths).of(decided.graph)


def _state(subject: Subject) -> Form:
    from symcost.analysis.memory.state import State

    return State().of(subject.graph)


def _traffic(subject: Subject) -> Form:
    from symcost.analysis.memory.traffic import Traffic

    return Traffic(subject.graph).numbers


def _traffic_by_line(subject: Subject) -> Measure:
    from symcost.analysis.counts.by_line import Operated
    from symcost.analysis.memory.traffic import moved

    return Operated(moved)


def _fused(subject: Subject) -> Form:
    from symcost.analysis.memory.fused import Fused

    return Fused().of(subject.graph)


register(
    Question(
        name="activations",
        words="numbers kept for the backward pass",
        unit="numbers",
        ask=lambda subject: kept(subject)["numbers"],
        order=60,
    )
)
register(
    Question(
        name="masks",
        words="truth values kept for the backward pass",
        unit="truth values",
        ask=lambda subject: kept(subject)["masks"],
        order=61,
    )
)
register(
    Question(
        name="peak",
        words="numbers that live at once, at most",
        unit="numbers",
        ask=peak,
        order=62,
    )
)
register(
    Question(
        name="state",
        words="numbers carried from step to step",
        unit="numbers",
        ask=_state,
        order=63,
    )
)
register(
    Question(
        name="traffic",
        words="numbers moved, each operation by itself",
        unit="numbers",
        ask=_traffic,
        by_line=_traffic_by_line,
        order=64,
    )
)
register(
    Question(
        name="fused",
        words="numbers moved, all in one",
        unit="numbers",
        ask=_fused,
        order=65,
    )
)
