"""Odd values in a published file, told of by what the file says and what the library takes: a word where a truth
belongs, no heads at all, an activation that nobody has.

The kind of a key is that of its default in the library (`types/*.toml`); of keys that are null by default a mapping
finds out when it works something out, and what it finds is told in the words of the file, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from symcost.diagnostics import Label
from symcost.errors import BadValue, DivisionByZero, NoSuchModel, SymcostError, WrongKey, WrongKind
from symcost.errors.words import did_you_mean
from symcost.published.closed import written
from symcost.published.expressions import described, same
from symcost.published.file import Path_
from symcost.published.keys import Keys, Table
from symcost.syntax import ast

TRUTH, WORD, WHOLE, NUMBER, LIST = "`true` or `false`", "a text", "a whole number", "a number", "a list"

TAKES_MORE = {
    "gating": (WORD,),
    "mamba_d_head": (WHOLE,), "mamba_dt_rank": (WHOLE,), "time_step_rank": (WHOLE,),
    "sliding_window_pattern": (WORD,),
    "attention_probs_dropout_prob": (NUMBER,), "scale_emb": (NUMBER,),
    "full_attn_alpha_factor": (NUMBER,), "full_attn_beta_factor": (NUMBER,), "linear_attn_alpha_factor": (NUMBER,),
    "linear_attn_beta_factor": (NUMBER,), "mlp_alpha_factor": (NUMBER,), "mlp_beta_factor": (NUMBER,),
    "eos_token_id": (LIST,), "forced_eos_token_id": (LIST,), "vision_feature_layer": (LIST, WHOLE), "moe_topk": (LIST,),
    "patch_size": (LIST, WHOLE), "image_size": (LIST, WHOLE), "temporal_patch_size": (LIST,),
    "pretrain_image_size": (LIST,), "attention_window": (LIST,), "patch_stride": (WHOLE,),
}  # fmt: skip
"""Keys of which the library takes more kinds than that of the default: of the annotations of all fields of its
configurations (transformers 5.24, 6323 defaults of the types here) these are all that say so."""

ACTIVATIONS = (
    "gelu", "gelu_10", "gelu_accurate", "gelu_fast", "gelu_new", "gelu_python", "gelu_python_tanh", "gelu_pytorch_tanh",
    "hardswish", "laplace", "leaky_relu", "linear", "mish", "prelu", "quick_gelu", "relu", "relu2", "relu6", "sigmoid",
    "silu", "sqrtsoftplus", "swish", "tanh", "xielu",
)  # fmt: skip
"""What the library takes as an activation: the names of `ACT2FN` (transformers 5.24)."""


# Kinds of values ----------------------------------------------------------------------------------


def wrong_kinds(keys: Keys, spoken_of: set[Path_]) -> Iterator[SymcostError]:
    """A fault for each key that is read and says something of a kind that the library does not take."""
    yield from _wrong_kinds(keys.root, (), keys, spoken_of)


def _wrong_kinds(table: Table, place: Path_, keys: Keys, spoken_of: set[Path_]) -> Iterator[SymcostError]:
    """The same of a table, which lies at a place by the library's names."""
    if table.type is None:
        return
    for key, value in table.entries.items():
        path = (*place, table.canonical(key))
        if path not in spoken_of or value is None:
            continue
        inner = _inner(table, key, value)
        if inner is not None:
            yield from _wrong_kinds(inner, path, keys, spoken_of)
            continue
        wanted = _kind_missed(path[-1], value, table)
        if wanted is not None:
            yield _wrong(table, key, value, wanted, keys)


def _inner(table: Table, key: str, value: object) -> Table | None:
    """The table under a key of which the library knows what it holds; None where a value is there."""
    tables = {} if table.type is None else table.type.tables
    name = table.canonical(key)
    if not isinstance(value, dict) or name not in tables:
        return None
    return Table((*table.path, key), value, tables[name].kind(value))


def _kind_missed(name: str, value: object, table: Table) -> str | None:
    """What the library wants of a key that says something else; None where it takes it, or nobody knows."""
    default = None if table.type is None else table.type.defaults.get(name)
    wanted = _kind(default)
    found = _kind(value)
    if wanted is None or found is None:
        return None
    return None if _is_taken(found, wanted, name) else wanted


def _is_taken(found: str, wanted: str, name: str) -> bool:
    """Whether the library takes a value of one kind for a key where it says another kind itself."""
    if found in (wanted, *TAKES_MORE.get(name, ())):
        return True
    return (wanted, found) == (NUMBER, WHOLE)


def _kind(value: object) -> str | None:
    """The kind of a value; None for null and for tables, which are looked at elsewhere."""
    match value:
        case bool():
            return TRUTH
        case str():
            return WORD
        case int():
            return WHOLE
        case Fraction():
            return WHOLE if value.denominator == 1 else NUMBER
        case list():
            return LIST
    return None


