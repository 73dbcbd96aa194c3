"""Optimizers: what a step costs for each parameter, and what is kept between steps."""

from __future__ import annotations

import pytest

from symcost.analysis.training.precision import PRECISIONS
from symcost.formula import num
from symcost.optimizers import available, load


def test_sixteen_bytes_for_a_parameter() -> None:
    """ZeRO (Rajbhandari et al. 2020, section 3.1): 2 + 2 + 4 + 4 + 4 bytes under mixed-precision Adam."""
    assert PRECISIONS["mixed"].kept(load("adam")) == 16
    assert PRECISIONS["mixed"].kept(load("sgd")) == 8


def test_a_step_of_adam() -> None:
    """m: 2 products, 1 sum; v: 3 and 1; the step: root, + e, division, a m, difference."""
    assert dict(load("adam").update(num(1)).counts) == {"mul": 6, "add": 4, "div": 1, "sqrt": 1}


STEPS = {
    "sgd": ({"mul": 1, "add": 1}, 0),  # w - a g
    "momentum": ({"mul": 2, "add": 2}, 1),  # v = m v + g, then w - a v
}


@pytest.mark.parametrize("name", STEPS)
def test_a_step_of_the_plain_ones(name: str) -> None:
    """As many operations and kept numbers for each parameter as the rule is written with."""
    counts, kept = STEPS[name]
    optimizer = load(name)
    assert dict(optimizer.update(num(1)).counts) == counts
    assert optimizer.states == kept


@pytest.mark.parametrize("name", available())
def test_each_names_its_source(name: str) -> None:
    assert len(load(name).source) > 5
    assert load(name).rule
