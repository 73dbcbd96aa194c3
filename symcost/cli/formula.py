"""`symcost formula`: one quantity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from symcost.cli.common import (
    convention_option,
    deliver,
    result_options,
    subject,
    tell_assumptions,
    tell_expected,
)
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
    else:
        tell_expected(model, quantity)


def asked(model: Model, quantity: str, convention: str) -> Form:
    """A quantity of the model by its name; what weighs operations does it under the convention."""
    return model.quantity(quantity, convention=convention).form


def ordered(form: Form, order: str) -> Form:
    """The formula in the order of the text, or as SymPy factors, expands or collects it."""
    from symcost.formula.algebra import in_order

    return in_order(form, order)
