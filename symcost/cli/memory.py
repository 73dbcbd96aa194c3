"""`symcost memory`: what a model needs in memory, and what it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from symcost.cli.common import subject, tell_assumptions

if TYPE_CHECKING:
    from symcost.model import Model


@click.command(
    epilog="""\b
Examples:
  symcost memory gpt2.arch --config small T=1024 --dtype bf16
  symcost memory decoder.arch --dtype params=int4,state=fp8
"""
)
@subject
@click.option(
    "--dtype", "types", multiple=True, metavar="TYPE|ROLE=TYPE,...",
    help="Types of params, frozen, activations, masks, rows, state; one alone is of params and activations.",
)  # fmt: skip
def memory(model: Model, types: tuple[str, ...]) -> None:
    """Print bytes: parameters, what is kept for the backward pass, state, the peak; and bytes moved.

    What an optimizer keeps besides, `symcost report --training` says. Masks and row numbers that are moved count as
    activations.
    """
    from symcost.analysis.memory.widths import Widths
    from symcost.export.memory import Memory, text
    from symcost.export.text import console

    figures = Memory(model, Widths(chosen(types)))
    click.echo(text(figures, console().width), nl=False)
    tell_assumptions(model)


def chosen(types: tuple[str, ...]) -> dict[str, str]:
    """`bf16,state=fp8` as a table."""
    from symcost.analysis.memory.widths import ROLES, WIDTHS

    found: dict[str, str] = {}
    for part in (part.strip() for text in types for part in text.split(",")):
        role, given, type_ = part.rpartition("=")
        if type_.strip() not in WIDTHS:
            raise click.BadParameter(f"there is no type {type_!r}; known: {', '.join(WIDTHS)}", param_hint="--dtype")
        if given and role.strip() not in ROLES:
            raise click.BadParameter(f"nothing is called {role!r}; known: {', '.join(ROLES)}", param_hint="--dtype")
        for one in [role.strip()] if given else ["params", "activations"]:
            found[one] = type_.strip()
    return found
