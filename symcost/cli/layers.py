"""`symcost layers`: what the library holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from symcost.export.catalogue import Entry


@click.command(
    epilog="""\b
Examples:
  symcost layers           every layer: signature, one line, formulas
  symcost layers LSTM      its documentation, source, formulas and text
"""
)
@click.argument("name", required=False)
def layers(name: str | None) -> None:
    """List the layers of the library, or show one.

    The formulas are those of one example, with every option as it is by default.
    """
    from symcost.conventions import load
    from symcost.errors import UnknownLayer
    from symcost.export import catalogue, text
    from symcost.graph.files import library_names

    names = library_names()
    width, convention = text.console().width, load("default")
    if name is None:
        click.echo(catalogue.listing(map(entry, names), convention, width), nl=False)
    elif name in names:
        click.echo(catalogue.page(entry(name), convention, width), nl=False)
    else:
        raise UnknownLayer(name, names)


def entry(name: str) -> Entry:
    """A layer of the library by its name."""
    from symcost.export.catalogue import Entry
    from symcost.graph.files import library_definition
    from symcost.model import Model

    defined = library_definition(name)
    assert defined is not None  # it is listed
    definition = defined.definition
    return Entry(
        signature=" ".join(definition.head.text.split()).removeprefix("module "),
        doc=definition.doc or "",
        source=definition.span.text,
        file=defined.unit.tree.source.name,
        model=Model(defined, defined.unit),
    )
