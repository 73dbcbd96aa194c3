"""What is computed once, when a text is begun: in a step behind it, nothing that leads there alone is left to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from symcost.graph.graph import Block, Graph, GraphNode, Operation, Parameter, Tensor


def leave_out(graph: Graph, used: Iterable[Tensor]) -> None:
    """Take out of a finished graph what only led to `once`; its parameters stay, since a text is begun with them.

    `used`: what is read of it from outside. What something else reads as well is computed in a step, too.
    """
    if not graph.begun:
        return
    needed = set(used)
    kept: list[GraphNode] = []
    for node in reversed(list(graph)):  # who reads what a node makes has been asked before it
        if _led_to(node, graph) and needed.isdisjoint(node.outputs):
            left = _stored(node)
            graph.begun.update(node.inputs)
        else:
            left = node
            needed.update(node.inputs)
        if left is not None:
            kept.append(left)
    graph.rebuild(reversed(kept))
    graph.begun.clear()


def _led_to(node: GraphNode, graph: Graph) -> bool:
    """Whether some of what a node makes is asked for what is computed once."""
    return not isinstance(node, Parameter) and not graph.begun.isdisjoint(node.outputs)


def _stored(node: GraphNode) -> GraphNode | None:
    """What is left of a node in a step: its parameters; None where it has none of its own."""
    match node:
        case Operation():
            return None
        case Block(kind="layer") | Parameter():  # a name for a layer does nothing
            return node
        case Block(owns=False):  # its parameters stand where it was named
            return None
    graph = Graph()
    graph.library = node.graph.library
    graph.statics = node.graph.statics
    for inner in node.graph:
        left = _stored(inner)
        if left is not None:
            graph.insert(left)
    if len(graph) == 0:
        return None
    return replace(node, graph=graph, inputs=(), outputs=(), carried=(), emitted=())
