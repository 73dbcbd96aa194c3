"""What a model needs in memory: parameters, what is kept for the way back, state, peak; and what it moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from symcost.analysis.memory.fused import Fused
from symcost.analysis.memory.traffic import Moved
from symcost.analysis.memory.widths import Widths
from symcost.conventions import load
from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Notes, Paragraph, Row, Table
from symcost.export.reports.formula import assumed
from symcost.formula import Form, add

if TYPE_CHECKING:
    from symcost.model import Model


@dataclass(frozen=True)
class Line:
    """One figure: what it is, the types of its numbers, and bytes (or FLOPs for each byte)."""

    words: str
    types: str
    form: Form
    unit: str = "B"


@dataclass(frozen=True)
class Memory:
    """The memory of a model whose numbers have these widths."""

    model: Model
    widths: Widths

    def lines(self) -> Iterator[Line]:
        """Every figure, in bytes."""
        model, widths = self.model, self.widths
        frozen = (model.params.form - model.trained.form).expand()
        yield self._line("parameters", "params", model.trained.form)
        if frozen != 0:
            yield self._line("parameters, frozen", "frozen", frozen)
        kept = model.kept
        yield self._line("kept for the backward pass", "activations", kept["numbers"])
        for words, kind in (("  masks", "masks"), ("  row numbers", "rows")):
            if kept[kind] != 0:
                yield self._line(words, kind, kept[kind])
        yield self._line("carried from step to step", "state", model.quantity("state").form)
        yield Line("alive at once, at most", widths.types["activations"], model.peak_in(widths.by_kind))
        flops = model.shown(load("default").flops(model.cost))
        for words, parts in (
            ("moved, each operation by itself", Moved().split(model.graph)),
            ("moved, all in one", Fused().split(model.graph)),
        ):
            moved = model.shown(add(*map(widths.bytes, parts, ("params", "activations"))))
            yield Line(words, "", moved)
            if moved.number and flops.number is not None:
                yield Line("  FLOPs for each byte", "", flops / moved, "")
        yield Line("FLOPs", "", flops, "")

    def _line(self, words: str, role: str, form: Form) -> Line:
        return Line(words, self.widths.types[role], self.model.shown(self.widths.bytes(form, role)))


def page(memory: Memory) -> Page:
    """One figure after the other: with an SI prefix where it is known, else the formula."""
    title = f"{memory.model.name}: bytes in memory"

    def table() -> Table:
        rows = tuple(Row((line.words, line.types, _figure(line))) for line in memory.lines())
        return Table(("what", "type", "bytes"), rows, Layout.LINES)

    return Page(
        title,
        parts=lambda: (replace(table(), layout=Layout.COLUMNS), Notes(assumed(memory.model))),
        brief=lambda: (Paragraph(title), table()),
        records=table,
        symbols=memory.model.symbols,
    )


def _figure(line: Line) -> Figure:
    """`1.50 MB`, `20·B`; a quotient in four digits."""
    return Figure(line.form.number, line.unit, line.form, digits=None if line.unit else 4)
