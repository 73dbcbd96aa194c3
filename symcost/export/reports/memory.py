"""What a model needs in memory: parameters, what is kept for the way back, state, peak; and what it moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from symcost.analysis.memory.largest import Candidate
from symcost.analysis.memory.traffic import Moved
from symcost.analysis.memory.widths import Widths
from symcost.conventions import load
from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Notes, Paragraph, Row, Table
from symcost.export.reports.formula import assumed
from symcost.formula import Form, add
from symcost.formula.named import spread
from symcost.once import once
from symcost.ops.sizes import Fact
from symcost.questions import question
from symcost.questions.memory import moved
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.model import Model


TOLD = ("activations", "masks", "peak", "traffic", "fused")
"""The questions whose figures hold for some sizes only."""

MOST_PEAKS = 4
"""So many places are told where the peak may be: a few lines."""


@dataclass(frozen=True)
class Line:
    """One figure: what it is, the types of its numbers, and bytes (or FLOPs for each byte); None heads those below."""

    words: str
    types: str
    form: Form | None
    unit: str = "B"


@dataclass(frozen=True)
class Memory:
    """The memory of a model whose numbers have these widths."""

    model: Model
    widths: Widths

    def lines(self) -> Iterator[Line]:
        """Every figure, in bytes."""
        model = self.model
        frozen = spread(model.params.form - model.trained.form)
        yield self._line("parameters", "params", model.trained.form)
        if frozen != 0:
            yield self._line("parameters, frozen", "frozen", frozen)
        kept = model.kept
        buffers = model.quantity("buffers").form
        if buffers != 0:
            yield self._line("buffers", "buffers", buffers)
        yield self._line("kept for the backward pass", "activations", kept["numbers"])
        for words, kind in (("  masks", "masks"), ("  row numbers", "rows")):
            if kept[kind] != 0:
                yield self._line(words, kind, kept[kind])
        yield self._line("carried from step to step", "state", model.quantity("state").form)
        yield from self._peak()
        flops = model.shown(load("default").flops(model.cost))
        for words, crossing in self._moved():
            yield Line(words, "", crossing)
            if crossing.number and flops.number is not None:
                yield Line("  FLOPs for each byte", "", flops / crossing, "")
        yield Line("FLOPs", "", flops, "")

    @once
    def peaks(self) -> Sequence[Candidate]:
        """What may be the peak, the likeliest first."""
        return self.model.answers.peaks_in(self.widths.by_kind)

    def _peak(self) -> Iterator[Line]:
        """The peak; where it is open which is the largest, those that may be, each with its place."""
        words, type_ = "alive at once, at most", self.widths.types["activations"]
        if len(self.peaks) == 1:
            yield Line(words, type_, self.peaks[0].form)
            return
        yield Line("alive at once, the largest of", type_, None)
        for one in self.peaks[:MOST_PEAKS]:
            yield Line(f"  at {place(one)}", "", one.form)

    def _moved(self) -> Iterator[tuple[str, Form]]:
        """Bytes that are moved, if operations are by themselves, and at least."""
        model, widths = self.model, self.widths
        read = model.answers.fitting(question("traffic"))
        apart = add(*map(widths.bytes, Moved().split(read.graph), ("params", "activations")))
        yield "moved, each operation by itself", model.shown(apart)
        least, every = (self._at_least(every=every) for every in (False, True))
        yield "moved at least, all in one", least
        if every != least:
            yield "  or with every alternative of `choose`", every

    def _at_least(self, *, every: bool) -> Form:
        roles = moved(self.model.answers.fitting(question("fused")), every=every)
        return self.model.shown(add(*(self.widths.bytes(form, role) for role, form in roles.items())))

    @property
    def notes(self) -> Iterator[str]:
        """What has to be said below the figures."""
        yield from self.widths.notes
        for fact in self._holds:
            yield f"assuming {fact}"
        if len(self.peaks) == 1 and self.peaks[0].at is not None:
            yield f"most is alive at {place(self.peaks[0])}"
        if len(self.peaks) > MOST_PEAKS:
            left = len(self.peaks) - MOST_PEAKS
            yield f"{left} more may be the peak, at sizes that are rare; `symcost formula --of peak` prints all"

    @property
    def _holds(self) -> list[Fact]:
        """For which sizes the figures hold, beyond what is assumed anyway."""
        facts = (fact for name in TOLD for fact in self.model.holds(name))
        return [fact for fact in dict.fromkeys(facts) if fact not in self.model.assumptions]

    def _line(self, words: str, role: str, form: Form) -> Line:
        return Line(words, self.widths.types[role], self.model.shown(self.widths.bytes(form, role)))


def place(candidate: Candidate) -> str:
    """`softmax (activation.arch:12)`: the innermost call, the file and the line."""
    name = candidate.inside[-1] if candidate.inside else ""
    if candidate.at is None:
        return f"the beginning of {name}" if name else "the beginning"
    where = f"{PurePath(candidate.at.source.name).name}:{candidate.at.line}"
    return f"{name} ({where})" if name else where


def page(memory: Memory) -> Page:
    """One figure after the other: with an SI prefix where it is known, else the formula."""
    title = f"{memory.model.name}: bytes in memory"

    def table() -> Table:
        rows = tuple(Row((line.words, line.types, _figure(line))) for line in memory.lines())
        return Table(("what", "type", "bytes"), rows, Layout.LINES)

    return Page(
        title,
        parts=lambda: (replace(table(), layout=Layout.COLUMNS), Notes((*assumed(memory.model), *memory.notes))),
        brief=lambda: (Paragraph(title), table(), Notes(tuple(memory.notes))),
        records=table,
        symbols=memory.model.symbols,
        folds=True,
    )


def _figure(line: Line) -> Figure | str:
    """`1.50 MB`, `20·B`; a quotient in four digits."""
    if line.form is None:
        return ""
    return Figure(line.form.number, line.unit, line.form, digits=None if line.unit else 4)
