"""The steps from the operations of a model to its total: one for each block that adds several things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import PurePath
from typing import TYPE_CHECKING

from symcost.analysis.counts.by_line import Held, Line, Part, Step
from symcost.errors import TooManyBlocks
from symcost.formula import Form, mul
from symcost.graph.graph import Block, Parameter
from symcost.questions import question
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.diagnostics import Span
    from symcost.model import Model

MOST_STATEMENTS = 2_000
"""Blocks in one derivation."""
LONGEST_LABEL = 24
"""An operation is called by its own words up to so many characters."""
_GIVEN = re.compile(r"(?:param |buffer |emit )?\s*(\w+)\s*(?:\[[^\]=]*\])?\s*=(?!=)")
"""A line that gives something a name."""


@dataclass(frozen=True, slots=True)
class Term:
    """What one operation, or a block inside, counts, under its name.

    `told` is the name of a statement above that says the same, where there is one.
    """

    label: str
    form: Form
    told: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A block: what is added in it, and what that is in all; `rounds` where that is done several times.

    `numbers` is the value, where all dimensions have one; of the last statement only.
    """

    name: str
    place: str
    terms: tuple[Term, ...]
    once: Form
    rounds: Form | None
    total: Form
    numbers: tuple[Form, ...] = ()
    summed: str = ""
    """The counter over which rounds that differ are summed."""

    @property
    def words(self) -> object:
        """What is told but for the place: equal for blocks of one name in which the same is added up."""
        terms = tuple((term.label, term.form.key) for term in self.terms)
        rounds = None if self.rounds is None else self.rounds.key
        return self.name, terms, rounds, self.summed, self.total.key

    @property
    def is_loop(self) -> bool:
        """Whether its terms are of one round, and the total of all of them."""
        return self.rounds is not None or bool(self.summed)

    @property
    def says_all(self) -> bool:
        """Whether the terms, as they stand there, are the total as it is written."""
        return " + ".join(str(term.form) for term in self.terms) == str(self.total)


def statements(model: Model, quantity: str, convention: str = "default") -> list[Statement]:
    """From the innermost blocks to the whole. Of a depth the longest path, or the first of those that may be it.

    Of what is neither a sum nor a depth the total alone; of a peak before it each place where so much may live.
    Raises UnknownQuantity, UnderivedDepth, TooManyBlocks.
    """
    if question(quantity).kind == "plain":
        return _plain(model, quantity)
    if question(quantity).kind == "depth":
        (whole, _), *_ = model.longest_paths(quantity)
    else:
        whole = model.explained(quantity, convention)
    return Steps(model).of(whole)


def _plain(model: Model, quantity: str) -> list[Statement]:
    """What no lines of the text add up to."""
    asked = model.quantity(quantity)
    places = list(_peaks(model)) if quantity == "peak" else []
    total = asked.ask(model)
    shown = model.shown(total)
    numbers = (shown,) if shown.number is not None and total.number is None else ()
    return [*places, Statement(model.name, _place(model.span), (), total, None, total, numbers)]


def _peaks(model: Model) -> Iterator[Statement]:
    """Each place that may be the peak, and what lives there at once."""
    for candidate in model.answers.peaks_in(None):
        words = " ".join(candidate.at.text.split()) if candidate.at is not None else "what goes in"
        short = words if len(words) <= LONGEST_LABEL else f"{words[:LONGEST_LABEL]}..."
        name = f"at {short} in {candidate.inside[-1]}" if candidate.inside else f"at {short}"
        yield Statement(name, _place(candidate.at), (), candidate.form, None, candidate.form)


