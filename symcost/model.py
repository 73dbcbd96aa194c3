"""Model: one loaded architecture, and all one can ask of it.

Its numbers and graphs are those of its `instance`; `answers` knows which of the graphs a question is asked of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symcost import configs
from symcost.analysis.fold import undisturbed
from symcost.answers import Answers, LongestPaths
from symcost.arguments import DATA, FILE, FLAG, NAME, NOTHING, WHOLE, Kind, of, taking
from symcost.blocks import BlockCost, tree
from symcost.building import Built
from symcost.diagnostics import Report, Span
from symcost.errors import NotDecoded, SymcostError, did_you_mean
from symcost.formula import Assumptions, Form
from symcost.formula.assumed import Said, not_expected
from symcost.graph.files import Defined, Unit
from symcost.graph.graph import Graph
from symcost.instance import Instance
from symcost.once import once
from symcost.ops.rounds import of_all_rounds
from symcost.ops.sizes import Fact
from symcost.quantity import Counted, Quantity
from symcost.questions import Question, Subject, is_question, question, questions
from symcost.questions.counts import operations
from symcost.questions.memory import kept
from symcost.questions.training import gradients, has_rounds
from symcost.records import dataclass
from symcost.values import Port, SymbolInfo, bounded, dimensions, is_settled

if TYPE_CHECKING:
    from symcost.analysis.counts.by_line import Part
    from symcost.analysis.memory.activations import Kept
    from symcost.analysis.window.path_length import AxisPath
    from symcost.conventions import Convention
    from symcost.cost import Cost
    from symcost.decoding import Kind as Decoding
    from symcost.export.page import Page
    from symcost.pictures import Picture
    from symcost.pictures.plots.plot import Plot
    from symcost.published.decoded import OfType
    from symcost.published.file import Published


FORM = of("a form, as `symcost.form` makes it,", Form)


def _is_convention(value: object) -> bool:
    from symcost.conventions import Convention

    return isinstance(value, Convention)


CONVENTION = DATA | Kind("a convention", _is_convention)


class Model:
    """One architecture. What depends on its dimensions is a Quantity; `at` puts numbers in."""

    # Of the questions, which all are attributes (see `__getattr__`), those that are asked most.
    params: Quantity  # learned numbers
    active: Quantity  # those that take part in one example: under `choose`, those of the chosen
    trained: Quantity  # those that are not frozen
    macs: Quantity  # multiply-accumulates
    depth: Quantity  # the longest chain of operations that must follow one another

    def __init__(
        self, instance: Instance, unit: Unit, remarks: tuple[str, ...] = (), of_type: OfType | None = None,
        writer: Callable[[], Model] | None = None,
    ) -> None:  # fmt: skip
        """`unit` is the file in which it is asked for; `remarks` say what of a published file is not in its counts,
        and `of_type` of which type and class it is. `writer` makes the part of it that goes on with texts, where it
        does more.
        """
        self._instance = instance
        self.unit = unit
        self.remarks = remarks
        self.of_type = of_type
        self.writer = writer
        self._definition = instance.defined.definition

    def __reduce__(self) -> tuple[Any, ...]:
        """By its text and values: another process reads and builds it again."""
        return Model, (self._instance, self.unit, self.remarks, self.of_type, self.writer)

    def written_by(self, writer: Callable[[], Model] | None) -> Model:
        """The same with a part that goes on with texts."""
        return Model(self._instance, self.unit, self.remarks, self.of_type, writer)

    @once
    def answers(self) -> Answers:
        """What reports ask that have no need of a name here."""
        return Answers(self._instance)

    # What it is -----------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """As the file calls it."""
        return self._instance.defined.name

    @property
    def doc(self) -> str | None:
        """Its documentation."""
        return self._definition.doc

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self._definition.head

    @property
    def signature(self) -> str:
        """Its name, ports and results as the file has them, in one line."""
        words = self.span.text.split(None, 1)[1] if self.span.text.startswith(("module", "model")) else self.span.text
        return " ".join(words.split())

    @property
    def text(self) -> str:
        """Its `.arch` text."""
        return self._definition.span.text

    @property
    def ports(self) -> dict[str, Port]:
        """Every name that can have a value, in the order of the signature."""
        return self._instance.ports

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the tensors that go in, in the order of the signature."""
        return tuple(port.name.text for port in self._definition.ports if port.shape is not None)

    @property
    def defined(self) -> Defined:
        """The definition, and the file in which it stands."""
        return self._instance.defined

    @once
    def symbols(self) -> tuple[SymbolInfo, ...]:
        """Its dimensions, in the order of its signature."""
        return tuple(dimensions(self.ports.values(), self._instance.given, self.unit.dims))

    @property
    def values(self) -> dict[str, int]:
        """The numbers that were put in."""
        return self._instance.values

    def opened(self, names: Iterable[str]) -> Model:
        """The same without the numbers that were put in for some names, if its graph does not depend on them."""
        return self._other(self._instance.opened(names))

    @property
    def open_names(self) -> frozenset[str]:
        """The dimensions without a value whose numbers change nothing but numbers: the graph is the same with them."""
        return self._instance.open_names

    @property
    def given(self) -> Mapping[str, object]:
        """All that was put in: numbers, lists, sizes over others, and what is no number."""
        return dict(self._instance.given)

    @property
    def expressed(self) -> dict[str, str]:
        """The dimensions that were written over others, `I` as `H`, with the numbers there are."""
        given = self._instance.given.items()
        return {name: str(self.shown(value)) for name, value in given if isinstance(value, Form)}

    def __repr__(self) -> str:
        given = "".join(f", {name}={value}" for name, value in self._instance.given.items())
        return f"<Model {self.name}({', '.join(s.name for s in self.symbols)}){given}>"

    def _repr_html_(self) -> str:
        """In a notebook: its tree of blocks, which folds; its faults where it has no graph."""
        from symcost.export.notebook import model_html, report_html

        return report_html("\n\n".join(map(str, self.faults))) if self.faults else model_html(self)

    # Building -------------------------------------------------------------------------------------

    @property
    def built(self) -> Built:
        """The graph, with open dimensions; where that cannot be decided, with the numbers there are.

        Raises SymcostError with every fault found in it.
        """
        return self._instance.built

    @property
    def graph(self) -> Graph:
        """The graph of the model.

        Raises SymcostError with every fault found in it.
        """
        return self.built.graph

    @taking(flat=FLAG, plain=FLAG)
    def network(self, *, flat: bool = False, plain: bool = False) -> Any:
        """The graph as a `networkx.MultiDiGraph`, made anew: nodes by readable names, an edge for each tensor read.

        `flat` opens calls: `Linear/contract`. `plain` writes words and whole numbers only, for GraphML and the like;
        what is inside a block stands beside it and has its name as `inside`.
        What nodes and edges have is said in `symcost.graph.network`.
        """
        from symcost.analysis.counts.operations import Operations
        from symcost.analysis.counts.parameters import Parameters
        from symcost.graph.network import Counts, network, plain as in_words  # networkx is slow to start

        counts = Counts(self.built.folds.made(Operations).of_node, self.built.folds.made(Parameters).of_node)
        built = network(self.graph, self.name, counts, flat=flat)
        return in_words(built) if plain else built

    @taking(of=NAME, levels=WHOLE | NOTHING, unroll=WHOLE | NOTHING, every=FLAG)
    def picture(
        self, *, of: str = "macs", levels: int | None = None, unroll: int | None = None, every: bool = False
    ) -> Picture:
        """Its architecture as a picture, which shows itself in a notebook; see `symcost.pictures.graph`.

        Raises UnknownQuantity, NothingToUnroll, TooLargeToDraw, ValueError.
        """
        from symcost.pictures import graph  # few ask for it

        return graph(self, of=of, levels=levels, unroll=unroll, every=every)

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
        """Notes on what its author may not have meant: an image with its channels in front, a width told twice."""
        from symcost.analysis.doubts import doubts

        return tuple(doubts(self.graph, self.shown))

    @once
    def assumptions(self) -> tuple[Said, ...]:
        """What had to be assumed of the dimensions, by the file or on the way, in the order of the text."""
        facts = dict.fromkeys(map(of_all_rounds, self.built.sizes.assumptions))
        return (*facts, *self.built.frame.context.expected)

    # Numbers --------------------------------------------------------------------------------------

    def at(self, **values: object) -> Model:
        """The same model with numbers put in, also as texts (`"2^20"`), or with sizes over other dimensions (`"4*D"`).

        Raises UnknownDimension, BadValue, EmptyCache, ViolatedAssumption.
        """
        if self.unit.decodes == "step":
            from symcost.decoding import check_goes_on  # few ask for it

            check_goes_on(self.unit, values)
        made = self._other(self._instance.at(values))
        if self.writer is None or not values:
            return made
        return made.written_by(partial(_not_of_the_part, self.name, tuple(values)))

    def _other(self, instance: Instance) -> Model:
        """The same model with other numbers."""
        return Model(instance, self.unit, self.remarks, self.of_type, self.writer)

    def settled(self) -> Model:
        """The same model built with its numbers, if it has them all: the same figures, sooner."""
        return self._other(self._instance.settled())

    @property
    def inlined(self) -> Model:
        """The same model with what it calls by a name (`let d = D/heads`) written out, in all that it says."""
        return self._other(self._instance.inlined())

    @property
    def in_general(self) -> Model:
        """The same model, of which what holds for all sizes is going to be asked: faster then, and slower else."""
        return self._other(self._instance.in_general())

    @taking(name=NAME)
    def configured(self, name: str) -> Model:
        """The model with the numbers of a configuration of its file.

        Raises UnknownConfig, NumbersElsewhere and the faults of `at`.
        """
        return self.at(**configs.of_file(self.unit, name, self.name, self.ports))

    @taking(path=FILE)
    def configured_from(self, path: str | PathLike[str]) -> Model:
        """The model with the numbers of a published `config.json`, as the `config hf` of its file reads it.

        Raises NoMapping, NotJson, OtherType, OtherClass, OtherArchitecture, MissingKey, WrongKey, the faults of reading
        a file and of `at`.
        """
        from symcost.configs_published import mapped
        from symcost.published.file import Published

        mapped(self.unit, self._instance.defined)
        return self.published(Published.open(Path(path)))

    def published(self, file: Published) -> Model:
        """The same, of a file that is open."""
        from symcost.configs_published import mapped, of_published
        from symcost.published.decoded import OfType

        unit = mapped(self.unit, self._instance.defined)
        values, remarks, of_class = of_published(unit, file, self.name, self.ports)
        told = file.entries.get("model_type")
        of_type = OfType(told, of_class) if isinstance(told, str) else None
        return Model(self._instance.at(values), self.unit, (*self.remarks, *remarks), of_type)

    def step(self) -> Model:
        """A step with a cache: B texts side by side, of which c tokens are kept, go on by T tokens.

        Raises NotDecoded.
        """
        return self._decoding("step")

    def generate(self) -> Model:
        """A prompt of T tokens and n tokens behind it, one by one; B texts side by side.

        Raises NotDecoded.
        """
        return self._decoding("generate")

    def _decoding(self, kind: Decoding) -> Model:
        from symcost.decoding import decoding  # few ask for it

        if self.writer is not None:
            return self._decoding_of_a_part(self.writer, kind)
        instance, unit = decoding(self._instance, kind, self.of_type)
        return Model(instance, unit, self.remarks)

    def _decoding_of_a_part(self, writer: Callable[[], Model], kind: Decoding) -> Model:
        """A step of the part for texts; a prompt would be read with what is seen. Raises NotDecoded."""
        if kind == "generate":
            raise NotDecoded(
                self.name, "a prompt is read with what it sees; only steps behind it are those of its texts"
            )
        from symcost.published.decoded import wholes

        if self.of_type is not None and (why := self.of_type.not_compared(wholes())):
            raise NotDecoded(self.name, why)
        made = writer()._decoding(kind)
        remark = (
            f"the part of {self.name} for texts goes on: what was seen lies in the cache, and nothing else is counted"
        )
        return Model(made._instance, made.unit, (*self.remarks, remark))

    @property
    def goes_on(self) -> bool:
        """Whether it is a step, or a prompt with what is written behind it."""
        return bool(self.unit.decodes)

    @taking(form=FORM)
    def number(self, form: Form) -> int | Fraction:
        """The exact value of a form over the dimensions.

        Raises MissingValue.
        """
        return self._instance.number(form)

    # Questions ------------------------------------------------------------------------------------

    @property
    def subject(self) -> Subject:
        """What questions are asked of."""
        return self.answers.subject

    @property
    def facts(self) -> Assumptions:
        """What is known of the dimensions that are open: the assumptions with the numbers put in."""
        return self._instance.facts

    @taking(form=FORM)
    def shown(self, form: Form) -> Form:
        """A form over the dimensions with the numbers put in, as simple as the assumptions make it."""
        return self._instance.shown(form)

    @taking(form=FORM, writing=NAME)
    def written(self, form: Form, writing: str) -> str:
        """A form in a writing, its dimensions as the file has them: `latex`, `typst`, `source`, or `si` of a number.

        Raises ValueError for another writing, MissingValue for a number that is none yet.
        """
        from symcost.export.written import written

        return written(form, writing, self)

    def typeset(self, form: Form, *, powers: bool, width: float | None) -> str:
        """A form in LaTeX: `D^2` for `D·D`, and as aligned lines of so many points.

        Raises TooNarrow, UnsafeLatex.
        """
        from symcost.export.written import typeset

        return typeset(form, self, powers=powers, width=width)

    def plotted(self, quantities: Sequence[Quantity], values: Mapping[str, object]) -> Plot:
        """Quantities, of this model and of others, over the dimension that has several sizes; see `Quantity.plot`."""
        from symcost.pictures.plots.plot import plotted  # few ask for it

        return plotted(quantities, values)

    def asked(self, ask: Callable[[Model], Form]) -> Quantity:
        """The answer of this model to a question."""
        with bounded(self.values):
            form = undisturbed(ask, self)
        return Quantity(self.shown(form), self, ask)

    @taking(name=NAME, convention=CONVENTION)
    def quantity(
        self, name: str, span: Span | None = None, *, convention: str | Path | Convention = "default"
    ) -> Quantity:
        """A quantity by its name (see `questions`); what weighs operations does it under the convention.

        Raises UnknownQuantity, UnknownConvention and the faults of reading one, and what the question itself raises.
        """
        question(name, span=span)
        return self.asked(Asking(name, convention))

    @property
    def questions(self) -> dict[str, Question]:
        """What can be asked by name, each with its words and unit; `model.state` asks the one that is called so."""
        return questions()

    def __getattr__(self, name: str) -> Quantity:
        """The answer to the question of that name. Raises AttributeError where there is none."""
        if name.startswith("_") or not is_question(name):
            near = "" if name.startswith("_") else "; ".join(did_you_mean(name, questions()))
            raise AttributeError(f"a model has no `{name}`" + (f": {near}" if near else ""))
        return self.quantity(name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *questions()})

    @taking(depth=WHOLE, every=FLAG)
    def table(self, *, depth: int = 2, every: bool = False) -> Page:
        """Parameters and MACs by block, as `symcost latex --kind table`: it shows itself in a notebook, and writes
        itself, `.written("typst")`. `every`: blocks that cost nothing, too.

        Raises TooManyBlocks.
        """
        from symcost.export import sheets
        from symcost.export.kinds import Wish

        return sheets.page("table", Wish(models=[(self.name, self)], depth=depth, every=every))

    def _repr_markdown_(self) -> str:
        """The tree of its blocks, for notebooks."""
        from symcost.export.reports.blocks import in_brief

        return in_brief(self).written("markdown")

    @taking(name=NAME)
    def holds(self, name: str) -> tuple[Fact, ...]:
        """For which sizes the formula of a quantity holds, as far as they are open. Raises UnknownQuantity."""
        return self.answers.holds(name)

    @taking(name=NAME)
    def assumed_for(self, name: str) -> tuple[Said, ...]:
        """What is assumed of the dimensions, and for which sizes the formula of a quantity holds."""
        told = self.assumptions if question(name).is_expected else tuple(filter(not_expected, self.assumptions))
        return (*told, *(fact for fact in self.holds(name) if fact not in told))

    def still_assumed(self, facts: Iterable[Said]) -> tuple[Said, ...]:
        """Those that are not settled by the numbers that were put in, which keep what was assumed of them."""
        return tuple(fact for fact in facts if not is_settled(fact, self.values))

    @taking(name=NAME, convention=CONVENTION)
    def explained(self, name: str, convention: str | Path | Convention = "default") -> Part:
        """Where a count comes from, line by line; FLOPs under the convention.

        Raises UnknownQuantity for what is no sum over the lines, UnderivedMemory, TooManyBlocks.
        """
        asked = question(name, "sum", "placed")
        if asked.kind == "placed":
            return undisturbed(self.answers.placed, asked)
        return undisturbed(self.answers.explained, asked, convention)

    @taking(name=NAME)
    def longest_paths(self, name: str = "depth") -> LongestPaths:
        """The operations that make up a depth, line by line, over all rounds of the loops around them.

        Several paths, where open sizes decide which is the longest; each is there where the facts beside it hold.

        Raises UnknownQuantity for what is no depth, UnderivedDepth.
        """
        return undisturbed(self.answers.longest_paths, name)

    @taking(convention=CONVENTION)
    def flops(self, convention: str | Path | Convention = "default") -> Quantity:
        """Floating-point operations under a convention, shipped (`default`, `mac`, `exact`, ...) or a TOML file.

        Raises UnknownConvention and the faults of reading one.
        """
        return self.quantity("flops", convention=convention)

    @property
    def cost(self) -> Cost:
        """All operations, symbolic."""
        return undisturbed(operations, self.subject)

    @property
    def operations(self) -> Counted:
        """Operations by class."""
        return Counted(_operations, self, Asking("macs", "default"))

    @property
    def backward(self) -> Counted:
        """Operations of the backward pass by class: gradients for all trained parameters."""
        return self.gradients()

    @taking(inputs=FLAG)
    def gradients(self, *, inputs: bool = False) -> Counted:
        """Operations of the backward pass by class; with `inputs` gradients for the inputs of the model too."""
        return Counted(partial(_gradients, inputs=inputs), self, Asking("backward", "default"))

    @property
    def kept(self) -> Kept:
        """Numbers that the forward pass keeps for the backward pass, by kind."""
        return undisturbed(self.answers.with_numbers, kept)

    @taking(port=WHOLE, axis=WHOLE, result=WHOLE)
    def path(self, port: int = 0, axis: int = 0, result: int = 0) -> AxisPath:
        """What a result sees of an axis of an input: window, receptive field, look-ahead, path length.

        Raises AxisOutOfRange, UnderivedWindow, ValueError for an input or a result that there is not.
        """
        for given, there, words in ((port, self.graph.ports, "inputs"), (result, self.graph.results, "results")):
            if not 0 <= given < len(there):
                raise ValueError(f"{self.name} has {len(there)} {words}, counted from 0: there is no {given}")
        return undisturbed(self.answers.path, port, axis, result)

    @property
    def tree(self) -> BlockCost:
        """The model as a tree of blocks with what each costs."""
        return tree(self.name, self.graph, self.span, self.built.folds)


