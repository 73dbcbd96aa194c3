"""What a result sees along an axis of an input, and on how long a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcost.questions import Question, Subject, register

if TYPE_CHECKING:
    from symcost.analysis.window.path_length import AxisPath
    from symcost.ops.sizes import Fact


def path(subject: Subject, port: int = 0, axis: int = 0, result: int = 0) -> AxisPath:
    """What a result sees of an axis of an input; with numbers where open dimensions leave it undecided.

    Raises AxisOutOfRange, RoundsDiffer, UnderivedWindow.
    """
    return subject.fold(_path, subject, port, axis, result)


def _path(subject: Subject, port: int, axis: int, result: int) -> AxisPath:
    from symcost.analysis.memory.dropped import all_are_needed
    from symcost.analysis.window.path_length import AxisPath
    from symcost.errors import RoundsDiffer, UnderivedWindow

    try:
        all_are_needed(subject.graph, subject.assumptions, "what a result sees through")
        return AxisPath(subject.graph, subject.assumptions, port, axis, result)
    except (RoundsDiffer, UnderivedWindow):
        if subject.settle is None:
            raise
        numeric = subject.settle()
        return AxisPath(numeric.graph, numeric.assumptions, port, axis, result)


def holds(subject: Subject, port: int = 0, axis: int = 0, result: int = 0) -> tuple[Fact, ...]:
    """From which length of the axis on windows hold: where it has two positions, and is as long as the window.

    And from which sizes on every loop has a round, without which nothing is seen through it.
    """
    from symcost.analysis.depth.vanishing import rounds_happen
    from symcost.analysis.window.holding import windows_hold

    facts = windows_hold(path(subject, port, axis, result), subject.assumptions)
    return tuple(dict.fromkeys([*facts, *rounds_happen(subject.graph, subject.assumptions)]))


def divisors_hold(subject: Subject, port: int = 0, axis: int = 0, result: int = 0) -> tuple[Fact, ...]:
    """For which sizes a path length divides by nothing that is none.

    Raises NoPath, UnderivedWindow.
    """
    from symcost.analysis.window.holding import divisors_hold

    asked = path(subject, port, axis, result)
    return divisors_hold(asked, subject.assumptions) if asked.sees else ()


def _ahead_holds(subject: Subject) -> tuple[Fact, ...]:
    from symcost.analysis.window.holding import sees_something

    facts = sees_something(path(subject), subject.assumptions)
    return tuple(dict.fromkeys([*holds(subject), *facts]))


def _length_holds(subject: Subject) -> tuple[Fact, ...]:
    from symcost.analysis.depth.vanishing import rounds_happen
    from symcost.analysis.window.holding import length_holds

    facts = length_holds(path(subject), subject.assumptions)
    return tuple(dict.fromkeys([*facts, *rounds_happen(subject.graph, subject.assumptions)]))


register(
    Question(
        name="receptive_field",
        words="positions from the first to the last that one result sees",
        unit="positions",
        ask=lambda subject: path(subject).receptive_field,
        holds=holds,
        order=40,
    )
)
register(
    Question(
        name="look_ahead",
        words="later positions that one result waits for",
        unit="positions",
        ask=lambda subject: path(subject).look_ahead,
        holds=_ahead_holds,
        order=41,
    )
)
register(
    Question(
        name="path_length",
        words="operations between the two farthest positions",
        unit="operations",
        ask=lambda subject: path(subject).length_of_path,
        holds=_length_holds,
        title="Path length",
        order=42,
    )
)
