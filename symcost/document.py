"""Document: one file with its models, configurations and expectations, and how it is opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from os import PathLike
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from symcost.arguments import FILE, FOLDER, NAME, NOTHING, TEXT, of, taking
from symcost.diagnostics import Span
from symcost.errors import (
    MissingValue,
    NoModel,
    SeveralModels,
    SymcostError,
    UndecidedComparison,
    UnknownModel,
    ValueTooLarge,
    WrongOrder,
    gathered,
)
from symcost.formula import Form, Growth, Symbol, TooLarge, symbol
from symcost.graph import evaluate
from symcost.graph.files import Unit, decode, library_definition, library_names, open_file, open_source
from symcost.graph.names import names_read, unknown_names
from symcost.graph.values import Builtin, Value
from symcost.instance import Instance
from symcost.model import Model
from symcost.once import once
from symcost.records import dataclass
from symcost.syntax import ast

if TYPE_CHECKING:
    from symcost.published.file import Published


@taking(path=FILE)
def load(path: str | PathLike[str]) -> Document:
    """An architecture file and all it uses.

    Raises SymcostError with every fault found in it.
    """
    return Document(open_file(Path(path)))


@taking(text=TEXT | of("bytes", bytes), name=NAME, base=FOLDER | NOTHING)
def loads(text: str | bytes, name: str = "<text>", *, base: str | PathLike[str] | None = None) -> Document:
    """An architecture from a text; `name` is what reports call it, `base` the folder of what it may `use`.

    >>> loads("model Affine(x: [N], M) { return Linear(x, M) }").model().params
    N·M + M

    Raises SymcostError with every fault found in it.
    """
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    place = None if base is None else Path(base) / "<text>"
    return Document(open_source(decode(data, name), place))


def library() -> dict[str, Model]:
    """Every layer of the library by name, as a model over the names of its own signature."""
    layers = {}
    for name in library_names():
        defined = library_definition(name)
        assert defined is not None
        layers[name] = Model(Instance(defined), defined.unit)
    return layers


@dataclass(frozen=True, slots=True)
class Checked:
    """One expectation and what came of it; `assuming`: for which sizes alone the formula that was found holds."""

    block: ast.Expect
    check: ast.Check
    ok: bool
    expected: str
    found: str
    difference: str
    assuming: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """As the file has it."""
        return self.check.span.text

    @property
    def about(self) -> str:
        """`Whisper(tiny)`"""
        return about(self.block)

    @property
    def span(self) -> Span:
        """Where it stands."""
        return self.check.span

    @property
    def figure(self) -> bool:
        """Whether a number is expected, such as papers print, and not a formula."""
        return self.check.relation != "grows" and not names_read(self.check.value)

    @property
    def source(self) -> str:
        """What the file says of it: the comment above, in the same paragraph, and the one behind."""
        behind = self.span.source.line(self.span.line).partition("#")[2]
        comments = [*self._comments_above(), behind]
        return " ".join(comment.strip("# ") for comment in comments).strip()

    def _comments_above(self) -> list[str]:
        """The nearest block of comments in the same paragraph; other expectations may stand between."""
        comments: list[str] = []
        for number in range(self.span.line - 1, 0, -1):
            line = self.span.source.line(number).strip()
            if line.startswith("#"):
                comments.insert(0, line)
            elif comments or not line:
                break
        return comments


def about(block: ast.Expect) -> str:
    """Of which model, with which numbers, something is expected: `Whisper(tiny)`."""
    return block.model.text + (f"({block.config.text})" if block.config else "")


Known = dict[tuple[str, str | None, bool], Model]
"""The models of expectations: by name, configuration, and whether dimensions stay open."""


class Document:
    """One file: its models, configurations and expectations."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    def __reduce__(self) -> tuple[Any, ...]:
        return Document, (self._unit,)

    def __repr__(self) -> str:
        return f"<Document {self.name}: {', '.join(self.models)}>"

    def _repr_html_(self) -> str:
        """In a notebook: the list of its models."""
        from symcost.export.notebook import document_html

        return document_html(self)

    @property
    def name(self) -> str:
        """Of its file, or what `loads` was told to call it."""
        return self._unit.tree.source.name

    @once
    def models(self) -> dict[str, Model]:
        """Its models by name, in the order of the text."""
        return {name: Model(Instance(defined), self._unit) for name, defined in self._unit.models.items()}

    @taking(name=NAME | NOTHING)
    def model(self, name: str | None = None) -> Model:
        """A model by its name; without one, the only model of the file, or the one that the file is named after.

        A file without models of its own is asked for those of the files that it uses: it may hold their sizes.
        Raises NoModel, SeveralModels, UnknownModel.
        """
        if name is None:
            return self._main_model()
        return self._named(name)

    def published(self, file: Published, name: str | None = None) -> Model:
        """The model that a published file describes, with its numbers; of a name the one that is called so.

        Raises NoMapping, OtherType, OtherClass, OtherArchitecture, MissingKey, WrongKey and what `model` raises.
        """
        if name is None and self._unit.mappings:
            from symcost.published.mapping import chosen

            mapping, _ = chosen(self._unit, file)
            if mapping.model is not None:
                return self._named(mapping.model.text, mapping.model.span).published(file)
        return self.model(name).published(file)

    @once
    def asked(self) -> dict[str, Model]:
        """Its models, or without any those of the files that it uses directly."""
        if self.models:
            return self.models
        used = [defined for unit in self._unit.used for defined in unit.models.values()]
        used += self._unit.picked_models
        return {defined.name: Model(Instance(defined), self._unit) for defined in used}

    def _main_model(self) -> Model:
        """The only model, or the only one that is called as the file is, or a file that it uses.

        Raises NoModel, SeveralModels.
        """
        file = self._unit.tree.source.name
        models = list(self.asked.values())
        if not models:
            raise NoModel(file)
        if len(models) > 1:
            models = self._called_as_files(models)
        if len(models) != 1:
            raise SeveralModels(file, self.asked)
        return models[0]

    def _called_as_files(self, models: Sequence[Model]) -> list[Model]:
        """Those that are called as their file is: this one, or where it has no models those that it uses."""
        units = [self._unit] if self.models else self._unit.used
        stems = [PurePath(unit.tree.source.name).stem for unit in units]
        return [model for stem in stems for model in _called_as(stem, models)]

    @property
    def configs(self) -> tuple[str, ...]:
        """The names of its configurations."""
        return tuple(self._unit.configs)

    @property
    def items(self) -> tuple[ast.Item, ...]:
        """What stands in the file, from top to bottom."""
        return tuple(self._unit.tree.items)

    def judge(self, block: ast.Expect, check: ast.Check) -> Checked:
        """A line of an `expect` block, which may stand in another file, against the model of this one.

        Raises UnknownModel, UnknownConfig and what asking raises.
        """
        return _checked(check, block, self._with_numbers(block, grows=check.relation == "grows"))

    def check(self) -> list[Checked]:
        """Every expectation of the file against the models; also builds models of which nothing is expected.

        Raises SymcostError where an expectation or a model is faulty.
        """
        checked, wrong = self.judged()
        if wrong is not None:
            raise wrong
        return checked

    def judged(self) -> tuple[list[Checked], SymcostError | None]:
        """The expectations that could be checked, and all that is wrong with the others and with the models."""
        blocks = [item for item in self._unit.tree.items if isinstance(item, ast.Expect)]
        faults = [*unknown_names(self._unit), *self._faults_without(blocks)]
        self._open_first(blocks)
        checked: list[Checked] = []
        known: Known = {}
        for block in blocks:
            checked += self._checked(block, known, faults)
        return checked, gathered(faults) if faults else None

    def _checked(self, block: ast.Expect, known: Known, faults: list[SymcostError]) -> Iterator[Checked]:
        """The lines of a block; `faults` grows by what is wrong with any of them."""
        for check in block.checks:
            try:
                yield _checked(check, block, self._expected(block, known))
            except SymcostError as fault:
                faults.append(fault)

    def _faults_without(self, blocks: Iterable[ast.Expect]) -> Iterator[SymcostError]:
        """The faults of models of which nothing is expected: no expectation builds them."""
        expected = {block.model.text for block in blocks}
        for model in self.models.values():
            if model.name not in expected:
                yield from model.faults

    def _open_first(self, blocks: Iterable[ast.Expect]) -> None:
        """Build the models of which something is expected for all sizes: configurations share their graphs then."""
        for name in {block.model.text for block in blocks if block.config is None}:
            if name in self.models:
                _ = self.models[name].faults  # which the expectation tells

    def _expected(self, block: ast.Expect, known: Known) -> Model:
        """The model that a block speaks of, with its numbers; built once for all blocks that speak of the same."""
        # How something grows in a dimension is asked with the dimension open.
        grows = any(check.relation == "grows" for check in block.checks)
        config = block.config.text if block.config else None
        subject = (block.model.text, config, grows)
        if subject not in known:
            known[subject] = self._with_numbers(block, grows)
        return known[subject]

    def _with_numbers(self, block: ast.Expect, grows: bool) -> Model:
        """The model that a block speaks of, with the numbers of its configuration.

        Raises UnknownModel, UnknownConfig and the faults of `configured`.
        """
        model = self._named(block.model.text, block.model.span)
        if block.config is None:
            return model
        self._unit.config(block.config.text, block.config.span)
        configured = model.configured(block.config.text)
        return configured if grows else configured.settled()

    def _named(self, name: str, span: Span | None = None) -> Model:
        """A model by its name, also one that other files bring along.

        Raises UnknownModel.
        """
        if name in self.models:
            return self.models[name]
        defined = self._unit.definitions.get(name)
        if defined is None or defined.definition.kind != "model":
            raise UnknownModel(name, self.asked, span)
        return Model(Instance(defined), self._unit)


