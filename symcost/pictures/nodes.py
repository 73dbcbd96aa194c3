"""What a picture has to know of the nodes of a graph: which are drawn, which learn, what comes in and goes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.graph.graph import Block, Carried, Graph, GraphNode, Operation, Parameter, Tensor


def is_box(node: Operation, tensors: Sequence[Tensor], learned: Sequence[str]) -> bool:
    """Whether an operation counts, or brings several things together; most others only give numbers another shape."""
    if node.cost.counts or len(tensors) > 1:
        return True
    return bool(tensors and learned) or _reorders(node)


def _reorders(node: Operation) -> bool:
    """Whether it gives numbers another order and the same shape, as `reverse` does: no shape would tell of it."""
    return node.kind in ("reverse", "roll")


def home(node: Block) -> list[Graph]:
    """The named layer that a block calls, if it calls one."""
    return [] if node.home is None else [node.home]


def counts(node: GraphNode) -> bool:
    """Whether a node has parameters or operations, anywhere inside."""
    waiting, seen = [node], set()
    while waiting:
        match waiting.pop():
            case Parameter():
                return True
            case Operation() as operation if operation.cost.counts:
                return True
            case Block() as block if block.graph not in seen:
                seen.add(block.graph)
                waiting += block.graph
    return False


def is_leaf(node: Block) -> bool:
    """Whether a layer of the library is one that everybody knows: nothing in it learns or recurs by itself."""
    if node.kind != "call" or node.graph.library is None:
        return False
    inside = [inner for inner in node.graph if isinstance(inner, Block)]
    return not any(learns(inner) or inner.carried for inner in inside)


def learns(block: Block) -> bool:
    """Whether there are parameters in a block, at any depth."""
    return any(isinstance(node, Parameter) or (isinstance(node, Block) and learns(node)) for node in block.graph)


def entering(node: Block) -> Iterator[tuple[Tensor, Tensor]]:
    """What comes into a block: by the tensor around it, and by the one inside."""
    if node.kind in ("call", "layer"):
        yield from zip(node.inputs, node.graph.ports, strict=True)
        return
    starting = {carried.initial for carried in node.carried}
    captured = node.graph.captured()
    for tensor in node.inputs:
        if tensor not in starting or tensor in captured:
            yield tensor, tensor


def handed_on(node: Block) -> list[Carried]:
    """What a recurrence hands to its next round; a stack of layers is no recurrence."""
    return list(node.carried) if node.kind == "scan" else []


def read_in(graph: Graph) -> set[Tensor]:
    """What the nodes of a graph read, and its results."""
    return {*graph.results, *(tensor for node in graph for tensor in node.inputs)}


def results(node: Block, needed: set[Tensor]) -> Iterator[tuple[Tensor, Tensor]]:
    """What goes out of a block and is needed there: by the tensor around it, and by the one inside."""
    inside = _made_inside(node)
    for tensor in node.outputs:
        if tensor in inside and tensor in needed:
            yield tensor, inside[tensor]


def _made_inside(node: Block) -> dict[Tensor, Tensor]:
    """By what goes out of a block, what that is in it."""
    if node.kind in ("call", "layer"):
        return dict(zip(node.outputs, node.graph.results, strict=True))
    lasts = {carried.last: carried.end for carried in node.carried}
    stacked = {emitted.stacked: emitted.each for emitted in node.emitted}
    return lasts | stacked
