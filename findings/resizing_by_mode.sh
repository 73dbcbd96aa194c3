#!/usr/bin/env bash
# What resizing costs depends on the tool and the mode: from 0 to 259 operations for the same number of pixels.
#
# Seen with torch 2.13.0, thop 0.1.1.post2209072238 and fvcore 0.1.5.post20221221: six channels become 15 x 9 pixels, 810
# numbers. thop counts 1, 11 and 259 for each of them (nearest, bilinear, bicubic), where four taps in each of two
# directions are about 14 operations, and nothing for nearest-exact, nor for a volume by trilinear. fvcore counts 4 for
# bilinear, and nothing for bicubic, for trilinear and for a sequence.
#
# Run: bash findings/resizing_by_mode.sh    (installs into a folder of its own, which it removes; exits with 1 if this has changed)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 \
    thop==0.1.1.post2209072238 fvcore==0.1.5.post20221221

cat > "$folder/shown.py" <<'PYTHON'
import logging

import torch
from fvcore.nn import FlopCountAnalysis
from thop import profile
from torch.nn import Sequential, Upsample

logging.disable(logging.WARNING)
SHAPES = {1: (1, 6, 10), 2: (1, 6, 8, 10), 3: (1, 6, 4, 8, 10)}
SIZES = {1: 15, 2: (15, 9), 3: (5, 9, 7)}
for axes, mode in (
    (1, "nearest"), (1, "linear"), (2, "nearest"), (2, "nearest-exact"), (2, "bilinear"), (2, "bicubic"),
    (3, "nearest"), (3, "trilinear"),
):
    layer, x = Sequential(Upsample(SIZES[axes], mode=mode)).eval(), torch.rand(SHAPES[axes])
    numbers = layer(x).numel()
    by_thop, by_fvcore = profile(layer, (x,), verbose=False)[0], FlopCountAnalysis(layer, x).total()
    print(f"{axes} {mode}: thop {by_thop / numbers:g}, fvcore {by_fvcore / numbers:g}")
PYTHON

cat > "$folder/seen.txt" <<'SEEN'
1 nearest: thop 1, fvcore 0
1 linear: thop 5, fvcore 0
2 nearest: thop 1, fvcore 1
2 nearest-exact: thop 0, fvcore 0
2 bilinear: thop 11, fvcore 4
2 bicubic: thop 259, fvcore 0
3 nearest: thop 1, fvcore 0
3 trilinear: thop 0, fvcore 0
SEEN

"$folder/env/bin/python" -W ignore "$folder/shown.py" | tee "$folder/now.txt"
diff "$folder/seen.txt" "$folder/now.txt"
