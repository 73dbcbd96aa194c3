"""The writings of a picture, by name, which is also how their files end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symcost.pictures.picture import Picture

TEXTS = ("svg", "tikz", "dot", "mmd", "graphml")
PAINTED = ("pdf", "png")
WRITINGS = (*TEXTS, *PAINTED)


def written(picture: Picture, writing: str) -> str:
    """A picture in a writing that is a text. Raises ValueError for one that there is not."""
    match writing:
        case "svg":
            from symcost.pictures.svg import svg

            return svg(picture.drawing, picture.name)
        case "tikz":
            from symcost.pictures.tikz import tikz

            return tikz(picture.drawing, picture.name)
        case "dot":
            from symcost.pictures.dot import dot

            return dot(picture.scene, picture.name)
        case "mmd":
            from symcost.pictures.mermaid import mermaid

            return mermaid(picture.scene)
        case "graphml":
            from symcost.pictures.graphml import graphml  # networkx is slow to start

            return graphml(picture.scene, picture.name)
    raise ValueError(f"no picture is written in {writing!r}, only in {', '.join(TEXTS)}")


def made(picture: Picture, writing: str) -> bytes:
    """The file of a picture in any writing.

    Raises NoPainter, ValueError for a writing that there is not.
    """
    if writing in PAINTED:
        from symcost.pictures.paint import painted

        return painted(written(picture, "svg"), writing)
    return written(picture, writing).encode()
