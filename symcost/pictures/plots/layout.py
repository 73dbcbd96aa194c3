"""Where the axes and the words of a chart stand, in points from the lower left: the same for every writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import dist, log10

from symcost.pictures.plots.chart import BLACK, Chart, Dot, Ending, Number, Panel
from symcost.records import dataclass

SIZE = 7.0
"""Points of the letters: what a caption has in most styles, or one less."""
EM = 0.62
"""How wide a letter is on average, in sizes: of DejaVu Sans, which is wider than those of TeX."""
LINE = 1.25
"""How high a line of print is, in sizes."""
LEFT, BELOW, ABOVE, BETWEEN = 38.0, 30.0, 8.0, 12.0
"""Room for numbers and words around the axes."""
SHAPE = 0.68
"""How high a panel is for its width, where it is alone."""
GAP = 4.0
WIDEST = 0.48
"""The part of the width that names beside the lines may take."""
ROOM = 0.06
"""What is left free at either end of the axis of values."""
NAMED_ROOM = 0.16
"""The same where stretches of the axis have names at the top."""
AROUND = (
    (1, 1), (-1, 1), (1, -1), (-1, -1), (1, 0), (-1, 0), (0, 1), (0, -1),
    (0.5, 1), (-0.5, 1), (0.5, -1), (-0.5, -1), (1, 0.5), (-1, 0.5), (1, -0.5), (-1, -0.5),
)  # fmt: skip
"""Where a name stands beside its dot, the best first."""
STEPS = (3.0, 7.0, 13.0, 21.0, 30.0, 42.0)
"""How far from it."""
MOST_HIDDEN = 12
"""Places of lines that a name may hide, each two points of them; a name that hides more is left out."""
NEAR = 6.0
"""From farther away a thin line leads to it."""


def wide(text: str, size: float = SIZE) -> float:
    """Points that a text takes, rather more than less."""
    capitals = sum(char.isupper() or char in "mwMW" for char in text)
    return size * (EM * len(text) + 0.2 * capitals)


def cut(text: str, room: float) -> str:
    """As much of a text as there is room for."""
    if wide(text) <= room:
        return text
    kept = len(text)
    while kept and wide(f"{text[:kept]}…") > room:
        kept -= 1
    return f"{text[:kept]}…"


MOST_ROWS = 4
"""Rows of a heading, or of the words beside an axis; the last one is cut."""


def rows(text: str, room: float) -> list[str]:
    """A text in as many rows as it takes, broken between words."""
    if wide(text) <= room:
        return [text]
    found = [""]
    for word in text.split():
        joined = f"{found[-1]} {word}".strip()
        if wide(joined) <= room or not found[-1]:
            found[-1] = joined
        else:
            found.append(word)
    if len(found) > MOST_ROWS:
        found[MOST_ROWS - 1 :] = [" ".join(found[MOST_ROWS - 1 :])]
    return [cut(row, room) for row in found]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle."""

    left: float
    low: float
    right: float
    high: float

    def meets(self, other: Box) -> bool:
        """Whether they have more than an edge in common."""
        apart = self.right <= other.left or other.right <= self.left or self.high <= other.low or other.high <= self.low
        return not apart

    def within(self, other: Box) -> bool:
        """Whether nothing of it is outside of another."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.low <= self.low and self.high <= other.high

    def nearest(self, place: tuple[float, float]) -> tuple[float, float]:
        """What of it is nearest to a place."""
        return min(max(place[0], self.left), self.right), min(max(place[1], self.low), self.high)

    def distance(self, place: tuple[float, float]) -> float:
        """How far a place is from it."""
        return dist(place, self.nearest(place))

    def holds(self, place: tuple[float, float]) -> bool:
        """Whether a place is inside."""
        return self.left <= place[0] <= self.right and self.low <= place[1] <= self.high


@dataclass(frozen=True, slots=True)
class Word:
    """A text in its box; `at` is what it speaks of."""

    text: str
    box: Box
    colour: str
    at: tuple[float, float]
    remark: str = ""
    lined: bool = True
    """Whether a thin line leads from it to its place."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The axes of a panel and the numbers at their ends."""

    box: Box
    x: tuple[float, float]
    y: tuple[float, float]
    log_x: bool
    log_y: bool

    def place(self, x: Number | float, y: Number | float) -> tuple[float, float]:
        """Where a pair of numbers stands."""
        across = _part(x, self.x, log=self.log_x)
        up = _part(y, self.y, log=self.log_y)
        width = self.box.right - self.box.left
        height = self.box.high - self.box.low
        return self.box.left + across * width, self.box.low + up * height


