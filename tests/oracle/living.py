"""The most numbers that live at once in a run: every tensor gets room when it is made and loses it after its last use.

The run is the trace of `storage`, loops round by round; where one round hands something on is marked on it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from symcost.syntax import ast
from tests.oracle import autodiff, builtin, interpreter, storage
from tests.oracle.counted import Tensor


@dataclass(eq=False)
class Room:
    """Memory of so many numbers: the step that makes it, and the last one that uses it."""

    size: int
    made: int
    last: int = -1


@dataclass
class Mark:
    """The entry of a loop, or the end of a round: values that go on, what they become, and what is emitted."""

    loop: list[Mark]
    values: list[tuple[Tensor, Tensor]]
    emitted: list[Tensor] = field(default_factory=list)
    goes: list[Room] = field(default_factory=list)
    leaves: list[Room] = field(default_factory=list)
    place: int = -1

    @property
    def entry(self) -> bool:
        return self.loop[0] is self

    @property
    def before(self) -> Mark:
        return self.loop[[mark is self for mark in self.loop].index(True) - 1]


@dataclass
class Touch:
    """Tensors that a call is given."""

    tensors: list[Tensor]


@dataclass
class Trace(storage.Trace):
    """What happened, in order: nodes, marks, stacks."""

    steps: list[Any] = field(default_factory=list)
    stacks: dict[int, list[tuple[Mark, int]]] = field(default_factory=dict)
    part: bool = False
    parts: set[int] = field(default_factory=set)

    def add(self, node: autodiff.Node) -> None:
        before = len(self.nodes)
        super().add(node)
        if len(self.nodes) > before:
            self.steps.append(node)
            alias = id(node) not in self.done and not node.carry
            if alias and (self.part or any(id(tensor) in self.parts for tensor in node.inputs)):
                self.parts |= {id(out) for out in node.outputs}

    @property
    def off(self) -> bool:
        return self.quiet or self.machine.tally.muted


class Frame(storage.Frame):
    marks: list[Mark]

    def scan(self, loop: ast.Scan) -> None:
        self._loop(super().scan, loop)

    def repeat(self, loop: ast.Repeat) -> None:
        self._loop(super().repeat, loop)

    def _loop(self, run: Any, loop: Any) -> None:
        before = getattr(self, "marks", [])
        self.marks = []
        run(loop)
        self.marks = before

    def carried(self, carries: Sequence[ast.Carry], counter: Mapping[str, int]) -> dict[str, Tensor]:
        found = super().carried(carries, counter)
        for carry in carries:
            name = carry.name.text
            if carry.init is None and found[name] is not self.names.get(name):
                self._constant(found[name])
        return found

    def subscript(self, base: Any, items: Sequence[ast.Expr]) -> Tensor:
        items = [self._made(item) for item in items]
        with autodiff.TAPE.set(part=True):
            return super().subscript(base, items)

    def _made(self, item: ast.Expr) -> ast.Expr:
        """Row numbers that are worked out in brackets: done once, in front, and there while rows are taken."""
        if not isinstance(item, ast.Call) or autodiff.TAPE.quiet or not self._is_tensor(item):
            return item
        self.names["row numbers"] = self.evaluate(item)
        return ast.Name(item.span, "row numbers")

    def evaluate(self, expr: ast.Expr) -> Any:
        with autodiff.TAPE.set(part=False):
            return super().evaluate(expr)

    def _constant(self, tensor: Tensor) -> None:
        with storage.doing("zeros"):
            autodiff.TAPE.add(autodiff.Node((), (tensor,), lambda *_: [], frozenset()))

    def _handed(self, carried: Mapping[str, Tensor], first: bool, *rest: Any) -> dict[str, Tensor]:
        trace = autodiff.TAPE
        found: dict[str, Tensor] = super()._handed(carried, first, *rest)
        if not trace.off:
            del trace.steps[len(trace.steps) - len(found) :]
            mark = Mark(self.marks, [(carried[n], found[n]) for n in found])
            self.marks.append(mark)
            trace.steps.append(mark)
        return found

    def stack(self, emitted: Mapping[str, list[Tensor]], *rest: Any) -> None:
        super().stack(emitted, *rest)
        for name, values in emitted.items() if not autodiff.TAPE.off else ():
            ends = self.marks[1:]
            autodiff.TAPE.stacks[id(self.names[name])] = [(mark, len(mark.emitted)) for mark in ends]
            for mark, value in zip(ends, values, strict=True):
                mark.emitted.append(value)

    def choose(self, loop: ast.Choose) -> None:
        active, total = self.size(loop.active), self.size(loop.total)
        emitted: dict[str, list[Tensor]] = {}
        before = getattr(self, "marks", [])
        self.marks = []
        self._handed({}, True)
        for number in range(total):
            frame = self.inner(self.owner.child(loop, number, active=number < active))
            if number < active:
                frame.emitted = emitted
                frame.execute(loop.body)
                self._handed({}, False)
            else:
                self.without_doing(frame, loop.body)
        self.stack(emitted)
        self.marks = before

    def enter(self, function: Any, owner: Any, given: list[Any], named: dict[str, Any]) -> tuple[Tensor, ...]:
        trace = autodiff.TAPE
        if not trace.off:
            trace.steps.append(Touch([t for t in (*given, *named.values()) if isinstance(t, Tensor)]))
        return super().enter(function, owner, given, named)


class Statement(autodiff.TapedStatement):
    def operand(self, expr: ast.Expr) -> Any:
        with autodiff.TAPE.set(part=True):
            return super().operand(expr)


class Contraction(storage.Contraction):
    def run(self) -> Tensor:
        names = [item.alone for term in self.terms for operand in term.operands for item in operand.items]
        with autodiff.TAPE.set(part=None in names or len(set(names)) < len(names)):
            return super().run()


class Builtin(storage.Builtin):
    anew = ()

    def call(self, name: str, args: list[Any], named: dict[str, Any]) -> Any:
        with autodiff.TAPE.set(part=name == "split"):
            found = super().call(name, args, named)
        if name in builtin.FIXED:
            self.frame._constant(found)  # type: ignore[attr-defined]
        return found


class Living:
    """Liveness of a finished run."""

    def __init__(self, trace: Trace, ports: Sequence[Tensor], results: Sequence[Tensor]) -> None:
        self.trace = trace
        self.rooms: dict[int, list[Room]] = {id(t): [] for t, _ in trace.machine.parameters}
        self.entering = [Room(len(tensor.data), -1) for tensor in ports]
        self.rooms |= {id(tensor): [room] for tensor, room in zip(ports, self.entering, strict=True)}
        self.reads: list[list[Room]] = []
        self.makes: list[list[Room]] = []
        for place, step in enumerate(trace.steps):
            self.reads.append([])
            self.makes.append([])
            self._look(place, step)
            for room in self.reads[-1]:
                room.last = place
        for tensor in results:
            for room in self.of(tensor):
                room.last = len(trace.steps)
        self._hold()

    def of(self, tensor: Tensor) -> list[Room]:
        return self.rooms.get(id(tensor), [])

    def _look(self, place: int, step: Any) -> None:
        """What a step reads, and the rooms that it makes."""
        if isinstance(step, Touch):
            self.reads[-1] += (room for tensor in step.tensors for room in self.of(tensor))
        elif isinstance(step, Mark):
            step.place = place
            self.reads[-1] += (r for t in (*(v for v, _ in step.values), *step.emitted) for r in self.of(t))
            step.goes = [Room(len(target.data), place) for _, target in step.values]
            step.leaves = [Room(len(value.data), place) for value in step.emitted]
            self.rooms |= {id(t): [room] for (_, t), room in zip(step.values, step.goes, strict=True)}
            self.makes[-1] += (*step.goes, *step.leaves)
        else:
            done = self.trace.done.get(id(step))
            rows = done.given if done and done.kind == "gather" else []
            stacked = any(id(out) in self.trace.stacks for out in step.outputs)
            self.reads[-1] += (r for t in (() if stacked else (*step.inputs, *rows)) for r in self.of(t))
            stacks = [self.trace.stacks.get(id(out)) for out in step.outputs]
            for out, stack in zip(step.outputs, stacks, strict=True):
                if stack is not None:
                    self.rooms[id(out)] = [mark.leaves[number] for mark, number in stack]
                elif done:
                    self.rooms[id(out)] = [Room(len(out.data), place)]
                    self.makes[-1] += self.rooms[id(out)]
                else:
                    self.rooms[id(out)] = list(dict.fromkeys(self.reads[-1]))

    def _hold(self) -> None:
        """What a loop reads from around it, and what its rounds emit, lives until it ends."""
        loops = {id(step.loop): step.loop for step in self.trace.steps if isinstance(step, Mark)}
        for marks in sorted(loops.values(), key=lambda marks: marks[-1].place):
            first, last = marks[0].place, marks[-1].place
            for reads in self.reads[first + 1 : last + 1]:
                for room in reads:
                    if room.made < first:
                        room.last = max(room.last, last)
            for room in (room for mark in marks for room in mark.leaves):
                room.last = max(room.last, last)

    def peak(self) -> int:
        """The largest sum."""
        live = {room for room in self.entering if room.last >= 0}
        largest = sum(room.size for room in live)
        for place, step in enumerate(self.trace.steps):
            there = sum(room.size for room in live)
            if isinstance(step, Mark):
                largest = max(largest, there + self._copies(step))
            elif not isinstance(step, Touch):
                largest = max(largest, *(there + more for more in self._during(step, place)))
            live = {room for room in (*live, *self.makes[place]) if room.last > place}
        return largest

    def _during(self, node: autodiff.Node, place: int) -> list[int]:
        """What is there beside what was there: results, and products on the way."""
        made = sum(room.size for room in self.makes[place])
        done = self.trace.done.get(id(node))
        found = [made]
        if done and done.kind == "contract":
            products = iter(done.given.products)
            for number, term in enumerate(done.given.terms):
                sizes = [0, *(len(next(products).data) for _ in term.operands[2:])]
                already = made if number else 0
                found += [already + a + b for a, b in itertools.pairwise(sizes)]
                found.append(made + sizes[-1])
        return found

    def _copies(self, mark: Mark) -> int:
        """Room for what goes on and what is emitted, where it cannot have the room in which the value lies."""
        taken: set[Room] = set()
        copies = 0
        pairs = [(value, room) for (value, _), room in zip(mark.values, mark.goes, strict=True)]
        for value, room in (*pairs, *zip(mark.emitted, mark.leaves, strict=True)):
            if mark.entry and room.last < 0:
                continue
            lies = self.of(value)
            whole = lies and id(value) not in self.trace.parts
            if whole and all(one not in taken and self._free(one, mark) for one in lies):
                taken.update(lies)
            else:
                copies += room.size
        return copies

    def _free(self, room: Room, mark: Mark) -> bool:
        """Whether it is nobody else's: of the round that ends, or not needed any more."""
        if mark.entry:
            return room.last == mark.place
        return room.made > mark.before.place or room in mark.before.goes


def peak(text: str, name: str, values: Mapping[str, Any], folder: Path = Path()) -> int:
    """The most numbers that live at once in a run."""
    given: list[Tensor] = []
    results: list[Tensor] = []
    made, run = interpreter.Machine.made, interpreter.Machine.run
    patches = {**storage.PATCHES, "Tape": Trace, "TapedFrame": Frame, "TapedBuiltin": Builtin}
    patches |= {"TapedStatement": Statement, "TapedContraction": Contraction}
    with ExitStack() as stack:
        stack.enter_context(patch.object(interpreter.Machine, "made", lambda *a: given.append(made(*a)) or given[-1]))
        stack.enter_context(patch.object(interpreter.Machine, "run", lambda *a: results.extend(run(*a)) or results))
        for known, mine in patches.items():
            stack.enter_context(patch.object(autodiff, known, mine))
        autodiff.differentiate(text, name, values, folder=folder)
    trace = autodiff.TAPE
    learned = {id(tensor) for tensor, _ in trace.machine.parameters}
    return Living(trace, [tensor for tensor in given if id(tensor) not in learned], results).peak()
