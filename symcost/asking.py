"""Questions to models that are made of others: of two at once, under other names, with one answer for all.

Each is called with the model that it is asked of. A question that has a method
`everywhere` says of a model whether its formula holds for all sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symcost.answering import Answering, Renaming, Several
from symcost.cost import Cost
from symcost.formula import Form, div
from symcost.formula.named import inlined
from symcost.records import dataclass


def holds_everywhere(ask: Callable[[Any], Form], model: Answering) -> bool:
    """Whether what a question comes to for a model is the same formula for all sizes, so that numbers may come last."""
    known: Callable[[Answering], bool] | None = getattr(ask, "everywhere", None)
    return known is not None and known(model)


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """The question to a model that is asked of it under other names of its dimensions."""

    ask: Callable[[Any], Form]

    def everywhere(self, renamed: Renaming) -> bool:
        """Whether the formula holds for all sizes."""
        return holds_everywhere(self.ask, renamed.model)

    def __call__(self, renamed: Renaming) -> Form:
        return self.ask(renamed.model).substitute(renamed.forwards)


@dataclass(frozen=True, slots=True)
class Combined:
    """The question that two quantities and an operation make; it can be asked of two models together."""

    operation: Callable[[Form, Form], Form]
    left: Callable[[Any], Form]
    right: Callable[[Any], Form]

    def everywhere(self, both: Several) -> bool:
        """Whether the formula holds for all sizes."""
        left, right = both.models
        return holds_everywhere(self.left, left) and holds_everywhere(self.right, right)

    def __call__(self, both: Several) -> Form:
        left, right = both.models
        return self.operation(self.left(left), self.right(right))


@dataclass(frozen=True, slots=True)
class Inlined:
    """A question whose answer has its named sizes written out."""

    ask: Callable[[Any], Form]

    def everywhere(self, model: Answering) -> bool:
        """Whether the formula holds for all sizes."""
        return holds_everywhere(self.ask, model)

    def __call__(self, model: Answering) -> Form:
        return inlined(self.ask(model))


@dataclass(frozen=True, slots=True)
class Fixed:
    """A question with one answer, whatever model it is asked of: a form over its dimensions."""

    form: Form

    def everywhere(self, model: Answering) -> bool:
        """It is one form."""
        return True

    def __call__(self, model: Answering) -> Form:
        return self.form


@dataclass(frozen=True, slots=True)
class OfClass:
    """How many operations of one class there are: a sum over the lines, and so the same for all sizes."""

    ask: Callable[[Any], Cost]
    name: str

    def everywhere(self, model: object) -> bool:
        """A sum has no cases."""
        return True

    def __call__(self, model: object) -> Form:
        return self.ask(model)[self.name]


def quotient(left: Form, right: Form) -> Form:
    """One over the other, common factors cancelled where both are polynomials.

    Raises ZeroDivisionError.
    """
    from symcost.analysis.growth.compare import ratio

    if right == 0:
        raise ZeroDivisionError(f"{left} over 0")
    cancelled = ratio(left, right)
    return div(left, right) if cancelled is None else cancelled
