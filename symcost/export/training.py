"""A step of training: what goes forward, what comes back, what the optimizer does, and what is kept for it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from io import StringIO
from typing import Any

from symcost.analysis.training.precision import PRECISIONS
from symcost.cost import Cost, total
from symcost.errors import TrainingNotCounted
from symcost.export import numbers
from symcost.export.summary import Summary
from symcost.export.table import grid
from symcost.formula import Form, add, mul, num
from symcost.optimizers import Optimizer


@dataclass(frozen=True)
class Training:
    """One example forward and backward, and one update, counted under a convention."""

    summary: Summary
    optimizer: Optimizer
    inputs: bool = False

    def __post_init__(self) -> None:
        if self.summary.convention.layers:
            raise TrainingNotCounted(self.summary.convention.name)

    @cached_property
    def passes(self) -> dict[str, Cost]:
        """Forward, backward, update, and all three."""
        model = self.summary.model
        parts = {
            "forward": model.cost,
            "backward": model.backward_cost(inputs=self.inputs),
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
        trained, frozen = model.trained.form, (model.params.form - model.trained.form).expand()
        return {
            name: self.summary.shown(
                add(mul(precision.kept(self.optimizer), trained), mul(precision.parameter, frozen))
            )
            for name, precision in PRECISIONS.items()
        }

    def written(self, form: Form) -> str:
        """A number with an SI prefix where it is known, else the formula."""
        value = self.summary.number(form)
        return str(form) if value is None else numbers.si(value)


def text(training: Training) -> str:
    """The passes, a formula on a line of its own, then ratio, optimizer and bytes."""
    lines = [f"{training.summary.model.name}: a step of training", ""]
    for name, cost in training.passes.items():
        macs, flops = training.figures(cost)
        lines += [f"{name:<10}MACs   {training.written(macs)}", f"{'':<10}FLOPs  {training.written(flops)}"]
    return "\n".join([*lines, "", *_notes(training, str)]) + "\n"


def markdown(training: Training) -> str:
    """The same as a table."""
    rows = [[name, *map(training.written, training.figures(cost))] for name, cost in training.passes.items()]
    notes = (f"- {line}" for line in _notes(training, lambda words: f"`{words}`"))
    return "\n".join([grid(("pass", "MACs", "FLOPs"), rows), "", *notes]) + "\n"


def _notes(training: Training, quoted: Callable[[str], str]) -> list[str]:
    summary, optimizer = training.summary, training.optimizer
    model = summary.model
    lines = []
    if training.ratio is not None:
        lines.append(f"backward / forward = {_decimal(training.ratio, summary)} in MACs")
    lines.append(f"trained parameters: {training.written(model.trained.form)} of {training.written(model.params.form)}")
    lines.append(
        f"{optimizer.name}: {quoted(optimizer.rule)}, {optimizer.states} states a parameter ({optimizer.source})"
    )
    for name, form in training.bytes.items():
        kept = PRECISIONS[name].kept(optimizer)
        value = summary.number(form)
        whole = f"{form} bytes" if value is None else numbers.si(value, "B")
        lines.append(f"{name} precision: {kept} bytes a trained parameter, in all {whole}")
    if training.inputs:
        lines.append("with a gradient for the inputs")
    lines += [f"assuming {fact}" for fact in model.assumptions]
    return [*lines, f"convention {summary.convention.name}: {summary.convention.title}"]


def _decimal(ratio: Form, summary: Summary) -> str:
    value = summary.number(ratio)
    if value is None:
        return str(ratio)
    return str(value) if Fraction(value).denominator == 1 else f"{float(value):.6f}".rstrip("0")


def csv_table(training: Training) -> str:
    """One line for each pass: formulas, and numbers where they are known."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["pass", "macs", "flops", "macs_value", "flops_value"])
    for name, cost in training.passes.items():
        forms = training.figures(cost)
        values = ("" if (value := training.summary.number(form)) is None else value for form in forms)
        writer.writerow([name, *forms, *values])
    return written.getvalue()


def to_json(training: Training) -> str:
    """For machines: formulas as text and numbers exact."""
    model = training.summary.model
    tree = {
        "model": model.name,
        "convention": training.summary.convention.name,
        "assumptions": [str(fact) for fact in model.assumptions],
        "values": dict(training.summary.values),
        "optimizer": training.optimizer.name,
        "input_gradient": training.inputs,
        "passes": {
            name: {kind: _figure(training, form) for kind, form in zip(("macs", "flops"), figures, strict=True)}
            for name, figures in ((name, training.figures(cost)) for name, cost in training.passes.items())
        },
        "backward_forward": _figure(training, training.ratio if training.ratio is not None else num(0)),
        "trained": _figure(training, model.trained.form),
        "bytes": {name: _figure(training, form) for name, form in training.bytes.items()},
    }
    return json.dumps(tree, indent=2, ensure_ascii=False)


def _figure(training: Training, form: Form) -> dict[str, Any]:
    value = training.summary.number(form)
    # JSON has no fractions; as text they stay exact.
    return {"form": str(form), "value": str(value) if isinstance(value, Fraction) else value}
