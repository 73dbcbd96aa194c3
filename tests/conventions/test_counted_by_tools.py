"""The conventions named after tools, layer by layer, against what those tools say of PyTorch's layers.

`tools/run_tools.py` ran every layer of `tools/layers.py` and kept the numbers, with the versions of the tools. Where
the tools are installed, they are asked again.
"""

from __future__ import annotations

import json
import runpy
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import symcost
from symcost.conventions import WRITTEN, Rule, load
from symcost.document import library
from symcost.errors import LayerNotCounted
from symcost.graph.files import library_definition
from symcost.graph.names import names_of
from symcost.ops import PRIMITIVES
from symcost.ops.pointwise import POINTWISE

TOOLS = Path(__file__).parent / "tools"
LAYERS: dict[str, Any] = runpy.run_path(str(TOOLS / "layers.py"))["LAYERS"]
NEWEST = "2.15.0"
"""The PyTorch that the conventions speak of."""

OTHERWISE_RUN = {("MultiheadAttention with its weights", "fvcore"), ("MultiheadAttention with its weights", "ptflops")}
"""Where a tool's number depends on how the layer is called, and the convention speaks of the other way."""

REFUSED = {
    ("matrix @ vector", "fvcore"),
    ("vector @ vector", "fvcore"),
    ("matrices @ vector", "fvcore"),
    ("indices: three tensors", "fvcore"),
    ("ConvTranspose1d", "thop"),
    ("ConvTranspose1d with all options", "thop"),
    ("ConvTranspose2d", "thop"),
    ("ConvTranspose2d with all options", "thop"),
    ("LSTM with a projection", "thop"),
    ("LSTM with a projection", "ptflops"),
    ("MultiheadAttention without bias", "ptflops"),
    ("TransformerEncoderLayer without bias", "ptflops"),
    ("MultiheadAttention over other widths", "ptflops"),
}
"""Where a convention says why it has no number."""

ON_A_CPU = {
    "attention",
    "causal_attention",
    "MultiheadAttention",
    "MultiheadAttention without bias",
    "MultiheadAttention over another sequence",
    "MultiheadAttention over other widths",
    "causal MultiheadAttention",
    "TransformerEncoderLayer",
    "TransformerEncoderLayer with gelu, norms first",
    "TransformerEncoderLayer without bias",
    "TransformerDecoderLayer",
}
"""What PyTorch counts from 2.15 on: before, fused attention on a CPU was not in the registry of FlopCounterMode."""


@cache
def counted(torch: str) -> dict[str, dict[str, int | None]]:
    """What the tools said, with one version of PyTorch."""
    table = json.loads((TOOLS / f"counted_torch_{torch}.json").read_text(encoding="utf-8"))
    assert table["versions"]["torch"] == torch
    layers: dict[str, dict[str, int | None]] = table["layers"]
    return layers


def ours(tool: str, name: str) -> int | None:
    """What a convention says; nothing where it refuses to."""
    try:
        return int(symcost.loads(LAYERS[name].arch).model().flops(tool)())
    except LayerNotCounted:
        return None


PAIRS = [(tool, name) for tool in ("pytorch", "fvcore", "thop", "ptflops") for name in LAYERS]


@pytest.mark.parametrize(("tool", "name"), PAIRS)
def test_every_layer_as_the_tool_counts_it(tool: str, name: str) -> None:
    """The tool's number to the digit, or a refusal: which layers are refused stands above."""
    if (name, tool) in OTHERWISE_RUN:
        pytest.skip("depends on how the layer is called; see the other rows of it")
    found = ours(tool, name)
    assert (found is None) == ((name, tool) in REFUSED)
    assert found is None or found == counted(NEWEST)[name][tool]


def test_every_layer_was_run() -> None:
    """The tables hold what `layers.py` holds, and nothing else."""
    assert list(counted(NEWEST)) == list(counted("2.13.0")) == list(LAYERS)


