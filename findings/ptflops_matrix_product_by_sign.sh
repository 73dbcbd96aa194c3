#!/usr/bin/env bash
# ptflops, backend pytorch, counts a matrix product that is called by its name and not the same one written with `@`.
#
# Seen with ptflops 0.7.5 and torch 2.13.0 (2.15.0 says the same): 7 x 12 numbers times 12 x 9 are 756 multiply-accumulates.
# It replaces torch.matmul and Tensor.matmul while it counts; `@` calls Tensor.__matmul__, which it does not replace, nor
# does it replace F.linear and torch.einsum. It says 0 for these and does not warn.
#
# Run: bash findings/ptflops_matrix_product_by_sign.sh    (installs into a folder of its own, which it removes; exits with 1 if this has changed)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 ptflops==0.7.5

cat > "$folder/shown.py" <<'PYTHON'
import torch
from ptflops import get_model_complexity_info


class Map(torch.nn.Module):
    def __init__(self, product):
        super().__init__()
        self.W = torch.nn.Parameter(torch.rand(12, 9))
        self.product = product

    def forward(self, x):
        return self.product(x, self.W)


for name, product in {
    "x @ W                 ": lambda x, W: x @ W,
    "torch.matmul(x, W)    ": lambda x, W: torch.matmul(x, W),
    "x.matmul(W)           ": lambda x, W: x.matmul(W),
    "F.linear(x, W.T)      ": lambda x, W: torch.nn.functional.linear(x, W.T),
    "einsum bti,io->bto    ": lambda x, W: torch.einsum("bti,io->bto", x, W),
}.items():
    macs, _ = get_model_complexity_info(
        Map(product), (7, 12), as_strings=False, print_per_layer_stat=False, backend="pytorch"
    )
    print(name, macs)
PYTHON

cat > "$folder/seen.txt" <<'SEEN'
x @ W                  0
torch.matmul(x, W)     756
x.matmul(W)            756
F.linear(x, W.T)       0
einsum bti,io->bto     0
SEEN

"$folder/env/bin/python" -W ignore "$folder/shown.py" | tee "$folder/now.txt"
diff "$folder/seen.txt" "$folder/now.txt"
