"""Devices, how many of them, batches and lengths side by side: which no other beats in days and in cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from symcost.export.page import Page
from symcost.export.parts import Figure, Line, Strong
from symcost.export.reports.pareto import COSTS, MARK, Found, side_by_side, unbeaten
from symcost.runs.layout import Layout

DAY = 86_400
TIMES = {
    "measured": "at the given MFU, the same for each",
    "likely": "likely",
    "ranked": "at least, with waiting and sending behind it",
    "least": "at least, without waiting and sending",
}
"""What is said of the times, by their kind."""
SAME = ("device", "batch", "length")
"""What has a column only where it differs."""

Cell = Callable[[Found], "Figure | Line | str"]


def page(
    model: str, tokens: int, found: Sequence[Found], left_out: Sequence[str] = (), *, kind: str,
    notes: Sequence[str] = (),
) -> Page:  # fmt: skip
    """A row for each, the fastest first, batches and texts of the same lengths together."""
    ranked = [{**one, "best_in": best_in(one, found)} for one in sorted(found, key=_order)]
    title = f"trained on {tokens:.4g} tokens"

    said = (*_notes(kind, ranked), *notes, *(f"left out: {one}" for one in left_out))
    told = {"model": model, "tokens": tokens, "kind": kind, "rows": ranked, "left_out": list(left_out)}
    return side_by_side(f"{model} {title}", (Strong(model), f"  {title}"), dict(_columns(ranked)), said, told)


def _order(one: Found) -> tuple[int, int, float]:
    return one["length"], one["batch"], one["seconds"]


def best_in(one: Found, all_: Sequence[Found]) -> list[str]:
    """In which of price and energy nothing is both as fast and cheaper; of the same batch and length."""
    alike = [other for other in all_ if _order(other)[:2] == _order(one)[:2]]
    return [name for name, cost in COSTS.items() if unbeaten(one, alike, "seconds", cost)]


def _columns(found: Sequence[Found]) -> Iterator[tuple[str, Cell]]:
    """What is the same everywhere, and what is known nowhere, has no column."""
    if _differ(found, "device"):
        yield "device", lambda one: str(one["device"])
    yield "devices", lambda one: str(one["devices"])
    for name in SAME[1:]:
        if _differ(found, name):
            yield name, lambda one, name=name: str(one[name])  # type: ignore[misc]
    yield "shared", _shared
    yield "a step", lambda one: Figure(Fraction(one["step_seconds"]), "s")
    yield "days", lambda one: f"{one['seconds'] / DAY:.3g}"
    if any(one["energy_joules"] is not None for one in found):
        yield "energy", _energy
    if any(one["carbon_grams"] is not None for one in found):
        yield "CO2e", _carbon
    if any(one["usd"] is not None for one in found):
        yield "USD", _price


def _shared(one: Found) -> str:
    """How a copy is shared, and what is recomputed: `tensor 2, selective`."""
    ways = {**one["layout"], "data": 1}
    alone = max(ways.values()) == 1
    words = [] if alone else [str(Layout(**ways))]
    if one["recompute"] != "none":
        words.append(one["recompute"])
    return ", ".join(words) or "copies"


def _differ(found: Sequence[Found], name: str) -> bool:
    return len({one[name] for one in found}) > 1


def _energy(one: Found) -> Line | str:
    joules = one["energy_joules"]
    mark = MARK if "energy" in one["best_in"] else ""
    return "" if joules is None else (Figure(Fraction(joules) / 3600, "Wh"), mark)


def _carbon(one: Found) -> Figure | str:
    grams = one["carbon_grams"]
    return "" if grams is None else Figure(Fraction(grams), "g")


def _price(one: Found) -> Line | str:
    mark = MARK if "price" in one["best_in"] else ""
    return "" if one["usd"] is None else (Figure(Fraction(one["usd"])), mark)


def _notes(kind: str, found: Sequence[Found]) -> Iterator[str]:
    same = [f"{name} {found[0][name]}" for name in SAME if not _differ(found, name)]
    if same:
        yield f"all with {', '.join(same)}"
    yield f"times of a step and of the whole run: {TIMES[kind]}; energy, CO2e and USD of the whole run"
    yield "shared: how a copy is, of which there are as many as fill the devices; and what of it is made anew"
    yield (
        "*: of the same batch and length no other here takes at most the days for less energy (less USD), or fewer "
        "days for at most the energy (the USD)"
    )
    if any(one["usd"] is None for one in found):
        yield "a price is known where the device file has one, or with --price"
