"""Values that are read once are written where they are read, as far as a line can be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from symcost.importing.program import Arithmetic, Call, Contraction, Expr, Ref, Statement, Subscript
from symcost.importing.tree import Item, Loop
from symcost.importing.walk import changed, nodes, refs

LONGEST_PIPELINE, LONGEST_SUM, LONGEST_OPERAND = 200, 84, 34
"""Characters of a pipeline (it may take two lines), of what holds a bracket, of an operand of `f(x, y)`."""

Measure = Callable[[Expr], int]
"""How many characters an expression takes."""


def fuse(items: tuple[Item, ...], outs: Iterable[str], measure: Measure) -> tuple[Item, ...]:
    """The items with fewer statements; `outs` are the values that are read behind them."""
    return _Fusing(items, outs, measure).fused()


class _Fusing:
    def __init__(self, items: tuple[Item, ...], outs: Iterable[str], measure: Measure) -> None:
        self._items = _apart(items)
        self._measure = measure
        self._uses = Counter(outs)
        for item in self._items:
            self._uses.update(_mentions(item))
        self._waiting: dict[str, Statement] = {}
        """Statements that whoever reads them may take in."""

    def fused(self) -> tuple[Item, ...]:
        out: list[Item] = []
        for item in self._items:
            match item:
                case Loop(body=body):
                    out.append(replace(item, body=fuse(body, item.results, self._measure)))
                case Statement():
                    out.append(self._statement(item, out))
                case _:
                    out.append(item)
        return tuple(out)

    def _statement(self, item: Statement, out: list[Item]) -> Statement:
        """The statement with what it takes in; it waits then for the one that reads it."""
        whole = self._taken_in(item, out)
        if self._may_move(whole):
            self._waiting[whole.targets[0]] = whole
        return whole

    def _may_move(self, statement: Statement) -> bool:
        single = len(statement.targets) == 1 and self._uses[statement.targets[0]] == 1
        return single and not isinstance(statement.value, Contraction)

    def _taken_in(self, statement: Statement, out: list[Item]) -> Statement:
        """The statement with what it reads written into it, where that can be read."""
        if isinstance(statement.value, Contraction):
            return statement
        for key in reversed(refs(statement.value)):
            source = self._waiting.get(key)
            if source is None:
                continue

            joined = _put(statement, key, source.value)
            if self._reads_well(statement.value, key, source.value, joined.value):
                out.remove(source)
                del self._waiting[key]
                # a part that was set apart from its line goes on from the module of what it takes in
                goes_on = _head(statement.value) == key and "." in statement.targets[0]
                scopes = source.scopes if goes_on else joined.scopes
                statement = replace(joined, scopes=scopes)
        return statement

    def _reads_well(self, user: Expr, key: str, source: Expr, joined: Expr) -> bool:
        """Whether a line with the source written into its user can be read."""
        if _is_cut(user, key):
            return isinstance(source, Ref)

        length = self._measure(joined)
        if _head(user) == key:
            return length <= LONGEST_PIPELINE
        if _is_operand_of_many(user, key):
            return self._is_small(source) and length <= LONGEST_PIPELINE
        return length <= LONGEST_SUM

    def _is_small(self, source: Expr) -> bool:
        """Whether it may stand among the operands of a function: a function itself, and a short one."""
        is_function = isinstance(source, Call) and not source.function[:1].isupper()
        return is_function and self._measure(source) <= LONGEST_OPERAND


def _is_cut(user: Expr, key: str) -> bool:
    """Whether a value is read by its parts."""
    return any(isinstance(node, Subscript) and node.base == Ref(key) for node in nodes(user))


def _apart(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Pipelines among the operands of a function that is no layer, as statements of their own."""
    out: list[Item] = []
    for item in items:
        if not isinstance(item, Statement):
            out.append(item)
            continue
        parts: list[Statement] = []

        def part(node: Any, item: Statement = item, parts: list[Statement] = parts) -> Any:
            if not isinstance(node, Call) or is_stage(node) or not node.operands:
                return node
            operands = [_named(operand, item, parts) for operand in node.operands]
            return replace(node, operands=tuple(operands))

        value = changed(item.value, part)
        out.extend((*parts, replace(item, value=value)))
    return tuple(out)


def _named(operand: Expr, item: Statement, parts: list[Statement]) -> Expr:
    """An operand that is a pipeline, as the value of a new statement."""
    if not isinstance(operand, Call) or not operand.operands or _head(operand) is None:
        return operand
    key = f"{item.targets[0]}.{len(parts)}"
    parts.append(Statement((key,), operand, item.scopes))
    return Ref(key)


def _put(statement: Statement, key: str, value: Expr) -> Statement:
    def change(node: Any) -> Any:
        return value if node == Ref(key) else node

    return changed(statement, change)


def _mentions(item: Item) -> list[str]:
    """All values that an item reads, each as often as it does; what a loop reads counts double."""
    match item:
        case Statement(value=value):
            return refs(value)
        case Loop(body=body, carried=carried):
            inner = [key for each in body for key in _mentions(each)]
            return [*inner, *inner, *(each.before for each in carried for _ in range(2))]
    return []


def _head(value: Expr) -> str | None:
    """The value that goes through the whole of a pipeline."""
    while isinstance(value, Call) and value.operands and is_stage(value):
        value = value.operands[0]
    return value.value if isinstance(value, Ref) else None


def is_stage(call: Call) -> bool:
    """Whether a call reads as a stage of a pipeline: a layer, or what takes one value."""
    return len(call.operands) == 1 or call.function[:1].isupper()


def _is_operand_of_many(value: Expr, key: str) -> bool:
    """Whether a value is one of several operands of a function that is no layer."""
    calls = [node for node in nodes(value) if isinstance(node, Call)]
    for call in calls:
        goes_through = is_stage(call) and call.operands[:1] == (Ref(key),)
        if Ref(key) in call.operands and not goes_through:
            return True
    return False


def main_values(value: Expr) -> list[str]:
    """The values an expression goes on from: through the heads of its pipelines and both sides of its sums."""
    match value:
        case Ref(value=key):
            return [key]
        case Call(operands=operands) if operands:
            return main_values(operands[0])
        case Arithmetic(left=left, right=right):
            return [*main_values(left), *main_values(right)]
        case Subscript(items=(Ref(value=rows),)):
            return [rows]
        case Subscript(base=base):
            return main_values(base)
    return []
