"""The configurations of a family as points: each at its own size of what varies, with all its own numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from symcost.errors import MissingValue, NoSizes, SymcostError, ViolatedAssumption
from symcost.export.subject import Subject
from symcost.pictures.plots.chart import Dot, Number
from symcost.pictures.plots.over import Over, value
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.model import Model

MOST_NAMED = 14
"""Letters of names that stand at one point."""


@dataclass(frozen=True, slots=True)
class Size:
    """A configuration: which of the models it belongs to, its name, its size, and the model with its numbers."""

    series: int
    name: str
    size: int
    subject: Subject


def sizes(models: Sequence[Model], over: Over, values: Mapping[str, object]) -> list[Size]:
    """The configurations of each model's file that set what varies, within the axis.

    `values` are numbers for the dimensions that a configuration leaves open: it goes before them. Raises NoSizes.
    """
    found = [size for number, model in enumerate(models) for size in _of(number, model, over, values)]
    if not found:
        raise NoSizes(over.name, [one.label for one in over.subjects])
    return found


def _of(number: int, model: Model, over: Over, values: Mapping[str, object]) -> Iterator[Size]:
    low, high = min(over.axis.sizes), max(over.axis.sizes)
    for name in model.unit.configs:
        configured = _configured(model, name)
        if configured is None:
            continue
        size = configured.values.get(over.name)
        if size is not None and low <= size <= high:
            one = Subject(configured, over.subjects[number].label)
            yield Size(number, name, size, _completed(one, values))


def _completed(one: Subject, values: Mapping[str, object]) -> Subject:
    """A model with these numbers for what its configuration leaves open."""
    configured = one.model.values
    for dimension, given in values.items():
        if dimension not in configured and one.knows(dimension):
            one = one.given(dimension, given)
    return one


def _configured(model: Model, name: str) -> Model | None:
    """None where a configuration is that of another model of the file."""
    try:
        return model.configured(name)
    except SymcostError:
        return None


def dots(over: Over, quantity: str, found: Sequence[Size], notes: list[str]) -> Iterator[Dot]:
    """A point for each configuration whose number is known; those in one place together. What another lacks is said."""
    names: dict[tuple[int, Number, int], list[str]] = {}
    for one in found:
        try:
            number = value(one.subject, quantity, over.convention, {})
        except (MissingValue, ViolatedAssumption) as fault:
            notes.append(f"left out: {one.name}: {fault.report.message}")
        else:
            names.setdefault((one.size, number, one.series), []).append(one.name)
    for (size, number, series), alike in names.items():
        listed = ", ".join(alike)
        yield Dot(size, number, listed if len(listed) <= MOST_NAMED else f"{alike[0]}, …", series)
