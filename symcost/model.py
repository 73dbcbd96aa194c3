"""Model: one loaded architecture, and all one can ask of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any

from symcost.analysis.depth import Depth
from symcost.analysis.fold import rounds
from symcost.analysis.operations import Operations
from symcost.analysis.parameters import Parameters
from symcost.conventions import load as load_convention
from symcost.cost import CLASSES, INSIDE, Cost
from symcost.diagnostics import Span
from symcost.errors import (
    BadValue,
    MissingValue,
    NoModel,
    SeveralModels,
    SymcostError,
    UnknownConfig,
    UnknownDimension,
    UnknownModel,
    UnknownQuantity,
    ValueTooLarge,
    ViolatedAssumption,
    WrongOrder,
)
from symcost.formula import Form, Symbol, TooLarge, Unset, growth, num, order_of, symbol
from symcost.graph.build import Builder
from symcost.graph.files import Unit, decode, library_definition, library_names, open_file, open_source
from symcost.graph.graph import Block, Graph
from symcost.graph.unify import names_of
from symcost.graph.values import Defined, Frame, Value
from symcost.ops.sizes import Fact
from symcost.syntax import ast

QUANTITIES = ("params", "active", "macs", "flops", *CLASSES, *INSIDE, "depth")
"""What can be asked of a model by name."""


def load(path: str | PathLike[str]) -> Document:
    """An architecture file and all it uses.

    Raises SymcostError with every fault found in it.
    """
    return Document(open_file(Path(path)))


def loads(text: str | bytes, name: str = "<text>") -> Document:
    """An architecture from a text; `name` is what reports call it.

    >>> loads("model Affine(x: [N], M) { return Linear(x, M) }").model().params
    N·M + M

    Raises SymcostError with every fault found in it.
    """
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return Document(open_source(decode(data, name)))


def library() -> dict[str, Model]:
    """Every layer of the library by name, as a model over the names of its own signature."""
    layers = {}
    for name in library_names():
        defined = library_definition(name)
        assert defined is not None
        layers[name] = Model(defined, defined.unit)
    return layers


@dataclass(frozen=True, slots=True)
class SymbolInfo:
    """A dimension of a model: its name, what it means, how it is set in LaTeX, and where it is declared."""

    name: str
    words: str
    latex: str | None
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """Something counted, as a formula over the dimensions of its model.

    `str` is the author's form, `.expr` the SymPy expression, `.form` the expression tree; a call puts numbers in and
    returns an exact number. `==` compares with another quantity, a form or a number, for all values.
    """

    form: Form
    model: Model

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
        model = self.model.at(**values) if values else self.model
        form = self.form if model.graph is self.model.graph else None
        if form is None:
            raise BadValue(", ".join(values), "a value that keeps the architecture as it is", None)
        return model.number(form)


class Counted(Mapping[str, Quantity]):
    """Operations by class; every class can be asked for, those that count something are listed."""

    def __init__(self, cost: Cost, model: Model) -> None:
        self._cost = cost
        self._model = model

    def __getitem__(self, name: str) -> Quantity:
        if name not in (*CLASSES, *INSIDE):
            raise UnknownQuantity(name, (*CLASSES, *INSIDE))
        return self._model.counted(self._cost[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._cost.counts)

    def __len__(self) -> int:
        return len(self._cost.counts)

    def __repr__(self) -> str:
        return f"{{{', '.join(f'{name}: {self[name]}' for name in self)}}}"


class Model:
    """One architecture. What depends on its dimensions is a Quantity; `at` puts numbers in."""

    def __init__(self, defined: Defined, unit: Unit, values: Mapping[str, Any] | None = None) -> None:
        self._defined = defined
        self._unit = unit
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
        words = (
            self.span.text.split(None, 1)[1]
            if self.span.text.startswith(("module", "model"))
            else self.span.text
        )
        return " ".join(words.split())

    @property
    def text(self) -> str:
        """Its `.arch` text."""
        return self._defined.definition.span.text

    @cached_property
    def _ports(self) -> dict[str, tuple[Span, ast.Port]]:
        """Every name of the signature that can have a value: where it is declared, and by which port."""
        return _signature(self._defined.definition)

    @cached_property
    def symbols(self) -> tuple[SymbolInfo, ...]:
        """Its dimensions, in the order of its signature."""
        dims = self._unit.dims
        found = []
        for name, (span, port) in self._ports.items():
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
    def _built(self) -> tuple[Graph, Frame, Builder, bool]:
        """The graph; first with open dimensions, and where that cannot be decided, with the numbers there are."""
        fixed = {name: value for name, value in self._given.items() if not self._open(name)}
        builder = Builder()
        try:
            return (*builder.model(self._defined, _as_values(fixed)), builder, False)
        except SymcostError as fault:
            undecided = {"undecided-size", "undecided-condition", "cannot-reshape", "carried-shape"}
            if len(fixed) == len(self._given) or undecided.isdisjoint(f.report.code for f in fault.faults):
                raise
        builder = Builder()
        return (*builder.model(self._defined, _as_values(self._given)), builder, True)

    def _open(self, name: str) -> bool:
        """Whether a name stays a symbol in the graph: a dimension without a default."""
        _, port = self._ports[name]
        return _is_number(self._given[name]) and not (port.shape is None and port.default is not None)

    @property
    def graph(self) -> Graph:
        """The graph of the model.

        Raises SymcostError with every fault found in it.
        """
        return self._built[0]

    @cached_property
    def assumptions(self) -> tuple[Fact, ...]:
        """What had to be assumed of the dimensions, by the file or on the way, in the order of the text."""
        return tuple(self._built[2].sizes.assumptions)

    # Numbers --------------------------------------------------------------------------------------

    def at(self, **values: object) -> Model:
        """The same model with numbers put in.

        Raises UnknownDimension, BadValue, ViolatedAssumption.
        """
        for name, value in values.items():
            if name not in self._ports:
                raise UnknownDimension(name, self.name, self._ports)
            self._check(name, value)
        other = Model(self._defined, self._unit, {**self._given, **values})
        same = all(other._open(name) for name in values) and not (
            "_built" in self.__dict__ and self._built[3]
        )
        if same and "_built" in self.__dict__:
            other.__dict__["_built"] = self._built
            other.__dict__["_folds"] = self._folds
        other._keeps_assumptions()
        return other

    def configured(self, name: str) -> Model:
        """The model with the numbers of a configuration of its file.

        Raises UnknownConfig and the faults of `at`.
        """
        config = self._unit.configs.get(name)
        if config is None:
            raise UnknownConfig(name, self._unit.configs)
        values: dict[str, object] = {}
        others = {name for model in self._unit.definitions.values() for name in _signature(model.definition)}
        for entry in config.entries:
            if entry.name.text not in self._ports:
                if entry.name.text in others:
                    continue  # a configuration speaks to all the models of its file
                raise UnknownDimension(entry.name.text, self.name, self._ports, entry.name.span)
            value = Builder().evaluate(entry.value, Frame(self._unit, Graph()))
            number = value.number if isinstance(value, Form) else None
            values[entry.name.text] = value if number is None else number
        return self.at(**values)

    def _check(self, name: str, value: object) -> None:
        span, port = self._ports[name]
        if isinstance(value, bool | str) and port.shape is None:
            return
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        scalar = (
            port.shape is None
            and isinstance(port.default, ast.Number)
            and port.default.value.denominator != 1
        )
        if not (_is_number(value) or (scalar and isinstance(value, Fraction | float))):
            raise BadValue(name, value, span)
        if isinstance(value, int) and (value < 1 or value.bit_length() > 1000):
            raise BadValue(name, value, span)

    def _keeps_assumptions(self) -> None:
        """Raises ViolatedAssumption for the first assumption that the numbers do not keep."""
        if "_built" not in self.__dict__ and set(self._ports) - set(self._given):
            return
        try:
            for fact in self.assumptions:
                if not _holds(fact, self.values):
                    origin = self._built[2].sizes.origin.get(fact)
                    raise ViolatedAssumption(str(fact), origin, _relevant(fact, self.values))
        except TooLarge as big:
            raise ValueTooLarge(str(big)) from None

    def number(self, form: Form) -> int | Fraction:
        """The exact value of a form over the dimensions.

        Raises MissingValue.
        """
        try:
            value = form.evaluate(self.values)
        except Unset as unset:
            span, _ = self._ports.get(unset.symbol.name, (None, None))
            raise MissingValue(unset.symbol.name, span, self.values) from None
        except TooLarge as big:
            raise ValueTooLarge(str(big)) from None
        return value if isinstance(value, int) or value.denominator != 1 else int(value)

    # Questions ------------------------------------------------------------------------------------

    def counted(self, form: Form) -> Quantity:
        """A form over the dimensions as a quantity of this model, with its numbers put in."""
        known = {symbol(name): num(value) for name, value in self.values.items()}
        form = form.substitute(known) if known else form
        return Quantity(self._built[2].sizes.assumptions.simplify(form), self)

    @cached_property
    def _folds(self) -> Folds:
        return Folds(Parameters(), Parameters(active=True), Operations())

    @property
    def params(self) -> Quantity:
        """Learned numbers."""
        return self.counted(self._folds.parameters.of(self.graph))

    @property
    def active(self) -> Quantity:
        """Learned numbers that take part in one example: under `choose`, those of the chosen."""
        return self.counted(self._folds.active.of(self.graph))

    @property
    def cost(self) -> Cost:
        """All operations, symbolic."""
        return self._folds.operations.of(self.graph)

    @property
    def operations(self) -> Counted:
        """Operations by class."""
        return Counted(self.cost, self)

    @property
    def macs(self) -> Quantity:
        """Multiply-accumulates."""
        return self.counted(self.cost["mac"])

    @property
    def depth(self) -> Quantity:
        """The longest chain of operations that must follow one another."""
        return self.counted(Depth(self._built[2].sizes.assumptions).of(self.graph))

    def flops(self, convention: str = "default") -> Quantity:
        """Floating-point operations under a convention, shipped (`default`, `mac`, `exact`, ...) or a TOML file.

        Raises UnknownConvention and the faults of reading one.
        """
        return self.counted(load_convention(convention).flops(self.cost))

    def quantity(self, name: str, span: Span | None = None) -> Quantity:
        """A quantity by its name.

        Raises UnknownQuantity.
        """
        match name:
            case "params" | "active" | "macs" | "depth":
                found: Quantity = getattr(self, name)
                return found
            case "flops":
                return self.flops()
            case _ if name in QUANTITIES:
                return self.counted(self.cost[name])
            case _:
                raise UnknownQuantity(name, QUANTITIES, span)

    @property
    def tree(self) -> BlockCost:
        """The model as a tree of blocks with what each costs."""
        return BlockCost(self.name, self.graph, self.span, self._folds)


@dataclass(frozen=True, slots=True)
class Folds:
    """The folds over a graph; each remembers the graphs it has seen."""

    parameters: Parameters
    active: Parameters
    operations: Operations


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
            BlockCost(node.name, node, node.span, self.folds, around)
            for node in graph
            if isinstance(node, Block)
        )


@dataclass(frozen=True, slots=True)
class Checked:
    """One expectation and what came of it."""

    text: str
    ok: bool
    expected: str
    found: str
    difference: str
    span: Span


class Document:
    """One file: its models, configurations and expectations."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    @cached_property
    def models(self) -> dict[str, Model]:
        """Its models by name, in the order of the text."""
        return {name: Model(defined, self._unit) for name, defined in self._unit.models.items()}

    def model(self, name: str | None = None) -> Model:
        """A model by its name; without one, the only model of the file.

        Raises NoModel, SeveralModels, UnknownModel.
        """
        if name is not None:
            if name not in self.models:
                raise UnknownModel(name, self.models)
            return self.models[name]
        if not self.models:
            raise NoModel(self._unit.tree.source.name)
        if len(self.models) > 1:
            raise SeveralModels(self._unit.tree.source.name, self.models)
        return next(iter(self.models.values()))

    @property
    def configs(self) -> tuple[str, ...]:
        """The names of its configurations."""
        return tuple(self._unit.configs)

    def check(self) -> list[Checked]:
        """Every expectation of the file against the models.

        Raises SymcostError where an expectation or a model is faulty.
        """
        return [
            _checked(check, block, self._expected(block))
            for block in self._unit.tree.items
            if isinstance(block, ast.Expect)
            for check in block.checks
        ]

    def _expected(self, block: ast.Expect) -> Model:
        name = block.model.text
        defined = self._unit.definitions.get(name)
        if name in self.models:
            model = self.models[name]
        elif defined is not None and defined.definition.kind == "model":
            model = Model(defined, self._unit)
        else:
            raise UnknownModel(name, self.models, block.model.span)
        if block.config is None:
            return model
        if block.config.text not in self._unit.configs:
            raise UnknownConfig(block.config.text, self._unit.configs, block.config.span)
        return model.configured(block.config.text)


