"""Sums, means, largest values and what is made of them along axes."""

from __future__ import annotations

from symcost.importing.aten.pointwise import larger
from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Value, axis
from symcost.importing.program import Arg, Arithmetic, Call, Expr, Plain


@rule("softmax", "_softmax", "log_softmax", "_log_softmax", "_safe_softmax")
def softmax(site: Site) -> None:
    """Along one axis, which is stored last for it."""
    site.understood("half_to_float", "dtype")
    x = site.value("self")
    along = site.axis("dim", x.rank)
    order = x.axes if x.axes[-1] == along else (*(one for one in range(x.rank) if one != along), along)
    name = "log_softmax" if "log" in site.node.op else "softmax"
    site.emit(Call(name, (site.moved(x, order),)), order)


@rule("mean", "sum", "amax", "amin", "logsumexp")
def reduction(site: Site) -> None:
    """Along some axes, or all."""
    x = site.value("self")
    name = {"amax": "max", "amin": "min"}.get(site.node.op.removeprefix("aten."), site.node.op.removeprefix("aten."))
    over, keep = _over(site, x), site.flag("keepdim")
    if not over:
        site.alias(x)
    elif name == "logsumexp":
        inner = reduced("sum", Call("exp", (site.ref(x),)), x, over, keep)
        site.emit(Call("log", (inner,)), left(x, over, keep))
    else:
        site.emit(reduced(name, site.ref(x), x, over, keep), left(x, over, keep))


def _over(site: Site, x: Value) -> tuple[int, ...]:
    site.understood("dtype")
    dims = site.integers("dim")
    return tuple(one % max(x.rank, 1) for one in dims) if dims else tuple(range(x.rank))


def reduced(name: str, expr: Expr, x: Value, over: tuple[int, ...], keep: bool) -> Expr:
    """A reduction of a value as it is stored."""
    places = sorted(x.axes.index(one) - x.rank for one in over)
    along: Arg = axis(places[0]) if len(places) == 1 else tuple(axis(one) for one in places)
    keywords: tuple[tuple[str, Arg], ...] = (("axis", along), *((("keep", True),) if keep else ()))
    return Call(name, (expr,), (), keywords)


def left(x: Value, over: tuple[int, ...], keep: bool) -> tuple[int, ...]:
    """The order in which the axes that are left are stored."""
    rest = [one for one in x.axes if keep or one not in over]
    counted = sorted(rest)
    return tuple(counted.index(one) for one in rest)


@rule("max", "min", "median", "aminmax")
def extreme(site: Site) -> None:
    """The largest of all, of two, or along an axis with where it stands."""
    name = site.node.op.removeprefix("aten.")
    if name not in ("max", "min"):
        raise Refused("the language has no such operation")
    if "other" in site.node.args:
        larger(site)
        return
    x = site.value("self")
    if "dim" not in site.node.args:
        over = tuple(range(x.rank))
        site.emit(reduced(name, site.ref(x), x, over, False), ())
        return
    over, keep = (site.axis("dim", x.rank),), site.flag("keepdim")
    values = site.part(0, reduced(name, site.ref(x), x, over, keep), left(x, over, keep))
    site.give(values, site.constant("which ones", 1))


@rule("linalg_vector_norm", "norm")
def vector_norm(site: Site) -> None:
    """The root of the sum of squares; the sum of sizes for norm 1."""
    site.understood("dtype")
    x = site.value("self")
    which = site.argument("ord" if site.node.op == "aten.linalg_vector_norm" else "p")
    over, keep, expr = _over(site, x), site.flag("keepdim"), site.ref(x)
    order = left(x, over, keep)
    if which in (None, 2, 2.0):
        site.emit(Call("sqrt", (reduced("sum", Arithmetic("*", expr, expr), x, over, keep),)), order)
    elif which in (1, 1.0):
        site.emit(reduced("sum", Call("abs", (expr,)), x, over, keep), order)
    elif which == float("inf"):
        site.emit(reduced("max", Call("abs", (expr,)), x, over, keep), order)
    else:
        raise Refused(f"its norm {which} is not understood")


@rule("var", "std", "var_mean", "std_mean")
def variance(site: Site) -> None:
    """The mean square of what is left without the mean."""
    site.understood("correction", "unbiased")
    x = site.value("self")
    over, keep = _over(site, x), site.flag("keepdim")
    several = site.node.op.endswith("_mean")
    mean = reduced("mean", site.ref(x), x, over, True)
    centred = site.emit(Arithmetic("-", site.ref(x), mean), x.axes, x.shape, f"{site.node.name}.c")
    c = site.ref(centred)
    expr = reduced("mean", Arithmetic("*", c, c), x, over, keep)
    if "std" in site.node.op:
        expr = Call("sqrt", (expr,))
    if not several:
        site.emit(expr, left(x, over, keep))
        return
    spread = site.part(0, expr, left(x, over, keep))
    site.give(spread, site.part(1, reduced("mean", site.ref(x), x, over, keep), left(x, over, keep)))


@rule("cumsum", "cumsum_")
def cumsum(site: Site) -> None:
    """Running totals along an axis."""
    site.understood("dtype")
    x = site.value("self")
    along = axis(x.axes.index(site.axis("dim", x.rank)))
    site.emit(Call("cumsum", (site.ref(x),), (), (("axis", along),)), x.axes)


@rule("glu")
def glu(site: Site) -> None:
    """Half of an axis opens and closes the other."""
    x = site.value("self")
    along = site.axis("dim", x.rank, -1)
    rest = [one for one in x.axes if one != along]
    order = (*rest, along)
    site.emit(Call("glu", (site.moved(x, order),)), order)


@rule("cosine_similarity", "pairwise_distance", "cdist", "prod", "cumprod")
def distances(site: Site) -> None:
    """Refused: what they count in PyTorch depends on how they are worked out."""
    raise Refused("the language has no such operation")


@rule("normalize")
def normalize(site: Site) -> None:
    """X / |x|"""
    x = site.value("input")
    site.understood("eps", "p")
    over = (site.axis("dim", x.rank, 1),)
    square = Arithmetic("*", site.ref(x), site.ref(x))
    length = Call("sqrt", (reduced("sum", square, x, over, True),))
    site.emit(Arithmetic("/", site.ref(x), Call("max", (length, Plain("1e-12")))), x.axes)
