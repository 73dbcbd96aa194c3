"""A page about an adapter: what stands beside which layers, and what that makes of the whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symcost.adapters.lora import Adapter
from symcost.export.page import Page
from symcost.export.parts import Figure, Heading, Layout, Line, Row, Table
from symcost.formula import Form


def page(adapter: Adapter) -> Page:
    """Each name with its widths, and the sums; multiply-accumulates of a token, or of as many as have a number."""
    title = f"{adapter.base.name} with a LoRA of rank {adapter.rank}"
    return Page(
        title,
        parts=lambda: (_layers(adapter), Table(("what", "figure", "made from"), tuple(_sums(adapter)), Layout.LINES)),
        brief=lambda: (
            Heading(title),
            _layers(adapter),
            Table(("what", "figure", "made from"), tuple(_sums(adapter)), Layout.LINES, stiff=True),
        ),
        data=lambda: _data(adapter),
    )


def _layers(adapter: Adapter) -> Table:
    rows = (
        Row(
            (
                layer.name,
                f"{layer.width} -> {layer.out}",
                Figure(layer.many),
                Figure(layer.parameters(adapter.rank)),
            )
        )
        for layer in adapter.layers
    )
    return Table(("beside", "widths", "layers", "parameters"), tuple(rows))


def _sums(adapter: Adapter) -> Iterator[Row]:
    trained, params = adapter.trained, adapter.params
    share = f"{float(100 * trained / params):.3g} % of all"
    yield Row(("trained", str(trained), share))
    yield Row(("parameters", str(params), "of the base and the adapter"))
    for name, words, form in _macs(adapter):
        number = None if form.free_symbols else adapter.base.number(form)
        yield Row((name, Figure(number, "MAC", form=form), words))


def _macs(adapter: Adapter) -> Iterator[tuple[str, Line, Form]]:
    """What a text of T tokens takes more, and altogether; T may have a number."""
    more, whole = adapter.macs
    yield "more MACs", "beside the base, as long as nothing is merged", more
    yield "MACs", "of the base and the adapter", whole


def _data(adapter: Adapter) -> dict[str, Any]:
    more, whole = adapter.macs
    return {
        "model": adapter.base.name,
        "rank": adapter.rank,
        "layers": [
            {"name": layer.name, "in": layer.width, "out": layer.out, "layers": layer.many} for layer in adapter.layers
        ],
        "trained": adapter.trained,
        "parameters": adapter.params,
        "more_macs": _plain(more),
        "macs": _plain(whole),
    }


def _plain(form: Form) -> int | str:
    """A number, or the formula while it depends on how many tokens there are."""
    return form.source() if form.number is None else int(form.number)
