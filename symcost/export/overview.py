"""Many models side by side: what each costs and how that grows, as the closing table of a lecture."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symcost.analysis.growth.growth import rise
from symcost.analysis.growth.orders import order
from symcost.errors import SymcostError, UnknownQuantity
from symcost.export import latex, notation
from symcost.export.table import cell as marked, grid
from symcost.export.text import NARROWEST, cells as width_of, hanging, wrapped
from symcost.formula import Form, Growth, TooLarge, num, symbol
from symcost.questions import question

if TYPE_CHECKING:
    from symcost.export.subject import Subject

SCALING = "scaling"
"""The column that says how the first one grows."""

MOST_LINES = 6
"""A table in which some row needs more lines is stacked."""

NARROW = 14
"""A column is broken to no fewer characters; a table that would need it is stacked."""

Cell = Form | Growth | str
"""What a column holds: a formula, how one grows, or why there is none."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One model, with what stands in each column."""

    subject: Subject
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Overview:
    """The models, the names of the columns, the dimension in which things grow, whether orders replace formulas."""

    entries: tuple[Entry, ...]
    columns: tuple[str, ...]
    dimension: str
    orders: bool = False

    @property
    def head(self) -> tuple[str, ...]:
        """The titles of the columns."""
        return ("Model", *(self._title(name) for name in self.columns))

    def _title(self, name: str) -> str:
        if name == SCALING:
            return "Time scaling" if self.dimension == "T" else f"In {self.dimension}"
        return question(name).heading

    def written(self, cell: Cell) -> str:
        """What stands in a cell, as text."""
        match cell:
            case Form() as form:
                return f"O({form})" if self.orders and form != 0 else str(form)
            case Growth():
                return cell.kind
            case _:
                return "?"

    @property
    def rows(self) -> list[list[str]]:
        """The cells as text."""
        return [[e.subject.label, *(self.written(e.cells[name]) for name in self.columns)] for e in self.entries]

    @property
    def notes(self) -> Iterator[str]:
        """What the table needs said: assumptions, and why a cell is empty."""
        renamed = {name: form for entry in self.entries for name, form in entry.subject.renamed.items()}
        if renamed:
            yield f"with {', '.join(f'{name} = {form}' for name, form in renamed.items())}"
        facts: dict[str, list[str]] = {}
        for entry in self.entries:
            for fact in entry.subject.facts:
                facts.setdefault(fact, []).append(entry.subject.label)
        for fact, labels in facts.items():
            yield f"assuming {fact}" + ("" if len(labels) == len(self.entries) else f" ({', '.join(labels)})")
        for entry in self.entries:
            for name, cell in entry.cells.items():
                if isinstance(cell, str):
                    yield f"? {self._title(name)} of {entry.subject.label}: {cell}"

    @property
    def symbols(self) -> dict[str, str]:
        """The dimensions that occur, with what the files call them."""
        said: dict[str, dict[str, None]] = {}
        for entry in self.entries:
            for name, meaning in entry.subject.symbols:
                words = said.setdefault(name, {})
                words |= {meaning: None} if meaning else {}
        return {name: "; ".join(words) for name, words in said.items()}


def overview(
    subjects: Sequence[Subject],
    columns: Sequence[str],
    known: Collection[str],
    dimension: str = "T",
    convention: str = "default",
    orders: bool = False,
) -> Overview:
    """Asks each model for each column; `known` are the quantities that there are.

    Raises UnknownQuantity and the faults of the models; what cannot be derived for one model leaves its cell empty.
    """
    for name in columns:
        if name != SCALING and name not in known:
            raise UnknownQuantity(name, (*known, SCALING))
    first = next((name for name in columns if name != SCALING), "macs")
    entries = []
    for subject in subjects:
        _ = subject.model.graph  # what is wrong with the model itself is said as such
        cells: dict[str, Cell] = {}
        for name in columns:
            try:
                form = subject.form(name, convention) if name != SCALING else num(0)
                if name == SCALING:
                    cells[name] = _scaling(subject, first, dimension, convention)
                else:
                    cells[name] = order(form, subject.assumptions, _names(subjects)) if orders else form
            except TooLarge as big:
                cells[name] = str(big)
            except SymcostError as fault:
                cells[name] = fault.faults[0].report.message
        entries.append(Entry(subject, cells))
    return Overview(tuple(entries), tuple(columns), dimension, orders)


def _scaling(subject: Subject, name: str, dimension: str, convention: str) -> Cell:
    if subject.model.built.fixed and dimension in subject.model.values:
        return f"the model needs a number for {dimension} before it can be built"
    return rise(subject.form(name, convention, kept=dimension), symbol(dimension))


def _names(subjects: Sequence[Subject]) -> list[str]:
    """The dimensions in the order of the signatures."""
    return list(dict.fromkeys(name for subject in subjects for name, _ in subject.symbols))


# Writings ------------------------------------------------------------------------------------------


