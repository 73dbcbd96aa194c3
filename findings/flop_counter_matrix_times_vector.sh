#!/usr/bin/env bash
# PyTorch's FlopCounterMode counts no FLOPs for a matrix times a vector, and all of them for the same product
# written from the other side.
#
# Seen with torch 2.13.0 (2.14.1 and 2.15.0 say the same): 9 x 12 numbers times 12 numbers are 108 multiply-accumulates,
# 216 FLOPs. `W @ x` becomes aten::mv and `x @ x` aten::dot, for which the counter has no formula; it says 0 and does not
# warn. `x @ W.T`, a column instead of a vector, and torch.einsum become mm and bmm, and count.
#
# Run: bash findings/flop_counter_matrix_times_vector.sh    (installs into a folder of its own, which it removes; exits with 1 if this has changed)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6

cat > "$folder/shown.py" <<'PYTHON'
import torch
from torch.utils.flop_counter import FlopCounterMode

W, x = torch.rand(9, 12), torch.rand(12)


def counted(product):
    with FlopCounterMode(display=False) as mode:
        product()
    return mode.get_total_flops()


print("W @ x            ", counted(lambda: W @ x))
print("x @ W.T          ", counted(lambda: x @ W.T))
print("W @ x[:, None]   ", counted(lambda: W @ x[:, None]))
print("x @ x            ", counted(lambda: x @ x))
print("einsum oi,i->o   ", counted(lambda: torch.einsum("oi,i->o", W, x)))
PYTHON

cat > "$folder/seen.txt" <<'SEEN'
W @ x             0
x @ W.T           216
W @ x[:, None]    216
x @ x             0
einsum oi,i->o    216
SEEN

"$folder/env/bin/python" -W ignore "$folder/shown.py" | tee "$folder/now.txt"
diff "$folder/seen.txt" "$folder/now.txt"
