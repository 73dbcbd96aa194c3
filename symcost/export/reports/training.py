"""A step of training: what goes forward, what comes back, what the optimizer does, and what is kept for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from symcost.analysis.training.precision import PRECISIONS
from symcost.cost import Cost, total
from symcost.errors import TrainingNotCounted
from symcost.export.page import Page
from symcost.export.parts import Code, Figure, Layout, Line, Notes, Paragraph, Piece, Row, Table, pieces
from symcost.export.reports.blocks import facts, figure, values
from symcost.export.summary import Summary
from symcost.formula import Form, add, mul, num
from symcost.formula.named import spread
from symcost.once import once
from symcost.optimizers import Optimizer
from symcost.records import dataclass


@dataclass(frozen=True)
class Training:
    """One example forward and backward, and one update, counted under a convention."""

    summary: Summary
    optimizer: Optimizer
    inputs: bool = False

    def __post_init__(self) -> None:
        if self.summary.convention.layers:
            raise TrainingNotCounted(self.summary.convention.name)

    @once
    def passes(self) -> dict[str, Cost]:
        """Forward, backward, update, and all three."""
        model = self.summary.model
        parts = {
            "forward": model.cost,
            "backward": model.gradients(inputs=self.inputs).cost,
            "update": self.optimizer.update(model.trained.form),
        }
        return {**parts, "step": total(parts.values())}

    def figures(self, cost: Cost) -> tuple[Form, Form]:
        """MACs and FLOPs."""
        return self.summary.shown(cost["mac"]), self.summary.shown(self.summary.convention.flops(cost))

    @property
    def ratio(self) -> Form | None:
        """MACs backward for each MAC forward; None where there are none forward."""
        forward, backward = (self.summary.shown(self.passes[name]["mac"]) for name in ("forward", "backward"))
        if forward == 0:
            return None
        ratio = backward / forward
        alone = ratio.expand()
        return alone if alone.number is not None else ratio

    @property
    def bytes(self) -> dict[str, Form]:
        """Bytes kept for parameters, gradients and states, by precision."""
        model = self.summary.model
        trained, frozen = model.trained.form, spread(model.params.form - model.trained.form)
        return {
            name: self.summary.shown(
                add(mul(precision.kept(self.optimizer), trained), mul(precision.parameter, frozen))
            )
            for name, precision in PRECISIONS.items()
        }


def page(training: Training) -> Page:
    """The passes with MACs and FLOPs, then ratio, optimizer and bytes."""
    summary = training.summary
    title = f"{summary.model.name}: a step of training"
    passes = _passes(training)
    notes = tuple(_notes(training))
    return Page(
        "",
        parts=lambda: (replace(passes, layout=Layout.COLUMNS, caption=f"{title}."), Notes(notes, points=True)),
        brief=lambda: (Paragraph(title), passes, Notes(notes)),
        records=lambda: _records(training),
        data=lambda: _data(training),
        symbols=summary.model.symbols,
        folds=True,
    )


def _passes(training: Training) -> Table:
    """What each pass costs, a formula on a line of its own."""
    rows = []
    for name, cost in training.passes.items():
        forms = training.figures(cost)
        rows.append(Row((name, *(Figure(training.summary.number(form), form=form) for form in forms))))
    return Table(("pass", "MACs", "FLOPs"), tuple(rows), Layout.ENTRIES)


def _notes(training: Training) -> Iterator[Line]:
    summary, optimizer = training.summary, training.optimizer
    model = summary.model
    if training.ratio is not None:
        yield ("backward / forward = ", _decimal(training.ratio, summary), " in MACs")
    trained, all_ = (Figure(summary.number(form), form=form) for form in (model.trained.form, model.params.form))
    yield ("trained parameters: ", trained, " of ", all_)
    yield (
        f"{optimizer.name}: ", Code(optimizer.rule), f", {optimizer.states} states a parameter ({optimizer.source})",
    )  # fmt: skip
    for name, form in training.bytes.items():
        kept = PRECISIONS[name].kept(optimizer)
        value = summary.number(form)
        whole: Line = (form, " bytes") if value is None else Figure(value, "B")
        yield (f"{name} precision: {kept} bytes a trained parameter, in all ", *pieces(whole))
    if training.inputs:
        yield "with a gradient for the inputs"
    for fact in dict.fromkeys((*model.assumptions, *model.holds("backward"))):
        yield f"assuming {fact}"
    yield f"convention {summary.convention.name}: {summary.convention.title}"


def _decimal(ratio: Form, summary: Summary) -> Piece:
    """A quotient in six decimals, or the formula for it."""
    value = summary.number(ratio)
    if value is None:
        return ratio
    return str(value) if Fraction(value).denominator == 1 else f"{float(value):.6f}".rstrip("0")


def _records(training: Training) -> Table:
    """One line for each pass: formulas, and numbers where they are known."""
    rows = []
    for name, cost in training.passes.items():
        forms = training.figures(cost)
        rows.append(Row((name, *forms, *values(training.summary, forms))))
    return Table(("pass", "macs", "flops", "macs_value", "flops_value"), tuple(rows))


def _data(training: Training) -> Mapping[str, Any]:
    """Formulas as text and numbers exact."""
    summary = training.summary
    passes = {}
    for name, cost in training.passes.items():
        macs, flops = training.figures(cost)
        passes[name] = {"macs": figure(summary, macs), "flops": figure(summary, flops)}
    return {
        **facts(summary),
        "optimizer": training.optimizer.name,
        "input_gradient": training.inputs,
        "passes": passes,
        "backward_forward": figure(summary, training.ratio if training.ratio is not None else num(0)),
        "trained": figure(summary, summary.model.trained.form),
        "bytes": {name: figure(summary, form) for name, form in training.bytes.items()},
    }
