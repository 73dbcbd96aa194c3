"""From which sizes on a length holds: where every operation that can be a step has something to do.

A sum over one number adds nothing, and the gradient of what was repeated once is not summed. With open dimensions such
an operation is a step; with the numbers put in it is none. So a length with open dimensions is told for the sizes at
which none of its steps vanishes, and what numbers make of it is asked of the graph that has them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Literal

from symcost.cost import Cost
from symcost.formula import Assumptions, AtLeast, Form, Symbol, add, mul, num
from symcost.formula.claims import positive
from symcost.formula.form import Add, Floor, Log2, Min, Mod, Mul, Pow
from symcost.graph.graph import Block, Graph, Operation
from symcost.ops.sizes import balanced

ONE, TWO = num(1), num(2)

MOST_NESTED = 8
"""Loops in loops whose counters are put in; of what is nested deeper nothing is said."""

Costs = Callable[[Operation], Iterable[Cost]]
"""What an operation costs, each part of which is a step if it counts anything."""


def nodes(graph: Graph) -> Iterator[Operation | Block]:
    """The operations and blocks of a graph and of all graphs in it; those of calls alike once."""
    for each in _graphs(graph):
        for node in each:
            if isinstance(node, Operation | Block):
                yield node


def _graphs(graph: Graph) -> Iterator[Graph]:
    """A graph and all graphs in it; those of calls alike once."""
    seen, waiting = {graph}, [graph]
    while waiting:
        inner = waiting.pop()
        yield inner
        for node in inner:
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


def rounds_happen(graph: Graph, assumptions: Assumptions, but: Collection[Block] = ()) -> Iterator[AtLeast]:
    """What has to hold so that every loop `but` some has a round; what is left of whole periods may have none."""
    for node in nodes(graph):
        if isinstance(node, Block) and node.kind in ("scan", "repeat") and node not in but and not is_left_over(node):
            yield from open_facts([(node.count, ONE)], assumptions)


def logarithms_stay(form: Form, assumptions: Assumptions) -> Iterator[AtLeast]:
    """What has to hold so that no logarithm in a length is one of nothing.

    Rounds from the second on are `T - 1` numbers; with a single round they count for nothing, but have no logarithm.
    """
    if isinstance(form, Log2) and not positive(form.arg.poly):
        yield from open_facts([(form.arg, ONE)], assumptions)
    for child in form.children:
        yield from logarithms_stay(child, assumptions)


def is_left_over(loop: Block) -> bool:
    """Whether its rounds are those that are left behind whole periods: so many as a division leaves."""
    waiting = [loop.count]
    while waiting:
        form = waiting.pop()
        if isinstance(form, Mod):
            return True
        waiting += form.children
    return False


def open_facts(claims: Iterable[tuple[Form, Form]], assumptions: Assumptions) -> Iterator[AtLeast]:
    """Those of `left >= right` that are open.

    Where the counter of a loop decides, as in `t >= 2` or `min(t + 1, w) >= 2`, one round is enough: where numbers are
    known, what does something in any round counts in all of them. It is asked of the first round and of the last.
    """
    for left, right in claims:
        if assumptions.at_least(left, right) is not None:
            continue
        fact = balanced(left, right)
        if _is_settled(fact):
            yield _plainly(fact, assumptions)
        else:
            yield from _in_some_round(fact, assumptions)


def _in_some_round(fact: AtLeast, assumptions: Assumptions) -> Iterator[AtLeast]:
    """What an open inequality says in the rounds of its loops, unless it holds in one of them for sure."""
    settled = _at_the_ends(fact, assumptions)
    decided = [assumptions.at_least(*end.forms) for end in settled]
    if True in decided:
        return

    # What never holds in the last round is left to the first one.
    for end, known in zip(settled, decided, strict=True):
        if known is None:
            yield _plainly(balanced(*end.forms), assumptions)


def _at_the_ends(fact: AtLeast, assumptions: Assumptions) -> list[AtLeast]:
    """An inequality in the last rounds of its loops and in the first ones, where only dimensions decide it then."""
    ends = (_in_round(fact, which, assumptions) for which in ("last", "first"))
    return [end for end in ends if _is_settled(end)]


def _plainly(fact: AtLeast, assumptions: Assumptions) -> AtLeast:
    """`L >= 6` for `floor(L/3) >= 2`, and `C >= 3` for `C >= min(C, 2) + 1`."""
    left, right = fact.forms
    if isinstance(left, Floor) and _is_whole_number(left.denominator) and _is_whole_number(right):
        return _plainly(balanced(left.numerator, mul(left.denominator, right).expand()), assumptions)

    plain = _only_possible(left, _cases(right), assumptions)
    return fact if plain is None else balanced(left, plain.expand())


def _cases(form: Form) -> list[Form]:
    """What a form with a minimum is for each of its arguments; none without one. Of several the first is looked at."""
    terms = form.children if isinstance(form, Add) else (form,)
    lesser = next((term for term in terms if isinstance(term, Min)), None)
    if lesser is None:
        return []
    others = add(*(term for term in terms if term is not lesser))
    return [add(argument, others) for argument in lesser.args]


def _only_possible(left: Form, least: Iterable[Form], assumptions: Assumptions) -> Form | None:
    """The one of several that `left` can reach, if there is only one: then it reaches the smallest if it does that."""
    possible = [form for form in least if assumptions.at_least(left, form) is not False]
    return possible[0] if len(possible) == 1 else None


def _is_whole_number(form: Form) -> bool:
    number = form.number
    return number is not None and number == int(number) and number > 0


def _in_round(fact: AtLeast, which: Literal["first", "last"], assumptions: Assumptions) -> AtLeast:
    """An inequality in the first or in the last rounds of its loops, those inside before those around them."""
    for _ in range(MOST_NESTED):
        if _is_settled(fact):
            break
        ends = {counter: end for counter in _counters(fact) if (end := _end(counter, which)) is not None}
        left, right = (assumptions.simplify(form.substitute(ends)) for form in fact.forms)
        fact = AtLeast(left, right)
    return fact


def _end(counter: Symbol, which: Literal["first", "last"]) -> Form | None:
    if which == "first":
        return counter.low
    return None if counter.high is None else counter.high - 1


def _counters(fact: AtLeast) -> set[Symbol]:
    return {symbol for form in fact.forms for symbol in form.free_symbols if symbol.uid}


def _is_settled(fact: AtLeast) -> bool:
    """Whether only dimensions decide it."""
    return not _counters(fact)


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
