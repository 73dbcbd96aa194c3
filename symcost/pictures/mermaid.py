"""A scene as a Mermaid flowchart, which pages of GitHub, GitLab and notebooks draw themselves."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.pictures.boxes import lines_of
from symcost.pictures.flat import edges
from symcost.pictures.scene import Box, Scene
from symcost.pictures.svg import LIGHT, step

BRACKETS = {"input": ("([", "])"), "output": ("([", "])"), "sign": ("((", "))")}


def mermaid(scene: Scene) -> str:
    """A whole chart, with a subgraph for each frame."""
    names = {box: f"n{number}" for number, box in enumerate(scene.everything())}
    lines = ["flowchart TD"]
    lines += _boxes(scene, names, 1)
    lines += _edges(scene, names)
    lines += _colours(names)
    return "\n".join(lines) + "\n"


def _edges(scene: Scene, names: dict[Box, str]) -> Iterator[str]:
    for edge in edges(scene):
        arrow = "-.->" if edge.style == "state" else "-->"
        label = f"|{quoted(edge.label)}|" if edge.label else ""
        yield f"  {names[edge.tail]} {arrow}{label} {names[edge.head]}"


def _colours(names: dict[Box, str]) -> Iterator[str]:
    """A class for each step of a share, and the boxes that are of it."""
    filled = {name: step(box) for box, name in names.items() if box.inside is None}
    for share in sorted({*filled.values()} - {""}):
        yield f"  classDef {share} fill:{LIGHT[int(share[1:])]},stroke:#3d4752,color:#1b1f24"
    for name, share in filled.items():
        if share:
            yield f"  class {name} {share}"


def _boxes(scene: Scene, names: dict[Box, str], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for box in (*scene.boxes, *scene.columns):
        text = quoted(f"{box.title} {box.badge}".strip(), *lines_of(box))
        if box.inside is not None:
            yield f"{indent}subgraph {names[box]}[{text}]"
            yield from _boxes(box.inside, names, depth + 1)
            yield f"{indent}end"
        else:
            left, right = BRACKETS.get(box.kind, ("[", "]"))
            yield f"{indent}{names[box]}{left}{text}{right}"


PLAIN = frozenset(" ·×−÷→⋯.,()[]+-*/@=:")
"""Signs that mean nothing to Mermaid or HTML between quotes; letters and digits besides."""


def quoted(*lines: str) -> str:
    """Lines in quotes; every sign that could mean something is written by its number."""
    return '"' + "<br>".join("".join(map(_sign, line)) for line in lines) + '"'


def _sign(sign: str) -> str:
    return sign if sign.isalnum() or sign in PLAIN else f"#{ord(sign)};" if sign.isprintable() else "�"
