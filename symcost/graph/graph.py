"""The graph: operations and blocks joined by tensors; the only form between the text and its analyses."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any, Literal

from symcost.cost import Cost
from symcost.diagnostics import Span
from symcost.formula import Form, Symbol, mul, num
from symcost.ops.base import Primitive
from symcost.records import dataclass

Shape = tuple[Form, ...]

ONE = num(1)


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A value that flows along an edge. Compared by identity."""

    shape: Shape
    span: Span
    parameter: bool = False
    """Whether it is a parameter, or one merely reshaped or transposed."""

    def spell(self, shape: Shape) -> None:
        """Write its sizes otherwise: these are equal to those it has, and only how they are written is new."""
        object.__setattr__(self, "shape", shape)

    @property
    def size(self) -> Form:
        """How many numbers it holds."""
        return mul(*self.shape) if self.shape else num(1)


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """Stored numbers: a node without inputs. A frozen one keeps its values while the others are trained.

    A `buffer` is stored with the parameters but not learned by gradients: running statistics, fixed tables.
    """

    name: str
    tensor: Tensor
    span: Span
    frozen: bool = False
    buffer: bool = False

    @property
    def role(self) -> str:
        """What it is stored as: `params`, `frozen` or `buffers`."""
        return "buffers" if self.buffer else "frozen" if self.frozen else "params"

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        return ()

    @property
    def outputs(self) -> tuple[Tensor, ...]:
        return (self.tensor,)


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One use of a primitive, with its cost; what else is asked about it is in the record of the `primitive`.

    `given` is what it was told besides tensors, by the names of the primitive: `axis`, `keep`, `shape`, ...
    `recomputed`: the number of the outermost `recompute` it stands in, so that it is performed once more; 0: in none.
    `nested`: the numbers of those inside of that one, for each of which it is performed once more again.
    """

    primitive: Primitive
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    cost: Cost
    span: Span
    given: Mapping[str, Any] = field(default_factory=dict)
    recomputed: int = 0
    nested: tuple[int, ...] = ()
    weight: Form = ONE
    """How often it is expected to run, where it stands in `weigh`; its cost is that of so many runs."""

    @property
    def kind(self) -> str:
        """The name of the primitive, to show it: `contract`, `+`, `tanh`, `reshape`, ..."""
        return self.primitive.name

    @property
    def names(self) -> tuple[str, ...]:
        """What it is called where something is said of it, the narrowest first, such as `@ vector`, `@`, `contract`."""
        return (*self.given.get("called", ()), self.kind)


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """A value handed from round to round: before the loop, at the start and end of a round, after the loop."""

    name: str
    initial: Tensor
    start: Tensor
    end: Tensor
    last: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Emitted:
    """A value stacked over the rounds: inside, and after the loop with its new leading axis."""

    name: str
    each: Tensor
    stacked: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A node that holds a graph: a called module, a named layer, or a loop.

    A `call` has a graph of its own: `inputs` arrive there as `graph.ports`, `outputs` are its `graph.results`; calls
    alike share one graph. The body of a loop also reads tensors of the graphs around it, all listed in `inputs`.

    `counter` runs over `counter.low <= counter < counter.high`; `count` is the number of rounds. For `choose`,
    `count` is how many of `total` alternatives run. `owns` is false for the call of a named layer: its parameters are
    counted once, at the `layer` block that stands where the layer was named and does nothing else. `home` is the graph
    of that block: what the call of a layer and its name have in common.
    `recomputed`: the number of the outermost `recompute` it stands in, so that it is performed once more; 0: in none.
    `nested`: the numbers of those inside of that one, for each of which it is performed once more again.
    """

    kind: Literal["call", "layer", "scan", "repeat", "choose"]
    name: str
    graph: Graph
    span: Span
    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()
    counter: Symbol | None = None
    count: Form = ONE
    total: Form | None = None
    shared: bool = False
    owns: bool = True
    home: Graph | None = None
    carried: tuple[Carried, ...] = ()
    emitted: tuple[Emitted, ...] = ()
    recomputed: int = 0
    nested: tuple[int, ...] = ()
    weight: Form = ONE
    """How often it is expected to run, where it stands in `weigh`; the operations inside have that in their cost."""

    def from_around(self, tensors: Iterable[Tensor]) -> Iterator[Tensor]:
        """Those of the tensors that come from around a loop: its body neither makes nor carries them."""
        carried = {each.start for each in self.carried}
        return (each for each in tensors if self.graph.source(each) is None and each not in carried)


GraphNode = Parameter | Operation | Block


class Graph:
    """A directed acyclic graph of nodes; edges carry tensors. Built once by `build`, then only read.

    An edge is a tensor that one node makes and another reads: nodes and `source` are all there is to keep. As a
    networkx graph it is made only where one is asked for (see `network`).
    """

    def __init__(self) -> None:
        self._nodes: dict[GraphNode, None] = {}
        self._source: dict[Tensor, GraphNode] = {}
        self.library: str | None = None
        """The name of the definition that it was built from, if that is one of the library."""
        self.ports: tuple[Tensor, ...] = ()
        self.port_names: tuple[str, ...] = ()
        self.statics: Mapping[str, Any] = {}
        """What the other names of a signature stand for: sizes, numbers, words, definitions."""
        self.results: tuple[Tensor, ...] = ()
        self.begun: set[Tensor] = set()
        """While it is built: what was computed when a text was begun, behind which it goes on (see `begun`)."""
        self.counts: dict[Hashable, Any] = {}
        """What folds have counted that depend on nothing else, by what tells them apart: a layer serves many models."""

    def insert(self, node: GraphNode) -> None:
        """Put a node behind the nodes that make its inputs. Inputs made elsewhere come from an enclosing graph."""
        self._nodes[node] = None
        for tensor in node.outputs:
            self._source[tensor] = node

    def rebuild(self, nodes: Iterable[GraphNode]) -> None:
        """Hold these nodes instead, in this order."""
        self._nodes.clear()
        self._source.clear()
        for node in nodes:
            self.insert(node)

    def source(self, tensor: Tensor) -> GraphNode | None:
        """The node of this graph that makes a tensor; None where it comes from outside."""
        return self._source.get(tensor)

    def captured(self) -> dict[Tensor, None]:
        """The tensors that its nodes read and none of them makes, in the order of the text."""
        return dict.fromkeys(t for node in self for t in node.inputs if t not in self._source)

    def __iter__(self) -> Iterator[GraphNode]:
        """The nodes in the order of the text."""
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)
