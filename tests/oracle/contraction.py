"""Index notation, run as the loops that it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from tests.oracle.counted import Number, Tally, Tensor, Unfit, join, multiply_accumulate, positions

Extents = dict[str, int]
Place = Mapping[str, int]


@dataclass(frozen=True)
class Affine:
    """`2*t + 3*k + 1` of index names."""

    factors: Mapping[str, int]
    constant: int = 0

    @property
    def alone(self) -> str | None:
        """The name, where it is nothing but a name."""
        match list(self.factors.items()):
            case [(name, 1)] if self.constant == 0:
                return name
        return None

    def at(self, place: Place) -> int:
        return self.constant + sum(c * place[name] for name, c in self.factors.items())

    def last(self, extents: Place) -> int:
        """The largest value it takes."""
        return self.constant + sum(c * (extents[name] - 1) for name, c in self.factors.items())


@dataclass(frozen=True)
class Looked:
    """A place that a table says, which is a tensor with an index on each axis; taken round the axis that it is of."""

    table: Operand
    size: int
    alone: None = None

    @property
    def factors(self) -> Mapping[str, int]:
        return dict.fromkeys(self.table.names, 1)

    def at(self, place: Place) -> int:
        return int(self.table.at(place).value) % self.size

    def last(self, extents: Place) -> int:
        return self.size - 1


@dataclass(frozen=True)
class Operand:
    """A tensor with one affine expression for each axis."""

    tensor: Tensor
    items: tuple[Affine | Looked, ...]

    @property
    def names(self) -> dict[str, None]:
        """Its index names, in order."""
        return {name: None for item in self.items for name in item.factors}

    def at(self, place: Place) -> Number:
        position = [item.at(place) for item in self.items]
        # A leading axis of size 1 is broadcast, as in NumPy.
        for axis, item in enumerate(self.items):
            if self.tensor.shape[axis] == 1 and leading(item):
                position[axis] = 0
        return self.tensor.at(position)


@dataclass(frozen=True)
class Term:
    """One product of the sum: its operands, the static numbers it is scaled by, and its sign."""

    operands: tuple[Operand, ...]
    scales: tuple[tuple[str, Number], ...] = ()
    negative: bool = False

    @property
    def names(self) -> dict[str, None]:
        return {name: None for operand in self.operands for name in operand.names}


def leading_name(axis: int) -> str:
    """The name of an axis behind `...`, counted from the last of them."""
    return f"...{axis}"


def leading(item: Affine | Looked) -> bool:
    return item.alone is not None and item.alone.startswith("...")


@dataclass(frozen=True)
class Contraction:
    """One statement in index notation. `extents` are those known beforehand, and then all of them."""

    left: Sequence[Affine]
    terms: Sequence[Term]
    tally: Tally
    extents: Extents

    def added(self, into: Operand) -> Tensor:
        """Every product is accumulated, then put where the left side says: on what is there."""
        operands = [into, *(o for term in self.terms for o in term.operands)]
        find_extents(operands, self.extents)
        terms = [self.narrowed(term) for term in self.terms]
        values = {place: into.tensor.at(place).value for place in positions(into.tensor.shape)}
        for term in terms:
            for place in places(list(into.names), self.extents):
                value = self.value(term, place, True, Number(0.0, self.tally))
                values[tuple(item.at(place) for item in into.items)] += value.value if value else 0.0
        return Tensor(into.tensor.shape, [Number(value, self.tally) for value in values.values()])

    def run(self) -> Tensor:
        find_extents([o for term in self.terms for o in term.operands], self.extents)
        if unknown := self.wanted - set(self.extents):
            raise Unfit(f"nothing gives an extent to {unknown}")
        terms = [self.narrowed(term) for term in self.terms]
        return self.gather(terms) if all(item.alone for item in self.left) else self.scatter(terms)

    @property
    def wanted(self) -> set[str]:
        """The index names of the left side."""
        return {name for item in self.left for name in item.factors}

    def narrowed(self, term: Term) -> Term:
        """The term with at most two operands: pairs from the left, each index summed as soon as it may be."""
        operands = list(term.operands)
        while len(operands) > 2:
            first, second, *later = operands
            needed = self.wanted | {name for o in later for name in o.names}
            operands = [self.pair(first, second, needed), *later]
        return Term(tuple(operands), term.scales, term.negative)

    def pair(self, first: Operand, second: Operand, needed: set[str]) -> Operand:
        """The product of two operands, summed over what nothing else needs."""
        names = list(first.names | second.names)
        # A leading axis that only other operands have does not widen this product.
        known = {name: size for name, size in self.extents.items() if not name.startswith("...")}
        find_extents([first, second], known)
        kept = [name for name in names if name in needed]
        summed = [name for name in names if name not in needed]
        data = [
            self.product(first, second, place, places(summed, known), bool(summed)) for place in places(kept, known)
        ]
        shape = tuple(known[name] for name in kept)
        return Operand(Tensor(shape, data), tuple(Affine({name: 1}) for name in kept))

    def product(
        self, first: Operand, second: Operand, outer: Place, inner: Iterable[Place], accumulated: bool
    ) -> Number:
        """One entry of a product of two: a sum of MACs, or one multiplication where nothing is accumulated."""
        if not accumulated:
            return first.at(outer) * second.at(outer)
        total = None
        for place in inner:
            total = multiply_accumulate(total, first.at({**outer, **place}), second.at({**outer, **place}))
        return Number(0.0, self.tally) if total is None else total

    def gather(self, terms: Sequence[Term]) -> Tensor:
        """Every entry of the left side is a sum of its own."""
        names = [str(item.alone) for item in self.left]
        shape = tuple(self.extents[name] for name in names)
        accumulated = len(terms) > 1 or any(set(term.names) - self.wanted for term in terms)
        return Tensor(shape, [self.entry(terms, place, accumulated) for place in places(names, self.extents)])

    def entry(self, terms: Sequence[Term], place: Place, accumulated: bool) -> Number:
        """Single operands are added first, so that every product is accumulated onto something."""
        total: Number | None = None
        for term in sorted(terms, key=lambda term: len(term.operands) > 1):
            value = self.value(term, place, accumulated)
            if value is None:
                continue
            value = value.flipped() if term.negative else value
            if len(term.operands) > 1 and accumulated:
                total = join(total, value)
            else:
                total = value if total is None else total + value
        return Number(0.0, self.tally) if total is None else total

    def value(self, term: Term, place: Place, accumulated: bool, total: Number | None = None) -> Number | None:
        """One term at one place of the left side: its sum, then its static factors. None for an empty sum."""
        for inner in places([name for name in term.names if name not in place], self.extents):
            at = {**place, **inner}
            match [operand.at(at) for operand in term.operands]:
                case [one]:
                    total = one if total is None else total + one
                case [one, other]:
                    total = multiply_accumulate(total, one, other) if accumulated else one * other
        for op, scale in term.scales:
            if total is not None:
                total = total * scale if op == "*" else total / scale
        return total

    def scatter(self, terms: Sequence[Term]) -> Tensor:
        """An affine left side: every product is accumulated into a zero, then put where it falls."""
        shape = tuple(item.last(self.extents) + 1 for item in self.left)
        values = dict.fromkeys(positions(shape), 0.0)
        names = list(dict.fromkeys(name for item in self.left for name in item.factors))
        for term in terms:
            for place in places(names, self.extents):
                value = self.value(term, place, True, Number(0.0, self.tally))
                values[tuple(item.at(place) for item in self.left)] += value.value if value else 0.0
        return Tensor(shape, [Number(value, self.tally) for value in values.values()])


def find_extents(operands: Iterable[Operand], extents: Extents) -> None:
    """The extent of each index: from an axis where it stands alone, else solved from the affine expression."""
    axes = [(item, size) for o in with_tables(operands) for item, size in zip(o.items, o.tensor.shape, strict=True)]
    axes = [(item, size) for item, size in axes if isinstance(item, Affine)]
    for item, size in axes:
        if (name := item.alone) is not None:
            known = extents.get(name, size)
            if known != size and not (leading(item) and 1 in (known, size)):
                raise Unfit(f"`{name}` runs over {known} and over {size}")
            extents[name] = size if known == 1 else known
    for _ in axes:
        for item, size in axes:
            solve(item, size, extents)


def with_tables(operands: Iterable[Operand]) -> Iterator[Operand]:
    """The operands, and the tables that say places in them."""
    for operand in operands:
        yield operand
        yield from (item.table for item in operand.items if isinstance(item, Looked))


def solve(item: Affine, size: int, extents: Extents) -> None:
    """Give an extent to the only unknown index of an expression over an axis of `size`."""
    match [name for name in item.factors if name not in extents]:
        case [name]:
            rest = Affine({n: c for n, c in item.factors.items() if n != name}, item.constant)
            extents[name] = (size - 1 - rest.last(extents)) // item.factors[name] + 1
            if extents[name] < 0:
                raise Unfit(f"no room for `{name}`")


def places(names: Sequence[str], extents: Place) -> Iterator[dict[str, int]]:
    """Every assignment of numbers to the names, last name fastest."""
    for values in product(*(range(extents[name]) for name in names)):
        yield dict(zip(names, values, strict=True))
