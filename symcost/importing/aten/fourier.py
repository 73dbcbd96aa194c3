"""Fourier transforms of real and complex tensors, of which the real part is a value and the imaginary part another."""

from __future__ import annotations

from dataclasses import replace

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Value, sizes
from symcost.importing.program import Arg, Call, Constant


@rule("fft_fft", "fft_fft2", "fft_fftn")
def transform(site: Site) -> None:
    """Axis after axis, from the last; a length that is no power of 2 is counted as if it were the next one."""
    x = site.value("self")
    site.understood("norm")
    if site.argument("s" if site.node.op != "aten.fft_fft" else "n") is not None:
        raise Refused("its length is not that of its axis")
    dims = site.integers("dim") or tuple(range(x.rank))
    re = replace(x, complex=False)
    im = site.whole.imaginary.get(x.key) if x.complex else None
    for place, dim in enumerate(reversed(dims)):
        re, im = _along(site, re, im, dim % x.rank, place)
    assert im is not None, "a transform has an axis"
    site.whole.imaginary[re.key] = im
    site.alias(replace(re, complex=True))


def _along(site: Site, re: Value, im: Value | None, along: int, place: int) -> tuple[Value, Value]:
    rest = [one for one in range(re.rank) if one != along]
    length = re.shape[along]
    if not rest or length % 2:
        raise Refused("its length is odd, or it has one axis")
    order = (*rest[:-1], along, rest[-1])
    parts = [site.moved(one, order) for one in (re, im) if one is not None]
    if im is None:
        shape = sizes([re.shape[one] for one in order])
        parts.append(Constant(shape, "it is real"))
    nominal: tuple[tuple[str, Arg], ...] = (("nominal", True),) if length & (length - 1) else ()
    keys = [f"{site.node.name}.{place}.{part}" for part in ("re", "im")]
    made = [site.made(key, re.shape, order) for key in keys]
    site.state(tuple(keys), Call("fft", tuple(parts), (), nominal))
    return made[0], made[1]


@rule("real", "imag")
def part(site: Site) -> None:
    """One of the two."""
    x = site.value("self")
    if not x.complex:
        raise Refused("its parts are not known")
    site.alias(replace(x, complex=False) if site.node.op == "aten.real" else site.whole.imaginary[x.key])
