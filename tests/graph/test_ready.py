"""Layers of the library that were built for another document: the same formulas as in a process that knows nothing."""

from __future__ import annotations

import pytest

import symcost
from symcost.errors import SymcostError
from symcost.graph.graph import Block, Graph
from symcost.graph.ready import SHELF

LAYERS = ["Linear(H)", "LSTM(H)", "SelfAttention(heads)", "LayerNorm -> FeedForward(H)", "Conv1d(H, 3, stride = 2)"]


def asked(text: str) -> list[str]:
    model = symcost.loads(text).model()
    return [str(model.params), str(model.macs), str(model.depth), *map(str, model.assumptions)]


@pytest.mark.parametrize("layer", LAYERS)
def test_who_asks_second_is_told_the_same(layer: str) -> None:
    """Whatever was asked before, with the same sizes in another order, other names, or more known of them."""
    texts = [
        f"model A(x: [T, D], H, heads) {{ return x -> {layer} }}",
        f"model A(x: [T, 2*D], H, heads) {{ return x -> {layer} }}",
        f"model A(x: [T, D*2], H, heads) {{ return x -> {layer} }}",
        f"model A(x: [T, D], H, heads) {{ assume heads divides D  assume T >= 9  return x -> {layer} }}",
        f"model A(x: [T, D], H, heads) {{ let W = D/heads  return x -> {layer} }}",
        f"model A(x: [T, D], H, heads) {{ frozen {{ y = x -> {layer} }}  return y }}",
    ]
    cold = []
    for text in texts:
        SHELF.clear()
        cold.append(asked(text))
    assert [asked(text) for text in texts] == cold
    assert [asked(text) for text in reversed(texts)] == cold[::-1]


def test_no_place_of_another_document() -> None:
    """What stays has places in the library only."""

    def sources(graph: Graph) -> set[str]:
        found = {tensor.span.source.name for tensor in graph.ports}
        for node in graph:
            found.add(node.span.source.name)
            if isinstance(node, Block):
                found |= sources(node.graph)
        return found

    SHELF.clear()
    _ = symcost.loads("model A(x: [T, D], H) { return x -> LSTM(H) -> Linear(D) }", "mine.arch").model().macs
    kept = [ready.graph for ready in SHELF._recent.values()]
    assert kept and all(name.startswith("library/") for graph in kept for name in sources(graph))


def test_what_is_wrong_is_told_where_it_is_wrong() -> None:
    """A fault inside of a layer names the line of this text, however often the layer was built without one."""
    for _ in range(2):
        with pytest.raises(SymcostError) as caught:
            _ = symcost.loads("model A(x: [T, D], y: [T]) {\n  return attention(x, x, y)\n}", "mine.arch").model().graph
        assert "mine.arch:2" in str(caught.value)
