"""Every word of every example is coloured as what the grammar takes it for, in all three writings."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from symcost.diagnostics import Source
from symcost.editor.words import walked
from symcost.highlight.classes import CONSTANT, KEYWORD, NAME, SIGN, classified
from symcost.highlight.made import FILES, HERE, listings, textmate
from symcost.syntax import ast
from symcost.syntax.parse import parse
from symcost.syntax.tokens import tokens
from symcost.syntax.words import RESERVED, SOFT

OWN = Path(__file__).parents[2]
TEXTS = sorted(
    path
    for texts in ("examples/**", "symcost/library", "tests/oracle/programs")
    for path in OWN.glob(f"{texts}/*.arch")
)

SCOPES = {
    "string.quoted.docstring.arch": "DOC",
    "comment.line.number-sign.arch": "COMMENT",
    "string.quoted.double.arch": "STRING",
    "constant.language.arch": CONSTANT,
    "keyword.control.arch": KEYWORD,
    "keyword.other.arch": KEYWORD,
    "constant.numeric.arch": "NUMBER",
    "variable.other.arch": NAME,
    "keyword.operator.arch": SIGN,
}


def meant(text: str) -> dict[int, str]:
    """The class of each word by where it begins, as the tree has it: a soft word is a name where the tree says so."""
    names = {node.span.start for node in walked(parse(Source("text", text)).items) if isinstance(node, ast.Name)}
    found: dict[int, str] = {}
    for token in tokens(text):
        if token.kind in SOFT:
            found[token.start] = NAME if _is_named(text, token.start, names) else KEYWORD
        elif token.kind in ("true", "false"):
            found[token.start] = CONSTANT
        elif token.kind in RESERVED:
            found[token.start] = KEYWORD
        elif token.kind in ("COMMENT", "DOC", "STRING", "NUMBER", "NAME"):
            found[token.start] = token.kind
        else:
            found[token.start] = SIGN
    return found


def _is_named(text: str, start: int, names: set[int]) -> bool:
    """A name in brackets has them in its span."""
    while start > 0 and start not in names and text[start - 1] in "( ":
        start -= 1
    return start in names


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_words_are_what_the_tree_has(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert {token.start: kind for token, kind in classified(text)} == meant(text)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_textmate_agrees(path: Path) -> None:
    """By a reader of TextMate grammars, the first pattern that fits holds; `..` of a range is what two dots are."""
    text = path.read_text(encoding="utf-8")
    assert dict(_scoped(text)) == meant(text)


def _scoped(text: str) -> Iterator[tuple[int, str]]:
    patterns = [
        (
            re.compile(one["match"], re.MULTILINE)
            if "match" in one
            else re.compile(one["begin"] + r"[\s\S]*?" + one["end"]),
            SCOPES[one["name"]],
        )
        for one in json.loads(textmate())["patterns"]
    ]
    place = 0
    while place < len(text):
        found = next(((match, kind) for reg, kind in patterns if (match := reg.match(text, place))), None)
        if found is None or not found[0][0]:
            assert text[place].isspace()
            place += 1
            continue
        blanks = len(found[0][0]) - len(found[0][0].lstrip())
        yield place + blanks, found[1]
        place = found[0].end()


@pytest.mark.parametrize("name", FILES)
def test_files_are_as_made(name: str) -> None:
    """`python -m symcost.highlight` would change nothing."""
    assert (HERE / name).read_text(encoding="utf-8") == FILES[name]()


def test_listings_knows_all_words() -> None:
    """And LaTeX takes the definition, where it is installed."""
    assert all(re.search(rf"\b{word}\b", listings()) for word in RESERVED | SOFT)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs LaTeX")
def test_latex_takes_it(tmp_path: Path) -> None:
    code = 'model M(x: [T]) { # note\n  return x -> Linear("a")\n}'
    body = "\\documentclass{article}\\usepackage{listings}\n" + listings()
    body += f"\\begin{{document}}\\begin{{lstlisting}}[language=arch]\n{code}\n\\end{{lstlisting}}\\end{{document}}"
    (tmp_path / "a.tex").write_text(body, encoding="utf-8")
    done = subprocess.run(["pdflatex", "-interaction=batchmode", "-halt-on-error", "a.tex"], cwd=tmp_path, check=False)
    assert done.returncode == 0


def test_pygments() -> None:
    """Where it is installed: every character comes out, keywords as keywords, what is no word as an error."""
    pytest.importorskip("pygments")
    from pygments.token import Error, Keyword, Name

    from symcost.highlight.lexer import ArchLexer

    text = "model M(x: [T]) { return x ; }\n"
    found = list(ArchLexer().get_tokens(text))
    assert "".join(word for _, word in found) == text
    assert (Keyword, "model") in found
    assert (Name, "M") in found
    assert (Error, ";") in found
