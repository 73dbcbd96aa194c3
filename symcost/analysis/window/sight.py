"""Sights: the stretch of an input that every entry of a tensor is made from, and through how many layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeVar

from symcost.formula import Form, Symbol, num
from symcost.formula.parts import mentions

Direction = Literal[-1, 1]
BACK: Direction = -1
AHEAD: Direction = 1


@dataclass(frozen=True, slots=True)
class Nearer:
    """A position that is nearer, if None any of them, and through how many layers it is seen at least."""

    position: Form | None
    layers: Form

    @property
    def forms(self) -> tuple[Form, ...]:
        return (self.layers,) if self.position is None else (self.position, self.layers)

    def put(self, values: Mapping[Symbol, Form]) -> Nearer:
        """The same for other positions."""
        position = None if self.position is None else self.position.substitute(values)
        return Nearer(position, self.layers.substitute(values))


@dataclass(frozen=True, slots=True)
class End:
    """The farthest position in one direction, by the entry that sees it, and the fewest layers on a path from there.

    It is seen where every one of `needs` is 0 or more. `worked`: the last of its layers is the step of a scan that is
    followed. `others`: nearer positions that may take fewer layers and are followed no more; once one of them may be as
    far, at the edge of the input, the layers are a bound (`at_most`).
    """

    position: Form
    layers: Form
    needs: tuple[Form, ...] = ()
    worked: bool = False
    others: tuple[Nearer, ...] = ()
    at_most: bool = False

    @property
    def forms(self) -> tuple[Form, ...]:
        return (self.position, self.layers, *self.needs, *(form for other in self.others for form in other.forms))

    @property
    def key(self) -> tuple[object, ...]:
        return (len(self.others), self.at_most, self.worked, *(form.key for form in self.forms))

    def mentions(self, symbols: Iterable[Symbol]) -> bool:
        return any(mentions(form, symbols) for form in self.forms)

    def put(self, values: Mapping[Symbol, Form]) -> End:
        """The same for other positions."""
        needs = tuple(form.substitute(values) for form in self.needs)
        others = tuple(other.put(values) for other in self.others)
        position, layers = self.position.substitute(values), self.layers.substitute(values)
        return replace(self, position=position, layers=layers, needs=needs, others=others)

    def through(self, layers: Form) -> End:
        """The same through so many layers more."""
        others = tuple(Nearer(other.position, other.layers + layers) for other in self.others)
        return replace(self, layers=self.layers + layers, others=others)

    def beside(self, *hidden: End) -> End:
        """An end, and the nearer positions of such as it hides."""
        others = [*self.others, *(other for end in hidden for other in end.others)]
        return replace(self, others=once(others)) if others else self

    def nearer(self, end: End) -> Nearer:
        """Another end as one of the nearer positions; what works on both may have done so on that one already."""
        return Nearer(end.position, num(0) if end.at_most else end.layers if self.worked else before(end))


Ends = tuple[End, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Positions that are all seen, each through so many layers at most, where every one of `needs` is 0 or more."""

    first: Form
    last: Form
    layers: Form
    needs: tuple[Form, ...] = ()
    worked: bool = False

    @property
    def forms(self) -> tuple[Form, ...]:
        return (self.first, self.last, self.layers, *self.needs)

    @property
    def case(self) -> frozenset[int]:
        """What it needs."""
        return frozenset(need.key for need in self.needs)

    @property
    def key(self) -> tuple[object, ...]:
        return (self.worked, *(form.key for form in self.forms))

    def mentions(self, symbols: Iterable[Symbol]) -> bool:
        return any(mentions(form, symbols) for form in self.forms)

    def put(self, values: Mapping[Symbol, Form]) -> Stretch:
        """The same for other positions."""
        first, last, layers, *needs = (form.substitute(values) for form in self.forms)
        return Stretch(first, last, layers, tuple(needs), self.worked)

    def through(self, layers: Form) -> Stretch:
        """The same through so many layers more."""
        return replace(self, layers=self.layers + layers)


Stretches = tuple[Stretch, ...]
Seen = TypeVar("Seen", End, Stretch)


def before(seen: End | Stretch) -> Form:
    """The layers before the step that is followed; outside of steps all of them."""
    return seen.layers - 1 if seen.worked else seen.layers


class Change(Protocol):
    """What is done to ends and stretches alike."""

    def __call__(self, seen: Seen, /) -> Seen: ...


def further(seen: Seen) -> Seen:
    """Through one layer more."""
    return seen.through(num(1))


def stepped(seen: Seen) -> Seen:
    """What the step that is followed has worked on."""
    return seen if seen.worked else replace(seen.through(num(1)), worked=True)


def ended(seen: Seen) -> Seen:
    """The same when the step is over."""
    return replace(seen, worked=False)


@dataclass(frozen=True, slots=True)
class Sight:
    """What an entry sees: its farthest positions back and ahead; several where none is always the farthest.

    Of the positions in between those of `surely` are seen; others may be left out.
    """

    back: Ends = ()
    ahead: Ends = ()
    surely: Stretches = ()

    def __bool__(self) -> bool:
        return bool(self.back)

    @property
    def ends(self) -> Ends:
        """Those of both directions."""
        return (*self.back, *self.ahead)

    def mentions(self, symbols: Sequence[Symbol]) -> bool:
        return any(end.mentions(symbols) for end in self.ends) or any(one.mentions(symbols) for one in self.surely)

    def each(self, change: Change) -> Sight:
        """With every end and every stretch changed."""
        back, ahead = (tuple(map(change, ends)) for ends in (self.back, self.ahead))
        return Sight(back, ahead, tuple(map(change, self.surely)))

    def towards(self, direction: Direction) -> Ends:
        return self.back if direction == BACK else self.ahead

    @property
    def key(self) -> tuple[object, ...]:
        ends = (tuple(end.key for end in self.back), tuple(end.key for end in self.ahead))
        return (*ends, tuple(stretch.key for stretch in self.surely))


NOTHING = Sight()


def bound(end: End) -> End:
    """An end through so many layers at most."""
    return replace(end, at_most=True)


def once(others: Iterable[Nearer]) -> tuple[Nearer, ...]:
    """Without those that are there already."""
    return tuple({tuple(form.key for form in other.forms): other for other in others}.values())
