"""Workload: what a model asks of any machine, as formulas over its sizes: work, bytes, loops, memory."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from symcost.analysis.memory.again import Again, ReadAgain
from symcost.analysis.memory.handed import Handed
from symcost.analysis.memory.state import State
from symcost.cost import Cost
from symcost.formula import Form, add, mul, num
from symcost.hardware.types import Types
from symcost.questions import Subject
from symcost.questions.counts import operations
from symcost.questions.memory import moved
from symcost.records import dataclass

STORED = ("params", "frozen", "buffers")
"""Roles that a batch shares."""


@dataclass(frozen=True, slots=True)
class Workload:
    """One example: operations by class, and numbers moved by role (see `widths.ROLES`).

    `batch` examples are worked on together: they share the parameters, and everything else is done for each.
    """

    cost: Cost
    moved: Mapping[str, Form]
    again: tuple[Again, ...]
    batch: Form

    def operations(self, name: str) -> Form:
        """How many of a class, of the whole batch."""
        return mul(self.cost[name], self.batch)

    def bytes(self, numbers: Mapping[str, Form], types: Types) -> Form:
        """Bytes of numbers by role, those of each example for all of them."""
        parts = [mul(num(types.bytes(role)), form, self._times(role)) for role, form in numbers.items()]
        return add(num(0), *parts)

    def compulsory(self, types: Types) -> Form:
        """Bytes that cross between memory and chip at least once: inputs, results, parameters, carried state."""
        return self.bytes(self.moved, types)

    def fetched_again(self, types: Types, on_chip: Fraction) -> tuple[Form, ...]:
        """For each loop bytes that its further rounds fetch at least where so many stay on the chip; none if negative.

        Bytes   sum over all rounds but the first of W - on_chip
        """
        fetched = (add(self.bytes(loop.numbers, types), -mul(num(on_chip), loop.rounds)) for loop in self.again)
        return tuple(form for form in fetched if form.number is None or form.number > 0)

    def read_by_a_round(self, loop: Again, types: Types) -> Form:
        """Bytes that one further round of a loop reads again, unless they stay on the chip."""
        return self.bytes(loop.first, types)

    def _times(self, role: str) -> Form:
        return num(1) if role in STORED else self.batch


def workload(subject: Subject, batch: Form | int = 1, *, every: bool = False) -> Workload:
    """What a model asks; under `choose` of as few alternatives as one example takes, with `every` of all of them."""
    size = batch if isinstance(batch, Form) else num(batch)
    again = ReadAgain(subject.assumptions).of(subject.graph)
    return Workload(operations(subject), moved(subject, every=every), again, size)


def carried(subject: Subject) -> Form:
    """Numbers of one example that are kept from step to step: what loops and `cached` keep, and caches that come in."""
    own = State().of(subject.graph)
    handed_on = Handed().of(subject.graph, [port.size for port in subject.graph.ports])
    if all(form == 0 for form in handed_on):
        return own

    # Caches that are inputs are read, and what is added to them is written.
    return add(own, moved(subject).get("state", num(0)))
