"""What a network works out from nothing: masks, positions, tables. And which of its operations anything is made of.

An operation is live if it depends on an input or a parameter; it is needed if a result of the network depends on it.
"""

from __future__ import annotations

from collections.abc import Iterable

from symcost.importing.graph import Argument, Graph, Link, Node

SHAPE_ONLY = {
    "aten." + name
    for name in (
        "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "new_zeros", "new_ones",
        "new_full", "new_empty", "new_empty_strided", "empty_strided", "size", "sym_size", "zero", "fill",
    )
}  # fmt: skip
"""What asks a tensor for its shape alone."""

WORDS = (
    ("rotary", "rotary table"),
    ("rope", "rotary table"),
    ("relative", "relative positions"),
    ("position", "positions"),
    ("anchor", "anchors"),
    ("mask", "mask"),
)
"""What the path of a module, the name of a buffer or a line of code says about a constant."""


def links(value: Argument) -> Iterable[str]:
    """The nodes that an argument is made of."""
    if isinstance(value, Link):
        yield value.node
    elif isinstance(value, tuple):
        for one in value:
            yield from links(one)


def operands(node: Node) -> list[str]:
    """The nodes that a node reads."""
    return [name for value in node.args.values() for name in links(value)]


def live_nodes(graph: Graph) -> set[str]:
    """The leaves and nodes that depend on an input or a parameter."""
    live = {leaf.name for leaf in graph.leaves if leaf.kind in ("param", "input")}
    for node in graph.nodes:
        if node.op not in SHAPE_ONLY and any(name in live for name in operands(node)):
            live.add(node.name)
    return live


def needed_nodes(graph: Graph, live: set[str]) -> set[str]:
    """The live nodes that a result of numbers is made of, or a product that PyTorch computes though nobody reads it."""
    read = {node.name: operands(node) for node in graph.nodes}
    waiting = [name for name in _wanted(graph) if name in live]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += live.intersection(read.get(name, ()))
    return needed


def _wanted(graph: Graph) -> list[str]:
    """The results of numbers, and all products."""
    numbers = _numbers(graph)
    results = [name for name in graph.outputs if name in numbers]
    products = [node.name for node in graph.nodes if node.macs]
    return results + products


def _numbers(graph: Graph) -> set[str]:
    """All that is made of numbers, not of indices or truth values."""
    made = {leaf.name for leaf in graph.leaves if leaf.tensor.floating}
    for node in graph.nodes:
        if any(one is not None and one.floating for one in node.results):
            made.add(node.name)
    return made


def named(node: Node, words: Iterable[str], boolean: bool) -> str:
    """What a constant is, in a few words: what its operands were, or what its place says."""
    if node.op in TURNING and any("rot" in scope.cls.lower() for scope in node.scopes):
        return "rotary table"
    if boolean:
        return "mask"
    inherited = [one for one in words if one and one != "mask"]
    return inherited[0] if inherited else _of_place(node)


TURNING = ("aten.cos", "aten.sin", "aten.polar")


def _of_place(node: Node) -> str:
    """What the class of the module says, else the operation."""
    inside = node.scopes[-1].cls if node.scopes else ""
    place = f"{inside} {node.op}".lower()
    return next((said for word, said in WORDS if word in place), _plain(node))


def _plain(node: Node) -> str:
    by_op = {
        "aten.arange": "positions",
        "aten.zeros": "zeros",
        "aten.zeros_like": "zeros",
        "aten.new_zeros": "zeros",
        "aten.zero": "zeros",
        "aten.ones": "ones",
        "aten.ones_like": "ones",
        "aten.new_ones": "ones",
        "aten.rand_like": "random numbers",
        "aten.randn": "random numbers",
        "aten.randn_like": "random numbers",
    }
    return by_op.get(node.op, "")


def of_buffer(source: str) -> str:
    """What a buffer is, by its own name: `attn.relative_position_index`."""
    return source.rsplit(".", 1)[-1].replace("_", " ").strip()
