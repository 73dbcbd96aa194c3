"""A scene as GraphML, for yEd, Gephi, Cytoscape and programs: by networkx."""

from __future__ import annotations

import networkx as nx

from symcost.pictures.flat import edges
from symcost.pictures.scene import Box, Scene
from symcost.pictures.svg import allowed


def graphml(scene: Scene, name: str) -> str:
    """A directed graph: nodes with `label`, `kind`, `figure`, `share`, `line` and `inside`; edges with `shape`."""
    built = nx.MultiDiGraph(name=allowed(name))
    names = {box: f"n{number}" for number, box in enumerate(scene.everything())}
    _add(built, scene, names, "")
    for edge in edges(scene):
        built.add_edge(names[edge.tail], names[edge.head], shape=allowed(edge.label), style=edge.style)
    return "\n".join(nx.generate_graphml(built)) + "\n"


def _add(built: nx.MultiDiGraph, scene: Scene, names: dict[Box, str], inside: str) -> None:
    """The boxes of a scene and of the frames in it; `inside` is the frame around them."""
    for box in (*scene.boxes, *scene.columns):
        share = {} if box.share is None else {"share": box.share}
        place = {} if box.line is None else {"line": box.line}
        words = {"label": box.title, "figure": " ".join(box.lines), "rounds": box.badge}
        texts = {key: allowed(text) for key, text in words.items()}
        built.add_node(names[box], **texts, kind=box.kind, inside=inside, **share, **place)
        if box.inside is not None:
            _add(built, box.inside, names, names[box])
