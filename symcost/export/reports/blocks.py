"""The blocks of a model with all they cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import inf
from typing import TYPE_CHECKING, Any

from symcost.conventions import load
from symcost.export.page import Page
from symcost.export.parts import Code, Figure, Layout, Legend, Letter, Line, Notes, Paragraph, Part, Row, Strong, Table
from symcost.export.reports.formula import assumed
from symcost.export.shares import shares
from symcost.export.summary import Row as BlockRow, Summary
from symcost.formula import Form, num
from symcost.questions import question

if TYPE_CHECKING:
    from symcost.model import Model

COLUMNS = {"params": "parameters", "macs": "MACs", "flops": "FLOPs"}
"""The quantities that are listed for each block, with their headings."""

DEPTH = 2
"""How deep a page for the eye goes into blocks."""

QUANTITY = 15
"""Columns for the name of a quantity: the longest is `multiplications`."""


def page(summary: Summary, depth: int | None = None, *, every: bool = False) -> Page:
    """The tree of blocks, the totals, what the letters mean and what was assumed.

    Without a depth, blocks for the eye go down to two levels, those for programs and spreadsheets to the last. Blocks
    that cost nothing are for programs, or where `every` one is wanted.
    Raises TooManyBlocks when it is written.
    """
    shown: float = DEPTH if depth is None else depth
    complete: float = inf if depth is None else depth
    return Page(
        summary.model.name,
        parts=lambda: _parts(summary, shown, every),
        brief=lambda: _brief(summary, shown, every),
        records=lambda: _records(summary, complete),
        data=lambda: _data(summary, complete),
        symbols=summary.model.symbols,
        folds=True,
    )


def in_brief(model: Model) -> Page:
    """The tree of blocks of a model, as it is shown where nothing is asked of it."""
    return page(Summary(model, load("default")))


def set_page(summary: Summary, depth: int, *, every: bool = False) -> Page:
    """Parameters and MACs by block as one table, as a paper shows it."""
    model = summary.model
    caption = f"Parameters and multiply-accumulates (MACs) of {model.name} by block."

    def parts() -> Iterator[Part]:
        blocks = summary.rows(depth, every=every)
        rows = tuple(Row((row.label, *map(summary.shown, row.figures[:2])), row.level) for row in blocks)
        yield Table(("block", "parameters", "MACs"), rows, Layout.TREE, caption, stiff=True)
        yield legend(summary, complete=False)
        yield Notes(assumed(model))

    return Page(model.name, parts, symbols=model.symbols)


def legend(summary: Summary, *, complete: bool) -> Legend:
    """What the letters of the model mean, with their numbers."""
    letters = (Letter(i.name, summary.values.get(i.name), i.words) for i in summary.model.symbols)
    return Legend(tuple(letters), complete)


def _notes(summary: Summary) -> Notes:
    """What was assumed, and by which convention FLOPs are counted."""
    facts: list[Line] = [f"with {name} = {form}" for name, form in summary.model.expressed.items()]
    facts += [("assuming ", str(fact)) for fact in summary.model.assumptions]
    convention = summary.convention
    return Notes((*facts, ("convention ", Code(convention.name), f": {convention.title}")))


def _parts(summary: Summary, depth: float, every: bool) -> Iterator[Part]:
    yield _tree(summary, summary.rows(depth, every=every), known=False)
    totals = tuple(Row((name, summary.shown(form))) for name, form in summary.notable.items())
    yield Table(("quantity", "total"), totals)
    yield legend(summary, complete=True)
    yield _notes(summary)


def _brief(summary: Summary, depth: float, every: bool) -> Iterator[Part]:
    """With shares of the whole where all is known, and then every digit of the totals."""
    known = all(summary.number(form) is not None for form in summary.totals.values())
    title = (summary.model.doc or "").strip().partition("\n")[0]
    if title:
        yield Paragraph((Strong(summary.model.name), f"  {title}"))
    yield _tree(summary, summary.rows(depth, every=every), known=known)
    yield _exact_totals(summary) if known else _counts(summary)
    yield legend(summary, complete=True)
    yield _notes(summary)


def _tree(summary: Summary, blocks: Sequence[BlockRow], *, known: bool) -> Table:
    """The blocks; a figure with its formula, or where all are `known` with its share of the whole."""
    columns = [_column(summary, blocks, number, known=known) for number in range(len(COLUMNS))]
    rows = [Row((row.label, *figures), row.level) for row, *figures in zip(blocks, *columns, strict=True)]
    return Table(("block", *COLUMNS.values()), tuple(rows), Layout.TREE, stiff=True)


def _column(summary: Summary, blocks: Sequence[BlockRow], column: int, *, known: bool) -> list[Figure]:
    """One figure of each block."""
    forms = [row.figures[column] for row in blocks]
    if not known:
        return [Figure(summary.number(form), form=summary.shown(form)) for form in forms]
    numbers = [summary.model.number(form) for form in forms]
    tenths = shares([row.level for row in blocks], numbers)
    return [Figure(value, whole=numbers[0], tenths=part) for value, part in zip(numbers, tenths, strict=True)]


def _exact_totals(summary: Summary) -> Table:
    rows = tuple(
        Row((name, num(summary.number(form) or 0), question(name).words)) for name, form in summary.notable.items()
    )
    return Table(("quantity", "total", "what it counts"), rows, Layout.LINES, stiff=True)


def _counts(summary: Summary) -> Table:
    """The counts by class that the tree does not show."""
    rows = (Row((name, summary.shown(form)), again=name in COLUMNS) for name, form in summary.notable.items())
    return Table(("quantity", "total"), tuple(rows), Layout.LINES, lead=QUANTITY)


def _records(summary: Summary, depth: float) -> Table:
    """One line for each block: where it stands, its formulas, and its numbers where they are known."""
    rows = []
    for row in summary.rows(depth, gather=False, every=True):
        line = str(row.block.span.line) if row.block.span else ""
        place = (str(row.level), row.label, row.block.kind, line)
        rows.append(Row((*place, *row.figures, *values(summary, row.figures))))
    head = ("level", "block", "kind", "line", *COLUMNS, *(f"{name}_value" for name in COLUMNS))
    return Table(head, tuple(rows))


def values(summary: Summary, forms: Sequence[Form]) -> list[str]:
    """The exact numbers of formulas, nothing for those that have none yet."""
    numbers = [summary.number(form) for form in forms]
    return ["" if number is None else str(number) for number in numbers]


# For programs ----------------------------------------------------------------------------------


def _data(summary: Summary, depth: float) -> Mapping[str, Any]:
    """Every block with formulas and exact numbers; `value` is None while a dimension is open."""
    return {
        **facts(summary),
        "totals": {name: figure(summary, form) for name, form in summary.totals.items()},
        "blocks": _nested(summary, depth),
    }


def facts(summary: Summary) -> dict[str, Any]:
    """Which model it is, under which convention, assumptions and numbers."""
    return {
        "model": summary.model.name,
        "convention": summary.convention.name,
        "assumptions": [str(fact) for fact in summary.model.assumptions],
        "values": {**summary.values, **summary.model.expressed},
    }


def figure(summary: Summary, form: Form) -> dict[str, Any]:
    """A formula with its exact value; a fraction as text."""
    value = summary.number(form)
    return {"form": form, "value": str(value) if isinstance(value, Fraction) else value}


def _nested(summary: Summary, depth: float) -> list[dict[str, Any]]:
    """The blocks inside the model; the entry of each goes into the last one a level above."""
    above: list[dict[str, Any]] = []
    for row in summary.rows(depth, gather=False, every=True):
        line = row.block.span.line if row.block.span else None
        entry: dict[str, Any] = {"name": row.label, "kind": row.block.kind, "line": line}
        entry |= {name: figure(summary, form) for name, form in zip(COLUMNS, row.figures, strict=True)}
        entry["blocks"] = []
        del above[row.level :]
        if above:
            above[-1]["blocks"].append(entry)
        above.append(entry)
    blocks: list[dict[str, Any]] = above[0]["blocks"]
    return blocks