def _part(value: Number | float, ends: tuple[float, float], *, log: bool) -> float:
    low, high = (log10(end) if log else end for end in ends)
    own = log10(value) if log else float(value)
    return (own - low) / (high - low)


@dataclass(frozen=True, slots=True)
class Laid:
    """A panel with its frame and words. `left_out`: names for which there was no place."""

    panel: Panel
    frame: Frame
    names: tuple[Word, ...]
    words: tuple[Word, ...]
    left_out: tuple[str, ...]
    beside: tuple[str, ...] = ()
    """What stands beside the axis of values, in rows."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole picture."""

    width: float
    height: float
    chart: Chart
    panels: tuple[Laid, ...]


def laid(chart: Chart, width: float) -> Sheet:
    """Frames below each other, names beside the ends of the lines, and names at dots where there is a place."""
    right = min(_widest_ending(chart), width * WIDEST) + 2 * GAP
    across = max(width - LEFT - right, 0.2 * width)
    tall = across * (SHAPE if len(chart.panels) > 1 else SHAPE + 0.14)
    tall = max(tall, *(_needed(panel) for panel in chart.panels))
    left = LEFT + _more_beside(chart, tall)
    across -= left - LEFT
    headings = [rows(panel.heading, width - left) if panel.heading else [] for panel in chart.panels]
    above = [SIZE * LINE * len(heading) + GAP if heading else 0.0 for heading in headings]
    height = BELOW + ABOVE + sum(above) + len(chart.panels) * tall + (len(chart.panels) - 1) * BETWEEN

    done = []
    top = height - ABOVE
    for panel, room in zip(chart.panels, above, strict=True):
        top -= room
        box = Box(left, top - tall, left + across, top)
        done.append(_panel(chart, panel, box, width))
        top -= tall + BETWEEN
    return Sheet(width, height, chart, tuple(done))


def _more_beside(chart: Chart, tall: float) -> float:
    """Room for what stands beside the axes in several rows."""
    most = max(len(rows(panel.words, tall)) for panel in chart.panels)
    return (most - 1) * SIZE * LINE


def _widest_ending(chart: Chart) -> float:
    """What stands beside the ends of lines."""
    widest = 0.0
    for panel in chart.panels:
        for end in panel.endings:
            widest = max(widest, wide(end.label), wide(end.remark))
    return widest


def _needed(panel: Panel) -> float:
    """How high the names beside its lines are together."""
    return sum(map(_height, panel.endings))


def _height(end: Ending) -> float:
    return SIZE * LINE * (2 if end.remark else 1)


def _panel(chart: Chart, panel: Panel, box: Box, width: float) -> Laid:
    frame = Frame(box, _sizes(chart), _values(panel), chart.log, panel.log)
    names = (*_beside(panel, frame, width), *_above(panel, frame, width))
    shaded = [_shaded(shade.label, frame, float(shade.low), float(shade.high)) for shade in panel.shades]
    words = [word for word in shaded if word is not None]
    left_out = []
    covered = _covered(panel, frame)
    labelled = [dot for dot in panel.dots if dot.label]
    for dot in labelled:
        found = _at_dot(dot, frame, words, covered)
        if found is None:
            left_out.append(dot.label)
        else:
            words.append(found)
            if found.lined:
                # A name on such a line would be read as crossed out.
                covered += MOST_HIDDEN * _between(found.at, found.box.nearest(found.at))
    beside = tuple(rows(panel.words, box.high - box.low))
    return Laid(panel, frame, names, tuple(words), tuple(left_out), beside)


def _sizes(chart: Chart) -> tuple[float, float]:
    if chart.ends is not None:
        return chart.ends
    return _ends([float(x) for one in chart.panels for x, _ in one.places], chart.log, 0.0)


def _values(panel: Panel) -> tuple[float, float]:
    if panel.ends is not None:
        return panel.ends
    ys = [float(y) for _, y in panel.places]
    low, high = _ends(ys, panel.log, NAMED_ROOM if panel.shades else ROOM)
    return (low, high) if panel.log or min(ys) < 0 else (0.0, high)


