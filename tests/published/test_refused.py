"""What the library refuses, whatever an architecture makes of it: no such file has a number."""

from __future__ import annotations

from typing import Any

import pytest

import symcost
from symcost.errors import OtherArchitecture, OtherLength, UndividedHeads, UnsharedHeads


@pytest.mark.parametrize(
    "entries",
    [
        {"model_type": "llama", "num_attention_heads": 33},  # of a width of 4096, by default
        {"model_type": "llama", "hidden_size": 4100},
        {"model_type": "gemma2", "hidden_size": 2305, "head_dim": 256},  # though the width of a head is said
    ],
)
def test_heads_divide_the_width(entries: dict[str, Any]) -> None:
    """`validate_architecture` of transformers 5.24: "The hidden size is not a multiple of the number of heads"."""
    with pytest.raises(UndividedHeads):
        symcost.from_config(entries)


def test_heads_of_a_width_of_their_own() -> None:
    """Qwen3 has no such demand: 7 heads of 128 of a width of 4096 are built."""

    def parameters(heads: int) -> int:
        file = {"model_type": "qwen3", "num_attention_heads": heads, "num_key_value_heads": 1, "num_hidden_layers": 1}
        return int(symcost.from_config(file).params())

    assert parameters(8) - parameters(7) == 2 * 128 * 4096


@pytest.mark.parametrize(
    "entries",
    [
        {"model_type": "llama", "num_key_value_heads": 5},  # of 32 by default
        {"model_type": "mistral", "num_attention_heads": 16, "num_key_value_heads": 3},
        {"model_type": "llava", "text_config": {"model_type": "llama", "num_key_value_heads": 5}},
    ],
)
def test_heads_share_keys_equally(entries: dict[str, Any]) -> None:
    """32 heads cannot be shared out to 5: transformers 5.24 builds the model, and its first pass fails."""
    with pytest.raises(UnsharedHeads):
        symcost.from_config(entries)


@pytest.mark.parametrize("layers", [2, 4])
def test_a_list_has_an_item_for_each_layer(layers: int) -> None:
    """`validate_layer_type` of transformers 5.24, of a list that is read and of one that changes no count."""
    kinds = ["full_attention"] * 3
    for kind in ("qwen3", "gemma3_text"):
        symcost.from_config({"model_type": kind, "num_hidden_layers": 3, "layer_types": kinds})
        with pytest.raises(OtherLength):
            symcost.from_config({"model_type": kind, "num_hidden_layers": layers, "layer_types": kinds})


def test_scores_of_eurobert_with_biases_are_refused() -> None:
    """`mlp_bias` gives the layer of scores biases, too, in transformers 5.24; states have none."""
    file = {"model_type": "eurobert", "mlp_bias": True, "num_hidden_layers": 1}
    assert symcost.from_config({**file, "architectures": ["EuroBertModel"]}).params() > 0
    with pytest.raises(OtherArchitecture):
        symcost.from_config({**file, "architectures": ["EuroBertForMaskedLM"]})
