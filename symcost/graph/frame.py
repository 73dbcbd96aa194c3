"""Where the builder stands: the names of a definition or a loop, and what all of one build share.

The rooms of the builder call downwards: definitions, statements, loops, expressions, calls, primitives. Two ways lead
back up, and both are in the context: `enter` builds a definition that an expression calls, `follow` the body of a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import field, replace

from symcost.diagnostics import Span
from symcost.errors import DivisionByZero, NestingTooDeep, SymcostError, TooManyOperations
from symcost.formula import Expected, Form, Symbol, TooLarge, mul
from symcost.graph.files import Defined, Unit
from symcost.graph.graph import ONE, Block, Graph, Operation, Parameter, Shape, Tensor
from symcost.graph.nesting import DEEPEST, FEW_LEVELS, allow_more_frames
from symcost.graph.values import Arguments, Named, Poisoned, Value
from symcost.ops.base import Applied, Site
from symcost.ops.sizes import Sizes
from symcost.records import dataclass
from symcost.syntax import ast

MOST_STEPS = 40_000
"""Statements followed for one graph; a text that needs more is refused."""

NOTED = (SymcostError, TooLarge, ZeroDivisionError, Poisoned)
"""What can be wrong with a statement while the rest of the text still has something to say."""


class Exhausted(Exception):
    """The text asks for more than is ever built; `fault` says so. Ends the build at once."""

    def __init__(self, fault: SymcostError) -> None:
        self.fault = fault


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """The model whose graph is built, and its dimensions by name: what modules read that declare them with `dim`."""

    definition: ast.Definition
    dimensions: Mapping[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A definition that may read the dimensions of its file, and the names that hide them since it sets them itself."""

    definition: Defined
    hidden: Mapping[str, ast.Name]


