"""What a section of a paper is about: a model, those that it is compared with, and the sizes that have numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from symcost.errors import SymcostError, ViolatedAssumption
from symcost.export.subject import Subject, labelled, unknown, with_values
from symcost.formula import Form, Symbol, symbol
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.model import Model


@dataclass(frozen=True)
class Study:
    """`subjects` with open dimensions, `sized` the same with all numbers; the first is the own model.

    `dimension` is the one in which they are compared. `sizes` are the numbers of dimensions that mean the same to all;
    a dimension with another number in some model is in `apart`.
    """

    subjects: tuple[Subject, ...]
    sized: tuple[Subject, ...]
    dimension: str
    of: str
    convention: str
    sizes: Mapping[str, int]
    apart: frozenset[str]

    @property
    def own(self) -> Subject:
        """The model that the section is about."""
        return self.subjects[0]

    @property
    def at(self) -> Symbol:
        """The dimension as a symbol."""
        return symbol(self.dimension)

    @property
    def others(self) -> range:
        """The places of the models that it is compared with."""
        return range(1, len(self.subjects))

    @cached_property
    def quantities(self) -> tuple[str, ...]:
        """Those that are told: active parameters only where they are other than all, depth only where it is known."""
        names = ["params"]
        if any(one.form("active") != one.form("params") for one in self.subjects):
            names.append("active")
        names += [self.of, "depth"]
        return tuple(name for name in dict.fromkeys(names) if self._is_known(name))

    def _is_known(self, name: str) -> bool:
        if name != "depth" or name == self.of:
            return True
        try:
            self.forms(name)
        except SymcostError:
            return False
        return True

    def forms(self, quantity: str) -> list[Form]:
        """The formula of each model."""
        return [one.form(quantity, self.convention) for one in self.subjects]

    def numbers(self, quantity: str) -> list[Form]:
        """The same with all sizes put in."""
        return [one.form(quantity, self.convention) for one in self.sized]

    def points(self, number: int, values: Sequence[int]) -> Iterator[tuple[int, int]]:
        """What a model costs at these values of the dimension, where they keep what is assumed of it.

        Nothing where other dimensions are open.
        """
        form = self.sized[number].form(self.of, self.convention, kept=self.dimension)
        if any(name != self.at for name in form.free_symbols):
            return
        for value in values:
            if self._is_allowed(number, value):
                yield value, round(form.evaluate({self.at: value}))

    def _is_allowed(self, number: int, value: int) -> bool:
        try:
            self.sized[number].given(self.dimension, value)
        except ViolatedAssumption:
            return False
        return True


def study(
    models: Sequence[tuple[str, Model]], values: Mapping[str, object], dimension: str | None, of: str, convention: str
) -> Study:
    """A study of models that have the numbers of their configurations; `values` are for those that know the names.

    Raises UnknownDimension and the faults of `with_values`.
    """
    sized = with_values(labelled(models), values)
    shared, apart = _sizes(sized)
    sized = [_with_shared(one, shared) for one in sized]
    renamed = with_values(labelled(models), _words(values))
    subjects = tuple(map(_opened, renamed, sized))
    chosen = _dimension(subjects[0], of, convention) if dimension is None else dimension
    _check_known(chosen, subjects)
    return Study(subjects, tuple(sized), chosen, of, convention, shared, apart)


def _words(values: Mapping[str, object]) -> dict[str, object]:
    """Those that are texts: sizes over other dimensions, which stay in the formulas."""
    return {name: value for name, value in values.items() if isinstance(value, str)}


def _check_known(dimension: str, subjects: Sequence[Subject]) -> None:
    """Raises UnknownDimension for one that no model has."""
    if not any(_knows(one, dimension) for one in subjects):
        raise unknown(dimension, subjects)


def _sizes(subjects: Iterable[Subject]) -> tuple[Mapping[str, int], frozenset[str]]:
    """The numbers that mean the same to all, and the dimensions that have several."""
    shared: dict[str, int] = {}
    apart: set[str] = set()
    for name, numbers in _numbers_of(subjects).items():
        if len(numbers) > 1:
            apart.add(name)
        elif numbers:
            shared[name] = min(numbers)
    return shared, frozenset(apart)


def _numbers_of(subjects: Iterable[Subject]) -> dict[str, set[int]]:
    """Every number that a dimension has, in the order in which the models have them; none of those renamed."""
    found: dict[str, set[int]] = {}
    for one in subjects:
        for name, value in one.model.values.items():
            own = set() if name in one.renamed else {value}
            found.setdefault(name, set()).update(own)
    return found


def _with_shared(one: Subject, sizes: Mapping[str, int]) -> Subject:
    """What has a number in another model has it here, unless it has a size by default: a letter means one size."""
    open_here = {info.name for info in one.model.symbols} - one.model.values.keys() - one.renamed.keys()
    for name, value in sizes.items():
        if name in open_here or any(symbol(name) in form.free_symbols for form in one.renamed.values()):
            one = one.given(name, value)
    return one


def _opened(one: Subject, sized: Subject) -> Subject:
    """A model that has all numbers with open dimensions, but for those on which the graph itself depends."""
    full = sized.model
    return replace(one, model=full.opened(full.values))


def _knows(one: Subject, name: str) -> bool:
    return one.knows(name) or any(info.name == name for info in one.model.symbols)


def _dimension(own: Subject, of: str, convention: str) -> str:
    """`T` where the cost of the model depends on it; else the first dimension that it does depend on."""
    form = own.form(of, convention)
    occurring = [info.name for info in own.model.symbols if symbol(info.name) in form.free_symbols]
    return "T" if "T" in occurring or not occurring else occurring[0]
