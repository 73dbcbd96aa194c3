"""Reverse mode on counted numbers: a program is run, what it does is put on a tape, and the tape is run backwards.

Every gradient is really worked out, number by number, by the rules that `symcost.analysis.training.backward`
states in words; what is counted is what was done. It shares the syntax tree with the package and nothing else.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from symcost.syntax import ast
from tests.oracle import builtin, interpreter, notation, primitives, statics
from tests.oracle.contraction import Affine, Contraction, Looked, Operand, Term, find_extents, leading, places
from tests.oracle.counted import Number, Tally, Tensor, Unfit, broadcast, positions
from tests.oracle.interpreter import CLASSES

Values = list[Number]


@dataclass(eq=False)
class Node:
    """Something that was done: how the gradient of its results becomes one of each input.

    `view`: the results are the input, seen otherwise. `part`: the gradient is added in place.
    `leaves`: where on the tape the loop is that leaves this behind; it needs a gradient if it would do so after any
    number of rounds. `rate`: how often it is expected to be done. `carry`: the name and
    place of a value handed from round to round (`first`: into the first); its gradients are wanted in all rounds or
    in none.
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    back: Callable[[int, list[Values], bool, Tally], Values]
    through: frozenset[int]
    view: bool = False
    part: bool = False
    carry: object = None
    first: bool = False
    leaves: range = range(0)
    before: Callable[[set[int], list[Values], Tally], list[Values]] | None = None
    rate: Any = 1


@dataclass(eq=False)
class Unit:
    """One run of a `recompute`: what it did, all of it, and where on the tape that is."""

    spent: Tally
    places: range


@dataclass(eq=False)
class Tape:
    """All that was done in a run."""

    machine: interpreter.Machine
    nodes: list[Node] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    frozen: set[int] = field(default_factory=set)
    path: tuple[object, ...] = ()
    quiet: bool = False
    freezing: bool = False
    layers: dict[int, bool] = field(default_factory=dict)
    entries: dict[int, tuple[Tensor, list[int], Tensor]] = field(default_factory=dict)

    def add(self, node: Node) -> None:
        if not self.quiet and not self.machine.tally.muted:
            node.rate = self.machine.tally.rate
            self.nodes.append(node)

    @contextmanager
    def set(self, **changes: Any) -> Iterator[None]:
        before = {name: getattr(self, name) for name in changes}
        self.__dict__.update(changes)
        yield
        self.__dict__.update(before)

    @contextmanager
    def unit(self) -> Iterator[None]:
        """What happens inside is run again, if anything of it is needed."""
        before, begin = Tally(self.machine.tally), len(self.nodes)
        yield
        if not self.quiet:
            self.units.append(Unit(Tally(self.machine.tally - Counter(before)), range(begin, len(self.nodes))))


TAPE: Tape


# Derivatives by hand ----------------------------------------------------------------------------------


def _c(like: Number, value: float) -> Number:
    return Number(value, like.tally)


def _sigmoid(x: Number) -> Number:
    return x.through(lambda v: 1 / (1 + math.exp(-v)))


def _chosen(g: Number, whether: bool) -> Number:
    return g.compare(g.value if whether else 0.0)


def _gelu(g: Number, x: Number) -> Number:
    below = _c(x, 0.5) * ((x * _c(x, math.sqrt(0.5))).through(math.erf) + _c(x, 1))
    density = (x * x * _c(x, -0.5)).through(math.exp) * _c(x, 1 / math.sqrt(2 * math.pi))
    return g * (below + x * density)


def _silu(g: Number, x: Number) -> Number:
    s = _sigmoid(x)
    return g * (s * (x * (_c(x, 1) - s) + _c(x, 1)))


def _softsign(g: Number, y: Number) -> Number:
    falls = _c(y, 1) - y.compare(abs(y.value))
    return g * (falls * falls)


def _elu(g: Number, x: Number) -> Number:
    below = g * x.through(_exp)
    return g.compare(g.value if x.value > 0 else below.value)


def _leaky(g: Number, x: Number) -> Number:
    below = g * _c(x, 0.01)
    return g.compare(g.value if x.value > 0 else below.value)


def _log(v: float) -> float:
    return math.log(abs(v) or 1.0)


def _exp(v: float) -> float:
    return math.exp(min(v, 700.0))


Rule = Callable[[Number, Sequence[Number], Number], Number]

