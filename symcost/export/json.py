"""A report for machines: every block, formulas as text and numbers exact."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcost.export.summary import Summary
from symcost.formula import Form

if TYPE_CHECKING:
    from symcost.model import BlockCost


def report(summary: Summary, depth: int | None = None) -> str:
    """The report as JSON, all blocks unless a depth is given; `value` is null while a dimension is open."""
    model = summary.model
    tree = {
        "model": model.name,
        "convention": summary.convention.name,
        "assumptions": [str(fact) for fact in model.assumptions],
        "values": dict(summary.values),
        "totals": {name: _figure(summary, form) for name, form in summary.totals.items()},
        "blocks": [_block(summary, child, 1, depth) for child in model.tree.children],
    }
    return json.dumps(tree, indent=2, ensure_ascii=False)


def _block(summary: Summary, block: BlockCost, level: int, depth: int | None) -> dict[str, Any]:
    inner = block.children if depth is None or level < depth else ()
    return {
        "name": block.label,
        "kind": block.kind,
        "line": block.span.line,
        "params": _figure(summary, block.params),
        "macs": _figure(summary, block.cost["macs"]),
        "flops": _figure(summary, summary.convention.flops(block.cost)),
        "blocks": [_block(summary, child, level + 1, depth) for child in inner],
    }


def _figure(summary: Summary, form: Form) -> dict[str, Any]:
    value = summary.number(form)
    # JSON has no fractions; as text they stay exact.
    return {"form": str(form), "value": str(value) if isinstance(value, Fraction) else value}
