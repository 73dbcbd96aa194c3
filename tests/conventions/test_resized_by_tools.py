"""What four tools count for volumes, norms and images of another size, beside what is said of them here.

Measured with torch 2.13.0, fvcore 0.1.5.post20221221, thop 0.1.1.post2209072238 and ptflops 0.7.5; MACs of thop and
ptflops' own figures as they print them, FlopCounterMode's as it does.
"""

from __future__ import annotations

import pytest

import symcost

COUNTED = {
    # ours: what goes in, and pytorch, fvcore, thop, ptflops
    "resize(15)": ("[10, 6]", 0, 0, 90, 180),
    'resize(15, mode = "linear")': ("[10, 6]", 0, 0, 450, 180),
    "resize([15, 9])": ("[8, 10, 6]", 0, 810, 810, 1620),
    'resize([15, 9], mode = "nearest-exact")': ("[8, 10, 6]", 0, 0, 0, 1620),
    'resize([15, 9], mode = "bilinear")': ("[8, 10, 6]", 0, 3240, 8910, 1620),
    'resize([15, 9], mode = "bicubic")': ("[8, 10, 6]", 0, 0, 209790, 1620),
    "resize([5, 9, 7])": ("[4, 8, 10, 6]", 0, 0, 1890, 3780),
    'resize([5, 9, 7], mode = "trilinear")': ("[4, 8, 10, 6]", 0, 0, 0, 3780),
    "max_pool3d(2)": ("[4, 8, 10, 6]", 0, 0, 0, 3840),
    "avg_pool3d(2)": ("[4, 8, 10, 6]", 0, 0, 240, 3840),
    "adaptive_avg_pool3d(2)": ("[4, 8, 10, 6]", 0, 0, 1968, 3840),
    "global_avg_pool3d": ("[4, 8, 10, 6]", 0, 0, 1926, 3840),
    "global_max_pool3d": ("[4, 8, 10, 6]", 0, 0, 0, 3840),
    "ConvTranspose3d(4, 2, 2)": ("[4, 8, 10, 6]", 122880, 61440, None, 71680),
    "unfold2d(3)": ("[8, 10, 6]", 0, 0, 0, 0),
    "InstanceNorm1d": ("[10, 6]", 0, 240, 120, 60),
    "InstanceNorm2d": ("[8, 10, 6]", 0, 1920, 960, 480),
    "InstanceNorm2d(affine = true)": ("[8, 10, 6]", 0, 2400, 1920, 960),
    "InstanceNorm3d": ("[4, 8, 10, 6]", 0, 7680, 3840, 1920),
    "local_response_norm(5)": ("[8, 10, 6]", 0, 0, 0, None),
    "grid_sample(constant([5, 7, 2]))": ("[8, 16, 6]", 0, 840, 0, 0),
}


@pytest.mark.parametrize("ours", COUNTED)
@pytest.mark.parametrize("place", range(4))
def test_as_the_tools_count(ours: str, place: int) -> None:
    """Each figure, or a refusal where what a tool counts follows no rule."""
    shape, *figures = COUNTED[ours]
    convention = ("pytorch", "fvcore", "thop", "ptflops")[place]
    model = symcost.loads(f"model M(x: {shape}) {{ return x -> {ours} }}").model()
    if figures[place] is None:
        with pytest.raises(symcost.SymcostError, match=r"positions that come out|some twice"):
            model.flops(convention)
    else:
        assert model.flops(convention)() == figures[place]
