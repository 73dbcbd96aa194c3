"""The text of the files."""

from __future__ import annotations

from symcost.export.kinds import Wish
from symcost.export.page import Page
from symcost.export.parts import Verbatim
from symcost.export.sheets import symbols


def page(wish: Wish) -> Page:
    """Each file once, in the order in which its models are named."""
    sources = {model.span.source.name: model.span.source.text for _, model in wish.models}
    parts = [Verbatim(text.strip("\n")) for text in sources.values()]
    return Page("", parts=lambda: parts, symbols=symbols(wish))
