"""Hybrids and indexers by what files say of them: patterns of letters, latent experts, layers that share.

Parameters, and multiply-accumulates at 128 tokens, are those of transformers 5.24.0 over torch 2.14.1 on the meta
device (half of what FlopCounterMode counts, eager attention).
"""

from __future__ import annotations

from typing import Any

import pytest

import symcost
from symcost.errors import NotDecoded, SymcostError

NEMOTRON: dict[str, Any] = {
    "model_type": "nemotron_h", "hidden_size": 64, "vocab_size": 100, "intermediate_size": 48, "mamba_num_heads": 4,
    "mamba_head_dim": 16, "n_groups": 2, "moe_intermediate_size": 24, "moe_shared_expert_intermediate_size": 20,
    "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16,
}  # fmt: skip
GLM: dict[str, Any] = {
    "model_type": "glm_moe_dsa", "hidden_size": 64, "vocab_size": 100, "num_hidden_layers": 7, "q_lora_rank": 16,
    "kv_lora_rank": 16, "intermediate_size": 48, "moe_intermediate_size": 24, "n_routed_experts": 4,
    "num_experts_per_tok": 2, "num_attention_heads": 4, "num_key_value_heads": 4,
}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "more", "params", "macs"),
    [
        (NEMOTRON, {"hybrid_override_pattern": "MEM*-ME"}, 231844, 60641536),
        (NEMOTRON, {"hybrid_override_pattern": "MEM*-ME", "moe_latent_size": 32}, 215460, 60903680),
        (NEMOTRON, {"hybrid_override_pattern": "MEM*-ME", "moe_latent_size": 32, "mlp_bias": True}, 215932, 60903680),
        # A list of kinds wins over letters; how many layers a file says there are is not asked then.
        (
            NEMOTRON,
            {"hybrid_override_pattern": "MM", "layers_block_type": ["moe", "mlp", "full_attention"]},
            59136,
            6455296,
        ),
        (NEMOTRON, {"hybrid_override_pattern": "M*", "num_hidden_layers": 5}, 73548, 22158080),
        # Every so many layers from an offset on has an indexer of its own.
        (GLM, {"index_topk_freq": 3}, 1180064, 583041024),
        (GLM, {"index_topk_freq": 2, "index_skip_topk_offset": 4}, 1332128, 737705984),
        (GLM, {"index_topk_pattern": "FSSFFSF"}, 1256096, 660373504),
        (GLM, {"indexer_types": ["full"] * 7, "index_topk_freq": 3}, 1484192, 892370944),
        (GLM, {"num_experts": 6, "n_routed_experts": 8}, 1521568, 892436480),
    ],
)
def test_a_file_is_read_as_the_library_reads_it(
    file: dict[str, Any], more: dict[str, Any], params: int, macs: int
) -> None:
    """Parameters and MACs."""
    model = symcost.from_config({**file, **more})
    assert (model.params(), model.at(T=128).macs()) == (params, macs)


@pytest.mark.parametrize(
    ("file", "more"),
    [
        (NEMOTRON, {"hybrid_override_pattern": "MXM"}),
        (NEMOTRON, {"hybrid_override_pattern": ["M", "E"]}),
        (NEMOTRON, {"moe_latent_size": 0}),
        (NEMOTRON, {"attention_head_dim": 8}),
        (GLM, {"index_topk_pattern": "FSSF"}),
        (GLM, {"index_topk_pattern": "FXSFFSF"}),
        ({"model_type": "qwen3_5"}, {"text_config": {"model_type": "qwen3_5_text", "attn_output_gate": False}}),
    ],
)
def test_what_is_not_understood_is_refused(file: dict[str, Any], more: dict[str, Any]) -> None:
    """Other letters, other lengths, and what the library does not read but says of another model."""
    with pytest.raises(SymcostError):
        symcost.from_config({**file, **more})


def test_a_state_does_not_grow() -> None:
    """The cache of Mamba 2 is its state and 4 inputs of its convolution, behind ten tokens or a thousand.

    64 layers of 128 heads with 64 channels of 128 numbers each; 8192 + 2·8·128 channels pass the convolution.
    """
    step = symcost.from_config({"model_type": "mamba2"}).step()
    kept = 64 * (128 * 64 * 128 + 4 * (8192 + 2 * 8 * 128))
    assert step.at(c=10).state() == step.at(c=1000).state() == kept
    assert step.at(c=10).macs() == step.at(c=1000).macs()
    text = symcost.from_config({"model_type": "mamba2"}).generate()
    assert text.at(T=10, n=5).state() == kept


@pytest.mark.parametrize("model_type", ["rwkv", "recurrent_gemma"])
def test_steps_that_nobody_compared_are_refused(model_type: str) -> None:
    """By name: in the library one mixes texts that stand side by side, the other keeps its states inside of layers."""
    with pytest.raises(NotDecoded, match=model_type):
        symcost.from_config({"model_type": model_type}).step()
