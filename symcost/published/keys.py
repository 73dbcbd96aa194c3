"""The keys of a published file: what each says, or what the library takes it to say where the file says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from symcost.errors import SeveralSpellings
from symcost.published.file import Path_, Published
from symcost.published.library import Type, type_of


class Unsaid(Exception):
    """A value was needed that nobody says: the key is null, or neither the file nor the library has it."""

    def __init__(self, path: Path_, *, null: bool) -> None:
        self.path, self.null = path, null


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file, of a type of the library where that is known."""

    path: Path_
    entries: Mapping[str, object]
    type: Type | None = None

    def __len__(self) -> int:
        return len(self.entries)


@dataclass(frozen=True, slots=True)
class Keys:
    """A file as a mapping sees it; `read` are the keys that were asked for, by their names in the file."""

    published: Published
    root: Table
    read: set[Path_] = field(default_factory=set)

    def has(self, table: Table, name: str) -> bool:
        """Whether the file or the library has a key, be it null."""
        try:
            self.value(table, name)
        except Unsaid:
            return False
        return True

    def value(self, table: Table, name: str) -> object:
        """What a key of a table says; None for null. Raises Unsaid, SeveralSpellings."""
        if name == "num_labels" and table.type is not None:
            return self._labels(table)
        return self._value(table, name)

    def _value(self, table: Table, name: str) -> object:
        kind = table.type
        key = name if kind is None else kind.canonical(name)
        spelt = (key,) if kind is None else kind.spelt(key)
        found = [spelling for spelling in spelt if spelling in table.entries]
        for spelling in found:
            self.read.add((*table.path, spelling))
        if len(found) > 1 and table.entries[found[0]] != table.entries[found[1]]:
            places = [self.published.place((*table.path, spelling)) for spelling in found]
            raise SeveralSpellings(found[0], found[1], places[0], places[1])
        path = (*table.path, found[0] if found else key)
        if kind is not None and key in kind.tables:
            return self._inner(table.entries.get(path[-1]), kind, key, path)
        if found:
            return _plain(table.entries[found[0]], path)
        if kind is None or key not in kind.defaults:
            raise Unsaid(path, null=False)
        return _plain(kind.defaults[key], path)

    def _inner(self, value: object, kind: Type, key: str, path: Path_) -> object:
        """A table inside of another, of the type that the library gives it."""
        inner = kind.tables[key]
        if value is None and inner.optional:
            return None
        if value is None:
            return Table(path, dict(inner.init), type_of(inner.type))
        if not isinstance(value, dict):
            return _plain(value, path)
        called = value.get("model_type")
        return Table(path, value, type_of(called if isinstance(called, str) and not inner.fixed else inner.type))

    def _labels(self, table: Table) -> object:
        """How many classes: as many as have names; without names what the file says, or the library.

        Raises SeveralSpellings where it says another number.
        """
        names = self._value(table, "id2label") if self.has(table, "id2label") else None
        told = self._value(table, "num_labels") if "num_labels" in table.entries else None
        if not isinstance(names, Table):
            usual = 2 if table.type is None else table.type.labels
            return usual if told is None else told
        if told is not None and told != len(names):
            places = [self.published.place((*table.path, key)) for key in ("num_labels", "id2label")]
            raise SeveralSpellings("num_labels", "id2label", places[0], places[1])
        return len(names)


def _plain(value: object, path: Path_) -> object:
    """As mappings see it: a table knows where it stands."""
    return Table(path, value) if isinstance(value, dict) else value
