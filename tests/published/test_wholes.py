"""Models made of models: what sees or hears and what writes, read from one file with tables inside."""

from __future__ import annotations

import json
from typing import Any

import pytest

import symcost
from symcost.diagnostics import Source
from symcost.errors import SymcostError, UnreadKey
from symcost.published.file import Published

TWO = """
model Wide(x: [T, D], D, F, L) { repeat L { x = x -> Linear(F) -> Linear(D) } return x }
model Plain(x: [T, D], D) { return x -> Linear(D) }
config hf Wide  for "llama" { D = hidden_size, F = intermediate_size, L = num_hidden_layers }
config hf Plain for "mistral" like "llama" {}
"""


def of(text: str, entries: dict[str, Any]) -> symcost.Model:
    """What a text makes of a file."""
    return symcost.loads(text).published(Published.read(Source("config.json", json.dumps(entries))))


def test_a_model_takes_those_settings_that_it_has() -> None:
    """Of a mapping for another model; keys that are not taken are not read."""
    assert of(TWO, {"model_type": "mistral", "hidden_size": 5}).params() == 5 * 5 + 5
    with pytest.raises(UnreadKey):
        of(TWO, {"model_type": "mistral", "intermediate_size": 7})


# Counted with transformers 5.24 over torch 2.14.1 on the meta device: parameters, and multiply-accumulates of one image
# (half a minute of sound for what hears), as many tokens as come of it, and 128 words.
@pytest.mark.parametrize(
    ("file", "sizes", "params", "macs"),
    [
        ({"model_type": "llava"}, {}, 7062902784, 4984343937024),
        ({"model_type": "vipllava"}, {}, 7079690240, 4994007613440),
        ({"model_type": "paligemma"}, {}, 2910390528, 1080894554112),
        ({"model_type": "internvl"}, {}, 11765025792, 4796954230784),
        ({"model_type": "voxtral"}, {}, 4676271104, 3024984195072),
        ({"model_type": "glmasr"}, {}, 2136470528, 1917297999872),
        ({"model_type": "got_ocr2"}, {}, 560528640, 674064596992),
        ({"model_type": "t5gemma"}, {"N": 128}, 5596853760, 646057033728),
        (
            {"model_type": "detr", "backbone_config": {"model_type": "timm_backbone", "backbone": "resnet50"}},
            {"Y": 224, "X": 224},
            41368512,
            5454937088,
        ),
        ({"model_type": "lighton_ocr"}, {"rows": 8, "columns": 8}, 1005647872, 225514094592),
        ({"model_type": "hyperclovax_vision_v2"}, {"rows": 8, "columns": 8}, 9705315072, 2023991803904),
    ],
)
def test_wholes_cost_what_the_library_computes(
    file: dict[str, Any], sizes: dict[str, int], params: int, macs: int
) -> None:
    """The image first, then its tokens and the words together."""
    model = symcost.from_config(file)
    assert model.params() == params
    sizes = sizes if "Y" in sizes else {"T": 128, **sizes}
    assert model.macs(**sizes) == macs


def test_a_table_may_be_completed() -> None:
    """Voxtral's text_config is the library's where it says nothing, even in a table that is there; not so LLaMA's."""
    whole, some = {"model_type": "voxtral"}, {"model_type": "voxtral", "text_config": {"num_hidden_layers": 30}}
    assert symcost.from_config(some).params() == symcost.from_config(whole).params()


def test_a_tie_that_the_library_does_not_make_is_refused() -> None:
    """Llama 4 as a whole has a head of its own, whatever its file says."""
    with pytest.raises(SymcostError, match="tie_word_embeddings"):
        symcost.from_config({"model_type": "llama4", "tie_word_embeddings": True})


def test_the_type_of_a_writer_is_known_without_a_word_of_it() -> None:
    """LLaVA writes with LLaMA where its file does not say; Qwen's biases are counted, another writer is refused."""
    plain = symcost.from_config({"model_type": "llava", "text_config": {"num_hidden_layers": 1}})
    qwen = {"model_type": "qwen2", "num_hidden_layers": 1, "vocab_size": 32000, "intermediate_size": 11008}
    biased = symcost.from_config({"model_type": "llava", "text_config": qwen})
    assert biased.params() - plain.params() == 3 * 4096
    with pytest.raises(SymcostError):
        symcost.from_config({"model_type": "llava", "text_config": {"model_type": "gemma"}})


def test_image_tokens_follow_from_the_image() -> None:
    """24·24 patches for LLaVA, and for LLaVA-NeXT as many for each tile, with a mark behind each row of them."""
    one = symcost.from_config({"model_type": "llava"}).at(T=1).macs()
    tiled = symcost.from_config({"model_type": "llava_next"}).at(T=1, rows=2, columns=2).macs()
    head = 4096 * 32000
    seen, layers = 203038703616, 32

    def reading(tokens: int) -> int:
        return layers * (202375168 * tokens + 8192 * tokens**2) + head * tokens

    assert one == seen + reading(576 + 1)
    assert tiled == 5 * seen + reading(576 + 48 * 49 + 1)
