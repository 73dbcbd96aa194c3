"""Loops: a body is built once for all its rounds, with what it carries from round to round and what it stacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Literal

from symcost.diagnostics import Span
from symcost.errors import RaggedEmit, SymcostError, WrongKind
from symcost.formula import Form, Symbol, counter as new_counter, num
from symcost.graph.begun import leave_out
from symcost.graph.carried import Carrying, Open
from symcost.graph.expressions import dimension, number, tensor
from symcost.graph.files import twice
from symcost.graph.frame import Frame
from symcost.graph.graph import Block, Carried, Emitted, Graph, Tensor
from symcost.graph.layers import leave
from symcost.graph.names import assigned
from symcost.graph.operators import operand
from symcost.graph.places import in_place
from symcost.graph.values import Poisoned, Value, described
from symcost.ops import move
from symcost.records import dataclass
from symcost.syntax import ast

MOST_ROUNDS = 10_000
"""Rounds of a loop that must be unrolled."""

Loop = ast.Scan | ast.Repeat | ast.Choose

Emits = Mapping[str, tuple[Tensor, Span]]
"""What one round emits, by name, and where."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """Where a loop begins and ends, how many rounds that makes, and what counts them."""

    low: Form
    high: Form
    count: Form
    counter: Symbol

    @property
    def literal(self) -> int | None:
        """How many rounds, where that is a plain number and so is the first."""
        if self.count.free_symbols or self.low.free_symbols:
            return None
        return int(self.count.evaluate({}))

    @property
    def few(self) -> bool:
        """Whether they can be built one by one."""
        return self.literal is not None and self.literal <= MOST_ROUNDS

    @property
    def numbers(self) -> range:
        """The number of each round, where there are few."""
        low = int(self.low.evaluate({}))
        return range(low, low + (self.literal or 0))


def rounds_of(statement: ast.Scan | ast.Repeat, frame: Frame) -> Rounds:
    """The rounds of a loop, each a whole number. Raises NotASize."""
    over, sizes = statement.over, frame.sizes
    if isinstance(over, ast.Range):
        low, high = sizes.whole(number(over.start, frame), over.start.span), number(over.stop, frame)
    else:
        low, high = num(0), number(over, frame)
    count = sizes.size(sizes.tidy(_how_many(over, low, high, frame)), over.span, least=0)
    name = statement.counter.text if statement.counter else "_"
    return Rounds(low, high, count, new_counter(name, low, high))


def _how_many(over: ast.Expr | ast.Range, low: Form, high: Form, frame: Frame) -> Form:
    """How many rounds there are; from `a` to `a + n` those are n, however long `a` is."""
    if not isinstance(over, ast.Range):
        return high - low
    match over.stop:
        case ast.Binary(op="+", left=left, right=right) if left == over.start:
            return number(right, frame)
    return high - low


# Scan, repeat, choose -----------------------------------------------------------------------------


def scan(statement: ast.Scan, frame: Frame) -> None:
    """`scan t in T with h: [H] { ... }`: what the body reads of an earlier round, it must carry."""
    rounds = rounds_of(statement, frame)
    _no_name_twice(statement)
    body = frame.inner()
    frame.context.steady.add(rounds.counter)
    body.names[statement.counter.text] = rounds.counter
    body.counter, body.waits = statement.counter.text, statement.kind == "scan"
    carrying = Carrying(frame, body, rounds.counter)
    for carry in statement.carries:
        carrying.declare(carry, zeros=True)
    body.uncarried = set(_outer_tensors(statement, body))
    body.sets = set(assigned(statement.body)) - body.names.keys()
    _follow(statement.body, body, statement.span)
    carried = tuple(map(carrying.close, carrying.opened))
    emitted = _emitted(body, rounds.count, rounds.counter)
    _finish(_block("scan", statement, body, rounds.count, carried, emitted, counter=rounds.counter), body)


def _outer_tensors(statement: ast.Scan, body: Frame) -> Iterator[str]:
    """Tensors from outside that the body assigns without carrying them."""
    for name in assigned(statement.body):
        if name not in body.names and isinstance(body.find(name), Tensor):
            yield name


def repeat(statement: ast.Repeat, frame: Frame) -> None:
    """`repeat l in L { ... }`: built once where all rounds are alike, else round by round."""
    rounds = rounds_of(statement, frame)
    if rounds.literal == 0:
        return
    _no_name_twice(statement)
    if statement.shared:
        frame.context.steady.add(rounds.counter)
    if statement.shared or not rounds.few:
        _repeat_once(statement, frame, rounds)
    elif not _succeeds(statement, frame, rounds):
        _unroll(statement, frame, rounds)


def once(statement: ast.Repeat, frame: Frame) -> None:
    """The one round of a loop, in the graph around it."""
    _unroll(statement, frame, rounds_of(statement, frame))


def _succeeds(statement: ast.Repeat, frame: Frame, rounds: Rounds) -> bool:
    """Whether a loop can be built once for all its rounds; if not, nothing of the trial is left."""
    try:
        with _on_trial(frame, rounds.counter):
            _repeat_once(statement, frame, rounds)
    except (SymcostError, Poisoned):
        return False
    return True


def choose(statement: ast.Choose, frame: Frame) -> None:
    """`choose k of E { ... }`: k of E bodies that are alike run."""
    active, total = dimension(statement.active, frame), dimension(statement.total, frame)
    frame.sizes.no_less(total, active, statement.total.span)
    body = frame.inner()
    _follow(statement.body, body, statement.span)
    _finish(_block("choose", statement, body, active, (), _emitted(body, active, None), total=total), body)


@contextmanager
def _on_trial(frame: Frame, counter: Symbol) -> Iterator[None]:
    """Where building fails inside, what holds for every round is kept; what was said or built for one is forgotten."""
    context = frame.context
    faults, layers = len(context.faults), [set(layer.built) for layer in context.layers]
    try:
        yield
    except (SymcostError, Poisoned):
        del context.faults[faults:], context.layers[len(layers) :]
        context.sizes.forget(counter)
        for layer, before in zip(context.layers, layers, strict=True):
            layer.forget(layer.built.keys() - before)
        raise


def _repeat_once(statement: ast.Repeat, frame: Frame, rounds: Rounds) -> None:
    """The body once for all rounds; tensors from outside that it changes are carried too."""
    body = frame.inner()
    if statement.counter:
        body.names[statement.counter.text] = rounds.counter
        body.counter = statement.counter.text
    carrying = Carrying(frame, body, rounds.counter)
    for carry in statement.carries:
        carrying.declare(carry, zeros=False)
    declared = {value.name for value in carrying.opened}
    statics = _take_in(statement, carrying)
    _follow(statement.body, body, statement.span)
    _check_unchanged(statics, body, statement.span)
    carried = tuple(_closed(carrying, declared))
    emitted = _emitted(body, rounds.count, rounds.counter)
    shared = statement.shared
    block = _block("repeat", statement, body, rounds.count, carried, emitted, counter=rounds.counter, shared=shared)
    _finish(block, body)


def _check_unchanged(statics: Mapping[str, Value], body: Frame, span: Span) -> None:
    """Raises WrongKind for a number or a word that a round changes: it would be another one in the next."""
    for name, static in statics.items():
        after = body.names[name]
        if after is not static and after != static:
            raise WrongKind(f"`{name}` as it was before the loop", described(after), span)


def _take_in(statement: ast.Repeat, carrying: Carrying) -> dict[str, Value]:
    """What the body assigns and the frame around it has: tensors are carried, statics (returned) must stay."""
    statics: dict[str, Value] = {}
    for name in assigned(statement.body):
        outer = carrying.frame.find(name)
        if name in carrying.body.names or outer is None:
            continue
        if isinstance(outer, Tensor):
            carrying.open(Open(name, outer, Tensor(outer.shape, outer.span), outer.span))
        else:
            carrying.body.names[name] = statics[name] = outer
    return statics


def _closed(carrying: Carrying, declared: set[str]) -> Iterator[Carried]:
    """The values that go from round to round, and those of which the last one stays."""
    read = {*carrying.body.graph.captured(), *_handed_over(carrying)}
    for value in carrying.opened:
        end = carrying.body.names[value.name]
        if value.name in declared or value.start in read or not isinstance(end, Tensor):
            yield carrying.close(value)
        elif end is not value.start:
            yield _overwritten(value, end)


def _handed_over(carrying: Carrying) -> Iterator[Value]:
    """What the round leaves under another name than its own, or emits, as it came: `z = y` reads y."""
    names = carrying.body.names
    for value in carrying.opened:
        end = names.get(value.name)
        if end is not None and end is not value.start:
            yield end
    for emitted, _ in (carrying.body.emits or {}).values():
        yield emitted


def _overwritten(value: Open, end: Tensor) -> Carried:
    """Set before it is read: nothing goes from round to round, the last one stays, whatever its shape."""
    return Carried(value.name, value.initial, value.start, end, Tensor(end.shape, end.span))


def _unroll(statement: ast.Repeat, frame: Frame, rounds: Rounds) -> None:
    """Round by round, in the graph around the loop."""
    outer = [name for name in assigned(statement.body) if frame.find(name) is not None]
    _set_initial(statement.carries, frame)
    emits: list[Emits] = []
    placed: dict[str, int] = {}
    for place in rounds.numbers:
        body = _round(statement, frame, place, outer)
        emits.append(body.emits or {})
        placed |= body.placed
    for name, pairs in _by_name(emits).items():
        frame.names[name] = in_place(_stacked(name, pairs, frame), placed.get(name, 0), frame)


def _by_name(emits: Iterable[Emits]) -> dict[str, list[tuple[Tensor, Span]]]:
    """What several rounds emit, together under each name."""
    together: dict[str, list[tuple[Tensor, Span]]] = {}
    for emitted in emits:
        for name, pair in emitted.items():
            together.setdefault(name, []).append(pair)
    return together


def _set_initial(carries: Sequence[ast.Carry], frame: Frame) -> None:
    """What an unrolled loop carries is a name of the frame around it."""
    for carry in carries:
        if carry.init is not None:
            frame.names[carry.name.text] = tensor(carry.init, frame)


def _round(statement: ast.Repeat, frame: Frame, place: int, outer: Sequence[str]) -> Frame:
    """One round in the graph around the loop: it sets the names from outside, and holds what it emits."""
    body = frame.inner(frame.graph)
    if statement.counter:
        body.names[statement.counter.text] = num(place)
        body.counter = statement.counter.text
    _follow(statement.body, body, statement.span)
    frame.names |= {name: body.names[name] for name in outer if name in body.names}
    _tell_lost(body, frame)
    leave(body)
    return body


def _stacked(name: str, pairs: Sequence[tuple[Tensor, Span]], frame: Frame) -> Tensor:
    """What the rounds of an unrolled loop emit, as one tensor. Raises RaggedEmit."""
    first, place = pairs[0]
    for value, span in pairs:
        if not frame.alike(first.shape, value.shape):
            raise RaggedEmit(name, value.shape, span)
    applied = move.stack(frame.site(place), *(operand(value, span) for value, span in pairs))
    return frame.apply([value for value, _ in pairs], applied, place)


# What all loops have in common --------------------------------------------------------------------


def _no_name_twice(statement: ast.Scan | ast.Repeat) -> None:
    """Raises DuplicateName for the first name of a head that stands there twice."""
    names = [statement.counter, *(carry.name for carry in statement.carries)]
    for fault in twice([name for name in names if name is not None]):
        raise fault


def _follow(statements: Sequence[ast.Statement], body: Frame, span: Span) -> None:
    """The body of a loop; a fault in it ends the loop, since what it carries is unknown then."""
    context, before = body.context, len(body.context.faults)
    assert body.parent is not None
    unrolled = body.graph is body.parent.graph  # else the block around it bears the mark
    with context.deeper(span), context.marked(recomputed=context.recomputed if unrolled else ()):
        context.follow(statements, body)
    if len(context.faults) > before:
        raise Poisoned


def _emitted(body: Frame, count: Form, counter: Symbol | None) -> tuple[Emitted, ...]:
    """What a body emits, stacked. Raises RaggedEmit where that has another shape in every round."""
    made = []
    for name, (value, span) in (body.emits or {}).items():
        if any(counter in size.free_symbols for size in value.shape):
            raise RaggedEmit(name, value.shape, span)
        made.append(Emitted(name, value, Tensor((count, *value.shape), span)))
    return tuple(made)


def _block(
    kind: Literal["scan", "repeat", "choose"],
    statement: Loop,
    body: Frame,
    count: Form,
    carried: tuple[Carried, ...],
    emitted: tuple[Emitted, ...],
    *,
    counter: Symbol | None = None,
    total: Form | None = None,
    shared: bool = False,
) -> Block:
    """A finished loop as a node: besides what it carries it reads all that its body takes from outside."""
    leave_out(body.graph, [*(value.end for value in carried), *(value.each for value in emitted)])
    return Block(
        kind=kind,
        name=heading(statement),
        graph=body.graph,
        span=statement.span,
        inputs=tuple(_read(body.graph, carried, emitted)),
        outputs=(*(value.last for value in carried), *(value.stacked for value in emitted)),
        counter=counter,
        count=count,
        total=total,
        shared=shared,
        carried=carried,
        emitted=emitted,
    )


def _read(graph: Graph, carried: Sequence[Carried], emitted: Sequence[Emitted]) -> dict[Tensor, None]:
    """What a loop reads: the initial values of what it carries, and what its body takes or hands on from outside."""
    left = [*(value.end for value in carried), *(value.each for value in emitted)]
    handed_on = dict.fromkeys(value for value in left if graph.source(value) is None)
    outside = dict.fromkeys(value.initial for value in carried) | graph.captured() | handed_on
    for value in carried:
        outside.pop(value.start, None)
    return outside


def _finish(block: Block, body: Frame) -> None:
    """Put a finished loop into the graph around it and bind what it leaves behind."""
    frame = body.parent
    assert frame is not None
    frame.insert(block)
    frame.inside |= dict.fromkeys(body.names, block.name)
    left = {carried.name: carried.last for carried in block.carried}
    for emitted in block.emitted:
        left[emitted.name] = in_place(emitted.stacked, body.placed.get(emitted.name, 0), frame)
    frame.names |= left

    # What the body named otherwise ends with it; a repeat hands on every name.
    _tell_lost(body, frame)
    if block.kind != "repeat":
        _lose(block.name, [name for name in body.names if name not in left], body, frame)
    leave(body)


def _lose(loop: str, names: Iterable[str], body: Frame, frame: Frame) -> None:
    """Keep in mind which tensors have names that a loop gave another value, which ended with it."""
    for name in names:
        outer = frame.find(name)
        if isinstance(outer, Tensor) and isinstance(body.names[name], Tensor):
            frame.lost[name] = outer, loop


def _tell_lost(body: Frame, frame: Frame) -> None:
    """What was lost inside of a body, and not set again there, is lost around it too."""
    for name, (value, loop) in body.lost.items():
        outer = frame.find(name)
        if body.find(name) is value and isinstance(outer, Tensor):
            frame.lost[name] = outer, loop


def heading(statement: Loop) -> str:
    """The first words of a loop, as its author wrote them."""
    match statement:
        case ast.Scan(counter=counter, over=over):
            return f"{statement.kind} {counter.text} in {over.span.text}"
        case ast.Repeat():
            return _repeat_heading(statement)
        case ast.Choose(active=active, total=total):
            return f"choose {active.span.text} of {total.span.text}"


def _repeat_heading(statement: ast.Repeat) -> str:
    if statement.shown:
        return statement.shown
    if isinstance(statement.over, ast.Number):
        return f"repeat {statement.over.value}{' shared' if statement.shared else ''}"  # of a list how many are alike
    counter = f"{statement.counter.text} in " if statement.counter else ""
    return f"repeat {counter}{statement.over.span.text}{' shared' if statement.shared else ''}"
