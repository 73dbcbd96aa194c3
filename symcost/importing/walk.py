"""What every stage does with what stands in a Program: going through its parts, and changing them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, TypeVar

from symcost.importing.program import Call, Parameter, Ref, Scope, Size, Statement

T = TypeVar("T")
Change = Callable[[Any], Any]

_UNSEEN = {
    (Call, "owns"),
    (Statement, "scopes"),
    (Statement, "source"),
    (Parameter, "name"),
    (Scope, "path"),
    (Size, "values"),
    (Size, "word"),
}
"""What says where a thing comes from, and is no part of what it is."""


def parts(kind: type) -> tuple[str, ...]:
    """The fields of a class that are looked into."""
    return _parts(kind)


@cache
def _parts(kind: Any) -> tuple[str, ...]:
    return tuple(entry.name for entry in fields(kind) if (kind, entry.name) not in _UNSEEN)


@cache
def _looked_into(kind: Any) -> tuple[str, ...]:
    """The same of any class: none of one that has no fields."""
    return _parts(kind) if hasattr(kind, "__dataclass_fields__") else ()


def nodes(value: Any) -> Iterator[Any]:
    """The value and all that it is made of, in the order of the text."""
    waiting = [value]  # the next one last
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(reversed(node))
            continue
        yield node
        kind: Any = type(node)
        for name in reversed(_looked_into(kind)):
            waiting.append(getattr(node, name))


def changed(value: T, change: Change) -> T:
    """The value with each of its parts replaced by what `change` makes of it, innermost first."""
    return _changed(value, change)  # type: ignore[no-any-return]


def _changed(value: Any, change: Change) -> Any:
    if isinstance(value, tuple):
        return _changed_items(value, change)
    if is_dataclass(type(value)):
        return change(_changed_inside(value, change))
    return value


def _changed_items(items: tuple[Any, ...], change: Change) -> tuple[Any, ...]:
    """The same tuple where nothing in it changes: there are many of them."""
    new = tuple(_changed(item, change) for item in items)
    is_same = all(map(operator.is_, new, items))
    return items if is_same else new


def _changed_inside(value: Any, change: Change) -> Any:
    """The same object where no part of it changes."""
    names = parts(type(value))
    old = tuple(getattr(value, name) for name in names)
    new = _changed_items(old, change)
    return value if new is old else _with(value, dict(zip(names, new, strict=True)))


def _with(value: Any, new: dict[str, Any]) -> Any:
    kept = {entry.name: getattr(value, entry.name) for entry in fields(value)}
    kind: Any = type(value)
    return kind(**(kept | new))


def refs(value: Any) -> list[str]:
    """The values that are read in it, each as often as it is."""
    return [node.value for node in nodes(value) if isinstance(node, Ref)]


def sizes(value: Any) -> list[Size]:
    """Its sizes, in the order of the text."""
    return [node for node in nodes(value) if isinstance(node, Size)]


def renamed(value: T, names: dict[str, str]) -> T:
    """With other keys for values, where they are read and where they are made."""

    def change(node: Any) -> Any:
        match node:
            case Ref(value=key) if key in names:
                return Ref(names[key])
            case Statement(targets=targets) if not names.keys().isdisjoint(targets):
                return _with(node, {"targets": tuple(names.get(key, key) for key in targets)})
            case Parameter(value=key) if key in names:
                return _with(node, {"value": names[key]})
            case _:
                return _with_keys(node, names)

    return changed(value, change)


def _with_keys(node: Any, names: Mapping[str, str]) -> Any:
    """With other keys in the fields that a class says are `keyed`."""
    keyed = {name: getattr(node, name) for name in getattr(node, "keyed", ())}
    if not keyed:
        return node
    return _with(node, {name: names.get(key, key) for name, key in keyed.items()})
