"""A file set anew says the same, and is set."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

import symcost
from symcost.diagnostics import Source
from symcost.errors import SymcostError
from symcost.syntax.fmt import formatted
from symcost.syntax.parse import parse
from symcost.syntax.tokens import COMMENT, tokens
from tests.syntax.test_writer import same

OWN = Path(__file__).parents[3]
FILES = sorted([*OWN.glob("examples/**/*.arch"), *OWN.glob("symcost/library/*.arch")])
SOME = FILES[::6]

LINES = Path(__file__).with_suffix(".arch").read_text(encoding="utf-8")
SET = Path(__file__).with_suffix(".set").read_text(encoding="utf-8")


def anew(text: str) -> str:
    return formatted(Source("text", text))


def words(text: str) -> list[str]:
    """All that a text says, comments as words of their own."""
    return [
        re.sub(r"\W", "", token.text) if token.kind == COMMENT else token.text for token in tokens(text)
    ]  # fmt: skip


def test_by_example() -> None:
    """A file that nobody set, and how it is set."""
    assert anew(LINES) == SET
    assert anew(SET) == SET


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_are_set(path: Path) -> None:
    """Examples and library are as `symcost fmt` sets them; where this fails, run it over both."""
    text = path.read_text(encoding="utf-8")
    assert anew(text) == text


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(SOME), st.randoms(use_true_random=False))
def test_shaken_files_say_the_same(path: Path, shake: random.Random) -> None:
    """However blanks and line ends fall, the same words come out, in a text that is set."""
    text = shaken(path.read_text(encoding="utf-8"), shake)
    once = anew(text)
    assert words(once) == words(text)
    assert anew(once) == once
    assert same(parse(Source("one", text)), parse(Source("other", once)))


def shaken(text: str, shake: random.Random) -> str:
    """A text with blanks and line ends wherever the language allows some."""
    parts: list[str] = []
    before = None
    for token in list(tokens(text))[:1500]:
        between = text[before.end : token.start] if before else ""
        needs_line = before is not None and before.kind == COMMENT
        if before is None or shake.random() < 0.7 or "PART" in (before.kind, token.kind):
            parts.append(between)
        elif needs_line:
            parts.append("\n" * shake.randint(1, 3))
        else:
            parts.append(shake.choice([" ", "   ", "\n", "\n\n", "\n     "]))
        parts.append(token.text)
        before = token
    whole = "".join(parts)
    return whole if _is_sound(whole) else text


def _is_sound(text: str) -> bool:
    try:
        anew(text)
    except SymcostError:
        return False
    return True


def test_costs_stay() -> None:
    """What a model costs is the same, term by term, before and after."""
    for model in symcost.loads(LINES).models:
        before, after = symcost.loads(LINES).model(model), symcost.loads(SET).model(model)
        assert str(before.macs) == str(after.macs)
        assert str(before.params) == str(after.params)


def test_a_fault_is_told() -> None:
    """A text that cannot be read is not set."""
    with pytest.raises(SymcostError):
        anew("model A(x: [T] {}")
