"""The graph as networkx has it: what networkx finds there is what the formulas say."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

import symcost
from symcost.formula import Form, add, num
from symcost.model import Model

EXAMPLES = Path(__file__).parents[2] / "examples"

LOOP_FREE = [
    ("lecture/mnist.arch", None),
    ("lecture/conv2d.arch", None),
    ("vision/lenet.arch", None),
    ("vision/alexnet.arch", None),
    ("vision/unet.arch", None),
    ("vision/dcgan.arch", None),
    ("vision/ddpm.arch", None),
    ("lecture/parallel.arch", "Attending"),
    ("lecture/alignment.arch", "Translation"),
    ("language/performer.arch", "Performer"),
]

LOOPS = ["lecture/elman.arch", "lecture/lstm.arch", "language/gpt2.arch", "language/mixtral.arch"]


def example(file: str, name: str | None = None) -> Model:
    document = symcost.load(EXAMPLES / file)
    return document.model(name) if name else next(iter(document.models.values()))


def summed(network: Any, count: str) -> Form:
    """The sum of a count over all nodes; `mac` of the costs, else an attribute."""
    forms = (d["cost"]["mac"] if count == "mac" else d[count] for _, d in network.nodes(data=True))
    return add(num(0), *forms)


@pytest.mark.parametrize(("file", "name"), LOOP_FREE)
def test_the_longest_chain_is_the_depth(file: str, name: str | None) -> None:
    """Without loops every operation waits for those before it, and nothing else."""
    model = example(file, name)
    network = model.network(flat=True)
    assert nx.is_directed_acyclic_graph(network)
    assert all(d["kind"] == "layer" for _, d in network.nodes(data=True) if d["role"] == "block")
    assert model.depth == nx.dag_longest_path_length(network, weight="steps")


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("file", [*(file for file, _ in LOOP_FREE), *LOOPS])
def test_the_counts_of_the_nodes_add_up(file: str, flat: bool) -> None:
    """Nested or flat, the nodes count what the model counts."""
    model = example(file)
    network = model.network(flat=flat)
    assert model.macs == summed(network, "mac")
    assert model.params == summed(network, "params")


def test_a_loop_is_a_node_with_one_round_inside() -> None:
    """T rounds of I·H + H·H multiply-accumulates; what a round reads and leaves are nodes."""
    network = example("lecture/elman.arch").network()
    scan = network.nodes["scan t in T"]
    assert (scan["role"], scan["kind"], str(scan["count"]), scan["line"]) == ("block", "scan", "T", 8)
    inside = scan["graph"]
    assert str(summed(inside, "mac")) == "I·H + H·H"
    assert [n for n, d in inside.nodes(data=True) if d["role"] == "input"] == ["h", "x", "W", "U", "b"]
    assert [n for n, d in inside.nodes(data=True) if d["role"] == "output"] == ["next h", "emit y"]
    assert list(inside.predecessors("next h")) == list(inside.predecessors("emit y")) == ["tanh"]
    assert set(network.predecessors("scan t in T")) == {"x", "W", "U", "b", "zeros"}


def test_edges_carry_shapes() -> None:
    """An edge for each time that a tensor is read, with its shape as forms."""
    model = symcost.loads("model Twice(x: [N, M]) { y = x + x return y }").model()
    edges = list(model.network().edges(data=True))
    assert [edge[:2] for edge in edges] == [("x", "+"), ("x", "+"), ("+", "return")]
    assert [size.source() for size in edges[0][2]["shape"]] == ["N", "M"]
    assert edges[0][2]["size"] == model.operations["add"].form


def test_names_are_readable_and_stay() -> None:
    """Names come from the text and its order, so that two builds name alike."""
    text = "model A(x: [N]) { layer f = Linear(N) y = f(tanh(x)) return f(y) -> Linear(N) -> tanh }"
    first, second = (symcost.loads(text).model().network(flat=True) for _ in range(2))
    assert list(first) == list(second)
    assert list(first)[:3] == ["x", "layer f", "tanh"]
    assert {"tanh 2", "Linear/contract", "Linear 2/contract", "Linear 3/W"} <= set(first)


def test_a_named_layer_has_its_parameters_once() -> None:
    """They stand at the layer, whatever its calls."""
    model = symcost.loads("model A(x: [N]) { layer f = Linear(N) return f(f(x)) }").model()
    network = model.network(flat=True)
    assert network.nodes["layer f"]["params"] == model.params.form
    assert all(d["params"] == 0 for n, d in network.nodes(data=True) if n != "layer f")


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("file", ["lecture/mnist.arch", *LOOPS])
def test_it_goes_out_as_graphml(file: str, flat: bool) -> None:
    """In words it can be written, and read again with the same nodes and edges."""
    network = example(file).network(flat=flat, plain=True)
    stream = BytesIO()
    nx.write_graphml(network, stream)
    stream.seek(0)
    again = nx.read_graphml(stream, force_multigraph=True)
    assert dict(again.nodes(data=True)) == dict(network.nodes(data=True))
    assert sorted(again.edges()) == sorted(network.edges())
    assert {d["inside"] for _, d in network.nodes(data=True)} - {""} <= set(network)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", ["report", *(pytest.param(name, marks=pytest.mark.thorough) for name in ("formula", "check"))]
)
def test_no_formula_needs_networkx(command: str) -> None:
    """It takes as long to start as a short run; an LSTM has cycles of two values to look at."""
    path = EXAMPLES / "lecture" / "lstm.arch"
    code = f"import sys; from symcost.cli import main; main([{command!r}, {str(path)!r}], standalone_mode=False)"
    said = subprocess.run([sys.executable, "-c", f"{code}; assert 'networkx' not in sys.modules"], check=False)
    assert said.returncode == 0
