"""How large a box is, and what is written in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symcost.export.numbers import share
from symcost.pictures.drawing import Rectangle, Shape, Text, width
from symcost.pictures.scene import Box

ROOM = 8.0
"""Around the words in a box."""
TITLE, FIGURE = 13.0, 11.0
"""From line to line."""
SIGN = 20.0
PORT_HEIGHT = 16.0
DOTS = 26.0

LONGEST_LINE, MOST_LINES = 30, 3
"""Characters of a line of a formula, and lines of one."""

DEEPER = {"(": 1, ")": -1}
DEEPEST = 3
"""Brackets in brackets that are broken between."""


def lines_of(box: Box) -> list[str]:
    """What stands below the title: the figure, in lines, with its share where it is drawn once; its remarks."""
    if not box.lines:
        return []
    figure, *remarks = box.lines
    if box.share is not None and not box.repeated:
        tenths = round(box.share * 1000)
        return [f"{figure} ({share(tenths, 1000) if tenths else '<0.1 %'})", *remarks]
    return [*broken(figure), *remarks]


def broken(formula: str) -> list[str]:
    """A formula in lines, broken before a sign; what is too long ends in dots.

    >>> broken("I·H + H·H")
    ['I·H + H·H']
    >>> broken("2·D·D·T + 2·D·kv_heads·D·T/heads + 2·D·T·T")
    ['2·D·D·T', '+ 2·D·kv_heads·D·T/heads', '+ 2·D·T·T']
    >>> broken("8·(I·H + H·H)·T + 24·H·H·T·(L - 1)")
    ['8·(I·H + H·H)·T', '+ 24·H·H·T·(L - 1)']
    >>> broken("(12·D·D·(1 + N) + 2·D·(1 + N)·(1 + N))·L")
    ['(12·D·D·(1 + N)', '+ 2·D·(1 + N)·(1 + N))·L']
    """
    if len(formula) <= LONGEST_LINE:
        return [formula]
    lines = _filled(_pieces(formula))
    shown = [_cut_to_fit(line) for line in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown[-1] = _cut(lines[MOST_LINES - 1])
    return shown


def _filled(pieces: Iterable[str]) -> list[str]:
    """As many pieces in a line as have room there, one at least."""
    lines = [""]
    for piece in pieces:
        is_full = len(lines[-1]) + len(piece) > LONGEST_LINE
        if is_full and lines[-1]:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _cut_to_fit(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else _cut(line)


def _cut(line: str) -> str:
    return f"{line[: LONGEST_LINE - 2]} …"


def _pieces(formula: str, depth: int = 0, opened: int = 0) -> Iterator[str]:
    """Terms with their signs; what is longer than a line is broken between brackets, at the outermost signs there.

    `depth`: how many brackets are around the signs that part; `opened`: around the beginning.
    """
    begin, at_begin = 0, opened
    for place, sign in enumerate(formula):
        opened += DEEPER.get(sign, 0)
        is_between = opened == depth and formula[place : place + 3] in (" + ", " - ")
        if is_between and place > begin:
            yield from _deeper(formula[begin:place], depth, at_begin)
            begin, at_begin = place, opened
    yield from _deeper(formula[begin:], depth, at_begin)


def _deeper(term: str, depth: int, opened: int) -> Iterator[str]:
    """A term, broken where a line does not hold it."""
    is_long = len(term.strip()) > LONGEST_LINE
    if is_long and depth < DEEPEST:
        yield from _pieces(term, depth + 1, opened)
    else:
        yield term


def size(box: Box) -> tuple[float, float]:
    """How wide and high a box is that has nothing inside."""
    match box.kind:
        case "sign":
            return SIGN, SIGN
        case "port":
            return 0.0, 0.0
        case "dots":
            return DOTS, SIGN
        case "input" | "output":
            return width(box.title, "port") + 4, PORT_HEIGHT
        case _:
            lines = lines_of(box)
            widest = max(width(box.title, "title"), *(width(line, "figure") for line in ("", *lines)))
            wide, high = box.least
            return max(widest + 2 * ROOM, 34.0, wide), max(ROOM + TITLE + FIGURE * len(lines), high)


def shapes(box: Box, x: float, y: float) -> Iterator[Shape]:
    """A box whose middle is at `x` and whose top is at `y`, with its words."""
    wide, high = size(box)
    middle = y + high / 2
    match box.kind:
        case "port":
            return
        case "input" | "output":
            yield Text(box.title, x, middle + 4, "port", box=box)
        case "dots":
            yield Text(box.title, x, middle + 4, "sign", box=box)
        case "sign":
            yield Rectangle(box, x - wide / 2, y, wide, high)
            yield Text(box.title, x, middle + 4.6, "sign", box=box)
        case _:
            yield Rectangle(box, x - wide / 2, y, wide, high)
            lines = lines_of(box)
            top = middle - (TITLE + FIGURE * len(lines)) / 2
            yield Text(box.title, x, top + 10, "title", box=box)
            for number, line in enumerate(lines):
                yield Text(line, x, top + TITLE + 9 + FIGURE * number, "figure", box=box)


def header(box: Box) -> tuple[float, float]:
    """How wide and high the strip at the top of a frame has to be."""
    lines = lines_of(box)
    badge = width(box.badge, "badge") + ROOM if box.badge else 0.0
    widest = max(width(box.title, "title") + badge, *(width(line, "figure") for line in ("", *lines)))
    return widest + 2 * ROOM, 5 + TITLE + FIGURE * len(lines)


def header_shapes(box: Box, wide: float) -> Iterator[Shape]:
    """The words at the top of a frame."""
    yield Text(box.title, ROOM, 12.5, "title", "start", box)
    if box.badge:
        yield Text(box.badge, wide - ROOM, 12.5, "badge", "end", box)
    for number, line in enumerate(lines_of(box)):
        yield Text(line, ROOM, TITLE + 10.5 + FIGURE * number, "figure", "start", box)
