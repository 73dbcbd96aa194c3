"""The extension where none of the extras is installed that rooms of the package import."""

from __future__ import annotations

import sys

import pytest

pytest.importorskip("sphinx")

from symcost.sphinx.annotations import complete


def test_annotations_of_an_extra_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without NumPy the names of its rooms stay unknown, and everything else is there."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "numpy" or "symcost.sweeping" in name]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    for module in ("symcost.model", "symcost.quantity", "symcost.document"):
        complete(module)
