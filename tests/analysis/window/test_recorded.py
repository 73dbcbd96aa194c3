"""Receptive fields, look-aheads and path lengths of the examples, as recorded.

`recorded.json` was written once by asking `Model.path(port, axis)` of every model under examples/, for every axis of
every input but the last one. Each entry has the file, the model, the port, the axis and the three answers as text; null
where there was none within ten seconds of processor time. They were answers of another derivation, which kept several
ends and stretches for each tensor, so they are held against this one. What that one told and this one refuses has its
place in REFUSED.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from symcost.errors import NoPath, UnderivedWindow
from symcost.formula import Form
from tests.examples.files import loaded

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "examples"
RECORDED = json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))
REFUSED = set(RECORDED["refused"])
"""What is refused here though another derivation told it: taken out of what was joined, counted through both axes of an
image cut into patches, and path lengths where a shorter way is not excluded."""


@pytest.mark.slow
@pytest.mark.parametrize("name", RECORDED["answers"])
def test_answers_stay(name: str) -> None:
    """What was told is told again; whether in the same words is a matter of the printer, so forms are compared as text."""
    file, model = name.split()
    for port, axis, *answers in RECORDED["answers"][name]:
        found = [None, None, None]
        try:
            path = loaded(EXAMPLES / file).model(model).path(port, axis)
            asked = (lambda: path.receptive_field, lambda: path.look_ahead, lambda: path.length_of_path)
            found = [text(ask) for ask in asked]
        except UnderivedWindow:
            pass
        for kind, recorded, told in zip(("receptive_field", "look_ahead", "path_length"), answers, found, strict=True):
            if recorded is not None:
                expected = None if f"{name} {port} {axis} {kind}" in REFUSED else recorded
                assert told == expected, (port, axis, kind)


def text(ask: Callable[[], Form]) -> str | None:
    """An answer as it is printed; None where it is refused."""
    try:
        return str(ask())
    except NoPath:
        return "none"
    except UnderivedWindow:
        return None
