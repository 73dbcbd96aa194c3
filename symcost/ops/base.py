"""What a primitive is given, what it gives back, and the record in which it says everything about itself.

A primitive is one record: what it does to shapes and how much it counts (`apply`), what an entry of a result is made
from (`reads`), its `gradient`, what it keeps and moves (`memory`), and how many scalar operations one entry waits for
(`steps`). There are no defaults: a record that leaves something out is refused where it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, fields
from inspect import Parameter, signature
from itertools import count
from typing import Any

from symcost.cost import NOTHING, Cost
from symcost.diagnostics import Span
from symcost.errors import AxisOutOfRange
from symcost.formula import Form, mul, num
from symcost.once import once
from symcost.ops.gradient import Gradient
from symcost.ops.memory import Memory
from symcost.ops.reads import Reads
from symcost.ops.sizes import Sizes
from symcost.ops.steps import Steps
from symcost.ops.use import Shape as Shape
from symcost.records import dataclass

# What primitives take besides tensors; by these annotations the builder knows how to read an argument.
Axes = Sequence[int]
Amounts = Sequence[Form]
Count = Form
OpenShape = Sequence[Form | None]
Parts = Form | Shape
Words = str


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor as a primitive sees it: its shape, where it was written, and whether it is a parameter.

    `fixed`: no tensor but a number that is known when the network is written.
    """

    shape: Shape
    span: Span
    parameter: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """What a primitive makes: the shapes of its results and what they cost.

    `parameter`: the result is a parameter that was merely moved (transposed, reshaped, sliced).
    `given`: what the primitive was told besides operands.
    `by`: the record of the primitive, which it puts there itself.
    """

    shapes: tuple[Shape, ...]
    cost: Cost = NOTHING
    parameter: bool = False
    given: Mapping[str, Any] = field(default_factory=dict)
    by: Primitive | None = None

    def told(self, given: Mapping[str, Any]) -> Applied:
        """The same with all that the primitive was told."""
        return Applied(self.shapes, self.cost, self.parameter, given, self.by)


@dataclass(frozen=True, slots=True)
class Site:
    """The place of a call: its span, those of its arguments, and what is known about sizes and tokens there."""

    sizes: Sizes
    span: Span
    spans: Mapping[str, Span] = field(default_factory=dict)
    resumed: Form | None = None
    """The tokens that were read before, inside of `resume`; None: none, and the text goes on to its end."""

    def at(self, argument: str) -> Span:
        """Where an argument was written; the call itself where it was left out."""
        return self.spans.get(argument, self.span)


@dataclass(frozen=True, slots=True, eq=False)
class Port:
    """A parameter of the function of a primitive, as it is asked at every call."""

    name: str
    annotation: str
    default: Any
    needed: bool
    """Whether it has no default."""
    variadic: bool
    """Whether it takes all operands that there are."""
    by_name: bool
    """Whether it is given by its name only."""


class IncompletePrimitive(TypeError):
    """A record says nothing about something that every primitive is asked."""

    def __init__(self, name: str, part: str) -> None:
        super().__init__(f"the record of primitive `{name}` says nothing about `{part}`")


@dataclass(frozen=True, eq=False, kw_only=True)
class Primitive:
    """Everything about a primitive. Raises IncompletePrimitive where something is missing.

    `apply`: from a site, operands and statics to shapes and counts.
    `reads`: what an entry of a result waits for, and what it sees.
    `steps`: the longest chain of scalar operations from the operands to an entry of a result, with all operands at
    hand; may raise Unsteady.
    """

    name: str
    apply: Callable[..., Applied]
    reads: Reads
    gradient: Gradient
    memory: Memory
    steps: Steps

    def __post_init__(self) -> None:
        for entry in fields(self):
            if getattr(self, entry.name) is None:
                raise IncompletePrimitive(self.name, entry.name)
        for part in (self.reads, self.gradient, self.memory):
            for name, said in part._asdict().items():
                if said is None:
                    raise IncompletePrimitive(self.name, name)

    def __call__(self, site: Site, *given: Any, **options: Any) -> Applied:
        """Apply it, and say in what comes out by what it was made."""
        made = self.apply(site, *given, **options)
        return Applied(made.shapes, made.cost, made.parameter, made.given, self)

    @once
    def ports(self) -> tuple[Port, ...]:
        """The parameters of its function behind the site."""
        return tuple(map(_port, list(signature(self.apply).parameters.values())[1:]))

    @once
    def named(self) -> frozenset[str]:
        """The names by which arguments can be given."""
        return frozenset(port.name for port in self.ports if not port.variadic)

    @once
    def is_variadic(self) -> bool:
        """Whether it takes any number of operands."""
        return any(port.variadic for port in self.ports)


def _port(parameter: Parameter) -> Port:
    return Port(
        name=parameter.name,
        annotation=parameter.annotation,
        default=parameter.default,
        needed=parameter.default is Parameter.empty,
        variadic=parameter.kind is Parameter.VAR_POSITIONAL,
        by_name=parameter.kind is Parameter.KEYWORD_ONLY,
    )


PRIMITIVES: dict[str, Primitive] = {}
"""Every primitive that is called by name, with operands and statics; rows of the pointwise table stand there."""

WRITTEN: dict[str, Primitive] = {}
"""Every primitive that has a notation of its own instead: `y[i] = x[i, j] * w[j]`, `x[t]`, `x ^ 2`."""


def register(record: Primitive, among: dict[str, Primitive] = PRIMITIVES) -> Primitive:
    """Make a record known. Raises ValueError where the name is taken."""
    if record.name in among:
        raise ValueError(f"there is a primitive `{record.name}` already")
    among[record.name] = record
    changed()
    return record


def unregister(record: Primitive, among: dict[str, Primitive] = PRIMITIVES) -> None:
    """Forget a record; models that are built already keep it."""
    del among[record.name]
    changed()


_numbers = count()
_latest = next(_numbers)


def changes() -> int:
    """Another number whenever there are other primitives than before, by which what was built with them is told."""
    return _latest


def changed() -> None:
    """There are other primitives now."""
    global _latest  # it is read where the primitives themselves are, in all threads
    _latest = next(_numbers)


def op(
    *,
    reads: Reads,
    gradient: Gradient,
    memory: Memory,
    steps: Steps,
    written: bool = False,
) -> Callable[[Callable[..., Applied]], Primitive]:
    """Make a function a primitive of the language, under its own name (a trailing `_` dropped).

    `written`: it has a notation of its own and cannot be called by name.
    """

    def made(function: Callable[..., Applied]) -> Primitive:
        record = Primitive(
            name=function.__name__.rstrip("_"),
            apply=function,
            reads=reads,
            gradient=gradient,
            memory=memory,
            steps=steps,
        )
        return register(record, WRITTEN if written else PRIMITIVES)

    return made


def product(shape: Any) -> Form:
    """How many entries a shape has."""
    return mul(*shape) if shape else num(1)


def axis_of(x: Operand, axis: int, site: Site, argument: str = "axis") -> int:
    """An axis counted from 0, given one that may count from the end.

    Raises AxisOutOfRange.
    """
    rank = len(x.shape)
    if not -rank <= axis < rank:
        raise AxisOutOfRange(axis, x.shape, site.at(argument), x.span)
    return axis % rank
