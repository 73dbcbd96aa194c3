"""Programs written by hand: what a front end would make of small networks, in a few lines each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod

from symcost.importing.program import (
    Arithmetic,
    Call,
    Constant,
    Cut,
    Expr,
    Input,
    Parameter,
    Plain,
    Program,
    Ref,
    Scope,
    Size,
    Statement,
    Subscript,
)


def size(value: int, word: str = "size") -> Size:
    return Size((value,), word)


class Writer:
    """Writes one program, statement by statement."""

    def __init__(self, name: str, **keys: int) -> None:
        self.name, self.keys = name, keys
        self.inputs: list[Input] = []
        self.parameters: list[Parameter] = []
        self.statements: list[Statement] = []
        self.shapes: dict[str, tuple[Size, ...]] = {}
        self.scopes: tuple[Scope, ...] = ()
        self.params = 0

    def done(self, *outputs: Ref, **counts: int) -> Program:
        told = {key: (value,) for key, value in counts.items()}
        return Program(
            self.name,
            (self.keys,),
            tuple(self.inputs),
            tuple(self.parameters),
            tuple(self.statements),
            tuple(each.value for each in outputs),
            self.shapes,
            counts=told,
        )

    @contextmanager
    def module(self, path: str, cls: str) -> Iterator[None]:
        """What is written inside stands in a module; its path goes on from that of the module around it."""
        outer = self.scopes
        whole = f"{outer[-1].path}.{path}" if outer else path
        self.scopes = (*outer, Scope(whole, cls))
        yield
        self.scopes = outer

    def input(self, name: str, *shape: int, kind: str = "float") -> Ref:
        sizes = tuple(map(size, shape))
        self.inputs.append(Input(name, name, sizes, "index" if kind == "index" else "float"))
        self.shapes[name] = sizes
        return Ref(name)

    def parameter(self, name: str, *shape: int, owned: bool = False) -> Ref:
        key = f"p_{name}"
        if not owned:
            self.parameters.append(Parameter(key, name, tuple(map(size, shape))))
            self.shapes[key] = tuple(map(size, shape))
        self.params += prod(shape)
        return Ref(key)

    def say(self, value: Expr, *shape: int, parts: int = 1) -> Ref:
        """One statement more; the first of its results."""
        keys = tuple(f"v{len(self.shapes) + part}" for part in range(parts))
        self.statements.append(Statement(keys, value, self.scopes))
        for key in keys:
            self.shapes[key] = tuple(map(size, shape))
        return Ref(keys[0])

    def shape(self, value: Ref) -> tuple[int, ...]:
        return tuple(each.values[0] for each in self.shapes[value.value])

    # Layers ------------------------------------------------------------------------------------

    def linear(self, path: str, x: Ref, width: int, *, bias: bool = True) -> Ref:
        with self.module(path, "Linear"):
            keywords = () if bias else (("bias", False),)
            whole = self.shape(x)
            self.params += whole[-1] * width + (width if bias else 0)
            return self.say(Call("Linear", (x,), (size(width, "width"),), keywords), *whole[:-1], width)

    def layer(self, path: str, function: str, x: Ref) -> Ref:
        """A layer of the library that keeps the shape."""
        with self.module(path, function):
            return self.call(function, x)

    def call(self, function: str, *operands: Expr, **keywords: int) -> Ref:
        """A function that keeps the shape of its first operand."""
        first = next(each for each in operands if isinstance(each, Ref))
        named = tuple((key, size(value)) for key, value in keywords.items())
        return self.say(Call(function, operands, (), named), *self.shape(first))

    def add(self, left: Ref, right: Expr) -> Ref:
        return self.say(Arithmetic("+", left, right), *self.shape(left))

    def conv(self, path: str, x: Ref, width: int, kernel: int, stride: int = 1) -> Ref:
        with self.module(path, "Conv2d"):
            batch, side, _, channels = self.shape(x)
            self.params += kernel * kernel * channels * width + width
            said = {"stride": stride, "pad": kernel // 2}
            named = tuple((key, size(value, key)) for key, value in said.items() if value != (key == "stride"))
            value = Call("Conv2d", (x,), (size(width, "O"), size(kernel, "kernel")), named)
            return self.say(value, batch, -(-side // stride), -(-side // stride), width)

    def concat(self, parts: Sequence[Ref]) -> Ref:
        *others, _ = self.shape(parts[0])
        value = Call("concat", tuple(parts), (), (("axis", Plain("3")),))
        return self.say(value, *others, sum(self.shape(part)[-1] for part in parts))

    def reshape(self, x: Ref, *shape: int) -> Ref:
        return self.say(Call("reshape", (x,), (tuple(map(size, shape)),)), *shape)

    def transpose(self, x: Ref, *order: int) -> Ref:
        shape = self.shape(x)
        return self.say(Call("transpose", (x,), (tuple(map(size, order)),)), *(shape[axis] for axis in order))


def constant(words: str, *shape: int) -> Constant:
    return Constant(tuple(map(size, shape)), words)


# Networks --------------------------------------------------------------------------------------


def gpt(B: int = 2, T: int = 16, width: int = 64, heads: int = 4, layers: int = 3, vocabulary: int = 100) -> Program:
    """A decoder-only transformer as GPT-2 is built: one projection for queries, keys and values, a tied embedding."""
    w = Writer("Gpt", batch=B, tokens=T, n_embd=width, n_head=heads, n_layer=layers, vocab_size=vocabulary)
    tokens = w.input("input_ids", B, T, kind="index")
    table = w.parameter("transformer.wte.weight", vocabulary, width)
    with w.module("transformer", "GPT2Model"):
        with w.module("wte", "Embedding"):
            x = w.say(Subscript(table, (tokens,)), B, T, width)
        with w.module("wpe", "Embedding"):
            rows = w.parameter("transformer.wpe.weight", 32, width)
            places = w.say(Subscript(rows, (Cut(None, size(T)),)), T, width)
        x = w.add(x, places)
        for layer in range(layers):
            with w.module(f"h.{layer}", "GPT2Block"):
                x = _gpt_block(w, x, heads)
        x = w.layer("ln_f", "LayerNorm", x)
    with w.module("lm_head", "Linear"):
        turned = w.say(Call("transpose", (table,)), width, vocabulary)
        scores = w.say(Arithmetic("@", x, turned), B, T, vocabulary)
    return w.done(scores)


def _gpt_block(w: Writer, x: Ref, heads: int) -> Ref:
    B, T, width = w.shape(x)
    y = w.layer("ln_1", "LayerNorm", x)
    with w.module("attn", "GPT2Attention"):
        y = w.linear("c_attn", y, 3 * width)
        parts = w.say(Call("split", (y,), (size(3),), (("axis", size(-1)),)), B, T, width, parts=3)
        first = int(parts.value[1:])
        turned = []
        for part in range(3):
            cut = w.reshape(Ref(f"v{first + part}"), B, T, heads, width // heads)
            turned.append(w.transpose(cut, 0, 2, 1, 3))
        y = w.call("attention", *turned)
        y = w.transpose(y, 0, 2, 1, 3)
        y = w.reshape(y, B, T, width)
        y = w.linear("c_proj", y, width)
    x = w.add(y, x)
    y = w.layer("ln_2", "LayerNorm", x)
    with w.module("mlp", "GPT2MLP"):
        y = w.linear("c_fc", y, 4 * width)
        with w.module("act", "GELU"):
            y = w.call("gelu", y)
        y = w.linear("c_proj", y, width)
    return w.add(x, y)


def residual(B: int = 2, side: int = 32, classes: int = 10) -> Program:
    """Stages of residual blocks, the first of each with half as many positions and twice as many channels."""
    w = Writer("Residual", batch=B, image_size=side)
    x = w.input("x", B, 3, side, side)
    x = w.transpose(x, 0, 2, 3, 1)
    x = w.conv("conv1", x, 16, 3)
    for stage, (width, blocks) in enumerate([(16, 2), (32, 3), (64, 3)]):
        for block in range(blocks):
            with w.module(f"layer{stage}.{block}", "BasicBlock"):
                x = _basic_block(w, x, width, 2 if stage and not block else 1)
    w_shape = w.shape(x)
    x = w.say(Call("mean", (x,), (), (("axis", (size(-3), size(-2))), ("keep", True))), B, 1, 1, w_shape[-1])
    x = w.reshape(x, B, w_shape[-1])
    return w.done(w.linear("fc", x, classes))


def _basic_block(w: Writer, x: Ref, width: int, stride: int) -> Ref:
    y = w.conv("conv1", x, width, 3, stride)
    y = w.layer("relu", "relu", y)
    y = w.conv("conv2", y, width, 3)
    if stride != 1:
        x = w.conv("downsample.0", x, width, 1, stride)
    return w.call("relu", w.add(y, x))


def dense(B: int = 2, side: int = 16, growth: int = 12, layers: int = 5) -> Program:
    """A block in which each layer reads what all before it have made."""
    w = Writer("Dense", batch=B, image_size=side, growth=growth, layers=layers)
    x = w.input("x", B, side, side, 24)
    features = [x]
    with w.module("block", "DenseBlock"):
        for layer in range(layers):
            with w.module(f"layer{layer}", "DenseLayer"):
                joined = w.concat(features) if len(features) > 1 else x
                y = w.call("relu", joined)
                features.append(w.conv("conv", y, growth, 3))
        x = w.concat(features)
    return w.done(x)


def experts(N: int = 6, width: int = 8, inner: int = 20, total: int = 5, active: int = 2) -> Program:
    """A router and experts, as transformers computes a batch of them at once."""
    w = Writer("Experts", positions=N, width=width, inner=inner, experts=total, active=active)
    x = w.input("x", N, width)
    with w.module("moe", "SparseMoe"):
        with w.module("gate", "Router"):
            gate = w.call("softmax", w.linear("weight", x, total, bias=False))
            gate = w.say(Subscript(gate, (Cut(), Cut(None, size(active)))), N, active)
        with w.module("experts", "Experts"):
            y = _experts(w, x, gate, inner, total)
    return w.done(w.layer("norm", "LayerNorm", y))


def _experts(w: Writer, x: Ref, gate: Ref, inner: int, total: int) -> Ref:
    (N, width), (_, active) = w.shape(x), w.shape(gate)
    up = w.parameter("moe.experts.up_proj", total, inner, width)
    down = w.parameter("moe.experts.down_proj", total, width, inner)
    pairs = N * active
    y = w.say(Call("repeat_axis", (x,), (size(active),), (("axis", Plain("0")),)), pairs, width)
    for table, out, into in ((up, inner, width), (down, width, inner)):
        picked = w.say(Subscript(table, (constant("which ones", pairs),)), pairs, out, into)
        column = w.reshape(y, pairs, into, 1)
        y = w.reshape(w.say(Arithmetic("@", picked, column), pairs, out, 1), pairs, out)
        if table is up:
            y = w.call("silu", y)
    weight = w.reshape(w.reshape(gate, pairs), pairs, 1)
    y = w.say(Arithmetic("*", y, weight), pairs, width)
    y = w.reshape(y, N, active, width)
    return w.say(Call("sum", (y,), (), (("axis", Plain("-2")),)), N, width)


def recurrence(B: int = 2, T: int = 6, width: int = 8, weights: tuple[str, ...] = ()) -> Program:
    """A linear recurrence that the source runs through step by step, each step with a weight of its own if wanted."""
    w = Writer("Recurrence", batch=B, tokens=T, width=width)
    x = w.input("x", B, T, width)
    with w.module("mixer", "Mixer"):
        a = w.call("sigmoid", w.linear("decay", x, width))
        b = w.linear("value", x, width)
        state: Expr = constant("zeros", B, width)
        states = []
        for step in range(T):
            before = w.say(Subscript(a, (Cut(), size(step), Cut())), B, width)
            before = w.say(Arithmetic("*", before, state), B, width)
            new = w.say(Subscript(b, (Cut(), size(step), Cut())), B, width)
            if weights:
                new = w.say(Arithmetic("*", new, Plain(weights[step])), B, width)
            state = w.add(before, new)
            states.append(w.call("tanh", state))
        parts = tuple(Call("reshape", (each,), ((size(B), size(1), size(width)),)) for each in states)
        y = w.say(Call("concat", parts, (), (("axis", Plain("1")),)), B, T, width)
        y = w.linear("out", y, width)
    return w.done(y)


def attended(B: int = 2, T: int = 6, S: int = 9, width: int = 24, heads: int = 4) -> Program:
    """The same with attention as the library has it."""
    return crossed(B, T, S, width, heads, usual=True)


def crossed(B: int = 2, T: int = 6, S: int = 9, width: int = 24, heads: int = 4, usual: bool = False) -> Program:
    """One class of attention that looks at its own values, and at those of another sequence, with a gate of its own."""
    w = Writer("Crossed", batch=B, tokens=T, source=S, width=width, heads=heads)
    x, memory = w.input("x", B, T, width), w.input("memory", B, S, width)
    for layer in range(2):
        with w.module(f"layers.{layer}", "Layer"):
            x = w.add(x, _attention(w, "self_attn", x, x, heads, usual))
            x = w.add(x, _attention(w, "cross_attn", x, memory, heads, usual))
    return w.done(x)


def _attention(w: Writer, path: str, x: Ref, memory: Ref, heads: int, usual: bool) -> Ref:
    B, T, width = w.shape(x)
    with w.module(path, "Attention"):
        parts = []
        for name, of in (("q_proj", x), ("k_proj", memory), ("v_proj", memory)):
            y = w.linear(name, of, width)
            y = w.reshape(y, B, w.shape(of)[1], heads, width // heads)
            parts.append(w.transpose(y, 0, 2, 1, 3))
        y = w.transpose(w.call("attention", *parts), 0, 2, 1, 3)
        y = w.reshape(y, B, T, width)
        return w.linear("out_proj", y if usual else w.call("tanh", y), width)
