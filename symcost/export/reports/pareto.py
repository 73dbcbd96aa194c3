"""Several devices, and ways to share a model among them, side by side: which no other beats in time and in cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcost.export.page import Page
from symcost.export.parts import Figure, Notes, Paragraph, Row, Strong, Table
from symcost.export.reports.serving import Served, bill_data, layout_data, pace_data
from symcost.runs.serving import counted

if TYPE_CHECKING:
    from symcost.runs import Bill

MARKS = (("price", "no other here is as fast for less money"), ("energy", "no other here is as fast for less energy"))


def page(found: Sequence[Served], left_out: Sequence[str] = ()) -> Page:
    """A row for each, the fastest first; what is ranked is likely, where there is a profile, else the bound."""
    ranked = sorted(found, key=lambda one: time(one))
    model, ask = ranked[0].service.model.name, ranked[0].service.ask
    title = f"prompts of {counted(ask.prompt, 'token')}, {ask.write} written"
    kind = "bound" if ranked[0].likely is None else "likely"

    def table() -> Table:
        head = ("device", "shared", "texts", "first token", "a token", "tokens/s", "energy/M", "price/M", "best in")
        return Table(head, tuple(_row(one, ranked) for one in ranked))

    def parts() -> Iterator[Table | Notes]:
        yield table()
        yield Notes((*_notes(kind, ranked), *(f"left out: {one}" for one in left_out)))

    return Page(
        f"{model}: {title}",
        parts=parts,
        brief=lambda: (Paragraph((Strong(model), f"  {title}")), *parts()),
        records=table,
        data=lambda: {
            "model": model,
            "kind": kind,
            "rows": [_data(one, ranked) for one in ranked],
            "left_out": list(left_out),
        },
        folds=True,
    )


def time(one: Served) -> Fraction:
    """Seconds of a token."""
    return one.least.token if one.likely is None else one.likely.token


def bill(one: Served) -> Bill:
    """Of a million tokens."""
    return one.costs if one.likely_costs is None else one.likely_costs


def best_in(one: Served, all_: Sequence[Served]) -> tuple[str, ...]:
    """In which of price and energy nothing is both as fast and cheaper, or as cheap and faster; of what is known."""
    return tuple(name for name, _ in MARKS if _unbeaten(one, all_, name))


def _unbeaten(one: Served, all_: Sequence[Served], name: str) -> bool:
    cost = getattr(bill(one), name)
    if cost is None:
        return False
    for other in all_:
        others = getattr(bill(other), name)
        if others is None:
            continue
        no_worse = time(other) <= time(one) and others <= cost
        if no_worse and (time(other) < time(one) or others < cost):
            return False
    return True


def _row(one: Served, all_: Sequence[Served]) -> Row:
    pace, costs = (one.least, one.costs) if one.likely is None else (one.likely, bill(one))
    energy = "" if costs.energy is None else Figure(costs.energy / 3600, "Wh")
    price = "" if costs.price is None else f"{float(costs.price):.4g} USD"
    return Row(
        (
            one.service.device.id, str(one.service.layout), str(one.service.batch), Figure(pace.first, "s"),
            Figure(pace.token, "s"), Figure(pace.steady, "/s"), energy, price, ", ".join(best_in(one, all_)),
        )
    )  # fmt: skip


def _notes(kind: str, ranked: Sequence[Served]) -> Iterator[str]:
    yield f"{kind} times; tokens/s in the steady state, of all copies; energy and price of a million tokens"
    for name, words in MARKS:
        yield f"best in {name}: {words}"
    if any(bill(one).price is None for one in ranked):
        yield "a price is known where the device file has one, or with --price"


def _data(one: Served, all_: Sequence[Served]) -> dict[str, Any]:
    pace = one.least if one.likely is None else one.likely
    return {
        "device": one.service.device.id,
        "layout": layout_data(one.service.layout),
        "texts": one.service.batch,
        **pace_data(pace),
        **bill_data(bill(one)),
        "best_in": list(best_in(one, all_)),
    }
