"""Instance: a definition with the values that were given to its names, and the graphs that are built of it.

Formulas are read off the graph with open dimensions, which is built once: an instance with more numbers shares it. With
all numbers put in a graph is built anew, as numbers decide what formulas cannot; who asks for numbers alone needs no
other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from fractions import Fraction
from typing import Any

from symcost.building import Built, with_dimensions, with_numbers
from symcost.errors import SymcostError, ViolatedAssumption
from symcost.formula import Assumptions, Form, Symbol, num, symbol
from symcost.formula.named import inlined, without_numbers
from symcost.graph.files import Defined
from symcost.once import once
from symcost.values import Given, Port, bounded, check, checked, evaluated, is_number, ports_of, resolved


class Instance:
    """A definition and what its names stand for; `at` puts more numbers in."""

    def __init__(
        self,
        defined: Defined,
        given: Given | None = None,
        built: Built | None = None,
        *,
        inline: bool = False,
        opened: Instance | None = None,
        general: bool = False,
    ) -> None:
        """`built` is its graph, where another instance has it already; `inline`: without names for sizes.

        `opened` is the same without some numbers, whose graph is that of this one, too, should it be asked for.
        `general`: it will be.
        """
        self._inline = inline
        self.defined = defined
        self.given: Given = dict(given or {})
        self._shared = built
        self._opened = opened
        self._general = general
        self._asked = general or built is not None
        self._was_filled = False

    def __reduce__(self) -> tuple[Any, ...]:
        """By its definition and values; a graph is built again where it is asked for."""
        return _again, (self.defined, self.given, self._shared is not None and self._shared.fixed, self._inline)

    @once
    def ports(self) -> dict[str, Port]:
        """Every name that can have a value, in the order of the signature."""
        return ports_of(self.defined.definition)

    @property
    def values(self) -> dict[str, int]:
        """The numbers that were put in."""
        return {name: value for name, value in self.given.items() if is_number(value)}

    @property
    def closed(self) -> bool:
        """Whether values were given, and all names have one that have no default."""
        return bool(self.given) and all(name in self.given or port.defaulted for name, port in self.ports.items())

    @property
    def _has_all_values(self) -> bool:
        """Whether every name of the signature was given a value, also those with defaults."""
        return self.ports.keys() <= self.given.keys()

    @once
    def open_names(self) -> frozenset[str]:
        """The names without a value whose numbers leave the graph as it is."""
        if self.built.fixed:
            return frozenset()
        return frozenset(name for name, port in self.ports.items() if port.stays_open(1) and name not in self.given)

    @property
    def prefers_numbers(self) -> bool:
        """Whether all names have a value, and nobody asked for the graph with open dimensions yet."""
        return self.closed and not self._asked

    def opened(self, names: Iterable[str]) -> Instance:
        """The same without the numbers that were put in for some names, if its graph does not depend on them."""
        named = {name for name in names if is_number(self.given.get(name)) and self.ports[name].stays_open(1)}
        if not named or self.built.fixed:
            return self
        left = {name: value for name, value in self.given.items() if name not in named}
        return Instance(self.defined, left, self.built, inline=self._inline)

    # Graphs ---------------------------------------------------------------------------------------

    @property
    def built(self) -> Built:
        """The graph, with open dimensions; where that cannot be decided, with the numbers there are.

        Raises SymcostError with every fault found in it.
        """
        if isinstance(self._outcome, SymcostError):
            raise self._outcome.with_traceback(None)
        return self._outcome

    @once
    def _outcome(self) -> Built | SymcostError:
        """What building came to: what is refused is not built again when it is asked for again."""
        self._asked = True
        if self._shared is not None:
            return self._shared
        if self._opened is not None and (built := self._opened.open_graph) is not None:
            return built
        try:
            return with_dimensions(self.defined, self.ports, self.given, inline=self._inline)
        except SymcostError as fault:
            return fault

    @once
    def numeric(self) -> Built:
        """The graph with all numbers put in.

        Raises SymcostError with every fault found in it.
        """
        return with_numbers(self.defined, self.given, inline=self._inline)

    # Numbers --------------------------------------------------------------------------------------

    def at(self, values: Mapping[str, object]) -> Instance:
        """The same with numbers put in, or with sizes over other dimensions.

        Raises UnknownDimension, BadValue, ViolatedAssumption.
        """
        given = resolved({**self.given, **checked(values, self.ports, self.defined.name)}, self.ports)
        other = self._with(given, values)
        try:
            other._keep_assumptions()
        except ViolatedAssumption:  # which no missing value can mend
            raise
        except SymcostError:
            # What cannot be built yet may still get its missing values.
            if other._shared is not None or other._has_all_values:
                raise
        return other

    def _with(self, given: Given, changed: Iterable[str]) -> Instance:
        """The same with these values, and with the graph of this one, if it is the same with them."""
        other = Instance(self.defined, given, inline=self._inline, general=self._general)
        if not all(self.ports[name].stays_open(given[name]) for name in changed):
            return other

        # Numbers need no graph with open dimensions. Who fills in a second set of them is better off with one for all.
        if other.closed and not self._asked and not self._was_filled:
            self._was_filled = True
            return Instance(self.defined, given, inline=self._inline, opened=self)
        return Instance(self.defined, given, self.open_graph, inline=self._inline, general=self._general)

    @property
    def open_graph(self) -> Built | None:
        """The graph, if more numbers leave it as it is: it was built, and without any."""
        if isinstance(self._outcome, SymcostError) or self._outcome.fixed:
            return None
        return self._outcome

    def _keep_assumptions(self) -> None:
        """Raises ViolatedAssumption for the first assumption that the numbers do not keep."""
        by_numbers = self._has_all_values or (self.closed and not self._general)
        if by_numbers and self._shared is None:
            with suppress(SymcostError):  # what it says of numbers is better said of the dimensions
                _ = self.numeric
                return
        with bounded(self.values):
            check(self.values, self.built.sizes)

    def settled(self) -> Instance:
        """The same built with its numbers, if it has them all: the same figures, sooner."""
        if self._shared is not None or not self.closed:
            return self
        try:
            numeric = self.numeric
        except SymcostError:
            if self._has_all_values:
                raise
            return self  # with other defaults it may be built yet
        return Instance(self.defined, self.given, numeric, inline=self._inline)

    def inlined(self) -> Instance:
        """The same without names for sizes: what they stand for is written out everywhere."""
        return self if self._inline else Instance(self.defined, self.given, inline=True, general=self._general)

    def in_general(self) -> Instance:
        """The same, whose graph with open dimensions is going to be asked for: numbers are put into that."""
        return Instance(self.defined, self.given, self._shared, inline=self._inline, general=True)

    def number(self, form: Form) -> int | Fraction:
        """The exact value of a form over the dimensions.

        Raises MissingValue.
        """
        return evaluated(form, self.values, self.ports)

    # Forms ----------------------------------------------------------------------------------------

    @once
    def _numbers(self) -> dict[Symbol, Form]:
        return {symbol(name): num(value) for name, value in self.values.items()}

    @once
    def facts(self) -> Assumptions:
        """What is known of the dimensions that are open: the assumptions with the numbers put in."""
        assumed = self.built.sizes.assumptions
        with bounded(self.values):
            return assumed.substitute(self._numbers) if self._numbers else assumed

    def shown(self, form: Form) -> Form:
        """A form over the dimensions with the numbers put in, as simple as the assumptions make it."""
        if not form.free_symbols:
            return inlined(form)
        if not self._numbers:
            return self.facts.simplify(form)
        with bounded(self.values):
            return self.facts.simplify(without_numbers(form.substitute(self._numbers)))


def _again(defined: Defined, given: Given, settled: bool, inline: bool) -> Instance:
    instance = Instance(defined, given, inline=inline)
    return instance.settled() if settled else instance
