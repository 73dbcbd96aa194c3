"""Recurrences of waiting: how long chains get that go round a loop, for any number of rounds.

A carried value is a node; an edge from node to node is what one round adds to a chain (a max-plus matrix). The
heaviest walk of m edges goes to a node, turns there as often as it can, and goes on: true where every longer cycle is
no heavier, step by step, than a turn at one of its nodes.
Source: Baccelli, Cohen, Olsder & Quadrat, Synchronization and Linearity (1992), chapter 3
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise, product

from symcost.analysis.depth.chains import BEGINNING, Chain, Chains, Order, Start, Underived
from symcost.analysis.depth.cycles import has_cycle, simple_cycles
from symcost.formula import Form, Num, Symbol, add, counter as _counter, floor_div, mul, num, sum_over
from symcost.formula.parts import mentions

MOST_NODES = 12
"""Carried values that may wait for each other."""
MOST_TURNING = 6
"""Carried values that may do so in turns of several rounds."""
MOST_CYCLES = 200
"""Ways in which they do that are looked at."""
MOST_ROUNDS = 64
"""Rounds that are followed one by one where no formula is found."""
MOST_SPECIAL = 2
"""Rounds at the beginning that are unlike the others."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A way from a node back to itself, in `rounds` rounds."""

    node: Start
    steps: Form
    rounds: int
    needs: tuple[Form, ...]

    @property
    def pace(self) -> Form:
        """Steps for one round."""
        return self.steps / self.rounds


@dataclass(frozen=True, slots=True)
class Walk:
    """Many rounds seen as one: `edges` of them go somewhere, all others turn, `period` at a time (None: none does).

    `steps` are those of the edges less what as many rounds of turning take: m rounds take `steps + m*pace`. With `full`
    they take what they took when last so many rounds, or whole turns more, were over.
    """

    steps: Form
    edges: int
    pace: Form
    period: int | None
    needs: tuple[Form, ...]
    full: int | None = None

    def behind(self, chain: Chain) -> Walk:
        """The walk behind a chain that leads to where it sets out."""
        return replace(self, steps=add(chain.steps, self.steps), needs=(*chain.needs, *self.needs))

    def after(self, rounds: Form) -> tuple[Form, tuple[Form, ...]]:
        """Its steps in so many rounds, and what must not be negative for that. Raises Underived."""
        spare = add(rounds, -self.edges).expand()
        needs = [*self.needs, spare]
        if self.period is None:
            needs.append((-spare).expand())
        elif self.full is not None:
            rounds = add(self.full, mul(self.period, floor_div(add(rounds, -self.full), self.period)))
        elif self.period > 1:
            raise Underived("carried values take turns in waiting for each other")
        return add(self.steps, mul(rounds, self.pace).expand()), tuple(needs)


