"""A result as it is said, apart from how it is written.

A report makes a `Page`; a writing turns any page into a text. How a number is rounded, a formula set and a line broken
is the writing's matter: text shows `102 k` where JSON has the exact number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from symcost.arguments import NAME, NOTHING, WHOLE, taking
from symcost.errors import SymcostError
from symcost.records import dataclass

if TYPE_CHECKING:
    from symcost.export.parts import Line, Part, Table
    from symcost.formula import Form
    from symcost.formula.form import Let
    from symcost.values import SymbolInfo


Length = TypeVar("Length")


@dataclass(frozen=True, slots=True)
class Room:
    """Where a page is put: columns in a line (None: as many as the terminal has), whether it is a
    plain file, and how wide a line of print is, in points. `powers`: `D^2` for `D·D` in Markdown and Typst.
    """

    width: int | None = None
    plain: bool = False
    points: float | None = None
    powers: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A result, told as long as it is wanted; each length is made only when a writing asks for it.

    `parts` is the page as a document; `brief` the same for somebody at a terminal; `records` one line for each thing,
    for spreadsheets; `data` is for programs. Where one of the last three is missing, the parts serve for it.
    `alone` is the formula that is the whole answer, where there is one: the parts only put words around it.
    """

    title: str
    parts: Callable[[], Iterable[Part]]
    brief: Callable[[], Iterable[Part]] | None = None
    records: Callable[[], Table] | None = None
    data: Callable[[], Mapping[str, Any]] | None = None
    alone: Form | None = None
    symbols: tuple[SymbolInfo, ...] = ()
    """The dimensions, with how the file wants them set."""
    where: tuple[Let, ...] = ()
    """The named sizes in the formula that is `alone`: what they are stands below it."""
    picture: Callable[[], str] | None = None
    """What stands below it in a notebook, as HTML; an empty text where there is nothing to be seen."""
    folds: bool = False
    """Whether lines that are too long for a terminal are folded there; else the terminal may do what it likes."""

    @taking(writing=NAME, width=WHOLE | NOTHING)
    def written(self, writing: str = "text", width: int | None = None) -> str:
        """In a writing: `text`, `markdown`, `csv`, `json`, `latex`, `typst`, or one that was registered.

        Raises KeyError for a name that there is not, UnsafeLatex.
        """
        from symcost.export.writings import names, written

        if writing not in names():
            raise KeyError(f"no writing {writing!r}; there are {', '.join(names())}")
        return written(writing, self, Room(width, plain=True))

    def __str__(self) -> str:
        return self.written().rstrip("\n")

    def __repr__(self) -> str:
        return f"<Page {self.title}>"

    def _repr_html_(self) -> str:
        """In a notebook: formulas set by the browser itself."""
        from symcost.export.hypertext import html
        from symcost.export.naming import told

        return html(told(self), "" if self.picture is None else self.picture())

    def _repr_markdown_(self) -> str:
        return self.written("markdown")

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is said in all lengths: what would make them knows the whole model, and cannot leave the process."""
        lengths = (self.parts, self.brief, self.records, self.data)
        picture = _said(self.picture)
        return Page, (self.title, *map(_said, lengths), self.alone, self.symbols, self.where, picture, self.folds)

    @property
    def meanings(self) -> Iterator[Line]:
        """What stands below the formula that is alone: `where d = D/heads`."""
        if self.where:
            from symcost.export.naming import where

            yield where(self.where)

    def at_a_glance(self) -> Iterable[Part]:
        """The parts for a terminal."""
        return (self.parts if self.brief is None else self.brief)()


@dataclass(frozen=True, slots=True)
class Said(Generic[Length]):
    """A length of a page that has been made."""

    what: Length

    def __call__(self) -> Length:
        return self.what


@dataclass(frozen=True, slots=True)
class Unsaid:
    """One that cannot be made, and says so again wherever it is asked for."""

    fault: SymcostError

    def __call__(self) -> NoReturn:
        raise self.fault


def _said(make: Callable[[], Any] | None) -> Said[Any] | Unsaid | None:
    if make is None:
        return None
    try:
        made = make()
    except SymcostError as fault:
        return Unsaid(fault)
    return Said(tuple(made) if isinstance(made, Iterator) else made)
