"""Sights: the stretch of an input that the entries of a tensor are made from, and bounds on the layers in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from symcost.formula import Form, Symbol, counter, num
from symcost.formula.parts import mentions
from symcost.records import dataclass

ZERO = num(0)
ENDLESS = counter("∞", 1)
"""Of how many layers it is not known that there are no more."""

BACK, AHEAD, LEAST, MOST = range(4)
"""Layers to the first position, to the last, to any: at least so many; to any: at most so many."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What an entry sees by its own position: from the first to the last of its ends, both exactly, and how near.

    A way from the first position has at least `layers[BACK]` layers, one from the last at least `layers[AHEAD]`, one
    from any position at least `layers[LEAST]`; from each that is seen there is one through at most `layers[MOST]`.
    `solid`: nothing between the ends is left out, as far as that is known.
    `worked`: the step of a scan that is followed has worked on it already, after all these layers.
    `along`: only along these axes entries may see something else. `parts`: along these an entry may see only a part,
    along those in `split` they surely see something else.
    `near`: what is seen through no more layers than its own most, where everything else takes more.
    """

    ends: tuple[Form, Form]
    layers: tuple[Form, ...] = (ZERO, ZERO, ZERO, ZERO)
    solid: bool = True
    worked: bool = False
    along: frozenset[Symbol] = frozenset()
    parts: frozenset[Symbol] = frozenset()
    split: frozenset[Symbol] = frozenset()
    near: Sight | None = None

    @property
    def first(self) -> Form:
        """The first position that is seen; before the beginning where padding stands there."""
        return self.ends[BACK]

    @property
    def last(self) -> Form:
        """The last one."""
        return self.ends[AHEAD]

    @property
    def key(self) -> tuple[object, ...]:
        """What tells whether one is the same as another."""
        forms = (form.key for form in (*self.ends, *self.layers))
        return (*forms, self.solid, self.worked, self.along, self.parts, self.split, self.near and self.near.key)

    def moves(self, at: Symbol) -> bool:
        """Whether the stretch, or what is near, surely depends on a position."""
        return any(mentions(end, (at,)) for end in self.ends) or (self.near is not None and self.near.moves(at))

    def mentions(self, at: Symbol) -> bool:
        """Whether the stretch, or the layers to it, depend on a position."""
        return self.moves(at) or any(mentions(form, (at,)) for form in self.layers)

    def may_differ(self, at: Symbol) -> bool:
        """Whether entries may differ along an axis: unless all see the same, all of it through as many layers."""
        uniform = self.solid and not self.parts and self.layers[LEAST].key == self.layers[MOST].key
        return at in self.along and not (uniform and not self.mentions(at))

    def each(self, change: Callable[[Form], Form]) -> Sight:
        """The same with every form changed."""
        near = self.near and self.near.each(change)
        first, last = map(change, self.ends)
        return replace(self, ends=(first, last), layers=tuple(map(change, self.layers)), near=near)

    def put(self, values: Mapping[Symbol, Form]) -> Sight:
        """The same for other positions."""
        changed = {symbol: value for symbol, value in values.items() if symbol.key != value.key}
        if not changed:
            return self
        moved = self.each(lambda form: form.substitute(changed) if mentions(form, changed) else form)
        along = frozenset(free for axis in self.along for free in values.get(axis, axis).free_symbols)
        return replace(moved, along=along, parts=_left(self.parts, values), split=_left(self.split, values))

    def through(self, least: int, most: int) -> Sight:
        """The same through so many layers more, at least and at most."""
        more = (least, least, least, most)
        layers = tuple(form + one for form, one in zip(self.layers, more, strict=True))
        near = self.near.through(least, most) if self.near is not None and least == most else None
        return replace(self, layers=layers, near=near)

    def ended(self) -> Sight:
        """The same when the step is over that has worked on it."""
        return replace(self.through(1, 1), worked=False) if self.worked else self


def _left(axes: Iterable[Symbol], values: Mapping[Symbol, Form]) -> frozenset[Symbol]:
    """Axes under their new names; none for those along which one entry is read, wherever that is."""
    moved = [values.get(axis, axis) for axis in axes]
    return frozenset(axis for axis in moved if isinstance(axis, Symbol))
