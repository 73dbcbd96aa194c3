"""How several models grow in one dimension, as code for pgfplots: double logarithmic, told apart without colour too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from symcost.export import notation
from symcost.export.kinds.derivation import clipped
from symcost.export.paper.comparison import in_short
from symcost.export.paper.study import Study
from symcost.export.typesetting.latex import Setting
from symcost.formula import symbol

STYLES = (
    "black,very thick", "blue!70!black,thick,dashed", "red!75!black,thick,dash dot",
    "green!45!black,thick,densely dotted", "violet,thick,loosely dashed", "orange!80!black,thick,dash dot dot",
)  # fmt: skip
"""How lines are drawn; the own model's first."""
LOWEST, HIGHEST = 1, 2**20
"""The powers of two in between are tried."""
AROUND = 32
"""So many times more and less than where lines cross is shown."""
USUAL = (16, 2**14)
"""What is shown where no lines cross."""
LEGEND = 130.0
"""How wide what a line is called may be, in points."""
Point = tuple[int, int]


def figure(study: Study, setting: Setting, label: str) -> list[str]:
    """The lines of a float; none where no line can be drawn, as some dimensions have no numbers."""
    values = [2**power for power in range(LOWEST.bit_length() - 1, HIGHEST.bit_length())]
    curves = [list(study.points(number, values)) for number in range(len(study.sized))]
    if not all(curves):
        return []
    low, high = _shown(curves[0], curves[1:])
    shown = [[(x, y) for x, y in curve if low <= x <= high and y > 0] for curve in curves]
    if not all(shown):
        return []
    words = in_short(study.of)
    sign = setting.plain(study.at)
    caption = f"{notation.text(words[0].upper() + words[1:])} over ${sign}${_sizes(study, setting)}."
    return [
        r"\begin{figure}",
        r"  \centering",
        r"  \begin{tikzpicture}",
        r"    \begin{loglogaxis}[width=\columnwidth,height=0.62\columnwidth,log basis x=2,",
        rf"      xlabel={{{_axis(study, sign)}}},ylabel={{{notation.text(words)}}},",
        rf"      xmin={low},xmax={high},grid=major,grid style={{gray!25}},",
        r"      label style={font=\footnotesize},tick label style={font=\footnotesize},",
        r"      legend pos=north west,legend cell align=left,",
        r"      legend style={draw=none,fill=white,fill opacity=0.8,text opacity=1,font=\footnotesize}]",
        *(f"      {line}" for line in _plots(study, shown)),
        r"    \end{loglogaxis}",
        r"  \end{tikzpicture}",
        rf"  \caption{{{caption}}}",
        rf"  \label{{fig:{label}}}",
        r"\end{figure}",
    ]


def _axis(study: Study, sign: str) -> str:
    """`$T$ (time)`: the dimension, with what the first file that says it calls it."""
    for one in study.subjects:
        for info in one.model.symbols:
            if info.name == study.dimension and info.words:
                return f"${sign}$ ({notation.text(info.words)})"
    return f"${sign}$"


def _sizes(study: Study, setting: Setting) -> str:
    """` at $D = 512$`: the numbers of the other dimensions, where they are the same for all."""
    others = {name: value for name, value in study.sizes.items() if name != study.dimension}
    if not others or study.apart - {study.dimension}:
        return ""
    listed = ", ".join(f"${setting.plain(symbol(name))} = {value}$" for name, value in others.items())
    return f" at {listed}"


def _plots(study: Study, shown: Sequence[Sequence[Point]]) -> Iterator[str]:
    for number, (one, curve) in enumerate(zip(study.sized, shown, strict=True)):
        points = " ".join(f"({x},{Decimal(y):.5e})" for x, y in curve)
        yield rf"\addplot[{STYLES[number % len(STYLES)]}] coordinates {{{points}}};"
        yield rf"\addlegendentry{{{notation.text(clipped(one.label, LEGEND))}}}"


def _shown(own: Sequence[Point], others: Sequence[Sequence[Point]]) -> Point:
    """From where to where: around the places at which the own line crosses another."""
    crossed = [x for other in others for x in _crossed(own, other)]
    least, most = (min(crossed), max(crossed)) if crossed else USUAL
    if crossed:
        least, most = least // AROUND, most * AROUND
    first, last = own[0][0], own[-1][0]
    return max(least, first), max(min(most, last), first + 1)


def _crossed(own: Sequence[Point], other: Sequence[Point]) -> Iterator[int]:
    """The values before which the smaller of two becomes the greater."""
    theirs = dict(other)
    signs = [(x, (y > theirs[x]) - (y < theirs[x])) for x, y in own if x in theirs]
    for (_, before), (x, after) in pairwise(signs):
        if before != after:
            yield x
