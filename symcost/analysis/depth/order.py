"""Which of several chains is the longest, wherever that is certain, and how long it then is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import chain as chain_together, combinations
from operator import and_

from symcost.analysis.depth.chains import Chain, Chains, Start, Underived
from symcost.analysis.depth.lines import line, never_negative
from symcost.formula import Assumptions, AtLeast, Form, Symbol, add, counter, maximum, minimum, mul, num
from symcost.formula.cases import cases
from symcost.formula.form import Add, Floor
from symcost.formula.keys import Key
from symcost.formula.numbers import Rational
from symcost.formula.parts import mentions, outermost
from symcost.formula.points import FAR, USUAL, Points
from symcost.formula.poly import Poly
from symcost.formula.rises import rise
from symcost.formula.substitution import substitution

Pairs = list[tuple[int, int]]
"""Two chains each, by their places."""

MANY = 6
"""From so many chains on it is worth asking which are never the longest: each pair of others is asked about."""
MOST_WORK = 45_000
"""What comparisons of chains for one graph may take: two seconds' worth. Most of the examples need some hundreds."""
MOST_CONTENDERS = 30
"""Of so many lengths the longest is told: every two are compared once more for it, and nobody reads longer ones."""
TOO_MANY = "too many chains are of like length; numbers for some dimensions leave fewer of them"
LOOK = 3
"""So much takes a look at numbers, where a pair is looked for that covers a chain."""
PAIRS = 200
"""So many pairs of chains that were looked at take as much as one comparison."""
PROOF = 5
"""So much more than a look at numbers takes a proof, where these leave something to prove."""
UNPROVEN = 100
"""So much more takes one that is not found."""
NODES = 20
"""So many nodes of a difference take as much as the look itself."""


