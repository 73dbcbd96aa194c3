"""Everything that can be asked of a text, asked."""

from __future__ import annotations

import symcost

QUANTITIES = (
    "params", "active", "macs", "flops", "add", "mul", "div", "exp", "sqrt", "cmp", "multiplications", "additions", "depth",
)  # fmt: skip


def ask(text: str) -> str:
    """The totals of all its models and the outcome of its expectations, or the report of what is wrong with it."""
    try:
        document = symcost.loads(text)
        answers = [f"{name} {answer}" for model in document.models.values() for name, answer in totals(model)]
        return "\n".join([*answers, *(str(checked) for checked in document.check())])
    except symcost.SymcostError as error:
        return str(error)


def totals(model: symcost.Model) -> list[tuple[str, str]]:
    return [(name, str(model.quantity(name))) for name in QUANTITIES]
