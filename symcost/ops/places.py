"""Places that tables say: `z[from[e], f]` reads at them, and `y[to[e], f] += ...` adds there.

Which places these are is known when the network runs; how many there are, the axes of the tables say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from symcost.cost import total
from symcost.formula import Assumptions, Form, Symbol, counter
from symcost.ops.base import Applied, Site, op
from symcost.ops.contract import Term, sum_of, worked_out
from symcost.ops.contracted import other_factors, products_on_the_way, work
from symcost.ops.gradient import Gradient, Made, first_input, taken_back
from symcost.ops.indices import Affine, Factor, indices_of, positions_at, read_of_each, solve
from symcost.ops.memory import NEW, Kind
from symcost.ops.reads import At, Reading, Reads, Unseen
from symcost.ops.steps import Unsteady, no_steps
from symcost.ops.use import Use, Value

# Reading ------------------------------------------------------------------------------------------


def _takes(use: Use, result: int, at: At) -> Iterator[Reading]:
    """Along the axes that a table looks up any position; of the tables the numbers that say which."""
    known: dict[str, Form] = dict(zip(use.given["out"], at, strict=True))
    for place, (tensor, axes) in enumerate(zip(use.inputs, use.given["reads"], strict=True)):
        found = [*positions_at(axes, tensor.shape, known)]
        over: dict[int, Symbol] = {}
        for number in _looked_up(axes):
            over[number] = counter("i", 0, tensor.shape[number])
            found[number] = over[number]
        yield Reading(place, tuple(found), tuple(over.values()), unknown=tuple(over))


def _looked_up(axes: Sequence[Affine]) -> list[int]:
    """Which axes a table looks up: those without an index of their own."""
    return [number for number, axis in enumerate(axes) if not axis.terms]


def _waits_for_places(use: Use, result: int, at: At) -> Iterator[Reading]:
    for reading in _takes(use, result, at):
        yield reading._replace(unknown=())


def _tables(use: Use, wanted: Set[int]) -> tuple[Value, ...]:
    """Gradients are added where the entries were taken."""
    return tuple(use.inputs[1:]) if 0 in wanted else ()


def _numbers_then_tables(use: Use, place: int) -> Kind:
    return "rows" if place else "numbers"


def _entries_that_are_taken(use: Use) -> Mapping[int, Form | None]:
    """Not the whole tensor."""
    return {0: use.outputs[0].size, **dict.fromkeys(range(1, len(use.inputs)))}


@op(
    reads=Reads(waits=_waits_for_places, sees=_takes),
    gradient=Gradient(through=first_input, work=taken_back, needs=_tables, in_place=True),
    memory=NEW._replace(takes=_numbers_then_tables, moves=_entries_that_are_taken),
    steps=no_steps,
    written=True,
)
def take(site: Site, base: Factor, tables: Sequence[Factor], out: Sequence[str]) -> Applied:
    """Entries at the places that tables say: `z[from[e], f]`, `x[b, chosen[b, k], f]`.

    Shape   the extents of the indices, each once; where a table stands, an axis of `base` has a position without any
    Counts  nothing: entries are moved
    Source  PyTorch: index_select, gather, take_along_dim
    """
    extents = solve(site, [_named(base), *tables])
    reads = [base.positions(), *(table.positions() for table in tables)]
    return Applied((tuple(extents[name] for name in out),), given={"out": tuple(out), "reads": reads})


def _named(factor: Factor) -> Factor:
    """A tensor with those of its axes on which an index stands."""
    before = sum(1 for axis, _ in factor.axes[: factor.dots] if axis.terms)
    named = tuple((axis, size) for axis, size in factor.axes if axis.terms)
    return Factor(factor.operand, named, factor.leading, before)


# Adding -------------------------------------------------------------------------------------------


def _waits_for_all(use: Use, result: int, at: At) -> Iterator[Reading]:
    """What was there, and all that may be added: along the indices that no axis of the result names, everything."""
    left: Sequence[Affine] = use.given["left"]
    extents: Mapping[str, Form] = use.given["extents"]
    known = {axis.plain: position for axis, position in zip(left, at, strict=True) if axis.plain is not None}
    yield Reading(0, tuple(at))
    _, *added = zip(use.inputs, use.given["reads"], strict=True)
    for place, (tensor, axes) in enumerate(added, 1):
        over = _summed(axes, known, extents)
        yield Reading(place, positions_at(axes, tensor.shape, {**known, **over}), tuple(over.values()))


def _summed(axes: Sequence[Affine], known: Mapping[str, Form], extents: Mapping[str, Form]) -> dict[str, Symbol]:
    """A counter for each index of which no position is known: everything along it is read."""
    names = [name for name in indices_of(axes) if name not in known]
    return {name: counter(name, 0, extents[name]) for name in names}


def _sees(use: Use, result: int, at: At) -> Iterator[Reading]:
    raise Unseen("where its entries are added is known when it runs")


def _through(use: Use) -> tuple[int, ...]:
    """A gradient goes through what was there and what is added, not through the numbers of places."""
    return (0, *range(use.given["tables"] + 1, len(use.inputs)))


def _needs(use: Use, wanted: Set[int]) -> Iterator[Value | Made]:
    """The other factor of each product, and where it was added."""
    tables: int = use.given["tables"]
    if any(place > tables for place in wanted):
        yield from use.inputs[1 : tables + 1]
    yield from other_factors(use, wanted)


def _takes_rows(use: Use, place: int) -> Kind:
    return "rows" if 0 < place <= use.given["tables"] else "numbers"


def _steps(use: Use, assumptions: Assumptions) -> Form:
    raise Unsteady


@op(
    reads=Reads(waits=_waits_for_all, sees=_sees),
    gradient=Gradient(through=_through, work=work, needs=_needs, in_place=False),
    memory=NEW._replace(takes=_takes_rows, moves=read_of_each, on_the_way=products_on_the_way),
    steps=_steps,
    written=True,
)
def accumulate(
    site: Site,
    into: Factor,
    tables: Sequence[Factor],
    out: Sequence[str],
    summands: Sequence[Term],
    bounds: Mapping[str, Form],
) -> Applied:
    """Sums of products added to entries of a tensor: `y[to[e], f] += p[e, g] * z[e, f]`.

    Shape   that of `into`
    Counts  every product is added to its entry: mac, multiplications and additions one each; a term of one tensor is
            one add for each of its numbers. Which entries they are makes no difference.
    Source  PyTorch's index_add_ adds every number of its source once; with the product in front of it that is a MAC,
            as in `y[s*t + k] = x[t] * w[k]`
    """
    factors = [factor for term in summands for factor in term.factors]
    extents = solve(site, [_named(into), *tables, *factors], bounds)
    known = [name for name in out if name in extents]
    terms = worked_out(summands, known, extents, 1 + len(tables))
    sums_first = any(term.summed(known) for term in terms)
    given = {
        "left": into.positions(),
        "reads": [factor.positions() for factor in (into, *tables, *factors)],
        "extents": extents,
        "out": tuple(known),
        "terms": [term.accumulated() for term in terms],
        "tables": len(tables),
        "called": () if sums_first else ("products into places",),
    }
    return Applied((into.operand.shape,), total(sum_of(terms, known, extents, site.sizes)), given=given)
