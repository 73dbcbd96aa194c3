#!/usr/bin/env bash
# What a block under PyTorch's checkpoint costs depends on what ends it: 3, 3.5 or 4 forward passes instead of 4.
#
# Seen with torch 2.13.0: recomputation without re-entrance stops as soon as the last tensor that was saved is there
# again (`early_stop`, on unless set_checkpoint_early_stop(False)). What a linear layer saves, its input, is there before
# it is performed, so that the last one of a block is left out: one layer alone costs 3 forward passes, as without
# checkpoint, two layers with relu between them 3.5. A gelu or a softmax behind them, which saves the last product or
# what is made of it, brings the whole forward pass back: 4, the figure that papers count with (8 instead of 6 FLOPs for
# each parameter and token).
#
# Run: bash findings/checkpoint_stops_before_the_last_layer.sh    (installs into a folder of its own, which it removes; exits with 1 if this has changed)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6

cat > "$folder/shown.py" <<'PYTHON'
import torch
from torch.nn import GELU, Linear, ReLU, Sequential, Softmax
from torch.utils.checkpoint import checkpoint, set_checkpoint_early_stop
from torch.utils.flop_counter import FlopCounterMode

BLOCKS = {
    "Linear": Linear(8, 8),
    "Linear, ReLU, Linear": Sequential(Linear(8, 8), ReLU(), Linear(8, 8)),
    "Linear, ReLU, Linear, GELU": Sequential(Linear(8, 8), ReLU(), Linear(8, 8), GELU()),
    "Linear, Softmax": Sequential(Linear(8, 8), Softmax(-1)),
}


def counted(work):
    with FlopCounterMode(display=False) as mode:
        work()
    return mode.get_total_flops()


for name, block in BLOCKS.items():
    x = torch.rand(4, 8, requires_grad=True)
    forward = counted(lambda: block(x))
    passes = []
    for early in (True, False):
        with set_checkpoint_early_stop(early):
            both = counted(lambda: checkpoint(block, x, use_reentrant=False).sum().backward())
        passes.append(both / forward)
    print(f"{name:<28} {passes[0]} forward passes, {passes[1]} without stopping early")
PYTHON

cat > "$folder/seen.txt" <<'SEEN'
Linear                       3.0 forward passes, 4.0 without stopping early
Linear, ReLU, Linear         3.5 forward passes, 4.0 without stopping early
Linear, ReLU, Linear, GELU   4.0 forward passes, 4.0 without stopping early
Linear, Softmax              4.0 forward passes, 4.0 without stopping early
SEEN

"$folder/env/bin/python" -W ignore "$folder/shown.py" | tee "$folder/now.txt"
diff "$folder/seen.txt" "$folder/now.txt"
