"""Where lines end: each statement has one of its own; in all else the author's ends stay."""

from __future__ import annotations

from symcost.records import dataclass
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
    before = places.before(number)
    if before is None:
        return 0
    given = min(2, places.blanks_before(number).count("\n"))
    if COMMENT in (before.kind, places.words[number].kind):
        return _around_comment(places, number, given)
    if number in places.items:
        return _before_item(places, number, given)
    if number in places.tables:
        return given
    if before.kind == DOC:
        return 1
    return _ends_in_item(places, number, given)


def _ends_in_item(places: Places, number: int, given: int) -> int:
    """The same inside of an item, where no comment stands."""
    word, before = places.words[number], places.words[number - 1]
    if before.kind == "{" or word.kind == "}":
        return _inside_brace(places, number, given)
    if number in places.statements:
        return _before_statement(places, number, given)
    goes_on = word.kind == "{" or (before.kind, word.kind) == ("}", "else")
    if goes_on:
        return 0
    # Entries may be set apart by blank lines, nothing else inside of a statement.
    most = 2 if _is_entry(places, number) else 1
    return min(most, given)


def _before_statement(places: Places, number: int, given: int) -> int:
    """Statements stand on one line between braces that do."""
    brace = places.brace_around(number)
    is_flat = brace is not None and brace.is_flat
    return 0 if is_flat else max(1, given)


def _around_comment(places: Places, number: int, given: int) -> int:
    """A comment stays where it is: behind a line or on one of its own."""
    word, before = places.words[number], places.words[number - 1]
    if word.kind == "}" or before.kind == "{":
        return min(1, given)
    is_behind_tall = given > 0 and number - 1 in places.tall
    return 2 if is_behind_tall else given


def _before_item(places: Places, number: int, given: int) -> int:
    """What takes many lines stands apart."""
    word = places.words[number]
    stands_apart = number - 1 in places.tall or word.kind == DOC
    return 2 if stands_apart else max(1, given)


def _inside_brace(places: Places, number: int, given: int) -> int:
    """Behind `{` and in front of `}`."""
    word, before = places.words[number], places.words[number - 1]
    is_empty = (before.kind, word.kind) == ("{", "}")
    opening = number - 1 if before.kind == "{" else _opening(places, number)
    brace = places.braces[opening]
    if is_empty or brace.is_flat:
        return 0
    return min(1, given) if brace.holds_data else 1


def _opening(places: Places, number: int) -> int:
    """The `{` that the `}` with this number closes."""
    return next(brace.open for brace in places.braces.values() if brace.close == number)


def _begins(places: Places, number: int, ends: list[int]) -> bool:
    before = places.before(number)
    if before is None or _is_beginning(places, number):
        return True
    if not ends[number]:
        return False
    is_text = places.words[number].kind == COMMENT or before.kind == DOC
    return _stands_between(places, number) if is_text else _begins_below(places, number, ends)


def _is_beginning(places: Places, number: int) -> bool:
    """Whether it begins what always stands as far in as the braces around it say."""
    is_close = places.words[number].kind == "}"
    return is_close or number in places.items or number in places.statements


def _begins_below(places: Places, number: int, ends: list[int]) -> bool:
    """Whether it begins an entry that stands two further in than the `config` or the `expect`, not below another."""
    if not _is_entry(places, number):
        return False
    behind = places.first_entry(number)
    while places.words[behind].kind == COMMENT and not ends[behind]:
        behind += 1
    return bool(ends[behind])


def _is_entry(places: Places, number: int) -> bool:
    if not _is_in_data(places, number):
        return False
    before = number - 1
    while places.words[before].kind == COMMENT:
        before -= 1
    is_apart = places.words[before].kind in (",", "{")
    return is_apart or number in places.checks


def _is_in_data(places: Places, number: int) -> bool:
    """Whether it stands right inside the braces of a `config` or an `expect`."""
    around = places.inside[number]
    if around is None or around not in places.braces:
        return False
    return places.braces[around].holds_data


def _stands_between(places: Places, number: int) -> bool:
    """Whether a comment stands between statements or items, not amid one."""
    if places.words[number - 1].kind == DOC:
        return True
    numbers = range(number, len(places.words))
    behind = next((other for other in numbers if places.words[other].kind != COMMENT), None)
    if behind is None or places.words[behind].kind in ("}", DOC):
        return True
    return behind in places.items | places.statements | places.checks
