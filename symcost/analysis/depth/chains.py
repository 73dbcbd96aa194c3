"""Chains: operations that must follow one another, each of which waits for the one before it.

A **chain** is told by its length only, a formula for its number of steps. A **start** is the value that it sets out
from: where a block is followed once for all the places in which it stands, nobody knows yet what leads to its inputs,
so their chains set out from starts and are put behind the real ones later. A chain without a start sets out from the
beginning, where everything given is at hand. A chain may **need** something: it is there only where its needs, which
are formulas, are 0 or more; a chain through the second part of an axis is there from the position on at which this part
begins. A **turn** is a way round a loop from a carried value back to itself (`turns.py`).
"""

from __future__ import annotations

from collections.abc import Iterable

from symcost.formula import Form, Symbol, add, num
from symcost.formula.parts import mentions
from symcost.records import dataclass


class Underived(Exception):
    """No formula was found; the words say why."""


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Where chains set out that are measured from a value whose own chains are put in later. Compared by identity.

    `late`: some chain always leads to the value, and none that sets out from the beginning is shorter than nothing; so
    a chain from here covers one from the beginning that is no longer.
    """

    late: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that leads to the numbers of a tensor: its steps, by their position, from `start` (None: the beginning).

    It is there only where every one of `needs` is 0 or more.
    """

    start: Start | None
    steps: Form
    needs: tuple[Form, ...] = ()

    def mentions(self, symbols: Iterable[Symbol]) -> bool:
        """Whether its length, or its being there, depends on one of the symbols."""
        return mentions(self.steps, symbols) or any(mentions(need, symbols) for need in self.needs)

    def longer(self, steps: Form | int, needs: tuple[Form, ...] = ()) -> Chain:
        """The same chain and more steps."""
        return Chain(self.start, add(self.steps, steps), self.needs + needs)


Chains = tuple[Chain, ...]

BEGINNING = Chain(None, num(0))
"""The chain without steps: to what is at hand at the beginning."""
