"""Model: one loaded architecture, and all one can ask of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import Any, TypeGuard

from symcost.analysis.counts.by_line import Explanation, Learned, Measure, Operated, Part, Waited, Weighed
from symcost.analysis.counts.flops import Flops
from symcost.analysis.counts.operations import Operations
from symcost.analysis.counts.parameters import Parameters
from symcost.analysis.depth.depth import Depth
from symcost.analysis.depth.measures import Made, OperationSteps, ProductSteps, ScalarSteps
from symcost.analysis.fold import rounds
from symcost.analysis.memory.activations import Activations, Kept
from symcost.analysis.memory.memory import Fused, State
from symcost.analysis.memory.peak import Peak
from symcost.analysis.memory.traffic import Traffic
from symcost.analysis.training.backward import Backward
from symcost.analysis.window.path_length import Path as AxisPath
from symcost.conventions import Convention, load as load_convention
from symcost.cost import CLASSES, INSIDE, Cost, total
from symcost.diagnostics import Label, Span
from symcost.errors import (
    BadValue,
    DivisionByZero,
    MissingValue,
    NoMapping,
    SymcostError,
    UnderivedWindow,
    UnknownDimension,
    UnknownQuantity,
    ValueTooLarge,
    ViolatedAssumption,
    WrongKind,
    gathered,
)
from symcost.formula import AtLeast, Divides, Form, Symbol, TooLarge, Unset, num, symbol
from symcost.graph.build import Builder
from symcost.graph.files import Unit
from symcost.graph.graph import Block, Graph
from symcost.graph.published import Published
from symcost.graph.unify import names_of
from symcost.graph.values import Defined, Frame, Value, described
from symcost.ops.sizes import Fact, Sizes
from symcost.syntax import ast


@dataclass(frozen=True, slots=True)
class SymbolInfo:
    """A dimension of a model: its name, what it means, how it is set in LaTeX, and where it is declared."""

    name: str
    words: str
    latex: str | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Built:
    """The graph of a model and what is known of its sizes; `fixed` where the numbers had to be put in to build it."""

    graph: Graph
    frame: Frame
    sizes: Sizes
    fixed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """Something counted, as a formula over the dimensions of its model.

    `str` is the author's form, `.expr` the SymPy expression, `.form` the expression tree; a call puts numbers in and
    returns an exact number. `==` compares with another quantity, a form or a number, for all values.
    """

    form: Form
    model: Model
    ask: Callable[[Model], Form]
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

    def __init__(self, ask: Callable[[Model], Cost], model: Model) -> None:
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


class Model:
    """One architecture. What depends on its dimensions is a Quantity; `at` puts numbers in."""

    def __init__(self, defined: Defined, unit: Unit, values: Mapping[str, Any] | None = None) -> None:
        self._defined = defined
        self.unit = unit
        self._given = dict(values or {})

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
    def ports(self) -> dict[str, tuple[Span, ast.Port]]:
        """Every name that can have a value: where it is declared, and by which port."""
        return _signature(self._defined.definition)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the tensors that go in, in the order of the signature."""
        return tuple(port.name.text for port in self._defined.definition.ports if port.shape is not None)

    @cached_property
    def symbols(self) -> tuple[SymbolInfo, ...]:
        """Its dimensions, in the order of its signature."""
        dims = self.unit.dims
        found = []
        for name, (span, port) in self.ports.items():
            if port.shape is None and port.default is not None and not isinstance(self._given.get(name), int):
                continue
            if isinstance(self._given.get(name), bool | str):
                continue
            dim = dims.get(name)
            found.append(SymbolInfo(name, dim.words if dim else "", dim.latex if dim else None, span))
        return tuple(found)

    @property
    def values(self) -> dict[str, int]:
        """The numbers that were put in."""
        return {name: value for name, value in self._given.items() if _is_number(value)}

    def __repr__(self) -> str:
        given = "".join(f", {name}={value}" for name, value in self._given.items())
        return f"<Model {self.name}({', '.join(s.name for s in self.symbols)}){given}>"

    # Building -------------------------------------------------------------------------------------

    @cached_property
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
        chosen = {name: value for name, value in self._given.items() if not self._open(name)}
        try:
            return self._build(chosen, fixed=False)
        except SymcostError as fault:
            undecided = {"undecided-size", "undecided-condition", "cannot-reshape", "carried-shape"}
            if chosen == self._given or undecided.isdisjoint(f.report.code for f in fault.faults):
                return fault
        try:
            return self._build(self._given, fixed=True)
        except SymcostError as fault:
            return fault

    def _build(self, values: Mapping[str, Any], fixed: bool) -> Built:
        builder = Builder()
        known: dict[str, Value] = {n: v if isinstance(v, bool | str) else num(v) for n, v in values.items()}
        graph, frame = builder.model(self._defined, known)
        return Built(graph, frame, builder.sizes, fixed)

    def _open(self, name: str) -> bool:
        """Whether a name stays a symbol in the graph: a dimension without a default."""
        _, port = self.ports[name]
        return _is_number(self._given[name]) and not (port.shape is None and port.default is not None)

    @property
    def graph(self) -> Graph:
        """The graph of the model.

        Raises SymcostError with every fault found in it.
        """
        return self.built.graph

    @property
    def faults(self) -> tuple[SymcostError, ...]:
        """What is wrong with it; nothing where it has a graph."""
        try:
            _ = self.graph
        except SymcostError as fault:
            return fault.faults
        return ()

    @cached_property
    def assumptions(self) -> tuple[Fact, ...]:
        """What had to be assumed of the dimensions, by the file or on the way, in the order of the text."""
        return tuple(self.built.sizes.assumptions)

    # Numbers --------------------------------------------------------------------------------------

    def at(self, **values: object) -> Model:
        """The same model with numbers put in.

        Raises UnknownDimension, BadValue, ViolatedAssumption.
        """
        given = dict(self._given)
        for name, value in values.items():
            if name not in self.ports:
                raise UnknownDimension(name, self.name, self.ports)
            given[name] = self._checked(name, value)
        other = Model(self._defined, self.unit, given)
        try:
            if all(map(other._open, values)) and not self.built.fixed:
                other.__dict__ |= {"built": self.built, "folds": self.folds}  # it is the same graph
            other._keeps_assumptions()
        except SymcostError:
            if "built" in other.__dict__ or set(self.ports) <= set(given):
                raise
            # What cannot be built yet may still get its missing values.
        return other

    def settled(self) -> Model:
        """The same model built with its numbers, if it has them all: the same figures, sooner."""
        if set(self.ports) <= set(self._given) and "built" not in self.__dict__:
            self.__dict__["built"] = self._numeric
        return self

    @cached_property
    def _numeric(self) -> Built:
        """The graph with all numbers put in: nothing is left to prove."""
        return self._build(self._given, fixed=True)

    def configured(self, name: str) -> Model:
        """The model with the numbers of a configuration of its file, which speaks to all the models there.

        Raises UnknownConfig, NumbersElsewhere and the faults of `at`.
        """
        config, others = self.unit.config(name), set[str]()
        for model in self.unit.definitions.values():
            others |= _signature(model.definition).keys()
        mine = [entry for entry in config.entries if entry.name.text in self.ports or entry.name.text not in others]
        return self._with(mine, lambda entry: Builder().evaluate(entry.value, Frame(self.unit, Graph())))

    def configured_from(self, path: str | PathLike[str]) -> Model:
        """The model with the numbers of a published `config.json`, as the `config hf` of its file reads it.

        Raises NoMapping, NotJson, MissingKey, WrongKey, OtherArchitecture, the faults of reading a file and of `at`.
        """
        mapping = self.unit.mapping
        if mapping is None:
            raise NoMapping(self.unit.tree.source.name)
        published = Published.open(Path(path))
        for assumed in mapping.assumptions:
            published.check(assumed, self.unit)
        return self._with(mapping.entries, lambda entry: published.value(entry.value, self.unit), published.places)

    def _with(
        self, entries: Iterable[ast.Keyword], read: Callable[[ast.Keyword], Value],
        places: Callable[[ast.Expr], Sequence[Label]] | None = None,
    ) -> Model:  # fmt: skip
        """The model with the value of each entry; `places` tells where it was read, if that is another file.

        Raises what is wrong with any of them.
        """
        values: dict[str, object] = {}
        faults: list[SymcostError] = []
        for entry in entries:
            try:
                if entry.name.text not in self.ports:
                    raise UnknownDimension(entry.name.text, self.name, self.ports, entry.name.span)
                values[entry.name.text] = self._plain(entry, read(entry), strict=places is not None)
            except TooLarge as big:
                faults.append(ValueTooLarge(str(big), entry.value.span))
            except BadValue as fault:
                faults.append(fault.read_from(places(entry.value)) if places else fault)
            except SymcostError as fault:
                faults.append(fault)
        if faults:
            raise gathered(faults)
        return self.at(**values)

    def _plain(self, entry: ast.Keyword, value: Value, strict: bool = False) -> object:
        """The value of an entry as Python has it; with `strict` words only where the signature has words.

        Raises WrongKind, BadValue.
        """
        name, given = entry.name.text, entry.value.span
        if not isinstance(value, Form | bool | str):
            raise WrongKind("a number, a text, `true` or `false`", described(value), given)
        if isinstance(value, Form):
            return self._checked(name, value.source() if value.number is None else value.number, given)
        span, port = self.ports[name]
        if strict and not isinstance(port.default, ast.Bool | ast.String):
            raise BadValue(name, f'"{value}"' if isinstance(value, str) else value, span, given)
        return self._checked(name, value, given)

    def _checked(self, name: str, value: object, given: Span | None = None) -> object:
        """A value that suits its port: a positive integer, or what a static may be besides. Raises BadValue."""
        span, port = self.ports[name]
        static = port.shape is None
        if static and isinstance(value, bool | str):
            return value
        if isinstance(value, float):
            value = Fraction(value) if isfinite(value) else str(value)
        if isinstance(value, Fraction) and value.denominator == 1:
            value = int(value)
        if isinstance(value, Fraction) and static and isinstance(port.default, ast.Number):
            return value
        if not _is_number(value) or value < 1 or value.bit_length() > LARGEST_SIZE:
            raise BadValue(name, value, span, given)
        return value

    def _keeps_assumptions(self) -> None:
        """Raises ViolatedAssumption for the first assumption that the numbers do not keep."""
        if set(self.ports) <= set(self._given) and "built" not in self.__dict__:
            with suppress(SymcostError):  # what it says of numbers is better said of the dimensions
                _ = self._numeric
                return
        try:
            for fact in self.assumptions:
                if not _holds(fact, self.values):
                    raise ViolatedAssumption(str(fact), self.built.sizes.origin.get(fact), _relevant(fact, self.values))
        except TooLarge as big:
            raise ValueTooLarge(str(big)) from None
        except ZeroDivisionError:
            raise DivisionByZero(None, self.values) from None

    def number(self, form: Form) -> int | Fraction:
        """The exact value of a form over the dimensions.

        Raises MissingValue.
        """
        try:
            with self._bounded():
                value = form.evaluate(self.values)
        except Unset as unset:
            span, _ = self.ports.get(unset.symbol.name, (None, None))
            raise MissingValue(unset.symbol.name, span, self.values) from None
        return value if isinstance(value, int) or value.denominator != 1 else int(value)

    # Questions ------------------------------------------------------------------------------------

    def shown(self, form: Form) -> Form:
        """A form over the dimensions with the numbers put in, as simple as the assumptions make it."""
        known = {symbol(name): num(value) for name, value in self.values.items()}
        with self._bounded():
            return self.built.sizes.assumptions.simplify(form.substitute(known) if known else form)

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """What algebra cannot do as a fault: numbers that are too long, and division by 0."""
        try:
            yield
        except TooLarge as big:
            raise ValueTooLarge(str(big)) from None
        except ZeroDivisionError:
            raise DivisionByZero(None, self.values) from None

    def asked(self, ask: Callable[[Model], Form]) -> Quantity:
        """The answer of this model to a question."""
        with self._bounded():
            form = ask(self)
        return Quantity(self.shown(form), self, ask)

    @cached_property
    def folds(self) -> Folds:
        return Folds(Parameters(), Parameters(active=True), Parameters(trained=True), Operations())

    @property
    def params(self) -> Quantity:
        """Learned numbers."""
        return self.asked(QUANTITIES["params"])

    @property
    def active(self) -> Quantity:
        """Learned numbers that take part in one example: under `choose`, those of the chosen."""
        return self.asked(QUANTITIES["active"])

    @property
    def cost(self) -> Cost:
        """All operations, symbolic."""
        return self.folds.operations.of(self.graph)

    @property
    def operations(self) -> Counted:
        """Operations by class."""
        return Counted(lambda model: model.cost, self)

    @property
    def trained(self) -> Quantity:
        """Learned numbers that are not frozen."""
        return self.asked(QUANTITIES["trained"])

    @property
    def backward(self) -> Counted:
        """Operations of the backward pass by class: gradients for all trained parameters."""
        return self.gradients()

    def gradients(self, *, inputs: bool = False) -> Counted:
        """Operations of the backward pass by class; with `inputs` gradients for the inputs of the model too."""
        return Counted(lambda model: model.backward_cost(inputs=inputs), self)

    def backward_cost(self, *, inputs: bool = False) -> Cost:
        """All operations of the backward pass, symbolic."""
        known, operations = self.folds.backward, self.folds.operations
        if inputs not in known:
            known[inputs] = Backward(self.built.sizes.assumptions, operations, inputs=inputs).of(self.graph)
        return known[inputs]

    @property
    def kept(self) -> Kept:
        """Numbers that the forward pass keeps for the backward pass, by kind."""
        assumptions = self.built.sizes.assumptions
        return Activations(assumptions, Backward(assumptions, self.folds.operations)).of(self.graph)

    def peak_in(self, widths: Mapping[str, Form] | None = None) -> Form:
        """The most numbers that live at once when the model is used; with `widths` bytes, by kind as in `kept`.

        Raises UndecidedPeak.
        """
        built = self._numeric if self.values and set(self.ports) <= set(self._given) else self.built
        return Peak(built.sizes.assumptions, widths).of(built.graph)

    @property
    def macs(self) -> Quantity:
        """Multiply-accumulates."""
        return self.asked(QUANTITIES["macs"])

    @property
    def depth(self) -> Quantity:
        """The longest chain of operations that must follow one another."""
        return self.asked(QUANTITIES["depth"])

    def path(self, port: int = 0, axis: int = 0, result: int = 0) -> AxisPath:
        """What a result sees of an axis of an input: window, receptive field, look-ahead, path length.

        Raises AxisOutOfRange, UnderivedWindow.
        """
        known, key = self.folds.paths, (port, axis, result)
        if key not in known:
            open_ = self.built.fixed or any(
                n not in self._given and p.default is None for n, (_, p) in self.ports.items()
            )

            def settled() -> AxisPath:
                return AxisPath(self._numeric.graph, self._numeric.sizes.assumptions, *key)

            try:
                known[key] = AxisPath(
                    self.graph, self.built.sizes.assumptions, *key, instead=None if open_ else settled
                )
            except UnderivedWindow:
                if open_:
                    raise
                return settled()
        return known[key]

    def flops(self, convention: str = "default") -> Quantity:
        """Floating-point operations under a convention, shipped (`default`, `mac`, `exact`, ...) or a TOML file.

        Raises UnknownConvention and the faults of reading one.
        """
        weights = load_convention(convention)
        return self.asked(lambda model: model.folds.flops(weights).of(model.graph))

    def quantity(self, name: str, span: Span | None = None) -> Quantity:
        """A quantity by its name.

        Raises UnknownQuantity.
        """
        if name not in QUANTITIES:
            raise UnknownQuantity(name, tuple(QUANTITIES), span)
        return self.asked(QUANTITIES[name])

    def explained(self, name: str, convention: str = "default") -> Part:
        """Where a count comes from, line by line; FLOPs under the convention.

        Raises UnknownQuantity for what is no sum over the lines.
        """
        if name not in SUMS:
            raise UnknownQuantity(name, SUMS)
        measure: Measure
        match name:
            case "params" | "active":
                measure = Learned(self.folds.active if name == "active" else self.folds.parameters)
            case "flops":
                measure = Weighed(self.folds.flops(load_convention(convention)))
            case _:
                measure = Operated(lambda cost: cost[name])
        return Explanation(measure).of(self.graph)

    def longest_paths(self, name: str = "depth") -> tuple[tuple[Part, tuple[AtLeast | Divides, ...]], ...]:
        """The operations that make up a depth, line by line, over all rounds of the loops around them.

        Several paths, where open sizes decide which is the longest; each is there where the facts beside it hold.

        Raises UnknownQuantity for what is no depth, UnderivedDepth.
        """
        if name not in DEPTHS:
            raise UnknownQuantity(name, tuple(DEPTHS))
        found = Depth(self.built.sizes.assumptions, DEPTHS[name]).paths(self.graph)
        there = [path for path in found if all(_holds(fact, self.values) for fact in path.where)] or found
        lengths = {path: length for path in there if (length := self.shown(path.steps).number) is not None}
        chosen = [max(there, key=lengths.__getitem__)] if len(lengths) == len(there) else there
        return tuple((Explanation(Waited(path.waits)).of(self.graph), path.where) for path in chosen)

    @property
    def tree(self) -> BlockCost:
        """The model as a tree of blocks with what each costs."""
        return BlockCost(self.name, self.graph, self.span, self.folds)


