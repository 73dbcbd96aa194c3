"""Calls: arguments go to ports, a definition becomes a block, a named layer keeps its one set of parameters."""

from __future__ import annotations

from symcost.diagnostics import Span
from symcost.errors import GivenTwice, OtherLayerShape, TooManyArguments, UnknownArgument
from symcost.graph.files import Defined
from symcost.graph.frame import Frame
from symcost.graph.graph import Block, Graph, Parameter, Tensor
from symcost.graph.primitives import primitive
from symcost.graph.values import Argument, Arguments, Broken, Builtin, Callee, Named, Poisoned, Several, Value
from symcost.syntax import ast


def call(callee: Callee, arguments: Arguments, frame: Frame, span: Span) -> Value:
    """What a call returns; its block or operation is put into the graph."""
    _check_sound(arguments)
    match callee:
        case Defined():
            graph, inputs = frame.context.enter(callee, arguments, span, frame.context)
            return _block(callee, graph, inputs, frame, span)
        case Named():
            return _layer(callee, arguments, frame, span)
        case Builtin(name):
            return primitive(name, arguments, frame, span)


def _check_sound(arguments: Arguments) -> None:
    for value, _ in arguments.positional:
        if type(value) is Broken:
            raise Poisoned
    if not arguments.keywords:
        return
    for value, _ in arguments.keywords.values():
        if type(value) is Broken:
            raise Poisoned


def _block(
    callee: Defined, graph: Graph, inputs: tuple[Tensor, ...], frame: Frame, span: Span, layer: Named | None = None
) -> Value:
    """A call of a definition, or of a named layer, as a node: tensors go in by port, in the order of the ports."""
    outputs = tuple(Tensor(result.shape, span, result.parameter) for result in graph.results)
    home = None if layer is None else layer.home
    frame.insert(Block("call", callee.name, graph, span, inputs, outputs, owns=layer is None, home=home))
    return outputs[0] if len(outputs) == 1 else Several(outputs)


def _layer(layer: Named, arguments: Arguments, frame: Frame, span: Span) -> Value:
    """A call of a named layer: the tensors of the call first, then what was given where it was named.

    Raises OtherLayerShape where its parameters would have another shape than in its first call.
    """
    merged = Arguments(
        (*arguments.positional, *layer.arguments.positional),
        layer.arguments.keywords | arguments.keywords,
        layer.arguments.places | arguments.places,
    )
    if not isinstance(layer.callee, Defined):
        if not layer.built:
            layer.built[Graph()] = None
        return call(layer.callee, merged, frame, span)
    first = next(iter(layer.built), None)
    with frame.context.marked(frozen=layer.frozen):
        graph, inputs = frame.context.enter(layer.callee, merged, span, frame.context)
    layer.built[graph] = None
    if first is not None and first is not graph:
        _same_parameters(layer, first, graph, frame, span)
    return _block(layer.callee, graph, inputs, frame, span, layer)


def _same_parameters(layer: Named, first: Graph, graph: Graph, frame: Frame, span: Span) -> None:
    for before, now in zip(owned(first), owned(graph), strict=False):
        earlier, later = before.tensor.shape, now.tensor.shape
        if not frame.alike(earlier, later):
            raise OtherLayerShape(layer.name, before.name, earlier, later, span)


def owned(graph: Graph) -> list[Parameter]:
    """The parameters that a graph makes itself, those of its calls included, in the order of the text."""
    parameters: list[Parameter] = []
    for node in graph:
        if isinstance(node, Parameter):
            parameters.append(node)
        elif isinstance(node, Block) and node.owns:
            parameters.extend(owned(node.graph))
    return parameters


def by_port(callee: Defined, arguments: Arguments, span: Span) -> dict[str, Argument]:
    """Which argument goes to which port. Raises TooManyArguments, UnknownArgument, GivenTwice."""
    definition, ports = callee.definition, callee.unit.signature(callee.definition).ports
    if len(arguments.positional) > len(ports):
        raise TooManyArguments(definition.name.text, len(ports), len(arguments.positional), span, usage(definition))
    given = dict(zip(ports, arguments.positional, strict=False))
    for name, (_, place) in arguments.keywords.items():
        if name not in ports:
            raise UnknownArgument(definition.name.text, name, arguments.place(name), ports, _said(definition))
        if name in given:
            raise GivenTwice(name, place, given[name][1])
    return given | arguments.keywords


def _said(definition: ast.Definition) -> set[str]:
    """The sizes that the shapes of its tensors name."""
    shapes = [port.shape for port in definition.ports if port.shape is not None]
    return {item.text for shape in shapes for item in shape.items if isinstance(item, ast.Name)}


def usage(definition: ast.Definition) -> str:
    """How a definition is called, with all its ports."""
    ports = ", ".join(port.span.text for port in definition.ports)
    return f"{definition.name.text}({ports})"
