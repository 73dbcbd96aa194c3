"""Parameters and multiply-accumulates by block, or several models side by side, as a table of a paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from symcost.conventions import load
from symcost.export import notation
from symcost.export.kinds import Body, Wish
from symcost.export.numbers import PREFIXES
from symcost.export.outline import outline
from symcost.export.parts import Legend, Letter, Notes
from symcost.export.reports.formula import in_words
from symcost.export.subject import labelled
from symcost.export.summary import Summary
from symcost.export.typesetting.latex import TEXT
from symcost.export.typesetting.tables import Cell, Grid, Number, Row, pages_of
from symcost.export.writings.latex import InlineLatexPrinter, said
from symcost.formula import Form
from symcost.formula.named import names_in
from symcost.questions import question

PACKAGES = ("amsmath", "amssymb", "booktabs", "siunitx")
ON_ITS_SIDE = 500.0
"""How wide a table on its side may be, where nothing was said of it."""
LINES = 42
"""A table of more lines goes on in another one: a page has no more."""
BOTH_COLUMNS = 260.0
"""A wider table stands over both columns of a page."""
HEADS = {"params": "Parameters", "macs": "MACs", "active": "Active parameters", "state": "State"}
Figures = list[tuple[str, Sequence[Form]]]
"""A title, and the formula of each row."""


def write(wish: Wish) -> Body:
    """A float with a caption that says what the letters mean and what is assumed.

    Raises TooNarrow, UnsafeLatex, TooManyBlocks.
    """
    table = _of_blocks(wish) if len(wish.models) == 1 else _of_models(wish)
    return Body(table.written(wish), packages(wish))


def packages(wish: Wish) -> tuple[str, ...]:
    """What the table needs."""
    return (*PACKAGES, "rotating") if wish.landscape else PACKAGES


class Tabled:
    """Rows with formulas, and with numbers where all dimensions of their model have one."""

    def __init__(self, labels: Sequence[tuple[str, int]], figures: Figures, numbers: list[Sequence[Number | None]]):
        self._labels, self._figures, self._numbers = labels, figures, numbers
        self.what = ""
        self.total = False

    def grid(self, units: str) -> Grid:
        """Formulas where some dimension is open in one of them, numbers where there are any."""
        columns: list[tuple[str, list[Cell]]] = []
        for (title, forms), values in zip(self._figures, self._numbers, strict=True):
            is_open = any(form.free_symbols for form in forms)
            if is_open or any(value is None for value in values):
                columns.append((title, list(forms)))
            if not is_open or any(form.free_symbols and value for form, value in zip(forms, values, strict=True)):
                columns.append(_number_column(title, values, units))
        rows = []
        for place, (label, level) in enumerate(self._labels):
            last = self.total and place == len(self._labels) - 1
            rows.append(Row((label, *(cells[place] for _, cells in columns)), level, rule=last and place > 0))
        return Grid(("", *(title for title, _ in columns)), tuple(rows))

    @property
    def forms(self) -> list[Form]:
        """All formulas."""
        return [form for _, forms in self._figures for form in forms]

    def written(self, wish: Wish) -> str:
        """The float.

        Raises TooNarrow, UnsafeLatex.
        """
        width = (ON_ITS_SIDE if wish.landscape else TEXT) if wish.width is None else wish.width
        setting = wish.setting(*self.forms)
        wide = wish.width is not None and wish.width > BOTH_COLUMNS
        name = ("sideways" if wish.landscape else "") + "table" + ("*" if wide else "")
        title = notation.text(wish.caption) if wish.caption is not None else notation.text(self.what)
        explained = said(list(_explanations(wish, self.forms)), InlineLatexPrinter(setting.names, powers=wish.powers))
        caption = " ".join(filter(None, [title, explained]))
        short = f"[{{{notation.text(wish.short)}}}]" if wish.short is not None else ""
        pages = pages_of(self.grid(wish.units), replace(setting, low=True), width, LINES)
        floats = []
        for number, lines in enumerate(pages):
            again = number > 0
            label = [rf"  \label{{{notation.key(wish.label)}}}"] if wish.label and not again else []
            opened = [rf"  \caption{short}{{{caption}}}", *label] if not again else [r"  \par(continued)\par"]
            floats.append([
                rf"\begin{{{name}}}",
                r"  \centering\setlength{\emergencystretch}{3em}",
                *opened,
                r"  \medskip",
                *(f"  {line}" for line in lines),
                rf"\end{{{name}}}",
            ])  # fmt: skip
        return "\n".join("\n".join(lines) for lines in floats) + "\n"


def grid_of(wish: Wish) -> tuple[Grid, list[Form]]:
    """The table alone, and its formulas."""
    table = _of_blocks(wish) if len(wish.models) == 1 else _of_models(wish)
    return table.grid(wish.units), table.forms


def _of_blocks(wish: Wish) -> Tabled:
    model = wish.model
    summary = Summary(model, load("default"))
    items = outline(model.tree, wish.depth, every=wish.every)
    labels = [*((item.label, item.level) for item in items), (model.name, 0)]
    params = [*(item.params for item in items), model.tree.params]
    macs = [*(item.macs for item in items), model.tree.cost["macs"]]
    figures: Figures = [("Parameters", params), ("MACs", macs)]
    numbers: list[Sequence[Number | None]] = [[_number(summary, form) for form in forms] for _, forms in figures]
    ordered: Figures = [(title, [wish.ordered(form) for form in forms]) for title, forms in figures]
    table = Tabled(labels, ordered, numbers)
    table.what = f"Parameters and multiply-accumulates (MACs) of {model.name} by block."
    table.total = True
    return table


def _of_models(wish: Wish) -> Tabled:
    subjects = labelled(list(wish.models))
    summaries = [Summary(subject.model, load(wish.convention)) for subject in subjects]
    totals = [summary.totals for summary in summaries]
    asked = ["params", "macs"]
    if any(one["active"] != one["params"] for one in totals):
        asked.insert(1, "active")
    if any(one.get("state", 0) != 0 for one in totals):
        asked.append("state")
    figures: Figures = []
    numbers: list[Sequence[Number | None]] = []
    for name in asked:
        forms = [
            one[name] if name in one else question(name).ask(summary.model.answers.subject_under(summary.convention))
            for one, summary in zip(totals, summaries, strict=True)
        ]
        figures.append((HEADS[name], [wish.ordered(form) for form in forms]))
        numbers.append([_number(summary, form) for summary, form in zip(summaries, forms, strict=True)])
    table = Tabled([(subject.label, 0) for subject in subjects], figures, numbers)
    table.what = "Parameters and multiply-accumulates (MACs) side by side."
    return table


def _number(summary: Summary, form: Form) -> Number | None:
    """The exact number, where all dimensions of a model have one."""
    value = summary.number(form)
    return None if value is None else Number(str(value) if isinstance(value, int) else _decimal(value))


def _decimal(value: Fraction) -> str:
    return format(Decimal(value.numerator) / Decimal(value.denominator), ".3f").rstrip("0").rstrip(".")


def _number_column(title: str, values: Sequence[Number | None], units: str) -> tuple[str, list[Cell]]:
    """Numbers of one column, all with the same prefix where it is wished."""
    known = [Decimal(value.digits) for value in values if value is not None]
    power = 0
    if units == "si":
        while power < max(PREFIXES) and max(known) >= 10 ** (power + 3):
            power += 3
    cells: list[Cell] = []
    for value in values:
        if value is None:
            cells.append("")
        else:
            cells.append(value if power == 0 else Number(_scaled(Decimal(value.digits), power)))
    return (f"{title} ({PREFIXES[power]})" if power else title), cells


def _scaled(value: Decimal, power: int) -> str:
    """Three digits that count, at most three behind the point."""
    scaled = value.scaleb(-power)
    places = 0 if scaled >= 100 else 1 if scaled >= 10 else 2 if scaled >= 1 else 3
    return "0" if value == 0 else format(scaled, f".{places}f")


def _explanations(wish: Wish, forms: Iterable[Form]) -> Iterator[Legend | Notes]:
    """The letters that occur, and what is assumed of them."""
    listed = list(forms)
    found = {one.name for form in listed for one in form.free_symbols}
    facts = list(dict.fromkeys(fact for _, model in wish.models for fact in model.assumptions))
    found |= {one.name for fact in facts for form in fact.forms for one in form.free_symbols}
    letters: dict[str, Letter] = {}
    for _, model in wish.models:
        for info in model.symbols:
            if info.name in found:
                value = model.values.get(info.name) if len(wish.models) == 1 else None
                letters.setdefault(info.name, Letter(info.name, value, info.words))
    yield Legend(tuple(letters.values()))
    yield Notes(in_words(facts))
    lets = names_in(*listed).values()
    if lets:
        pieces = [piece for let in lets for piece in (", ", let, " = ", let.value)]
        yield Notes((("where ", *pieces[1:]),))
