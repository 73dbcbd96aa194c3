"""The words of a text one after the other, comments among them: to be set, coloured or looked up."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.records import dataclass
from symcost.syntax.words import RESERVED, SOFT

COMMENT, DOC, NAME, NUMBER, STRING, UNKNOWN = "COMMENT", "DOC", "NAME", "NUMBER", "STRING", "UNKNOWN"
"""Kinds of words; a reserved or soft word, and a sign, is its own kind."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text and where it stands."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def is_name(self) -> bool:
        """Whether it can be a name: soft words can."""
        return self.kind == NAME or self.kind in SOFT

    @property
    def is_reserved(self) -> bool:
        return self.kind in RESERVED


def tokens(text: str) -> Iterator[Token]:
    """All words of a text, sound or not: a character that begins none is UNKNOWN. Blanks lie between them."""
    from symcost.syntax.parse import lexed

    for kind, word, start in lexed(text):
        yield Token(kind, word, start)
