"""What each line of a text counts, wherever it stands: with all rounds, all calls, and all that it calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from symcost.analysis.counts.by_line import Explanation, Line, Measure, Part
from symcost.diagnostics import Source
from symcost.errors import TooManyBlocks
from symcost.export.summary import MOST_ROWS
from symcost.formula import Form, add, mul, num
from symcost.graph.graph import Block
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.questions import Question, Subject

Place = tuple[Source, int]
"""A text and a line of it, from 1."""


@dataclass(frozen=True, slots=True)
class _Inside:
    """Where lines stand: the blocks around them, each with the measure outside of it, and how often in a row."""

    around: tuple[tuple[Block, Measure], ...] = ()
    times: int = 1

    def total(self, form: Form) -> Form:
        """What counts so much in one round, over all rounds of all blocks around."""
        for block, measure in reversed(self.around):
            repeated = measure.around(block, form)
            form = form if repeated is None else repeated
        return mul(self.times, form) if self.times > 1 else form


def by_line(question: Question, subject: Subject) -> dict[Place, Form]:
    """What each line counts in all, where it counts something; a line with a call counts what is called.

    Raises TooManyBlocks.
    """
    assert question.by_line is not None
    measure = question.by_line(subject)
    whole = Explanation(measure).of(subject.graph)
    found: dict[Place, list[Form]] = {}
    for number, (place, form) in enumerate(_lines(whole.lines, measure, _Inside())):
        if number >= MOST_ROWS:
            raise TooManyBlocks(MOST_ROWS)
        found.setdefault(place, []).append(form)
    return {place: forms[0] if len(forms) == 1 else add(num(0), *forms) for place, forms in found.items()}


def _lines(lines: tuple[Line, ...], measure: Measure, inside: _Inside) -> Iterator[tuple[Place, Form]]:
    for line in lines:
        yield (line.span.source, line.span.line), inside.total(line.total)
        within = _Inside(inside.around, inside.times * line.times)
        for item in line.items:
            if isinstance(item, Part):
                yield from _of_part(item, measure, within, line.span.line)


def _of_part(part: Part, measure: Measure, inside: _Inside, line: int) -> Iterator[tuple[Place, Form]]:
    """The lines of a block; one that stands on the line of the block itself is counted there already."""
    assert part.block is not None
    within = _Inside((*inside.around, (part.block, measure)), inside.times)
    for place, form in _lines(part.lines, measure.inside(part.block), within):
        if place != (part.block.span.source, line):
            yield place, form
