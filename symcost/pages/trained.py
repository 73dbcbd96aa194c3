"""Cases of a model that is trained, each worked out by itself: here, in processes, or on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from symcost.errors import DoesNotFit, NoLayout, NoLinks, SymcostError, TooFewTokens, UnevenBatch, UnevenDevices
from symcost.hardware import Device
from symcost.records import dataclass
from symcost.runs import Counts, Plan, Rates, Training, search
from symcost.runs.serving import counted

Row = Mapping[str, Any]
"""What was found of a case."""

LEFT_OUT: Mapping[type[SymcostError], str] = {
    DoesNotFit: "does not fit",
    NoLayout: "no layout divides it",
    NoLinks: "has no links",
    TooFewTokens: "has fewer tokens than one step",
    UnevenBatch: "the batch is no multiple of copies and micro-batch",
    UnevenDevices: "devices are no multiple of those of a copy",
}
"""Why a case has no row, where others have one."""


@dataclass(frozen=True, slots=True)
class Case:
    """One plan on one type of device. With a `node` the fastest layout that fits, products shared in a node at most."""

    counts: Counts
    device: Device
    dtype: str
    plan: Plan
    rates: Rates
    node: int | None

    def __str__(self) -> str:
        plan = self.plan
        return f"{plan.devices} {self.device.id}, batch {plan.batch}, {counted(self.counts.length, 'token')}"


Each = Callable[[Callable[[Case], "Row | SymcostError"], Sequence[Case]], Iterable["Row | SymcostError"]]
"""Like `map`: what a function finds of each case, in their order."""


def worked_out(case: Case) -> Row | SymcostError:
    """Figures; or the fault of a case that is left out. Raises all other faults, such as UnevenLayout."""
    try:
        run = _run(case)
        return _row(run, run.seconds if case.node is None else run.pace * run.steps)
    except SymcostError as fault:
        if type(fault) in LEFT_OUT:
            return fault
        raise


def demand_a_step(counts: Counts, plan: Plan) -> None:
    """Raises TooFewTokens for a run of less than one step."""
    if plan.tokens < plan.batch * counts.length:
        raise TooFewTokens(plan.tokens, plan.batch, counts.length)


def _run(case: Case) -> Training:
    demand_a_step(case.counts, case.plan)
    if case.node is not None:
        return search(case.counts, case.device, case.dtype, case.plan, case.rates, case.node).fitting[0]
    found = Training(case.counts, case.device, case.dtype, case.plan, case.rates)
    if not found.fits:
        needed, there = (f"{float(size) / 1e9:.3g} GB" for size in (found.total, case.device.size))
        raise DoesNotFit(f"a step of `{case.counts.model.name}`", needed, there, "`--fit` looks for a layout")
    return found


def _row(found: Training, seconds: Fraction) -> Row:
    """Layouts that were looked for take the time by which they are ranked, as the table of one search has it."""
    from symcost.export.reports.serving import bill_data, layout_data

    return {
        "device": found.device.id,
        "devices": found.plan.devices,
        "batch": found.plan.batch,
        "length": found.counts.length,
        "layout": layout_data(found.layout),
        "micro": found.plan.micro,
        "recompute": found.plan.recompute,
        "memory_bytes": float(found.total),
        "step_seconds": float(seconds / found.steps),
        "seconds": float(seconds),
        **bill_data(found.bill_of(seconds)),
    }


def found(cases: Sequence[Case], each: Each) -> tuple[list[Row], list[str]]:
    """Those that fit, and in words those that do not. Raises the fault of the first where none does."""
    answers = list(each(worked_out, cases))
    rows = [answer for answer in answers if not isinstance(answer, SymcostError)]
    faults = [(case, answer) for case, answer in zip(cases, answers, strict=True) if isinstance(answer, SymcostError)]
    if not rows:
        raise faults[0][1]
    return rows, [f"{case}: {LEFT_OUT[type(fault)]}" for case, fault in faults]
