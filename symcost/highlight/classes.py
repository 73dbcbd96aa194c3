"""Which class each word of a text is of, by Lark's own lexer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from symcost.syntax.tokens import COMMENT, DOC, NUMBER, STRING, UNKNOWN, Token, tokens
from symcost.syntax.words import RESERVED, SOFT

KEYWORD, NAME, SIGN, CONSTANT = "KEYWORD", "NAME", "SIGN", "CONSTANT"
CLASSES = (COMMENT, DOC, STRING, NUMBER, KEYWORD, CONSTANT, NAME, SIGN, UNKNOWN)

CONSTANTS = frozenset({"true", "false"})


def alternatives(words: frozenset[str]) -> str:
    """Words as a part of a regular expression, in one order."""
    return "|".join(sorted(words))


KEYWORDS = rf"(?<![\w.])(?:{alternatives(RESERVED - CONSTANTS)})\b"

_NOT_AS_VALUE = r"(?<![\w.])(?<!\bif )(?<!\bnot )(?<!\band )(?<!\bor )"
_NO_OPERAND = r"(?!\s+(?:in|of|divides|grows|within)\s)"
_FOLLOWED = rf"\b(?=\s+[\w(\[{{.#\-]){_NO_OPERAND}"
_LIST = r"(?<=:)\s*list\b(?=\s*[,)])|(?<=: )list\b(?=\s*[,)])"
_RATE = r"(?<![\w.])rate\b(?=\s+[^\W\d]\w*\s*=(?!=))"
_BEFORE_WORDS = frozenset({"use", "latex", "like", "for", "as", "from"})
_SAID = rf"{_NOT_AS_VALUE}(?:{alternatives(_BEFORE_WORDS)})\b(?=\s*\"){_NO_OPERAND}"
_FOLLOWING = alternatives(SOFT - {"list", "from", "rate"})
SOFT_KEYWORDS = rf"{_NOT_AS_VALUE}(?:{_FOLLOWING}){_FOLLOWED}|{_SAID}|{_LIST}|{_RATE}"
"""Where a word that may be a name has its meaning of its own: something follows that is no sign."""

_SOFT = re.compile(SOFT_KEYWORDS)


def classified(text: str) -> Iterator[tuple[Token, str]]:
    """Each word of a text, comments among them, and its class."""
    for token in tokens(text):
        yield token, _class(token, text)


def _class(token: Token, text: str) -> str:
    if token.kind in CLASSES:
        return token.kind
    if token.kind in CONSTANTS:
        return CONSTANT
    if token.kind in RESERVED:
        return KEYWORD
    if token.kind in SOFT:
        return KEYWORD if _SOFT.match(text, token.start) else NAME
    return SIGN
