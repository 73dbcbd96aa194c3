"""Steps by scalar: how many scalar operations one entry of a result has to wait for, with all operands at hand.

Sums, products and reductions of n numbers are joined two by two, in ⌈log2 n⌉ steps; everything else of one operation
is worked out as its formula is written, one scalar operation after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from symcost.formula import Assumptions, Form, add, ceil_div, log2, maximum, minimum, mul, num, power
from symcost.graph.graph import Operation
from symcost.ops.base import product
from symcost.ops.contract import Affine, Summand
from symcost.ops.pointwise import POINTWISE, power_counts
from symcost.ops.reduce import REDUCTIONS

ONE = num(1)

Addend = tuple[Form, Form]
"""Numbers that are added: after how many steps they are ready, and how many there are."""


class Unsteady(Exception):
    """How many numbers meet differs from entry to entry, by no rule that is known here."""


class Scalars:
    """The steps of operations by scalar."""

    def __init__(self, assumptions: Assumptions) -> None:
        self._assumptions = assumptions
        self._known: dict[Operation, Form] = {}

    def of(self, operation: Operation) -> Form:
        """The longest chain of scalar operations from the operands to an entry of the result. Raises Unsteady."""
        if operation not in self._known:
            self._known[operation] = self._of(operation)
        return self._known[operation]

    def _of(self, operation: Operation) -> Form:
        given = operation.given
        match operation.kind:
            case "contract":
                return self._contract(given["terms"], given["left"], given["out"], given["extents"])
            case "window":
                inside = [name for name in given["extents"] if name not in given["out"]]
                return self._reduced(given["window"], product([given["extents"][name] for name in inside]))
            case "^":
                counts = power_counts(given.get("exponent"))
                whole = not counts.keys() - {"mul"}
                return self._joined(num(counts.get("mul", 0) + 1)) if whole else num(sum(counts.values()))
            case kind if "fixed" in given:
                return num(POINTWISE[kind].in_turn)
            case kind if kind in REDUCTIONS:
                gone = {axis % len(operation.inputs[0].shape) for axis in given["axis"]}
                return self._reduced(kind, product([s for n, s in enumerate(operation.inputs[0].shape) if n in gone]))
            case _:
                assert not operation.cost.counts, operation.kind
                return num(0)

    def _joined(self, count: Form) -> Form:
        """Two by two, from any number to one."""
        return ceil_div(log2(count if self._assumptions.at_least(count, ONE) else maximum(count, ONE)))

    def _reduced(self, name: str, count: Form) -> Form:
        """Joined two by two, and what is done once behind it (a mean's factor)."""
        return add(self._joined(count), sum(not less for _, less in REDUCTIONS[name]))

    # Index notation -------------------------------------------------------------------------------

    def _contract(
        self, summands: Iterable[Summand], left: Sequence[Affine], out: Sequence[str], extents: Mapping[str, Form]
    ) -> Form:
        scattered = [axis for axis in left if axis.plain is None]
        meeting = product([_meeting(axis, extents) for axis in scattered])
        addends = [self._summand(summand, out, extents, meeting) for summand in summands]
        # Where an entry of the result collects what is scattered, everything is added into a zero.
        return self._summed([*addends, (num(0), ONE)] if scattered else addends)

    def _summand(self, summand: Summand, out: Sequence[str], extents: Mapping[str, Form], meeting: Form) -> Addend:
        """Its factors multiplied from the left, each index summed as soon as nothing later needs it."""
        ready: Form = num(0)
        for pair in summand.pairs[:-1]:
            gone = dict.fromkeys(n for n in pair.first.names + pair.second.names if n not in pair.kept)
            ready = add(ready, ONE, self._joined(product([extents[name] for name in gone])))
        last = summand.pairs[-1] if summand.pairs else None
        names = last.first.names + last.second.names if last else tuple(n for p in summand.pieces for n in p.names)
        ready = add(ready, int(last is not None))
        many = mul(meeting, product([extents[name] for name in dict.fromkeys(names) if name not in out]))
        if summand.scalars:
            return add(ready, self._joined(many), len(summand.scalars)), ONE
        return ready, many

    def _summed(self, addends: Sequence[Addend]) -> Form:
        """A sum of numbers that are ready after r steps each, in the lowest tree: ⌈log2 Σ 2^r⌉.

        Source  Kraft, A device for quantizing, grouping, and coding amplitude-modulated pulses (1949): leaves r steps
                below the root fit into a tree where the sum of 2^-r is at most 1
        """
        first = addends[0][0]
        weights = (mul(many, power(num(2), add(ready, -first).expand())) for ready, many in addends)
        return add(first, self._joined(add(*weights).expand()))


def _meeting(axis: Affine, extents: Mapping[str, Form]) -> Form:
    """How many places of its indices an affine position of the result has, at most. Raises Unsteady.

    Of c i + j (j one of J) there are as many as multiples of c among J positions in a row, ⌈J/c⌉, but no more than I.
    """
    names = sorted(axis.terms, key=lambda name: axis.terms[name] == 1)
    if len(names) == 1:
        return ONE
    if len(names) > 2 or axis.terms[names[1]] != 1:
        raise Unsteady
    far, near = names
    return minimum(extents[far], ceil_div(extents[near], axis.terms[far]))
