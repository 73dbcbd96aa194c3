#!/usr/bin/env bash
# PyTorch's FlopCounterMode counts no FLOPs for attention on a CPU, and all of them on the meta device; the same for LSTM
# without gradients.
#
# Seen with torch 2.13.0 (2.14.1 says the same): 4 heads, 10 queries and keys of 6 numbers are 2·4·10·10·6 = 4800
# multiply-accumulates, 9600 FLOPs. On a CPU scaled_dot_product_attention becomes
# aten::_scaled_dot_product_flash_attention_for_cpu, and an LSTM becomes mkldnn_rnn_layer: the counter has no formula for
# either, says 0 and does not warn. On meta they are taken apart into bmm and mm, which count. So a transformer that is
# counted where it runs may come out with its linear maps alone.
#
# Run: bash findings/flop_counter_attention_on_cpu.sh    (installs into a folder of its own, which it removes; exits with 1 if this has changed)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6

cat > "$folder/shown.py" <<'PYTHON'
import torch
from torch.nn.functional import scaled_dot_product_attention
from torch.utils.flop_counter import FlopCounterMode


def counted(product):
    with torch.no_grad(), FlopCounterMode(display=False) as mode:
        product()
    return mode.get_total_flops()


for device in ("cpu", "meta"):
    q = torch.zeros(1, 4, 10, 6, device=device)
    lstm = torch.nn.LSTM(5, 6, device=device)
    x = torch.zeros(7, 1, 5, device=device)
    print(f"attention on {device:5}", counted(lambda: scaled_dot_product_attention(q, q, q)))
    print(f"LSTM on {device:10}", counted(lambda: lstm(x)))
PYTHON

cat > "$folder/seen.txt" <<'SEEN'
attention on cpu   0
LSTM on cpu        0
attention on meta  9600
LSTM on meta       3696
SEEN

"$folder/env/bin/python" -W ignore "$folder/shown.py" | tee "$folder/now.txt"
diff "$folder/seen.txt" "$folder/now.txt"
