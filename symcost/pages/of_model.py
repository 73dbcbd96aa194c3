"""Pages of one model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from symcost.arguments import DATA, FLAG, NAME, NOTHING, TEXTS, WHOLE, taking
from symcost.errors import UnknownDimension
from symcost.pages.given import CONVENTIONS, MODEL, TYPES, Conventions

if TYPE_CHECKING:
    from symcost.export.page import Page
    from symcost.export.reports.path import Axis
    from symcost.formula import Symbol
    from symcost.model import Model


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
