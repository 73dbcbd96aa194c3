"""A plot as code for pgfplots, to be edited: a document inputs it that loads pgfplots."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import log10

from symcost.export.notation import text as set_text
from symcost.export.numbers import PREFIXES
from symcost.pictures.plots.chart import Band, Cell, Curve, Dot, Number, Shade
from symcost.pictures.plots.layout import SIZE, Frame, Laid, Sheet, Word
from symcost.pictures.plots.ticks import short_ticks

HEAD = r"""% needs \usepackage{pgfplots} \pgfplotsset{compat=1.16}
\begin{tikzpicture}[font=\fontsize{7}{8.5}\selectfont,inner sep=0pt]"""
DIGITS = 9
CLOSE = 1e-9
"""The logarithm of a thousand may come out a little below 3."""
BREAK = r"\\"
"""Between rows."""


def pgf(sheet: Sheet) -> str:
    """A `tikzpicture`."""
    lines = [HEAD]
    names = sorted({"000000", "555555"}.union(*(laid.panel.colours for laid in sheet.panels)))
    lines += [rf"  \definecolor{{c{name}}}{{HTML}}{{{name}}}" for name in names]
    for laid in sheet.panels:
        lines += _axis(sheet, laid, last=laid is sheet.panels[-1])
    return "\n".join([*lines, r"\end{tikzpicture}", ""])


def _axis(sheet: Sheet, laid: Laid, *, last: bool) -> Iterator[str]:
    box, frame = laid.frame.box, laid.frame
    yield r"  \begin{axis}[scale only axis,axis lines=left,grid=major,grid style={black!10},clip=false,"
    yield f"    at={{({box.left:.2f}pt,{box.low:.2f}pt)}},anchor=south west,"
    yield f"    width={box.right - box.left:.2f}pt,height={box.high - box.low:.2f}pt,"
    yield f"    xmode={_mode(frame.log_x)},ymode={_mode(frame.log_y)},"
    yield f"    xmin={frame.x[0]:.6g},xmax={frame.x[1]:.6g},ymin={frame.y[0]:.6g},ymax={frame.y[1]:.6g},"
    yield f"    ylabel={{{BREAK.join(map(set_text, laid.beside))}}},"
    yield f"    xlabel={{{set_text(sheet.chart.axis)}}}," if last else "    xticklabels={},"
    if frame.log_x:
        yield from _ticks("x", frame.x, labelled=last)
    if frame.log_y:
        yield from _ticks("y", frame.y, labelled=True)
    yield "    axis line style={-},ylabel near ticks,xlabel near ticks,"
    yield "    xlabel style={yshift=-3pt},ylabel style={yshift=3pt,align=center}]"
    yield from _drawn(laid)
    yield from _written(laid)
    yield r"  \end{axis}"


def _ticks(axis: str, ends: tuple[float, float], *, labelled: bool) -> Iterator[str]:
    """Numbers beside an axis on which there are too few powers of ten."""
    found = short_ticks(*ends)
    if not found:
        return
    yield f"    {axis}tick={{{','.join(f'{tick:.9g}' for tick in found)}}},"
    if labelled:
        yield f"    {axis}ticklabels={{{','.join(f'{{{_in_short(tick)}}}' for tick in found)}}},"


def _in_short(tick: float) -> str:
    """`1.2M`, as matplotlib has it; what is below 1 or beyond all prefixes has its digits."""
    group = min(int(log10(tick) + CLOSE) // 3 * 3, max(PREFIXES)) if tick >= 1 else 0
    return set_text(f"{tick / 10.0**group:.9g}{PREFIXES[group]}")


def _drawn(laid: Laid) -> Iterator[str]:
    """Areas, lines over them, dots on these."""
    panel = laid.panel
    yield from (_shade(shade, laid.frame) for shade in panel.shades[::2])
    yield from map(_cell, panel.cells)
    yield from map(_band, panel.bands)
    yield from map(_curve, panel.curves)
    yield from (_dot(dot) for dot in panel.dots if dot.marked)


def _written(laid: Laid) -> Iterator[str]:
    """Names beside the ends of lines, and words where there is room for them."""
    for word in laid.names:
        yield from _name(laid, word)
    for word in laid.words:
        if word.lined:
            yield _line(laid, word, word.box.nearest(word.at))
        across, up = (word.box.left + word.box.right) / 2, (word.box.low + word.box.high) / 2
        yield _node(laid, across, up, "center", word.colour, word.text)


def _shade(shade: Shade, frame: Frame) -> str:
    left, right = (f"{float(end):.6g}" for end in (shade.low, shade.high))
    low, high = (f"{end:.6g}" for end in frame.y)
    return rf"    \fill[black!5] (axis cs:{left},{low}) rectangle (axis cs:{right},{high});"


def _dot(dot: Dot) -> str:
    style = f"only marks,mark=*,mark size=1.2pt,c{dot.colour}"
    return rf"    \addplot[{style}] coordinates {{{_pair(dot.x, dot.y)}}};"


def _mode(log: bool) -> str:
    return "log" if log else "linear"


def _curve(curve: Curve) -> str:
    points = " ".join(_pair(x, y) for x, y in curve.points)
    dashes = " ".join(f"{'off' if place % 2 else 'on'} {part}pt" for place, part in enumerate(curve.dashes))
    pattern = f",dash pattern={dashes}" if dashes else ""
    width = "0.4pt" if curve.thin else "0.9pt"
    return rf"    \addplot[c{curve.colour},line width={width}{pattern}] coordinates {{{points}}};"


def _cell(cell: Cell) -> str:
    (left, right), (low, high) = cell.x, cell.y
    return rf"    \fill[c{cell.colour}] (axis cs:{left:.6g},{low:.6g}) rectangle (axis cs:{right:.6g},{high:.6g});"


def _band(band: Band) -> str:
    """Its upper end, and back along its lower end."""
    around = [(x, high) for x, _, high in band.points]
    around += [(x, low) for x, low, _ in reversed(band.points)]
    points = " ".join(_pair(x, y) for x, y in around)
    return rf"    \addplot[draw=white,line width=0.3pt,fill=c{band.colour}] coordinates {{{points}}} -- cycle;"


def _pair(x: Number, y: Number) -> str:
    return f"({_number(x)},{_number(y)})"


def _number(value: Number) -> str:
    whole = Fraction(value)
    exact = Decimal(whole.numerator) / Decimal(whole.denominator)
    return f"{exact:.{DIGITS}e}"


def _name(laid: Laid, word: Word) -> Iterator[str]:
    middle = (word.box.low + word.box.high) / 2
    if word.lined:
        yield _line(laid, word, (word.box.left - 2, middle))
    shift = SIZE * 0.62 if word.remark else 0.0
    yield _node(laid, word.box.left, middle + shift, "west", word.colour, word.text)
    if word.remark:
        yield _node(laid, word.box.left, middle - shift, "west", "555555", word.remark)


def _line(laid: Laid, word: Word, end: tuple[float, float]) -> str:
    return rf"    \draw[c{word.colour},line width=0.3pt] {_at(laid, *word.at)} -- {_at(laid, *end)};"


def _at(laid: Laid, x: float, y: float) -> str:
    """A place in points as parts of the axes."""
    box = laid.frame.box
    across = (x - box.left) / (box.right - box.left)
    up = (y - box.low) / (box.high - box.low)
    return f"(axis description cs:{across:.4f},{up:.4f})"


def _node(laid: Laid, x: float, y: float, anchor: str, colour: str, words: str) -> str:
    return rf"    \node[anchor={anchor},text=c{colour}] at {_at(laid, x, y)} {{{set_text(words)}}};"
