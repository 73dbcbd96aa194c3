"""A slow reader that runs `.arch` programs at small sizes on counted numbers, and says what was done.

It shares the syntax tree with the package and nothing else: no formula, no cost rule, no graph. Loops run,
parameters are made, every multiplication is a multiplication. What it counts is what happened.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from symcost.diagnostics import Source
from symcost.syntax import ast, made
from symcost.syntax.parse import parse
from tests.oracle import builtin, primitives, statics
from tests.oracle.counted import Number, Shape, Tally, Tensor, Unfit, gathered, pointwise
from tests.oracle.notation import Statement, matrix_product

LIBRARY = Path(ast.__file__).parent.parent / "library"
CLASSES = ("mac", "add", "mul", "div", "exp", "sqrt", "cmp")


@dataclass(frozen=True)
class Counted:
    """What a run amounted to."""

    params: int
    active: int
    mac: int
    add: int
    mul: int
    div: int
    exp: int
    sqrt: int
    cmp: int
    multiplications: int
    additions: int
    shapes: tuple[Shape, ...] = ()


def run(text: str, model: str | None, values: Mapping[str, Any], folder: Path = Path()) -> Counted:
    """Run a model of a text (the only one, where none is named) with these sizes.

    Files that the text uses are looked for in `folder`.
    """
    definitions = definitions_of(text, folder)
    models = [d for d in definitions.values() if d.kind == "model"]
    chosen = definitions[model] if model else models[0]
    machine = Machine(definitions)
    results = machine.run(chosen, values)
    tally = machine.tally
    return Counted(
        params=sum(math.prod(p.shape) for p, _ in machine.learned),
        active=sum(math.prod(p.shape) for p, active in machine.learned if active),
        **{name: tally[name] for name in CLASSES},
        multiplications=tally["mul"] + tally["multiplication inside"],
        additions=tally["add"] + tally["addition inside"],
        shapes=tuple(r.shape for r in results),
    )


@cache
def definitions_of(text: str, folder: Path = Path()) -> dict[str, ast.Definition]:
    """The definitions of a text and of all files that it uses."""
    found: dict[str, ast.Definition] = {}
    for item in parse(Source(str(folder / "<text>"), text)).items:
        match item:
            case ast.Use(path=path, picked=picked):
                used = folder / path.value
                others = definitions_of(used.read_text(encoding="utf-8"), used.parent)
                found |= {one.called.text: others[one.name.text] for one in picked} if picked else others
            case ast.Definition(name=name):
                found[name.text] = item
    return found


@cache
def declared(source: Source) -> frozenset[str]:
    """The dimensions that a text declares, for its definitions to read."""
    return frozenset(item.name.text for item in parse(source).items if isinstance(item, ast.Dim))


@cache
def constants(source: Source) -> Mapping[str, Any]:
    """What the constants of a text stand for, and of the files that it uses."""
    frame = Frame(Machine({}), Owner(Machine({})), {})
    for item in parse(source).items:
        match item:
            case ast.Use(path=path, picked=()):
                used = Path(source.name).parent / path.value
                frame.names.update(constants(Source(str(used), used.read_text(encoding="utf-8"))))
            case ast.Const(name=name, value=value):
                frame.names[name.text] = frame.evaluate(value)
    return frame.names


@cache
def library() -> dict[str, ast.Definition]:
    """Every definition of the library's text."""
    found: dict[str, ast.Definition] = {}
    for path in sorted(LIBRARY.glob("*.arch")):
        found |= definitions_of(path.read_text(encoding="utf-8"))
    return found


