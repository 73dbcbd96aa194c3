"""The simplest text of a Program: one model, its statements in order, its sizes as they came out. To check counts."""

from __future__ import annotations

from symcost.importing.naming import identifier
from symcost.importing.program import Contraction, Parameter, Program, Statement
from symcost.importing.spelling import Spelling, plain
from symcost.syntax import ast, made
from symcost.syntax.writer import write


def plain_text(program: Program) -> str:
    """One flat model, with the numbers of the first configuration."""
    spelling = Spelling(_names(program), plain)
    declared = [_declared(each, spelling) for each in program.parameters if not each.owned]
    steps = [_statement(statement, spelling) for statement in program.statements]
    end = made.returned([made.name(spelling.names[key]) for key in program.outputs])
    ports = [made.port(spelling.names[each.value], spelling.shape(each.shape)) for each in program.inputs]
    model = made.definition("model", identifier(program.name), ports, [*declared, *steps, end])
    return write([model])


def _names(program: Program) -> dict[str, str]:
    """Inputs by their own names, parameters `p1`, `p2`, what is computed `h1`, `h2`."""
    targets: dict[str, None] = {}
    for statement in program.statements:
        targets |= dict.fromkeys(statement.targets)

    names = {each.value: identifier(each.name) for each in program.inputs}
    names |= {each.value: f"p{number}" for number, each in enumerate(program.parameters, 1)}
    names |= {key: f"h{number}" for number, key in enumerate(targets, 1)}
    return names


def _declared(parameter: Parameter, spelling: Spelling) -> ast.Statement:
    name = spelling.names[parameter.value]
    return made.param(parameter.kind, [(name, spelling.shape(parameter.shape))])


def _statement(statement: Statement, spelling: Spelling) -> ast.Statement:
    targets = [spelling.names[key] for key in statement.targets]
    if isinstance(statement.value, Contraction):
        return spelling.contraction(targets[0], statement.value)
    return made.assign(targets, spelling.expression(statement.value))
