"""Decoders of the library going on with a text: steps with a cache, written texts, and what the cache holds.

`decoding.csv` was counted with transformers 5.24.0 over torch 2.14.1 on the meta device, by
`decoding_against_library.py --all --brief --write`: of two texts of 40 tokens a step of one token and one of three,
each in multiply-accumulates (half of what FlopCounterMode counts, eager attention) and numbers in the library's cache
behind it; and the multiply-accumulates of reading the 40, of which the last alone has scores, and writing 3.
"""

from __future__ import annotations

import csv
import json
import pickle
from pathlib import Path

import pytest

import symcost
from symcost.errors import NotDecoded, SymcostError
from symcost.published.decoded import decoded, wholes

ROWS = list(csv.DictReader((Path(__file__).parent / "decoding.csv").read_text("utf-8").splitlines()))
EVERY = 8
"""One of so many stands for the others, which run with `--all`."""

ROW = [
    pytest.param(row, id=json.loads(row["config"])["model_type"], marks=[pytest.mark.thorough] if place % EVERY else [])
    for place, row in enumerate(ROWS)
]


@pytest.mark.slow
@pytest.mark.parametrize("row", ROW)
def test_a_step_costs_and_keeps_what_the_librarys_does(row: dict[str, str]) -> None:
    """Multiply-accumulates of one and of three tokens behind 40, and the numbers in the cache then."""
    step = symcost.from_config(json.loads(row["config"])).step()
    for new, name in ((1, "step"), (3, "three")):
        at = step.at(T=new, B=2, c=40, **of_source(step))
        assert at.macs() == int(row[name])
        assert at.state() == int(row[f"{name}_cache"])


@pytest.mark.slow
@pytest.mark.parametrize("row", ROW)
def test_a_text_costs_what_the_librarys_does(row: dict[str, str]) -> None:
    """40 tokens at once and 3 behind them, the first of which needs no step."""
    model = symcost.from_config(json.loads(row["config"]))
    if model.of_type is not None and model.of_type.name in wholes():
        with pytest.raises(NotDecoded, match="with what it sees"):
            model.generate()
        return
    text = model.generate()
    assert text.at(T=40, B=2, n=3, **of_source(text)).macs() == int(row["text"])


def of_source(model: symcost.Model) -> dict[str, int]:
    """24 tokens of what an encoder reads, if there is one that reads tokens."""
    return {"N": 24} if "N" in model.ports else {}


def test_listed_types_were_counted() -> None:
    """A step is told of no type that stands nowhere in the data."""
    assert {json.loads(row["config"])["model_type"] for row in ROWS} >= decoded() | wholes().keys()


def test_a_text_is_its_prompt_and_its_steps() -> None:
    """What is written costs the sum of its steps, each behind one token more; the cache is that of the last."""
    model = symcost.from_config({"model_type": "mistral", "num_hidden_layers": 2, "sliding_window": 7})
    step, text = model.step(), model.generate()
    prompt = text.at(T=5, n=1).macs()
    steps = [step.at(c=tokens).macs() for tokens in range(5, 10)]
    assert text.at(T=5, n=6).macs() == prompt + sum(steps)
    assert text.at(T=5, n=6).state() == step.at(c=9).state()


def test_a_window_keeps_one_token_less() -> None:
    """Of a window of 7 tokens six are kept: with the new one they are seven."""
    model = symcost.from_config({"model_type": "mistral", "num_hidden_layers": 1, "sliding_window": 7}).step()
    one = model.at(c=6).macs() - model.at(c=5).macs()
    assert one == 2 * 32 * 128  # heads times their width, for keys and for values
    assert model.at(c=1000).macs() == model.at(c=6).macs()
    assert model.at(c=1000).state() == 2 * 8 * 128 * 6


def test_deepseek_widens_its_latents_again_at_every_step() -> None:
    """16 818 176 multiply-accumulates for each cached token and layer; what is absorbed into queries needs 139 264."""
    model = symcost.from_config({"model_type": "deepseek_v3"}).step()
    layers, tokens = 61, 1000
    assert model.at(c=tokens + 1).macs() - model.at(c=tokens).macs() == 16_818_176 * layers
    assert model.at(c=tokens).state() == layers * (512 + 64) * (tokens + 1)


def test_batches_share_parameters() -> None:
    """Twice as many texts cost and keep twice as much; parameters are read once, however many there are."""
    step = symcost.from_config({"model_type": "llama", "num_hidden_layers": 2}).step().at(c=100)
    assert step.params() == step.at(B=2).params()
    assert step.at(B=2).macs() == 2 * step.macs()
    assert step.at(B=2).state() == 2 * step.state()
    assert step.at(B=2).fused() < 2 * step.fused()


def test_a_cache_is_read() -> None:
    """Each of its numbers crosses to the processor once more."""
    step = symcost.from_config({"model_type": "llama", "num_hidden_layers": 2}).step()
    assert step.at(c=101).fused() - step.at(c=100).fused() == 2 * 2 * 4096


def test_steps_travel() -> None:
    """Another process asks the same."""
    step = symcost.from_config({"model_type": "llama", "num_hidden_layers": 2}).step().at(c=100)
    assert pickle.loads(pickle.dumps(step)).macs() == step.macs()


@pytest.mark.parametrize("kind", ["step", "generate"])
@pytest.mark.parametrize("config", [{"model_type": "bert"}, {"model_type": "rwkv"}, {"model_type": "vit"}])
def test_what_was_not_compared_is_told_by_name(kind: str, config: dict[str, object]) -> None:
    """An encoder, and a decoder whose steps nobody has compared, are refused."""
    with pytest.raises(NotDecoded, match=str(config["model_type"])):
        getattr(symcost.from_config(config), kind)()


def test_what_tells_classes_writes_nothing() -> None:
    """The states and the classes of a decoder have steps, and no text."""
    model = symcost.from_config({"model_type": "llama", "architectures": ["LlamaModel"], "num_hidden_layers": 2})
    assert model.step().at(c=10).state() == 2 * 2 * 4096 * 11
    with pytest.raises(NotDecoded, match="no scores"):
        model.generate()


def test_a_file_of_ones_own_says_what_it_keeps() -> None:
    """`cached` in a text is enough; without it there is no step."""
    text = """
    module See(x: [T, D]) -> [T, D] {{
      k = x -> Linear(D) {kept}
      return attention(x -> Linear(D), k, k)
    }}
    model M(tokens: [T], D, V) -> [T, V] {{ return tokens -> Embedding(V, D) -> See -> scored -> Linear(V) }}
    """
    step = symcost.loads(text.format(kept="-> cached")).model().step()
    assert str(step.macs) == "(2·D·D·T + 2·D·T·(T + c) + D·V·T)·B"
    with pytest.raises(SymcostError, match="keeps nothing"):
        symcost.loads(text.format(kept="")).model().step()


def test_a_whole_goes_on_as_its_part_for_texts() -> None:
    """What was seen lies in the cache; scores of words are tied as the whole says."""
    text = {"model_type": "llama", "num_hidden_layers": 2}
    whole = symcost.from_config({"model_type": "llava", "text_config": text})
    step, alone = whole.step().at(c=40), symcost.from_config({"vocab_size": 32064, **text}).step().at(c=40)
    assert step.state() == alone.state()
    assert "for texts" in step.remarks[0]
    assert pickle.loads(pickle.dumps(whole)).step().at(c=40).macs() == step.macs()