def _checked(check: ast.Check, block: ast.Expect, model: Model) -> Checked:
    found = model.quantity(check.quantity.text, check.quantity.span).form
    if check.relation == "grows":
        return _grows(check, block, model, found)
    expected = model.counted(_plain(check.value, model)).form
    text = check.span.text
    try:
        if check.relation == "==":
            ok = model._built[2].sizes.compare(found, expected).kind == "equal"
        else:
            a, b = Fraction(model.number(found)), Fraction(model.number(expected))
            ok = abs(a - b) <= (check.tolerance or 0) * abs(b)
        difference = (found - expected).expand()
    except TooLarge as big:
        raise ValueTooLarge(str(big), check.span) from None
    return Checked(text, ok, str(expected), str(found), str(difference), check.span)


def _grows(check: ast.Check, block: ast.Expect, model: Model, found: Form) -> Checked:
    """`grows 1` says that nothing depends on `T`, nor on what the block's other lines name."""
    value = _plain(check.value, model, free=True)
    names = value.free_symbols
    if len(names) > 1:
        raise WrongOrder(check.value.span, [name.name for name in names])
    if not names:
        others = [c.value for c in block.checks if c.relation == "grows"]
        names = (symbol("T"), *(s for other in others for s in _plain(other, model, free=True).free_symbols))
    known = [(growth(found, name), order_of(value, name)) for name in dict.fromkeys(names)]
    ok = all(grown.order == wanted.order for grown, wanted in known)
    said = ", ".join(
        f"{grown} in {grown.symbol}" for grown, wanted in known if ok or grown.order != wanted.order
    )
    wanted_words = ", ".join(dict.fromkeys(str(wanted) for _, wanted in known))
    return Checked(check.span.text, ok, wanted_words, said, "", check.span)


def _plain(expr: ast.Expr, model: Model, free: bool = False) -> Form:
    """The value of an expression in an expectation, where `/` is ordinary division."""
    frame = Frame(model._unit, Graph())
    for name in model._ports:
        value = model._built[1].names.get(name)
        frame.names[name] = value if isinstance(value, Form) and value.number is not None else symbol(name)
    if free:
        frame.names.setdefault("T", symbol("T"))
    return Builder().number(expr, frame)


def _signature(definition: ast.Definition) -> dict[str, tuple[Span, ast.Port]]:
    found: dict[str, tuple[Span, ast.Port]] = {}
    for port in definition.ports:
        for name in names_of(port.shape) if port.shape is not None else [port.name]:
            found.setdefault(name.text, (name.span, port))
    return found


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _as_values(given: Mapping[str, Any]) -> dict[str, Value]:
    """Plain values as the builder knows them."""
    return {
        name: value
        if isinstance(value, bool | str)
        else num(Fraction(value) if isinstance(value, float) else value)
        for name, value in given.items()
    }


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
    names = {s.name for form in fact.forms for s in form.free_symbols}
    return {name: value for name, value in values.items() if name in names}
