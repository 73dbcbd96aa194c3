"""What a result sees along an axis of an input, and on how long a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symcost.questions import Question, Subject, register

if TYPE_CHECKING:
    from symcost.analysis.window.path_length import Path


def path(subject: Subject, port: int = 0, axis: int = 0, result: int = 0) -> Path:
    """What a result sees of an axis of an input; with numbers where open dimensions leave it undecided.

    Raises AxisOutOfRange, UnderivedWindow.
    """
    return subject.fold(_path, subject, port, axis, result)


def _path(subject: Subject, port: int, axis: int, result: int) -> Path:
    from symcost.analysis.window.path_length import Path
    from symcost.errors import UnderivedWindow

    try:
        return Path(subject.graph, subject.assumptions, port, axis, result)
    except UnderivedWindow:
        if subject.settle is None:
            raise
        numeric = subject.settle()
        return Path(numeric.graph, numeric.assumptions, port, axis, result)


register(
    Question(
        name="receptive_field",
        words="positions of the input that one result sees",
        unit="positions",
        ask=lambda subject: path(subject).receptive_field,
        order=40,
    )
)
register(
    Question(
        name="look_ahead",
        words="later positions that one result waits for",
        unit="positions",
        ask=lambda subject: path(subject).look_ahead,
        order=41,
    )
)
register(
    Question(
        name="path_length",
        words="operations between the two farthest positions",
        unit="operations",
        ask=lambda subject: path(subject).length_of_path,
        title="Path length",
        order=42,
    )
)
