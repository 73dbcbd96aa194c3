"""A model that is served: memory, how many texts fit, times and rates, what is sent, and what a million tokens cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symcost.export.numbers import plain_number
from symcost.export.page import Page
from symcost.export.parts import Figure, Layout, Notes, Paragraph, Row, Strong, Table, pieces
from symcost.export.reports.limits import condition, units_of
from symcost.records import dataclass
from symcost.runs.ahead import tokens_of_a_pass
from symcost.runs.serving import counted

if TYPE_CHECKING:
    from symcost.hardware.profile import Profile
    from symcost.hardware.regimes import Regime
    from symcost.runs import Bill, Layout as Shared, Pace, Service
    from symcost.runs.traffic import Sent

BOUND = "bound: no machine with these peaks is faster that writes a token of each text a pass; links take nothing"
AHEAD = (
    "bound: in the mean over the tokens of a pass, (1 - a^(k+1))/(1 - a) for k ahead that are accepted with a each "
    "(Leviathan et al., 2023, equation 1); a is measured: with another one another bound holds; links take nothing"
)
CHUNKS = (
    "chunks: a prompt is read beside the writing of the other texts (Agrawal et al., Sarathi-Serve, 2024); each pass "
    "reads the parameters, and what is cached of the prompt; the bound is of the prompt alone"
)
CACHED = "cached: what prompts begin with alike was read before; `texts` has room for all of it in each text"
SENDING = "likely on several devices: what is sent is not hidden behind anything else"
SHARED = "likely on several devices: kernels are shared evenly, launches are not; the profile was fitted on single ones"
ALIVE = (
    "activations: what lives at once beside the caches while a prompt is read, or while texts write a token, if no "
    "result is written over another and no attention is fused: at most; `texts` leaves room for them"
)
UNKNOWN = "activations: it is not derived what lives at once in this model; `texts` leaves no room for it"
TIGHT = "room: it may not fit: with all that lives at once beside the caches there is room for {} at most"
CHUNK = "; `--chunk` reads prompts in parts, which takes less room"
EXPERTS = (
    "experts: at least those of one position are read in a pass; likely as many as all its positions choose, "
    "if each expert is chosen as often: E·(1 - (1 - k/E)^n) of E, k for each of n positions"
)
LATENT = (
    "latent attention: as the text says, each step widens what is cached to keys and values again; a program that "
    "multiplies queries with these weights instead takes less, and this is no bound of it: for that write the step as "
    "examples/language/deepseek_decoding.arch does"
)
NODE = 8
"""Devices of a node, of which nearly all have as many: as `symcost train --node` has it."""

STEADY = (
    "steady state: a prompt is read for each text that ends, and gives its first token; likely by itself, at best "
    "beside the writing"
)
ENERGY = "energy: time by the power that is given, else the limit of the sheet; a bound of the time alone"


@dataclass(frozen=True, slots=True)
class Served:
    """All that is printed of one case; what is likely under a profile stands apart."""

    service: Service
    least: Pace
    costs: Bill
    likely: Pace | None = None
    range: tuple[Fraction, Fraction] = (Fraction(1), Fraction(1))
    likely_costs: Bill | None = None
    profile: Profile | None = None
    turn: Regime | None = None
    waits: tuple[Fraction, Fraction] | None = None


def page(found: Served) -> Page:
    """With numbers for everything."""
    title = title_of(found.service)

    def parts() -> Iterator[Table | Notes]:
        yield _memory(found)
        yield _paces(found)
        yield from sending(found.service)
        yield _costs(found)
        yield Notes(tuple(_notes(found)))

    return Page(
        f"{found.service.model.name} {title}",
        parts=parts,
        brief=lambda: (Paragraph((Strong(found.service.model.name), f"  {title}")), *parts()),
        records=lambda: _paces(found),
        data=lambda: _data(found),
        folds=True,
    )


def title_of(service: Service) -> str:
    """`on NVIDIA H100 SXM5 80GB, bf16, tensor 4: prompts of 2048 tokens, 256 written`"""
    ask = service.ask
    where = f"on {service.device.name}, {service.open_step.types}, {service.layout}"
    cached = f", {ask.cached} cached" if ask.cached else ""
    comma = "," if cached else ""
    chunks = f"{comma} in chunks of {ask.chunk}" if ask.chunk is not None else ""
    return f"{where}: prompts of {counted(ask.prompt, 'token')}{cached}{chunks}, {ask.write} written{_ahead(service)}"


def _ahead(service: Service) -> str:
    """`, 4 ahead by Llama, 0.7 of which are accepted`"""
    draft = service.draft
    if draft is None:
        return ""
    return f", {draft.ahead} ahead by {draft.model.name}, each accepted with {float(draft.accept):g}"


# Memory ----------------------------------------------------------------------------------------


def _memory(found: Served) -> Table:
    service = found.service
    tokens = service.longest
    rows = [
        Row(("weights", Figure(service.weights, "B"), "of one copy")),
        Row(("cache", Figure(service.cache_of(tokens), "B"), f"of a text of {counted(tokens, 'token')}")),
        Row(
            ("activations", Figure(service.activations, "B"), f"beside the caches of {counted(service.batch, 'text')}")
        ),
        Row(("memory", Figure(service.there, "B"), f"of the devices of a copy, {service.layout.group} in all")),
        Row(("texts at most", str(service.most_at(tokens)), "of a copy: what weights leave, over the cache")),
        Row(("texts", str(service.batch), "at once on each copy, here")),
    ]
    if service.draft is not None:
        written = Figure(service.draft.tokens, digits=3)
        rows.append(
            Row(("tokens of a pass", written, "of each text, in the mean: the large model looks at them at once"))
        )
    if found.turn is not None:
        where = condition(found.turn)
        name = "a token is" if service.draft is None else "a pass is"
        rows.append(Row((name, "", (f"{found.turn.words} ", *pieces(where)))))
    return Table(("what", "figure", "of"), tuple(rows), Layout.LINES)


# Times -----------------------------------------------------------------------------------------


def _paces(found: Served) -> Table:
    """The bound, and what is likely, each in a column of its own."""
    head = ("", "bound") if found.likely is None else ("", "bound", "likely", "from", "to")
    return Table(head, tuple(_pace_rows(found)))


def _pace_rows(found: Served) -> Iterator[Row]:
    likely, (low, high) = found.likely, found.range
    rows = (
        ("time to the first token", "s", "first", False),
        ("time of a token", "s", "token", False),
        ("tokens/s while writing", "/s", "writing", True),
        ("tokens/s in the steady state", "/s", "steady", True),
    )
    for words, unit, name, rate in rows:
        bound = Figure(getattr(found.least, name), unit)
        limit = (("at most " if rate else "at least "), bound)
        if likely is None:
            yield Row((words, limit))
            continue
        value: Fraction = getattr(likely, name)
        ends = (value / high, value / low) if rate else (value * low, value * high)
        yield Row((words, limit, Figure(value, unit), *(Figure(end, unit) for end in ends)))
    if found.waits is not None and found.service.ask.chunk is not None:
        whole, chunk = found.waits
        yield Row(("a token beside a chunk", "", *_likely_cells(chunk, low, high)))
        yield Row(("a token that waits for a prompt", "", *_likely_cells(whole, low, high)))


def _likely_cells(time: Fraction, low: Fraction, high: Fraction) -> tuple[Figure, Figure, Figure]:
    """Likely, from, to."""
    return Figure(time, "s"), Figure(time * low, "s"), Figure(time * high, "s")


# Sending ---------------------------------------------------------------------------------------


def sending(service: Service) -> Iterator[Table]:
    """What each device sends for one token of each text, over `batch`."""
    sent = service.sent(1)
    if sent:
        yield Table(SENT, tuple(map(sent_row, sent)), Layout.ENTRIES)


SENT = ("sent", "what", "bytes", "over", "source")


def sent_row(one: Sent) -> Row:
    """Why, how many bytes as a formula, over what."""
    link = (f"{one.link.name}, ", Figure(one.link.bandwidth, "B/s"))
    return Row((one.way, one.words, one.bytes, link, one.source))


def latency_note(sent: Iterable[Sent], device: str) -> Iterator[str]:
    """Which links take no time until the first byte arrives, for want of a figure, and how long others take."""
    for wire in dict.fromkeys(one.link for one in sent):
        if wire.latency is None:
            yield f"{device}: no latency of {wire.name} is known: sending is bytes over bandwidth"
        else:
            yield f"sending over {wire.name}: {float(wire.latency * 10**6):g} µs for each message besides"


def far_note(service: Service) -> Iterator[str]:
    """Which link is taken where more devices share a copy than a node has, and nothing says which."""
    group = service.layout.group
    if service.link is None or service.ask.link is not None or group <= NODE:
        return
    yield (
        f"sending: over {service.link.name}, the nearest link, as if all {group} devices of a copy lay in one node; "
        f"nodes of {NODE} send each other less a second, so it takes longer: --link names another link"
    )


# Costs -----------------------------------------------------------------------------------------


def _costs(found: Served) -> Table:
    bills = [found.costs] if found.likely_costs is None else [found.costs, found.likely_costs]
    head = ("a million tokens", "bound", "likely")[: 1 + len(bills)]
    return Table(head, tuple(bill_rows(bills)))


def bill_rows(bills: list[Bill]) -> Iterator[Row]:
    """Device time, energy, carbon, price, as far as they are known, a column for each bill."""
    first = bills[0]
    yield Row(("device time", *(Figure(one.hours, "h") for one in bills)))
    if first.energy is not None and first.watts is not None:
        yield Row((f"energy at {float(first.watts):g} W", *map(_watt_hours, bills)))
    if first.carbon is not None:
        yield Row(("carbon", *(Figure(one.carbon, "g CO2e") for one in bills)))
    if first.price is not None:
        yield Row(("price", *map(_dollars, bills)))


def _watt_hours(bill: Bill) -> Figure:
    joules = bill.energy or Fraction(0)
    return Figure(joules / 3600, "Wh")


def _dollars(bill: Bill) -> str:
    return f"{float(bill.price or 0):.4g} USD"


def _notes(found: Served) -> Iterator[str]:
    yield BOUND if found.service.draft is None else AHEAD
    if found.service.latent:
        yield LATENT
    if found.service.ask.chunk is not None:
        yield CHUNKS
    if found.service.ask.cached:
        yield CACHED
    if found.profile is not None:
        yield f"likely: profile {found.profile.id}, {found.profile.source}"
        if found.service.chooses:
            yield EXPERTS
        if found.service.layout.group > 1:
            yield SENDING
            yield SHARED
    yield from latency_note(found.service.sent(1), found.service.device.id)
    yield from far_note(found.service)
    yield from room_notes(found.service)
    yield STEADY
    yield ENERGY
    if found.service.rates.grid is not None:
        yield f"carbon: {found.service.rates.grid}"


def room_notes(service: Service) -> Iterator[str]:
    """What `texts` leaves room for, and whether so many as were asked for surely fit."""
    if service.living is None:
        yield UNKNOWN
        return
    yield ALIVE
    if service.batch <= service.surely:
        return
    reads_at_once = service.ask.chunk is None and service.ask.prompt > 1
    yield TIGHT.format(counted(service.surely, "text")) + (CHUNK if reads_at_once else "")


# Formulas --------------------------------------------------------------------------------------


def formulas(service: Service) -> Page:
    """The same with the batch and the tokens in the cache open; the numbers of the device come last."""
    title = title_of(service)

    def table() -> Table:
        return Table(("what", "formula", "over", "of"), tuple(formula_rows(service)), Layout.ENTRIES)

    return Page(
        f"{service.model.name} {title}",
        parts=lambda: (table(), *sending(service), Notes((OVER,))),
        brief=lambda: (
            Paragraph((Strong(service.model.name), f"  {title}")),
            table(),
            *sending(service),
            Notes((OVER,)),
        ),
        records=table,
        data=lambda: formula_data(service),
        folds=True,
    )


def formula_data(service: Service) -> dict[str, Any]:
    """The formulas as text."""
    return {
        "model": service.model.name,
        "device": service.device.id,
        "cache_bytes": str(service.cache),
        "texts_at_most": str(service.most),
        "texts": None if service.most_with_room is None else str(service.most_with_room),
        "sent_bytes": {one.words: str(one.bytes) for one in service.sent(1)},
    }


OVER = "batch: texts of a copy; c: tokens in the cache; a token takes as long as the longest of its lines"


def formula_rows(service: Service) -> Iterator[Row]:
    """Memory and texts, and what a token takes of each unit."""
    yield Row(("weights", Figure(service.weights, "B"), "", "bytes of one copy"))
    yield Row(("cache", service.cache, "", "bytes of one text behind c tokens"))
    yield Row(("texts at most", service.most, "", "what weights leave, over the cache"))
    room = service.most_with_room
    if room is not None:
        yield Row(("texts", room, "", f"with all that lives beside the caches; prompts of {service.ask.prompt}"))
    if service.draft is not None:
        yield Row(("tokens of a pass", tokens_of_a_pass(), "", "of a text, k written ahead, each accepted with a"))
    yield from units_of(service.open_step)


# Data ------------------------------------------------------------------------------------------


def _data(found: Served) -> Mapping[str, Any]:
    service = found.service
    return {
        "model": service.model.name,
        "device": service.device.id,
        "types": {**service.open_step.types.widths.types, "products": service.open_step.types.products},
        "layout": layout_data(service.layout),
        "prompt": service.ask.prompt,
        "write": service.ask.write,
        "weight_bytes": plain_number(service.weights),
        "cache_bytes": plain_number(service.cache_of(service.longest)),
        "activation_bytes": plain_number(service.activations),
        "memory_bytes": plain_number(service.there),
        "most_texts": service.most_at(service.longest),
        "texts": service.batch,
        "bound": {**pace_data(found.least), **bill_data(found.costs)},
        "likely": None if found.likely is None else {**pace_data(found.likely), **bill_data(found.likely_costs)},
        "profile": None if found.profile is None else found.profile.id,
        "sent_bytes": {one.words: str(one.bytes) for one in service.sent(1)},
        "far": next(far_note(service), None),
        "cached_tokens": service.ask.cached,
        "tokens_of_a_pass": None if service.draft is None else plain_number(service.draft.tokens),
        "waiting_seconds": None if found.waits is None else [plain_number(one) for one in found.waits],
    }


def layout_data(layout: Shared) -> dict[str, int]:
    """How many devices share in each way."""
    return {name: getattr(layout, name) for name in ("tensor", "pipeline", "data", "expert")}


def pace_data(pace: Pace) -> dict[str, Any]:
    """Seconds and rates."""
    return {
        "first_token_seconds": plain_number(pace.first),
        "token_seconds": plain_number(pace.token),
        "tokens_per_second": plain_number(pace.writing),
        "steady_tokens_per_second": plain_number(pace.steady),
    }


def bill_data(bill: Bill | None) -> dict[str, Any]:
    """What it costs, as far as it is known."""
    if bill is None:
        return {}
    known = {
        "device_seconds": bill.seconds,
        "energy_joules": bill.energy,
        "carbon_grams": bill.carbon,
        "usd": bill.price,
    }
    return {name: None if value is None else plain_number(value) for name, value in known.items()}
