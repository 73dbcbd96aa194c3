"""Definitions: entered once for all calls that are alike, their ports bound, their bodies followed."""

from __future__ import annotations

from collections.abc import Hashable, Sequence, Set

from symcost.diagnostics import Span
from symcost.errors import (
    CallsItself,
    MissingArgument,
    MissingReturn,
    NoInput,
    SaidByShape,
    SymcostError,
    WrongCount,
    WrongKind,
)
from symcost.formula import Form
from symcost.formula.form import Num
from symcost.graph.begun import leave_out
from symcost.graph.calls import by_port, usage
from symcost.graph.declared import declare
from symcost.graph.expressions import evaluate
from symcost.graph.files import Defined, library_definition
from symcost.graph.frame import NOTED, Context, Exhausted, Frame
from symcost.graph.graph import Graph, Tensor
from symcost.graph.layers import leave
from symcost.graph.ready import SHELF, Ready, key_of
from symcost.graph.signatures import Signature
from symcost.graph.statements import follow
from symcost.graph.unify import unify
from symcost.graph.values import Argument, Arguments, ListValue, Poisoned, Several, Value, described, refusal
from symcost.ops.sizes import Fact, Sizes
from symcost.syntax import ast


def new_context(*, inline: bool = False) -> Context:
    """What a build begins with: nothing assumed, nothing made. `inline`: named sizes are written out."""
    return _context(Sizes(inline=inline))


def _context(sizes: Sizes) -> Context:
    return Context(enter, follow, sizes)


def enter(callee: Defined, arguments: Arguments, span: Span, context: Context) -> tuple[Graph, tuple[Tensor, ...]]:
    """The graph of a definition for these arguments, built once for all calls that are alike; the tensors among them.

    Raises CallsItself, and the faults of binding and of the body.
    """
    _check_not_inside(callee, context, span)
    frame = Frame(callee.unit, context)
    declare(callee, frame)
    inputs, alike = bind(callee, arguments, frame, span)
    key = (callee.definition, context.frozen, context.resumed, context.weight, *alike)
    graph = context.made.get(key)
    if graph is None:
        graph = context.made[key] = _built(callee, frame, span)
    return graph, inputs


def _built(callee: Defined, frame: Frame, span: Span) -> Graph:
    """The graph of a call that is like none before. Raises the faults of the body."""
    key = key_of(callee, frame)
    if key is None:
        return _made(callee, frame, span)
    ready = _ready(key, callee, frame)
    if ready is not None:
        return ready.into(frame.context, span)
    # What is wrong inside was looked for once; that it is built again at every level would take 2^n times as long.
    with frame.context.looking_up_nothing():
        return _made(callee, frame, span)


def _made(callee: Defined, frame: Frame, span: Span) -> Graph:
    """What is built here. Raises the faults of the body."""
    context, known = frame.context, set(frame.sizes.origin)
    recomputed, context.recomputed = context.recomputed, ()
    try:
        with context.deeper(span):
            _build(callee, frame, span)
    finally:
        context.recomputed = recomputed
    _found_here(known, context.sizes, span)
    return frame.graph


def _ready(key: Hashable, callee: Defined, frame: Frame) -> Ready | None:
    """A layer of the library as it was, or will be, built for every document; None where it cannot be built."""
    ready = SHELF.get(key)
    if ready is None:
        ready = _by_itself(callee, frame)
        if ready is not None and ready.small:
            SHELF.put(key, ready)
    return ready


def _by_itself(callee: Defined, frame: Frame) -> Ready | None:
    """Built with places of its own text only; None where something is wrong: then it is built, and said, here."""
    alone = _context(frame.sizes.as_they_are())
    alone.frozen, alone.depth = frame.context.frozen, frame.context.depth
    inner = Frame(callee.unit, alone)
    inner.leading |= frame.leading
    places = {port.name.text: port.name.span for port in callee.definition.ports}
    for name, value in frame.names.items():
        inner.names[name] = Tensor(value.shape, places[name], value.parameter) if type(value) is Tensor else value
    graph = inner.graph
    graph.port_names, graph.statics = frame.graph.port_names, frame.graph.statics
    graph.ports = tuple(port for port in map(inner.names.get, graph.port_names) if isinstance(port, Tensor))
    try:
        _made(callee, inner, callee.definition.head)
    except (*NOTED, Exhausted):
        return None
    if alone.faults or alone.stretches or not alone.sizes.unnamed:
        return None
    return Ready(graph, alone.sizes.assumptions.facts, alone.sizes.found, alone.steps)


