"""Random texts, set, say the same: sentences of the grammar, and programs that are built."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

import symcost
from symcost.diagnostics import Source
from symcost.errors import SymcostError
from symcost.syntax.fmt import formatted
from symcost.syntax.parse import parse
from tests.oracle.sentences import SENTENCES
from tests.oracle.strategies import Architecture, architectures
from tests.syntax.test_writer import same

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(SENTENCES)
def test_sentences(text: str) -> None:
    """The same tree, and a text that is set."""
    try:
        before = parse(Source("text", text))
    except SymcostError:
        return
    once = formatted(Source("text", text))
    assert same(parse(Source("once", once)), before)
    assert formatted(Source("once", once)) == once


@settings(max_examples=10, deadline=None, suppress_health_check=SLOW)
@given(architectures(newer=True))
def test_programs(architecture: Architecture) -> None:
    """The same formulas, term by term."""
    once = formatted(Source("text", architecture.text))
    before, after = symcost.loads(architecture.text).model(), symcost.loads(once).model()
    assert str(after.macs) == str(before.macs)
    assert str(after.params) == str(before.params)
    assert str(after.depth) == str(before.depth)
