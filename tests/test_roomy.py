import resource
import sys

import pytest

from symcost.roomy import roomy


def test_what_is_called_answers_and_raises_as_ever():
    """A call with room is the call."""
    assert roomy(divmod, 7, 2) == (3, 1)
    assert roomy(int, "11", base=2) == 3
    with pytest.raises(ZeroDivisionError):
        roomy(divmod, 7, 0)


def _edges(levels: int) -> None:
    """At every level a thousand calls, so that some of them stand at the edge of a small piece."""
    for _ in range(1_000):
        _nothing()
    if levels:
        _edges(levels - 1)


def _nothing() -> None:
    pass


@pytest.mark.skipif(sys.implementation.name != "cpython" or sys.platform != "linux", reason="as CPython keeps frames")
def test_calls_inside_ask_the_system_for_no_memory():
    """However deep a call stands, it finds its place in the piece that is there: no page is touched for the first time
    at every call.
    """
    roomy(_edges, 250)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    roomy(_edges, 250)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 500