def _class(name: str) -> Callable[[Model], Form]:
    return lambda model: model.cost[name]


def _depth(measure: Made) -> Callable[[Model], Form]:
    return lambda model: Depth(model.built.sizes.assumptions, measure).of(model.graph)


DEPTHS: Mapping[str, Made] = {"depth": OperationSteps, "steps": ProductSteps, "scalar_depth": ScalarSteps}
"""The quantities that are the length of a longest path, and what counts as a step on it."""

QUANTITIES: Mapping[str, Callable[[Model], Form]] = {
    "params": lambda model: model.folds.parameters.of(model.graph),
    "active": lambda model: model.folds.active.of(model.graph),
    "macs": lambda model: model.cost["mac"],
    "flops": lambda model: load_convention("default").flops(model.cost),
    **{name: _class(name) for name in (*CLASSES, *INSIDE)},
    "trained": lambda model: model.folds.trained.of(model.graph),
    "backward": lambda model: model.backward_cost()["mac"],
    "training": lambda model: total([model.cost, model.backward_cost()])["mac"],
    "training_flops": lambda model: load_convention("default").flops(total([model.cost, model.backward_cost()])),
    "receptive_field": lambda model: model.path().receptive_field,
    "look_ahead": lambda model: model.path().look_ahead,
    "path_length": lambda model: model.path().length_of_path,
    **{name: _depth(measure) for name, measure in DEPTHS.items()},
    "activations": lambda model: model.kept["numbers"],
    "masks": lambda model: model.kept["masks"],
    "peak": lambda model: model.peak_in(),
    "state": lambda model: State().of(model.graph),
    "traffic": lambda model: Traffic(model.graph).numbers,
    "fused": lambda model: Fused().of(model.graph),
}
"""What can be asked of a model by name, here, in `expect` blocks and with `--of`."""

