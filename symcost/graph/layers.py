"""Named layers: `layer f = Linear(H)`, called anywhere, with one set of parameters that stands where it is named."""

from __future__ import annotations

from symcost.errors import DuplicateName, UnusedLayer
from symcost.graph.expressions import callee, stage_of
from symcost.graph.frame import Frame
from symcost.graph.graph import Block, Graph
from symcost.graph.values import Named
from symcost.syntax import ast


def name_layer(statement: ast.Layer, frame: Frame) -> Named:
    """A layer by its name: its parameters stand in the graph here, once its first call has shown their shapes.

    Raises DuplicateName for a second layer of this name in the same body.
    """
    name, context = statement.name, frame.context
    known = frame.names.get(name.text)
    if isinstance(known, Named) and known.name == name.text and known.frame is frame:
        raise DuplicateName(name.text, name.span, known.span)
    function, arguments = stage_of(statement.value, frame)
    called = callee(function, frame)
    layer = Named(name.text, called, arguments, Graph(), name.span, frame, context.frozen)
    context.layers.append(layer)
    frame.insert(Block("layer", layer.name, layer.home, statement.span))
    return layer


def leave(frame: Frame) -> None:
    """A body is done: each layer that was named in it puts its parameters where it was named.

    Raises UnusedLayer for one that was never called: the size of its input is unknown.
    """
    if not frame.context.layers:
        return
    for value in frame.names.values():
        if isinstance(value, Named) and value.frame is frame:
            if not value.built:
                raise UnusedLayer(value.name, value.span)
            value.home.insert(Block("call", value.name, next(iter(value.built)), value.span))
