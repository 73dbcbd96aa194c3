"""A value on its way into a program: PyTorch's shape, and in which order its axes are stored.

Permutations are not written down: they change the stored order. So a network of convolutions stays with its features
last, and a transpose stands only where an operation needs another order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import prod
from typing import Literal

from symcost.importing.graph import Leaf, Tensor
from symcost.importing.program import Plain, Scope, Size
from symcost.records import dataclass

Order = tuple[int, ...]
"""PyTorch's axes in the order in which they are stored."""


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor of the source.

    `live`: made by a statement, an input or a parameter, under the key `key`. `index`: whole numbers that come from an
    input of indices; `key` is empty where they were worked on. `constant`: depends on no input and no parameter.
    """

    shape: tuple[int, ...]
    axes: Order
    kind: Literal["live", "index", "constant"]
    key: str = ""
    words: str = ""
    leaf: Leaf | None = None
    scopes: tuple[Scope, ...] = ()
    floating: bool = True
    boolean: bool = False
    complex: bool = False
    """Whether it is the real part of a complex value that is meant, and not this part alone; or a complex constant."""

    @property
    def rank(self) -> int:
        """How many axes it has."""
        return len(self.shape)

    @property
    def stored(self) -> tuple[int, ...]:
        """Its shape as it is stored."""
        return tuple(self.shape[axis] for axis in self.axes)

    @property
    def parameter(self) -> bool:
        """Whether it is a parameter as it is, unless a view moved its axes."""
        return self.leaf is not None and self.leaf.kind == "param"

    def seen(self, shape: Sequence[int], axes: Sequence[int]) -> Value:
        """The same numbers under another shape, stored as they were."""
        return replace(self, shape=tuple(shape), axes=tuple(axes))


def in_order(rank: int) -> Order:
    """PyTorch's own order."""
    return tuple(range(rank))


def features_last(rank: int) -> Order:
    """A convolution's channels behind its positions: [n, y, x, c]."""
    return (0, *range(2, rank), 1)


def sizes(numbers: Sequence[int], word: str = "size") -> tuple[Size, ...]:
    """Integers of the source."""
    return tuple(size(one, word) for one in numbers)


def size(number: int, word: str = "size") -> Size:
    """An integer of the source."""
    return Size((int(number),), word)


def axis(number: int) -> Plain:
    """The number of an axis, which is no size: it does not change with them."""
    return Plain(str(number))


def long_axes(value: Value, order: Sequence[int]) -> list[int]:
    """The axes of more than one entry, in an order."""
    return [one for one in order if value.shape[one] != 1]


def groups(before: Sequence[int], after: Sequence[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Which axes of one shape become which of another in a view: [6, 5] to [2, 3, 5] is ([0], [0, 1]), ([1], [2])."""
    i = j = 0
    while i < len(before) or j < len(after):
        left, right = _group(before, i, after, j)
        yield list(left), list(right)
        i, j = left.stop, right.stop


def _group(before: Sequence[int], i: int, after: Sequence[int], j: int) -> tuple[range, range]:
    """From these places on, the fewest axes of either shape that hold as many numbers as those of the other."""
    left, right = range(i, min(i + 1, len(before))), range(j, min(j + 1, len(after)))
    held, wanted = prod(before[i : left.stop]), prod(after[j : right.stop])
    while held != wanted:
        if held < wanted:
            held *= before[left.stop]
            left = range(i, left.stop + 1)
        else:
            wanted *= after[right.stop]
            right = range(j, right.stop + 1)
    return left, right


def valued(
    tensor: Tensor, kind: Literal["live", "index", "constant"], *, axes: Order | None = None, key: str = "",
    words: str = "", scopes: tuple[Scope, ...] = (), leaf: Leaf | None = None,
) -> Value:  # fmt: skip
    """A value for a tensor, in PyTorch's order unless another is given."""
    order = in_order(len(tensor.shape)) if axes is None else axes
    boolean = tensor.dtype == "bool"
    is_complex = kind == "constant" and "complex" in tensor.dtype
    return Value(tensor.shape, order, kind, key, words, leaf, scopes, tensor.floating, boolean, is_complex)


def shared(one: Sequence[Scope], other: Sequence[Scope]) -> tuple[Scope, ...]:
    """The modules that two places are both in."""
    both = []
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        both.append(left)
    return tuple(both)
