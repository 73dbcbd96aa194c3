"""Whether a model fits: parameters, what is carried, and what lives at once, against the memory of a device."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

from symcost.formula import Form, add, mul, num
from symcost.hardware.device import Device
from symcost.hardware.types import Types
from symcost.hardware.workload import STORED
from symcost.records import dataclass

Verdict = Literal["fits", "does not fit", "fits or not", "unknown"]


@dataclass(frozen=True, slots=True)
class Footprint:
    """Bytes that a model needs, and those there are; None where that is not known.

    `alive`: what lives at once at most besides parameters, if no result is written over what it was made of, what is
    carried included. `reserved` is what a runtime takes for itself.
    """

    parameters: Fraction
    state: Fraction
    alive: Fraction | None
    size: Fraction | None
    reserved: Fraction = Fraction(0)

    @property
    def least(self) -> Fraction:
        """Bytes without which it does not run: parameters and what is carried, once."""
        return self.parameters + self.state + self.reserved

    @property
    def most(self) -> Fraction:
        """Bytes with which it surely runs; at least as many as the least."""
        return self.parameters + max(self.state, self.alive or Fraction(0)) + self.reserved

    @property
    def verdict(self) -> Verdict:
        """`fits or not` where it depends on how well results are written over one another."""
        if self.size is None:
            return "unknown"
        if self.least > self.size:
            return "does not fit"
        return "fits" if self.alive is not None and self.most <= self.size else "fits or not"


def stored_bytes(stored: Mapping[str, Form], state: Form, types: Types, batch: Form | int) -> Form:
    """Bytes of parameters, of which there is one copy, and of what each example of a batch carries.

    `stored`: numbers by role, `params`, `frozen` and `buffers`.
    """
    parameters = [mul(num(types.bytes(role)), stored[role]) for role in STORED if role in stored]
    return add(num(0), *parameters, mul(num(types.bytes("state")), state, batch))


def memory_of(device: Device) -> Fraction | None:
    """Bytes of its main memory, where the sheet says so."""
    figure = device.figures.get("memory.main.size")
    return None if figure is None else figure.value
