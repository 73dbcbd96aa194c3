"""Linear maps, matrix products, index notation and attention."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from string import ascii_lowercase

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site, number, scaled
from symcost.importing.aten.values import Value, axis, in_order, size
from symcost.importing.graph import Argument
from symcost.importing.program import Arg, Arithmetic, Call, Contraction, Expr, Ref


@rule("linear")
def linear(site: Site) -> None:
    """Y = x W + b along the last axis."""
    x, weight, bias = site.value("input"), site.value("weight"), site.optional("bias")
    order = x.axes if x.axes[-1:] == (x.rank - 1,) else in_order(x.rank)
    operand = site.moved(x, order)
    if weight.rank == 2 and site.own(weight, bias):
        site.emit(_layer(site, operand, weight, bias), order)
        return
    turned = site.moved(weight, (1, 0)) if weight.rank == 2 else site.plain(weight)
    product: Expr = Arithmetic("@", operand, turned)
    rank = len(site.result.shape)
    axes = order if rank == x.rank else in_order(rank)
    site.emit(product if bias is None else Arithmetic("+", product, site.plain(bias)), axes)


def _layer(site: Site, operand: Expr, weight: Value, bias: Value | None) -> Call:
    without: tuple[tuple[str, Arg], ...] = () if bias is not None else (("bias", False),)
    return Call("Linear", (operand,), (size(weight.shape[0], "O"),), without, site.owns(weight, bias))


@rule("matmul", "bmm", "mm", "mv", "dot")
def matmul(site: Site) -> None:
    """The matrix product, with vectors and leading axes as in NumPy."""
    first = "input" if "input" in site.node.args else "self"
    names = [name for name in ("other", "mat2", "vec", "tensor") if name in site.node.args]
    left, right = site.value(first), site.value(names[0])
    site.emit(Arithmetic("@", site.plain(left), site.plain(right)), in_order(len(site.result.shape)))


@rule("addmm", "baddbmm", "addbmm", "addmv")
def addmm(site: Site) -> None:
    """B + x W; scales other than one are written."""
    if site.node.op == "aten.addbmm":
        raise Refused("the language has no such operation")
    names = {"aten.addmm": ("mat1", "mat2"), "aten.baddbmm": ("batch1", "batch2"), "aten.addmv": ("mat", "vec")}
    left, right = (site.value(name) for name in names[site.node.op])
    product: Expr = Arithmetic("@", site.plain(left), site.plain(right))
    added = site.plain(site.value("self"))
    alpha, beta = site.number("alpha", 1), site.number("beta", 1)
    product = scaled(product, alpha)
    if beta == 0:  # what stands there is not read
        site.emit(product, in_order(len(site.result.shape)))
        return
    site.emit(Arithmetic("+", product, scaled(added, beta)), in_order(len(site.result.shape)))


# Index notation --------------------------------------------------------------------------------------


Indices = tuple[str, ...]


@rule("einsum")
def einsum(site: Site) -> None:
    """Index notation as it stands there; several operands are multiplied from the left, as PyTorch does."""
    site.understood("path")
    values = site.all_values("tensors")
    left, result = _read(site.argument("equation"), [value.rank for value in values])
    terms: list[tuple[Expr, Indices]] = [(site.plain(value), own) for value, own in zip(values, left, strict=True)]
    while len(terms) > 2:
        terms[:2] = [_product(site, terms, result, _extents(values, left))]
    site.emit(Contraction(result, tuple(terms)), in_order(len(result)))


def _read(equation: Argument, ranks: Sequence[int]) -> tuple[list[Indices], Indices]:
    """The indices of an equation that the language can write. Raises Refused."""
    if not isinstance(equation, str) or ("..." in equation and len(ranks) > 2):
        raise Refused("its equation is not understood")
    left, result = _indices(equation, ranks)
    if any(len(set(own)) < len(own) for own in left):
        raise Refused("it takes a diagonal")
    return left, result


def _product(
    site: Site, terms: Sequence[tuple[Expr, Indices]], result: Indices, extents: Mapping[str, int]
) -> tuple[Expr, Indices]:
    """The first two terms as one, over the indices that are read later."""
    (_, first), (_, second), *others = terms
    later = set(result).union(*(own for _, own in others))
    kept = tuple(one for one in dict.fromkeys((*first, *second)) if one in later)
    shape = [extents[one] for one in kept]
    made = site.emit(Contraction(kept, tuple(terms[:2])), in_order(len(kept)), shape, f"{site.node.name}.{len(terms)}")
    return Ref(made.key), kept


def _extents(values: Sequence[Value], left: Sequence[Indices]) -> dict[str, int]:
    """The length that each index runs through."""
    found: dict[str, int] = {}
    for value, own in zip(values, left, strict=True):
        found |= zip(own, value.shape, strict=True)
    return found


def _indices(equation: str, ranks: Sequence[int]) -> tuple[list[Indices], Indices]:
    """The indices of each operand and of the result; `...` stands for the leading axes."""
    before, arrow, after = equation.replace(" ", "").replace("...", ".").partition("->")
    terms = before.split(",")
    if len(terms) != len(ranks):
        raise Refused("its equation is not understood")
    # How many leading axes each operand has where its `...` stands.
    opened = [rank - len(term.replace(".", "")) for term, rank in zip(terms, ranks, strict=True)]
    spare = _unused(before)[: max(opened)]
    # Where they differ in number, the last of them are the same, as in broadcasting.
    left = [_spread(term, spare[len(spare) - count :]) for term, count in zip(terms, opened, strict=True)]
    result = after if arrow else _implied(before)
    return left, _spread(result, spare)


def _unused(letters: str) -> list[str]:
    return [letter for letter in ascii_lowercase if letter not in letters]


def _implied(before: str) -> str:
    """The indices of a result that is not written: those that stand once, in the order of the alphabet."""
    once = sorted(letter for letter in set(before) if letter.isalpha() and before.count(letter) == 1)
    return "".join((["."] if "." in before else []) + once)


def _spread(term: str, spare: Sequence[str]) -> Indices:
    """Capital letters get a line behind them: the language's indices are names, and these read as two."""
    before, dots, after = term.partition(".")
    letters = [*before, *(spare if dots else ()), *after]
    return tuple(letter if letter.islower() else f"{letter.lower()}_" for letter in letters)


