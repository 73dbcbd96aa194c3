"""Random architectures of library layers, and of forms of loops and slices that the other writers leave out.

Attention, recurrent and convolutional layers, pools, gates, positions, experts; loops that begin behind 0 or may have
no round, layers that differ by their place, windows of the last rounds, widths that double, slices from one end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.oracle.latest import LAYERS, Later, fixed, small, written
from tests.oracle.strategies import Architecture, Scope, Shape, Size, forgotten, named

CELLS = ("RNN", "LSTM", "GRU")


def sequence(shape: Shape) -> bool:
    """Whether a layer over sequences can take it."""
    return len(shape) == 2 and fixed(shape) and small(shape)


class Layered(Later):
    """Writes library layers and loops of all kinds besides all others."""

    @property
    def more(self) -> list[Callable[[Scope], None]]:
        layers = [
            self.attending, self.recurrent, self.convolving, self.pooling, self.normed, self.gated, self.placed,
            self.expert, self.looked_up, self.associative, self.batched, self.unfolded,
        ]  # fmt: skip
        loops = [
            self.behind_the_first, self.last_rounds, self.by_place, self.fewer_rounds, self.doubling, self.sliced,
            self.images, self.several_of, self.selected, self.together,
        ]  # fmt: skip
        return [*super().more, *2 * layers, *3 * loops]

    def sequences(self, scope: Scope) -> tuple[str, Shape] | None:
        return self.pick(scope, sequence)

    # Layers --------------------------------------------------------------------------------------

    def attending(self, scope: Scope) -> None:
        """Attention of all kinds, and layers around it."""
        found = self.sequences(scope)
        if found is None:
            return
        (name, shape), wide = found, self.one(scope.dims).text
        keys = self.pick(scope, lambda s: sequence(s) and s[-1].key == shape[-1].key) or found
        forms = [
            f"attention({name}, {keys[0]}, {keys[0]})",
            f"causal_attention({name}, {name}, {name})",
            f"windowed_attention({name}, {name}, {name}, {self.one(['2', '3', wide])})",
            f"{name} -> SelfAttention(1{self.one(['', ', bias = false', ', attend = causal_attention'])})",
            f"{name} -> CrossAttention({keys[0]}, 1)",
            f"AdditiveAttention({name}, {keys[0]}, {keys[0]}, {wide})",
            f"{name} -> TransformerEncoderLayer(1, F = {wide}{self.one(['', ', norm_first = true'])})",
            f"{name} -> FeedForward({wide})",
            f"{name} -> SwiGLU({wide})",
        ]
        self.put(scope, self.one(forms), shape)

    def recurrent(self, scope: Scope) -> None:
        """One layer, both directions, several layers."""
        found = self.sequences(scope)
        if found is None:
            return
        (name, shape), wide = found, self.one(scope.dims)
        cell = self.one(CELLS)
        layers = self.one(["1", "2", LAYERS] if self.top else ["2"])
        if self.number(0, 3) == 0:
            both = self.put(
                scope, f"{name} -> Bidirectional({cell}, {wide.text})", [shape[0], self.new(2 * wide.value)]
            )
            self.put(scope, f"{both}[{self.one(['0', '-1'])}]", scope.tensors[both][1:])
            return
        forms = [f"{cell}({wide.text})", f"{cell}({wide.text}, bias = false)"]
        forms += [f"Stacked({cell}, {wide.text}, layers = {layers})"]
        self.put(scope, f"{name} -> {self.one(forms)}", [shape[0], wide])

    def convolving(self, scope: Scope) -> None:
        """Convolutions with words for padding, strides, gaps; transposed ones; one for each channel."""
        found = self.sequences(scope)
        if found is None:
            return
        (name, shape), out = found, self.one(scope.dims)
        length, kernel, stride = shape[0], self.number(1, 3), self.number(1, 2)
        if self.number(0, 3) == 0:
            longer = self.new((length.value - 1) * stride + kernel)
            self.put(scope, f"{name} -> ConvTranspose1d({out.text}, {kernel}, stride = {stride})", [longer, out])
            return
        pad = self.one(['"causal"', '"same"']) if stride == 1 else '"causal"'
        options = f"pad = {pad}" + (f", stride = {stride}" if stride > 1 else "")
        gap = self.one(["", "", ", dilation = 2"])
        shorter = length if stride == 1 else self.new(-(-length.value // 2))
        if self.maybe():
            self.put(scope, f"{name} -> Conv1d({out.text}, {kernel}, {options}{gap})", [shorter, out])
        else:
            self.put(scope, f"{name} -> DepthwiseConv1d({kernel}, {options}{gap})", [shorter, shape[1]])

    def pooling(self, scope: Scope) -> None:
        """Pools, of windows and of everything, and the way back to more positions."""
        found = self.sequences(scope)
        if found is None:
            return
        name, (length, width) = found
        double = self.new(2 * length.value)
        wider = f"pad({name}, [0, 1], axis = 0)"
        options: list[tuple[str, list[Size]]] = [
            (f"{wider} -> {self.one(['max', 'avg'])}_pool1d(2, 1)", [length, width]),
            (f"{wider} -> {self.one(['max', 'avg'])}_pool1d(2)", [self.new((length.value + 1) // 2), width]),
            (f"{name} -> global_{self.one(['avg', 'max'])}_pool1d", [width]),
            (f"{name} -> upsample1d(2)", [double, width]),
            (f"{name} -> upsample_linear1d(2)", [double, width]),
            (f"roll({name}, 1, axis = 0)", [length, width]),
            (f"{name} -> resize1d({width.text})", [width, width]),
        ]
        self.put(scope, *self.one(options))

    def normed(self, scope: Scope) -> None:
        found = self.sequences(scope)
        if found is not None:
            layer = self.one(["GroupNorm(1)", "InstanceNorm1d", "LayerNorm(affine = false)", "local_response_norm(3)"])
            self.put(scope, f"{found[0]} -> {layer}", found[1])

    def gated(self, scope: Scope) -> None:
        """Twice as many channels, half of which are gates."""
        found = self.pick(scope, lambda s: len(s) > 0 and fixed(s) and small(s))
        if found is not None:
            name, shape = found
            other = self.one([name, f"tanh({name})", f"Linear({name}, {shape[-1].text})"])
            gate = self.one(["glu", "swiglu", "reglu", "geglu"])
            self.put(scope, f"concat({name}, {other}, axis = -1) -> {gate}", shape)

    def placed(self, scope: Scope) -> None:
        """Positions that are added or turned."""
        found = self.sequences(scope)
        if found is None:
            return
        name, shape = found
        if self.maybe():
            layer = self.one(["sinusoidal", f"LearnedPositions({shape[0].text} + 1)"])
            self.put(scope, f"{name} -> {layer}", shape)
        else:
            turned = self.one(["rotary", "rotate_halves"])
            wide = [shape[0], self.new(2 * shape[1].value)]
            self.put(scope, f"concat({name}, {name}, axis = -1) -> {turned}", wide)

    def expert(self, scope: Scope) -> None:
        """Some of many feed-forward layers."""
        found = self.sequences(scope)
        if found is not None:
            (name, shape), experts, wide = found, self.one(scope.dims).text, self.one(scope.dims).text
            self.put(scope, f"{name} -> MixtureOfExperts({experts} + 1, {self.one(['1', '2'])}, F = {wide})", shape)

    def looked_up(self, scope: Scope) -> None:
        """Rows of a table."""
        found = self.pick(scope, lambda s: len(s) < 3 and fixed(s) and small(s))
        if found is not None:
            (name, shape), rows, wide = found, self.one(scope.dims).text, self.one(scope.dims)
            self.put(scope, f"{name} -> Embedding({rows}, {wide.text})", (*shape, wide))

    def associative(self, scope: Scope) -> None:
        """Sums and recurrences in a number of rounds that is a logarithm."""
        found = self.sequences(scope)
        if found is None:
            return
        name, shape = found
        if self.maybe():
            self.put(scope, f"cumsum({name}, axis = 0, associative = true)", shape)
            return
        first, second = self.fresh("v"), self.fresh("v")
        self.line(f"{first}, {second} = linear_recurrence({name}, tanh({name}))")
        scope.tensors |= {first: named(first, shape), second: named(second, shape)}

    def batched(self, scope: Scope) -> None:
        """Sequences side by side: each is worked on by itself."""
        found = self.pick(scope, lambda s: len(s) == 3 and fixed(s) and small(s))
        if found is None:
            return
        (name, shape), wide = found, self.one(scope.dims)
        kept = ["SelfAttention(1)", f"FeedForward({wide.text})", "GroupNorm(1)", 'DepthwiseConv1d(2, pad = "causal")']
        changed = [f"{self.one(CELLS)}({wide.text})", f'Conv1d({wide.text}, 3, pad = "same")']
        match self.number(0, 3):
            case 0:
                self.put(scope, f"{name} -> {self.one(changed)}", [*shape[:2], wide])
            case 1:
                self.put(scope, f"{name} -> global_avg_pool1d", [shape[0], shape[2]])
            case 2:
                self.put(scope, f'{name} -> Conv2d({wide.text}, 3, pad = "same")', [*shape[:2], wide])
            case _:
                self.put(scope, f"{name} -> {self.one(kept)}", shape)

    def unfolded(self, scope: Scope) -> None:
        """Windows under an axis of their own, and what is made of each."""
        found = self.sequences(scope)
        if found is None:
            return
        (name, shape), kernel = found, self.number(1, 3)
        inside = [shape[0], self.new(kernel), shape[1]]
        windows = self.put(scope, f"unfold(pad({name}, [{kernel - 1}, 0], axis = 0), {kernel}, axis = 0)", inside)
        self.put(scope, f"{self.one(['sum', 'max', 'mean'])}({windows}, axis = 1)", shape)

    # Loops ---------------------------------------------------------------------------------------

    def behind_the_first(self, scope: Scope) -> None:
        """Rounds from 1 on, which may be none, or a few behind some size; what they hand on begins with a tensor."""
        if scope.depth >= 2:
            return
        over, counter = self.one(scope.dims), self.fresh("t")
        span = self.one([f"1..{over.text}", f"1..{over.text} + 1", f"{over.text}..{over.text} + 2"])
        found = self.pick(scope, lambda s: 0 < len(s) < 3 and fixed(s) and small(s))
        if found is None:
            return
        (start, shape), carried = found, self.fresh("h")
        inside = scope.inner()
        inside.tensors[carried] = shape
        begun = self.one(["", f" = {start}"])
        texts = ", ".join(self.texts(shape))
        with self.block(f"scan {counter} in {span} with {carried}: [{texts}]{begun}"):
            if self.maybe():
                self.put(inside, f"{carried} * {counter}", shape)
            self.statements(inside, self.number(0, 1))
            self.back(inside, carried, shape)
        scope.tensors[carried] = shape

    def last_rounds(self, scope: Scope) -> None:
        """What a round sees of the few before it."""
        found = self.sequences(scope)
        if found is None or scope.depth >= 3:
            return
        name, shape = found
        counter, result, seen = self.fresh("t"), self.fresh("e"), self.fresh("s")
        window = self.one(["1", "2", self.one(scope.dims).text])
        with self.block(f"for {counter} in {shape[0].text}"):
            self.line(f"{seen} = {name}[max({counter} - {window}, 0):{counter} + 1]")
            product = f"softmax({seen} @ {name}[{counter}]) @ {seen}"
            value = self.one([f"sum({seen}, axis = 0)", f"max({seen}, axis = 0)", product])
            self.line(f"emit {result} = {value}")
        scope.tensors[result] = named(result, (shape[0], *forgotten(shape[1:])))

    def by_place(self, scope: Scope) -> None:
        """Layers before and behind some place, the first one, the last one."""
        found = self.pick(scope, lambda s: 0 < len(s) < 4 and fixed(s) and small(s))
        if found is None or scope.depth >= 2 or not self.top:
            return
        name, shape = found
        carried, counter = self.put(scope, f"{name} * 1", shape), self.fresh("l")
        over = self.one([LAYERS, f"{LAYERS} + 1"])
        condition = self.one(
            [
                f"{counter} < 2",
                f"{counter} == 0",
                f"{counter} == {over} - 1",
                f"{counter} >= 1",
                f"{counter} < {LAYERS}",
            ]
        )
        with self.block(f"repeat {counter} in {over}"):
            with self.block(f"if {condition}"):
                self.body(scope, carried, shape)
            if self.maybe():
                with self.block("else"):
                    self.body(scope, carried, shape)

    def fewer_rounds(self, scope: Scope) -> None:
        """A repeat that may have no round."""
        found = self.pick(scope, lambda s: 0 < len(s) < 4 and fixed(s) and small(s))
        if found is None or scope.depth >= 2:
            return
        name, shape = found
        carried, over = self.put(scope, f"{name} * 1", shape), self.one(scope.dims).text
        with self.block(f"repeat {self.one([f'{over} - 1', f'2*{over} - 2', f'floor({over}/2)'])}"):
            self.body(scope, carried, shape)

    def doubling(self, scope: Scope) -> None:
        """A width that doubles from round to round, and one that halves."""
        found = self.pick(scope, lambda s: len(s) == 1 and fixed(s) and s[0].text.isalnum())
        if found is None or scope.depth >= 2 or not self.top:
            return
        (name, (size,)), counter = found, self.fresh("l")
        result = self.put(scope, name, (size,))
        with self.block(f"repeat {counter} in {LAYERS} with {result}: [{size.text}*2^{counter}]"):
            form = self.one(
                [f"concat({result}, {result}, axis = 0)", f"{result} -> Linear({size.text}*2^({counter} + 1))"]
            )
            self.line(f"{result} = {form} -> {self.one(['relu', 'tanh', 'identity'])}")
        del scope.tensors[result]
        self.put(scope, f"sum({result}, axis = 0)", ())

    def sliced(self, scope: Scope) -> None:
        """From one end, up to the other, all but one."""
        found = self.pick(scope, lambda s: 0 < len(s) < 4 and fixed(s) and small(s))
        if found is None:
            return
        name, shape = found
        longer, size = f"pad({name}, [1, 1], axis = 0)", shape[0]
        more = self.new(size.value + 1)
        options: list[tuple[str, list[Size]]] = [
            (f"{longer}[1:]", [more, *shape[1:]]),
            (f"{longer}[:-1]", [more, *shape[1:]]),
            (f"{longer}[1:-1]", [size, *shape[1:]]),
            (f"{longer}[2:] - {longer}[:-2]", [size, *shape[1:]]),
            (f"concat({name}[0:1], {name}, axis = 0)", [more, *shape[1:]]),
            (f"{name}[-1]", list(shape[1:])),
            (f"concat({name}, zeros([1, {', '.join(self.texts(shape[1:]))}]), axis = 0)", [more, *shape[1:]]),
        ]
        inner = [(text, sizes) for text, sizes in options if "[1, ]" not in text]
        expression, sizes = self.one(inner)
        if longer in expression:
            padded = self.put(scope, longer, [self.new(size.value + 2), *shape[1:]])
            expression = expression.replace(longer, padded)
        self.put(scope, expression, sizes)

    def images(self, scope: Scope) -> None:
        """Windows over two axes, side by side and overlapping."""
        found = self.sequences(scope)
        if found is None:
            return
        (name, (rows, columns)), padded, result = found, self.fresh("v"), self.fresh("v")
        self.line(f"{padded} = pad(pad({name}, [0, 1], axis = 0), [1, 0], axis = 1)")
        operation = self.one(["max", "sum", "mean", "min"])
        self.line(f"{result}[y, z] = {operation}(j in 2, i in 2) {padded}[y + j, z + i]")
        scope.tensors[result] = named(result, (rows, columns))

    def several_of(self, scope: Scope) -> None:
        """Two of several alternatives."""
        if scope.depth >= 2:
            return
        total, inside = self.one(scope.dims).text, scope.inner()
        with self.block(f"choose 2 of {total} + 1"):
            self.layer(inside)
            emitted = self.emit(inside)
        for name, shape in emitted:
            scope.tensors[name] = named(name, (self.new(2), *forgotten(shape)))

    def together(self, scope: Scope) -> None:
        """Layers that take their numbers from lists."""
        found = self.sequences(scope)
        if found is None or scope.depth >= 2:
            return
        (name, shape), kernel, scale = found, self.fresh("k"), self.fresh("s")
        carried = self.put(scope, f"{name} * 1", shape)
        with self.block(f"repeat {kernel}, {scale} in [{self.one(['1, 2', '3, 1'])}], [2, 3]"):
            layer = f'Conv1d({shape[1].text}, {kernel}, pad = "causal")'
            self.line(f"{carried} = {carried} + {scale} * ({carried} -> {layer})")

    def selected(self, scope: Scope) -> None:
        """The larger of two tensors, one of two by a condition, and rows that are made alike."""
        found = self.pick(scope, lambda s: len(s) > 0 and fixed(s))
        if found is None:
            return
        name, shape = found
        same = [n for n, s in scope.tensors.items() if [z.key for z in s] == [z.key for z in shape]]
        other = self.one(same)
        forms = [f"max({name}, {other})", f"where({name} > {other}, {name}, {other})"]
        form = self.one(forms)
        self.put(scope, form, shape)


@st.composite
def layered(draw: Callable[..., Any]) -> Architecture:
    """Random architectures of library layers and loops of all kinds."""
    return written(Layered(draw, newer=True))
