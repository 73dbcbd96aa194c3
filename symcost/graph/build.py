"""Syntax tree to graph: a model with open dimensions, or with numbers for some of them.

Every stage of a body is built once, however often it runs; a definition that is called alike is built once as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from symcost.errors import MissingValue, UnsolvablePattern, gathered
from symcost.formula import Form, symbol
from symcost.graph.declared import ask
from symcost.graph.definitions import follow_body, new_context
from symcost.graph.expressions import callee, evaluate, shape_of
from symcost.graph.files import Defined
from symcost.graph.frame import NOTED, Exhausted, Frame
from symcost.graph.graph import Tensor
from symcost.graph.names import dimensions, names_of
from symcost.graph.nesting import room_to_recurse as room_to_recurse
from symcost.graph.signatures import tensors_among
from symcost.graph.statements import follow_one
from symcost.graph.values import Value
from symcost.syntax import ast


def build(model: Defined, values: Mapping[str, Value], *, inline: bool = False) -> Frame:
    """The frame of a model, with its graph, its names, and what had to be assumed of its sizes.

    Names in `values` are numbers (or texts, or choices) instead of symbols. `inline`: named sizes are written out.
    Raises SymcostError with all the faults found.
    """
    frame = Frame(model.unit, new_context(inline=inline))
    faults = frame.context.faults
    room_to_recurse()
    try:
        _expressed(model.definition, frame, values)
        _assume(model, values, frame)
        _signature(model.definition, frame, values)
        ask(model, frame)
        follow_body(model, frame)
    except NOTED as error:
        frame.context.note(error, model.definition.name.span)
    except Exhausted as end:
        faults[:] = [end.fault]
    if faults:
        raise gathered(faults)
    return frame


def _expressed(definition: ast.Definition, frame: Frame, values: Mapping[str, Value]) -> None:
    """What it takes that a size over other dimensions, given for one of this model, is a size."""
    for port in definition.ports:
        for name in [port.name] if port.shape is None else names_of(port.shape):
            value = values.get(name.text)
            if isinstance(value, Form) and value.free_symbols:
                frame.sizes.size(value, name.span)


def _assume(model: Defined, values: Mapping[str, Value], frame: Frame) -> None:
    """What the file assumes outside of its definitions, as far as it speaks of dimensions of this model."""
    known = dimensions(model.definition)
    for item in model.unit.assumptions():
        names = [name.text for name in _names_in(item)]
        if known.issuperset(names):
            frame.names |= {name: values.get(name, symbol(name)) for name in names}
            follow_one(item, frame)
    frame.names.clear()  # the signature binds them anew, from the left


def _names_in(item: ast.Divides | ast.Assume) -> list[ast.Name]:
    parts = (item.divisor, item.multiple) if isinstance(item, ast.Divides) else (item.condition,)
    return names_of(ast.List(item.span, parts))


def _signature(definition: ast.Definition, frame: Frame, values: Mapping[str, Value]) -> None:
    """Names, statics and inputs of a model, each as it was given or as a symbol. Raises UnsolvablePattern."""
    frame.leading[""] = ()
    _defaults_of_inputs(definition, frame, values)
    for port in definition.ports:
        if port.shape is not None:
            _sizes_of(port.shape, frame, values)
    ports: list[Tensor] = []
    for port in definition.ports:
        name = port.name.text
        if port.shape is not None:
            ports.append(Tensor(shape_of(port.shape, frame), port.name.span))
            frame.names[name] = ports[-1]
        elif name in values:
            frame.names[name] = _meant(values[name], port, frame)
        elif port.default is not None:
            frame.names[name] = evaluate(port.default, frame)
        elif port.listed:
            raise MissingValue(name, port.name.span, {}, listed=True)
        else:
            frame.names.setdefault(name, symbol(name))
    frame.graph.ports = tuple(ports)
    frame.graph.port_names = tensors_among(definition.ports)


def _defaults_of_inputs(definition: ast.Definition, frame: Frame, values: Mapping[str, Value]) -> None:
    """Dimensions of inputs that have a default further on, `x: [T, D], D = 512`, have that number in the shape too."""
    in_shapes = _names_in_shapes(definition)
    statics = [port for port in definition.ports if port.shape is None]
    defaults = _open_defaults(statics, values)
    if in_shapes.isdisjoint(defaults):
        return

    # A default may be a size over all names that have none, and over the defaults before it.
    others = in_shapes.union(port.name.text for port in statics) - defaults.keys()
    for name in others:
        frame.names[name] = values.get(name, symbol(name))
    for name, default in defaults.items():
        frame.names[name] = evaluate(default, frame)


def _open_defaults(statics: Sequence[ast.Port], values: Mapping[str, Value]) -> dict[str, ast.Expr]:
    """The defaults of ports that are given no value."""
    defaults: dict[str, ast.Expr] = {}
    for port in statics:
        is_given = port.name.text in values
        if port.default is not None and not is_given:
            defaults[port.name.text] = port.default
    return defaults


def _names_in_shapes(definition: ast.Definition) -> set[str]:
    """The dimensions of all inputs."""
    shapes = [port.shape for port in definition.ports if port.shape is not None]
    names: set[str] = set()
    for shape in shapes:
        names.update(name.text for name in names_of(shape))
    return names


def _meant(value: Value, port: ast.Port, frame: Frame) -> Value:
    """A word for a port that takes definitions is the name of one. Raises UnknownModule."""
    if not isinstance(value, str) or not isinstance(port.default, ast.Name):
        return value
    return callee(ast.Name(port.default.span, value), frame)


def _sizes_of(shape: ast.List, frame: Frame, values: Mapping[str, Value]) -> None:
    """The names in the shape of an input are dimensions."""
    dots = [item for item in shape.items if isinstance(item, ast.Ellipsis)]
    if len(dots) > 1:
        raise UnsolvablePattern(shape.span, "`...` stands once, in front")
    frame.leading |= {item.group: () for item in dots}
    for name in names_of(shape):
        if name.text not in frame.names:
            frame.names[name.text] = values.get(name.text, symbol(name.text))
