"""A report as a plain table of its blocks: Markdown for reading, CSV for a spreadsheet."""

from __future__ import annotations

import csv
from io import StringIO
from math import inf

from symcost.export import numbers
from symcost.export.summary import Summary
from symcost.formula import Form

HEAD = ("block", "parameters", "MACs", "FLOPs")


def markdown(summary: Summary, depth: int) -> str:
    """A table of the blocks, then the totals and what the letters mean."""
    blocks = [
        [
            " " * 4 * row.level + row.label,
            *(_short(summary, form) for form in (row.params, row.macs, row.flops)),
        ]
        for row in summary.rows(depth)
    ]
    totals = [[name, str(summary.shown(form))] for name, form in summary.told.items()]
    symbols = [[info.name, str(summary.values.get(info.name, "")), info.words] for info in summary.model.symbols]
    parts = [f"# {summary.model.name}", grid(HEAD, blocks), grid(("quantity", "total"), totals)]
    if symbols:
        parts.append(grid(("symbol", "value", "meaning"), symbols))
    parts.extend(f"Assuming {cell(str(fact))}." for fact in summary.model.assumptions)
    parts.append(f"Convention `{summary.convention.name}`: {cell(summary.convention.title)}.")
    return "\n\n".join(parts) + "\n"


def _short(summary: Summary, form: Form) -> str:
    value = summary.number(form)
    return str(summary.shown(form)) if value is None else numbers.si(value)


def grid(head: tuple[str, ...], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *([cell(one) for one in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """Leading blanks kept (they show the level), and nothing read as Markdown or HTML."""
    inner = text.lstrip(" ")
    indent = "&nbsp;" * (len(text) - len(inner))
    return indent + "".join(f"\\{c}" if c in "\\`*_[]<>|~#&$" else c for c in inner)


def csv_table(summary: Summary, depth: int | None = None) -> str:
    """One line for each block: where it stands, its formulas, and its numbers where they are known."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\n")
    quantities = ("params", "macs", "flops")
    writer.writerow(["level", "block", "kind", "line", *quantities, *(f"{name}_value" for name in quantities)])
    for row in summary.rows(inf if depth is None else depth, gather=False):
        forms = (row.params, row.macs, row.flops)
        values = ("" if (value := summary.number(form)) is None else value for form in forms)
        writer.writerow([row.level, row.label, row.block.kind, row.block.span.line, *forms, *values])
    return written.getvalue()
