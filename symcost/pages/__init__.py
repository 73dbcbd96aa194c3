"""Pages: all that the command line prints, as functions over models; a page is data, and writes itself when asked.

>>> import symcost
>>> elman = symcost.load("examples/lecture/elman.arch").model()
>>> print(symcost.explain(elman, "params"))
Elman: parameters (params)
...
total                                                              I·H + H·H + H
>>> symcost.report(elman)
<Page Elman>
>>> symcost.report(elman).written("csv").splitlines()[0]
'level,block,kind,line,params,macs,flops,params_value,macs_value,flops_value'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symcost.pages.of_library import check as check, layers as layers, models as models
    from symcost.pages.of_model import (
        axes as axes,
        explain as explain,
        growth as growth,
        memory as memory,
        path as path,
        report as report,
        training as training,
    )
    from symcost.pages.of_models import compare as compare, sweep as sweep, table as table
    from symcost.pages.of_runs import (
        serve as serve,
        serve_against as serve_against,
        serve_side_by_side as serve_side_by_side,
        train as train,
        train_side_by_side as train_side_by_side,
    )
    from symcost.pages.on_machines import (
        adapter as adapter,
        devices as devices,
        energy as energy,
        roofline as roofline,
        time as time,
        time_formula as time_formula,
    )

_ROOMS = {
    "of_library": ("check", "layers", "models"),
    "of_model": ("axes", "explain", "growth", "memory", "path", "report", "training"),
    "of_models": ("compare", "sweep", "table"),
    "of_runs": ("serve", "serve_against", "serve_side_by_side", "train", "train_side_by_side"),
    "on_machines": ("adapter", "devices", "energy", "roofline", "time", "time_formula"),
}
"""Where each page is made."""

_HOMES = {name: f"{__name__}.{room}" for room, names in _ROOMS.items() for name in names}

__all__ = [*_HOMES]


if not TYPE_CHECKING:  # who checks types knows the names above, and that there are no others

    def __getattr__(name: str) -> Any:
        """A page, imported when it is asked for: a command prints one of them."""
        if name not in _HOMES:
            raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
        value = getattr(import_module(_HOMES[name]), name)
        globals()[name] = value
        return value
