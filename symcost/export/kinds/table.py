"""Parameters and multiply-accumulates by block, or several models side by side, as a table of a paper."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from itertools import chain

from symcost.conventions import load
from symcost.export import notation
from symcost.export.kinds import Body, Wish
from symcost.export.naming import where
from symcost.export.numbers import PREFIXES
from symcost.export.outline import outline
from symcost.export.parts import Legend, Letter, Notes
from symcost.export.reports.formula import in_words
from symcost.export.subject import labelled
from symcost.export.summary import Summary
from symcost.export.typesetting.latex import TEXT, Setting
from symcost.export.typesetting.tables import Cell, Grid, Number, Row, pages_of
from symcost.export.writings.latex import InlineLatexPrinter, said
from symcost.formula import Form
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
Column = tuple[str, list[Cell]]
"""A title, and the cell of each row."""


def write(wish: Wish) -> Body:
    """A float with a caption that says what the letters mean and what is assumed.

    Raises TooNarrow, UnsafeLatex, TooManyBlocks.
    """
    table = tabled(wish)
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
        columns: list[Column] = []
        for (title, forms), values in zip(self._figures, self._numbers, strict=True):
            columns += _columns_of(title, forms, values, units)
        rows = tuple(self._row(place, columns) for place in range(len(self._labels)))
        titles = [title for title, _ in columns]
        return Grid(("", *titles), rows)

    def _row(self, place: int, columns: Sequence[Column]) -> Row:
        """The cells of one place in all columns; a rule above the total, unless it is all there is."""
        label, level = self._labels[place]
        cells = [column[place] for _, column in columns]
        is_total = self.total and place == len(self._labels) - 1
        return Row((label, *cells), level, rule=is_total and place > 0)

    @property
    def forms(self) -> list[Form]:
        """All formulas."""
        return [form for _, forms in self._figures for form in forms]

    def written(self, wish: Wish) -> str:
        """The float.

        Raises TooNarrow, UnsafeLatex.
        """
        setting = wish.setting(*self.forms)
        opened = self._opened(wish, setting)
        written = []
        for lines in pages_of(self.grid(wish.units), replace(setting, low=True), _width(wish), LINES):
            written += floated(_environment(wish), opened, lines)
            opened = [r"  \par(continued)\par"]
        return "\n".join(written) + "\n"

    def _opened(self, wish: Wish, setting: Setting) -> list[str]:
        """The caption of the first float, and its label where one is wished."""
        title = notation.text(self.what if wish.caption is None else wish.caption)
        caption = " ".join(filter(None, [title, explained(wish, setting, self.forms)]))
        short = "" if wish.short is None else f"[{{{notation.text(wish.short)}}}]"
        opened = [rf"  \caption{short}{{{caption}}}"]
        if wish.label:
            opened.append(rf"  \label{{{notation.key(wish.label)}}}")
        return opened


def _width(wish: Wish) -> float:
    """How wide the table may be, in points."""
    if wish.width is not None:
        return wish.width
    return ON_ITS_SIDE if wish.landscape else TEXT


def _environment(wish: Wish) -> str:
    """The float: on its side where that is wished, over both columns where it is wider than one."""
    name = "sidewaystable" if wish.landscape else "table"
    wide = wish.width is not None and wish.width > BOTH_COLUMNS
    return f"{name}*" if wide else name


def floated(name: str, opened: Sequence[str], lines: Sequence[str]) -> list[str]:
    """The lines of one float."""
    return [
        rf"\begin{{{name}}}",
        r"  \centering\setlength{\emergencystretch}{3em}\renewcommand{\arraystretch}{1.1}",
        *opened,
        r"  \medskip",
        *(f"  {line}" for line in lines),
        rf"\end{{{name}}}",
    ]


def tabled(wish: Wish) -> Tabled:
    """The blocks of the only model, or all models side by side."""
    return _of_blocks(wish) if len(wish.models) == 1 else _of_models(wish)


def grid_of(wish: Wish) -> tuple[Grid, list[Form]]:
    """The table alone, and its formulas."""
    table = tabled(wish)
    return table.grid(wish.units), table.forms


def _of_blocks(wish: Wish) -> Tabled:
    model = wish.model
    summary = Summary(model, load("default"))
    labels, params, macs = [], [], []
    for item in outline(model.tree, wish.depth, every=wish.every):
        labels.append((item.label, item.level))
        params.append(item.params)
        macs.append(item.macs)
    labels.append((model.name, 0))
    params.append(model.tree.params)
    macs.append(model.tree.cost["macs"])
    figures: Figures = []
    numbers: list[Sequence[Number | None]] = []
    for title, forms in (("Parameters", params), ("MACs", macs)):
        figures.append((title, list(map(wish.ordered, forms))))
        numbers.append([_number(summary, form) for form in forms])
    table = Tabled(labels, _told_apart(wish, figures), numbers)
    table.what = f"Parameters and multiply-accumulates (MACs) of {model.name} by block."
    table.total = True
    return table


def _of_models(wish: Wish) -> Tabled:
    subjects = labelled(list(wish.models))
    summaries = [Summary(subject.model, load(wish.convention)) for subject in subjects]
    figures: Figures = []
    numbers: list[Sequence[Number | None]] = []
    totals = [summary.totals for summary in summaries]
    for name in _compared(totals):
        forms = list(map(partial(_total, name), summaries, totals))
        figures.append((HEADS[name], list(map(wish.ordered, forms))))
        numbers.append(list(map(_number, summaries, forms)))
    labels = [(subject.label, 0) for subject in subjects]
    table = Tabled(labels, _told_apart(wish, figures), numbers)
    table.what = "Parameters and multiply-accumulates (MACs) side by side."
    return table


def _told_apart(wish: Wish, figures: Figures) -> Figures:
    """The formulas with those named sizes written out whose name means something else in another one."""
    naming = wish.naming(form for _, forms in figures for form in forms)
    return [(title, list(map(naming.of, forms))) for title, forms in figures]


def _compared(totals: Sequence[Mapping[str, Form]]) -> Iterator[str]:
    """The quantities that have a column: active parameters and state only where they say more than the others."""
    yield "params"
    if any(one["active"] != one["params"] for one in totals):
        yield "active"
    yield "macs"
    if any(one.get("state", 0) != 0 for one in totals):
        yield "state"


def _total(name: str, summary: Summary, totals: Mapping[str, Form]) -> Form:
    """One of the totals; asked of the model where it is not among them."""
    if name in totals:
        return totals[name]
    return question(name).ask(summary.model.answers.subject_under(summary.convention))


# Columns ---------------------------------------------------------------------------------------


def _columns_of(title: str, forms: Sequence[Form], values: Sequence[Number | None], units: str) -> Iterator[Column]:
    """The formulas of a quantity where one of them is open or has no number; its numbers where they say more."""
    is_open = [bool(form.free_symbols) for form in forms]
    if any(is_open) or None in values:
        yield title, list(forms)
    # An open formula has a number where its model sets all dimensions.
    worked_out = [value for value, open_ in zip(values, is_open, strict=True) if open_ and value]
    if worked_out or not any(is_open):
        yield _number_column(title, values, units)


def _number(summary: Summary, form: Form) -> Number | None:
    """The exact number, where all dimensions of a model have one."""
    value = summary.number(form)
    if value is None:
        return None
    return Number(str(value) if isinstance(value, int) else decimal(value))


def decimal(value: Fraction) -> str:
    """Three digits behind the point at most."""
    return format(Decimal(value.numerator) / Decimal(value.denominator), ".3f").rstrip("0").rstrip(".")


def _number_column(title: str, values: Sequence[Number | None], units: str) -> Column:
    """Numbers of one column, all with the same prefix where it is wished."""
    known = [Decimal(value.digits) for value in values if value is not None]
    power = _power(known) if units == "si" else 0
    if power == 0:
        return title, [value or "" for value in values]
    return f"{title} ({PREFIXES[power]})", [_scaled(value, power) if value else "" for value in values]


def _power(values: Sequence[Decimal]) -> int:
    """Of ten, a multiple of three: that of the greatest prefix that leaves a digit before the point.

    A smaller one where the least of them would be nothing but zeros.
    """
    largest, least = max(values), min((value for value in values if value), default=Decimal(1))
    power = 0
    while power < max(PREFIXES) and largest >= 10 ** (power + 3):
        power += 3
    while power and least.scaleb(2) < 10**power:
        power -= 3
    return power


def heading(name: str) -> str:
    """The title of the column of a quantity."""
    words = question(name).heading
    return HEADS.get(name) or words[0].upper() + words[1:]


def _scaled(value: Number, power: int) -> Number:
    """Three digits that count, at most three behind the point."""
    scaled = Decimal(value.digits).scaleb(-power)
    if scaled == 0:
        return Number("0")
    before = sum(scaled >= least for least in (1, 10, 100))
    return Number(format(scaled, f".{3 - before}f"))


def explained(wish: Wish, setting: Setting, forms: Iterable[Form]) -> str:
    """As sentences: the letters that occur, what is assumed of them, and what the named sizes stand for.

    A name must mean one thing in all of the forms.
    """
    printer = InlineLatexPrinter(setting.names, powers=wish.powers)
    listed = list(forms)
    return said([*explanations(wish, listed), *_meanings(wish, listed)], printer)


def where_of(wish: Wish, setting: Setting, forms: Iterable[Form]) -> str:
    """`Where $d = D / h$, $e = 2 d$.`; empty where no size has a name."""
    printer = InlineLatexPrinter(setting.names, powers=wish.powers)
    return said(list(_meanings(wish, list(forms))), printer)


def explanations(wish: Wish, listed: Sequence[Form]) -> Iterator[Legend | Notes]:
    """The letters that occur, and what is assumed of them."""
    told = chain.from_iterable(model.assumptions for _, model in wish.models)
    facts = list(dict.fromkeys(told))
    assumed = chain.from_iterable(fact.forms for fact in facts)
    found = {one.name for form in (*listed, *assumed) for one in form.free_symbols}
    yield Legend(tuple(letters(wish, found)))
    yield Notes(in_words(facts))


def _meanings(wish: Wish, listed: Sequence[Form]) -> Iterator[Notes]:
    """What the named sizes stand for, each behind those that it is made of."""
    lets = wish.naming(listed).said(listed)
    if lets:
        yield Notes((where(lets),))


def letters(wish: Wish, found: Collection[str]) -> Iterator[Letter]:
    """Each letter once, as the first model that has it explains it; its value only where there is no other model."""
    is_alone = len(wish.models) == 1
    explained = set()
    for _, model in wish.models:
        for info in model.symbols:
            if info.name not in found or info.name in explained:
                continue
            explained.add(info.name)
            value = model.values.get(info.name) if is_alone else None
            yield Letter(info.name, value, info.words)
