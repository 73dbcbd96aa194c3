"""Indices: where they stand on the axes of tensors, how far they run, and the shape that they give a result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symcost.diagnostics import Span
from symcost.errors import AffineSign, IndexConflict, MissingIndex, UnknownExtent
from symcost.formula import Form, Symbol, add, counter, floor_div, mul, num
from symcost.formula.terms import terms
from symcost.ops.base import Operand, Shape, Site
from symcost.ops.reads import At, Reading
from symcost.ops.use import Use

ONE = num(1)


@dataclass(frozen=True, slots=True)
class Affine:
    """A position along an axis: `stride*t + dilation*k + 1` is {t: stride, k: dilation} and 1."""

    terms: Mapping[str, Form]
    constant: Form
    span: Span

    @property
    def plain(self) -> str | None:
        """The index, where it stands alone."""
        if len(self.terms) != 1 or self.constant != 0:
            return None
        (name, coefficient), *_ = self.terms.items()
        return name if coefficient == 1 else None

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
        lone = {name for name, size in named if size == 1 and extents[name] != 1}
        return tuple(name for name in self.indices() if name not in lone)

    def positions(self) -> list[Affine]:
        """What stands at each of its axes, those under `...` included."""
        axes = [axis for axis, _ in self.axes]
        leading = [alone(name, self.operand.span) for name in leading_names(self.leading)]
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
        leading = [alone(name, self.span) for name in self.leading(extents)]
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


def alone(name: str, span: Span) -> Affine:
    """An index that stands alone on an axis."""
    return Affine({name: ONE}, num(0), span)


def told(left: Left, factors: Iterable[Factor], extents: Mapping[str, Form]) -> dict[str, Any]:
    """What stands at each axis of the result (`left`) and of every operand (`reads`), and how far indices run."""
    reads = [factor.positions() for factor in factors]
    return {"left": left.positions(extents), "reads": reads, "extents": extents}


def indexed(use: Use, result: int, at: At) -> Iterator[Reading]:
    """What the left side names alone is one entry, everything else is summed.

    An axis that an affine left side writes waits for all that is written there.
    """
    extents: Mapping[str, Form] = use.given["extents"]
    positions: Sequence[Affine] = use.given["left"]
    known = {axis.plain: position for axis, position in zip(positions, at, strict=True) if axis.plain is not None}
    for place, (tensor, axes) in enumerate(zip(use.inputs, use.given["reads"], strict=True)):
        over: dict[str, Symbol] = {}
        for index in (index for axis in axes for index in axis.terms):
            if index not in known and index not in over:
                over[index] = counter(index, 0, extents[index])
        values: dict[str, Form] = {**known, **over}
        read = [
            num(0) if size == 1 and axis.plain else axis.at(values)
            for axis, size in zip(axes, tensor.shape, strict=True)
        ]
        yield Reading(place, tuple(read), tuple(over.values()))


# Extents ------------------------------------------------------------------------------------------


def solve(site: Site, factors: Iterable[Factor], given: Mapping[str, Form] | None = None) -> dict[str, Form]:
    """The extent of every index, from the axes where it stands alone, then from the affine ones.

    Along an axis of N positions, c*i + Σ c_j*j + c0 leaves i floor((N - 1 - c0 - Σ c_j*(J_j - 1)) / c) + 1 values.

    Raises IndexConflict, UnknownExtent, NotASize.
    """
    extents = _Extents(site, dict(given or {}))
    waiting = [axis for factor in factors for axis in extents.of_plain_axes(factor, given or {})]
    while waiting:
        later = [axis for axis in waiting if not extents.settle(*axis)]
        if len(later) == len(waiting):
            stuck, _ = later[0]
            raise UnknownExtent([index for index in stuck.terms if index not in extents.known], stuck.span)
        waiting = later
    return extents.known


class _Extents:
    """The extents that are known so far, and where each was found."""

    def __init__(self, site: Site, known: dict[str, Form]) -> None:
        self._site = site
        self._seen: dict[str, tuple[Form, Span]] = {}
        self.known = known

    def of_plain_axes(self, factor: Factor, given: Mapping[str, Form]) -> list[tuple[Affine, Form]]:
        """Learn what the axes with one index say; returns the others."""
        for name, size in zip(leading_names(factor.leading), factor.leading, strict=True):
            self._agree(name, size, factor.operand.span, broadcast=True)
        others: list[tuple[Affine, Form]] = []
        for axis, size in factor.axes:
            if axis.plain is None or axis.plain in given:
                others.append((axis, size))
            else:
                self._agree(axis.plain, size, axis.span)
        return others

    def _agree(self, name: str, size: Form, span: Span, broadcast: bool = False) -> None:
        """An index that stands alone takes the size of its axis; a second time the sizes must agree."""
        if name not in self.known or (broadcast and self.known[name] == 1):
            self.known[name] = size
            self._seen[name] = (size, span)
            return
        if broadcast and size == 1:
            return
        verdict = self._site.sizes.compare(self.known[name], size)
        if verdict.kind != "equal":
            raise IndexConflict(name, self._seen[name], (size, span), verdict)

    def settle(self, axis: Affine, size: Form) -> bool:
        """Solve an axis for its one unknown index, or check that all its positions exist; False: too early."""
        unknown = [index for index in axis.terms if index not in self.known]
        if len(unknown) > 1:
            return False
        sizes = self._site.sizes
        reaches, backwards = self._reaches(axis, unknown)
        if backwards or axis.constant != 0:
            sizes.no_less(add(axis.constant, *backwards), num(0), axis.span)
        last = add(*reaches, axis.constant)
        sizes.no_less(size, add(last, ONE), axis.span)
        room = sizes.tidy(shorter(add(size, *(-reach for reach in reaches), -axis.constant, num(-1))))
        for index in unknown:
            self.known[index] = sizes.tidy(_steps(room, axis.terms[index]))
        return True

    def _reaches(self, axis: Affine, unknown: Sequence[str]) -> tuple[list[Form], list[Form]]:
        """How far the known indices move the position, those that move it ahead and those that move it back."""
        reaches: list[Form] = []
        backwards: list[Form] = []
        for index, coefficient in axis.terms.items():
            positive = self._site.sizes.assumptions.at_least(coefficient, num(0))
            if positive is None or (positive is False and index in unknown):
                raise AffineSign(coefficient, axis.span)
            if index not in unknown:
                (reaches if positive else backwards).append(reach(coefficient, self.known[index]))
        return reaches, backwards


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
    if axis.plain is not None:
        return extents[axis.plain]
    reaches = (reach(coefficient, extents[index]) for index, coefficient in axis.terms.items())
    return site.sizes.tidy(shorter(add(axis.constant, *reaches, ONE)))
