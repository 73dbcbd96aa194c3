"""What families do that one would not expect of their files: each truth was seen in transformers 5.24."""

from __future__ import annotations

from typing import Any

import pytest

import symcost
from symcost.errors import OtherArchitecture

ZAMBA2 = {
    "model_type": "zamba2",
    "hidden_size": 256,
    "num_hidden_layers": 4,
    "layers_block_type": ["mamba", "hybrid", "mamba", "hybrid"],
}
GEMMA4 = {
    "model_type": "gemma4_text",
    "num_hidden_layers": 6,
    "layer_types": ["sliding_attention"] * 5 + ["full_attention"],
}


def params(config: dict[str, Any]) -> int:
    return int(symcost.from_config(config).params())


def macs(config: dict[str, Any], **sizes: int) -> int:
    return int(symcost.from_config(config).macs(**sizes))


@pytest.mark.slow
def test_blocks_of_zamba2_are_shared_and_their_adapters_are_not() -> None:
    """A block that is used twice counts once: 3·2D·2D of attention, 2D·D behind it, 12·D·D of what follows."""
    once = {**ZAMBA2, "layers_block_type": ["mamba", "hybrid", "mamba", "mamba"]}
    adapter = 256 * 128 + 128 * 2 * 1024
    assert params(ZAMBA2) - params(once) == adapter + 256 * 256
    twice = {**ZAMBA2, "num_mem_blocks": 2}
    assert params(twice) - params(ZAMBA2) == 3 * 512 * 512 + 512 * 256 + 3 * 256 * 1024 + 512 + 256


def test_blocks_of_zamba2_are_shared_only_where_words_are() -> None:
    """The library ties both or neither: a file with `tie_word_embeddings` false is another model."""
    with pytest.raises(OtherArchitecture):
        symcost.from_config({**ZAMBA2, "tie_word_embeddings": False})


def test_layers_of_gemma4_take_the_keys_of_others() -> None:
    """Layers that share have no keys nor values: 2·D·kv·d weights, and two norms (one without weights), fewer each."""
    kinds = ["sliding_attention", "full_attention"] * 3
    alone, shared = ({**GEMMA4, "layer_types": kinds, "num_kv_shared_layers": n} for n in (0, 2))
    assert params(alone) - params(shared) == 2 * 2304 * 4 * (256 + 512) + 256 + 512


def test_layers_of_gemma4_may_have_widths_of_their_own() -> None:
    """A saved file says of each layer that sees everything how wide its heads are; an older one says it once."""
    saved = {**GEMMA4, "per_layer_config": {"05": {"head_dim": 384}}}
    assert params(saved) == params({**GEMMA4, "global_head_dim": 384})


@pytest.mark.parametrize("table", [{"9": {"head_dim": 384}}, {"5": {"sliding_window": 3}}, {"full": {}}, {"5": 384}])
def test_what_a_layer_says_is_read_or_refused(table: dict[str, Any]) -> None:
    """Of a layer that is none, or of something that nobody reads, nothing is counted."""
    with pytest.raises(symcost.SymcostError, match=r"expected (the numbers of|tables that say)"):
        symcost.from_config({**GEMMA4, "per_layer_config": table})


def test_windows_of_longformer_are_one_number_or_a_list() -> None:
    """Published files have a list; the longest window says how far a text is filled up."""
    number, many = ({"model_type": "longformer", "num_hidden_layers": 2, "attention_window": w} for w in (64, [64, 64]))
    assert macs(number, T=100) == macs(many, T=100)


def test_a_text_of_longformer_is_filled_up() -> None:
    """100 tokens cost as much as 128, where windows have 64."""
    config = {"model_type": "longformer", "num_hidden_layers": 2, "attention_window": 64}
    assert macs(config, T=100) == macs(config, T=128)


def test_the_head_of_xlstm_is_never_tied() -> None:
    """Whatever the file says: the library has a map of its own."""
    config = {"model_type": "xlstm", "num_hidden_layers": 1}
    assert params({**config, "tie_word_embeddings": True}) == params(config)


@pytest.mark.slow
def test_code_books_are_learned_in_one_codec_and_stored_in_others() -> None:
    """A row more in each of 2 books of 8 channels are 16 parameters of DAC, and none of EnCodec."""
    dac = {"model_type": "dac", "n_codebooks": 2}
    assert params({**dac, "codebook_size": 1025}) - params(dac) == 2 * 8
    assert params({"model_type": "encodec", "codebook_size": 512}) == 14_851_810


@pytest.mark.slow
def test_pieces_of_a_long_sound_are_not_guessed() -> None:
    """EnCodec cuts sounds longer than a second into pieces where its file says so: 0.99 s are told, 2 s are not."""
    config = {"model_type": "encodec", "chunk_length_s": 1.0, "overlap": 0.01, "sampling_rate": 48000}
    model = symcost.from_config(config)
    assert int(model.macs(T=47520)) > 0
    with pytest.raises(symcost.SymcostError):
        model.macs(T=96000)


def test_a_transducer_joins_every_state_with_every_word() -> None:
    """Behind the joint there are 64 states times as many words, each of 640 channels and 8193 scores."""
    config = {"model_type": "parakeet_rnnt"}
    more = macs(config, T=512, U=11) - macs(config, T=512, U=10)
    assert more == 64 * 640 * 8193 + 2 * 8 * 640 * 640 + 640 * 640
