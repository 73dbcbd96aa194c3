"""A text in HTML, line by line: comments, words of the language and strings told apart, everything escaped."""

from __future__ import annotations

import re
from html import escape

WORDS = (
    "model module config expect use dim assume let layer param frozen scan repeat choose for in with emit return if "
    "else as like hf weigh shared within grows true false not and or"
).split()

TOKEN = re.compile(
    rf'(?P<str>""".*?(?:"""|\Z)|"[^"\n]*"?)|(?P<rem>\#[^\n]*)|(?P<key>\b(?:{"|".join(WORDS)})\b)', re.DOTALL
)


def coloured(text: str) -> list[str]:
    """Each line in HTML; what goes over several lines is marked in each of them."""
    lines = [""]
    at = 0
    for found in TOKEN.finditer(text):
        _put(lines, text[at : found.start()], None)
        _put(lines, found[0], found.lastgroup)
        at = found.end()
    _put(lines, text[at:], None)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()
    return lines


def _put(lines: list[str], piece: str, kind: str | None) -> None:
    for number, part in enumerate(piece.split("\n")):
        if number:
            lines.append("")
        if part:
            shown = escape(part.rstrip("\r"))
            lines[-1] += f'<span class="{kind}">{shown}</span>' if kind else shown
