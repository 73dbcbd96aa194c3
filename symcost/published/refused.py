"""What the library of published models refuses of a file, whatever an architecture makes of it.

transformers checks a configuration where it is read (`validate_architecture`, `validate_layer_type`): heads that do not
divide a width, and lists with an item for each layer that are not as long as there are layers. A file that cannot be
built has no right number. Of heads of keys and values it checks nothing: such a model is built, and fails in its first
pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symcost.errors import OtherLength, SymcostError, UndividedHeads, UnsharedHeads
from symcost.published.file import Path_
from symcost.published.keys import Keys, Table, Unsaid

WIDTH, HEADS, LAYERS = "hidden_size", "num_attention_heads", "num_hidden_layers"
SHARED = "num_key_value_heads"

OF_EACH_LAYER = ("layer_types", "mlp_layer_types")
"""Lists with an item for each layer, in every type that has them."""


def refused(keys: Keys, spoken_of: set[Path_]) -> Iterator[SymcostError]:
    """A fault for each thing that the library refuses, in the file and in the tables of it whose type is known.

    `spoken_of`: the keys that the architecture depends on.
    """
    for table in _tables(keys.root, keys):
        if table.type is not None and table.type.heads_divide:
            yield from _undivided(table, keys)
        if (*table.path, SHARED) in spoken_of:
            yield from _unshared(table, keys)
        for name in OF_EACH_LAYER:
            yield from _other_length(table, name, keys)


def _tables(table: Table, keys: Keys) -> Iterator[Table]:
    """A table and those inside of it that the library has, too."""
    yield table
    for name in table.type.tables if table.type is not None else ():
        inner = _said(table, name, keys)
        if isinstance(inner, Table):
            yield from _tables(inner, keys)


def _said(table: Table, name: str, keys: Keys) -> object:
    """What a key of a table says; None where nobody says it."""
    try:
        return keys.value(table, name)
    except Unsaid:
        return None


def _whole(table: Table, name: str, keys: Keys) -> int | None:
    """The same where it is a whole number, also one that is written as `32.0`."""
    said = _said(table, name, keys)
    return int(said) if isinstance(said, int | Fraction) and said.denominator == 1 else None


def _undivided(table: Table, keys: Keys) -> Iterator[SymcostError]:
    """A fault for heads that do not divide a width."""
    width, heads = _whole(table, WIDTH, keys), _whole(table, HEADS, keys)
    if width is not None and heads is not None and heads > 0 and width % heads != 0:
        told = [*_spelt(table, HEADS), *_spelt(table, WIDTH), WIDTH]
        yield UndividedHeads(keys.published.source.name, width, heads, keys.published.place((*table.path, told[0])))


def _unshared(table: Table, keys: Keys) -> Iterator[SymcostError]:
    """A fault for heads of keys and values that the file has, and that heads of queries cannot share equally."""
    heads, shared = _whole(table, HEADS, keys), _whole(table, SHARED, keys)
    told = [*_spelt(table, SHARED), *_spelt(table, HEADS)]
    if not told or heads is None or shared is None:
        return
    if shared > 0 and heads % shared != 0:
        yield UnsharedHeads(keys.published.source.name, heads, shared, keys.published.place((*table.path, told[0])))


def _spelt(table: Table, name: str) -> list[str]:
    """The names under which the file has a key."""
    return table.spelt(table.canonical(name))


def _other_length(table: Table, name: str, keys: Keys) -> Iterator[SymcostError]:
    """A fault for a list of the file that has not as many items as there are layers."""
    layers = _whole(table, LAYERS, keys)
    for spelling in _spelt(table, name):
        kinds = table.entries[spelling]
        if isinstance(kinds, list) and layers is not None and len(kinds) != layers:
            place = keys.published.place((*table.path, spelling))
            yield OtherLength(keys.published.source.name, spelling, len(kinds), LAYERS, layers, place)
