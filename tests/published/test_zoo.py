"""The zoo: one file speaks of a type, and any command finds it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

import symcost
from symcost import zoo
from symcost.cli import main
from symcost.document import load
from symcost.errors import UnknownFamily, UnknownType
from symcost.graph import files
from symcost.published.library import type_of

LLAMA = {"model_type": "llama", "num_hidden_layers": 2, "architectures": ["LlamaForCausalLM"]}
PARAMS = 2 * 32000 * 4096 + 4096 + 2 * (4 * 4096**2 + 3 * 4096 * 11008 + 2 * 4096)


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(LLAMA))
    return str(path)


def run(*arguments: str, given: str | None = None) -> str:
    result = CliRunner().invoke(main, arguments, input=given)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_one_file_speaks_of_a_type() -> None:
    """Or which would be asked?"""
    spoken = Counter(kind for family in zoo.families() for kind in family.types)
    assert [kind for kind, count in spoken.items() if count > 1] == []


@pytest.mark.slow
def test_the_index_is_what_the_files_say() -> None:
    """It is made of the heads of mappings, without parsing; the parsed files say the same."""
    for family in zoo.families():
        mappings = load(family.path)._unit.mappings
        assert {word.value for block in mappings for word in block.types} == set(family.types)


def test_one_file_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many families there are: the others are not parsed, nor looked for among the trees that are kept."""
    read: list[str] = []
    real = files.parse_again
    monkeypatch.setattr(files, "parse_again", lambda source: read.append(source.name) or real(source))
    symcost.from_config(LLAMA)
    parsed = {Path(name).name for name in read if "library/" not in name}
    assert parsed == {"llama.arch", "llama_blocks.arch", "cached.arch"}


def test_the_library_knows_each_type() -> None:
    """What a file leaves out has a value: `write_types.py TYPE` writes it."""
    unknown = [kind for kind in zoo.types() if type_of(kind) is None]
    assert unknown == []


def test_from_python(config: str) -> None:
    """A path, or what stands in a file."""
    assert symcost.from_config(config).params() == PARAMS
    assert symcost.from_config(LLAMA).params() == PARAMS
    with pytest.raises(UnknownType):
        symcost.from_config({"model_type": "lama"})


@pytest.mark.slow
def test_t5_is_tied_whatever_its_file_says() -> None:
    """As transformers 5.24 has it; a checkpoint of version 1.1 holds two tables of words, and that is said."""
    tied, untied = (
        symcost.from_config({"model_type": "t5", **words}) for words in ({}, {"tie_word_embeddings": False})
    )
    assert tied.params() == untied.params() == 60506624
    assert tied.remarks == () and "tie_word_embeddings" in untied.remarks[0]


@pytest.mark.parametrize("command", ["report", "formula", "explain", "latex", "memory"])
def test_every_command_takes_one(command: str, config: str) -> None:
    """In the place of an architecture."""
    words = {"formula": ["--of", "params"], "explain": ["--of", "params"]}.get(command, [])
    assert run(command, config, "T=128", *words) == run(
        command, str(zoo.folder() / "language/llama.arch"), "--hf", config, "T=128", *words
    )


def test_several_at_once(config: str) -> None:
    """In tables, too."""
    table = run("table", config, "--columns", "params")
    assert "Llama" in table and str(PARAMS) in table.replace(" ", "")


def test_from_standard_input(config: str) -> None:
    """`-` is told apart by how it begins."""
    assert run("formula", "-", "--of", "params", given=json.dumps(LLAMA)) == f"{PARAMS}\n"


def test_twice_is_too_much(config: str) -> None:
    """Wrong use."""
    assert CliRunner().invoke(main, ["report", config, "--hf", config]).exit_code == 2


def test_models_lists_them() -> None:
    """Each family with its types; of a type its file."""
    listed = run("models")
    for family in zoo.families():
        assert family.name in listed
    assert "model Qwen3(" in run("models", "qwen3_moe")
    data = json.loads(run("models", "--format", "json"))
    assert {family["family"] for family in data["families"]} == {family.name for family in zoo.families()}
    with pytest.raises(UnknownFamily):
        symcost.models("lama")


def test_out_of_an_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the package is read from an archive, the files are copied out of it."""
    with ZipFile(tmp_path / "zoo.zip", "w") as archive:
        for path in zoo.folder().rglob("*.arch"):
            archive.write(path, f"symcost/examples/{path.relative_to(zoo.folder())}")
    from zipfile import Path as Inside

    copied = zoo._copied(Inside(tmp_path / "zoo.zip", "symcost/examples/"))
    assert load(copied / "language/llama.arch").model().name == "Llama"


def test_the_wheel_has_it() -> None:
    """As it has the grammar."""
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(r'^examples = "symcost/examples"$', text, re.MULTILINE)
