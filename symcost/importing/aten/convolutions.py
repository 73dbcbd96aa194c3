"""Convolutions: a layer of the library where its weights are its own, else index notation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Value, axis, features_last, size, sizes
from symcost.importing.program import Affine, Arg, Arithmetic, Call, Contraction, Expr, Ref
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """How the kernel of a convolution lies on its input, a number for each side."""

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    pad: tuple[int, ...] | str
    dilation: tuple[int, ...]
    output_pad: tuple[int, ...]
    groups: int

    @property
    def sides(self) -> int:
        """One for sequences, two for images, three for volumes."""
        return len(self.kernel)


@rule("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "convolution")
def convolution(site: Site) -> None:
    """A convolution, or its transpose."""
    x, weight, bias = site.value("input"), site.value("weight"), site.optional("bias")
    sides = weight.rank - 2
    transposed = "transpose" in site.node.op or site.flag("transposed")
    window = _window(site, weight.shape[2:], sides)
    if x.rank != sides + 2:
        raise Refused("it has no batch")
    if site.own(weight, bias):
        _layer(site, window, (x, weight, bias), transposed)
    elif transposed or isinstance(window.pad, str) or sides > 3:
        raise Refused("its weights are computed or shared")
    else:
        _written_out(site, window, (x, weight, bias))


def _window(site: Site, kernel: Sequence[int], sides: int) -> Window:
    pad = site.argument("padding")
    return Window(
        kernel=tuple(kernel),
        stride=_each(site.integers("stride"), sides, 1),
        pad=pad if isinstance(pad, str) else _each(site.integers("padding"), sides, 0),
        dilation=_each(site.integers("dilation"), sides, 1),
        output_pad=_each(site.integers("output_padding"), sides, 0),
        groups=site.integer("groups", 1),
    )


def _each(given: Sequence[int], sides: int, otherwise: int) -> tuple[int, ...]:
    """A number for each side."""
    numbers = tuple(given) or (otherwise,)
    return numbers * sides if len(numbers) == 1 else numbers


def _layer(site: Site, window: Window, given: tuple[Value, Value, Value | None], transposed: bool) -> None:
    x, weight, bias = given
    order = features_last(x.rank)
    name = f"Conv{'Transpose' if transposed else ''}{window.sides}d"
    keywords = [*_keywords(window, transposed)]
    if window.groups != 1:
        keywords.append(("groups", size(window.groups, "groups")))
    if bias is None:
        keywords.append(("bias", False))
    arguments = (size(site.result.shape[1], "O"), by_side(window.kernel, "kernel"))
    call = Call(name, (site.moved(x, order),), arguments, tuple(keywords), site.owns(weight, bias))
    site.emit(call, order)


def _keywords(window: Window, transposed: bool) -> Iterator[tuple[str, Arg]]:
    """What differs from the defaults of the library."""
    given = {"stride": (window.stride, 1), "pad": (window.pad, 0), "dilation": (window.dilation, 1)}
    for word, (numbers, default) in given.items():
        if isinstance(numbers, str):
            yield word, numbers
        elif any(one != default for one in numbers):
            yield word, by_side(numbers, word)
    if not any(window.output_pad):
        return
    if not transposed:
        raise Refused("its argument `output_padding` is not understood")
    yield "output_pad", by_side(window.output_pad, "output_pad")


def by_side(numbers: Sequence[int], word: str) -> Arg:
    """One number for all sides, or a list with one for each where they differ."""
    return size(numbers[0], word) if len(set(numbers)) == 1 else sizes(numbers, word)


POSITIONS, INSIDE = ("r", "s", "t"), ("h", "j", "k")


def _written_out(site: Site, window: Window, given: tuple[Value, Value, Value | None]) -> None:
    """y[n, r, g, o] = x[n, stride*r + dilation*k, g, i] W[g, o, i, k]"""
    x, weight, bias = given
    assert not isinstance(window.pad, str)
    outputs, inputs = weight.shape[:2]
    positions, inside = POSITIONS[: window.sides], INSIDE[: window.sides]
    source = site.moved(x, features_last(x.rank))
    for side, pad in enumerate(window.pad):
        if pad:
            source = Call("pad", (source,), ((size(pad, "pad"), size(pad, "pad")),), (("axis", axis(side + 1)),))
    extents = [x.shape[2 + side] + 2 * pad for side, pad in enumerate(window.pad)]
    source = Call("reshape", (source,), (sizes([x.shape[0], *extents, window.groups, inputs]),))
    parts = sizes([window.groups, outputs // window.groups, inputs, *window.kernel])
    kernel = Call("reshape", (site.plain(weight),), (parts,))
    places = tuple(
        Affine(((size(stride, "stride"), r), (size(dilation, "dilation"), k)))
        for stride, dilation, r, k in zip(window.stride, window.dilation, positions, inside, strict=True)
    )
    terms: tuple[tuple[Expr, tuple[str | Affine, ...]], ...] = (
        (source, ("n", *places, "g", "i")),
        (kernel, ("g", "o", "i", *inside)),
    )
    shape, order = site.result.shape, features_last(x.rank)
    grouped = [shape[0], *shape[2:], window.groups, outputs // window.groups]
    made = site.emit(
        Contraction(("n", *positions, "g", "o"), terms), range(len(grouped)), grouped, f"{site.node.name}.g"
    )
    expr: Expr = Call("reshape", (Ref(made.key),), (sizes([shape[one] for one in order]),))
    site.emit(expr if bias is None else Arithmetic("+", expr, site.plain(bias)), order)