RULES: Mapping[str, Sequence[Rule | None]] = {
    "+": [lambda g, x, y: g] * 2,
    "-": [lambda g, x, y: g, lambda g, x, y: -g],
    "*": [lambda g, x, y: g * x[1], lambda g, x, y: g * x[0]],
    "/": [lambda g, x, y: g / x[1], lambda g, x, y: -(g / x[1] * y)],
    "negate": [lambda g, x, y: -g],
    **{sign: [None, None] for sign in ("==", "!=", "<", "<=", ">", ">=")},
    "max": [lambda g, x, y: _chosen(g, x[0].value == y.value), lambda g, x, y: _chosen(g, x[0].value != y.value)],
    "min": [lambda g, x, y: _chosen(g, x[0].value == y.value), lambda g, x, y: _chosen(g, x[0].value != y.value)],
    "where": [None, lambda g, x, y: _chosen(g, bool(x[0].value)), lambda g, x, y: _chosen(g, not x[0].value)],
    "abs": [lambda g, x, y: g.compare(math.copysign(1, x[0].value) * g.value)],
    "exp": [lambda g, x, y: g * y],
    "log": [lambda g, x, y: g / x[0]],
    "tanh": [lambda g, x, y: g * (_c(y, 1) - y * y)],
    "erf": [lambda g, x, y: g * ((-(x[0] * x[0])).through(_exp) * _c(g, 2 / math.sqrt(math.pi)))],
    "sin": [lambda g, x, y: g * x[0].through(math.cos)],
    "cos": [lambda g, x, y: -(g * x[0].through(math.sin))],
    "sqrt": [lambda g, x, y: g / (y * _c(y, 2))],
    "rsqrt": [lambda g, x, y: g * (_c(y, -0.5) * y * y * y)],
    "sigmoid": [lambda g, x, y: g * (y * (_c(y, 1) - y))],
    "relu": [lambda g, x, y: _chosen(g, x[0].value > 0)],
    "leaky_relu": [lambda g, x, y: _leaky(g, x[0])],
    "elu": [lambda g, x, y: _elu(g, x[0])],
    "gelu": [lambda g, x, y: _gelu(g, x[0])],
    "silu": [lambda g, x, y: _silu(g, x[0])],
    "softsign": [lambda g, x, y: _softsign(g, y)],
    "softplus": [lambda g, x, y: g * _sigmoid(x[0])],
    "^": [
        lambda g, x, y: g * (x[1] * (x[0].through(_log) * (x[1] - _c(g, 1))).through(_exp)),
        lambda g, x, y: g * (y * x[0].through(_log)),
    ],
}


def _power(exponent: Any) -> list[Rule | None]:
    """The derivative of x to a number."""

    def whole(g: Number, x: Sequence[Number], y: Number) -> Number:
        product = g * _c(g, exponent)
        for _ in range(exponent - 1):
            product = product * x[0]
        return product

    def general(g: Number, x: Sequence[Number], y: Number) -> Number:
        return g * (_c(g, exponent) * (x[0].through(_log) * _c(g, exponent - 1)).through(_exp))

    match exponent:
        case 0:
            return [None]
        case 1:
            return [lambda g, x, y: g]
        case -1:
            return [lambda g, x, y: -(g * (y * y))]
        case 0.5:
            return list(RULES["sqrt"])
        case -0.5:
            return list(RULES["rsqrt"])
        case int() if exponent > 1:
            return [whole]
    return [general]


# What is put on the tape ------------------------------------------------------------------------------


def _counted(values: Sequence[Number], tally: Tally) -> Values:
    """The same values, counted elsewhere."""
    return [Number(n.value, tally) for n in values]


def _offset(shape: Sequence[int], position: Sequence[int]) -> int:
    place = 0
    for size, index in zip(shape, position, strict=True):
        place = place * size + index
    return place


def _added(total: Number | None, value: Number) -> Number:
    return value if total is None else total + value


def record_pointwise(
    rules: Sequence[Rule | None], operands: Sequence[Tensor], fixed: Sequence[bool], y: Tensor
) -> None:
    """The derivative at each element; copies of a broadcast operand are summed, those of a parameter into its sum."""
    if broadcast(*(x.shape for x in operands)) != y.shape:
        raise AssertionError
    places_ = [place for place, known in enumerate(fixed) if not known]

    def back(number: int, grads: list[Values], into: bool, tally: Tally) -> Values:
        place = places_[number]
        rule, own = rules[place], operands[place]
        assert rule is not None
        sums: list[Number | None] = [Number(0.0, tally) if into else None] * len(own.data)
        data = [_counted(x.data, tally) for x in operands]
        results = _counted(y.data, tally)
        for at, position in enumerate(positions(y.shape)):
            offsets = [_stretched(x, position) for x in operands]
            xs = [values[offset] for values, offset in zip(data, offsets, strict=True)]
            sums[offsets[place]] = _added(sums[offsets[place]], rule(grads[0][at], xs, results[at]))
        return [Number(0.0, tally) if one is None else one for one in sums]

    through = frozenset(n for n, place in enumerate(places_) if rules[place] is not None)
    TAPE.add(Node(tuple(operands[place] for place in places_), (y,), back, through))


def _stretched(x: Tensor, position: Sequence[int]) -> int:
    own = position[len(position) - x.rank :]
    return _offset(x.shape, [0 if size == 1 else index for size, index in zip(x.shape, own, strict=True)])


def _labelled(x: Tensor, first: int = 1) -> Tensor:
    return Tensor(x.shape, [Number(float(first + i), Tally()) for i in range(len(x.data))])


def record_move(
    move: Callable[..., Any],
    inputs: Sequence[Tensor],
    outputs: Sequence[Tensor],
    *,
    view: bool = False,
    part: bool = False,
) -> None:
    """Whatever only moves numbers: it is done to their places, to see where each came from."""
    firsts = [1 + sum(len(x.data) for x in inputs[:n]) for n in range(len(inputs))]
    moved = move(*(_labelled(x, first) for x, first in zip(inputs, firsts, strict=True)))
    labels = [[int(n.value) for n in out.data] for out in (moved if isinstance(moved, tuple) else (moved,))]
    if view:
        PARAMETERS.update({id(out): out for out in outputs})
    _record_origins(inputs, outputs, labels, firsts, view, part)


