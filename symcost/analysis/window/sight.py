"""Sights: the stretch of an input that the entries of a tensor are made from, and bounds on the layers in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from symcost.formula import Form, Symbol, counter, num
from symcost.formula.parts import mentions

ZERO = num(0)
ENDLESS = counter("∞", 1)
"""Of how many layers it is not known that there are no more."""

Sides = tuple[Form, Form]
BACK, AHEAD, LEAST, MOST = range(4)
"""Layers to the first position, to the last, to any: at least so many; to any: at most so many."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What an entry sees by its own position: from `first` to `last`, both exactly, and through how many layers.

    A way from the first position has at least `layers[BACK]` layers, one from the last at least `layers[AHEAD]`, one
    from any position at least `layers[LEAST]`; from each that is seen there is one through at most `layers[MOST]`.
    `solid`: nothing between the ends is left out, as far as that is known.
    `worked`: the step of a scan that is followed has worked on it already, after all these layers.
    `along`: only along these axes entries may see something else. `parts`: along these an entry may see only a part,
    along those in `split` they surely do.
    `near`: what is seen through no more layers than its own most, where everything else takes more.
    """

    ends: Sides
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
        forms = (form.key for form in (*self.ends, *self.layers))
        return (*forms, self.solid, self.worked, self.along, self.parts, self.split, self.near and self.near.key)

    def moves(self, symbols: Iterable[Symbol]) -> bool:
        """Whether the stretch depends on one of the symbols."""
        return any(mentions(end, symbols) for end in self.ends)

    def may_differ(self, at: Symbol) -> bool:
        """Whether entries may differ along an axis: unless all see the same, all of it through as many layers."""
        uniform = self.solid and not self.parts and self.layers[LEAST].key == self.layers[MOST].key
        return at in self.along and not (uniform and not self.mentions((at,)))

    def differs(self, at: Symbol) -> bool:
        """Whether entries surely differ along an axis: in what they see, or in what they see through few layers."""
        return self.moves((at,)) or (self.near is not None and self.near.moves((at,)))

    def mentions(self, symbols: Iterable[Symbol]) -> bool:
        """Whether the stretch, or the layers to it, depend on one of the symbols."""
        return any(mentions(form, symbols) for form in (*self.ends, *self.layers))

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
        along = frozenset(free for axis in self.along for free in values.get(axis, axis).free_symbols)
        moved = self.each(lambda form: form.substitute(changed) if mentions(form, changed) else form)
        return replace(moved, along=along)

    def through(self, least: int, most: int) -> Sight:
        """The same through so many layers more, at least and at most."""
        more = (least, least, least, most)
        layers = tuple(form + one for form, one in zip(self.layers, more, strict=True))
        return replace(
            self, layers=layers, near=self.near and self.near.through(least, most) if least == most else None
        )

    def unworked(self) -> Sight:
        """Bounds that hold whether or not the step has worked on it."""
        return replace(self.through(0, 1), worked=False) if self.worked else self

    def ended(self) -> Sight:
        """The same when the step is over that has worked on it."""
        return replace(self.through(1, 1), worked=False) if self.worked else self
