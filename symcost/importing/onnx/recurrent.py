"""Recurrent layers of ONNX, by what PyTorch calls them. What PyTorch's layers do not do is refused with its reason."""

from __future__ import annotations

from collections.abc import Mapping

from symcost.importing.graph import Argument
from symcost.importing.onnx.operations import Given, NotWritten
from symcost.records import dataclass

RECURRENT = frozenset({"LSTM", "GRU", "RNN"})

OPERATIONS = {"LSTM": "aten.lstm", "GRU": "aten.gru", "RNN": "aten.rnn_tanh"}
ACTIVATIONS = {"LSTM": ("Sigmoid", "Tanh", "Tanh"), "GRU": ("Sigmoid", "Tanh"), "RNN": ("Tanh",)}
"""Of one direction, where nothing is said."""

LENGTHS, PEEPHOLES = 4, 7
"""The places of inputs: how long each example is, and weights from the cell to its gates."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer, in one direction or both."""

    op: str
    hidden: int
    directions: int
    options: Mapping[str, Argument]


def recurrent_layer(kind: str, given: Given) -> Layer:
    """The layer of a node. Raises NotWritten."""
    direction = given.attributes.get("direction", "forward")
    if direction not in ("forward", "bidirectional"):
        raise NotWritten("it goes backwards alone")
    directions = 2 if direction == "bidirectional" else 1
    _refuse_unusual(kind, given, directions)
    options: dict[str, Argument] = {}
    if kind == "GRU" and not given.flag("linear_before_reset"):
        options["reset_after"] = False
    return Layer(OPERATIONS[kind], given.shapes[2][2], directions, options)


def _refuse_unusual(kind: str, given: Given, directions: int) -> None:
    usual = ACTIVATIONS[kind] * directions
    unusual = {
        "its activations are not the usual ones": given.attributes.get("activations", usual) not in (None, usual),
        "its batch comes first": given.flag("layout"),
        "its input and forget gates are one": given.flag("input_forget"),
        "its examples are of several lengths": given.input(LENGTHS) is not None,
        "its gates see the cell": kind == "LSTM" and given.input(PEEPHOLES) is not None,
    }
    for why, is_so in unusual.items():
        if is_so:
            raise NotWritten(why)
