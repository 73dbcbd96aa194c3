"""How a file is set: indentation, blanks and line ends of its own words, none of which is changed.

Where lines end and what stands below what is the author's choice as far as it is one; all else has one way.
"""

from __future__ import annotations

from symcost.diagnostics import Source
from symcost.syntax.fmt.breaks import broken
from symcost.syntax.fmt.columns import placed
from symcost.syntax.fmt.gaps import gaps
from symcost.syntax.fmt.long import narrower
from symcost.syntax.fmt.places import places
from symcost.syntax.parse import parse
from symcost.syntax.tokens import COMMENT, tokens

WIDTH = 120
"""What is longer is broken anew, where that is possible."""

_MOST_ROUNDS = 4


def formatted(source: Source) -> str:
    """The text as it is set; setting it again changes nothing.

    Raises the faults of a text that cannot be read.
    """
    text = _set(source)
    for _ in range(_MOST_ROUNDS):
        # A line that was broken may come to stand below another: until nothing moves.
        again = _set(Source(source.name, text))
        if again == text:
            break
        text = again
    if _said(text) != _said(source.text):
        raise AssertionError(f"{source.name} would not say the same")
    return text


def _set(source: Source) -> str:
    text = _laid_out(source)
    if max(map(len, text.splitlines()), default=0) > WIDTH:
        text = narrower(Source(source.name, text), WIDTH)
    return text


def _laid_out(source: Source) -> str:
    known = places(parse(source), source.text)
    return placed(broken(known), gaps(known))


def _said(text: str) -> list[str]:
    """The words of a text, those of comments without the blanks around them."""
    return [token.text.lstrip("# ").rstrip() if token.kind == COMMENT else token.text for token in tokens(text)]
