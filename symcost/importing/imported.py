"""A model to its text: which configurations are asked for, then stage by stage, and the comparison at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from functools import partial
from itertools import combinations, filterfalse
from typing import Any

from symcost.document import Document, loads
from symcost.errors import CannotCapture, CaptureTooLarge, CaptureTooLong, MissingExtra, SymcostError
from symcost.importing.align import align
from symcost.importing.aten import translate
from symcost.importing.capture import Bounds, Session, checked
from symcost.importing.choosing import Plan, plans
from symcost.importing.graph import Graph
from symcost.importing.plain import plain_text
from symcost.importing.program import Program
from symcost.importing.recorded import KIND, read_recorded, recorded
from symcost.importing.structure import arch_written
from symcost.importing.text import Written
from symcost.importing.verify import leaves_out, verify

Sizes = Mapping[str, int]
Vary = Mapping[str, Sequence[int]]


def imported(
    source: str, vary: Vary, part: str | None = None, bounds: Bounds | None = None, *,
    plain: bool = False, flat: bool = False,
) -> str:  # fmt: skip
    """The text of a model, whose sizes are named by the keys that vary; it has been compared with PyTorch's counts.

    Where no key is said to vary, those of the model's own configuration do, as far as the model can be made with
    others; `plain` leaves them numbers. `flat` is one list of statements without modules. Runs the code of the model,
    in a process of its own.

    Raises SymcostError, UnusableLists.
    """
    if source.startswith(KIND):
        return text_of(source, *read_recorded(source), flat=flat)
    with Session(source, part, bounds) as session:
        if vary or plain or flat:
            return named_over(source, session, vary, flat=flat)
        return named_by_itself(source, session, session.ask([{}])[0])


MANY_NODES = 2500
"""Operations from which on a model is taken to do some for each token by itself."""


def named_over(source: str, session: Session, vary: Vary, *, flat: bool = False) -> str:
    """The text over the keys that vary."""
    asked = configurations(vary)
    graphs = session.ask(asked, unseen(vary))
    return _text(source, graphs, len(asked), flat, session.some)


def named_by_itself(source: str, session: Session, own: Graph) -> str:
    """The text over the keys of the model's own configuration, by the first plan that leads to one."""
    goes_by_steps = len(own.nodes) > MANY_NODES
    for plan in plans({**own.settings, **own.configuration}, few_tokens=goes_by_steps):
        try:
            graphs = _graphs(session, own, plan)
            if len(graphs) > len(plan.configurations):
                return text_of(source, graphs, len(plan.configurations), more=session.some)
        except (CaptureTooLong, CaptureTooLarge):
            raise
        except SymcostError:
            continue  # a size that this model cannot have, or not beside the others
    return _of_numbers(source, own)


def _text(
    source: str, graphs: Sequence[Graph], named: int, flat: bool = False, more: More | None = None
) -> str:  # fmt: skip
    """The text of graphs, whose sizes have names where there is more than one to tell them apart by."""
    if flat or named > 1:
        return text_of(source, graphs, named, flat=flat, more=more)
    return _of_numbers(source, graphs[0])


def _of_numbers(source: str, graph: Graph) -> str:
    """The text of one configuration; statement by statement where the text with modules does not hold."""
    try:
        return text_of(source, [graph], 1)
    except SymcostError as fault:
        whole = text_of(source, [graph], 1, flat=True)
        return (
            f"# Statement by statement, as the text with modules is refused: {fault.faults[0].report.message}\n{whole}"
        )


def _graphs(session: Session, own: Graph, plan: Plan) -> list[Graph]:
    """The graphs of a plan; whether they are alike is seen as soon as there are two, for each costs time."""
    first, *others = plan.configurations
    graphs = [replace(own, configuration=first)]
    for place, sizes in enumerate(others):
        graphs += session.ask([sizes])
        if not place:
            align([translate(graph) for graph in graphs])
    return graphs + session.ask([], [plan.unseen])


def captured_graphs(source: str, vary: Vary, part: str | None = None, bounds: Bounds | None = None) -> str:
    """The file from which `graph:FILE` makes the same text, on a machine without PyTorch. Raises SymcostError."""
    asked = configurations(vary)
    with Session(source, part, bounds) as session:
        graphs = session.ask(asked, unseen(vary))
        with suppress(SymcostError):  # what is in the way of a text is told where it is made
            _text(source, graphs, len(asked), more=session.some)
        return "".join(recorded(session.answers))


def from_torch(module: Any, inputs: Any = None, vary: Vary | None = None) -> Document:
    """A module of PyTorch and its inputs as a document; it is neither changed nor run on numbers.

    `inputs`: a tensor, a tuple of them, or a dict by name, of at least two examples. With `vary`, `module` is a
    function of these keys that returns a module and its inputs: `from_torch(make, vary={"width": (64, 96, 160)})`.

    Raises SymcostError.
    """
    try:
        from symcost.importing.exporting.child import captured, failed
        from symcost.importing.exporting.plain import CannotExport
        from symcost.importing.exporting.sources import BadSource, from_function, from_module
    except ModuleNotFoundError as missing:
        if missing.name == "torch":
            raise MissingExtra("torch") from None
        raise
    name = getattr(module, "__name__", type(module).__name__)
    asked = configurations(vary or {})

    def graph(sizes: Sizes) -> Graph:
        built = from_module(module, inputs, sizes) if vary is None else from_function(module, sizes)
        return checked(captured(built), name)

    try:
        graphs = [graph(sizes) for sizes in asked]
    except (CannotExport, BadSource) as problem:
        raise CannotCapture(name, str(problem)) from problem

    def more(configurations: Sequence[Sizes]) -> list[Graph]:
        found: list[Graph] = []
        for sizes in configurations:
            with failed():
                found.append(graph(sizes))
        return found

    # One more that no name is made from, to compare the text with: the first that can be made.
    for sizes in unseen(vary or {}):
        if found := more([sizes]):
            graphs += found
            break
    return loads(_text(name, graphs, len(asked), more=more), f"{name}.arch")


