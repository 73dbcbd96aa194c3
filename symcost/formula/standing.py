"""What is being found out, and what of it may be kept: proofs ask one another in circles.

A question that is met again while it is looked at has the answer that it has meanwhile, such as "not proven". What
leans on that, or on what leaned on it, is kept for the question that was asked first and no longer. So every answer
that is kept is the one that its question has in a fresh process: whatever was asked before, was broken off, or is asked
by another thread. Each thread has questions of its own, and all share only what is settled.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import local
from typing import Any, Generic, TypeVar, cast

from symcost.formula.keys import Key

Answer = TypeVar("Answer")


Asked = tuple["Answers[Any]", Key]

MOST_LEANING = 60
"""A circle of more questions is kept as it was found: no network has one, and a hostile text would have each looked at
again and again."""

MOST_NESTED = 40
"""So many questions lead from one to the next, each asked on the way to the one before it; the zoo has 11. What is
asked deeper is answered as if it were being looked at: forms that grow from question to question have no end."""


class Answers(Generic[Answer]):
    """Answers by what was asked."""

    __slots__ = ("first", "settled")

    def __init__(self) -> None:
        self.settled: dict[Key, Answer] = {}
        """Those that lean on no question that was being looked at: so they are wherever they are asked."""
        self.first: dict[Key, Answer] = {}
        """The others, as they are where nothing else is being looked at."""

    def clear(self) -> None:
        """Forget all of them; they are found out again."""
        self.settled.clear()
        self.first.clear()


class Question:
    """A question that is being looked at; `clean` as long as it leans on none."""

    __slots__ = ("around", "clean", "deep", "leaning")

    def __init__(self, around: Question | None) -> None:
        self.around: Question | None = around
        self.clean: bool = True
        self.deep: int = 0 if around is None else around.deep + 1
        self.leaning: dict[Asked, Any] = {} if around is None else around.leaning
        """Answers of questions that are looked at, and those that leaned on them, until the first has its answer."""


class _Thread(local):
    """The question of this thread that was asked last and has no answer yet."""

    innermost: Question | None = None


_here = _Thread()


def found(answers: Answers[Answer], asked: Key, find: Callable[[], Answer], meanwhile: Answer) -> Answer:
    """The answer to a question that is not settled; `meanwhile` where it is being looked at already."""
    around = _here.innermost
    if around is None and asked in answers.first:
        return answers.first[asked]
    if around is not None and (answers, asked) in around.leaning:
        return _leaning(around, answers, asked)
    if around is not None and around.deep >= MOST_NESTED:
        around.clean = False
        return meanwhile
    question = Question(around)
    question.leaning[answers, asked] = meanwhile
    return _kept(question, answers, asked, _looked_at(question, find))


def worked_out(answers: Answers[Answer], asked: Key, work_out: Callable[[], Answer]) -> Answer:
    """The same for what is never asked in circles, though what it asks may be."""
    around = _here.innermost
    if around is not None and (answers, asked) in around.leaning:
        return _leaning(around, answers, asked)
    question = Question(around)
    return _kept(question, answers, asked, _looked_at(question, work_out))


def alone(find: Callable[[], Answer]) -> tuple[Answer, bool]:
    """What is found, and whether it leans on no question that is being looked at, so that it may be kept."""
    around = _here.innermost
    if around is None:
        return find(), True
    question = Question(around)
    answer = _looked_at(question, find)
    return answer, question.clean


def _leaning(around: Question, answers: Answers[Answer], asked: Key) -> Answer:
    around.clean = False
    return cast(Answer, around.leaning[answers, asked])


def _looked_at(question: Question, find: Callable[[], Answer]) -> Answer:
    around = question.around
    try:
        _here.innermost = question
        return find()
    finally:
        # Whatever ends the search, an interrupt too: nobody looks at the question any more.
        _here.innermost = around
        if around is not None and not question.clean:
            around.clean = False


def _kept(question: Question, answers: Answers[Answer], asked: Key, answer: Answer) -> Answer:
    if question.clean:
        question.leaning.pop((answers, asked), None)
        answers.settled[asked] = answer
        return answer
    question.leaning[answers, asked] = answer
    if question.around is None:
        answers.first[asked] = answer
        if len(question.leaning) > MOST_LEANING:
            for (others, other), kept in question.leaning.items():
                others.settled[other] = kept
    return answer
