"""Programs written by hand: what a front end would make of small networks, in a few lines each."""

from __future__ import annotations

from collections.abc import Iterator
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
