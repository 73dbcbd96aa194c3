"""What is kept, carried, alive at once, and moved: numbers, whatever their width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from symcost.questions import Question, Subject, register
from symcost.questions.training import going_back

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Measure
    from symcost.analysis.memory.activations import Kept
    from symcost.analysis.memory.largest import Candidate
    from symcost.analysis.training.backward import Backward
    from symcost.formula import Assumptions, AtLeast, Form
    from symcost.graph.graph import Graph
    from symcost.ops.sizes import Fact


def kept(subject: Subject) -> Kept:
    """Numbers that the forward pass keeps for the backward pass, by kind.

    Raises UnderivedMemory.
    """
    return _kept(subject)[0]


def _kept(subject: Subject) -> tuple[Kept, tuple[AtLeast, ...]]:
    """The same, and for which sizes."""
    from symcost.analysis.memory.activations import Activations

    def ask(back: Backward) -> Kept:
        return subject.fold(Activations, back.assumptions, back).of(subject.graph)

    return going_back(subject, ask)


def _kept_holds(subject: Subject) -> Iterable[Fact]:
    return _kept(subject)[1]


def _kept_by_place(subject: Subject, *, kind: str) -> Measure:
    from symcost.analysis.memory.placed import Placed, storing

    def ask(back: Backward) -> Kept:
        return subject.fold(Placed, back.assumptions, back).of(subject.graph)

    return storing(going_back(subject, ask)[0], kind)


def peak(subject: Subject) -> Form:
    """The most numbers that live at once when the model is used.

    Raises RoundsDiffer, UndecidedPeak.
    """
    from symcost.formula import maximum

    return maximum(*(candidate.form for candidate in peaks(subject)))


def peaks(subject: Subject, widths: Mapping[str, Form] | None = None) -> Sequence[Candidate]:
    """What may be the peak, and where; with `widths` in bytes, by kind as in `kept`.

    Raises UndecidedPeak.
    """
    from symcost.analysis.memory.peak import Peak
    from symcost.analysis.memory.written_out import made_anew

    decided = subject if subject.settle is None else subject.settle()
    made_anew(decided.graph, "how much lives at once in")
    return Peak(decided.assumptions, widths).candidates(decided.graph)


def _peak_holds(subject: Subject) -> Iterable[Fact]:
    """Where every loop runs and copies are copies; of rounds that differ, where some are neither first nor last."""
    from symcost.analysis.depth.vanishing import rounds_happen
    from symcost.analysis.memory.written_out import alike_written_out, copies_stay, written_out

    yield from rounds_happen(subject.graph, subject.assumptions, written_out(subject.graph))
    yield from copies_stay(subject.graph, subject.assumptions)
    yield from alike_written_out(subject.graph, subject.assumptions)


def largest(candidates: Iterable[Candidate], assumptions: Assumptions) -> Sequence[Candidate]:
    """Those that no other is known to reach, the likeliest first."""
    from symcost.analysis.memory.largest import Largest

    return Largest(assumptions, {}).likeliest(candidates)


def _state_has_cases(subject: Subject) -> bool:
    """Only a cache that grows from round to round: where there is no round, there is no last one."""
    from symcost.analysis.memory.state import State

    state = State()
    state.of(subject.graph)
    return state.reads_last_rounds


def _state(subject: Subject) -> Form:
    from symcost.analysis.memory.state import State

    return State().of(subject.graph)


def _state_by_place(subject: Subject) -> Measure:
    from symcost.analysis.memory.carrying import Carrying

    return Carrying()


def _traffic(subject: Subject) -> Form:
    from symcost.analysis.memory.traffic import Traffic

    return Traffic(subject.graph).numbers


def _traffic_by_line(subject: Subject) -> Measure:
    from symcost.analysis.counts.by_line import Operated
    from symcost.analysis.memory.traffic import moved

    return Operated(moved)


def moved(subject: Subject, *, every: bool = False) -> Mapping[str, Form]:
    """Numbers that have to be moved, however much memory is on the chip, by role (see `widths.ROLES`).

    Under `choose` all positions choose alike, which moves least; with `every` each alternative is chosen.
    """
    return _moving(subject, every=every)[0]


def _moving(subject: Subject, *, every: bool) -> tuple[Mapping[str, Form], Sequence[AtLeast]]:
    """The same, and for which sizes."""
    return subject.fold(_moving_of, subject.graph, subject.assumptions, every=every)


def _moving_of(graph: Graph, assumptions: Assumptions, *, every: bool) -> tuple[Mapping[str, Form], Sequence[AtLeast]]:
    """Loops for which less would be read if they had one round have two."""
    from symcost.analysis.depth.vanishing import TWO, open_facts
    from symcost.analysis.memory.fused import Fused

    fused = Fused(assumptions, every=every)
    found = fused.by_role(graph)
    claims = []
    for loop in fused.going_on:
        if Fused(assumptions, every=every, once=(loop,)).by_role(graph) != found:
            claims.append((loop.count, TWO))
    return found, tuple(dict.fromkeys(open_facts(claims, assumptions)))


def _fused(subject: Subject) -> Form:
    from symcost.analysis.memory.dropped import all_are_needed
    from symcost.analysis.memory.written_out import made_anew
    from symcost.formula import add

    made_anew(subject.graph, "what is moved at least by")
    all_are_needed(subject.graph, subject.assumptions, "what is moved at least by")
    return add(*moved(subject).values())


def _traffic_holds(subject: Subject) -> Iterable[Fact]:
    from symcost.analysis.memory.written_out import copies_stay, nothing_skipped

    yield from nothing_skipped(subject.graph, subject.assumptions)
    yield from copies_stay(subject.graph, subject.assumptions)


def _fused_holds(subject: Subject) -> Iterable[Fact]:
    from symcost.analysis.depth.vanishing import rounds_happen
    from symcost.analysis.memory.written_out import nothing_skipped

    twice = _moving(subject, every=False)[1]
    yield from twice
    yield from rounds_happen(subject.graph, subject.assumptions.with_(*twice))
    yield from nothing_skipped(subject.graph, subject.assumptions)


register(
    Question(
        name="activations",
        words="numbers kept for the backward pass",
        unit="numbers",
        ask=lambda subject: kept(subject)["numbers"],
        order=60,
        holds=_kept_holds,
        by_place=partial(_kept_by_place, kind="numbers"),
    )
)
register(
    Question(
        name="masks",
        words="truth values kept for the backward pass",
        unit="truth values",
        ask=lambda subject: kept(subject)["masks"],
        order=61,
        holds=_kept_holds,
        by_place=partial(_kept_by_place, kind="masks"),
    )
)
register(
    Question(
        name="peak",
        words="numbers that live at once, at most",
        unit="numbers",
        ask=peak,
        holds=_peak_holds,
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
        has_cases=_state_has_cases,
        by_place=_state_by_place,
    )
)
register(
    Question(
        name="traffic",
        words="numbers moved, each operation by itself",
        unit="numbers",
        ask=_traffic,
        holds=_traffic_holds,
        by_line=_traffic_by_line,
        order=64,
    )
)
register(
    Question(
        name="fused",
        words="numbers moved at least, all in one",
        unit="numbers",
        ask=_fused,
        holds=_fused_holds,
        order=65,
    )
)
