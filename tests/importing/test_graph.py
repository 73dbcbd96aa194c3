"""What the capturing process sends is checked before it is used, and its file makes the same text without PyTorch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from symcost.cli import main
from symcost.errors import CannotCapture, SymcostError
from symcost.importing.capture import answered, checked
from symcost.importing.graph import Malformed, read_graph
from symcost.importing.imported import UnusableLists, configurations, unseen

GOOD: dict[str, Any] = {
    "name": "Net",
    "configuration": {"width": 8},
    "leaves": [{"name": "x", "kind": "input", "tensor": [[2, 8], "float32"], "source": "x"}],
    "nodes": [
        {
            "name": "y",
            "op": "aten.linear",
            "args": {"input": {"node": "x"}, "weight": {"node": "w"}},
            "results": [[[2, 4], "float32"]],
            "several": False,
            "scopes": [["head", "Linear"]],
            "where": "net.py:3",
            "macs": 64,
        }
    ],
    "outputs": ["y"],
    "schemas": {"aten.linear": {"defaults": {"bias": None}, "mutable": False}},
    "params": 32,
    "versions": {"torch": "2.13.0"},
}
GOOD["leaves"].append({"name": "w", "kind": "param", "tensor": [[4, 8], "float32"], "source": "head.weight"})

BAD: list[dict[str, Any]] = [
    {},
    {**GOOD, "nodes": "many"},
    {**GOOD, "params": -1},
    {**GOOD, "params": True},
    {**GOOD, "outputs": [1]},
    {**GOOD, "leaves": [{"name": "x", "kind": "pickle", "tensor": [[2], "float32"], "source": "x"}]},
    {**GOOD, "leaves": [{"name": "x", "kind": "input", "tensor": [[-2], "float32"], "source": "x"}]},
    {**GOOD, "leaves": [{"name": "x", "kind": "input", "tensor": [[1] * 65, "float32"], "source": "x"}]},
    {**GOOD, "nodes": [{**GOOD["nodes"][0], "args": {"input": {"code": "print"}}}]},
    {**GOOD, "nodes": [{**GOOD["nodes"][0], "macs": 0.5}]},
    {**GOOD, "schemas": {"aten.linear": []}},
    {**GOOD, "name": "x" * 5000},
    {**GOOD, "name": "x\n}"},
    {**GOOD, "params": 1 << 80},
    {**GOOD, "configuration": {"width": 1 << 80}},
    {**GOOD, "nodes": [{**GOOD["nodes"][0], "args": {"input": {"float": "none"}}}]},
    {**GOOD, "nodes": [{**GOOD["nodes"][0], "args": {"input": {"node": "x\n"}}}]},
    {**GOOD, "nodes": [{**GOOD["nodes"][0], "args": {"input": 1 << 80}}]},
]


def test_a_graph_is_read() -> None:
    """Links, shapes and counts are where they were put."""
    graph = read_graph(GOOD)
    assert graph.nodes[0].macs == 64
    assert [leaf.kind for leaf in graph.leaves] == ["input", "param"]


@pytest.mark.parametrize("data", [None, 3, [], *BAD], ids=range(len(BAD) + 3))
def test_anything_else_is_no_graph(data: object) -> None:
    """Neither negative sizes, nor numbers that are none, nor arguments of another kind."""
    with pytest.raises(Malformed):
        read_graph(data)


def written(folder: Path, *answers: dict[str, Any]) -> str:
    path = folder / "captured.json"
    path.write_text("".join(json.dumps(one) + "\n" for one in answers))
    return f"graph:{path}"


def run(*command: str) -> Any:
    return CliRunner().invoke(main, command, prog_name="symcost")


def test_a_captured_file_makes_a_text_that_keeps_itself_honest(tmp_path: Path) -> None:
    """`symcost import` writes it, `symcost check` holds it to PyTorch's two numbers."""
    out = tmp_path / "net.arch"
    assert run("import", written(tmp_path, {"graph": GOOD}), "-o", str(out)).exit_code == 0
    assert "params == 32" in out.read_text()
    assert run("check", str(out)).exit_code == 0


def test_two_sizes_give_a_name(tmp_path: Path) -> None:
    """What is 8 at width 8 and 12 at width 12 is `width`; the third only has to agree."""
    graphs = [json.loads(json.dumps(GOOD).replace("8", str(width))) for width in (8, 12, 20)]
    for graph, width in zip(graphs, (8, 12, 20), strict=True):
        graph["params"] = graph["nodes"][0]["macs"] = 4 * width
        graph["nodes"][0]["macs"] *= 2
    answers = [{"graph": graphs[0]}, {"graph": graphs[1]}, {"graph": graphs[2], "unseen": True}]
    done = run("import", written(tmp_path, *answers))
    assert "x: [2, width]" in done.stdout, done.stderr
    answers[2]["graph"]["params"] += 1
    assert "counts-differ" in run("import", written(tmp_path, *answers)).stderr