def text(table: Overview, width: int) -> str:
    """For the eye: columns where they fit, formulas broken if need be, else the models below each other."""
    rows = [list(table.head), *table.rows]
    lines = _columns(rows, width) or list(_stacked(table, max(width, NARROWEST)))
    symbols = table.symbols
    pad = max(map(width_of, symbols), default=0)
    meanings = [f"{name:<{pad}}  {words}" for name, words in symbols.items() if words]
    sections = ["\n".join(line.rstrip() for line in lines), "\n".join(meanings), "\n".join(table.notes)]
    return "\n\n".join(section for section in sections if section) + "\n"


def _columns(rows: list[list[str]], width: int) -> list[str]:
    """The rows as lines of a table, all but the names broken where need be; none where they are too long for one."""
    first, *natural = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    room = width - first - 2 * len(natural)
    most = max(natural, default=0)
    cap = next((c for c in range(most, NARROW - 1, -1) if sum(min(n, c) for n in natural) <= room), 0)
    widths = [first, *(min(n, cap) for n in natural)]
    lines: list[str] = []
    for row in rows if cap else []:
        cells = [row[:1], *(wrapped(cell, cap) for cell in row[1:])]
        height = max(map(len, cells))
        if height > MOST_LINES or any(width_of(line) > cap for cell in cells[1:] for line in cell):
            return []
        for number in range(height):
            parts = [cell[number] if number < len(cell) else "" for cell in cells]
            lines.append("  ".join(part + " " * (w - width_of(part)) for part, w in zip(parts, widths, strict=True)))
    return lines


def _stacked(table: Overview, width: int) -> Iterator[str]:
    pad = max(map(len, table.head))
    for number, row in enumerate(table.rows):
        yield from ([""] if number else [])
        yield row[0]
        for title, cell in zip(table.head[1:], row[1:], strict=True):
            yield hanging(f"  {title:<{pad}}  ", cell, width)


def markdown(table: Overview) -> str:
    """A table, then what the letters mean and what is assumed."""
    parts = [grid(table.head, table.rows)]
    said = [f"{name}: {words}" for name, words in table.symbols.items() if words]
    parts += [marked(", ".join(said)) + "."] if said else []
    parts += [marked(note[0].upper() + note[1:]) + "." for note in table.notes]
    return "\n\n".join(parts) + "\n"


def latex_table(table: Overview) -> str:
    """A booktabs table; the caption explains the symbols.

    Raises UnsafeLatex.
    """
    infos = {info.name: info for entry in table.entries for info in reversed(entry.subject.model.symbols)}
    write = latex.LatexPrinter(notation.notation((info.name, info.latex, info.span) for info in infos.values()))
    said = [f"${write.symbol(symbol(n))}$: {notation.text(words)}" for n, words in table.symbols.items() if words]
    sentences = [", ".join(said), *map(notation.text, table.notes)]
    caption = " ".join(f"{s[0].upper()}{s[1:]}." for s in sentences if s)
    lines = [
        r"% needs amsmath and booktabs",
        r"\begin{table}",
        r"  \centering",
        *([rf"  \caption{{{caption}}}", r"  \medskip"] if caption else []),
        rf"  \begin{{tabular}}{{@{{}}{'l' * len(table.head)}@{{}}}}",
        r"    \toprule",
        rf"    {' & '.join(map(notation.text, table.head))} \\",
        r"    \midrule",
    ]
    for entry in table.entries:
        cells = [_set(table, entry.cells[name], write) for name in table.columns]
        lines.append(rf"    {' & '.join([notation.text(entry.subject.label), *cells])} \\")
    return "\n".join([*lines, r"    \bottomrule", r"  \end{tabular}", r"\end{table}", ""])


def _set(table: Overview, cell: Cell, write: latex.LatexPrinter) -> str:
    match cell:
        case Form() as form:
            return f"$O({write(form)})$" if table.orders and form != 0 else f"${write(form)}$"
        case Growth():
            return _growth(cell, write)
        case _:
            return "?"


def _growth(grown: Growth, write: latex.LatexPrinter) -> str:
    r"""Words as they are, orders as mathematics: `$T \log T$`."""
    name, sign = grown.symbol.name, write.symbol(grown.symbol)
    words = grown.kind.split()
    if not any(word.partition("^")[0] == name for word in words):
        return notation.text(grown.kind)
    set_ = {"log": r"\log", name: sign}
    return f"${' '.join(set_.get(word, word.replace(name, sign, 1)) for word in words)}$"


def as_json(table: Overview) -> str:
    """For machines: each cell as text, growth with its leading coefficient, assumptions by model."""
    models = [
        {
            "model": entry.subject.model.name,
            "label": entry.subject.label,
            **{name: _plain(table, entry.cells[name]) for name in table.columns},
            "assumptions": entry.subject.facts,
        }
        for entry in table.entries
    ]
    tree = {"columns": dict(zip(table.columns, table.head[1:], strict=True)), "in": table.dimension, "models": models}
    return json.dumps(tree | {"symbols": table.symbols}, indent=2, ensure_ascii=False)


def _plain(table: Overview, cell: Cell) -> Any:
    match cell:
        case Growth(leading=leading):
            return {"kind": cell.kind, "leading": str(leading)}
        case Form():
            return table.written(cell)
        case why:
            return {"unknown": why}
