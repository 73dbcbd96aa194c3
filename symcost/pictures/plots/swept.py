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
        varied = self._varied
        if not varied or not self._can_be_shown:
            return None
        along, *others = varied
        curves = tuple(self._curves(along, others))
        if len(curves) > len(COLOURS):
            return None
        panel = Panel(self.words, curves, log=_is_wide(self._values))
        return Chart(self.names[along], (panel,), _is_wide(self._sizes(along)))

    @property
    def _values(self) -> list[Number]:
        return [value for _, value in self.points]

    @property
    def _can_be_shown(self) -> bool:
        return max(self._values) <= LARGEST

    def _sizes(self, place: int) -> list[int]:
        return [sizes[place] for sizes, _ in self.points]

    @property
    def _varied(self) -> list[int]:
        """The places of the dimensions that vary, the one with the most sizes first."""
        counts = {place: len(set(self._sizes(place))) for place, _ in enumerate(self.names)}
        places = [place for place, count in counts.items() if count > 1]
        return sorted(places, key=lambda place: -counts[place])

    def _curves(self, along: int, others: Sequence[int]) -> Iterator[Curve]:
        """Each with the sizes of the other dimensions that vary as its name."""
        found: dict[tuple[int, ...], list[tuple[Number, Number]]] = {}
        for sizes, value in self.points:
            key = tuple(sizes[place] for place in others)
            found.setdefault(key, []).append((sizes[along], value))

        for number, (key, points) in enumerate(found.items()):
            sizes_told = zip(others, key, strict=True)
            label = ", ".join(f"{self.names[place]} = {size}" for place, size in sizes_told)
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
