"""Images and sequences of another size, and their windows under axes of their own."""

from __future__ import annotations

from symcost.importing.aten.convolutions import by_side
from symcost.importing.aten.registry import rule
from symcost.importing.aten.translation import Refused, Site
from symcost.importing.aten.values import axis, features_last, size, sizes
from symcost.importing.aten.views import reshaped
from symcost.importing.program import Arg, Call

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
    """By a whole factor, or to any other size; where corners stand and what smooths before shrinking is not counted."""
    site.understood(
        "output_size", "align_corners", "scale_factors", "scales", "scales_h", "scales_w", "scales_d", "size"
    )
    x = site.value("input" if "input" in site.node.args else "self")
    name = site.node.op.removeprefix("aten.").removesuffix("_aa").replace("_upsample_", "upsample__", 1)
    name = name.replace("upsample__bi", "upsample_bi")
    before, after, order = x.shape[2:], site.result.shape[2:], features_last(x.rank)
    factors = {then / now for now, then in zip(before, after, strict=True)}
    factor = max(factors)
    if before == after:
        site.alias(x)
    elif name in WHOLE and len(factors) == 1 and factor == int(factor):
        site.emit(Call(WHOLE[name], (site.moved(x, order),), (size(int(factor), "scale"),)), order)
    else:
        mode = MODES[name.removeprefix("upsample_")[:-2]]
        if site.node.op.endswith("_aa"):
            site.note("resizing with antialiasing is counted as without")
        arguments: tuple[Arg, ...] = (sizes(after, "size"),)
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
    x = site.value("self")
    if x.rank != 4:
        raise Refused("it has no batch")
    kernel, stride, pad, dilation = (site.integers(name) for name in ("kernel_size", "stride", "padding", "dilation"))
    n, channels = x.shape[:2]
    rows, columns = (
        (x.shape[2 + side] + 2 * _of(pad, side) - _of(dilation, side) * (_of(kernel, side) - 1) - 1)
        // _of(stride, side) + 1
        for side in (0, 1)
    )  # fmt: skip
    keywords: list[tuple[str, Arg]] = []
    for word, numbers, default in (("stride", stride, 1), ("pad", pad, 0), ("dilation", dilation, 1)):
        if any(one != default for one in numbers):
            keywords.append((word, by_side(numbers, word)))
    call = Call("unfold2d", (site.moved(x, features_last(4)),), (by_side(kernel, "kernel"),), tuple(keywords))
    shape = (n, channels, _of(kernel, 0), _of(kernel, 1), rows, columns)
    windows = site.emit(call, (0, 4, 5, 2, 3, 1), shape, f"{site.node.name}.w")
    reshaped(site, windows, site.result.shape)


def _of(numbers: tuple[int, ...], side: int) -> int:
    return numbers[side] if len(numbers) > 1 else numbers[0]