def _check_not_inside(callee: Defined, context: Context, span: Span) -> None:
    for outer in context.calling:
        if outer.definition is callee.definition:
            raise CallsItself([each.name for each in context.calling], callee.name, span)


def _build(callee: Defined, frame: Frame, span: Span) -> None:
    """The body of a definition that is called; faults in it say where that was."""
    context, in_library = frame.context, library_definition(callee.name) is callee
    frame.graph.library = callee.name if in_library else None
    before = len(context.faults)
    context.calling.append(callee)
    try:
        follow_body(callee, frame)
    except SymcostError as fault:
        fault.called_at(span, in_library)
        raise
    finally:
        context.calling.pop()
        if in_library:
            del context.faults[before + 1 :]  # what follows from the first says nothing to who has not read that text
        for inside in context.faults[before:]:
            inside.called_at(span, in_library)


def _found_here(known: Set[Fact], sizes: Sizes, span: Span) -> None:
    """What the library's text assumes inside is reported at the call: that text is not the reader's."""
    for fact in sizes.origin.keys() - known:
        if sizes.origin[fact].source.name.startswith("library/"):
            sizes.origin[fact] = span


def follow_body(callee: Defined, frame: Frame) -> None:
    """The body of a definition in its frame, and what it returns.

    Raises Poisoned where faults were noted, MissingReturn, WrongCount and the faults of unify.
    """
    definition, faults = callee.definition, frame.context.faults
    before = len(faults)
    sizes = frame.sizes
    outside = sizes.begin_names()
    try:
        follow(definition.body, frame)
    finally:
        sizes.end_names(outside)
    if len(faults) > before:
        raise Poisoned
    if frame.returned is None:
        raise MissingReturn(definition.name.text, definition.name.span)
    tensors, span = frame.returned
    if definition.returns and not frame.context.only_last:
        _check_results(definition.returns, tensors, frame, span)
    frame.graph.results = tuple(tensor for tensor, _ in tensors)
    leave_out(frame.graph, frame.graph.results)
    leave(frame)


def _check_results(
    patterns: Sequence[ast.List], tensors: Sequence[tuple[Tensor, Span]], frame: Frame, span: Span
) -> None:
    """What is returned against the shapes that the signature says. Raises WrongCount and the faults of unify."""
    if len(patterns) != len(tensors):
        raise WrongCount("returned", len(patterns), len(tensors), span)
    for pattern, (tensor, place) in zip(patterns, tensors, strict=True):
        unify(pattern, tensor.shape, frame, place, "the result")


# Ports --------------------------------------------------------------------------------------------

TENSORS = (Tensor, Several)


def bind(callee: Defined, arguments: Arguments, frame: Frame, span: Span) -> tuple[tuple[Tensor, ...], list[object]]:
    """Bind ports to arguments, from the left; the tensors among these, and what makes this call alike another.

    Raises MissingArgument, UnknownArgument, TooManyArguments, WrongKind, NoInput, and the faults of unify.
    """
    definition, signature = callee.definition, callee.unit.signature(callee.definition)
    given, literals = by_port(callee, arguments, span), signature.literals
    _check_widths(definition, signature, arguments, span)
    key: list[object] = []
    ports: list[Tensor] = []
    inputs: list[Tensor] = []
    for port in definition.ports:
        name = port.name.text
        argument = given.get(name) or literals.get(name) or _left_out(port, definition, frame, span)
        if argument is None:
            continue
        if port.shape is None:
            key.append(_bind_static(port, argument, frame))
            continue
        tensor, outside = _bind_tensor(name, port.shape, argument, frame)
        ports.append(tensor)
        inputs.append(outside)
        key.append((tensor.shape, tensor.parameter))
    frame.graph.ports = tuple(ports)
    frame.graph.port_names = signature.tensors
    frame.graph.statics = {name: value for name, value in frame.names.items() if type(value) is not Tensor}
    return tuple(inputs), key


def _check_widths(definition: ast.Definition, signature: Signature, arguments: Arguments, span: Span) -> None:
    """Raises NoInput where a layer is given no tensor, WrongKind where a number stands for `true` or `false`.

    Both come of PyTorch's way to write a layer, `Linear(784, 128)`: the width of the input is not said here.
    """
    switch = _switched(definition, arguments) if signature.switches else None
    if signature.tensors and not _with_tensor(arguments):
        raise _no_input(definition, signature.tensors, arguments, switch is not None, span)

    if switch is not None:
        port, (value, place) = switch
        instead = _shorter(definition.name.text, _numbers(arguments)[1:])
        helps = [f"the width of the input is read from the input: write `{instead}`"]
        raise WrongKind(f"`true` or `false` for `{port}`", described(value), place, helps)


