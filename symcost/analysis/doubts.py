"""Doubts: what a text says that its author may not have meant, seen in its graph. Nothing here is an error.

Habits of PyTorch build another network here than there without a fault: an image with its channels in front, and a
layer that is told the width of its input before its own. And a `scan` from which nothing goes on is a `for`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from fractions import Fraction
from itertools import islice

from symcost.diagnostics import Report
from symcost.errors.doubts import as_channels, as_heads, channels_in_front, nothing_carried
from symcost.formula import Form
from symcost.graph.graph import Block, Graph, Tensor

Shown = Callable[[Form], Form]
"""Puts in what numbers are known."""

OVER_IMAGES = frozenset(
    {"Conv2d", "ConvTranspose2d", "max_pool2d", "avg_pool2d", "adaptive_avg_pool2d", "global_avg_pool2d"}
)
CONVOLUTIONS = frozenset({"Conv1d", "Conv2d"})
HEADED = frozenset({"MultiheadAttention", "TransformerEncoderLayer", "TransformerDecoderLayer"})

CHANNELS = (1, 3, 4)
"""Channels of an image: grey, three colours, colours and how far it is seen through."""

LEAST_SIDE = 16
"""Pixels; narrower images and as few channels are left alone."""

LEAST_KERNEL = 16
"""Positions; with a stride of 2 or more no kernel in use is as wide (wav2vec 2.0 has 10 with 5), channels are."""


def doubts(graph: Graph, shown: Shown) -> Iterator[Report]:
    """The notes on a model, each of them once, in the order of the text.

    >>> import symcost
    >>> model = symcost.loads("model M(x: [3, 224, 224]) { return x -> Conv2d(64, 3) }").model()
    >>> [note.code for note in model.doubts]
    ['channels-last']
    """
    yield from _in_front(graph, frozenset(graph.ports), shown, set())
    yield from _widths(graph, shown, set())
    yield from islice(_scans_without_carry(graph, set()), 1)


Looked = set[tuple[Graph, frozenset[Tensor]]]
"""Graphs with what of them are inputs of the model: modules that call each other twice stand in very many places."""


def _in_front(graph: Graph, inputs: frozenset[Tensor], shown: Shown, seen: Looked) -> Iterator[Report]:
    """An input of the model that goes into a layer over images as no image is."""
    if (graph, inputs) in seen:
        return
    seen.add((graph, inputs))
    for block in _reading(graph, inputs):
        image = block.inputs[0]

        # A layer over images is looked at as a whole; anything else is looked into.
        if block.name not in OVER_IMAGES or block.kind != "call":
            yield from _in_front(block.graph, _inside(block, inputs), shown, seen)
        elif image in inputs and _is_in_front(list(map(shown, image.shape))):
            yield channels_in_front(image.shape, image.span, block.name)
            return


def _reading(graph: Graph, tensors: Set[Tensor]) -> Iterator[Block]:
    """The blocks of a graph that read one of the tensors."""
    for node in graph:
        if isinstance(node, Block) and not tensors.isdisjoint(node.inputs):
            yield node


def _inside(block: Block, inputs: Set[Tensor]) -> frozenset[Tensor]:
    """The inputs of the model as a block has them inside."""
    if block.kind != "call":
        return frozenset(inputs)  # a loop reads them from outside
    pairs = zip(block.inputs, block.graph.ports, strict=True)
    return frozenset(port for tensor, port in pairs if tensor in inputs)


def _is_in_front(shape: list[Form]) -> bool:
    """Whether an image [Y, X, C] looks like [C, Y, X]: few rows, and as many channels as columns, or many of both."""
    *_, first, second, last = shape
    if first.number not in CHANNELS:
        return False
    if second.number is None or last.number is None:
        return second == last or (first == 3 and second.number is None and last.number is None)
    wide = min(second.number, last.number) >= LEAST_SIDE
    return wide and (second == last or first == 3)


def _widths(graph: Graph, shown: Shown, seen: set[Graph]) -> Iterator[Report]:
    """Layers that the text tells the width of their input, as PyTorch wants it."""
    for block in _blocks(graph, seen):
        if _is_of_text(block):
            yield from _told_widths(block, shown)


def _is_of_text(block: Block) -> bool:
    """Whether it is a call that stands in the text of the user, not in one of the library."""
    return block.kind == "call" and _is_of_user(block)


def _is_of_user(block: Block) -> bool:
    return not block.span.source.name.startswith("library/")


def _scans_without_carry(graph: Graph, seen: set[Graph]) -> Iterator[Report]:
    """Loops of the text that are called `scan`, though their rounds do not wait for each other."""
    for block in _blocks(graph, seen):
        is_called_scan = block.kind == "scan" and block.name.startswith("scan ")
        if is_called_scan and not block.carried and _is_of_user(block):
            yield nothing_carried(block.name, block.span)


def _blocks(graph: Graph, seen: set[Graph]) -> Iterator[Block]:
    """Every block, before those inside it; those inside graphs of `seen` are known."""
    seen.add(graph)
    for node in graph:
        if not isinstance(node, Block):
            continue

        yield node
        if node.graph not in seen:
            yield from _blocks(node.graph, seen)


def _told_widths(call: Block, shown: Shown) -> Iterator[Report]:
    """A call whose first numbers are those of PyTorch: the width that comes in, then the one that goes out."""
    if call.name in CONVOLUTIONS:
        known = _numbers(call, shown)
        if _is_told_channels(known):
            yield as_channels(call.name, int(known["kernel"]), int(known["stride"]), call.span)

    elif call.name in HEADED:
        known = _numbers(call, shown)
        heads, width = known.get("heads", 0), known.get("D", 0)
        if heads == width >= LEAST_SIDE:
            yield as_heads(call.name, call.span)


def _numbers(call: Block, shown: Shown) -> dict[str, Fraction]:
    """What of the signature of a call is a number."""
    numbers: dict[str, Fraction] = {}
    for name, value in call.graph.statics.items():
        number = shown(value).number if isinstance(value, Form) else None

        if number is not None:
            numbers[name] = Fraction(number)

    return numbers


def _is_told_channels(known: Mapping[str, Fraction]) -> bool:
    """Whether a convolution has as many channels as come in, and a kernel and a stride that nobody wants."""
    if known.get("O", 0) != known.get("I"):
        return False

    # `Conv2d(3, 64, 7)`: what is read as the kernel are channels, what is read as the stride is the kernel.
    return known.get("kernel", 0) >= LEAST_KERNEL and known.get("stride", 0) >= 2
