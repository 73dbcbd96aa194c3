"""Recurrent layers as one operation."""

from __future__ import annotations

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import size
from symcost.importing.program import Arg, Call, Function

NAMES = {"aten.lstm": "LSTM", "aten.gru": "GRU", "aten.rnn_tanh": "RNN"}


@rule("lstm", "gru", "rnn_tanh")
def recurrent(site: Site) -> None:
    """Layers on top of each other, in one direction or both; only what they show at each step is written."""
    site.understood("dropout", "hx")
    if site.flag("train"):
        raise Refused("it is in training")
    x, weights = site.value("input"), site.all_values("params")
    if not site.own(*weights):
        raise Refused("its weights are computed or shared")
    hidden, layers = weights[1].shape[1], site.integer("num_layers")
    bias, both = site.flag("has_biases"), site.flag("bidirectional")
    if len(weights) != layers * (1 + both) * (4 if bias else 2):
        raise Refused("its projections are not understood")
    order = (0, 1, 2) if site.flag("batch_first") else (1, 0, 2)
    keywords: list[tuple[str, Arg]] = [] if bias else [("bias", False)]
    name = NAMES[site.node.op]
    arguments: tuple[Arg, ...] = (size(hidden, "H"),)
    if layers > 1 or both:
        arguments = (Function(name), size(hidden, "H"))
        keywords = [("layers", size(layers, "layers")), *keywords, *([("bidirectional", True)] if both else [])]
        name = "Stacked"
    call = Call(name, (site.moved(x, order),), arguments, tuple(keywords), site.owns(*weights))
    made = site.part(0, call, order)
    site.give(made, *(None for _ in site.node.results[1:]))
