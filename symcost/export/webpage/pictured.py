"""Pictures of models inside of a page: their rules stand once, where the policy of the page knows them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape

STYLE = re.compile(r"<style>(.*?)</style>\n?", re.DOTALL)


class Pictures:
    """Drawings in SVG by the names of their models; an empty one is none."""

    def __init__(self, drawn: Mapping[str, str]) -> None:
        self._drawn = {name: svg for name, svg in drawn.items() if svg}

    @property
    def styles(self) -> list[str]:
        """The rules of all pictures, those that are alike once."""
        found = [unescape(rules) for svg in self._drawn.values() for rules in STYLE.findall(svg)]
        return list(dict.fromkeys(found))

    @property
    def html(self) -> str:
        """A section for each."""
        return "\n".join(
            f'<section class="pictures" data-model="{escape(name)}"><h2>Architecture</h2>'
            f'<div class="scroll">{STYLE.sub("", svg).strip()}</div></section>'
            for name, svg in self._drawn.items()
        )
