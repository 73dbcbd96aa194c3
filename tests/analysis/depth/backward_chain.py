"""The longest chain of the backward pass, on a program that is really run back.

The tape of `autodiff` is run backwards with a clock in every number: a gradient that is worked out from others is ready
one step after the last of them, if anything is done to make it; what comes back to a tensor from several uses is added
up in one step more. It shares the syntax tree with the package and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.oracle import autodiff
from tests.oracle.counted import Number, Tally, Tensor

Values = list[Number]


class Moment(float):
    """The value of a gradient, and when it is ready; what is made of it is ready no sooner."""

    time: int

    def __new__(cls, value: float, time: int) -> Moment:
        moment = super().__new__(cls, value)
        moment.time = time
        return moment

    def __neg__(self) -> Moment:
        return Moment(-float(self), self.time)

    def later(self) -> Moment:
        return Moment(self, self.time + 1)


def _of_both(name: str) -> Callable[[Moment, float], Moment]:
    plain = getattr(float, name)

    def made(self: Moment, other: float) -> Moment:
        return Moment(plain(float(self), float(other)), max(self.time, getattr(other, "time", 0)))

    return made


for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv"):
    setattr(Moment, f"__{_name}__", _of_both(f"__{_name}__"))


@contextmanager
def _compared_in_time() -> Iterator[None]:
    """What was not chosen is a zero that had to be waited for."""
    plain = Number.compare

    def compare(self: Number, value: float) -> Number:
        return plain(self, Moment(value, self.value.time) if isinstance(self.value, Moment) else value)

    Number.compare = compare  # type: ignore[method-assign]
    yield
    Number.compare = plain  # type: ignore[method-assign]


@dataclass
class Returned:
    """What has come back to a tensor: of the whole, of parts."""

    whole: list[Values] = field(default_factory=list)
    parts: list[Values] = field(default_factory=list)

    def sum(self) -> Values:
        """All together: added up where there are several; parts are always added to what is there."""
        first, *others = (*self.whole, *self.parts)
        for other in others:
            first = [Number(a.value + b.value, a.tally) for a, b in zip(first, other, strict=True)]
        return _later(first) if others or self.parts else first


def _later(values: Values) -> Values:
    return [Number(n.value.later() if isinstance(n.value, Moment) else n.value, n.tally) for n in values]


@dataclass
class Clocks(autodiff.Backwards):
    """The tape run back, with clocks."""

    returned: dict[int, Returned] = field(default_factory=dict)
    latest: int = 0

    def _gets(self, nodes: Sequence[autodiff.Node], needs: set[int]) -> set[int]:
        """What a result depends on; as in the formula, what is handed on gets a gradient in all rounds or in none."""
        gets = {id(result) for result in self.results}
        groups: set[object] = set()
        while True:
            for node in reversed(nodes):
                handed = node.carry in groups and not node.first
                if handed or any(id(out) in gets and id(out) in needs for out in node.outputs):
                    gets |= {id(node.inputs[n]) for n in node.through}
            found = {n.carry for n in nodes if n.carry and id(n.outputs[0]) in gets and id(n.outputs[0]) in needs}
            if found == groups:
                self._groups = groups
                return gets
            groups = found

    def _take(self, x: Tensor, values: Values, grads: dict[int, Values], views: set[int], fresh: bool) -> None:
        if fresh:
            values = [Number(Moment(n.value, 0), self.tally) for n in values]
        if id(x) in views:
            # A result that is a parameter: its gradient is added to the sum.
            self._arrived(x, _later(values), views)
        else:
            self.returned.setdefault(id(x), Returned()).whole.append(values)

    def _arrived(self, x: Tensor, values: Values, views: set[int]) -> None:
        """At a parameter, or what is only seen otherwise: uses do not wait for each other."""
        known = self.returned.setdefault(id(x), Returned())
        before = known.whole[0] if known.whole else values
        known.whole = [[max(a, b, key=_time) for a, b in zip(before, values, strict=True)]]
        if id(x) in {id(t) for t in self.trained}:
            self.latest = max([self.latest, *map(_time, values)])

    def _back(
        self, node: autodiff.Node, grads: dict[int, Values], needs: set[int], gets: set[int], views: set[int]
    ) -> None:
        wanted = {n for n in node.through if id(node.inputs[n]) in needs and id(node.inputs[n]) in gets}
        live = any(id(out) in needs and id(out) in gets for out in node.outputs)
        if not wanted or not (live or (node.carry in self._groups and not node.first)):
            return
        given = [self._given(out) for out in node.outputs]
        for n in sorted(wanted):
            x = node.inputs[n]
            view = node.view and id(x) in views
            into = id(x) in views and not view
            done = Tally(self.tally)
            values = node.before({n}, given, self.tally)[n] if node.before else node.back(n, given, into, self.tally)
            acted = self.tally != done
            if id(x) in views:
                self._arrived(x, _later(values) if acted else values, views)
            elif node.part:
                self.returned.setdefault(id(x), Returned()).parts.append(values)
            else:
                self.returned.setdefault(id(x), Returned()).whole.append(_later(values) if acted else values)

    def _given(self, out: Tensor) -> Values:
        known = self.returned.get(id(out))
        return known.sum() if known else [Number(0.0, self.tally)] * len(out.data)


def _time(number: Number) -> int:
    return number.value.time if isinstance(number.value, Moment) else -1


def longest(text: str, model: str, values: Mapping[str, Any]) -> int:
    """How many operations of the backward pass of a model must follow one another.

    Raises Unfit where the program cannot be run at these values.
    """
    clocks = autodiff.backwards(text, model, values, kind=Clocks)
    assert isinstance(clocks, Clocks)
    with _compared_in_time():
        clocks.run()
    return clocks.latest
