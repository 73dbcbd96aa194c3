#!/usr/bin/env bash
# SymPy 1.14.0: limits of remainders and of roundings that come and go.
#
# For a positive whole V, `V - Mod(V, 64)` grows like V, and `Mod(V, 64)` stays between 0 and 63. `limit` at infinity
# says otherwise, without a word of doubt, while the same numbers written as `64*floor(V/64)` have the right limit:
#
#   limit of V - Mod(V, 64)            0     (it grows without end)
#   limit of (V - Mod(V, 64))/V        0     (it is 1)
#   limit of Mod(V, 64)                oo    (it is never above 63)
#   limit of ceiling(V/2) - floor(V/2) 1     (0 and 1 by turns: there is none)
#   limit of 64*floor(V/64)/V          1     (right)
#
# Who asks SymPy how a padded vocabulary or a rounded width grows gets a wrong order; write floors, or bound the
# remainder first. Exits non-zero if one of these answers changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet sympy==1.14.0
"$folder/venv/bin/python" - <<'PYTHON'
from sympy import Mod, ceiling, floor, limit, oo, symbols

V = symbols("V", integer=True, positive=True)
answers = {
    "V - Mod(V, 64)": limit(V - Mod(V, 64), V, oo),
    "(V - Mod(V, 64))/V": limit((V - Mod(V, 64)) / V, V, oo),
    "Mod(V, 64)": limit(Mod(V, 64), V, oo),
    "ceiling(V/2) - floor(V/2)": limit(ceiling(V / 2) - floor(V / 2), V, oo),
    "64*floor(V/64)/V": limit(64 * floor(V / 64) / V, V, oo),
}
for text, answer in answers.items():
    print(f"limit of {text}: {answer}")
assert list(answers.values()) == [0, 0, oo, 1, 1]
PYTHON
