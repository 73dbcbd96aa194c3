"""Recurrent layers as one operation."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Value, size
from symcost.importing.program import Arg, Call, Function

Keyword = tuple[str, Arg]

NAMES = {"aten.lstm": "LSTM", "aten.gru": "GRU", "aten.rnn_tanh": "RNN"}


@rule("lstm", "gru", "rnn_tanh")
def recurrent(site: Site) -> None:
    """Layers on top of each other, in one direction or both; only what they show at each step is written."""
    site.understood("dropout", "hx")
    if site.flag("train"):
        raise Refused("it is in training")
    x, weights = site.value("input"), _weights(site)
    order = (0, 1, 2) if site.flag("batch_first") else (1, 0, 2)
    name, hidden = NAMES[site.node.op], size(weights[1].shape[1], "H")
    keywords: tuple[Keyword, ...] = () if site.flag("has_biases") else (("bias", False),)
    if site.argument("reset_after") is False:  # as the paper and ONNX have it, and PyTorch never
        keywords = (*keywords, ("reset_after", False))
    arguments: tuple[Arg, ...] = (hidden,)
    # One layer in one direction is no stack.
    if site.integer("num_layers") > 1 or site.flag("bidirectional"):
        if site.argument("reset_after") is False:
            raise Refused("its reset gate acts on the state, in both directions")
        name, arguments = "Stacked", (Function(name), hidden)
        keywords = tuple(_stacked(site, keywords))
    call = Call(name, (site.moved(x, order),), arguments, keywords, site.owns(*weights))
    made = site.part(0, call, order)
    hidden_states = len(site.node.results) - 1
    site.give(made, *[None] * hidden_states)


def _weights(site: Site) -> list[Value]:
    """The parameters of all layers: two matrices and two biases for each direction of each. Raises Refused."""
    weights, directions = site.all_values("params"), 1 + site.flag("bidirectional")
    if not site.own(*weights):
        computed = any(weight.leaf is None for weight in weights)
        raise Refused("its weights are computed" if computed else "another layer reads its weights, too")
    each = 4 if site.flag("has_biases") else 2
    if len(weights) != site.integer("num_layers") * directions * each:
        raise Refused("its projections are not understood")
    return weights


def _stacked(site: Site, keywords: tuple[Keyword, ...]) -> Iterator[Keyword]:
    yield "layers", size(site.integer("num_layers"), "layers")
    yield from keywords
    if site.flag("bidirectional"):
        yield "bidirectional", True
