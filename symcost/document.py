"""Document: one file with its models, configurations and expectations, and how it is opened."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from os import PathLike
from pathlib import Path, PurePath

from symcost.analysis.growth.growth import rise
from symcost.diagnostics import Span
from symcost.errors import (
    MissingValue,
    NoModel,
    SeveralModels,
    SymcostError,
    UnknownModel,
    ValueTooLarge,
    WrongOrder,
    gathered,
)
from symcost.formula import Form, TooLarge, symbol
from symcost.graph import evaluate
from symcost.graph.files import Unit, decode, library_definition, library_names, open_file, open_source
from symcost.graph.names import names_read, unknown_names
from symcost.graph.values import Builtin, Value
from symcost.model import Model
from symcost.syntax import ast


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
class Checked:
    """One expectation and what came of it."""

    block: ast.Expect
    check: ast.Check
    ok: bool
    expected: str
    found: str
    difference: str

    @property
    def text(self) -> str:
        """As the file has it."""
        return self.check.span.text

    @property
    def about(self) -> str:
        """`Whisper(tiny)`"""
        config = self.block.config
        return self.block.model.text + (f"({config.text})" if config else "")

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
        above: list[str] = []
        for number in range(self.span.line - 1, 0, -1):
            line = self.span.source.line(number).strip()
            if not line or (above and not line.startswith("#")):
                break
            if line.startswith("#"):
                above.insert(0, line)
        behind = self.span.source.line(self.span.line).partition("#")[2]
        return " ".join(part.strip("# ") for part in (*above, behind)).strip()


class Document:
    """One file: its models, configurations and expectations."""

    def __init__(self, unit: Unit) -> None:
        self._unit = unit

    @cached_property
    def models(self) -> dict[str, Model]:
        """Its models by name, in the order of the text."""
        return {name: Model(defined, self._unit) for name, defined in self._unit.models.items()}

    def model(self, name: str | None = None) -> Model:
        """A model by its name; without one, the only model of the file, or the one that the file is named after.

        Raises NoModel, SeveralModels, UnknownModel.
        """
        if name is not None:
            if name not in self.models:
                raise UnknownModel(name, self.models)
            return self.models[name]
        if not self.models:
            raise NoModel(self._unit.tree.source.name)
        file = self._unit.tree.source.name
        alike = [m for m in self.models.values() if _plainly(m.name) == _plainly(PurePath(file).stem)]
        if len(self.models) > 1 and len(alike) != 1:
            raise SeveralModels(file, self.models)
        return next(iter(alike or self.models.values()))

    @property
    def configs(self) -> tuple[str, ...]:
        """The names of its configurations."""
        return tuple(self._unit.configs)

    def check(self) -> list[Checked]:
        """Every expectation of the file against the models; also builds models of which nothing is expected.

        Raises SymcostError where an expectation or a model is faulty.
        """
        checked: list[Checked] = []
        faults = unknown_names(self._unit)
        expects = [item for item in self._unit.tree.items if isinstance(item, ast.Expect)]
        for model in self.models.values():
            if model.name not in {block.model.text for block in expects}:
                faults += model.faults
        for block in expects:
            for check in block.checks:
                try:
                    checked.append(_checked(check, block, self._expected(block)))
                except SymcostError as fault:
                    faults.append(fault)
        if faults:
            raise gathered(faults)
        return checked

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
        self._unit.config(block.config.text, block.config.span)
        configured = model.configured(block.config.text)
        grows = any(check.relation == "grows" for check in block.checks)
        return configured if grows else configured.settled()


def _plainly(name: str) -> str:
    """`gpt_2` and `GPT2` are one name."""
    return name.replace("_", "").casefold()


def _checked(check: ast.Check, block: ast.Expect, model: Model) -> Checked:
    found = model.quantity(check.quantity.text, check.quantity.span).form
    if check.relation == "grows":
        return _grows(check, block, model, found)
    try:
        expected = model.shown(_plain(check.value, model))
        if check.relation == "==":
            ok = model.built.sizes.compare(found, expected).kind == "equal"
        else:
            a, b = Fraction(model.number(found)), Fraction(model.number(expected))
            ok = abs(a - b) <= (check.tolerance or 0) * abs(b)
        difference = (found - expected).expand()
    except MissingValue as fault:
        raise fault.asked_by(check.span) from None
    except TooLarge as big:
        raise ValueTooLarge(str(big), check.span) from None
    return Checked(block, check, ok, str(expected), str(found), str(difference))


def _grows(check: ast.Check, block: ast.Expect, model: Model, found: Form) -> Checked:
    """`grows 1` says that nothing depends on `T`, nor on what the block's other lines name."""
    value = _plain(check.value, model, free=True)
    names = value.free_symbols
    if len(names) > 1:
        raise WrongOrder(check.value.span, [name.name for name in names])
    if not names:
        others = [c.value for c in block.checks if c.relation == "grows"]
        names = (symbol("T"), *(s for other in others for s in _plain(other, model, free=True).free_symbols))
    known = [(rise(found, name, check.span), rise(value, name, check.value.span)) for name in dict.fromkeys(names)]
    ok = all(grown.order == wanted.order for grown, wanted in known)
    said = ", ".join(f"{grown} in {grown.symbol}" for grown, wanted in known if ok or grown.order != wanted.order)
    wanted_words = ", ".join(dict.fromkeys(str(wanted) for _, wanted in known))
    return Checked(block, check, ok, wanted_words, said, "")


def _plain(expr: ast.Expr, model: Model, free: bool = False) -> Form:
    """The value of an expression in an expectation, where `/` is ordinary division."""
    names: dict[str, Value] = {}
    for name in model.ports:
        value = model.built.frame.names.get(name)
        names[name] = value if isinstance(value, Form) and value.number is not None else symbol(name)
    if free:
        names.setdefault("T", symbol("T"))
        names["log"] = Builtin("log2")  # an order does not tell logarithms apart
    return evaluate.number(expr, model.unit, names)
