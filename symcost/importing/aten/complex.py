"""Complex numbers as two real tensors: rotary positions that turn pairs of features as one number of the plane."""

from __future__ import annotations

from dataclasses import replace

from symcost.importing.aten.pointwise import broadcast
from symcost.importing.aten.registry import OF_COMPLEX, rule
from symcost.importing.aten.selection import WHOLE
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Order, Value, in_order, size, sizes
from symcost.importing.program import Arithmetic, Call, Expr, Plain, Subscript


@rule("view_as_complex")
def as_complex(site: Site) -> None:
    """[..., 2]: the first of each pair is the real part, the second the imaginary one."""
    x = site.value("self")
    pairs = site.plain(x)
    re, im = (_half(site, pairs, x, place) for place in range(2))
    _give(site, re, im)


def _half(site: Site, pairs: Expr, x: Value, place: int) -> Value:
    key = f"{site.node.name}.{('re', 'im')[place]}"
    made = site.made(key, x.shape[:-1], in_order(x.rank - 1))
    leading = (WHOLE,) * (x.rank - 1)
    site.state((key,), Subscript(pairs, (*leading, size(place, "at"))))
    return made


def _give(site: Site, re: Value, im: Value) -> None:
    """The result as both of its parts."""
    site.whole.imaginary[re.key] = im
    site.alias(replace(re, complex=True))


@rule(f"mul{OF_COMPLEX}")
def product(site: Site) -> None:
    """(a + ib)(c + id) = ac - bd + i(ad + bc): four products and two sums (Abramowitz and Stegun, 3.7.10)."""
    order = in_order(len(site.result.shape))
    left, right = _parts(site, "self", order), _parts(site, "other", order)
    shape = site.result.shape
    re = Arithmetic("-", Arithmetic("*", left[0], right[0]), Arithmetic("*", left[1], right[1]))
    im = Arithmetic("+", Arithmetic("*", left[0], right[1]), Arithmetic("*", left[1], right[0]))
    made = []
    for which, expr in (("re", re), ("im", im)):
        key = f"{site.node.name}.{which}"
        made.append(site.made(key, shape, order))
        site.state((key,), expr)
    _give(site, *made)


def _parts(site: Site, name: str, order: Order) -> tuple[Expr, Expr]:
    """The two parts of an operand, for the axes of the result. A constant has both beforehand. Raises Refused."""
    value = site.value(name)
    if not value.complex:
        raise Refused("one of its operands is real")
    re = replace(value, complex=False)
    im = re if value.kind == "constant" else site.whole.imaginary.get(value.key)
    if im is None:
        raise Refused("its parts are not known")
    return broadcast(site, re, order), broadcast(site, im, order)


@rule(f"view_as_real{OF_COMPLEX}")
def as_real(site: Site) -> None:
    """Both parts side by side: [..., 2]."""
    shape = site.result.shape
    re, im = _parts(site, "self", in_order(len(shape) - 1))
    pair = sizes([*shape[:-1], 1])
    halves = tuple(Call("reshape", (part,), (pair,)) for part in (re, im))
    site.emit(Call("concat", halves, (), (("axis", Plain("-1")),)), in_order(len(shape)))
