"""Grading: a student's file held against a solution, each answer right or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symcost.arguments import FLAG, Kind, taking
from symcost.errors import SymcostError
from symcost.questions import is_question
from symcost.records import dataclass
from symcost.syntax import ast

if TYPE_CHECKING:
    from symcost.document import Document
    from symcost.export.page import Page
    from symcost.model import Model

ALWAYS = ("params", "macs", "depth")
"""What is asked of a model of which the solution expects nothing for all sizes."""

ANSWERS = ("==", "~=", "grows")
"""How an answer is given. A bound is none: by many of them anybody finds what is true."""

Question = tuple[str, str, str, str]
"""What is asked: a model, a configuration or nothing, a quantity, and how it is to be said."""


@dataclass(frozen=True, slots=True)
class Grade:
    """An answer: what it is about, whether it is right, what was answered, what is true, and why it cannot be right."""

    about: str
    right: bool
    answered: str
    true: str
    remark: str = ""


def _is_document(value: object) -> bool:
    from symcost.document import Document

    return isinstance(value, Document)


DOCUMENT = Kind("a document, as `symcost.load(FILE)` gives it,", _is_document)


def grades(student: Document, solution: Document) -> Iterator[Grade]:
    """Each model of the solution beside the student's of that name; then what the student expects of the solution's.

    Only what the solution asks is an answer: bounds, and questions of the student's own, are not judged, or they would
    give away what is true. Raises the faults of the solution.
    """
    for name, model in solution.models.items():
        _ = model.graph  # says what is wrong with a solution that has none
        mine = student.models.get(name)
        if mine is not None:
            yield from _of_model(mine, model)
        elif _speaks_of(student, name):
            yield from _unanswered(student, model)
        else:
            yield Grade(name, False, "", "", f"there is no model {name} and no answer about it")
    yield from _of_expectations(student, solution)


def _of_model(mine: Model, model: Model) -> Iterator[Grade]:
    """What the solution asks of a model, asked of the student's."""
    for quantity in _asked(model):
        about = f"{model.name}: {quantity}"
        true = model.quantity(quantity).form
        try:
            found = mine.quantity(quantity).form
        except SymcostError as fault:
            yield Grade(about, False, "", str(true), fault.faults[0].code)
            continue
        strange = sorted({one.name for one in found.free_symbols} - set(model.ports))
        remark = f"the solution has no {', '.join(strange)}" if strange else ""
        right = not strange and model.built.sizes.compare(found, true).kind == "equal"
        yield Grade(about, right, str(found), str(true), remark)


def _asked(model: Model) -> tuple[str, ...]:
    """The quantities that the solution expects for all sizes."""
    named: dict[str, None] = {}
    for block, check in _checks(model.unit.tree.items):
        is_of_all_sizes = block.model.text == model.name and block.config is None
        if is_of_all_sizes and is_question(check.quantity.text):
            named[check.quantity.text] = None
    return tuple(named) or ALWAYS


def _questions(model: Model) -> dict[Question, ast.Check | None]:
    """All that the solution asks about a model, with how it says so where it does."""
    said: dict[Question, ast.Check | None] = {
        _question(block, check): check
        for block, check in _checks(model.unit.tree.items)
        if block.model.text == model.name and check.relation in ANSWERS
    }
    return said or {(model.name, "", quantity, "=="): None for quantity in ALWAYS}


def _question(block: ast.Expect, check: ast.Check) -> Question:
    config = block.config.text if block.config else ""
    return block.model.text, config, check.quantity.text, check.relation


def _unanswered(student: Document, model: Model) -> Iterator[Grade]:
    answered = {_question(block, check) for block, check in _checks(student.items)}
    for question in _questions(model):
        if question not in answered:
            name, config, quantity, relation = question
            asked = f"{quantity} grows" if relation == "grows" else quantity
            yield Grade(f"{name}({config}): {asked}" if config else f"{name}: {asked}", False, "", "", "not answered")


def _of_expectations(student: Document, solution: Document) -> Iterator[Grade]:
    """What the student says of the models, held against those of the solution; each question has one answer."""
    asked: dict[Question, ast.Check | None] = {}
    for model in solution.models.values():
        asked |= _questions(model)
    answered: set[Question] = set()
    for block, check in _checks(student.items):
        about = f"{block.model.text}: {check.span.text}"
        question = _question(block, check)
        if question not in asked or _is_vaguer(check, asked[question]):
            yield Grade(about, False, "", "", "not asked")
        elif question in answered:
            yield Grade(about, False, "", "", "answered twice")
        else:
            answered.add(question)
            yield _judged(about, solution, block, check)


def _is_vaguer(check: ast.Check, theirs: ast.Check | None) -> bool:
    """Whether it allows for more than the solution does."""
    allowed = theirs.tolerance if theirs is not None else None
    return (check.tolerance or 0) > (allowed or 0)


def _judged(about: str, solution: Document, block: ast.Expect, check: ast.Check) -> Grade:
    try:
        judged = solution.judge(block, check)
    except SymcostError as fault:
        return Grade(about, False, "", "", fault.faults[0].code)
    return Grade(about, judged.ok, judged.expected, judged.found)


def _checks(items: tuple[ast.Item, ...]) -> Iterator[tuple[ast.Expect, ast.Check]]:
    for block in _expectations(items):
        for check in block.checks:
            yield block, check


def _expectations(items: tuple[ast.Item, ...]) -> Iterator[ast.Expect]:
    return (item for item in items if isinstance(item, ast.Expect))


def _speaks_of(student: Document, name: str) -> bool:
    return any(block.model.text == name for block in _expectations(student.items))


@taking(student=DOCUMENT, solution=DOCUMENT, hide=FLAG)
def grade(student: Document, solution: Document, *, hide: bool = False) -> Page:
    """A line for each answer, right or wrong; what is true beside it, unless it is to `hide`.

    Raises the faults of the solution.
    """
    from symcost.export.page import Page
    from symcost.export.parts import Paragraph, Part, Row, Table

    found = list(grades(student, solution))

    def parts() -> Iterator[Part]:
        head = ("answer", "verdict") if hide else ("answer", "verdict", "answered", "true")
        rows = []
        for one in found:
            verdict = "right" if one.right else "wrong"
            told = (one.about, f"{verdict} ({one.remark})" if one.remark else verdict)
            rows.append(Row(told if hide else (*told, one.answered, one.true)))
        yield Table(head, tuple(rows))
        yield Paragraph(
            f"{sum(one.right for one in found)} of {len(found)} right; only what the solution asks is compared"
        )

    return Page(student.name, parts)