def _record_origins(
    inputs: Sequence[Tensor],
    outputs: Sequence[Tensor],
    labels: Sequence[Sequence[int]],
    firsts: Sequence[int],
    view: bool,
    part: bool,
) -> None:
    def back(number: int, grads: list[Values], into: bool, tally: Tally) -> Values:
        first, size = firsts[number], len(inputs[number].data)
        sums: list[Number | None] = [Number(0.0, tally) if into or part else None] * size
        for origins, gradient in zip(labels, grads, strict=True):
            for label, g in zip(origins, gradient, strict=True):
                if first <= label < first + size:
                    sums[label - first] = _added(sums[label - first], g)
        return [Number(0.0, tally) if one is None else one for one in sums]

    through = frozenset(range(len(inputs)))
    TAPE.add(Node(tuple(inputs), tuple(outputs), back, through, view=view, part=part))


def same(x: Tensor, *, view: bool, carry: object = None, first: bool = False, leaves: range = range(0)) -> Tensor:
    """The same numbers as another tensor."""
    y = Tensor(x.shape, x.data)

    def back(number: int, grads: list[Values], into: bool, tally: Tally) -> Values:
        return [Number(0.0, tally) + g for g in grads[0]] if into else grads[0]

    TAPE.add(Node((x,), (y,), back, frozenset([0]), view=view, carry=carry, first=first, leaves=leaves))
    if view:
        PARAMETERS[id(y)] = y
    return y


def record_taken(base: Tensor, entries: Tensor, origins: Sequence[int], tables: Sequence[Tensor]) -> None:
    """Entries at the places that tables say."""
    _record_origins([base], [entries], [origins], [1], False, True)


def record_reduction(name: str, x: Tensor, groups: Sequence[Sequence[int]], y: Tensor, scattered: bool = False) -> None:
    """A reduction of these places of x to each result."""

    def back(number: int, grads: list[Values], into: bool, tally: Tally) -> Values:
        into = into or scattered
        sums: list[Number | None] = [Number(0.0, tally) if into else None] * len(x.data)
        for result, group, g in zip(y.data, groups, grads[0], strict=True):
            share = g * Number(1 / max(len(group), 1), tally) if name == "mean" else g
            for place in group:
                same = x.data[place].value == result.value
                sums[place] = _added(sums[place], _chosen(g, same) if name in ("max", "min") else share)
        return [Number(0.0, tally) if one is None else one for one in sums]

    TAPE.add(Node((x,), (y,), back, frozenset([0])))


def record_running_sum(x: Tensor, axis: int, y: Tensor) -> None:
    """Backwards a running sum from the other end."""

    def back(number: int, grads: list[Values], into: bool, tally: Tally) -> Values:
        sums = [[grads[0][place] for place in reversed(row)] for row in primitives.rows(x, axis)]
        found = [list(reversed(primitives.running_sum(row))) for row in sums]
        values = primitives.from_rows(found, x.shape, x.axis(axis)).data
        return [Number(0.0, tally) + value for value in values] if into else values

    TAPE.add(Node((x,), (y,), back, frozenset([0])))


class TapedContraction(Contraction):
    """Index notation that remembers its operands."""

    def run(self) -> Tensor:
        with TAPE.set(quiet=True):
            y = super().run()
        self._record(y, ())
        return y

    def added(self, into: Operand) -> Tensor:
        """Into what is there: its gradient is that of the result, and each term is read where it was added."""
        with TAPE.set(quiet=True):
            y = super().added(into)
        tables = [item.table.tensor for item in into.items if isinstance(item, Looked)]
        replace(self, left=into.items)._record(y, (into.tensor, *tables))
        return y

    def _record(self, y: Tensor, into: Sequence[Tensor]) -> None:
        """Put it on the tape; `into`: what was there and the tables that say where it is added, if it is."""
        steps = [_Product(self, term) for term in self.terms]
        inputs = tuple(o.tensor for term in self.terms for o in term.operands)
        first = [sum(len(term.operands) for term in self.terms[:n]) for n in range(len(self.terms))]

        def before(wanted: set[int], grads: list[Values], tally: Tally) -> list[Values]:
            """All gradients of the operands that want one, worked out together: intermediate ones are shared."""
            found: list[Values] = [[] for _ in (*into, *inputs)]
            views = {id(t) for t in inputs if id(t) in VIEWS}
            for start, product in zip(first, steps, strict=True):
                begin = len(into) + start
                mine = {n - begin for n in wanted if begin <= n < begin + len(product.operands)}
                for n, values in product.backward(mine, grads[0], y.shape, tally, views).items():
                    found[begin + n] = values
            if into and 0 in wanted:
                found[0] = grads[0]
            return found

        through = [n for n in range(len(into) + len(inputs)) if n == 0 or n >= len(into)]
        TAPE.add(Node((*into, *inputs), (y,), lambda *_: [], frozenset(through), before=before))


VIEWS: set[int] = set()
"""The parameters of this run and what shares their sum, while the tape runs back."""


