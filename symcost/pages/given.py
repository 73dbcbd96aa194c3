"""What the functions of pages are given, and what is said of something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from symcost.arguments import DATA, TEXTS, WHOLE, Kind

if TYPE_CHECKING:
    from symcost.hardware import Device

Conventions = str | Path | Sequence[str | Path]
"""A convention by its name or file; several, or `all` that are shipped."""


def _is_model(value: object) -> bool:
    from symcost.model import Model

    return isinstance(value, Model)


def _is_quantity(value: object) -> bool:
    from symcost.quantity import Quantity

    return isinstance(value, Quantity)


def is_document(value: object) -> bool:
    """Whether it is one document."""
    from symcost.document import Document

    return isinstance(value, Document)


def _is_device(value: object) -> bool:
    from symcost.hardware import Device

    return isinstance(value, Device)


def _of_runs(name: str, words: str) -> Kind:
    """A record of `symcost.runs`, looked up when something is held against it."""

    def holds(value: object) -> bool:
        from symcost import runs

        return isinstance(value, getattr(runs, name))

    return Kind(words, holds)


def _are_files(value: object) -> bool:
    return isinstance(value, list | tuple) and all(map(DATA.fits, value))


def _listed(value: object, kind: Kind) -> bool:
    """Whether it is a list or a tuple of what is wanted."""
    return isinstance(value, list | tuple) and all(map(kind.fits, value))


def _are_types(value: object) -> bool:
    """Whether number types are named: one, or one for each role."""
    return isinstance(value, str) or (isinstance(value, Mapping) and TEXTS.fits([*value, *value.values()]))


MODEL = Kind("a model, as `symcost.load(FILE).model()` gives it,", _is_model)
QUANTITY = Kind("a quantity, such as `model.macs`,", _is_quantity)
MODELS = Kind("a list of models", lambda value: isinstance(value, Iterable) and not isinstance(value, str | Mapping))
DOCUMENTS = Kind(
    "a document, as `symcost.load(FILE)` gives it, or a list of them",
    lambda value: is_document(value) or MODELS.fits(value),
)
DEVICE = DATA | Kind("a device", _is_device)
ASK = _of_runs("Ask", "what is asked, as `symcost.types.Ask`,")
PLAN = _of_runs("Plan", "a plan, as `symcost.types.Plan`,")
LAYOUT = _of_runs("Layout", "a layout, as `symcost.types.Layout`,")
DRAFT = _of_runs("Draft", "a draft, as `symcost.types.Draft`,")
RATES = _of_runs("Rates", "rates, as `symcost.types.Rates`,")
DEVICES = Kind("a list of devices, or of their names,", lambda value: bool(value) and _listed(value, DEVICE))
ASKS = Kind("a list of those", lambda value: bool(value) and _listed(value, ASK))
PLANS = Kind("a list of plans, each as `symcost.types.Plan`,", lambda value: _listed(value, PLAN))
NUMBERS = Kind("a list of integers", lambda value: _listed(value, WHOLE))
LAYOUTS = Kind("a list of layouts, each as `symcost.types.Layout`,", lambda value: _listed(value, LAYOUT))
CALLED = Kind("a function such as `map`", callable)
CONVENTIONS = Kind("a list of those", _are_files)
TYPES = Kind("the name of a number type, or a dict with one for each role,", _are_types)

COLUMNS = ("macs", "params", "scaling", "depth")


def device_of(device: str | Path | Device) -> Device:
    """A device itself, by its name, or of a file. Raises UnknownDevice and the faults of reading one."""
    from symcost.hardware import Device

    return device if isinstance(device, Device) else Device.load(device)
