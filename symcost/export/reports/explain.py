"""Where a count comes from: each line of the text, what it adds, and what the blocks around it make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf
from pathlib import PurePath
from typing import TYPE_CHECKING

from symcost.analysis.counts.by_line import Held, Line, Part, Step
from symcost.errors import TooManyBlocks
from symcost.export.page import Page
from symcost.export.parts import (
    Entry,
    Heading,
    Line as PageLine,
    Listing,
    Notes,
    Paragraph,
    Part as PagePart,
    Section,
    pieces,
)
from symcost.export.summary import MOST_ROWS
from symcost.formula import AtLeast, Divides, Form
from symcost.formula.remainders import by_rounds
from symcost.graph.graph import Block, GraphNode, Operation, Parameter, Tensor
from symcost.questions import question

if TYPE_CHECKING:
    from symcost.diagnostics import Span
    from symcost.model import Model

Paths = Sequence[tuple[Part, Sequence[AtLeast | Divides]]]
"""Paths of which one is the longest, each with the facts under which it is there."""

LONGEST_WORDS = 24
"""An operation is shown in its own words up to so many characters, else by its name."""


class Telling:
    """Tells the parts of one model, with numbers where all dimensions have one."""

    def __init__(self, model: Model, read: Callable[[Form], Form] | None = None) -> None:
        """`read`: how a form is drawn together to be read; None: as it is."""
        self._model = model
        self._read = read

    def entries(self, part: Part, depth: float, level: int = 0) -> Iterator[Entry]:
        """The lines inside a part, then what its rounds make of them; not so deep, each block inside is one entry."""
        for line in part.lines:
            yield from self._line(line, depth, level)
        loop = part.block is not None and part.block.kind != "call"
        if loop and not part.at_once:
            yield Entry(level, _rounds(part), count=self._made(part.total))
        elif part.block is not None and len(part.lines) > 1:
            yield Entry(level, "", count=self._made(part.total))

    def _line(self, line: Line, depth: float, level: int) -> Iterator[Entry]:
        written = line.span.source.line(line.span.line).strip()
        yield Entry(level, written, _place(line.span))
        for item in line.items:
            if isinstance(item, Step):
                yield Entry(level + 1, _operation(item.node, written), count=self.count(item.total))
            else:
                yield from self._inside(item, depth, level + 1, alone=len(line.items) == 1)
        if len(line.items) > 1:
            yield Entry(level + 1, "", count=self._made(line.once))
        if line.times > 1:
            yield Entry(level + 1, f"{line.times} times, one after the other", count=self._made(line.total))

    def _inside(self, part: Part, depth: float, level: int, *, alone: bool) -> Iterator[Entry]:
        """A block on a line; a module that is not `alone` there goes under its name."""
        block = part.block
        if block is None:
            yield from self.entries(part, depth - 1, level)
            return
        called = block.kind == "call"
        if depth <= 0:
            yield Entry(level, block.name if called else _rounds(part), count=self.count(part.total))
            return
        if called and not alone:
            yield Entry(level, _words(block.span) or block.name)
            level += 1
        yield from self.entries(part, depth - 1, level)

    def count(self, form: Form) -> PageLine:
        """A formula, and its number where there is one."""
        form = form if self._read is None else self._read(form)
        values = self._model.values
        shown = self._model.shown(form)
        if not values or shown.number is None or form.number is not None:
            return shown
        return (form, " = ", shown)

    def _made(self, form: Form) -> PageLine:
        """`= (I·H + H·H)·T`: what the lines above come to."""
        return ("= ", *pieces(self.count(form)))


def _rounds(part: Part) -> str:
    """`× T   scan t in T`"""
    block = part.block
    assert block is not None
    return f"{_how_often(part, block)}: {block.name}"


def _how_often(part: Part, block: Block) -> str:
    if part.at_once:
        return "all rounds"
    if part.factor is None:
        assert block.counter is not None
        return f"summed over {block.counter}"
    is_said_once = part.factor == 1 and block.count != 1
    return "once, the same each time" if is_said_once else f"× {part.factor}"


def _place(span: Span) -> str:
    return f"{PurePath(span.source.name).name}:{span.line}"


def _operation(node: GraphNode | Held, line: str) -> str:
    """What it does and to what: `h @ U  [H], [H, H] -> [H]`."""
    if isinstance(node, Parameter | Held):
        return f"{node.name}: {_shape(node.tensor)}"
    if isinstance(node, Operation | Block):
        return f"{_name(node, line)}   {_shapes(node.inputs)} -> {_shapes(node.outputs)}".strip()
    raise TypeError(f"{type(node).__name__} counts nothing")


def _name(node: Operation | Block, line: str) -> str:
    """In its own words, unless the line already has them; else by its kind, where that says something."""
    words = "" if line.startswith(node.span.text) else _words(node.span)
    name = node.kind if isinstance(node, Operation) else node.name
    return words or ("" if name in ("contract", "window") else name)


def _words(span: Span) -> str:
    """The text itself where it is short."""
    words = " ".join(span.text.split())
    return words if len(words) <= LONGEST_WORDS else ""


def _shapes(tensors: Sequence[Tensor]) -> str:
    return ", ".join(map(_shape, tensors))


def _shape(tensor: Tensor) -> str:
    return f"[{', '.join(map(str, tensor.shape))}]"


def page(model: Model, quantity: str, whole: Part, depth: int | None) -> Page:
    """The listing from the first line to the total.

    Raises TooManyBlocks when it is written.
    """
    title = f"{model.name}: {question(quantity).words} ({quantity})"

    def parts() -> Iterator[PagePart]:
        yield _with_notes(model, quantity, _listing(Telling(model), whole, depth))

    return Page(title, parts, brief=lambda: (Paragraph(title), *parts()), symbols=model.symbols)


def path_page(model: Model, quantity: str, paths: Paths, depth: int | None) -> Page:
    """The listing of the longest path, or of each that may be the longest.

    Raises TooManyBlocks when it is written.
    """
    title = f"{model.name}: the longest path ({quantity})"
    title += "" if len(paths) == 1 else f", one of {len(paths)} by the sizes"

    def parts() -> Iterator[PagePart]:
        for number, (whole, facts) in enumerate(paths, 1):
            where = "where " + " and ".join(map(str, facts)) if facts else ""
            heading = where if len(paths) == 1 else f"{number}. {where}".strip()
            if heading:
                yield Heading(heading)
            listing = _listing(Telling(model, by_rounds), whole, depth)
            yield listing if number < len(paths) else _with_notes(model, quantity, listing)

    return Page(title, parts, brief=lambda: (Paragraph(title), *parts()), symbols=model.symbols)


def _with_notes(model: Model, quantity: str, listing: Listing) -> Section:
    """With what was assumed, and for which sizes the formula holds."""
    assumed = dict.fromkeys((*model.assumptions, *model.holds(quantity)))
    return Section("", (listing, Notes(tuple(f"assuming {fact}" for fact in assumed))))


def _listing(telling: Telling, whole: Part, depth: int | None) -> Listing:
    """Raises TooManyBlocks."""
    entries: list[Entry] = []
    for entry in telling.entries(whole, inf if depth is None else depth):
        entries.append(entry)
        if len(entries) > MOST_ROWS:
            raise TooManyBlocks(MOST_ROWS)
    return Listing(tuple(entries), Entry(0, "total", count=telling.count(whole.total)))
