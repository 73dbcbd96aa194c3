"""A captured network as plain data: what `exporting` writes in the child process, and all that `aten` reads.

Nothing here knows torch. A graph comes as JSON from a process that has run code of others, so every part of it is
checked while it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Literal

from symcost.importing.program import Scope
from symcost.records import dataclass

Kind = Literal["param", "buffer", "constant", "input"]
KINDS: tuple[Kind, ...] = ("param", "buffer", "constant", "input")

MOST_NODES = 200_000
MOST_AXES = 64
MOST_TEXT = 4096
"""Characters of a name, or of what a documentation says of one."""
LARGEST = 1 << 63
"""More than any number that PyTorch has for a size."""


class Malformed(ValueError):
    """The text is no captured graph; `str` says where."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Shape and number type of a value: `float32`, `int64`, `bool`."""

    shape: tuple[int, ...]
    dtype: str

    @property
    def floating(self) -> bool:
        """Whether its numbers are real or complex, not indices or truth values."""
        return "float" in self.dtype or "complex" in self.dtype


@dataclass(frozen=True, slots=True)
class Link:
    """An argument that is the result of another node."""

    node: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An argument that is no number, such as a number type or a device, by its name in torch."""

    name: str


Argument = None | bool | int | float | str | Link | Kept | tuple["Argument", ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the network is given: a parameter or buffer by its name in the source, a constant of its code, an input."""

    name: str
    kind: Kind
    tensor: Tensor
    source: str
    """The name in the source: `model.embed_tokens.weight`; tied parameters have one."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation: `op` is its name in PyTorch (`aten.linear`); `args` what differs from its defaults, by name."""

    name: str
    op: str
    args: Mapping[str, Argument]
    results: tuple[Tensor | None, ...]
    several: bool = False
    """Whether the operation gives a list: then other nodes take single results by `getitem`."""
    scopes: tuple[Scope, ...] = ()
    where: str = ""
    macs: int = 0
    """What PyTorch's FlopCounterMode counts for it, halved."""


@dataclass(frozen=True, slots=True)
class Schema:
    """An operation as PyTorch declares it: its arguments in order with their defaults, and whether it writes."""

    defaults: Mapping[str, Argument]
    mutable: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """A network at one configuration, as PyTorch exported it."""

    name: str
    configuration: Mapping[str, int]
    leaves: tuple[Leaf, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    schemas: Mapping[str, Schema]
    params: int
    """Learned scalars; tied tensors count once, unused ones as well."""
    versions: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, int] = field(default_factory=dict)
    """All whole numbers of the source's own configuration (`config.json`), by dotted keys."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What the source's documentation says about these keys."""


def read_graph(data: object) -> Graph:
    """A graph from decoded JSON. Raises Malformed."""
    whole = _mapping(data, "graph")
    nodes = _list(whole.get("nodes"), "nodes", MOST_NODES)
    leaves = _list(whole.get("leaves"), "leaves", MOST_NODES)
    outputs = _list(whole.get("outputs"), "outputs", MOST_NODES)
    schemas = _mapping(whole.get("schemas"), "schemas")
    return Graph(
        name=_text(whole.get("name"), "name"),
        configuration=_numbers(whole.get("configuration"), "configuration"),
        leaves=tuple(_leaf(one) for one in leaves),
        nodes=tuple(_node(one) for one in nodes),
        outputs=tuple(_text(one, "outputs") for one in outputs),
        schemas={_text(name, "schemas"): _schema(one) for name, one in schemas.items()},
        params=_number(whole.get("params"), "params"),
        versions=_texts(whole.get("versions", {}), "versions"),
        settings=_numbers(whole.get("settings", {}), "settings"),
        words=_texts(whole.get("words", {}), "words"),
    )


def _leaf(data: object) -> Leaf:
    whole = _mapping(data, "leaf")
    kind = whole.get("kind")
    if kind not in KINDS:
        raise Malformed("leaf.kind")
    return Leaf(
        _text(whole.get("name"), "leaf"), kind, _tensor(whole.get("tensor")), _text(whole.get("source"), "leaf")
    )


def _node(data: object) -> Node:
    whole = _mapping(data, "node")
    results = _list(whole.get("results"), "results", MOST_NODES)
    scopes = _list(whole.get("scopes"), "scopes", MOST_AXES)
    return Node(
        name=_text(whole.get("name"), "node.name"),
        op=_text(whole.get("op"), "node.op"),
        args={name: argument(one) for name, one in _mapping(whole.get("args"), "args").items()},
        results=tuple(None if one is None else _tensor(one) for one in results),
        several=bool(whole.get("several")),
        scopes=tuple(_scope(one) for one in scopes),
        where=_text(whole.get("where", ""), "where"),
        macs=_number(whole.get("macs", 0), "macs"),
    )


def _schema(data: object) -> Schema:
    whole = _mapping(data, "schema")
    defaults = _mapping(whole.get("defaults"), "defaults")
    return Schema({name: argument(one) for name, one in defaults.items()}, bool(whole.get("mutable")))


def _scope(data: object) -> Scope:
    path, cls = _list(data, "scope", 2)
    return Scope(_text(path, "scope"), _text(cls, "scope"))


def _tensor(data: object) -> Tensor:
    shape, dtype = _list(data, "tensor", 2)
    sizes = _list(shape, "shape", MOST_AXES)
    return Tensor(tuple(_number(size, "shape") for size in sizes), _text(dtype, "dtype"))


def argument(data: object) -> Argument:
    """An argument from JSON: plain values stand for themselves, links and names in an object of one key."""
    match data:
        case None | bool() | float():
            return data
        case int():
            return _bounded(data, "argument")
        case str():
            return _text(data, "argument")
        case list():
            return tuple(argument(one) for one in data)
        case {"node": str(name)}:
            return Link(_text(name, "argument"))
        case {"kept": str(name)}:
            return Kept(_text(name, "argument"))
        case {"float": ("inf" | "-inf" | "nan") as text}:  # what JSON cannot write
            return float(text)
    raise Malformed("argument")


def _mapping(data: object, what: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise Malformed(what)
    return data


def _list(data: object, what: str, most: int) -> Sequence[Any]:
    if not isinstance(data, list) or len(data) > most:
        raise Malformed(what)
    return data


def _text(data: object, what: str) -> str:
    if not isinstance(data, str) or len(data) > MOST_TEXT or not data.isprintable():
        raise Malformed(what)
    return data


def _number(data: object, what: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool) or data < 0:
        raise Malformed(what)
    return _bounded(data, what)


def _bounded(number: int, what: str) -> int:
    if abs(number) > LARGEST:
        raise Malformed(what)
    return number


def _numbers(data: object, what: str) -> Mapping[str, int]:
    return {
        _text(name, what): _bounded(one, what)
        for name, one in _mapping(data, what).items()
        if isinstance(one, int) and not isinstance(one, bool)
    }


def _texts(data: object, what: str) -> Mapping[str, str]:
    return {_text(name, what): _text(one, what) for name, one in _mapping(data, what).items()}