# Attention -------------------------------------------------------------------------------------------


@rule("scaled_dot_product_attention")
def attention(site: Site) -> None:
    """Attention as one operation; a mask that is worked out of nothing costs nothing, a bias is added."""
    query, key, value = (site.value(name) for name in ("query", "key", "value"))
    site.understood("dropout_p", "enable_gqa", "is_causal", "scale")
    bias = _bias(site)
    if site.flag("is_causal"):
        site.note("causal attention is counted in full, as PyTorch computes it")
    groups = _groups(query, key)
    keys, numbers = _for_groups(site, key, groups), _for_groups(site, value, groups)
    if bias is None:
        site.emit(Call("attention", (site.plain(query), keys, numbers)), in_order(query.rank))
        return
    _biased(site, query, key, (keys, numbers, site.plain(bias)))


def _bias(site: Site) -> Value | None:
    """What is added to the scores; None where it only selects some of them."""
    mask = site.optional("attn_mask")
    if mask is None or (mask.kind == "live" and mask.floating):
        return mask
    site.note("attention masks select; they are not counted")
    return None


def _groups(query: Value, key: Value) -> int:
    """How many heads of queries share one of keys and values."""
    if query.rank <= 2 or key.shape[-3] == query.shape[-3]:
        return 1
    return query.shape[-3] // key.shape[-3]


def _for_groups(site: Site, value: Value, groups: int) -> Expr:
    """Keys or values for all heads, where several share them."""
    expr = site.plain(value)
    if groups == 1:
        return expr
    return Call("repeat_axis", (expr,), (size(groups, "groups"),), (("axis", axis(-3)),))


def _biased(site: Site, query: Value, key: Value, others: tuple[Expr, Expr, Expr]) -> None:
    """softmax(q kᵀ / sqrt(d) + bias) v, statement by statement."""
    keys, numbers, bias = others
    name, rank = site.node.name, query.rank
    scale = site.argument("scale")
    scale = scale if isinstance(scale, (int, float)) else 1 / math.sqrt(query.shape[-1])
    scores = (*query.shape[:-1], key.shape[-2])
    order = in_order(rank)
    turned = (*range(rank - 2), rank - 1, rank - 2)
    flipped = Call("transpose", (keys,), (tuple(axis(one) for one in turned),))
    s = site.emit(
        Arithmetic("*", Arithmetic("@", site.plain(query), flipped), number(scale)), order, scores, f"{name}.s"
    )
    p = site.emit(Call("softmax", (Arithmetic("+", Ref(s.key), bias),)), order, scores, f"{name}.p")
    site.emit(Arithmetic("@", Ref(p.key), numbers), order)