SUMS = ("params", "active", "macs", "flops", *CLASSES, *INSIDE)
"""The quantities to which every line of the text adds its share."""


@dataclass(frozen=True, slots=True)
class Folds:
    """The folds over a graph; each remembers the graphs it has seen."""

    parameters: Parameters
    active: Parameters
    trained: Parameters
    operations: Operations
    conventions: dict[str, Flops] = field(default_factory=dict)
    backward: dict[bool, Cost] = field(default_factory=dict)
    paths: dict[tuple[int, int, int], AxisPath] = field(default_factory=dict)

    def flops(self, convention: Convention) -> Flops:
        """The fold that counts FLOPs under a convention."""
        return self.conventions.setdefault(convention.name, Flops(convention))


@dataclass(frozen=True, slots=True, eq=False)
class BlockCost:
    """A block in its place: what it costs with everything inside, all repetitions around it included."""

    name: str
    node: Graph | Block
    span: Span
    folds: Folds
    around: tuple[Block, ...] = ()

    @property
    def kind(self) -> str:
        """`model`, `call`, `layer`, `scan`, `repeat` or `choose`."""
        return self.node.kind if isinstance(self.node, Block) else "model"

    @property
    def label(self) -> str:
        """What a listing calls it: the name of a definition, or the first words of a loop."""
        return f"layer {self.name}" if self.kind == "layer" else self.name

    @property
    def params(self) -> Form:
        """Its parameters."""
        return self._parameters(self.folds.parameters)

    @property
    def active(self) -> Form:
        """Its parameters that take part under `choose`."""
        return self._parameters(self.folds.active)

    def _parameters(self, fold: Parameters) -> Form:
        if any(block.kind == "call" and not block.owns for block in self.around):
            return num(0)
        form = fold.of_node(self.node) if isinstance(self.node, Block) else fold.of(self.node)
        for block in reversed(self.around):
            form = fold.around(block, form)
        return form

    @property
    def cost(self) -> Cost:
        """Its operations."""
        if any(block.kind == "layer" for block in self.around):
            return Cost({}, {})
        fold = self.folds.operations
        cost = fold.of_node(self.node) if isinstance(self.node, Block) else fold.of(self.node)
        for block in reversed(self.around):
            cost = cost.each(lambda form, block=block: rounds(block, form))  # type: ignore[misc]
        return cost

    def flops(self, convention: Convention) -> Form:
        """Its FLOPs; 0 where a layer around it is counted as a whole.

        Raises LayerNotCounted.
        """
        if not convention.layers:
            return convention.flops(self.cost)  # MACs first
        fold = self.folds.flops(convention)
        if any(block.kind == "layer" or fold.rule(block) for block in self.around):
            return num(0)
        form = fold.of_node(self.node) if isinstance(self.node, Block) else fold.of(self.node)
        for block in reversed(self.around):
            form = rounds(block, form)
        return form

    @property
    def children(self) -> tuple[BlockCost, ...]:
        """The blocks directly inside."""
        if not isinstance(self.node, Block):
            graph, around = self.node, self.around
        elif self.node.kind == "layer":
            return ()
        else:
            graph, around = self.node.graph, (*self.around, self.node)
        return tuple(
            BlockCost(node.name, node, node.span, self.folds, around) for node in graph if isinstance(node, Block)
        )


