"""Calls of what has no definition."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.oracle import primitives, statics
from tests.oracle.counted import Shape, Tally, Tensor, Unfit, pointwise
from tests.oracle.notation import einsum

if TYPE_CHECKING:
    from tests.oracle.interpreter import Frame

REDUCTIONS = ("sum", "max", "min", "mean")
TOLD = ("per_axis", "axes_of", "one_of")
ROWS = ("cumsum", "sort", "topk")
KEPT = ("cached", "recent", "kept", "scored", "goes_on", "once", "tokens_before")
FIXED = ("zeros", "ones", "constant")
MOVES = (
    "reshape",
    "transpose",
    "concat",
    "split",
    "pad",
    "reverse",
    "repeat_axis",
    "unfold",
    "zeros",
    "ones",
    "constant",
    "size",
    "einsum",
)
NAMES = frozenset([*primitives.ELEMENTWISE, *REDUCTIONS, *statics.FUNCTIONS, *TOLD, *ROWS, *MOVES, *KEPT])


@dataclass
class Builtin:
    """Calls of primitives."""

    frame: Frame

    def call(self, name: str, args: list[Any], named: dict[str, Any]) -> Any:
        tensors = any(isinstance(a, Tensor) for a in args)
        if not tensors and name in statics.FUNCTIONS:
            return statics.function(name, args)
        if name in REDUCTIONS and not (name in ("max", "min") and len(args) == 2 and not isinstance(args[1], list)):
            return self.reduce(name, *args, **named)
        if name in (*TOLD, *ROWS, *MOVES, *KEPT):
            return getattr(self, name)(*args, **named)
        function = primitives.ELEMENTWISE.get(name) or primitives.ARITHMETIC[name]
        return pointwise(function, *(self.frame.as_tensor(a) for a in args))

    def per_axis(self, value: Any, axis: int, axes: int) -> Any:
        if not isinstance(value, list):
            return value
        if len(value) != axes:
            raise Unfit(f"{len(value)} numbers for {axes} axes")
        return value[axis]

    def axes_of(self, value: Any) -> int:
        return len(value) if isinstance(value, list) else 1

    def one_of(self, word: str, *known: str) -> str:
        if word not in known:
            raise Unfit(f"{word} is none of {known}")
        return word

    @property
    def tally(self) -> Tally:
        return self.frame.machine.tally

    def reduce(self, name: str, x: Tensor, axis: int | list[int] = -1, keep: bool = False) -> Tensor:
        axes = axis if isinstance(axis, list) else [axis]
        return primitives.reduce_axes(name, x, axes, keep, self.tally)

    def cumsum(self, x: Tensor, axis: int = -1, associative: bool = False) -> Tensor:
        sums = [primitives.running_sum([x.data[place] for place in row]) for row in primitives.rows(x, axis)]
        return primitives.from_rows(sums, x.shape, x.axis(axis))

    def sort(self, x: Tensor, axis: int = -1) -> Tensor:
        return primitives.ordered(x, axis)[0]

    def topk(self, x: Tensor, k: int, axis: int = -1) -> Tensor:
        return primitives.ordered(x, axis, k)[0]

    def reshape(self, x: Tensor, shape: list[Any]) -> Tensor:
        wanted = list(self.frame.axes or ()) if ... in shape else []
        at = shape.index(...) if ... in shape else 0
        sizes = [*shape[:at], *wanted, *shape[at + 1 :]] if ... in shape else list(shape)
        total = math.prod(x.shape)
        if -1 in sizes:
            others = math.prod(s for s in sizes if s != -1)
            if not others or total % others:
                raise Unfit(f"cannot reshape {x.shape} to {sizes}")
            sizes[sizes.index(-1)] = total // others
        if any(not isinstance(s, int) for s in sizes) or math.prod(sizes) != total:
            raise Unfit(f"cannot reshape {x.shape} to {sizes}")
        return Tensor(tuple(sizes), x.data)

    def transpose(self, x: Tensor, axes: list[int] | None = None) -> Tensor:
        return primitives.transposed(x, axes)

    def concat(self, *parts: Tensor, axis: int = -1) -> Tensor:
        return primitives.concatenated(parts, axis)

    def split(self, x: Tensor, parts: int | list[int], axis: int = -1) -> tuple[Tensor, ...]:
        return primitives.parted(x, parts, axis)

    def pad(self, x: Tensor, amount: list[int], axis: int = -2) -> Tensor:
        before, after = amount
        return primitives.padded(x, before, after, axis, self.tally)

    def reverse(self, x: Tensor, axis: int = -2) -> Tensor:
        return primitives.reversed_(x, axis)

    def repeat_axis(self, x: Tensor, times: int, axis: int = -2) -> Tensor:
        return primitives.repeated(x, times, axis)

    def unfold(self, x: Tensor, kernel: int, stride: int = 1, dilation: int = 1, axis: int = -2) -> Tensor:
        return primitives.windows(x, kernel, stride, dilation, axis)

    def cached(self, x: Tensor, window: int = 0, axis: int = -2) -> Tensor:
        """Behind what was kept of the tokens before: all, or one less than a window; what they were is not counted."""
        behind = self.frame.machine.resumed or 0
        return primitives.padded(x, min(behind, window - 1) if window else behind, 0, axis, self.tally)

    def recent(self, x: Tensor, K: int, axis: int = -2) -> Tensor:
        """Behind the K rows before; at a beginning that is gone on with, of at least K rows."""
        if self.frame.machine.resumed is None:
            return x
        rows = K if self.frame.machine.resumed else max(0, K - x.shape[x.axis(axis)])
        return primitives.padded(x, rows, 0, axis, self.tally)

    def goes_on(self) -> bool:
        return bool(self.frame.machine.resumed)

    def tokens_before(self) -> int:
        return self.frame.machine.resumed or 0

    def once(self, x: Tensor) -> Tensor:
        """Known numbers in a step: it is asked only of texts that compute nothing of what leads there."""
        return x

    def kept(self, x: Tensor) -> Tensor:
        return x

    def scored(self, x: Tensor, every: bool = False) -> Tensor:
        """The last token alone, or every one, of a text that is read to be gone on with."""
        if every or self.frame.machine.resumed != 0:
            return x
        sizes = list(x.shape)
        return primitives.parted(x, [sizes[x.axis(-2)] - 1, 1], -2)[1]

    def zeros(self, shape: list[int]) -> Tensor:
        return self.frame.machine.constant(0, self.full(shape))

    def ones(self, shape: list[int]) -> Tensor:
        return self.frame.machine.constant(1, self.full(shape))

    def constant(self, shape: list[int], words: str = "") -> Tensor:
        return self.frame.machine.constant(0, self.full(shape))

    def full(self, shape: list[Any]) -> Shape:
        return tuple(n for s in shape for n in ((self.frame.axes or ()) if s is ... else [s]))

    def einsum(self, pattern: str, *tensors: Tensor) -> Tensor:
        return einsum(pattern, tensors, self.tally)

    def size(self, x: Tensor, axis: int) -> int:
        return x.shape[x.axis(axis)]