def _ends(values: Sequence[float], log: bool, room: float) -> tuple[float, float]:
    """From the least to the largest, with room; a single value gets some around it."""
    low, high = min(values), max(values)
    if log:
        if low == high:
            low, high = low / 2, high * 2
        more = (high / low) ** room
        return low / more, high * more
    if low == high:
        low, high = low - 1, high + 1
    return low - room * (high - low), high + room * (high - low)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Middles of boxes of these heights near the wanted ones, none over another, between two ends where they fit."""
    order = sorted(range(len(wanted)), key=lambda number: wanted[number])
    found = [0.0] * len(wanted)
    floor = low
    for number in order:
        found[number] = max(wanted[number], floor + heights[number] / 2)
        floor = found[number] + heights[number] / 2
    ceiling = high
    for number in reversed(order):
        found[number] = min(found[number], ceiling - heights[number] / 2)
        ceiling = found[number] - heights[number] / 2
    return found


def _beside(panel: Panel, frame: Frame, width: float) -> Iterator[Word]:
    """The names of what is drawn, to the right of the axes."""
    named = panel.endings
    ends = [frame.place(*one.place) for one in named]
    wanted = [up for _, up in ends]
    heights = list(map(_height, named))
    middles = spread(wanted, heights, frame.box.low, frame.box.high)
    for one, end, middle, height in zip(named, ends, middles, heights, strict=True):
        left = frame.box.right + 2 * GAP
        label, remark = (cut(text, width - left + 1) for text in (one.label, one.remark))
        box = Box(left, middle - height / 2, left + max(wide(label), wide(remark)), middle + height / 2)
        yield Word(label, box, one.colour, end, remark)


def _above(panel: Panel, frame: Frame, width: float) -> Iterator[Word]:
    """What is shown, above the axes at the left, the last row lowest."""
    if not panel.heading:
        return
    box, low = frame.box, frame.box.high + GAP
    for words in reversed(rows(panel.heading, width - box.left)):
        place = Box(box.left, low, box.left + wide(words), low + SIZE * LINE)
        yield Word(words, place, BLACK, (box.left, low), lined=False)
        low += SIZE * LINE


def _covered(panel: Panel, frame: Frame) -> list[tuple[float, float]]:
    """Places of lines and dots, which words should not hide; between two points of a line there are some more."""
    found = [frame.place(dot.x, dot.y) for dot in panel.dots]
    for curve in panel.curves:
        places = [frame.place(x, y) for x, y in curve.points]
        found += places
        for one, other in pairwise(places):
            found += _between(one, other)
    return found


def _between(one: tuple[float, float], other: tuple[float, float]) -> list[tuple[float, float]]:
    """Places on the way from one to another, some two points apart."""
    x, y = one
    across, up = other[0] - x, other[1] - y
    steps = int(max(abs(across), abs(up)) / 2)
    return [(x + across * k / steps, y + up * k / steps) for k in range(1, steps)]


def _at_dot(dot: Dot, frame: Frame, words: Sequence[Word], covered: Sequence[tuple[float, float]]) -> Word | None:
    """Its name where it hides least, over no other one; None where there is no such place."""
    at = frame.place(dot.x, dot.y)
    fewest, best = MOST_HIDDEN, None
    for distance in STEPS:
        for box in _free_sides(dot.label, at, distance, frame, words):
            hidden = sum(map(box.holds, covered))
            if hidden < fewest:
                fewest, best = hidden, box
        # Nothing is better further away than a box that hides nothing.
        if fewest == 0:
            break
    if best is None:
        return None
    return Word(dot.label, best, dot.colour, at, lined=best.distance(at) > NEAR)


def _free_sides(
    text: str, at: tuple[float, float], distance: float, frame: Frame, words: Sequence[Word]
) -> Iterator[Box]:
    """Boxes around a place that are within the axes and over no word, nor is the line to them; the best first."""
    for side in AROUND:
        box = _sided(text, at, side, distance)
        way = _between(at, box.nearest(at)) if box.distance(at) > NEAR else []
        if box.within(frame.box) and not any(_meets(word.box, box, way) for word in words):
            yield box


def _meets(word: Box, box: Box, way: Sequence[tuple[float, float]]) -> bool:
    return box.meets(word) or any(word.holds(place) for place in way)


def _sided(text: str, at: tuple[float, float], side: tuple[float, float], distance: float) -> Box:
    width, height = wide(text), SIZE * LINE
    left = at[0] - width / 2 + side[0] * (width / 2 + distance)
    low = at[1] - height / 2 + side[1] * (height / 2 + distance)
    return Box(left, low, left + width, low + height)


def _shaded(text: str, frame: Frame, low: float, high: float) -> Word | None:
    """What a stretch of the axis is called, at its top where it is wide enough."""
    left = frame.place(low, frame.y[1])[0]
    right = frame.place(high, frame.y[1])[0]
    width = wide(text)
    if width + GAP > right - left:
        return None
    middle = (left + right) / 2
    top = frame.box.high - 2
    return Word(
        text, Box(middle - width / 2, top - SIZE * LINE, middle + width / 2, top), "555555", (middle, top), lined=False
    )
