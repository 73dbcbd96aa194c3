"""A small plot of one quantity at several sizes, as a notebook shows it below the table."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from symcost.errors import MissingExtra
from symcost.pictures.plots.chart import COLOURS, Chart, Curve, Number, Panel
from symcost.pictures.plots.layout import laid
from symcost.records import dataclass

WIDTH = 330.0
"""Points."""
LARGEST = 10**300
"""Beyond this, a float has no end."""
WIDE = 20
"""Where the largest of several numbers is so many times the least, the axis is logarithmic."""


@dataclass(frozen=True, slots=True)
class Swept:
    """Numbers at sizes: `names` of the dimensions, and of each point its sizes and the value there.

    `words` stand beside the axis of values.
    """

    names: Sequence[str]
    points: Sequence[tuple[Sequence[int], Number]]
    words: str

    @property
    def chart(self) -> Chart | None:
        """Along the dimension with the most sizes, a curve for each combination of the others.

        None where nothing varies, where there are more curves than colours, or numbers that no picture can show.
        """
        if not self.points or any(value > LARGEST for _, value in self.points):
            return None
        counts = [len({sizes[place] for sizes, _ in self.points}) for place, _ in enumerate(self.names)]
        place = counts.index(max(counts, default=0)) if counts else 0
        if not counts or counts[place] < 2:
            return None
        curves = tuple(self._curves(place, [other for other, count in enumerate(counts) if count > 1]))
        if len(curves) > len(COLOURS):
            return None
        log_x = _is_wide(sizes[place] for sizes, _ in self.points)
        log_y = _is_wide(value for _, value in self.points)
        return Chart(self.names[place], (Panel(self.words, curves, log=log_y),), log_x)

    def _curves(self, along: int, varied: Sequence[int]) -> Iterator[Curve]:
        """Each with the sizes of the other dimensions that vary as its name."""
        found: dict[tuple[int, ...], list[tuple[Number, Number]]] = {}
        others = [place for place in varied if place != along]
        for sizes, value in self.points:
            found.setdefault(tuple(sizes[place] for place in others), []).append((sizes[along], value))
        for number, (key, points) in enumerate(found.items()):
            label = ", ".join(f"{self.names[place]} = {size}" for place, size in zip(others, key, strict=True))
            yield Curve(label, sorted(set(points)), series=number)

    def image(self) -> str:
        """As an element of HTML; nothing where there is nothing to draw, or no matplotlib."""
        chart = self.chart
        if chart is None:
            return ""
        from symcost.pictures.plots.matplot import painted

        try:
            svg = painted(laid(chart, WIDTH), "svg")
        except MissingExtra:
            return ""
        # As an image: no script in it would run, and its names meet none of another picture on the page.
        data = b64encode(svg).decode("ascii")
        words = escape(f"{self.words} over {chart.axis}")
        return f'<p><img alt="{words}" width="{WIDTH * 4 / 3:.0f}" src="data:image/svg+xml;base64,{data}" /></p>'


def _is_wide(numbers: Iterable[Number]) -> bool:
    """Whether numbers belong on a logarithmic axis: all above 0, and far apart."""
    found = list(numbers)
    return min(found) > 0 and max(found) >= WIDE * min(found)
