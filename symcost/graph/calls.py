"""Calls: arguments against ports, primitives applied, named layers with their one set of parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from inspect import Parameter as Argument_
from typing import Any

from symcost.diagnostics import Span
from symcost.errors import (
    GivenTwice,
    MissingArgument,
    OtherLayerShape,
    SymcostError,
    TooManyArguments,
    UnknownArgument,
    UnknownModule,
    WrongKind,
)
from symcost.formula import Form
from symcost.formula.terms import root
from symcost.graph.expressions import STATIC, Poisoned, operand
from symcost.graph.files import library_names
from symcost.graph.graph import Block, Graph, Parameter, Shape, Tensor
from symcost.graph.notation import Notation
from symcost.graph.unify import unify
from symcost.graph.values import (
    Arguments,
    Broken,
    Builtin,
    Callee,
    Constant,
    Defined,
    Frame,
    ListValue,
    Named,
    Several,
    Value,
    described,
)
from symcost.ops import PRIMITIVES
from symcost.ops.base import Operand, Site, axis_of
from symcost.ops.pointwise import NAMED as NAMED_POINTWISE, POINTWISE, pointwise
from symcost.syntax import ast


class Calls(Notation):
    """Calls of definitions, named layers and primitives."""

    layers: list[Named]
    made: dict[object, Graph]
    frozen = False
    """Whether the parameters that are made are trained not: inside of `frozen`."""

    @contextmanager
    def marked(self, *, frozen: bool | None = None, recomputed: bool | None = None) -> Iterator[None]:
        """Builds what is inside with other marks."""
        before = self.frozen, self.recomputed
        self.frozen = before[0] if frozen is None else frozen
        self.recomputed = before[1] if recomputed is None else recomputed
        try:
            yield
        finally:
            self.frozen, self.recomputed = before

    def enter(self, callee: Defined, arguments: Arguments, span: Span) -> Graph:
        """The graph of a definition for these arguments."""
        raise NotImplementedError

    def call(self, callee: Callee, arguments: Arguments, frame: Frame, span: Span) -> Value:
        """What a call returns; its block or operation is put into the graph."""
        for value, _ in (*arguments.positional, *arguments.keywords.values()):
            if isinstance(value, Broken):
                raise Poisoned
        match callee:
            case Defined():
                graph = self.enter(callee, arguments, span)
                return self._block(callee, callee.name, graph, arguments, frame, span, owns=True)
            case Named():
                return self._layer(callee, arguments, frame, span)
            case Builtin(name):
                return self._primitive(name, arguments, frame, span)

    def _block(
        self,
        callee: Defined,
        name: str,
        graph: Graph,
        arguments: Arguments,
        frame: Frame,
        span: Span,
        owns: bool,
    ) -> Value:
        """A call of a definition as a node: tensors go in by port, in the order of the ports."""
        given = _by_port(callee.definition, arguments, span)
        tensors = [given[p.name.text][0] for p in callee.definition.ports if p.shape is not None]
        outputs = tuple(Tensor(result.shape, span, result.parameter) for result in graph.results)
        inputs = tuple(t for t in tensors if isinstance(t, Tensor))
        self.insert(frame, Block("call", name, graph, span, inputs, outputs, owns=owns))
        return outputs[0] if len(outputs) == 1 else Several(outputs)

    # Named layers ---------------------------------------------------------------------------------

    def named(self, statement: ast.Layer, frame: Frame) -> Named:
        """`layer f = Linear(H)`: its parameters stand in the graph here, once its first call has shown their shapes."""
        value = statement.value
        function = value if isinstance(value, ast.Name) else value.function
        arguments = Arguments() if isinstance(value, ast.Name) else self.arguments(value, frame)
        layer = Named(
            statement.name.text,
            self.callee(function, frame),
            arguments,
            Graph(),
            statement.name.span,
            frame,
            self.frozen,
        )
        self.layers.append(layer)
        self.insert(frame, Block("layer", layer.name, layer.home, statement.span))
        return layer

    def _layer(self, layer: Named, arguments: Arguments, frame: Frame, span: Span) -> Value:
        """A call of a named layer: the tensors of the call first, then what was given where it was named."""
        merged = Arguments(
            (*arguments.positional, *layer.arguments.positional),
            layer.arguments.keywords | arguments.keywords,
            layer.arguments.places | arguments.places,
        )
        if not isinstance(layer.callee, Defined):
            if not layer.built:
                layer.built[Graph()] = None
            return self.call(layer.callee, merged, frame, span)
        first = next(iter(layer.built), None)
        with self.marked(frozen=layer.frozen):
            graph = self.enter(layer.callee, merged, span)
        layer.built[graph] = None
        if first is not None and first is not graph:
            for before, now in zip(owned(first), owned(graph), strict=False):
                if not (
                    len(before.tensor.shape) == len(now.tensor.shape)
                    and all(map(self.sizes.equal, before.tensor.shape, now.tensor.shape))
                ):
                    raise OtherLayerShape(layer.name, before.name, before.tensor.shape, now.tensor.shape, span)
        return self._block(layer.callee, layer.callee.name, graph, merged, frame, span, owns=False)

    # Binding --------------------------------------------------------------------------------------

    def bind(self, definition: ast.Definition, arguments: Arguments, frame: Frame, span: Span) -> list[object]:
        """Bind ports to arguments, from the left; returns what makes this call alike another.

        Raises MissingArgument, UnknownArgument, TooManyArguments, WrongKind, and the faults of unify.
        """
        given = _by_port(definition, arguments, span)
        key: list[object] = []
        ports: list[Tensor] = []
        for port in definition.ports:
            name = port.name.text
            value, place = given.get(name, (None, span))
            if value is None:
                if port.default is None or port.shape is not None:
                    if port.shape is None and isinstance(frame.names.get(name), Form):
                        continue  # a static that an earlier shape has bound
                    raise MissingArgument(definition.name.text, name, span, port.span, _signature(definition))
                value, place = self.evaluate(port.default, frame), port.default.span
            if port.shape is not None:
                if not isinstance(value, Tensor):
                    raise self.refusal("a tensor", value, place)
                tensor = Tensor(value.shape, place, value.parameter)
                unify(port.shape, tensor.shape, frame, self.sizes, self.number, place, f"`{name}`")
                frame.names[name] = tensor
                ports.append(tensor)
                key.append((tensor.shape, tensor.parameter))
                continue
            if isinstance(value, Tensor | Several | ListValue):
                raise WrongKind(
                    f"a static for `{name}` (only a port with a shape takes a tensor)",
                    described(value),
                    place,
                )
            known = frame.names.get(name)
            if isinstance(known, Form) and isinstance(value, Form) and not self.sizes.equal(known, value):
                raise WrongKind(f"`{known.source()}` for `{name}`, as the shapes say", described(value), place)
            frame.names[name] = value
            key.append((type(value), value))
        frame.graph.ports = tuple(ports)
        return key

    # Primitives -----------------------------------------------------------------------------------

    def _primitive(self, name: str, arguments: Arguments, frame: Frame, span: Span) -> Value:
        values = [value for value, _ in arguments.positional]
        tensors = [value for value in values if isinstance(value, Tensor)]
        if name in NAMED_POINTWISE or name in STATIC:
            if values and not tensors:
                return self._static(name, arguments, span)
            if name not in PRIMITIVES or _two_operands(values):
                return self._pointwise(name, arguments, frame, span)
        given, options, spans = self._bind_primitive(name, arguments, frame, span)
        site = Site(self.sizes, span, spans)
        if name == "size":
            x, axis = given
            return x.shape[axis_of(x, axis, site)]  # type: ignore[no-any-return]
        told = {p.name: v for p, v in zip(_ports(name), given, strict=False) if not isinstance(v, Operand)}
        applied = replace(PRIMITIVES[name](site, *given, **options), given=told | options)
        tensors += [value for value, _ in arguments.keywords.values() if isinstance(value, Tensor)]
        outputs = self.apply_all(frame, name, tensors, applied, span)
        return outputs[0] if len(outputs) == 1 else Several(outputs)

    def _pointwise(self, name: str, arguments: Arguments, frame: Frame, span: Span) -> Value:
        row = POINTWISE.get(name)
        if row is None:
            raise self.refusal("a number", arguments.positional[0][0], arguments.positional[0][1])
        if arguments.keywords:
            keyword = next(iter(arguments.keywords))
            raise UnknownArgument(name, keyword, arguments.places.get(keyword, span), ())
        if len(arguments.positional) != row.operands:
            raise TooManyArguments(name, row.operands, len(arguments.positional), span)
        operands, tensors = [], []
        for value, place in arguments.positional:
            if not isinstance(value, Tensor | Form | Constant):
                raise self.refusal("a tensor or a number", value, place)
            operands.append(operand(value, place))
            if isinstance(value, Tensor):
                tensors.append(value)
        return self.apply(frame, name, tensors, pointwise(name, operands, Site(self.sizes, span)), span)

    def _bind_primitive(
        self, name: str, arguments: Arguments, frame: Frame, span: Span
    ) -> tuple[list[Any], dict[str, Any], dict[str, Span]]:
        """The arguments of a primitive as its function wants them, by position and by name; where they stand."""
        ports = _ports(name)
        many = next((port for port in ports if port.kind is Argument_.VAR_POSITIONAL), None)
        count = len(arguments.positional) if many else len(ports)
        if len(arguments.positional) > count:
            raise TooManyArguments(name, count, len(arguments.positional), span)
        for key, (_, place) in arguments.keywords.items():
            if key not in {port.name for port in ports if port is not many}:
                raise UnknownArgument(name, key, arguments.places.get(key, place), [port.name for port in ports])
        found: list[Any] = []
        options: dict[str, Any] = {}
        spans: dict[str, Span] = {}
        for number, port in enumerate(ports):
            if port is many:
                if not arguments.positional:
                    raise MissingArgument(name, port.name, span, None, _usage(name))
                found.extend(self._converted(port, value, at) for value, at in arguments.positional)
                continue
            pair = arguments.keywords.get(port.name)
            if many is None and number < len(arguments.positional):
                if pair is not None:
                    raise GivenTwice(port.name, pair[1], arguments.positional[number][1])
                pair = arguments.positional[number]
            if pair is None and port.default is Argument_.empty:
                raise MissingArgument(name, port.name, span, None, _usage(name))
            value = port.default
            if pair is not None:
                spans[port.name] = pair[1]
                value = self._converted(port, *pair)
            if port.kind is Argument_.KEYWORD_ONLY:
                options[port.name] = value
            else:
                found.append(value)
        return found, options, spans

    def _converted(self, port: Argument_, value: Value, span: Span) -> Any:
        """A value as a primitive's function wants it. Raises WrongKind, NotASize."""
        words, convert = _CONVERTERS[port.annotation]
        result = convert(self, value, span)
        if result is None:
            raise self.refusal(f"{words} for `{port.name}`", value, span)
        return result

    def _static(self, name: str, arguments: Arguments, span: Span) -> Value:
        """A function of numbers: dimensions give a dimension, anything else a constant; both cost nothing."""
        values: list[Form] = []
        for value, place in arguments.positional:
            if not isinstance(value, Form | Constant):
                raise self.refusal("a number", value, place)
            if isinstance(value, Form):
                values.append(value)
        if arguments.keywords:
            keyword = next(iter(arguments.keywords))
            raise UnknownArgument(name, keyword, arguments.places.get(keyword, span), ())
        if name == "sqrt" and len(values) == 1:
            exact = root(values[0])
            return Constant() if exact is None else exact
        if name not in STATIC or len(values) < len(arguments.positional):
            return Constant()
        few = 1 if name in ("floor", "ceil", "log2") else 2
        if len(values) < few or (few == 1 and len(values) > 1):
            raise TooManyArguments(name, few, len(values), span)
        if name == "log2" and values[0].number is not None and values[0].number <= 0:
            raise WrongKind("a positive number", described(values[0]), arguments.positional[0][1])
        return self.sizes.tidy(STATIC[name](*values)) if name != "log2" else STATIC[name](*values)  # type: ignore[operator]

    def unknown_module(self, name: ast.Name, frame: Frame) -> SymcostError:
        known = {*frame.unit.definitions, *library_names(), *PRIMITIVES, *NAMED_POINTWISE, *STATIC}
        return UnknownModule(name.text, name.span, known)


