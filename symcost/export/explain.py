"""Where a count comes from: each line of the text, what it adds, and what the blocks around it make of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf
from pathlib import PurePath
from typing import TYPE_CHECKING

from symcost.analysis.counts.by_line import Line, Part, Step
from symcost.errors import TooManyBlocks
from symcost.export.summary import MOST_ROWS
from symcost.export.text import cells, cut, hanging
from symcost.formula import AtLeast, Divides, Form
from symcost.graph.graph import Block, GraphNode, Operation, Parameter, Tensor
from symcost.questions import question

if TYPE_CHECKING:
    from symcost.diagnostics import Span
    from symcost.model import Model

Paths = Sequence[tuple[Part, Sequence[AtLeast | Divides]]]
"""Paths of which one is the longest, each with the facts under which it is there."""

LONGEST_WORDS = 24
"""An operation is shown in its own words up to so many characters, else by its name."""

COMMENT = re.compile(r"\s\s+#[^\"]*$")
"""What goes first where a source line is too long."""

NARROWEST = 24
"""A source line is cut to no fewer characters."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the listing: the place in the file, the text, and what it counts."""

    level: int
    text: str
    place: str = ""
    count: str = ""


class Telling:
    """Tells the parts of one model, with numbers where all dimensions have one."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def rows(self, part: Part, depth: float, level: int = 0) -> Iterator[Row]:
        """The lines inside a part, then what its rounds make of them; not so deep, each block inside is one row."""
        for line in part.lines:
            yield from self._line(line, depth, level)
        loop = part.block is not None and part.block.kind != "call"
        if loop and not part.at_once:
            yield Row(level, _rounds(part), count=f"= {self.count(part.total)}")
        elif part.block is not None and len(part.lines) > 1:
            yield Row(level, "", count=f"= {self.count(part.total)}")

    def _line(self, line: Line, depth: float, level: int) -> Iterator[Row]:
        written = line.span.source.line(line.span.line).strip()
        yield Row(level, written, _place(line.span))
        for item in line.items:
            match item:
                case Step(node=node, total=total):
                    yield Row(level + 1, _operation(node, written), count=self.count(total))
                case Part(block=Block() as block, total=total) if depth <= 0:
                    name = block.name if block.kind == "call" else _rounds(item)
                    yield Row(level + 1, name, count=self.count(total))
                case Part(block=Block(kind="call", name=name) as block) if len(line.items) > 1:
                    yield Row(level + 1, _words(block.span) or name)
                    yield from self.rows(item, depth - 1, level + 2)
                case Part():
                    yield from self.rows(item, depth - 1, level + 1)
        if len(line.items) > 1:
            yield Row(level + 1, "", count=f"= {self.count(line.once)}")
        if line.times > 1:
            yield Row(level + 1, f"{line.times} times, one after the other", count=f"= {self.count(line.total)}")

    def count(self, form: Form) -> str:
        """A formula, and its number where there is one."""
        values = self._model.values
        shown = self._model.shown(form)
        if not values or shown.number is None or form.number is not None:
            return str(shown)
        return f"{form} = {shown}"


def _rounds(part: Part) -> str:
    """`× T   scan t in T`"""
    block = part.block
    assert block is not None
    if part.factor is None:
        assert block.counter is not None
        return f"summed over {block.counter}: {block.name}"
    if part.factor == 1 and block.count != 1:
        return f"once, the same each time: {block.name}"
    return f"× {part.factor}: {block.name}"


def _place(span: Span) -> str:
    return f"{PurePath(span.source.name).name}:{span.line}"


def _operation(node: GraphNode, line: str) -> str:
    """What it does and to what: `h @ U  [H], [H, H] -> [H]`."""
    match node:
        case Parameter(name=name, tensor=tensor):
            return f"{name}: {_shape(tensor)}"
        case Operation() | Block():
            said = "" if line.startswith(node.span.text) else _words(node.span)
            name = node.kind if isinstance(node, Operation) else node.name
            what = said or ("" if name in ("contract", "window") else name)
            return f"{what}   {_shapes(node.inputs)} -> {_shapes(node.outputs)}".strip()


def _words(span: Span) -> str:
    """The text itself where it is short."""
    words = " ".join(span.text.split())
    return words if len(words) <= LONGEST_WORDS else ""


def _shapes(tensors: Sequence[Tensor]) -> str:
    return ", ".join(map(_shape, tensors))


def _shape(tensor: Tensor) -> str:
    return f"[{', '.join(map(str, tensor.shape))}]"


def explained(model: Model, quantity: str, whole: Part, depth: int | None, width: int) -> str:
    """The listing from the first line to the total, at most `width` columns where formulas allow it.

    Raises TooManyBlocks.
    """
    listing = _listing(Telling(model), whole, depth, width)
    return "\n".join([f"{model.name}: {question(quantity).words} ({quantity})", "", *listing]) + "\n"


def longest_paths(model: Model, quantity: str, paths: Paths, depth: int | None, width: int) -> str:
    """The listing of the longest path, or of each that may be the longest.

    Raises TooManyBlocks.
    """
    head = f"{model.name}: the longest path ({quantity})"
    lines = [head if len(paths) == 1 else f"{head}, one of {len(paths)} by the sizes"]
    for number, (whole, facts) in enumerate(paths, 1):
        where = "where " + " and ".join(map(str, facts)) if facts else ""
        title = where if len(paths) == 1 else f"{number}. {where}".strip()
        lines += ["", *([title, ""] if title else []), *_listing(Telling(model), whole, depth, width)]
    return "\n".join(lines) + "\n"


def _listing(telling: Telling, whole: Part, depth: int | None, width: int) -> list[str]:
    rows: list[Row] = []
    for row in telling.rows(whole, inf if depth is None else depth):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise TooManyBlocks(MOST_ROWS)
    gutter = max((len(row.place) for row in rows), default=0)
    drawn = [drawn for row in rows for drawn in _drawn(row, gutter, width)]
    total = _drawn(Row(-1, "total", count=telling.count(whole.total)), gutter, width)
    return [*(drawn or ["no line counts any"]), "", *total]


def _drawn(row: Row, gutter: int, width: int) -> list[str]:
    """A row as lines: the count at the right edge, below the text where there is no room beside it."""
    lead = f"{row.place:<{gutter}}  {'  ' * row.level}" if row.level >= 0 else ""
    text = row.text
    room = max(width - cells(lead), NARROWEST)
    if cells(text) > room:
        text = cut(COMMENT.sub("", text), room)
    line = lead + text
    if not row.count:
        return [line.rstrip()]
    free = width - cells(line) - cells(row.count)
    if free >= 2 or (free >= 0 and not text):
        return [f"{line}{' ' * free}{row.count}"]
    below = hanging(f"{' ' * (cells(lead) + 2)}", row.count, width).splitlines()
    return [*([line.rstrip()] if text else []), *below]