def _with_tensor(arguments: Arguments) -> bool:
    for value, _ in arguments.positional:  # the first, as a rule
        if isinstance(value, TENSORS):
            return True
    return any(isinstance(value, TENSORS) for value, _ in arguments.keywords.values())


def _no_input(
    definition: ast.Definition, inputs: Sequence[str], arguments: Arguments, told: bool, span: Span
) -> NoInput:
    """What is wrong where a definition wants a tensor; `told`: the first number is the width of one."""
    numbers = _numbers(arguments)
    named = [f"{key} = {place.text}" for key, (_, place) in arguments.keywords.items()]
    instead = _shorter(definition.name.text, [*(numbers[1:] if told else numbers), *named])
    return NoInput(definition.name.text, span, usage(definition), inputs, instead)


def _numbers(arguments: Arguments) -> list[str]:
    """What is given by place besides tensors, as it was written."""
    return [place.text for value, place in arguments.positional if not isinstance(value, TENSORS)]


def _shorter(name: str, written: Sequence[str]) -> str:
    """A call without its input: `Linear(H)`, or the name alone."""
    return f"{name}({', '.join(written)})" if written else name


def _switched(definition: ast.Definition, arguments: Arguments) -> tuple[str, Argument] | None:
    """The first port for `true` or `false` that is given a number by its place."""
    statics = [port for port in definition.ports if port.shape is None]
    numbers = [argument for argument in arguments.positional if not isinstance(argument[0], TENSORS)]
    for port, argument in zip(statics, numbers, strict=False):
        if isinstance(port.default, ast.Bool) and isinstance(argument[0], Form):
            return port.name.text, argument
    return None


def _left_out(port: ast.Port, definition: ast.Definition, frame: Frame, span: Span) -> Argument | None:
    """The default of a port that is given nothing; None for a static that an earlier shape has bound.

    Raises MissingArgument.
    """
    name = port.name.text
    if port.default is not None:
        return evaluate(port.default, frame), port.default.span
    if port.shape is None and isinstance(frame.names.get(name), Form):
        return None
    raise MissingArgument(definition.name.text, name, span, port.span, usage(definition))


def _bind_tensor(name: str, shape: ast.List, argument: Argument, frame: Frame) -> tuple[Tensor, Tensor]:
    """A tensor against the shape of its port, as it is inside and outside. Raises WrongKind and the faults of unify."""
    value, place = argument
    if not isinstance(value, Tensor):
        raise refusal("a tensor", value, place)
    tensor = Tensor(value.shape, place, value.parameter)
    unify(shape, tensor.shape, frame, place, f"`{name}`")
    frame.names[name] = tensor
    return tensor, value


def _bind_static(port: ast.Port, argument: Argument, frame: Frame) -> tuple[type[Value], object]:
    """A static; where a shape has bound it already, both must agree. Raises WrongKind, SaidByShape."""
    name, (value, place) = port.name.text, argument
    if port.listed and not isinstance(value, ListValue):
        raise refusal("a list", value, place)
    if isinstance(value, TENSORS):
        wanted = f"a static for `{name}` (only a port with a shape takes a tensor)"
        raise WrongKind(wanted, described(value), place)
    known = frame.names.get(name)
    if known is not None:
        _check_agrees(port, known, argument, frame)
    frame.names[name] = value
    return type(value), _compared(value)


def _check_agrees(port: ast.Port, known: Value, argument: Argument, frame: Frame) -> None:
    """Raises SaidByShape where a shape says another number."""
    value, place = argument
    if not isinstance(known, Form) or not isinstance(value, Form):
        return
    if not frame.sizes.equal(known, value):
        preset = port.default is not None and place is port.default.span
        raise SaidByShape(port.name.text, known, value, place, preset=preset)


def _compared(value: Value) -> object:
    """What makes a static alike another: of a list what it holds, wherever that stands in the text.

    Raises WrongKind for a list that holds a tensor.
    """
    if isinstance(value, Num):  # which takes longer to tell from others than its value
        return value.value
    if not isinstance(value, ListValue):
        return value
    for item, place in value.items:
        if isinstance(item, TENSORS):
            raise WrongKind("a list of numbers or words", described(item), place)
    return tuple((type(item), _compared(item)) for item, _ in value.items)
