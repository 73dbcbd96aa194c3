"""Names that PyTorch gave, as names of the language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symcost.importing.program import Scope
from symcost.syntax.words import RESERVED

_TAKEN = RESERVED | {"in", "of", "with", "shared", "divides"}


def identifier(text: str) -> str:
    """The text as a name: what cannot stand in one becomes `_`; a word of the language gets a `_` behind it."""
    name = re.sub(r"\W+", "_", text).strip("_") or "x"
    name = f"_{name}" if name[0].isdigit() else name
    return f"{name}_" if name in _TAKEN else name


PLACES = frozenset("c_proj out_proj o_proj proj dense fc2 lin2 wo act act_fn act1 activation dropout 2 output".split())
"""Attributes that say where a module stands in another, and not what it makes."""


def hint(scopes: Sequence[Scope], path: str) -> str:
    """A name for what a module makes, by the attribute that holds it; "" where it stands in a body by itself."""
    words = list(_attributes(scopes, path))
    while len(words) > 1 and words[-1] in PLACES:
        words.pop()

    stands_by_itself = not words or words[-1].isdigit()
    return "" if stands_by_itself else identifier(_without_ending(words[-1]))


def _attributes(scopes: Sequence[Scope], path: str) -> Iterator[str]:
    """The attributes that hold the modules, from outside to inside; not of those around the path."""
    for scope in scopes:
        inside = _below(scope.path, path)
        is_around = not inside and path.startswith(scope.path)
        if not is_around:
            yield (inside or scope.path).rpartition(".")[2]


def hint_apart(path: str, reader: str) -> str:
    """A name for a value that is made at a path, for a reader elsewhere: the attribute where their ways part."""
    made, read = path.split("."), reader.split(".")
    while made and read and made[0] == read[0]:
        made, read = made[1:], read[1:]
    words = [word for word in made if word and not word.isdigit()]
    return identifier(_without_ending(words[0])) if words else ""


def parameter_name(name: str, path: str) -> str:
    """A name for a parameter that is declared in the module at `path`: the attribute that holds it."""
    parts = [part for part in (_below(name, path) or name).split(".") if not part.isdigit()]
    if len(parts) > 1 and parts[-1] == "weight":
        parts = parts[:-1]
    return identifier("_".join(parts[-2:] if parts[-1] == "bias" else parts[-1:]))


def _below(path: str, outer: str) -> str:
    """What of a path is below another."""
    if not outer:
        return path
    return path[len(outer) + 1 :] if path.startswith(f"{outer}.") else ""


def _without_ending(word: str) -> str:
    for ending in ("_proj", "_layer", "_lin"):
        if word.endswith(ending) and len(word) > len(ending):
            return word.removesuffix(ending)
    return word
