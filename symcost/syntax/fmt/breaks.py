"""Where lines end: each statement has one of its own; in all else the author's ends stay."""

from __future__ import annotations

from dataclasses import dataclass

from symcost.syntax.fmt.places import Places
from symcost.syntax.tokens import COMMENT, DOC


@dataclass(frozen=True, slots=True, eq=False)
class Broken:
    """The words of a text in lines."""

    places: Places
    ends: list[int]
    """Before each word: no line end, one, or two, which is a blank line."""
    begins: list[bool]
    """Whether it begins what has lines of its own, however it is broken: an item, a statement, an entry."""

    def is_entry(self, number: int) -> bool:
        """Whether it begins an entry of a `config` or an `expect`."""
        return _is_entry(self.places, number)


def broken(places: Places) -> Broken:
    """The lines that a text is to have."""
    numbers = range(len(places.words))
    ends = [_ends(places, number) for number in numbers]
    return Broken(places, ends, [_begins(places, number, ends) for number in numbers])


def _ends(places: Places, number: int) -> int:
    word, before = places.words[number], places.before(number)
    if before is None:
        return 0
    given = min(2, places.blanks_before(number).count("\n"))
    if word.kind == COMMENT or before.kind == COMMENT:
        return _around_comment(places, number, given)
    if number in places.items:
        return _before_item(places, number, given)
    if before.kind == DOC:
        return 1
    if before.kind == "{" or word.kind == "}":
        return _inside_brace(places, number, given)
    if number in places.statements:
        brace = places.brace_around(number)
        return 0 if brace and brace.is_flat else max(1, given)
    if word.kind == "{" or (word.kind == "else" and before.kind == "}"):
        return 0
    return given if _is_entry(places, number) else min(1, given)


def _around_comment(places: Places, number: int, given: int) -> int:
    """A comment stays where it is: behind a line or on one of its own."""
    word, before = places.words[number], places.words[number - 1]
    if word.kind == "}" or before.kind == "{":
        return min(1, given)
    if number - 1 in places.tall and given:
        return 2
    if word.kind == COMMENT and given == 1 and before.kind == DOC:
        return 1
    return given


def _before_item(places: Places, number: int, given: int) -> int:
    """What takes many lines stands apart."""
    word = places.words[number]
    stands_apart = number - 1 in places.tall or word.kind == DOC
    return 2 if stands_apart else max(1, given)


def _inside_brace(places: Places, number: int, given: int) -> int:
    """Behind `{` and in front of `}`."""
    word, before = places.words[number], places.words[number - 1]
    if before.kind == "{" and word.kind == "}":
        return 0
    opening = number - 1 if before.kind == "{" else _opening(places, number)
    brace = places.braces[opening]
    if brace.is_flat:
        return 0
    return min(1, given) if brace.holds_data else 1


def _opening(places: Places, number: int) -> int:
    """The `{` that the `}` with this number closes."""
    return next(brace.open for brace in places.braces.values() if brace.close == number)


def _begins(places: Places, number: int, ends: list[int]) -> bool:
    if not number or number in places.items or number in places.statements or places.words[number].kind == "}":
        return True
    if not ends[number]:
        return False
    if places.words[number].kind == COMMENT or places.words[number - 1].kind == DOC:
        return _stands_between(places, number)
    return _begins_below(places, number, ends)


def _begins_below(places: Places, number: int, ends: list[int]) -> bool:
    """Whether it begins an entry that stands two further in than the `config` or the `expect`, not below another."""
    if not _is_entry(places, number):
        return False
    behind = places.first_entry(number)
    while places.words[behind].kind == COMMENT and not ends[behind]:
        behind += 1
    return bool(ends[behind])


def _is_entry(places: Places, number: int) -> bool:
    around = places.inside[number]
    if around not in places.braces or not places.braces[around].holds_data:
        return False
    before = number - 1
    while places.words[before].kind == COMMENT:
        before -= 1
    return number in places.checks or places.words[before].kind in (",", "{")


def _stands_between(places: Places, number: int) -> bool:
    """Whether a comment stands between statements or items, not amid one."""
    behind = number
    while behind < len(places.words) and places.words[behind].kind == COMMENT:
        behind += 1
    if behind == len(places.words):
        return True
    begins = places.items | places.statements | places.checks
    return behind in begins or places.words[behind].kind in ("}", DOC) or places.words[number - 1].kind == DOC
