"""Questions to models that are made of others: of two at once, under other names, with one answer for all.

Each is called with the model that it is asked of. A question of which `everywhere` is true has a formula for all sizes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from symcost.answering import Answering, Renaming, Several
from symcost.cost import Cost
from symcost.formula import Form, div
from symcost.formula.named import inlined
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """The question to a model that is asked of it under other names of its dimensions."""

    ask: Callable[[Any], Form]

    @property
    def everywhere(self) -> bool:
        """Whether the formula holds for all sizes."""
        return getattr(self.ask, "everywhere", False)

    def __call__(self, renamed: Renaming) -> Form:
        return self.ask(renamed.model).substitute(renamed.forwards)


@dataclass(frozen=True, slots=True)
class Combined:
    """The question that two quantities and an operation make; it can be asked of two models together."""

    operation: Callable[[Form, Form], Form]
    left: Callable[[Any], Form]
    right: Callable[[Any], Form]

    @property
    def everywhere(self) -> bool:
        """Whether the formula holds for all sizes."""
        return all(getattr(ask, "everywhere", False) for ask in (self.left, self.right))

    def __call__(self, both: Several) -> Form:
        left, right = both.models
        return self.operation(self.left(left), self.right(right))


@dataclass(frozen=True, slots=True)
class Inlined:
    """A question whose answer has its named sizes written out."""

    ask: Callable[[Any], Form]

    @property
    def everywhere(self) -> bool:
        """Whether the formula holds for all sizes."""
        return getattr(self.ask, "everywhere", False)

    def __call__(self, model: Answering) -> Form:
        return inlined(self.ask(model))


@dataclass(frozen=True, slots=True)
class Fixed:
    """A question with one answer, whatever model it is asked of: a form over its dimensions."""

    form: Form
    everywhere: ClassVar[bool] = True

    def __call__(self, model: Answering) -> Form:
        return self.form


@dataclass(frozen=True, slots=True)
class OfClass:
    """How many operations of one class there are: a sum over the lines, and so the same for all sizes."""

    ask: Callable[[Any], Cost]
    name: str
    everywhere: ClassVar[bool] = True

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