def _called_as(name: str, models: Iterable[Model]) -> list[Model]:
    """The models of a name, however it is spelt."""
    return [model for model in models if _plainly(model.name) == _plainly(name)]


def _plainly(name: str) -> str:
    """`gpt_2` and `GPT2` are one name."""
    return name.replace("_", "").casefold()


def _checked(check: ast.Check, block: ast.Expect, model: Model) -> Checked:
    found = model.quantity(check.quantity.text, check.quantity.span).form
    if check.relation == "grows":
        return _grows(check, block, model, found)
    try:
        expected = model.shown(_plain(check.value, model))
        ok = _holds(check, model, found, expected)
        difference = (found - expected).expand()
    except MissingValue as fault:
        raise fault.asked_by(check.span) from None
    except TooLarge as big:
        raise ValueTooLarge(str(big), check.span) from None
    return Checked(block, check, ok, str(expected), str(found), str(difference), _assuming(check, model))


def _assuming(check: ast.Check, model: Model) -> tuple[str, ...]:
    """For which sizes alone it was checked, beyond what the model assumes anyway; nothing where all have numbers."""
    facts = model.still_assumed(model.holds(check.quantity.text))
    return tuple(str(fact) for fact in facts if fact not in model.assumptions)


def _holds(check: ast.Check, model: Model, found: Form, expected: Form) -> bool:
    """Whether two formulas are equal or in order for all sizes, or two numbers equal but for a tolerance.

    Raises MissingValue for a tolerance where a dimension is open, UndecidedComparison.
    """
    if check.relation == "==":
        return model.built.sizes.compare(found, expected).kind == "equal"
    if check.relation != "~=":
        return _kept(check, model, found, expected)
    a, b = Fraction(model.number(found)), Fraction(model.number(expected))
    tolerance = check.tolerance or 0
    return abs(a - b) <= tolerance * abs(b)


