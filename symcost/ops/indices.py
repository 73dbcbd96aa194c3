"""Indices: where they stand on the axes of tensors, how far they run, and the shape that they give a result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import neg
from typing import Any, NamedTuple

from symcost.diagnostics import Span
from symcost.errors import AffineSign, IndexConflict, MissingIndex, UnknownExtent
from symcost.formula import Form, Symbol, add, ceil_div, counter, floor_div, mul, num
from symcost.formula.terms import terms
from symcost.ops.base import Operand, Shape, Site
from symcost.ops.memory import each_input_once
from symcost.ops.reads import At, Reading, Unseen
from symcost.ops.use import Use
from symcost.records import dataclass

ZERO, ONE = num(0), num(1)


@dataclass(frozen=True, slots=True)
class Affine:
    """A position along an axis: `stride*t + dilation*k + 1` is {t: stride, k: dilation} and 1."""

    terms: Mapping[str, Form]
    constant: Form
    span: Span
    multiplied: frozenset[str] = frozenset()
    """The indices that the text multiplies by a number, be it 1."""

    @property
    def plain(self) -> str | None:
        """The index, where it stands alone."""
        if len(self.terms) != 1 or not (self.constant is ZERO or self.constant == 0):
            return None
        ((name, coefficient),) = self.terms.items()
        return name if coefficient is ONE or coefficient == 1 else None

    def settle_wholes(self, site: Site) -> None:
        """Record that positions are whole numbers, for all values of the indices. Raises NotASize."""
        for number in (*self.terms.values(), self.constant):
            site.sizes.whole(number, self.span)

    def at(self, values: Mapping[str, Form]) -> Form:
        """The position for these values of its indices."""
        return add(self.constant, *(mul(coefficient, values[index]) for index, coefficient in self.terms.items()))


@dataclass(frozen=True, slots=True)
class Factor:
    """A tensor with an affine position on each of its axes; `leading` are those under `...`, behind `dots` others."""

    operand: Operand
    axes: tuple[tuple[Affine, Form], ...]
    leading: Shape = ()
    dots: int = 0

    def indices(self) -> list[str]:
        """Its indices, in the order of its axes; those under `...` are named by their place from the right."""
        return [*leading_names(self.leading), *dict.fromkeys(i for axis, _ in self.axes for i in axis.terms)]

    def own(self, extents: Mapping[str, Form]) -> tuple[str, ...]:
        """Its indices without those under `...` along which it is only broadcast."""
        named = zip(leading_names(self.leading), self.leading, strict=True)
        broadcast = {name for name, size in named if size == 1 and extents[name] != 1}
        return tuple(name for name in self.indices() if name not in broadcast)

    def positions(self) -> list[Affine]:
        """What stands at each of its axes, those under `...` included."""
        axes = [axis for axis, _ in self.axes]
        leading = [lone(name, self.operand.span) for name in leading_names(self.leading)]
        return [*axes[: self.dots], *leading, *axes[self.dots :]]


@dataclass(frozen=True, slots=True)
class Left:
    """The left side: a position for each axis of the result, and where `...` stands among them, if it does."""

    axes: tuple[Affine, ...]
    dots: int | None
    span: Span

    @property
    def scattered(self) -> bool:
        """Whether an entry of the result may collect what several places of the indices write."""
        return any(axis.plain is None for axis in self.axes)

    def indices(self, extents: Mapping[str, Form]) -> list[str]:
        """The indices that are not summed, in the order of the axes."""
        place = self.dots or 0
        before = [index for axis in self.axes[:place] for index in axis.terms]
        behind = [index for axis in self.axes[place:] for index in axis.terms]
        return list(dict.fromkeys([*before, *self.leading(extents), *behind]))

    def positions(self, extents: Mapping[str, Form]) -> list[Affine]:
        """What stands at each axis of the result, those under `...` included."""
        place = self.dots or 0
        leading = [lone(name, self.span) for name in self.leading(extents)]
        return [*self.axes[:place], *leading, *self.axes[place:]]

    def shape(self, extents: Mapping[str, Form], site: Site) -> Shape:
        """The shape of the result. Raises MissingIndex."""
        place = self.dots or 0
        lengths = [_length(axis, extents, site) for axis in self.axes]
        return (*lengths[:place], *(extents[i] for i in self.leading(extents)), *lengths[place:])

    def leading(self, extents: Mapping[str, Form]) -> list[str]:
        """The indices under `...`, from the left."""
        if self.dots is None:
            return []
        return sorted((i for i in extents if i.startswith("...")), key=lambda name: -int(name[3:]))


def leading_names(leading: Shape) -> list[str]:
    """The names of axes under `...`, by their place from the right."""
    return [f"...{place}" for place in range(len(leading), 0, -1)]


def lone(name: str, span: Span) -> Affine:
    """An index that stands alone on an axis."""
    return Affine({name: ONE}, ZERO, span)


def told(left: Left, factors: Iterable[Factor], extents: Mapping[str, Form]) -> dict[str, Any]:
    """What stands at each axis of the result (`left`) and of every operand (`reads`), and how far indices run."""
    reads = [factor.positions() for factor in factors]
    return {"left": left.positions(extents), "reads": reads, "extents": extents}


def indexed(use: Use, result: int, at: At) -> Iterator[Reading]:
    """What the left side names alone is one entry, everything else is summed.

    An axis that an affine left side writes waits for all that is written there.
    """
    extents: Mapping[str, Form] = use.given["extents"]
    known = _known_indices(use.given["left"], at)
    for place, (tensor, axes) in enumerate(zip(use.inputs, use.given["reads"], strict=True)):
        summed = [index for index in indices_of(axes) if index not in known]
        over = {index: counter(index, 0, extents[index]) for index in summed}
        yield Reading(place, positions_at(axes, tensor.shape, {**known, **over}), tuple(over.values()))


def _known_indices(left: Sequence[Affine], at: At) -> dict[str, Form]:
    """The indices that the left side names alone, as the position of an entry says."""
    return {axis.plain: position for axis, position in zip(left, at, strict=True) if axis.plain is not None}


def indices_of(axes: Iterable[Affine]) -> list[str]:
    """The indices that stand on some axes, each once."""
    return list(dict.fromkeys(index for axis in axes for index in axis.terms))


def read_of_each(use: Use) -> Mapping[int, Form | None]:
    """How many numbers of each input are read, by place: None for all, less where positions are skipped."""
    found: dict[int, Form | None] = {}
    for place in each_input_once(use):
        lengths = _lengths_read(use, place)
        sizes = zip(use.inputs[place].shape, lengths, strict=True)

        # Without skipped positions the tensor is read as it is.
        skips = any(length is not None for length in lengths)
        found[place] = mul(*(size if length is None else length for size, length in sizes)) if skips else None
    return found


def _lengths_read(use: Use, place: int) -> list[Form | None]:
    """How many positions are read along each axis of an input; None where none is skipped."""
    axes = use.given["reads"][place]

    # One that stands in several places is read at other positions in each of them.
    if sum(use.inputs[place] is other for other in use.inputs) > 1:
        return [None] * len(axes)
    return [_positions_read(axis, use.given["extents"]) for axis in axes]


def _positions_read(axis: Affine, extents: Mapping[str, Form]) -> Form | None:
    """How many positions of an axis are read at most, where one index moves further than all others have values.

    `x[4*t + k]` for 2 values of k reads 2 of 4 positions; None where none is known to be skipped. Where the stride is
    more than the window, as many as windows have places are never more than the axis has.
    """
    for name, stride, window in _strides(axis, extents):
        beyond = add(stride, -window).expand().number
        if beyond is not None and beyond > 0:
            return mul(extents[name], window)
    return None


def _strides(axis: Affine, extents: Mapping[str, Form]) -> Iterator[tuple[str, Form, Form]]:
    """Each index of an axis, how far it moves, and how many values all others have together."""
    for name, stride in axis.terms.items():
        yield name, stride, mul(ONE, *(extents[other] for other in axis.terms if other != name))


def skips_unless(use: Use) -> Iterator[tuple[Form, Form]]:
    """What must not be less than what, window and stride, so that no position is skipped; where that is open."""
    for place in each_input_once(use):
        for axis in use.given["reads"][place]:
            for _, stride, window in _strides(axis, use.given["extents"]):
                if add(stride, -window).expand().number is None:
                    yield window, stride


def positions_at(axes: Sequence[Affine], shape: Shape, values: Mapping[str, Form]) -> tuple[Form, ...]:
    """Where a tensor is read for these values of the indices; an axis of one entry that is broadcast, at that."""
    pairs = zip(axes, shape, strict=True)
    return tuple(num(0) if size == 1 and axis.plain else axis.at(values) for axis, size in pairs)


def gathered(use: Use, result: int, at: At) -> Iterator[Reading]:
    """As `indexed`, but what an affine left side gathers is told exactly.

    `y[s*t + k] = x[t] * W[k]` sees every t with 0 <= p - s*t < K. Raises Unseen.
    """
    scattered = _scattered_indices(use, at)
    if not scattered.turns:
        yield from indexed(use, result, at)
        return
    left = indices_of(use.given["left"])
    for place, (tensor, axes) in enumerate(zip(use.inputs, use.given["reads"], strict=True)):
        names = [name for name in indices_of(axes) if name in scattered.turns or name not in left]
        over = {name: scattered.over(name, use.given["extents"]) for name in names}
        values = {**over, **scattered.values}
        yield Reading(
            place,
            positions_at(axes, tensor.shape, values),
            tuple(dict.fromkeys(over.values())),
            gapless=tuple(scattered.gapless),
        )


class _Scattered(NamedTuple):
    """What the position of an entry says of the indices on the left.

    `values` of those whose position is told, `turns` that count how often two indices together come to the same
    position, and what must not be negative so that they come to every position.
    """

    values: dict[str, Form]
    turns: dict[str, Symbol]
    gapless: list[Form]

    def over(self, name: str, extents: Mapping[str, Form]) -> Symbol:
        """The counter over all values of an index."""
        return self.turns[name] if name in self.turns else counter(name, 0, extents[name])


def _scattered_indices(use: Use, at: At) -> _Scattered:
    """Raises Unseen where two indices on an axis do not count through it."""
    found = _Scattered({}, {}, [])
    extents: Mapping[str, Form] = use.given["extents"]
    for axis, position in zip(use.given["left"], at, strict=True):
        if axis.plain is not None:
            found.values[axis.plain] = position
            continue
        coarse, fine = _coarse_and_fine(axis)
        stride, inside = axis.terms[coarse], (position - axis.constant).expand()
        first = ceil_div((inside - extents[fine] + 1).expand(), stride)
        turn = counter(coarse, first, floor_div(inside, stride) + 1)
        found.values.update({coarse: turn, fine: add(inside, -mul(stride, turn))})
        found.turns.update({coarse: turn, fine: turn})
        found.gapless.append(add(extents[fine], -stride))
    return found


def _coarse_and_fine(axis: Affine) -> tuple[str, str]:
    """The index that moves by a stride, and the one that fills in. Raises Unseen."""
    fine = next((name for name, factor in reversed(list(axis.terms.items())) if factor == 1), None)
    coarse = next((name for name in axis.terms if name != fine), None)
    if fine is None or coarse is None or len(axis.terms) > 2:
        raise Unseen("its left side leaves gaps")
    return coarse, fine


# Extents ------------------------------------------------------------------------------------------


def solve(site: Site, factors: Iterable[Factor], given: Mapping[str, Form] | None = None) -> dict[str, Form]:
    """The extent of every index, from the axes where it stands alone, then from the affine ones.

    Along an axis of N positions, c*i + Σ c_j*j + c0 leaves i floor((N - 1 - c0 - Σ c_j*(J_j - 1)) / c) + 1 values.

    Raises IndexConflict, UnknownExtent, NotASize.
    """
    extents = _Extents(site, given or {})
    waiting: list[tuple[Affine, Form]] = []
    for factor in factors:
        waiting += extents.of_plain_axes(factor)
    while waiting:
        waiting = extents.settled_once(waiting)
    return extents.known


class _Extents:
    """The extents that are known so far, and where each was found."""

    def __init__(self, site: Site, given: Mapping[str, Form]) -> None:
        self._site = site
        self._given = given
        self._seen: dict[str, tuple[Form, Span]] = {}
        self.known = dict(given)

    def unknown(self, axis: Affine) -> list[str]:
        """The indices of an axis whose extent is not known yet."""
        return [index for index in axis.terms if index not in self.known]

    def of_plain_axes(self, factor: Factor) -> list[tuple[Affine, Form]]:
        """Learn what the axes with one index say; returns the others."""
        for name, size in zip(leading_names(factor.leading), factor.leading, strict=True):
            self._broadcast(name, size, factor.operand.span)
        others: list[tuple[Affine, Form]] = []
        for axis, size in factor.axes:
            axis.settle_wholes(self._site)
            plain = axis.plain
            if plain is None or plain in self._given:
                others.append((axis, size))
            else:
                self._agree(plain, size, axis.span)
        return others

    def _broadcast(self, name: str, size: Form, span: Span) -> None:
        """An index under `...` is as long as the longest of its axes; the others have one entry or as many."""
        if self.known.get(name) == 1:
            self._learn(name, size, span)
        elif name not in self.known or size != 1:
            self._agree(name, size, span)

    def _agree(self, name: str, size: Form, span: Span) -> None:
        """An index that stands alone takes the size of its axis; a second time the sizes must agree."""
        if name not in self.known:
            self._learn(name, size, span)
            return
        verdict = self._site.sizes.compare(self.known[name], size)
        if verdict.kind != "equal":
            raise IndexConflict(name, self._seen[name], (size, span), verdict)

    def _learn(self, name: str, size: Form, span: Span) -> None:
        self.known[name] = size
        self._seen[name] = (size, span)

    def settled_once(self, waiting: Sequence[tuple[Affine, Form]]) -> list[tuple[Affine, Form]]:
        """Those of the axes that still have to wait. Raises UnknownExtent where that helps none of them."""
        later = [axis for axis in waiting if not self.settle(*axis)]
        if len(later) == len(waiting) and not any(self.split(*axis) for axis in later):
            stuck, _ = later[0]
            raise UnknownExtent(self.unknown(stuck), stuck.span)
        return later

    def split(self, axis: Affine, size: Form) -> bool:
        """Learn that the nearer of two indices fills what the farther leaves: `M*a + i` has M values of i.

        M must divide the axis, all of which is counted through. False where there are not two such indices.
        """
        far, near = [], []
        for index in self.unknown(axis):
            if index in axis.multiplied:
                far.append(index)
            elif axis.terms[index] == 1:
                near.append(index)

        are_two = (len(far), len(near), len(axis.terms)) == (1, 1, 2)
        if not are_two or axis.constant != 0:
            return False
        stride = self._site.sizes.size(axis.terms[far[0]], axis.span)
        self._site.sizes.whole(size / stride, axis.span)
        self.known[near[0]] = stride
        return True

    def settle(self, axis: Affine, size: Form) -> bool:
        """Solve an axis for its one unknown index, or check that all its positions exist; False: too early."""
        unknown = self.unknown(axis)
        if len(unknown) > 1:
            return False
        sizes = self._site.sizes
        ahead, back = self._reaches(axis)
        if back or axis.constant != 0:
            sizes.no_less(add(axis.constant, *back), num(0), axis.span)
        last = add(*ahead, axis.constant)
        sizes.no_less(size, add(last, ONE), axis.span)
        room = sizes.tidy(shorter(add(size, *map(neg, ahead), -axis.constant, num(-1))))
        for index in unknown:
            self.known[index] = sizes.tidy(_steps(room, axis.terms[index]))
        return True

    def _reaches(self, axis: Affine) -> tuple[list[Form], list[Form]]:
        """How far the known indices move the position, those that move it ahead and those that move it back."""
        ahead: list[Form] = []
        back: list[Form] = []
        for index, coefficient in axis.terms.items():
            forwards = self._moves_ahead(index, coefficient, axis)
            if index not in self.known:
                continue
            reached = reach(coefficient, self.known[index])
            (ahead if forwards else back).append(reached)
        return ahead, back

    def _moves_ahead(self, index: str, coefficient: Form, axis: Affine) -> bool:
        """Raises AffineSign where that is not certain; an index whose extent is wanted must move ahead."""
        positive = self._site.sizes.assumptions.at_least(coefficient, ZERO)
        if positive is None or (not positive and index not in self.known):
            raise AffineSign(coefficient, axis.span)
        return positive


def reach(coefficient: Form, extent: Form) -> Form:
    """How far an index moves a position: `d*(K - 1)`, written out where d is a number."""
    moved = mul(coefficient, (extent - 1).expand())
    return moved if coefficient.free_symbols else moved.expand()


def _steps(room: Form, stride: Form) -> Form:
    """floor(room/stride) + 1; by a number as one rounding, which stacks of layers then share."""
    if stride.free_symbols:
        return floor_div(room, stride) + 1
    return floor_div((room + stride).expand(), stride)


def shorter(form: Form) -> Form:
    """As it stands, or written out, whichever has fewer terms."""
    expanded = form.expand()
    return expanded if len(terms(expanded)) <= len(terms(form)) else form


def _length(axis: Affine, extents: Mapping[str, Form], site: Site) -> Form:
    for index in axis.terms:
        if index not in extents:
            raise MissingIndex(index, axis.span)
    plain = axis.plain
    if plain is not None:
        return extents[plain]
    axis.settle_wholes(site)
    reaches = (reach(coefficient, extents[index]) for index, coefficient in axis.terms.items())
    return site.sizes.tidy(shorter(add(axis.constant, *reaches, ONE)))
