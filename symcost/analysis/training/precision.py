"""Precision: how many bytes training keeps for each parameter, whatever the model."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from symcost.optimizers import Optimizer
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Precision:
    """Bytes of each number kept for a parameter: itself, its gradient, an exact copy, one state of the optimizer."""

    parameter: int
    gradient: int
    copy: int
    state: int

    def kept(self, optimizer: Optimizer) -> int:
        """Bytes kept for a trained parameter.

        Counts  mixed precision with Adam: 2 + 2 + 4 + 2·4 = 16
        """
        return self.parameter + self.gradient + self.copy + optimizer.states * self.state


PRECISIONS: Mapping[str, Precision] = MappingProxyType(
    {"mixed": Precision(2, 2, 4, 4), "single": Precision(4, 4, 0, 4)}
)
"""`mixed`: 16 bit to compute with, 32 bit to learn with (Micikevicius et al. 2018; ZeRO, Rajbhandari et al. 2020,
section 3.1: 16 bytes for each parameter under Adam); `single`: 32 bit throughout."""