@dataclass
class _Product:
    """One term: its operands, multiplied from the left."""

    contraction: Contraction
    term: Term

    @property
    def operands(self) -> tuple[Operand, ...]:
        return self.term.operands

    def backward(
        self, wanted: set[int], gradient: Values, shape: Sequence[int], tally: Tally, into: set[int]
    ) -> dict[int, Values]:
        if not wanted:
            return {}
        c = self.contraction
        names = list(dict.fromkeys(name for item in c.left for name in item.factors))
        g: dict[tuple[int, ...], Number] = {}
        for place in places(names, c.extents):
            value = gradient[_offset(shape, [item.at(place) for item in c.left])]
            value = value.flipped() if self.term.negative else value
            for op, scale in self.term.scales:
                number = Number(scale.value, tally)
                value = value * number if op == "*" else value / number
            g[tuple(place[name] for name in names)] = value
        affine = not all(item.alone for item in c.left)
        operands = list(self.operands)
        chain = [operands[0]]
        for number, operand in enumerate(operands[1:-1], 1):
            needed = c.wanted | {name for o in operands[number + 1 :] for name in o.names}
            muted, c.tally.muted = c.tally.muted, True
            chain.append(c.pair(chain[-1], operand, needed))
            c.tally.muted = muted
        if len(operands) == 1:
            return {0: self._single(operands[0], names, g, tally, id(operands[0].tensor) in into)}
        found: dict[int, Values] = {}
        kept, grads = names, g
        accumulated = affine or len(c.terms) > 1 or bool({*chain[-1].names, *operands[-1].names} - c.wanted)
        for number in range(len(operands) - 1, 0, -1):
            left, right = chain[number - 1], operands[number]
            if number in wanted:
                direct = id(right.tensor) in into
                found[number] = self._factor(right, left, kept, grads, accumulated, tally, direct)[0]
            deeper = {n for n in wanted if n < number}
            if not deeper:
                break
            direct = number == 1 and id(left.tensor) in into
            values, by_place = self._factor(left, right, kept, grads, accumulated, tally, direct)
            if number == 1:
                found[0] = values
            kept, grads = self._names(left), by_place
            pair = (chain[number - 2], operands[number - 1]) if number > 1 else ()
            accumulated = any(set(self._names(one)) - set(kept) for one in pair)
        return found

    def _names(self, operand: Operand) -> list[str]:
        """Its own indices; an axis that is only broadcast is none."""
        extents = self.contraction.extents
        lone = {
            item.alone
            for item, size in zip(operand.items, operand.tensor.shape, strict=True)
            if leading(item) and size == 1 and extents[str(item.alone)] != 1
        }
        return [name for name in operand.names if name not in lone]

    def _factor(
        self,
        own: Operand,
        other: Operand,
        kept: Sequence[str],
        gradient: Mapping[tuple[int, ...], Number],
        accumulated: bool,
        tally: Tally,
        into: bool,
    ) -> tuple[Values, dict[tuple[int, ...], Number]]:
        """The gradient times the other factor, summed over all indices that this one lacks."""
        extents = self.contraction.extents
        mine = self._names(own)
        lacks = [n for n in dict.fromkeys((*kept, *self._names(other))) if n not in mine]
        into = into or any(not item.alone for item in own.items)
        sums: dict[tuple[int, ...], Number] = {}
        totals: list[Number | None] = [Number(0.0, tally) if into else None] * len(own.tensor.data)
        for place in places(mine, extents):
            total: Number | None = None
            for rest in places(lacks, extents):
                at = {**dict.fromkeys(other.names, 0), **place, **rest}
                a, b = gradient[tuple(at[name] for name in kept)], Number(other.at(at).value, tally)
                if accumulated or lacks:
                    tally.note("mac")
                    tally.note("multiplication inside")
                    total = _joined(total, Number(a.value * b.value, tally))
                else:
                    total = a * b
            if total is None:
                continue
            sums[tuple(place[name] for name in mine)] = total
            where = self._where(own, place)
            before = totals[where]
            mac = accumulated or lacks
            totals[where] = total if before is None else _joined(before, total) if mac else before + total
        values = [Number(0.0, tally) if one is None else one for one in totals]
        return values, sums

    def _where(self, own: Operand, place: Mapping[str, int]) -> int:
        index = [0 if item.alone and item.alone not in place else item.at(place) for item in own.items]
        return _offset(own.tensor.shape, index)

    def _single(
        self, own: Operand, names: Sequence[str], g: Mapping[tuple[int, ...], Number], tally: Tally, into: bool
    ) -> Values:
        extents = self.contraction.extents
        mine = self._names(own)
        into = into or any(not item.alone for item in own.items)
        totals: list[Number | None] = [Number(0.0, tally) if into else None] * len(own.tensor.data)
        lacks = [name for name in names if name not in mine]
        sums: dict[tuple[int, ...], Number] = {}
        both = [name for name in names if name in mine]
        for place in places(both, extents):
            total: Number | None = None
            for rest in places(lacks, extents):
                total = _added(total, g[tuple({**place, **rest}[name] for name in names)])
            if total is not None:
                sums[tuple(place[name] for name in both)] = total
        for place in places(mine, extents):
            value = sums.get(tuple(place[name] for name in both))
            if value is not None:
                where = self._where(own, place)
                totals[where] = _added(totals[where], value)
        return [Number(0.0, tally) if one is None else one for one in totals]


def _joined(total: Number | None, value: Number) -> Number:
    if total is None:
        return value
    value.tally.note("addition inside")
    return Number(total.value + value.value, value.tally)


# The interpreter, taped -------------------------------------------------------------------------------


