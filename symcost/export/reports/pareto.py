"""Devices, lengths, and ways to share a model side by side: which no other beats in time and in cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symcost.export.page import Page
from symcost.export.parts import Figure, Line, Notes, Paragraph, Row, Strong, Table
from symcost.runs.layout import Layout
from symcost.runs.serving import counted

Found = Mapping[str, Any]
"""What was found of a case."""
Cell = Callable[[Found], Any]

COSTS = {"price": "usd", "energy": "energy_joules"}
MARK = " *"


def page(model: str, found: Sequence[Found], left_out: Sequence[str] = (), *, likely: bool) -> Page:
    """A row for each, the fastest first, prompts and texts of the same lengths together."""
    ranked = [{**one, "best_in": best_in(one, found)} for one in sorted(found, key=_order)]
    kind = "likely" if likely else "bound"
    first = ranked[0]
    lengths = f"prompts of {counted(first['prompt'], 'token')}, {first['write']} written"
    title = f"prompts of {len(_lengths(ranked))} lengths" if len(_lengths(ranked)) > 1 else lengths

    notes = (*_notes(kind, ranked), *(f"left out: {one}" for one in left_out))
    told = {"model": model, "kind": kind, "rows": ranked, "left_out": list(left_out)}
    return side_by_side(f"{model}: {title}", (Strong(model), f"  {title}"), _columns(ranked), notes, told)


def side_by_side(
    title: str, heading: Line, columns: Mapping[str, Cell], notes: Sequence[str], told: Mapping[str, Any]
) -> Page:
    """The page of ranked cases, those of `told["rows"]`: a column for each heading, a cell for each case."""

    def table() -> Table:
        rows = tuple(Row(tuple(cell(one) for cell in columns.values())) for one in told["rows"])
        return Table(tuple(columns), rows)

    def parts() -> Iterator[Table | Notes]:
        yield table()
        yield Notes(tuple(notes))

    return Page(
        title,
        parts=parts,
        brief=lambda: (Paragraph(heading), *parts()),
        records=table,
        data=lambda: dict(told),
        folds=True,
    )


def _order(one: Found) -> tuple[int, int, float]:
    return one["prompt"], one["write"], one["token_seconds"]


def _lengths(found: Sequence[Found]) -> set[tuple[int, int]]:
    return {(one["prompt"], one["write"]) for one in found}


def best_in(one: Found, all_: Sequence[Found]) -> list[str]:
    """In which of price and energy nothing is both as fast and cheaper, or as cheap and faster; of what is known."""
    alike = [other for other in all_ if _lengths([other]) == _lengths([one])]
    return [name for name, cost in COSTS.items() if unbeaten(one, alike, "token_seconds", cost)]


def unbeaten(one: Found, all_: Sequence[Found], time: str, cost: str) -> bool:
    """Whether its cost is known and no other is both as fast and cheaper, or as cheap and faster."""
    known = [other for other in all_ if other[cost] is not None]
    return one[cost] is not None and not any(_beats(other, one, time, cost) for other in known)


def _beats(other: Found, one: Found, time: str, cost: str) -> bool:
    """Whether it is as good in both, and better in one."""
    mine, others = ((each[time], each[cost]) for each in (one, other))
    no_worse = others[0] <= mine[0] and others[1] <= mine[1]
    return bool(no_worse and others != mine)


def _columns(found: Sequence[Found]) -> dict[str, Cell]:
    """What is the same everywhere, and what is known nowhere, has no column."""
    return {heading: cell for heading, cell in CELLS.items() if _is_shown(heading, found)}


def _is_shown(heading: str, found: Sequence[Found]) -> bool:
    if heading in WHERE_SEVERAL:
        return len({one[heading] for one in found}) > 1
    if heading in WHERE_KNOWN:
        key = WHERE_KNOWN[heading]
        return any(one[key] is not None for one in found)
    return True


def _energy(one: Found) -> Line | str:
    joules = one["energy_joules"]
    return "" if joules is None else (Figure(Fraction(joules) / 3600, "Wh"), _mark(one, "energy"))


def _carbon(one: Found) -> Figure | str:
    grams = one["carbon_grams"]
    return "" if grams is None else Figure(Fraction(grams), "g")


def _price(one: Found) -> str:
    return "" if one["usd"] is None else f"{float(one['usd']):.4g}{_mark(one, 'price')}"


CELLS: Mapping[str, Cell] = {
    "device": lambda one: one["device"],
    "shared": lambda one: str(Layout(**one["layout"])),
    "prompt": lambda one: str(one["prompt"]),
    "write": lambda one: str(one["write"]),
    "texts": lambda one: str(one["texts"]),
    "first": lambda one: Figure(Fraction(one["first_token_seconds"]), "s"),
    "a token": lambda one: Figure(Fraction(one["token_seconds"]), "s"),
    "tokens/s": lambda one: Figure(Fraction(one["steady_tokens_per_second"])),
    "energy/M": _energy,
    "CO2e/M": _carbon,
    "USD/M": _price,
}
"""What stands in each column, in their order."""
WHERE_SEVERAL = ("device", "prompt", "write")
"""Columns that are left out where one thing stands in all rows; the title and the notes have it."""
WHERE_KNOWN = {"energy/M": "energy_joules", "CO2e/M": "carbon_grams", "USD/M": "usd"}
"""Columns that are left out where nothing is known, and what that is called in the data."""


def _mark(one: Found, name: str) -> str:
    return MARK if name in one["best_in"] else ""


def _notes(kind: str, found: Sequence[Found]) -> Iterator[str]:
    if len({one["device"] for one in found}) == 1:
        yield f"all on {found[0]['device']}"
    yield (
        f"{kind} times: to the first token, and of one; tokens/s in the steady state, of all copies; energy, "
        "CO2e and USD of a million tokens"
    )
    yield (
        "*: fast is the time of `a token`, cheap the energy (the USD) of a million: of the same prompts and texts no "
        "other here is at least as fast and cheaper, or as cheap and faster; `first` and `tokens/s` do not count"
    )
    if kind == "likely":
        yield from dict.fromkeys(one["far"] for one in found if one["far"] is not None)
    if any(one["usd"] is None for one in found):
        yield "a price is known where the device file has one, or with --price"
