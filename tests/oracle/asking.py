"""Everything that can be asked of a text, asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import symcost

QUANTITIES = ("params active macs flops add mul div exp sqrt cmp multiplications additions depth").split()
SIZES = (1, 7, 10**9)


def ask(text: str) -> str:
    """The totals of all its models and the outcome of its expectations, or the reports of what is wrong with it."""
    return "\n".join(answers(text))


def answers(text: str) -> Iterator[str]:
    document = attempt(lambda: symcost.loads(text))
    if isinstance(document, str):
        yield document
        return
    for model in document.models.values():
        if isinstance(fault := attempt(lambda: model.graph), str):  # noqa: B023
            yield fault
            continue
        for name in QUANTITIES:
            quantity = attempt(lambda: model.quantity(name))  # noqa: B023
            yield str(attempt(lambda: str(quantity)))  # noqa: B023
            if isinstance(quantity, str):
                continue
            for size in SIZES:
                values = {symbol.name: size for symbol in model.symbols}
                yield str(attempt(lambda: quantity(**values)))  # noqa: B023
    yield str(attempt(lambda: [str(checked) for checked in document.check()]))


def attempt(question: Callable[[], Any]) -> Any:
    """The answer, or the report."""
    try:
        return question()
    except symcost.SymcostError as error:
        return str(error)
