"""Layers that differ by where they stand where nobody knows how many there are.

`repeat l in L { if l < dense { ... } else { ... } }` is min(dense, L) rounds of one kind, and the rest of the other:
`dense` and `L - dense` under `assume dense <= L`. So are the first layer, `l == 0`, and the last one, `l == L - 1`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from symcost.diagnostics import Span
from symcost.formula import Form, Symbol, counter as new_counter, maximum, minimum, num
from symcost.graph.conditions import decided
from symcost.graph.expressions import number
from symcost.graph.frame import Frame
from symcost.graph.loops import Rounds, rounds_of
from symcost.ops.sizes import Sizes
from symcost.records import dataclass
from symcost.syntax import ast

ONE = num(1)

MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
"""What each comparison is when its sides are swapped."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rounds from `first` on, or from the beginning, and before `end`; the comparison is `holds` in them."""

    first: Form | None
    end: Form
    holds: bool

    @property
    def cuts(self) -> tuple[Form, ...]:
        """Where it begins and ends inside of the loop."""
        return (self.end,) if self.first is None else (self.first, self.end)


class UnknownOrder(Exception):
    """Of two rounds at which something begins nobody knows which comes first."""

    def __init__(self, one: Form, other: Form) -> None:
        super().__init__(one, other)
        self.one, self.other = one, other


def by_place(statement: ast.Repeat, counter: ast.Name, found: Sequence[ast.Expr], frame: Frame) -> list[ast.Repeat]:
    """The loops that a loop is whose rounds differ by where they stand; none where no comparison asks for that.

    `found`: the comparisons by which they may differ. Raises UnknownOrder and what comparisons raise.
    """
    stretches = stretches_of(found, counter.text, frame)
    rounds = rounds_of(statement, frame)
    is_open = any(form.free_symbols for form in (rounds.low, rounds.high, *_cuts(stretches)))
    if not stretches or (rounds.few and not is_open):
        return []  # nothing is to be cut, or the rounds are known one by one and built so
    pieces = _Pieces(rounds, frame.sizes, _cuts(stretches))
    return list(_loops(statement, counter, stretches, pieces))


def stretches_of(found: Sequence[ast.Expr], counter: str, frame: Frame) -> dict[ast.Expr, Stretch]:
    """The comparisons that hold before or behind a round, or in one of them."""
    known = ((each, stretch_of(each, counter, frame)) for each in found)
    return {each: stretch for each, stretch in known if stretch is not None}


def stretch_of(compared: ast.Expr, counter: str, frame: Frame) -> Stretch | None:
    """In which rounds a comparison holds: `l < n`, `n >= l + 1`, `l == L - 1`; None where it is no such comparison.

    Raises what its sides raise.
    """
    if not isinstance(compared, ast.Binary) or compared.op not in MIRRORED:
        return None
    place = new_counter(counter, 0)
    inside = frame.inner()
    inside.names[counter] = place
    apart = (number(compared.left, inside) - number(compared.right, inside)).expand()
    slope = (apart.substitute({place: place + 1}) - apart).expand()

    # How far the counter is from a round: `l - n`, or `n - l`.
    if slope == 1:
        return _stretch(compared.op, (place - apart).expand(), place, frame.sizes)
    if slope == -1:
        return _stretch(MIRRORED[compared.op], (place + apart).expand(), place, frame.sizes)
    return None


def _stretch(op: str, round_: Form, place: Symbol, sizes: Sizes) -> Stretch | None:
    """Where `l op round` holds; None where that is no round."""
    if place in round_.free_symbols or not sizes.assumptions.is_integer(round_):
        return None
    behind = (round_ + 1).expand()
    match op:
        case "<" | ">=":
            return Stretch(None, round_, op == "<")
        case "<=" | ">":
            return Stretch(None, behind, op == "<=")
    return Stretch(round_, behind, op == "==")


def _cuts(stretches: Mapping[ast.Expr, Stretch]) -> list[Form]:
    return [cut for stretch in stretches.values() for cut in stretch.cuts]


# Where the loop is cut ----------------------------------------------------------------------------


class _Pieces:
    """A loop cut at some rounds, in their order: none begins before the loop, none ends behind it."""

    def __init__(self, rounds: Rounds, sizes: Sizes, cuts: Sequence[Form]) -> None:
        self._low, self._high = rounds.low, rounds.high
        self._sizes = sizes
        self._place: dict[Form, int] = {}
        self.ends: list[Form] = [rounds.low]
        self.firsts: list[Form] = [rounds.low]
        """The round in which each piece begins if it has any: 2, where it is cut at min(2, L)."""
        for cut in in_order(cuts, sizes):
            self._cut(cut)
        self._end(rounds.high, rounds.high)

    def _cut(self, cut: Form) -> None:
        known = self._sizes.assumptions
        first = cut if known.at_least(cut, self._low) else maximum(cut, self._low)
        end = first if known.at_least(self._high, first) else self._sizes.tidy(minimum(first, self._high))
        self._end(end, first)
        self._place[cut] = len(self.ends) - 1

    def _end(self, end: Form, first: Form) -> None:
        """End the last piece there, if it has any room."""
        if not self._sizes.equal(self.ends[-1], end):
            self.ends.append(end)
            self.firsts.append(first)

    def holds(self, stretch: Stretch, piece: int) -> bool:
        """What a comparison comes to in a piece."""
        begun = stretch.first is None or self._place[stretch.first] <= piece
        return (begun and piece < self._place[stretch.end]) == stretch.holds


def in_order(cuts: Sequence[Form], sizes: Sizes) -> list[Form]:
    """The rounds at which something begins, each once, earliest first. Raises UnknownOrder."""
    ordered: list[Form] = []
    for cut in dict.fromkeys(cuts):
        place = 0
        while place < len(ordered) and _is_before(ordered[place], cut, sizes):
            place += 1
        ordered.insert(place, cut)
    return ordered


def _is_before(one: Form, other: Form, sizes: Sizes) -> bool:
    """Whether a round comes before another one, or is the same. Raises UnknownOrder."""
    if sizes.assumptions.at_least(other, one):
        return True
    if sizes.assumptions.at_least(one, other):
        return False
    raise UnknownOrder(one, other)


# The loops of which it is made --------------------------------------------------------------------


def _loops(
    statement: ast.Repeat, counter: ast.Name, stretches: Mapping[ast.Expr, Stretch], pieces: _Pieces
) -> Iterator[ast.Repeat]:
    """A loop for each piece; what is carried goes from one to the next by its name."""
    carries = statement.carries
    for piece, (begin, end) in enumerate(pairwise(pieces.ends)):
        known = {each: pieces.holds(stretch, piece) for each, stretch in stretches.items()}
        first = begin if carries else pieces.firsts[piece]  # what is carried has the shape with which rounds ended
        over = _range(first, _apart(begin, end), statement.over.span)
        shown = f"repeat {counter.text} in {begin}..{end}"
        yield replace(statement, over=over, body=decided(statement.body, known), carries=carries, shown=shown)
        carries = tuple(replace(carry, init=None) for carry in carries)


def _range(first: Form, count: Form, span: Span) -> ast.Range:
    """So many rounds, said with their number: from `L - 1` to `L` it is one."""
    start = ast.KnownNumber(span, first)
    return ast.Range(span, start, ast.Binary(span, "+", start, ast.KnownNumber(span, count)))


def _apart(begin: Form, end: Form) -> Form:
    """How many rounds lie between two."""
    count = (end - begin).expand()
    return end - begin if count.free_symbols else count