def _signature(definition: ast.Definition) -> dict[str, tuple[Span, ast.Port]]:
    """Every name of a signature that can have a value: where it is declared, and by which port."""
    found: dict[str, tuple[Span, ast.Port]] = {}
    for port in definition.ports:
        for name in names_of(port.shape) if port.shape is not None else [port.name]:
            found.setdefault(name.text, (name.span, port))
    return found


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


LARGEST_SIZE = 1000
"""Bits of a size; a longer number is refused."""

MOST_CASES = 10_000
"""Rounds of a loop for which an assumption about its counter is checked one by one; of longer ones both ends."""


def _holds(fact: Fact, values: Mapping[str, int], bound: Mapping[Symbol, int] | None = None) -> bool:
    """Whether numbers keep an assumption, for every round of the loops that it speaks of; true while some are open."""
    at: dict[Any, int] = {**values, **(bound or {})}
    free = [s for form in fact.forms for s in form.free_symbols if s not in at and s.name not in values]
    counters = [s for s in free if s.uid]
    if any(not s.uid for s in free):
        return True
    if not counters:
        return fact.holds(at)
    counter = counters[0]
    try:
        low, high = (
            int(counter.low.evaluate(at)),
            int(counter.high.evaluate(at)) if counter.high is not None else 0,
        )
    except Unset:
        return True
    many = high - low > MOST_CASES
    rounds_ = (low, high - 1) if many else range(low, high)
    return all(_holds(fact, values, {**(bound or {}), counter: value}) for value in rounds_)


def _relevant(fact: Fact, values: Mapping[str, int]) -> dict[str, int]:
    symbols = {s for form in fact.forms for s in form.free_symbols}
    bounds = [bound for s in symbols if s.uid for bound in (s.low, s.high) if bound is not None]
    names = {s.name for s in symbols} | {s.name for bound in bounds for s in bound.free_symbols}
    return {name: value for name, value in values.items() if name in names}