class TapedStatement(notation.Statement):
    def operand(self, expr: ast.Expr) -> Operand:
        found = super().operand(expr)
        if id(found.tensor) in TAPE.entries:
            root, origins, y = TAPE.entries[id(found.tensor)]
            if _is_view(root):
                PARAMETERS[id(y)] = y
            _record_origins([root], [found.tensor], [origins], [1], _is_view(root), not _is_view(root))
        return self._taken(found) if any(isinstance(item, Looked) for item in found.items) else found

    def _taken(self, found: Operand) -> Operand:
        """Entries at the places that tables say, moved out as rows are: their gradients are added where they lay."""
        extents: dict[str, int] = {}
        find_extents([found], extents)
        names = list(found.names)
        origins = [
            1 + _offset(found.tensor.shape, [item.at(place) for item in found.items])
            for place in places(names, extents)
        ]
        taken = Tensor(tuple(extents[name] for name in names), [found.tensor.data[origin - 1] for origin in origins])
        tables = [item.table.tensor for item in found.items if isinstance(item, Looked)]
        record_taken(found.tensor, taken, origins, tables)
        return Operand(taken, tuple(Affine({name: 1}) for name in names))

    def window(self, op: str, indices: Sequence[ast.WindowIndex], body: ast.Expr) -> Tensor:
        names = {index.name.text: self.frame.size(index.extent) for index in indices}
        self.frame = replace(self.frame, names={n: v for n, v in self.frame.names.items() if n not in names})
        term = self.term(body, False)
        [operand] = term.operands
        left = [*self.left([term]), *(Affine({name: 1}) for name in names)]
        label = Operand(_labelled(operand.tensor, 0), operand.items)
        with TAPE.set(quiet=True):
            tally = self.frame.machine.tally
            laid_out = self.contraction(left, [term], dict(names)).run()
            y = primitives.reduce_axes(op, laid_out, range(-len(names), 0), False, tally)
            before, tally.muted = tally.muted, True
            origins = self.contraction(left, [Term((label,))], dict(names)).run()
            tally.muted = before
        size = math.prod(names.values())
        labels = [int(n.value) for n in origins.data]
        groups = [labels[n : n + size] for n in range(0, len(labels), size)]
        record_reduction(op, operand.tensor, groups, y, any(not item.alone for item in operand.items))
        return y


class TapedBuiltin(builtin.Builtin):
    def call(self, name: str, args: list[Any], named: dict[str, Any]) -> Any:
        tensors = [a for a in (*args, *named.values()) if isinstance(a, Tensor)]
        result = super().call(name, args, named)
        made = result if isinstance(result, tuple) else [result] if isinstance(result, Tensor) else []
        if not tensors or not made or TAPE.quiet or name == "einsum":  # a contraction puts itself on the tape
            return result
        reducing = name in builtin.REDUCTIONS and not (
            name in ("max", "min") and len(args) == 2 and not isinstance(args[1], list)
        )
        if reducing:
            self._reduced(name, *args, **named, result=result)
        elif name in builtin.ROWS:
            self._by_row(name, *args, **named, result=result)
        elif name in builtin.MOVES:
            view = name in ("reshape", "transpose", "split") and _is_view(tensors[0])
            rest = [a for a in args if not isinstance(a, Tensor)]
            move = getattr(builtin.Builtin(self.frame), name)
            # Of windows the gradients are added where they lie; they may leave positions out.
            windows = name == "unfold"
            record_move(lambda *parts: move(*parts, *rest, **named), tensors, made, view=view, part=windows)
        else:
            operands = [a if isinstance(a, Tensor) else self.frame.as_tensor(a) for a in args]
            record_pointwise(RULES[name], operands, [not isinstance(a, Tensor) for a in args], result)
        return result

    def _by_row(self, name: str, x: Tensor, *rest: Any, result: Tensor, **named: Any) -> None:
        if name == "cumsum":
            axis = named.get("axis", rest[0] if rest else -1)
            record_running_sum(x, axis, result)
            return
        muted = Tensor(x.shape, [Number(n.value, Tally()) for n in x.data])
        k = named.pop("k", None) if name == "topk" else None
        if name == "topk" and k is None:
            k, *rest = rest  # type: ignore[assignment]
        _, places_ = primitives.ordered(muted, named.get("axis", rest[0] if rest else -1), k)
        # All that is sorted is there again; of the largest the gradients are added where they were taken.
        _record_origins([x], [result], [[place + 1 for place in places_]], [1], False, name == "topk")

    def _reduced(self, name: str, x: Tensor, axis: Any = -1, keep: bool = False, *, result: Tensor) -> None:
        gone = {x.axis(a) for a in (axis if isinstance(axis, list) else [axis])}
        groups: dict[tuple[int, ...], list[int]] = {
            p: [] for p in positions([1 if a in gone else s for a, s in enumerate(x.shape)])
        }
        for place, position in enumerate(positions(x.shape)):
            groups[tuple(0 if a in gone else i for a, i in enumerate(position))].append(place)
        record_reduction(name, x, list(groups.values()), result)


PARAMETERS: dict[int, Tensor] = {}


def _is_view(x: Tensor) -> bool:
    """A parameter, or one that was only looked at otherwise."""
    return id(x) in PARAMETERS