@pytest.mark.parametrize(
    "wrong", ["width", "width=", "width=8,", "width=-8", "width=8,x", "=8", "width=0,8", "width=8,٣"]
)
def test_lists_that_are_none(wrong: str) -> None:
    """A key, and whole numbers between commas."""
    assert run("import", "graph:none.json", "--vary", wrong).exit_code == 2


def test_help_says_that_code_runs() -> None:
    """Whoever imports a model runs it."""
    assert "runs the model's code" in " ".join(run("import", "--help").stdout.split())


HERE = Path(__file__).parent


@pytest.mark.parametrize("name", ["transformer", "images"])
def test_the_text_of_a_captured_network(name: str, request: pytest.FixtureRequest) -> None:
    """Graphs that PyTorch 2.14 made of tests/importing/networks.py become the text that was read in review."""
    golden = HERE / "golden" / f"captured_{name}.arch"
    text = run("import", f"graph:{HERE / 'data' / name}.json").stdout
    if request.config.getoption("--rewrite-texts", default=False):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


# Configurations ----------------------------------------------------------------------------------------


def test_values_go_together_and_are_mixed_for_the_test() -> None:
    """The first of every key, the second of every key; then a combination that was not there, and multiples."""
    vary = {"width": (64, 96, 160), "depth": (2, 3, 4)}
    assert configurations(vary) == [{"width": w, "depth": d} for w, d in zip(*vary.values(), strict=True)]
    assert unseen(vary) == [{"width": 96, "depth": 4}, {"width": 128, "depth": 6}]
    assert unseen({"width": (64, 128, 192)}) == [{"width": 256}]
    assert unseen({"width": (64,)}) == unseen({}) == []
    with pytest.raises(UnusableLists, match="as many values"):
        configurations({"width": (64, 96), "depth": (2,)})
    with pytest.raises(UnusableLists, match="`width` is 8 times `heads`"):
        configurations({"width": (64, 96), "heads": (8, 12)})


@pytest.mark.parametrize(
    "answer",
    [
        {"fault": "time", "seconds": "soon"},
        {"fault": "time", "seconds": [1]},
        {"fault": "export", "parts": 3, "path": {"a": 1}, "text": None},
        {"fault": "export", "parts": ["a" * 10_000_000] * 3, "text": "t"},
        {"fault": "export", "parts": ["body"] * 1_000_000, "where": ["w"], "text": "t"},
        {"fault": "build", "text": "\x1b[2J" * 10_000_000},
        {"fault": ["source"], "text": 5},
        {"graph": {**GOOD, "nodes": [{**GOOD["nodes"][0], "args": {"input": 0}}]}, "fault": "time"},
    ],
    ids=["seconds", "seconds-list", "parts", "long-parts", "many-parts", "terminal", "fault", "both"],
)
def test_what_a_process_says_of_itself_is_checked(answer: dict[str, Any]) -> None:
    """Whatever stands in an answer that is no graph ends in a fault of a readable length, which steers no terminal."""
    if "graph" in answer:
        assert answered(answer, "mine:make").name == "Net"
        return
    with pytest.raises(SymcostError) as refused:
        answered(answer, "mine:make")
    assert len(str(refused.value)) < 10_000
    assert "\x1b" not in str(refused.value)


def test_arguments_are_not_endlessly_deep() -> None:
    """Lists in lists as deep as JSON reads them are refused, too."""
    deep: Any = 0
    for _ in range(sys.getrecursionlimit() * 2):
        deep = [deep]
    with pytest.raises(CannotCapture, match="too deep"):
        checked({**GOOD, "nodes": [{**GOOD["nodes"][0], "args": {"input": deep}}]}, "mine:make")


@pytest.mark.parametrize("name", ["transformer", "images"])
def test_the_same_bytes_in_every_process(name: str) -> None:
    """Whatever order sets have in a process: two of them with other seeds write one text."""
    source = f"graph:{Path(__file__).parent / 'data' / name}.json"
    texts = [_in_a_process(["import", source], seed) for seed in ("1", "2")]
    assert texts[0] == texts[1]
    assert b"model " in texts[0]


def _in_a_process(arguments: list[str], seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-m", "symcost", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout
