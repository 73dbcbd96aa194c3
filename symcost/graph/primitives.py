"""Primitives as the language calls them: their arguments read, their functions applied; and functions of sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any

from symcost.diagnostics import Span
from symcost.errors import GivenTwice, MissingArgument, TooManyArguments, UnknownArgument, WrongKind
from symcost.formula import Form, ceil_div, floor_div, ln, log2, log10, maximum, minimum, num
from symcost.formula.terms import root
from symcost.graph.einsum import einsum
from symcost.graph.files import Unit, library_names
from symcost.graph.frame import Frame
from symcost.graph.graph import Shape, Tensor
from symcost.graph.operators import operand
from symcost.graph.told import TOLD as ABOUT_OPTIONS
from symcost.graph.values import Argument, Arguments, Builtin, Constant, ListValue, Several, Value, described, refusal
from symcost.ops import PRIMITIVES
from symcost.ops.base import Applied, Operand, Port, Primitive, Site, axis_of
from symcost.ops.cached import IDLE
from symcost.ops.pointwise import NAMED as NAMED_POINTWISE, POINTWISE, pointwise
from symcost.ops.sizes import Sizes, fraction
from symcost.records import dataclass

TOLD = {**ABOUT_OPTIONS, "einsum": einsum}
"""Functions that read their arguments themselves."""


def is_builtin(name: str) -> bool:
    """Whether a name can be called that no text defines."""
    return name in PRIMITIVES or name in NAMED_POINTWISE or name in STATIC or name in TOLD or name in OF_LISTS


_builtins: dict[str, Builtin] = {}


def builtin(name: str) -> Builtin | None:
    """What a name means that can be called and that no text defines; None for any other."""
    if not is_builtin(name):
        return None
    return _builtins.get(name) or _builtins.setdefault(name, Builtin(name))


def callable_names(unit: Unit) -> set[str]:
    """All that can be called in a file."""
    return {*unit.definitions, *library_names(), *PRIMITIVES, *NAMED_POINTWISE, *STATIC, *TOLD, *OF_LISTS}


def primitive(name: str, arguments: Arguments, frame: Frame, span: Span) -> Value:
    """What a built-in function returns: of tensors an operation, of numbers a number.

    Raises the faults of its arguments and of the primitive itself.
    """
    if name in TOLD:
        return TOLD[name](arguments, frame, span)
    values = [value for value, _ in arguments.positional]
    if _takes_list(name, values):
        return _of_list(name, values, arguments, span)
    if name in NAMED_POINTWISE or name in STATIC:
        return _by_entry(name, values, arguments, frame, span)
    return _applied(name, arguments, frame, span)


def _by_entry(name: str, values: Sequence[Value], arguments: Arguments, frame: Frame, span: Span) -> Value:
    """What is done entry by entry can be done to numbers alone; `max` of one tensor is taken along an axis."""
    if _without_tensors(values):
        return _of_numbers(name, arguments, frame.sizes, span)
    if name in PRIMITIVES and not _two_operands(values):
        return _applied(name, arguments, frame, span)
    return _pointwise(name, arguments, frame, span)


def _takes_list(name: str, values: Sequence[Value]) -> bool:
    """Whether it is asked of a list; `sum` is asked of a tensor as well."""
    if name not in OF_LISTS:
        return False
    return not values or isinstance(values[0], ListValue) or name not in PRIMITIVES


def _without_tensors(values: Sequence[Value]) -> bool:
    """Whether there are values, and none of them is a tensor."""
    return bool(values) and not any(isinstance(value, Tensor) for value in values)


def _two_operands(values: Sequence[Value]) -> bool:
    """`max(a, b)` is pointwise, `max(x)` and `max(x, axis = 0)` reduce."""
    return len(values) == 2 and all(isinstance(value, Tensor | Form | Constant) for value in values)


def _applied(name: str, arguments: Arguments, frame: Frame, span: Span) -> Value:
    """A primitive that has a function of its own."""
    bound = _bound(name, arguments, frame.sizes, span)
    site = Site(frame.sizes, span, bound.places, frame.context.resumed)
    if name == "size":
        x, axis = bound.values
        return x.shape[axis_of(x, axis, site)]  # type: ignore[no-any-return]
    if name in IDLE and IDLE[name](site, *bound.values):
        return _tensors(arguments)[0]
    record = PRIMITIVES[name]
    ports = zip(record.ports, bound.values, strict=False)
    told = {port.name: value for port, value in ports if type(value) is not Operand}
    applied = record(site, *bound.values, **bound.options)
    applied = applied.told({**applied.given, **told, **bound.options})
    if name == "once":
        return _found(applied, arguments, frame, span)
    outputs = frame.apply_all(_tensors(arguments), applied, span)
    return outputs[0] if len(outputs) == 1 else Several(outputs)


def _found(applied: Applied, arguments: Arguments, frame: Frame, span: Span) -> Value:
    """In a step, what was computed when the text was begun: its operation reads nothing of what it was computed of."""
    frame.graph.begun.update(_tensors(arguments))
    return frame.apply((), applied, span)


def _tensors(arguments: Arguments) -> list[Tensor]:
    """The tensors among arguments, those by position first."""
    return [value for value, _ in arguments if isinstance(value, Tensor)]


def _pointwise(name: str, arguments: Arguments, frame: Frame, span: Span) -> Value:
    """A row of the table of pointwise operations. Raises WrongKind, UnknownArgument, TooManyArguments."""
    row = POINTWISE.get(name)
    if row is None:
        raise refusal("a number", *arguments.positional[0])
    _no_keywords(name, arguments)
    if len(arguments.positional) != row.operands:
        raise TooManyArguments(name, row.operands, len(arguments.positional), span)
    operands: list[Operand] = []
    for value, place in arguments.positional:
        if not isinstance(value, Tensor | Form | Constant):
            raise refusal("a tensor or a number", value, place)
        operands.append(operand(value, place))
    return frame.apply(_tensors(arguments), pointwise(name, operands, frame.site(span)), span)


def _no_keywords(name: str, arguments: Arguments) -> None:
    for keyword in arguments.keywords:
        raise UnknownArgument(name, keyword, arguments.place(keyword), ())


# Functions of numbers -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Static:
    """A function that makes sizes from sizes; `most` sizes, or any number from two on."""

    function: Callable[..., Form]
    most: int | None = 1
    tidy: bool = True
    """Whether what it makes is brought into its simplest form."""
    positive: bool = False
    """Whether it takes positive numbers only."""

    def takes(self, count: int) -> bool:
        """Whether so many sizes suit it."""
        return count >= 2 if self.most is None else count == self.most


def _rounding(function: Callable[[Form, Form], Form]) -> Callable[[Form], Form]:
    def rounded(value: Form) -> Form:
        divisor, multiple = fraction(value)
        return function(multiple, divisor)

    return rounded


STATIC: Mapping[str, Static] = {
    "floor": Static(_rounding(floor_div)),
    "ceil": Static(_rounding(ceil_div)),
    "min": Static(minimum, most=None),
    "max": Static(maximum, most=None),
    "log2": Static(log2, tidy=False, positive=True),
    "ln": Static(ln, tidy=False, positive=True),
    "log10": Static(log10, tidy=False, positive=True),
}
"""What can be asked of dimensions by name; other functions of a number make a Constant."""


OF_LISTS = {"len": 1, "sum": 1, "count": 2}
"""What can be asked of a list, and of how many values: how long it is, its sum, how many of its items are so."""


def _of_list(name: str, values: Sequence[Value], arguments: Arguments, span: Span) -> Form:
    """A number from a list. Raises WrongKind, UnknownArgument, TooManyArguments."""
    _no_keywords(name, arguments)
    if len(values) != OF_LISTS[name]:
        raise TooManyArguments(name, OF_LISTS[name], len(values), span)
    listed = values[0]
    if not isinstance(listed, ListValue):
        raise refusal("a list", listed, arguments.positional[0][1])
    if name == "len":
        return num(len(listed.items))
    if name == "count":
        return num(sum(_are_alike(item, values[1]) for item in listed.values))
    return _added_up(listed)


def _are_alike(one: object, other: object) -> bool:
    """`true` is not 1."""
    return type(one) is type(other) and one == other


def _added_up(listed: ListValue) -> Form:
    """The sum of a list of numbers. Raises WrongKind for anything else in it."""
    total: Form = num(0)
    for item, place in listed.items:
        if not isinstance(item, Form):
            raise refusal("a number", item, place)
        total = total + item
    return total


def _of_numbers(name: str, arguments: Arguments, sizes: Sizes, span: Span) -> Form | Constant:
    """A function of numbers: dimensions give a dimension, anything else a constant; both cost nothing.

    Raises WrongKind, UnknownArgument, TooManyArguments.
    """
    known = _sizes_among(arguments)
    _no_keywords(name, arguments)
    if name == "sqrt" and len(known) == 1:
        return _square_root(known[0])
    if name not in STATIC or len(known) < len(arguments.positional):
        return Constant()
    return _of_sizes(name, known, arguments.positional[0][1], sizes, span)


def _of_sizes(name: str, known: Sequence[Form], place: Span, sizes: Sizes, span: Span) -> Form:
    """A size from sizes, of which the first stands at a place. Raises TooManyArguments, WrongKind."""
    static = STATIC[name]
    if not static.takes(len(known)):
        raise TooManyArguments(name, static.most or 2, len(known), span)
    if static.positive:
        _demand_positive(known[0], place, sizes)
    made = static.function(*known)
    return sizes.tidy(made) if static.tidy else made


def _demand_positive(size: Form, place: Span, sizes: Sizes) -> None:
    """Raises WrongKind for what is never positive; of what may be, it is assumed."""
    if _never_positive(size):
        raise WrongKind("a positive number", described(size), place)
    sizes.above_zero(size, place)


def _square_root(size: Form) -> Form | Constant:
    """A size where the root is a whole number or a product of symbols; else a constant."""
    exact = root(size)
    return Constant() if exact is None else exact


def _never_positive(size: Form) -> bool:
    return size.number is not None and size.number <= 0


def _sizes_among(arguments: Arguments) -> list[Form]:
    """The arguments that are sizes; the others must be constants. Raises WrongKind."""
    known: list[Form] = []
    for value, place in arguments.positional:
        if not isinstance(value, Form | Constant):
            raise refusal("a number", value, place)
        if isinstance(value, Form):
            known.append(value)
    return known


# Arguments of primitives --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Bound:
    """The arguments of a primitive as its function wants them, by position and by name; where they stand."""

    values: list[Any] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Span] = field(default_factory=dict)

    def give(self, port: Port, argument: Argument, sizes: Sizes) -> None:
        """The argument for a port. Raises WrongKind, NotASize."""
        value, place = argument
        self.places[port.name] = place
        self.put(port, _converted(port, value, place, sizes))

    def give_all(self, port: Port, given: Sequence[Argument], sizes: Sizes) -> None:
        """The arguments for a port that takes many, whose places are not kept. Raises WrongKind, NotASize."""
        for value, place in given:
            self.values.append(_converted(port, value, place, sizes))

    def put(self, port: Port, value: Any) -> None:
        if port.by_name:
            self.options[port.name] = value
        else:
            self.values.append(value)


def _bound(name: str, arguments: Arguments, sizes: Sizes, span: Span) -> _Bound:
    """Arguments against the parameters of a primitive.

    Raises TooManyArguments, UnknownArgument, MissingArgument, GivenTwice, WrongKind, NotASize.
    """
    primitive = PRIMITIVES[name]
    _check_arguments(primitive, arguments, span)
    bound, variadic = _Bound(), primitive.is_variadic
    for number, port in enumerate(primitive.ports):
        if port.variadic and arguments.positional:
            bound.give_all(port, arguments.positional, sizes)
            continue
        given = _given(port, None if variadic else number, arguments)
        if given is not None:
            bound.give(port, given, sizes)
        elif port.needed:
            raise MissingArgument(name, port.name, span, None, _usage(primitive))
        else:
            bound.put(port, port.default)
    return bound


def _check_arguments(primitive: Primitive, arguments: Arguments, span: Span) -> None:
    """Raises TooManyArguments, UnknownArgument."""
    name, ports, count = primitive.name, primitive.ports, len(arguments.positional)
    if count > len(ports) and not primitive.is_variadic:
        raise TooManyArguments(name, len(ports), count, span)
    for keyword in arguments.keywords:
        if keyword not in primitive.named:
            raise UnknownArgument(name, keyword, arguments.place(keyword), [port.name for port in ports])


def _given(port: Port, number: int | None, arguments: Arguments) -> Argument | None:
    """The argument for a parameter, if there is one; `number` is its place, where it can have one.

    Raises GivenTwice.
    """
    by_name = arguments.keywords.get(port.name)
    if number is None or number >= len(arguments.positional):
        return by_name
    by_place = arguments.positional[number]
    if by_name is not None:
        raise GivenTwice(port.name, by_name[1], by_place[1])
    return by_place


def _usage(primitive: Primitive) -> str:
    ports = (port.name if port.needed else f"{port.name} = …" for port in primitive.ports)
    return f"{primitive.name}({', '.join(ports)})"


def _converted(port: Port, value: Value, span: Span, sizes: Sizes) -> Any:
    """A value as a primitive's function wants it. Raises WrongKind, NotASize."""
    words, convert = _CONVERTERS[port.annotation]
    result = convert(value, span, sizes)
    if result is None:
        raise refusal(f"{words} for `{port.name}`", value, span)
    return result


