"""A scene in the language of Graphviz, which lays it out."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.pictures.boxes import lines_of
from symcost.pictures.flat import edges
from symcost.pictures.scene import Box, Scene
from symcost.pictures.svg import LIGHT, step

SHAPES = {"input": "plaintext", "output": "plaintext", "sign": "circle", "dots": "plaintext"}

DEFAULTS = """\
  compound=true; fontname="Helvetica"; fontsize=11; nodesep=0.3; ranksep=0.3;
  node [shape=box, style="rounded,filled", fillcolor="white", fontname="Helvetica", fontsize=11];
  node [height=0.3, margin="0.1,0.05"];
  edge [fontname="Helvetica", fontsize=9, fontcolor="#57606a", color="#57606a", arrowsize=0.7];
"""


def dot(scene: Scene, name: str) -> str:
    """A whole graph, with a cluster for each frame."""
    names = {box: f"n{number}" for number, box in enumerate(scene.everything())}
    lines = [f"digraph {quoted(name)} {{", DEFAULTS.rstrip(), *_boxes(scene, names, 1)]
    for edge in edges(scene):
        state = ', color="#0072b2", penwidth=1.5, constraint=false' if edge.style == "state" else ""
        lines.append(f"  {names[edge.tail]} -> {names[edge.head]} [label={quoted(edge.label)}{state}];")
    return "\n".join([*lines, "}"]) + "\n"


def _boxes(scene: Scene, names: dict[Box, str], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for box in (*scene.boxes, *scene.columns):
        text = "\n".join([f"{box.title} {box.badge}".strip(), *lines_of(box)])
        if box.inside is not None:
            yield f"{indent}subgraph cluster_{names[box]} {{"
            yield f"{indent}  label={quoted(text)}; labeljust=l;"
            yield f'{indent}  style="rounded,filled"; fillcolor="white"; color="#8c959f";'
            yield from _boxes(box.inside, names, depth + 1)
            yield f"{indent}}}"
            continue
        shape = f", shape={SHAPES[box.kind]}" if box.kind in SHAPES else ""
        share = step(box)
        fill = f', fillcolor="{LIGHT[int(share[1:])]}"' if share else ""
        yield f"{indent}{names[box]} [label={quoted(text)}{shape}{fill}];"


def quoted(text: str) -> str:
    r"""A text in quotes: as Graphviz reads `\N` and the like, and entities such as `&lt;`, all of it is escaped."""
    plain = "".join(sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}" for sign in text)
    escaped = plain.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