class Order:
    """The order of chains by length, as far as it is certain under the assumptions.

    `plain` says how long what is written stands for; without it, lengths stand for themselves.
    """

    def __init__(self, assumptions: Assumptions, plain: Callable[[Form], Form] | None = None) -> None:
        self._assumptions = assumptions
        self._plain = plain
        fitted = assumptions.fitted if len(assumptions) else None
        self._points = (USUAL, FAR) if fitted is None else (USUAL, fitted, FAR)
        self._polys: dict[Key, Poly] = {}
        self._asked: dict[tuple[Key, ...], bool] = {}  # by the keys of both lengths
        self._known: dict[tuple[Key, ...], bool] = {}  # by that of their difference
        self._looked_at: dict[tuple[Key, Points], int] = {}
        self._known_below: dict[Key, bool] = {}
        self._put: dict[tuple[Key, ...], Callable[[Form], Form]] = {}
        self._spent = 0

    # Lengths --------------------------------------------------------------------------------------

    def at_least(self, left: Form, right: Form, needs: Sequence[Form] = ()) -> bool:
        """Whether one length is proven to be no less than another, where none of `needs` is negative.

        Raises Underived after too many questions.
        """
        # Most are asked many times, and to take one length from another takes longer than to see that.
        asked = (left.key, right.key, *(need.key for need in needs))
        if asked not in self._asked:
            self._asked[asked] = self._is_at_least(left, right, needs)
        return self._asked[asked]

    def _is_at_least(self, left: Form, right: Form, needs: Sequence[Form]) -> bool:
        apart = self._poly(left) - self._poly(right)
        if apart.number is not None:
            return apart.number >= 0
        key = (apart.key, *(need.key for need in needs))
        if key not in self._known:
            self._spend(1 + (left.size + right.size) // NODES)
            self._known[key] = self._proven(apart, left, right, needs)
        return self._known[key]

    def _below_zero(self, need: Form) -> bool:
        """Whether something is proven to be less than 0 at all sizes."""
        poly = self._poly(need)
        if poly.number is not None:
            return poly.number < 0
        if poly.key not in self._known_below:
            self._known_below[poly.key] = self._proven_below_zero(need, poly)
        return self._known_below[poly.key]

    def _proven_below_zero(self, need: Form, poly: Poly) -> bool:
        if any(1 in self._assumptions.signs(poly, (), points) for points in self._points):
            return False
        self._spend(PROOF)
        if self._assumptions.at_least(self._stands_for(need), num(0)) is False:
            return True
        self._spend(UNPROVEN)
        return False

    def _poly(self, written: Form) -> Poly:
        """How long what is written is, as a polynomial; of sizes known to be equal one is written for all."""
        key = written.key
        if key not in self._polys:
            self._polys[key] = self._assumptions.equated(self._stands_for(written))
        return self._polys[key]

    def _stands_for(self, written: Form) -> Form:
        """How long what is written is."""
        return written if self._plain is None else self._plain(written)

    def _spend(self, work: int) -> None:
        """Counted by what is asked, not by the clock, so that the same text has the same answer everywhere."""
        self._spent += work
        if self._spent > MOST_WORK:
            raise Underived(TOO_MANY)

    def _proven(self, apart: Poly, left: Form, right: Form, needs: Sequence[Form]) -> bool:
        """Whether one length is no less than another, which it is apart from: the cheapest way of proof first."""
        if _on_a_line(apart, needs) or _contradict(needs):
            return True
        # Far out more are seen not to hold, which takes longer to look at, but not as long as a proof.
        if any(-1 in self._assumptions.signs(apart, needs, points) for points in self._points):
            return False
        self._spend(PROOF)
        left, right = self._stands_for(left), self._stands_for(right)
        if self._followed_from(left, right, Assumptions(AtLeast(need, num(0)) for need in needs)):
            return True
        # A proof that is not found takes longest. Counted here, whether somebody else has looked for it before or not.
        self._spend(UNPROVEN)
        return self._counted_up(add(left, -right), needs)

    def _followed_from(self, left: Form, right: Form, facts: Assumptions) -> bool:
        """Whether one is no less by the facts, with what the file assumes only where they are not enough."""
        # Both are kept as the facts write them, which serves all other pairs; their difference would not.
        if facts.is_at_least(left, right):
            return True
        return len(self._assumptions) > 0 and self._assumptions.with_(*facts).is_at_least(left, right)

    def _counted_up(self, difference: Form, needs: Sequence[Form]) -> bool:
        """Whether it is not negative, every symbol counted from where the facts let it begin.

        Where N is not below K, products of N are at least those of K: with N = K + n that is seen term by term.
        """
        facts = [*needs, *_differences(self._assumptions)]
        wanted = {symbol.key for symbol in difference.free_symbols}
        for place in range(len(facts)):
            counted = _from_below(facts[place], wanted)
            if counted is None:
                continue
            difference = difference.substitute(counted).expand()
            # The facts that follow are told in the new counters too, so that they can be used in turn.
            facts[place + 1 :] = [fact.substitute(counted).expand() for fact in facts[place + 1 :]]
        return Assumptions().at_least(difference, num(0)) is True

    # Chains ---------------------------------------------------------------------------------------

    def chain(self, start: Start | None, steps: Form, needs: Iterable[Form]) -> Chains:
        """A chain without the needs that are certain; none where one of them never holds."""
        open_needs: dict[Key, Form] = {}
        for need in map(_unrounded, needs):
            if self.at_least(need, num(0)):
                continue
            if self._below_zero(need):
                return ()
            open_needs[need.key] = need
        return (Chain(start, steps, tuple(open_needs.values())),)

    def put(self, chain: Chain, values: Mapping[Symbol, Form]) -> Chains:
        """The chain with symbols replaced."""
        if not chain.mentions(values):
            return (chain,)
        put = self._putting(values)
        return self.chain(chain.start, put(chain.steps), [put(need) for need in chain.needs])

    def _putting(self, values: Mapping[Symbol, Form]) -> Callable[[Form], Form]:
        """Replaces symbols; chains that are moved in one way have most of their parts in common."""
        way = tuple(key for symbol, value in values.items() for key in (symbol.key, value.key))
        if way not in self._put:
            self._put[way] = substitution(values)
        return self._put[way]

    def behind(self, chains: Iterable[Chain], before: Mapping[Start, Sequence[Chain]]) -> Iterator[Chain]:
        """The chains behind those that lead to their starts."""
        for chain in chains:
            if chain.start is None or chain.start not in before:
                yield chain
                continue
            for first in before[chain.start]:
                yield from self.chain(first.start, add(first.steps, chain.steps), (*first.needs, *chain.needs))

    # The longest ----------------------------------------------------------------------------------

    def longest(self, chains: Iterable[Chain]) -> Chains:
        """Without those that are certainly no longer than another."""
        leading: list[Chain] = []
        for chain in chains:
            if not any(self._covers(other, chain) for other in leading):
                leading = [other for other in leading if not self._covers(chain, other)]
                leading.append(chain)
        return self._freed(self._outer(leading) if len(leading) > MANY else leading)

    def contenders(self, chains: Iterable[Chain]) -> Sequence[Chain]:
        """Those of which one is the longest, which one being open."""
        return self._outer(self.longest(chains))

    def _outer(self, chains: Sequence[Chain]) -> list[Chain]:
        """Without those that are nowhere longer than both of two others."""
        remaining = list(chains)
        for chain in chains:
            others = [other for other in remaining if other is not chain]
            if self._nowhere_longer(chain, others):
                remaining = others
        return remaining

    def _nowhere_longer(self, chain: Chain, others: Sequence[Chain]) -> bool:
        """Whether two others together cover a chain."""
        if chain.needs:
            return False
        alike = [other for other in others if other.start is chain.start and not other.needs]
        pairs = self._seen_to_cover(chain, alike)
        return any(self._between(chain, *pair) for pair in pairs) or any(self._either(chain, *pair) for pair in pairs)

    def _seen_to_cover(self, chain: Chain, others: Sequence[Chain]) -> list[tuple[Chain, Chain]]:
        """The pairs of others that are nowhere both seen to be shorter than a chain."""
        pairs = list(combinations(range(len(others)), 2))
        for points in self._points:
            pairs = self._seen_to_cover_at(points, chain, others, pairs)
        return [(others[one], others[other]) for one, other in pairs]

    def _seen_to_cover_at(self, points: Points, chain: Chain, others: Sequence[Chain], pairs: Pairs) -> Pairs:
        """Those of the pairs, by their places, that are not both shorter at one of these points."""
        places = set(chain_together.from_iterable(pairs))
        shorter = {place: self._where_shorter(others[place], chain, points) for place in places}
        if not shorter or reduce(and_, shorter.values()):
            return []
        self._spend(len(pairs) // PAIRS)
        return [(one, other) for one, other in pairs if not shorter[one] & shorter[other]]

    def _where_shorter(self, one: Chain, other: Chain, points: Points) -> int:
        """The points at which one is seen to be shorter than another, a bit for each."""
        apart = self._poly(one.steps) - self._poly(other.steps)
        if (apart.key, points) not in self._looked_at:
            self._spend(LOOK)
            self._looked_at[apart.key, points] = self._assumptions.below_zero(apart, points)
        return self._looked_at[apart.key, points]

    def _between(self, chain: Chain, one: Chain, other: Chain) -> bool:
        """Whether a chain is no longer than a mean of two others, whose weights may depend on the sizes."""
        self._spend(2 * PROOF)
        steps = self._poly(chain.steps)
        return self._assumptions.one_is_nonnegative(self._poly(one.steps) - steps, self._poly(other.steps) - steps)

    def _either(self, chain: Chain, one: Chain, other: Chain) -> bool:
        """Whether one of two others is no shorter than a chain wherever the other one is."""
        return self._wherever_shorter(one, chain, other) or self._wherever_shorter(other, chain, one)

    def _wherever_shorter(self, low: Chain, chain: Chain, high: Chain) -> bool:
        """Whether `high` is no shorter than a chain wherever `low` is."""
        low_is_shorter = add(chain.steps, -low.steps, -1).expand()
        if self._never_shorter(low_is_shorter):
            return False
        return self.at_least(high.steps, chain.steps, (low_is_shorter,))

    def _never_shorter(self, low_is_shorter: Form) -> bool:
        """Whether `low` seems to cover the chain by itself: as that is not proven, two of them will not prove it."""
        seen = self._assumptions.signs(self._poly(low_is_shorter))
        # Far out, where large numbers cancel, the sign is open; it has to be seen somewhere that `low` is shorter.
        return -1 in seen and 1 not in seen

    def _freed(self, chains: list[Chain]) -> Chains:
        """Without the needs that do not matter: where one fails, another chain is no shorter."""
        if not any(chain.needs for chain in chains):
            return tuple(chains)
        # Of chains for one round after another, each may be freed by the next one: so from both ends.
        freed = self._freed_in_turn(self._freed_in_turn(chains)[::-1])[::-1]
        return self.longest(freed) if freed != chains else tuple(chains)

    def _freed_in_turn(self, chains: Sequence[Chain]) -> list[Chain]:
        """Each without its idle needs, the first one first."""
        freed: list[Chain] = []
        for place, chain in enumerate(chains):
            # Those before it count without the needs that they have lost, so that no two free each other.
            freed.append(self._without_idle_needs(chain, [*freed, *chains[place + 1 :]]))
        return freed

    def _without_idle_needs(self, chain: Chain, others: Sequence[Chain]) -> Chain:
        for need in chain.needs:
            rest = tuple(other for other in chain.needs if other is not need)
            without = Chain(chain.start, chain.steps, rest)
            if self._is_idle(need, without, others):
                chain = without
        return chain

    def _is_idle(self, need: Form, without: Chain, others: Sequence[Chain]) -> bool:
        """Whether a chain without a need is no longer than the longest: it is met, or another chain covers this one."""
        if self._certain((need,), without.needs):
            return True
        # Forms of whole numbers: what is not 0 or more is -1 or less.
        failing = Chain(without.start, without.steps, (*without.needs, (-need - 1).expand()))
        return any(self._covers(other, failing) for other in others)

    def _covers(self, longer: Chain, chain: Chain) -> bool:
        """Whether a chain is there wherever another one is, and no shorter."""
        if longer.start is not chain.start and not _set_out_later(longer, chain):
            return False
        if not self._certain(longer.needs, chain.needs):
            return False
        return self.at_least(longer.steps, chain.steps, chain.needs)

    def _certain(self, needs: Sequence[Form], given: Sequence[Form]) -> bool:
        """Whether all needs are met wherever those that are given are."""
        known = {need.key for need in given}
        return all(need.key in known or self.at_least(need, num(0), given) for need in needs)

    # Over all positions ---------------------------------------------------------------------------

    def over(self, chain: Chain, at: Symbol, low: Form, high: Form) -> Chains:
        """The longest for `low <= at <= high`.

        Raises Underived where the longest is neither at the beginning nor at the end.
        """
        if not chain.mentions((at,)):
            return self.chain(chain.start, chain.steps, (*chain.needs, add(high, -low)))
        lows, highs, needs = self._limits(chain, at)
        lows, highs = [low, *lows], [high, *highs]
        needs += [add(last, -first).expand() for first in lows for last in highs]
        first = outermost(lows, self.at_least, most=True)
        last = outermost(highs, self.at_least, most=False)
        found: list[Chain] = []
        for place in self._longest_places(chain, at, first, last):
            found += self.chain(chain.start, self._putting({at: place})(chain.steps), needs)
        return tuple(found)

    def _limits(self, chain: Chain, at: Symbol) -> tuple[list[Form], list[Form], list[Form]]:
        """From where and up to where its needs let a symbol run, and the needs that do not depend on it."""
        lows: list[Form] = []
        highs: list[Form] = []
        others: list[Form] = []
        for need in chain.needs:
            rest = need.substitute({at: num(0)})
            match _steady_rise(need, at):
                case 0:
                    others.append(need)
                case 1:
                    lows.append((-rest).expand())
                case -1:
                    highs.append(rest.expand())
                case _:
                    raise Underived("it cannot be told which of its numbers are there")
        return lows, highs, others

    def _longest_places(self, chain: Chain, at: Symbol, low: Form, high: Form) -> tuple[Form, ...]:
        """Where the longest is: last of what rises, first of what falls, one of both for what is convex."""
        seen = rise(chain.steps, at)
        if seen.never_falls:
            return (high,)
        if seen.never_rises:
            return (low,)
        return self._proven_places(chain, at, low, high)

    def _proven_places(self, chain: Chain, at: Symbol, low: Form, high: Form) -> tuple[Form, ...]:
        """The same where it is not seen at once, and has to be proven."""
        risen = _rise(chain.steps, at)
        if self.at_least(risen, num(0), chain.needs):
            return (high,)
        if self.at_least(num(0), risen, chain.needs):
            return (low,)
        if self.at_least(_rise(risen, at), num(0), chain.needs):
            return (low, high)
        raise Underived("the longest wait is neither at the beginning nor at the end")

    def whole(self, chain: Chain, at: Sequence[Symbol]) -> Chains:
        """The longest of all positions, if there are any."""
        chains: Chains = (chain,)
        for symbol in at:
            assert symbol.high is not None
            last = add(symbol.high, -1)
            chains = tuple(longest for each in chains for longest in self.over(each, symbol, num(0), last))
        return chains

    # The length -----------------------------------------------------------------------------------

    def value(self, chains: Iterable[Chain]) -> Form:
        """The length of the longest of chains from the beginning."""
        contenders = self.contenders(chains)
        if len(contenders) > MOST_CONTENDERS:
            raise Underived(TOO_MANY)
        self._spend(PROOF * len(contenders) ** 2)
        lengths = [num(0), *map(self._counted, contenders)]
        longest = maximum(*lengths, sizes=cases((), lengths) if len(lengths) >= MANY else ())
        return self._assumptions.simplify(longest.expand() if len(lengths) == 2 else longest)

    def _counted(self, chain: Chain) -> Form:
        """The length where the chain is there, else 0."""
        return mul(chain.steps.expand(), *map(self._holds, chain.needs))

    def _holds(self, need: Form) -> Form:
        """1 where it is not negative, else 0."""
        above = add(need, 1).expand()
        least = minimum(num(1), above)
        return least if self.at_least(above, num(0)) else maximum(num(0), least)


def _differences(assumptions: Assumptions) -> Iterator[Form]:
    """What is not negative by what the file assumes."""
    return (add(fact.left, -fact.right) for fact in assumptions if isinstance(fact, AtLeast))


def _on_a_line(difference: Poly, needs: Sequence[Form]) -> bool:
    """Whether a difference in one symbol is seen to be never negative, without asking for a proof."""
    risen = line(difference)
    if risen is None:
        return False
    lines = [line(need.poly) for need in needs]
    return never_negative(risen, [known for known in lines if known is not None])


def _contradict(needs: Sequence[Form]) -> bool:
    """Whether two needs are seen never to be met together: of `L - 4` and `1 - L` one is below 0, whatever L is."""
    sums = (one.poly + other.poly for one, other in combinations(needs, 2))
    return any(both.number is not None and both.number < 0 for both in sums)


def _from_below(fact: Form, wanted: set[Key]) -> Mapping[Symbol, Form] | None:
    """What a symbol is that a fact, which is not negative, holds from below: of `N - K`, N is K + n with n from 0 on.

    None where the fact says nothing about the wanted symbols, or does not rise by one with any of its own.
    """
    symbols = fact.free_symbols
    if wanted.isdisjoint(symbol.key for symbol in symbols):
        return None
    rising = next((symbol for symbol in symbols if _rises_by_one(fact, symbol)), None)
    if rising is None:
        return None
    rest = fact.substitute({rising: num(0)})
    return {rising: add(counter(rising.name, 0), -rest)}


def _rises_by_one(fact: Form, symbol: Symbol) -> bool:
    """Whether a form is a symbol and something that does not depend on it."""
    return _steady_rise(fact, symbol) == 1 and not mentions(fact.substitute({symbol: num(0)}), (symbol,))


def _steady_rise(form: Form, at: Symbol) -> Rational | None:
    """How much it grows from one value of a symbol to the next, where that is always the same number."""
    seen = rise(form, at).number
    return _rise(form, at).number if seen is None else seen


def _rise(form: Form, at: Symbol) -> Form:
    """How much it grows from one value of a symbol to the next."""
    return add(form.substitute({at: at + 1}), -form).expand()


def _set_out_later(chain: Chain, other: Chain) -> bool:
    """Whether what leads to the start of a chain covers the beginning, from which the other sets out."""
    return other.start is None and chain.start is not None and chain.start.late


def _unrounded(need: Form) -> Form:
    """What is not negative exactly where `need` is not: of `floor(a/b) - 3` it is `a - 3·b`, where b is a number."""
    terms = need.terms if isinstance(need, Add) else (need,)
    rounded = [term for term in terms if isinstance(term, Floor)]
    if len(rounded) != 1:
        return need
    (floor,) = rounded
    unrounded = _without_floor(floor, [term for term in terms if term is not floor])
    return need if unrounded is None else unrounded


def _without_floor(floor: Floor, others: Sequence[Form]) -> Form | None:
    """The same, of a rounded term and what is added to it; None where a number is missing."""
    added = add(0, *others)
    if added.number is None or not floor.denominator.number:
        return None
    return add(floor.numerator, added * floor.denominator).expand()
