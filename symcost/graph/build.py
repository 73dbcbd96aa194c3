"""Syntax tree to graph: definitions entered, statements followed, loops closed.

Every stage of a body is built once, however often it runs; a definition that is called alike is built once as well.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from symcost.diagnostics import Span
from symcost.errors import (
    MOST_FAULTS,
    CallsItself,
    CarriedShape,
    ChangingParameter,
    DivisionByZero,
    DuplicateName,
    InLoop,
    MissingReturn,
    NestingTooDeep,
    NotInLoop,
    RaggedEmit,
    SymcostError,
    TooManyOperations,
    UnsolvablePattern,
    UnusedLayer,
    WrongCount,
    WrongKind,
    gathered,
)
from symcost.formula import AtLeast, Divides, Equal, Form, Symbol, TooLarge, counter, num, symbol
from symcost.graph.calls import Calls
from symcost.graph.expressions import Poisoned, operand
from symcost.graph.files import library_definition, twice
from symcost.graph.graph import Block, Carried, Emitted, Graph, Parameter, Shape, Tensor
from symcost.graph.unify import names_of, unify
from symcost.graph.values import Arguments, Broken, Defined, Frame, Named, Several, Value, described
from symcost.ops import move
from symcost.ops.base import Site
from symcost.ops.sizes import Sizes, balanced
from symcost.syntax import ast

MOST_STEPS = 40_000
"""Statements followed for one graph; a text that needs more is refused."""

MOST_ROUNDS = 10_000
"""Rounds of a loop that must be unrolled."""

DEEPEST = 150
"""Calls, blocks and brackets inside one another."""


class Exhausted(Exception):
    """The text asks for more than is ever built; `fault` says so. Ends the build at once."""

    def __init__(self, fault: SymcostError) -> None:
        self.fault = fault


@dataclass(frozen=True, slots=True)
class _Open:
    """A carried value while the body of its loop is built."""

    name: str
    initial: Tensor
    start: Tensor
    span: Span


@contextmanager
def room_to_recurse() -> Iterator[None]:
    """Python frames for DEEPEST levels of nesting; each takes about twenty."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 40 * DEEPEST))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