def _kept(check: ast.Check, model: Model, found: Form, bound: Form) -> bool:
    """Whether a bound is kept for all sizes.

    Raises UndecidedComparison where that depends on them, or is not proven.
    """
    from symcost.analysis.growth.compare import BOUNDS, always  # only who checks needs it

    relation = always(found, bound, model.facts)
    yes, no = BOUNDS[check.relation]
    if relation not in yes and relation not in no:
        raise UndecidedComparison(str(found), check.relation, str(bound), check.span)
    return relation in yes


def _grows(check: ast.Check, block: ast.Expect, model: Model, found: Form) -> Checked:
    """How a quantity grows, beside how the expected formula does.

    Raises WrongOrder for a formula in several dimensions, UnderivedGrowth.
    """
    value = _plain(check.value, model, free=True)
    names = value.free_symbols
    if len(names) > 1:
        raise WrongOrder(check.value.span, [name.name for name in names])

    grown = _grown(found, value, names or _growing(block, model), check, model)
    return _compared(block, check, grown)


def _compared(block: ast.Expect, check: ast.Check, rises: Sequence[tuple[Growth, Growth]]) -> Checked:
    """How the found formula grows, beside the wanted one, in each dimension; only where they part, if they do."""
    wrong = [grown for grown, wanted in rises if grown.order != wanted.order]
    shown = wrong or [grown for grown, _ in rises]
    found = ", ".join(f"{grown} in {grown.symbol}" for grown in shown)
    expected = ", ".join(dict.fromkeys(str(wanted) for _, wanted in rises))
    return Checked(block, check, not wrong, expected, found, difference="")


def _grown(
    found: Form, value: Form, names: Iterable[Symbol], check: ast.Check, model: Model
) -> list[tuple[Growth, Growth]]:
    """How the one and the other formula grow in each dimension."""
    from symcost.analysis.growth.growth import rise, rises  # likewise

    pairs = []
    for name in names:
        grown = rises(found, name, model.built.sizes.assumptions, check.span).growth
        wanted = rise(value, name, check.value.span)
        pairs.append((grown, wanted))
    return pairs


def _growing(block: ast.Expect, model: Model) -> list[Symbol]:
    """The dimensions in which `grows 1` says that nothing grows: `T`, and what the block's other lines name."""
    names = {symbol("T"): None}
    for check in block.checks:
        if check.relation == "grows":
            names |= dict.fromkeys(_plain(check.value, model, free=True).free_symbols)
    return list(names)


def _named_sizes(model: Model) -> dict[str, Value]:
    """The sizes that the model names with `let`, outside of its loops; what stands below its formulas."""
    known = model.built.frame.names
    body = model.unit.definitions[model.name].definition.body
    lets = [item.name.text for item in body if isinstance(item, ast.Let)]
    return {name: known[name] for name in lets if name in known}


def _plain(expr: ast.Expr, model: Model, free: bool = False) -> Form:
    """The value of an expression in an expectation, where `/` is ordinary division."""
    names: dict[str, Value] = {}
    for name in model.ports:
        value = model.built.frame.names.get(name)
        names[name] = value if isinstance(value, Form) and value.number is not None else symbol(name)
    names = _named_sizes(model) | names
    if free:
        names.setdefault("T", symbol("T"))
        names["log"] = Builtin("log2")  # an order does not tell logarithms apart
    return evaluate.number(expr, model.unit, names)
