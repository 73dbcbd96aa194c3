"""Pages: all that the command line prints, as functions over models; a page is data, and writes itself when asked.

>>> import symcost
>>> elman = symcost.load("examples/lecture/elman.arch").model()
>>> print(symcost.explain(elman, "params"))
Elman: parameters (params)
...
total                                                              I·H + H·H + H
>>> symcost.report(elman)
<Page Elman>
>>> symcost.report(elman).written("csv").splitlines()[0]
'level,block,kind,line,params,macs,flops,params_value,macs_value,flops_value'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import chain
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from symcost.arguments import DATA, FILE, FLAG, NAME, NOTHING, NUMBER, TEXTS, VALUES, WHOLE, Kind, each, taking
from symcost.errors import UnknownDimension, UnknownFamily, UnknownLayer
from symcost.values import demand_numbers

if TYPE_CHECKING:
    from symcost.document import Document
    from symcost.export.page import Page
    from symcost.export.reports.catalogue import Entry
    from symcost.export.reports.families import Shelf
    from symcost.export.reports.path import Axis
    from symcost.export.reports.serving import Served
    from symcost.formula import Symbol
    from symcost.hardware import Device
    from symcost.hardware.electricity import Grid
    from symcost.model import Model
    from symcost.quantity import Quantity
    from symcost.runs import Ask, Draft, Layout, Plan, Rates, Service
    from symcost.values import SymbolInfo
    from symcost.zoo import Family

Conventions = str | Path | Sequence[str | Path]
"""A convention by its name or file; several, or `all` that are shipped."""


def _is_model(value: object) -> bool:
    from symcost.model import Model

    return isinstance(value, Model)


def _is_quantity(value: object) -> bool:
    from symcost.quantity import Quantity

    return isinstance(value, Quantity)


def _is_document(value: object) -> bool:
    from symcost.document import Document

    return isinstance(value, Document)


def _is_device(value: object) -> bool:
    from symcost.hardware import Device

    return isinstance(value, Device)


def _of_runs(name: str, words: str) -> Kind:
    """A record of `symcost.runs`, looked up when something is held against it."""

    def holds(value: object) -> bool:
        from symcost import runs

        return isinstance(value, getattr(runs, name))

    return Kind(words, holds)


def _are_files(value: object) -> bool:
    return isinstance(value, list | tuple) and all(map(DATA.fits, value))


def _are_types(value: object) -> bool:
    """Whether number types are named: one, or one for each role."""
    return isinstance(value, str) or (isinstance(value, Mapping) and TEXTS.fits([*value, *value.values()]))


MODEL = Kind("a model, as `symcost.load(FILE).model()` gives it,", _is_model)
QUANTITY = Kind("a quantity, such as `model.macs`,", _is_quantity)
MODELS = Kind("a list of models", lambda value: isinstance(value, Iterable) and not isinstance(value, str | Mapping))
DOCUMENTS = Kind(
    "a document, as `symcost.load(FILE)` gives it, or a list of them",
    lambda value: _is_document(value) or MODELS.fits(value),
)
DEVICE = DATA | Kind("a device", _is_device)
ASK = _of_runs("Ask", "what is asked, as `symcost.types.Ask`,")
PLAN = _of_runs("Plan", "a plan, as `symcost.types.Plan`,")
LAYOUT = _of_runs("Layout", "a layout, as `symcost.types.Layout`,")
DRAFT = _of_runs("Draft", "a draft, as `symcost.types.Draft`,")
RATES = _of_runs("Rates", "rates, as `symcost.types.Rates`,")
CONVENTIONS = Kind("a list of those", _are_files)
TYPES = Kind("the name of a number type, or a dict with one for each role,", _are_types)

COLUMNS = ("macs", "params", "scaling", "depth")


# One model ----------------------------------------------------------------------------------------


@taking(model=MODEL, convention=DATA | CONVENTIONS, depth=WHOLE | NOTHING, every=FLAG)
def report(model: Model, *, convention: Conventions = "default", depth: int | None = None, every: bool = False) -> Page:
    """The tree of blocks with parameters, MACs and FLOPs; under several conventions FLOPs side by side.

    `depth` is how deep it goes into blocks (2, in data to the end); `every`: blocks that cost nothing, too.
    Raises UnknownConvention and the faults of reading one.
    """
    from symcost.conventions import load, several

    names = (convention,) if isinstance(convention, str | Path) else tuple(convention)
    if not names:
        raise ValueError("no convention is given")
    if len(names) > 1 or "all" in names:
        from symcost.export.reports.blocks import DEPTH
        from symcost.export.reports.conventions import Views, page as side_by_side

        return side_by_side(Views(model, several(map(str, names))), DEPTH if depth is None else depth, every=every)

    from symcost.export.reports.blocks import page
    from symcost.export.summary import Summary

    return page(Summary(model, load(names[0])), depth, every=every)


@taking(model=MODEL, convention=DATA, optimizer=DATA, inputs=FLAG)
def training(
    model: Model, *, convention: str | Path = "default", optimizer: str | Path = "adam", inputs: bool = False
) -> Page:
    """What a step of training costs: forward, backward, update; with `inputs` gradients for those of the model too.

    Raises UnknownConvention, UnknownOptimizer, UnderivedBackward.
    """
    from symcost import optimizers
    from symcost.conventions import load
    from symcost.export.reports.training import Training, page
    from symcost.export.summary import Summary

    return page(Training(Summary(model, load(convention)), optimizers.load(optimizer), inputs))


@taking(model=MODEL, quantity=NAME, depth=WHOLE | NOTHING, convention=DATA)
def explain(
    model: Model, quantity: str = "macs", *, depth: int | None = None, convention: str | Path = "default"
) -> Page:
    """A count followed to the lines of the text, or a depth to the operations on its longest path.

    Raises UnknownQuantity, UnderivedDepth.
    """
    from symcost.export.reports.explain import page, path_page
    from symcost.questions import question

    if question(quantity).kind == "depth":
        return path_page(model, quantity, model.longest_paths(quantity), depth)
    return page(model, quantity, model.explained(quantity, convention), depth)


@taking(model=MODEL, quantity=NAME, dimensions=TEXTS, together=FLAG, convention=DATA)
def growth(
    model: Model, quantity: str = "macs", *, dimensions: Sequence[str] = (), together: bool = False,
    convention: str | Path = "default",
) -> Page:  # fmt: skip
    """How a quantity rises in each dimension, or in those that are named; `together` in all of them at once.

    Raises UnknownDimension, UnderivedGrowth.
    """
    from symcost.export.reports.growth import Question, page

    open_ones = [info.name for info in model.symbols if info.name not in model.values]
    symbols = [_dimension(model, name) for name in dimensions or open_ones]
    form = model.quantity(quantity, convention=convention).form
    return page(Question(model, form, symbols, together, None if dimensions else open_ones))


def _dimension(model: Model, name: str) -> Symbol:
    """The symbol of a dimension. Raises UnknownDimension."""
    from symcost.formula import symbol

    if name not in model.ports:
        raise UnknownDimension(name, model.name, model.ports)
    return symbol(name)


@taking(model=MODEL, types=TYPES | NOTHING)
def memory(model: Model, types: Mapping[str, str] | str | None = None) -> Page:
    """Bytes: parameters, what is kept for the backward pass, buffers, the state, the peak; and what is moved.

    `types` by role, such as `{"params": "int4", "state": "fp8"}`; one alone is that of parameters, buffers and
    activations. Raises ValueError for a role or a type that there is not.
    """
    from symcost.analysis.memory.widths import Widths
    from symcost.export.reports.memory import Memory, page

    return page(Memory(model, Widths.of(types or {})))


@taking(model=MODEL, port=NAME | NOTHING, axis=WHOLE | NOTHING, result=WHOLE)
def path(model: Model, *, port: str | None = None, axis: int | None = None, result: int = 0) -> Page:
    """Which positions of the inputs a position of a result sees: window, receptive field, path length.

    For every axis of every input but the last, or for those that are named.
    Raises UnknownDimension for an input that there is not, AxisOutOfRange, UnderivedWindow.
    """
    from symcost.export.reports.path import page

    return page(model, list(axes(model, port, axis, result)))


def axes(model: Model, port: str | None, axis: int | None, result: int) -> Iterator[Axis]:
    """The axes that are asked for, each with what a result sees of it.

    Raises UnknownDimension for an input that there is not, AxisOutOfRange, UnderivedWindow.
    """
    if port is not None and port not in model.inputs:
        raise UnknownDimension(port, model.name, model.inputs)
    for number, name in enumerate(model.inputs):
        if port in (None, name):
            for each in _axes_of(model, number, axis):
                yield _seen(model, name, (number, each, result))


def _axes_of(model: Model, number: int, axis: int | None) -> Sequence[int]:
    """The axes of an input that are asked for; a single number has none, whatever is asked for."""
    rank = len(model.graph.ports[number].shape)
    if rank == 0:
        return ()

    # The last axis holds features, unless it is the only one.
    return range(max(1, rank - 1)) if axis is None else (axis,)


def _seen(model: Model, name: str, asked: tuple[int, int, int]) -> Axis:
    """What is seen of an axis; `asked` are the numbers of the input, the axis and the result."""
    from symcost.export.reports.path import Axis

    in_general = partial(model.answers.path_in_general, *asked) if model.values else None
    return Axis(name, asked[1], model.path(*asked), in_general, model.answers.path_holds(*asked))


# Several models -----------------------------------------------------------------------------------


@taking(models=MODELS, columns=TEXTS, dimension=NAME, orders=FLAG, convention=DATA, values=VALUES | NOTHING)
def table(
    models: Iterable[Model], *, columns: Sequence[str] = COLUMNS, dimension: str = "T", orders: bool = False,
    convention: str | Path = "default", values: Mapping[str, object] | None = None,
) -> Page:  # fmt: skip
    """Models side by side; the column `scaling` is how the first count grows in `dimension`.

    `values` are numbers, or sizes over dimensions that all share: `{"I": "D", "H": "D"}`.
    Raises UnknownQuantity, UnknownDimension, BadValue.
    """
    from symcost.export.reports.overview import overview, page
    from symcost.export.subject import labelled, with_values
    from symcost.questions import questions

    given = each("table", "models", MODEL, iter(models))
    subjects = with_values(labelled(_with_files(given)), values or {})
    return page(overview(subjects, list(columns), questions(), dimension, str(convention), orders))


@taking(quantity=QUANTITY)
def sweep(quantity: Quantity, **values: int | Iterable[int]) -> Page:
    """A quantity at each combination of sizes, a row for each: `sweep(m.macs, T=(512, 1024), H=range(64, 257, 64))`.

    Raises ValueError for more than 10 000 rows (`Quantity.over` gives arrays), UnknownDimension, BadValue,
    ViolatedAssumption.
    """
    from symcost.export.reports.swept import page

    points = {name: (given,) if isinstance(given, int) else tuple(given) for name, given in values.items()}
    return page(quantity, str(quantity), points)


@taking(left=MODEL, right=MODEL, of=NAME | TEXTS, dimensions=TEXTS, convention=DATA, values=VALUES | NOTHING)
def compare(
    left: Model, right: Model, *, of: str | Sequence[str] = ("macs",), dimensions: Sequence[str] = (),
    convention: str | Path = "default", values: Mapping[str, object] | None = None,
) -> Page:  # fmt: skip
    """The difference of two models, their ratio, and where one becomes better than the other.

    `dimensions` are those of the crossover (T, or those that matter); `values` as for `table`.
    Raises UnknownQuantity, UnknownDimension, BadValue.
    """
    from symcost.export.reports.comparison import Comparison, page
    from symcost.export.subject import labelled, with_values
    from symcost.questions import question

    one, other = with_values(labelled(_with_files((left, right))), values or {})
    asked = [question(name).name for name in ((of,) if isinstance(of, str) else of)]
    if not asked:
        raise ValueError("no quantity is given to compare in")
    return page([Comparison(name, one, other, str(convention)) for name in asked], tuple(dimensions))


def _with_files(models: Iterable[Model]) -> Iterator[tuple[str, Model]]:
    """Each with what its file is called: by that models of one name are told apart."""
    for model in models:
        yield PurePath(model.span.source.name).stem, model


# On machines --------------------------------------------------------------------------------------


@taking(
    model=MODEL,
    device=DEVICE,
    dtype=NAME | VALUES,
    batch=WHOLE,
    depth=WHOLE,
    every=FLAG,
    profile=DATA | NOTHING,
)
def time(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, batch: int = 1, depth: int = 2,
    every: bool = False, profile: str | Path | None = None, rate: tuple[str, Fraction | float] | None = None,
) -> Page:  # fmt: skip
    """The least time on a device, what binds it, whether it fits, and by block, if each operation is by itself.

    With a `profile` of the program that runs it, such as `llm-engine`, also the likely time, with a range. `rate`: how
    many a second a dimension counts, such as `("T", 100)` for frames: the times are then told as parts of real time.

    `dtype`: the type of all numbers, or types by role, as in `{"params": "int4", "state": "fp8", "products": "bf16"}`.
    `batch` examples are worked on together: they share the parameters.
    Raises MissingValue, UnknownDevice and the faults of reading one, UnknownNumberType, MissingFigure, ValueError for a
    role or a type that there is not.
    """
    from symcost.export.reports import time as times
    from symcost.hardware.profile import Profile
    from symcost.timing import Timing

    timing = Timing(model, _device(device), dtype, batch)
    demand_numbers(model.symbols, model.values)
    program = None if profile is None else Profile.load(profile)
    rated = None if rate is None else timing.rated(rate[0], _exact(rate[1]))
    depth += timing.around()
    return times.page(timing.measured(depth, program, rated), depth, every=every)


@taking(model=MODEL, device=DEVICE, dtype=NAME | VALUES, batch=WHOLE, depth=WHOLE, every=FLAG)
def roofline(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, batch: int = 1, depth: int = 2,
    every: bool = False,
) -> Page:  # fmt: skip
    """The ceilings of a device, special functions included, and where the model and its blocks stand below them.

    Raises MissingValue, UnknownDevice and the faults of reading one, UnknownNumberType, MissingFigure, ValueError for a
    role or a type that there is not.
    """
    from symcost.export.reports.roofline import page
    from symcost.hardware.roofline import ceilings
    from symcost.timing import Timing

    timing = Timing(model, _device(device), dtype, batch)
    demand_numbers(model.symbols, model.values)
    depth += timing.around()
    return page(timing, ceilings(timing.device, timing.types.products), timing.roofline(depth), depth, every=every)


@taking(model=MODEL, device=DEVICE, dtype=NAME | VALUES, batch=WHOLE | NAME, dimensions=TEXTS, profile=DATA | NOTHING)
def time_formula(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, batch: int | str = 1,
    dimensions: Sequence[str] = (), profile: str | Path | None = None,
) -> Page:  # fmt: skip
    """The least time as a formula; in each of the dimensions for which sizes it is bound by memory, and fits.

    Under a `profile` of a program also the likely time, kernel by kernel. `batch` may be a name, which stands for how
    many examples there are. A dimension that is asked in is open, as the tokens of a step.

    Raises UnknownDimension, NotOpen for one on whose number the graph depends, ValueError for a batch that is called
    like a dimension, and the faults of `time`.
    """
    from symcost.export.reports.limits import page
    from symcost.formula import num, symbol
    from symcost.hardware.profile import Profile
    from symcost.timing import Timing

    if isinstance(batch, str) and batch in model.ports:
        raise ValueError(f"{batch} is a dimension of {model.name}; call the batch otherwise")
    size = symbol(batch) if isinstance(batch, str) else num(batch)
    timing = Timing(model.opened(dimensions), _device(device), dtype, size)
    regimes = tuple(regime for name in dimensions for regime in timing.regimes(name))
    return page(timing, regimes, None if profile is None else Profile.load(profile))


@taking(config=FILE | VALUES, base=FILE | VALUES | NOTHING, at=VALUES | NOTHING)
def adapter(
    config: str | Path | Mapping[str, object], base: str | Path | Mapping[str, object] | None = None,
    *, at: Mapping[str, object] | None = None,
) -> Page:  # fmt: skip
    """What an `adapter_config.json` of a LoRA adds to its base, whose `config.json` lies beside it unless it is given.

    Parameters that are trained and those of the whole, and multiply-accumulates of a text of T tokens; `at` are numbers
    for the base, such as `{"T": 128}`. Raises NoBase, UncountedAdapter, UnknownBase, NoSuchLayer, and the faults of
    reading the base.
    """
    from symcost.adapters.lora import beside, opened
    from symcost.adapters.page import page
    from symcost.zoo import opened as read

    file = read(config, "adapter_config.json")
    folder = None if isinstance(config, Mapping) else Path(config).parent
    return page(opened(file, beside(file, folder) if base is None else read(base, "config.json"), at))


@taking(
    model=MODEL,
    device=DEVICE,
    dtype=NAME,
    utilization=NUMBER,
    runs=WHOLE,
    training=FLAG,
    devices=WHOLE,
    overhead=NUMBER,
    intensity=NUMBER | NAME | NOTHING,
)
def energy(
    model: Model, device: str | Path | Device, dtype: str, *, utilization: Fraction | float, runs: int = 1,
    training: bool = False, devices: int = 1, overhead: Fraction | float = 1,
    intensity: Fraction | float | str | None = None, batch: int = 1,
) -> Page:  # fmt: skip
    """Hours, energy and carbon of many runs on many machines, for a part of the peak that is reached.

    `overhead` is all energy for each joule of the machines (PUE), `intensity` grams of CO2e for a kWh, or the
    country whose electricity it is. Only matrix products and convolutions count. A forward pass of `batch` examples at
    a time cannot reach more of the peak than its least time leaves. Raises ValueError for what cannot be,
    ImpossibleUtilization, MissingValue, UnknownDevice, UnknownGrid.
    """
    from symcost.export.reports.energy import page
    from symcost.hardware import Use, bill
    from symcost.hardware.electricity import grid
    from symcost.timing import Timing

    reached, all_energy = _exact(utilization), _exact(overhead)
    if not 0 < reached <= 1:
        raise ValueError(f"a utilization is above 0 and at most 1, not {utilization}")
    if all_energy < 1 or devices < 1 or runs < 1 or batch < 1:
        raise ValueError("overhead, devices, runs and batch are at least 1")
    machine = _device(device)
    demand_numbers(model.symbols, model.values)
    if not training:
        Timing(model, machine, dtype, batch).demand_possible(reached)
    known = grid(intensity) if isinstance(intensity, str) else None
    use = Use(reached, devices, all_energy, _grams(known, intensity), known)
    macs = model.quantity("training" if training else "macs")()
    return page(model.name, machine, dtype, use, bill(macs * runs, machine, dtype, use))


def _grams(known: Grid | None, intensity: Fraction | float | str | None) -> Fraction | None:
    """Of CO2e for a kWh."""
    if known is not None:
        return known.grams
    return None if intensity is None or isinstance(intensity, str) else _exact(intensity)


def _exact(number: Fraction | float) -> Fraction:
    """As it is printed: 0.1 is a tenth. Raises ValueError for what is infinite or negative."""
    exact = Fraction(repr(number)) if isinstance(number, float) else Fraction(number)
    if exact < 0:
        raise ValueError(f"{number} is negative")
    return exact


def _device(device: str | Path | Device) -> Device:
    from symcost.hardware import Device

    return device if isinstance(device, Device) else Device.load(device)


def devices(
    name: str | Path | None = None, *, kind: str | None = None, vendor: str | None = None, dtype: str | None = None,
    memory: Fraction | int = 0,
) -> Page:  # fmt: skip
    """The devices that are shipped, with their peaks; or one of them, or of a file, with the source of every figure.

    Of a class, of a vendor, with a peak for a type, with so many bytes of memory or more.
    Raises ValueError for a class, a vendor or a type that no shipped device has, UnknownDevice and the faults of
    reading a file.
    """
    from symcost.export.reports import devices as pages_of
    from symcost.hardware import Device, shelf

    if name is not None:
        return pages_of.page(Device.load(name))
    return pages_of.listing(shelf(kind, vendor, dtype, Fraction(memory)))


# Runs ----------------------------------------------------------------------------------------------


@taking(
    model=MODEL, device=DEVICE, dtype=NAME | VALUES, ask=ASK, layout=LAYOUT | NOTHING, rates=RATES | NOTHING,
    profile=DATA | NOTHING, draft=DRAFT | NOTHING, formula=FLAG,
)  # fmt: skip
def serve(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, ask: Ask,
    layout: Layout | None = None, rates: Rates | None = None, profile: str | Path | None = "llm-engine",
    formula: bool = False, draft: Draft | None = None,
) -> Page:  # fmt: skip
    """A model that is served: memory, texts that fit, times, what devices send, and what a million tokens cost.

    `ask`, `layout` and `rates` are those of `symcost.runs`. `formula`: over the batch and the tokens in the cache.
    `draft`: a small model that writes ahead (speculative decoding).

    Raises NotDecoded, DoesNotFit, UnevenLayout, UnsaidSize, NoLinks, NoSuchLink, MissingValue, OtherVocabulary,
    ValueError for what does not go together, and the faults of `time`.
    """
    from symcost.export.reports import serving
    from symcost.runs import Layout, Rates, Service

    demand_numbers(_fixed(model), model.values)
    if draft is not None:
        demand_numbers(_fixed(draft.model), draft.model.values)
    service = Service(model, _device(device), dtype, ask, layout or Layout(), rates or Rates(), draft)
    return serving.formulas(service) if formula else serving.page(_served(service, profile))


@taking(
    model=MODEL, dtype=NAME | VALUES, ask=ASK, layout=LAYOUT | NOTHING, rates=RATES | NOTHING, profile=DATA | NOTHING
)
def serve_side_by_side(
    model: Model, devices: Sequence[str | Path | Device], dtype: Mapping[str, str] | str, *, ask: Ask,
    layout: Layout | None = None, layouts: Sequence[Layout] = (), rates: Rates | None = None,
    profile: str | Path | None = "llm-engine",
) -> Page:  # fmt: skip
    """Several devices, each in these layouts; else in all ways of sharing products among up to 8 of them.

    What does not fit is left out. With a mark where no other is both as fast and as cheap.
    Raises the faults of `serve`.
    """
    from symcost.export.reports import pareto
    from symcost.runs import Layout, Rates, side_by_side, ways_to_share

    demand_numbers(_fixed(model), model.values)
    machines = [_device(one) for one in devices]
    ways = layouts or ways_to_share(model, layout or Layout())
    tried = side_by_side(model, machines, dtype, ask, ways, rates or Rates())
    return pareto.page([_served(service, profile) for service in tried.fitting], tried.left_out)


@taking(
    model=MODEL, device=DEVICE, dtype=NAME | VALUES, ask=ASK, other=MODEL | NOTHING, on=DEVICE | NOTHING,
    layout=LAYOUT | NOTHING, profile=DATA | NOTHING,
)  # fmt: skip
def serve_against(
    model: Model, device: str | Path | Device, dtype: Mapping[str, str] | str, *, ask: Ask, other: Model | None = None,
    on: str | Path | Device | None = None, layout: Layout | None = None, profile: str | Path | None = "llm-engine",
) -> Page:  # fmt: skip
    """Two models, or one on two devices, when served: figures of both, and for which sizes which of them is better.

    `other` is another model, `on` the device of the second. Without a batch in `ask` one text is compared.
    Raises the faults of `serve`, ValueError where nothing differs.
    """
    from dataclasses import replace

    from symcost.export.reports import against
    from symcost.runs import Layout, Service
    from symcost.runs.against import Against, names

    if other is None and on is None:
        raise ValueError("two are compared: another model, another device, or both")
    second = model if other is None else other
    for one in (model, second):
        demand_numbers(_fixed(one), one.values)
    asked = replace(ask, batch=ask.batch or 1)
    first, last = _device(device), _device(device if on is None else on)
    services = (
        Service(model, first, dtype, asked, layout or Layout()), Service(second, last, dtype, asked, layout or Layout())
    )  # fmt: skip
    sides = names(*services)
    return against.page(Against(*sides, asked.batch or 1), [_served(service, profile) for service in services])


def _fixed(model: Model) -> list[SymbolInfo]:
    """The dimensions that need a number: all but the number of tokens, which the question gives."""
    first = next((name for name, port in model.ports.items() if not port.static), None)
    return [info for info in model.symbols if info.name != first]


def _served(service: Service, profile: str | Path | None) -> Served:
    """All that is printed of a service."""
    from symcost.export.reports.serving import Served
    from symcost.hardware.profile import Profile

    least, turn = service.least(), service.turn()
    costs = service.bill(least)
    if profile is None:
        return Served(service, least, costs, turn=turn)
    program = Profile.load(profile)
    likely, ends = service.likely(program)
    waits = None if service.ask.chunk is None else service.waits(program)
    return Served(service, least, costs, likely, ends, service.bill(likely), program, turn, waits)


@taking(model=MODEL, device=DEVICE, dtype=NAME, plan=PLAN, rates=RATES | NOTHING, formula=FLAG, fit=FLAG, node=WHOLE)
def train(
    model: Model, device: str | Path | Device, dtype: str, *, plan: Plan, rates: Rates | None = None,
    formula: bool = False, fit: bool = False, node: int = 8,
) -> Page:  # fmt: skip
    """A model that is trained: work, memory of a device, time with waiting and sending apart, and what it costs.

    `formula`: memory and what is sent, over the layout. `fit`: the layouts that fit, the fastest first; products are
    shared by at most `node` devices. Raises NotAlike, UnevenLayout, UnevenDevices, UnevenBatch, UnsaidSize, NoLinks,
    ImpossibleMfu, DoesNotFit, MissingValue, UnknownDevice, UnknownNumberType, MissingFigure, UnknownOptimizer.
    """
    from symcost.export.reports import run
    from symcost.runs import Counts, Rates, Training, search

    demand_numbers(model.symbols, model.values)
    counts, machine, costs = Counts(model), _device(device), rates or Rates()
    if not fit:
        return run.page(Training(counts, machine, dtype, plan, costs), formula=formula)
    return run.fitting(search(counts, machine, dtype, plan, costs, node))


# The library, and files ---------------------------------------------------------------------------


@taking(name=NAME | NOTHING)
def layers(name: str | None = None) -> Page:
    """The layers of the library, or one with its documentation, formulas and text.

    Raises UnknownLayer.
    """
    from symcost.conventions import load
    from symcost.export.reports import catalogue
    from symcost.graph.files import library_names

    names, convention = library_names(), load("default")
    if name is None:
        return catalogue.page([_entry(each) for each in names], convention)
    if name not in names:
        raise UnknownLayer(name, names)
    return catalogue.layer_page(_entry(name), convention)


def _entry(name: str) -> Entry:
    """A layer of the library by its name."""
    from symcost.export.reports.catalogue import Entry
    from symcost.graph.files import library_definition
    from symcost.instance import Instance
    from symcost.model import Model

    defined = library_definition(name)
    assert defined is not None  # it is listed
    definition = defined.definition
    return Entry(
        signature=" ".join(definition.head.text.split()).removeprefix("module "),
        doc=definition.doc or "",
        source=definition.span.text,
        file=defined.unit.tree.source.name,
        model=Model(Instance(defined), defined.unit),
    )


@taking(name=NAME | NOTHING)
def models(name: str | None = None) -> Page:
    """The zoo: families, the types of published configurations they read, and their sizes; or one of them.

    `name` is a type (`qwen3_moe`) or a family (`qwen`). Raises UnknownFamily.
    """
    from symcost import zoo
    from symcost.export.reports import families

    known = zoo.families()
    if name is None:
        return families.page(list(map(_shelf, known)))
    found = [family for family in known if name in _names(family)]
    if not found:
        raise UnknownFamily(name, list(chain.from_iterable(map(_names, known))))
    of_one_type = None if name == found[0].name else name
    return families.family_page(list(map(_shelf, found)), of_one_type)


def _names(family: Family) -> tuple[str, ...]:
    """What a family can be asked for by: its own name, or one of the types it reads."""
    return (family.name, *family.types)


def _shelf(family: Family) -> Shelf:
    """A family as reports have it."""
    from symcost import zoo
    from symcost.export.reports.families import Shelf

    return Shelf(
        name=family.name,
        title=family.title,
        file=family.path.relative_to(zoo.folder()).as_posix(),
        types=family.types,
        sizes=family.sizes,
        models=dict(family.models),
        text=family.path.read_text(encoding="utf-8"),
    )


@taking(documents=DOCUMENTS, verbose=FLAG)
def check(documents: Document | Iterable[Document], *, verbose: bool = False) -> Page:
    """What came of the `expect` blocks of documents; `Document.check` gives them one by one.

    Faults of a document count as its verdict.
    """
    from symcost.document import Document
    from symcost.export.reports.check import page
    from symcost.guards import judged

    if isinstance(documents, Document):
        given = [documents]
    else:
        given = list(each("check", "documents", Kind("documents", _is_document), iter(documents)))
    return page([judged(document) for document in given], verbose=verbose)
