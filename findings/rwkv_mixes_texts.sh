#!/usr/bin/env bash
# RWKV in transformers mixes texts that stand side by side, as soon as each goes on with one token.
#
# Seen with transformers 5.24.0 and torch 2.13.0: two texts of two tokens are read with a state, and go on with one token
# each. The scores have shape (2, 2, vocabulary) where one token for each text makes (2, 1, vocabulary): the state of the
# last token, [texts, width], is broadcast against [texts, 1, width]. The step is computed twice as often as it is needed,
# and of the four rows the first alone is what reading all three tokens at once gives; the row of the second text, which
# `generate` goes on with, is none of them. One text by itself is right.
#
# Run: bash findings/rwkv_mixes_texts.sh    (installs into a folder of its own, which it removes; exits with 1 if this has changed)
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 transformers==5.24.0

cat > "$folder/shown.py" <<'PYTHON'
import torch
from transformers import RwkvConfig, RwkvForCausalLM

torch.manual_seed(0)
config = RwkvConfig(
    vocab_size=10, hidden_size=8, attention_hidden_size=8, intermediate_size=16, num_hidden_layers=2
)
model = RwkvForCausalLM(config).eval()
texts = torch.tensor([[1, 2, 3], [4, 5, 6]])
with torch.no_grad():
    at_once = model(texts).logits[:, -1]
    for name, some in (("both texts", texts), ("the first alone", texts[:1])):
        begun = model(some[:, :2], use_cache=True)
        step = model(some[:, 2:], state=begun.state, use_cache=True).logits
        right = [[bool(torch.allclose(row, at_once[text], atol=1e-5)) for row in step[text]] for text in range(len(some))]
        print(f"{name}: scores {tuple(step.shape)}, as at once: {right}")
PYTHON

cat > "$folder/seen.txt" <<'SEEN'
both texts: scores (2, 2, 10), as at once: [[True, False], [False, False]]
the first alone: scores (1, 1, 10), as at once: [[True]]
SEEN

"$folder/env/bin/python" -W ignore "$folder/shown.py" 2> /dev/null | tee "$folder/now.txt"
diff "$folder/seen.txt" "$folder/now.txt"
