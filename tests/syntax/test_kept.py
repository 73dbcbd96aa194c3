"""Trees of texts that were read lately are kept: by name and text, up to a limit."""

import pytest

from symcost.diagnostics import Source
from symcost.errors import SymcostError
from symcost.syntax import parse as room
from symcost.syntax.parse import parse_again


@pytest.fixture(autouse=True)
def none_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_kept", {})


def text(number: int, length: int = 100) -> Source:
    written = f"model M(x: [T]) {{ return {number}*x }}"
    return Source("m.arch", written + "#" * (length - len(written)))


def test_the_same_text_has_the_same_tree() -> None:
    """Under the same name; a changed text or another name is read anew."""
    tree = parse_again(text(2))
    assert parse_again(text(2)) is tree
    assert parse_again(text(3)) is not tree
    assert parse_again(Source("other.arch", text(2).text)) is not tree


def test_a_faulty_text_is_told_again() -> None:
    """Nothing is kept of it."""
    for _ in range(2):
        with pytest.raises(SymcostError):
            parse_again(Source("m.arch", "model M("))
    assert not room._kept


def test_what_was_not_asked_for_lately_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of texts that are together longer than the limit."""
    monkeypatch.setattr(room, "MOST_KEPT", 300)
    first, second, third = (parse_again(text(number)) for number in (1, 2, 3))
    assert parse_again(text(1)) is first
    parse_again(text(4))
    assert parse_again(text(1)) is first and parse_again(text(3)) is third
    assert parse_again(text(2)) is not second


def test_a_long_text_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would take the place of all others."""
    monkeypatch.setattr(room, "LONGEST_KEPT", 150)
    parse_again(text(1, length=151))
    assert not room._kept
