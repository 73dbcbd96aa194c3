"""Images and sequences of another size."""

from __future__ import annotations

from symcost.importing.aten.registry import rule
from symcost.importing.aten.translation import Refused, Site
from symcost.importing.aten.values import Value, features_last, size
from symcost.importing.program import Call

NEAREST = {"upsample_nearest1d": "upsample1d", "upsample_nearest2d": "upsample2d"}
LINEAR = {"upsample_linear1d": "upsample_linear1d", "upsample_bilinear2d": "upsample_bilinear2d"}


OTHERS = """
upsample_bicubic2d _upsample_bicubic2d_aa _upsample_bilinear2d_aa upsample_nearest3d upsample_trilinear3d
_upsample_nearest_exact1d _upsample_nearest_exact2d
""".split()


@rule(*NEAREST, *LINEAR, *OTHERS)
def upsample(site: Site) -> None:
    """By a whole factor: layers of the library."""
    site.understood("output_size", "align_corners", "scale_factors", "scales", "scales_h", "scales_w", "size")
    x = site.value("input" if "input" in site.node.args else "self")
    name = site.node.op.removeprefix("aten.")
    before, after = x.shape[2:], site.result.shape[2:]
    if before == after:
        site.alias(x)
        return
    known = {**NEAREST, **LINEAR}.get(name.replace("_exact", "").lstrip("_"))
    factors = {then / now for now, then in zip(before, after, strict=True)}
    factor = factors.pop()
    if known is None or factors or factor != int(factor):
        raise Refused("its factor or its interpolation has no words in the language")
    _by(site, x, known, int(factor))


def _by(site: Site, x: Value, name: str, factor: int) -> None:
    order = features_last(x.rank)
    site.emit(Call(name, (site.moved(x, order),), (size(factor, "scale"),)), order)
