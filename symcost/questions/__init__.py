'''Questions: what can be asked of a model by name. Each is one record in one file of this folder.

Every file here is found by itself, and what it registers can be asked at once: with `--of`, in `expect` blocks, as a
column of tables, from Python; if it says how, `explain` follows it to the lines of the text. A whole file, such as
`symcost/questions/widest.py`:

    """The widest tensor: the most numbers that one operation makes."""

    from __future__ import annotations

    from typing import TYPE_CHECKING

    from symcost.questions import Question, Subject, register

    if TYPE_CHECKING:
        from symcost.formula import Form


    def widest(subject: Subject) -> Form:
        """Numbers of the largest result.

        Raises UndecidedSize.
        """
        from symcost.analysis.memory.widest import Widest

        return subject.fold(Widest, subject.assumptions).of(subject.graph)


    register(
        Question(
            name="widest",
            words="numbers of the largest tensor",
            unit="numbers",
            ask=widest,
            title="Widest",
            order=66,
        )
    )

A file imports nothing heavy, as names and words are read for `--help`: what a question needs is imported where it is
asked.

A question that every line of the text adds to is a sum: it has a `by_line`, which gives a `Measure` (see
analysis/counts/by_line.py), such as `Operated(lambda operation: operation.cost["mac"])`; `by_place` instead, where
small sizes have another formula. One that is the length of a longest chain is a depth: it has a `longest`, which gives
`LongestPath`s (see analysis/depth/depth.py), one or, where open sizes decide, several. What counts under a convention
reads `subject.convention`.
'''

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeVar

from symcost.once import once, once_each
from symcost.records import dataclass

if TYPE_CHECKING:
    from pathlib import Path

    from symcost.analysis.counts.by_line import Measure, Part
    from symcost.analysis.depth.depth import LongestPath
    from symcost.analysis.fold import Folds
    from symcost.conventions import Convention
    from symcost.diagnostics import Span
    from symcost.formula import Assumptions, Form
    from symcost.graph.graph import Graph
    from symcost.ops.sizes import Fact

Given = ParamSpec("Given")
Made = TypeVar("Made")

Kind = Literal["sum", "placed", "depth", "plain"]
"""`sum`: every line of the text adds its share, whatever the sizes; `placed`: every line has its share, but small sizes
may have another formula; `depth`: the length of a longest chain; `plain`: none of these."""


UNITS_OF_OPERATIONS = ("operations", "MACs", "FLOPs")
"""Units of what is done, and not of what is there."""


@dataclass(frozen=True, eq=False)
class Subject:
    """What a question is asked of: the graph of a model and what is known of its sizes.

    `settle` makes the same with numbers in place of all dimensions; None where some have none, or it is so already.
    `counted_by` names the convention of a question that weighs operations.
    """

    graph: Graph
    assumptions: Assumptions
    folds: Folds
    counted_by: str | Path | Convention = "default"
    settle: Callable[[], Subject] | None = None

    def fold(self, kind: Callable[Given, Made], *given: Given.args, **options: Given.kwargs) -> Made:
        """`kind(*given, **options)`, made once for all questions to the same graph: a fold remembers what it saw."""
        return self.folds.made(kind, *given, **options)

    @once
    def convention(self) -> Convention:
        """The convention, read when it is needed.

        Raises UnknownConvention and the faults of reading one.
        """
        from symcost.conventions import Convention, load

        return self.counted_by if isinstance(self.counted_by, Convention) else load(self.counted_by)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Question:
    """What can be asked of a model by name: in which words and unit it is answered, and how it is asked.

    `words` say what is counted, as in "how many ...". `title` heads a column, the name where it is left out. `order` is
    its place in listings. `in_report` sets it among the totals of a report. `holds` says for which sizes its formula
    does, where not for all. `has_cases` says whether it may be another where sizes are small; a sum has none, and what
    does not say is taken to have some.
    """

    name: str
    words: str
    unit: str
    ask: Callable[[Subject], Form]
    title: str = ""
    order: float = 1000
    by_line: Callable[[Subject], Measure] | None = None
    by_place: Callable[[Subject], Measure] | None = None
    longest: Callable[[Subject], Sequence[LongestPath]] | None = None
    holds: Callable[[Subject], Iterable[Fact]] | None = None
    has_cases: Callable[[Subject], bool] | None = None
    in_report: bool = False

    def __repr__(self) -> str:
        return f"<Question {self.name}: {self.described}>"

    @property
    def heading(self) -> str:
        """What stands over a column of it."""
        return self.title or self.name

    @property
    def described(self) -> str:
        """The words, with the unit where they do not begin with it."""
        return self.words if self.words.startswith(self.unit) else f"{self.words} [{self.unit}]"

    @property
    def kind(self) -> Kind:
        """Whether `explain` can split it, and how."""
        if self.by_line is not None:
            return "sum"
        if self.by_place is not None:
            return "placed"
        return "plain" if self.longest is None else "depth"

    @property
    def is_expected(self) -> bool:
        """Whether what stands in `weigh` counts as often as it is expected to run: operations do, numbers do not."""
        return self.kind == "sum" and self.unit in UNITS_OF_OPERATIONS

    def explained(self, subject: Subject) -> Part:
        """Where a sum comes from, or what has places: the lines of the text, and the blocks around them."""
        from symcost.analysis.counts.by_line import Explanation

        measure = self.by_line or self.by_place
        assert measure is not None
        return Explanation(measure(subject)).of(subject.graph)


_registered: dict[str, Question] = {}


def register(question: Question) -> Question:
    """Make a question known by its name, at once and everywhere.

    Raises ValueError where another has the name.
    """
    if question.name in _registered:
        raise ValueError(f"there is a question `{question.name}` already")
    _registered[question.name] = question
    return question


def unregister(name: str) -> None:
    """Forget a question that was registered."""
    del _registered[name]


def questions(*kinds: Kind) -> dict[str, Question]:
    """The questions by name, in the order of listings; only those of some kinds, if any are named."""
    return {question.name: question for question in _in_order() if not kinds or question.kind in kinds}


def _in_order() -> list[Question]:
    _discover()
    return sorted(_registered.values(), key=lambda question: question.order)


def is_question(name: str) -> bool:
    """Whether something can be asked by this name."""
    _discover()
    return name in _registered


def question(name: str, *kinds: Kind, span: Span | None = None) -> Question:
    """A question by its name; of some kinds only, if any are named.

    Raises UnknownQuantity.
    """
    _discover()
    found = _registered.get(name)
    if found is None or (kinds and found.kind not in kinds):
        from symcost.errors import UnknownQuantity

        raise UnknownQuantity(name, tuple(questions(*kinds)), span)
    return found


@once_each
def _discover() -> None:
    """Import every file of this folder once; each registers what it knows."""
    for file in iter_modules(__path__):
        import_module(f"{__name__}.{file.name}")
