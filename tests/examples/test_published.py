"""Published configurations: a config.json and an architecture of the zoo give the published number of parameters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import OtherType, SymcostError
from symcost.zoo import types

EXAMPLES = Path(__file__).parents[2] / "examples"
MAPPINGS = [path for path in sorted(EXAMPLES.rglob("*.arch")) if "config hf " in path.read_text(encoding="utf-8")]

GPT2 = '{"model_type": "gpt2", "n_layer": 12, "n_head": 12, "n_embd": 768, "vocab_size": 50257, "n_positions": 1024}'
LLAMA = """{
  "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu", "rms_norm_eps": 1e-06,
  "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "num_attention_heads": 32,
  "vocab_size": 32000, "max_position_embeddings": 2048, "tie_word_embeddings": false, "rope_scaling": null
}"""
LLAMA32 = """{
  "model_type": "llama", "hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16, "head_dim": 64,
  "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 128256, "tie_word_embeddings": true,
  "rope_scaling": {"factor": 32.0, "rope_type": "llama3"}, "max_position_embeddings": 131072
}"""
WHISPER = """{
  "model_type": "whisper", "vocab_size": 51865, "num_mel_bins": 80, "d_model": 384, "encoder_layers": 4,
  "decoder_layers": 4, "encoder_attention_heads": 6, "decoder_attention_heads": 6, "encoder_ffn_dim": 1536,
  "decoder_ffn_dim": 1536, "max_source_positions": 1500, "max_target_positions": 448
}"""
DISTILBERT = '{"vocab_size": 30522, "dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072}'


@pytest.fixture
def published(tmp_path: Path) -> Path:
    return tmp_path / "config.json"


# Parameters as Hugging Face's implementations have them; Whisper's 1500 fixed positions are stored there.
@pytest.mark.parametrize(
    ("file", "config", "params"),
    [
        ("language/gpt2", GPT2, 124439808),
        ("language/llama", LLAMA, 6738415616),
        ("language/llama", LLAMA32, 1235814400),
        ("language/distilbert", DISTILBERT, 66362880),  # which says no type, and the file speaks of one
        ("speech/whisper", WHISPER, 37184640 + 1500 * 384),
    ],
)
def test_parameters_of_a_published_file(file: str, config: str, params: int, published: Path) -> None:
    """Exactly as published; many more are in `tests/published`."""
    published.write_text(config, encoding="utf-8")
    model = symcost.load(EXAMPLES / f"{file}.arch").model()
    assert model.configured_from(published).params() == params


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        ("report", "6.74 G   100 %  14.6 T"),
        ("formula", "14630806093824\n"),
        ("latex", "14\\,630\\,806\\,093\\,824\n"),
        ("explain", "= 14630806093824"),
    ],
)
def test_every_command_reads_one(command: str, printed: str, published: Path) -> None:
    """`--hf config.json` beside further numbers; of a file with several models the one it is named after."""
    published.write_text(LLAMA, encoding="utf-8")
    arguments = [command, str(EXAMPLES / "language/llama.arch"), "--hf", str(published), "T=2048"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    assert printed in result.stdout


LONG = ("swinv2",)
"""What takes seconds to build; another of its kind (`swin`) is asked every time."""


@pytest.mark.parametrize(
    "mapped",
    [pytest.param(path, id=path.stem, marks=[pytest.mark.thorough] if path.stem in LONG else []) for path in MAPPINGS],
)
def test_a_mapping_answers_the_default_of_its_type(mapped: Path) -> None:
    """A file that says its type only has all values from the library, where that has them."""
    kind = next(kind for kind, family in types().items() if family.path.name == mapped.name)
    if kind in WITHOUT_DEFAULT:
        with pytest.raises(SymcostError, match=WITHOUT_DEFAULT[kind]):
            symcost.from_config({"model_type": kind})
        return
    assert int(symcost.from_config({"model_type": kind}).params()) > 0


WITHOUT_DEFAULT = {
    "esm": "`vocab_size` is null",
    "detr": "has no `backbone_config.backbone`",
    "deformable_detr": "has no `backbone_config.backbone`",
    "vision-encoder-decoder": '`decoder.model_type == "trocr"` does not hold',
}
"""Types that say too little by themselves, and what is missing; the library cannot build ESM then, either."""


def test_another_architecture_is_refused(published: Path) -> None:
    """A file whose names all fit, and whose network is another, gives no number."""
    published.write_text(json.dumps(json.loads(LLAMA) | {"model_type": "qwen2"}))  # biases that LLaMA has not
    with pytest.raises(OtherType):
        symcost.load(EXAMPLES / "language/llama.arch").model().configured_from(published)


MAPPED = """
model M(x: [T, D], L, heads = 1, tied = false) { repeat L { x = Linear(x, D) } return x }
config hf { D = n_embd, L = num_layers or n_layer or 2*n_head, heads = n_head, tied = tie or false }
"""


@pytest.mark.parametrize(
    ("entries", "params"),
    [
        ({"num_layers": 3, "n_layer": 5}, 3),  # the first that is there
        ({"n_layer": 5}, 5),
        ({"num_layers": None, "n_layer": 5}, 5),  # null is nothing
        ({}, 8),  # 2·n_head
        ({"n_layer": 5.0}, 5),
        ({"n_layer": 5, "tie": True}, 5),
    ],
)
def test_of_several_names_the_first_that_is_there(entries: dict[str, object], params: int, published: Path) -> None:
    """`a or b`: the value of `a` where the file has one, otherwise that of `b`."""
    published.write_text(json.dumps({"n_embd": 10, "n_head": 4, **entries}))
    assert symcost.loads(MAPPED).model().configured_from(published).params() == params * (10 * 10 + 10)


@pytest.mark.parametrize(
    "value",
    ["0", "-1", "1.5", "1e999999999", "9" * 5000, "NaN", "-Infinity", '"7"', "true", "null", "[7]", "{}", "7x", ""],
)
def test_what_is_no_size_is_a_fault(value: str, published: Path) -> None:
    """Whatever stands behind a name, the answer is a report, at once."""
    published.write_text(f'{{"n_embd": {value}, "n_head": 4, "n_layer": 5}}')
    with pytest.raises(SymcostError):
        symcost.loads(MAPPED).model().configured_from(published)


@pytest.mark.parametrize("text", [b"", b"\xff", b"\0", b"{", b"null", b"7", b'"', b"[" * 100_000, b'{"a":' * 50_000])
def test_what_is_no_table_is_a_fault(text: bytes, published: Path) -> None:
    """Broken, of another kind, or nested without end."""
    published.write_bytes(text)
    with pytest.raises(SymcostError):
        symcost.loads(MAPPED).model().configured_from(published)


def test_a_mapping_speaks_of_its_own_file(tmp_path: Path) -> None:
    """Who uses a file does not inherit its names, and may have others."""
    (tmp_path / "base.arch").write_text(MAPPED)
    other = MAPPED.replace("M(", "N(").replace("D = n_embd", "D = dim")
    (tmp_path / "other.arch").write_text(f'use "base.arch"\n{other}')
    (tmp_path / "config.json").write_text('{"dim": 2, "n_head": 1, "n_layer": 1}')
    assert symcost.load(tmp_path / "other.arch").model("N").configured_from(tmp_path / "config.json").params() == 6
