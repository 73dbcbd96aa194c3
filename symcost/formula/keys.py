"""Keys: one object for equal parts, so that equal forms are told by identity, however deep they are.

A key means something in its own process only, and nothing outside of it: forms are pickled by what they are. Keys are
interned without a lock that an answer waits for, and freed with the last form that has one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from fractions import Fraction
from operator import attrgetter
from threading import RLock
from typing import TYPE_CHECKING, Any, NoReturn
from weakref import ref

if TYPE_CHECKING:
    from symcost.formula.poly import Poly
    from symcost.formula.residues import Family

FEWEST_SWEPT = 40_000
"""Fewer keys are never looked through for dead ones: a usual run ends before."""


class Key:
    """What equal parts have in common. Where it is that of an atom, it also keeps what the atom is."""

    __slots__ = ("__weakref__", "_rank", "family", "floored", "parts", "upper_half")

    def __init__(self, parts: Hashable) -> None:
        self.parts: Hashable = parts
        self.floored: Poly | None = None
        """Of a floor, the quotient under it."""
        self.upper_half: Poly | None = None
        """Of `floor((x + 1)/2)`, the same as `x - floor(x/2)`."""
        self.family: Family | None = None
        """Of a floor over a small number, the floors that add up to its dividend with it, as far as they are known."""
        self._rank: Any = None

    @property
    def rank(self) -> Any:
        """Keys in an order that depends on what they are, and not on which was made first."""
        if self._rank is None:
            self._rank = _ranked(self.parts)
        return self._rank

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key means nothing in another process")


def _ranked(parts: Any) -> Any:
    """Parts so that any two can be compared: each after a word for its kind."""
    match parts:
        case Key():
            return parts.rank
        case tuple():
            return "tuple", tuple(map(_ranked, parts))
        case frozenset():
            return "set", tuple(sorted(map(_ranked, parts)))
        case int() | Fraction():
            return "number", parts
        case _:
            return "word", str(parts)


by_rank: Callable[[Key], Any] = attrgetter("rank")

_keys: dict[Hashable, ref[Key]] = {}
_forgetful: list[Callable[[], None]] = []
_one_at_a_time = RLock()
_most = FEWEST_SWEPT


def intern(parts: Hashable) -> Key:
    """The key of these parts, the same object for equal ones."""
    known = _keys.get(parts)
    key = None if known is None else known()
    return _interned(parts) if key is None else key


def _interned(parts: Hashable) -> Key:
    if len(_keys) > _most:
        sweep()
    key = Key(parts)
    entry = ref(key)
    known = _keys.setdefault(parts, entry)  # in one step: of several threads one puts its key in, and all have that
    return key if known is entry else _living(parts, key, entry)


def _living(parts: Hashable, key: Key, entry: ref[Key]) -> Key:
    """What another thread has put in meanwhile; in place of a key that is no more, this one."""
    with _one_at_a_time:
        known = _keys.get(parts)
        other = None if known is None else known()
        if other is not None:
            return other
        _keys[parts] = entry
        return key


def one_at_a_time() -> RLock:
    """For what takes more than one step, such as putting another key in place of a dead one. Nobody asks under it."""
    return _one_at_a_time


def when_swept(forget: Callable[[], None]) -> None:
    """Have something called that lets go of forms which it can work out again."""
    _forgetful.append(forget)


def sweep() -> None:
    """Take out the keys of forms that are no more; keys of other documents stay as they are."""
    global _most
    with _one_at_a_time:
        for forget in _forgetful:
            forget()

        # The newest first: what they were made of goes with them. A dead key stays dead, so nobody has to wait.
        entries = list(_keys.items())
        while entries:
            parts, known = entries.pop()
            if known() is None:
                del _keys[parts]
        _most = max(FEWEST_SWEPT, 2 * len(_keys))


# Counters ----------------------------------------------------------------------------------------


class _Uids:
    """Numbers that no two counters of this process share, and a word for it: other processes count, too."""

    def __init__(self) -> None:
        self.last = 0
        self.home = os.urandom(8).hex()

    def fresh(self) -> tuple[int, str]:
        with _one_at_a_time:
            self.last += 1
            return self.last, self.home

    def beyond(self, uid: int) -> None:
        """Count on from that of a counter from elsewhere: counters are in the order in which they were made."""
        with _one_at_a_time:
            self.last = max(self.last, uid)


_uids = _Uids()
fresh_uid: Callable[[], tuple[int, str]] = _uids.fresh
count_beyond: Callable[[int], None] = _uids.beyond


def _in_child() -> None:
    """The thread that held the lock may not be there, and the parent counts on as well."""
    global _one_at_a_time
    _one_at_a_time = RLock()
    _uids.home = os.urandom(8).hex()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_child)