def owned(graph: Graph) -> list[Parameter]:
    """The parameters that a graph makes itself, those of its calls included, in the order of the text."""
    found: list[Parameter] = []
    for node in graph:
        if isinstance(node, Parameter):
            found.append(node)
        elif isinstance(node, Block) and node.owns:
            found.extend(owned(node.graph))
    return found


def _by_port(definition: ast.Definition, arguments: Arguments, span: Span) -> dict[str, tuple[Value, Span]]:
    """Which argument goes to which port."""
    ports = [port.name.text for port in definition.ports]
    if len(arguments.positional) > len(ports):
        raise TooManyArguments(definition.name.text, len(ports), len(arguments.positional), span)
    given = dict(zip(ports, arguments.positional, strict=False))
    for name, value in arguments.keywords.items():
        if name not in ports:
            raise UnknownArgument(definition.name.text, name, arguments.places.get(name, value[1]), ports)
        if name in given:
            raise GivenTwice(name, value[1], given[name][1])
        given[name] = value
    return given


def _signature(definition: ast.Definition) -> str:
    ports = ", ".join(port.span.text for port in definition.ports)
    return f"{definition.name.text}({ports})"


def _two_operands(values: Sequence[Value]) -> bool:
    """`max(a, b)` is pointwise, `max(x)` and `max(x, axis = 0)` reduce."""
    return len(values) == 2 and all(isinstance(value, Tensor | Form | Constant) for value in values)


