"""Commas between the checks of an `expect` say nothing, and are welcome."""

from symcost.diagnostics import Source
from symcost.syntax.parse import parse
from tests.syntax.test_writer import same


def test_commas_say_nothing() -> None:
    """With commas, without, or with one at the end: the same checks."""
    texts = ["params == 3, macs <= 4", "params == 3 macs <= 4", "params == 3, macs <= 4,"]
    one, *others = [parse(Source("text", f"expect M {{ {checks} }}")) for checks in texts]
    assert all(same(one, other) for other in others)
