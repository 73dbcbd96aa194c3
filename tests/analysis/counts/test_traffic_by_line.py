"""Numbers moved, line by line: by hand, and adding up to the whole."""

from __future__ import annotations

import symcost
from symcost.analysis.counts.by_line import Step
from symcost.formula import symbol

T, D = symbol("T"), symbol("D")


def test_each_operation_reads_its_operands_and_writes_its_result() -> None:
    """A product reads two matrices and writes one; relu reads and writes T*D numbers; a view moves nothing."""
    text = "model M(x: [T, D]) { param W: [D, D]  y = x @ W  y = relu(y)  return transpose(y) }"
    whole = symcost.loads(text).model().explained("traffic")
    steps = {
        str(item.node.span.text): item.total for line in whole.lines for item in line.items if isinstance(item, Step)
    }
    assert steps == {"x @ W": 2 * T * D + D * D, "relu(y)": 2 * T * D}
    assert whole.total == 4 * T * D + D * D