@dataclass(eq=False)
class Owner:
    """One copy of a piece of text and the parameters it made; the same place asked again gives the same."""

    machine: Machine
    active: bool = True
    children: dict[Any, Owner] = field(default_factory=dict)
    parameters: dict[ast.ParamEntry, Tensor] = field(default_factory=dict)

    def child(self, *site: Any, active: bool = True) -> Owner:
        if site not in self.children:
            self.children[site] = Owner(self.machine, self.active and active)
        return self.children[site]

    def parameter(self, entry: ast.ParamEntry, shape: Shape, *, buffer: bool = False) -> Tensor:
        if entry not in self.parameters:
            self.parameters[entry] = self.machine.made(shape)
            self.machine.parameters.append((self.parameters[entry], self.active))
            if buffer:
                self.machine.buffers.append(self.parameters[entry])
        if self.parameters[entry].shape != shape:
            raise Unfit(f"parameter `{entry.name.text}` is {self.parameters[entry].shape} and {shape}")
        return self.parameters[entry]


@dataclass(frozen=True)
class Function:
    """What a name that can be called stands for; a named layer has its owner and statics given before."""

    name: str
    definition: ast.Definition | None = None
    owner: Owner | None = None
    args: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)


class Machine:
    """What a whole run shares: the tally, the parameters made so far, the definitions."""

    def __init__(self, definitions: Mapping[str, ast.Definition]) -> None:
        self.tally = Tally()
        self.parameters: list[tuple[Tensor, bool]] = []
        self.buffers: list[Tensor] = []
        """Those of them that are stored, but not learned."""
        self.definitions = definitions
        self.numbers = 0
        self.resumed: int | None = None
        """Inside of `resume`: how many tokens stand before."""
        self.asked: dict[str, Any] = {}
        """The dimensions of the model that runs."""

    @property
    def learned(self) -> list[tuple[Tensor, bool]]:
        """The parameters that are no buffers, each with whether it takes part."""
        buffers = {id(tensor) for tensor in self.buffers}
        return [(tensor, active) for tensor, active in self.parameters if id(tensor) not in buffers]

    def made(self, shape: Shape) -> Tensor:
        """A tensor of made-up numbers."""
        return Tensor(shape, [self.number() for _ in range(math.prod(shape))])

    def number(self) -> Number:
        self.numbers += 1
        return Number((self.numbers * 37 % 101 - 50) / 25, self.tally)

    def constant(self, value: Any, shape: Shape = ()) -> Tensor:
        return Tensor(shape, [Number(float(value), self.tally)] * math.prod(shape))

    def run(self, model: ast.Definition, values: Mapping[str, Any]) -> tuple[Tensor, ...]:
        frame = Frame(self, Owner(self), {**constants(model.span.source), **values}, ())
        for port in model.ports:
            if port.shape is not None:
                frame.names[port.name.text] = self.made(frame.shape(port.shape))
            elif port.name.text not in values and port.default is not None:
                frame.names[port.name.text] = frame.evaluate(port.default)
        known = constants(model.span.source)
        self.asked = {n: value for n, value in frame.names.items() if not isinstance(value, Tensor) and n not in known}
        return frame.perform(model)

    def find(self, name: str) -> Function:
        """A definition of the file, else of the library, else a primitive."""
        definition = self.definitions.get(name) or library().get(name)
        if definition is None and name not in builtin.NAMES:
            raise Unfit(f"there is no `{name}`")
        return Function(name, definition)


