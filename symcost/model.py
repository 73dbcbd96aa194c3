"""Model: one loaded architecture, and all one can ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from symcost import configs
from symcost.blocks import BlockCost, tree
from symcost.building import Built, with_dimensions, with_numbers
from symcost.diagnostics import Report, Span
from symcost.errors import NoPath, SymcostError, ViolatedAssumption
from symcost.formula import Assumptions, AtLeast, Divides, Form, Symbol, num, symbol
from symcost.graph.files import Defined, Unit
from symcost.graph.graph import Graph
from symcost.ops.sizes import Fact
from symcost.published.file import Published
from symcost.quantity import Counted, Quantity
from symcost.questions import Subject, question, window
from symcost.questions.counts import operations
from symcost.questions.depth import followed, longest_left
from symcost.questions.memory import kept, largest, peaks
from symcost.questions.training import gradients
from symcost.questions.window import path
from symcost.values import (
    Given,
    Port,
    SymbolInfo,
    bounded,
    check,
    checked,
    dimensions,
    evaluated,
    is_number,
    ports_of,
    resolved,
)

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Part
    from symcost.analysis.memory.activations import Kept
    from symcost.analysis.memory.largest import Candidate
    from symcost.analysis.window.path_length import Path as AxisPath
    from symcost.conventions import Convention
    from symcost.cost import Cost


Answer = TypeVar("Answer")


class Model:
    """One architecture. What depends on its dimensions is a Quantity; `at` puts numbers in."""

    def __init__(self, defined: Defined, unit: Unit, values: Given | None = None, built: Built | None = None) -> None:
        """`built` is its graph, where another model has it already."""
        self._defined = defined
        self.unit = unit
        self._given = dict(values or {})
        self._shared = built
        self.remarks: tuple[str, ...] = ()
        """What is in the published file that its numbers come from, and not in its counts."""

    # What it is -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """As the file calls it."""
        return self._defined.name

    @property
    def doc(self) -> str | None:
        """Its documentation."""
        return self._defined.definition.doc

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self._defined.definition.head

    @property
    def signature(self) -> str:
        """Its name, ports and results as the file has them, in one line."""
        words = self.span.text.split(None, 1)[1] if self.span.text.startswith(("module", "model")) else self.span.text
        return " ".join(words.split())

    @property
    def text(self) -> str:
        """Its `.arch` text."""
        return self._defined.definition.span.text

    @cached_property
    def ports(self) -> dict[str, Port]:
        """Every name that can have a value, in the order of the signature."""
        return ports_of(self._defined.definition)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the tensors that go in, in the order of the signature."""
        return tuple(port.name.text for port in self._defined.definition.ports if port.shape is not None)

    @cached_property
    def symbols(self) -> tuple[SymbolInfo, ...]:
        """Its dimensions, in the order of its signature."""
        return tuple(dimensions(self.ports.values(), self._given, self.unit.dims))

    @property
    def values(self) -> dict[str, int]:
        """The numbers that were put in."""
        return {name: value for name, value in self._given.items() if is_number(value)}

    @property
    def expressed(self) -> dict[str, str]:
        """The dimensions that were written over others, `I` as `H`, with the numbers there are."""
        return {name: str(self.shown(value)) for name, value in self._given.items() if isinstance(value, Form)}

    def __repr__(self) -> str:
        given = "".join(f", {name}={value}" for name, value in self._given.items())
        return f"<Model {self.name}({', '.join(s.name for s in self.symbols)}){given}>"

    # Building -------------------------------------------------------------------------------------

    @property
    def built(self) -> Built:
        """The graph, with open dimensions; where that cannot be decided, with the numbers there are.

        Raises SymcostError with every fault found in it.
        """
        if isinstance(self._outcome, SymcostError):
            raise self._outcome.with_traceback(None)
        return self._outcome

    @cached_property
    def _outcome(self) -> Built | SymcostError:
        """What building came to: what is refused is not built again when it is asked for again."""
        if self._shared is not None:
            return self._shared
        try:
            return with_dimensions(self._defined, self.ports, self._given)
        except SymcostError as fault:
            return fault

    @cached_property
    def _numeric(self) -> Built:
        """The graph with all numbers put in."""
        return with_numbers(self._defined, self._given)

    @property
    def graph(self) -> Graph:
        """The graph of the model.

        Raises SymcostError with every fault found in it.
        """
        return self.built.graph

    def network(self, *, flat: bool = False, plain: bool = False) -> Any:
        """The graph as a `networkx.MultiDiGraph`, made anew: nodes by readable names, an edge for each tensor read.

        A node has `role` (input, parameter, operation, block or output), `kind` (the name of the primitive; call,
        layer, scan, repeat or choose), `cost` (a Cost) and `params` (a Form), both with all rounds of a block, and
        `file` and `line`. A block has `count`, its rounds, and `graph`, the network of one round. An edge has the
        `shape` of its tensor and its `size` as forms, and `steps`: 1 where it leads to an operation that counts.

        `flat` opens calls: `Linear/contract`. `plain` writes words and whole numbers only, for GraphML and the like;
        what is inside a block stands beside it and has its name as `inside`.

        The longest chain is the depth, where there is no loop and every operation waits for all of its operands:

        >>> import networkx as nx, symcost
        >>> model = symcost.loads("model Two(x: [N], H) { return x -> Linear(H) -> tanh -> Linear(1) }").model()
        >>> network = model.network(flat=True)
        >>> [name for name in nx.dag_longest_path(network, weight="steps") if "/b" not in name]
        ['x', 'Linear/contract', 'Linear/+', 'tanh', 'Linear 2/contract', 'Linear 2/+']
        >>> nx.dag_longest_path_length(network, weight="steps") == model.depth
        True
        >>> print(network.edges["Linear/+", "tanh", 0]["size"], network.nodes["Linear/contract"]["cost"]["mac"])
        H N·H
        """
        from symcost.analysis.counts.operations import Operations
        from symcost.analysis.counts.parameters import Parameters
        from symcost.graph.network import Counts, network, plain as in_words  # networkx is slow to start

        counts = Counts(self.built.folds.made(Operations).of_node, self.built.folds.made(Parameters).of_node)
        built = network(self.graph, self.name, counts, flat=flat)
        return in_words(built) if plain else built

    @property
    def faults(self) -> tuple[SymcostError, ...]:
        """What is wrong with it; nothing where it has a graph."""
        try:
            _ = self.graph
        except SymcostError as fault:
            return fault.faults
        return ()

    @property
    def doubts(self) -> tuple[Report, ...]:
        """Notes on what its author may not have meant: an image with its channels in front, a width told twice.

        >>> import symcost
        >>> model = symcost.loads("model M(x: [3, 224, 224]) { return x -> Conv2d(64, 3) }").model()
        >>> [note.code for note in model.doubts]
        ['channels-last']
        """
        from symcost.analysis.doubts import doubts

        return tuple(doubts(self.graph, self.shown))

    @cached_property
    def assumptions(self) -> tuple[Fact, ...]:
        """What had to be assumed of the dimensions, by the file or on the way, in the order of the text."""
        return tuple(self.built.sizes.assumptions)

    # Numbers --------------------------------------------------------------------------------------

    def at(self, **values: object) -> Model:
        """The same model with numbers put in, also as texts (`"2^20"`), or with sizes over other dimensions (`"4*D"`).

        Raises UnknownDimension, BadValue, ViolatedAssumption.
        """
        given = resolved({**self._given, **checked(values, self.ports, self.name)}, self.ports)
        other = Model(self._defined, self.unit, given, self._same_graph(given, values))
        other.remarks = self.remarks
        try:
            other._keep_assumptions()
        except ViolatedAssumption:  # which no missing value can mend
            raise
        except SymcostError:
            # What cannot be built yet may still get its missing values.
            if other._shared is not None or other._has_all_values:
                raise
        return other

    def _same_graph(self, given: Given, changed: Iterable[str]) -> Built | None:
        """The graph, if it stays as it is with these values: it has no numbers in it, and reads none of them."""
        if not all(self.ports[name].stays_open(given[name]) for name in changed):
            return None
        if isinstance(self._outcome, SymcostError) or self._outcome.fixed:
            return None  # with more numbers it may come out otherwise
        return self._outcome

    @property
    def _has_all_values(self) -> bool:
        """Whether every name of the signature was given a value, also those with defaults."""
        return self.ports.keys() <= self._given.keys()

    def settled(self) -> Model:
        """The same model built with its numbers, if it has them all: the same figures, sooner."""
        if self._shared is not None or not self._has_all_values:
            return self
        other = Model(self._defined, self.unit, self._given, self._numeric)
        other.remarks = self.remarks
        return other

    def configured(self, name: str) -> Model:
        """The model with the numbers of a configuration of its file.

        Raises UnknownConfig, NumbersElsewhere and the faults of `at`.
        """
        return self.at(**configs.of_file(self.unit, name, self.name, self.ports))

    def configured_from(self, path: str | PathLike[str]) -> Model:
        """The model with the numbers of a published `config.json`, as the `config hf` of its file reads it.

        Raises NoMapping, NotJson, OtherType, OtherClass, OtherArchitecture, MissingKey, WrongKey, the faults of reading
        a file and of `at`.
        """
        return self.published(Published.open(Path(path)))

    def published(self, file: Published) -> Model:
        """The same, of a file that is open."""
        unit = self.unit if self.unit.mappings else self._defined.unit
        values, remarks = configs.of_published(unit, file, self.name, self.ports)
        model = self.at(**values)
        model.remarks = (*self.remarks, *remarks)
        return model

    def _keep_assumptions(self) -> None:
        """Raises ViolatedAssumption for the first assumption that the numbers do not keep."""
        if self._has_all_values and self._shared is None:
            with suppress(SymcostError):  # what it says of numbers is better said of the dimensions
                _ = self._numeric
                return
        with bounded(self.values):
            check(self.values, self.built.sizes)

    def number(self, form: Form) -> int | Fraction:
        """The exact value of a form over the dimensions.

        Raises MissingValue.
        """
        return evaluated(form, self.values, self.ports)

    # Questions ------------------------------------------------------------------------------------

    @cached_property
    def subject(self) -> Subject:
        """What questions are asked of."""
        return self._subject(self.built)

    def _subject(self, built: Built) -> Subject:
        closed = bool(self._given) and all(name in self._given or port.defaulted for name, port in self.ports.items())
        settle = (lambda: self._subject(self._numeric)) if closed and not built.fixed else None
        return Subject(built.graph, built.sizes.assumptions, built.folds, settle=settle)

    def subject_under(self, convention: str | Path | Convention) -> Subject:
        """What questions are asked of that weigh operations, under a convention."""
        return self.subject if convention == "default" else replace(self.subject, counted_by=convention)

    @cached_property
    def _numbers(self) -> dict[Symbol, Form]:
        return {symbol(name): num(value) for name, value in self.values.items()}

    @cached_property
    def facts(self) -> Assumptions:
        """What is known of the dimensions that are open: the assumptions with the numbers put in."""
        assumed = self.built.sizes.assumptions
        with bounded(self.values):
            return assumed.substitute(self._numbers) if self._numbers else assumed

    def shown(self, form: Form) -> Form:
        """A form over the dimensions with the numbers put in, as simple as the assumptions make it."""
        with bounded(self.values):
            return self.facts.simplify(form.substitute(self._numbers) if self._numbers else form)

    def asked(self, ask: Callable[[Model], Form]) -> Quantity:
        """The answer of this model to a question."""
        with bounded(self.values):
            form = ask(self)
        return Quantity(self.shown(form), self, ask)

    def quantity(
        self, name: str, span: Span | None = None, *, convention: str | Path | Convention = "default"
    ) -> Quantity:
        """A quantity by its name (see `questions`); what weighs operations does it under the convention.

        Raises UnknownQuantity, UnknownConvention and the faults of reading one, and what the question itself raises.
        """
        asked = question(name, span=span)
        if asked.kind == "sum":
            return self.asked(lambda model: asked.ask(model.subject_under(convention)))
        return self.asked(lambda model: model.with_numbers(asked.ask, convention))

    def with_numbers(self, ask: Callable[[Subject], Answer], convention: str | Path | Convention = "default") -> Answer:
        """What a question finds in the graph built with the numbers there are; where that fails, with open dimensions.

        A sum over one number adds nothing, and a window sees no more than its axis has: what is no sum over the lines
        has steps and cases that go as sizes become small, of which its formula knows nothing.
        """
        if self.values and not self.built.fixed:
            try:
                return ask(self._of_numbers(convention))
            except NoPath:
                raise  # which is an answer, too
            except SymcostError:
                pass
        return ask(self.subject_under(convention))

    def holds(self, name: str) -> tuple[Fact, ...]:
        """For which sizes the formula of a quantity holds, as far as its dimensions are open.

        With smaller numbers put in, the quantity is that of the graph built with them, and may be another.

        Raises UnknownQuantity.
        """
        asked = question(name)
        if asked.holds is None:
            return ()
        wanted = asked.holds
        with suppress(SymcostError):
            return self.with_numbers(lambda subject: tuple(dict.fromkeys(wanted(subject))))
        return ()

    def assumed_for(self, name: str) -> tuple[Fact, ...]:
        """What is assumed of the dimensions, and for which sizes the formula of a quantity holds."""
        more = (fact for fact in self.holds(name) if fact not in self.assumptions)
        return (*self.assumptions, *more)

    def path_holds(self, port: int = 0, axis: int = 0, result: int = 0) -> tuple[Fact, ...]:
        """For which sizes what `path` says holds."""
        facts: list[Fact] = []
        for wanted in (window.holds, window.divisors_hold):
            with suppress(SymcostError):  # what is not told needs no condition
                facts += self.with_numbers(partial(wanted, port=port, axis=axis, result=result))
        return tuple(facts)

    def _of_numbers(self, convention: str | Path | Convention = "default") -> Subject:
        """What questions are asked of, with the numbers there are in the graph."""
        subject = self._subject(self._numeric)
        return subject if convention == "default" else replace(subject, counted_by=convention)

    def explained(self, name: str, convention: str | Path | Convention = "default") -> Part:
        """Where a count comes from, line by line; FLOPs under the convention.

        Raises UnknownQuantity for what is no sum over the lines.
        """
        return question(name, "sum").explained(self.subject_under(convention))

    def longest_paths(self, name: str = "depth") -> tuple[tuple[Part, tuple[AtLeast | Divides, ...]], ...]:
        """The operations that make up a depth, line by line, over all rounds of the loops around them.

        Several paths, where open sizes decide which is the longest; each is there where the facts beside it hold.

        Raises UnknownQuantity for what is no depth, UnderivedDepth.
        """
        asked = question(name, "depth")

        def longest(subject: Subject) -> tuple[tuple[Part, tuple[AtLeast | Divides, ...]], ...]:
            paths = longest_left(asked, subject, self.values, self.shown)
            return tuple((followed(path, subject), path.where) for path in paths)

        exact = self.with_numbers(longest)

        # A formula shows where its number comes from; sizes so small that a part of it goes are told by numbers alone.
        with suppress(SymcostError):
            general = longest(self.subject)
            if self._totals(general) == self._totals(exact):
                return general
        return exact

    def _totals(self, paths: Sequence[tuple[Part, object]]) -> list[Form]:
        """How long each of several paths is, with the numbers put in."""
        return [self.shown(part.total) for part, _ in paths]

    @property
    def params(self) -> Quantity:
        """Learned numbers."""
        return self.quantity("params")

    @property
    def active(self) -> Quantity:
        """Learned numbers that take part in one example: under `choose`, those of the chosen."""
        return self.quantity("active")

    @property
    def trained(self) -> Quantity:
        """Learned numbers that are not frozen."""
        return self.quantity("trained")

    @property
    def macs(self) -> Quantity:
        """Multiply-accumulates."""
        return self.quantity("macs")

    @property
    def depth(self) -> Quantity:
        """The longest chain of operations that must follow one another."""
        return self.quantity("depth")

    def flops(self, convention: str | Path | Convention = "default") -> Quantity:
        """Floating-point operations under a convention, shipped (`default`, `mac`, `exact`, ...) or a TOML file.

        Raises UnknownConvention and the faults of reading one.
        """
        return self.quantity("flops", convention=convention)

    @property
    def cost(self) -> Cost:
        """All operations, symbolic."""
        return operations(self.subject)

    @property
    def operations(self) -> Counted:
        """Operations by class."""
        return Counted(lambda model: model.cost, self)

    @property
    def backward(self) -> Counted:
        """Operations of the backward pass by class: gradients for all trained parameters."""
        return self.gradients()

    def gradients(self, *, inputs: bool = False) -> Counted:
        """Operations of the backward pass by class; with `inputs` gradients for the inputs of the model too."""
        return Counted(lambda model: model.backward_cost(inputs=inputs), self)

    def backward_cost(self, *, inputs: bool = False) -> Cost:
        """All operations of the backward pass, symbolic."""
        return gradients(self.subject, inputs=inputs)

    @property
    def kept(self) -> Kept:
        """Numbers that the forward pass keeps for the backward pass, by kind."""
        return self.with_numbers(kept)

    def peaks_in(self, widths: Mapping[str, Form] | None = None) -> Sequence[Candidate]:
        """What may be the most that lives at once, and where: one, if it is decided which is the largest.

        With `widths` bytes, by kind as in `kept`; the numbers are put in.

        Raises UndecidedPeak.
        """
        with bounded(self.values):
            found = peaks(self.subject, widths)
        return largest((one.changed(self.shown) for one in found), self.built.sizes.assumptions)

    def path(self, port: int = 0, axis: int = 0, result: int = 0) -> AxisPath:
        """What a result sees of an axis of an input: window, receptive field, look-ahead, path length.

        Raises AxisOutOfRange, UnderivedWindow.
        """
        return self.with_numbers(lambda subject: path(subject, port, axis, result))

    def path_in_general(self, port: int = 0, axis: int = 0, result: int = 0) -> AxisPath:
        """The same with open dimensions.

        Raises AxisOutOfRange, UnderivedWindow.
        """
        return path(self.subject, port, axis, result)

    @property
    def tree(self) -> BlockCost:
        """The model as a tree of blocks with what each costs."""
        return tree(self.name, self.graph, self.span, self.built.folds)