class Recurrence:
    """What the rounds of a loop do to chains.

    `first` is what leads to the carried values before the first round. `edges` are what one round adds on the way from
    one of them to another; `joining` are chains that come in from elsewhere, by the round at whose end they do.
    """

    def __init__(
        self, order: Order, counter: Symbol, first: Mapping[Start, Sequence[Chain]], special: int = MOST_SPECIAL
    ) -> None:
        self.order = order
        self.special = special
        self.counter = counter
        self.first = {node: order.longest(chains) for node, chains in first.items()}
        self.edges: dict[tuple[Start, Start], list[Chain]] = {}
        self.joining: dict[Start, list[Chain]] = {}
        self._after = _counter(counter.name, 0)
        self._formulas: dict[Start, Chains] | None = None
        self._rounds: list[dict[Start, Chains]] = []
        self._later: Recurrence | None = None
        self._idle: dict[Start, Chains] = {}

    def solve(self, ends: Mapping[Start, Sequence[Chain]], count: Form) -> None:
        """Find what the carried values wait for, from the chains to them in one round.

        Raises Underived.
        """
        if len(ends) > MOST_TURNING:
            ends = self._awake(ends)
        self.nodes = list(ends)
        for node, chains in ends.items():
            for chain in self.order.longest(chains):
                if chain.start is not None and chain.start in ends:
                    self.edges.setdefault((chain.start, node), []).append(chain)
                else:
                    self.joining.setdefault(node, []).append(chain)
        self._after = _counter(self.counter.name, 0, add(count, 1))
        try:
            self._formulas = self.after(self._after)
        except Underived:
            many = count.number
            if many is not None and many <= MOST_ROUNDS:
                self._rounds = list(self.round_by_round(int(many)))
            elif self.special and any(self._varies(need) for need in self._edge_needs()):
                self._later = self._from_second(ends, count)
            else:
                raise

    def _awake(self, ends: Mapping[Start, Sequence[Chain]]) -> dict[Start, list[Chain]]:
        """Without the carried values that are ready at the beginning and stay so."""
        for node, chains in ends.items():
            held = (*self.first.get(node, ()), *chains)
            if node in self.first and all(c.steps == 0 and not c.needs and c.start in (None, node) for c in held):
                self._idle[node] = (BEGINNING,)
        return {
            node: [Chain(None, c.steps, c.needs) if c.start in self._idle else c for c in chains]
            for node, chains in ends.items()
            if node not in self._idle
        }

    def _varies(self, form: Form) -> bool:
        return mentions(form, (self.counter,))

    def _edge_needs(self) -> Iterator[Form]:
        return (need for edges in self.edges.values() for edge in edges for need in edge.needs)

    def _from_second(self, ends: Mapping[Start, Sequence[Chain]], count: Form) -> Recurrence:
        """The rounds behind the first, in which less is carried that the others take for granted."""
        at = _counter(self.counter.name, add(self.counter.low, 1), self.counter.high)
        _, second = islice(self.round_by_round(1), 2)
        later = Recurrence(self.order, at, second, self.special - 1)
        now = {self.counter: at}
        later.solve({n: [c for chain in ends[n] for c in self.order.put(chain, now)] for n in ends}, add(count, -1))
        return later

    def held(self, rounds: Form) -> Mapping[Start, Chains]:
        """What leads to the carried values after so many rounds."""
        return self._idle | self._held(rounds)

    def _held(self, rounds: Form) -> dict[Start, Chains]:
        if self._later is not None:
            before, behind = -rounds, add(rounds, -1)
            later = self._later.held(behind)
            return {
                node: tuple(
                    c
                    for need, chains in ((before, self.first.get(node, ())), (behind, later[node]))
                    for chain in chains
                    for c in self.order.chain(chain.start, chain.steps, (*chain.needs, need))
                )
                for node in self.nodes
            }
        if self._formulas is None:
            return self._rounds[int(rounds.evaluate({}))]
        now = {self._after: rounds}
        return {
            node: tuple(c for chain in chains for c in self.order.put(chain, now))
            for node, chains in self._formulas.items()
        }

    def leaving(self, chains: Sequence[Chain], place: Symbol) -> Iterator[Chain]:
        """Chains of one round, as those of round number `place`."""
        if self._rounds:
            moments: list[tuple[Form, tuple[Form, ...]]] = [
                (num(n), (place - n, n - place)) for n in range(len(self._rounds) - 1)
            ]
        else:
            moments = [(place, ())]
        for moment, needs in moments:
            now = {self.counter: add(self.counter.low, moment)}
            these = [c.longer(0, needs) for chain in chains for c in self.order.put(chain, now)]
            yield from self.order.behind(these, self.held(moment))

    # Any number of rounds -------------------------------------------------------------------------

    def after(self, rounds: Symbol) -> dict[Start, Chains]:
        """What every node holds after so many rounds.

        Raises Underived.
        """
        if any(edge.mentions((self.counter,)) for edges in self.edges.values() for edge in edges):
            return self._changing(rounds)
        found: dict[Start, list[Chain]] = {node: [] for node in self.nodes}
        since: dict[tuple[Start, Start | None], list[Walk]] = {}
        for (source, target), walks in self._walks().items():
            for chain in self.first.get(source, ()):
                since.setdefault((target, chain.start), []).extend(walk.behind(chain) for walk in walks)
            for chain in self.joining.get(source, ()):
                for walk in self._merged(walks):
                    found[target] += self._joined(chain, walk, rounds)
        for (target, start), walks in since.items():
            for walk in self._merged(walks):
                found[target] += self.order.chain(start, *walk.after(rounds))
        return {node: self.order.longest(chains) for node, chains in found.items()}

    def _joined(self, chain: Chain, walk: Walk, rounds: Form) -> Chains:
        """A chain that joins at the end of round t and walks on in the rounds that are left, for the best t."""
        last = add(rounds, -1, -walk.edges).expand()
        steady = walk.period == 1 or walk.full is not None
        if steady and not chain.mentions((self.counter,)) and self.order.at_least(walk.pace, num(0)):
            steps, _ = walk.after(rounds - 1)  # the sooner it joins, the better
            return self.order.chain(chain.start, add(chain.steps, steps), (*chain.needs, *walk.needs, last))
        at = _counter(self.counter.name, 0, rounds)
        left = add(rounds, -1, -at)
        steps, _ = walk.after(left)
        joins = {self.counter: add(self.counter.low, at)}
        whole = Chain(
            chain.start,
            add(chain.steps.substitute(joins), steps).expand(),
            (*(need.substitute(joins) for need in chain.needs), *walk.needs),
        )
        if walk.period is None:
            whole = Chain(whole.start, whole.steps, (*whole.needs, last))
            return self.order.put(whole, {at: last}) or ()
        return self.order.over(whole, at, num(0), last)

    def _turns(self) -> list[Turn]:
        """The ways back to a node that are worth taking: of longer ones those that no turn in one round matches.

        Raises Underived where there are too many.
        """
        turns = [Turn(a, e.steps, 1, e.needs) for (a, b), edges in self.edges.items() if a is b for e in edges]
        between = [edge for edge, chains in self.edges.items() if chains and edge[0] is not edge[1]]
        nodes = list(dict.fromkeys(node for edge in between for node in edge))
        cycles = list(islice(simple_cycles(between), MOST_CYCLES + 1)) if len(nodes) <= MOST_NODES else []
        if len(nodes) > MOST_NODES or len(cycles) > MOST_CYCLES:
            if len(nodes) > MOST_NODES or not self._led(nodes, turns):
                raise Underived("too many values wait for each other from round to round")
            return turns
        for cycle in cycles:
            single = [turn for turn in turns if turn.rounds == 1 and turn.node in cycle]
            for way in product(*(self.edges[edge] for edge in pairwise([*cycle, cycle[0]]))):
                if not any(self._matches(turn, way) for turn in single):
                    steps = add(*(edge.steps for edge in way))
                    needs = tuple(need for edge in way for need in edge.needs)
                    turns += [Turn(node, steps, len(cycle), needs) for node in cycle]
        return turns

    def _led(self, nodes: list[Start], turns: Sequence[Turn]) -> bool:
        """Whether every cycle is matched by a turn at its best node, said without looking at every cycle.

        Taken out one after the other, the best first, no node is on a cycle that is faster than its own turn.
        """
        own = {turn.node: turn for turn in turns if not turn.needs}
        while leading := [node for node in nodes if node in own]:
            best = leading[0]
            for node in leading:
                best = node if self.order.at_least(own[node].steps, own[best].steps) else best
            if not all(self.order.at_least(own[best].steps, own[node].steps) for node in leading):
                return False
            ahead: dict[Start, Chains] = {best: (BEGINNING,)}
            for _ in nodes:
                after: dict[Start, list[Chain]] = {}
                for middle, target in product(ahead, nodes):
                    for edge in self.edges.get((middle, target), ()) if middle is not target else ():
                        steps = add(edge.steps, -own[best].steps)
                        after.setdefault(target, []).extend(Chain(None, add(c.steps, steps)) for c in ahead[middle])
                ahead = {node: self.order.longest(chains) for node, chains in after.items()}
                if not all(self.order.at_least(num(0), chain.steps) for chain in ahead.pop(best, ())):
                    return False
            nodes = [node for node in nodes if node is not best]
        left = [edge for edge in self.edges if edge[0] in nodes and edge[1] in nodes]
        return not has_cycle(left)

    def _matches(self, turn: Turn, way: Sequence[Chain]) -> bool:
        there = {need.key for edge in way for need in edge.needs}
        steps = add(*(edge.steps for edge in way))
        return all(need.key in there for need in turn.needs) and bool(
            self.order.at_least(mul(len(way), turn.steps), steps)
        )

    def _walks(self) -> dict[tuple[Start, Start], list[Walk]]:
        """All that the longest chains can do in many rounds.

        A walk that turns at its best node does not need its other cycles: turning as many rounds takes no fewer steps.
        Where a turn takes r rounds, fewer than r of them may be left over.
        """
        nodes, turns = self.nodes, self._turns()
        period = max((turn.rounds for turn in turns), default=1)
        if period > 1 and len(nodes) > MOST_TURNING:
            raise Underived("carried values take turns in waiting for each other")
        most = len(nodes) - 1 if period == 1 else 2 * (len(nodes) - 1) + (period - 1) * len(nodes)
        paths = list(self._paths(nodes, most, turning=period > 1))
        found: dict[tuple[Start, Start], list[Walk]] = {}
        for turn in turns:
            there = {node: self._ways(paths, node, turn.node, turn) for node in nodes}
            back = {node: self._ways(paths, turn.node, node, turn) for node in nodes}
            for source, target in product(nodes, nodes):
                for a, b in product(there[source], back[target]):
                    if a.edges + b.edges <= most or period == 1:
                        needs = (*a.needs, *b.needs, *turn.needs)
                        walk = Walk(add(a.steps, b.steps), a.edges + b.edges, turn.pace, turn.rounds, needs)
                        self._keep(found.setdefault((source, target), []), walk)
        still = [node for node in nodes if not any(turn.node is node for turn in turns)]
        for e, table in enumerate(self._paths(still, len(still) - 1)):
            for ends, chains in table.items():
                found.setdefault(ends, []).extend(Walk(c.steps, e, num(0), None, c.needs) for c in chains)
        return found

    def _ways(
        self, paths: Sequence[Mapping[tuple[Start, Start], Chains]], source: Start, target: Start, turn: Turn
    ) -> list[Walk]:
        """The ways from one node to another, less what as many rounds of turning take."""
        ways: list[Walk] = []
        for edges, table in enumerate(paths):
            for chain in table.get((source, target), ()):
                steps = add(chain.steps, mul(-edges, turn.pace)).expand()
                self._keep(ways, Walk(steps, edges, turn.pace, turn.rounds, chain.needs))
        return ways

    def _keep(self, walks: list[Walk], walk: Walk) -> None:
        if not any(self._replaces(other, walk) for other in walks):
            walks[:] = [other for other in walks if not self._replaces(walk, other)]
            walks.append(walk)

    def _replaces(self, one: Walk, other: Walk) -> bool:
        """Whether a walk is there whenever another one is, and takes no fewer steps."""
        if one.edges > other.edges:
            return False
        if one.needs and not {need.key for need in one.needs} <= {need.key for need in other.needs}:
            return False
        if one.period == other.period == 1:
            # From the first round on in which the other is there, the one that turns faster stays ahead.
            faster, further = self._more(one.pace, other.pace), self._more(one.steps, other.steps)
            if isinstance(faster, Num) and isinstance(further, Num):
                return faster.value >= 0 and further.value + other.edges * faster.value >= 0
            ahead = self.order.at_least(further + other.edges * faster, num(0))
            return bool(ahead and self.order.at_least(faster, num(0)))
        return (
            one.period is not None
            and one.period == other.period
            and one.pace == other.pace
            and (other.edges - one.edges) % one.period == 0
            and bool(self.order.at_least(one.steps, other.steps))
        )

    def _more(self, one: Form, other: Form) -> Form:
        if isinstance(one, Num) and isinstance(other, Num):
            return num(one.value - other.value)
        return add(one, -other)

    def _no_more(self, one: Walk, other: Walk) -> bool:
        """Whether a walk that turns alike takes no more steps."""
        alike = one.period == other.period and one.pace == other.pace
        return alike and bool(self.order.at_least(other.steps, one.steps))

    def _merged(self, walks: Sequence[Walk]) -> list[Walk]:
        """Walks that together are there for every number of rounds, as one walk and its beginnings."""
        merged = list(walks)
        for walk in walks:
            if walk.period == 1 or walk.period is None:
                continue
            alike = [w for w in walks if w.period == walk.period and w.pace == walk.pace and not w.needs]
            even = self._all_rounds(walk, [w for w in alike if self.order.at_least(w.steps, walk.steps)])
            first = even or self._all_rounds(walk, [w for w in alike if self._in_between(walk, w)])
            if first:
                last = max(first.values())
                merged = [w for w in merged if w not in walks or not self._no_more(w, walk)]
                full = None if even else walk.edges
                whole = Walk(walk.steps, last, walk.pace, 1 if even else walk.period, (), full)
                self._keep(merged, whole)
                merged += [
                    Walk(whole.after(num(m))[0].expand(), m, num(0), None, ())
                    for m in range(last)
                    if first[m % walk.period] <= m
                ]
        return merged

    def _all_rounds(self, walk: Walk, alike: Sequence[Walk]) -> dict[int, int] | None:
        """From when on they are there, by the rounds left over of a turn; None where some numbers of rounds lack."""
        assert walk.period is not None
        first = {w.edges % walk.period: w.edges for w in sorted(alike, key=lambda w: -w.edges)}
        return first if len(first) == walk.period else None

    def _in_between(self, walk: Walk, other: Walk) -> bool | None:
        """Whether another walk, some rounds after a full turn of the first, is no shorter than that was then."""
        assert walk.period is not None
        behind = (other.edges - walk.edges) % walk.period
        return self.order.at_least(add(other.steps, mul(behind, walk.pace)), walk.steps)

    def _paths(
        self, nodes: Sequence[Start], most: int, turning: bool = False
    ) -> Iterator[Mapping[tuple[Start, Start], Chains]]:
        """The heaviest ways of 0, 1, 2, ... edges between nodes."""
        table: dict[tuple[Start, Start], Chains] = {(n, n): (Chain(None, num(0)),) for n in nodes}
        for _ in range(most + 1):
            yield table
            longer: dict[tuple[Start, Start], list[Chain]] = {}
            for (source, middle), chains in table.items():
                for target in nodes if turning else (n for n in nodes if n is not middle):
                    for edge in self.edges.get((middle, target), ()):
                        longer.setdefault((source, target), []).extend(c.longer(edge.steps, edge.needs) for c in chains)
            table = {ends: self.order.longest(chains) for ends, chains in longer.items()}

    # Rounds of different lengths ------------------------------------------------------------------

    def _changing(self, rounds: Symbol) -> dict[Start, Chains]:
        """Where what a round adds depends on the round, and values do not wait for each other: sums."""
        found: dict[Start, Chains] = {}
        for node in self.nodes:
            turns = self.edges.get((node, node), [])
            if len(turns) > 1 or any(node in edge and edge != (node, node) for edge in self.edges):
                raise Underived("what a round adds changes from round to round")
            chains: list[Chain] = []
            for turn in turns:
                if turn.needs:
                    raise Underived("what a round adds changes from round to round")
                total = self._total(turn.steps, rounds)
                chains += [chain.longer(total) for chain in self.first.get(node, ())]
                for chain in self.joining.get(node, ()):
                    at = _counter(self.counter.name, 0, rounds)
                    joined = self.order.put(chain, {self.counter: add(self.counter.low, at)})
                    behind = add(total, -self._total(turn.steps, at + 1))
                    for one in joined:
                        chains += self.order.over(one.longer(behind.expand()), at, num(0), rounds - 1)
            found[node] = self.order.longest(chains)
            if not turns:
                raise Underived("what a round adds changes from round to round")
        return found

    def _total(self, steps: Form, rounds: Form) -> Form:
        at = _counter(self.counter.name, 0, rounds)
        inside = steps.substitute({self.counter: add(self.counter.low, at)})
        return (sum_over(at, inside) if at in inside.free_symbols else mul(rounds, inside)).expand()

    # Few rounds -----------------------------------------------------------------------------------

    def round_by_round(self, count: int) -> Iterator[dict[Start, Chains]]:
        """What the nodes hold before each round, and after the last."""
        held = {node: self.order.longest(self.first.get(node, ())) for node in self.nodes}
        for number in range(count):
            yield held
            now = {self.counter: add(self.counter.low, number)}
            held = {node: self.order.longest(self._step(node, held, now)) for node in held}
        yield held

    def _step(self, node: Start, held: Mapping[Start, Chains], now: Mapping[Symbol, Form]) -> Iterable[Chain]:
        for chain in self.joining.get(node, ()):
            yield from self.order.put(chain, now)
        for (source, target), edges in self.edges.items():
            for edge in edges if target is node else ():
                for chain in self.order.put(edge, now):
                    for before in held.get(source, ()):
                        yield from self.order.behind([Chain(source, chain.steps, chain.needs)], {source: [before]})
