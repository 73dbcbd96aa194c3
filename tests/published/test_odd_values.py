"""What a config.json says and the library does not take is told of by the file, not by the text that reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import symcost
from symcost.cli import main
from symcost.errors import EmptyCache, NoSuchModel, NotJson, SymcostError, ViolatedAssumption, WrongKey
from symcost.zoo import folder

ODD: list[tuple[dict[str, Any], str, str]] = [
    ({"tie_word_embeddings": "false"}, "`true` or `false`", '"tie_word_embeddings": false'),
    ({"attention_bias": 1}, "`true` or `false`", '"attention_bias": false'),
    ({"hidden_act": "nonsense"}, "an activation", '"hidden_act": "silu"'),
    ({"hidden_act": "softmax"}, "an activation", '"hidden_act": "silu"'),  # known here, and no activation there
    ({"hidden_act": "gelu_nwe"}, "an activation", "did you mean `gelu_new`?"),
    ({"hidden_act": 3}, "a text", '"hidden_act": "silu"'),
    ({"num_attention_heads": 0}, "a whole number from 1 on", '"num_attention_heads": 32'),
    ({"num_hidden_layers": -1}, "a whole number from 1 on", '"num_hidden_layers": 32'),
    ({"num_hidden_layers": True}, "a whole number", '"num_hidden_layers": 32'),
    ({"num_hidden_layers": 1.5}, "a whole number", '"num_hidden_layers": 32'),
    ({"hidden_size": 4096.5}, "a whole number", '"hidden_size": 4096'),
    ({"hidden_size": None}, "a whole number", '"hidden_size": 4096'),
    ({"hidden_size": "4096"}, "a whole number", '"hidden_size": 4096'),
    ({"num_key_value_heads": 0}, "a whole number from 1 on", "give it a whole number from 1 on"),
    ({"num_key_value_heads": "8"}, "a whole number from 1 on", "give it a whole number from 1 on"),
]


@pytest.mark.parametrize(("entries", "wanted", "mend"), ODD, ids=lambda one: str(one)[:40])
def test_the_report_is_about_the_file(entries: dict[str, Any], wanted: str, mend: str) -> None:
    """It names the key and its value, points at the line of the file, says what is taken, and proposes a mend."""
    with pytest.raises(WrongKey) as caught:
        symcost.from_config({"model_type": "llama", **entries})
    (key,) = entries
    assert f"`{key}` is" in caught.value.report.message
    assert f"not {wanted}" in caught.value.report.message
    assert mend in "\n".join(caught.value.report.helps)
    told = str(caught.value)
    assert "config:3:" in told
    assert ".arch" not in told


def test_a_table_inside() -> None:
    """The path of the key is told."""
    with pytest.raises(WrongKey, match=r"`text_config\.num_hidden_layers` is the text"):
        symcost.from_config({"model_type": "llava", "text_config": {"model_type": "llama", "num_hidden_layers": "2"}})


def test_several_kinds() -> None:
    """Where the library takes a number as well as a word, so does a file; whole floats are whole."""
    for width in ("auto", 160, 160.0):
        assert symcost.from_config({"model_type": "mamba", "time_step_rank": width, "num_hidden_layers": 1})


def test_what_comes_of_several_keys() -> None:
    """Each of them may be meant otherwise; all are shown."""
    with pytest.raises(NoSuchModel) as caught:
        symcost.from_config({"model_type": "llama", "hidden_size": 3, "num_attention_heads": 32})
    assert "is the number `3`" in str(caught.value)
    assert "is the number `32`" in str(caught.value)


@pytest.mark.parametrize("text", ["[1, 2]", "3", '"llama"', "null", "true", " [ 1 ]"])
def test_json_that_is_no_object(text: str, tmp_path: Path) -> None:
    """It is called what it is, on the command line too, and not read as an architecture."""
    file = tmp_path / "config.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(NotJson, match="not an object"):
        symcost.from_config(file)
    told = CliRunner().invoke(main, ["report", str(file)])
    assert told.exit_code == 1
    assert "is no configuration" in told.stderr


def test_an_architecture_may_be_called_anything(tmp_path: Path) -> None:
    """One that begins with a text is none the less one."""
    file = tmp_path / "net"
    file.write_text('"""A net."""\nmodel M(x: [T, D]) { return Linear(x, D) }', encoding="utf-8")
    assert CliRunner().invoke(main, ["formula", str(file)]).exit_code == 0


def test_an_assumption_that_fails_in_the_first_round_only() -> None:
    """`D*i >= 1` holds in all the others."""
    text = "model M(x: [T, D], n) { repeat i in {} { x = x -> Linear(D*i) -> Linear(D) } return x }"
    with pytest.raises(SymcostError, match=r"does not hold for `i = 0`"):
        _ = symcost.loads(text.replace("{}", "0..n", 1)).model().graph
    _ = symcost.loads(text.replace("{}", "1..n", 1)).model().graph


def test_a_broken_assumption_is_told_in_the_new_names() -> None:
    """Also where two dimensions change places."""
    model = symcost.loads("assume 2 divides T\nmodel M(x: [T, D]) { return Linear(x, D) }").model()
    with pytest.raises(ViolatedAssumption, match="`2 divides D` does not hold for D = 3"):
        model.macs.renamed({"T": "D", "D": "T"}).at(D=3)


def test_nothing_is_assumed_of_numbers() -> None:
    """All that Gemma 3 and Llama need is settled by the file."""
    for kind in ("gemma3_text", "llama"):
        model = symcost.from_config({"model_type": kind})
        assert model.still_assumed(model.assumptions) == ()
    file = str(folder() / "language" / "llama.arch")
    assert "assuming" in CliRunner().invoke(main, ["formula", file, "--model", "Llama"]).stderr


def test_no_step_behind_nothing() -> None:
    """The library begins a text with the scores of its last token alone, and keeps what its architecture keeps."""
    step = symcost.from_config({"model_type": "llama", "num_hidden_layers": 2}).step()
    with pytest.raises(EmptyCache, match="a text begins"):
        step.at(c=0)


def test_a_step_is_open_in_its_tokens() -> None:
    """One token is what a step has unless more is asked; in all sizes it may be asked for."""
    from symcost import pages

    step = symcost.from_config({"model_type": "llama", "num_hidden_layers": 2}).step().at(c=100)
    assert "while T" in str(pages.time_formula(step, "a10", "bf16", dimensions=["T"]))
