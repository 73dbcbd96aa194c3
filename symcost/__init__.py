"""symcost: what an architecture costs, as a formula.

>>> import symcost
>>> model = symcost.loads("model Mnist(x: [784], H) { return x -> Linear(H) -> relu -> Linear(10) }").model()
>>> model.params
795·H + 10
"""

from __future__ import annotations

from symcost import forking as forking

TYPE_CHECKING = False
"""As `typing` has it, which is loaded when Python has been told to look for garbage seldom (see `__main__`)."""

if TYPE_CHECKING:
    from typing import Any

    from symcost.document import Document as Document, load as load, loads as loads
    from symcost.errors import SymcostError as SymcostError
    from symcost.grading import grade as grade
    from symcost.guards import assert_cost as assert_cost
    from symcost.hardware import Device as Device
    from symcost.importing.imported import from_torch as from_torch
    from symcost.model import Model as Model
    from symcost.notebook import load_ipython_extension as load_ipython_extension
    from symcost.pages import (
        adapter as adapter,
        check as check,
        compare as compare,
        devices as devices,
        energy as energy,
        explain as explain,
        growth as growth,
        layers as layers,
        memory as memory,
        models as models,
        path as path,
        report as report,
        roofline as roofline,
        serve as serve,
        serve_against as serve_against,
        serve_side_by_side as serve_side_by_side,
        sweep as sweep,
        table as table,
        time as time,
        train as train,
        train_side_by_side as train_side_by_side,
        training as training,
    )
    from symcost.quantity import Quantity as Quantity
    from symcost.reading import form as form
    from symcost.zoo import from_config as from_config

__version__ = "0.1.0"

_PAGES = (
    "adapter", "check", "compare", "devices", "energy", "explain", "growth", "layers", "memory", "models", "path",
    "report", "roofline", "serve", "serve_against", "serve_side_by_side", "sweep", "table", "time", "train",
    "train_side_by_side", "training",
)  # fmt: skip
"""What the command line says, as functions."""

_HOMES = {
    "load": "symcost.document",
    "loads": "symcost.document",
    "Document": "symcost.document",
    "Model": "symcost.model",
    "Device": "symcost.hardware",
    "Quantity": "symcost.quantity",
    "SymcostError": "symcost.errors",
    "from_torch": "symcost.importing.imported",
    "from_onnx": "symcost.importing.onnx",
    "assert_cost": "symcost.guards",
    "form": "symcost.reading",
    "from_config": "symcost.zoo",
    "grade": "symcost.grading",
    "load_ipython_extension": "symcost.notebook",
    **dict.fromkeys(_PAGES, "symcost.pages"),
}

__all__ = [*_HOMES]


if not TYPE_CHECKING:  # who checks types knows the names above, and that there are no others

    def __getattr__(name: str) -> Any:
        """The names of the face, imported when first used: `symcost --version` needs none of what they need."""
        if name not in _HOMES:
            raise AttributeError(f"module `symcost` has no attribute `{name}`")
        from importlib import import_module

        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
