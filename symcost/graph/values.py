"""What a name can stand for while a graph is built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symcost.diagnostics import Span
from symcost.formula import Form
from symcost.graph.graph import Graph, Shape, Tensor
from symcost.syntax import ast

if TYPE_CHECKING:
    from symcost.graph.files import Unit


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that is no size, such as `sqrt(D)`: known when the network is written, so it costs nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Defined:
    """A module or model, and the file whose names it sees."""

    definition: ast.Definition
    unit: Unit

    @property
    def name(self) -> str:
        return self.definition.name.text


@dataclass(frozen=True, slots=True)
class Builtin:
    """A primitive as a value: `act = gelu`."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """`layer f = Linear(H)`: a definition with its statics, and the one set of parameters it gets when first called."""

    name: str
    callee: Defined | Builtin | Named
    arguments: Arguments
    home: Graph
    span: Span
    frame: Frame
    frozen: bool = False
    built: dict[Graph, None] = field(default_factory=dict)
    """The graphs of its calls, in the order of the text."""


@dataclass(frozen=True, slots=True)
class ListValue:
    """`[T, heads, D/heads]`: sizes or axes, with the place of each."""

    items: tuple[tuple[Value, Span], ...]


@dataclass(frozen=True, slots=True)
class Several:
    """What a definition returns that returns several tensors."""

    tensors: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """The value of something whose fault is reported already."""


Callee = Defined | Builtin | Named
Value = Tensor | Form | bool | str | Constant | Callee | ListValue | Several | Broken

Argument = tuple[Value, Span]


@dataclass(frozen=True, slots=True, eq=False)
class Arguments:
    """Values by position and by keyword, each with its place; `places` are those of the keywords themselves."""

    positional: tuple[Argument, ...] = ()
    keywords: dict[str, Argument] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)


class Frame:
    """Where names live: one for each definition being built, and one for each loop inside it."""

    def __init__(self, unit: Unit, graph: Graph, parent: Frame | None = None) -> None:
        self.unit = unit
        self.graph = graph
        self.parent = parent
        self.names: dict[str, Value] = {}
        self.leading: Shape | None = parent.leading if parent else None
        self.emits: dict[str, tuple[Tensor, Span]] | None = None
        self.uncarried: set[str] = set()
        self.returned: tuple[Sequence[tuple[Tensor, Span]], Span] | None = None

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
        names: set[str] = set()
        frame: Frame | None = self
        while frame is not None:
            names |= frame.names.keys()
            frame = frame.parent
        return names

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
        frame: Frame | None = self
        while frame is not None and frame.emits is None:
            frame = frame.parent
        return frame


def described(value: Value) -> str:
    """What a value is, in the reader's words."""
    match value:
        case Tensor():
            return f"a tensor of shape {shown(value.shape)}"
        case bool():
            return "`true`" if value else "`false`"
        case Form():
            return f"the number `{value.source()}`"
        case str():
            return f'the text "{value}"'
        case Constant():
            return "a number that is no size"
        case Defined() | Builtin() | Named():
            return f"the definition `{value.name}`"
        case ListValue():
            return "a list"
        case Several(tensors):
            return f"{len(tensors)} tensors"
        case Broken():
            return "something faulty"


def shown(shape: Sequence[Form]) -> str:
    """A shape as the user would write it: `[T, 2*H]`."""
    return f"[{', '.join(size.source() for size in shape)}]"
