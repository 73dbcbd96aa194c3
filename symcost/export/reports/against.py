"""Two that are served side by side: their figures, and for which lengths and batches which of them is better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Notes, Paragraph, Row, Strong, Table
from symcost.export.reports.limits import condition, regime_data
from symcost.export.reports.serving import Served, bill_data, far_note, pace_data
from symcost.runs.serving import counted

if TYPE_CHECKING:
    from symcost.runs import Pace, Service
    from symcost.runs.against import Against

SOLVED = "better: of the least times, and of room before it is rounded to whole texts; c: tokens in the cache of a text"
LINKS = "links take nothing in the least times"


def page(found: Against, served: Sequence[Served]) -> Page:
    """A column for each; then for which sizes one is better."""
    ask = found.one.service.ask
    title = f"{found.one.name} against {found.other.name}"
    words = f"prompts of {counted(ask.prompt, 'token')}, {ask.write} written, {found.batch} at once"

    def figures() -> Table:
        return Table(("", found.one.name, found.other.name), tuple(_figures(served)))

    def parts() -> Iterator[Table | Notes]:
        yield figures()
        yield Table(("", ""), tuple(Row((one.words, condition(one))) for one in found.regimes), Layout.LINES)
        yield Notes(tuple(_notes(found, served)))

    return Page(
        f"{title}: {words}",
        parts=parts,
        brief=lambda: (Paragraph((Strong(title), f"  {words}")), *parts()),
        records=figures,
        data=lambda: _data(found, served),
        folds=True,
    )


def _figures(served: Sequence[Served]) -> Iterator[Row]:
    """What each needs, and how fast it is."""
    services = [one.service for one in served]
    yield from _room(services)
    yield Row(("first token, at least", *(Figure(one.least.first, "s") for one in served)))
    yield Row(("a token, at least", *(Figure(one.least.token, "s") for one in served)))
    likely = [one.likely for one in served if one.likely is not None]
    if len(likely) == len(served):
        yield from _likely(likely)


def _room(services: Sequence[Service]) -> Iterator[Row]:
    """Bytes, and texts."""
    longest = services[0].longest
    yield Row(("weights", *(Figure(one.weights, "B") for one in services)))
    yield Row((f"cache of {counted(longest, 'token')}", *(Figure(one.cache_of(longest), "B") for one in services)))
    yield Row(("texts at most", *(str(one.most_at(longest)) for one in services)))
    undecided = [one for one in services if one.living is None]
    if not undecided:
        yield Row(("texts with room", *(str(one.surely) for one in services)))


def _likely(paces: Sequence[Pace]) -> Iterator[Row]:
    """Under a profile."""
    yield Row(("first token, likely", *(Figure(pace.first, "s") for pace in paces)))
    yield Row(("a token, likely", *(Figure(pace.token, "s") for pace in paces)))
    yield Row(("tokens/s, likely", *(Figure(Fraction(pace.steady), "/s") for pace in paces)))


def _notes(found: Against, served: Sequence[Served]) -> Iterator[str]:
    for side in (found.one, found.other):
        service = side.service
        named = f"{service.model.name} on {service.device.name}, {service.layout}"
        yield f"{side.name}: {named}"
        yield from (f"{side.name}, {note}" for note in far_note(service))
    yield SOLVED
    if found.one.service.layout.group > 1:
        yield LINKS
    profile = served[0].profile
    if profile is not None:
        yield f"likely: profile {profile.id}, {profile.source}"


def _data(found: Against, served: Sequence[Served]) -> dict[str, Any]:
    sides = zip((found.one, found.other), served, strict=True)
    return {
        "batch": found.batch,
        "sides": [_side_data(named.name, one) for named, one in sides],
        "regimes": [regime_data(regime) for regime in found.regimes],
    }


def _side_data(name: str, one: Served) -> dict[str, Any]:
    return {
        "name": name,
        "device": one.service.device.id,
        "most_texts": one.service.most_at(one.service.longest),
        "bound": {**pace_data(one.least), **bill_data(one.costs)},
        "likely": None if one.likely is None else {**pace_data(one.likely), **bill_data(one.likely_costs)},
    }