# Questions by name, so that what was asked can be asked of another model in another process.


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """A question by its name, under a convention."""

    name: str
    convention: str | Path | Convention

    def decisive(self, model: Model) -> frozenset[str]:
        """Names whose numbers may make another formula of it: a sum over the lines has no cases, as far as it holds."""
        asked = question(self.name)
        if asked.has_cases is not None:
            has_some = asked.has_cases(model.answers.subject_under(self.convention))
            return frozenset(model.ports if has_some else ())
        if asked.kind != "sum":
            return frozenset(model.ports)
        return frozenset(
            one.name for fact in model.holds(self.name) for form in fact.forms for one in form.free_symbols
        )

    def __call__(self, model: Model) -> Form:
        asked = question(self.name)
        if asked.kind == "sum":
            return model.answers.of_sum(asked.ask, self.convention, asked.holds)
        return model.answers.with_numbers(asked.ask, self.convention, asked.holds)


def _not_of_the_part(whole: str, names: tuple[str, ...]) -> Model:
    """Raises NotDecoded: numbers put into a whole do not reach its part for texts, which has names of its own."""
    told = ", ".join(f"`{name}`" for name in names)
    raise NotDecoded(
        whole,
        f"of its part for texts nobody knows what {told} would be, which was put in for the whole",
        mend="ask for the step first, and put numbers into that: `model.step().at(c=…)`",
    )


def _operations(model: Model) -> Cost:
    return model.cost


def _gradients(model: Model, *, inputs: bool) -> Cost:
    return model.answers.of_sum(partial(gradients, inputs=inputs), "default", partial(has_rounds, inputs=inputs))