def test_what_changed_between_versions_is_fused_attention() -> None:
    """Of four tools only FlopCounterMode says another thing under PyTorch 2.13, and only where attention is fused."""
    old, new = counted("2.13.0"), counted(NEWEST)
    changed = {(name, tool) for name in LAYERS for tool in new[name] if old[name][tool] != new[name][tool]}
    assert changed == {(name, "pytorch") for name in ON_A_CPU}


@pytest.mark.parametrize("tool", ["pytorch", "fvcore", "thop", "ptflops"])
def test_rules_are_for_what_there_is(tool: str) -> None:
    """A misspelt layer, or a condition on a name that a layer has not, would be a rule for nothing."""
    convention = load(tool)
    known = {*library(), *PRIMITIVES, *POINTWISE, *WRITTEN, "choose"}
    assert set(convention.layers) <= known
    for layer, rule in convention.layers.items():
        assert set(rule.within) <= known
        assert {condition.name for condition in rule.where} <= _names(layer, rule)


def _names(layer: str, rule: Rule) -> set[str]:
    """The names in a signature that are no tensors."""
    if not rule.where:
        return set()
    defined = library_definition(layer)
    assert defined is not None
    ports = defined.definition.ports
    sizes = {name.text for port in ports if port.shape is not None for name in names_of(port.shape)}
    return sizes | {port.name.text for port in ports if port.shape is None}


@pytest.mark.parametrize("tool", ["pytorch", "fvcore", "thop", "ptflops"])
def test_mixtures_of_experts_are_refused(tool: str) -> None:
    """What a tool says of experts depends on how they are called: 198 656, 2 048 or nothing for the same block.

    Mixtral's block of transformers 5.24.0 (8 tokens of 32 channels, 2 of 4 experts, 64 hidden channels), torch 2.15.0:
    FlopCounterMode 198 656 with eager experts (as many as there are: 2·8·(32·4 + 2·3·32·64)), 2 048 with grouped ones,
    that is its default and only the gate; fvcore 99 328 and 1 024; thop 0; ptflops 1 056, or 99 360 with batched ones.
    """
    block = "model M(x: [8, 32]) { return x -> MixtureOfExperts(experts = 4, active = 2, F = 64) }"
    with pytest.raises(LayerNotCounted, match="cannot count `MixtureOfExperts`"):
        symcost.loads(block).model().flops(tool)
    own = "model M(x: [8, 32]) { choose 2 of 4 { emit y = x -> Linear(64) }\n return sum(y, axis = 0) }"
    with pytest.raises(LayerNotCounted, match="cannot count `choose`"):
        symcost.loads(own).model().flops(tool)


def test_an_open_projection_is_no_plain_lstm() -> None:
    """Sizes that may differ are taken for different: no number is given that holds for one of them only."""
    model = symcost.loads("model M(x: [5, 12], P) { return x -> LSTM(9, proj = P) }").model()
    with pytest.raises(LayerNotCounted, match="cannot count `LSTM`"):
        model.flops("thop")
    assert model.at(P=4).flops("pytorch")() == 6120  # FlopCounterMode of 2.13, 2.14.1 and 2.15.0, on a CPU and on meta


@pytest.mark.parametrize("tool", ["pytorch", "fvcore", "thop", "ptflops"])
def test_the_tools_still_say_so(tool: str) -> None:
    """Every layer once more, where PyTorch and the tool are installed; against the table of that PyTorch, or ours."""
    torch = pytest.importorskip("torch")
    if tool != "pytorch":
        pytest.importorskip(tool)
    version = torch.__version__.partition("+")[0]
    if not (TOOLS / f"counted_torch_{version}.json").exists():
        pytest.skip(f"`run_tools.py --write` has not been run with PyTorch {version}")
    run = runpy.run_path(str(TOOLS / "run_tools.py"))["count"]
    assert {name: run(tool, name) for name in LAYERS} == {name: row[tool] for name, row in counted(version).items()}
