"""Experts: how many of them a pass reads, where positions choose them independently and each as often.

Of E experts, k of them for each of n positions, E·(1 - (1 - k/E)^n) are chosen by one at least in the mean: Mixtral's
two of eight are all eight from 20 positions on. Routers are trained to choose each as often (Fedus et al., Switch
transformers, 2022, section 2.2); where they do not, fewer are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from symcost.hardware.kernels import Kernel
from symcost.hardware.likely import Likely, Spent
from symcost.hardware.profile import Profile
from symcost.hardware.workload import STORED
from symcost.timing import Timing


def likely_with_experts(timing: Timing, profile: Profile) -> Likely:
    """The likely time where each kernel reads the experts that all positions of the batch choose."""
    found = timing.likely(profile)
    launched = timing.kernels(profile)
    kernels = tuple(_reading(*pair, timing) for pair in zip(found.kernels, launched, strict=True))
    return replace(found, kernels=kernels)


def _reading(spent: Spent, kernel: Kernel, timing: Timing) -> Spent:
    """What is stored is counted for the experts of one position."""
    block = kernel.chosen
    if block is None or block.total is None:
        return spent
    chosen, total = (Fraction(timing.model.number(form)) for form in (block.count, block.total))
    more = read(int(chosen), int(total), _positions(kernel, timing)) / chosen - 1
    return replace(spent, memory=spent.memory + spent.stored * more, stored=spent.stored * (1 + more))


def _positions(kernel: Kernel, timing: Timing) -> int:
    """Positions that go through: each multiplies every parameter of its experts once."""
    macs = Fraction(timing.model.number(kernel.cost["mac"]))
    stored = sum(_stored(kernel, timing), Fraction(0))
    batch = int(timing.model.number(timing.batch))
    return max(1, int(macs / stored)) * batch if stored else batch


def _stored(kernel: Kernel, timing: Timing) -> Iterator[Fraction]:
    for role in STORED:
        if role in kernel.moved:
            yield Fraction(timing.model.number(kernel.moved[role]))


def read(chosen: int, total: int, positions: int) -> Fraction:
    """Experts that are chosen by one of so many positions at least, in the mean."""
    if chosen >= total:
        return Fraction(total)
    return total * (1 - Fraction((1 - chosen / total) ** positions))
