"""What the names in a text do, found without building: also in definitions that nothing calls."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final, Literal

from symcost.errors import SymcostError, UnknownModule, UnknownName
from symcost.graph.files import Defined, Unit
from symcost.graph.primitives import callable_names
from symcost.syntax import ast

Role = Literal["set", "index", "mixed", "read", "called", "none"]
"""`mixed`: it may be an index or a number, or a size that a shape in a signature says or needs."""

BINDING: Final = ("set", "index", "mixed")
"""What gives a name a meaning."""

ROLES: dict[tuple[type[ast.Node], str], Role] = {
    (ast.Definition, "name"): "none",
    (ast.Definition, "returns"): "set",
    (ast.Port, "name"): "set",
    (ast.Port, "shape"): "set",
    (ast.ParamEntry, "name"): "set",
    (ast.Let, "name"): "set",
    (ast.Layer, "name"): "set",
    (ast.Layer, "value"): "called",
    (ast.Assign, "targets"): "set",
    (ast.IndexAssign, "target"): "set",
    (ast.IndexAssign, "indices"): "index",
    (ast.Emit, "name"): "set",
    (ast.Carry, "name"): "set",
    (ast.Scan, "counter"): "set",
    (ast.Repeat, "counter"): "set",
    (ast.RepeatTogether, "names"): "set",
    (ast.Listed, "name"): "set",
    (ast.Member, "name"): "none",
    (ast.Window, "op"): "none",
    (ast.WindowIndex, "name"): "set",
    (ast.Bound, "name"): "set",
    (ast.Bound, "extent"): "read",
    (ast.Keyword, "name"): "none",
    (ast.Call, "function"): "called",
    (ast.Pipe, "stage"): "called",
}
"""What the names in a field do; in any other field they are read."""


def unknown_names(unit: Unit) -> list[SymcostError]:
    """A fault for each name in a file that is set nowhere in its definition, and names no definition either."""
    known = callable_names(unit)
    faults: list[SymcostError] = []
    for defined in unit.own.values():
        faults += _unknown_in(defined.definition, known, unit.own_dims)
    return [*faults, *_unknown_assumed(unit)]


def _unknown_in(definition: ast.Definition, known: set[str], dims: Collection[str]) -> Iterator[SymcostError]:
    """The names that a definition reads or calls, and nothing sets; it may read the dimensions of its file."""
    uses = list(_uses(definition))
    bound = {name.text for name, role in uses if role in BINDING}
    # Looked up one after another: a union of all that a file defines would be made for each of its definitions.
    meant: dict[Role, Sequence[Collection[str]]] = {"read": (bound, known, dims), "called": (bound, known)}
    sizes = _names_of_sizes(definition)
    for name, role in _meaning_nothing(uses, meant):
        port_of = definition if id(name) in sizes else None
        yield _unknown(name, role, known, bound, port_of)


def _meaning_nothing(
    uses: Iterable[tuple[ast.Name, Role]], meant: Mapping[Role, Sequence[Collection[str]]]
) -> Iterator[tuple[ast.Name, Role]]:
    """The uses of names that are none of those which mean something in their role; of other roles none."""
    for name, role in uses:
        if role in meant and not any(name.text in names for names in meant[role]):
            yield name, role


def _unknown(
    name: ast.Name, role: Role, known: set[str], bound: set[str], port_of: ast.Definition | None
) -> SymcostError:
    """What is wrong with a name that stands for nothing; `port_of`: which could be given it."""
    if role == "called":
        return UnknownModule(name.text, name.span, known)
    as_port = "" if port_of is None else f"{port_of.kind} {port_of.name.text}(..., {name.text})"
    return UnknownName(name.text, name.span, bound, known, as_port)


def _names_of_sizes(definition: ast.Definition) -> set[int]:
    """Which names in a definition can stand for sizes only."""
    found: set[int] = set()
    for node in _sizes(definition.body):
        found.update(map(id, names_read(node)))
    return found


def _sizes(body: Iterable[ast.Statement]) -> Iterator[ast.Node]:
    """Where only sizes can stand: what loops count to, and the shapes of parameters."""
    for statement in body:
        match statement:
            case ast.Scan(over=over) | ast.Repeat(over=over):
                yield over
            case ast.Choose(active=active, total=total):
                yield from (active, total)
            case ast.Param(entries=entries):
                yield from (entry.shape for entry in entries)
        yield from _sizes(_bodies(statement))


def _bodies(statement: ast.Statement) -> Sequence[ast.Statement]:
    """The statements inside of one."""
    if isinstance(statement, ast.If | ast.Marked):
        return _inside(statement)
    return statement.body if isinstance(statement, ast.Scan | ast.Repeat | ast.RepeatTogether | ast.Choose) else ()


def _unknown_assumed(unit: Unit) -> Iterator[SymcostError]:
    """The names in an `assume` outside of definitions must be those of some signature."""
    known = set(unit.own_dims)
    for defined in unit.definitions.values():
        known |= dimensions(defined.definition)
    for name in _in_order(unit.own_assumptions):
        if name.text not in known:
            yield UnknownName(name.text, name.span, known)


def _in_order(nodes: Iterable[ast.Node]) -> Iterator[ast.Name]:
    """The names that are read in several nodes."""
    for node in nodes:
        yield from names_read(node)


def dimensions(definition: ast.Definition) -> set[str]:
    """The names of a signature that are no tensors."""
    names: set[str] = set()
    for port in definition.ports:
        if port.shape is None:
            names.add(port.name.text)
        else:
            names.update(_texts(names_of(port.shape)))
    return names


def names_of(shape: ast.List) -> list[ast.Name]:
    """The names in a shape, in the order of the text."""
    return [name for item in shape.items for name in _names(item)]


def _names(expr: ast.Expr) -> Iterator[ast.Name]:
    match expr:
        case ast.Name():
            yield expr
        case ast.Unary() | ast.Binary() | ast.Call():
            for part in _parts(expr):
                yield from _names(part)


def _parts(expr: ast.Unary | ast.Binary | ast.Call) -> Sequence[ast.Expr]:
    match expr:
        case ast.Unary(operand=operand):
            return (operand,)
        case ast.Binary(left=left, right=right):
            return (left, right)
        case ast.Call(args=args):
            return args


def names_set(definition: ast.Definition) -> dict[str, ast.Name]:
    """The names to which a definition gives a meaning of its own, each where it does so first in the text."""
    found: dict[str, ast.Name] = {}
    for name, role in _uses((*definition.ports, *definition.body)):
        if role in ("set", "index"):
            found[name.text] = min(found.get(name.text, name), name, key=lambda one: one.span.start)
    return found


def set_below(name: ast.Name, unit: Unit) -> ast.Name | None:
    """Where the definition around a name that is read gives it a meaning, if that is further down only."""
    for defined in unit.own.values():
        whole = defined.definition.span
        if whole.source is name.span.source and whole.start <= name.span.start < whole.end:
            setting = names_set(defined.definition).get(name.text)
            return setting if setting is not None and setting.span.start > name.span.start else None
    return None


def names_given(body: tuple[ast.Statement, ...]) -> set[str]:
    """The names that statements give a meaning, in loops and branches inside too."""
    return {name.text for name, role in _uses(body) if role == "set"}


def names_read(node: ast.Node) -> list[ast.Name]:
    """The names in an expression or a condition whose values it needs."""
    return [name for name, role in _uses(node) if role == "read"]


def called(whole: Defined) -> list[Defined]:
    """A definition behind all that it calls, directly or not, each once; none of the library.

    The order is that in which they are first needed: what is called stands before what calls it.
    """
    listed: dict[int, Defined] = {}
    entered = {id(whole)}
    waiting = [(whole, _callees(whole))]
    while waiting:
        defined, callees = waiting[-1]
        callee = next((one for one in callees if id(one) not in entered), None)
        if callee is None:
            listed[id(defined)] = defined
            waiting.pop()
        else:
            entered.add(id(callee))
            waiting.append((callee, _callees(callee)))
    return list(listed.values())


def _callees(defined: Defined) -> Iterator[Defined]:
    """What the names in a definition stand for that are no names of its own, nor of the library.

    A module that is handed on as a value is read, not called.
    """
    own = names_set(defined.definition)
    known = defined.unit.definitions
    for name, role in sorted(_uses(defined.definition.body), key=lambda use: use[0].span.start):
        if role not in ("called", "read"):
            continue
        if name.text in known and name.text not in own:
            yield known[name.text]


def _uses(top: ast.Node | tuple[ast.Node, ...]) -> Iterator[tuple[ast.Name, Role]]:
    """Every name in a node and what it does there; indices in index notation set themselves."""
    waiting: list[tuple[Any, Role, bool]] = [(top, "read", False)]
    while waiting:
        node, role, indexed = waiting.pop()
        if isinstance(node, ast.Name):
            yield node, role
        elif isinstance(node, tuple):
            waiting += [(item, role, indexed) for item in node]
        elif isinstance(node, ast.Node):
            waiting += _fields(node, role, indexed)


def _fields(node: ast.Node, around: Role, indexed: bool) -> Iterator[tuple[Any, Role, bool]]:
    """What a node holds, what the names in there do, and whether it is index notation."""
    inside = indexed or isinstance(node, ast.IndexAssign)
    for field in fields(node):
        yield getattr(node, field.name), _role(node, field.name, around, indexed), inside


def _role(node: ast.Node, field: str, around: Role, indexed: bool) -> Role:
    """What the names in a field do, inside of something with a role itself."""
    place = (type(node), field)
    if indexed and place == (ast.Subscript, "items"):
        return "index"
    if around in BINDING:
        return _within(node, around)
    return ROLES.get(place, "read")


def _within(node: ast.Node, around: Role) -> Role:
    """What the names in a size of a signature do, or in an index: only what stands there alone is surely set.

    A sum of indices names them all, and so does a number times an index; of `stride*t` one is a number.
    """
    match node:
        case ast.List():
            return around
        case ast.Unary() | ast.Binary(op="+" | "-") if around == "index":
            return around
        case ast.Binary(op="*", left=ast.Number()) | ast.Binary(op="*", right=ast.Number()) if around == "index":
            return around
    return "mixed"


# What bodies leave behind -------------------------------------------------------------------------


def assigned(body: Sequence[ast.Statement]) -> list[str]:
    """The names that a body gives a value that outlives a loop in it, in the order of the text."""
    names: dict[str, None] = {}
    for statement in body:
        names |= dict.fromkeys(_assigned(statement))
    return list(names)


def _assigned(statement: ast.Statement) -> Iterable[str]:
    match statement:
        case ast.Assign(targets=names):
            return _texts(names)
        case ast.IndexAssign(target=name) | ast.Layer(name=name):
            return (name.text,)
        case ast.Param(entries=entries):
            return _texts(entry.name for entry in entries)
    return _assigned_inside(statement)


def _assigned_inside(statement: ast.Statement) -> Iterable[str]:
    """The same of what holds statements itself."""
    if isinstance(statement, ast.If | ast.Marked):
        return assigned(_inside(statement))
    if isinstance(statement, ast.RepeatTogether):
        return [*assigned(statement.body), *emits(statement.body)]
    if isinstance(statement, ast.Scan | ast.Repeat | ast.Choose):
        return _left_by(statement)
    return ()


def _inside(statement: ast.If | ast.Marked) -> Sequence[ast.Statement]:
    """The statements of a body that is no loop."""
    return statement.body if isinstance(statement, ast.Marked) else (*statement.then, *statement.otherwise)


def _texts(names: Iterable[ast.Name]) -> list[str]:
    return [name.text for name in names]


def _left_by(loop: ast.Scan | ast.Repeat | ast.Choose) -> Iterator[str]:
    """What a loop leaves: all that it carries, what a `repeat` changes, and what is emitted, stacked."""
    if not isinstance(loop, ast.Choose):
        yield from _texts(carry.name for carry in loop.carries)
    if isinstance(loop, ast.Repeat):
        yield from assigned(loop.body)
    yield from emits(loop.body)


def emits(body: Sequence[ast.Statement]) -> Iterator[str]:
    """The names that a loop with this body leaves stacked."""
    for statement in body:
        if isinstance(statement, ast.Emit):
            yield statement.name.text
        elif isinstance(statement, ast.If | ast.Marked):
            yield from emits(_inside(statement))
