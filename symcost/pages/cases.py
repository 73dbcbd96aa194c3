"""Cases of a model that is served, each worked out by itself: here, in processes, or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from symcost.errors import DoesNotFit, NoLinks, SymcostError
from symcost.hardware import Device
from symcost.hardware.profile import Profile
from symcost.model import Model
from symcost.records import dataclass
from symcost.runs import Ask, Draft, Layout, Rates, Service

Row = Mapping[str, Any]
"""What was found of a case."""


@dataclass(frozen=True, slots=True)
class Case:
    """One device in one layout, for prompts and texts of one length. It can be pickled, and so can what is found."""

    model: Model
    device: Device
    dtype: Mapping[str, str] | str
    ask: Ask
    layout: Layout
    rates: Rates
    profile: Profile | None
    draft: Draft | None


Each = Callable[[Callable[[Case], "Row | SymcostError"], Sequence[Case]], Iterable["Row | SymcostError"]]
"""Like `map`: what a function finds of each case, in their order."""


def worked_out(case: Case) -> Row | SymcostError:
    """Figures, likely ones under a profile, else at least; or the fault of a case that does not fit, or has no links.

    Raises all other faults, such as UnevenLayout.
    """
    try:
        service = Service(case.model, case.device, case.dtype, case.ask, case.layout, case.rates, case.draft)
        _ = service.batch
    except (DoesNotFit, NoLinks) as fault:
        return fault
    return _row(service, case.profile)


def _row(service: Service, profile: Profile | None) -> Row:
    from symcost.export.reports.serving import bill_data, far_note, layout_data, pace_data

    pace = service.least() if profile is None else service.likely(profile)[0]
    return {
        "device": service.device.id,
        "layout": layout_data(service.layout),
        "prompt": service.ask.prompt,
        "write": service.ask.write,
        "texts": service.batch,
        "far": next(far_note(service), None),
        **pace_data(pace),
        **bill_data(service.bill(pace)),
    }


def found(cases: Sequence[Case], each: Each) -> tuple[list[Row], list[str]]:
    """Those that fit, and in words those that do not. Raises the fault of the first where none does."""
    answers = list(each(worked_out, cases))
    rows = [answer for answer in answers if not isinstance(answer, SymcostError)]
    if not rows:
        raise next(_faults(answers))
    several = len({(case.ask.prompt, case.ask.write) for case in cases}) > 1
    pairs = zip(cases, answers, strict=True)
    return rows, [_left_out(case, answer, several) for case, answer in pairs if isinstance(answer, SymcostError)]


def _faults(answers: Iterable[Row | SymcostError]) -> Iterator[SymcostError]:
    return (answer for answer in answers if isinstance(answer, SymcostError))


def _left_out(case: Case, fault: SymcostError, several: bool) -> str:
    """`h100-sxm, tensor 2: does not fit`, with the lengths where there are several."""
    lengths = f", {case.ask.prompt} read and {case.ask.write} written" if several else ""
    why = "does not fit" if isinstance(fault, DoesNotFit) else "has no links"
    return f"{case.device.id}, {case.layout}{lengths}: {why}"
