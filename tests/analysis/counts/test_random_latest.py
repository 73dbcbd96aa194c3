"""Random architectures with the forms that came last: what a formula says is what a run counts, in every class."""

from __future__ import annotations

from hypothesis import given

import symcost
from symcost.diagnostics import Source
from symcost.syntax.fmt import formatted
from tests.oracle.agreement import QUANTITIES, assert_agreement
from tests.oracle.latest import LAYERS, latest
from tests.oracle.sampling import examples
from tests.oracle.strategies import Architecture


@examples(15, 300)
@given(latest())
def test_formulas_say_what_a_run_counts(architecture: Architecture) -> None:
    """At the drawn sizes, and where every size is 1 but for the number of layers; one formula answers both."""
    ones = {**dict.fromkeys(architecture.values, 1), LAYERS: 5}
    assert_agreement(architecture.text, [architecture.values, ones])


@examples(8, 100)
@given(latest())
def test_set_by_fmt_it_is_the_same(architecture: Architecture) -> None:
    """A text that is set has the formulas it had, and is not set otherwise a second time."""
    once = formatted(Source("text", architecture.text))
    assert formatted(Source("once", once)) == once
    before, after = symcost.loads(architecture.text).model(), symcost.loads(once).model()
    for quantity in (*QUANTITIES, "depth"):
        assert str(after.quantity(quantity)) == str(before.quantity(quantity)), quantity
