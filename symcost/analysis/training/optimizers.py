"""Training: what an optimizer does to each trained parameter in one step, and what it keeps between steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from symcost.cost import Cost, cost
from symcost.formula import Form, num


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An update rule: operations and numbers kept for each parameter w with gradient g, and where the rule is from."""

    name: str
    rule: str
    counts: Mapping[str, int]
    states: int
    source: str

    def update(self, parameters: Form) -> Cost:
        """One step over so many parameters."""
        return cost({name: num(count) * parameters for name, count in self.counts.items()})


def _optimizer(name: str, rule: str, source: str, states: int, **counts: int) -> Optimizer:
    return Optimizer(name, rule, MappingProxyType(counts), states, source)


OPTIMIZERS: Mapping[str, Optimizer] = MappingProxyType(
    {
        one.name: one
        for one in (
            _optimizer("sgd", "w - a g", "Robbins & Monro 1951", 0, mul=1, add=1),
            _optimizer(
                "momentum", "v = b v + g; w - a v",
                "Polyak 1964; as in Sutskever et al. 2013, section 2", 1, mul=2, add=2,
            ),
            _optimizer(
                "adam", "m = b m + (1 - b) g; v = c v + (1 - c) (g g); w - a m / (sqrt(v) + e)",
                "Kingma & Ba 2015, end of section 2: the bias corrections are in the step size",
                2, mul=6, add=4, div=1, sqrt=1,
            ),
            _optimizer(
                "adamw", "as adam, from (1 - a d) w instead of w",
                "Loshchilov & Hutter 2019, algorithm 2", 2, mul=7, add=4, div=1, sqrt=1,
            ),
        )
    }
)  # fmt: skip
"""The optimizers by name. Step sizes and what depends on them alone, such as 1 - b, are known before the step."""


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
