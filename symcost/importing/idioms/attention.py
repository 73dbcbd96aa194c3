"""Attention with its four projections: the layer of the library, where it is exactly that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symcost.importing.idioms.pattern import Hole, Idiom, Match, agree, call, number, times
from symcost.importing.program import Arg, Call, Expr, Function, Size


def _projected(of: str, name: str, *, turned: bool, shared: bool) -> Any:
    """Queries, keys or values: a linear map, heads, positions if they are turned, and groups if heads share them."""
    mapped = call("Linear", Hole(of), arguments=(Hole(f"width {name}"),), keywords=Hole(f"named {name}"))
    found = call("split_heads", mapped, arguments=(Hole(f"heads {name}"),))
    if turned:
        found = call("rotate_halves", found)
    if shared:
        found = call("repeat_axis", found, arguments=(Hole("groups"),), keywords=Hole("along"))
    return found


def _pattern(*, turned: bool, shared: bool) -> Any:
    q = _projected("x", "q", turned=turned, shared=False)
    k = _projected("memory", "k", turned=turned, shared=shared)
    v = _projected("memory", "v", turned=False, shared=shared)
    joined = call("merge_heads", call("attention", q, k, v))
    return call("Linear", joined, arguments=(Hole("width o"),), keywords=Hole("named o"))


def _attention(found: Match, positions: str) -> Expr | None:
    """Self-attention, or cross-attention to another sequence."""
    width, heads, shared = found.last(found["x"]), found["heads q"], found["heads k"]
    same = agree((found["width o"], width), (found["width k"], found["width v"]), (shared, found["heads v"]))
    each_as_wide = times(found["width k"], heads) == times(found["width q"], shared)
    if not same or not each_as_wide or not _is_grouped(found, heads, shared):
        return None

    arguments: list[Arg] = [heads] if agree((heads, shared)) else [heads, shared]
    keywords = [*_head_width(found, width), *_biases(found)]
    if found["memory"] == found["x"]:
        turned: list[tuple[str, Arg]] = [("positions", Function(positions))] if positions else []
        return Call("SelfAttention", (found["x"],), tuple(arguments), (*keywords, *turned))
    if positions:
        return None
    return Call("CrossAttention", (found["x"], found["memory"]), tuple(arguments), tuple(keywords))


def _is_grouped(found: Match, heads: Size, shared: Size) -> bool:
    """Whether groups are as many as share a head, along the axis of heads."""
    if "groups" not in found.bound:
        return agree((heads, shared))
    along = number(dict(found["along"]).get("axis"))
    return along in (-3, 1) and agree((heads, times(shared, found["groups"])))


def _head_width(found: Match, width: Size | None) -> Iterator[tuple[str, Arg]]:
    """`head_dim`, where it is not what the heads leave of the width."""
    wide, heads = found["width q"], found["heads q"]
    if not agree((wide, width)):
        each = zip(wide.values, heads.values, strict=True)
        yield "head_dim", Size(tuple(whole // count for whole, count in each), "head_dim")


def _biases(found: Match) -> Iterator[tuple[str, Arg]]:
    """What is added behind the maps: all by `bias`, but for keys and the last."""
    q, k, v, o = (dict(found[f"named {name}"]).get("bias", True) for name in "qkvo")
    if q != v:
        return
    if q is not True:
        yield "bias", q
    if k != q:
        yield "key_bias", k
    if o != q:
        yield "out_bias", o


def _made(positions: str) -> Any:
    def make(found: Match) -> Expr | None:
        named = [dict(found[f"named {name}"]) for name in "qkvo"]
        plain = all(set(each) <= {"bias"} for each in named)
        alike = named[0].get("bias", True) == named[2].get("bias", True)
        return _attention(found, positions) if plain and alike else None

    return make


ATTENTION = tuple(
    Idiom(_pattern(turned=bool(positions), shared=shared), _made(positions))
    for positions in ("", "rotate_halves")
    for shared in (False, True)
)