def _operand(value: Value, span: Span, sizes: Sizes) -> Operand | None:
    return operand(value, span) if isinstance(value, Tensor) else None


def _int(value: Value, span: Span, sizes: Sizes) -> int | None:
    if isinstance(value, Form) and value.number is not None and value.number.denominator == 1:
        return int(value.number)
    return None


def _ints(value: Value, span: Span, sizes: Sizes) -> list[int] | None:
    values = value.items if isinstance(value, ListValue) else ((value, span),)
    numbers = [_int(*pair, sizes) for pair in values]
    return None if None in numbers else [number for number in numbers if number is not None]


def _size(value: Value, span: Span, sizes: Sizes) -> Form | None:
    return sizes.size(value, span) if isinstance(value, Form) else None


def _count(value: Value, span: Span, sizes: Sizes) -> Form | None:
    return sizes.size(value, span, least=0) if isinstance(value, Form) else None


def _amounts(value: Value, span: Span, sizes: Sizes) -> list[Form] | None:
    if not isinstance(value, ListValue) or len(value.items) != 2:
        return None
    amounts = _shape(value, span, sizes)
    return None if amounts is None else list(amounts)


def _shape(value: Value, span: Span, sizes: Sizes) -> Shape | None:
    if not isinstance(value, ListValue):
        return None
    shape = [sizes.size(item, place, least=0) for item, place in value.items if isinstance(item, Form)]
    return tuple(shape) if len(shape) == len(value.items) else None


