"""A plot drawn by matplotlib, without a window: SVG, PDF and PNG. Text is never read as mathematics."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from symcost.errors import MissingExtra
from symcost.pictures.plots.chart import Curve
from symcost.pictures.plots.layout import SIZE, Frame, Laid, Sheet, Word
from symcost.pictures.plots.ticks import short_ticks

INCH = 72.27
"""Points of TeX."""
DOTS = 300
"""Pixels for an inch of a PNG."""
SETTINGS = {
    "font.family": "DejaVu Sans", "font.size": SIZE, "svg.hashsalt": "symcost", "pdf.fonttype": 42,
    "axes.linewidth": 0.6, "lines.linewidth": 1.3, "xtick.major.width": 0.6, "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4, "ytick.minor.width": 0.4, "path.simplify": False,
}  # fmt: skip
NO_DATE: dict[str, dict[str, Any]] = {
    "svg": {"Date": None, "Creator": "symcost"},
    "pdf": {"CreationDate": None, "Creator": "symcost"},
    "png": {"Software": "symcost"},
}
"""So that the same plot is the same file."""


def drawn(sheet: Sheet) -> Any:
    """The figure of matplotlib. Raises MissingExtra."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as missing:
        raise MissingExtra(missing.name or "matplotlib", "plot") from None
    figure = Figure(figsize=(sheet.width / INCH, sheet.height / INCH))
    FigureCanvasAgg(figure)
    for laid in sheet.panels:
        _axes(figure, sheet, laid, last=laid is sheet.panels[-1])
    return figure


def painted(sheet: Sheet, writing: str) -> bytes:
    """The file. Raises MissingExtra."""
    try:
        import matplotlib as mpl
    except ModuleNotFoundError as missing:
        raise MissingExtra(missing.name or "matplotlib", "plot") from None
    with mpl.rc_context(SETTINGS):
        figure = drawn(sheet)
        held = BytesIO()
        figure.savefig(held, format=writing, dpi=DOTS, metadata=NO_DATE[writing])
    return held.getvalue()


def _axes(figure: Any, sheet: Sheet, laid: Laid, *, last: bool) -> None:
    box, frame = laid.frame.box, laid.frame
    place = (
        box.left / sheet.width,
        box.low / sheet.height,
        (box.right - box.left) / sheet.width,
        (box.high - box.low) / sheet.height,
    )
    axes = figure.add_axes(place)
    axes.set_xscale("log" if frame.log_x else "linear")
    axes.set_yscale("log" if frame.log_y else "linear")
    axes.set_xlim(frame.x)
    axes.set_ylim(frame.y)
    axes.grid(color="#e6e6e6", linewidth=0.5)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    _tick(axes, frame, labelled=last)
    axes.set_ylabel("\n".join(laid.beside), parse_math=False, labelpad=2)
    if last:
        axes.set_xlabel(sheet.chart.axis, parse_math=False, labelpad=2)
    _shade(axes, laid)
    _areas(axes, laid)
    _curves(axes, laid)
    _dots(axes, laid)
    for word in (*laid.names, *laid.words):
        _word(figure, sheet, laid, word)


def _tick(axes: Any, frame: Frame, *, labelled: bool) -> None:
    from matplotlib.ticker import EngFormatter, FixedLocator, MaxNLocator, NullFormatter

    for own, log, ends in ((axes.xaxis, frame.log_x, frame.x), (axes.yaxis, frame.log_y, frame.y)):
        own.set_tick_params(labelsize=SIZE - 1, length=2.5, pad=2)
        own.set_tick_params(which="minor", length=1.5)
        own.set_major_formatter(EngFormatter(sep=""))
        own.set_minor_formatter(NullFormatter())
        ticks = short_ticks(*ends) if log else []
        if not log:
            own.set_major_locator(MaxNLocator(5))
        elif ticks:
            own.set_major_locator(FixedLocator(ticks))
    if not labelled:
        axes.set_xticklabels([])


def _shade(axes: Any, laid: Laid) -> None:
    for number, shade in enumerate(laid.panel.shades):
        if number % 2 == 0:
            axes.axvspan(float(shade.low), float(shade.high), color="#f2f2f2", linewidth=0, zorder=0)
        else:
            axes.axvline(float(shade.low), color="#999999", linewidth=0.5, zorder=0.5)


def _areas(axes: Any, laid: Laid) -> None:
    """Bands with a thin white line between them, and cells without any."""
    for band in laid.panel.bands:
        sizes = [float(x) for x, _, _ in band.points]
        low = [float(low) for _, low, _ in band.points]
        high = [float(high) for _, _, high in band.points]
        axes.fill_between(sizes, low, high, color=f"#{band.colour}", edgecolor="white", linewidth=0.4, zorder=2)
    for cell in laid.panel.cells:
        axes.fill_between(cell.x, *cell.y, color=f"#{cell.colour}", linewidth=0.2, zorder=1)


def _curves(axes: Any, laid: Laid) -> None:
    for curve in laid.panel.curves:
        xs = [float(x) for x, _ in curve.points]
        ys = [float(y) for _, y in curve.points]
        width = 0.6 if curve.thin else None
        axes.plot(
            xs, ys, color=f"#{curve.colour}", linestyle=_style(curve), linewidth=width, label=curve.label, zorder=3
        )


def _dots(axes: Any, laid: Laid) -> None:
    shown = [dot for dot in laid.panel.dots if dot.marked]
    for dot in shown:
        axes.plot([float(dot.x)], [float(dot.y)], "o", markersize=3.2, color=f"#{dot.colour}", markeredgecolor="white",
                  markeredgewidth=0.5, zorder=4, clip_on=False)  # fmt: skip


def _style(curve: Curve) -> Any:
    return (0, curve.dashes) if curve.dashes else "-"


def _word(figure: Any, sheet: Sheet, laid: Laid, word: Word) -> None:
    """A text in its box, and a thin line to what it speaks of where that is elsewhere."""
    across, up = 1 / sheet.width, 1 / sheet.height
    middle = (word.box.low + word.box.high) / 2
    if word not in laid.names:
        if word.lined:
            _line(figure, sheet, word, word.box.nearest(word.at))
        centre = (word.box.left + word.box.right) / 2
        _text(figure, centre * across, middle * up, word.text, word.colour, "center")
        return
    if word.lined:
        _line(figure, sheet, word, (word.box.left - 2, middle))
    shift = (word.box.high - word.box.low) / 4 if word.remark else 0.0
    _text(figure, word.box.left * across, (middle + shift) * up, word.text, word.colour, "left")
    if word.remark:
        _text(figure, word.box.left * across, (middle - shift) * up, word.remark, "555555", "left")


def _line(figure: Any, sheet: Sheet, word: Word, end: tuple[float, float]) -> None:
    from matplotlib.lines import Line2D

    across = [place / sheet.width for place in (word.at[0], end[0])]
    up = [place / sheet.height for place in (word.at[1], end[1])]
    figure.add_artist(Line2D(across, up, color=f"#{word.colour}", linewidth=0.5))


def _text(figure: Any, x: float, y: float, text: str, colour: str, side: str) -> None:
    figure.text(
        x, y, text, color=f"#{colour}", ha=side, va="center_baseline", fontsize=SIZE, parse_math=False, zorder=5
    )
