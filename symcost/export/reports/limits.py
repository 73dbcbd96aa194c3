"""The least time as a formula, the numbers of the device last; and for which sizes what binds it, and it fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from symcost.export.numbers import plain_number
from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Line, Notes, Paragraph, Row, Strong, Table
from symcost.export.reports import pieces
from symcost.formula import Form
from symcost.hardware.regimes import Above, Below, Regime, Stretch, Within
from symcost.questions import question

if TYPE_CHECKING:
    from symcost.hardware.bound import Term
    from symcost.hardware.profile import Profile
    from symcost.timing import Timing

LONGEST = (
    "seconds: the largest of the lines below, each its count over its rate; lines of one unit that begin with + add up"
)
AGAIN = "bytes of further rounds of a loop are moved besides, if there are more than none"


def page(timing: Timing, regimes: tuple[Regime, ...], profile: Profile | None = None) -> Page:
    """One line for each unit and for memory; the likely time under a profile; the regimes that were asked for."""
    where = f"on {timing.device.name}, {timing.types}"
    likely = None if profile is None else (timing, timing.likely_formula(profile), profile)

    def table() -> Table:
        return Table(("unit", "count", "over", "what"), tuple(_lines(timing)), side="left")

    def parts() -> Iterator[Table | Notes]:
        yield table()
        if likely is not None:
            yield from pieces.tables(*likely)
        if regimes:
            yield Table(("", ""), tuple(Row((regime.words, condition(regime))) for regime in regimes), Layout.LINES)
        told = () if likely is None else pieces.notes(*likely[1:])
        yield Notes((*_notes(timing, regimes), *told))

    return Page(
        f"{timing.model.name} {where}",
        parts=parts,
        brief=lambda: (Paragraph((Strong(timing.model.name), f"  {where}")), *parts()),
        records=table,
        data=lambda: {**_data(timing, regimes), "likely": None if likely is None else pieces.data(*likely)},
        symbols=timing.model.symbols,
        folds=True,
    )


def units_of(timing: Timing) -> Iterator[Row]:
    """One line for each unit, and for memory: a count, the rate it is over, and what it is of."""
    least, shown = timing.limits, timing.model.shown
    for unit, sets in least.units.items():
        for terms in sets:
            for number, term in enumerate(terms):
                plus = "+ " if number else ""
                yield Row(
                    (f"{plus}{unit}", shown(term.amount), Figure(term.rate, _unit(term)), question(term.name).words)
                )
    bandwidth = Figure(least.bandwidth, "B/s")
    yield Row(("memory", shown(least.once), bandwidth, "bytes read of inputs and parameters, and results, once"))
    for form in least.again:
        yield Row(("+ memory", shown(form), bandwidth, "bytes that further rounds of a loop fetch again, if above 0"))


def _lines(timing: Timing) -> Iterator[Row]:
    yield from units_of(timing)
    needed = timing.model.shown(timing.needed)
    yield Row(("needs", needed, "", "bytes of parameters, and of what is carried from step to step"))


def _unit(term: Term) -> str:
    return "MAC/s" if term.name == "mac" else "OP/s"


def _notes(timing: Timing, regimes: tuple[Regime, ...]) -> Iterator[str]:
    yield LONGEST
    yield "all data lie in the main memory first, units are at their peak, launches take nothing"
    if timing.limits.again:
        yield AGAIN
    if timing.limits.left_out:
        yield f"{timing.device.id} has no rate for {', '.join(timing.limits.left_out)}: the least time is without them"
    tried = list(_tried(regimes))
    if tried:
        yield f"sizes were tried up to {min(tried)}"


def _tried(regimes: Iterable[Regime]) -> Iterator[int]:
    """Up to which sizes a regime was looked for, where it was not solved."""
    for regime in regimes:
        if isinstance(regime.where, Within) and regime.where.tried:
            yield regime.where.tried


# Conditions ------------------------------------------------------------------------------------


def condition(regime: Regime) -> Line:
    """`while B < 298`; `while H ≤ 7719`; `for every T`"""
    name = regime.dimension.name
    match regime.where:
        case Below(root=root, reached=reached):
            return (f"while {name} {'≤' if reached else '<'} ", root)
        case Above(root=root, reached=reached):
            return (f"while {name} {'≥' if reached else '>'} ", root)
        case Within(stretches=stretches):
            return _stretches(name, stretches)
        case undecided:
            return f"not decided in {name}: {undecided.why}"


def _stretches(name: str, stretches: tuple[Stretch, ...]) -> str:
    if not stretches:
        return f"for no {name}"
    if stretches == ((1, None),):
        return f"for every {name}"
    return " and ".join(_stretch(name, *stretch) for stretch in stretches)


def _stretch(name: str, low: int, high: int | None) -> str:
    if high is None:
        return f"from {name} = {low} on"
    if low == 1:
        return f"while {name} ≤ {high}"
    return f"while {low} ≤ {name} ≤ {high}"


# Data ------------------------------------------------------------------------------------------


def _data(timing: Timing, regimes: tuple[Regime, ...]) -> Mapping[str, Any]:
    least, shown = timing.limits, timing.model.shown
    return {
        "model": timing.model.name,
        "device": timing.device.id,
        "types": {**timing.types.widths.types, "products": timing.types.products},
        "batch": str(timing.batch),
        "units": {
            unit: [[_term_data(term, shown(term.amount)) for term in terms] for terms in sets]
            for unit, sets in least.units.items()
        },
        "bytes": str(shown(least.once)),
        "bytes_again": [str(shown(form)) for form in least.again],
        "bandwidth_bytes_per_s": plain_number(least.bandwidth),
        "needed_bytes": str(shown(timing.needed)),
        "regimes": [regime_data(regime) for regime in regimes],
    }


def _term_data(term: Term, shown: Form) -> dict[str, Any]:
    return {"class": term.name, "count": str(shown), "rate_per_s": plain_number(term.rate)}


def regime_data(regime: Regime) -> dict[str, Any]:
    """Where it holds."""
    where = regime.where
    found: dict[str, Any] = {"regime": regime.words, "dimension": regime.dimension.name}
    match where:
        case Below(root=root):
            return {**found, "below": str(root), "reached": where.reached}
        case Above(root=root):
            return {**found, "above": str(root), "reached": where.reached}
        case Within(stretches=stretches, tried=tried):
            return {**found, "stretches": [list(stretch) for stretch in stretches], "tried": tried}
        case undecided:
            return {**found, "undecided": undecided.why}
