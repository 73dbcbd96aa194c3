"""A model as one of several: its label, and its dimensions in terms that all of them share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING

from symcost.diagnostics import Source
from symcost.errors import BadValue, SymcostError, UnknownDimension, ViolatedAssumption
from symcost.formula import Assumptions, Form, Symbol, TooLarge, num, symbol
from symcost.formula.assumed import Fact
from symcost.graph.evaluate import size
from symcost.graph.names import names_read
from symcost.records import dataclass
from symcost.syntax.parse import parse_expression

if TYPE_CHECKING:
    from symcost.model import Model


@dataclass(frozen=True, slots=True)
class Subject:
    """A model, what a listing calls it, and what stands for some of its dimensions: `I = D`, `F = 4·D`."""

    model: Model
    label: str
    renamed: Mapping[str, Form] = field(default_factory=dict)
    assumed: Assumptions = field(default_factory=Assumptions)

    def form(self, name: str, convention: str = "default", kept: str = "") -> Form:
        """A quantity with all that is known put in, FLOPs under the convention; `kept` stays open for all that.

        Raises ViolatedAssumption where what stands for a dimension is none of the sizes for which a formula is told.
        """
        quantity = self.model.quantity(name, convention=convention)
        if self.renamed:
            self._demand_told(name, kept)
        return self.told(kept).simplify(quantity.ask(self.model).substitute(self.known(kept)))

    def _demand_told(self, name: str, kept: str) -> None:
        """What is put into a formula, and not into the model, has to be among the sizes for which that is told."""
        known = self.known(kept)
        for fact in self.model.holds(name):
            here = fact.substitute(known)
            if not any(form.free_symbols for form in here.forms) and not here.holds({}):
                spoken_of = {one for form in fact.forms for one in form.free_symbols}
                numbers = {one.name: int(known[one].number or 0) for one in spoken_of if one in known}
                raise ViolatedAssumption(fact, None, numbers)

    def known(self, kept: str) -> dict[Symbol, Form]:
        """What is put in for each dimension: an expression or a number."""
        numbers = {symbol(name): num(value) for name, value in self.model.values.items() if name != kept}
        return numbers | {symbol(name): form for name, form in self.renamed.items()}

    def told(self, kept: str) -> Assumptions:
        """What is assumed, with all that is known put in; `kept` stays open for all that."""
        return self.model.built.sizes.assumptions.substitute(self.known(kept)).with_(*self.assumed)

    @property
    def assumptions(self) -> Assumptions:
        """What was assumed of the dimensions, in the shared terms; a number is no more than a dimension here."""
        renamed = {symbol(name): form for name, form in self.renamed.items()}
        return self.model.built.sizes.assumptions.substitute(renamed).with_(*self.assumed)

    @property
    def facts(self) -> list[str]:
        """The assumptions that still speak of a dimension."""
        return [str(fact) for fact in self.told("") if any(form.free_symbols for form in fact.forms)]

    def holds(self, name: str) -> list[Fact]:
        """For which sizes the formula of a quantity holds, in the shared terms, as far as dimensions are open."""
        known = self.known("")
        facts = (fact.substitute(known) for fact in self.model.holds(name))
        return [fact for fact in facts if any(form.free_symbols for form in fact.forms)]

    @property
    def symbols(self) -> Iterator[tuple[str, str]]:
        """The dimensions that are still open, with what the file calls them."""
        for info in self.model.symbols:
            if info.name not in self.model.values and info.name not in self.renamed:
                yield info.name, info.words

    def knows(self, name: str) -> bool:
        """Whether a value for this name says something to it."""
        return name in self.model.ports or any(symbol(name) in form.free_symbols for form in self.renamed.values())

    def given(self, name: str, value: object) -> Subject:
        """With a number for a dimension, or with an expression over other dimensions.

        Raises BadValue and the other faults of `at`.
        """
        if self.is_expression(name, value):
            form, assumed = expression(name, str(value), self.model)
            return replace(self, renamed={**self.renamed, name: form}, assumed=self.assumed.with_(*assumed))
        renamed = self.renamed
        if isinstance(value, int) and value > 0:
            number = {symbol(name): num(value)}
            renamed = {n: form.substitute(number) for n, form in renamed.items()}
        model = self.model.at(**{name: value}) if name in self.model.ports else self.model
        return replace(self, model=model, renamed=renamed)

    def is_expression(self, name: str, value: object) -> bool:
        """Whether a value puts other dimensions in the place of one."""
        return isinstance(value, str) and any(info.name == name for info in self.model.symbols)


def expression(name: str, text: str, model: Model) -> tuple[Form, Assumptions]:
    """`4*D` as the size of a dimension, and what it takes to be one; its names are dimensions.

    Raises BadValue for what is no expression.
    """
    try:
        tree = parse_expression(Source("", text))
        names = {word.text: symbol(word.text) for word in names_read(tree)}
        return size(tree, model.unit, names)
    except (SymcostError, TooLarge, ZeroDivisionError):
        raise BadValue(name, text, model.ports[name].span) from None


def renamings(subjects: Iterable[Subject]) -> Iterator[str]:
    """`with I = D, H = D`, where something stands for dimensions of these models."""
    renamed = {name: form for subject in subjects for name, form in subject.renamed.items()}
    if renamed:
        yield "with " + ", ".join(f"{name} = {form}" for name, form in renamed.items())


def labelled(models: Iterable[tuple[str, Model]]) -> list[Subject]:
    """Each model under its name; with its file where several have the same."""
    pairs = list(models)
    names = [model.name for _, model in pairs]
    return [Subject(m, f"{m.name} ({file})" if names.count(m.name) > 1 else m.name) for file, m in pairs]


def with_values(subjects: Iterable[Subject], values: Mapping[str, object]) -> list[Subject]:
    """Each model with the numbers, or expressions over other dimensions, for the dimensions that it has.

    Raises UnknownDimension for a name that none of them has, BadValue and the other faults of Model.at.
    """
    given = list(subjects)
    # Expressions first: `I=D` makes a number for `D` one for `I`.
    for name, value in sorted(values.items(), key=lambda pair: not isinstance(pair[1], str)):
        if not any(subject.knows(name) for subject in given):
            raise unknown(name, given)
        given = [subject.given(name, value) if subject.knows(name) else subject for subject in given]
    return given


def unknown(name: str, subjects: Sequence[Subject]) -> UnknownDimension:
    """None of the models has a dimension of this name; a few of them are named."""
    known = {port: None for subject in subjects for port in subject.model.ports}
    return UnknownDimension(name, " or ".join(subject.label for subject in subjects[:3]), known)
