"""Slides: the derivation step by step, and the table that closes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from symcost.export import notation
from symcost.export.kinds import Body, Wish
from symcost.export.kinds.derivation import Set, paragraph, title
from symcost.export.kinds.table import PACKAGES, explained, grid_of
from symcost.export.naming import forms_in, mapped
from symcost.export.steps import statements
from symcost.export.typesetting.tables import pages_of

SLIDE = 270.0
"""How wide the text of a slide is, of 12.8 cm without its margins, in points of small text."""
HEIGHT = 165.0
"""How high it may be."""
LINES = 13
"""As many lines of a table are on one slide."""


def write(wish: Wish) -> Body:
    """Frames for a beamer document.

    Raises TooNarrow, UnsafeLatex, UnknownQuantity, TooManyBlocks.
    """
    width = SLIDE if wish.width is None else wish.width
    wish = replace(wish, width=width)
    head = title(wish).rstrip(".")
    steps = statements(wish.model, wish.quantity, wish.convention)
    grid, _ = grid_of(wish)
    # A name means one thing on all slides.
    naming = wish.naming(forms_in((*steps, grid)))
    steps, grid = mapped((steps, grid), naming.of)
    forms = list(forms_in((*steps, grid)))
    frames = [_derived(head, rows) for rows in _slides([Set(step, wish).rows for step in steps])]
    frames += _explained(head, explained(wish, wish.setting(*forms), forms))
    words = f"{wish.model.name} by block" if wish.caption is None else wish.caption
    caption = notation.text(words)
    setting = replace(wish.setting(*forms), low=True)
    frames += [_table(caption, lines) for lines in pages_of(grid, setting, width, LINES)]
    return Body("\n".join(frames), PACKAGES, frames=True)


def _slides(blocks: Sequence[Sequence[str]]) -> list[list[list[str]]]:
    """As many blocks on a slide as there is room for; one that is higher than a slide goes on."""
    slides: list[list[list[str]]] = [[]]
    used = 0.0
    for block in blocks:
        for part in _parted(block):
            high = sum(map(height, part))
            if slides[-1] and used + high > HEIGHT:
                slides.append([])
                used = 0.0
            slides[-1].append(part)
            used += high
    return slides


def _parted(block: Sequence[str]) -> list[list[str]]:
    """A block in parts that are no higher than a slide."""
    parts: list[list[str]] = [[]]
    used = 0.0
    for row in block:
        if parts[-1] and used + height(row) > HEIGHT:
            parts.append([])
            used = 0.0
        parts[-1].append(row)
        used += height(row)
    return parts


def height(row: str) -> float:
    """About how high a row is, in points."""
    if r"\underbrace" in row:
        return 31.0
    if r"\footnotesize" in row:
        return 14.0
    return 27.0 if r"\frac" in row or r"\sum" in row else 17.0


def _derived(head: str, blocks: Sequence[Sequence[str]]) -> str:
    """One block after the other is uncovered."""
    rows = []
    for step, block in enumerate(blocks, 1):
        for row in block:
            inner = row.removeprefix("& ").replace(r"\footnotesize", r"\scriptsize")
            rows.append(rf"  & \uncover<{step}->{{{inner}}}")
    listed = " \\\\\n".join(rows)
    lines = [rf"\begin{{frame}}{{{head}}}", r"\small", r"\begin{align*}", listed, r"\end{align*}", r"\end{frame}"]
    return "\n".join(lines) + "\n"


def _explained(head: str, words: str) -> list[str]:
    """What the names on the slides mean; more than one slide where there is much to say."""
    if not words:
        return []
    lines = [
        # In a group, lest the titles of all other frames lose their numbers; a single slide has none.
        r"{\setbeamertemplate{frametitle continuation}[from second]",
        rf"\begin{{frame}}[allowframebreaks]{{{head}}}",
        r"\small\raggedright",
        rf"{paragraph(words)}\end{{frame}}}}",
    ]
    return ["\n".join(lines) + "\n"]


def _table(head: str, lines: Sequence[str]) -> str:
    listed = "\n".join(f"  {line}" for line in lines)
    return f"\\begin{{frame}}{{{head}}}\n  \\centering\\small\n{listed}\n\\end{{frame}}\n"
