"""The nodes that lead to a tensor: what stands beside them has no window that anybody asks for."""

from __future__ import annotations

from symcost.graph.graph import Graph, GraphNode, Tensor


def leading_to(result: Tensor, graph: Graph) -> list[GraphNode]:
    """The nodes of a graph that a tensor in it is made by, in the order of the text."""
    found: set[GraphNode] = set()
    waiting = [result]
    while waiting:
        node = graph.source(waiting.pop())
        if node is not None and node not in found:
            found.add(node)
            waiting += getattr(node, "inputs", ())
    return [node for node in graph if node in found]
