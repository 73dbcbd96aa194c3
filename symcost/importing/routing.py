"""Experts of which a few are taken for each position: parameters read by rows that a router picks become `choose`.

Where a module reads its parameters of shape [E, ...] only by the rows of the k experts of each of N positions,
multiplies what it knows of the N·k pairs, and adds up over k, then each of its steps is that of one expert, k times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from symcost.importing.program import (
    Arithmetic,
    Call,
    Constant,
    Cut,
    Expr,
    Parameter,
    Plain,
    Program,
    Ref,
    Size,
    Statement,
    Subscript,
)
from symcost.importing.tree import Declaration, Emitted, Item, Loop, Module, source
from symcost.importing.walk import changed, refs, sizes
from symcost.records import dataclass

ROUTED = "which ones"
"""What the front end calls indices that the data decides."""


def routed(program: Program, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items with choices, in every module."""
    inner = tuple(_inside(program, item) for item in items)
    found = _Experts(program, inner).chosen()
    return inner if found is None else found


def _inside(program: Program, item: Item) -> Item:
    match item:
        case Module(items=items):
            return replace(item, items=routed(program, items))
        case Loop(body=body):
            return replace(item, body=routed(program, body))
    return item


def _product(one: Size, other: Size) -> tuple[int, ...]:
    return tuple(left * right for left, right in zip(one.values, other.values, strict=True))


def _routed_rows(value: Expr) -> Size | None:
    """How many rows of a parameter are read, where the data decides which; None for anything else."""
    match value:
        case Subscript(base=Ref(), items=(Constant(shape=(pairs,), words=words),)) if words == ROUTED:
            return pairs
    return None


def _equal(argument: object, size: Size) -> bool:
    return isinstance(argument, Size) and argument.values == size.values


class _NoChoice(Exception):
    """A step that is not one of an expert."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a parameter that belong to the expert of each pair."""

    parameter: Parameter


@dataclass(frozen=True, slots=True)
class _Pairs:
    """What is known of each pair: within a round, of each position. `column`: with one more axis at the end."""

    value: Expr
    column: bool = False

    def shaped(self, behind: Sequence[Size]) -> _Pairs:
        """In a shape with these axes behind the pairs: an axis of one is there, or no more."""
        ends = bool(behind) and set(behind[-1].values) == {1}
        return replace(self, column=ends and not self.column)


@dataclass(frozen=True, slots=True)
class _Summands:
    """What is known of each pair, by positions and experts: [N, k, ...]."""

    key: str


def _rows_added(taken: Sequence[Any]) -> list[Parameter]:
    """Parameters of which each expert has a row, among what a step reads. Raises _NoChoice for what it cannot read."""
    if any(isinstance(lane, _Summands) for lane in taken):
        raise _NoChoice
    added = [lane.parameter for lane in taken if isinstance(lane, _Rows)]
    if any(len(parameter.shape) != 2 for parameter in added):
        raise _NoChoice
    return added


def _is_map(left: Any, right: Any) -> bool:
    """Whether a product is one of the matrix of each expert and a column."""
    if not isinstance(left, _Rows) or not isinstance(right, _Pairs):
        return False
    return len(left.parameter.shape) == 3 and right.column


