#!/usr/bin/env bash
# ptflops, backend pytorch, counts the attention inside of nn.MultiheadAttention twice, if the layer is asked for its
# weights, which is its default.
#
# Seen with ptflops 0.7.5 and torch 2.13.0 (2.15.0 says the same): 7 steps, 12 channels, 3 heads. By its formula the layer
# has 5775: projections 4*7*12*12, their biases 4*7*12, the scaled queries 7*12, attention 2*7*7*12 and softmax 3*7*7.
# With need_weights=True PyTorch calls torch.baddbmm or torch.bmm and softmax, which ptflops counts as functions once
# more: 2*7*7*12 + 3*7*7 = 1323 on top, 7098.
#
# Run: bash findings/ptflops_attention_twice.sh    (installs into a folder of its own, which it removes; exits with 1 if this has changed)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 ptflops==0.7.5

cat > "$folder/shown.py" <<'PYTHON'
import torch
from ptflops import get_model_complexity_info


class Attention(torch.nn.Module):
    def __init__(self, need_weights):
        super().__init__()
        self.layer = torch.nn.MultiheadAttention(12, 3, batch_first=True)
        self.need_weights = need_weights

    def forward(self, x):
        return self.layer(x, x, x, need_weights=self.need_weights)[0]


for need_weights in (False, True):
    macs, _ = get_model_complexity_info(
        Attention(need_weights), (7, 12), as_strings=False, print_per_layer_stat=False, backend="pytorch"
    )
    print(f"need_weights={need_weights}:", macs)
PYTHON

cat > "$folder/seen.txt" <<'SEEN'
need_weights=False: 5775
need_weights=True: 7098
SEEN

"$folder/env/bin/python" -W ignore "$folder/shown.py" | tee "$folder/now.txt"
diff "$folder/seen.txt" "$folder/now.txt"
