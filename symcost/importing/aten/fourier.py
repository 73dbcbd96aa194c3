"""Fourier transforms of real and complex tensors, of which the real part is a value and the imaginary part another."""

from __future__ import annotations

from dataclasses import replace

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Order, Value, sizes
from symcost.importing.program import Arg, Call, Constant, Expr


@rule("fft_fft", "fft_fft2", "fft_fftn")
def transform(site: Site) -> None:
    """Axis after axis, from the last; a length that is no power of 2 is counted as if it were the next one."""
    x = site.value("self")
    site.understood("norm")
    _refuse_other_lengths(site)
    dims = site.integers("dim") or tuple(range(x.rank))
    re = replace(x, complex=False)
    im = site.whole.imaginary.get(x.key) if x.complex else None
    for place, dim in enumerate(reversed(dims)):
        re, im = _along(site, re, im, dim % x.rank, place)
    assert im is not None, "a transform has an axis"
    site.whole.imaginary[re.key] = im
    site.alias(replace(re, complex=True))


def _refuse_other_lengths(site: Site) -> None:
    length = "n" if site.node.op == "aten.fft_fft" else "s"
    if site.argument(length) is not None:
        raise Refused("its length is not that of its axis")


def _along(site: Site, re: Value, im: Value | None, along: int, place: int) -> tuple[Value, Value]:
    """The transform of one axis, in one statement for both parts."""
    order = _before_the_last(re, along)
    parts = (site.moved(re, order), _imaginary(site, re, im, order))
    keys = (f"{site.node.name}.{place}.re", f"{site.node.name}.{place}.im")
    made = (site.made(keys[0], re.shape, order), site.made(keys[1], re.shape, order))
    site.state(keys, Call("fft", parts, (), _nominal(re.shape[along])))
    return made


def _before_the_last(x: Value, along: int) -> Order:
    """The axis in front of the last one, over which transforms are done side by side. Raises Refused."""
    rest = [one for one in range(x.rank) if one != along]
    if not rest or x.shape[along] % 2:
        raise Refused("its length is odd, or it has one axis")
    return (*rest[:-1], along, rest[-1])


def _imaginary(site: Site, re: Value, im: Value | None, order: Order) -> Expr:
    if im is not None:
        return site.moved(im, order)
    return Constant(sizes([re.shape[one] for one in order]), "it is real")


def _nominal(length: int) -> tuple[tuple[str, Arg], ...]:
    """That a length is no power of 2, and counted as if it were."""
    return (("nominal", True),) if length & (length - 1) else ()


@rule("real", "imag")
def part(site: Site) -> None:
    """One of the two."""
    x = site.value("self")
    if not x.complex:
        raise Refused("its parts are not known")
    site.alias(replace(x, complex=False) if site.node.op == "aten.real" else site.whole.imaginary[x.key])