# Arguments of primitives --------------------------------------------------------------------------


def _ports(name: str) -> tuple[Argument_, ...]:
    """The parameters of a primitive's function behind its site."""
    return PRIMITIVES[name].ports


def _usage(name: str) -> str:
    ports = (port.name if port.default is Argument_.empty else f"{port.name} = …" for port in _ports(name))
    return f"{name}({', '.join(ports)})"


def _operand(calls: Calls, value: Value, span: Span) -> Operand | None:
    return operand(value, span) if isinstance(value, Tensor) else None


def _int(calls: Calls, value: Value, span: Span) -> int | None:
    if isinstance(value, Form) and value.number is not None and value.number.denominator == 1:
        return int(value.number)
    return None


def _ints(calls: Calls, value: Value, span: Span) -> list[int] | None:
    values = value.items if isinstance(value, ListValue) else ((value, span),)
    found = [_int(calls, *pair) for pair in values]
    return None if None in found else [number for number in found if number is not None]


def _form(calls: Calls, value: Value, span: Span) -> Form | None:
    return value if isinstance(value, Form) else None


def _size(calls: Calls, value: Value, span: Span) -> Form | None:
    return calls.sizes.size(value, span) if isinstance(value, Form) else None


def _amounts(calls: Calls, value: Value, span: Span) -> list[Form] | None:
    if not isinstance(value, ListValue) or len(value.items) != 2:
        return None
    found = [calls.sizes.size(v, place, least=0) for v, place in value.items if isinstance(v, Form)]
    return found if len(found) == 2 else None


