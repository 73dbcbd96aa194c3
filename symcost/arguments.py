"""Arguments: what a public function is handed and cannot use is told at once, by a TypeError in the caller's words.

Without it the first line that reads such a value would fail, somewhere inside, by a sentence about that line.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import wraps
from itertools import chain
from os import PathLike
from typing import ParamSpec, TypeVar

from symcost.records import dataclass

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

LONGEST = 40
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What an argument has to be, in words and as a question to a value."""

    words: str
    fits: Callable[[object], bool]

    def __or__(self, other: Kind) -> Kind:
        return Kind(f"{self.words} or {other.words}", lambda value: self.fits(value) or other.fits(value))


def of(words: str, *kinds: type) -> Kind:
    """What is of one of some classes."""
    return Kind(words, lambda value: isinstance(value, kinds))


def _is_whole(value: object) -> bool:
    """Whether it is an integer, also one of NumPy; a truth value is none."""
    if isinstance(value, bool):
        return False
    try:
        operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        return False
    return True


def _is_number(value: object) -> bool:
    return isinstance(value, float | Fraction) or _is_whole(value)


def _are_texts(value: object) -> bool:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        return False
    return all(isinstance(item, str) for item in value)


def _has_names(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(name, str) for name in value)


NOTHING = Kind("None", lambda value: value is None)
TEXT = of("a text", str)
NAME = of("a name", str)
FILE = of("the path of a file", str, PathLike)
FOLDER = of("the path of a folder", str, PathLike)
LIST = of("a list", list, tuple)
DATA = of("a name or the path of a file", str, PathLike)
FLAG = of("True or False", bool)
WHOLE = Kind("an integer", _is_whole)
NUMBER = Kind("a number", _is_number)
TEXTS = Kind("a list of names", _are_texts)
VALUES = Kind("a dict with names as its keys", _has_names)


def taking(**kinds: Kind) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer]]:
    """A function that raises TypeError for an argument that is not of the kind that is said of its name."""

    def around(function: Callable[Given, Answer]) -> Callable[Given, Answer]:
        names = function.__code__.co_varnames

        @wraps(function)
        def checked(*given: Given.args, **named: Given.kwargs) -> Answer:
            for name, value in chain(zip(names, given, strict=False), named.items()):
                kind = kinds.get(name)
                if kind is not None and not kind.fits(value):
                    raise refusal(function.__name__, name, kind, value)
            return function(*given, **named)

        return checked

    return around


def refusal(function: str, name: str, kind: Kind, value: object) -> TypeError:
    """Says what was wanted, and what was given."""
    return TypeError(f"`{function}` takes {kind.words} as `{name}`, not {shown(value)}")


def shown(value: object) -> str:
    """A value that is no longer than a line, after its type where that does not show."""
    text = repr(value)
    if isinstance(value, int | str | bytes) or value is None or len(text) > LONGEST:
        return text if len(text) <= LONGEST else f"{_article(type(value).__name__)}"
    return f"{_article(type(value).__name__)}, {text}"


def _article(word: str) -> str:
    return f"{'an' if word[0].lower() in 'aeiou' else 'a'} {word}"


def each(function: str, name: str, kind: Kind, values: Iterator[Answer]) -> Iterator[Answer]:
    """The values of something that may be read once only, each looked at when its turn comes. Raises TypeError."""
    for value in values:
        if not kind.fits(value):
            raise refusal(function, name, kind, value)
        yield value