More = Callable[[Sequence[Sizes]], list[Graph]]
"""The graphs of a model at those of some configurations that can be made."""


def text_of(
    source: str, graphs: Sequence[Graph], named: int, *, flat: bool = False, more: More | None = None
) -> str:  # fmt: skip
    """The text of graphs of one model, the first of which name its sizes; the others only have to agree with it.

    `more` gives further ones, where a number that varies has no name: to tell which keys it follows from.
    """
    pairs = _translated(graphs)
    programs = [program for _, program in pairs]
    if flat:
        # Its sizes are numbers, those of the first graph.
        text = plain_text(programs[0])
        verify(text, source, pairs[:1])
        return text

    made = arch_written(programs[:named])
    ask = more or (lambda sizes: [])
    if made.pins:
        made, pairs = _pinned(made, pairs, named, ask)
    elif len(pairs) > named:
        pairs = [*pairs[:named], *_within(made.text, pairs[:named], pairs[named:], ask)]
    verify(made.text, source, pairs)
    return made.text


Pair = tuple[Graph, Program]


def _translated(graphs: Sequence[Graph]) -> list[Pair]:
    return [(graph, translate(graph)) for graph in graphs]


def _pinned(made: Written, pairs: Sequence[Pair], named: int, more: More) -> tuple[Written, list[Pair]]:
    """The text that holds at one value of some keys alone, as few as can be told; and what it can be compared with."""
    known, others = pairs[:named], pairs[named:]
    before, last = (graph.configuration for graph, _ in known[-2:])
    told = [*known, *_alike(known[0][1], more(_each_alone(before, last)))]
    made = arch_written([program for _, program in told])

    pinned = [{**graph.configuration, **made.pins} for graph, _ in others]
    candidates = [*told, *others, *_translated(more(pinned))]
    return made, [pair for pair in candidates if made.pins.items() <= pair[0].configuration.items()]


def _each_alone(before: Sizes, after: Sizes) -> list[Sizes]:
    """Configurations in each of which one key alone has changed."""
    changed = {key: size for key, size in after.items() if size != before.get(key, size)}
    return [{**before, key: size} for key, size in changed.items()]


def _within(text: str, named: Sequence[Pair], others: Sequence[Pair], more: More) -> Sequence[Pair]:
    """What a text can be compared with: not at sizes that its own assumptions leave out, if there are others."""
    held = [pair for pair in others if not leaves_out(text, pair[0].configuration)]
    if held:
        return held

    for sizes in filterfalse(partial(leaves_out, text), unseen(_values_of(named))):
        graphs = more([sizes])
        if graphs:
            return _translated(graphs)
    return others


def _values_of(named: Sequence[Pair]) -> Vary:
    """The values of every key in some graphs; where one lacks it, it has that of the first."""
    configurations = [graph.configuration for graph, _ in named]
    first = configurations[0]
    return {key: tuple(each.get(key, size) for each in configurations) for key, size in first.items()}


def _alike(first: Program, graphs: Sequence[Graph]) -> Iterator[Pair]:
    """Those graphs that do the same as a program but for sizes."""
    for graph in graphs:
        with suppress(SymcostError):
            program = translate(graph)
            align([first, program])
            yield graph, program


# Configurations ------------------------------------------------------------------------------------------------------


class UnusableLists(ValueError):
    """Keys that vary have values from which no names can be made; `str` says why."""


def configurations(vary: Vary) -> list[dict[str, int]]:
    """The first value of every key, the second of every key, and so on. Raises UnusableLists."""
    if len({len(values) for values in vary.values()}) > 1:
        raise UnusableLists("every key needs as many values as the others")
    for one, other in combinations(vary, 2):
        _told_apart(one, vary[one], other, vary[other])
    count = max(map(len, vary.values()), default=1)
    return [{key: values[place] for key, values in vary.items()} for place in range(count)]


def _told_apart(one: str, values: Sequence[int], other: str, others: Sequence[int]) -> None:
    ratios = {Fraction(*pair) for pair in zip(values, others, strict=True)}
    if len(values) > 1 and len(ratios) == 1:
        raise UnusableLists(f"`{one}` is {ratios.pop()} times `{other}` in all values: nobody could tell them apart")


def unseen(vary: Vary) -> list[dict[str, int]]:
    """Configurations that no name is made from, the best first: values in other combinations, or multiples of them."""
    if max(map(len, vary.values()), default=1) < 2:
        return []
    mixed = {key: values[(place + 1) % len(values)] for place, (key, values) in enumerate(vary.items())}
    candidates = [mixed, {key: _multiple(values) for key, values in vary.items()}]
    return [one for one in candidates if one not in configurations(vary)]


def _multiple(values: Sequence[int]) -> int:
    """The least multiple of the first value, from twice on, that was not asked for."""
    return next(one for one in _multiples(values[0]) if one not in values)


def _multiples(value: int) -> Iterator[int]:
    times = 2
    while True:
        yield value * times
        times += 1
