"""The project's own examples, made small: what a formula says is what a run counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

import symcost
from tests.examples.files import each, loaded
from tests.oracle.agreement import assert_agreement_of_file

MOST_OPERATIONS = 30_000
"""Larger runs would be slow; widths that an example writes as numbers cannot be made small."""


@pytest.mark.parametrize("path", each(sample=True))
def test_formulas_say_what_a_run_counts(path: Path) -> None:
    """Every model that can be made small enough agrees at the first small sizes that suit its assumptions."""
    for model in loaded(path).models.values():
        for values in small(model):
            assert_agreement_of_file(model, path, values)


def small(model: symcost.Model) -> Iterator[dict[str, int]]:
    """At most one choice of sizes."""
    random = Random(0)
    for attempt in range(60):
        sizes = [(1, 2), (1, 2, 4), (2, 4, 8, 16)][attempt // 20]
        values = {symbol.name: random.choice(sizes) for symbol in model.symbols}
        try:
            if model.quantity("flops")(**values) <= MOST_OPERATIONS:
                yield values
                return
        except symcost.SymcostError:
            continue
