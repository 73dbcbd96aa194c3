"""The syntax tree: one frozen class for each thing the grammar can say, each with its span."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from symcost.diagnostics import Source, Span
from symcost.records import dataclass


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Node:
    """Anything that stands somewhere in a source."""

    span: Span

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.span}>"


# Expressions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Expr(Node):
    """Something with a value."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Name(Expr):
    """`d_model`"""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Number(Expr):
    """`784`, `0.5`, `4.09e9`; exact."""

    value: Fraction


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class String(Expr):
    """`"same"`"""

    value: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bool(Expr):
    """`true`, `false`"""

    value: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Ellipsis(Expr):
    """`...` inside brackets: the further leading axes; `...b` those of another tensor, under a name of their own."""

    group: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class List(Expr):
    """`[T, heads, D/heads]`: a shape or a list of axes; `...` may be an item."""

    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Unary(Expr):
    """`-x`, `not bias`"""

    op: Literal["-", "not"]
    operand: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Binary(Expr):
    """Arithmetic, comparison (`== != < <= > >=`) and `and`, `or`."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Keyword(Node):
    """`O = H` in a call."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Expr):
    """`Linear(x, O = H)`. Positional arguments stand before keywords."""

    function: Name
    args: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Pipe(Expr):
    """`x -> Linear(H)`, `x -> relu`: the value becomes the first argument of the stage."""

    value: Expr
    stage: Name | Call


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Slice(Expr):
    """`a:b`, `a:`, `:b`, `:` inside a subscript; `a:b:c` takes every c-th position."""

    start: Expr | None
    stop: Expr | None
    step: Expr | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Subscript(Expr):
    """`x[t, 0:n, ...]`: selection, or index notation where free indices stand."""

    base: Expr
    items: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Member(Expr):
    """`text_config.hidden_size`: an entry of a table, in `config hf`."""

    base: Expr
    name: Name


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Chosen(Expr):
    """`a if c else b`; in a body only in brackets."""

    then: Expr
    condition: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Listed(Expr):
    """`[l % 6 == 5 for l in L]`: a list with an item for each number, in `config hf`; `over` may be a Range."""

    item: Expr
    name: Name
    over: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Known(Expr):
    """A list whose values are known to who follows it; no text says it."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class KnownNumber(Expr):
    """A number that is known to who follows it; no text says it."""

    value: object


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Range(Expr):
    """`a..b`, without `b`; only behind `in`."""

    start: Expr
    stop: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WindowIndex(Node):
    """`k in K`: an index and how many values it takes."""

    name: Name
    extent: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Window(Expr):
    """`max(k in K) y[stride*t + k, c]`: a reduction over the named indices."""

    op: Name
    indices: tuple[WindowIndex, ...]
    body: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Bound(Expr):
    """`i in 2` on the left of index notation: an index, and how many values it takes."""

    name: Name
    extent: Expr


# Statements ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Statement(Node):
    """One step of a body."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ParamEntry(Node):
    """`W: [I, O]`"""

    name: Name
    shape: List


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Param(Statement):
    """`param W: [I, O], b: [O]`; `buffer mean: [C]`: stored with the parameters, but not learned by gradients."""

    entries: tuple[ParamEntry, ...]
    kind: Literal["param", "buffer"] = "param"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Let(Statement):
    """`let d = D/heads "head width" latex "d_h"`: a size that keeps its name in formulas."""

    name: Name
    value: Expr
    words: str | None
    latex: str | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Layer(Statement):
    """`layer f = Linear(H)`: a layer with one set of parameters, to be called many times."""

    name: Name
    value: Name | Call


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Assign(Statement):
    """`h = ...`, or `y, state = ...`; `h: [T, 4*D] = ...` says a shape: `shapes` are as many as targets, or none."""

    targets: tuple[Name, ...]
    value: Expr
    shapes: tuple[List | None, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IndexAssign(Statement):
    """`y[..., o] = x[..., i] * W[i, o]`: index notation; `y[to[e], f] += x[e, f]` adds to what is there."""

    target: Name
    indices: tuple[Expr, ...]
    value: Expr
    adds: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Emit(Statement):
    """`emit y = h`: one value per round; `emit y[..., t, :] = h` says where the axis of the rounds stands."""

    name: Name
    value: Expr
    place: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Return(Statement):
    """`return y, state`"""

    values: tuple[Expr, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Divides(Statement):
    """`assume heads divides D`"""

    divisor: Expr
    multiple: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Assume(Statement):
    """`assume T >= K`; the condition is a comparison."""

    condition: Binary


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Carry(Node):
    """`h: [H] = h0` behind `with`."""

    name: Name
    shape: List
    init: Expr | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scan(Statement):
    """`scan t in T with h: [H] { ... }`, `for t in T { ... }`; `over` is an expression or a Range."""

    counter: Name
    over: Expr
    carries: tuple[Carry, ...]
    body: tuple[Statement, ...]
    kind: Literal["scan", "for"] = "scan"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Repeat(Statement):
    """`repeat l in L with x: [...] { ... }`, `repeat L shared { ... }`, `repeat kind in kinds { ... }`

    `shown`: what reports call it, where it was made of a loop that the text has.
    """

    counter: Name | None
    over: Expr
    shared: bool
    carries: tuple[Carry, ...]
    body: tuple[Statement, ...]
    shown: str = ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RepeatTogether(Statement):
    """`repeat kind, width in kinds, widths { ... }`: through lists of one length together."""

    names: tuple[Name, ...]
    over: tuple[Expr, ...]
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Choose(Statement):
    """`choose k of E { ... }`"""

    active: Expr
    total: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Marked(Statement):
    """`frozen { ... }`: its parameters are not trained; `recompute { ... }`: run again when gradients need it.

    `resume c { ... }`: goes on behind c tokens, of which `cached` layers have kept what they need.
    `weigh 0.3 { ... }`: its operations count 0.3 times; `tokens` is that number.
    """

    kind: Literal["frozen", "recompute", "resume", "weigh"]
    body: tuple[Statement, ...]
    tokens: Expr | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class If(Statement):
    """`if COND { ... } else { ... }`; `else if` nests in `otherwise`."""

    condition: Expr
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]


# Top level -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Port(Node):
    """`x: [T, I]` (a tensor), `H` or `bias = true` (a static), `kinds: list` (a static that is a list)."""

    name: Name
    shape: List | None
    default: Expr | None
    listed: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Definition(Node):
    """`module` or `model`. `head` spans from the keyword to the end of the signature."""

    kind: Literal["module", "model"]
    name: Name
    ports: tuple[Port, ...]
    returns: tuple[List, ...]
    body: tuple[Statement, ...]
    doc: str | None
    head: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dim(Node):
    """`dim T "time" latex "T"`, `dim T`: one entry of the list."""

    name: Name
    words: str | None
    latex: str | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Rate(Node):
    """`rate T = 100/s`: how many of a dimension there are in a second; `value` with its `/s`."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Use(Node):
    """`use "blocks.arch"`; `use Cell, Encoder as Reader from "cells.arch"` takes these names alone."""

    path: String
    picked: tuple[Picked, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Picked(Node):
    """`Encoder as Reader`: a name of another file, and under which name it is known here."""

    name: Name
    called: Name


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Const(Node):
    """`const SAMPLE_RATE = 16000`"""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Demand(Node):
    """`assume n_positions == 1024` in a `config hf`: what has to hold of the file; any condition."""

    condition: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Local(Node):
    """`let blocks = depths or [2, 2, 6, 2]`: a name for a value, in `config hf`."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Config(Node):
    """`config tiny { D = 384, L = 4 }`; `config hf GPT2 for "gpt2" { D = n_embd, assume add_cross_attention == false }`

    `model`, `types`, `classes`, `like` and `table` (behind `for`, `as`, `like` and `of`), and `locals` (`let`), stand
    only in a `config hf`.
    """

    name: Name
    entries: tuple[Keyword, ...]
    demands: tuple[Demand, ...] = ()
    model: Name | None = None
    types: tuple[String, ...] = ()
    classes: tuple[String, ...] = ()
    like: String | None = None
    table: Expr | None = None
    locals: tuple[Local, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Check(Node):
    """One line of an expectation: `macs == e`, `macs <= e`, `macs ~= e within 0.5%`, `macs grows e`.

    `tolerance` is a fraction of the expected value (0.005 for 0.5 %), only with `~=`.
    """

    quantity: Name
    relation: Literal["==", "~=", "grows", "<", "<=", ">", ">="]
    value: Expr
    tolerance: Fraction | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Expect(Node):
    """`expect Whisper(tiny) { params == 37184640 }`"""

    model: Name
    config: Name | None
    checks: tuple[Check, ...]


Item = Use | Const | Rate | Dim | Config | Expect | Definition | Divides | Assume


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class File:
    """A whole text."""

    source: Source
    items: tuple[Item, ...]
