"""A closed world: each key of a file is read, or is known to change no count, or is refused.

A key that says what the library would take it to say anyway is as good as left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from symcost.errors import SymcostError, UnreadKey
from symcost.once import once_each
from symcost.packaged import files
from symcost.published.expressions import described, same
from symcost.published.file import Path_
from symcost.published.keys import Keys, Table
from symcost.published.library import Type
from symcost.records import dataclass
from symcost.syntax import ast

MODEL_TYPE = "model_type"

ROPE = "rope_"
"""How the names of tables begin that say by which angles positions turn."""


ANYTHING = "anything"
"""Of a key that is noted whatever it says."""


@dataclass(frozen=True, slots=True)
class Harmless:
    """Keys that change no count: by name, by pattern, where a type has none of the name, of some types, and noted."""

    always: Mapping[str, str]
    patterns: Mapping[str, str]
    unless_own: Mapping[str, str]
    some: Mapping[str, Mapping[str, str]]
    noted: Mapping[str, str]
    noted_some: Mapping[str, Mapping[str, str]]
    noted_where: Mapping[str, Mapping[str, object]]
    """What a key of a type says where it is noted; `ANYTHING` whatever it says."""
    rope: Mapping[str, str]
    old: Mapping[str, object]
    labels: frozenset[str]
    without_labels: tuple[str, ...]

    def covers(self, key: str, kind: Type | None) -> bool:
        """Whether a key of a table of this type changes nothing, whatever it says."""
        if key in self.always or key in self.noted:
            return True
        if self._of_some_types(key, kind):
            return True
        return any(fnmatchcase(key, pattern) for pattern in self.patterns)

    def _of_some_types(self, key: str, kind: Type | None) -> bool:
        """Whether it does so where a type has no key of this name, or in this type."""
        if key in self.unless_own and (kind is None or key not in kind.defaults):
            return True
        name = "" if kind is None else kind.name
        return key in self.some.get(name, {}) or key in self.noted_some.get(name, {})


@once_each
def harmless() -> Harmless:
    """What the files of `harmless/` say: one for all types, and one for each family of the zoo."""
    data = _gathered()
    some, noted_some = _by_type(data["some"]), _by_type(data["noted_some"])
    where = _by_type(
        {**group, "keys": dict.fromkeys(group["keys"], group.get("said", False))} for group in data["noted_some"]
    )
    always = data["always"]
    patterns = {key: why for key, why in always.items() if "*" in key}
    plain = {key: why for key, why in always.items() if "*" not in key}
    return Harmless(
        always=plain,
        patterns=patterns,
        unless_own=data["unless_own"],
        some=some,
        noted=data["noted"],
        noted_some=noted_some,
        noted_where=where,
        rope=data["rope"],
        old=data["old"],
        labels=frozenset(data["labels"]["keys"]),
        without_labels=tuple(data["labels"]["without"]),
    )


def _gathered() -> dict[str, Any]:
    """All these files as one: groups of types follow one another, everything else stands in one of them."""
    tables: dict[str, Any] = {"some": [], "noted_some": []}
    for file in (files("symcost.published") / "harmless").iterdir():
        if not file.name.endswith(".toml"):
            continue
        for name, found in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if isinstance(found, list):
                tables[name] += found
            else:
                tables[name] = found
    return tables


def _by_type(groups: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Keys of groups of types, type by type."""
    found: dict[str, dict[str, Any]] = {}
    for group in groups:
        for name in group["types"]:
            found.setdefault(name, {}).update(group["keys"])
    return found


# What a mapping speaks of -------------------------------------------------------------------------


def mentioned(exprs: Iterator[ast.Expr], root: Table) -> set[Path_]:
    """The keys that expressions speak of, by the library's names for them; also where they are not worked out.

    Those of the tables around a key are spoken of with it.
    """
    found: set[Path_] = set()
    for expr in exprs:
        for path in _paths(expr):
            names = _canonical(path, root)
            for end in range(1, len(names) + 1):
                found.add(names[:end])
    return found


_PARTS = (
    "left", "right", "operand", "then", "condition", "otherwise", "item", "over", "items", "start", "stop", "args",
    "base",
)  # fmt: skip
"""What expressions have inside of them, by name."""


def _paths(expr: ast.Expr) -> Iterator[Path_]:
    """The keys in an expression: `a`, `a.b`, `a["b"]`."""
    path = _path(expr)
    if path is not None:
        yield path
        return
    for name in _PARTS:
        part = getattr(expr, name, None)
        for one in part if isinstance(part, tuple) else (part,):
            if isinstance(one, ast.Expr):
                yield from _paths(one)


def _path(expr: ast.Expr) -> Path_ | None:
    """`a.b["c"]` as a path; None for what is no key."""
    match expr:
        case ast.Name(text=text):
            return (text,)
        case ast.Member(base=base, name=name):
            return _behind(base, name.text)
        case ast.Subscript(base=base, items=(ast.String(value=key),)):
            return _behind(base, key)
    return None


def _behind(base: ast.Expr, key: str) -> Path_ | None:
    inner = _path(base)
    return None if inner is None else (*inner, key)


def _canonical(path: Path_, root: Table) -> Path_:
    """A path by the library's names."""
    found: list[str] = []
    table = root
    for name in path:
        key = table.canonical(name)
        found.append(key)
        inside = table.entries.get(name, table.entries.get(key))
        table = _inside(table, key, inside if isinstance(inside, dict) else {})
    return tuple(found)


def _inside(table: Table, key: str, entries: Mapping[str, object]) -> Table:
    """A table inside of another, of the type that the library gives it."""
    inner = None if table.type is None else table.type.tables.get(key)
    return Table((*table.path, key), entries, None if inner is None else inner.kind(entries))