@dataclass
class Frame:
    """Where a body runs: what its names stand for, what `...` stands for, and who owns its parameters."""

    machine: Machine
    owner: Owner
    names: dict[str, Any]
    axes: Shape | None = None
    emitted: dict[str, list[Tensor]] = field(default_factory=dict)
    dims: Set[str] = frozenset()
    """The dimensions that the file of its definition declares and the model that runs has."""
    others: dict[str, Shape] = field(default_factory=dict)
    """What `...b` stands for, by its name."""

    # Statements --------------------------------------------------------------------------------

    def perform(self, definition: ast.Definition) -> tuple[Tensor, ...]:
        """Run a definition's body and look whether it keeps its promise."""
        results = self.execute(definition.body)
        if results is None:
            raise Unfit(f"`{definition.name.text}` returns nothing")
        tensors = tuple(r if isinstance(r, Tensor) else self.machine.constant(r) for r in results)
        for declared, result in zip(definition.returns, tensors, strict=bool(definition.returns)):
            self.match(declared, result.shape)
        return tensors

    def execute(self, body: Iterable[ast.Statement]) -> tuple[Any, ...] | None:
        """Run statements up to a `return`, and give back what it returns."""
        for statement in body:
            if (results := self.step(statement)) is not None:
                return results
            for emit in emits_of(statement):
                self.put_in_place(emit)
        return None

    def put_in_place(self, emit: ast.Emit) -> None:
        """What a loop has stacked in front is turned so that the axis of the rounds is where `emit` has it."""
        stacked = self.names.get(emit.name.text)
        if not emit.place or not isinstance(stacked, Tensor):
            return
        dots = [number for number, item in enumerate(emit.place) if isinstance(item, ast.Ellipsis)]
        [counter] = [number for number, item in enumerate(emit.place) if isinstance(item, ast.Name)]
        axis = counter + stacked.rank - len(emit.place) if dots and dots[0] < counter else counter
        order = [*range(1, axis + 1), 0, *range(axis + 1, stacked.rank)]
        if axis:
            turned = made.call("transpose", [made.name(emit.name.text), made.shape(list(map(made.number, order)))])
            self.names[emit.name.text] = self.evaluate(turned)

    def step(self, statement: ast.Statement) -> tuple[Any, ...] | None:
        match statement:
            case ast.Return(values=values):
                return tuple(self.evaluate(v) for v in values)
            case ast.If(condition=condition, then=then, otherwise=otherwise):
                return self.execute(then if self.evaluate(condition) else otherwise)
            case ast.Marked(kind="resume", body=body, tokens=tokens):
                outside, self.machine.resumed = self.machine.resumed, self.evaluate(tokens) if tokens else None
                result = self.execute(body)
                self.machine.resumed = outside
                return result
            case ast.Marked(kind="weigh", body=body, tokens=rate):
                assert rate is not None
                return self.weighed(Fraction(self.evaluate(rate)), body)
            case ast.Marked(body=body):
                return self.execute(body)
            case ast.Param(entries=entries, kind=kind):
                for entry in entries:
                    shape = self.shape(entry.shape)
                    self.names[entry.name.text] = self.owner.parameter(entry, shape, buffer=kind == "buffer")
            case ast.Let(name=name, value=value):
                self.names[name.text] = self.size(value)
            case ast.Layer(name=name, value=value):
                self.names[name.text] = self.layer(statement, value)
            case ast.Assign(targets=[target], value=value):
                self.names[target.text] = self.evaluate(value)
                self.promised(statement)
            case ast.Assign(targets=targets, value=value):
                results = self.evaluate(value)
                self.names.update(zip((t.text for t in targets), results, strict=True))
                self.promised(statement)
            case ast.IndexAssign(target=target):
                self.names[target.text] = Statement(self, statement).run()
            case ast.Emit(name=name, value=value):
                self.emitted.setdefault(name.text, []).append(self.tensor(value))
            case ast.Divides(divisor=divisor, multiple=multiple):
                if self.evaluate(multiple) % self.evaluate(divisor):
                    raise Unfit("does not divide")
            case ast.Assume(condition=condition):
                if not self.evaluate(condition):
                    raise Unfit("assumption fails")
            case ast.Scan():
                self.scan(statement)
            case ast.Repeat():
                self.repeat(statement)
            case ast.RepeatTogether():
                self.together(statement)
            case ast.Choose():
                self.choose(statement)
        return None

    def weighed(self, rate: Fraction, body: Sequence[ast.Statement]) -> tuple[Any, ...] | None:
        """Run a body that is expected to be run so often."""
        tally = self.machine.tally
        before, tally.rate = tally.rate, tally.rate * rate
        result = self.execute(body)
        tally.rate = before
        return result

    def promised(self, statement: ast.Assign) -> None:
        """Look whether tensors have the shapes that were said of them."""
        for target, said in zip(statement.targets, statement.shapes, strict=bool(statement.shapes)):
            if said is not None:
                self.match(said, self.tensor_named(target.text).shape)

    def tensor_named(self, name: str) -> Tensor:
        value = self.names[name]
        if not isinstance(value, Tensor):
            raise Unfit(f"`{name}` is no tensor")
        return value

    def layer(self, statement: ast.Layer, value: ast.Name | ast.Call) -> Function:
        """A callable with one set of parameters."""
        owner = self.owner.child(statement)
        match value:
            case ast.Name(text=text):
                return replace(self.function(text), owner=owner)
            case ast.Call(function=function, args=args, keywords=keywords):
                given = tuple(self.evaluate(a) for a in args)
                named = {k.name.text: self.evaluate(k.value) for k in keywords}
                return replace(self.function(function.text), owner=owner, args=given, keywords=named)
        raise AssertionError

    # Loops -------------------------------------------------------------------------------------

    def inner(self, owner: Owner, **names: Any) -> Frame:
        """A frame for one round: what it assigns is its own."""
        return Frame(self.machine, owner, self.names | names, self.axes, dims=self.dims, others=self.others)

    def rounds(self, over: ast.Expr) -> range:
        match over:
            case ast.Range(start=start, stop=stop):
                first, last = self.size(start), self.size(stop)
            case _:
                first, last = 0, self.size(over)
        if last < first:
            raise Unfit(f"{first}..{last}")
        return range(first, last)

    def scan(self, loop: ast.Scan) -> None:
        """The same parameters every round."""
        rounds, counter = self.rounds(loop.over), loop.counter.text
        owner = self.owner.child(loop)
        carried = self.carried(loop.carries, {counter: rounds.start})
        emitted: dict[str, list[Tensor]] = {}
        for t in rounds:
            frame = self.inner(owner, **carried, **{counter: t})
            frame.emitted = emitted
            frame.execute(loop.body)
            carried = {name: frame.names[name] for name in carried}
            self.expect(loop.carries, carried, {counter: t + 1})
        self.names |= carried
        if rounds:
            self.stack(emitted)
        else:
            self.names |= self.without_doing(self.inner(owner, **carried, **{counter: rounds.start}), loop.body)

    def repeat(self, loop: ast.Repeat) -> None:
        """Parameters of its own for each round, unless shared; outer names are carried on."""
        rounds = self.rounds(loop.over)
        counted = loop.counter.text if loop.counter else None
        given = self.carried(loop.carries, {counted: rounds.start} if counted else {})
        emitted: dict[str, list[Tensor]] = {}
        outer = dict.fromkeys(self.names | given)
        frame = self.inner(self.owner, **given)
        for number in rounds:
            owner = self.owner.child(loop) if loop.shared else self.owner.child(loop, number)
            kept = {name: frame.names[name] for name in outer}
            named = kept | ({counted: number} if counted else {})
            frame = Frame(self.machine, owner, named, self.axes, emitted, self.dims, self.others)
            frame.execute(loop.body)
            self.expect(loop.carries, frame.names, {counted: number + 1} if counted else {})
        self.names |= {name: frame.names[name] for name in outer if name != counted}
        self.stack(emitted)

    def together(self, loop: ast.RepeatTogether) -> None:
        """Rounds as if they were written one below the other, each with one entry of every list."""
        outer = dict.fromkeys(self.names)
        kept, emitted = dict(self.names), {}
        for number, values in enumerate(zip(*map(self.evaluate, loop.over), strict=True)):
            named = kept | {name.text: value for name, value in zip(loop.names, values, strict=True)}
            frame = Frame(
                self.machine, self.owner.child(loop, number), named, self.axes, emitted, self.dims, self.others
            )
            frame.execute(loop.body)
            kept = {name: frame.names[name] for name in outer}
        self.names |= {name: kept[name] for name in outer if name not in {each.text for each in loop.names}}
        self.stack(emitted)

    def choose(self, loop: ast.Choose) -> None:
        """Every alternative has its parameters; only the first `active` run."""
        active, total = self.size(loop.active), self.size(loop.total)
        if active > total:
            raise Unfit(f"{active} of {total}")
        emitted: dict[str, list[Tensor]] = {}
        for number in range(total):
            frame = self.inner(self.owner.child(loop, number, active=number < active))
            if number < active:
                frame.emitted = emitted
                frame.execute(loop.body)
            else:
                self.without_doing(frame, loop.body)
        self.stack(emitted)

    def carried(self, carries: Sequence[ast.Carry], counter: Mapping[str, int]) -> dict[str, Tensor]:
        """What is carried into the first round: given, else the outer value of a `repeat`, else zeros."""
        frame = self.inner(self.owner, **counter)
        values = {}
        for carry in carries:
            name = carry.name.text
            if carry.init is not None:
                values[name] = self.tensor(carry.init)
            elif isinstance(self.names.get(name), Tensor):
                values[name] = self.names[name]
            else:
                values[name] = self.machine.constant(0, frame.shape(carry.shape))
        self.expect(carries, values, counter)
        return values

    def expect(self, carries: Sequence[ast.Carry], values: Mapping[str, Any], counter: Mapping[str, int]) -> None:
        """Carried shapes are what they were said to be at this count."""
        frame = self.inner(self.owner, **counter)
        for carry in carries:
            found, wanted = values[carry.name.text].shape, frame.shape(carry.shape)
            if found != wanted:
                raise Unfit(f"`{carry.name.text}` is {found}, not {wanted}")

    def without_doing(self, frame: Frame, body: Sequence[ast.Statement]) -> dict[str, Tensor]:
        """Make a body's parameters, uncounted; what no round at all emits has its shape nevertheless."""
        tally = self.machine.tally
        before, tally.muted = tally.muted, True
        frame.execute(body)
        tally.muted = before
        return {name: Tensor((0, *values[0].shape), []) for name, values in frame.emitted.items()}

    def stack(self, emitted: Mapping[str, list[Tensor]]) -> None:
        self.names |= {name: primitives.stacked(values) for name, values in emitted.items()}

    # Shapes ------------------------------------------------------------------------------------

    def shape(self, written: ast.List) -> Shape:
        """The numbers of a shape; `...` are the leading axes of this definition."""
        sizes: list[int] = []
        for item in written.items:
            sizes.extend(self.open(item) if isinstance(item, ast.Ellipsis) else [self.size(item)])
        return tuple(sizes)

    def open(self, dots: ast.Ellipsis) -> Shape:
        """What `...` or `...b` stands for."""
        return (self.others.get(dots.group) if dots.group else self.axes) or ()

    def size(self, expr: ast.Expr) -> int:
        value = self.evaluate(expr)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise Unfit(f"{value} is no size")
        return value

    def match(self, pattern: ast.List, shape: Shape) -> None:
        """Bind the names of a shape pattern; what is known already must agree."""
        items = list(pattern.items)
        dots = [i for i, item in enumerate(items) if isinstance(item, ast.Ellipsis)]
        if len(shape) < len(items) - len(dots) or (not dots and len(shape) != len(items)):
            raise Unfit(f"{shape} has the wrong number of axes")
        if dots:
            [at] = dots
            end = len(shape) - (len(items) - at - 1)
            group = items[at].group
            if group:
                if self.others.setdefault(group, shape[at:end]) != shape[at:end]:
                    raise Unfit(f"axes of `...{group}`: {self.others[group]} and {shape[at:end]}")
            elif self.axes not in (None, shape[at:end]):
                raise Unfit(f"leading axes {self.axes} and {shape[at:end]}")
            else:
                self.axes = shape[at:end]
            shape = shape[:at] + shape[end:]
            del items[at]
        for item, size in zip(items, shape, strict=True):
            if isinstance(item, ast.Name) and item.text not in self.names:
                self.names[item.text] = size
            elif self.size(item) != size:
                raise Unfit(f"{size} where {self.size(item)} was declared")

    # Expressions -------------------------------------------------------------------------------

    def tensor(self, expr: ast.Expr) -> Tensor:
        return self.as_tensor(self.evaluate(expr))

    def as_tensor(self, value: Any) -> Tensor:
        match value:
            case Tensor():
                return value
            case bool() | int() | float() | Fraction():
                return self.machine.constant(value)
        raise Unfit(f"{value!r} is no tensor")

    def evaluate(self, expr: ast.Expr) -> Any:
        match expr:
            case ast.Name(text=text):
                return self.named(text)
            case ast.Number(value=value):
                return statics.whole(value)
            case ast.String(value=value) | ast.Bool(value=value):
                return value
            case ast.List(items=items):
                return self.listed(items)
            case ast.Chosen(then=then, condition=condition, otherwise=otherwise):
                return self.evaluate(then if self.evaluate(condition) else otherwise)
            case ast.Unary(op="not", operand=operand):
                return not self.evaluate(operand)
            case ast.Unary(operand=operand):
                value = self.evaluate(operand)
                return pointwise(lambda x: -x, value) if isinstance(value, Tensor) else -value
            case ast.Binary(op="and", left=left, right=right):
                return self.evaluate(left) and self.evaluate(right)
            case ast.Binary(op="or", left=left, right=right):
                return self.evaluate(left) or self.evaluate(right)
            case ast.Binary(op=op, left=left, right=right):
                return self.binary(op, self.evaluate(left), self.evaluate(right))
            case ast.Call(function=function, args=args, keywords=keywords):
                return self.call(expr, function.text, [], args, keywords)
            case ast.Pipe(value=value, stage=ast.Name(text=text)):
                return self.call(expr, text, [self.evaluate(value)], (), ())
            case ast.Pipe(value=value, stage=ast.Call(function=function, args=args, keywords=keywords)):
                return self.call(expr, function.text, [self.evaluate(value)], args, keywords)
            case ast.Subscript(base=base, items=items):
                return self.subscript(self.evaluate(base), items)
        raise Unfit(f"cannot evaluate {type(expr).__name__}")

    def binary(self, op: str, left: Any, right: Any) -> Any:
        if not isinstance(left, Tensor) and not isinstance(right, Tensor):
            return statics.arithmetic(op, left, right)
        match op:
            case "@":
                return matrix_product(left, right, self.machine.tally)
            case "^" if isinstance(left, Tensor) and not isinstance(right, Tensor):
                return pointwise(lambda x: primitives.power(x, right), left)
            case "^":
                return pointwise(primitives.general_power, self.as_tensor(left), right)
        return pointwise(primitives.ARITHMETIC[op], self.as_tensor(left), self.as_tensor(right))

    def subscript(self, base: Any, items: Sequence[ast.Expr]) -> Tensor:
        """Selection: numbers take one entry of an axis, slices a stretch, integer tensors take rows."""
        x = self.as_tensor(base)
        dots = [i for i, item in enumerate(items) if isinstance(item, ast.Ellipsis)]
        at = dots[0] if dots else len(items)
        axis = x.rank
        for item in reversed(items[at + 1 :]):
            axis -= 1
            x = self.select(x, axis, item)
        for number, item in reversed(list(enumerate(items[:at]))):
            x = self.select(x, number, item)
        return x

    def select(self, x: Tensor, axis: int, item: ast.Expr) -> Tensor:
        if axis < 0 or axis >= x.rank:
            raise Unfit("too many subscripts")
        if isinstance(item, ast.Slice):
            start = self.evaluate(item.start) if item.start is not None else 0
            stop = self.evaluate(item.stop) if item.stop is not None else x.shape[axis]
            part = primitives.cut(x, axis, *(n + x.shape[axis] if n < 0 else n for n in (start, stop)))
            return part if item.step is None else primitives.every(part, axis, self.evaluate(item.step))
        index = self.evaluate(item)
        if isinstance(index, Tensor):
            if axis:
                raise Unfit("rows are taken from the first axis")
            return primitives.taken(x, index)
        return self.entry(x, axis, index)

    def entry(self, x: Tensor, axis: int, index: Any) -> Tensor:
        """One entry of an axis, which disappears."""
        size = x.shape[axis] if axis < x.rank else 0
        if self.machine.tally.muted and size and isinstance(index, int):
            # A round that does not happen has its shapes nevertheless.
            index = min(index, size - 1)
        if not isinstance(index, int) or not -size <= index < size:
            raise Unfit(f"entry {index} of an axis of {size}")
        shape = x.shape[:axis] + x.shape[axis + 1 :]
        return gathered(x, shape, lambda p: (*p[:axis], index % size, *p[axis:]))

    # Calls -------------------------------------------------------------------------------------

    def listed(self, items: Sequence[ast.Expr]) -> list[Any]:
        """The values in a list; `...` is left for who reads it."""
        values: list[Any] = []
        for item in items:
            match item:
                case ast.Ellipsis(group=""):
                    values.append(...)
                case ast.Ellipsis():
                    values.extend(self.open(item))
                case _:
                    values.append(self.evaluate(item))
        return values

    def named(self, name: str) -> Any:
        """What a name stands for; the dimensions that its file declares are those of the model that runs."""
        if name in self.names:
            return self.names[name]
        return self.machine.asked[name] if name in self.dims else self.machine.find(name)

    def function(self, name: str) -> Function:
        value = self.names.get(name)
        return value if isinstance(value, Function) else self.machine.find(name)

    def call(
        self,
        site: ast.Expr,
        name: str,
        first: Sequence[Any],
        args: Sequence[ast.Expr],
        keywords: Sequence[ast.Keyword],
    ) -> Any:
        function = self.function(name)
        given = [*first, *(self.evaluate(a) for a in args)]
        named = {k.name.text: self.evaluate(k.value) for k in keywords}
        if function.definition is None:
            return builtin.Builtin(self).call(function.name, [*given, *function.args], {**function.keywords, **named})
        owner = function.owner or self.owner.child(site)
        results = self.enter(function, owner, given, named)
        return results[0] if len(results) == 1 else results

    def enter(self, function: Function, owner: Owner, given: list[Any], named: dict[str, Any]) -> tuple[Tensor, ...]:
        """Bind the ports of a definition, left to right, and run its body."""
        definition = function.definition
        assert definition is not None
        ports = {port.name.text: port for port in definition.ports}
        # What was given when a layer was named stands behind the tensors that it is called with.
        bound = dict(zip(ports, [*given, *function.args], strict=False)) | function.keywords | named
        source = definition.span.source
        known = dict(constants(source))
        frame = Frame(self.machine, owner, known, dims=declared(source) & self.machine.asked.keys())
        for name, port in ports.items():
            value = bound[name] if name in bound else self.default(frame, port)
            if port.shape is not None:
                value = self.as_tensor(value)
                frame.match(port.shape, value.shape)
            if name in frame.names and frame.names[name] != value:
                raise Unfit(f"`{name}` is {frame.names[name]} and {value}")
            frame.names[name] = value
        return frame.perform(definition)

    def default(self, frame: Frame, port: ast.Port) -> Any:
        if port.default is None:
            raise Unfit(f"nothing given for `{port.name.text}`")
        return frame.evaluate(port.default)


def emits_of(statement: ast.Statement) -> Iterator[ast.Emit]:
    """The `emit`s of a loop, those of loops inside of it apart; of anything else none."""
    if isinstance(statement, ast.Scan | ast.Repeat | ast.RepeatTogether | ast.Choose):
        yield from _emits(statement.body)


def _emits(body: Iterable[ast.Statement]) -> Iterator[ast.Emit]:
    for statement in body:
        if isinstance(statement, ast.Emit):
            yield statement
        elif isinstance(statement, ast.Marked):
            yield from _emits(statement.body)
        elif isinstance(statement, ast.If):
            yield from _emits((*statement.then, *statement.otherwise))
