"""Kept: bytes that the forward pass keeps for the backward pass on one device, under each way of sharing.

What a layer keeps is derived from its text (see analysis/memory/activations.py). Of a layer of GPT with dropout in
16-bit numbers, whose masks take a byte, that is s·b·h·(34 + 5·a·s/h), table 2 of the source, and two numbers of each
norm besides.

    selective   what grows with the square of the length is made anew: scores, their softmax, their dropout
    full        only what goes into each layer is kept, and one layer is made anew at a time
    early       the same, and what is made anew stops when all that is needed is there (analysis/training/layers.py)
    tensor      shares what lies inside of attention and feed-forward layers; outside of them stand, in a layer of two
                parts with a norm ahead of each, at most: what the two norms and the two first products read, and masks
    sequence    shares that, too

Source  Korthikanti et al., Reducing activation recomputation in large transformer models (2022), sections 4 and 5
"""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from symcost.formula import Form, add, div, minimum, mul, num
from symcost.records import dataclass
from symcost.runs.laws import Law, Layered
from symcost.runs.states import BATCH, DATA, MICRO, PIPELINE, TENSOR

Recompute = Literal["none", "selective", "early", "full"]

WHOLE = ("early", "full")
"""Those that make layers anew from what goes into them."""

READ_OUTSIDE = 4
"""Tensors as wide as the model in each layer that tensor parallelism does not share: two norms, two first products."""


@dataclass(frozen=True, slots=True)
class Activations:
    """Bytes on one device, over `micro`, `tensor`, `pipeline`, `data`, `batch` and the length.

    `numbers` and `masks` are those of one sequence; a number has `width` bytes, a mask one.
    """

    numbers: Layered
    masks: Layered
    width: Fraction
    model_width: int
    length: Form
    recompute: Recompute
    sequence: bool
    interleave: int = 1
    shared: bool = True
    """Whether products are shared out: without, nothing of a layer has to be told apart."""

    @property
    def layers(self) -> int:
        """How many there are."""
        return self.numbers.layers

    @property
    def layer(self) -> Form:
        """Bytes of one layer that are kept until its backward pass, for one sequence."""
        if self.recompute in WHOLE:
            return self._divided(mul(num(self.width * self.model_width), self.length))
        return self._split(square=self.recompute == "none")

    @property
    def anew(self) -> Form:
        """Bytes that are made anew for the backward pass of one layer, for one sequence."""
        if self.recompute == "none":
            return num(0)
        if self.recompute in WHOLE:
            return self._split(square=True)
        return add(self._split(square=True), -self._split(square=False))

    def _split(self, *, square: bool) -> Form:
        """Bytes of a layer on one of the devices that share its products."""
        whole = add(self._numbers(square=square), self._masks(square=square))
        if not self.shared or self.sequence:
            return div(whole, TENSOR)
        return add(div(add(whole, -self._outside), TENSOR), self._outside)

    @property
    def in_flight(self) -> Form:
        """Layers of the first stage that are kept at once: those of a sequence, for each that is not back yet.

        1F1B: layers/pipeline · min(pipeline, micro-batches); interleaved: layers · (1 + (pipeline - 1)/(pipeline·v)).
        """
        layers = num(self.layers)
        if self.interleave > 1:
            more = div(add(PIPELINE, num(-1)), mul(PIPELINE, num(self.interleave)))
            return mul(layers, add(num(1), more))
        return mul(div(layers, PIPELINE), minimum(PIPELINE, div(BATCH, mul(DATA, MICRO))))

    @property
    def outside(self) -> Form:
        """Bytes outside of layers, for one sequence: at most, for stages that have neither end have none."""
        numbers = mul(num(self.width), self.numbers.rest.over(self.length))
        return add(numbers, self.masks.rest.over(self.length))

    @property
    def bytes(self) -> Form:
        """All of it."""
        return mul(MICRO, add(mul(self.in_flight, self.layer), self.outside, self.anew))

    @property
    def _outside(self) -> Form:
        """What lies outside of attention and feed-forward layers, in one layer."""
        read = mul(num(self.width * READ_OUTSIDE * self.model_width), self.length)
        return add(read, mul(num(self.masks.layer.linear), self.length))

    def _divided(self, bytes_: Form) -> Form:
        return div(bytes_, TENSOR) if self.sequence else bytes_

    def _numbers(self, *, square: bool) -> Form:
        return mul(num(self.width), _over(self.numbers.layer, self.length, square=square))

    def _masks(self, *, square: bool) -> Form:
        return _over(self.masks.layer, self.length, square=square)


def _over(law: Law, length: Form, *, square: bool) -> Form:
    return law.over(length) if square else law.without_square(length)
