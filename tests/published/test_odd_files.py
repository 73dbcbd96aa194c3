"""Files as they lie about: of old versions, of fine-tunes, and broken ones: the right number or a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import symcost
from symcost.errors import DuplicateName, SymcostError, UnreadKey

LLAMA = {
    "architectures": ["LLaMAForCausalLM"], "bos_token_id": 0, "eos_token_id": 1, "hidden_act": "silu",
    "hidden_size": 4096, "intermediate_size": 11008, "initializer_range": 0.02, "max_sequence_length": 2048,
    "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 32, "pad_token_id": -1,
    "rms_norm_eps": 1e-06, "torch_dtype": "float16", "transformers_version": "4.27.0.dev0", "use_cache": True,
    "vocab_size": 32000,
}  # fmt: skip
"""The first conversion of LLaMA, whose class was called otherwise."""

OLD = {
    "llama, version 4.31": (
        {**LLAMA, "architectures": ["LlamaForCausalLM"], "max_position_embeddings": 4096, "max_sequence_length": None,
         "num_key_value_heads": 32, "pretraining_tp": 1, "rope_scaling": None, "tie_word_embeddings": False},
        6_738_415_616,
    ),
    "llama, angles in two keys": (
        {**LLAMA, "architectures": ["LlamaForCausalLM"], "max_sequence_length": None, "rope_theta": 10000.0,
         "rope_scaling": {"factor": 8.0, "type": "linear"}},
        6_738_415_616,
    ),
    "pythia-70m, version 4.24": (
        {"architectures": ["GPTNeoXForCausalLM"], "bos_token_id": 0, "eos_token_id": 0, "hidden_act": "gelu",
         "hidden_size": 512, "initializer_range": 0.02, "intermediate_size": 2048, "layer_norm_eps": 1e-05,
         "max_position_embeddings": 2048, "model_type": "gpt_neox", "num_attention_heads": 8, "num_hidden_layers": 6,
         "rotary_emb_base": 10000, "rotary_pct": 0.25, "tie_word_embeddings": False, "torch_dtype": "float16",
         "transformers_version": "4.24.0", "use_cache": True, "use_parallel_residual": True, "vocab_size": 50304},
        70_426_624,  # as its card says
    ),
    "phi-2, version 4.37": (
        {"architectures": ["PhiForCausalLM"], "attention_dropout": 0.0, "embd_pdrop": 0.0, "hidden_act": "gelu_new",
         "hidden_size": 2560, "intermediate_size": 10240, "layer_norm_eps": 1e-05, "max_position_embeddings": 2048,
         "model_type": "phi", "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 32,
         "partial_rotary_factor": 0.4, "qk_layernorm": False, "resid_pdrop": 0.1, "rope_scaling": None,
         "rope_theta": 10000.0, "tie_word_embeddings": False, "vocab_size": 51200},
        2_779_683_840,
    ),
}  # fmt: skip
"""What is said of old versions, and the published number of parameters."""


@pytest.mark.parametrize("name", OLD)
def test_files_of_old_versions(name: str) -> None:
    """Before angles stood in `rope_parameters`."""
    entries, parameters = OLD[name]
    assert symcost.from_config(entries).params() == parameters


def test_a_file_that_names_no_class() -> None:
    """`[]` as a fine-tune may have it names none, as `null` does."""
    for told in ([], None):
        entries = {**LLAMA, "architectures": told, "max_sequence_length": None}
        assert symcost.from_config(entries).params() == 6_738_415_616


def test_the_first_name_of_a_class_is_refused() -> None:
    """The library knows `LLaMAForCausalLM` no more; the report says what it is called."""
    with pytest.raises(SymcostError, match="LLaMAForCausalLM") as caught:
        symcost.from_config(LLAMA)
    assert 'write `"architectures": ["LlamaForCausalLM"]`' in str(caught.value)


@pytest.mark.parametrize(
    ("entries", "key"),
    [
        ({"medusa_num_heads": 4}, "medusa_num_heads"),
        ({"n_future_tokens": 4}, "n_future_tokens"),
        ({"adapter_layers": [1, 2]}, "adapter_layers"),
        ({"expert_model": {"hidden_size": 5}}, "expert_model"),
    ],
)
def test_what_a_fine_tune_added_is_refused(entries: dict[str, Any], key: str) -> None:
    """Code that comes with a checkpoint may build something of it."""
    with pytest.raises(UnreadKey, match=f"`{key}`"):
        symcost.from_config({"model_type": "llama", **entries})


def test_what_tools_add_is_harmless() -> None:
    """Who trained it, with what, and how texts are written."""
    added = {
        "_name_or_path": "./out", "unsloth_version": "2024.9", "use_cache": False, "torch_dtype": "bfloat16",
        "max_length": 4096, "temperature": 0.6, "pad_token_id": 32000, "attn_implementation": "flash_attention_2",
    }  # fmt: skip
    assert symcost.from_config({"model_type": "llama", **added}).params() == 6_738_415_616


BROKEN = [
    '{"model_type": "llama", "hidden_size": "4096"}', '{"model_type": "llama", "hidden_size": [4096]}',
    '{"model_type": "llama", "hidden_size": {"a": 4096}}', '{"model_type": "llama", "hidden_size": true}',
    '{"model_type": "llama", "hidden_size": null}', '{"model_type": "llama", "hidden_size": NaN}',
    '{"model_type": "llama", "hidden_size": Infinity}', '{"model_type": "llama", "hidden_size": -4096}',
    '{"model_type": "llama", "hidden_size": 0}', '{"model_type": "llama", "hidden_size": 4096.5}',
    '{"model_type": "llama", "tie_word_embeddings": "yes"}', '{"model_type": "llama", "tie_word_embeddings": 1}',
    '{"model_type": "llama", "hidden_act": 3}', '{"model_type": "llama", "hidden_act": "no_such"}',
    '{"model_type": "llama", "num_hidden_layers": "32"}', '{"model_type": "llama", "num_hidden_layers": 1.5}',
    '{"model_type": "llama", "num_key_value_heads": 0}', '{"model_type": "llama", "num_key_value_heads": 5}',
    '{"model_type": "llama", "rope_scaling": 3}', '{"model_type": "llama", "architectures": 3}',
    '{"model_type": "llama", "architectures": "LlamaForCausalLM "}', '{"model_type": 3}', '{"model_type": null}',
    '{"model_type": ["llama"]}', '{"model_type": "llama\\u0000"}', '{"model_type": "../types/llama"}', "[]", "{}", "3",
    '{"model_type": "llama"', '{"model_type": "llama",}', "", "null", '"llama"',
    '{"model_type": "mixtral", "num_experts_per_tok": 9}', '{"model_type": "mixtral", "num_local_experts": 0}',
    '{"model_type": "gemma3_text", "layer_types": []}', '{"model_type": "qwen3_next", "layer_types": "no_such"}',
    '{"model_type": "qwen3", "num_hidden_layers": 1e9, "layer_types": ["full_attention"]}',
    '{"model_type": "llama", "num_hidden_layers": ' + "9" * 5000 + "}",
    '{"model_type": "llama", "hidden_size": 1e999999999}',
    '{"model_type": "llama", "x": ' + "[" * 100_000 + "]" * 100_000 + "}",
    '{"model_type": "llama", "rope_scaling": ' + '{"a":' * 5000 + "1" + "}" * 5000 + "}",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN, ids=lambda text: text[:60])
def test_broken_files_end_in_a_report(text: str, tmp_path: Path) -> None:
    """None has a number."""
    file = tmp_path / "config.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SymcostError):
        symcost.from_config(file).params()


def test_a_key_twice(tmp_path: Path) -> None:
    """Which is meant, nobody can tell; also in a table inside."""
    for text in ('{"model_type": "llama", "hidden_size": 4096, "hidden_size": 2048}',
                 '{"model_type": "llama", "rope_scaling": {"factor": 2, "factor": 4}}'):  # fmt: skip
        file = tmp_path / "config.json"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(DuplicateName):
            symcost.from_config(file)


def test_the_same_as_a_dictionary() -> None:
    """Whole numbers written as fractions are whole."""
    assert symcost.from_config(json.loads('{"model_type": "llama", "hidden_size": 4096.0}')).params() == 6_738_415_616
