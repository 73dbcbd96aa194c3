"""How forms change along a counter: their rise, whether they grow or fall, when their roundings repeat, their sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import lcm

from symcost.formula.arithmetic import add, mul, num, power
from symcost.formula.form import Add, Ceil, Floor, Form, Max, Min, Mul, Pow, Rounding, Symbol
from symcost.formula.parts import Proven, mentions
from symcost.formula.sums import sum_over
from symcost.formula.terms import terms

MOST_PHASES = 64
"""Values after which the roundings of a form may look alike again; where it takes more, they are not said to."""
ZERO = num(0)


def within(form: Form) -> Iterator[Form]:
    """A form and all forms in it."""
    yield form
    for child in form.children:
        yield from within(child)


def has_cases(form: Form) -> bool:
    """Whether a minimum or a maximum is part of it."""
    return any(isinstance(part, Min | Max) for part in within(form))


def last_value(at: Symbol) -> Form:
    """The last value that a counter has."""
    assert at.high is not None
    return (at.high - 1).expand()


def counters(forms: Iterable[Form]) -> list[Symbol]:
    """The counters in some forms."""
    found: dict[Symbol, None] = {}
    for form in forms:
        found |= {at: None for at in form.free_symbols if at.high is not None}
    return list(found)


def inmost(some: Sequence[Symbol]) -> Symbol:
    """One of some counters on which the range of none of them depends."""
    limits = [limit for at in some for limit in (at.low, last_value(at))]
    return next(at for at in some if not any(mentions(limit, (at,)) for limit in limits))


def shorter(form: Form) -> Form:
    """As it stands, or written out, whichever has fewer terms."""
    expanded = form.expand()
    return expanded if len(terms(expanded)) <= len(terms(form)) else form


def less(left: Form, right: Form) -> Form:
    """The difference, its terms as they stand."""
    return shorter(add(left, *(-term for term in terms(right))))


def rise(form: Form, at: Symbol) -> Form:
    """How much a form grows from one value of a symbol to the next."""
    return (form.substitute({at: (at + 1).expand()}) - form).expand()


def way(form: Form, at: Symbol, proven: Proven) -> int | None:
    """1 where a form rises with a symbol, -1 where it falls, 0 where it stays, None where that is not known."""
    if not mentions(form, (at,)):
        return 0
    shared = _way_of_parts(form, at, proven)
    if shared is not None:
        return shared
    more = rise(form, at)
    if proven(more, ZERO):
        return 1
    return -1 if proven(ZERO, more) else None


def _way_of_parts(form: Form, at: Symbol, proven: Proven) -> int | None:
    """The way that all parts of a sum, a product, a rounding, a minimum or a maximum go, if they go the same one."""
    parts: tuple[Form, ...] = ()
    if isinstance(form, Add):
        parts = tuple(form.terms)
    elif isinstance(form, Min | Max):
        parts = tuple(form.args)
    elif isinstance(form, Floor | Ceil) and not mentions(form.denominator, (at,)):
        parts = (form.numerator,)
    elif isinstance(form, Mul):
        parts = tuple(factor for factor in form.factors if mentions(factor, (at,)))
        rest = mul(form.coefficient, *(factor for factor in form.factors if not mentions(factor, (at,))))
        if len(parts) > 1 or not proven(rest, ZERO):
            return None
    ways = {way(part, at, proven) for part in parts} - {0}
    return ways.pop() if len(ways) == 1 else None


def phases(form: Form, at: Symbol) -> int:
    """After how many values of a symbol the roundings of a form repeat; 1 where it has none, or they do not repeat."""
    found = 1
    for rounded in within(form):
        if not isinstance(rounded, Rounding) or not mentions(rounded, (at,)):
            continue
        step, slope = rounded.denominator.number, rise(rounded.numerator, at).number
        if step is None or slope is None or mentions(rounded.numerator.substitute({at: ZERO}), (at,)):
            return 1
        found = lcm(found, (Fraction(step) / slope).numerator if slope else 1)
    return found if found <= MOST_PHASES else 1


def total(turn: Symbol, each: Form) -> Form:
    """The sum over all values of a counter; `(k - 1)·k^l` adds up to `k^L - 1` whatever k is."""
    assert turn.high is not None
    if not mentions(each, (turn,)):
        return mul(each, (turn.high - turn.low).expand())
    for written in each.expand().poly.atoms.values():
        if isinstance(written, Pow) and isinstance(written.base, Symbol) and written.exponent == turn:
            base, factor = written.base, (each / written).expand()
            part = _divided_by_one_less(factor, base)
            if part is not None and not mentions(part, (turn, base)):
                return mul(part, add(power(base, turn.high), -power(base, turn.low)))
    return sum_over(turn, each)


def _divided_by_one_less(form: Form, base: Symbol) -> Form | None:
    """A form divided by `base - 1`, if that leaves nothing over."""
    part = ((form - form.substitute({base: ZERO})) / base).expand()
    return part if form == (part * (base - 1)).expand() else None
