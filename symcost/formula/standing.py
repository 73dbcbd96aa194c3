"""Questions that stand while they are answered: none can serve to answer itself, nor is kept what leaned on one.

Proofs ask one another in circles. A question that is met again while it stands has the answer that it has meanwhile,
such as "not proven"; what is found with the help of that holds only as long as it stands. So an answer that is kept is
the one that its question would have in a fresh process, whatever was asked before, broken off, or asked beside it:
each thread has questions of its own, and all of them share only what is settled.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from threading import local
from typing import Any, TypeVar, cast

Answer = TypeVar("Answer")
Asked = TypeVar("Asked", bound=Hashable)


class Question:
    """A question that stands. `leans_on` are the depths of those around it that its answer leans on."""

    __slots__ = ("around", "asked", "depth", "leaning", "leans_on", "table")

    def __init__(self, table: object, asked: Hashable, around: Question | None) -> None:
        self.table = table
        self.asked = asked
        self.around = around
        self.depth: int = 0 if around is None else around.depth + 1
        self.leans_on: set[int] = set()
        self.leaning: dict[tuple[int, Hashable], tuple[object, Any, set[int]]] = {}
        """Answers that lean on this question, by table and what was asked: they hold for as long as it stands."""

    def leans(self, depths: set[int]) -> None:
        """Make known that its answer leans on others; on itself it may."""
        self.leans_on |= {depth for depth in depths if depth < self.depth}


class _Thread(local):
    """The question that was asked last in this thread and stands."""

    innermost: Question | None = None


_here = _Thread()


def found(table: dict[Asked, Answer], asked: Asked, find: Callable[[], Answer], meanwhile: Answer) -> Answer:
    """The answer of a table; found out where it is not there, and `meanwhile` while it is being found out."""
    around = standing = _here.innermost
    while standing is not None:
        if standing.asked is asked and standing.table is table:
            return _leaning(meanwhile, {standing.depth})
        if (id(table), asked) in standing.leaning:
            _, answer, depths = standing.leaning[id(table), asked]
            return _leaning(cast(Answer, answer), depths)
        standing = standing.around

    question = Question(table, asked, around)
    answer = _while_standing(question, find)
    if not question.leans_on:
        return table.setdefault(asked, answer)
    _last_leaned_on(question).leaning[id(table), asked] = table, answer, question.leans_on
    return answer


def alone(find: Callable[[], Answer]) -> tuple[Answer, bool]:
    """What is found, and whether it leans on no question that stands, so that it may be kept."""
    if _here.innermost is None:
        return find(), True
    question = Question(None, None, _here.innermost)
    answer = _while_standing(question, find)
    return answer, not question.leans_on


def _while_standing(question: Question, find: Callable[[], Answer]) -> Answer:
    around = question.around
    try:
        _here.innermost = question
        return find()
    finally:
        # Whatever ends the search, an interrupt too: the question stands no more.
        _here.innermost = around
        if around is not None:
            around.leans(question.leans_on)


def _leaning(answer: Answer, depths: set[int]) -> Answer:
    """An answer that leans on questions that stand; whoever asks now leans on them as well."""
    assert _here.innermost is not None
    _here.innermost.leans(depths)
    return answer


def _last_leaned_on(question: Question) -> Question:
    """Of those that an answer leans on the one that was asked last, the first that will not stand."""
    last = max(question.leans_on)
    around = question.around
    while around is not None and around.depth != last:
        around = around.around
    assert around is not None
    return around
