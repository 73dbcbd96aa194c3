"""The package and the oracle asked the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import symcost
from tests.oracle.interpreter import Counted, run

QUANTITIES = {
    "params": "params",
    "active": "active",
    "macs": "mac",
    **{name: name for name in ("add", "mul", "div", "exp", "sqrt", "cmp", "multiplications", "additions")},
}
"""What the package calls a quantity, and what the oracle calls it."""


def assert_agreement(text: str, runs: Iterable[Mapping[str, int]], name: str = "M") -> None:
    """At each of these sizes the formulas say what a run counts, and the shapes are those of the run."""
    model = loaded_text(text).model(name)
    for values in runs:
        given = {symbol.name: values[symbol.name] for symbol in model.symbols}
        assert_same(model, given, run(text, name, values), text)


def assert_same(model: symcost.Model, values: Mapping[str, int], counted: Counted, text: str) -> None:
    assert asked(model, values) == expected(counted), f"at {dict(values)}\n{text}"
    assert shapes(model, values) == counted.shapes, f"at {dict(values)}\n{text}"


def assert_agreement_of_file(model: symcost.Model, path: Path, values: Mapping[str, int]) -> None:
    """The same for a model of a file."""
    text = path.read_text(encoding="utf-8")
    assert_same(model, values, run(text, model.name, values, path.parent), f"model {model.name} of {path.name}")


@cache
def loaded_text(text: str) -> symcost.Document:
    return symcost.loads(text)


def asked(model: symcost.Model, values: Mapping[str, int]) -> dict[str, object]:
    return {quantity: model.quantity(quantity)(**values) for quantity in QUANTITIES}


def expected(counted: Counted) -> dict[str, object]:
    return {quantity: getattr(counted, name) for quantity, name in QUANTITIES.items()}


def shapes(model: symcost.Model, values: Mapping[str, int]) -> tuple[tuple[object, ...], ...]:
    return tuple(tuple(size.evaluate(values) for size in result.shape) for result in model.graph.results)
