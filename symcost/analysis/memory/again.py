"""Read again: what each further round of a loop has to read once more, unless it stays on the chip.

Of a loop whose rounds wait for each other, a round reads the parameters on the way from what is carried to what is
handed on, and the carried values that it uses. What does not wait can be done for all rounds at once: it is read once.
With C bytes on the chip, a round that needs W has to fetch W - C of them.

Source  Hong & Kung, I/O complexity: the red-blue pebble game (1981), lemma of the partition by memory; Diamos et al.,
        Persistent RNNs (2016), section 2: recurrent weights that stay in registers are read once
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from symcost.analysis.fold import NONE, ONCE
from symcost.analysis.memory.demand import NOTHING_READ, WHOLE, Demand
from symcost.analysis.memory.demands import Demands
from symcost.analysis.memory.handed import Handed
from symcost.analysis.memory.waiting import Waiting
from symcost.formula import Assumptions, Form, add, mul, num, sum_over
from symcost.graph.graph import Block, Graph, Tensor
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Again:
    """A loop: how many rounds follow on another, and numbers that all of these read, by role."""

    name: str
    rounds: Form
    numbers: Mapping[str, Form]
    first: Mapping[str, Form]
    """What the second round reads: the least, where rounds differ."""


class ReadAgain:
    """The loops of a graph that read something again, the outermost of each nest."""

    def __init__(self, assumptions: Assumptions) -> None:
        self._assumptions = assumptions

    def of(self, graph: Graph) -> tuple[Again, ...]:
        """All loops, with the rounds of the blocks around them."""
        return tuple(self._loops(graph, num(1)))

    def _loops(self, graph: Graph, times: Form) -> Iterator[Again]:
        for block in _surely_run(graph):
            found = self._loop(block, graph, times)
            if found is not None:
                yield found
            else:
                yield from self._inside(block, times)

    def _inside(self, block: Block, times: Form) -> Iterator[Again]:
        """The loops inside of a block; none of a loop whose rounds differ, for they cannot just be counted."""
        if block.kind in ONCE:
            yield from self._loops(block.graph, times)
        elif block.counter is None or _alike(block):
            yield from self._loops(block.graph, mul(times, block.count))

    def _loop(self, loop: Block, around: Graph, times: Form) -> Again | None:
        """What the rounds of one loop read again; None where no round waits for another, or nothing is read."""
        may_wait = loop.kind == "scan" and bool(loop.carried)
        each = self._round(loop, around) if may_wait else {}
        if not each:
            return None
        further = add(loop.count, -1)
        low = num(0) if loop.counter is None else loop.counter.low
        total: dict[str, Form] = {}
        second: dict[str, Form] = {}
        for role, form in each.items():
            total[role] = mul(times, _further(loop, form, further, low))
            second[role] = _at(loop, form, add(low, 1))
        return Again(loop.name, mul(times, further), total, second)

    def _round(self, loop: Block, around: Graph) -> dict[str, Form]:
        """Numbers that one round reads by role: parameters on the way round, and what it carries and uses."""
        waiting = Waiting(loop, around)
        found: dict[str, Form] = dict(waiting.parameters())
        state = add(NONE, *self._state(loop, waiting.starts))
        if state != 0:
            found["state"] = state
        return found

    def _state(self, loop: Block, waiting: Iterable[Tensor]) -> Iterator[Form]:
        """How much of each carried value a round reads; what it only hands on, or adds to, it does not."""
        demands = Demands(self._assumptions)
        asked = demands.of_round(loop, _wanted(loop))
        for start in dict.fromkeys(waiting):
            yield demands.amount(asked.get(start, NOTHING_READ), start)


def _surely_run(graph: Graph) -> list[Block]:
    """The blocks that are not only named, nor perhaps not run."""
    blocks = [node for node in graph if isinstance(node, Block)]
    return [block for block in blocks if block.kind not in ("layer", "choose")]


def _alike(loop: Block) -> bool:
    """Whether no shape inside a loop depends on its counter, as far as loops inside it tell."""
    inside = (node for node in loop.graph if isinstance(node, Block))
    return all(loop.counter not in block.count.free_symbols for block in inside)


def _wanted(loop: Block) -> dict[Tensor, Demand]:
    """What is wanted of the end of a round: what it emits, and what it makes anew of all that it hands on."""
    still = Handed().of_round(loop)
    wanted: dict[Tensor, Demand] = {}
    for value in loop.carried:
        is_made_anew = still.get(value.end, NONE) == 0
        wanted[value.end] = WHOLE if is_made_anew else NOTHING_READ
    return wanted | {emitted.each: WHOLE for emitted in loop.emitted}


def _at(loop: Block, form: Form, turn: Form) -> Form:
    return form if loop.counter is None else form.substitute({loop.counter: turn})


def _further(loop: Block, form: Form, further: Form, low: Form) -> Form:
    """A form over all rounds but the first."""
    if loop.counter is None or loop.counter not in form.free_symbols:
        return mul(form, further)
    return add(sum_over(loop.counter, form), -form.substitute({loop.counter: low}))
