#!/usr/bin/env bash
# transformers 5.24.0: whether Zamba2's attention blocks are shared depends on whether its words are tied.
#
# Zamba2 is made of Mamba layers with one attention block that comes back, the same weights each time: that is what the
# architecture is known for. In the library the copies become one by the same rule that ties the scores to the table of
# words. A configuration with `tie_word_embeddings: false` gets nine attention blocks instead of one, without a word:
#
#                                parameters   of which a second table of words
#   tie_word_embeddings true   2 481 848 336             0
#   tie_word_embeddings false  4 139 315 216    81 920 000
#
# So the flag costs 1.66 G parameters and not 0.08 G. Exits non-zero if one of these numbers changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0 numpy==2.4.6 transformers==5.24.0
cd "$folder"
venv/bin/python - <<'PYTHON'
import torch
from transformers import AutoModelForCausalLM, CONFIG_MAPPING

counted = {}
for tied in (True, False):
    config = CONFIG_MAPPING["zamba2"](tie_word_embeddings=tied)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    blocks = [layer.shared_transformer for layer in model.model.layers if hasattr(layer, "shared_transformer")]
    own = {id(block.self_attn.q_proj.weight) for block in blocks}
    counted[tied] = (sum(p.numel() for p in model.parameters()), len(blocks), len(own), model.lm_head.weight.numel())
    print(f"tied {tied}: parameters %d, places of the block %d, blocks of their own %d, a table of words %d" % counted[tied])
assert counted == {True: (2481848336, 9, 1, 81920000), False: (4139315216, 9, 9, 81920000)}, counted
PYTHON
