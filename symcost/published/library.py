"""What the library of published models takes a configuration to say where its file says nothing.

One file a type, `types/*.toml`, written from the configuration classes of transformers by
`tests/published/write_types.py`, which says what stands in it. Nothing here is worked out from other values: where the
library does that, the key is null.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction
from typing import Any

from symcost.once import once_each
from symcost.packaged import files
from symcost.records import dataclass


@once_each
def every_type() -> frozenset[str]:
    """Each `model_type` that the library has, whether its models are counted here or not."""
    text = (files("symcost.published") / "every_type.toml").read_text(encoding="utf-8")
    return frozenset(tomllib.loads(text)["types"])


@dataclass(frozen=True, slots=True)
class Inner:
    """A table inside of a configuration: its type, and what stands in it where the file has none.

    `fixed`: its type is this one, whatever the file calls it. `optional`: without it there is none.
    `filled`: a table of the file that leaves a key out has it from there, too.
    """

    type: str
    fixed: bool
    optional: bool
    init: Mapping[str, object]
    filled: bool = False

    def kind(self, entries: Mapping[str, object]) -> Type | None:
        """The type of a table with these entries."""
        called = entries.get("model_type")
        if self.fixed or not isinstance(called, str):
            return type_of(self.type)
        return type_of(called)


@dataclass(frozen=True, slots=True)
class Type:
    """A model type: the classes of its models, other names of keys, tables inside, and what holds by default."""

    name: str
    prefix: str = ""
    classes: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Inner] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    labels: int = 2
    """How many classes a classifier tells apart where the file says nothing."""
    heads_divide: bool = False
    """Whether the library refuses a width that is no multiple of the number of heads."""

    def canonical(self, key: str) -> str:
        """The name by which the library knows a key."""
        return self.aliases.get(key, key)

    def spelt(self, key: str) -> tuple[str, ...]:
        """All names of a key, the one of the library first."""
        return key, *(other for other, name in self.aliases.items() if name == key)


@once_each
def type_of(name: str) -> Type | None:
    """A type of the library, where it is known."""
    if not name.replace("-", "_").replace(".", "_").isidentifier() or name == "common":
        return None
    file = files("symcost.published") / "types" / f"{name}.toml"
    if not file.is_file():
        return None
    data = _read(file.read_text(encoding="utf-8"))
    tables = {key: Inner(**{"init": {}, **table}) for key, table in data.get("tables", {}).items()}
    aliases = data.get("aliases", {})
    defaults = _common() | dict.fromkeys(data["null"]) | data["defaults"]
    return Type(
        name=name,
        prefix=data["prefix"],
        classes=tuple(data["classes"]),
        aliases=aliases,
        tables=tables,
        defaults={aliases.get(key, key): value for key, value in defaults.items()},
        labels=data.get("labels", 2),
        heads_divide=data.get("heads_divide", False),
    )


@once_each
def _common() -> dict[str, object]:
    """What all types have in common."""
    data = _read((files("symcost.published") / "types" / "common.toml").read_text(encoding="utf-8"))
    found: dict[str, object] = data["defaults"]
    return found | dict.fromkeys(data["null"])


def _read(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=_exact)


def _exact(digits: str) -> Fraction | str:
    return digits if digits.strip("+-") in ("inf", "nan") else Fraction(digits)
