"""What a name can stand for while a graph is built."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from itertools import chain

from symcost.diagnostics import Span
from symcost.errors import WrongKind
from symcost.formula import Form
from symcost.graph.files import Defined
from symcost.graph.graph import Graph, Tensor
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Constant:
    """A number that is no size, such as `sqrt(D)`: known when the network is written, so it costs nothing."""


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
    frame: object
    """The frame in which it was named; it is only asked whether it is the same."""
    frozen: bool = False
    built: dict[Graph, None] = field(default_factory=dict)
    """The graphs of its calls, in the order of the text."""

    def forget(self, graphs: Iterable[Graph]) -> None:
        """Take calls back."""
        for graph in graphs:
            del self.built[graph]


@dataclass(frozen=True, slots=True)
class ListValue:
    """`[T, heads, D/heads]`: sizes or axes, or the words of a list, with the place of each."""

    items: tuple[tuple[Value, Span], ...]

    @property
    def values(self) -> tuple[Value, ...]:
        """Without their places."""
        return tuple(value for value, _ in self.items)


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

    def __iter__(self) -> Iterator[Argument]:
        return chain(self.positional, self.keywords.values())

    def place(self, keyword: str) -> Span:
        """Where a keyword stands; where its value does, if it stands nowhere."""
        return self.places.get(keyword, self.keywords[keyword][1])


class Poisoned(Exception):
    """A value was needed whose own fault is reported already."""


def refusal(wanted: str, value: Value, span: Span) -> Exception:
    """What to raise for a value of the wrong kind; nothing is said where its own fault is reported already."""
    if isinstance(value, Broken):
        return Poisoned()
    if isinstance(value, Constant) and wanted == "a number":
        return WrongKind("a size", described(value), span, [_OWN_SIZE])
    return WrongKind(wanted, described(value), span)


_OWN_SIZE = "give it a name of its own in the signature, as in `model M(x: [T, D], n)`, and its number with the others"


def described(value: Value) -> str:
    """What a value is, in the reader's words."""
    match value:
        case Tensor():
            return f"a tensor of shape {shown(value.shape)}"
        case bool():
            return f"`{str(value).lower()}`"
        case Form():
            return f"the number `{value.source()}`"
        case str():
            return f'the text "{value}"'
        case Defined() | Builtin() | Named():
            return f"the definition `{value.name}`"
        case Several(tensors):
            return f"{len(tensors)} tensors"
    return _WORDS[type(value)]


_WORDS = {Constant: "a number that is no size", ListValue: "a list", Broken: "something faulty"}


def shown(shape: Sequence[Form]) -> str:
    """A shape as the user would write it: `[T, 2*H]`."""
    return f"[{', '.join(size.source() for size in shape)}]"
