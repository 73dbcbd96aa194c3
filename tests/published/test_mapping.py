"""What a `config hf` can say, and which of them speaks of a file."""

from __future__ import annotations

import json
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import symcost
from symcost.diagnostics import Source
from symcost.errors import (
    MissingKey,
    OtherArchitecture,
    OtherClass,
    OtherType,
    SeveralSpellings,
    SymcostError,
    UnknownMapping,
    UnreadKey,
    WrongKey,
)
from symcost.published.expressions import value
from symcost.published.file import Published
from symcost.published.keys import Keys, Table, Unsaid
from symcost.published.library import Inner, Type, type_of
from symcost.syntax.parse import parse_expression

FILE = {
    "size": 8,
    "nothing": None,
    "no": False,
    "yes": True,
    "word": "auto",
    "depths": [2, 2, 6, 2],
    "kinds": ["full", "slid", "full"],
    "inner": {"size": 3, "deeper": {"rate": 0.25}},
}


def said(expression: str, entries: dict[str, Any] = FILE, kind: Type | None = None) -> object:
    """What an expression says of a file."""
    published = Published.read(Source("config.json", json.dumps(entries)))
    keys = Keys(published, Table((), published.entries, kind))
    return value(parse_expression(Source("mapping", f"({expression})")), keys)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("inner.size + inner.deeper.rate", Fraction(13, 4)),
        ('inner["size"]', 3),
        ("depths[0] + depths[-1]", 4),
        ("len(depths) + sum(depths) + max(depths) + min(4, size)", 4 + 12 + 6 + 4),
        ("len(depths[1:3])", 2),
        ('count(kinds, "full")', 2),
        ("nothing or size", 8),
        ("missing or nothing or 5", 5),
        ("no or true", False),  # what a key says counts, be it false
        ("no == true or yes == true", True),  # between conditions it is the logical one
        ("nothing == null", True),
        ("missing == null", True),
        ("size == null", False),
        ("nothing == 0", False),
        ("yes == 1", False),  # a truth is no number
        ('3 if word == "auto" else 4', 3),
        ('one_of(word, "none", "auto")', True),
        ("ceil(size/3) + floor(size/3) + size // 3 + size % 3", 3 + 2 + 2 + 2),
        ("[l % 2 == 0 for l in 3]", [True, False, True]),
        ("[2*d for d in depths]", [4, 4, 12, 4]),
        ("[l for l in 1..4]", [1, 2, 3]),
        ('[1 if c == "a" else 0 for c in letters(word)]', [1, 0, 0, 0]),
        ("[1, 2] + [3]*2", [1, 2, 3, 3]),
        ("2^10", 1024),
        ("null", None),
    ],
)
def test_expressions(expression: str, expected: object) -> None:
    """They read as Python would, and null is nothing."""
    assert said(expression) == expected


