"""Names that stand for nothing, found without building: also in definitions that nothing calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Literal

from symcost.errors import SymcostError, UnknownModule, UnknownName
from symcost.graph.expressions import STATIC
from symcost.graph.files import Unit, library_names
from symcost.graph.unify import names_of
from symcost.ops import PRIMITIVES
from symcost.ops.pointwise import NAMED as NAMED_POINTWISE
from symcost.syntax import ast

Role = Literal["set", "read", "called", "none"]

ROLES: dict[tuple[type[ast.Node], str], Role] = {
    (ast.Definition, "name"): "none",
    (ast.Definition, "returns"): "set",
    (ast.Port, "name"): "set",
    (ast.Port, "shape"): "set",
    (ast.ParamEntry, "name"): "set",
    (ast.Layer, "name"): "set",
    (ast.Layer, "value"): "called",
    (ast.Assign, "targets"): "set",
    (ast.IndexAssign, "target"): "set",
    (ast.IndexAssign, "indices"): "set",
    (ast.Emit, "name"): "set",
    (ast.Carry, "name"): "set",
    (ast.Scan, "counter"): "set",
    (ast.Repeat, "counter"): "set",
    (ast.Window, "op"): "none",
    (ast.WindowIndex, "name"): "set",
    (ast.Keyword, "name"): "none",
    (ast.Call, "function"): "called",
    (ast.Pipe, "stage"): "called",
}
"""What the names in a field do; in any other field they are read."""


def unknown_names(unit: Unit) -> list[SymcostError]:
    """A fault for each name in a file that is set nowhere in its definition, and names no definition either."""
    known = {*unit.definitions, *library_names(), *PRIMITIVES, *NAMED_POINTWISE, *STATIC}
    faults: list[SymcostError] = []
    for defined in unit.own.values():
        uses = list(_uses(defined.definition))
        bound = {name.text for name, role in uses if role == "set"}
        for name, role in uses:
            if role == "called" and name.text not in known | bound:
                faults.append(UnknownModule(name.text, name.span, known))
            elif role == "read" and name.text not in known | bound:
                faults.append(UnknownName(name.text, name.span, bound))
    return faults + _unknown_assumed(unit)


def _unknown_assumed(unit: Unit) -> list[SymcostError]:
    """The names in an `assume` outside of definitions must be those of some signature."""
    ports = [port for defined in unit.definitions.values() for port in defined.definition.ports]
    known = {port.name.text for port in ports if port.shape is None}
    known |= {name.text for port in ports if port.shape is not None for name in names_of(port.shape)}
    assumed = [item for item in unit.tree.items if isinstance(item, ast.Divides | ast.Assume)]
    uses = [use for item in assumed for use in _uses(item) if use[1] == "read"]
    return [UnknownName(name.text, name.span, known) for name, _ in uses if name.text not in known]


def names_read(expr: ast.Expr) -> list[ast.Name]:
    """The names in an expression whose values it needs."""
    return [name for name, role in _uses(expr) if role == "read"]


def _uses(top: ast.Node) -> Iterator[tuple[ast.Name, Role]]:
    """Every name in a node and what it does there; indices in index notation set themselves."""
    waiting: list[tuple[Any, Role, bool]] = [(top, "read", False)]
    while waiting:
        node, role, indexed = waiting.pop()
        if isinstance(node, ast.Name):
            yield node, role
        elif isinstance(node, tuple):
            waiting += [(item, role, indexed) for item in node]
        elif isinstance(node, ast.Node):
            for field in fields(node):
                below = ROLES.get((type(node), field.name), role if role == "set" else "read")
                if indexed and (type(node), field.name) == (ast.Subscript, "items"):
                    below = "set"
                waiting.append((getattr(node, field.name), below, indexed or isinstance(node, ast.IndexAssign)))