@dataclass(slots=True, eq=False)
class Context:
    """What all frames of one build share."""

    enter: Callable[[Defined, Arguments, Span, Context], tuple[Graph, tuple[Tensor, ...]]]
    """The graph of a definition for the arguments of a call, and the tensors among these, port by port.

    It is given the context, and holds none: so what was built goes when nobody needs it, without a look for garbage.
    """
    follow: Callable[[Sequence[ast.Statement], Frame], None]
    """Builds the statements of a body in a frame."""
    sizes: Sizes = field(default_factory=Sizes)
    faults: list[SymcostError] = field(default_factory=list)
    asked: Asked | None = None
    """None as long as its signature is not bound, and where an expression stands outside of all models."""
    calling: list[Defined] = field(default_factory=list)
    """The definitions that are being built, the outermost first."""
    made: dict[object, Graph] = field(default_factory=dict)
    """The graphs of definitions, by what makes their calls alike."""
    layers: list[Named] = field(default_factory=list)
    """The layers that were named so far."""
    steady: set[Symbol] = field(default_factory=set)
    """The counters of loops whose rounds share their parameters."""
    frozen: bool = False
    """Whether the parameters that are made are trained not: inside of `frozen`."""
    resumed: Form | None = None
    """The tokens behind which what is built goes on: inside of `resume`. None: a text is read from its beginning."""
    recomputed: tuple[int, ...] = ()
    """The numbers of the `recompute`s inside of which what is built is run again when gradients need it."""
    weight: Form = ONE
    """How often what is built is expected to run: inside of `weigh`."""
    expected: dict[Expected, None] = field(default_factory=dict)
    """Every `weigh` that was followed."""
    stretches: int = 0
    """How many there were."""
    steps: int = 0
    depth: int = 0
    looks_up: bool = True
    """Whether layers of the library are looked up among those that are ready."""

    @property
    def only_last(self) -> bool:
        """Whether a text is read to go on with it: its last token has scores, whatever signatures say of the others."""
        return self.resumed is not None and self.resumed == 0

    def step(self, span: Span) -> None:
        """One statement more. Raises Exhausted."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Exhausted(TooManyOperations(span, f"more than {MOST_STEPS} statements to follow"))

    def note(self, error: Exception, span: Span) -> None:
        """Keep one of the NOTED for the report; what poisons a statement is in the report already."""
        match error:
            case SymcostError():
                self.faults.append(error)
            case TooLarge():
                self.faults.append(TooManyOperations(span, str(error)))
            case ZeroDivisionError():
                self.faults.append(DivisionByZero(span))

    def deeper(self, span: Span) -> _Level:
        """One level further in. Raises NestingTooDeep."""
        if self.depth + 1 == FEW_LEVELS:
            allow_more_frames()
        if self.depth >= DEEPEST:
            raise NestingTooDeep(span, DEEPEST)
        return _Level(self)

    @contextmanager
    def looking_up_nothing(self) -> Iterator[None]:
        """Builds all that is inside here."""
        before, self.looks_up = self.looks_up, False
        try:
            yield
        finally:
            self.looks_up = before

    def stretch(self) -> tuple[int, ...]:
        """The numbers of the `recompute`s around what stands in the one that begins here, which is the last."""
        self.stretches += 1
        return (*self.recomputed, self.stretches)

    @contextmanager
    def marked(
        self,
        *,
        frozen: bool | None = None,
        recomputed: tuple[int, ...] | None = None,
        resumed: Form | None = None,
        weight: Form | None = None,
    ) -> Iterator[None]:
        """Builds what is inside with other marks."""
        before = self.frozen, self.recomputed, self.resumed, self.weight
        self.frozen = before[0] if frozen is None else frozen
        self.recomputed = before[1] if recomputed is None else recomputed
        self.resumed = before[2] if resumed is None else resumed
        self.weight = before[3] if weight is None else mul(before[3], weight)
        try:
            yield
        finally:
            self.frozen, self.recomputed, self.resumed, self.weight = before


class _Level:
    """What is inside is one level further in. It is entered for every call, which a generator would make slower."""

    __slots__ = ("context",)

    def __init__(self, context: Context) -> None:
        self.context = context

    def __enter__(self) -> None:
        self.context.depth += 1

    def __exit__(self, *_: object) -> None:
        self.context.depth -= 1


class Frame:
    """Where names live: one for each definition being built, and one for each loop inside it."""

    def __init__(self, unit: Unit, context: Context, graph: Graph | None = None, parent: Frame | None = None) -> None:
        self.unit = unit
        self.context = context
        self.sizes: Sizes = context.sizes
        """What is known of sizes here."""
        self.graph: Graph = Graph() if graph is None else graph
        self.parent = parent
        self.sight: Sight | None = None
        """What the definition that is built here sees of the dimensions of its file, if any are declared."""
        self.names: dict[str, Value] = {}
        self.leading: dict[str, Shape] = {} if parent is None else parent.leading
        """The axes that `...` stands for in a definition, and those of `...b` under that name, once a port has them."""
        self.emits: dict[str, tuple[Tensor, Span]] | None = None
        self.counter: str | None = None
        """What counts the rounds of the loop whose body is built here."""
        self.placed: dict[str, int] = {}
        """The axis at which what the loop emits is stacked, where it is not the first."""
        self.waits = True
        """Whether the rounds of the loop may wait for each other: not so in a `for`."""
        self.uncarried: set[str] = set()
        self.sets: set[str] = set()
        """What the body of a scan gives values that are not carried."""
        self.inside: dict[str, str] = {}
        """Names that only the body of a loop has given a value, and the first words of that loop."""
        self.lost: dict[str, tuple[Tensor, str]] = {}
        """Tensors of here under names to which the body of a loop gave a value that ended with it, and that loop."""
        self.returned: tuple[Sequence[tuple[Tensor, Span]], Span] | None = None

    # Names ----------------------------------------------------------------------------------------

    def outwards(self) -> Iterator[Frame]:
        """The frame itself and those around it, the nearest first."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.parent

    def find(self, name: str) -> Value | None:
        """What a name stands for here, looking outwards."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.parent
        return None

    def visible(self) -> set[str]:
        """Every name that can be used here."""
        return {name for frame in self.outwards() for name in frame.names}

    @property
    def declared(self) -> Set[str]:
        """The dimensions of the model that is asked which the file declares."""
        asked = self.context.asked
        return set() if asked is None else self.unit.own_dims.keys() & asked.dimensions.keys()

    @property
    def definition(self) -> Frame:
        """The frame of the definition that this one stands in."""
        frame = self
        while frame.parent is not None:
            frame = frame.parent
        return frame

    @property
    def loop(self) -> Frame | None:
        """The nearest loop around this place."""
        return next((frame for frame in self.outwards() if frame.emits is not None), None)

    def inner(self, graph: Graph | None = None) -> Frame:
        """A frame for the body of a loop that stands here, with a graph of its own unless one is given."""
        body = Frame(self.unit, self.context, graph, self)
        body.emits = {}
        return body

    # The graph ------------------------------------------------------------------------------------

    def alike(self, one: Shape, other: Shape) -> bool:
        """Whether two shapes are known to be the same."""
        return len(one) == len(other) and all(map(self.sizes.equal, one, other))

    def site(self, span: Span) -> Site:
        """A place here, as primitives want it."""
        return Site(self.context.sizes, span)

    def insert(self, node: Parameter | Operation | Block) -> None:
        """Put a node into the graph."""
        if self.context.recomputed and not isinstance(node, Parameter):
            outermost, *nested = self.context.recomputed
            node = replace(node, recomputed=outermost, nested=tuple(nested))
        self.graph.insert(node if self.context.weight is ONE else self._weighed(node))

    def _weighed(self, node: Parameter | Operation | Block) -> Parameter | Operation | Block:
        """A node that is expected to run so often as `weigh` says around it; operations cost so much."""
        weight = self.context.weight
        if isinstance(node, Parameter):
            return node
        if isinstance(node, Operation):
            return replace(node, cost=node.cost.times(weight), weight=weight)
        return replace(node, weight=weight)

    def apply(self, inputs: Sequence[Tensor], applied: Applied, span: Span) -> Tensor:
        """Put an operation into the graph; its one result."""
        return self.apply_all(inputs, applied, span)[0]

    def apply_all(self, inputs: Sequence[Tensor], applied: Applied, span: Span) -> tuple[Tensor, ...]:
        """Put an operation into the graph; its results."""
        assert applied.by is not None, "a primitive says by what it is applied when it is called as its record"
        outputs = tuple(Tensor(shape, span, applied.parameter) for shape in applied.shapes)
        self.insert(Operation(applied.by, tuple(inputs), outputs, applied.cost, span, applied.given))
        return outputs
