"""How results show themselves in notebooks: HTML without scripts, all of it that is the user's escaped."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from symcost.export.mathml import mathml
from symcost.export.summary import runs

if TYPE_CHECKING:
    from symcost.blocks import BlockCost
    from symcost.document import Document
    from symcost.formula import Form
    from symcost.model import Model

MOST = 400
"""Blocks of a tree in a notebook; what lies deeper is left out, and that is said."""
DEPTH = 6


def model_html(model: Model) -> str:
    """The tree of blocks, which folds; each with its parameters and multiply-accumulates.

    Raises SymcostError where the model has no graph.
    """
    doc = " ".join((model.doc or "").split())
    lines = [f"<p>{escape(doc)}</p>"] if doc else []
    return "".join(["<div>", *lines, *_Tree(model).lines(), "</div>"])


class _Tree:
    """Blocks inside blocks, as `details`."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._left = MOST

    def lines(self) -> Iterator[str]:
        """The whole model, opened."""
        yield from self._block(self._model.tree, 1, 0)
        if self._left <= 0:
            yield "<p>… there is more: <code>symcost.report(model)</code></p>"

    def _block(self, block: BlockCost, times: int, level: int) -> Iterator[str]:
        self._left -= 1
        words = self._words(block, times)
        inside = [(part, count) for part, count in runs(block.inside) if part.has_figures]
        may_open = level < DEPTH and self._left > 0
        if not inside or not may_open:
            yield f'<div style="margin-left:1.2em">{words}</div>'
            return

        opened = "" if level else " open"
        yield f'<details{opened} style="margin-left:1.2em"><summary>{words}</summary>'
        for part, count in inside:
            if self._left > 0:
                yield from self._block(part, count, level + 1)
        yield "</details>"

    def _words(self, block: BlockCost, times: int) -> str:
        label = f"{times} × {block.label}" if times > 1 else block.label
        params = self._figure("parameters", block.params)
        macs = self._figure("MACs", block.cost["macs"])
        return f"<b>{escape(label)}</b> {params}, {macs}"

    def _figure(self, what: str, form: Form) -> str:
        return f"{mathml(self._model.shown(form))} {what}"


def document_html(document: Document) -> str:
    """Its models with their signatures."""
    items = "".join(f"<li><code>{escape(model.signature)}</code></li>" for model in document.models.values())
    return f"<div><b>{escape(document.name)}</b><ul>{items}</ul></div>"


def report_html(text: str) -> str:
    """A drawn fault, or any other plain text, as it is."""
    return f"<pre>{escape(text)}</pre>"
