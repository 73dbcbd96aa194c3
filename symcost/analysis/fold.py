"""What every fold over the graph shares: how a count per round becomes the count of a block."""

from __future__ import annotations

from symcost.formula import Form, mul, sum_over
from symcost.graph.graph import Block


def rounds(block: Block, form: Form) -> Form:
    """What one round of a block counts, over all its rounds.

    A sum over the counter where the rounds differ, else one round times the count. A call has one round; of a
    `choose` only the active alternatives run.
    """
    if block.kind in ("call", "layer"):
        return form
    if block.counter is not None and block.counter in form.free_symbols:
        return sum_over(block.counter, form)
    return mul(form, block.count)
