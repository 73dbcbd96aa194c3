"""Random architectures with the forms of the language that came last, as text, with sizes at which they can be run.

Constants, weighed blocks, sums into places, gathers in index notation, `einsum`, layers that differ by their number
under an open count, numbers handed to modules, one number for each axis, and axes that are split by index.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.oracle.strategies import LARGEST, Architecture, Scope, Shape, Size, Writer, named

LAYERS = "L"
"""The dimension that counts layers which differ by their number."""

HELPERS = """\
const TWO = 2
const HALF = 0.5
module Share(x: [P], share, cf = 1.25) {
  let part = ceil(share*P) "part"
  return x -> Linear(part) -> relu -> Linear(P + floor(cf*P), bias = false)
}
module Often(x: [..., P], rate = HALF) {
  weigh rate { y = x -> Linear(P, bias = false) -> tanh }
  return y
}
"""


def small(shape: Shape) -> bool:
    return math.prod(size.value for size in shape) <= LARGEST / 4


def fixed(shape: Shape) -> bool:
    return not any(size.varies for size in shape)


class Later(Writer):
    """Writes the later forms besides all others."""

    @property
    def more(self) -> list[Callable[[Scope], None]]:
        later = [
            self.weighed, self.into_places, self.gathered, self.einsum, self.numbered, self.shared, self.per_axis,
            self.split_axis, self.marked, self.chosen,
        ]  # fmt: skip
        return [*super().more, *later, *later]

    # Statements --------------------------------------------------------------------------------

    def weighed(self, scope: Scope) -> None:
        """A block that is run so often; what it assigns is known behind it."""
        if scope.depth >= 3:
            return
        rate = self.one(["0.3", "0.5", "0", "2", "rate", "min(rate, 1)", "(1 - rate)", "HALF"] if self.top else ["0.5"])
        scope.depth += 1
        with self.block(f"weigh {rate}"):
            self.layer(scope)
            self.statements(scope, self.number(1, 2))
        scope.depth -= 1

    top = False
    """Whether the body of the model is written, which has `rate`."""

    def marked(self, scope: Scope) -> None:
        """A block that is not trained, or run once more for training."""
        if scope.depth >= 3:
            return
        scope.depth += 1
        with self.block(self.one(["frozen", "recompute"])):
            self.statements(scope, self.number(1, 2))
        scope.depth -= 1

    def table(self, scope: Scope) -> tuple[str, Shape] | None:
        """What says places: any tensor of one or two axes will do, as the oracle takes its numbers round."""
        return self.pick(scope, lambda shape: len(shape) in (1, 2) and fixed(shape) and small(shape))

    def gathered(self, scope: Scope) -> None:
        """Rows of a tensor, and products of rows, by a table."""
        table, found = self.table(scope), self.pick(scope, lambda s: 0 < len(s) < 4 and fixed(s) and small(s))
        if table is None or found is None:
            return
        (tab, along), (name, shape) = table, found
        places = [self.fresh("i") for _ in along]
        rest = [self.fresh("j") for _ in shape[1:]]
        wide = math.prod(size.value for size in (*along, *shape[1:]))
        if wide > LARGEST:
            return
        place = f"{tab}[{', '.join(places)}]"
        looked = f"{name}[{', '.join([place, *rest])}]"
        match self.number(0, 2):
            case 0:
                self.put(scope, f"{name}[{tab}]", (*along, *shape[1:]))
            case 1:
                result = self.fresh("v")
                self.line(f"{result}[{', '.join([*places, *rest])}] = {looked}")
                scope.tensors[result] = named(result, (*along, *shape[1:]))
            case 2:
                weight, out, result = self.fresh("W"), self.one(scope.dims), self.fresh("v")
                self.line(f"param {weight}: [{', '.join(self.texts([*along[-1:], out]))}]")
                product = f"{looked} * {weight}[{places[-1]}, o]"
                left = [letter for letter in [*places, *rest] if self.number(0, 2)]
                self.line(f"{result}[{', '.join([*left, 'o'])}] = {product}")
                sizes = dict(zip([*places, *rest], (*along, *shape[1:]), strict=True))
                scope.tensors[result] = named(result, [*(sizes[letter] for letter in left), out])

    def texts(self, shape: Sequence[Size]) -> list[str]:
        return [size.text for size in shape]

    def into_places(self, scope: Scope) -> None:
        """Sums into the rows that a table says, of a tensor or of products."""
        found = self.pick(scope, lambda s: 0 < len(s) < 4 and fixed(s) and small(s))
        if found is None:
            return
        (name, shape), rows, result = found, self.one(scope.dims), self.fresh("v")
        first = shape[0]
        tables = [n for n, s in scope.tensors.items() if len(s) == 1 and s[0].key == first.key]
        rest = [self.fresh("j") for _ in shape[1:]]
        self.line(f"{result} = zeros([{', '.join(self.texts([rows, *shape[1:]]))}])")
        scale = self.one(["", "2 * ", "-"])
        factors = [f"{name}[{', '.join(['e', *rest])}]"]
        if tables and self.maybe():
            factors.append(f"{self.one(tables)}[e]")
        if self.maybe():
            weight = self.fresh("W")
            self.line(f"param {weight}: [{first.text}]")
            factors.append(f"{weight}[e]")
        to = f"{self.one(tables)}[e]" if tables else f"{self.fixed_table(first)}[e]"
        self.line(f"{result}[{', '.join([to, *rest])}] += {scale}{' * '.join(factors)}")
        scope.tensors[result] = named(result, (rows, *shape[1:]))

    def fixed_table(self, rows: Size) -> str:
        """A new tensor of one axis."""
        name = self.fresh("W")
        self.line(f"buffer {name}: [{rows.text}]")
        return name

    def einsum(self, scope: Scope) -> None:
        """A product of two tensors, or of one and a new parameter, by a pattern in quotes."""
        found = self.pick(scope, lambda s: 0 < len(s) < 4 and fixed(s) and small(s))
        if found is None:
            return
        name, shape = found
        letters = list("abcd"[: len(shape)])
        out, weight = self.one(scope.dims), self.fresh("W")
        self.line(f"param {weight}: [{shape[-1].text}, {out.text}]")
        sizes = dict(zip([*letters, "z"], [*shape, out], strict=True))
        left = [letter for letter in [*letters, "z"] if self.number(0, 2)]
        left = self.shuffled(left)
        blank = self.one(["", " "])
        first, second, last = blank.join(letters), blank.join([letters[-1], "z"]), blank.join(left)
        if self.number(0, 3) == 0:
            self.put(scope, f'einsum("...{letters[-1]}, {letters[-1]}z -> ...z", {name}, {weight})', [*shape[:-1], out])
            return
        expression = f'einsum("{first}, {second} -> {last}", {name}, {weight})'
        self.put(scope, expression, [sizes[letter] for letter in left])

    def numbered(self, scope: Scope) -> None:
        """Layers that differ by their number, of which there are as many as asked."""
        found = self.pick(scope, lambda s: 0 < len(s) < 4 and fixed(s) and small(s))
        if found is None or scope.depth >= 2 or not self.top:
            return
        name, shape = found
        carried, counter = self.put(scope, f"{name} * 1", shape), self.fresh("l")
        period = self.number(2, 4)
        over = self.one([LAYERS, LAYERS, f"1..{LAYERS}", f"2*{LAYERS}", f"{LAYERS} + {period}"])
        offset = self.one(["", " + 1", " + 2"])
        left = self.number(0, period - 1)
        compared = self.one(["==", "==", "!=", "<", ">="])
        condition = f"({counter}{offset}) % {period} {compared} {left}"
        if self.number(0, 3) == 0:
            condition = f"{condition} {self.one(['and', 'or'])} {counter} % 2 == 0"
        with self.block(f"repeat {counter} in {over}"):
            with self.block(f"if {condition}"):
                self.body(scope, carried, shape)
            if self.maybe():
                with self.block("else"):
                    self.body(scope, carried, shape)

    def body(self, scope: Scope, name: str, shape: Shape) -> None:
        """Something made of a tensor, of the same shape."""
        inside = scope.inner()
        inside.depth = 3
        if self.maybe():
            self.statements(inside, 1)
        self.back(inside, name, scope.tensors[name])

    def shared(self, scope: Scope) -> None:
        """A module that takes a number, and one that is weighed by it."""
        found = self.pick(scope, lambda s: len(s) == 1 and fixed(s))
        if found is not None and self.maybe():
            (name, shape), share = found, self.one(["0.5", "1/3", "1.5", "HALF", "2"])
            factor, text = self.one([(1.25, ""), (0.5, ", cf = 0.5"), (2, ", TWO")])
            length = shape[0].value + math.floor(factor * shape[0].value)
            self.put(scope, f"{name} -> Share({share}{text})", [self.new(length)])
            return
        found = self.pick(scope, lambda s: len(s) > 0 and fixed(s))
        if found is not None:
            self.put(scope, f"{found[0]} -> Often{self.one(['', '(0.1)', '(rate = TWO)', '(0)'])}", found[1])

    def per_axis(self, scope: Scope) -> None:
        """A convolution or a pool with a number of its own for each axis, padded so that there is room."""
        found = self.pick(scope, lambda s: len(s) == 3 and fixed(s) and small(s))
        if found is None:
            return
        name, shape = found
        kernels, strides, gaps = ([self.number(1, 2) for _ in range(2)] for _ in range(3))
        if self.maybe():
            gaps = [1, 1]
        pads = [k - 1 if d == 1 else d for k, d in zip(kernels, gaps, strict=True)]
        lengths = []
        for size, kernel, stride, gap, pad in zip(shape, kernels, strides, gaps, pads, strict=False):
            lengths.append(self.new((size.value + 2 * pad - gap * (kernel - 1) - 1) // stride + 1))
        out = self.one(scope.dims)
        if self.maybe():
            options = f"{out.text}, {kernels}, stride = {strides}, pad = {pads}, dilation = {gaps}"
            self.put(scope, f"{name} -> Conv2d({options})", [*lengths, out])
        elif gaps == [1, 1] and all(2 * p <= k for p, k in zip(pads, kernels, strict=True)):
            pool = self.one(["max_pool2d", "avg_pool2d"])
            self.put(scope, f"{name} -> {pool}({kernels}, {strides}, {pads})", [*lengths, shape[2]])

    def split_axis(self, scope: Scope) -> None:
        """An axis counted through by two indices, and back again."""
        found = self.pick(scope, lambda s: 0 < len(s) < 4 and fixed(s) and small(s) and s[0].text.isalnum())
        if found is None:
            return
        name, shape = found
        parts = self.one([("2", 2), *((d.text, d.value) for d in scope.dims if d.text.isalnum())])
        wide = self.put(scope, f"repeat_axis({name}, {parts[0]}, axis = 0)", [self.new(0), *shape[1:]])
        del scope.tensors[wide]
        rest = [self.fresh("j") for _ in shape[1:]]
        bound = self.one(["i", f"i in {parts[0]}"])
        result, inner = self.fresh("v"), self.new(parts[1])
        more = self.one(["", f" * {wide}[{', '.join([f'{parts[0]}*a + i', *rest])}]"])
        position = f"{wide}[{', '.join([f'{parts[0]}*a + i', *rest])}]"
        left = self.one([["a", bound, *rest], [bound, "a", *rest], ["a", *rest]])
        if "in" in "".join(left) or left[1:2] != [bound]:
            left = ["a", "i", *rest] if not more and "i" not in left and bound not in left else left
        self.line(f"{result}[{', '.join(left)}] = {position}{more}")
        sizes = {"a": shape[0], bound: inner, "i": inner, **dict(zip(rest, shape[1:], strict=True))}
        scope.tensors[result] = named(result, [sizes[letter] for letter in left])

    def chosen(self, scope: Scope) -> None:
        """One of two widths, by a condition on a number that is known."""
        found = self.pick(scope, lambda s: len(s) > 0 and fixed(s))
        if found is None:
            return
        (name, shape), one, other = found, self.one(scope.dims), self.one(scope.dims)
        condition, holds = self.one([("TWO == 2", True), ("HALF > 1", False), ("HALF*4 == TWO", True)])
        out = one if holds else other
        self.put(scope, f"{name} -> Linear(({one.text} if {condition} else {other.text}))", [*shape[:-1], out])

    # The whole ---------------------------------------------------------------------------------

    def whole(self, values: Mapping[str, int]) -> None:
        """A model over these dimensions, with a number of layers and a rate of its own."""
        dims = tuple(Size(name, name, value) for name, value in values.items() if name != LAYERS)
        shapes = [tuple(self.one(dims) for _ in range(self.number(1, 3))) for _ in range(self.number(1, 3))]
        tensors = {f"x{number}": shape for number, shape in enumerate(shapes)}
        bound = {size.text for shape in shapes for size in shape}
        ports = [f"{name}: [{', '.join(self.texts(shape))}]" for name, shape in tensors.items()]
        ports += [name for name in values if name not in bound]
        with self.block(f"model M({', '.join(ports)}, rate = 0.25)"):
            self.top = True
            scope = Scope(tensors, dims)
            self.statements(scope, self.number(2, 5))
            self.finish(scope)


def written(writer: Later) -> Architecture:
    """A text with up to one module and a model of a few statements."""
    values = {name: writer.number(1, 3) for name in ("A", "B", "C")} | {LAYERS: writer.number(1, 9)}
    for _ in range(writer.number(0, 1)):
        writer.module()
    writer.whole(values)
    return Architecture(HELPERS + "\n".join(writer.lines) + "\n", values)


@st.composite
def latest(draw: Callable[..., Any]) -> Architecture:
    """Random architectures with the forms that came last."""
    return written(Later(draw, newer=True))
