"""States: parameters, gradients, and what an optimizer keeps of each, on one device.

ZeRO shares among copies what all of them hold: from stage 1 on what the optimizer keeps, from 2 on gradients, from 3 on
parameters. With parameters and gradients of 2 bytes and Adam in fp32 (K = 12: a master copy and two states):

    (2 + 2 + K)·Ψ    4·Ψ + K·Ψ/N    2·Ψ + (2 + K)·Ψ/N    (2 + 2 + K)·Ψ/N

Source  Rajbhandari et al., ZeRO (2020), figure 1 and section 5
"""

from __future__ import annotations

from fractions import Fraction

from symcost.analysis.memory.widths import width
from symcost.formula import Form, add, div, mul, num, symbol
from symcost.optimizers import Optimizer
from symcost.records import dataclass

TENSOR, PIPELINE, DATA, EXPERT = (symbol(name) for name in ("tensor", "pipeline", "data", "expert"))
MICRO, BATCH = symbol("micro"), symbol("batch")
"""Sequences that go through at once, on one copy; sequences of a step, on all."""

MASTER = Fraction(4)
"""Bytes of the copy that is updated, where parameters are narrower: Micikevicius et al., Mixed precision (2018)."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Bytes of one parameter: itself, its gradient, and what an update keeps of it."""

    parameter: Fraction
    gradient: Fraction
    optimizer: Fraction

    @classmethod
    def of(cls, parameter: str, gradient: str, optimizer: Optimizer, states: str, *, master: bool) -> Kinds:
        """By the names of their types; a master copy only where parameters are narrower than it."""
        wide, narrow, kept = (width_of(name) for name in (parameter, gradient, states))
        copy = MASTER if master and wide < MASTER else Fraction(0)
        return cls(wide, narrow, copy + optimizer.states * kept)


def width_of(name: str) -> Fraction:
    """Bytes of one number of a type. Raises ValueError for one that there is not."""
    found = width(name)
    if found is None:
        raise ValueError(f"no type is called {name!r}")
    return Fraction(found)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Numbers of parameters: of all layers without their experts, of all experts, and outside of layers."""

    layers: Fraction
    experts: Fraction
    rest: Fraction

    @property
    def shared_out(self) -> Form:
        """Those of one device outside of experts: what lies outside of layers at most, where there are stages."""
        return div(add(div(num(self.layers), PIPELINE), num(self.rest)), TENSOR)

    @property
    def of_experts(self) -> Form:
        """Those of its experts."""
        return div(num(self.experts), mul(PIPELINE, mul(TENSOR, EXPERT)))


@dataclass(frozen=True, slots=True)
class States:
    """Bytes on one device, over `tensor`, `pipeline`, `data` and `expert`."""

    parameters: Parameters
    kinds: Kinds
    zero: int

    @property
    def weights(self) -> Form:
        """Parameters."""
        return self._bytes(self.kinds.parameter, shared=self.zero >= 3)

    @property
    def gradients(self) -> Form:
        """Gradients."""
        return self._bytes(self.kinds.gradient, shared=self.zero >= 2)

    @property
    def optimizer(self) -> Form:
        """What updates keep."""
        return self._bytes(self.kinds.optimizer, shared=self.zero >= 1)

    def _bytes(self, width_: Fraction, *, shared: bool) -> Form:
        plain, experts = self.parameters.shared_out, self.parameters.of_experts
        if shared:
            plain = div(plain, DATA)
            experts = div(mul(experts, EXPERT), DATA)
        held = plain if not self.parameters.experts else add(plain, experts)
        return mul(num(width_), held)
