"""The last stage: a text says what PyTorch counts, at every configuration that is at hand, or there is no text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice

from symcost.document import loads
from symcost.errors import CountsDiffer, SymcostError, ViolatedAssumption
from symcost.importing.graph import Graph
from symcost.importing.plain import plain_text
from symcost.importing.program import Program, Statement
from symcost.model import Model

MOST_PLACES = 5

EQUAL = "statement by statement the counts are equal: they part where statements became modules"

Place = tuple[str, str]
"""The path of a module and its class."""


def verify(text: str, source: str, graphs: Sequence[tuple[Graph, Program]]) -> None:
    """Compare parameters and MACs of a text with PyTorch's own counts of every graph.

    Raises CountsDiffer with the modules where they part; SymcostError where the text is none.
    """
    document = loads(text)
    for graph, program in graphs:
        for what, ours in _counts(document.model(), graph.configuration):
            theirs = program.counts[what][0]
            if ours != theirs:
                raise CountsDiffer(source, what, ours, theirs, _places(what, graph, program))


def _counts(model: Model, configuration: Mapping[str, int]) -> list[tuple[str, int | Fraction]]:
    """What a text counts at a configuration; some of its keys may have left no trace in the text."""
    wanted = {symbol.name for symbol in model.symbols}
    sizes = {key: value for key, value in configuration.items() if key in wanted}
    at = model.at(**sizes)
    return [("params", at.params()), ("macs", at.macs())]


def leaves_out(text: str, configuration: Mapping[str, int]) -> bool:
    """Whether a text says by an assumption of its own that it does not hold at a configuration."""
    try:
        _counts(loads(text).model(), configuration)
    except ViolatedAssumption:
        return True
    except SymcostError:
        return False
    return False


def _places(what: str, graph: Graph, program: Program) -> list[str]:
    """The modules in which the plain text of one configuration counts otherwise than PyTorch."""
    at = ", ".join(f"{key}={value}" for key, value in graph.configuration.items())
    lines = [f"at {at}"] if at else []
    if what == "params":
        return lines
    differences = _differences(dict(_written(program)), _counted(graph))
    return [*lines, *(list(islice(differences, MOST_PLACES)) or [EQUAL])]


def _differences(ours: Mapping[Place, int], theirs: Mapping[Place, int]) -> Iterator[str]:
    """A line for each place, in PyTorch's order and then in ours."""
    for place in {**theirs, **ours}:
        one, other = ours.get(place, 0), theirs.get(place, 0)
        if one != other:
            path, operation = place
            yield f"`{operation}` in `{path or 'the network itself'}`: {one} here, {other} in PyTorch"


def _counted(graph: Graph) -> dict[Place, int]:
    """What PyTorch counts by module and operation."""
    found: dict[Place, int] = {}
    for node in graph.nodes:
        if node.macs:
            place = (node.scopes[-1].path if node.scopes else "", node.op)
            found[place] = found.get(place, 0) + node.macs
    return found


def _written(program: Program) -> Iterator[tuple[Place, int]]:
    """What the plain text counts by module and operation."""
    text = plain_text(program)
    starts, statements = _starts(text), _by_name(program)
    model: Model = loads(text).model()
    by_place: dict[Place, int] = {}
    for line in model.explained("macs").lines:
        before = [start for start in starts if start <= line.span.line]
        number = max(before, default=0)
        place = _place(statements.get(starts.get(number, "")))
        by_place[place] = by_place.get(place, 0) + int(line.total.evaluate({}))
    yield from by_place.items()


def _starts(text: str) -> dict[int, str]:
    """The lines on which a statement begins, and its first target: `  h12, h13 = ...`, `  h12[i] = ...`."""
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        word = line.strip().split(" ")[0].split("[")[0].rstrip(",")
        if line.startswith("  h") and word[1:].isdigit():
            found[number] = word
    return found


def _place(statement: Statement | None) -> Place:
    if statement is None:
        return "", "a parameter"
    return (statement.scopes[-1].path if statement.scopes else ""), statement.source.split(" ")[0]


def _by_name(program: Program) -> dict[str, Statement]:
    """Statements by the names that the plain text gives their targets."""
    targets = {key: statement for statement in program.statements for key in statement.targets}
    return {f"h{number}": statement for number, statement in enumerate(targets.values(), 1)}
