#!/usr/bin/env bash
# transformers 5.24.0: the code books of neural audio codecs are parameters in one of them and buffers in two.
#
# A code book is what a codec learns to say a sound by; whether a parameter count holds it depends on how it is learned.
# Descript's codec (DAC) learns it by gradients: its code books are parameters. EnCodec and Mimi move them along as means of
# what came near: theirs are buffers, with as many numbers again for those means, and no count of parameters has them:
#
#             parameters     buffers   code books among the parameters, the buffers
#   EnCodec   14 851 810   8 421 504             0   4 194 304 (32 of 1024 × 128; as many again are means)
#   Mimi      79 308 609  16 842 987             0  16 777 216 (32 of 2048 × 256)
#   DAC       76 620 777           0        73 728   0         ( 9 of 1024 × 8)
#
# Who compares codecs by their parameters leaves 22 % of EnCodec out. Exits non-zero if one of these numbers changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 transformers==5.24.0
cd "$folder"
venv/bin/python - <<'PYTHON'
import torch
from transformers import AutoModel, CONFIG_MAPPING

BOOKS = {"encodec": ".codebook.embed", "mimi": ".codebook.embed_sum", "dac": ".codebook.weight"}
counted = {}
for kind, ending in BOOKS.items():
    with torch.device("meta"):
        model = AutoModel.from_config(CONFIG_MAPPING[kind]())
    parameters, buffers = dict(model.named_parameters()), dict(model.named_buffers())
    row = [sum(t.numel() for t in tensors.values()) for tensors in (parameters, buffers)]
    row += [sum(t.numel() for n, t in tensors.items() if n.endswith(ending)) for tensors in (parameters, buffers)]
    counted[kind] = row
    print(kind, *row)
assert counted == {
    "encodec": [14851810, 8421504, 0, 4194304],
    "mimi": [79308609, 16842987, 0, 16777216],
    "dac": [76620777, 0, 73728, 0],
}
PYTHON
