"""A model that is trained: work, memory of a device, time with waiting and sending apart, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcost.export.numbers import plain_number
from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Line, Notes, Paragraph, Row, Strong, Table
from symcost.export.reports.serving import SENT, bill_data, bill_rows, latency_note, layout_data, sent_row

if TYPE_CHECKING:
    from symcost.runs import Found, Plan, Program, Spent, Training

DAY = 86400
MOST_ROWS = 10

SOURCES = {
    "parameters": "ZeRO (2020), section 5",
    "gradients": "ZeRO (2020), section 5",
    "optimizer": "ZeRO (2020), section 5",
    "activations": "derived; shared as in Korthikanti et al. (2022), section 4",
}
LEAST = "at least: products at their peak, nothing waits, nothing is sent"
MEASURED = "at the given MFU: waiting and sending are in it"
LIKELY = "likely: products at the given part of the peak, waiting and sending behind them"
OTHERWISE = "not in the rows that were fitted: {}; each part is taken to be shared evenly, and sent behind the others"
WAYS = {"tensor": "shared products", "pipeline": "stages", "data": "copies", "expert": "shared experts"}
HELD = "memory: what the run cannot do without; the loss, buffers of a program and gathered layers come on top"
ENDS = "outside of layers: all of it on the first stage, at most; where there are stages, the last one has some"
ENERGY = "energy: at the power that is given, else the limit of the sheet, all the time"


def page(found: Training, *, formula: bool = False, node: int = 8) -> Page:
    """With numbers; or the memory and what is sent as formulas."""
    title = title_of(found)

    def parts() -> Iterator[Table | Notes]:
        if formula:
            yield _formulas(found)
        else:
            yield _work(found)
            yield _memory(found)
            yield _times(found)
        yield from _sending(found)
        if not formula:
            yield Table(("the whole run", "figure"), tuple(bill_rows([found.bill])))
        yield Notes(tuple(_notes(found, formula=formula, node=node)))

    return Page(
        f"{found.counts.model.name} {title}",
        parts=parts,
        brief=lambda: (Paragraph((Strong(found.counts.model.name), f"  {title}")), *parts()),
        records=lambda: _formulas(found) if formula else _memory(found),
        data=lambda: _data(found),
        folds=True,
    )


def title_of(found: Training) -> str:
    """`trained on 2048 NVIDIA A100 SXM4 80GB, bf16: tensor 8, data 256`"""
    many = f"{found.layout.devices} " if found.layout.devices > 1 else ""
    return f"trained on {many}{found.device.name}, {found.dtype}: {found.layout}"


def _work(found: Training) -> Table:
    plan, counts = found.plan, found.counts
    derived = "6 for each parameter and token, Kaplan et al. (2020)" if plan.six else "forward and backward, derived"
    rows = [
        Row(("parameters", Figure(Fraction(counts.model.params())), "of the model")),
        Row(("tokens", Figure(plan.tokens), f"in {float(found.steps):.6g} steps of {plan.batch} · {counts.length}")),
        Row(("work", Figure(found.flops, "FLOP"), derived)),
    ]
    if found.macs != found.model_macs:
        times = float(found.macs / found.model_macs)
        rows.append(Row(("made anew", f"{times - 1:.1%}", f"more work: recomputation is {plan.recompute}")))
    return Table(("what", "figure", "of"), tuple(rows), Layout.LINES)


def _memory(found: Training) -> Table:
    rows = [Row((name, Figure(size, "B"), SOURCES[name])) for name, size in found.needed.items()]
    verdict = "fits" if found.fits else "does not fit"
    rows.append(Row(("of a device", Figure(found.total, "B"), (f"{verdict}: of ", Figure(found.device.size, "B")))))
    return Table(("memory", "bytes", "source"), tuple(rows), Layout.LINES)


def _formulas(found: Training) -> Table:
    rows = [Row((name, form, SOURCES[name])) for name, form in found.memory.items()]
    return Table(("bytes of a device", "formula", "source"), tuple(rows), Layout.ENTRIES)


def _times(found: Training) -> Table:
    return Table(("time", "of a step", "in all", "made from"), tuple(_time_rows(found)), side="left")


def _time_rows(found: Training) -> Iterator[Row]:
    steps = found.steps
    yield _time("at least", found.least / steps, steps, "work at the peak")
    if found.measured is not None and found.plan.mfu is not None:
        words = f"work at {float(found.plan.mfu * 100):g} % of the peak (at most {float(found.possible):.1%} here)"
        yield _time("at the given MFU", found.measured / steps, steps, words)
    if found.likely is not None:
        yield from _likely_rows(found, found.likely)


def _likely_rows(found: Training, spent: Spent) -> Iterator[Row]:
    """What a likely step is made of."""
    steps, program, efficiency = found.steps, found.plan.program, found.plan.efficiency
    yield _time("likely", spent.time, steps, "all below")
    if program is not None:
        reached = program.on(found.device.id, found.dtype)
        yield _time("  products", spent.products, steps, f"at {float(reached.products):.1%} of the peak")
        yield _time("  scores", spent.scores, steps, f"at {float(reached.scores):.1%} of the peak, masked ones too")
        yield _time("  elsewhere", spent.elsewhere, steps, f"{float(reached.passes):.3g} times what layers keep")
    elif efficiency is not None:
        yield _time("  products", spent.products, steps, f"products at {float(efficiency * 100):g} % of the peak")
    yield _time("  waiting", spent.waiting, steps, f"stages that wait: {float(found.bubble):.1%} of it")
    yield _time("  sending", spent.sending, steps, "bytes over the bandwidth of the links")


def _time(words: str, step: Fraction, steps: Fraction, made: Line) -> Row:
    return Row((words, Figure(step, "s"), f"{float(step * steps / DAY):.4g} days", made))


def _sending(found: Training) -> Iterator[Table]:
    if found.sent:
        yield Table(SENT, tuple(map(sent_row, found.sent)), Layout.ENTRIES)


def _notes(found: Training, *, formula: bool, node: int) -> Iterator[str]:
    yield HELD
    if not (formula or found.fits):
        yield "`--fit` looks for layouts, micro-batches and recomputation with which it fits"
    yield from latency_note(found.sent, found.device.id)
    yield from _nearness(found, node)
    if found.layout.pipeline > 1:
        yield ENDS
    if formula:
        yield "tensor, pipeline, data, expert: devices; micro: sequences at a time; batch: sequences of a step"
    else:
        yield from _notes_on_times(found)


def nearness(plan: Plan, node: int, link: str = "the nearest link of each device") -> Iterator[str]:
    """Which link is taken between copies and stages, where devices are more than a node has and nothing says it."""
    is_said = plan.between is not None or plan.link is not None or plan.program is not None
    if is_said or plan.devices <= node:
        return
    yield (
        f"sending: over {link}, as if all {plan.devices} devices lay in one node; nodes of {node} (--node) send each "
        "other less a second, so it takes longer: --between names another link, a --profile knows the network"
    )


def _nearness(found: Training, node: int) -> Iterator[str]:
    """The same of one run, with the name of the link."""
    if found.between is not None:
        yield from nearness(found.plan, node, f"{found.between.name}, the nearest link")


def _notes_on_times(found: Training) -> Iterator[str]:
    plan = found.plan
    yield LEAST
    if plan.mfu is not None:
        yield MEASURED
    if plan.efficiency is not None:
        yield LIKELY
    if plan.program is not None:
        yield from program_notes(found, plan.program)
    yield f"the whole run: for {_time_of_the_run(found)}"
    yield ENERGY
    if found.rates.grid is not None:
        yield f"carbon: {found.rates.grid}"


def _time_of_the_run(found: Training) -> str:
    """What is measured goes before what is likely, and that before what no machine undercuts."""
    if found.measured is not None:
        return "the given MFU"
    return "the likely time" if found.likely else "the least time"


def program_notes(found: Training, program: Program) -> Iterator[str]:
    """What the constants come from, and how far they missed."""
    reached = program.on(found.device.id, found.dtype)
    yield (
        f"likely: profile {program.id}; of the rows on {found.device.id} each, left out, was missed by "
        f"{float(reached.mean):.1%} in the mean and {float(reached.worst):.0%} at worst"
    )
    yield f"profile {program.id}: {program.words}; {program.source}"
    new = [words for way, words in WAYS.items() if not _tried(program, found, way)]
    if new:
        yield OTHERWISE.format(" and ".join(new))


def _tried(program: Program, found: Training, way: str) -> bool:
    """Whether a row on the device shared in the same way, or the plan does not."""
    if getattr(found.layout, way) == 1:
        return True
    return any(getattr(one.layout, way) > 1 for one in program.samples if one.device == found.device.id)


def _data(found: Training) -> Mapping[str, Any]:
    likely = found.likely
    return {
        "model": found.counts.model.name,
        "device": found.device.id,
        "dtype": found.dtype,
        "layout": layout_data(found.layout),
        "tokens": found.plan.tokens,
        "batch": found.plan.batch,
        "micro": found.plan.micro,
        "zero": found.plan.zero,
        "recompute": found.plan.recompute,
        "flops": plain_number(found.flops),
        "memory_bytes": {name: plain_number(size) for name, size in found.needed.items()},
        "memory_formulas": {name: str(form) for name, form in found.memory.items()},
        "fits": found.fits,
        "least_seconds": plain_number(found.least),
        "measured_seconds": None if found.measured is None else plain_number(found.measured),
        "likely_step_seconds": None if likely is None else plain_number(likely.time),
        "likely_parts": None if likely is None else _parts(likely),
        "profile": None if found.plan.program is None else found.plan.program.id,
        "waiting": plain_number(found.bubble),
        "possible_mfu": plain_number(found.possible),
        "sent_bytes": {one.words: str(one.bytes) for one in found.sent},
        **bill_data(found.bill),
    }


def _parts(spent: Spent) -> dict[str, Any]:
    names = ("products", "scores", "elsewhere", "waiting", "sending")
    return {name: plain_number(getattr(spent, name)) for name in names}


# Search ----------------------------------------------------------------------------------------


def fitting(found: Found, *, node: int = 8) -> Page:
    """The layouts that fit, the fastest first."""
    first = found.smallest
    title = f"{len(found.fitting)} of {found.tried} layouts fit {first.layout.devices} {first.device.name}"

    def table() -> Table:
        head = ("layout", "micro", "made anew", "memory", "step", "waiting", "days")
        return Table(head, tuple(map(_fitting_row, found.fitting[:MOST_ROWS])))

    words = "likely" if first.likely is not None else "at least, with waiting and sending behind it"
    notes = (
        f"times: {words}; recomputation, micro-batch and layout are tried, ZeRO and the rest are as given",
        HELD,
        ENERGY,
        *_nearness(found.fitting[0], node),
    )

    def parts() -> tuple[Table | Notes, ...]:
        return table(), _bill_of_the_fastest(found.fitting[0]), Notes(notes)

    return Page(
        f"{first.counts.model.name}: {title}",
        parts=parts,
        brief=lambda: (Paragraph((Strong(first.counts.model.name), f"  {title}")), *parts()),
        records=table,
        data=lambda: {"tried": found.tried, "fitting": [_fitting_data(run) for run in found.fitting[:MOST_ROWS]]},
        folds=True,
    )


def _bill_of_the_fastest(run: Training) -> Table:
    """What the whole run costs in the first layout."""
    return Table(("the whole run in the first", "figure"), tuple(bill_rows([run.bill_of(run.pace * run.steps)])))


def _fitting_data(run: Training) -> Mapping[str, Any]:
    """As of one that is asked for, with the time by which it is ranked, and what that costs."""
    seconds = run.pace * run.steps
    ranked = {"step_seconds": plain_number(run.pace), "seconds": plain_number(seconds)}
    return {**_data(run), **ranked, **bill_data(run.bill_of(seconds))}


def _fitting_row(run: Training) -> Row:
    step = run.pace
    return Row(
        (
            str(run.layout), str(run.plan.micro), run.plan.recompute, Figure(run.total, "B"), Figure(step, "s"),
            f"{float(run.bubble):.1%}", f"{float(step * run.steps / DAY):.4g}",
        )
    )  # fmt: skip
