"""Images and sequences of another size, and their windows under axes of their own."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.importing.aten.convolutions import by_side
from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Value, axis, features_last, size, sizes
from symcost.importing.aten.views import reshaped, viewed
from symcost.importing.program import Arg, Call
from symcost.records import dataclass

WHOLE = {
    "upsample_nearest1d": "upsample1d",
    "upsample_nearest2d": "upsample2d",
    "upsample_linear1d": "upsample_linear1d",
    "upsample_bilinear2d": "upsample_bilinear2d",
}
"""Layers of the library that are longer by a whole factor, the same for all sides."""

MODES = {"nearest": "nearest", "_nearest_exact": "nearest-exact", "linear": "linear", "bilinear": "bilinear",
         "trilinear": "trilinear", "bicubic": "bicubic"}  # fmt: skip

NAMES = [f"upsample_{mode}{sides}d" for mode in ("nearest", "_nearest_exact") for sides in (1, 2, 3)]
NAMES += ["upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d"]


@rule(
    *(name.replace("upsample__", "_upsample_") for name in NAMES), "_upsample_bilinear2d_aa", "_upsample_bicubic2d_aa"
)
def upsample(site: Site) -> None:
    """By a whole factor, or to any other size; where corners stand, and what smooths before, is not counted."""
    site.understood("output_size", "align_corners", "scale_factors", "scales", "scales_h", "scales_w", "scales_d")
    x = site.value("input" if "input" in site.node.args else "self")
    name = _name(site.node.op)
    before, after, order = x.shape[2:], site.result.shape[2:], features_last(x.rank)
    factor = _factor(before, after)
    if before == after:
        site.alias(x)
    elif name in WHOLE and factor is not None:
        site.emit(Call(WHOLE[name], (site.moved(x, order),), (size(factor, "scale"),)), order)
    else:
        _resized(site, x, MODES[name.removeprefix("upsample_")[:-2]])


def _factor(before: Sequence[int], after: Sequence[int]) -> int | None:
    """The whole number by which all sides grow; None where there is none."""
    factors = {then / now for now, then in zip(before, after, strict=True)}
    factor = max(factors)
    return int(factor) if len(factors) == 1 and factor == int(factor) else None


def _name(op: str) -> str:
    """`upsample__nearest_exact2d` of `aten._upsample_nearest_exact2d`, and no word of antialiasing."""
    name = op.removeprefix("aten.").removesuffix("_aa").replace("_upsample_", "upsample__", 1)
    return name.replace("upsample__bi", "upsample_bi")


def _resized(site: Site, x: Value, mode: str) -> None:
    if site.node.op.endswith("_aa"):
        site.note("resizing with antialiasing is counted as without")
    order = features_last(x.rank)
    arguments: tuple[Arg, ...] = (sizes(site.result.shape[2:], "size"),)
    site.emit(Call("resize", (site.moved(x, order),), arguments, (("mode", mode),)), order)


@rule("unfold")
def unfold(site: Site) -> None:
    """Windows of one axis; PyTorch puts the new axis last, the language behind the axis."""
    x = site.value("self")
    along = site.axis("dimension", x.rank)
    place = x.axes.index(along)
    arguments = (size(site.integer("size"), "kernel"), size(site.integer("step"), "stride"))
    call = Call("unfold", (site.ref(x),), arguments, (("axis", axis(place)),))
    site.emit(call, (*x.axes[: place + 1], x.rank, *x.axes[place + 1 :]))


@rule("im2col")
def im2col(site: Site) -> None:
    """Windows of an image: [n, c, y, x] to [n, c·ky·kx, windows]."""
    x, window = site.value("self"), _Window.of(site)
    if x.rank != 4:
        raise Refused("it has no batch")
    keywords = (*window.keywords(), *((("pad", by_side(window.pad, "pad")),) if any(window.pad) else ()))
    call = Call("unfold2d", (site.moved(x, features_last(4)),), (by_side(window.kernel, "kernel"),), keywords)
    shape = (*x.shape[:2], *window.kernel, *window.places(x.shape[2:]))
    reshaped(site, site.emit(call, PARTED, shape, f"{site.node.name}.w"), site.result.shape)


@rule("col2im")
def col2im(site: Site) -> None:
    """An image of windows that overlap: [n, c·ky·kx, windows] to [n, c, y, x]."""
    x, window, size_of = site.value("self"), _Window.of(site), site.integers("output_size")
    if x.rank != 3:
        raise Refused("it has no batch")
    places, (n, c) = window.places(size_of), site.result.shape[:2]
    parted = viewed(site, x, (n, c, *window.kernel, *places), f"{site.node.name}.w")
    made = [
        stride * (count - 1) + dilation * (kernel - 1) + 1 - 2 * pad
        for stride, count, dilation, kernel, pad in zip(
            window.stride, places, window.dilation, window.kernel, window.pad, strict=True
        )
    ]
    rest = [whole - one for whole, one in zip(size_of, made, strict=True)]
    keywords = [*window.keywords(), *([("pad", by_side(window.pad, "pad"))] if any(window.pad) else [])]
    if any(rest):
        keywords.append(("output_pad", by_side(rest, "output_pad")))
    site.emit(Call("fold2d", (site.moved(parted, PARTED),), (), tuple(keywords)), features_last(4))


PARTED = (0, 4, 5, 2, 3, 1)
"""[n, c, ky, kx, y, x] as the library has it: [n, y, x, ky, kx, c]."""


@dataclass(frozen=True, slots=True)
class _Window:
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    pad: tuple[int, ...]
    dilation: tuple[int, ...]

    @classmethod
    def of(cls, site: Site) -> _Window:
        given = (site.integers(name) for name in ("kernel_size", "stride", "padding", "dilation"))
        return cls(*(one * 2 if len(one) == 1 else one for one in given))

    def places(self, image: tuple[int, ...]) -> tuple[int, ...]:
        """How many windows fit on each side of an image."""
        reach = [dilation * (kernel - 1) + 1 for dilation, kernel in zip(self.dilation, self.kernel, strict=True)]
        padded = [side + 2 * pad for side, pad in zip(image, self.pad, strict=True)]
        return tuple((one - two) // step + 1 for one, two, step in zip(padded, reach, self.stride, strict=True))

    def keywords(self) -> tuple[tuple[str, Arg], ...]:
        """Stride and dilation where they are not 1."""
        given = {"stride": self.stride, "dilation": self.dilation}
        return tuple((word, by_side(one, word)) for word, one in given.items() if any(number != 1 for number in one))


@rule("grid_sampler", "grid_sampler_2d", "grid_sampler_3d")
def grid_sampler(site: Site) -> None:
    """An image read at places between its pixels."""
    x, grid = site.value("input"), site.value("grid")
    site.understood("padding_mode", "align_corners")
    if site.integer("interpolation_mode") != 0 or x.rank != 4:
        raise Refused("only places between four pixels have words in the language")
    call = Call("grid_sample", (site.moved(x, features_last(4)), site.plain(grid)))
    site.emit(call, features_last(4))
