"""Answering: what a quantity needs of its model; several models as one, and one whose dimensions have other names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, Self

from symcost.errors import BadValue, UnknownDimension, ViolatedAssumption
from symcost.formula import Assumptions, AtLeast, Divides, Equal, Form, Symbol, num, symbol
from symcost.records import dataclass
from symcost.values import Port, bounded, evaluated, form_in

if TYPE_CHECKING:
    from symcost.quantity import Quantity

Number = int | Fraction


class Answering(Protocol):
    """What a quantity needs of its model."""

    @property
    def name(self) -> str:
        """As its file calls it."""

    @property
    def ports(self) -> Mapping[str, Port]:
        """The names that can have a value."""

    @property
    def values(self) -> Mapping[str, int]:
        """The numbers that were put in."""

    @property
    def open_names(self) -> frozenset[str]:
        """Those whose numbers change nothing but numbers: the graph is the same."""

    @property
    def facts(self) -> Assumptions:
        """What is known of the dimensions."""

    def at(self, **values: object) -> Self:
        """The same with numbers put in."""

    def number(self, form: Form) -> Number:
        """The exact value of a form."""

    def shown(self, form: Form) -> Form:
        """A form with the numbers put in, as simple as what is known makes it."""

    def asked(self, ask: Callable[[Any], Form]) -> Quantity:
        """The answer to a question."""

    def written(self, form: Form, writing: str) -> str:
        """A form in a writing: `latex`, `typst`, `mathml`, `si`."""

    def typeset(self, form: Form, *, powers: bool, width: float | None) -> str:
        """A form in LaTeX, as aligned lines where there is a width."""

    def plotted(self, quantities: Sequence[Quantity], values: Mapping[str, object]) -> Any:
        """Quantities over the dimension that has several sizes, as a `Plot`."""


def new_names(names: Mapping[str, str], model: Answering) -> dict[str, str]:
    """Names of dimensions and what they are to be called.

    Raises UnknownDimension, ValueError for what is no name, and where two dimensions would have the same.
    """
    for own, new in names.items():
        if own not in model.ports:
            raise UnknownDimension(own, model.name, model.ports)
        if form_in(new) != symbol(new):
            raise ValueError(f"{new[:40]!r} cannot be the name of a dimension")

    met = Counter(names.get(name, name) for name in model.ports)
    for name in names.values():
        if met[name] > 1:
            raise ValueError(f"{model.name} would have two dimensions of the name `{name}`")
    return dict(names)


@dataclass(frozen=True, slots=True, eq=False)
class Several:
    """Several models, answering as one: a value goes to each that has a dimension of that name."""

    models: tuple[Answering, ...]

    @property
    def name(self) -> str:
        """The names of all of them."""
        return " and ".join(dict.fromkeys(model.name for model in self.models))

    @property
    def ports(self) -> dict[str, Port]:
        """The names of all of them."""
        return {name: port for model in reversed(self.models) for name, port in model.ports.items()}

    @property
    def values(self) -> dict[str, int]:
        """The numbers that were put into any of them."""
        return {name: value for model in self.models for name, value in model.values.items()}

    @property
    def open_names(self) -> frozenset[str]:
        """Those that are open in every model that has them."""
        fixed: set[str] = set()
        for model in self.models:
            fixed |= model.ports.keys() - model.open_names
        return frozenset(self.ports.keys() - fixed)

    @property
    def facts(self) -> Assumptions:
        """What is known of the dimensions by any of them."""
        first, *others = self.models
        facts = first.facts
        for other in others:
            facts = facts.with_(*other.facts)
        return facts

    def at(self, **values: object) -> Self:
        """Numbers for those that know them.

        Raises UnknownDimension where none does, BadValue, ViolatedAssumption.
        """
        known = self.ports
        for name in values:
            if name not in known:
                raise UnknownDimension(name, self.name, known)

        def mine(model: Answering) -> dict[str, object]:
            return {name: value for name, value in values.items() if name in model.ports}

        return type(self)(tuple(model.at(**mine(model)) for model in self.models))

    def number(self, form: Form) -> Number:
        """The exact value of a form.

        Raises MissingValue.
        """
        return evaluated(form, self.values, self.ports)

    def shown(self, form: Form) -> Form:
        """A form with the numbers of all of them put in."""
        for model in self.models:
            form = model.shown(form)
        return form

    def written(self, form: Form, writing: str) -> str:
        """As the first of them writes it."""
        return self.models[0].written(form, writing)

    def typeset(self, form: Form, *, powers: bool, width: float | None) -> str:
        """As the first of them sets it."""
        return self.models[0].typeset(form, powers=powers, width=width)

    def plotted(self, quantities: Sequence[Quantity], values: Mapping[str, object]) -> Any:
        """As the first of them draws it."""
        return self.models[0].plotted(quantities, values)


@dataclass(frozen=True, slots=True, eq=False)
class Renaming:
    """A model some of whose dimensions have other names: what goes in is turned back, what comes out is renamed."""

    model: Answering
    names: Mapping[str, str]
    """The new name of each by its own."""

    @property
    def name(self) -> str:
        """That of the model."""
        return self.model.name

    @property
    def ports(self) -> dict[str, Port]:
        """By their new names."""
        return {self.names.get(name, name): port for name, port in self.model.ports.items()}

    @property
    def values(self) -> dict[str, int]:
        """The numbers that were put in, by new names."""
        return {self.names.get(name, name): value for name, value in self.model.values.items()}

    @property
    def open_names(self) -> frozenset[str]:
        """By their new names."""
        return frozenset(self.names.get(name, name) for name in self.model.open_names)

    @property
    def facts(self) -> Assumptions:
        """What is known of the dimensions, under their new names."""
        return self.model.facts.substitute(self.forwards)

    @property
    def forwards(self) -> dict[Symbol, Form]:
        return {symbol(own): symbol(new) for own, new in self.names.items()}

    @property
    def backwards(self) -> dict[Symbol, Form]:
        return {symbol(new): symbol(own) for own, new in self.names.items()}

    def at(self, **values: object) -> Self:
        """Numbers, and sizes over other dimensions, all by the new names.

        Raises UnknownDimension, BadValue, ViolatedAssumption.
        """
        known = self.ports
        own = {new: name for name, new in self.names.items()}
        for name in values:
            if name not in known:
                raise UnknownDimension(name, self.name, known)
        given = {own.get(name, name): self._turned_back(value, known, known[name]) for name, value in values.items()}
        try:
            return type(self)(self.model.at(**given), self.names)
        except ViolatedAssumption as broken:
            raise self._renamed(broken) from None

    def _renamed(self, broken: ViolatedAssumption) -> ViolatedAssumption:
        """An assumption that numbers break, by the new names."""
        if not isinstance(broken.fact, AtLeast | Divides | Equal):
            return broken
        values = {self.names.get(name, name): value for name, value in broken.values.items()}
        names = {own: new for own, new in self.names.items() if own in broken.values}
        return ViolatedAssumption(broken.fact.substitute(self.forwards), broken.span, values, names)

    def _turned_back(self, value: object, known: Mapping[str, Port], port: Port) -> object:
        """A size over dimensions by their own names; anything else as it is. Raises BadValue."""
        words = port.takes_words or port.listed
        form = form_in(value) if isinstance(value, str) and not words else value
        if not isinstance(form, Form) or not form.free_symbols:
            return value
        if any(one.name not in known for one in form.free_symbols):
            raise BadValue(port.name, value, port.span)  # the model would find it under its own name
        return form.substitute(self.backwards)

    def number(self, form: Form) -> Number:
        """The exact value of a form.

        Raises MissingValue.
        """
        return evaluated(form, self.values, self.ports)

    def shown(self, form: Form) -> Form:
        """A form with the numbers put in."""
        numbers = {symbol(name): num(value) for name, value in self.values.items()}
        with bounded(self.values):
            return self.facts.simplify(form.substitute(numbers))

    def written(self, form: Form, writing: str) -> str:
        """As the model writes it; a new name has no LaTeX of its own."""
        return self.model.written(form, writing)

    def typeset(self, form: Form, *, powers: bool, width: float | None) -> str:
        """As the model sets it."""
        return self.model.typeset(form, powers=powers, width=width)

    def plotted(self, quantities: Sequence[Quantity], values: Mapping[str, object]) -> Any:
        """As the model draws it."""
        return self.model.plotted(quantities, values)
