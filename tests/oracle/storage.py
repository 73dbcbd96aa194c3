"""What a run keeps for the way back, found by running: every tensor that some derivative reads, once.

The tape says what was done and which gradients are wanted; what a derivative reads is said here once more, by hand. It
shares the syntax tree with the package and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar
from unittest.mock import patch

from symcost.syntax import ast
from tests.oracle import autodiff, interpreter
from tests.oracle.contraction import Operand
from tests.oracle.counted import Tensor

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
FROM_THE_RESULT = ("exp", "tanh", "sigmoid", "sqrt", "rsqrt", "relu", "softsign")
FROM_THE_INPUT = ("leaky_relu", "elu", "abs", "log", "erf", "sin", "cos", "gelu", "silu", "softplus")
BOTH = ("max", "min")
REDUCTIONS = ("sum", "mean", "max", "min")
COPIES = ("concat", "pad", "reverse", "repeat_axis", "unfold", "cumsum")
ORDERED = ("sort", "topk")
"""What keeps a row number for each of its results."""


KERNELS = {
    **dict.fromkeys(("softmax", "log_softmax"), "result"),
    **dict.fromkeys(("LayerNorm", "RMSNorm", "GroupNorm"), "input and statistics"),
    **dict.fromkeys(("relu6", "hardsigmoid", "hardswish", "PReLU"), "input"),
}
"""Definitions of the library that PyTorch performs as one, and what that keeps."""


@dataclass(frozen=True)
class Done:
    """One operation of a run: what it is, all its operands, numbers among them as None."""

    kind: str
    node: autodiff.Node
    operands: tuple[Tensor | None, ...]
    given: Any = None

    def reads(self, place: int) -> Iterator[Tensor]:
        """What the derivative by one operand reads."""
        (y,), xs = self.node.outputs, self.operands
        other = xs[1 - place] if len(xs) == 2 else None
        match self.kind:
            case "*":
                read = [other]
            case "/":
                read = [other] if place == 0 else [xs[1], y]
            case "where":
                read = [xs[0]] if place else []
            case "^":
                read = self._power(place)
            case "gather":
                read = [*self.given]
            case "reduce":
                read = [xs[0], y] if self.given in ("max", "min") else []
            case "window":
                read = [xs[0]] if self.given in ("max", "min") else []
            case kind if kind in ORDERED:
                read = []
            case kind if kind in BOTH:
                read = [*xs]
            case kind if kind in FROM_THE_RESULT:
                read = [y]
            case kind if kind in FROM_THE_INPUT:
                read = [xs[0]]
            case kind if kind in ("+", "-", "negate", *COMPARISONS, *COPIES):
                read = []
            case kind:
                raise AssertionError(kind)
        yield from (tensor for tensor in read if tensor is not None)

    def _power(self, place: int) -> list[Tensor | None]:
        (y,), (x, n) = self.node.outputs, self.operands
        if n is not None:
            return [x, n] if place == 0 and x is not None else [x, y]
        return [] if self.given in (0, 1) else [y] if self.given in (-1, 0.5, -0.5) else [x]


@dataclass
class Trace(autodiff.Tape):
    """A tape that also says what each of its nodes is."""

    kind: tuple[str, Any] | None = None
    operands: tuple[Tensor | None, ...] | None = None
    done: dict[int, Done] = field(default_factory=dict)
    kernels: list[tuple[tuple[Tensor, ...], list[Tensor]]] = field(default_factory=list)
    seen: bool = field(default_factory=lambda: SEEN[-1])

    def add(self, node: autodiff.Node) -> None:
        before = len(self.nodes)
        super().add(node)
        if len(self.nodes) > before and self.kind and not node.carry:
            name, given = self.kind
            self.done[id(node)] = Done(name, node, node.inputs if self.operands is None else self.operands, given)


SEEN = [True]
"""Whether it is seen that a copy changes nothing; where that depends on sizes, the text does not show it."""


@contextmanager
def unseen() -> Iterator[None]:
    SEEN.append(False)
    try:
        yield
    finally:
        SEEN.pop()  # a test that fails inside must not make others fail


@contextmanager
def doing(kind: str | None, given: Any = None) -> Iterator[None]:
    with autodiff.TAPE.set(kind=kind and (kind, given)):
        yield


class Builtin(autodiff.TapedBuiltin):
    anew: ClassVar[Sequence[str]] = ("pad",)
    """What makes a tensor that nobody has to keep: zeros are put around its input anew."""

    def call(self, name: str, args: list[Any], named: dict[str, Any]) -> Any:
        view = name in ("reshape", "transpose", "split", *self.anew) or (
            autodiff.TAPE.seen and _changes_nothing(name, args, named)
        )
        with doing(None if view else name):
            return super().call(name, args, named)


def _changes_nothing(name: str, args: list[Any], named: dict[str, Any]) -> bool:
    """Padding by nothing, repeating once, joining one tensor."""
    match name:
        case "pad":
            return not any(named.get("amount") or args[1])
        case "repeat_axis":
            return bool((named.get("times") or args[1]) == 1)
        case "concat":
            return len(args) == 1
    return False


class Contraction(autodiff.TapedContraction):
    def run(self) -> Tensor:
        names = {item.alone for item in self.left}
        first = self.terms[0]
        alone = len(self.terms) == 1 and len(first.operands) == 1 and not first.scales
        view = alone and None not in names and set(first.names) <= names
        object.__setattr__(self, "products", [])
        with doing(None if view else "contract", self):
            return super().run()

    def added(self, into: Operand) -> Tensor:
        object.__setattr__(self, "products", [])
        with doing("contract", self):
            return super().added(into)

    def pair(self, first: Operand, second: Operand, needed: set[str]) -> Operand:
        made = super().pair(first, second, needed)
        self.products.append(made.tensor)  # type: ignore[attr-defined]
        return made


class Frame(autodiff.TapedFrame):
    def binary(self, op: str, left: Any, right: Any) -> Any:
        given = float(right) if op == "^" and not isinstance(right, Tensor) else None
        with doing(op, given):
            return super().binary(op, left, right)

    def evaluate(self, expr: ast.Expr) -> Any:
        with doing("negate" if isinstance(expr, ast.Unary) else None):
            return super().evaluate(expr)

    def execute(self, body: Any) -> Any:
        with doing(None):
            return super().execute(body)

    def enter(self, function: Any, owner: Any, given: list[Any], named: dict[str, Any]) -> tuple[Tensor, ...]:
        trace = autodiff.TAPE
        begin = len(trace.nodes)
        results = super().enter(function, owner, given, named)
        name = function.definition.name
        if name.text in KERNELS and interpreter.library()[name.text] is function.definition:
            self._as_one(KERNELS[name.text], trace.nodes[begin:], given[0], results)
        return results

    def _as_one(self, what: str, nodes: list[autodiff.Node], x: Tensor, results: tuple[Tensor, ...]) -> None:
        """What was done is one operation: its parts keep nothing by themselves."""
        trace = autodiff.TAPE
        inside = [trace.done[id(node)] for node in nodes if id(node) in trace.done]
        reads = [*results] if what == "result" else [x]
        if what == "input and statistics":
            reads += [done.node.outputs[0] for done in inside if done.kind == "reduce"]
        for done in inside:
            trace.done[id(done.node)] = replace(done, kind="part")
        trace.kernels.append((results, reads))

    def subscript(self, base: Any, items: Sequence[ast.Expr]) -> Tensor:
        rows = next((i for i in items if not isinstance(i, ast.Slice | ast.Ellipsis) and self._is_tensor(i)), None)
        with doing(None if rows is None else "gather", None if rows is None else [self._rows(rows)]):
            return super().subscript(base, items)

    def _rows(self, expr: ast.Expr) -> Tensor:
        with autodiff.TAPE.set(quiet=True):
            return self.tensor(expr)


def pointwise(rules: Any, operands: Sequence[Tensor], fixed: Sequence[bool], y: Tensor) -> None:
    known = tuple(None if number else x for x, number in zip(operands, fixed, strict=True))
    known = (*known, None) if len(known) == 1 and autodiff.TAPE.kind[0] == "^" else known
    with autodiff.TAPE.set(operands=known):
        POINTWISE(rules, operands, fixed, y)


def taken(base: Tensor, entries: Tensor, origins: Sequence[int], tables: Sequence[Tensor]) -> None:
    with doing("gather", tables):
        TAKEN(base, entries, origins, tables)


def reduction(name: str, x: Tensor, *rest: Any) -> None:
    with doing("window" if len(rest) == 3 else "reduce", name):
        REDUCTION(name, x, *rest)


POINTWISE, REDUCTION, TAKEN = autodiff.record_pointwise, autodiff.record_reduction, autodiff.record_taken


class Flow(autodiff.Backwards):
    """Which gradients are wanted."""

    needs: ClassVar[set[int]] = set()
    gets: ClassVar[set[int]] = set()

    def _back(self, node: Any, grads: Any, needs: set[int], gets: set[int], *rest: Any) -> None:
        Flow.needs, Flow.gets = needs, gets


PATCHES: Mapping[str, Any] = {
    "Tape": Trace,
    "TapedBuiltin": Builtin,
    "TapedContraction": Contraction,
    "TapedFrame": Frame,
    "record_pointwise": pointwise,
    "record_reduction": reduction,
    "record_taken": taken,
    "Backwards": Flow,
}


def kept(text: str, name: str, values: Mapping[str, Any], folder: Path = Path()) -> int:
    """Numbers that a run of the model of a text keeps for the way back."""
    Flow.needs = Flow.gets = set()
    given: list[Tensor] = []
    made = interpreter.Machine.made
    with ExitStack() as stack:
        stack.enter_context(patch.object(interpreter.Machine, "made", lambda *a: given.append(made(*a)) or given[-1]))
        for known, mine in PATCHES.items():
            stack.enter_context(patch.object(autodiff, known, mine))
        autodiff.differentiate(text, name, values, folder=folder)
    trace = autodiff.TAPE
    return _saved(trace, Flow.needs & Flow.gets, {id(tensor) for tensor in given})


def _saved(trace: Trace, live: set[int], given: set[int]) -> int:
    maker = {id(out): node for node in trace.nodes for out in node.outputs}
    learned = {id(tensor) for tensor, _ in trace.machine.parameters}
    wanted: list[Tensor] = []
    rooms: dict[int, int] = {}
    for results, reads in trace.kernels:
        if any(id(result) in live for result in results):
            wanted += reads
    for done in trace.done.values():
        if done.kind == "part" or not any(id(out) in live for out in done.node.outputs):
            continue
        if done.kind == "contract":
            for tensor, product in _other_factors(done, live):
                if product:
                    rooms[id(tensor)] = len(tensor.data)
                else:
                    wanted.append(tensor)
            continue
        for place, operand in enumerate(done.operands):
            if operand is not None and id(operand) in live:
                wanted += done.reads(place)
                if done.kind in ORDERED or (done.kind == "window" and done.given in ("max", "min")):
                    rooms[id(done)] = len(done.node.outputs[0].data)
    seen: set[int] = set()
    while wanted:
        tensor = wanted.pop()
        if id(tensor) in seen or id(tensor) in learned:
            continue
        seen.add(id(tensor))
        node = maker.get(id(tensor))
        if node is not None and id(node) not in trace.done:
            wanted += node.inputs  # the same numbers, seen otherwise
        elif node is not None or id(tensor) in given:
            rooms[id(tensor)] = math.prod(tensor.shape)
    return sum(rooms.values())


def _other_factors(done: Done, live: set[int]) -> Iterator[tuple[Tensor, bool]]:
    """For each factor that wants a gradient the others: by tensor, or the product on the way (True)."""
    products = iter(done.given.products)
    for term in done.given.terms:
        tensors = [operand.tensor for operand in term.operands]
        chain = [tensors[0], *(next(products) for _ in tensors[1:-1])]
        for number in range(1, len(tensors)):
            if id(tensors[number]) in live:
                yield chain[number - 1], number > 1
            if any(id(tensor) in live for tensor in tensors[:number]):
                yield tensors[number], False
