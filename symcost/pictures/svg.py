"""A drawing as SVG: valid by itself and inside of a page, in light and dark, without scripts, links or names of others.

Every text is escaped. All rules are for what is inside of `.symcost-picture`, so that a page may hold several pictures;
there are no ids that could meet. A box has `data-file` and `data-line`, where it stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from symcost.pictures.drawing import SIZES, Drawing, Line, Point, Rectangle, Text
from symcost.pictures.scene import Box

CORNER = 5.0
HEAD = 5.5
"""How long the head of an arrow is."""

LIGHT = ("#f3f7fc", "#deebf7", "#c6dbef", "#a9cce5", "#86b8da", "#62a3d0")
DARK = ("#16202b", "#17293d", "#18344f", "#1a4163", "#1d4f79", "#215f92")
"""Steps of a share, from the smallest on: one hue, so that they are told apart without colours, too."""

STEPS = (0.01, 0.05, 0.15, 0.3, 0.5)
"""From which share on the next step begins."""

RULES = """\
.symcost-picture{color:#1b1f24;font-family:Helvetica,Arial,"Liberation Sans",sans-serif}
.symcost-picture text{fill:#1b1f24}.symcost-picture .shape,.symcost-picture .note{fill:#57606a}
.symcost-picture .title,.symcost-picture .badge{font-weight:bold}
.symcost-picture .box{stroke:#3d4752;stroke-width:1;fill:#ffffff}
.symcost-picture .frame{stroke:#8c959f;stroke-width:1;fill:#ffffff}
.symcost-picture .head{fill:#eef1f4}
.symcost-picture .faint{stroke-dasharray:3 2}
.symcost-picture .wire{fill:none;stroke:#57606a;stroke-width:1.1}
.symcost-picture .tip{fill:#57606a}
.symcost-picture .state{fill:none;stroke:#0072b2;stroke-width:1.5}.symcost-picture .state-tip{fill:#0072b2}
.symcost-picture .gradient{fill:none;stroke:#d55e00;stroke-width:1.3;stroke-dasharray:4 3}
.symcost-picture .gradient-tip{fill:#d55e00}
"""

DARK_RULES = """\
.symcost-picture{color:#e6edf3}
.symcost-picture text{fill:#e6edf3}.symcost-picture .shape,.symcost-picture .note{fill:#9da7b3}
.symcost-picture .box{stroke:#8b949e;fill:#161b22}
.symcost-picture .frame{stroke:#6e7681;fill:#0d1117}
.symcost-picture .head{fill:#21262d}
.symcost-picture .wire{stroke:#9da7b3}.symcost-picture .tip{fill:#9da7b3}
.symcost-picture .state{stroke:#56b4e9}.symcost-picture .state-tip{fill:#56b4e9}
.symcost-picture .gradient{stroke:#e69f00}.symcost-picture .gradient-tip{fill:#e69f00}
"""


def svg(drawing: Drawing, name: str) -> str:
    """A whole picture; `name` is told to who cannot see it."""
    wide, high = f"{drawing.width:.0f}", f"{drawing.height:.0f}"
    steps = "".join(f".symcost-picture .s{step}{{fill:{fill}}}\n" for step, fill in enumerate(LIGHT))
    dark = "".join(f".symcost-picture .s{step}{{fill:{fill}}}\n" for step, fill in enumerate(DARK))
    fonts = "".join(f".symcost-picture .{style}{{font-size:{size:g}px}}\n" for style, size in SIZES.items())
    rules = f"{RULES}{steps}{fonts}@media (prefers-color-scheme:dark){{{DARK_RULES}{dark}}}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="symcost-picture" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}" role="img">',
        f"<title>{_text(name)}</title>",
        f"<style>{escape(rules, quote=False)}</style>",
        *_shapes(drawing),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _shapes(drawing: Drawing) -> Iterator[str]:
    for shape in drawing.flat():
        match shape:
            case Rectangle():
                yield from _rectangle(shape)
            case Text(text, x, y, style, anchor):
                anchored = "" if anchor == "start" else f' text-anchor="{anchor}"'
                yield f'<text class="{style}" x="{x:.1f}" y="{y:.1f}"{anchored}>{_text(text)}</text>'
            case Line():
                yield from _line(shape)


def _rectangle(shape: Rectangle) -> Iterator[str]:
    box = shape.box
    corner = shape.height / 2 if box.kind == "sign" else CORNER
    frame = f'x="{shape.x:.1f}" y="{shape.y:.1f}" width="{shape.width:.1f}" rx="{corner:.1f}"'
    kind = "frame" if box.kind == "frame" else "box"
    look = f"{kind} faint" if box.faint else kind
    if shape.header:
        yield f'<rect class="{look}" {frame} height="{shape.height:.1f}"/>'
        look, high = f"frame head {step(box)}", shape.header
    else:
        look, high = f"{look} {step(box)}".rstrip(), shape.height
    yield f'<rect class="{look}" {frame} height="{high:.1f}"{_place(box)}>{_hint(box)}</rect>'


def _place(box: Box) -> str:
    return "" if box.line is None else f' data-file="{_text(box.file)}" data-line="{box.line}"'


def _hint(box: Box) -> str:
    return f"<title>{_text(box.hint)}</title>" if box.hint else ""


def step(box: Box) -> str:
    """The class of a share; without numbers only whether there is something to count."""
    if box.share is None:
        return "s1" if box.lines else ""
    return f"s{sum(box.share >= least for least in STEPS)}" if box.lines else ""


def _line(line: Line) -> Iterator[str]:
    points = list(line.points)
    if len(points) < 2:
        return
    if line.arrow:
        yield _tip(points[-2], points[-1], "tip" if line.style == "wire" else f"{line.style}-tip")
        points[-1] = _shortened(points[-2], points[-1])
    yield f'<path class="{line.style}" d="{_rounded(points)}"/>'


def _direction(start: Point, end: Point) -> Point:
    x, y = end[0] - start[0], end[1] - start[1]
    length = (x * x + y * y) ** 0.5 or 1.0
    return x / length, y / length


def _shortened(start: Point, end: Point) -> Point:
    x, y = _direction(start, end)
    return end[0] - x * HEAD * 0.8, end[1] - y * HEAD * 0.8


def _tip(start: Point, end: Point, style: str) -> str:
    x, y = _direction(start, end)
    back = (end[0] - x * HEAD, end[1] - y * HEAD)
    half = HEAD * 0.45
    corners = ((back[0] - y * half, back[1] + x * half), (back[0] + y * half, back[1] - x * half))
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in (end, *corners))
    return f'<polygon class="{style}" points="{points}"/>'


def _rounded(points: list[Point]) -> str:
    """A path whose corners are quarter circles, or less where there is no room."""
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        x, y = _direction(corner, before)
        parts.append(f"L{corner[0] + x * radius:.1f} {corner[1] + y * radius:.1f}")
        x, y = _direction(corner, after)
        parts.append(f"Q{corner[0]:.1f} {corner[1]:.1f} {corner[0] + x * radius:.1f} {corner[1] + y * radius:.1f}")
    parts.append(f"L{points[-1][0]:.1f} {points[-1][1]:.1f}")
    return "".join(parts)


def _length(start: Point, end: Point) -> float:
    return abs(start[0] - end[0]) + abs(start[1] - end[1])


def _text(text: str) -> str:
    """As XML takes it, its own signs escaped."""
    return escape(allowed(text))


def allowed(text: str) -> str:
    """A text with a stand-in for every sign that XML forbids."""
    return "".join(sign if _is_allowed(sign) else "\N{REPLACEMENT CHARACTER}" for sign in text)


def _is_allowed(sign: str) -> bool:
    code = ord(sign)
    return sign in "\t\n\r" or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000