@dataclass
class TapedFrame(interpreter.Frame):
    def step(self, statement: ast.Statement) -> tuple[Any, ...] | None:
        match statement:
            case ast.Marked(kind="frozen", body=body):
                with TAPE.set(freezing=True):
                    return self.execute(body)
            case ast.Marked(kind="recompute", body=body):
                with TAPE.unit():
                    return self.execute(body)
            case ast.Param(entries=entries, kind=kind):
                super().step(statement)
                for entry in entries:
                    tensor = self.names[entry.name.text]
                    PARAMETERS[id(tensor)] = tensor
                    if TAPE.freezing or kind == "buffer":
                        TAPE.frozen.add(id(tensor))
                return None
        return super().step(statement)

    def layer(self, statement: ast.Layer, value: ast.Name | ast.Call) -> interpreter.Function:
        made = super().layer(statement, value)
        TAPE.layers[id(made.owner)] = TAPE.freezing
        return made

    def binary(self, op: str, left: Any, right: Any) -> Any:
        tensors = [isinstance(left, Tensor), isinstance(right, Tensor)]
        if not any(tensors):
            return super().binary(op, left, right)
        y = super().binary(op, left, right)
        if op == "^" and not tensors[1]:
            record_pointwise(_power(statics.whole(right) if not isinstance(right, int) else right), [left], [False], y)
        elif op == "^" and not tensors[0]:
            logarithm = _log(float(left))
            rules: list[Rule | None] = [None, lambda g, x, r: g * (r * _c(g, logarithm))]
            record_pointwise(rules, [self.as_tensor(left), right], [True, False], y)
        elif op != "@":
            operands = [self.as_tensor(left), self.as_tensor(right)]
            record_pointwise(RULES[op], operands, [not tensor for tensor in tensors], y)
        return y

    def evaluate(self, expr: ast.Expr) -> Any:
        if isinstance(expr, ast.Unary) and expr.op == "-":
            value = self.evaluate(expr.operand)
            if not isinstance(value, Tensor):
                return -value
            y = Tensor(value.shape, [-x for x in value.data])
            record_pointwise(RULES["negate"], [value], [False], y)
            return y
        return super().evaluate(expr)

    def subscript(self, base: Any, items: Sequence[ast.Expr]) -> Tensor:
        x = self.as_tensor(base)
        with TAPE.set(quiet=True):
            y = super().subscript(x, items)
            z = super().subscript(_labelled(x), items)
        rows = any(not isinstance(i, ast.Slice | ast.Ellipsis) and self._is_tensor(i) for i in items)
        view = _is_view(x) and not rows
        _record_origins([x], [y], [[int(n.value) for n in z.data]], [1], view, not view)
        if view:
            PARAMETERS[id(y)] = y
        return y

    def _is_tensor(self, expr: ast.Expr) -> bool:
        with TAPE.set(quiet=True):
            return isinstance(self.evaluate(expr), Tensor)

    def entry(self, x: Tensor, axis: int, index: Any) -> Tensor:
        y = super().entry(x, axis, index)
        if not TAPE.quiet:
            root, origins, _ = TAPE.entries.get(id(x), (x, list(range(1, len(x.data) + 1)), x))
            labels = Tensor(x.shape, [Number(float(label), Tally()) for label in origins])
            moved = super().entry(labels, axis, index)
            TAPE.entries[id(y)] = (root, [int(n.value) for n in moved.data], y)
        return y

    def call(self, site: ast.Expr, *rest: Any) -> Any:
        with TAPE.set(path=(*TAPE.path, site)):
            return super().call(site, *rest)

    def enter(self, function: Any, owner: Any, given: list[Any], named: dict[str, Any]) -> tuple[Tensor, ...]:
        freezing = TAPE.layers.get(id(function.owner), TAPE.freezing) if function.owner else TAPE.freezing
        with TAPE.set(freezing=freezing):
            results = super().enter(function, owner, given, named)
        return tuple(same(result, view=_is_view(result)) for result in results)

    def stack(self, emitted: Mapping[str, list[Tensor]], loop: range = range(0)) -> None:
        super().stack(emitted)
        for name, values in emitted.items():
            record_move(lambda *parts: primitives.stacked(parts), values, [self.names[name]])
            if not TAPE.quiet and not self.machine.tally.muted:
                TAPE.nodes[-1].leaves = loop

    # Loops -------------------------------------------------------------------------------------------

    def never(self, loop: ast.Scan | ast.Repeat, carried: Mapping[str, Tensor]) -> None:
        """A loop without rounds hands on what it begins with."""
        if _emitted(loop.body):
            raise Unfit("what no round at all emits")
        self.names |= carried

    def scan(self, loop: ast.Scan) -> None:
        rounds, counter = self.rounds(loop.over), loop.counter.text
        owner = self.owner.child(loop)
        carried = self.carried(loop.carries, {counter: rounds.start})
        if not rounds:
            return self.never(loop, carried)
        emitted: dict[str, list[Tensor]] = {}
        begin = len(TAPE.nodes)
        with TAPE.set(path=(*TAPE.path, loop)):
            for t in rounds:
                carried = self._handed(carried, t == rounds.start)
                frame = self.inner(owner, **carried, **{counter: t})
                frame.emitted = emitted
                frame.execute(loop.body)
                carried = {name: frame.names[name] for name in carried}
                self.expect(loop.carries, carried, {counter: t + 1})
            done = range(begin, len(TAPE.nodes))
            self.names |= self._handed(carried, False, done)
        return self.stack(emitted, done)

    def repeat(self, loop: ast.Repeat) -> None:
        rounds = self.rounds(loop.over)
        counted = loop.counter.text if loop.counter else None
        given = self.carried(loop.carries, {counted: rounds.start} if counted else {})
        if not rounds:
            return self.never(loop, given)
        emitted: dict[str, list[Tensor]] = {}
        outer = dict.fromkeys(self.names | given)
        names = self.names | given
        begin = len(TAPE.nodes)
        handed = [n for n in outer if n in given or (n in _assigned(loop.body) and isinstance(names[n], Tensor))]
        with TAPE.set(path=(*TAPE.path, loop)):
            for number in rounds:
                names |= self._handed({n: names[n] for n in handed}, number == rounds.start)
                owner = self.owner.child(loop) if loop.shared else self.owner.child(loop, number)
                here = names | ({counted: number} if counted else {})
                frame = TapedFrame(self.machine, owner, here, self.axes, emitted, self.dims, self.others)
                frame.execute(loop.body)
                self.expect(loop.carries, frame.names, {counted: number + 1} if counted else {})
                names = {name: frame.names[name] for name in outer}
            done = range(begin, len(TAPE.nodes))
            names |= self._handed({n: names[n] for n in handed}, False, done)
        self.names |= {name: names[name] for name in outer if name != counted}
        return self.stack(emitted, done)

    def _handed(self, carried: Mapping[str, Tensor], first: bool, leaves: range = range(0)) -> dict[str, Tensor]:
        """What goes into a round, or out of the loop, as tensors of their own."""
        return {n: same(x, view=False, carry=(TAPE.path, n), first=first, leaves=leaves) for n, x in carried.items()}


