"""Memory: what is kept, what lives at once, what is carried on; figures of the field and every program run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hypothesis import given

import symcost
from symcost.analysis.activations import KINDS
from tests.analysis.living import peak
from tests.analysis.storage import kept
from tests.oracle.counted import Unfit
from tests.oracle.strategies import Architecture, architectures


def assert_kept(text: str, name: str, values: Mapping[str, object], folder: Path = Path()) -> None:
    """What a formula says is kept is what a run keeps."""
    try:
        expected = kept(text, name, values, folder)
    except Unfit:
        return
    model = symcost.loads(text).model(name)
    found = model.asked(lambda model: sum((model.kept[kind] for kind in KINDS[1:]), model.kept[KINDS[0]]))
    assert found(**values) == expected, (str(found), values)


@given(architectures())
def test_random_architectures_keep_what_a_run_keeps(architecture: Architecture) -> None:
    """At the drawn sizes and where every size is 1."""
    for values in (architecture.values, dict.fromkeys(architecture.values, 1)):
        assert_kept(architecture.text, "M", values)


def assert_peak(text: str, name: str, values: Mapping[str, object], folder: Path = Path()) -> None:
    """As much lives at once as a formula says."""
    try:
        expected = peak(text, name, values, folder)
    except Unfit:
        return
    found = symcost.loads(text).model(name).quantity("peak")
    assert found(**values) == expected, (str(found), values)


@given(architectures())
def test_the_peak_of_random_architectures(architecture: Architecture) -> None:
    """At the drawn sizes and where every size is 1."""
    for values in (architecture.values, dict.fromkeys(architecture.values, 1)):
        assert_peak(architecture.text, "M", values)
