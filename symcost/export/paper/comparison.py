"""One model against others: a table of formulas and numbers, and sentences that say which is better from where on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from symcost.analysis.growth.compare import Crossing, Threshold, Undecided, always
from symcost.analysis.growth.growth import rises
from symcost.errors import UnderivedGrowth
from symcost.export import notation
from symcost.export.kinds.table import Figures, Tabled, decimal, floated, heading
from symcost.export.numbers import si
from symcost.export.paper.study import Study
from symcost.export.parts import Line, Paragraph, Piece, Relation, pieces
from symcost.export.reports.comparison import Comparison, stretches
from symcost.export.subject import Subject
from symcost.export.typesetting.latex import Setting
from symcost.export.typesetting.printer import InlineLatexPrinter
from symcost.export.typesetting.tables import Cell, Grid, Marked, Number, Row, pages_of
from symcost.export.writings.latex import is_stacked, said
from symcost.formula import Form, TooLarge, num, symbol
from symcost.formula.named import inlined
from symcost.questions import question

BETWEEN = 20.0
"""What lies between two columns, at most."""
LINES = 60
MOST_GROUPED = 40
"""So many lines in one column are better than fewer over both."""

ALWAYS = {
    "equal": "needs as {many} {words} as",
    "less": "needs {fewer} {words} than",
    "greater": "needs more {words} than",
    "at most": "never needs more {words} than",
    "at least": "never needs {fewer} {words} than",
}

SHORT = {"macs": "MACs", "active": "active parameters", "depth": "depth", "flops": "FLOPs"}
"""How a paper calls what it counts."""

# Sentences -------------------------------------------------------------------------------------


def in_short(name: str) -> str:
    """What is counted, in running text."""
    return SHORT.get(name) or question(name).words


def against(study: Study, place: int) -> Iterator[Line]:
    """What the own model needs against another one, a sentence for each quantity.

    For all sizes where that can be said, else for those that are given.
    """
    before = "At these sizes "
    for name in study.quantities:
        told = None if study.apart else _for_all(study, name, place)
        if told is not None:
            yield told
            continue
        sized = _with_sizes(study, name, place)
        if sized is None:
            yield _open(study, name, place)
        else:
            yield (before, *pieces(sized))
            before = ""


def _for_all(study: Study, name: str, place: int) -> Line | None:
    """What holds for all sizes; None where nothing was found."""
    one = Comparison(name, study.own, study.subjects[place], study.convention)
    left, right = one.forms
    fixed = always(left, right, one.known)
    if fixed:
        said = ALWAYS[fixed].format(fewer=one.fewer, many=one.many, words=in_short(one.quantity))
        everywhere = () if one.holds else (", whatever the sizes",)
        return (f"{one.left.label} {said} {one.right.label}", *everywhere, *one.where(), ".")
    crossing = one.crossing(study.at)
    if isinstance(crossing, Undecided):
        return None
    return (*_crossed(one, crossing, study), *_meeting(crossing, study), ".")


def _with_sizes(study: Study, name: str, place: int) -> Line | None:
    """The same for the sizes that are given; None where they do not decide it."""
    one = Comparison(name, study.sized[0], study.sized[place], study.convention)
    crossing = one.crossing(study.at)
    if not isinstance(crossing, Undecided):
        return (*_crossed(one, crossing, study), ".")
    left, right = one.forms
    fixed = always(left, right, one.known)
    if not fixed:
        return None
    said = ALWAYS[fixed].format(fewer=one.fewer, many=one.many, words=in_short(one.quantity))
    return f"{one.left.label} {said} {one.right.label}."


def _open(study: Study, name: str, place: int) -> Line:
    """That it cannot be said."""
    one = Comparison(name, study.sized[0], study.sized[place], study.convention)
    which = f"{one.left.label} or {one.right.label} needs {one.fewer} {in_short(one.quantity)}"
    return f"Whether {which} depends on the other sizes."


def _crossed(one: Comparison, crossing: Crossing, study: Study) -> Iterator[Piece]:
    """`A needs fewer parameters than B while T < 4·D, more while T > 4·D`"""
    assert not isinstance(crossing, Undecided)
    first, *others = stretches(crossing, study.at, one)
    how = next(how for how in (one.fewer, f"as {one.many}", "more") if str(first).startswith(how))
    than = "as" if how.startswith("as ") else "than"
    what = f"{how} {in_short(one.quantity)} {than} {one.right.label}"
    yield f"{one.left.label} needs {what}{str(first).removeprefix(how)}"
    yield from others


def _meeting(crossing: Crossing, study: Study) -> Iterator[Piece]:
    """` (T = 2048 at these sizes)`: where that is, if all other sizes have numbers and there is such a size."""
    point = _point(crossing.root, study) if isinstance(crossing, Threshold) else None
    if point is None:
        return
    if point < 1:  # no size is as small
        yield " (at these sizes the last holds for every "
        yield study.at
        yield ")"
        return
    is_whole = point.denominator == 1
    yield " ("
    yield Relation(study.at, "=" if is_whole else "≈", num(point if is_whole else round(point)))
    yield " at these sizes)"


def _point(root: Form, study: Study) -> Fraction | None:
    """A root at the sizes that all models share; None where it has no others, or needs more."""
    form = inlined(root)
    values = {symbol(name): value for name, value in study.sizes.items() if name not in study.apart}
    needed = form.free_symbols
    if not needed or not set(needed) <= values.keys():
        return None
    try:
        return Fraction(form.evaluate(values))
    except (TooLarge, ZeroDivisionError, ValueError, TypeError):
        return None


# Table -----------------------------------------------------------------------------------------


def side_by_side(study: Study, figures: Figures, setting: Setting, label: str, width: float) -> Iterator[str]:
    """A float: in one column where it fits there, the models below each other if need be, else over both.

    Raises TooNarrow.
    """
    low = replace(setting, low=True)
    pages, is_narrow = _set(study, figures, low, width)
    names = [one.label for one in study.subjects]
    caption = notation.text(f"Costs of {', '.join(names)}")
    opened = [rf"  \caption{{{caption}}}", rf"  \label{{tab:{label}}}"]
    for lines in pages:
        yield from floated("table" if is_narrow else "table*", opened, lines)
        opened = [r"  \par(continued)\par"]


def _set(study: Study, figures: Figures, setting: Setting, width: float) -> tuple[list[list[str]], bool]:
    """The table, and whether it is as narrow as a column.

    Raises TooNarrow.
    """
    grid = _grid(study, figures, setting)
    narrow = pages_of(grid, setting, width, LINES)
    if not is_stacked(narrow):
        return narrow, True
    grouped = pages_of(_by_quantity(study, figures, grid, setting), setting, width, MOST_GROUPED)
    if len(grouped) == 1 and not is_stacked(grouped):
        return grouped, True

    both = 2 * width + BETWEEN
    wide = pages_of(grid, setting, both, LINES)
    if not is_stacked(wide):
        return wide, False
    below = pages_of(_long(study, figures, grid, setting), setting, both, LINES)
    return (wide if is_stacked(below) else below), False


def _by_quantity(study: Study, figures: Figures, grid: Grid, setting: Setting) -> Grid:
    """One quantity below the other, and in it the models, so that their formulas stand next to each other."""
    rows: list[Row] = []
    for (title, forms), name in zip(figures, study.quantities, strict=True):
        rows.append(Row((title, "", ""), rule=bool(rows)))
        cells = zip(study.subjects, forms, map(_in_short, study.numbers(name)), strict=True)
        rows += [Row((one.label, form, number), 1) for one, form, number in cells]
    rows.append(Row((_growing(study, setting), "", ""), rule=True))
    grown = zip(study.subjects, grid.rows, strict=True)
    rows += [Row((one.label, row.cells[-1], ""), 1) for one, row in grown]
    return _with_numbers(rows)


def _growing(study: Study, setting: Setting) -> Marked:
    """`MACs in T`"""
    words = notation.text(f"{heading(study.of)} in")
    return Marked(rf"\text{{{words} }}{setting.plain(study.at)}")


def _in_short(form: Form) -> str:
    """A number with a prefix; nothing where there is none."""
    return "" if form.number is None else si(form.number)


def _with_numbers(rows: Sequence[Row]) -> Grid:
    """Formulas with their numbers beside them, if there is any."""
    if any(row.cells[-1] != "" for row in rows):
        return Grid(("", "Formula", "Number"), tuple(rows))
    return Grid(("", "Formula"), tuple(replace(row, cells=row.cells[:-1]) for row in rows))


def _grid(study: Study, figures: Figures, setting: Setting) -> Grid:
    """A row for each model: formulas, numbers where sizes are given, and how the cost grows."""
    numbers: list[Sequence[Number | None]] = []
    for name in study.quantities:
        numbers.append(list(map(_number, study.numbers(name))))
    table = Tabled([(one.label, 0) for one in study.subjects], figures, numbers)
    grid = table.grid("si")
    grown = [_growth(study, one, setting) for one in study.subjects]
    rows = [Row((*row.cells, cell), row.level, row.rule) for row, cell in zip(grid.rows, grown, strict=True)]
    return Grid((*grid.head, f"{heading(study.of)} in {study.dimension}"), tuple(rows))


def _long(study: Study, figures: Figures, grid: Grid, setting: Setting) -> Grid:
    """For formulas that are too long to stand side by side: one below the other, each with its number beside it."""
    rows: list[Row] = []
    for place, one in enumerate(study.subjects):
        rows.append(Row((one.label, "", ""), rule=place > 0))
        for (title, forms), name in zip(figures, study.quantities, strict=True):
            rows.append(Row((title, forms[place], _in_short(study.numbers(name)[place])), 1))
        rows.append(Row((_growing(study, setting), grid.rows[place].cells[-1], ""), 1))
    return _with_numbers(rows)


def _number(form: Form) -> Number | None:
    value = form.number
    if value is None:
        return None
    return Number(str(value.numerator) if value.denominator == 1 else decimal(Fraction(value)))


def _growth(study: Study, one: Subject, setting: Setting) -> Cell:
    """`T^2`, `T log T`, or a word."""
    form = one.form(study.of, study.convention)
    try:
        grown = rises(form, study.at, one.told("")).growth
    except UnderivedGrowth:
        return "?"
    written = said([Paragraph(grown)], InlineLatexPrinter(setting.names, powers=True))
    return Marked(written[1:-1]) if written.startswith("$") else grown.kind
