#!/usr/bin/env bash
# fvcore's FlopCountAnalysis counts 0 for a convolution whose padding is a word.
#
# Seen with fvcore 0.1.5.post20221221 and torch 2.13.0 (2.15.0 says the same): Conv2d(6, 9, 3) over 8 x 10 pixels, with
# padding=1 and padding="same" the same layer with the same result, 8*10*9*6*3*3 = 38880. With a word the trace has
# aten::_convolution_mode, which fvcore does not know: it counts 0 and names it among what it leaves out.
#
# Run: bash findings/fvcore_padding_by_word.sh    (installs into a folder of its own, which it removes; exits with 1 if this has changed)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 fvcore==0.1.5.post20221221

cat > "$folder/shown.py" <<'PYTHON'
import logging

import torch
from fvcore.nn import FlopCountAnalysis

logging.disable(logging.WARNING)
image = torch.rand(1, 6, 8, 10)
for padding in (1, "same", 0, "valid"):
    layer = torch.nn.Conv2d(6, 9, 3, padding=padding).eval()
    counted = FlopCountAnalysis(torch.nn.Sequential(layer), image)
    print(f"padding={padding!r}: {tuple(layer(image).shape)}", int(counted.total()), dict(counted.unsupported_ops()))
PYTHON

cat > "$folder/seen.txt" <<'SEEN'
padding=1: (1, 9, 8, 10) 38880 {}
padding='same': (1, 9, 8, 10) 0 {'aten::_convolution_mode': 1}
padding=0: (1, 9, 6, 8) 23328 {}
padding='valid': (1, 9, 6, 8) 0 {'aten::_convolution_mode': 1}
SEEN

"$folder/env/bin/python" -W ignore "$folder/shown.py" | tee "$folder/now.txt"
diff "$folder/seen.txt" "$folder/now.txt"