def _assigned(body: Sequence[ast.Statement]) -> set[str]:
    """The names that statements give a value."""
    found: set[str] = set()
    for s in body:
        match s:
            case ast.Assign(targets=targets):
                found |= {name.text for name in targets}
            case ast.IndexAssign(target=target):
                found.add(target.text)
            case ast.If(then=then, otherwise=otherwise):
                found |= _assigned(then) | _assigned(otherwise)
            case ast.Marked(body=inner):
                found |= _assigned(inner)
            case ast.Scan(carries=carries, body=inner):
                found |= {c.name.text for c in carries} | _emitted(inner)
            case ast.Repeat(carries=carries, body=inner):
                found |= {c.name.text for c in carries} | _assigned(inner) | _emitted(inner)
            case ast.Choose(body=inner):
                found |= _emitted(inner)
    return found


def _emitted(body: Sequence[ast.Statement]) -> set[str]:
    found: set[str] = set()
    for s in body:
        match s:
            case ast.Emit(name=name):
                found.add(name.text)
            case ast.If(then=then, otherwise=otherwise):
                found |= _emitted(then) | _emitted(otherwise)
            case ast.Marked(body=inner):
                found |= _emitted(inner)
    return found


# Running ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gradients:
    """What the way back counted, and the gradients of parameters and inputs that it found."""

    counts: dict[str, int]
    parameters: list[list[float]]
    inputs: list[list[float]]


@contextmanager
def taped() -> Iterator[None]:
    """The interpreter leaves a tape."""
    places_ = [
        (interpreter, "Frame", TapedFrame),
        (interpreter, "Statement", TapedStatement),
        (builtin, "Builtin", TapedBuiltin),
        (notation, "Contraction", TapedContraction),
    ]
    before = [getattr(module, name) for module, name, _ in places_]
    for module, name, mine in places_:
        setattr(module, name, mine)
    try:
        yield
    finally:
        for (module, name, _), old in zip(places_, before, strict=True):
            setattr(module, name, old)


def differentiate(
    text: str, model: str | None, values: Mapping[str, Any], *, inputs: bool = False, folder: Path = Path()
) -> Gradients:
    """Run a model and its tape back, from a gradient of the results that is made up."""
    return backwards(text, model, values, inputs=inputs, folder=folder).run()


def backwards(
    text: str,
    model: str | None,
    values: Mapping[str, Any],
    *,
    inputs: bool = False,
    folder: Path = Path(),
    kind: type[Backwards] | None = None,
) -> Backwards:
    """Run a model, so that its tape can be run back."""
    global TAPE
    definitions = interpreter.definitions_of(text, folder)
    chosen = definitions[model] if model else next(d for d in definitions.values() if d.kind == "model")
    machine = interpreter.Machine(definitions)
    TAPE = Tape(machine)
    PARAMETERS.clear()
    made: list[Tensor] = []
    original = machine.made
    machine.made = lambda shape: made.append(original(shape)) or made[-1]  # type: ignore[method-assign,func-returns-value]
    with taped():
        results = machine.run(chosen, values)
    learned = {id(tensor) for tensor, _ in machine.parameters}
    ports = [tensor for tensor in made if id(tensor) not in learned]
    trained = [t for t, _ in machine.parameters if id(t) not in TAPE.frozen]
    return (kind or Backwards)(TAPE, results, trained, ports if inputs else [])