# What nobody reads --------------------------------------------------------------------------------


def unread(keys: Keys, spoken_of: set[Path_], classes: Iterable[str]) -> Iterator[SymcostError]:
    """A fault for each key of a file that is neither spoken of nor known to change nothing.

    `classes`: those of the models that the mapping speaks of.
    """
    yield from _unread(keys.root, (), keys, spoken_of)
    if ("num_labels",) not in spoken_of and not all(map(_has_no_labels, classes)):
        yield from _other_labels(keys)


def _has_no_labels(name: str) -> bool:
    """Whether models of a class tell no classes apart."""
    return any(fnmatchcase(name, pattern) for pattern in harmless().without_labels)


def _other_labels(keys: Keys) -> Iterator[SymcostError]:
    """A fault for another number of classes than the type has by default, where nobody reads it."""
    table = keys.root
    told = [key for key in ("num_labels", "id2label") if table.entries.get(key) is not None]
    if not told or table.type is None:
        return
    count = keys.value(table, "num_labels")
    if count != table.type.labels:
        yield _fault(table, told[0], "num_labels", count, keys)


def _unread(table: Table, place: Path_, keys: Keys, spoken_of: set[Path_]) -> Iterator[SymcostError]:
    """The same of a table, which lies at a place by the library's names."""
    for key, value in table.entries.items():
        name = table.canonical(key)
        path = (*place, name)
        if _changes_nothing(key, name, table, place):
            continue

        if isinstance(value, dict) and value and _goes_inside(path, table, spoken_of):
            inner = Table((*table.path, key), value, _inside(table, name, value).type)
            if _is_of_another_type(table, name, value):
                yield from _other_type(inner, path, keys, spoken_of)
            yield from _unread(inner, path, keys, spoken_of)
            continue

        is_read = path in spoken_of or _as_library(name, value, table.type)
        if not is_read:
            yield _fault(table, key, name, value, keys)


def _other_type(inner: Table, path: Path_, keys: Keys, spoken_of: set[Path_]) -> Iterator[SymcostError]:
    """A fault for the type of a table inside of another, unless it is read."""
    if (*path, MODEL_TYPE) not in spoken_of:
        yield _fault(inner, MODEL_TYPE, MODEL_TYPE, inner.entries[MODEL_TYPE], keys)


def _changes_nothing(key: str, name: str, table: Table, place: Path_) -> bool:
    """Whether a key of a table is harmless, by its name in the file or in the library, or says what the table is."""
    known = harmless()
    if key in known.rope and _is_of_rope(place):
        return True
    if key in known.labels:
        return True  # how many there are is looked at where it matters
    if known.covers(name, table.type) or known.covers(key, table.type):
        return True
    return _says_what_it_is(name, table, inner=bool(place))


def _is_of_rope(place: Path_) -> bool:
    """Whether a table says, or stands in one that says, by which angles positions turn."""
    return any(part.startswith(ROPE) for part in place)


def _says_what_it_is(name: str, table: Table, *, inner: bool) -> bool:
    """Whether a key is the type or the classes of a table whose type is known.

    Those of the file itself are read by who chooses a mapping, if it says for which types it is; of the classes of a
    table inside nothing is made.
    """
    if name == "architectures":
        return inner or table.type is not None
    return name == MODEL_TYPE and table.type is not None


def _is_of_another_type(table: Table, name: str, entries: Mapping[str, object]) -> bool:
    """Whether a table inside is of another type than the library gives it, and the library heeds that."""
    usual = None if table.type is None else table.type.tables.get(name)
    return usual is not None and not usual.fixed and entries.get(MODEL_TYPE, usual.type) != usual.type


def _goes_inside(path: Path_, table: Table, spoken_of: set[Path_]) -> bool:
    """Whether a table is looked into: one that the library has too, one of which parts are read, or one of angles."""
    if table.type is not None and path[-1] in table.type.tables:
        return True
    if any(part.startswith(ROPE) for part in path):
        return True
    return any(len(other) > len(path) and other[: len(path)] == path for other in spoken_of)


def _as_library(name: str, value: object, kind: Type | None) -> bool:
    """Whether the library takes the key to say this anyway; where it has no such key, whether nothing is said."""
    defaults: Mapping[str, object] = {} if kind is None else kind.defaults
    if name not in defaults:
        old = harmless().old
        return value is None or value in ({}, []) or (name in old and same(value, old[name]))
    usual = defaults[name]
    return value is None if usual is None else same(value, usual)


def _fault(table: Table, key: str, name: str, value: object, keys: Keys) -> SymcostError:
    path = (*table.path, key)
    defaults: Mapping[str, object] = {} if table.type is None else table.type.defaults
    return UnreadKey(
        path,
        described(Table(path, value) if isinstance(value, dict) else value),
        keys.published.source.name,
        keys.published.place(path),
        known=name in defaults,
        usual=written(defaults.get(name)),
    )


def written(value: object) -> str | None:
    """A plain value as JSON has it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if value is None or isinstance(value, list | dict):
        return None
    return str(value)


def notes(keys: Keys) -> Iterator[str]:
    """What is in a file and not in the count, with what there is to say of it."""
    kind = keys.root.type
    type_ = "" if kind is None else kind.name
    for key, value in keys.root.entries.items():
        for words in _said_of(key, value, type_):
            yield f"`{key}` is not counted: {words}"


def _said_of(key: str, value: object, type_: str) -> Iterator[str]:
    """What there is to say of a key: wherever it is not off, and of files of this type."""
    known = harmless()
    is_off = value in (None, 0, False, {}, [])
    if key in known.noted and not is_off:
        yield known.noted[key]

    of_type = known.noted_some.get(type_, {})
    if key in of_type and known.noted_where[type_][key] in (value, ANYTHING):
        yield of_type[key]
