"""Programs of several configurations are one only where all of them do the same, to the last result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symcost.errors.alignment import NotAligned
from symcost.importing.align import align
from symcost.importing.aten import translate
from tests.importing.test_pinned import FIRST, SECOND, graph


@pytest.mark.parametrize(
    ("results", "said"), [(("y",), "another in its place"), (("z", "y"), "it gives 2"), ((), "it gives 0")]
)
def test_results_are_the_same_ones(results: tuple[str, ...], said: str) -> None:
    """Another result, one more and none are told."""
    one, other = translate(graph(**FIRST)), translate(graph(**SECOND))
    assert align([one, other]).program.outputs == one.outputs
    with pytest.raises(NotAligned, match=said):
        align([one, replace(other, outputs=results)])
