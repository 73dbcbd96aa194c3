"""Numbers from a configuration: of the file itself, or published beside a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path

from symcost.diagnostics import Label
from symcost.errors import BadValue, NoMapping, SymcostError, UnknownDimension, ValueTooLarge, gathered
from symcost.formula import TooLarge
from symcost.graph.evaluate import evaluate
from symcost.graph.files import Unit
from symcost.graph.published import Published
from symcost.graph.values import Value
from symcost.syntax import ast
from symcost.values import Port, ports_of

Ports = Mapping[str, Port]


def of_file(unit: Unit, config: str, model: str, ports: Ports) -> dict[str, object]:
    """The values of a configuration, which speaks to all the models of its file: what others know is left to them.

    Raises UnknownConfig, NumbersElsewhere and the faults of reading its entries.
    """
    known: set[str] = set()
    for defined in unit.definitions.values():
        known |= ports_of(defined.definition).keys()
    of_others = known - ports.keys()
    mine = [entry for entry in unit.config(config).entries if entry.name.text not in of_others]

    def value(entry: ast.Keyword) -> Value:
        return evaluate(entry.value, unit)

    return _values(mine, model, ports, value)


def of_published(unit: Unit, path: str | PathLike[str], model: str, ports: Ports) -> dict[str, object]:
    """The values of a published `config.json`, as the `config hf` of the file reads it.

    Raises NoMapping, NotJson, MissingKey, WrongKey, OtherArchitecture and the faults of reading a file.
    """
    mapping = unit.mapping
    if mapping is None:
        raise NoMapping(unit.tree.source.name)
    published = Published.open(Path(path))
    for assumed in mapping.assumptions:
        published.check(assumed, unit)

    def value(entry: ast.Keyword) -> Value:
        return published.value(entry.value, unit)

    return _values(mapping.entries, model, ports, value, published.places)


def _values(
    entries: Iterable[ast.Keyword], model: str, ports: Ports, value: Callable[[ast.Keyword], Value],
    places: Callable[[ast.Expr], Sequence[Label]] | None = None,
) -> dict[str, object]:  # fmt: skip
    """The value of each entry by name; `places` tells where it was read, if that is another file.

    Raises what is wrong with any of them: UnknownDimension, WrongKind, BadValue, ValueTooLarge, and the faults of
    `value`.
    """
    values: dict[str, object] = {}
    faults: list[SymcostError] = []
    for entry in entries:
        try:
            port = _port(entry.name, model, ports)
            values[port.name] = port.read(value(entry), entry.value.span, strict=places is not None)
        except TooLarge as big:
            faults.append(ValueTooLarge(str(big), entry.value.span))
        except BadValue as fault:
            faults.append(fault.read_from(places(entry.value)) if places else fault)
        except SymcostError as fault:
            faults.append(fault)
    if faults:
        raise gathered(faults)
    return values


def _port(name: ast.Name, model: str, ports: Ports) -> Port:
    """The name of a signature that an entry speaks of.

    Raises UnknownDimension.
    """
    if name.text not in ports:
        raise UnknownDimension(name.text, model, ports, name.span)
    return ports[name.text]
