"""Chains of operations that must follow one another: how long, by formula, and which of them are the longest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

from symcost.formula import Assumptions, AtLeast, Form, Num, Symbol, add, counter, maximum, minimum, mul, num
from symcost.formula.form import Add, Floor, Rational
from symcost.formula.parts import mentions, outermost

MANY = 6
"""From so many chains on it is worth asking which are never the longest."""
MOST_PROOFS = 20_000
"""Comparisons of chains for one graph."""


class Underived(Exception):
    """No formula was found; the words say why."""


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Where chains begin that are measured from a value whose own chains are put in later. Compared by identity.

    `late`: the value is never ready before the beginning.
    """

    late: bool


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain that leads to the numbers of a tensor: its steps, by their position, from `start` (None: the beginning).

    It is there only where every one of `needs` is 0 or more.
    """

    start: Start | None
    steps: Form
    needs: tuple[Form, ...] = ()

    def mentions(self, symbols: Iterable[Symbol]) -> bool:
        """Whether its length, or its being there, depends on one of the symbols."""
        return mentions(self.steps, symbols) or any(mentions(need, symbols) for need in self.needs)

    def longer(self, steps: Form | int, needs: tuple[Form, ...] = ()) -> Chain:
        """The same chain and more steps."""
        return Chain(self.start, add(self.steps, steps), self.needs + needs)


def _line(form: Form) -> tuple[Symbol, Rational, Rational] | None:
    """A form as a number times one symbol and a number."""
    form = form.expand()
    symbols = form.free_symbols
    terms = form.terms if isinstance(form, Add) else (form,)
    if len(symbols) != 1 or not all(isinstance(t, Num) or t.key == mul(t.term[0], symbols[0]).key for t in terms):
        return None
    slope = sum((t.term[0] for t in terms if not isinstance(t, Num)), start=Fraction(0))
    return symbols[0], slope, sum((t.value for t in terms if isinstance(t, Num)), start=Fraction(0))


def _from_line(
    symbol: Symbol, slope: Rational, start: Rational, needs: Sequence[tuple[Symbol, Rational, Rational]]
) -> bool | None:
    """Whether what rises with a counter is never negative from where the counter begins."""
    if slope < 0 or symbol.low.number is None:
        return None
    low = max([symbol.low.number, *(-at / rise for name, rise, at in needs if name == symbol and rise > 0)])
    return True if slope * low + start >= 0 else None


def _unrounded(need: Form) -> Form:
    """What is not negative exactly where `need` is not: of `floor(a/b) - 3` it is `a - 3·b`, where b is a number."""
    terms = need.terms if isinstance(need, Add) else (need,)
    rounded = [term for term in terms if isinstance(term, Floor) and term.denominator.number]
    if len(rounded) != 1 or any(term.number is None for term in terms if term is not rounded[0]):
        return need
    rest = add(0, *(term for term in terms if term is not rounded[0]))
    return add(rounded[0].numerator, rest * rounded[0].denominator).expand()


BEGINNING = Chain(None, num(0))

Chains = tuple[Chain, ...]


class Order:
    """Which chains are the longest, as far as that is certain under the assumptions.

    `plain` says how long what is written stands for; without it, lengths stand for themselves.
    """

    def __init__(self, assumptions: Assumptions, plain: Callable[[Form], Form] | None = None) -> None:
        self._assumptions = assumptions
        self._plain = plain
        self._known: dict[tuple[int, ...], bool | None] = {}

    def at_least(self, left: Form, right: Form, needs: Sequence[Form] = ()) -> bool | None:
        """As Assumptions.at_least, where none of `needs` is negative."""
        difference = add(left, -right)
        if self._plain is not None:
            difference = self._plain(difference)
        if isinstance(difference, Num):
            return difference.value >= 0
        key = (difference.key, *(need.key for need in needs))
        if key not in self._known:
            if len(self._known) == MOST_PROOFS:
                raise Underived("too many chains are of like length")
            self._known[key] = self._proven(difference, needs)
        return self._known[key]

    def _proven(self, difference: Form, needs: Sequence[Form]) -> bool | None:
        line = _line(difference)
        if line is not None and line[0].uid:
            seen = _from_line(*line, [rest for need in needs for rest in [_line(need)] if rest is not None])
            if seen is not None:
                return seen
        loops = Assumptions(AtLeast(need, num(0)) for need in needs)
        known = loops.at_least(difference, num(0))  # mostly enough, and found sooner without what the file says
        if known is None and len(self._assumptions):
            known = self._assumptions.with_(*loops).at_least(difference, num(0))
        return self._counted_up(difference, needs) or None if known is None else known

    def _counted_up(self, difference: Form, needs: Sequence[Form]) -> bool:
        """Whether it is not negative, every symbol counted from where the facts let it begin.

        Where N is not below K, products of N are at least those of K: with N = K + n that is seen term by term.
        """
        facts = [*needs, *(add(f.left, -f.right) for f in self._assumptions if isinstance(f, AtLeast))]
        wanted = {symbol.key for symbol in difference.free_symbols}
        for place in range(len(facts)):
            fact = facts[place]
            for symbol in fact.free_symbols if any(s.key in wanted for s in fact.free_symbols) else ():
                if self._rise(fact, symbol) != 1:
                    continue
                rest = fact.substitute({symbol: num(0)})
                if not mentions(rest, (symbol,)):
                    now = {symbol: add(counter(symbol.name, 0), -rest)}
                    difference = difference.substitute(now).expand()
                    facts[place + 1 :] = [other.substitute(now).expand() for other in facts[place + 1 :]]
                    break
        return Assumptions().at_least(difference, num(0)) is True

    def chain(self, start: Start | None, steps: Form, needs: Iterable[Form]) -> Chains:
        """A chain without the needs that are certain; none where one of them never holds."""
        needs = tuple(needs)
        if not needs:
            return (Chain(start, steps),)
        kept: dict[int, Form] = {}
        for need in map(_unrounded, needs):
            known = self.at_least(need, num(0))
            if known is False:
                return ()
            if known is None:
                kept[need.key] = need
        return (Chain(start, steps, tuple(kept.values())),)

    def put(self, chain: Chain, values: Mapping[Symbol, Form]) -> Chains:
        """The chain with symbols replaced."""
        if not chain.mentions(values):
            return (chain,)
        needs = [need.substitute(values) for need in chain.needs]
        return self.chain(chain.start, chain.steps.substitute(values), needs)

    def behind(self, chains: Iterable[Chain], before: Mapping[Start, Sequence[Chain]]) -> Iterator[Chain]:
        """The chains behind those that lead to their starts."""
        for chain in chains:
            if chain.start is None or chain.start not in before:
                yield chain
                continue
            for first in before[chain.start]:
                yield from self.chain(first.start, add(first.steps, chain.steps), (*first.needs, *chain.needs))

    def longest(self, chains: Iterable[Chain]) -> Chains:
        """Without those that are certainly no longer than another."""
        kept: list[Chain] = []
        for chain in chains:
            if not any(self._covers(other, chain) for other in kept):
                kept = [other for other in kept if not self._covers(chain, other)]
                kept.append(chain)
        return self._freed(self._outer(kept) if len(kept) > MANY else kept)

    def contenders(self, chains: Iterable[Chain]) -> Sequence[Chain]:
        """Those of which one is the longest, which one being open."""
        return self._outer(self.longest(chains))

    def _outer(self, chains: Sequence[Chain]) -> list[Chain]:
        """Without those that are nowhere longer than both of two others."""
        kept = list(chains)
        for chain in chains:
            others = [other for other in kept if other is not chain]
            if any(self._between(one, chain, other) for one, other in permutations(others, 2)):
                kept = others
        return kept

    def _between(self, one: Chain, chain: Chain, other: Chain) -> bool:
        """Whether `other` is no shorter than the chain wherever `one` is."""
        if chain.needs or one.needs or other.needs or not one.start is chain.start is other.start:
            return False
        return self.at_least(other.steps, chain.steps, (add(chain.steps, -one.steps, -1).expand(),)) is True

    def _freed(self, chains: list[Chain]) -> Chains:
        """Without the needs that do not matter: where one fails, another chain is no shorter."""
        if not any(chain.needs for chain in chains):
            return tuple(chains)
        freed: list[Chain] = []
        for place, chain in enumerate(chains):
            others = [*freed, *chains[place + 1 :]]
            for need in chain.needs:
                rest = tuple(n for n in chain.needs if n is not need)
                failing = Chain(chain.start, chain.steps, (*rest, (-need - 1).expand()))
                if any(self._covers(other, failing) for other in others):
                    chain = Chain(chain.start, chain.steps, rest)
            freed.append(chain)
        changed = any(a is not b for a, b in zip(freed, chains, strict=True))
        return self.longest(freed) if changed else tuple(chains)

    def _covers(self, one: Chain, other: Chain) -> bool:
        if one.start is not other.start and not (other.start is None and one.start is not None and one.start.late):
            return False
        there = {need.key for need in other.needs}
        if any(need.key not in there and not self.at_least(need, num(0), other.needs) for need in one.needs):
            return False
        return self.at_least(one.steps, other.steps, other.needs) is True

    def over(self, chain: Chain, at: Symbol, low: Form, high: Form) -> Chains:
        """The longest for `low <= at <= high`.

        Raises Underived where the longest is neither at the beginning nor at the end.
        """
        if not chain.mentions((at,)):
            return self.chain(chain.start, chain.steps, (*chain.needs, add(high, -low)))
        lows, highs, needs = [low], [high], []
        for need in chain.needs:
            rest, slope = need.substitute({at: num(0)}), self._rise(need, at).number
            if slope == 0:
                needs.append(need)
            elif slope == 1:
                lows.append((-rest).expand())
            elif slope == -1:
                highs.append(rest.expand())
            else:
                raise Underived("it cannot be told which of its numbers are there")
        needs += [add(high, -low).expand() for low in lows for high in highs]
        ends = self._ends(
            chain, at, outermost(lows, self.at_least, most=True), outermost(highs, self.at_least, most=False)
        )
        return tuple(c for end in ends for c in self.chain(chain.start, chain.steps.substitute({at: end}), needs))

    def _rise(self, form: Form, at: Symbol) -> Form:
        return add(form.substitute({at: at + 1}), -form).expand()

    def _ends(self, chain: Chain, at: Symbol, low: Form, high: Form) -> tuple[Form, ...]:
        """Where the longest is: last of what rises, first of what falls, one of both for what is convex."""
        rise = self._rise(chain.steps, at)
        if self.at_least(rise, num(0), chain.needs):
            return (high,)
        if self.at_least(num(0), rise, chain.needs):
            return (low,)
        if self.at_least(self._rise(rise, at), num(0), chain.needs):
            return (low, high)
        raise Underived("the longest wait is neither at the beginning nor at the end")

    def whole(self, chain: Chain, at: Sequence[Symbol]) -> Chains:
        """The longest of all positions, if there are any."""
        found: Chains = (chain,)
        for symbol in at:
            assert symbol.high is not None
            last = add(symbol.high, -1)
            found = tuple(c for one in found for c in self.over(one, symbol, num(0), last))
        return found

    def value(self, chains: Iterable[Chain]) -> Form:
        """The length of the longest of chains from the beginning."""
        lengths = [num(0), *(self._counted(chain) for chain in self.contenders(chains))]
        return self._assumptions.simplify(maximum(*lengths).expand() if len(lengths) == 2 else maximum(*lengths))

    def _counted(self, chain: Chain) -> Form:
        """The length where the chain is there, else 0."""
        return mul(chain.steps.expand(), *map(self._holds, chain.needs))

    def _holds(self, need: Form) -> Form:
        """1 where it is not negative, else 0."""
        above = add(need, 1).expand()
        least = minimum(num(1), above)
        return least if self.at_least(above, num(0)) else maximum(num(0), least)