@dataclass
class Backwards:
    """The tape run back."""

    tape: Tape
    results: Sequence[Tensor]
    trained: Sequence[Tensor]
    ports: Sequence[Tensor]
    tally: Tally = field(default_factory=Tally)

    def run(self) -> Gradients:
        nodes = self.tape.nodes
        trained = {id(t) for t in (*self.trained, *self.ports)}
        needs = self._needs(range(len(nodes)), trained, frozenset())
        somewhere = self._lifted(range(len(nodes)), trained)
        views = {id(t) for t, _ in self.tape.machine.parameters}
        for node in nodes:
            if node.view and id(node.inputs[0]) in views:
                views |= {id(out) for out in node.outputs}
        VIEWS.clear()
        VIEWS.update(views)
        gets = self._gets(nodes, somewhere)
        grads: dict[int, Values] = {}
        for result in self.results:
            if id(result) in needs:
                seed = [Number((n * 13 % 7 + 1) / 5, self.tally) for n in range(len(result.data))]
                self._take(result, seed, grads, views, fresh=True)
        for node in reversed(nodes):
            self.tally.rate = node.rate  # what is weighed is as often on the way back
            self._back(node, grads, needs, gets, views)
        self.tally.rate = 1
        for unit in self.tape.units:
            made = [id(out) for place in unit.places for out in nodes[place].outputs]
            if any(each in needs and each in gets for each in made):
                self.tally += unit.spent  # type: ignore[misc]
        counts = {name: self.tally[name] for name in CLASSES}
        counts["multiplications"] = self.tally["mul"] + self.tally["multiplication inside"]
        counts["additions"] = self.tally["add"] + self.tally["addition inside"]
        return Gradients(counts, *([_plain(t, grads) for t in ts] for ts in (self.trained, self.ports)))

    def _needs(self, where: range, trained: Set[int], groups: Set[object]) -> set[int]:
        """What depends on something trained; values handed on in these groups do in the first round too."""
        nodes = self.tape.nodes
        needs = set(trained)
        for place in where:
            node = nodes[place]
            inputs = [id(node.inputs[n]) for n in node.through]
            late = node.leaves and not self._lifted(node.leaves, needs).isdisjoint(inputs)
            if late or node.carry in groups or not needs.isdisjoint(inputs):
                needs |= {id(out) for out in node.outputs}
        return needs

    def _lifted(self, where: range, trained: Set[int]) -> set[int]:
        """What depends on something trained once a loop has gone on for long enough."""
        nodes = [n for n in self.tape.nodes[where.start :] if n.carry]
        inside = {n.carry for n in self.tape.nodes[where.start : where.stop]}
        groups: set[object] = set()
        while True:
            needs = self._needs(where, trained, groups)
            found = {n.carry for n in nodes if n.carry in inside and id(n.inputs[0]) in needs}
            if found <= groups:
                return needs
            groups |= found

    def _gets(self, nodes: Sequence[Node], needs: set[int]) -> set[int]:
        """What a result depends on."""
        gets = {id(result) for result in self.results}
        for node in reversed(nodes):
            if any(id(out) in gets and id(out) in needs for out in node.outputs):
                gets |= {id(node.inputs[n]) for n in node.through}
        return gets

    def _back(self, node: Node, grads: dict[int, Values], needs: set[int], gets: set[int], views: set[int]) -> None:
        wanted = {n for n in node.through if id(node.inputs[n]) in needs and id(node.inputs[n]) in gets}
        live = any(id(out) in needs and id(out) in gets for out in node.outputs)
        if not live or not wanted:
            return
        given = [grads.get(id(out)) or [Number(0.0, self.tally)] * len(out.data) for out in node.outputs]
        together = node.before(wanted, given, self.tally) if node.before else None
        for n in sorted(wanted):
            x = node.inputs[n]
            view = node.view and id(x) in views
            into = id(x) in views and not view
            values = together[n] if together else node.back(n, given, into, self.tally)
            if view or id(x) in views:
                known = grads.get(id(x))
                # What was worked out was added to the sum where it was made; here it is only put there.
                grads[id(x)] = (
                    values
                    if known is None
                    else [Number(a.value + b.value, self.tally) for a, b in zip(known, values, strict=True)]
                )
            elif node.part:
                # Added into zeros above; into what is there it would have been the same.
                known = grads.get(id(x))
                grads[id(x)] = (
                    values
                    if known is None
                    else [Number(a.value + b.value, self.tally) for a, b in zip(known, values, strict=True)]
                )
            else:
                self._take(x, values, grads, views, fresh=False)

    def _take(self, x: Tensor, values: Values, grads: dict[int, Values], views: set[int], fresh: bool) -> None:
        """Another gradient of a tensor: added to the others if it was whole before, else taken as it is."""
        known = grads.get(id(x))
        whole = id(x) in self._whole
        if known is None and id(x) in views:
            known, whole = [Number(0.0, self.tally)] * len(x.data), True
        if known is None:
            grads[id(x)] = values
        elif whole:
            grads[id(x)] = [a + b for a, b in zip(known, values, strict=True)]
        else:
            # Only parts were there, and they were counted: the whole is laid under them.
            grads[id(x)] = [Number(a.value + b.value, self.tally) for a, b in zip(known, values, strict=True)]
        self._whole.add(id(x))

    def __post_init__(self) -> None:
        self._whole: set[int] = set()
        self._groups: set[object] = set()


def _plain(x: Tensor, grads: Mapping[int, Values]) -> list[float]:
    return [n.value for n in grads.get(id(x), [])] or [0.0] * len(x.data)
