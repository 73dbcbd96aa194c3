"""Statements: a body is followed one by one; what is wrong with one of them is noted, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

from symcost.diagnostics import Span
from symcost.errors import (
    MOST_FAULTS,
    ChangingParameter,
    DuplicateName,
    InLoop,
    NoInput,
    NotInLoop,
    WrongCount,
    WrongKind,
    gathered,
)
from symcost.formula import AtLeast, Divides, Equal, Expected, Form, num
from symcost.formula.form import Let
from symcost.graph.expressions import condition, evaluate, number, shape_of, tensor
from symcost.graph.frame import NOTED, Frame
from symcost.graph.graph import Parameter, Tensor
from symcost.graph.layers import name_layer
from symcost.graph.lists import repeat_or_through, through_together
from symcost.graph.loops import choose, scan
from symcost.graph.names import assigned, names_read, names_set
from symcost.graph.notation import indexed
from symcost.graph.places import axis_of_rounds
from symcost.graph.unify import agree
from symcost.graph.values import Broken, Poisoned, Several, Value, refusal
from symcost.ops.sizes import balanced
from symcost.syntax import ast


def follow(body: Sequence[ast.Statement], frame: Frame) -> None:
    """Follow a body; a faulty statement leaves broken names behind.

    Raises Poisoned where nothing sound can be returned, all faults once there are MOST_FAULTS, Exhausted.
    """
    faults = frame.context.faults
    for statement in body:
        try:
            follow_one(statement, frame)
        except NOTED as error:
            frame.context.note(error, statement.span)
            _break(statement, frame)
        if faults and len(faults) >= MOST_FAULTS:
            raise gathered(faults)
        if type(statement) is ast.If and frame.definition.returned is not None:
            return  # an early `return`, in a branch that was taken


def _break(statement: ast.Statement, frame: Frame) -> None:
    """What a faulty statement should have set is broken: whoever reads it says nothing more."""
    for name in assigned((statement,)):
        frame.names[name] = Broken()
    if isinstance(statement, ast.Let):
        frame.names[statement.name.text] = Broken()
    if isinstance(statement, ast.Return):
        raise Poisoned


def follow_one(statement: ast.Statement, frame: Frame) -> None:
    """Follow one statement. Raises its faults, and Exhausted."""
    frame.context.step(statement.span)
    home = frame if frame.parent is None else frame.definition
    if home.returned is not None:
        raise InLoop("nothing after `return` is reached", statement.span)
    _FOLLOWED[type(statement)](statement, frame)


# Names that get a value ---------------------------------------------------------------------------


def _assign(statement: ast.Assign, frame: Frame) -> None:
    """`h = ...`, or as many names as there are tensors. Raises WrongCount, NoInput."""
    value, names = _assigned_value(statement, frame), statement.targets
    values = value.tensors if isinstance(value, Several) else (value,)
    if len(names) != len(values):
        raise WrongCount("assigned", len(names), len(values), statement.value.span)
    shapes = statement.shapes or (None,) * len(names)
    for name, given, said in zip(names, values, shapes, strict=True):
        if said is not None:
            _check_shape(name, said, given, statement.value.span, frame)
        frame.names[name.text] = given


def _check_shape(name: ast.Name, said: ast.List, value: Value, place: Span, frame: Frame) -> None:
    """What the text says of a shape must be so; then that is how it is written.

    Raises WrongKind, RankMismatch, PatternMismatch.
    """
    if not isinstance(value, Tensor):
        raise refusal("a tensor", value, place)
    value.spell(agree(said, value.shape, frame, place, f"`{name.text}`"))


def _assigned_value(statement: ast.Assign, frame: Frame) -> Value:
    try:
        return evaluate(statement.value, frame)
    except NoInput as fault:
        if fault.report.label is not None and fault.report.label.span == statement.value.span:
            fault.assigned(statement.targets[0].text)
        raise


def _index_assign(statement: ast.IndexAssign, frame: Frame) -> None:
    frame.names[statement.target.text] = indexed(statement, frame)


def _let(statement: ast.Let, frame: Frame) -> None:
    """`let d = D/heads`: a size by its name. Raises DuplicateName for a name that is taken, NotASize."""
    name = statement.name
    if name.text in frame.names:
        raise DuplicateName(name.text, name.span, _first(name, frame))
    size = frame.sizes.size(number(statement.value, frame), statement.value.span, least=0)
    asked = frame.context.asked
    if not size.free_symbols and names_read(statement.value):
        frame.names[name.text] = size  # with numbers put in it is one
        return
    let = Let(name.text, size, statement.words or "", statement.latex, name.span)
    taken = asked is not None and name.text in asked.dimensions
    frame.names[name.text] = frame.sizes.name(let, taken=taken)


def _first(name: ast.Name, frame: Frame) -> Span:
    """Where a name of the definition that is built was set first."""
    context = frame.context
    assert context.asked is not None
    definition = context.calling[-1].definition if context.calling else context.asked.definition
    return names_set(definition)[name.text].span


def _layer(statement: ast.Layer, frame: Frame) -> None:
    frame.names[statement.name.text] = name_layer(statement, frame)


def _param(statement: ast.Param, frame: Frame) -> None:
    for entry in statement.entries:
        _parameter(entry, frame, buffer=statement.kind == "buffer")


def _parameter(entry: ast.ParamEntry, frame: Frame, *, buffer: bool) -> None:
    """One parameter, or one buffer, which is never trained. Raises DuplicateName, ChangingParameter."""
    name = entry.name
    known = frame.names.get(name.text)
    if isinstance(known, Tensor) and isinstance(frame.graph.source(known), Parameter):
        raise DuplicateName(name.text, name.span, known.span)
    made = Tensor(shape_of(entry.shape, frame), name.span, parameter=True)
    _check_steady(entry, made, frame)
    frame.names[name.text] = made
    frame.insert(Parameter(name.text, made, entry.span, frame.context.frozen or buffer, buffer))


def _check_steady(entry: ast.ParamEntry, made: Tensor, frame: Frame) -> None:
    """Raises ChangingParameter where one set of parameters would have another shape in every round."""
    for size in made.shape:
        for counter in frame.context.steady.intersection(size.free_symbols):
            raise ChangingParameter(entry.name.text, size, counter.name, entry.shape.span)


def _emit(statement: ast.Emit, frame: Frame) -> None:
    """One value per round. Raises NotInLoop, DuplicateName."""
    loop = frame.loop
    if loop is None or loop.emits is None:
        raise NotInLoop(statement.span)
    name = statement.name
    if name.text in loop.emits:
        raise DuplicateName(name.text, name.span, loop.emits[name.text][1])
    value = tensor(statement.value, frame)
    if statement.place:
        loop.placed[name.text] = axis_of_rounds(statement.place, value, loop)
    loop.emits[name.text] = (value, name.span)


def _return(statement: ast.Return, frame: Frame) -> None:
    """Raises InLoop, WrongKind."""
    if frame.parent is not None:
        raise InLoop("`return` cannot stand inside a loop", statement.span)
    tensors: list[tuple[Tensor, Span]] = []
    for expr in statement.values:
        tensors += [(single, expr.span) for single in _returned(evaluate(expr, frame), expr.span)]
    frame.returned = (tensors, statement.span)


def _returned(value: Value, span: Span) -> tuple[Tensor, ...]:
    """The tensors of one expression behind `return`. Raises WrongKind."""
    if isinstance(value, Several):
        return value.tensors
    if not isinstance(value, Tensor):
        raise refusal("a tensor", value, span)
    return (value,)


# What is assumed ----------------------------------------------------------------------------------


def _divides(statement: ast.Divides, frame: Frame) -> None:
    """Raises NotASize for a fraction that 1 should divide, ImpossibleAssumption."""
    divisor, multiple = number(statement.divisor, frame), number(statement.multiple, frame)
    if divisor == 1:
        frame.sizes.whole(multiple, statement.multiple.span)  # that it is a whole number needs fewer words
        return
    frame.sizes.assume(Divides(divisor, multiple), statement.span)


def _assume(statement: ast.Assume, frame: Frame) -> None:
    """Raises WrongKind for what is no condition that can be assumed, ImpossibleAssumption."""
    compared = statement.condition
    left, right = number(compared.left, frame), number(compared.right, frame)
    frame.sizes.assume(_fact(compared, left, right), statement.span)


def _fact(compared: ast.Binary, left: Form, right: Form) -> AtLeast | Equal:
    match compared.op:
        case ">=":
            return _as_said(left, right, compared)
        case "<=":
            return _as_said(right, left, compared)
        case ">":
            return balanced(left, right + 1)
        case "<":
            return balanced(right, left + 1)
        case "==":
            return Equal(left, right)
    raise WrongKind("a comparison with `==`, `<=`, `<`, `>=` or `>`", f"`{compared.op}`", compared.span)


def _as_said(left: Form, right: Form, compared: ast.Binary) -> AtLeast:
    """As the reader wrote it; of the library's text the reader knows the values only: `K >= 3` for `K - 2 >= 1`."""
    in_library = compared.span.source.name.startswith("library/")
    return balanced(left, right) if in_library and (left - right).free_symbols else AtLeast(left, right)


