"""Statements that say nothing go, and what is joined again and again grows instead.

A dense block joins the results of all layers before each layer: x, then x and y, then x, y and z. Each of these is the
one before it and one result more; so the layer that makes the result can join it, and all layers are the same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from symcost.importing.program import Call, Program, Ref, Statement
from symcost.importing.walk import renamed
from symcost.records import dataclass

SHORTEST_CHAIN = 2
"""Joins that go on from another one, before they are written as growth."""


def without_aliases(program: Program) -> Program:
    """Statements that give a value a second name are left out."""
    names: dict[str, str] = {}
    statements: list[Statement] = []
    for statement in program.statements:
        match statement:
            case Statement(targets=(target,), value=Ref(value=key)):
                names[target] = names.get(key, key)
            case _:
                statements.append(renamed(statement, names) if names else statement)
    outputs = tuple(names.get(key, key) for key in program.outputs)
    return replace(program, statements=tuple(statements), outputs=outputs)


@dataclass(frozen=True, slots=True)
class _Join:
    """A statement that joins values, the join that it goes on from, and what it adds to that."""

    place: int
    before: str | None
    added: str


def grown(program: Program) -> Program:
    """Joins that go on from others are written so, right where what they add is made."""
    chains = _chains(_joins(program))
    moved = _moved(program, chains)
    if not moved:
        return program

    gone = {join.place for chain in chains for join in chain}
    statements: list[Statement] = []
    for place, statement in enumerate(program.statements):
        if place not in gone:
            statements.append(statement)
        statements.extend(moved.get(place, ()))
    return replace(program, statements=tuple(statements))


def _moved(program: Program, chains: list[list[_Join]]) -> dict[int, list[Statement]]:
    """Joins behind the statements that make what they add, by the places of those; none if an input is added."""
    makers = _makers(program)
    moved: dict[int, list[Statement]] = {}
    for chain in chains:
        # the layer that makes it joins it, but none of the modules within the layer
        depth = _depth(program, chain)
        for join in chain:
            maker = makers.get(join.added)
            if maker is None:
                return {}
            old = program.statements[join.place]
            scopes = program.statements[maker].scopes[:depth]
            new = replace(old, value=_joined(old, join), scopes=scopes)
            moved.setdefault(maker, []).append(new)
    return moved


def _makers(program: Program) -> dict[str, int]:
    """The statement that makes each value."""
    return {key: place for place, statement in enumerate(program.statements) for key in statement.targets}


def _depth(program: Program, chain: list[_Join]) -> int:
    """How many modules a join of a chain stands in, at most."""
    return max(len(program.statements[join.place].scopes) for join in chain)


def _joined(statement: Statement, join: _Join) -> Any:
    value = statement.value
    assert isinstance(value, Call)
    first = value.operands[0] if join.before is None else Ref(join.before)
    return replace(value, operands=(first, Ref(join.added)))


def _joins(program: Program) -> dict[str, _Join]:
    """The joins of a program by what they make."""
    known: dict[Any, str] = {}
    joins: dict[str, _Join] = {}
    for place, statement in enumerate(program.statements):
        match statement:
            case Statement(
                targets=(key,),
                value=Call(function="concat", operands=(*_, _, Ref(value=added)) as operands, keywords=keywords),
            ):
                before = known.get((operands[:-1], keywords))
                if before is None and len(operands) > 2:
                    continue  # of more than two values, and goes on from no other
                known[operands, keywords] = key
                joins[key] = _Join(place, before, added)
    return joins


def _chains(joins: dict[str, _Join]) -> list[list[_Join]]:
    """Runs of joins, each of which goes on from the one before; long ones only."""
    chains: dict[str, list[_Join]] = {}
    for key, join in joins.items():
        chain = chains.pop(join.before, []) if join.before is not None else []
        chains[key] = [*chain, join]
    return [chain for chain in chains.values() if len(chain) > SHORTEST_CHAIN]