def _shape(calls: Calls, value: Value, span: Span) -> Shape | None:
    if not isinstance(value, ListValue):
        return None
    found = [calls.sizes.size(v, place, least=0) for v, place in value.items if isinstance(v, Form)]
    return tuple(found) if len(found) == len(value.items) else None


def _open_shape(calls: Calls, value: Value, span: Span) -> list[Form | None] | None:
    """A shape in which -1 (None here) leaves one size open."""
    if not isinstance(value, ListValue) or not all(isinstance(v, Form) for v, _ in value.items):
        return None
    return [None if v == -1 else calls.sizes.size(v, place) for v, place in value.items]  # type: ignore[arg-type]


def _parts(calls: Calls, value: Value, span: Span) -> Form | Shape | None:
    return value if isinstance(value, Form) else _shape(calls, value, span)


def _bool(calls: Calls, value: Value, span: Span) -> bool | None:
    return value if isinstance(value, bool) else None


_CONVERTERS: dict[str, tuple[str, Callable[[Calls, Value, Span], Any]]] = {
    "Operand": ("a tensor", _operand),
    "int": ("a whole number", _int),
    "Axes": ("an axis or a list of axes", _ints),
    "Form": ("a size", _size),
    "Shape": ("a list of sizes", _shape),
    "Amounts": ("two numbers like `[1, 1]`", _amounts),
    "OpenShape": ("a list of sizes", _open_shape),
    "Parts": ("a number of parts or a list of sizes", _parts),
    "bool": ("`true` or `false`", _bool),
}
"""How an argument reaches a primitive, by the annotation of its parameter."""
