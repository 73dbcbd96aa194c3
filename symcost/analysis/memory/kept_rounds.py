"""What the rounds of a loop keep and want: some first and some last ones may differ from all others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from symcost.analysis.fold import rounds
from symcost.analysis.memory.kept import ONE, ZERO, Kept, Wanted, joined, want
from symcost.formula import Assumptions, Form, add, maximum, minimum, mul, num
from symcost.graph.graph import Block, Carried, Tensor
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Round:
    """What one round keeps, and all that is wanted in it."""

    kept: Kept
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Rounds:
    """The rounds of a loop, by their number from the beginning, then from the end; the last of each is usual."""

    block: Block
    grid: Sequence[Sequence[Round]]
    assumptions: Assumptions

    @property
    def usual(self) -> Round:
        """Any round that is neither one of the first nor one of the last."""
        return self.grid[-1][-1]

    @property
    def first(self) -> int:
        """How many rounds at the beginning differ from the usual one."""
        return len(self.grid) - 1

    @property
    def last(self) -> int:
        """How many rounds at the end differ from the usual one."""
        return len(self.grid[0]) - 1

    def at(self, number: int, left: int) -> Round:
        """The round of this number, behind which so many are left."""
        return self.grid[min(number, self.first)][min(left, self.last)]

    def begin_alike(self) -> bool:
        """Whether all rounds but the first want the same of what they begin with, whatever number they have."""
        return all(
            self.starts(round_) == self.starts(usual)
            for row in self.grid[1:]
            for round_, usual in zip(row, self.grid[-1], strict=True)
        )

    def starts(self, round_: Round) -> Wanted:
        """What is wanted of the values that a round begins with."""
        wanted = round_.wanted
        return {value.start: wanted[value.start] for value in self.block.carried if value.start in wanted}

    # What is kept ---------------------------------------------------------------------------------

    def kept(self) -> Kept:
        """All rounds as if they were usual, and what is different in the first and the last ones."""
        parts = [self.usual.kept.each(lambda form: rounds(self.block, form))]
        for number in range(self.first):
            parts.append(self._once(self._beyond(self.grid[number][-1]), self._from_low(number), number))
        for number in range(self.last):
            parts.append(self._once(self._beyond(self.grid[-1][number]), self._from_high(number), number))
        parts += self._where_they_meet()
        return joined(part for part in parts if not part.nothing)

    def _beyond(self, round_: Round) -> Kept:
        """What a round keeps beyond the usual one."""
        return round_.kept.without(self.usual.kept)

    def _where_they_meet(self) -> Iterator[Kept]:
        """What a round that is one of the first and one of the last keeps, beyond what was counted for either."""
        for number in range(self.first):
            for left in range(self.last):
                both = joined([self.grid[number][left].kept, self.usual.kept])
                either = joined([self.grid[number][-1].kept, self.grid[-1][left].kept])
                meets = self.happens(number + left) - self.happens(number + left + 1)
                yield self._in_round(both.without(either), self._from_low(number), meets.expand())

    def _once(self, kept: Kept, place: Form | None, number: int) -> Kept:
        """What one of the first or last rounds keeps; nothing where there are fewer."""
        return self._in_round(kept, place, self.happens(number))

    def _in_round(self, kept: Kept, place: Form | None, happens: Form) -> Kept:
        """What is kept in the round at this value of the counter, if there is that round."""
        counter = self.block.counter

        def there(form: Form) -> Form:
            here = form if place is None or counter is None else form.substitute({counter: place}).expand()
            return mul(here, happens)

        return kept.each(there)

    def _from_low(self, number: int) -> Form | None:
        """The counter in a round, by its number; None without a counter."""
        return None if self.block.counter is None else add(self.block.counter.low, number)

    def _from_high(self, left: int) -> Form | None:
        """The counter in a round behind which so many are left; None without a counter."""
        counter = self.block.counter
        return None if counter is None or counter.high is None else add(counter.high, -1 - left).expand()

    def happens(self, number: int) -> Form:
        """1 where there are more than so many rounds, else 0."""
        if self.assumptions.at_least(self.block.count, num(number + 1)):
            return ONE
        more = minimum(add(self.block.count, -number), ONE)
        return maximum(more, ZERO) if number else more

    # What is wanted -------------------------------------------------------------------------------

    def around(self) -> Wanted:
        """What all rounds together want of the tensors around the loop."""
        return self._by_count(self._around)

    def _around(self, count: int) -> Wanted:
        """What so many rounds want of the tensors around the loop."""
        found: Wanted = {}
        for number in range(count):
            wanted = self.at(number, count - 1 - number).wanted
            for tensor in self.block.from_around(wanted):
                want(found, tensor, wanted[tensor])
        return found

    def initial(self, last: Callable[[Carried], Form]) -> Iterator[tuple[Tensor, Form]]:
        """What is wanted of the values that the loop begins with; `last`: of those that it ends with.

        Where there is no round at all, the first value is the last one.
        """
        begun = self._by_count(lambda count: self.starts(self.at(0, count - 1)))
        never = (1 - self.happens(0)).expand()
        for value in self.block.carried:
            yield value.initial, add(begun.get(value.start, ZERO), mul(never, last(value)))

    def _by_count(self, wanted: Callable[[int], Wanted]) -> Wanted:
        """What is wanted of outside tensors, where that depends on it by the number of rounds.

        With more rounds than differ in anything, nothing changes any more.
        """
        counts = [wanted(count) for count in range(1, self.first + self.last + 2)]
        # In the order in which many rounds ask for them.
        tensors = dict.fromkeys(tensor for each in (counts[-1], *counts) for tensor in each)
        return {tensor: self._stepwise([each.get(tensor, ZERO) for each in counts]) for tensor in tensors}

    def _stepwise(self, forms: list[Form]) -> Form:
        """One form for what is wanted with 1, 2, 3 ... rounds: the first, and every change where it happens."""
        while len(forms) > 1 and forms[-1] == forms[-2]:
            forms.pop()
        steps: list[Form] = []
        for number, (form, before) in enumerate(zip(forms, [ZERO, *forms], strict=False)):
            steps.append(mul(self.happens(number), (form - before).expand()))
        return add(ZERO, *steps)
