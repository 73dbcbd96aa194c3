"""What the script of a page is told of its models: numbers, places and words, as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import field
from itertools import count
from typing import TYPE_CHECKING, Any

from symcost.diagnostics import Source
from symcost.errors import SymcostError, TooManyBlocks
from symcost.export.mathml import MathmlPrinter, name as set_name
from symcost.export.summary import Row, Summary
from symcost.export.webpage.lines import by_line
from symcost.export.webpage.marked import Marked, Terms
from symcost.export.webpage.programs import Shared, fact
from symcost.export.webpage.variants import Variants, filled, settings
from symcost.formula import AtLeast, Divides, Form, symbol
from symcost.formula.named import names_in
from symcost.questions import Question, questions
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.conventions import Convention
    from symcost.model import Model
    from symcost.ops.sizes import Fact
    from symcost.values import SymbolInfo

MOST_BLOCKS = 160
"""Blocks in the tree of a page; what lies deeper is left out."""

DEEPEST = 8

GROWING = ("params", "macs", "flops", "depth")
"""Of these it is said how they grow."""

SPELLED_OUT = ("params", "macs", "flops")
"""Of these every line has its formula."""


class Math:
    """Formulas in MathML, each once however often it is shown."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}

    def put(self, inside: str, spoken: str) -> int:
        """The number of a formula; `spoken` stands for it where MathML is unknown."""
        return self._numbers.setdefault((inside, spoken), len(self._numbers))

    def form(self, form: Form) -> int:
        """The number of a formula as it is."""
        return self.put(MathmlPrinter()(form), str(form))

    @property
    def all(self) -> list[tuple[str, str]]:
        """What they are, in the order of their numbers."""
        return list(self._numbers)


class Sources:
    """The texts of a page: those in which lines count, but not the library."""

    def __init__(self) -> None:
        self._numbers: dict[Source, int] = {}

    def number(self, source: Source) -> int | None:
        """Which of them a text is; None for one that is not shown."""
        if source.name.startswith("library/"):
            return None
        return self._numbers.setdefault(source, len(self._numbers))

    @property
    def all(self) -> list[Source]:
        """The texts, in the order of their numbers."""
        return list(self._numbers)


SPELLED_GRAPHS = 2
"""In further graphs of a model lines and blocks have numbers alone: a family has dozens of them."""


@dataclass(slots=True, eq=False)
class Book:
    """What all models of a page share. `of` is the quantity that it begins with."""

    convention: Convention
    of: str = "macs"
    math: Math = field(default_factory=Math)
    sources: Sources = field(default_factory=Sources)


def of_model(found: Variants, book: Book) -> dict[str, Any]:
    """A model with all its graphs.

    Raises SymcostError, TooLarge.
    """
    first = found.graphs[found.variant]
    book.sources.number(first.span.source)
    return {
        "name": found.name,
        "doc": " ".join((first.doc or "").split()),
        "signature": first.signature,
        "source": book.sources.number(first.span.source),
        "line": first.span.line,
        "variants": [_Variant(graph, book, number).data() for number, graph in enumerate(found.graphs)],
        "configs": [
            {
                "name": config.name,
                "variant": config.variant,
                "values": _texts(config.values),
                "start": _texts(filled(found.graphs[config.variant], config.values)),
            }
            for config in found.configs
        ],
        "whole": found.whole,
        "start": {"config": found.config, "variant": found.variant, "values": _texts(found.start)},
    }


def _texts(values: Any) -> dict[str, str]:
    """Numbers as texts: those of JSON lose digits."""
    return {name: str(value) for name, value in values.items()}