# Bodies in bodies ---------------------------------------------------------------------------------


def _if(statement: ast.If, frame: Frame) -> None:
    chosen = statement.then if condition(statement.condition, frame) else statement.otherwise
    with frame.context.deeper(statement.span):
        follow(chosen, frame)


def _marked(statement: ast.Marked, frame: Frame) -> None:
    with frame.context.deeper(statement.span), _marks(statement, frame):
        follow(statement.body, frame)


def _marks(statement: ast.Marked, frame: Frame) -> AbstractContextManager[None]:
    """With which marks a body is built. Raises NotASize for tokens that cannot be counted."""
    context = frame.context
    if statement.kind == "weigh" and statement.tokens is not None:
        return context.marked(weight=_weight(statement.tokens, frame))
    if statement.tokens is not None:
        behind = frame.sizes.size(number(statement.tokens, frame), statement.tokens.span, least=0)
        return context.marked(resumed=behind)
    if statement.kind == "frozen":
        return context.marked(frozen=True)
    return context.marked(recomputed=context.stretch())


def _weight(written: ast.Expr, frame: Frame) -> Form:
    """How often a body is expected to run. Raises WrongKind for what may be negative."""
    weight = number(written, frame)
    if frame.sizes.assumptions.at_least(weight, num(0)) is not True:
        raise refusal("a number that is not negative", weight, written.span)
    frame.context.expected[Expected(written.span.text)] = None
    return weight


_FOLLOWED: Mapping[type[ast.Statement], Callable[[Any, Frame], None]] = {
    ast.Assign: _assign,
    ast.IndexAssign: _index_assign,
    ast.Param: _param,
    ast.Let: _let,
    ast.Layer: _layer,
    ast.Emit: _emit,
    ast.Return: _return,
    ast.Divides: _divides,
    ast.Assume: _assume,
    ast.If: _if,
    ast.Marked: _marked,
    ast.Scan: scan,
    ast.Repeat: repeat_or_through,
    ast.RepeatTogether: through_together,
    ast.Choose: choose,
}
"""What is done with each statement of the grammar."""
