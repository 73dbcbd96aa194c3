"""How many blanks stand between two words of one line, where nothing else is aligned with them."""

from __future__ import annotations

from symcost.syntax.fmt.places import Places
from symcost.syntax.tokens import COMMENT, NUMBER, STRING, Token

_TIGHT = {"^", "..", "PART"}
_OPENING = {"(", "["}
_CLOSE_UP = {",", ")", "]"}
_TOUCHED = {"NAME", ")", "]", STRING}
"""What is called, or of which a part is taken."""
_VALUES = _TOUCHED | {NUMBER, "true", "false"}
"""What ends a value, so that a `-` behind it subtracts."""
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
    given = len(places.blanks_before(number))
    is_amid = number not in places.items and not places.is_first(number)
    if is_amid and number in places.tables:
        return given
    least = _least(places, number, before, word)
    is_in_row = is_amid and number in places.rows and word.kind != COMMENT
    return max(least, given) if is_in_row and least else least


def _least(places: Places, number: int, before: Token, word: Token) -> int:
    """The blanks that two words need between them."""
    if word.kind == COMMENT or _goes_on_after(places, number, before):
        return 2
    fixed = _between(before.kind, word.kind)
    return _in_its_place(places, number, before, word) if fixed is None else fixed


def _in_its_place(places: Places, number: int, before: Token, word: Token) -> int:
    """The blanks where they depend on what stands around the two words."""
    if before.kind == ":":
        return 0 if _is_slice(places, number - 1) else 1
    if word.kind in _OPENING:
        return _before_bracket(places, number, before, word)
    return _around_sign(places, number, before, word)


def _goes_on_after(places: Places, number: int, before: Token) -> bool:
    """Whether a statement or a check follows another on its line, with nothing but blanks to tell them apart."""
    begins = number in places.checks or number in places.statements
    return begins and before.kind not in ("{", ",")


def _between(before: str, word: str) -> int | None:
    """The blanks between two kinds of words, where they decide it wherever they stand."""
    at_brace = _at_brace(before, word)
    if at_brace is not None:
        return at_brace
    if _closes_up(before, word):
        return 0
    after_comma = before == ","
    return 1 if after_comma else _tight(before, word)


def _at_brace(before: str, word: str) -> int | None:
    """`{ x }`, and `{}` where nothing is inside; None elsewhere."""
    if (before, word) == ("{", "}"):
        return 0
    is_at_brace = before == "{" or word == "}"
    return 1 if is_at_brace else None


def _closes_up(before: str, word: str) -> bool:
    return word in _CLOSE_UP or before in _OPENING


def _tight(before: str, word: str) -> int | None:
    """`x:`, `2^l`, `1..L`; None elsewhere."""
    is_tight = word == ":" or not _TIGHT.isdisjoint((before, word))
    return 0 if is_tight else None


def _before_bracket(places: Places, number: int, before: Token, word: Token) -> int:
    """A call and a subscript touch what they are of; a list and a group do not."""
    if before.kind == "..." or _is_unary(places, number - 1):
        return 0
    if before.kind in _EITHER_WAY:
        return _around_sign(places, number, before, word)
    return _behind_word(places, number, before)


def _behind_word(places: Places, number: int, before: Token) -> int:
    """A bracket behind a word: of a soft word, which may be the name of what is called, the author knows."""
    if before.kind in _TOUCHED:
        return 0
    given = len(places.blanks_before(number))
    return min(1, given) if before.is_name else 1


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
        return _behind(places, number - 1)
    return 1


def _behind(places: Places, number: int) -> int:
    """Blanks behind a sign: as many as in front, but a `-` touches what it turns."""
    return 0 if _is_unary(places, number) else _in_front(places, number)


def _in_front(places: Places, number: int) -> int:
    """Blanks on both sides of a sign, or on none."""
    if _is_unary(places, number):
        return 1
    if _is_percent(places, number):
        return 0
    return 0 if _touches_all(places, number) else 1


def _touches_all(places: Places, number: int) -> bool:
    """Whether there is nothing between a sign and its neighbours on the same line, of which it has one at least."""
    sides = {places.blanks_before(number), places.blanks_before(number + 1)}
    on_its_line = {blanks for blanks in sides if "\n" not in blanks}
    return on_its_line == {""}


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
    is_value = before.kind in _VALUES
    if is_value or not before.is_name:
        return not is_value
    return _turns_what_follows(places, number)


def _turns_what_follows(places: Places, number: int) -> bool:
    """Whether a `-` behind a soft word, or a name, turns what it touches: `in -1`, but `of - 1`."""
    stands_off = places.blanks_before(number) != ""
    touches_next = places.blanks_before(number + 1) == ""
    return stands_off and touches_next
