"""From which sizes on a length holds: where every operation that can be a step has something to do.

A sum over one number adds nothing, and the gradient of what was repeated once is not summed. With open dimensions such
an operation is a step; with the numbers put in it is none. So a length with open dimensions is told for the sizes at
which none of its steps vanishes, and what numbers make of it is asked of the graph that has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from symcost.cost import Cost
from symcost.formula import Assumptions, AtLeast, Form, Symbol, num
from symcost.formula.form import Mul, Pow
from symcost.formula.proofs import positive
from symcost.graph.graph import Block, Graph, Operation
from symcost.ops.sizes import balanced

ONE, TWO = num(1), num(2)

Costs = Callable[[Operation], Iterable[Cost]]
"""What an operation costs, each part of which is a step if it counts anything."""


def nodes(graph: Graph) -> Iterator[Operation | Block]:
    """The operations and blocks of a graph and of all graphs in it; those of calls alike once."""
    seen, waiting = {graph}, [graph]
    while waiting:
        for node in waiting.pop():
            if isinstance(node, Operation | Block):
                yield node
            if isinstance(node, Block) and node.graph not in seen:
                seen.add(node.graph)
                waiting.append(node.graph)


def steps_stay(graph: Graph, assumptions: Assumptions, costs: Costs) -> Iterator[AtLeast]:
    """What has to hold so that no operation stops counting."""
    for node in nodes(graph):
        if isinstance(node, Operation):
            for cost in costs(node):
                yield from _counts_something(cost, assumptions)


def several_rounds(graph: Graph, assumptions: Assumptions) -> Iterator[AtLeast]:
    """What has to hold so that every loop has a second round."""
    for node in nodes(graph):
        if isinstance(node, Block) and node.kind in ("scan", "repeat", "choose"):
            yield from open_facts([(node.count, TWO)], assumptions)


def open_facts(claims: Iterable[tuple[Form, Form]], assumptions: Assumptions) -> Iterator[AtLeast]:
    """Those of `left >= right` that are open; what a counter of a loop decides is followed round by round anyway.

    Where a dimension decides together with the counter, as in `min(t + 1, w) >= 2`, it is asked of the last round.
    """
    for left, right in claims:
        if assumptions.at_least(left, right) is not None:
            continue
        fact = balanced(left, right)
        symbols = {symbol for form in fact.forms for symbol in form.free_symbols}
        counters = {symbol for symbol in symbols if symbol.uid}
        if not counters:
            yield fact
        elif counters != symbols:
            yield from _in_last_round(fact, counters, assumptions)


def _in_last_round(fact: AtLeast, counters: Iterable[Symbol], assumptions: Assumptions) -> Iterator[AtLeast]:
    """What an open inequality says in the last rounds of its loops, if it is open there."""
    last = {counter: counter.high - 1 for counter in counters if counter.high is not None}
    left, right = (assumptions.simplify(form.substitute(last)) for form in fact.forms)
    is_settled = not any(symbol.uid for form in (left, right) for symbol in form.free_symbols)
    if is_settled and assumptions.at_least(left, right) is None:
        yield balanced(left, right)


def _counts_something(cost: Cost, assumptions: Assumptions) -> Iterator[AtLeast]:
    """What makes the first class count; one that surely counts is enough."""
    forms = list(cost.counts.values())
    if not forms or any(positive(form.poly) for form in forms):
        return
    factors = forms[0].factors if isinstance(forms[0], Mul) else (forms[0],)
    whole = (factor for factor in factors if not _is_quotient(factor))
    yield from open_facts(((factor, ONE) for factor in whole), assumptions)


def _is_quotient(factor: Form) -> bool:
    """Whether it is `1/size`, which is above 0 for every size."""
    if not isinstance(factor, Pow):
        return False
    exponent = factor.exponent.number
    return exponent is not None and exponent < 0
