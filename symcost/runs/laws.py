"""Laws: what is the same in every layer, and what grows with the length and with its square, taken from exact counts.

A count over L layers and T tokens is asked for at a few sizes, each of which is a question to the graph of the model;
if it is a polynomial of first degree in L and of second in T, those fix it. That it is one is asked at the sizes that
are wanted: where it differs there, no law is given.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from symcost.errors import NotAlike, SymcostError
from symcost.formula import Form, add, mul, num
from symcost.model import Model
from symcost.records import dataclass
from symcost.runs.layout import name_of

TRIED = (8, 16, 24)
"""Lengths that fix a law: as long as kernels and strides of a model like, shorter than its positions."""

INSTEAD = "ask for one stage, and for all that is kept"

Count = Callable[[Model], "int | Fraction"]


@dataclass(frozen=True, slots=True)
class Law:
    """constant + linear·T + square·T²"""

    constant: Fraction
    linear: Fraction
    square: Fraction

    def at(self, length: int) -> Fraction:
        """With a number for T."""
        return self.constant + self.linear * length + self.square * length * length

    def over(self, length: Form) -> Form:
        """As a formula."""
        return add(num(0), self.without_square(length), mul(num(self.square), length, length))

    def without_square(self, length: Form) -> Form:
        """Without what grows with the square of the length."""
        return add(num(self.constant), mul(num(self.linear), length))

    def minus(self, other: Law) -> Law:
        """What one has more than the other."""
        return Law(self.constant - other.constant, self.linear - other.linear, self.square - other.square)


@dataclass(frozen=True, slots=True)
class Layered:
    """What each layer counts, and what stands outside of layers, such as embeddings."""

    layer: Law
    rest: Law
    layers: int

    def whole(self, length: int) -> Fraction:
        """In all."""
        return self.rest.at(length) + self.layers * self.layer.at(length)


def whole(count: Fraction) -> Layered:
    """A count that is not told apart."""
    nothing = Law(Fraction(0), Fraction(0), Fraction(0))
    return Layered(nothing, Law(count, Fraction(0), Fraction(0)), 0)


def one_for_each(count: Count, model: Model) -> tuple[Fraction, Fraction]:
    """What each layer counts, and the rest, whatever the length. Raises NotAlike."""
    layers, name = _layers(model)
    one, two = (Fraction(count(_with_layers(model, name, size))) for size in (1, 2))
    each = two - one
    if one + (layers - 1) * each != count(model):
        raise NotAlike(model.name, "layers", "they are not alike", INSTEAD)
    return each, one - each


def layered(count: Count, model: Model, tokens: str) -> Layered:
    """The law of a count. Raises NotAlike where it is none at the sizes of the model."""
    layers, name = _layers(model)
    length = model.values[tokens]
    one, two = (_law(count, _with_layers(model, name, size), tokens) for size in (1, 2))
    each = two.minus(one)
    found = Layered(each, one.minus(each), layers)
    if found.whole(length) != count(model):
        why = f"it is no polynomial in `{name}` and `{tokens}`"
        raise NotAlike(model.name, "layers", why, INSTEAD)
    return found


def _with_layers(model: Model, name: str, layers: int) -> Model:
    """The same model with fewer layers: of lists with an entry for each layer the first ones. Raises NotAlike."""
    all_ = model.values[name]
    lists = {key: tuple(value) for key, value in model.given.items() if isinstance(value, tuple | list)}
    shorter = {key: value[:layers] for key, value in lists.items() if len(value) == all_}
    try:
        return model.at(**{name: layers}, **shorter)
    except SymcostError as fault:
        why = f"with {name} = {layers} it cannot be counted ({fault.code})"
        raise NotAlike(model.name, "layers", why, INSTEAD) from fault


def _layers(model: Model) -> tuple[int, str]:
    name = name_of(model, "layers")
    if name is None:
        raise NotAlike(model.name, "layers", "no dimension `L` says how many there are", "call it `L` in the file")
    return model.values[name], name


def _law(count: Count, model: Model, tokens: str) -> Law:
    """The parabola through three lengths."""
    try:
        low, middle, high = (Fraction(count(model.at(**{tokens: length}))) for length in TRIED)
    except SymcostError as fault:
        why = f"at {tokens} = {TRIED[0]} it cannot be counted ({fault.code})"
        raise NotAlike(model.name, "layers", why, INSTEAD) from fault
    step = TRIED[1] - TRIED[0]
    square = (high - 2 * middle + low) / (2 * step * step)
    linear = (middle - low) / step - square * (TRIED[0] + TRIED[1])
    return Law(low - linear * TRIED[0] - square * TRIED[0] ** 2, linear, square)
