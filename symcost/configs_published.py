"""Numbers from a configuration that is published beside a model."""

from __future__ import annotations

from symcost.configs import Ports, port_of
from symcost.errors import BadValue, NoMapping, SymcostError, gathered
from symcost.graph.files import Defined, Unit
from symcost.graph.nesting import room_to_recurse
from symcost.graph.primitives import callable_names
from symcost.published import odd
from symcost.published.closed import notes
from symcost.published.file import Published
from symcost.published.keys import Table
from symcost.published.mapping import Said, check_all_read, chosen, class_of, read, wrong_key
from symcost.syntax import ast
from symcost.values import Port


def mapped(unit: Unit, defined: Defined) -> Unit:
    """The file that says how published files are read: the one in which a model is asked for, or where it stands.

    Raises NoMapping.
    """
    found = unit if unit.mappings else defined.unit
    if not found.mappings:
        raise NoMapping(found.tree.source.name, defined.name)
    return found


def of_published(
    unit: Unit, published: Published, model: str, ports: Ports
) -> tuple[dict[str, object], tuple[str, ...], str | None]:  # fmt: skip
    """The values of a published `config.json`, as the `config hf` for its type and this model reads it.

    With what is in the file and not in the count, and of which class of the library its model is.

    Raises NoMapping, OtherType, OtherClass, OtherArchitecture, MissingKey, WrongKey.
    """
    mapping, keys = chosen(unit, published, model)
    room_to_recurse()
    said = read(mapping, keys)
    values: dict[str, object] = {}
    faults: list[SymcostError] = []
    for entry, found in said.values:
        try:
            port = port_of(entry.name, model, ports)
            if isinstance(found, Table) or (isinstance(found, list) and not port.listed):
                faults.append(wrong_key(entry, found, said))
            elif found is not None:
                values[port.name] = port.published(found, entry.value.span)
                faults += _wrong_word(found, port, said, entry.value, unit, ports)
            elif not port.defaulted:
                faults.append(wrong_key(entry, found, said))
        except BadValue as fault:
            told = said.in_the_file(fault, entry.value, port.wanted)
            faults.append(fault.read_from(said.places(entry.value)) if told is fault else told)
        except SymcostError as fault:
            faults.append(fault)
    if faults:
        raise gathered(faults)
    check_all_read(said)  # last: what nobody reads would hide what is read and wrong
    return values, tuple(notes(keys)), class_of(mapping, keys)


def _wrong_word(found: object, port: Port, said: Said, expr: ast.Expr, unit: Unit, ports: Ports) -> list[SymcostError]:
    """A fault for a word of the file where the signature has a size by default, or for one that means no definition."""
    read = said.reads(expr)
    if not isinstance(found, str) or not isinstance(port.declared.default, ast.Name) or len(read) != 1:
        return []
    default = _last_default(port, ports)
    if isinstance(default, ast.Name):
        return odd.unknown_word(found, default.text, read[0], said.keys, callable_names(unit))
    if isinstance(default, ast.String):
        return []
    return [said.in_the_file(BadValue(port.name, found, port.span, expr.span, quoted=True), expr, port.wanted)]


def _last_default(port: Port, ports: Ports) -> ast.Expr | None:
    """What stands for a name of a signature where it is left out; of one that stands for another (`after = norm`) what
    stands for that. None where that has no default: it is a size.
    """
    default = port.declared.default
    seen = {port.name}
    while isinstance(default, ast.Name) and default.text in ports and default.text not in seen:
        seen.add(default.text)
        default = ports[default.text].declared.default
    return default
