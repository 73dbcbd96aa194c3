"""Marks: symbols that stand for one step of one operation, so that a length says which operations it is made of."""

from __future__ import annotations

from symcost.formula import Form, Symbol, counter, num
from symcost.graph.graph import Block, Operation

Place = tuple[tuple[Block, ...], Operation | Block]
"""An operation, or a block that takes steps of its own, and the calls around it."""


class Marks:
    """A symbol for each operation in each place, to stand for one of its steps."""

    def __init__(self) -> None:
        self._marks: dict[Place, Symbol] = {}
        self._ones: dict[Symbol, Form] = {}

    def of(self, place: Place) -> Symbol:
        """The symbol of an operation in a place."""
        if place not in self._marks:
            self._marks[place] = counter("step", 1)
            self._ones[self._marks[place]] = num(1)
        return self._marks[place]

    def plain(self, form: Form) -> Form:
        """The length that is meant."""
        return form.substitute(self._ones)

    def waits(self, steps: Form) -> dict[Place, Form]:
        """How many steps each operation takes part with, where there are any."""
        none = dict.fromkeys(self._ones, num(0))
        present = set(steps.free_symbols)
        waits: dict[Place, Form] = {}
        for place, mark in self._marks.items():
            share = steps.substitute({**none, mark: num(1)}).expand() if mark in present else num(0)
            if share != 0:
                waits[place] = share
        return waits
