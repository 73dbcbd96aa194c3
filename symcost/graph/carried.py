"""What a loop carries from round to round: each value before the loop, at both ends of a round, and after the loop."""

from __future__ import annotations

from dataclasses import field

from symcost.diagnostics import Span
from symcost.errors import CarriedShape, WrongKind
from symcost.formula import Form, Symbol
from symcost.graph.expressions import shape_of, tensor
from symcost.graph.frame import Frame
from symcost.graph.graph import Carried, Shape, Tensor
from symcost.graph.values import Broken, Poisoned, described
from symcost.ops import constants
from symcost.records import dataclass
from symcost.syntax import ast


@dataclass(frozen=True, slots=True)
class Open:
    """A carried value while the body of its loop is built."""

    name: str
    initial: Tensor
    start: Tensor
    span: Span


@dataclass(slots=True)
class Carrying:
    """The carried values of a loop: opened in front of its body, closed behind it."""

    frame: Frame
    body: Frame
    counter: Symbol
    opened: list[Open] = field(default_factory=list)

    def declare(self, carry: ast.Carry, zeros: bool) -> None:
        """A value declared behind `with`: its shape in each round, and what it is before the first.

        Without an initial value it begins with `zeros`, or with what the name means outside.
        """
        frame, name = self.frame, carry.name.text
        declared = shape_of(carry.shape, self.body, least=0)
        first = self._in_round(declared, self.counter.low)
        if carry.init is not None:
            initial = tensor(carry.init, frame)
        elif zeros:
            initial = frame.apply((), constants.zeros(frame.site(carry.span), first), carry.span)
        else:
            initial = tensor(carry.name, frame)
        self._same(name, first, initial, carry.shape.span, "at the first round")
        self.open(Open(name, initial, Tensor(declared, carry.name.span), carry.shape.span))

    def open(self, value: Open) -> None:
        """Make a value known in the body."""
        self.body.names[value.name] = value.start
        self.opened.append(value)

    def close(self, value: Open) -> Carried:
        """The value at the end of a round, against its shape at the start of the next. Raises CarriedShape."""
        end = self._end(value)
        following = tuple(size.substitute({self.counter: self.counter + 1}) for size in value.start.shape)
        self._same(value.name, following, end, value.span, "after a round")
        behind = self.counter if self.counter.high is None else self.counter.high
        last = self._in_round(value.start.shape, behind)
        return Carried(value.name, value.initial, value.start, end, Tensor(last, value.span))

    def _end(self, value: Open) -> Tensor:
        """What the body leaves under the name of a value. Raises WrongKind, Poisoned."""
        end = self.body.names.get(value.name)
        if isinstance(end, Tensor):
            return end
        if isinstance(end, Broken):
            raise Poisoned
        raise WrongKind("a tensor", "nothing" if end is None else described(end), value.span)

    def _in_round(self, shape: Shape, number: Form) -> Shape:
        """A shape in the round with a number."""
        return tuple(self.frame.sizes.tidy(size.substitute({self.counter: number})) for size in shape)

    def _same(self, name: str, wanted: Shape, value: Tensor, declared: Span, when: str) -> None:
        """Raises CarriedShape where a value has another shape than its declaration says."""
        sizes = self.frame.sizes
        if len(wanted) != len(value.shape):
            raise CarriedShape(name, wanted, value.shape, declared, value.span, when)
        for want, have in zip(wanted, value.shape, strict=True):
            verdict = sizes.compare(have, sizes.tidy(want))
            if verdict.kind != "equal":
                raise CarriedShape(name, wanted, value.shape, declared, value.span, when, verdict)
