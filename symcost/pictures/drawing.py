"""A drawing: shapes with their places, the same for every writing; y runs down, lengths are in points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Literal

from symcost.pictures.scene import Box
from symcost.records import dataclass

Point = tuple[float, float]
LineStyle = Literal["wire", "state", "gradient"]
"""`state` goes from round to round, `gradient` back."""
Anchor = Literal["start", "middle", "end"]
TextStyle = Literal["title", "badge", "figure", "shape", "sign", "port", "note"]

SIZES: dict[TextStyle, float] = {
    "title": 11, "badge": 11, "figure": 9, "shape": 8.5, "sign": 14, "port": 11, "note": 9,
}  # fmt: skip
"""How high letters are."""

NARROW, WIDE = "ijlft.,:;'|!()[]{} ·I", "mwMW@%⋯—Σ"
EM_NARROW, EM_WIDE, EM_CAPITAL, EM_SMALL, EM_OTHER = 0.33, 0.93, 0.72, 0.56, 1.0


def width(text: str, style: TextStyle) -> float:
    """How wide a text is in Helvetica, Arial and their kind, rather more than less."""
    bold = 1.06 if style in ("title", "badge") else 1.0
    return sum(map(_em, text)) * SIZES[style] * bold


def _em(sign: str) -> float:
    if sign in NARROW:
        return EM_NARROW
    if sign in WIDE:
        return EM_WIDE
    if sign.isupper():
        return EM_CAPITAL
    return EM_SMALL if ord(sign) < 0x2E80 else EM_OTHER  # from there on signs are as wide as high


@dataclass(frozen=True, slots=True)
class Rectangle:
    """The outline of a box; `header` is how high the strip with the title of a frame is."""

    box: Box
    x: float
    y: float
    width: float
    height: float
    header: float = 0.0


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text; `x`, `y` is where it starts, ends or has its middle, at its baseline."""

    text: str
    x: float
    y: float
    style: TextStyle
    anchor: Anchor = "middle"
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points, horizontal and vertical in turn, its corners rounded; perhaps with an arrow at its end."""

    points: tuple[Point, ...]
    style: LineStyle = "wire"
    arrow: bool = True


Shape = Rectangle | Text | Line


@dataclass
class Drawing:
    """Shapes, and drawings inside with their places. What is drawn later lies on top."""

    width: float = 0.0
    height: float = 0.0
    shapes: list[Shape] = field(default_factory=list)
    parts: list[tuple[Drawing, float, float]] = field(default_factory=list)

    def flat(self, x: float = 0.0, y: float = 0.0) -> Iterator[Shape]:
        """All shapes in one frame of reference: outlines, then what is in them, then lines and texts."""
        for shape in self.shapes:
            if isinstance(shape, Rectangle):
                yield moved(shape, x, y)
        for part, right, down in self.parts:
            yield from part.flat(x + right, y + down)
        for shape in self.shapes:
            if not isinstance(shape, Rectangle):
                yield moved(shape, x, y)


def moved(shape: Shape, right: float, down: float) -> Shape:
    """A shape in another place."""
    match shape:
        case Rectangle(box, x, y, wide, high, header):
            return Rectangle(box, x + right, y + down, wide, high, header)
        case Text(text, x, y, style, anchor, box):
            return Text(text, x + right, y + down, style, anchor, box)
        case Line(points, style, arrow):
            return Line(tuple((x + right, y + down) for x, y in points), style, arrow)


def straight(points: Sequence[Point]) -> tuple[Point, ...]:
    """Points without those that lie between their neighbours, or on them."""
    kept: list[Point] = []
    for point in points:
        while len(kept) > 1 and _between(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or not _same(kept[-1], point):
            kept.append(point)
    return tuple(kept)


CLOSE = 0.05


def _same(one: Point, other: Point) -> bool:
    return abs(one[0] - other[0]) < CLOSE and abs(one[1] - other[1]) < CLOSE


def _between(one: Point, middle: Point, other: Point) -> bool:
    return any(abs(one[axis] - middle[axis]) < CLOSE and abs(middle[axis] - other[axis]) < CLOSE for axis in (0, 1))
