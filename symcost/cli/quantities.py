"""`--of`: which question is asked; `--help` lists those there are, with words and units."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from symcost.questions import Kind


class Quantities(click.Option):
    """An option that names questions; `kinds` are those that it takes, all where none is named."""

    def __init__(self, *args: Any, kinds: tuple[Kind, ...] = (), **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.kinds = kinds


class Asking(click.Command):
    """A command with such an option; its help ends with the questions."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The questions stand before the examples."""
        from symcost.questions import questions

        for option in self.params:
            if isinstance(option, Quantities):
                known = questions(*option.kinds).values()
                with formatter.section("Quantities"):
                    formatter.write_dl([(asked.name, asked.described) for asked in known])
        super().format_epilog(ctx, formatter)


def quantity_option(command: Callable[..., None]) -> Callable[..., None]:
    """`--of macs`"""
    return click.option(
        "--of", "quantity", cls=Quantities, default="macs", show_default=True, metavar="QUANTITY",
        help="What is asked; see below.",
    )(command)  # fmt: skip


def explained_option(command: Callable[..., None]) -> Callable[..., None]:
    """`--of macs`, of what can be followed to the lines of the text."""
    return click.option(
        "--of", "quantity", cls=Quantities, kinds=("sum", "placed", "depth"), default="macs", show_default=True,
        metavar="QUANTITY", callback=_explained, help="What is asked; see below.",
    )(command)  # fmt: skip


def _explained(ctx: click.Context, option: click.Parameter, name: str) -> str:
    from symcost.questions import questions

    if name not in questions("sum", "placed", "depth"):
        raise click.BadParameter(f"{name!r} is neither a sum over the lines nor a depth", ctx, option)
    return name
