"""`symcost memory`: what a model needs in memory, and what it moves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import deliver, result_options, subject, tell_assumptions

if TYPE_CHECKING:
    from symcost.model import Model


@click.command(
    help="""\
Print bytes: parameters, what is kept for the backward pass, state, the peak; and bytes moved.

What an optimizer keeps besides, `symcost report --training` says. Where each operation is by itself, masks and row
numbers that are moved count as activations, and frozen parameters and buffers as params.
""",
    epilog="""\b
Examples:
  symcost memory gpt2.arch --config small T=1024 --dtype bf16
  symcost memory decoder.arch --dtype params=q4_k_m,state=fp8
  symcost memory decoder.arch --dtype bf16,params=4.5bit
""",
)
@subject
@click.option(
    "--dtype", "types", multiple=True, metavar="TYPE|ROLE=TYPE,...",
    help="Types of params, frozen, buffers, activations, masks, rows, state; one alone is of params, buffers and "
    "activations. A type is bf16, int8, ..., a layout of files such as q4_0, or bits as in 4.5bit.",
)  # fmt: skip
@result_options
def memory(model: Model, types: tuple[str, ...], writing: str, output: Path | None) -> None:
    """`symcost memory`"""
    from symcost import pages

    deliver(pages.memory(model, chosen(types)), writing, output)
    tell_assumptions(model)


def chosen(types: tuple[str, ...], more: tuple[str, ...] = ()) -> dict[str, str]:
    """`bf16,state=fp8` as a table; `more` are roles beside those of what is stored."""
    from symcost.analysis.memory.widths import ALL

    by_role: dict[str, str] = {}
    named: set[str] = set()
    for part in ",".join(types).split(",") if types else ():
        role, given, type_ = map(str.strip, part.rpartition("="))
        demand_known(role if given else None, type_, more)

        # Nobody means two types for one thing.
        if role in named:
            raise click.BadParameter(f"{role or 'a type of all'!r} is given twice", param_hint="--dtype")
        named.add(role)
        for name in (role,) if given else ALL:
            by_role[name] = type_
    return by_role


def demand_known(role: str | None, type_: str, more: tuple[str, ...]) -> None:
    """A role and a type that there are; wrong use else."""
    from symcost.analysis.memory.widths import ROLES, unknown_type, width

    if width(type_) is None:
        raise click.BadParameter(unknown_type(type_), param_hint="--dtype")
    known = (*ROLES, *more)
    if role is not None and role not in known:
        raise click.BadParameter(f"nothing is called {role!r}; known: {', '.join(known)}", param_hint="--dtype")
