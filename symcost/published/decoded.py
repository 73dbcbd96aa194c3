"""The types of published models whose steps and caches are known to be the library's: `decoding.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Mapping
from typing import Any

from symcost.once import once_each
from symcost.packaged import files
from symcost.published.file import Published
from symcost.published.keys import Keys, Table
from symcost.published.library import type_of
from symcost.records import dataclass

WRITING = ("ForCausalLM", "LMHeadModel", "ForConditionalGeneration", "MTModel")
"""How the names of those classes end that write texts: of each type one, which is the one that was compared."""


@dataclass(frozen=True, slots=True)
class OfType:
    """What a published model is: its type, and its class where that is said."""

    name: str
    of_class: str | None

    def not_compared(self, types: Container[str]) -> str | None:
        """Why it has no steps, if its type is none of these, or its class was not compared with the library's.

        A model of a user's own has no class.
        """
        if self.name not in types:
            return f"none was compared with the library's for `{self.name}`"
        if self.of_class is None or self.of_class.endswith(WRITING) or self.of_class in classes():
            return None
        return f"none was compared with the library's for `{self.of_class}`"


@once_each
def classes() -> frozenset[str]:
    """Those that write nothing, and have steps all the same."""
    return frozenset(_data()["classes"])


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
    if not isinstance(told, str) or told not in wholes():
        return None
    keys = Keys(file, Table((), file.entries, type_of(told)))
    table = keys.value(keys.root, "text_config")
    if not isinstance(table, Table) or table.type is None:
        return None
    return Published(file.source, _as_a_file(table, wholes()[told]) | _tied(keys))


def _as_a_file(table: Table, read_as: str) -> dict[str, object]:
    """What a table says, of a type. What it leaves out is as its own type has it, not as that which it is read as."""
    own, other = table.type, type_of(read_as)
    assert own is not None
    assert other is not None
    told = {key: value for key, value in own.defaults.items() if value is not None}
    left_out = {key: value for key, value in told.items() if key in other.defaults}
    said = {own.canonical(key): value for key, value in table.entries.items()}
    said.pop("architectures", None)
    return {**left_out, **said, "model_type": read_as}


def _tied(keys: Keys) -> dict[str, object]:
    """The whole says whether scores are those of words, where it has such a key."""
    key, kind = "tie_word_embeddings", keys.root.type
    return {key: keys.value(keys.root, key)} if kind is not None and key in kind.defaults else {}
