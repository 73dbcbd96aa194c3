"""Our reader takes the same texts apart in the same way as Lark does with the same grammar."""

from pathlib import Path

import lark
import pytest

from symcost.syntax.reader import Reader, UnexpectedWord, UnknownCharacter, Word
from symcost.syntax.tables import OPTIONS, grammar, mark, packed_module, tables, unpacked

ROOT = Path(__file__).parents[2]
TEXTS = sorted([*ROOT.glob("examples/*/*.arch"), *ROOT.glob("symcost/library/*.arch")])[::6]
BROKEN = [file for file in sorted(ROOT.glob("tests/messages/syntax/*.arch")) if not file.stem.endswith("_too_deep")]
"""Trees as deep as that Python itself cannot compare."""


class Trees:
    """A tree for every rule that has one, as Lark's own transformers make them."""

    def __getattr__(self, rule):
        if rule.startswith("_") or rule.isupper():  # a word stays what it is
            raise AttributeError(rule)
        return lambda parts: (rule, [part if not isinstance(part, Word | lark.Token) else seen(part) for part in parts])


def seen(word):
    return word.type, str(word), word.start_pos, word.end_pos


@pytest.fixture(scope="module")
def theirs():
    return lark.Lark(grammar(), transformer=Trees(), **OPTIONS)


@pytest.fixture(scope="module")
def ours():
    return Reader(tables(), Trees())


def read_by_lark(theirs, text):
    try:
        return theirs.parse(text, start="file")
    except lark.UnexpectedToken as error:
        at_end = error.token.type == "$END"
        return "unexpected", "end" if at_end else error.token.start_pos, frozenset(error.accepts)
    except lark.UnexpectedCharacters as error:
        return "unknown", error.pos_in_stream


def read_by_us(ours, text):
    try:
        return ours.parse(text, 0, len(text), "file")
    except UnexpectedWord as error:
        at_end = error.word.type == "$END"
        return "unexpected", "end" if at_end else error.word.start_pos, error.accepted
    except UnknownCharacter as error:
        return "unknown", error.place


@pytest.mark.parametrize("file", [*TEXTS, *BROKEN], ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_as_lark_reads(ours, theirs, file):
    """The same tree, or the same place with the same words that could stand there; whole, and cut off anywhere."""
    text = file.read_text(encoding="utf-8", errors="replace")
    for piece in (text, text[: len(text) // 2], text[: len(text) // 3] + ") " + text[len(text) // 3 :]):
        assert read_by_us(ours, piece) == read_by_lark(theirs, piece)


def test_packed(ours):
    """What the wheel holds reads as what was worked out here, and says of which grammar it is."""
    inside = {}
    exec(packed_module(), inside)  # noqa: S102  # as the import system does
    assert inside["MADE_OF"] == mark(grammar()) != mark(grammar() + " ")
    theirs = Reader(unpacked(inside["TABLES"]), Trees())
    text = TEXTS[0].read_text(encoding="utf-8")
    assert read_by_us(theirs, text) == read_by_us(ours, text)