class _Variant:
    """One graph of a model, its sizes open."""

    def __init__(self, model: Model, book: Book, number: int) -> None:
        self._model = model
        self._book = book
        self._spelled = SPELLED_OUT if number < SPELLED_GRAPHS else ()
        self._summary = Summary(model, book.convention)
        self._open = [info for info in model.symbols if info.name not in model.values]
        self._symbols = [symbol(info.name) for info in self._open]
        self._shared = Shared(self._symbols)
        self._facts: dict[Fact, int] = {}

    def data(self) -> dict[str, Any]:
        asked = self._asked()
        sums = {name: question for name, question in asked.items() if question.kind == "sum"}
        told: dict[str, Any] = {
            "sizes": list(map(self._size, self._open)),
            "given": [*settings(self._model), *self._expected()],
            "assumed": list(map(self._fact, self._model.built.sizes.assumptions)),
            "quantities": {name: self._quantity(question) for name, question in asked.items()},
            "lines": {name: self._lines(question) for name, question in sums.items()},
            "tree": self._tree(sums),
        }

        # Last, as all of these added to them.
        told["facts"] = [self._said(item) for item in self._facts]
        told["program"] = self._shared.data()
        return told

    def _size(self, info: SymbolInfo) -> list[Any]:
        return [info.name, info.words, self._book.math.put(set_name(info.name), info.name)]

    def _asked(self) -> dict[str, Question]:
        """What the page tells, in the order of listings."""
        known = questions()
        names = {*self._summary.notable, self._book.of}
        if "depth" not in names:
            with suppress(SymcostError):
                _ = self._model.depth
                names.add("depth")
        return {name: question for name, question in known.items() if name in names}

    def _expected(self) -> Iterator[tuple[str, str]]:
        """What stands in the place of a setting where counts are expected ones."""
        for said in self._model.built.frame.context.expected:
            yield "weigh", said.written

    def _fact(self, item: Fact) -> int:
        return self._facts.setdefault(item, len(self._facts))

    def _said(self, item: Fact) -> dict[str, Any]:
        return {
            "text": str(item),
            "math": self._book.math.put(fact_mathml(item), str(item)),
            **fact(item, self._symbols),
        }

    # Quantities -----------------------------------------------------------------------------------

    def _form(self, question: Question) -> Form:
        return self._model.quantity(question.name, convention=self._book.convention).form

    def _quantity(self, question: Question) -> dict[str, Any]:
        form = self._form(question)
        told: dict[str, Any] = {
            "at": self._shared.add(form),
            "math": self._book.math.put(Marked().marked(form), str(form)),
            "where": [
                [self._book.math.put(set_name(let.name), let.name), self._book.math.form(let.value), let.words or ""]
                for let in names_in(form).values()
            ],
            "holds": [self._fact(item) for item in self._model.holds(question.name)],
        }
        if question.name in GROWING:
            told["grows"] = dict(self._growth(question))
        return told

    def _growth(self, question: Question) -> Iterator[tuple[str, str]]:
        """How a quantity grows in each size, where that can be said."""
        asked = self._model.quantity(question.name, convention=self._book.convention)
        for info in self._open:
            with suppress(SymcostError):
                yield info.name, in_a_sentence(asked.growth(info.name).growth.kind)

    # Lines ----------------------------------------------------------------------------------------

    def _lines(self, question: Question) -> list[list[Any]]:
        """The lines of the texts that count something: text, line, value, terms of the formula, formula."""
        marked = Marked()
        marked.marked(self._form(question))
        terms = Terms(marked.leaves)
        subject = self._model.answers.subject_under(self._book.convention)
        rows = []
        for (source, line), form in by_line(question, subject).items():
            number = self._book.sources.number(source)
            if number is None:
                continue
            shown = self._model.shown(form)
            written = self._book.math.form(shown) if question.name in self._spelled else -1
            rows.append([number, line, self._shared.add(shown), terms.touched(shown), written])
        return rows

    # Blocks ---------------------------------------------------------------------------------------

    def _tree(self, names: Iterable[str]) -> list[list[Any]]:
        """The blocks, the whole first: level, words, text, line, the value of each quantity, the formula of some."""
        return [self._block(row, list(names)) for row in self._rows()]

    def _rows(self) -> list[Row]:
        """As deep as there is room."""
        kept: list[Row] = []
        for depth in count(1):
            try:
                rows = self._summary.rows(depth)
            except TooManyBlocks:
                break
            if len(rows) > MOST_BLOCKS and kept:
                break
            if len(rows) == len(kept) or depth > DEEPEST:
                break
            kept = rows
        return kept

    def _block(self, row: Row, names: list[str]) -> list[Any]:
        forms = {name: self._model.shown(_count(row, name)) for name in names}
        counted = {name: self._shared.add(form) for name, form in forms.items() if form != 0}
        written = {name: self._book.math.form(forms[name]) for name in counted if name in self._spelled}
        place = self._book.sources.number(row.block.span.source)
        return [row.level, row.label, place, row.block.span.line, counted, written]


def in_a_sentence(kind: str) -> str:
    """How something grows, behind other words: `Linear` is written small, the letters of a formula stay what they are.

    >>> in_a_sentence("Quadratic"), in_a_sentence("S^4")
    ('quadratic', 'S^4')
    """
    return kind.lower() if kind.isalpha() and kind.istitle() else kind


def _count(row: Row, name: str) -> Form:
    """What a block counts of one quantity."""
    match name:
        case "params":
            return row.params
        case "macs":
            return row.macs
        case "flops":
            return row.flops
        case "active":
            return row.block.active * row.times
        case _:
            return row.block.cost[name] * row.times


def fact_mathml(item: Fact) -> str:
    """An assumption in MathML: `heads ∣ D`, `T ≥ K`."""
    left, right = (MathmlPrinter()(form) for form in item.forms)
    match item:
        case Divides(divisor=divisor) if divisor == 1:
            return f"{right}<mtext> is whole</mtext>"
        case Divides():
            return f"{left}<mtext> divides </mtext>{right}"
        case AtLeast() if item.is_limit_above:
            return f"{right}<mo>≤</mo>{left}"
        case AtLeast():
            return f"{left}<mo>≥</mo>{right}"
        case _:
            return f"{left}<mo>=</mo>{right}"
