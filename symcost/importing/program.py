"""A captured network as flat statements in the operations of the language, with a place for each integer in it.

A front end (`aten`, `onnx`) makes a Program for one configuration; `names` joins those of several configurations into
one whose sizes have a value for each; the later stages only know what stands here, nothing of torch.

Values are in their stored order of axes: features last, wherever the front end could keep it so. Every module of the
source has its values in PyTorch's order at its border, so that equal modules have equal statements.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """An integer of the source, as it came out in each configuration; `word` names a port that stands for it."""

    values: tuple[int, ...]
    word: str = "size"


# Expressions -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ref:
    """A value by its key: a target of a statement, an input or a parameter."""

    value: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A number that is no size (a scale, an epsilon), as it is written: `0.5`."""

    text: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A tensor that depends on no input and no parameter, and what it is: "causal mask", "rotary table"."""

    shape: tuple[Size, ...]
    words: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """`function(operands, arguments, keywords)`; written as a pipeline where that reads better.

    A library layer (`Linear`, `BatchNorm`) owns the parameters in `owns`: they have no other user.
    """

    function: str
    operands: tuple[Expr, ...]
    arguments: tuple[Arg, ...] = ()
    keywords: tuple[tuple[str, Arg], ...] = ()
    owns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left op right`, op of `+ - * / ^ @ < <= > >= == !=`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Negative:
    """`-operand`"""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Cut:
    """`start:stop:step` in a subscript; None is what the language leaves out. `length` is that of the axis."""

    start: Size | None = None
    stop: Size | None = None
    step: Size | None = None
    length: Size | None = None


@dataclass(frozen=True, slots=True)
class Subscript:
    """`base[items]`: slices, one index (a Size), or rows by a tensor of indices (an Expr, alone)."""

    base: Expr
    items: tuple[Cut | Size | Expr, ...]


@dataclass(frozen=True, slots=True)
class Affine:
    """`2*r + 1*j + 0` as an index: factors with their index names, and what is added."""

    terms: tuple[tuple[Size, str], ...]
    offset: Size | None = None


@dataclass(frozen=True, slots=True)
class Contraction:
    """`[indices] = term[...] * term[...]`: index notation; stands alone as the value of a statement."""

    indices: tuple[str, ...]
    terms: tuple[tuple[Expr, tuple[str | Affine, ...]], ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A definition by its name, as an argument: `Stacked(LSTM, H)`, `act = gelu`."""

    name: str


Arg = Size | Plain | Function | bool | str | tuple["Arg", ...]
Expr = Ref | Plain | Constant | Call | Arithmetic | Negative | Subscript | Contraction


# Statements ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scope:
    """A module that a statement stands in: its path in the source (`model.layers.3.self_attn`) and its class."""

    path: str
    cls: str


@dataclass(frozen=True, slots=True)
class Statement:
    """`targets = value`, made by one operation of the source inside the modules of `scopes`, outermost first."""

    targets: tuple[str, ...]
    value: Expr
    scopes: tuple[Scope, ...] = ()
    source: str = ""
    """The operation of the source and where its code says it: for reports."""


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the whole network. `kind` is what its numbers are: features, or indices into a table."""

    value: str
    name: str
    shape: tuple[Size, ...]
    kind: Literal["float", "index"] = "float"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter or buffer by its name in the source (`model.embed_tokens.weight`); tied ones are one.

    One that a library layer owns is not declared; one that nothing uses is declared and said to be unused.
    """

    value: str
    name: str
    shape: tuple[Size, ...]
    kind: Literal["param", "buffer"] = "param"
    used: bool = True
    owned: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A network as statements in an order in which each follows what it reads."""

    name: str
    configurations: tuple[Mapping[str, int], ...]
    """The sizes that were asked for, by the names of the source (`hidden_size`), of each configuration."""
    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...]
    statements: tuple[Statement, ...]
    outputs: tuple[str, ...]
    shapes: Mapping[str, tuple[Size, ...]]
    """Of each value in its stored order of axes."""
    notes: tuple[str, ...] = ()
    """What a reader of the text should know: what was folded away, what was taken for what."""
    counts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """What PyTorch counts (`params`, `macs`) at each configuration."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What the keys of the configurations mean, where the source says so."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """The packages that made it, with their versions."""
