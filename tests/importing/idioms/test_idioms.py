"""What source code writes out is written by its name, where it costs the same by every class; else it stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import symcost
from symcost.importing.plain import plain_text
from symcost.importing.program import Arithmetic, Call, Cut, Negative, Plain, Program, Ref, Subscript
from symcost.importing.structure import arch_text
from tests.importing.written import Writer, constant, size

CLASSES = ("params", "macs", "add", "mul", "div", "exp", "sqrt", "cmp")


def root_mean_square(axis: str = "-1") -> Program:
    w = Writer("Normed", D=8)
    x = w.input("x", 4, 8)
    g = w.parameter("norm.weight", 8)
    square = w.say(Arithmetic("*", x, x), 4, 8)
    mean = w.say(Call("mean", (square,), (), (("axis", Plain(axis)), ("keep", True))), 4, 1)
    root = w.call("rsqrt", w.say(Arithmetic("+", mean, Plain("0.00001")), 4, 1))
    return w.done(w.say(Arithmetic("*", g, w.say(Arithmetic("*", x, root), 4, 8)), 4, 8))


def gelu(cube: str = "0.044715") -> Program:
    w = Writer("Gelu", D=8)
    x = w.input("x", 4, 8)
    inner = Arithmetic("+", x, Arithmetic("*", Arithmetic("^", x, Plain("3")), Plain(cube)))
    turned = Call("tanh", (Arithmetic("*", inner, Plain("0.7978845608028654")),))
    half = Arithmetic("*", x, Plain("0.5"))
    return w.done(w.say(Arithmetic("*", half, Arithmetic("+", turned, Plain("1"))), 4, 8))


def rolled(shift: int = 3) -> Program:
    w = Writer("Rolled", D=8)
    x = w.input("x", 2, 14, 14, 8)
    late = w.say(Subscript(x, (Cut(), Cut(size(3)), Cut(), Cut())), 2, 11, 14, 8)
    early = w.say(Subscript(x, (Cut(), Cut(None, size(shift)), Cut(), Cut())), 2, shift, 14, 8)
    return w.done(w.say(Call("concat", (late, early), (), (("axis", Plain("1")),)), 2, 11 + shift, 14, 8))


def windows(side: int = 7) -> Program:
    w = Writer("Windows", D=8)
    x = w.input("x", 2, 14, 14, 8)
    parts = w.reshape(x, 2, 14 // side, side, 14 // side, side, 8)
    turned = w.transpose(parts, 0, 1, 3, 2, 4, 5)
    return w.done(w.reshape(turned, 2 * (14 // side) ** 2, side * side, 8))


def rotated(half: int = 4) -> Program:
    w = Writer("Rotated", D=8)
    x = w.input("x", 2, 3, 5, 8)
    first = w.say(Subscript(x, (Cut(), Cut(), Cut(), Cut(None, size(half)))), 2, 3, 5, half)
    second = w.say(Subscript(x, (Cut(), Cut(), Cut(), Cut(size(half)))), 2, 3, 5, 8 - half)
    turned = w.say(Call("concat", (Negative(second), first), (), (("axis", Plain("-1")),)), 2, 3, 5, 8)
    table = constant("rotary table", 1, 1, 5, 8)
    left = w.say(Arithmetic("*", x, table), 2, 3, 5, 8)
    return w.done(w.say(Arithmetic("+", left, Arithmetic("*", turned, table)), 2, 3, 5, 8))


def gated(act: str = "silu") -> Program:
    w = Writer("Gated", D=8)
    x = w.input("x", 4, 8)
    gate = w.call(act, w.linear("gate_proj", x, 20, bias=False))
    up = w.linear("up_proj", x, 20, bias=False)
    return w.done(w.linear("down_proj", w.say(Arithmetic("*", gate, up), 4, 20), 8, bias=False))


WRITTEN: list[tuple[Callable[[], Program], str]] = [
    (root_mean_square, "RMSNorm"),
    (gelu, "gelu_tanh"),
    (rolled, "roll(3, axis = 1)"),
    (windows, "window_partition(7)"),
    (rotated, "rotate_halves"),
    (gated, "SwiGLU(20)"),
]


@pytest.mark.parametrize(("make", "name"), WRITTEN, ids=[name for _, name in WRITTEN])
def test_written_by_its_name(make: Callable[[], Program], name: str) -> None:
    """The name stands in the text."""
    assert name in arch_text([make()])


@pytest.mark.parametrize(("make", "name"), WRITTEN, ids=[name for _, name in WRITTEN])
def test_costs_the_same(make: Callable[[], Program], name: str) -> None:
    """Parameters and operations of every class are those of the statements."""
    program = make()
    ours, theirs = (symcost.loads(text).model() for text in (arch_text([program]), plain_text(program)))
    assert [ours.quantity(each)() for each in CLASSES] == [theirs.quantity(each)() for each in CLASSES]


@pytest.mark.parametrize(
    ("program", "name"),
    [
        (root_mean_square("0"), "RMSNorm"),
        (gelu("0.05"), "gelu_tanh"),
        (rolled(4), "roll("),
        (rotated(3), "rotate_halves"),
    ],
    ids=["another axis", "another number", "what comes twice", "unequal halves"],
)
def test_what_only_looks_so_stays(program: Program, name: str) -> None:
    """One number or axis that is another makes it another thing."""
    assert name not in arch_text([program])


def test_a_value_that_is_read_elsewhere_stays() -> None:
    """What else is needed of the inside of a pattern is not thrown away."""
    w = Writer("Both", D=8)
    x = w.input("x", 2, 5, 8)
    parts = w.reshape(x, 2, 5, 2, 4)
    turned = w.transpose(parts, 0, 2, 1, 3)
    assert isinstance(turned, Ref)
    text = arch_text([w.done(turned, parts)])
    assert "split_heads" not in text
    assert "reshape" in text
