"""`symcost formula` and `symcost latex`: one quantity, as text or as LaTeX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from symcost.cli.common import (
    all_option,
    convention_option,
    deliver,
    output_option,
    result_options,
    subject,
    tell_assumptions,
)
from symcost.cli.output import put
from symcost.cli.quantities import Asking, quantity_option

if TYPE_CHECKING:
    from symcost.formula import Form
    from symcost.model import Model

FORMS = ("author", "factored", "expanded", "collected")
"""The first is the order of the text; the others are made by SymPy, which sorts."""


@click.command(
    cls=Asking,
    help="""\
Print a formula, or its exact value.

The value, when all dimensions have numbers. Assumptions that were needed stand on standard error.
""",
    epilog="""\b
Examples:
  symcost formula elman.arch                    (I·H + H·H)·T
  symcost formula elman.arch --of params        I·H + H·H + H
  symcost formula elman.arch T=100 I=64 H=128   2457600
""",
)
@subject
@quantity_option
@click.option(
    "--form",
    "order",
    type=click.Choice(FORMS),
    default="author",
    show_default=True,
    help="In which order of terms and factors.",
)
@convention_option
@result_options
def formula(model: Model, quantity: str, order: str, convention: str, writing: str, output: Path | None) -> None:
    """`symcost formula`"""
    from symcost.export.reports.formula import page

    form = asked(model, quantity, convention)
    deliver(page(model, quantity, ordered(form, order), convention), writing, output)
    if form.number is None:
        tell_assumptions(model, quantity)


def asked(model: Model, quantity: str, convention: str) -> Form:
    """A quantity of the model by its name; what weighs operations does it under the convention."""
    return model.quantity(quantity, convention=convention).form


def ordered(form: Form, order: str) -> Form:
    """The formula in the order of the text, or as SymPy factors, expands or collects it."""
    if order == "author" or form.number is not None:
        return form
    from symcost.formula.algebra import from_sympy

    change = {"factored": form.factored, "expanded": form.expanded, "collected": form.collected}[order]
    return from_sympy(change())


@click.command(
    cls=Asking,
    help="""\
Print a formula, or a table of the blocks, as LaTeX.
""",
    epilog="""\b
Examples:
  symcost latex elman.arch                      (I \\cdot H + H \\cdot H) \\cdot T
  symcost latex elman.arch --kind table
  symcost latex elman.arch --kind table --standalone -o elman.tex && pdflatex elman
""",
)
@subject
@quantity_option
@click.option(
    "--kind",
    type=click.Choice(["formula", "table"]),
    default="formula",
    show_default=True,
    help="What to set.",
)
@click.option(
    "--depth",
    type=click.IntRange(0),
    default=2,
    show_default=True,
    help="How deep the table goes into blocks.",
)
@all_option
@click.option("--standalone", is_flag=True, help="A whole document, ready for pdflatex.")
@convention_option
@output_option
def latex(
    model: Model, quantity: str, kind: str, depth: int, every: bool, standalone: bool, convention: str,
    output: Path | None,
) -> None:  # fmt: skip
    """`symcost latex`"""
    from symcost.conventions import load
    from symcost.export.reports import blocks, formula
    from symcost.export.summary import Summary
    from symcost.export.writings import latex as writing

    if kind == "table":
        for_formulas_only({"quantity": "--of", "convention": "--convention"})
        page = blocks.set_page(Summary(model, load(convention)), depth, every=every)
    else:
        page = formula.page(model, quantity, asked(model, quantity, convention), load(convention).name)
    if standalone:
        put(writing.standalone(page), output)
    else:
        deliver(page, "latex", output)
    tell_assumptions(model, quantity if kind == "formula" else None)


def for_formulas_only(options: dict[str, str]) -> None:
    """Raises UsageError where one of these options is given with a table, which shows parameters and MACs."""
    context = click.get_current_context()
    for name, option in options.items():
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"`{option}` belongs to `--kind formula`: the table shows parameters and MACs")
