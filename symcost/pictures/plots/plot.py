"""`Quantity.plot`: quantities over one dimension from Python, shown in a notebook or saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symcost.analysis.growth.compare import Threshold
from symcost.errors import NothingToPlot, SymcostError, ValueTooLarge, ViolatedAssumption
from symcost.formula import Form, num, symbol
from symcost.formula.named import inlined
from symcost.once import once
from symcost.pictures.plots.chart import Chart, Curve, Dot, Number, Panel
from symcost.pictures.plots.layout import Sheet, laid
from symcost.pictures.plots.meeting import meeting
from symcost.pictures.plots.over import LARGEST, in_short, sizes
from symcost.sweeping.grid import Axis, axis

if TYPE_CHECKING:
    from symcost.quantity import Quantity

COLUMN = 239.0
"""84 mm in points: a column of most styles in two columns."""
PAINTED = ("svg", "pdf", "png")
CODE = ("pgf", "tikz", "tex")


class Plot:
    """A chart, laid out for a width in points. It shows itself in a notebook."""

    def __init__(self, chart: Chart, width: float = COLUMN) -> None:
        self.chart = chart
        self.width = width

    def __repr__(self) -> str:
        labels = [curve.label for panel in self.chart.panels for curve in panel.curves]
        return f"<Plot of {', '.join(labels)} over {self.chart.axis}>"

    @once
    def sheet(self) -> Sheet:
        """Where everything stands."""
        return laid(self.chart, self.width)

    @property
    def figure(self) -> Any:
        """A figure of matplotlib, to go on with. Raises MissingExtra."""
        from symcost.pictures.plots.matplot import drawn

        return drawn(self.sheet)

    def written(self, writing: str) -> bytes:
        """The file in a writing: `svg`, `pdf`, `png`, or `pgf`. Raises MissingExtra, ValueError for another."""
        if writing in PAINTED:
            from symcost.pictures.plots.matplot import painted

            return painted(self.sheet, writing)
        if writing in CODE:
            from symcost.pictures.plots.pgf import pgf

            return pgf(self.sheet).encode()
        raise ValueError(f"no plot is written in {writing[:40]!r}, only in {', '.join((*PAINTED, 'pgf'))}")

    def save(self, path: str | PathLike[str], *, width: float | None = None) -> Path:
        """Write a file that ends in `.svg`, `.pdf`, `.png` or `.pgf`, in points as wide as is told.

        Raises ValueError for another ending, MissingExtra, OSError.
        """
        file = Path(path)
        drawn = self if width is None else Plot(self.chart, width)
        data = drawn.written(file.suffix.removeprefix(".").lower())
        file.write_bytes(data)
        return file

    def _repr_svg_(self) -> str:
        return self.written("svg").decode()


def plotted(quantities: Sequence[Quantity], values: Mapping[str, object]) -> Plot:
    """Quantities over the one dimension that has several sizes; all other values are put in.

    Raises ValueError where none or several have, BadRange, UnknownDimension, MissingValue, NothingToPlot,
    ValueTooLarge.
    """
    axes, fixed = _parted(values)
    if len(axes) != 1:
        told = ", ".join(one.name for one in axes) or "none does"
        raise ValueError(f"one dimension varies, such as T='1:1e6:log' or T=range(1, 100), not {len(axes)}: {told}")
    (over,) = axes
    log = _is_log(over, values[over.name])
    curves = _curves(quantities, over, fixed, log=log)
    if not curves:
        raise NothingToPlot(_words(quantities[0]), over.name)
    words = {_words(one) for one in quantities}
    dots = tuple(_crossings(quantities, curves, over, fixed, log=log))
    panel = Panel(words.pop() if len(words) == 1 else "value", tuple(curves), dots, log=log)
    return Plot(Chart(over.name, (panel,), log))


def _curves(quantities: Sequence[Quantity], over: Axis, fixed: Mapping[str, object], *, log: bool) -> list[Curve]:
    """On an axis of powers only what is above 0."""
    curves = []
    for number, (label, one) in enumerate(_named(quantities)):
        points = [(x, y) for x, y in _points(one, over, fixed, log=log) if y > 0 or not log]
        if points:
            curves.append(Curve(label, points, _risen(one, over.name, fixed), number))
    return curves


def _parted(values: Mapping[str, object]) -> tuple[list[Axis], dict[str, object]]:
    """What has several sizes, and what has one value. Raises BadRange, ValueError for sizes that are no numbers."""
    axes: list[Axis] = []
    fixed: dict[str, object] = {}
    for name, value in values.items():
        written = _written_range(value)
        if written is None:
            fixed[name] = value
        else:
            axes.append(axis(name, written))
    return axes, fixed


def _written_range(value: object) -> str | None:
    """Several sizes as they are written on a command line, `1,2,4`; None for one value."""
    if isinstance(value, str):
        is_range = ":" in value or "," in value
        return value if is_range else None
    if isinstance(value, Iterable):
        return ",".join(str(size) for size in value)
    return None


def _is_log(over: Axis, written: object) -> bool:
    """Whether it is written so, or the sizes of a list are in equal ratios and no steps."""
    if isinstance(written, str):
        return ":log" in written.replace(" ", "")
    shown = sorted(over.sizes)
    return len(shown) > 2 and shown[-1] - shown[-2] >= 1.5 * (shown[1] - shown[0])


def _named(quantities: Sequence[Quantity]) -> Iterator[tuple[str, Quantity]]:
    """By their models; several of one model by what is asked, too."""
    models = [one.model.name for one in quantities]
    for one in quantities:
        name = one.model.name
        yield (f"{name}: {_words(one)}" if models.count(name) > 1 else name), one


def _words(one: Quantity) -> str:
    """What stands beside an axis: of what was computed from several, that it is a value."""
    name = getattr(one.ask, "name", None)
    return in_short(name) if isinstance(name, str) else "value"


def _points(
    one: Quantity, over: Axis, fixed: Mapping[str, object], *, log: bool
) -> Iterator[tuple[Number, Number]]:  # fmt: skip
    """Exact numbers, where what is assumed allows the size."""
    for size in sizes(over, log=log):
        try:
            found = one(**_mine(one, {**fixed, over.name: size}))
        except ViolatedAssumption:
            continue
        if found > LARGEST:
            raise ValueTooLarge(f"the value at {over.name} = {size} is more than a picture can show")
        yield size, found


def _mine(one: Quantity, values: Mapping[str, object]) -> dict[str, object]:
    """Numbers for those dimensions that a quantity has; a name that it has not is left to the others."""
    return {name: value for name, value in values.items() if name in one.model.ports}


def _risen(one: Quantity, name: str, fixed: Mapping[str, object]) -> str:
    try:
        return str(one.at(**_mine(one, fixed)).growth(name).growth.kind).lower()
    except SymcostError:
        return ""


def _crossings(
    quantities: Sequence[Quantity], curves: Sequence[Curve], over: Axis, fixed: Mapping[str, object], *, log: bool
) -> Iterator[Dot]:
    """Where one of two becomes larger, by the formula before numbers were put in."""
    for pair in combinations(curves, 2):
        left, right = (quantities[curve.series] for curve in pair)
        root = _root(left, right, over.name)
        if root is None:
            continue
        told = _with_numbers(root, (left, right), fixed)
        if told is None or not min(over.sizes) <= told <= max(over.sizes):
            continue
        there = {**fixed, over.name: round(told)}
        values = left(**_mine(left, there)), right(**_mine(right, there))
        place = meeting(pair, told, values, is_log=log)
        if place is not None:
            yield Dot(*place, f"{over.name} = {root}")


def _root(left: Quantity, right: Quantity, name: str) -> Form | None:
    """The one size from which on another one is smaller."""
    try:
        found = left.crossing(right, name)
    except SymcostError:
        return None
    return inlined(found.root) if isinstance(found, Threshold) else None


def _with_numbers(root: Form, pair: tuple[Quantity, Quantity], fixed: Mapping[str, object]) -> Number | None:
    """Its number; None where some dimension in it has none."""
    given = {name: value for one in pair for name, value in one.model.values.items()}
    given |= {name: value for name, value in fixed.items() if isinstance(value, int)}
    place = root.substitute({symbol(name): num(value) for name, value in given.items()})
    return None if place.free_symbols else place.evaluate({})