class _Experts:
    """One body, read as what the chosen experts do."""

    def __init__(self, program: Program, items: tuple[Item, ...]) -> None:
        self._program = program
        self._items = items
        self._made = {item.targets[0]: item.value for item in items if isinstance(item, Statement)}
        self._declared = {item.parameter.value: item.parameter for item in items if isinstance(item, Declaration)}
        self._lanes: dict[str, Any] = {}
        self._round: list[Item] = []
        self._after: list[Item] = []

    def chosen(self) -> tuple[Item, ...] | None:
        """The items as a choice; None where they are none."""
        counts = self._counts()
        if counts is None:
            return None
        self._positions, self._active = counts
        self._total: Size | None = None
        try:
            for item in self._items:
                self._step(item)
        except _NoChoice:
            return None
        return tuple(self._after) if self._total is not None else None

    def _counts(self) -> tuple[Size, Size] | None:
        """How many positions there are, and how many experts each has: by what is repeated once for each pair."""
        read_by = filter(None, map(_routed_rows, self._made.values()))
        pairs = next((rows.values for rows in read_by), None)
        return next((counts for counts in self._repeated() if _product(*counts) == pairs), None)

    def _repeated(self) -> Iterator[tuple[Size, Size]]:
        """Of all that is repeated, how long it is along its first axis, and how often it is repeated."""
        for value in self._made.values():
            match value:
                case Call(function="repeat_axis", operands=(Ref() as x,), arguments=(Size() as times,)):
                    shape = self._shape(x)
                    if shape:
                        yield shape[0], times

    # Steps -------------------------------------------------------------------------------------

    def _step(self, item: Item) -> None:
        match item:
            case Declaration(parameter=parameter) if self._is_of_experts(parameter):
                return
            case Statement(value=value) if self._concerns(value):
                self._follow(item, value)
            case _:
                self._after.append(item)

    def _follow(self, item: Statement, value: Expr) -> None:
        """Notes what a step of an expert knows of each pair. Raises _NoChoice."""
        lane = self._begins(value) or self._lane(item, value)
        if lane is not None:
            self._lanes[item.targets[0]] = lane

    def _is_of_experts(self, parameter: Parameter) -> bool:
        """Whether a parameter is read by the rows of experts only."""
        own = Ref(parameter.value)
        readers = [item for item in self._items if isinstance(item, Statement) and parameter.value in refs(item.value)]
        by_rows = [
            isinstance(item.value, Subscript) and item.value.base == own and _routed_rows(item.value)
            for item in readers
        ]
        return bool(readers) and all(by_rows)

    def _concerns(self, value: Expr) -> bool:
        """Whether something is a step of an expert: it reads what one has made, or begins."""
        return (
            any(key in self._lanes for key in refs(value))
            or _routed_rows(value) is not None
            or self._begins(value) is not None
        )

    def _begins(self, value: Expr) -> _Pairs | None:
        """Each position once for each of its experts; and how much each expert counts."""
        match value:
            case Call(
                function="repeat_axis",
                operands=(Ref() as x,),
                arguments=(times,),
                keywords=(("axis", Plain(text="0")),),
            ):
                if _equal(times, self._active) and self._first(x) == self._positions.values:
                    return _Pairs(x)
            case Call(function="reshape", operands=(Ref() as x,), arguments=(tuple() as wanted,)):
                return self._weight(x, sizes(wanted))
        return None

    def _weight(self, x: Ref, wanted: list[Size]) -> _Pairs | None:
        """How much each expert counts, [N, k], as a number for each pair: a column of one."""
        shape = [size.values for size in self._shape(x)]
        first, *rest = wanted
        ones = all(set(size.values) == {1} for size in rest)
        if shape != [self._positions.values, self._active.values] or first.values != self._pairs or not ones:
            return None
        one = Size((1,) * len(self._pairs))
        return _Pairs(Subscript(x, (Cut(), Cut(None, one))), column=not rest)

    @property
    def _pairs(self) -> tuple[int, ...]:
        return _product(self._positions, self._active)

    def _shape(self, value: Ref) -> tuple[Size, ...]:
        return self._program.shapes.get(source(value.value), ())

    def _first(self, value: Ref) -> tuple[int, ...]:
        shape = self._shape(value)
        return shape[0].values if shape else ()

    def _lane(self, item: Statement, value: Expr) -> Any:
        """What a step behind the first knows of each pair. Raises _NoChoice."""
        match value:
            case Subscript(base=Ref(value=key)) if key in self._declared and _routed_rows(value):
                return self._of_expert(self._declared[key])
            case Call(function="reshape", operands=(Ref(value=key),), arguments=(shape,)) if key in self._lanes:
                return self._shaped(key, shape)
            case Arithmetic(op="@", left=Ref(value=left), right=Ref(value=right)):
                return self._product(item, self._lanes.get(left), self._lanes.get(right))
            case Call(function="sum", operands=(Ref(value=key),), keywords=(("axis", Plain(text="-2" | "1")),)):
                return self._added_up(item, self._lanes.get(key))
        return self._plain(item)

    def _of_expert(self, parameter: Parameter) -> _Rows:
        total = parameter.shape[0]
        if self._total is not None and self._total.values != total.values:
            raise _NoChoice
        self._total = total
        return _Rows(parameter)

    def _shaped(self, key: str, shape: Any) -> Any:
        """A column of each pair, a column no more, or pairs by position and expert."""
        lane = self._lanes[key]
        if not isinstance(lane, _Pairs):
            raise _NoChoice

        first, *rest = shape
        if first.values == self._pairs:
            return lane.shaped(rest)
        if not self._is_by_expert(shape):
            raise _NoChoice
        return _Summands(self._kept(lane.value, f"{key}.all"))

    def _is_by_expert(self, shape: Sequence[Size]) -> bool:
        """Whether a shape is [N, k, ...], with one more axis."""
        if len(shape) != 3:
            return False
        positions, active, _ = shape
        return positions.values == self._positions.values and active.values == self._active.values

    def _product(self, item: Statement, left: Any, right: Any) -> _Pairs:
        """The matrix of an expert times a column is a linear map of the row."""
        if not _is_map(left, right):
            raise _NoChoice

        _, width, _ = left.parameter.shape
        bare = (("bias", False),)
        layer = Call("Linear", (right.value,), (width,), bare, (left.parameter.value,))
        self._round.append(replace(item, value=layer))
        return _Pairs(Ref(item.targets[0]), column=True)

    def _plain(self, item: Statement) -> Any:
        """What is done to each pair by itself: the same, of each position."""
        added = _rows_added(self._taken(item.value))
        self._round.extend(Declaration(replace(each, shape=each.shape[1:])) for each in added)
        value = changed(item.value, self._within)
        self._round.append(replace(item, value=value))
        for key in item.targets:
            self._lanes[key] = _Pairs(Ref(key))
        return None

    def _taken(self, value: Expr) -> list[Any]:
        """What a step reads of what others know of each pair."""
        return [self._lanes[key] for key in refs(value) if key in self._lanes]

    def _within(self, node: Any) -> Any:
        match node:
            case Ref(value=key) if key in self._lanes:
                lane = self._lanes[key]
                return Ref(lane.parameter.value) if isinstance(lane, _Rows) else lane.value
            case Size(values=values) if values == self._pairs:
                raise _NoChoice
        return node

    def _added_up(self, item: Statement, lane: Any) -> None:
        """The answers of the experts are added up: the choice is over."""
        if not isinstance(lane, _Summands) or self._total is None:
            raise _NoChoice
        after = f"{item.targets[0]}.each"
        body = tuple(sorted(self._round, key=lambda each: not isinstance(each, Declaration)))
        emitted = (Emitted(lane.key, after),)
        self._after.append(Loop(self._active, body, (), emitted, "choose", self._total))
        self._after.append(replace(item, value=Call("sum", (Ref(after),), (), (("axis", Plain("0")),))))

    def _kept(self, value: Expr, key: str) -> str:
        """The key of a value of the round, under one of its own if it has none."""
        if isinstance(value, Ref):
            return value.value
        self._round.append(Statement((key,), value))
        return key
