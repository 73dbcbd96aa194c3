"""The types of published models whose steps and caches are known to be the library's: `decoding.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from symcost.once import once_each
from symcost.published.file import Published
from symcost.published.keys import Keys, Table
from symcost.published.library import type_of


@once_each
def decoded() -> frozenset[str]:
    """By their names: those that write texts."""
    return frozenset(_data()["types"])


@once_each
def wholes() -> Mapping[str, str]:
    """Those that see or hear besides, with the type as which their part for texts is read."""
    found: dict[str, str] = _data()["wholes"]
    return found


@once_each
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("symcost.published") / "decoding.toml").read_text(encoding="utf-8"))


def of_texts(file: Published) -> Published | None:
    """The part for texts of a model that sees or hears besides, as a file of its own; None where there is none.

    What has been seen lies in the cache: a step is that of this part.
    """
    told = file.entries.get("model_type")
    read_as = wholes().get(told) if isinstance(told, str) else None
    kind = type_of(told) if isinstance(told, str) else None
    if read_as is None or kind is None:
        return None
    keys = Keys(file, Table((), file.entries, kind))
    table = keys.value(keys.root, "text_config")
    if not isinstance(table, Table) or table.type is None:
        return None

    # What the file leaves out is as the part's own type has it, not as that which it is read as.
    usual = type_of(table.type.name if read_as == table.type.name else read_as)
    known = {} if usual is None else usual.defaults
    left_out = {key: value for key, value in table.type.defaults.items() if key in known and value is not None}
    said = {table.canonical(key): value for key, value in table.entries.items() if key != "architectures"}
    tied = {key: keys.value(keys.root, key) for key in ("tie_word_embeddings",) if key in kind.defaults}
    return Published(file.source, {**left_out, **said, **tied, "model_type": read_as})
