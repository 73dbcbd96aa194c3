"""One quantity of a model as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from symcost.export.page import Page
from symcost.formula import Form

if TYPE_CHECKING:
    from symcost.export.parts import Line, Part, Piece, Table
    from symcost.formula.assumed import Said
    from symcost.model import Model


def page(model: Model, quantity: str, form: Form, convention: str) -> Page:
    """The formula alone; where a page is a document, with a sentence that says what it counts."""
    return Page(
        model.name,
        parts=lambda: _parts(model, quantity, form, convention),
        records=lambda: _records(model, quantity, form),
        data=lambda: _data(model, quantity, form, convention),
        alone=form,
        symbols=model.symbols,
    )


def _parts(model: Model, quantity: str, form: Form, convention: str) -> Iterator[Part]:
    # A formula alone, which is what most ask for, is there sooner without what a document is made of.
    from symcost.export.parts import Formula, Legend, Letter, Notes, Paragraph
    from symcost.questions import question

    words = question(quantity).words
    which = f" (convention {convention})" if quantity == "flops" else ""
    yield Paragraph(f"{words[0].upper()}{words[1:]} of {model.name}{which}.")
    yield Legend(tuple(Letter(info.name, model.values.get(info.name), info.words) for info in model.symbols))
    yield Notes(in_words(model.assumed_for(quantity)))
    yield Formula(form)


def assumed(model: Model) -> tuple[Line, ...]:
    """All assumptions in one sentence; none where nothing was assumed."""
    return in_words(model.assumptions)


def in_words(facts: Iterable[Said]) -> tuple[Line, ...]:
    """The same for these."""
    from symcost.formula.assumed import Expected

    listed: list[Piece] = []
    for fact in facts:
        listed += [", ", str(fact) if isinstance(fact, Expected) else fact]
    return (("assuming ", *listed[1:]),) if listed else ()


def _records(model: Model, quantity: str, form: Form) -> Table:
    from symcost.export.parts import Row, Table

    value = "" if form.number is None else str(form.number)
    return Table(("model", "quantity", "formula", "value"), (Row((model.name, quantity, form, value)),))


def _data(model: Model, quantity: str, form: Form, convention: str) -> Mapping[str, Any]:
    return {
        "model": model.name,
        "quantity": quantity,
        "convention": convention,
        "assumptions": [str(fact) for fact in model.assumed_for(quantity)],
        "values": {**model.values, **model.expressed},
        "form": form,
        "value": form.number,
    }
