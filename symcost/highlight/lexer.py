"""Pygments for `.arch`: the words are those that Lark reads, so that both are always one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from pygments.lexer import Lexer
from pygments.token import Comment, Error, Keyword, Name, Number, Operator, Punctuation, String, Whitespace, _TokenType

from symcost.highlight.classes import CONSTANT, KEYWORD, NAME, classified
from symcost.syntax.tokens import COMMENT, DOC, NUMBER, STRING, UNKNOWN

_CLASSES: dict[str, _TokenType] = {
    COMMENT: Comment.Single,
    DOC: String.Doc,
    STRING: String.Double,
    NUMBER: Number,
    KEYWORD: Keyword,
    CONSTANT: Keyword.Constant,
    NAME: Name,
    UNKNOWN: Error,
}


class ArchLexer(Lexer):
    """Architectures of neural networks, as symcost reads them."""

    name = "symcost"
    aliases: ClassVar[list[str]] = ["arch", "symcost"]
    filenames: ClassVar[list[str]] = ["*.arch"]
    mimetypes: ClassVar[list[str]] = ["text/x-arch"]
    url = "https://pypi.org/project/symcost"

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """Place, class and text of each word, and of the blanks between."""
        end = 0
        for token, kind in classified(text):
            if token.start > end:
                yield end, Whitespace, text[end : token.start]
            plain = Punctuation if token.text in "()[]{},:" else Operator
            yield token.start, _CLASSES.get(kind, plain), token.text
            end = token.end
        if end < len(text):
            yield end, Whitespace, text[end:]
