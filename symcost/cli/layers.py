"""`symcost layers`: what the library holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import deliver, result_options

if TYPE_CHECKING:
    from symcost.export.reports.catalogue import Entry


@click.command(
    help="""\
List the layers of the library, or show one.

The formulas are those of one example, with every option as it is by default.
""",
    epilog="""\b
Examples:
  symcost layers           every layer: signature, one line, formulas
  symcost layers LSTM      its documentation, source, formulas and text
""",
)
@click.argument("name", required=False)
@result_options
def layers(name: str | None, writing: str, output: Path | None) -> None:
    """`symcost layers`"""
    from symcost.conventions import load
    from symcost.errors import UnknownLayer
    from symcost.export.reports import catalogue
    from symcost.graph.files import library_names

    names = library_names()
    convention = load("default")
    if name is None:
        page = catalogue.page([entry(each) for each in names], convention)
    elif name in names:
        page = catalogue.layer_page(entry(name), convention)
    else:
        raise UnknownLayer(name, names)
    deliver(page, writing, output)


def entry(name: str) -> Entry:
    """A layer of the library by its name."""
    from symcost.export.reports.catalogue import Entry
    from symcost.graph.files import library_definition
    from symcost.instance import Instance
    from symcost.model import Model

    defined = library_definition(name)
    assert defined is not None  # it is listed
    definition = defined.definition
    return Entry(
        signature=" ".join(definition.head.text.split()).removeprefix("module "),
        doc=definition.doc or "",
        source=definition.span.text,
        file=defined.unit.tree.source.name,
        model=Model(Instance(defined), defined.unit),
    )
