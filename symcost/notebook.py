"""`%load_ext symcost`: cells that begin with `%%arch` hold `.arch` text. IPython itself is not imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from symcost.errors import SymcostError

if TYPE_CHECKING:
    from symcost.document import Document
    from symcost.model import Model


class Shell(Protocol):
    """What is needed of IPython's shell."""

    user_ns: dict[str, Any]

    def register_magic_function(self, func: Any, magic_kind: str, magic_name: str) -> None:
        """Make a function known by a name behind `%%`."""


class Faulty:
    """Faults of a cell, drawn under the lines that have them."""

    def __init__(self, fault: SymcostError) -> None:
        self.fault = fault

    def __repr__(self) -> str:
        return str(self.fault)

    def _repr_html_(self) -> str:
        from symcost.export.notebook import report_html

        return report_html(str(self.fault))


def load_ipython_extension(shell: Shell) -> None:
    """Called by `%load_ext symcost`."""

    def arch(line: str, cell: str) -> Model | Document | Faulty:
        return run_cell(line, cell, shell.user_ns)

    arch.__doc__ = run_cell.__doc__
    shell.register_magic_function(arch, "cell", "arch")


def run_cell(line: str, cell: str, names: dict[str, Any]) -> Model | Document | Faulty:
    """`%%arch [NAME]`: read the cell, and give its models their names; the document is NAME, or `arch`.

    What the cell shows is its model, of several the list, of a faulty text its faults.
    """
    from symcost.document import loads

    name = line.strip() or "arch"
    if not name.isidentifier():
        raise ValueError(f"{name[:40]!r} cannot be the name of a document")
    try:
        document = loads(cell, f"<{name}>")
        for model in document.models.values():
            _ = model.faults
    except SymcostError as fault:
        return Faulty(fault)
    names[name] = document
    names.update(document.models)
    models = list(document.models.values())
    for model in models:
        if model.faults:
            return Faulty(model.faults[0])
    return models[0] if len(models) == 1 else document