@pytest.mark.parametrize("expression", ["missing + 1", "nothing*2", "sum(missing)", "nothing < 3", "inner.missing"])
def test_nothing_is_worked_out_of_nothing(expression: str) -> None:
    """What nobody says has no value."""
    with pytest.raises(Unsaid):
        said(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "word + 1", "kinds[3]", "depths.size", "size.inner", "sum(kinds)", "1 if size else 2", "3 if no or yes else 4",
        "2^9999999", "[0]*100_000_000", "[l for l in 100_000_000]", "size @ 2", "exec(word)", "size / 0", "not size",
        "len(size)", "x -> f",
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_a_fault(expression: str) -> None:
    """At once, and as a report."""
    with pytest.raises(SymcostError):
        said(expression)


def test_what_the_library_gives_for_lack_of_the_file() -> None:
    """Its own default for the type; null is not the same as nothing."""
    qwen3 = type_of("qwen3")
    assert said("num_key_value_heads", {}, qwen3) == 32
    assert said("num_key_value_heads or 7", {"num_key_value_heads": None}, qwen3) == 7
    assert said("n_embd", {"hidden_size": 5}, type_of("gpt2")) == 5  # another name of the key
    with pytest.raises(SeveralSpellings):
        said("n_embd", {"hidden_size": 5, "n_embd": 6}, type_of("gpt2"))


@pytest.mark.parametrize(
    ("entries", "labels"),
    [({}, 2), ({"num_labels": 5}, 5), ({"id2label": {"0": "a", "1": "b", "2": "c"}}, 3), ({"id2label": None}, 2)],
)
def test_the_number_of_classes(entries: dict[str, object], labels: int) -> None:
    """As many as have names."""
    assert said("num_labels", entries, type_of("bert")) == labels


def test_classes_that_nobody_counts() -> None:
    """A model that tells classes apart reads how many there are, or has as many as its type by default."""
    text = TEXT.replace("{ classes = num_labels }", "{ classes = 2 }")
    file = {"model_type": "llama", "architectures": ["LlamaForSequenceClassification"], **SMALL}
    for entries, fine in (({}, True), ({"num_labels": 2}, True), ({"num_labels": 3}, False), ({"id2label": {}}, False)):
        published = Published.read(Source("config.json", json.dumps({**file, **entries})))
        if fine:
            assert symcost.loads(text).published(published).values["classes"] == 2
            continue
        with pytest.raises(UnreadKey):
            symcost.loads(text).published(published)
    assert described({**file, "architectures": ["LlamaForCausalLM"], "num_labels": 7}).name == "Two"


def test_two_numbers_of_classes_are_a_fault() -> None:
    """Which is meant, nobody can tell."""
    with pytest.raises(SeveralSpellings):
        said("num_labels", {"num_labels": 5, "id2label": {"0": "a"}}, type_of("bert"))


# Which mapping, and what it is like ---------------------------------------------------------------

TEXT = """
model Two(x: [T, D], L, F = D, bias = true, act = relu, kinds = ["a"]) {
  repeat L { x = x -> Linear(F, bias) -> act -> Linear(D, bias) }
  return x
}
model Head(x: [T, D], L, classes, F = D, bias = true, act = relu, kinds = ["a"]) {
  repeat L { x = x -> Linear(F, bias) -> act -> Linear(D, bias) }
  return x -> Linear(classes)
}
config hf Two  for "llama", "mistral" as "*ForCausalLM" {
  D = hidden_size, L = num_hidden_layers, F = intermediate_size, assume one_of(hidden_act, "relu", "silu"),
  act = hidden_act
}
config hf Head for "llama" as "*ForSequenceClassification" like "llama" { classes = num_labels }
config hf Two  for "qwen2" as "Qwen2Model" like "mistral" { F = null }
"""


def described(entries: dict[str, Any]) -> Any:
    published = Published.read(Source("config.json", json.dumps(entries)))
    return symcost.loads(TEXT).published(published)


SMALL = {"hidden_size": 32, "num_hidden_layers": 3, "intermediate_size": 5}


def refused(entries: dict[str, Any], fault: type[SymcostError]) -> str:
    with pytest.raises(fault) as caught:
        described(entries)
    return str(caught.value)


def test_a_type_and_a_class_choose_the_model() -> None:
    """The first that speaks of the type, where the file names no class."""
    assert described({"model_type": "llama", "architectures": [], **SMALL}).name == "Two"
    assert described({"model_type": "llama", **SMALL}).params() == 3 * (32 * 5 + 5 + 5 * 32 + 32)
    named = {"model_type": "llama", "architectures": ["LlamaForSequenceClassification"], **SMALL}
    assert described({**named, "id2label": {"0": "a", "1": "b", "2": "c"}}).name == "Head"
    assert described({"model_type": "mistral", "architectures": ["MistralForCausalLM"], **SMALL}).name == "Two"


def test_null_leaves_the_default_of_the_signature() -> None:
    """`F = D` there."""
    assert described({"model_type": "qwen2", "hidden_size": 2, "num_hidden_layers": 3}).params() == 3 * 2 * (2 * 2 + 2)
    with pytest.raises(UnreadKey):  # nobody reads the width any more
        described({"model_type": "qwen2", **SMALL})


def test_other_files_are_refused() -> None:
    """Of another type, of another class, of another kind of layer."""
    refused({"model_type": "bert", **SMALL}, OtherType)
    refused({**SMALL}, OtherType)  # which of three types?
    refused({"model_type": "llama", "architectures": ["LlamaModel"]}, OtherClass)
    refused({"model_type": "llama", "architectures": ["MistralForCausalLM"]}, OtherClass)
    refused({"model_type": "llama", "architectures": "LlamaModel"}, OtherClass)
    refused({"model_type": "llama", "hidden_act": "gelu", **SMALL}, OtherArchitecture)


@pytest.mark.parametrize(
    ("entries", "key"),
    [
        ({"attention_bias": True}, "attention_bias"),
        ({"vocab_size": 7}, "vocab_size"),
        ({"num_attention_heads": None}, "num_attention_heads"),  # null is not what the library gives
        ({"unheard_of": 1}, "unheard_of"),
        ({"is_decoder": True}, "is_decoder"),
        ({"pruned_heads": {"0": [1]}}, "pruned_heads"),
        ({"factor": 2.0}, "factor"),  # of angles only in a table of them
        ({"rope_parameters": {"partial_rotary_factor": 0.5}}, "rope_parameters.partial_rotary_factor"),
        ({"per_layer_config": {"0": {"hidden_size": 3}}}, "per_layer_config"),
    ],
)
def test_a_closed_world(entries: dict[str, object], key: str) -> None:
    """What nobody reads and what may change a count is refused by name."""
    assert f"`{key}`" in refused({"model_type": "llama", **SMALL, **entries}, UnreadKey)


@pytest.mark.parametrize(
    "entries",
    [
        {"attention_bias": False, "vocab_size": 32000},  # as the library has it anyway
        {"attention_dropout": 0.5, "bos_token_id": 3, "rms_norm_eps": 1e-3, "use_cache": False, "top_p": 0.5},
        {"rope_scaling": {"type": "yarn", "factor": 2.0, "beta_fast": 32}, "rope_theta": 5e5},
        {"unheard_of": None, "pruned_heads": {}},
        {"is_decoder": False, "add_cross_attention": False},  # before version 5 in every file
        {"_name_or_path": "/home/me", "transformers_version": "4.30", "dtype": "bfloat16", "torch_dtype": "float16"},
    ],
)
def test_what_changes_no_count_may_be_said(entries: dict[str, object]) -> None:
    """Harmless keys, and keys that say what holds anyway."""
    assert described({"model_type": "llama", **SMALL, **entries}).params() == 3 * (32 * 5 + 5 + 5 * 32 + 32)


VISION = """
model Seen(x: [T, D], L) { repeat L { x = x -> Linear(D) } return x }
config hf Seen for "pair" as "PairModel" { D = text_config.hidden_size, L = text_config.num_hidden_layers }
config hf Seen for "pair" as "OtherModel" like "pair" { assume one_of(text_config.model_type, "llama", "qwen2") }
"""
PAIR = Type(
    "pair",
    "Pair",
    ("PairModel", "OtherModel"),
    tables={"text_config": Inner("llama", fixed=False, optional=False, init={})},
)


@pytest.mark.parametrize(
    ("entries", "params"),
    [
        ({}, 32 * (4096**2 + 4096)),  # as the library has a LLaMA by default
        ({"text_config": {"hidden_size": 32, "num_hidden_layers": 3, "vocab_size": 32000}}, 3 * (32 * 32 + 32)),
        ({"text_config": {"hidden_size": 32, "num_hidden_layers": 3, "vocab_size": 5}}, None),
        ({"text_config": {"model_type": "llama", "hidden_size": 32, "num_hidden_layers": 3}}, 3 * (32 * 32 + 32)),
        ({"text_config": {"model_type": "qwen2", "hidden_size": 32, "num_hidden_layers": 3}}, None),  # nobody asked
        (
            {
                "text_config": {"model_type": "qwen2", "hidden_size": 32, "num_hidden_layers": 3},
                "architectures": ["OtherModel"],
            },
            3 * (32 * 32 + 32),
        ),
    ],
)
def test_tables_inside_have_types_of_their_own(
    entries: dict[str, Any], params: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their keys have the defaults of those types; another type than the usual one has to be read."""
    monkeypatch.setattr("symcost.published.mapping.type_of", lambda name: PAIR if name == "pair" else type_of(name))
    published = Published.read(Source("config.json", json.dumps({"model_type": "pair", **entries})))
    document = symcost.loads(VISION)
    if params is not None:
        assert document.published(published).params() == params
        return
    with pytest.raises(UnreadKey):
        document.published(published)


def test_what_is_in_the_file_and_not_in_the_count_is_said() -> None:
    """As a remark that the command line prints."""
    model = described({"model_type": "llama", **SMALL, "quantization_config": {"bits": 4}})
    assert [remark.split("`")[1] for remark in model.at(T=3).remarks] == ["quantization_config"]


def test_wrong_keys_in_a_typed_mapping() -> None:
    """A number that is none, a key that nobody has."""
    refused({"model_type": "llama", "hidden_size": "4096"}, SymcostError)
    refused({"model_type": "llama", "hidden_size": None}, WrongKey)
    refused({"model_type": "llama", "hidden_size": [1]}, WrongKey)
    text = TEXT.replace("D = hidden_size", "D = text_config.hidden_size")
    with pytest.raises(MissingKey):
        symcost.loads(text).published(Published.read(Source("c", '{"model_type": "llama"}')))


@pytest.mark.parametrize(
    "text",
    [
        '{"model_type": "llama", "rope_x": ' * 90 + "1" + "}" * 90,
        '{"model_type": "llama", "rope_x": ' * 2000 + "1" + "}" * 2000,
        '{"model_type": "llama", "hidden_size": ' + "[" * 5000 + "]" * 5000 + "}",
        '{"model_type": {"a": 1}}', '{"model_type": "../../etc/passwd"}', '{"model_type": "common"}',
        '{"model_type": "llama", "architectures": {"a": 1}}', '{"model_type": "llama", "architectures": [[1]]}',
        '{"model_type": "llama", "id2label": 7}', '{"model_type": "llama", "rope_scaling": 7}',
        '{"model_type": "llama", "hidden_size": 1e400}', '{"model_type": "llama", "hidden_size": NaN}',
    ],
)  # fmt: skip
def test_hostile_files(text: str) -> None:
    """Each ends in a report, or in an answer where nothing is wrong for who counts."""
    with suppress(SymcostError):
        symcost.loads(TEXT).published(Published.read(Source("config.json", text)))


def test_hostile_mappings() -> None:
    """As deep as the grammar lets them be."""
    deep = TEXT.replace("D = hidden_size", "D = " + "(0 + " * 90 + "hidden_size" + ")" * 90)
    published = Published.read(Source("config.json", json.dumps({"model_type": "llama", **SMALL})))
    assert symcost.loads(deep).published(published).values["D"] == 32


def test_like_needs_a_mapping_and_ends() -> None:
    """One that is there, and that is not like this one again."""
    other = 'model M(x: [T, D]) { return Linear(x, D) }\nconfig hf M for "a" like "b" { D = hidden_size }\n'
    published = Published.read(Source("c", '{"model_type": "a"}'))
    with pytest.raises(UnknownMapping):
        symcost.loads(other).published(published)
    with pytest.raises(SymcostError):
        symcost.loads(other + 'config hf M for "b" like "a" { D = hidden_size }').published(published)


# The data -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted(Path(symcost.__file__).parent.glob("published/types/*.toml")), ids=lambda p: p.stem
)
def test_a_type_can_be_read(path: Path) -> None:
    """Each file of the library's defaults; `write_types.py --check` holds them to the library."""
    if path.stem != "common":
        kind = type_of(path.stem)
        assert kind is not None and kind.defaults