class Steps:
    """Collects the statements of one model; a block that stands in several places is told once."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._listed: list[Statement] = []
        self._known: set[object] = set()

    def of(self, whole: Part) -> list[Statement]:
        """The statements from the innermost to the total."""
        terms = tuple(self._terms(whole))
        shown = self._model.shown(whole.total)
        numbers = (shown,) if shown.number is not None and whole.total.number is None else ()
        place = _place(self._model.span)
        last = self._listed[-1] if self._listed else None
        if last is not None and len(terms) == 1 and last.total.key == whole.total.key:
            # The last block is all that there is: if it is no loop, it is told as the model itself.
            terms = ()
            if not last.is_loop:
                self._listed.pop()
                terms, place = last.terms, last.place
        self._listed.append(Statement(self._model.name, place, terms, whole.total, None, whole.total, numbers))
        return _referring(self._listed)

    def _terms(self, part: Part) -> Iterator[Term]:
        """What is added in a part; equal neighbours as one."""
        found = [term for line in part.lines for term in self._line(line)]
        for _, group in groupby(found, key=lambda term: (term.label, term.form.key)):
            first, *others = group
            times = 1 + len(others)
            label = f"{times} × {first.label}" if times > 1 else first.label
            yield Term(label, mul(times, first.form))

    def _line(self, line: Line) -> Iterator[Term]:
        """What stands on a line, `times` in a row."""
        for item in line.items:
            label = _operation(item, line) if isinstance(item, Step) else self._block(item, line)
            yield Term(label if line.times == 1 else f"{line.times} × {label}", mul(line.times, item.total))

    def _block(self, part: Part, line: Line) -> str:
        """What a block inside is called; a statement is made for one that needs it."""
        block = part.block
        if block is None:
            return _given(line) or "part"
        loop = block.kind != "call" and not part.at_once
        inner = _only(part)
        if inner is not None and not loop:
            # A block around one thing says nothing of its own but its name.
            return self._only_inside(part, inner, block)
        name = block.name
        key = (block.graph, part.total.key, name)
        if key not in self._known:
            self._known.add(key)
            self._tell(part, block, loop=loop)
        return name

    def _only_inside(self, part: Part, inner: Line, block: Block) -> str:
        item = inner.items[0]
        if isinstance(item, Part):
            self._block(item, inner)
        return block.name

    def _tell(self, part: Part, block: Block, *, loop: bool) -> None:
        terms = tuple(self._terms(part))
        if len(self._listed) >= MOST_STATEMENTS:
            raise TooManyBlocks(MOST_STATEMENTS)
        rounds = part.factor if loop else None
        is_summed = loop and part.factor is None
        summed = block.counter.name if is_summed and block.counter is not None else ""
        told = Statement(block.name, _place(block.span), terms, part.once, rounds, part.total, summed=summed)
        if told.words not in self._known:
            self._known.add(told.words)
            self._listed.append(told)


def _referring(listed: Iterable[Statement]) -> list[Statement]:
    """With those terms marked that are the total of a statement above, under its name."""
    known: dict[object, str] = {}
    made = []
    for one in listed:
        terms = tuple(replace(term, told=known.get(term.form.key, "")) for term in one.terms)
        made.append(replace(one, terms=terms))
        known[one.total.key] = one.name
    return made


def _only(part: Part) -> Line | None:
    """The line of a part that has one with one thing on it, done once."""
    if len(part.lines) == 1 and len(part.lines[0].items) == 1 and part.lines[0].times == 1:
        return part.lines[0]
    return None


def _operation(step: Step, line: Line) -> str:
    """An operation in its own words where they are few; else by what it gives a name to, or its kind."""
    node = step.node
    if isinstance(node, Parameter | Held):
        return node.name
    words = " ".join(node.span.text.split())
    if len(words) <= LONGEST_LABEL and "{" not in words:
        return words
    return _given(line) or getattr(node, "kind", "operation")


def _given(line: Line) -> str:
    """The name that a line gives to what it makes."""
    found = _GIVEN.match(line.span.source.line(line.span.line).strip())
    return found[1] if found else ""


def _place(span: Span | None) -> str:
    if span is None:
        return ""
    return f"{PurePath(span.source.name).name}, line {span.line}"
