"""How many blanks stand between two words of one line, where nothing else is aligned with them."""

from __future__ import annotations

from symcost.syntax.fmt.places import Places
from symcost.syntax.tokens import COMMENT, NUMBER, STRING, Token

_TIGHT = {"^", "..", "PART"}
_CLOSE_UP = {",", ")", "]"}
_EITHER_WAY = {"*", "/", "//", "%", "+", "-"}
"""Signs with blanks around them or none, as it reads best: `I*H + H*H`. The author knows."""


def gaps(places: Places) -> list[int]:
    """The blanks in front of each word, were it not the first of its line."""
    found: list[int] = []
    for number, word in enumerate(places.words):
        before = places.before(number)
        found.append(0 if before is None else _gap(places, number, before, word))
    return found


def _gap(places: Places, number: int, before: Token, word: Token) -> int:
    if word.kind == COMMENT or (number in places.checks | places.statements and before.kind not in ("{", ",")):
        return 2
    if (fixed := _between(before.kind, word.kind)) is not None:
        return fixed
    if word.kind in ("(", "["):
        return _before_bracket(places, number, before, word)
    if before.kind == ":":
        return 0 if _is_slice(places, number - 1) else 1
    return _around_sign(places, number, before, word)


def _between(before: str, word: str) -> int | None:
    """The blanks between two kinds of words, where they decide it wherever they stand."""
    if before == "{" or word == "}":
        return 0 if before == "{" and word == "}" else 1
    if word in _CLOSE_UP or before in ("(", "["):
        return 0
    if before == ",":
        return 1
    if before in _TIGHT or word in _TIGHT or word == ":":
        return 0
    return None


def _before_bracket(places: Places, number: int, before: Token, word: Token) -> int:
    """A call and a subscript touch what they are of; a list and a group do not."""
    if before.kind == "..." or _is_unary(places, number - 1):
        return 0
    if before.kind in _EITHER_WAY:
        return _around_sign(places, number, before, word)
    if before.kind == "NAME" or before.kind in (")", "]"):
        return 0
    if before.is_name:  # a soft word may be the name of what is called
        return min(1, len(places.blanks_before(number)))
    return 0 if before.kind == STRING else 1


def _is_slice(places: Places, number: int) -> bool:
    """Whether a `:` stands between the bounds of a slice."""
    around = places.inside[number]
    return around is not None and places.words[around].kind == "["


def _around_sign(places: Places, number: int, before: Token, word: Token) -> int:
    if before.kind == "..." and word.is_name:
        return 0
    if word.kind in _EITHER_WAY:
        return _in_front(places, number)
    if before.kind in _EITHER_WAY:
        return 0 if _is_unary(places, number - 1) else _in_front(places, number - 1)
    return 1


def _in_front(places: Places, number: int) -> int:
    """Blanks on both sides of a sign, or on none."""
    if _is_unary(places, number):
        return 1
    if _is_percent(places, number):
        return 0
    sides = [places.blanks_before(number), places.blanks_before(number + 1)]
    on_its_line = [blanks for blanks in sides if "\n" not in blanks]
    return 1 if any(on_its_line) or not on_its_line else 0


def _is_percent(places: Places, number: int) -> bool:
    """`within 5%`"""
    words = places.words
    amount = words[number].kind == "%" and number >= 2 and words[number - 1].kind == NUMBER
    return amount and words[number - 2].kind == "within"


def _is_unary(places: Places, number: int) -> bool:
    """Whether a `-` stands in front of what it turns."""
    if places.words[number].kind != "-":
        return False
    before = places.before(number)
    if before is None:
        return True
    if before.kind in (NUMBER, "NAME", ")", "]", "true", "false", STRING):
        return False
    if before.is_name:  # a soft word, or a name: `in -1`, `of - 1`
        return bool(places.blanks_before(number)) and not places.blanks_before(number + 1)
    return True
