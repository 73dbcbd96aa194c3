"""Random well-formed architectures, as text, with small sizes at which they can be run."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import strategies as st

DIMENSIONS = ("A", "B", "C", "N")
UNARY = (
    "exp", "log", "sqrt", "rsqrt", "tanh", "sigmoid", "relu", "leaky_relu", "elu", "gelu", "silu", "softplus",
    "softsign", "erf", "sin", "cos", "abs", "softmax", "identity", "log_softmax",
)  # fmt: skip
LARGEST = 160
"""Numbers in one tensor, and places of one contraction: beyond that the oracle would be slow."""


@dataclass(frozen=True)
class Size:
    """The length of an axis. Sizes are equal where their `key` is; `text` denotes it where it is in scope."""

    key: str
    text: str
    value: int
    varies: bool = False
    """Whether it changes from round to round of a loop."""


Shape = tuple[Size, ...]


@dataclass(frozen=True)
class Architecture:
    """A text with one model `M`, and the sizes to run it at."""

    text: str
    values: Mapping[str, int]


@dataclass
class Scope:
    """What can be used where a statement is written."""

    tensors: dict[str, Shape]
    dims: tuple[Size, ...]
    counters: tuple[tuple[str, Size], ...] = ()
    depth: int = 0
    repeated: bool = False

    def inner(self, **changes: Any) -> Scope:
        fields = {
            "tensors": dict(self.tensors),
            "dims": self.dims,
            "counters": self.counters,
            "repeated": self.repeated,
        }
        return Scope(**{**fields, "depth": self.depth + 1, **changes})


@dataclass
class Module:
    """A module that was written before, with the shapes of its port and its results."""

    name: str
    port: Shape
    leading: bool
    results: tuple[Shape, ...]
    extra: tuple[str, ...]


@dataclass
class Writer:
    """Writes one text, statement by statement; every choice is drawn."""

    draw: Callable[..., Any] | None
    lines: list[str] = field(default_factory=list)
    modules: list[Module] = field(default_factory=list)
    used: int = 0
    indent: int = 0
    newer: bool = False
    """Whether forms are written that came later; without them the same draws make the same texts as before."""
    dice: Random | None = None
    """Chooses instead of `draw`: each form as likely as any other, where hypothesis repeats what it drew before."""

    @property
    def more(self) -> list[Callable[[Scope], None]]:
        return [self.let, self.let, self.rounds, self.rounds] if self.newer else []

    # Small choices -----------------------------------------------------------------------------

    def one(self, choices: Sequence[Any]) -> Any:
        return self.dice.choice(list(choices)) if self.dice else self.draw(st.sampled_from(list(choices)))

    def number(self, low: int, high: int) -> int:
        return self.dice.randint(low, high) if self.dice else int(self.draw(st.integers(low, high)))

    def maybe(self) -> bool:
        return self.dice.random() < 0.5 if self.dice else bool(self.draw(st.booleans()))

    def shuffled(self, items: Sequence[Any]) -> list[Any]:
        order = list(items)
        if self.dice:
            self.dice.shuffle(order)
            return order
        return list(self.draw(st.permutations(order)))

    def fresh(self, letter: str) -> str:
        self.used += 1
        return f"{letter}{self.used}"

    def line(self, text: str) -> None:
        self.lines.append("  " * self.indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        self.line(f"{head} {{")
        self.indent += 1
        yield
        self.indent -= 1
        self.line("}")

    def pick(self, scope: Scope, fits: Callable[[Shape], bool] = lambda shape: True) -> tuple[str, Shape] | None:
        """A tensor in scope whose shape fits."""
        found = [(name, shape) for name, shape in scope.tensors.items() if fits(shape)]
        # The latest are the likeliest, so that statements build on one another.
        return self.one([*found, *found[-3:], *found[-1:]]) if found else None

    def put(self, scope: Scope, expression: str, shape: Sequence[Size], name: str | None = None) -> str:
        """Assign an expression to a new name; axes whose size has no name yet are named by it."""
        name = name or self.fresh("v")
        said = ""
        if self.newer and all(size.text for size in shape) and self.number(0, 3) == 0:
            said = f": [{', '.join(size.text for size in shape)}]"
        self.line(f"{name}{said} = {expression}")
        scope.tensors[name] = named(name, shape)
        return name

    def new(self, value: int, varies: bool = False) -> Size:
        return Size(self.fresh("size"), "", value, varies)

    # Statements --------------------------------------------------------------------------------

    def statements(self, scope: Scope, count: int) -> None:
        simple = [
            self.pointwise, self.binary, self.layer, self.index, self.index, self.index, self.leading, self.filter,
            self.transposed, self.window, self.reduce, self.move, self.static_if, self.norm,
        ]  # fmt: skip
        simple += self.more
        nested = [self.scan, self.repeat, self.call] * 2 + [self.choose, self.cache]
        for _ in range(count):
            self.one(simple + (nested if scope.depth < 3 else []))(scope)

    def pointwise(self, scope: Scope) -> None:
        found = self.pick(scope, lambda shape: len(shape) > 0)
        if found is None:
            return
        name, shape = found
        forms = [*(f"{f}({name})" for f in UNARY), f"{name} -> {self.one(UNARY)} -> {self.one(UNARY)}"]
        forms += [f"{name}^{n}" for n in (2, 3, "0.5", "(-1)", "1.5")]
        forms += [f"-{name}", f"where({name} > 0, {name}, 1)", f"max({name}, 0)", f"min(1, {name})"]
        self.put(scope, self.one(forms), shape)

    def binary(self, scope: Scope) -> None:
        """Two tensors that broadcast, or a tensor and a number."""
        found = self.pick(scope)
        if found is None:
            return
        name, shape = found
        keys = [size.key for size in shape]
        partners = [
            other
            for other, second in scope.tensors.items()
            if len(second) <= len(shape) and [s.key for s in second] == keys[len(keys) - len(second) :]
        ]
        numbers = ["2", "0.5", *(d.text for d in scope.dims), *(f"({c} + 1)" for c, _ in scope.counters)]
        other = self.one([*partners, *partners, *numbers])
        op = self.one(["+", "-", "*", "/", "<", "!="])
        self.put(
            scope,
            self.one([f"{name} {op} {other}", f"({name} {op} {other}) * {name}", f"{other} {op} {name}"]),
            shape,
        )

    def layer(self, scope: Scope) -> None:
        """A matrix product with a new parameter: written out, as a library layer, or a named one used twice."""
        found = self.pick(scope, lambda s: len(s) > 0 and not any(size.varies for size in s[-1:]))
        if found is None:
            return
        (name, shape), out = found, self.one(scope.dims)
        match self.number(0, 4):
            case 0:
                weight = self.fresh("W")
                self.line(f"param {weight}: [{shape[-1].text}, {out.text}]")
                self.put(scope, f"{name} @ {weight}", (*shape[:-1], out))
            case 1:
                self.put(scope, f"Linear({name}, {out.text}, bias = false)", (*shape[:-1], out))
            case 2:
                self.put(scope, f"{name} -> Linear({out.text}) -> {self.one(UNARY)}", (*shape[:-1], out))
            case 3:
                shared = self.fresh("f")
                self.line(f"layer {shared} = Linear({shape[-1].text})")
                self.put(scope, f"{shared}({name}) + {shared}(tanh({name}))", shape)
            case 4:
                weight = self.fresh("W")
                self.line(f"param {weight}: [{out.text}, {shape[-1].text}]")
                self.put(scope, f"{name} @ transpose({weight}) + 0.5", (*shape[:-1], out))

    def index(self, scope: Scope) -> None:
        """A sum of products in index notation."""
        letters: dict[str, Size] = {}
        terms = []
        for _ in range(self.number(1, 2)):
            operands = [self.operand(scope, letters) for _ in range(self.number(1, 3))]
            found = [o for o in operands if o]
            if found:
                scale = self.one(["", "", "", "2 * ", f"{self.one(scope.dims).text} * "])
                divisor = self.one(["", "", "", " / 3"])
                terms.append(scale + " * ".join(found) + divisor)
        if not terms or math.prod(size.value for size in letters.values()) > LARGEST:
            return
        left = [letter for letter in letters if self.number(0, 2)][:3]
        left = self.shuffled(left)
        name = self.fresh("v")
        self.line(f"{name}[{', '.join(left)}] = {self.one([' + ', ' - ']).join(terms)}")
        scope.tensors[name] = named(name, [letters[letter] for letter in left])

    def operand(self, scope: Scope, letters: dict[str, Size]) -> str | None:
        """A tensor or a new parameter, with an index, a number or a counter for each axis."""
        if letters and self.number(0, 2) == 0:
            fixed = [letter for letter, size in letters.items() if not size.varies]
            chosen = [letter for letter in fixed if self.maybe()][:3]
            shape = [letters[letter] for letter in chosen]
            if self.maybe():
                new, letter = self.one(scope.dims), self.fresh("i")
                shape.append(new)
                chosen.append(letter)
                letters[letter] = new
            if not chosen:
                return None
            name = self.fresh("W")
            self.line(f"param {name}: [{', '.join(size.text for size in shape)}]")
            scope.tensors[name] = tuple(shape)
            return f"{name}[{', '.join(chosen)}]"
        found = self.pick(scope, lambda s: len(s) > 0)
        return f"{found[0]}[{', '.join(self.position(size, scope, letters) for size in found[1])}]" if found else None

    def position(self, size: Size, scope: Scope, letters: dict[str, Size]) -> str:
        """What stands for an axis: an index with the same extent, a new one, or a selection."""
        same = [letter for letter, other in letters.items() if other.key == size.key]
        counters = [name for name, over in scope.counters if over.key == size.key]
        choice = self.number(0, 9)
        if choice == 0:
            return "0"
        if choice < 4 and counters:
            return str(self.one(counters))
        if choice < 7 and same:
            return str(self.one(same))
        letter = self.fresh("i")
        letters[letter] = size
        return letter

    def leading(self, scope: Scope) -> None:
        """Products over whatever stands behind `...`, broadcast where one operand has fewer axes."""
        found = self.pick(scope, lambda s: len(s) > 0 and not s[-1].varies)
        if found is None:
            return
        name, shape = found
        keys = [size.key for size in shape]
        partners = [
            other
            for other, second in scope.tensors.items()
            if second and [s.key for s in second] == keys[len(keys) - len(second) :]
        ]
        weight, result, out = self.fresh("W"), self.fresh("v"), self.one(scope.dims)
        self.line(f"param {weight}: [{shape[-1].text}, {out.text}]")
        operands = [f"{self.one(partners)}[..., i]" for _ in range(self.number(0, 2))] + [f"{name}[..., i]"]
        factors = " * ".join(self.shuffled([*operands, f"{weight}[i, o]"]))
        sign, more = self.one(["", "", "-"]), self.one(["", "", f" - {weight}[i, o]"])
        self.line(f"{result}[..., o] = {sign}{factors}{more}")
        scope.tensors[result] = named(result, (*shape[:-1], out))

    def filter(self, scope: Scope) -> None:
        """A convolution along one axis, padded so that there is room."""
        found = self.pick(scope, lambda s: len(s) > 0)
        if found is None:
            return
        name, shape = found
        axis = self.number(0, len(shape) - 1)
        kernel, stride, dilation = self.number(1, 3), self.number(1, 3), self.number(1, 2)
        reach = dilation * (kernel - 1)
        positions = [self.fresh("i") for _ in shape]
        window, weight, result = self.fresh("k"), self.fresh("w"), self.fresh("v")
        channels = self.one(scope.dims)
        outer = [self.fresh("o")] if self.maybe() else []
        places = list(positions)
        places[axis] = f"{stride}*{positions[axis]} + {dilation}*{window}"
        longer = self.new(shape[axis].value + reach, shape[axis].varies)
        padded = f"{name} -> pad([{reach}, 0], axis = {axis})"
        padded = self.put(scope, padded, [*shape[:axis], longer, *shape[axis + 1 :]])
        self.line(f"param {weight}: [{', '.join([str(kernel), *(channels.text for _ in outer)])}]")
        product = f"{padded}[{', '.join(places)}] * {weight}[{', '.join([window, *outer])}]"
        self.line(f"{result}[{', '.join([*positions, *outer])}] = {product}")
        length = self.new((shape[axis].value - 1) // stride + 1, shape[axis].varies)
        scope.tensors[result] = named(result, [*shape[:axis], length, *shape[axis + 1 :], *([channels] * len(outer))])

    def transposed(self, scope: Scope) -> None:
        """An affine left side: every product is written where it falls."""
        found = self.pick(scope, lambda s: 0 < len(s) < 3 and math.prod(z.value for z in s) < 30)
        if found is None:
            return
        name, shape = found
        axis, kernel, stride, dilation = (
            self.number(0, len(shape) - 1),
            self.number(1, 3),
            self.number(1, 3),
            self.number(1, 2),
        )
        positions = [self.fresh("i") for _ in shape]
        window, weight, result = self.fresh("k"), self.fresh("w"), self.fresh("v")
        left = list(positions)
        left[axis] = f"{stride}*{positions[axis]} + {dilation}*{window}"
        summed = len(shape) > 1 and self.maybe()
        if summed:
            del left[1 - axis]
        self.line(f"param {weight}: [{kernel}]")
        self.line(f"{result}[{', '.join(left)}] = {name}[{', '.join(positions)}] * {weight}[{window}]")
        length = self.new(stride * (shape[axis].value - 1) + dilation * (kernel - 1) + 1, shape[axis].varies)
        sizes = [length if a == axis else size for a, size in enumerate(shape)]
        scope.tensors[result] = named(result, [length] if summed else sizes)

    def window(self, scope: Scope) -> None:
        """Pooling with windows that lie side by side or overlap."""
        found = self.pick(scope, lambda s: len(s) > 0)
        if found is None:
            return
        name, shape = found
        axis, kernel, stride = self.number(0, len(shape) - 1), self.number(1, 3), self.number(1, 2)
        positions, window, result = [self.fresh("i") for _ in shape], self.fresh("k"), self.fresh("v")
        places = list(positions)
        places[axis] = f"{stride}*{positions[axis]} + {window}"
        padded = [
            *shape[:axis],
            self.new(shape[axis].value + kernel - 1, shape[axis].varies),
            *shape[axis + 1 :],
        ]
        inner = self.put(scope, f"{name} -> pad([0, {kernel - 1}], axis = {axis})", padded)
        op = self.one(["max", "min", "sum", "mean"])
        self.line(f"{result}[{', '.join(positions)}] = {op}({window} in {kernel}) {inner}[{', '.join(places)}]")
        length = self.new((shape[axis].value - 1) // stride + 1, shape[axis].varies)
        scope.tensors[result] = named(result, [*shape[:axis], length, *shape[axis + 1 :]])

    def reduce(self, scope: Scope) -> None:
        found = self.pick(scope, lambda s: len(s) > 0)
        if found is None:
            return
        name, shape = found
        op, axis = self.one(["sum", "max", "min", "mean"]), self.number(0, len(shape) - 1)
        if self.number(0, 3) == 0:
            self.put(scope, f"{op}({name}, axis = [{', '.join(map(str, range(len(shape))))}])", ())
        elif self.maybe():
            self.put(scope, f"{name} - {op}({name}, axis = {axis}, keep = true)", shape)
        else:
            self.put(scope, f"{op}({name}, axis = {axis - len(shape)})", [*shape[:axis], *shape[axis + 1 :]])

    def move(self, scope: Scope) -> None:
        """Something that moves numbers along an axis or puts them in order, and a step that makes its shape matter."""
        found = self.pick(scope, lambda s: len(s) > 0 and math.prod(z.value for z in s) < LARGEST / 3)
        if found is None:
            return
        name, shape = found
        axis = self.number(0, len(shape) - 1)
        size = shape[axis]

        def changed(value: int) -> list[Size]:
            return [*shape[:axis], self.new(value, size.varies), *shape[axis + 1 :]]

        order = self.shuffled(range(len(shape)))
        before, after = self.number(0, 2), self.number(0, 2)
        options: list[tuple[str, Sequence[Size]]] = [
            (f"transpose({name}, [{', '.join(map(str, order))}])", [shape[a] for a in order]),
            (f"reverse({name}, axis = {axis})", shape),
            (f"concat({name}, {name}, axis = {axis})", changed(2 * size.value)),
            (f"repeat_axis({name}, 2, axis = {axis})", changed(2 * size.value)),
            (f"pad({name}, [{before}, {after}], axis = {axis})", changed(size.value + before + after)),
            (f"{name}[{', '.join([':'] * axis + ['0:1'])}]", changed(1)),
            (f"{name}[{', '.join([':'] * axis + ['::2'])}]", changed(-(-size.value // 2))),
            (f"{name}[0]", shape[1:]),
            (f"{name}[..., size({name}, -1) - 1]", shape[:-1]),
            (
                f"reshape({name}, [-1])",
                [self.new(math.prod(z.value for z in shape), any(z.varies for z in shape))],
            ),
            (f"reshape({name}, [1, {', '.join(z.text for z in shape)}])", [self.new(1), *shape]),
            (f"cumsum({name}, axis = {axis})", shape),
            (f"sort({name}, axis = {axis})", shape),
            (f"topk({name}, 1, axis = {axis})", changed(1)),
            (f"split(concat({name}, {name}, axis = {axis}), 2, axis = {axis})", ()),
        ]
        expression, result = self.one(options)
        if expression.startswith("split"):
            first, second = self.fresh("v"), self.fresh("v")
            self.line(f"{first}, {second} = {expression}")
            halves = changed(size.value)
            scope.tensors |= {first: named(first, halves), second: named(second, halves)}
        else:
            self.put(scope, expression, result)

    def norm(self, scope: Scope) -> None:
        found = self.pick(scope, lambda s: len(s) > 0 and not s[-1].varies)
        if found is not None:
            self.put(scope, f"{found[0]} -> {self.one(['LayerNorm', 'RMSNorm', 'BatchNorm', 'PReLU'])}", found[1])

    def static_if(self, scope: Scope) -> None:
        """A branch that can be decided; the other one is written but not taken."""
        size = self.one(scope.dims).text
        condition, holds = self.one(
            [("true", True), ("not true", False), ("2 > 1 and 1 != 2", True), ('"a" == "b" or 3 <= 2', False),
             (f"{size} >= 1", True), (f"{size} + 1 == {size}", False), (f"2*{size} > {size}", True)]
        )  # fmt: skip
        found = self.pick(scope, lambda s: len(s) > 0)
        if found is None:
            return
        with self.block(f"if {condition}"):
            self.branch(scope if holds else scope.inner(), found)
        with self.block("else"):
            self.branch(scope.inner() if holds else scope, found)

    def let(self, scope: Scope) -> None:
        """A size by a name of its own, made of those that there are; some are equal to one that has a name already."""
        one, other = self.one(scope.dims), self.one(scope.dims)
        made, value = self.one(
            [(f"2*{one.text}", 2 * one.value), (f"ceil({one.text}/2)", -(-one.value // 2)),
             (f"{one.text} + {other.text}", one.value + other.value),
             (f"{one.text}*{other.text}", one.value * other.value),
             (f"max({one.text}, {other.text})", max(one.value, other.value)), (one.text, one.value)]
        )  # fmt: skip
        name = self.fresh("n")
        self.line(f"let {name} = {made}" + self.one(["", ' "words"', ' "words" latex "n"']))
        scope.dims = (*scope.dims, Size(self.fresh("size"), name, value, one.varies or other.varies))

    def branch(self, scope: Scope, found: tuple[str, Shape]) -> None:
        name, shape = found
        self.put(scope, f"{name} * 2", shape)
        self.statements(scope.inner(tensors=scope.tensors), 1)

    # Loops -------------------------------------------------------------------------------------

    def scan(self, scope: Scope) -> None:
        over, counter = self.one(scope.dims), self.fresh("t")
        rows = self.pick(scope, lambda s: len(s) > 0)
        if rows is not None and not rows[1][0].varies and self.maybe():
            over = rows[1][0]
        inside = scope.inner(counters=(*scope.counters, (counter, over)))
        carries, carried = [], []
        for _ in range(self.number(0, 2)):
            shape = tuple(self.one(scope.dims) for _ in range(self.number(1, 2)))
            name = self.fresh("h")
            same = [n for n, s in scope.tensors.items() if [z.key for z in s] == [z.key for z in shape]]
            start = f" = {self.one(same)}" if same and self.maybe() else ""
            carries.append(f"{name}: [{', '.join(z.text for z in shape)}]{start}")
            carried.append((name, shape))
            inside.tensors[name] = shape
        emitted: list[tuple[str, Shape]] = []
        head = f"scan {counter} in {self.one([over.text, f'0..{over.text}'])}" + (" with " if carries else "")
        with self.block(head + ", ".join(carries)):
            self.rows(inside, counter, over)
            self.statements(inside, self.number(1, 3))
            for name, shape in carried:
                self.back(inside, name, shape)
            emitted = self.emit(inside)
        for name, shape in carried:
            scope.tensors[name] = shape
        for name, shape in emitted:
            scope.tensors[name] = named(name, (over, *forgotten(shape)))

    def rounds(self, scope: Scope) -> None:
        """Rounds that do not wait for each other, and where the axis of what they emit stands."""
        if scope.depth >= 3:
            return
        over, counter, result = self.one(scope.dims), self.fresh("t"), self.fresh("e")
        rows = self.pick(scope, lambda s: len(s) > 0)
        if rows is not None and not rows[1][0].varies and self.maybe():
            over = rows[1][0]
        inside = scope.inner(counters=(*scope.counters, (counter, over)))
        with self.block(f"for {counter} in {over.text}"):
            self.rows(inside, counter, over)
            self.statements(inside, self.number(1, 2))
            found = self.pick(inside, lambda s: not any(size.varies for size in s))
            if found is None:
                self.line(f"emit {result} = zeros([2])")
                value, shape = "", (self.new(2),)
                place, axis = "", 0
            else:
                value, shape = found
                place, axis = self.place(counter, len(shape))
                self.line(f"emit {result}{place} = {value}")
        front, behind = forgotten(shape[:axis]), forgotten(shape[axis:])
        scope.tensors[result] = named(result, (*front, over, *behind))

    def place(self, counter: str, rank: int) -> tuple[str, int]:
        """Where an axis can be put among others, and which it is then."""
        axis = self.number(0, rank)
        before, after = [":"] * axis, [":"] * (rank - axis)
        options = [[*before, counter, *after], ["...", counter, *after], [*before, counter, "..."]]
        return f"[{', '.join(self.one(options))}]", axis

    def rows(self, scope: Scope, counter: str, over: Size) -> None:
        """What a counter takes out of the tensors whose first axis it runs along."""
        for name, shape in list(scope.tensors.items()):
            if shape and shape[0].key == over.key and self.maybe():
                self.put(scope, f"{name}[{counter}]", shape[1:])
                if self.maybe():
                    stop = self.one([counter, f"{counter} + 1"])
                    seen = self.put(scope, f"{name}[0:{stop}]", (self.new(over.value, varies=True), *shape[1:]))
                    self.put(scope, f"{self.one(['sum', 'max', 'mean'])}({seen}, axis = 0)", shape[1:])
                    if stop == counter:
                        # Empty in the first round: to be reduced, but no window fits into it.
                        del scope.tensors[seen]

    def back(self, scope: Scope, name: str, shape: Shape) -> None:
        """Give a carried name a value of its own shape."""
        keys = [size.key for size in shape]
        same = [n for n, s in scope.tensors.items() if [z.key for z in s] == keys]
        other = self.one(same)
        forms = [f"{other} + {name}", f"tanh({name}) * {other}", f"{name} -> Linear({shape[-1].text})", other]
        self.line(f"{name} = {self.one(forms)}")

    def emit(self, scope: Scope) -> list[tuple[str, Shape]]:
        """Stack up to two values whose shapes are the same every round."""
        fixed = [(n, s) for n, s in scope.tensors.items() if not any(z.varies for z in s) and len(s) < 3]
        emitted = []
        for name, shape in (
            [self.one([*fixed[-2:], self.one(fixed)]) for _ in range(self.number(1, 2))] if fixed else []
        ):
            result = self.fresh("y")
            self.line(f"emit {result} = {name}")
            emitted.append((result, shape))
        return emitted

    def repeat(self, scope: Scope) -> None:
        found = self.pick(scope, lambda s: 0 < len(s) < 4 and not any(z.varies for z in s))
        if found is None:
            return
        name, shape = found
        carried = self.put(scope, f"{name} * 1", shape)
        shape = scope.tensors[carried]
        over = self.one([*(d.text for d in scope.dims), "2", "3", "1"])
        counter = self.fresh("l") if self.maybe() else None
        shared = self.number(0, 3) == 0
        head = f"repeat {f'{counter} in ' if counter else ''}{over}{' shared' if shared else ''}"
        if counter and not shared and self.maybe():
            self.widen(scope, carried, shape, head, counter, over)
            return
        inside = scope.inner()
        with self.block(head):
            if counter:
                self.put(inside, f"{carried} * ({counter} + 1)", shape)
            self.statements(inside, self.number(0, 2))
            self.back(inside, carried, shape)

    def widen(self, scope: Scope, name: str, shape: Shape, head: str, counter: str, over: str) -> None:
        """A carried shape that grows with the counter."""
        first = shape[-1].text
        leading = "".join(f"{z.text}, " for z in shape[:-1])
        step = self.number(0, 2)
        result = self.put(scope, name, shape)
        # Names of the tensor itself would change with it.
        if any(name in z.text for z in shape):
            return
        with self.block(f"{head} with {result}: [{leading}{first} + {step}*{counter}]"):
            self.line(f"{result} = {result} -> Linear({first} + {step}*({counter} + 1)) -> {self.one(UNARY)}")
        value = shape[-1].value + 3 * step
        scope.tensors[result] = named(result, [*shape[:-1], self.new(value) if step else shape[-1]])

    def choose(self, scope: Scope) -> None:
        total = self.one(scope.dims)
        active, value = self.one([("1", 1), (total.text, total.value)])
        inside = scope.inner()
        with self.block(f"choose {active} of {self.one([total.text, f'{total.text} + 2'])}"):
            self.layer(inside)
            self.statements(inside, self.number(0, 2))
            emitted = self.emit(inside)
        count = total if active != "1" else self.new(value)
        for name, shape in emitted:
            scope.tensors[name] = named(name, (count, *forgotten(shape)))

    def cache(self, scope: Scope) -> None:
        """A carried tensor that grows by one row a round, and something that looks at all of it."""
        found = self.pick(scope, lambda s: len(s) > 0 and not s[-1].varies)
        if found is None:
            return
        (name, shape), over, counter, cache = found, self.one(scope.dims), self.fresh("t"), self.fresh("K")
        width = shape[-1]
        inside = scope.inner(counters=(*scope.counters, (counter, over)))
        with self.block(f"scan {counter} in {over.text} with {cache}: [{counter}, {width.text}]"):
            row = f"{name}[{', '.join(['0'] * (len(shape) - 1))}]" if len(shape) > 1 else name
            row = self.put(inside, f"reshape({row}, [1, {width.text}])", [self.new(1), width])
            self.line(f"{cache} = concat({cache}, {self.one([row, f'Linear({row}, {width.text})'])}, axis = 0)")
            inside.tensors[cache] = (
                Size(self.fresh("size"), f"({counter} + 1)", over.value, varies=True),
                width,
            )
            scores = self.put(inside, f"softmax({cache} @ reshape({row}, [{width.text}]))",
                              inside.tensors[cache][:1])  # fmt: skip
            self.put(inside, f"{scores} @ {cache}", [width])
            self.statements(inside, self.number(0, 2))
            emitted = self.emit(inside)
        scope.tensors[cache] = named(cache, (over, forgotten([width])[0]))
        for result, each in emitted:
            scope.tensors[result] = named(result, (over, *forgotten(each)))

    # Modules -----------------------------------------------------------------------------------

    def module(self) -> None:
        """A module over a tensor of one or two axes, with or without leading ones."""
        port = tuple(Size(name, name, 2) for name in ("P", "Q")[: self.number(1, 2)])
        leading, name = self.maybe(), f"Module{len(self.modules)}"
        extra = self.one([(), ("flag",), ("act",)])
        statics = {"flag": ", flag = true", "act": ", act = relu"}
        shape = ", ".join([*(["..."] if leading else []), *(z.text for z in port)])
        with self.block(f"module {name}(x: [{shape}]{''.join(statics[e] for e in extra)})"):
            if leading:
                results = self.leading_body(port)
            else:
                scope = Scope({"x": port}, port, depth=2)
                self.options(scope, extra)
                self.statements(scope, self.number(1, 3))
                results = self.finish(scope)
        self.modules.append(Module(name, port, leading, results, extra))

    def options(self, scope: Scope, extra: Sequence[str]) -> None:
        if "flag" in extra:
            with self.block("if flag"):
                self.line("x = x -> Linear(P, bias = false) -> tanh")
                self.line(f"x = x -> Linear({scope.dims[-1].text})")
        if "act" in extra:
            self.line("x = x -> act")

    def leading_body(self, port: Shape) -> tuple[Shape, ...]:
        """Statements that let the axes behind `...` pass."""
        last = port[-1].text
        for _ in range(self.number(1, 3)):
            match self.number(0, 4):
                case 0:
                    self.line(f"x = x -> Linear({last}) -> {self.one(UNARY)}")
                case 1:
                    weight = self.fresh("W")
                    self.line(f"param {weight}: [{last}, {last}]")
                    more = self.one(["", " + x[..., o]", f" - {weight}[i, o]", " + 2 * x[..., i]"])
                    self.line(f"x[..., o] = x[..., i] * {weight}[i, o]{more}")
                case 2:
                    self.line(f"x = x - {self.one(['max', 'mean'])}(x, keep = true)")
                case 3:
                    with self.block(f"repeat {self.one(['2', last])}"):
                        self.line(f"x = LayerNorm(x) + Linear(x, {last}, bias = false)")
                case 4:
                    with self.block(f"scan t in {last} with h: [..., 1]"):
                        rows = "[..., 0, :]" * (len(port) - 1)
                        self.line(f"h = tanh(h + sum(x{self.one(['', ' * 2'])}, keep = true){rows})")
                        self.line("emit y = h")
                    self.line("x = x * 2")
        self.line("return x")
        return (port,)

    def finish(self, scope: Scope) -> tuple[Shape, ...]:
        """Return one or two tensors."""
        names = [n for n, s in scope.tensors.items() if not any(z.varies for z in s)]
        chosen = [self.one(names[-3:]) for _ in range(self.number(1, 2))]
        self.line(f"return {', '.join(chosen)}")
        return tuple(scope.tensors[name] for name in chosen)

    def call(self, scope: Scope) -> None:
        """A call of a module, directly, through a pipe, or as a named layer."""
        if not self.modules:
            self.layer(scope)
            return
        module: Module = self.one(self.modules)
        rank = len(module.port)
        found = self.pick(
            scope,
            lambda s: (len(s) >= rank if module.leading else len(s) == rank) and not any(z.varies for z in s),
        )
        if found is None:
            return
        name, shape = found
        given = {"flag": ["", ", flag = false", ", true"], "act": ["", ", act = gelu", ", sigmoid"]}
        extra = "".join(self.one(given[e]) for e in module.extra)
        rest = extra.removeprefix(", ")
        forms = [f"{module.name}({name}{extra})", f"{name} -> {module.name}({rest})"]
        if self.maybe():
            layer = self.fresh("f")
            self.line(f"layer {layer} = {module.name}({rest})" if rest else f"layer {layer} = {module.name}")
            forms = [f"{layer}({name})", f"{layer}({name})", f"{name} -> {layer}"]
        known = {port.key: size for port, size in zip(module.port, shape[len(shape) - rank :], strict=True)}
        front = shape[: len(shape) - rank]
        for _ in range(self.number(1, 2)):
            names = [self.fresh("v") for _ in module.results]
            self.line(f"{', '.join(names)} = {self.one(forms)}")
            for result, sizes in zip(names, module.results, strict=True):
                sizes = tuple(known.get(z.key) or self.new(z.value) for z in sizes)
                scope.tensors[result] = named(result, (*front, *sizes))

    def model(self, values: Mapping[str, int]) -> None:
        dims = tuple(Size(name, name, value) for name, value in values.items())
        shapes = [tuple(self.one(dims) for _ in range(self.number(1, 3))) for _ in range(self.number(1, 3))]
        tensors = {f"x{number}": shape for number, shape in enumerate(shapes)}
        bound = {size.text for shape in shapes for size in shape}
        ports = [f"{name}: [{', '.join(z.text for z in shape)}]" for name, shape in tensors.items()]
        ports += [name for name in values if name not in bound]
        with self.block(f"model M({', '.join(ports)})"):
            scope = Scope(tensors, dims)
            self.statements(scope, self.number(2, 5))
            self.finish(scope)


def named(name: str, shape: Sequence[Size]) -> Shape:
    """The same sizes; those without a name are the axes of this tensor."""
    return tuple(Size(z.key, z.text or f"size({name}, {axis})", z.value, z.varies) for axis, z in enumerate(shape))


def forgotten(shape: Sequence[Size]) -> Shape:
    """The sizes outside a loop, where tensors of its body cannot be named any more."""
    return tuple(Size(z.key, "" if "size(" in z.text else z.text, z.value, z.varies) for z in shape)


@st.composite
def architectures(draw: Callable[..., Any], *, newer: bool = False) -> Architecture:
    """A text with up to two modules and a model of a few statements; `newer`: also of the forms that came later."""
    return written(Writer(draw, newer=newer))


def written(writer: Writer) -> Architecture:
    """What a writer writes: up to two modules and a model."""
    values = {name: writer.number(1, 3) for name in DIMENSIONS}
    for _ in range(writer.number(0, 2)):
        writer.module()
    writer.model(values)
    return Architecture("\n".join(writer.lines) + "\n", values)
