"""A report for machines: every block, formulas as text and numbers exact."""

from __future__ import annotations

import json
from fractions import Fraction
from math import inf
from typing import Any

from symcost.export.summary import Summary
from symcost.formula import Form


def report(summary: Summary, depth: int | None = None) -> str:
    """The report as JSON, all blocks unless a depth is given; `value` is null while a dimension is open.

    Raises TooManyBlocks.
    """
    model = summary.model
    tree = {
        "model": model.name,
        "convention": summary.convention.name,
        "assumptions": [str(fact) for fact in model.assumptions],
        "values": dict(summary.values),
        "totals": {name: _figure(summary, form) for name, form in summary.totals.items()},
        "blocks": _blocks(summary, inf if depth is None else depth),
    }
    return json.dumps(tree, indent=2, ensure_ascii=False)


def _blocks(summary: Summary, depth: float) -> list[dict[str, Any]]:
    """The blocks inside the model; the entry of each goes into the last one a level above."""
    above: list[dict[str, Any]] = []
    for row in summary.rows(depth, gather=False):
        params, macs, flops = (_figure(summary, form) for form in row.figures)
        line = row.block.span.line if row.block.span else None
        entry: dict[str, Any] = {"name": row.label, "kind": row.block.kind, "line": line}
        entry |= {"params": params, "macs": macs, "flops": flops, "blocks": []}
        del above[row.level :]
        if above:
            above[-1]["blocks"].append(entry)
        above.append(entry)
    blocks: list[dict[str, Any]] = above[0]["blocks"]
    return blocks


def _figure(summary: Summary, form: Form) -> dict[str, Any]:
    value = summary.number(form)
    # JSON has no fractions; as text they stay exact.
    return {"form": str(form), "value": str(value) if isinstance(value, Fraction) else value}
