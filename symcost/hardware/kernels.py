"""Kernels: what a program launches one after the other, how much each does and moves, as formulas.

A profile says what joins: calls of the library that are one kernel (attention, a norm), and whether operations that are
no products join the product before them. A loop whose rounds do not wait for each other is one kernel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from symcost.analysis.counts.operations import Operations
from symcost.analysis.fold import all_rounds, rounds
from symcost.analysis.memory.fused import Fused
from symcost.analysis.memory.looked_at import looks_only, so_often
from symcost.analysis.memory.traffic import Moved
from symcost.cost import Cost, total
from symcost.formula import Assumptions, Form, add, mul, num
from symcost.graph.graph import Block, Graph, Operation, Tensor
from symcost.hardware.workload import STORED
from symcost.questions import Subject
from symcost.records import dataclass

OF_TWO = 2
AXES = 4
"""Of the weights of a convolution: one of its window at least, and the three behind it."""


@dataclass(frozen=True, slots=True)
class Joined:
    """What becomes one kernel: calls of these names, and pointwise work with the product before it."""

    calls: frozenset[str] = frozenset()
    pointwise: bool = False


@dataclass
class Kernel:
    """One kernel in all its rounds: its operations, numbers moved by role, and how often it is launched.

    `depthwise`: each channel is convolved by itself, so that nothing is summed but the positions of the window.
    `chosen`: the `choose` in which it stands, whose parameters are those that one position takes.
    """

    name: str
    costs: list[Cost]
    moved: Mapping[str, Form]
    launches: Form
    product: bool
    depthwise: bool = False
    chosen: Block | None = None

    @property
    def cost(self) -> Cost:
        """All operations that joined."""
        return total(self.costs)


def kernels(subject: Subject, joined: Joined) -> tuple[Kernel, ...]:
    """The kernels of a model, in the order of the text."""
    return tuple(_Builder(subject.assumptions, joined).of(subject.graph))


@dataclass
class _Builder:
    """Goes through a graph; what is inside of a loop is launched in each round."""

    assumptions: Assumptions
    joined: Joined
    moved: Moved = field(default_factory=Moved)
    operations: Operations = field(default_factory=Operations)

    def of(self, graph: Graph) -> list[Kernel]:
        found: list[Kernel] = []
        for kernel in self._walk(graph, ()):
            goes_along = self.joined.pointwise and not kernel.product
            if found and goes_along:
                found[-1].costs += kernel.costs
            else:
                found.append(kernel)
        return found

    def _walk(self, graph: Graph, around: tuple[Block, ...]) -> Iterator[Kernel]:
        for node in graph:
            match node:
                case Operation():
                    yield from self._operation(node, around)
                case Block(kind="layer"):
                    continue
                case Block() if self._is_one(node):
                    yield self._whole(graph, node, around)
                case Block(kind="call"):
                    yield from self._walk(node.graph, around)
                case Block():
                    yield from self._walk(node.graph, (*around, node))

    def _is_one(self, block: Block) -> bool:
        """Whether a block is one kernel: a call that is named, a loop whose rounds do not wait."""
        if block.kind == "call":
            return block.name in self.joined.calls
        return _side_by_side(block) and not self._learned(block)

    def _learned(self, block: Block) -> bool:
        """Whether a block reads parameters: rounds that share these are a batch of all that is in them."""
        moved = Fused(self.assumptions).by_role(block)
        return any(moved.get(role, num(0)) != 0 for role in STORED)

    def _operation(self, operation: Operation, around: tuple[Block, ...]) -> Iterator[Kernel]:
        crossing = self.moved.operation(operation)
        if crossing.all == 0:
            return  # a view
        moved = {"params": crossing.parameters, "activations": crossing.others}
        product = operation.cost["mac"] != 0
        kernel = self._in_place(operation.kind, operation.cost, moved, product, around)
        kernel.depthwise = product and _depthwise(operation)
        yield kernel

    def _whole(self, graph: Graph, block: Block, around: tuple[Block, ...]) -> Kernel:
        """A block as one kernel; of an input that repeats something it reads that once."""
        cost = self.operations.of_node(block)
        moved = dict(Fused(self.assumptions).by_role(block))
        repeated = (_repeated(graph, tensor) for tensor in dict.fromkeys(block.inputs) if not tensor.parameter)
        moved["activations"] = add(moved.get("activations", num(0)), *(mul(num(-1), form) for form in repeated))
        return self._in_place(block.name, cost, moved, cost["mac"] != 0, around)

    def _in_place(
        self, name: str, cost: Cost, moved: Mapping[str, Form], product: bool, around: tuple[Block, ...]
    ) -> Kernel:
        launches: Form = num(1)
        sizes = dict(moved)
        for block in reversed(around):
            cost = all_rounds(block, cost)
            if _side_by_side(block):
                # One launch for all rounds, which share what is stored.
                each_round = set(sizes).difference(STORED)
            else:
                each_round = set(sizes)
                launches = rounds(block, launches)
            sizes |= {role: rounds(block, sizes[role]) for role in each_round}
        chosen = next((block for block in around if block.kind == "choose"), None)
        return Kernel(name, [cost], sizes, launches, product, chosen=chosen)


def _depthwise(operation: Operation) -> bool:
    """Whether it is the product of a convolution whose groups have one channel each.

    There data end in groups and channels of one, weights in channels of one group, groups, and results of one group.
    """
    shapes = [tensor.shape for tensor in operation.inputs]
    if len(shapes) != OF_TWO or len(shapes[0]) < OF_TWO or len(shapes[1]) < AXES or not operation.inputs[1].parameter:
        return False
    (groups, channels), (each, learned) = shapes[0][-2:], shapes[1][-3:-1]
    return channels == 1 and each == 1 and groups != 1 and groups == learned


def _side_by_side(block: Block) -> bool:
    """Whether the rounds of a loop do not wait for each other."""
    return block.kind == "scan" and not block.carried


def _repeated(graph: Graph, tensor: Tensor) -> Form:
    """How many numbers of a tensor are there once more: those of heads that share their keys."""
    times: Form = num(1)
    looked = tensor
    source = graph.source(looked)
    while isinstance(source, Operation) and looks_only(source) and len(source.inputs) == 1:
        times = mul(times, so_often(source))
        looked = source.inputs[0]
        source = graph.source(looked)
    return add(tensor.size, -(tensor.size / times)) if times != 1 else num(0)