def _wrong(table: Table, key: str, value: object, wanted: str, keys: Keys) -> SymcostError:
    path = (*table.path, key)
    return WrongKey(
        ".".join(path), described(value), keys.published.place(path), wanted=wanted, usual=_usual(table, key)
    )


def _usual(table: Table, key: str) -> str | None:
    """What the library takes a key to say for lack of the file, as JSON has it; of a float `1.0`, not `1`."""
    defaults = {} if table.type is None else table.type.defaults
    default = defaults.get(table.canonical(key))
    return str(float(default)) if isinstance(default, Fraction) else written(default)


# What comes of them -------------------------------------------------------------------------------


FROM_ONE = "a whole number from 1 on"


def in_the_file(fault: SymcostError, expr: ast.Expr, keys: Keys, read: list[Path_], wanted: str = "") -> SymcostError:
    """A fault of what a mapping works out, by the keys that it is worked out of.

    `read`: those that the file has. `wanted`: what the model takes there; else the fault itself says it.
    """
    if not read or keys.root.type is None:
        return fault  # not the file's, or a mapping of the reader's own
    guilty = [path for path in read if _is_guilty(fault, _at(path, keys))]
    if len(guilty) == 1 and _needs_one_key(fault, read):
        return _told(guilty[0], keys, wanted or _wanted_by(fault))
    places = [Label(keys.published.place(path), f"is {described(_at(path, keys))}") for path in read]
    return NoSuchModel(keys.published.source.name, _problem(fault, expr, wanted), expr.span, places)


def _needs_one_key(fault: SymcostError, read: list[Path_]) -> bool:
    """Whether one key can be to blame: what several come to together is the fault of none alone."""
    return len(read) == 1 or not isinstance(fault, BadValue)


def _wanted_by(fault: SymcostError) -> str:
    return fault.wanted if isinstance(fault, WrongKind) else FROM_ONE


def _problem(fault: SymcostError, expr: ast.Expr, wanted: str) -> str:
    """What is wrong with what an expression comes to, in words."""
    if isinstance(fault, BadValue):
        return f"`{expr.span.text}` comes to {described(fault.value)}, not {wanted}"
    return f"of `{expr.span.text}`: {fault.report.message}"


def null(path: Path_, keys: Keys) -> SymcostError:
    """A key that is null where a mapping needs it. `path`: by its names in the file or the library."""
    table, key = _table(path, keys), path[-1]
    place = keys.published.place(path)
    default = {} if table.type is None else table.type.defaults
    wanted = _kind(default.get(table.canonical(key))) or "a value"
    return WrongKey(".".join(path), "null", place, wanted=wanted, usual=_usual(table, key))


def unknown_word(word: str, default: str, path: Path_, keys: Keys, known: set[str]) -> list[SymcostError]:
    """A fault for a word that is no activation, where a signature has one by default.

    `known`: the definitions that can be called.
    """
    if default not in ACTIVATIONS or word in known.intersection(ACTIVATIONS):
        return []
    here = [name for name in ACTIVATIONS if name in known]
    usual = _usual(_table(path, keys), path[-1])
    meant = did_you_mean(word, here)
    wanted = _activation_wanted(word)
    return [
        WrongKey(
            ".".join(path), described(word), keys.published.place(path), wanted=wanted,
            usual=None if meant else usual, helps=meant, notes=[_known_here(here)],
        )
    ]  # fmt: skip


def _activation_wanted(word: str) -> str:
    """What should stand in place of a word: the library itself may have it, or may not."""
    if word in ACTIVATIONS:
        return "an activation of which costs are known"
    return "an activation that the library has"


def _known_here(names: list[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return f"known here are {', '.join(quoted)}"


def _told(path: Path_, keys: Keys, wanted: str) -> SymcostError:
    return _wrong(_table(path, keys), path[-1], _at(path, keys), wanted, keys)


def _is_guilty(fault: SymcostError, value: object) -> bool:
    """Whether a value of a file is what a fault speaks of."""
    match fault:
        case DivisionByZero():
            return same(value, 0)
        case WrongKind():
            return described(value) == fault.found
        case BadValue():
            return same(value, fault.value)
    return False


def _at(path: Path_, keys: Keys) -> object:
    """What a file says at a place."""
    found: object = keys.published.entries
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return Table(path, found) if isinstance(found, dict) else found


def _table(path: Path_, keys: Keys) -> Table:
    """The table of a file in which a key stands."""
    table = keys.root
    for name in path[:-1]:
        inner = keys.value(table, name)
        if not isinstance(inner, Table):
            break
        table = inner
    return table
