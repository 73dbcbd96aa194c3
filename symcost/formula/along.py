"""How forms change along a counter: their rise, whether they grow or fall, when their roundings repeat, their sums."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from symcost.formula import rises
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

    seen = rises.rise(form, at)
    if seen.never_falls or seen.never_rises:
        return 1 if seen.never_falls else -1
    shared = _way_of_parts(form, at, proven)
    if shared is not None:
        return shared

    more = rise(form, at)
    if proven(more, ZERO):
        return 1
    if proven(ZERO, more):
        return -1
    return None


def _way_of_parts(form: Form, at: Symbol, proven: Proven) -> int | None:
    """The way that all parts of a sum, a product, a rounding, a minimum or a maximum go, if they go the same one."""
    ways = {way(part, at, proven) for part in _parts(form, at, proven)} - {0}
    return ways.pop() if len(ways) == 1 else None


def _parts(form: Form, at: Symbol, proven: Proven) -> Sequence[Form]:
    """Forms that a form rises with wherever all of them do; none where that is not known."""
    match form:
        case Add():
            return form.terms
        case Min() | Max():
            return form.args
        case Floor() | Ceil():
            return _still_divided(form, at)
        case Mul():
            return _moving_factor(form, at, proven)
    return ()


def _still_divided(form: Floor | Ceil, at: Symbol) -> Sequence[Form]:
    """The numerator of a rounding, if its denominator stays."""
    if mentions(form.denominator, (at,)):
        return ()
    return (form.numerator,)


def _moving_factor(form: Mul, at: Symbol, proven: Proven) -> Sequence[Form]:
    """The only factor that moves, if the others are not negative together."""
    moving = [factor for factor in form.factors if mentions(factor, (at,))]
    still = [factor for factor in form.factors if not mentions(factor, (at,))]
    if len(moving) > 1 or not proven(mul(form.coefficient, *still), ZERO):
        return ()
    return moving


def phases(form: Form, at: Symbol) -> int:
    """After how many values of a symbol the roundings of a form repeat; 1 where it has none, or they do not repeat."""
    if not any(isinstance(part, Rounding) and mentions(part, (at,)) for part in within(form)):
        return 1
    for turns in range(1, MOST_PHASES + 1):
        later = form.substitute({at: (at + turns).expand()})
        if not mentions((later - form).expand(), (at,)):
            return turns
    return 1


def total(turn: Symbol, each: Form) -> Form:
    """The sum over all values of a counter; `(k - 1)·k^l` adds up to `k^L - 1` whatever k is."""
    assert turn.high is not None
    if not mentions(each, (turn,)):
        return mul(each, (turn.high - turn.low).expand())

    for written in powers_with(each.expand(), turn):
        part = _factor_that_adds_up(each, written, turn)
        if part is not None:
            return mul(part, add(power(written.base, turn.high), -power(written.base, turn.low)))
    return sum_over(turn, each)


def powers_with(form: Form, exponent: Symbol) -> Iterator[Pow]:
    """The powers in a form that have this exponent, on a base that does not depend on it."""
    for written in form.poly.atoms.values():
        if not isinstance(written, Pow):
            continue
        if written.exponent == exponent and not mentions(written.base, (exponent,)):
            yield written


def _factor_that_adds_up(each: Form, written: Pow, turn: Symbol) -> Form | None:
    """What `(k - 1)·k^l` is multiplied by in a form, if k is a dimension and the rest depends on neither k nor l."""
    base = written.base
    if not isinstance(base, Symbol):
        return None
    part = _divided_by_one_less((each / written).expand(), base)
    return None if part is None or mentions(part, (turn, base)) else part


def _divided_by_one_less(form: Form, base: Symbol) -> Form | None:
    """A form divided by `base - 1`, if that leaves nothing over."""
    part = ((form - form.substitute({base: ZERO})) / base).expand()
    return part if form == (part * (base - 1)).expand() else None
