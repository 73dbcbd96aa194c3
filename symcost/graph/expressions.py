"""Expressions: what each of them is worth in a frame; tensors in them leave operations in its graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symcost.diagnostics import Span
from symcost.errors import (
    BadSubscript,
    GivenTwice,
    HiddenDimension,
    LeftInside,
    LostInside,
    NoInput,
    NoSuchDimension,
    NoSuchItem,
    NotYetSet,
    RecurrenceWithoutCarry,
    SymcostError,
    UnknownModule,
    UnknownName,
    WrongKind,
)
from symcost.formula import Form, num
from symcost.graph.calls import call
from symcost.graph.files import Defined
from symcost.graph.frame import Frame
from symcost.graph.graph import Shape, Tensor
from symcost.graph.names import set_below
from symcost.graph.operators import binary, negative, operand
from symcost.graph.primitives import builtin, callable_names
from symcost.graph.selection import Selection
from symcost.graph.values import (
    Argument,
    Arguments,
    Broken,
    Builtin,
    Callee,
    ListValue,
    Named,
    Poisoned,
    Several,
    Value,
    described,
    refusal,
)
from symcost.ops.move import gather, select
from symcost.syntax import ast

# Values of one kind -------------------------------------------------------------------------------


def tensor(expr: ast.Expr, frame: Frame) -> Tensor:
    """The tensor that an expression makes. Raises WrongKind."""
    value = evaluate(expr, frame)
    if isinstance(value, Tensor):
        return value
    raise refusal("a tensor", value, expr.span)


def number(expr: ast.Expr, frame: Frame) -> Form:
    """The number, known or symbolic, that an expression stands for. Raises WrongKind."""
    value = evaluate(expr, frame)
    if isinstance(value, Form):
        return value
    raise refusal("a number", value, expr.span)


def dimension(expr: ast.Expr, frame: Frame) -> Form:
    """A number as a size; records that it is whole and positive where that is not certain."""
    return frame.sizes.size(number(expr, frame), expr.span)


def condition(expr: ast.Expr, frame: Frame) -> bool:
    """A condition on statics, decided now. Raises UndecidedCondition, WrongKind."""
    value = evaluate(expr, frame)
    if isinstance(value, bool):
        return value
    raise refusal("`true` or `false`", value, expr.span)


def shape_of(written: ast.List, frame: Frame, least: int = 1) -> Shape:
    """The sizes in brackets; `...` stands for the leading axes of the definition."""
    sizes: list[Form] = []
    for item in written.items:
        if isinstance(item, ast.Ellipsis):
            sizes.extend(_leading(item, frame))
        else:
            sizes.append(frame.sizes.size(number(item, frame), item.span, least))
    return tuple(sizes)


def _leading(dots: ast.Ellipsis, frame: Frame) -> Shape:
    """The axes that `...` stands for here."""
    leading = frame.definition.leading.get(dots.group)
    if leading is None:
        raise BadSubscript(f"`{dots.span.text}` stands for nothing: no port of this definition has it", dots.span)
    return leading


# Any value ----------------------------------------------------------------------------------------


def evaluate(expr: ast.Expr, frame: Frame) -> Value:
    """The value of an expression. Raises the faults in it; Poisoned where they are reported already."""
    way = _WAYS.get(type(expr))
    if way is None:
        raise _no_value(expr)
    return way(expr, frame)


def _called(expr: ast.Call, frame: Frame) -> Value:
    return call(callee(expr.function, frame), arguments(expr, frame), frame, expr.span)


def _listed(expr: ast.List, frame: Frame) -> Value:
    return _list(expr.items, frame)


def _known(expr: ast.Known, frame: Frame) -> Value:
    """A list that was worked out before anything was built."""
    return ListValue(tuple((value, expr.span) for value in expr.values))  # type: ignore[misc]


def _known_number(expr: ast.KnownNumber, _: Frame) -> Value:
    return expr.value  # type: ignore[return-value]


def _chosen(expr: ast.Chosen, frame: Frame) -> Value:
    """Only what is chosen is looked at."""
    return evaluate(expr.then if condition(expr.condition, frame) else expr.otherwise, frame)


def _literal(expr: ast.Number | ast.Bool | ast.String, _: Frame) -> Value:
    return num(expr.value) if isinstance(expr, ast.Number) else expr.value


def _no_value(expr: ast.Expr) -> SymcostError:
    if isinstance(expr, ast.Member):
        helps = ["nothing has parts behind a dot; sizes are named where ports are declared, as in `x: [T, I]`"]
        if expr.name.text == "T":
            helps = [f"write `transpose({expr.base.span.text})`"]
        return WrongKind("a value", f"`{expr.span.text}`, as only `config hf` has it", expr.span, helps)
    if isinstance(expr, ast.Listed):
        return WrongKind("a value", f"`{expr.span.text}`, as only `config hf` has it", expr.span)
    if not isinstance(expr, ast.Window):
        return WrongKind("a value", f"`{expr.span.text}`", expr.span)
    op = expr.op.text
    return BadSubscript(
        f"`{op}(… in …)` stands alone on the right of index notation, as in `y[t, c] = {op}(k in K) x[t + k, c]`",
        expr.span,
    )


def _unary(expr: ast.Unary, frame: Frame) -> Value:
    if expr.op == "not":
        return not condition(expr.operand, frame)
    return negative(evaluate(expr.operand, frame), expr.span, frame)


def _list(items: Sequence[ast.Expr], frame: Frame) -> ListValue:
    values: list[Argument] = []
    for item in items:
        if isinstance(item, ast.Ellipsis):
            values.extend((size, item.span) for size in _leading(item, frame))
        else:
            values.append((evaluate(item, frame), item.span))
    return ListValue(tuple(values))


def _selected(expr: ast.Subscript, frame: Frame) -> Value:
    """`x[t, 0:n]`: positions and stretches of axes; `E[tokens]`: rows of a table; `kinds[0]`: an item of a list."""
    base = evaluate(expr.base, frame)
    if isinstance(base, ListValue):
        return _item(base, expr, frame)
    if not isinstance(base, Tensor):
        raise refusal("a tensor", base, expr.base.span)
    values = _positions(expr.items, frame)
    if len(values) == 1 and isinstance(values[0], Tensor):
        return _rows(base, values[0], expr, frame)
    selection = Selection(frame.sizes, lambda bound: number(bound, frame), expr.span)
    shape, places = selection.of(base.shape, expr.items, values)
    applied = select(frame.site(expr.span), operand(base, expr.base.span), places, shape)
    return frame.apply((base,), applied, expr.span)


def _item(values: ListValue, expr: ast.Subscript, frame: Frame) -> Value:
    """One item of a list, by its number from 0 or, negative, from its end. Raises NoSuchItem, WrongKind."""
    place = evaluate(expr.items[0], frame) if len(expr.items) == 1 else None
    number = place.number if isinstance(place, Form) else None
    if number is None or number.denominator != 1:
        raise WrongKind("the number of an item", f"`{expr.span.text}`", expr.span)
    if not -len(values.items) <= number < len(values.items):
        raise NoSuchItem(int(number), len(values.items), expr.span)
    return values.items[int(number)][0]


def _positions(items: Sequence[ast.Expr], frame: Frame) -> list[Value | None]:
    """The values in a subscript; slices and `...` have none."""
    values: list[Value | None] = []
    for item in items:
        is_position = not isinstance(item, ast.Slice | ast.Ellipsis)
        values.append(evaluate(item, frame) if is_position else None)
    return values


def _rows(base: Tensor, rows: Tensor, expr: ast.Subscript, frame: Frame) -> Tensor:
    """`E[tokens]`: rows of a table by their numbers."""
    if not base.shape:
        raise BadSubscript("a scalar has no axes to select from", expr.span)
    table, numbers = operand(base, expr.base.span), operand(rows, expr.items[0].span)
    return frame.apply((base, rows), gather(frame.site(expr.span), table, numbers), expr.span)


# Chains -------------------------------------------------------------------------------------------


CHAINED = (ast.Binary, ast.Pipe)


def _chain(expr: ast.Binary | ast.Pipe, frame: Frame) -> Value:
    """A chain like `a + b + c` or `x -> f -> g`, from the left and without recursion."""
    if type(expr) is ast.Binary and type(expr.left) not in CHAINED:  # as most are
        return _binary(expr, evaluate(expr.left, frame), frame)
    links: list[ast.Binary | ast.Pipe] = []
    first: ast.Expr = expr
    while True:
        if type(first) is ast.Binary:
            links.append(first)
            first = first.left
        elif type(first) is ast.Pipe:
            links.append(first)
            first = first.value
        else:
            break
    value, span = evaluate(first, frame), first.span
    for link in reversed(links):
        if isinstance(link, ast.Pipe):
            value = _stage(value, span, link, frame)
        else:
            value = _binary(link, value, frame)
        span = link.span
    return value


def _stage(value: Value, span: Span, pipe: ast.Pipe, frame: Frame) -> Value:
    """`value -> stage`: the value becomes the first argument."""
    name, given = stage_of(pipe.stage, frame)
    if isinstance(value, Several):
        raise WrongKind("one tensor in front of `->`", described(value), span)
    together = Arguments(((value, span), *given.positional), given.keywords, given.places)
    return call(callee(name, frame), together, frame, pipe.stage.span)


def stage_of(stage: ast.Name | ast.Call, frame: Frame) -> tuple[ast.Name, Arguments]:
    """`relu`, `Linear(H)`: what is called, and what it is given besides."""
    if isinstance(stage, ast.Name):
        return stage, Arguments()
    return stage.function, arguments(stage, frame)


def _binary(expr: ast.Binary, left: Value, frame: Frame) -> Value:
    if expr.op not in ("and", "or"):
        return binary(expr, left, evaluate(expr.right, frame), frame)
    if not isinstance(left, bool):
        raise refusal("`true` or `false`", left, expr.left.span)
    settled = left == (expr.op == "or")  # the right side is not even looked at
    return left if settled else condition(expr.right, frame)


# Names --------------------------------------------------------------------------------------------


def _named(expr: ast.Name, frame: Frame) -> Value:
    """What a name stands for. Raises UnknownName, LeftInside, LostInside, RecurrenceWithoutCarry."""
    name = expr.text
    inner: Frame | None = frame
    while inner is not None:
        if name in inner.lost:
            _demand_kept(expr, inner)
        if name in inner.names:
            value = inner.names[name]
            if type(value) is Broken:
                raise Poisoned
            return value
        if name in inner.uncarried:
            outer = frame.find(name)
            assert isinstance(outer, Tensor)
            raise RecurrenceWithoutCarry(name, expr.span, outer.shape, waits=inner.waits)
        inner = inner.parent
    definition = _definition(name, frame)
    if definition is None:
        raise _unknown(expr, frame)
    return definition


def _demand_kept(name: ast.Name, frame: Frame) -> None:
    """Raises LostInside where a loop gave a name another value, and nothing has set it since."""
    value, loop = frame.lost[name.text]
    if frame.find(name.text) is value:
        raise LostInside(name.text, name.span, loop, value.shape)


def _unknown(name: ast.Name, frame: Frame) -> SymcostError:
    """What is wrong with a name that stands for nothing: it may have a value elsewhere."""
    for inner in frame.outwards():
        if name.text in inner.sets:
            return RecurrenceWithoutCarry(name.text, name.span, None, waits=inner.waits)
        if name.text in inner.inside:
            return LeftInside(name.text, name.span, inner.inside[name.text])
    unseen = undeclared(name, frame) or _not_yet_set(name, frame)
    return unseen or UnknownName(name.text, name.span, frame.visible(), callable_names(frame.unit))


def _not_yet_set(name: ast.Name, frame: Frame) -> SymcostError | None:
    """What is wrong with a name that only a line further down gives a meaning."""
    setting = set_below(name, frame.unit)
    return None if setting is None else NotYetSet(name.text, name.span, setting.span)


def undeclared(name: ast.Name, frame: Frame) -> SymcostError | None:
    """What is wrong with a dimension of the file that stands for nothing here; None for a name that is none."""
    sight, asked = frame.definition.sight, frame.context.asked
    if sight is None or asked is None or name.text not in frame.unit.own_dims:
        return None
    declared = frame.unit.own_dims[name.text].name.span
    if name.text in sight.hidden:
        return HiddenDimension(name.text, name.span, sight.hidden[name.text].span, declared)
    reader, model = sight.definition.name, asked.definition.name.text
    return NoSuchDimension(name.text, name.span, declared, reader, model, asked.dimensions)


CALLEES = (Defined, Builtin, Named)


def callee(name: ast.Name, frame: Frame) -> Callee:
    """The definition that a name means where it is called; names of tensors and numbers do not hide it.

    Raises UnknownModule, WrongKind.
    """
    inner: Frame | None = frame
    while inner is not None:
        value = inner.names.get(name.text)
        if value is not None:
            if isinstance(value, CALLEES):
                return value
            if type(value) is Broken:
                raise Poisoned
        inner = inner.parent
    definition = _definition(name.text, frame)
    if definition is not None:
        return definition
    bound = frame.find(name.text)
    if bound is not None:
        raise WrongKind("a module", described(bound), name.span)
    raise _not_yet_set(name, frame) or UnknownModule(name.text, name.span, callable_names(frame.unit))


def _definition(name: str, frame: Frame) -> Callee | None:
    """What a name means that nothing here was given: a definition of the file, the library, or a primitive."""
    defined = frame.unit.find(name)
    return builtin(name) if defined is None else defined


def arguments(written: ast.Call, frame: Frame) -> Arguments:
    """The arguments of a call, evaluated. Raises GivenTwice."""
    keywords: dict[str, Argument] = {}
    places: dict[str, Span] = {}
    for keyword in written.keywords:
        name = keyword.name.text
        if name in keywords:
            raise GivenTwice(name, keyword.name.span, places[name])
        places[name] = keyword.name.span
        keywords[name] = (_handed_on(keyword, frame), keyword.value.span)
    positional = [(evaluate(expr, frame), expr.span) for expr in written.args]
    return Arguments(tuple(positional), keywords, places)


def _handed_on(keyword: ast.Keyword, frame: Frame) -> Value:
    """What stands behind `name =` in a call. Raises NoInput."""
    try:
        return evaluate(keyword.value, frame)
    except NoInput as fault:
        fault.handed_on(keyword.name.text)
        raise


_WAYS: Mapping[type[ast.Expr], Callable[[Any, Frame], Value]] = {
    ast.Name: _named,
    ast.Number: _literal,
    ast.Bool: _literal,
    ast.String: _literal,
    ast.Binary: _chain,
    ast.Pipe: _chain,
    ast.Call: _called,
    ast.Subscript: _selected,
    ast.Unary: _unary,
    ast.List: _listed,
    ast.Known: _known,
    ast.KnownNumber: _known_number,
    ast.Chosen: _chosen,
}
"""What is done with each kind of expression that has a value."""
