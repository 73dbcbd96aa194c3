"""What a playground says of a text: its faults with their places, and the page of its models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from symcost import __version__
from symcost.editor.desk import Desk, Fault, faults
from symcost.errors import SymcostError
from symcost.export.webpage import webpage
from symcost.model import Model
from symcost.pictures import graph


def answer(text: str, path: Path | None = None) -> dict[str, Any]:
    """Faults, and an HTML page where there is a model that can be built; `path` is where the text lies.

    >>> told = answer("model M(x: [T]) { return y }")
    >>> told["page"] is None, told["faults"][0]["line"], told["faults"][0]["message"].splitlines()[0]
    (True, 1, 'nothing is called `y` here: not known')
    """
    desk = Desk(text, path)
    found = faults(desk)
    hinders = any(fault.level == "error" and fault.code != "broken-expectation" for fault in found)
    return {"faults": [_told(fault, text) for fault in found], "page": None if hinders else _page(desk)}


def answered(text: str, path: str = "") -> str:
    """The same as JSON, of a text that lies nowhere, or somewhere."""
    return json.dumps(answer(text, Path(path) if path else None))


def _page(desk: Desk) -> str | None:
    """The page of all models of a text; None where there is none, or none that can be built without values."""
    try:
        models = list(desk.document().asked.values())
        return webpage(models, draw=_drawn, version=__version__) if models else None
    except SymcostError:  # which is among the faults, or lacks values
        return None


def _drawn(model: Model) -> str:
    try:
        return graph(model).written("svg")
    except SymcostError:
        return ""


def _told(fault: Fault, text: str) -> dict[str, Any]:
    """A fault with its line, and its characters as a browser counts them."""
    return {
        "line": text.count("\n", 0, fault.start) + 1,
        "start": _units(text[: fault.start]),
        "end": _units(text[: fault.end]),
        "level": fault.level,
        "message": fault.message,
    }


def _units(text: str) -> int:
    """Characters as JavaScript counts them: those beyond the first plane are two."""
    return len(text) + sum(char > "\uffff" for char in text)
