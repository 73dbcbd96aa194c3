"""Adapters: what a LoRA adds, against peft, and what is refused."""

from __future__ import annotations

import csv
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import symcost
from symcost.adapters.linears import known
from symcost.adapters.lora import opened
from symcost.cli import main
from symcost.errors import NoBase, NoSuchLayer, SymcostError, UncountedAdapter, UnknownBase
from symcost.zoo import opened as read
from tests.published.adapters_in_library import DATA, adapters, answer, library

ROWS = list(csv.DictReader(DATA.read_text("utf-8").splitlines()))
EVERY = 9
"""One of so many stands for the others, which run with `--all`."""

ROW = [
    pytest.param(row, marks=[pytest.mark.thorough] if place % EVERY else [], id=f"{place}")
    for place, row in enumerate(ROWS)
]
LORA = {"peft_type": "LORA", "r": 8, "target_modules": ["q_proj", "v_proj"]}
LLAMA = {"model_type": "llama"}


@pytest.mark.parametrize("row", ROW)
def test_what_is_trained_and_multiplied(row: dict[str, str]) -> None:
    """`adapters.csv` was counted with peft 0.21.2 and transformers 5.24.0 over torch 2.14.1 on the meta device."""
    found = answer(json.loads(row["base"]), json.loads(row["adapter"]))
    assert found == {name: int(row[name]) for name in ("trained", "parameters", "macs")}


@pytest.mark.skipif(importlib.util.find_spec("peft") is None, reason="needs peft")
@pytest.mark.parametrize("kind", ["llama", "gpt2"])
def test_the_same_with_peft_itself(kind: str) -> None:
    """Where it is installed."""
    base = {"model_type": kind}
    for adapter in adapters(known()[kind]):
        assert answer(base, adapter) == library(known()[kind], base, adapter)


def test_every_type_was_counted() -> None:
    """Of no type whose layers are known peft was not asked."""
    assert {json.loads(row["base"])["model_type"] for row in ROWS} == set(known())
    assert len(known()) >= 15


def test_the_published_number_of_llama() -> None:
    """Hu et al. (2021), section 4.2: queries and values of rank r in L layers train 2·L·2·D·r weights."""
    assert opened(read(LORA), read(LLAMA)).trained == 2 * 32 * 2 * 4096 * 8


def test_one_layer_by_its_number() -> None:
    """Names may tell more parts; what two of them mean is adapted once."""

    def trained(*names: str) -> int:
        return opened(read({**LORA, "target_modules": list(names)}), read(LLAMA)).trained

    one = 8 * 2 * 4096
    assert trained("layers.3.self_attn.q_proj") == one
    assert trained("layers.3.self_attn.q_proj", "layers.31.self_attn.q_proj", "3.self_attn.q_proj") == 2 * one
    assert trained("layers.3.self_attn.q_proj", "q_proj") == trained("self_attn.q_proj") == 32 * one
    assert trained("layers.32.self_attn.q_proj", "k_proj") == 32 * one  # there is no layer 32
    assert opened(read({**LORA, "layers_to_transform": 3}), read(LLAMA)).trained == 2 * one


@pytest.mark.parametrize(
    "odd",
    [
        {"use_dora": True}, {"rank_pattern": {"q_proj": 4}}, {"modules_to_save": ["lm_head"]}, {"bias": "all"},
        {"lora_bias": True}, {"layers_pattern": "layers", "layers_to_transform": [1]}, {"target_parameters": ["x"]},
        {"peft_type": "LOHA"}, {"task_type": "SEQ_CLS"}, {"init_lora_weights": "eva"}, {"no_such_key": 1},
        {"no_such_key": False}, {"r": 0}, {"r": "8"}, {"r": True}, {"r": 1.5}, {"target_modules": "q_proj"},
        {"target_modules": ".*_proj"}, {"target_modules": ["(a+)+$"]}, {"target_modules": []}, {"target_modules": [3]},
        {"target_modules": ["*.q_proj"]}, {"layers_to_transform": "1"}, {"layers_to_transform": [-1]},
        {"target_modules": ["q_proj", "lm_head"], "layers_to_transform": 1}, {"exclude_modules": ["k_proj"]},
        {"trainable_token_indices": [1]}, {"layer_replication": [[0, 4]]},
    ],
)  # fmt: skip
def test_what_changes_a_count_and_is_not_counted_is_refused(odd: dict[str, Any]) -> None:
    """The fault names the key and where it stands."""
    with pytest.raises(UncountedAdapter) as caught:
        opened(read({**LORA, **odd}, "adapter"), read(LLAMA))
    assert f"`{next(iter(odd))}`" in str(caught.value) or len(odd) > 1


@pytest.mark.parametrize("name", ["embed_tokens", "self_attn", "query", "input_layernorm", "layers.x.self_attn.q_proj"])
def test_what_is_no_linear_layer_is_refused(name: str) -> None:
    """peft would adapt a table of tokens otherwise, and leaves out what it does not find."""
    with pytest.raises(NoSuchLayer, match=name):
        opened(read({**LORA, "target_modules": ["q_proj", name]}), read(LLAMA))


@pytest.mark.parametrize(
    "base",
    [{"model_type": "bert"}, {"model_type": "llama", "architectures": ["LlamaForSequenceClassification"]}, {}],
)
def test_other_bases_are_refused(base: dict[str, Any]) -> None:
    """Their layers were not looked up."""
    with pytest.raises(UnknownBase):
        opened(read(LORA), read(base))


def test_faults_of_the_base_are_told() -> None:
    """It is read like any other file."""
    with pytest.raises(SymcostError, match="num_hidden_layers"):
        opened(read(LORA), read({"model_type": "llama", "num_hidden_layers": -1}))


def test_the_command(tmp_path: Path) -> None:
    """The base lies beside the adapter, or is given."""
    (tmp_path / "adapter_config.json").write_text(json.dumps(LORA), "utf-8")
    (tmp_path / "base.json").write_text(json.dumps(LLAMA), "utf-8")
    file, base = str(tmp_path / "adapter_config.json"), str(tmp_path / "base.json")
    told = CliRunner().invoke(main, ["adapter", file])
    assert "is not at hand" in told.stderr
    assert told.exit_code == 1
    assert "4194304" in CliRunner().invoke(main, ["adapter", file, "--base", base]).stdout
    (tmp_path / "config.json").write_text(json.dumps(LLAMA), "utf-8")
    told = CliRunner().invoke(main, ["adapter", file, "T=128", "--format", "json"])
    assert json.loads(told.stdout)["more_macs"] == 4194304 * 128
    assert "symcost adapter" in CliRunner().invoke(main, ["report", file]).stderr


def test_without_a_folder_a_base_is_given() -> None:
    """From Python, as dictionaries."""
    with pytest.raises(NoBase):
        symcost.adapter(LORA)
    assert "4194304" in str(symcost.adapter(LORA, LLAMA))
