r"""A drawing as TikZ: a document that pdfLaTeX compiles as it is, and a picture in it that a paper can take over.

With `\usepackage{tikz}` the environment `tikzpicture` stands by itself; with `\usepackage{standalone}` as well,
`\input` takes the whole file. No text of the user reaches TeX but sign by sign.
"""

from __future__ import annotations

from collections.abc import Iterator

from symcost.export import notation
from symcost.pictures.drawing import SIZES, Drawing, Line, Rectangle, Text
from symcost.pictures.scene import Box
from symcost.pictures.svg import CORNER, LIGHT, step

SCALE = 0.75
"""TeX's points for one of a drawing: titles are set in 8 points, shapes in 6."""

SIGNS = {
    "·": r"\ensuremath{\cdot}", "×": r"\ensuremath{\times}", "−": r"\ensuremath{-}", "÷": r"\ensuremath{\div}",
    "→": r"\ensuremath{\rightarrow}", "⋯": r"\ensuremath{\cdots}", "…": r"\dots{}",
}  # fmt: skip

ANCHORS = {"start": "base west", "middle": "base", "end": "base east"}

HEAD = r"""\documentclass[tikz,border=2pt]{standalone}
\usepackage[T1]{fontenc}
\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
\begin{document}
"""

STYLES = r"""\begin{tikzpicture}[x=%(scale)spt, y=-%(scale)spt, font=\sffamily, inner sep=0pt,
  line cap=round, rounded corners=%(corner).1fpt, >=latex,
  box/.style={draw=black!75, line width=.5pt}, frame/.style={draw=black!45, line width=.5pt},
  wire/.style={draw=black!65, line width=.6pt}, state/.style={draw=symcoststate, line width=.9pt},
  gradient/.style={draw=symcostback, line width=.8pt, dashed}]
  \definecolor{symcoststate}{HTML}{0072B2}
  \definecolor{symcostback}{HTML}{D55E00}
"""


def tikz(drawing: Drawing, name: str) -> str:
    """A whole document with the picture of what is called so."""
    styles = STYLES % {"scale": SCALE, "corner": CORNER * SCALE}
    colours = [rf"  \definecolor{{symcost{n}}}{{HTML}}{{{fill[1:].upper()}}}" for n, fill in enumerate(LIGHT)]
    lines = ["% " + "".join(sign for sign in name if sign.isalnum()), HEAD + styles.rstrip(), *colours]
    return "\n".join([*lines, *_shapes(drawing), r"\end{tikzpicture}", r"\end{document}"]) + "\n"


def _shapes(drawing: Drawing) -> Iterator[str]:
    for shape in drawing.flat():
        match shape:
            case Rectangle():
                yield from _rectangle(shape)
            case Text(text, x, y, style, anchor):
                yield rf"  \node[anchor={ANCHORS[anchor]}{_look(style)}] at ({x:.1f},{y:.1f}) {{{words(text)}}};"
            case Line() if len(shape.points) > 1:
                yield _line(shape)


def _line(shape: Line) -> str:
    arrow = ", ->" if shape.arrow else ""
    path = " -- ".join(f"({x:.1f},{y:.1f})" for x, y in shape.points)
    return rf"  \draw[{shape.style}{arrow}] {path};"


def _look(style: str) -> str:
    """Size, weight and colour of a text."""
    size = SIZES[style] * SCALE  # type: ignore[index]
    bold = r"\bfseries" if style in ("title", "badge") else ""
    grey = ", text=black!65" if style in ("shape", "note") else ""
    return rf"{grey}, font=\sffamily{bold}\fontsize{{{size:.1f}}}{{{size * 1.2:.1f}}}\selectfont"


def _rectangle(shape: Rectangle) -> Iterator[str]:
    kind = "frame" if shape.box.kind == "frame" else "box"
    corner = f", rounded corners={shape.height / 2 * SCALE:.1f}pt" if shape.box.kind == "sign" else ""
    left, right = f"({shape.x:.1f},{shape.y:.1f})", shape.x + shape.width
    fill = "white" if shape.header else _fill(shape.box)
    yield rf"  \draw[{kind}, fill={fill}{corner}] {left} rectangle ({right:.1f},{shape.y + shape.height:.1f});"
    if shape.header:
        grey = _fill(shape.box) if shape.box.lines else "black!6"
        yield rf"  \draw[{kind}, fill={grey}] {left} rectangle ({right:.1f},{shape.y + shape.header:.1f});"


def _fill(box: Box) -> str:
    name = step(box)
    return f"symcost{name[1:]}" if name else "white"


def words(text: str) -> str:
    """A text for TeX, every sign of it escaped."""
    return "".join(map(_sign, text))


def _sign(sign: str) -> str:
    if sign in SIGNS:
        return SIGNS[sign]
    return notation.text(sign) if sign.isascii() else notation.spelled(sign)
