"""Made once, however many threads ask: what was put in first is what all of them have, and nobody waits.

`functools.cached_property` holds a lock for all instances before Python 3.12, also in a child that was forked while
another thread held it, and its later forms and `functools.cache` give two threads two things.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Generic, Self, TypeVar, TypeVarTuple, cast, overload

Made = TypeVar("Made")
Given = TypeVarTuple("Given")


class once(Generic[Made]):  # noqa: N801  # it is written as `property` is
    """An attribute that is made when it is first asked for, and kept. What raises is made again."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        self._make = make
        self._name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> Made: ...

    def __get__(self, instance: object, owner: type) -> Self | Made:
        if instance is None:
            return self
        made = self._make(instance)
        return cast(Made, instance.__dict__.setdefault(self._name, made))


def once_each(make: Callable[[*Given], Made]) -> Callable[[*Given], Made]:
    """A function whose answer is made once for the same arguments, which have to be hashable."""
    known: dict[tuple[*Given], Made] = {}

    @wraps(make)
    def asked(*given: *Given) -> Made:
        if given in known:
            return known[given]
        return known.setdefault(given, make(*given))

    return asked
