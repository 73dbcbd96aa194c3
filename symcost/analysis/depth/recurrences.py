"""Recurrences of waiting: how long chains get that go round a loop, for any number of rounds.

A carried value is a node; an edge from node to node is what one round adds to a chain (a max-plus matrix). The
heaviest walk of m edges goes to a node, turns there as often as it can, and goes on: true where every longer cycle is
no heavier, step by step, than a turn at one of its nodes. `turns.py` finds the turns, `walks.py` puts walks together.
Source: Baccelli, Cohen, Olsder & Quadrat, Synchronization and Linearity (1992), chapter 3
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice, product

from symcost.analysis.depth.chains import Chain, Chains, Start, Underived
from symcost.analysis.depth.order import Order
from symcost.analysis.depth.walks import MOST_TURNING, Ends, Walk, Walks
from symcost.formula import Form, Symbol, add, counter as _counter, mul, num, sum_over
from symcost.formula.parts import mentions

MOST_ROUNDS = 64
"""Rounds that are followed one by one where no formula is found: each takes as long as the whole body once more."""
FEW_ROUNDS = 8
"""So many are followed at once; of more, each leaves a chain of its own, and every two are compared."""
MOST_SPECIAL = 2
"""Rounds at the beginning that are unlike the others: each makes the question for those behind it once more."""

Held = dict[Start, Chains]
"""The chains that lead to the carried values."""


class Recurrence:
    """What the rounds of a loop do to chains.

    `first` is what leads to the carried values before the first round. `edges` are what one round adds on the way from
    one of them to another; `joining` are chains that come in from elsewhere, by the round at whose end they do.

    The answer is one of three: formulas for any number of rounds, every single one of a few rounds, or (`later`) the
    answer for the rounds behind a first one that is unlike them.
    """

    def __init__(
        self, order: Order, counter: Symbol, first: Mapping[Start, Sequence[Chain]], special: int = MOST_SPECIAL
    ) -> None:
        self.order = order
        self.special = special
        self.counter = counter
        self.first: dict[Start, Chains] = {node: order.longest(chains) for node, chains in first.items()}
        self.nodes: list[Start] = []
        self.edges: dict[tuple[Start, Start], list[Chain]] = {}
        self.joining: dict[Start, list[Chain]] = {}
        self._after = _counter(counter.name, 0)
        self._formulas: Held | None = None
        self._rounds: list[Held] = []
        self._later: Recurrence | None = None
        self._idle: Held = {}

    def solve(self, ends: Mapping[Start, Sequence[Chain]], count: Form) -> None:
        """Find what the carried values wait for, from the chains to them in one round.

        Raises Underived.
        """
        if len(ends) > MOST_TURNING:
            ends = self._awake(ends)
        self.nodes = list(ends)
        for node, chains in ends.items():
            self._arrange(node, self.order.longest(chains))
        self._after = _counter(self.counter.name, 0, add(count, 1))
        try:
            self._formulas = self.after(self._after)
        except Underived:
            if not self._solved_otherwise(ends, count):
                raise

    def _solved_otherwise(self, ends: Mapping[Start, Sequence[Chain]], count: Form) -> bool:
        """Whether what has no formula for any number of rounds is found for this one, or from the second round on."""
        many = count.number
        if (many is None or many > FEW_ROUNDS) and self._solved_from_second(ends, count):
            return True
        if many is None or many > MOST_ROUNDS:
            return False
        self._rounds = list(self.round_by_round(int(many)))
        return True

    def _solved_from_second(self, ends: Mapping[Start, Sequence[Chain]], count: Form) -> bool:
        """Whether the rounds behind the first, in which less is carried, are found."""
        if not self.special or not self._grows_in():
            return False
        try:
            self._later = self._from_second(ends, count)
        except Underived:
            return False
        return True

    def _arrange(self, node: Start, chains: Chains) -> None:
        """Tell the chains that come from a carried value from those that join from elsewhere."""
        for chain in chains:
            if chain.start is not None and chain.start in self.nodes:
                self.edges.setdefault((chain.start, node), []).append(chain)
            else:
                self.joining.setdefault(node, []).append(chain)

    def _awake(self, ends: Mapping[Start, Sequence[Chain]]) -> dict[Start, list[Chain]]:
        """Without the carried values to which the same chains without steps lead before and after every round."""
        for node, chains in ends.items():
            first = self.first.get(node, ())
            if self._stays(node, first, chains):
                self._idle[node] = first
        awake = [node for node in ends if node not in self._idle]
        return {node: list(self.order.behind(ends[node], self._idle)) for node in awake}

    def _stays(self, node: Start, first: Chains, chains: Sequence[Chain]) -> bool:
        """Whether rounds change nothing of what leads to a node, which is at hand at the beginning or never."""
        if chains and not first:
            return False
        return all(_idles(chain, node) for chain in (*first, *chains))

    def _grows_in(self) -> bool:
        """Whether a way from round to round is there in some rounds only, by their number."""
        needs = (need for edges in self.edges.values() for edge in edges for need in edge.needs)
        return any(mentions(need, (self.counter,)) for need in needs)

    def _from_second(self, ends: Mapping[Start, Sequence[Chain]], count: Form) -> Recurrence:
        """The rounds behind the first, in which less is carried that the others take for granted."""
        at = _counter(self.counter.name, add(self.counter.low, 1), self.counter.high)
        _, second = islice(self.round_by_round(1), 2)
        later = Recurrence(self.order, at, second, self.special - 1)
        later.solve({node: self._at(at, chains) for node, chains in ends.items()}, add(count, -1))
        return later

    def _at(self, moment: Form, chains: Iterable[Chain]) -> list[Chain]:
        """The chains of a round, where the counter stands at `moment`."""
        return [put for chain in chains for put in self.order.put(chain, {self.counter: moment})]

    # What is held ---------------------------------------------------------------------------------

    def held(self, rounds: Form) -> Mapping[Start, Chains]:
        """What leads to the carried values after so many rounds."""
        if self._later is not None:
            return self._idle | self._held_later(self._later, rounds)
        if self._formulas is None:
            return self._idle | self._rounds[int(rounds.evaluate({}))]
        return self._idle | {node: self._put(chains, rounds) for node, chains in self._formulas.items()}

    def _put(self, chains: Chains, rounds: Form) -> Chains:
        """A formula for any number of rounds, for so many."""
        return tuple(put for chain in chains for put in self.order.put(chain, {self._after: rounds}))

    def _held_later(self, later: Recurrence, rounds: Form) -> Held:
        """After no round the first values, else what the rounds behind the first make of theirs."""
        none, behind = -rounds, add(rounds, -1)
        afterwards = later.held(behind)
        held: Held = {}
        for node in self.nodes:
            held[node] = (*self._where(none, self.first.get(node, ())), *self._where(behind, afterwards[node]))
        return held

    def _where(self, need: Form, chains: Chains) -> Chains:
        """The chains, there only where a form is 0 or more."""
        return tuple(
            there for chain in chains for there in self.order.chain(chain.start, chain.steps, (*chain.needs, need))
        )

    def leaving(self, chains: Sequence[Chain], place: Symbol) -> Iterator[Chain]:
        """Chains of one round, as those of round number `place`."""
        if not self._rounds:
            yield from self._leaving_round(chains, place, ())
        for number in range(len(self._rounds) - 1):
            # Of chains that are known for single rounds only, each is there in its own.
            yield from self._leaving_round(chains, num(number), (place - number, number - place))

    def _leaving_round(self, chains: Sequence[Chain], moment: Form, needs: tuple[Form, ...]) -> Iterator[Chain]:
        there = [chain.longer(0, needs) for chain in self._at(add(self.counter.low, moment), chains)]
        return self.order.behind(there, self.held(moment))

    # Any number of rounds -------------------------------------------------------------------------

    def after(self, rounds: Symbol) -> Held:
        """What every node holds after so many rounds.

        Raises Underived.
        """
        if self._changes():
            return self._changing(rounds)
        walks = Walks(self.order, self.nodes, self.edges)
        ways = walks.all()
        found: dict[Start, list[Chain]] = {node: [] for node in self.nodes}
        for (source, target), between in ways.items():
            found[target] += self._joined_by_all(source, walks.merged(between), rounds)
        for (target, start), since in self._from_before(ways).items():
            for walk in walks.merged(since):
                found[target] += self.order.chain(start, *walk.after(rounds))
        return {node: self.order.longest(chains) for node, chains in found.items()}

    def _changes(self) -> bool:
        """Whether what a round adds depends on which round it is."""
        return any(edge.mentions((self.counter,)) for edges in self.edges.values() for edge in edges)

    def _from_before(self, ways: Mapping[Ends, Sequence[Walk]]) -> dict[tuple[Start, Start | None], list[Walk]]:
        """The walks behind what leads to the nodes before the first round, by their end and where the chains set out.

        Those with the same start can be merged, whichever node they go through.
        """
        since: dict[tuple[Start, Start | None], list[Walk]] = {}
        for (source, target), walks in ways.items():
            for chain in self.first.get(source, ()):
                since.setdefault((target, chain.start), []).extend(walk.behind(chain) for walk in walks)
        return since

    def _joined_by_all(self, node: Start, walks: Sequence[Walk], rounds: Form) -> Iterator[Chain]:
        """The chains that join at a node and walk on."""
        for chain, walk in product(self.joining.get(node, ()), walks):
            yield from self._joined(chain, walk, rounds)

    def _joined(self, chain: Chain, walk: Walk, rounds: Form) -> Chains:
        """A chain that joins at the end of round t and walks on in the rounds that are left, for the best t."""
        last = add(rounds, -1, -walk.edges).expand()
        alike = walk.period is not None and not chain.mentions((self.counter,))
        if alike and self.order.at_least(walk.pace, num(0)):
            # The sooner it joins, the better.
            steps = walk.in_at_most(add(rounds, -1))
            return self.order.chain(chain.start, add(chain.steps, steps), (*chain.needs, *walk.needs, last))
        at = _counter(self.counter.name, 0, rounds)
        whole = self._joined_at(at, chain, walk, rounds)
        if walk.period is not None:
            return self.order.over(whole, at, num(0), last)
        return self.order.put(whole.longer(0, (last,)), {at: last})

    def _joined_at(self, at: Symbol, chain: Chain, walk: Walk, rounds: Form) -> Chain:
        """A chain that joins at the end of round `at` and walks on."""
        now = {self.counter: add(self.counter.low, at)}
        steps, _ = walk.after(add(rounds, -1, -at))
        needs = tuple(need.substitute(now) for need in chain.needs)
        return Chain(chain.start, add(chain.steps.substitute(now), steps).expand(), (*needs, *walk.needs))

    # Rounds of different lengths ------------------------------------------------------------------

    def _changing(self, rounds: Symbol) -> Held:
        """Where what a round adds depends on the round, and values do not wait for each other: sums."""
        between = any(source is not target for source, target in self.edges)
        if between or not all(self._turns_plainly(node) for node in self.nodes):
            raise Underived("what a round adds changes from round to round")
        return {node: self.order.longest(self._summed(node, rounds)) for node in self.nodes}

    def _turns_plainly(self, node: Start) -> bool:
        """Whether there is one way from a node to itself, in all rounds."""
        turns = self.edges.get((node, node), ())
        return len(turns) == 1 and not turns[0].needs

    def _summed(self, node: Start, rounds: Symbol) -> Iterator[Chain]:
        """The chains to a node that turns in every round, with more or fewer steps by its number."""
        steps = self.edges[node, node][0].steps
        total = self._total(steps, rounds)
        yield from (chain.longer(total) for chain in self.first.get(node, ()))
        for chain in self.joining.get(node, ()):
            at = _counter(self.counter.name, 0, rounds)
            behind = add(total, -self._total(steps, at + 1)).expand()
            for joined in self._at(add(self.counter.low, at), (chain,)):
                yield from self.order.over(joined.longer(behind), at, num(0), rounds - 1)

    def _total(self, steps: Form, rounds: Form) -> Form:
        """What so many rounds add."""
        at = _counter(self.counter.name, 0, rounds)
        inside = steps.substitute({self.counter: add(self.counter.low, at)})
        return (sum_over(at, inside) if at in inside.free_symbols else mul(rounds, inside)).expand()

    # Few rounds -----------------------------------------------------------------------------------

    def round_by_round(self, count: int) -> Iterator[Held]:
        """What the nodes hold before each round, and after the last."""
        held = {node: self.order.longest(self.first.get(node, ())) for node in self.nodes}
        for number in range(count):
            yield held
            now = add(self.counter.low, number)
            held = {node: self.order.longest(self._one_round(node, held, now)) for node in held}
        yield held

    def _one_round(self, node: Start, held: Mapping[Start, Chains], now: Form) -> Iterable[Chain]:
        """The chains to a node after a round, from what was held before it."""
        yield from self._at(now, self.joining.get(node, ()))
        for (_, target), edges in self.edges.items():
            if target is node:
                yield from self.order.behind(self._at(now, edges), held)


def _idles(chain: Chain, node: Start) -> bool:
    """Whether a chain adds nothing to what is there at the beginning, or to the same value before."""
    return chain.start in (None, node) and chain.steps == 0 and not chain.needs
