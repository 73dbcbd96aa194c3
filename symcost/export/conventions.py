"""One model under many conventions: what each one counts, and where they part."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from symcost.analysis.counts.flops import Flops
from symcost.conventions import Convention, Rule
from symcost.cost import CLASSES
from symcost.errors import LayerNotCounted
from symcost.export import numbers
from symcost.export.summary import Summary
from symcost.export.table import grid
from symcost.export.text import hanging
from symcost.formula import Form
from symcost.graph.graph import Block, Graph, Operation

if TYPE_CHECKING:
    from symcost.model import Model

RULES = """\
layers counted as a whole: operations by class inside; input, output: for each
number that goes in, comes out; learned: for each that goes in, if it has weights"""

MOST_LABEL = 14
"""Columns of a block's name beside those of all conventions."""


@dataclass(frozen=True, slots=True)
class Views:
    """A model and the conventions that look at it."""

    model: Model
    conventions: tuple[Convention, ...]

    def total(self, convention: Convention) -> Form | None:
        """What a convention counts; None where it cannot say."""
        try:
            return self.model.shown(self.model.tree.flops(convention))
        except LayerNotCounted:
            return None

    @property
    def classes(self) -> list[str]:
        """The operation classes that occur."""
        return [name for name in CLASSES if name in self.model.cost.counts]

    def rules(self, convention: Convention) -> dict[str, Rule]:
        """The rules that it follows here."""
        found: set[str] = set()
        fold, seen = Flops(convention), set[Graph]()

        def walk(graph: Graph) -> None:
            for node in graph if graph not in seen else ():
                if fold.rule(node) is not None:
                    found.add(node.kind if isinstance(node, Operation) else getattr(node, "name", ""))
                elif isinstance(node, Block) and node.kind != "layer":
                    walk(node.graph)
            seen.add(graph)

        walk(self.model.graph)
        return {layer: rule for layer, rule in convention.layers.items() if layer in found}

    def said(self, convention: Convention) -> str:
        """The same in words."""
        return "; ".join(f"{layer}: {rule.refused or rule}" for layer, rule in self.rules(convention).items())


def text(views: Views, depth: int, width: int) -> str:
    """Totals, then the weights that make them, then the blocks where all numbers are known."""
    parts = [_totals(views, width), _weights(views), _rules(views, width), _blocks(views, depth)]
    facts = "\n".join(f"assuming {fact}" for fact in views.model.assumptions)
    head = f"{views.model.name}: FLOPs under each convention"
    return "\n\n".join(part for part in (head, *parts, facts) if part) + "\n"


def _totals(views: Views, width: int) -> str:
    pad = max(len(one.name) for one in views.conventions)
    macs = views.model.macs.form.number
    lines = []
    for one in views.conventions:
        total = views.total(one)
        if total is None:
            refused = (layer for layer, rule in views.rules(one).items() if rule.refused)
            said = f"? it cannot count {', '.join(refused)}"
        elif total.number is None or not macs:
            said = str(total)
        else:
            said = f"{numbers.exact(total.number):>16}  = {float(total.number / macs):.4f} · MACs"
        lines.append(hanging(f"{one.name:<{pad}}  ", said, width))
    return "\n".join(lines)


def _weights(views: Views) -> str:
    """What an operation of each class weighs."""
    head = ["weights", *views.classes]
    rows = [[one.name, *(_weight(one, name) for name in views.classes)] for one in views.conventions]
    return _aligned([head, *rows])


def _weight(convention: Convention, name: str) -> str:
    weight = convention.weights.get(name)
    return "1 each" if weight is None else str(weight)  # of multiplications and additions


def _rules(views: Views, width: int) -> str:
    pad = max(len(one.name) for one in views.conventions)
    lines = [hanging(f"{one.name:<{pad}}  ", rules, width) for one in views.conventions if (rules := views.said(one))]
    return "\n".join([RULES, *lines]) if lines else ""


def _blocks(views: Views, depth: int) -> str:
    """Each block under each convention."""
    shown = [(one, total) for one in views.conventions if (total := views.total(one)) is not None]
    if any(form.number is None for form in map(views.model.shown, views.model.cost.counts.values())):
        return ""
    counting = [one for one, total in shown if total.number is not None]
    tables = [list(Summary(views.model, one).rows(depth)) for one in counting]
    rows = [["block", *(one.name for one in counting)]]
    for row in zip(*tables, strict=True):
        label = "  " * row[0].level + row[0].label
        values = (views.model.number(each.flops) for each in row)
        rows.append([label if len(label) <= MOST_LABEL else label[: MOST_LABEL - 1] + "…", *map(numbers.si, values)])
    return _aligned(rows)


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]).rstrip()
        for row in rows
    )


def _table(views: Views) -> Iterator[list[str]]:
    for one in views.conventions:
        total = views.total(one)
        weights = (_weight(one, name) for name in views.classes)
        yield [one.name, "?" if total is None else str(total), *weights, views.said(one), one.title]


def head(views: Views) -> tuple[str, ...]:
    """The titles of the columns."""
    return ("convention", "FLOPs", *views.classes, "layers", "meaning")


def markdown(views: Views) -> str:
    """One line for each convention."""
    return grid(head(views), list(_table(views))) + "\n"


def csv_table(views: Views) -> str:
    """One line for each convention."""
    written = StringIO()
    csv.writer(written, lineterminator="\n").writerows([head(views), *_table(views)])
    return written.getvalue()


def as_json(views: Views) -> str:
    """One entry for each convention; `flops` is null where it cannot say."""
    entries = {}
    for one in views.conventions:
        total = views.total(one)
        entries[one.name] = {
            "title": one.title,
            "source": one.source,
            "flops": None if total is None else {"form": str(total), "value": _value(total)},
            "layers": {layer: rule.refused or str(rule) for layer, rule in views.rules(one).items()},
            "notes": one.notes,
        }
    tree = {"model": views.model.name, "values": views.model.values, "conventions": entries}
    return json.dumps(tree, indent=2, ensure_ascii=False)


def _value(form: Form) -> int | str | None:
    value = form.number
    return value if value is None or isinstance(value, int) else str(value)
