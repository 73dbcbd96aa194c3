"""Numbers from a configuration of the file itself."""

from __future__ import annotations

from collections.abc import Mapping

from symcost.errors import SymcostError, UnknownDimension, ValueTooLarge, gathered
from symcost.formula import TooLarge
from symcost.graph.evaluate import evaluate
from symcost.graph.files import Unit
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

    values: dict[str, object] = {}
    faults: list[SymcostError] = []
    for entry in mine:
        try:
            port = port_of(entry.name, model, ports)
            values[port.name] = port.read(evaluate(entry.value, unit), entry.value.span)
        except TooLarge as big:
            faults.append(ValueTooLarge(str(big), entry.value.span))
        except SymcostError as fault:
            faults.append(fault)
    if faults:
        raise gathered(faults)
    return values


def port_of(name: ast.Name, model: str, ports: Ports) -> Port:
    """The name of a signature that an entry speaks of.

    Raises UnknownDimension.
    """
    if name.text not in ports:
        raise UnknownDimension(name.text, model, ports, name.span)
    return ports[name.text]
