"""Parts of tensors: slices, single positions, rows by number, the largest few."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from symcost.importing.aten.registry import rule
from symcost.importing.aten.site import Refused, Site
from symcost.importing.aten.values import Value, axis, in_order, size, sizes
from symcost.importing.program import Call, Cut, Expr, Size, Subscript

WHOLE = Cut()


def taken(expr: Expr, x: Value, order: Sequence[int], along: int, ends: tuple[int, int], step: int = 1) -> Expr:
    """A slice along one axis of an expression that is stored in an order."""
    cut = _cut(*ends, step, x.shape[along])
    return Subscript(expr, tuple(cut if one == along else WHOLE for one in order))


def _cut(start: int, stop: int, step: int, length: int) -> Cut:
    """Without what a slice may leave out."""
    return Cut(
        size(start, "start") if start else None,
        size(stop, "stop") if stop < length else None,
        size(step, "step") if step != 1 else None,
        size(length, "length"),
    )


@rule("slice", "narrow")
def slice_(site: Site) -> None:
    """From a position to another, by steps."""
    x = site.value("self")
    along = site.axis("dim", x.rank)
    length = x.shape[along]
    if site.node.op == "aten.narrow":
        start = site.integer("start") % max(length, 1)
        ends, step = (start, start + site.integer("length")), 1
    else:
        ends, step = bounds(site, length), site.integer("step", 1)
    if ends == (0, length) and step == 1:
        site.alias(x)
        return
    site.emit(taken(site.ref(x), x, x.axes, along, ends, step), x.axes)


def bounds(site: Site, length: int) -> tuple[int, int]:
    """Where a slice begins and ends, both counted from 0 and inside."""
    start, end = site.integer("start"), site.integer("end", length)
    start = start + length if start < 0 else start
    end = end + length if end < 0 else end
    return min(max(start, 0), length), min(max(end, 0), length)


@rule("select")
def select(site: Site) -> None:
    """One position of an axis, which is gone then."""
    x = site.value("self")
    along = site.axis("dim", x.rank)
    _at(site, x, along, site.integer("index") % x.shape[along])


def _at(site: Site, x: Value, along: int, position: int, place: int | None = None) -> Value:
    rest = [one - (one > along) for one in x.axes if one != along]
    items = tuple(size(position, "at") if one == along else WHOLE for one in x.axes)
    expr = Subscript(site.ref(x), items)
    return site.emit(expr, rest) if place is None else site.part(place, expr, rest)


@rule("unbind")
def unbind(site: Site) -> None:
    """Every position of an axis by itself."""
    x = site.value("self")
    along = site.axis("dim", x.rank)
    site.give(*[_at(site, x, along, place, place) for place in range(len(site.node.results))])


@rule("split", "chunk", "split_with_sizes", "tensor_split", "unsafe_split", "unsafe_chunk", "split_copy")
def split(site: Site) -> None:
    """An axis cut into parts."""
    site.understood("split_size", "chunks", "split_sizes", "sections", "indices", "tensor_indices_or_sections")
    x = site.value("self")
    along = site.axis("dim", x.rank)
    parts = [one.shape[along] for one in site.node.results if one is not None]
    if len(parts) < len(site.node.results):
        raise Refused("its parts are not known")
    if len(parts) == 1:
        site.give(x)
        return
    equal = len(set(parts)) == 1
    how: Size | tuple[Size, ...] = size(len(parts), "parts") if equal else sizes(parts, "part")
    call = Call("split", (site.ref(x),), (how,), (("axis", axis(x.axes.index(along))),))
    site.emit_several(call, x.axes)


# Rows by number ----------------------------------------------------------------------------------------


@rule("embedding")
def embedding(site: Site) -> None:
    """Rows of a table."""
    site.understood("padding_idx", "scale_grad_by_freq", "sparse")
    table, rows = site.value("weight"), site.value("indices")
    order = in_order(len(site.result.shape))
    if site.own(table):
        arguments = (size(table.shape[0], "V"), size(table.shape[1], "D"))
        site.emit(Call("Embedding", (_rows(site, rows),), arguments, (), site.owns(table)), order)
        return
    site.emit(Subscript(site.plain(table), (_rows(site, rows),)), order)


def _rows(site: Site, rows: Value) -> Expr:
    return site.plain(rows)


@rule("index_select")
def index_select(site: Site) -> None:
    """Rows along an axis."""
    x = site.value("self")
    _gathered(site, x, site.axis("dim", x.rank), site.value("index"))


@rule("index", "_unsafe_index")
def index(site: Site) -> None:
    """Rows by one list of numbers; lists beside each other take single places out of their axes joined."""
    x, lists = site.value("self"), _lists(site)
    if len(lists) == 1:
        _gathered(site, x, *lists[0])
        return
    _several(site, x, lists)


def _lists(site: Site) -> list[tuple[int, Value]]:
    """The lists of indices with their axes. Raises Refused."""
    given = site.argument("indices")
    if not isinstance(given, tuple):
        raise Refused("its indices are not understood")
    lists = [(place, site.known(one)) for place, one in enumerate(given) if one is not None]
    for _, value in lists:
        _refuse_unknown(value)
    return lists


def _refuse_unknown(indices: Value) -> None:
    if not indices.shape and indices.kind == "live":
        raise Refused("its indices are not understood")
    if indices.boolean:
        raise Refused("what it takes depends on the numbers")


def _several(site: Site, x: Value, lists: Sequence[tuple[int, Value]]) -> None:
    """Several lists: their axes in front and joined, their rows by one list."""
    places = [place for place, _ in lists]
    begin, behind = places[0], places[0] + len(places)
    if places != list(range(begin, behind)):
        raise Refused("its lists of indices do not stand beside each other")
    shape = site.result.shape
    others = [*range(begin), *range(behind, x.rank)]
    count = prod(x.shape[begin:behind])
    rest = [x.shape[one] for one in others]
    table = Call("reshape", (site.moved(x, (*places, *others)),), (sizes([count, *rest]),))
    # The axes of the lists stand where the axes stood from which they take.
    end = begin + len(shape) - len(others)
    words = next((value.words for _, value in lists if value.words), "indices")
    numbers = Value(shape[begin:end], in_order(end - begin), "constant", words=words)
    order = [*range(begin, end), *range(begin), *range(end, len(shape))]
    site.emit(Subscript(table, (site.ref(numbers),)), order)


def _gathered(site: Site, x: Value, along: int, rows: Value) -> None:
    """Rows of an axis, which is moved to the front for it."""
    if rows.kind == "live" and rows.key in site.whole.shapes and rows.floating:
        raise Refused("its indices are no whole numbers")
    before, behind = range(along), range(along + 1, x.rank)
    table = site.moved(x, (along, *before, *behind))
    taken_from = range(along, along + rows.rank)
    moved_on = [one + rows.rank - 1 for one in behind]
    site.emit(Subscript(table, (site.plain(rows),)), [*taken_from, *before, *moved_on])


@rule("gather", "take_along_dim")
def gather(site: Site) -> None:
    """Of each row its own positions: so many of them, whichever they are."""
    site.understood("sparse_grad", "index", "indices")
    x = site.value("self" if "self" in site.node.args else "input")
    along = site.axis("dim", x.rank)
    _so_many(site, x, along, site.result.shape)


def _so_many(site: Site, x: Value, along: int, shape: Sequence[int], place: int | None = None) -> Value:
    """As many entries of an axis as are taken, in the place of whichever they are: nothing is counted for either."""
    if any(one > whole for one, whole in zip(shape, x.shape, strict=True)):
        return _rows_of(site, x, along, shape)
    expr = site.ref(x)
    for one, (whole, part) in enumerate(zip(x.shape, shape, strict=True)):
        if part < whole:
            expr = taken(expr, x, x.axes, one, (0, part))
    return site.emit(expr, x.axes) if place is None else site.part(place, expr, x.axes)


def _rows_of(site: Site, x: Value, along: int, shape: Sequence[int]) -> Value:
    """More entries than there are: rows by a list of numbers."""
    if any(one != whole for place, (one, whole) in enumerate(zip(shape, x.shape, strict=True)) if place != along):
        raise Refused("its indices are not understood")
    rest = [one for one in range(x.rank) if one != along]
    rows = Value((shape[along],), (0,), "constant", words="which ones")
    return site.emit(Subscript(site.moved(x, (along, *rest)), (site.ref(rows),)), (along, *rest))


@rule("topk", "sort", "kthvalue")
def topk(site: Site) -> None:
    """The largest few, and which ones they are."""
    x = site.value("self")
    site.understood("k", "largest", "sorted", "descending", "stable")
    if site.node.op == "aten.kthvalue":
        raise Refused("the language has no such operation")
    place = axis(x.axes.index(site.axis("dim", x.rank, -1)))
    whole = site.result.shape == x.shape
    arguments = () if whole else (size(site.result.shape[x.axes[int(place.text)]], "k"),)
    call = Call("sort" if whole else "topk", (site.ref(x),), arguments, (("axis", place),))
    values = site.part(0, call, x.axes)
    site.give(values, site.constant("which ones", 1))


@rule("tril", "triu")
def triangle(site: Site) -> None:
    """Half of a matrix: a product with a mask."""
    site.understood("diagonal")
    x = site.value("self")
    mask = Value(x.shape[-2:], (0, 1), "constant", words="triangle")
    site.emit(
        Call("where", (site.ref(mask), site.plain(x), site.ref(Value((), (), "constant", words="zero")))),
        in_order(x.rank),
    )
