"""Questions to models that are made of others: of two at once, under other names, with one answer for all.

Each is called with the model that it is asked of. A question that has a method `decisive` says of a model which of its
names may have numbers with which its formula is another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symcost.answering import Answering, Renaming, Several
from symcost.cost import Cost
from symcost.formula import Form, div
from symcost.formula.named import inlined
from symcost.records import dataclass


def decisive(ask: Callable[[Any], Form], model: Answering) -> frozenset[str]:
    """The names of a model whose numbers may make another formula of a question's answer: these have to come first."""
    known: Callable[[Answering], frozenset[str]] | None = getattr(ask, "decisive", None)
    return frozenset(model.ports) if known is None else known(model)


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """The question to a model that is asked of it under other names of its dimensions."""

    ask: Callable[[Any], Form]

    def decisive(self, renamed: Renaming) -> frozenset[str]:
        """Names, the new ones, whose numbers may make another formula of it."""
        return frozenset(renamed.names.get(name, name) for name in decisive(self.ask, renamed.model))

    def __call__(self, renamed: Renaming) -> Form:
        return self.ask(renamed.model).substitute(renamed.forwards)


@dataclass(frozen=True, slots=True)
class Combined:
    """The question that two quantities and an operation make; it can be asked of two models together."""

    operation: Callable[[Form, Form], Form]
    left: Callable[[Any], Form]
    right: Callable[[Any], Form]

    def decisive(self, both: Several) -> frozenset[str]:
        """Names whose numbers may make another formula of it."""
        left, right = both.models
        return decisive(self.left, left) | decisive(self.right, right)

    def __call__(self, both: Several) -> Form:
        left, right = both.models
        return self.operation(self.left(left), self.right(right))


@dataclass(frozen=True, slots=True)
class Inlined:
    """A question whose answer has its named sizes written out."""

    ask: Callable[[Any], Form]

    def decisive(self, model: Answering) -> frozenset[str]:
        """Names whose numbers may make another formula of it."""
        return decisive(self.ask, model)

    def __call__(self, model: Answering) -> Form:
        return inlined(self.ask(model))


@dataclass(frozen=True, slots=True)
class Fixed:
    """A question with one answer, whatever model it is asked of: a form over its dimensions."""

    form: Form

    def decisive(self, model: Answering) -> frozenset[str]:
        """None: it is one form."""
        return frozenset()

    def __call__(self, model: Answering) -> Form:
        return self.form


@dataclass(frozen=True, slots=True)
class OfClass:
    """How many operations of one class there are; `like`: by which question it is told for which sizes that holds."""

    ask: Callable[[Any], Cost]
    name: str
    like: Callable[[Any], Form]

    def decisive(self, model: Answering) -> frozenset[str]:
        """Names whose numbers may make another formula of it."""
        return decisive(self.like, model)

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