class Builder(Calls):
    """Builds the graph of one model. What it had to assume is in `sizes` afterwards."""

    def __init__(self) -> None:
        self.sizes = Sizes()
        self.faults: list[SymcostError] = []
        self.calling: list[Defined] = []
        self.made: dict[object, Graph] = {}
        self.layers: list[Named] = []
        self.steady: set[Symbol] = set()
        self.steps = 0
        self.depth = 0

    # Models -------------------------------------------------------------------------------------

    def model(self, model: Defined, values: Mapping[str, Value]) -> tuple[Graph, Frame]:
        """The graph of a model; names in `values` are numbers (or texts, or choices) instead of symbols.

        Raises SymcostError with all the faults found.
        """
        with room_to_recurse():
            frame = Frame(model.unit, Graph())
            try:
                for item in model.unit.assumptions():
                    if all(self._file_symbol(name, model, values, frame) for name in _names_in(item)):
                        self.statement(item, frame)
                frame.names.clear()
                self._signature(model.definition, frame, values)
                self._body(model, frame)
            except SymcostError as fault:
                self.faults.append(fault)
            except TooLarge as big:
                self.faults.append(TooManyOperations(model.definition.name.span, str(big)))
            except ZeroDivisionError:
                self.faults.append(DivisionByZero(model.definition.name.span))
            except Exhausted as end:
                self.faults = [end.fault]
            except Poisoned:
                pass
            if self.faults:
                raise gathered(self.faults)
            return frame.graph, frame

    def _file_symbol(self, name: ast.Name, model: Defined, values: Mapping[str, Value], frame: Frame) -> bool:
        """Whether a name in an `assume` outside of definitions is a dimension of the model; binds it for a moment."""
        known = {p.name.text for p in model.definition.ports if p.shape is None}
        known |= {n.text for p in model.definition.ports if p.shape is not None for n in names_of(p.shape)}
        if name.text in known:
            frame.names[name.text] = values.get(name.text, symbol(name.text))
        return name.text in known

    def _signature(self, definition: ast.Definition, frame: Frame, values: Mapping[str, Value]) -> None:
        frame.leading = ()
        for port in definition.ports:
            if port.shape is not None:
                if sum(isinstance(item, ast.Ellipsis) for item in port.shape.items) > 1:
                    raise UnsolvablePattern(port.shape.span, "`...` stands once, in front")
                for one in names_of(port.shape):
                    if frame.find(one.text) is None:
                        frame.names[one.text] = values.get(one.text, symbol(one.text))
        ports = []
        for port in definition.ports:
            name = port.name.text
            if port.shape is None:
                if name in values:
                    frame.names[name] = values[name]
                elif port.default is not None:
                    frame.names[name] = self.evaluate(port.default, frame)
                elif name not in frame.names:
                    frame.names[name] = symbol(name)
            else:
                tensor = Tensor(self.shape(port.shape, frame), port.name.span)
                frame.names[name] = tensor
                ports.append(tensor)
        frame.graph.ports = tuple(ports)

    # Definitions --------------------------------------------------------------------------------

    def enter(self, callee: Defined, arguments: Arguments, span: Span) -> Graph:
        """The graph of a definition for these arguments, built once for all calls that are alike.

        Raises CallsItself, and the faults of binding and of the body.
        """
        if any(open_.definition is callee.definition for open_ in self.calling):
            raise CallsItself([d.name for d in self.calling], callee.name, span)
        frame = Frame(callee.unit, Graph())
        key = (callee.definition, self.frozen, *self.bind(callee.definition, arguments, frame, span))
        if key not in self.made:
            known = set(self.sizes.origin)
            with self.deeper(span), self.marked(recomputed=False):
                self.calling.append(callee)
                before, library = len(self.faults), library_definition(callee.name) is callee
                try:
                    self._body(callee, frame)
                except SymcostError as fault:
                    fault.called_at(span, library)
                    raise
                finally:
                    self.calling.pop()
                    for inside in self.faults[before:]:
                        inside.called_at(span, library)
            self.made[key] = frame.graph
            for fact in self.sizes.origin.keys() - known:
                if self.sizes.origin[fact].source.name.startswith("library/"):
                    self.sizes.origin[fact] = span  # the library's text is not the reader's
        return self.made[key]

    def _body(self, callee: Defined, frame: Frame) -> None:
        definition = callee.definition
        before = len(self.faults)
        self.statements(definition.body, frame)
        if len(self.faults) > before:
            raise Poisoned
        if frame.returned is None:
            raise MissingReturn(definition.name.text, definition.name.span)
        tensors, span = frame.returned
        if definition.returns:
            if len(definition.returns) != len(tensors):
                raise WrongCount("returned", len(definition.returns), len(tensors), span)
            for pattern, (tensor, place) in zip(definition.returns, tensors, strict=True):
                unify(pattern, tensor.shape, frame, self.sizes, self.number, place, "the result")
        frame.graph.results = tuple(tensor for tensor, _ in tensors)
        self._leave(frame)

    # Statements ---------------------------------------------------------------------------------

    def statements(self, body: Sequence[ast.Statement], frame: Frame) -> None:
        """Follow a body; a faulty statement is noted and leaves broken names behind, the rest goes on."""
        before: ast.Statement | None = None
        for statement in body:
            if isinstance(before, ast.If) and frame.definition.returned is not None:
                return  # an early `return`, in a branch that was taken
            before = statement
            try:
                self.statement(statement, frame)
            except Poisoned:
                self._break(statement, frame)
            except SymcostError as fault:
                self.faults.append(fault)
                self._break(statement, frame)
            except TooLarge as big:
                self.faults.append(TooManyOperations(statement.span, str(big)))
                self._break(statement, frame)
            except ZeroDivisionError:
                self.faults.append(DivisionByZero(statement.span))
                self._break(statement, frame)
            if len(self.faults) >= MOST_FAULTS:
                raise gathered(self.faults)

    def _break(self, statement: ast.Statement, frame: Frame) -> None:
        for name in assigned((statement,)):
            frame.names[name] = Broken()
        if isinstance(statement, ast.Return):
            raise Poisoned

    def statement(self, statement: ast.Statement, frame: Frame) -> None:
        """Follow one statement."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Exhausted(TooManyOperations(statement.span, f"more than {MOST_STEPS} statements to follow"))
        if frame.definition.returned is not None:
            raise InLoop("nothing after `return` is reached", statement.span)
        match statement:
            case ast.Assign():
                self._assign(statement, frame)
            case ast.IndexAssign():
                frame.names[statement.target.text] = self.notation(statement, frame)
            case ast.Param():
                self._param(statement, frame)
            case ast.Layer(name=name):
                known = frame.names.get(name.text)
                if isinstance(known, Named) and known.name == name.text and known.frame is frame:
                    raise DuplicateName(name.text, name.span, known.span)
                frame.names[statement.name.text] = self.named(statement, frame)
            case ast.Emit():
                self._emit(statement, frame)
            case ast.Return():
                self._return(statement, frame)
            case ast.Divides() | ast.Assume():
                self._assume(statement, frame)
            case ast.If():
                chosen = statement.then if self.condition(statement.condition, frame) else statement.otherwise
                with self.deeper(statement.span):
                    self.statements(chosen, frame)
            case ast.Marked(kind="frozen"):
                with self.deeper(statement.span), self.marked(frozen=True):
                    self.statements(statement.body, frame)
            case ast.Marked():
                with self.deeper(statement.span), self.marked(recomputed=True):
                    self.statements(statement.body, frame)
            case ast.Scan():
                self._scan(statement, frame)
            case ast.Repeat():
                self._repeat(statement, frame)
            case ast.Choose():
                self._choose(statement, frame)

    def _assign(self, statement: ast.Assign, frame: Frame) -> None:
        value = self.evaluate(statement.value, frame)
        names = statement.targets
        if isinstance(value, Several):
            if len(names) != len(value.tensors):
                raise WrongCount("assigned", len(names), len(value.tensors), statement.value.span)
            for name, tensor in zip(names, value.tensors, strict=True):
                frame.names[name.text] = tensor
        elif len(names) > 1:
            raise WrongCount("assigned", len(names), 1, statement.value.span)
        else:
            frame.names[names[0].text] = value

    def _param(self, statement: ast.Param, frame: Frame) -> None:
        for entry in statement.entries:
            known = frame.names.get(entry.name.text)
            if isinstance(known, Tensor) and isinstance(frame.graph.source(known), Parameter):
                raise DuplicateName(entry.name.text, entry.name.span, known.span)
            tensor = Tensor(self.shape(entry.shape, frame), entry.name.span, parameter=True)
            for size in tensor.shape:
                for at in self.steady.intersection(size.free_symbols):
                    raise ChangingParameter(entry.name.text, size, at.name, entry.shape.span)
            frame.names[entry.name.text] = tensor
            self.insert(frame, Parameter(entry.name.text, tensor, entry.span, self.frozen))

    def _emit(self, statement: ast.Emit, frame: Frame) -> None:
        loop = frame.loop
        if loop is None or loop.emits is None:
            raise NotInLoop(statement.span)
        name = statement.name.text
        if name in loop.emits:
            raise DuplicateName(name, statement.name.span, loop.emits[name][1])
        loop.emits[name] = (self.tensor(statement.value, frame), statement.name.span)

    def _return(self, statement: ast.Return, frame: Frame) -> None:
        if frame.parent is not None:
            raise InLoop("`return` cannot stand inside a loop", statement.span)
        tensors: list[tuple[Tensor, Span]] = []
        for expr in statement.values:
            match self.evaluate(expr, frame):
                case Tensor() as tensor:
                    tensors.append((tensor, expr.span))
                case Several(several):
                    tensors.extend((tensor, expr.span) for tensor in several)
                case Broken():
                    raise Poisoned
                case value:
                    raise WrongKind("a tensor", described(value), expr.span)
        frame.returned = (tensors, statement.span)

    def _assume(self, statement: ast.Divides | ast.Assume, frame: Frame) -> None:
        if isinstance(statement, ast.Divides):
            divisor, multiple = (self.number(e, frame) for e in (statement.divisor, statement.multiple))
            self.sizes.assume(Divides(divisor, multiple), statement.span)
            return
        condition = statement.condition
        left, right = (self.number(e, frame) for e in (condition.left, condition.right))
        match condition.op:
            case ">=":
                fact: AtLeast | Equal = AtLeast(left, right)
            case "<=":
                fact = AtLeast(right, left)
            case ">":
                fact = balanced(left, right + 1)
            case "<":
                fact = balanced(right, left + 1)
            case "==":
                fact = Equal(left, right)
            case _:
                raise WrongKind("a comparison with `==`, `<=`, `<`, `>=` or `>`", f"`{condition.op}`", condition.span)
        self.sizes.assume(fact, statement.span)

    # Loops --------------------------------------------------------------------------------------

    def _range(self, over: ast.Expr, frame: Frame) -> tuple[Form, Form, Form]:
        """Where a loop begins and ends, and how many rounds that makes."""
        if isinstance(over, ast.Range):
            low, high = self.number(over.start, frame), self.number(over.stop, frame)
        else:
            low, high = num(0), self.number(over, frame)
        return low, high, self.sizes.size(self.sizes.tidy(high - low), over.span, least=0)

    def _carry(self, carry: ast.Carry, frame: Frame, body: Frame, at: Symbol, zeros: bool) -> _Open:
        """A value declared behind `with`: its shape in each round, and what it is before the first."""
        declared = self.shape(carry.shape, body, least=0)
        name = carry.name.text
        first = tuple(self.sizes.tidy(size.substitute({at: at.low})) for size in declared)
        if carry.init is not None:
            initial = self.tensor(carry.init, frame)
        elif zeros:
            applied = move.zeros(Site(self.sizes, carry.span), first)
            initial = self.apply(frame, "zeros", (), applied, carry.span)
        else:
            initial = self.tensor(carry.name, frame)
        self._same_shape(name, first, initial.shape, carry.shape.span, initial.span, "at the first round")
        start = Tensor(declared, carry.name.span)
        body.names[name] = start
        return _Open(name, initial, start, carry.shape.span)

    def _same_shape(self, name: str, want: Shape, have: Shape, declared: Span, span: Span, when: str) -> None:
        if len(want) != len(have):
            raise CarriedShape(name, want, have, declared, span, when)
        for a, b in zip(want, have, strict=True):
            verdict = self.sizes.compare(self.sizes.tidy(a), b)
            if verdict.kind != "equal":
                raise CarriedShape(name, want, have, declared, span, when, verdict)

    def _close(self, one: _Open, body: Frame, at: Symbol) -> Carried:
        """The carried value at the end of a round, against its shape at the start of the next."""
        end = body.names.get(one.name)
        if isinstance(end, Broken):
            raise Poisoned
        if not isinstance(end, Tensor):
            raise WrongKind("a tensor", described(end) if end is not None else "nothing", one.span)
        following = tuple(size.substitute({at: at + 1}) for size in one.start.shape)
        self._same_shape(one.name, following, end.shape, one.span, end.span, "after a round")
        after = at if at.high is None else at.high
        last = tuple(self.sizes.tidy(size.substitute({at: after})) for size in one.start.shape)
        return Carried(one.name, one.initial, one.start, end, Tensor(last, one.span))

    def _emitted(self, body: Frame, count: Form, at: Symbol | None) -> tuple[Emitted, ...]:
        made = []
        for name, (tensor, span) in (body.emits or {}).items():
            if any(at in size.free_symbols for size in tensor.shape):
                raise RaggedEmit(name, tensor.shape, span)
            made.append(Emitted(name, tensor, Tensor((count, *tensor.shape), span)))
        return tuple(made)

    def _scan(self, statement: ast.Scan, frame: Frame) -> None:
        low, high, count = self._range(statement.over, frame)
        body = self._body_frame(frame)
        for fault in twice([statement.counter, *(carry.name for carry in statement.carries)]):
            raise fault
        at = counter(statement.counter.text, low, high)
        self.steady.add(at)
        body.names[statement.counter.text] = at
        opened = [self._carry(carry, frame, body, at, zeros=True) for carry in statement.carries]
        body.uncarried = {
            name for name in assigned(statement.body) if name not in body.names and isinstance(frame.find(name), Tensor)
        }
        self._inside(statement.body, body, statement.span)
        carried = tuple(self._close(one, body, at) for one in opened)
        emitted = self._emitted(body, count, at)
        self._loop("scan", statement, body, at, count, carried, emitted)

    def _body_frame(self, frame: Frame, graph: Graph | None = None) -> Frame:
        body = Frame(frame.unit, Graph() if graph is None else graph, frame)
        body.emits = {}
        return body

    def _inside(self, statements: Sequence[ast.Statement], body: Frame, span: Span) -> None:
        """The body of a loop; a fault in it ends the loop, since what it carries is unknown then."""
        before = len(self.faults)
        assert body.parent is not None
        unrolled = body.graph is body.parent.graph  # else the block around it bears the mark
        with self.deeper(span), self.marked(recomputed=self.recomputed and unrolled):
            self.statements(statements, body)
        if len(self.faults) > before:
            raise Poisoned

    def _repeat(self, statement: ast.Repeat, frame: Frame) -> None:
        low, high, count = self._range(statement.over, frame)
        literal = None if count.free_symbols or low.free_symbols else int(count.evaluate({}))
        if literal == 0:
            return
        named = [statement.counter] if statement.counter else []
        for fault in twice([*named, *(carry.name for carry in statement.carries)]):
            raise fault
        at = counter(statement.counter.text if statement.counter else "_", low, high)
        if statement.shared:
            self.steady.add(at)
        faults, layers = len(self.faults), [set(layer.built) for layer in self.layers]
        try:
            self._repeat_once(statement, frame, at, count)
        except (SymcostError, Poisoned):
            if literal is None or literal > MOST_ROUNDS or statement.shared:
                raise
            # What holds for every round is kept; what was said of the counter, or built for it, is not.
            del self.faults[faults:], self.layers[len(layers) :]
            self.sizes.forget(at)
            for layer, keys in zip(self.layers, layers, strict=True):
                for key in layer.built.keys() - keys:
                    del layer.built[key]
            self._unroll(statement, frame, int(low.evaluate({})), literal)

    def _repeat_once(self, statement: ast.Repeat, frame: Frame, at: Symbol, count: Form) -> None:
        body = self._body_frame(frame)
        if statement.counter:
            body.names[statement.counter.text] = at
        opened = [self._carry(carry, frame, body, at, zeros=False) for carry in statement.carries]
        declared = {one.name for one in opened}
        statics: dict[str, Value] = {}
        for name in assigned(statement.body):
            outer = frame.find(name)
            if name in body.names or outer is None:
                continue
            if isinstance(outer, Tensor):
                body.names[name] = start = Tensor(outer.shape, outer.span)
                opened.append(_Open(name, outer, start, outer.span))
            else:
                body.names[name] = statics[name] = outer
        self._inside(statement.body, body, statement.span)
        for name, value in statics.items():
            if body.names[name] is not value and body.names[name] != value:
                raise WrongKind(f"`{name}` as it was before the loop", described(body.names[name]), statement.span)
        read = body.graph.captured()
        carried = []
        for one in opened:
            end = body.names[one.name]
            if one.name in declared or one.start in read or not isinstance(end, Tensor):
                carried.append(self._close(one, body, at))
            elif end is not one.start:
                # Overwritten before it is read: nothing goes from round to round, the last one stays.
                carried.append(Carried(one.name, one.initial, one.start, end, Tensor(end.shape, end.span)))
        emitted = self._emitted(body, count, at)
        self._loop("repeat", statement, body, at, count, tuple(carried), emitted, shared=statement.shared)

    def _unroll(self, statement: ast.Repeat, frame: Frame, low: int, rounds: int) -> None:
        stacks: dict[str, list[tuple[Tensor, Span]]] = {}
        outer = [name for name in assigned(statement.body) if frame.find(name) is not None]
        for carry in statement.carries:
            if carry.init is not None:
                frame.names[carry.name.text] = self.tensor(carry.init, frame)
        for place in range(low, low + rounds):
            body = self._body_frame(frame, frame.graph)
            if statement.counter:
                body.names[statement.counter.text] = num(place)
            self._inside(statement.body, body, statement.span)
            for name in outer:
                if name in body.names:
                    frame.names[name] = body.names[name]
            for name, pair in (body.emits or {}).items():
                stacks.setdefault(name, []).append(pair)
            self._leave(body)
        for name, pairs in stacks.items():
            frame.names[name] = self._stack(name, pairs, frame)

    def _stack(self, name: str, pairs: Sequence[tuple[Tensor, Span]], frame: Frame) -> Tensor:
        first = pairs[0][0]
        for tensor, span in pairs:
            if len(tensor.shape) != len(first.shape) or not all(map(self.sizes.equal, first.shape, tensor.shape)):
                raise RaggedEmit(name, tensor.shape, span)
        applied = move.stack(Site(self.sizes, pairs[0][1]), *(operand(tensor, span) for tensor, span in pairs))
        return self.apply(frame, "stack", [t for t, _ in pairs], applied, pairs[0][1])

    def _choose(self, statement: ast.Choose, frame: Frame) -> None:
        active, total = (self.sizes.size(self.number(e, frame), e.span) for e in (statement.active, statement.total))
        self.sizes.no_less(total, active, statement.total.span)
        body = self._body_frame(frame)
        self._inside(statement.body, body, statement.span)
        self._loop("choose", statement, body, None, active, (), self._emitted(body, active, None), total=total)

    def _loop(
        self,
        kind: Literal["scan", "repeat", "choose"],
        statement: ast.Scan | ast.Repeat | ast.Choose,
        body: Frame,
        at: Symbol | None,
        count: Form,
        carried: tuple[Carried, ...],
        emitted: tuple[Emitted, ...],
        total: Form | None = None,
        shared: bool = False,
    ) -> None:
        """Put a finished loop into the graph around it and bind what it leaves behind."""
        frame = body.parent
        assert frame is not None
        starts = {c.start for c in carried}
        initial = dict.fromkeys(c.initial for c in carried)
        left = (*(c.end for c in carried), *(e.each for e in emitted))
        read = body.graph.captured() | dict.fromkeys(t for t in left if body.graph.source(t) is None)
        block = Block(
            kind=kind,
            name=heading(statement),
            graph=body.graph,
            span=statement.span,
            inputs=tuple(initial | {t: None for t in read if t not in starts}),
            outputs=(*(c.last for c in carried), *(e.stacked for e in emitted)),
            counter=at,
            count=count,
            total=total,
            shared=shared,
            carried=carried,
            emitted=emitted,
        )
        self.insert(frame, block)
        for one in carried:
            frame.names[one.name] = one.last
        for each in emitted:
            frame.names[each.name] = each.stacked
        self._leave(body)

    def _leave(self, frame: Frame) -> None:
        """A body is done: each layer that was named in it puts its parameters where it was named.

        Raises UnusedLayer for one that was never called: the size of its input is unknown.
        """
        for value in frame.names.values():
            if isinstance(value, Named) and value.frame is frame:
                if not value.built:
                    raise UnusedLayer(value.name, value.span)
                value.home.insert(Block("call", value.name, next(iter(value.built)), value.span))

    @contextmanager
    def deeper(self, span: Span) -> Iterator[None]:
        """One level further in. Raises NestingTooDeep."""
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise NestingTooDeep(span, DEEPEST)
            yield
        finally:
            self.depth -= 1


def assigned(body: Sequence[ast.Statement]) -> list[str]:
    """The names that a body gives a value that outlives a loop in it, in the order of the text."""
    found: dict[str, None] = {}
    for statement in body:
        match statement:
            case ast.Assign(targets=targets):
                found |= dict.fromkeys(name.text for name in targets)
            case ast.IndexAssign(target=name) | ast.Layer(name=name):
                found[name.text] = None
            case ast.Param(entries=entries):
                found |= dict.fromkeys(entry.name.text for entry in entries)
            case ast.If(then=then, otherwise=otherwise):
                found |= dict.fromkeys([*assigned(then), *assigned(otherwise)])
            case ast.Marked(body=inner):
                found |= dict.fromkeys(assigned(inner))
            case ast.Scan(carries=carries, body=inner):
                found |= dict.fromkeys([*(carry.name.text for carry in carries), *emits(inner)])
            case ast.Repeat(carries=carries, body=inner):
                found |= dict.fromkeys([*(c.name.text for c in carries), *assigned(inner), *emits(inner)])
            case ast.Choose(body=inner):
                found |= dict.fromkeys(emits(inner))
    return list(found)


def heading(statement: ast.Scan | ast.Repeat | ast.Choose) -> str:
    """The first words of a loop, as its author wrote them."""
    match statement:
        case ast.Scan(counter=at, over=over):
            return f"scan {at.text} in {over.span.text}"
        case ast.Repeat(counter=at, over=over, shared=shared):
            named = f"{at.text} in " if at else ""
            return f"repeat {named}{over.span.text}{' shared' if shared else ''}"
        case ast.Choose(active=active, total=total):
            return f"choose {active.span.text} of {total.span.text}"


def emits(body: Sequence[ast.Statement]) -> list[str]:
    """The names that a loop with this body leaves stacked."""
    found: list[str] = []
    for statement in body:
        match statement:
            case ast.Emit(name=name):
                found.append(name.text)
            case ast.If(then=then, otherwise=otherwise):
                found += [*emits(then), *emits(otherwise)]
            case ast.Marked(body=inner):
                found += emits(inner)
    return found


def _names_in(item: ast.Divides | ast.Assume) -> list[ast.Name]:
    parts = (item.divisor, item.multiple) if isinstance(item, ast.Divides) else (item.condition,)
    return names_of(ast.List(item.span, parts))
