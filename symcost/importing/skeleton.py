"""What two parts of a network have in common: their text without keys of values, paths and, if so asked, sizes."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from symcost.importing.program import Arithmetic, Parameter, Plain, Ref, Scope, Size, Statement
from symcost.importing.walk import parts


class Skeleton:
    """The text of one thing, and what stands at the places where another may differ."""

    def __init__(self, value: Any, *, with_sizes: bool = True) -> None:
        self._with_sizes = with_sizes
        self._numbers: dict[str, int] = {}
        self.sizes: list[Size | Plain] = []
        """What may differ: its sizes and the numbers that it calculates with."""
        self.text: Hashable = self._of(value)
        self.hash: int = hash(self.text)

    @property
    def keys(self) -> list[str]:
        """The values that it speaks of, in the order of their first mention."""
        return list(self._numbers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Skeleton) and self.hash == other.hash and self.text == other.text

    def __hash__(self) -> int:
        return self.hash

    def _number(self, key: str) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _of(self, value: Any) -> Hashable:
        match value:
            case tuple():
                return tuple(map(self._of, value))
            case None | str() | int() | float():
                return value
            case Ref(value=key):
                return ("Ref", self._number(key))
            case Size(values=values):
                self.sizes.append(value)
                return ("Size", values) if self._with_sizes else ("Size",)
            case Arithmetic() if not self._with_sizes:
                return self._calculated(value)
            case Statement(targets=targets):
                of = self._of(value.value)  # what it reads is mentioned first
                return ("Statement", of, *map(self._number, targets))
            case Parameter(value=key, kind=kind, shape=shape):
                return ("Parameter", self._number(key), kind, self._of(shape))
            case Scope(cls=cls):
                return ("Scope", cls)
        return self._whole(value)

    def _calculated(self, value: Arithmetic) -> Hashable:
        """A number in it is noted behind what stands in its other side."""
        sides = (value.left, value.right)
        inside = tuple(("Plain",) if isinstance(side, Plain) else self._of(side) for side in sides)
        self.sizes.extend(side for side in sides if isinstance(side, Plain))
        return ("Arithmetic", value.op, *inside)

    def _whole(self, value: Any) -> Hashable:
        """All fields; those that hold keys of values are said by a class itself."""
        keyed = getattr(value, "keyed", ())
        inside = tuple(
            ("key", self._number(getattr(value, name))) if name in keyed else self._of(getattr(value, name))
            for name in parts(type(value))
        )
        return (type(value).__name__, *inside)
