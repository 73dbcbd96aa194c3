"""Quantity: what a model answers, as a formula that takes numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol, Self

from symcost.classes import CLASSES, INSIDE
from symcost.cost import Cost
from symcost.errors import UnknownQuantity
from symcost.formula import Form


class Answering(Protocol):
    """What a quantity needs of its model."""

    def at(self, **values: object) -> Self:
        """The same with numbers put in."""

    def number(self, form: Form) -> int | Fraction:
        """The exact value of a form."""

    def asked(self, ask: Callable[[Any], Form]) -> Quantity:
        """The answer to a question."""


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """Something counted, as a formula over the dimensions of its model.

    `str` is the author's form, `.expr` the SymPy expression, `.form` the expression tree; a call puts numbers in and
    returns an exact number. `==` compares with another quantity, a form or a number, for all values.
    """

    form: Form
    model: Answering
    ask: Callable[[Any], Form]
    """The same question to another model."""

    def __str__(self) -> str:
        return str(self.form)

    def __repr__(self) -> str:
        return str(self.form)

    def __eq__(self, other: object) -> bool:
        return self.form == (other.form if isinstance(other, Quantity) else other)

    def __hash__(self) -> int:
        return hash(self.form)

    @property
    def expr(self) -> Any:
        """The same as a SymPy expression; its symbols are positive integers."""
        return self.form.expr

    def __call__(self, **values: object) -> int | Fraction:
        """The exact value.

        Raises MissingValue, BadValue, UnknownDimension, ViolatedAssumption.
        """
        model = self.model.at(**values)
        return model.number(self.ask(model))


class Counted(Mapping[str, Quantity]):
    """Operations by class; every class can be asked for, those that count something are listed."""

    def __init__(self, ask: Callable[[Any], Cost], model: Answering) -> None:
        self._ask = ask
        self._model = model

    def __getitem__(self, name: str) -> Quantity:
        if name not in (*CLASSES, *INSIDE):
            raise UnknownQuantity(name, (*CLASSES, *INSIDE))
        return self._model.asked(lambda model: self._ask(model)[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._ask(self._model).counts)

    def __len__(self) -> int:
        return len(self._ask(self._model).counts)

    def __repr__(self) -> str:
        return f"{{{', '.join(f'{name}: {self[name]}' for name in self)}}}"
