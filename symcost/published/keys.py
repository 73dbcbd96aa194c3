"""The keys of a published file: what each says, or what the library takes it to say where the file says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from symcost.errors import SeveralSpellings, SymcostError
from symcost.published.file import Path_, Published
from symcost.published.library import Type, type_of
from symcost.records import dataclass


class Unsaid(Exception):
    """A value was needed that nobody says: the key is null, or neither the file nor the library has it."""

    def __init__(self, path: Path_, *, null: bool) -> None:
        self.path: Path_ = path
        self.null: bool = null


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file, of a type of the library where that is known."""

    path: Path_
    entries: Mapping[str, object]
    type: Type | None = None

    def __len__(self) -> int:
        return len(self.entries)

    def canonical(self, name: str) -> str:
        """The name by which the library knows a key."""
        return name if self.type is None else self.type.canonical(name)

    def spelt(self, key: str) -> list[str]:
        """The names under which the file has a key, the one of the library first."""
        names = (key,) if self.type is None else self.type.spelt(key)
        return [name for name in names if name in self.entries]

    def default(self, key: str) -> object:
        """What the library takes a key to say for lack of the file. Raises Unsaid."""
        if key == "model_type" and self.type is not None:
            return self.type.name
        if self.type is None or key not in self.type.defaults:
            raise Unsaid((*self.path, key), null=False)
        return self.type.defaults[key]


@dataclass(frozen=True, slots=True)
class Keys:
    """A file as a mapping sees it; `read` are the keys that were asked for, by their names in the file."""

    published: Published
    root: Table
    read: set[Path_] = field(default_factory=set)

    def value(self, table: Table, name: str) -> object:
        """What a key of a table says; None for null. Raises Unsaid, SeveralSpellings."""
        if name == "num_labels" and table.type is not None:
            return self._labels(table)
        return self._value(table, name)

    def _value(self, table: Table, name: str) -> object:
        key = table.canonical(name)
        found = table.spelt(key)
        for spelling in found:
            self.read.add((*table.path, spelling))
        self._check_one(table, found)

        path = (*table.path, found[0] if found else key)
        if table.type is not None and key in table.type.tables:
            return _inner(table.entries.get(path[-1]), table.type, key, path)
        if found:
            return _plain(table.entries[found[0]], path)
        return _plain(table.default(key), path)

    def _check_one(self, table: Table, found: list[str]) -> None:
        """Raises SeveralSpellings for names of one key that say different things."""
        for other in found[1:]:
            if table.entries[found[0]] != table.entries[other]:
                raise self._several(table, found[0], other)

    def _several(self, table: Table, one: str, other: str) -> SymcostError:
        first = self.published.place((*table.path, one))
        second = self.published.place((*table.path, other))
        return SeveralSpellings(one, other, first, second)

    def _labels(self, table: Table) -> object:
        """How many classes: as many as have names; without names what the file says, or the library.

        Raises SeveralSpellings where it says another number.
        """
        told, names = self._if_there(table, "num_labels"), self._if_there(table, "id2label")
        if isinstance(names, Table):
            if told is not None and told != len(names):
                raise self._several(table, "num_labels", "id2label")
            return len(names)
        if told is not None:
            return told

        # As the library makes them up: two, or as many as a type has by default.
        return 2 if table.type is None else table.type.labels

    def _if_there(self, table: Table, name: str) -> object:
        """What a file says itself; None where it says nothing."""
        return self._value(table, name) if name in table.entries else None


def _inner(value: object, kind: Type, key: str, path: Path_) -> object:
    """A table inside of another, of the type that the library gives it."""
    inner = kind.tables[key]
    if value is None:
        return None if inner.optional else Table(path, dict(inner.init), type_of(inner.type))
    if isinstance(value, dict):
        entries = {**inner.init, **value} if inner.filled else value
        return Table(path, entries, inner.kind(value))
    return _plain(value, path)


def _plain(value: object, path: Path_) -> object:
    """As mappings see it: a table knows where it stands."""
    return Table(path, value) if isinstance(value, dict) else value
