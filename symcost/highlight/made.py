"""The files that editors and LaTeX read, made of the words of the language."""

from __future__ import annotations

import json
from pathlib import Path

from symcost.highlight.classes import CONSTANTS, KEYWORDS, SOFT_KEYWORDS, alternatives
from symcost.syntax.words import RESERVED, SOFT

HERE = Path(__file__).parent

NAME = r"[^\W\d]\w*"
NUMBER = r"\b[0-9]+(?:_[0-9]+)*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?!\w)"
SIGNS = r"->|\+=|\.\.\.|\.\.|//|==|!=|<=|>=|~=|[-+*/%@^=<>,:.()\[\]{}]"


def textmate() -> str:
    """A TextMate grammar, as VS Code, Sublime Text and GitHub read it: the first pattern that fits a place holds."""
    patterns = [
        {"name": "string.quoted.docstring.arch", "begin": '"""', "end": '"""'},
        {"name": "comment.line.number-sign.arch", "match": "#.*$"},
        {"name": "string.quoted.double.arch", "match": '"[^"\\n]*"'},
        {"name": "constant.language.arch", "match": rf"(?<![\w.])(?:{alternatives(CONSTANTS)})\b"},
        {"name": "keyword.control.arch", "match": KEYWORDS},
        {"name": "keyword.other.arch", "match": SOFT_KEYWORDS},
        {"name": "constant.numeric.arch", "match": NUMBER},
        {"name": "variable.other.arch", "match": NAME},
        {"name": "keyword.operator.arch", "match": SIGNS},
    ]
    grammar = {"name": "arch", "scopeName": "source.arch", "fileTypes": ["arch"], "patterns": patterns}
    return json.dumps(grammar, indent=2, ensure_ascii=False) + "\n"


def listings() -> str:
    """A language for the LaTeX package `listings`; it knows no context: soft words have their colour everywhere."""
    first, second = (", ".join(sorted(words)) for words in (RESERVED, SOFT))
    return "\n".join(
        [
            "% The language of symcost for the package listings: \\lstset{language = arch}",
            "\\lstdefinelanguage{arch}{",
            f"  morekeywords = {{{first}}},",
            f"  morekeywords = [2]{{{second}}},",
            "  sensitive = true,",
            "  alsoletter = {_},",
            "  morecomment = [l]{\\#},",
            '  morestring = [s]{"""}{"""},',
            '  morestring = [s]{"}{"},',
            "}",
            "",
        ]
    )


FILES = {"arch.tmLanguage.json": textmate, "arch-listings.tex": listings}


def write() -> None:
    """Writes every file anew."""
    for name, make in FILES.items():
        (HERE / name).write_text(make(), encoding="utf-8")
