"""A closed world: each key of a file is read, or is known to change no count, or is refused.

A key that says what the library would take it to say anyway is as good as left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Any

from symcost.errors import SymcostError, UnreadKey
from symcost.once import once_each
from symcost.published.expressions import described, same
from symcost.published.file import Path_
from symcost.published.keys import Keys, Table
from symcost.published.library import Type, type_of
from symcost.syntax import ast


@dataclass(frozen=True, slots=True)
class Harmless:
    """Keys that change no count: by name, by pattern, where a type has none of the name, of some types, and noted."""

    always: Mapping[str, str]
    patterns: Mapping[str, str]
    unless_own: Mapping[str, str]
    some: Mapping[str, Mapping[str, str]]
    noted: Mapping[str, str]
    noted_some: Mapping[str, Mapping[str, str]]

    def covers(self, key: str, kind: Type | None) -> bool:
        """Whether a key of a table of this type changes nothing, whatever it says."""
        if key in self.always or key in self.noted:
            return True
        if kind is not None and (key in self.some.get(kind.name, {}) or key in self.noted_some.get(kind.name, {})):
            return True
        if key in self.unless_own and (kind is None or key not in kind.defaults):
            return True
        return any(fnmatchcase(key, pattern) for pattern in self.patterns)


@once_each
def harmless() -> Harmless:
    """What `harmless.toml` says."""
    data = tomllib.loads((files("symcost.published") / "harmless.toml").read_text(encoding="utf-8"))
    some, noted_some = _by_type(data.get("some", [])), _by_type(data.get("noted_some", []))
    always = data["always"]
    patterns = {key: why for key, why in always.items() if "*" in key}
    plain = {key: why for key, why in always.items() if "*" not in key}
    return Harmless(plain, patterns, data["unless_own"], some, data["noted"], noted_some)


def _by_type(groups: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Keys of groups of types, type by type."""
    found: dict[str, dict[str, str]] = {}
    for group in groups:
        for name in group["types"]:
            found.setdefault(name, {}).update(group["keys"])
    return found


# What a mapping speaks of -------------------------------------------------------------------------


def mentioned(exprs: Iterator[ast.Expr], root: Table) -> set[Path_]:
    """The keys that expressions speak of, by the library's names for them; also where they are not worked out."""
    found: set[Path_] = set()
    for expr in exprs:
        for path in _paths(expr):
            found |= set(_prefixes(_canonical(path, root)))
    return found


def _prefixes(path: Path_) -> Iterator[Path_]:
    for end in range(1, len(path) + 1):
        yield path[:end]


def _paths(expr: object) -> Iterator[Path_]:
    """The keys in an expression: `a`, `a.b`, `a["b"]`."""
    path = _path(expr)
    if path is not None:
        yield path
        return
    if isinstance(expr, ast.Subscript):
        parts: tuple[object, ...] = (expr.base, *expr.items)
    elif isinstance(expr, ast.Call):
        parts = expr.args
    elif isinstance(expr, ast.Node):
        parts = tuple(getattr(expr, name) for name in _EXPRS if hasattr(expr, name))
    else:
        parts = ()
    for part in parts:
        for one in part if isinstance(part, tuple) else (part,):
            yield from _paths(one)


_EXPRS = ("left", "right", "operand", "then", "condition", "otherwise", "item", "over", "items", "start", "stop")


def _path(expr: object) -> Path_ | None:
    """`a.b["c"]` as a path; None for what is no key."""
    match expr:
        case ast.Name(text=text):
            return (text,)
        case ast.Member(base=base, name=name):
            inner = _path(base)
            return None if inner is None else (*inner, name.text)
        case ast.Subscript(base=base, items=(ast.String(value=key),)):
            inner = _path(base)
            return None if inner is None else (*inner, key)
    return None


def _canonical(path: Path_, root: Table) -> Path_:
    """A path by the library's names."""
    found: list[str] = []
    kind, entries = root.type, root.entries
    for name in path:
        key = name if kind is None else kind.canonical(name)
        found.append(key)
        inside = entries.get(name, entries.get(key))
        kind = _kind_inside(kind, key, inside)
        entries = inside if isinstance(inside, dict) else {}
    return tuple(found)


def _kind_inside(kind: Type | None, key: str, inside: object) -> Type | None:
    """The type of a table inside of another."""
    inner = None if kind is None else kind.tables.get(key)
    if inner is None:
        return None
    called = inside.get("model_type") if isinstance(inside, dict) else None
    return type_of(called if isinstance(called, str) and not inner.fixed else inner.type)


# What nobody reads --------------------------------------------------------------------------------


def unread(keys: Keys, spoken_of: set[Path_]) -> Iterator[SymcostError]:
    """A fault for each key of a file that is neither spoken of nor known to change nothing."""
    yield from _unread(keys.root, (), keys, spoken_of)


def _unread(table: Table, place: Path_, keys: Keys, spoken_of: set[Path_]) -> Iterator[SymcostError]:
    """The same of a table, which lies at a place by the library's names."""
    kind, known = table.type, harmless()
    for key, value in table.entries.items():
        name = key if kind is None else kind.canonical(key)
        path = (*place, name)
        if known.covers(name, kind) or known.covers(key, kind) or _says_what_it_is(name, table, place):
            continue
        if isinstance(value, dict) and value and _goes_inside(path, name, kind, spoken_of):
            inner = Table((*table.path, key), value, _kind_inside(kind, name, value))
            yield from _unread(inner, path, keys, spoken_of)
        elif path not in spoken_of and not _as_library(name, value, kind):
            yield _fault(table, key, name, value, keys)


def _says_what_it_is(name: str, table: Table, place: Path_) -> bool:
    """Whether it is the type or the classes of a table inside, which the table around it has given a type.

    Those of the file itself are read by who chooses a mapping, if it says for which types it is.
    """
    if not place:
        return name in ("model_type", "architectures") and table.type is not None
    return name == "architectures" or (name == "model_type" and table.type is not None)


def _goes_inside(path: Path_, name: str, kind: Type | None, spoken_of: set[Path_]) -> bool:
    """Whether a table is looked into: one that the library has too, one of which parts are read, or a rope's."""
    inner = kind is not None and name in kind.tables
    parts = any(len(other) > len(path) and other[: len(path)] == path for other in spoken_of)
    return inner or parts or name.startswith("rope_") or (bool(path[:-1]) and path[-2].startswith("rope_"))


def _as_library(name: str, value: object, kind: Type | None) -> bool:
    """Whether the library takes the key to say this anyway; null, where it has no such key."""
    usual = None if kind is None else kind.defaults.get(name)
    return value is None if usual is None else same(value, usual)


def _fault(table: Table, key: str, name: str, value: object, keys: Keys) -> SymcostError:
    kind = table.type
    known = kind is not None and name in kind.defaults
    usual = kind.defaults[name] if kind is not None and known else None
    path = (*table.path, key)
    return UnreadKey(
        path,
        described(Table(path, value) if isinstance(value, dict) else value),
        keys.published.source.name,
        keys.published.place(path),
        known=known,
        usual=_written(usual),
    )


def _written(value: object) -> str | None:
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
    kind, known = keys.root.type, harmless()
    of_type = {} if kind is None else known.noted_some.get(kind.name, {})
    for key, value in keys.root.entries.items():
        if key in known.noted and value not in (None, 0, False, {}, []):
            yield f"`{key}` is not counted: {known.noted[key]}"
        if key in of_type and value is False:
            yield f"`{key}` is not counted: {of_type[key]}"
