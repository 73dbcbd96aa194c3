"""`symcost growth`: how a quantity rises in each dimension."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from symcost.cli.common import convention_option, subject, tell_assumptions
from symcost.cli.formula import asked
from symcost.cli.quantities import Asking, quantity_option

if TYPE_CHECKING:
    from symcost.formula import Assumptions, Form, Symbol
    from symcost.model import Model


@click.command(
    cls=Asking,
    epilog="""\b
Examples:
  symcost growth lstm.arch                      a line for each dimension
  symcost growth attention.arch --in T          Quadratic
  symcost growth transformer.arch --together T,D
""",
)
@subject
@quantity_option
@click.option("--in", "dimension", metavar="NAME", help="Only this dimension.")
@click.option("--together", metavar="NAME,...", help="These dimensions multiplied by one factor.")
@convention_option
def growth(model: Model, quantity: str, dimension: str | None, together: str | None, convention: str) -> None:
    """Print how a quantity rises in each dimension, with the leading term, while the others stay as they are.

    Where a `min` or `max` compares dimensions, each side of it is told by itself.
    """
    from symcost.analysis.growth.growth import regimes
    from symcost.analysis.growth.orders import order

    form = asked(model, quantity, convention)
    names = [info.name for info in model.symbols if info.name not in model.values]
    wanted = [dimension] if dimension else _listed(together) if together else names
    symbols = [_dimension(model, name) for name in wanted]
    found = regimes(form, model.built.sizes.assumptions, symbols)
    lines: list[str] = []
    for regime in found:
        lines += ["", f"where {regime}"][not lines :] if str(regime) else []
        lines.append(str(regime.form))
        lines += _together(regime.form, symbols) if together else _each(regime.form, symbols, regime.assumptions)
        if not dimension and not together:
            lines.append(f"  O({order(regime.form, regime.assumptions, names)})")
    click.echo("\n".join(line.rstrip() for line in lines))
    tell_assumptions(model)


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _dimension(model: Model, name: str) -> Symbol:
    """Raises UnknownDimension."""
    from symcost.errors import UnknownDimension
    from symcost.formula import symbol

    if name not in model.ports:
        raise UnknownDimension(name, model.name, model.ports)
    return symbol(name)


def _each(form: Form, symbols: list[Symbol], assumptions: Assumptions) -> Iterator[str]:
    """A line for each dimension: its name, the order, the leading term."""
    from symcost.analysis.growth.growth import rises

    rows = [(symbol.name, rises(form, symbol, assumptions)) for symbol in symbols]
    name = max((len(row[0]) for row in rows), default=0)
    kind = max((len(row[1].growth.kind) for row in rows), default=0)
    for symbol, risen in rows:
        yield f"  {symbol:<{name}}  {risen.growth.kind:<{kind}}  {risen}"


def _together(form: Form, symbols: list[Symbol]) -> Iterator[str]:
    from symcost.analysis.growth.growth import together

    grown = together(form, symbols)
    yield f"  {', '.join(s.name for s in symbols)} times {grown.symbol}  {grown.kind}  {grown.leading}"
