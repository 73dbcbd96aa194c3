"""A report for the eye: a table where it fits, else stacked; plain where it is piped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from symcost.export import numbers
from symcost.export.summary import Summary
from symcost.questions import question

if TYPE_CHECKING:
    from symcost.hardware import Device, Estimate

COLUMNS = {"params": "parameters", "macs": "MACs", "flops": "FLOPs"}
"""The quantities that are listed for each block, with their headings."""

NARROWEST = 40
"""No line is broken to be shorter than this, whatever the terminal."""


def console(width: int | None = None, *, plain: bool = False) -> Console:
    """Standard output: its width and colours, 80 columns without colour when piped; `plain` for files."""
    return Console(
        width=width,
        highlight=False,
        emoji=False,
        markup=False,
        no_color=plain,
        force_terminal=False if plain else None,
    )


def render(on: Console, *parts: Text | Table | str) -> str:
    """The parts below each other, without blanks at the ends of lines."""
    with on.capture() as captured:
        for part in parts:
            # A table wider than the terminal is left to the terminal: rich would drop columns.
            stiff = isinstance(part, Table) and all(column.no_wrap for column in part.columns)
            here = on.width
            on.width = max(here, _measured(part, on).maximum if stiff else 0)
            on.print(part, crop=False)
            on.width = here
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def _measured(table: Table | Text | str, on: Console) -> Measurement:
    """How wide something is where there is room."""
    return Measurement.get(on, on.options.update(width=100_000), table)


def report(summary: Summary, depth: int, on: Console) -> str:
    """The tree of blocks, the counts by class, symbols, assumptions and convention."""
    width = max(on.width, NARROWEST)
    known = all(summary.number(form) is not None for form in summary.totals.values())
    sections = [
        _heading(summary),
        _numbers(summary, depth) if known else _formulas(summary, depth, on, width),
        _exact_totals(summary) if known else _counts(summary, width),
        _symbols(summary),
    ]
    last = [f"assuming {fact}" for fact in summary.model.assumptions]
    last.append(f"convention {summary.convention.name}: {summary.convention.title}")
    return render(on, *(part for section in sections if section for part in (section, "")), *last)


def _heading(summary: Summary) -> Text | None:
    first = (summary.model.doc or "").strip().partition("\n")[0]
    return Text.assemble((summary.model.name, "bold"), f"  {first}") if first else None


def _table(*headings: str, right: bool = True) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold", show_header=any(headings))
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if right and number else "left", no_wrap=True)
    return table


# With numbers ----------------------------------------------------------------------------------


def _numbers(summary: Summary, depth: int) -> Table:
    """Blocks with SI numbers and their share of the whole."""
    table = _table("block", *(heading for title in COLUMNS.values() for heading in (title, "")))
    whole = [summary.number(summary.totals[name]) or 0 for name in COLUMNS]
    for row in summary.rows(depth):
        values = [summary.number(form) or 0 for form in row.figures]
        cells = [
            cell
            for part, all_ in zip(values, whole, strict=True)
            for cell in (numbers.si(part), numbers.share(part, all_))
        ]
        table.add_row("  " * row.level + row.label, *cells)
    return table


def _exact_totals(summary: Summary) -> Table:
    table = _table("", "", "")
    for name, form in summary.told.items():
        table.add_row(name, numbers.exact(summary.number(form) or 0), Text(question(name).words))
    table.columns[2].justify = "left"
    return table


# As formulas -----------------------------------------------------------------------------------


def _formulas(summary: Summary, depth: int, on: Console, width: int) -> Text | Table:
    """Blocks beside their formulas if that fits, else above them."""
    rows = [(row.level, row.label, [str(summary.shown(form)) for form in row.figures]) for row in summary.rows(depth)]
    table = _table("block", *COLUMNS.values(), right=False)
    for level, label, formulas in rows:
        table.add_row("  " * level + label, *formulas)
    if _measured(table, on).maximum <= width:
        return table
    return Text("\n\n").join(_stacked(level, label, formulas, width) for level, label, formulas in rows)


def _stacked(level: int, label: str, formulas: list[str], width: int) -> Text:
    indent = "  " * level
    stack = Text(indent + label, style="bold")
    for title, formula in zip(COLUMNS.values(), formulas, strict=True):
        if formula != "0":
            stack.append("\n" + hanging(f"{indent}  {title:<11}", formula, width), style="not bold")
    return stack


def _counts(summary: Summary, width: int) -> Text:
    """The counts by class that the tree does not show."""
    rest = {name: str(summary.shown(form)) for name, form in summary.told.items() if name not in COLUMNS}
    return Text("\n".join(hanging(f"{name:<15}  ", formula, width) for name, formula in rest.items()))


def cells(text: str) -> int:
    """How many columns a text takes."""
    return cell_len(text)


def cut(text: str, room: int) -> str:
    """A text in so many columns, with `…` for what goes."""
    return text if cell_len(text) <= room else set_cell_size(text, room - 1).rstrip() + "…"


def hanging(lead: str, text: str, width: int, inset: int = 0) -> str:
    """A formula or signature behind its name, later lines below the first; broken far outside if possible."""
    below = cell_len(lead) + inset
    lines = wrapped(text, max(width - below, NARROWEST - 10))
    return (lead + f"\n{' ' * below}".join(lines)).rstrip()


def wrapped(text: str, room: int) -> list[str]:
    """The lines of a formula in a column; broken far outside if possible."""
    for deepest in (0, 1, 2, 99):
        lines = _wrapped(text, room, deepest)
        if max(map(len, lines)) <= room:
            break
    return lines


def _wrapped(text: str, room: int, deepest: int) -> list[str]:
    """Lines that begin, not end, in an operator, and break within at most so many parentheses."""
    glued, depth = "", 0
    for before, char, after in zip(f" {text}", text, f"{text} "[1:], strict=False):
        depth += (char == "(") - (char == ")") + 100 * ((char == "[") - (char == "]"))  # a shape is never broken
        stays = char == " " and (depth > deepest or before in "+-=:>" or after in "=")
        glued += "\0" if stays else char
    lines = wrap(glued, room, break_on_hyphens=False, break_long_words=False)
    return [line.replace("\0", " ") for line in lines] or [""]


def _symbols(summary: Summary) -> Table | None:
    if not summary.model.symbols:
        return None
    table = _table("", "", right=False)
    for info in summary.model.symbols:
        value = summary.values.get(info.name)
        table.add_row(info.name if value is None else f"{info.name} = {value}", info.words)
    return table


# On a machine ----------------------------------------------------------------------------------


def times(model: str, device: Device, dtype: str, least: Estimate, depth: int, on: Console) -> str:
    """The least time by block, with what binds it, then the arithmetic of the whole by class."""
    table = _table("block", "time", "", "arithmetic", "memory", "bound")
    table.columns[-1].justify = "left"
    for level, label, count, part in _timed(least, 1, 0, depth):
        spent = [numbers.seconds(count * each) for each in (part.time, part.compute, part.memory)]
        share = numbers.share(count * part.time, least.time)
        table.add_row("  " * level + label, spent[0], share, *spent[1:], part.bound)
    classes = _table("", "", "")
    classes.columns[2].justify = "left"
    for name, seconds in least.seconds.items():
        classes.add_row(name, numbers.seconds(seconds), question(name).words)
    classes.add_row("memory", numbers.seconds(least.memory), f"to move {numbers.si(least.bytes, 'B')} at least")
    heading = Text.assemble((model, "bold"), f"  on {device.name}, {dtype}")
    last = "a lower bound: every unit at its peak, arithmetic and memory at the same time, nothing for launches"
    return render(on, heading, "", table, "", classes, "", last)


def _timed(block: Estimate, times: int, level: int, depth: int) -> Iterator[tuple[int, str, int, Estimate]]:
    label = f"{times} × {block.label}" if times > 1 else block.label
    yield level, label, times, block
    if level < depth:
        for _, group in groupby(block.children, key=lambda child: (child.label, child.seconds, child.bytes)):
            first, *others = group
            yield from _timed(first, times * (1 + len(others)), level + 1, depth)


def devices(shelf: Iterable[Device], on: Console) -> str:
    """What `--on` knows: name, peak rates of matrix products, bandwidth."""
    table = _table("name", "device", "peak", "bandwidth", right=False)
    for device in shelf:
        peaks = ", ".join(f"{dtype} {numbers.si(2 * device.rate('mac', dtype))}" for dtype in device.dtypes)
        table.add_row(device.id, device.name, peaks, numbers.si(device.bandwidth, "B/s"))
    for column in table.columns:
        column.no_wrap = False
    return render(on, table, "", "peak: operations per second of matrix products, one MAC being two")