def _open_shape(value: Value, span: Span, sizes: Sizes) -> list[Form | None] | None:
    """A shape in which -1 (None here) leaves one size open."""
    if not isinstance(value, ListValue):
        return None
    items = [(item, place) for item, place in value.items if isinstance(item, Form)]
    if len(items) < len(value.items):
        return None
    return [None if item == -1 else sizes.size(item, place) for item, place in items]


def _parts(value: Value, span: Span, sizes: Sizes) -> Form | Shape | None:
    return value if isinstance(value, Form) else _shape(value, span, sizes)


def _bool(value: Value, span: Span, sizes: Sizes) -> bool | None:
    return value if isinstance(value, bool) else None


def _words(value: Value, span: Span, sizes: Sizes) -> str | None:
    return value if isinstance(value, str) else None


_CONVERTERS: dict[str, tuple[str, Callable[[Value, Span, Sizes], Any]]] = {
    "Operand": ("a tensor", _operand),
    "int": ("a whole number", _int),
    "Axes": ("an axis or a list of axes", _ints),
    "Form": ("a size", _size),
    "Count": ("a size, or 0", _count),
    "Shape": ("a list of sizes", _shape),
    "Amounts": ("two numbers like `[1, 1]`", _amounts),
    "OpenShape": ("a list of sizes", _open_shape),
    "Parts": ("a number of parts or a list of sizes", _parts),
    "bool": ("`true` or `false`", _bool),
    "Words": ("words in quotes", _words),
}
"""How an argument reaches a primitive, by the annotation of its parameter."""
