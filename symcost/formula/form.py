"""Form: an expression as its author wrote it, exact and immutable; this room is the only maker of symbols."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

if TYPE_CHECKING:
    from symcost.formula.poly import Poly

Rational: TypeAlias = int | Fraction
Operand: TypeAlias = "Form | int | Fraction"

MAX_DEPTH = 120
"""Deeper nesting is refused, so that no walk over a form can exhaust the stack."""
MAX_SIZE = 1_000_000
"""More nodes (shared ones counted each time) are refused: walks would not end."""
MAX_BITS = 10_000
"""Longer integers are refused before they are computed."""
REPEATED = 4
"""`D^2` up to `D^4` are written as products; higher powers stay powers."""


class Unset(KeyError):
    """A symbol had no value."""

    def __init__(self, symbol: Symbol) -> None:
        super().__init__(symbol.name)
        self.symbol = symbol


class TooLarge(Exception):
    """A number, an expansion or a nesting beyond what can be computed in bounded time and memory."""


_ids: dict[Hashable, int] = {}


def intern(parts: Hashable) -> int:
    """A small number that is the same for equal parts; it makes keys cheap to hash however deep the form."""
    return _ids.setdefault(parts, len(_ids))


NUMBER = intern("number")


def exact(value: Rational) -> Rational:
    """The same number, as an int where it is one."""
    if type(value) is int:
        return value
    return int(value) if value.denominator == 1 else value


def magnitude(value: Rational) -> Rational:
    """The number without its sign."""
    return value if value >= 0 else -value


def checked(value: Rational) -> Rational:
    """The same number, refused when it is too long."""
    value = exact(value)
    if value.numerator.bit_length() > MAX_BITS or value.denominator.bit_length() > MAX_BITS:
        raise TooLarge("a number of more than 10000 bits")
    return value


def number_power(base: Rational, exponent: int) -> Rational:
    """`base^exponent`, its size known before it is computed."""
    bits = max(abs(base.numerator), base.denominator).bit_length() - 1
    if bits * abs(exponent) > MAX_BITS:
        raise TooLarge("a power of more than 10000 bits")
    return checked(Fraction(base) ** exponent)


class Form:
    """An exact expression over dimensions. `==` is equality for all values, by canonical polynomials."""

    __slots__ = ("_key", "_poly", "depth", "size")

    children: tuple[Form, ...]
    depth: int
    size: int
    _key: int | None
    _poly: Poly | None

    def _measure(self, children: Iterable[Form]) -> None:
        depth, size = 0, 1
        for child in children:
            size += child.size
            if child.depth > depth:
                depth = child.depth
        if depth >= MAX_DEPTH or size > MAX_SIZE:
            raise TooLarge("an expression that is nested too deeply")
        self.depth, self.size = depth + 1, size
        self._key = self._poly = None

    # Identity ----------------------------------------------------------------------------------

    @property
    def key(self) -> int:
        """Equal for forms that differ only in the order of terms, factors and arguments."""
        if self._key is None:
            self._key = intern(self._parts())
        return self._key

    def _parts(self) -> Hashable:
        raise NotImplementedError

    @property
    def term(self) -> tuple[Rational, int]:
        """The numeric coefficient, and the key of the rest."""
        return 1, self.key

    @property
    def poly(self) -> Poly:
        """The canonical polynomial, computed once."""
        if self._poly is None:
            from symcost.formula.canonical import canonical

            self._poly = canonical(self)
        return self._poly

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Form):
            return self is other or self.key == other.key or self.poly == other.poly
        if isinstance(other, (int, Fraction)):
            return self.poly.number == other
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.poly)

    def __bool__(self) -> bool:
        raise TypeError("a formula is neither true nor false; compare it")

    # Arithmetic --------------------------------------------------------------------------------

    def __add__(self, other: Operand) -> Form:
        return add(self, other)

    def __radd__(self, other: Operand) -> Form:
        return add(other, self)

    def __sub__(self, other: Operand) -> Form:
        return add(self, -form(other))

    def __rsub__(self, other: Operand) -> Form:
        return add(other, -self)

    def __mul__(self, other: Operand) -> Form:
        return mul(self, other)

    def __rmul__(self, other: Operand) -> Form:
        return mul(other, self)

    def __truediv__(self, other: Operand) -> Form:
        return div(self, other)

    def __rtruediv__(self, other: Operand) -> Form:
        return div(other, self)

    def __floordiv__(self, other: Operand) -> Form:
        return floor_div(self, other)

    def __rfloordiv__(self, other: Operand) -> Form:
        return floor_div(other, self)

    def __mod__(self, other: Operand) -> Form:
        return mod(self, other)

    def __rmod__(self, other: Operand) -> Form:
        return mod(other, self)

    def __pow__(self, other: Operand) -> Form:
        return power(self, other)

    def __rpow__(self, other: Operand) -> Form:
        return power(other, self)

    def __neg__(self) -> Form:
        return mul(-1, self)

    def __pos__(self) -> Form:
        return self

    # Questions ---------------------------------------------------------------------------------

    @property
    def free_symbols(self) -> tuple[Symbol, ...]:
        """The symbols whose values are needed, in the order of their first appearance."""
        found: dict[int, Symbol] = {}
        _collect(self, found, set())
        return tuple(found.values())

    @property
    def number(self) -> Rational | None:
        """The value, if the form is the same number for all values of its symbols."""
        return self.poly.number

    def substitute(self, mapping: Mapping[Symbol, Operand]) -> Form:
        """The form with symbols replaced, all at once."""
        table = {symbol.key: form(value) for symbol, value in mapping.items()}
        return _substitute(self, table, {}) if table else self

    def evaluate(self, values: Mapping[Any, int]) -> Rational:
        """The exact value under values by symbol or by name.

        Only logarithms and roots that are irrational are approximated, to more than 64 binary places.
        Raises `Unset` for a symbol without a value, `TooLarge` beyond the bounds, `ZeroDivisionError`.
        """
        from symcost.formula.evaluate import evaluate

        return evaluate(self, values)

    def expand(self) -> Form:
        """The sum of products in the order of first appearance: `T - K + 1 + K - 1` is `T`."""
        return self.poly.form

    # Writing -----------------------------------------------------------------------------------

    def __str__(self) -> str:
        from symcost.formula.printer import TEXT

        return TEXT(self)

    def __repr__(self) -> str:
        return f"<{self}>"

    def source(self) -> str:
        """The form as `.arch` source: `2*H`."""
        from symcost.formula.printer import SOURCE

        return SOURCE(self)

    # SymPy -------------------------------------------------------------------------------------

    @property
    def expr(self) -> Any:
        """The SymPy expression."""
        from symcost.formula.algebra import to_sympy

        return to_sympy(self)

    def factored(self) -> Any:
        """SymPy's factored expression; `to_text` writes it."""
        from symcost.formula.algebra import factored

        return factored(self)

    def collected(self) -> Any:
        """SymPy's expression collected by the symbols; `to_text` writes it."""
        from symcost.formula.algebra import collected

        return collected(self)

    def expanded(self) -> Any:
        """SymPy's expanded expression; `to_text` writes it."""
        from symcost.formula.algebra import expanded

        return expanded(self)


class Num(Form):
    """A number."""

    __slots__ = ("value",)
    children: ClassVar[tuple[Form, ...]] = ()  # type: ignore[misc]

    def __init__(self, value: Rational) -> None:
        self._measure(())
        self.value = checked(value)

    @property
    def term(self) -> tuple[Rational, int]:
        return self.value, NUMBER

    def _parts(self) -> Hashable:
        return ("number", self.value)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Num):
            return self.value == other.value
        return Form.__eq__(self, other)

    def __hash__(self) -> int:
        return hash(self.value)


class Symbol(Form):
    """A dimension (`uid` 0: a positive integer), or a loop counter with `low <= counter < high`."""

    __slots__ = ("high", "low", "name", "uid")
    children: ClassVar[tuple[Form, ...]] = ()  # type: ignore[misc]

    def __init__(self, name: str, uid: int = 0, low: Form | int = 1, high: Form | None = None) -> None:
        self._measure(())
        self.name, self.uid, self.low, self.high = name, uid, form(low), high

    def _parts(self) -> Hashable:
        return ("symbol", self.name, self.uid)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Symbol):
            return self.key == other.key
        return Form.__eq__(self, other)

    def __hash__(self) -> int:
        return hash(self.key)


class Add(Form):
    """Two or more terms."""

    __slots__ = ("terms",)

    def __init__(self, terms: tuple[Form, ...]) -> None:
        self._measure(terms)
        self.terms = terms

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return self.terms

    def _parts(self) -> Hashable:
        return ("+", frozenset(term.term for term in self.terms))


class Mul(Form):
    """A coefficient and factors; the factors are neither numbers nor products."""

    __slots__ = ("_rest", "coefficient", "factors")

    def __init__(self, coefficient: Rational, factors: tuple[Form, ...]) -> None:
        self._measure(factors)
        self.coefficient, self.factors = checked(coefficient), factors
        self._rest: int | None = None

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return self.factors

    @property
    def term(self) -> tuple[Rational, int]:
        if self._rest is None:
            self._rest = _product_key(self.factors)
        return self.coefficient, self._rest

    @property
    def key(self) -> int:
        if self._key is None:
            coefficient, rest = self.term
            self._key = rest if coefficient == 1 else intern(("coefficient", coefficient, rest))
        return self._key


class Pow(Form):
    """A base raised to an exponent."""

    __slots__ = ("base", "exponent")

    def __init__(self, base: Form, exponent: Form) -> None:
        self._measure((base, exponent))
        self.base, self.exponent = base, exponent

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return (self.base, self.exponent)

    @property
    def key(self) -> int:
        if self._key is None:
            self._key = _product_key((self,))
        return self._key


class _Quotient(Form):
    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: Form, denominator: Form) -> None:
        self._measure((numerator, denominator))
        self.numerator, self.denominator = numerator, denominator

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return (self.numerator, self.denominator)

    def _parts(self) -> Hashable:
        return (type(self).__name__, self.numerator.key, self.denominator.key)


class Floor(_Quotient):
    """The greatest integer not above a quotient."""

    __slots__ = ()


class Ceil(_Quotient):
    """The least integer not below a quotient."""

    __slots__ = ()


class _Extreme(Form):
    __slots__ = ("args",)

    def __init__(self, args: tuple[Form, ...]) -> None:
        self._measure(args)
        self.args = args

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return self.args

    def _parts(self) -> Hashable:
        return (type(self).__name__, frozenset(arg.key for arg in self.args))


class Min(_Extreme):
    """The least of two or more."""

    __slots__ = ()


class Max(_Extreme):
    """The greatest of two or more."""

    __slots__ = ()


class Log2(Form):
    """The binary logarithm."""

    __slots__ = ("arg",)

    def __init__(self, arg: Form) -> None:
        self._measure((arg,))
        self.arg = arg

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return (self.arg,)

    def _parts(self) -> Hashable:
        return ("log2", self.arg.key)


class Sum(Form):
    """The sum of a body over `low <= counter < high`, kept open."""

    __slots__ = ("body", "counter", "high", "low")

    def __init__(self, counter: Symbol, low: Form, high: Form, body: Form) -> None:
        self._measure((low, high, body))
        self.counter, self.low, self.high, self.body = counter, low, high, body

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return (self.low, self.high, self.body)

    def _parts(self) -> Hashable:
        return ("sum", self.counter.key, self.low.key, self.high.key, self.body.key)


_ONCE: tuple[Rational, int] = (1, NUMBER)


def _product_key(factors: tuple[Form, ...]) -> int:
    """`D·D` and `D^2` have one key, and a single factor has its own."""
    counts: dict[tuple[int, int], Rational] = {}
    for factor in factors:
        base, (times, exponent) = (factor.base, factor.exponent.term) if type(factor) is Pow else (factor, _ONCE)
        counts[base.key, exponent] = counts.get((base.key, exponent), 0) + times
    if len(factors) == 1 and type(factors[0]) is not Pow:
        return factors[0].key
    return intern(("*", frozenset(counts.items())))


# Makers ----------------------------------------------------------------------------------------

_small = {value: Num(value) for value in range(-64, 1025)}
ZERO, ONE = _small[0], _small[1]
_symbols: dict[str, Symbol] = {}
_uids = count(1)


def num(value: Rational) -> Num:
    """A number."""
    value = exact(value)
    if type(value) is int and -64 <= value <= 1024:
        return _small[value]
    return Num(value)


def symbol(name: str) -> Symbol:
    """The dimension of this name: a positive integer, the same object each time."""
    found = _symbols.get(name)
    if found is None:
        found = _symbols.setdefault(name, Symbol(name))
    return found


def counter(name: str, low: Operand, high: Operand | None = None) -> Symbol:
    """A fresh loop counter, `low <= counter < high` (without `high`: no limit)."""
    return Symbol(name, next(_uids), form(low), None if high is None else form(high))


def form(value: Operand) -> Form:
    """The value as a form."""
    if isinstance(value, Form):
        return value
    if isinstance(value, (int, Fraction)):
        return num(value)
    raise TypeError(f"not an exact number: {value!r}")


def add(*forms: Any) -> Form:
    """The sum of many (given one by one, or as one iterable), terms in their order, equal terms merged.

    Numbers merge at the place of the first, or at the end where one of them stood at the end.
    """
    if len(forms) == 1 and not isinstance(forms[0], (Form, int, Fraction)):
        forms = tuple(forms[0])
    merged: dict[int, Rational] = {}
    written: dict[int, Form] = {}
    trailing, rest = False, -1
    for item in forms:
        item = form(item)
        terms = item.terms if type(item) is Add else (item,)
        for term in terms:
            coefficient, rest = term.term
            if rest in merged:
                merged[rest] += coefficient
            else:
                merged[rest], written[rest] = coefficient, term
        trailing = trailing or (len(terms) > 1 and rest == NUMBER)
    if trailing or rest == NUMBER:
        merged[NUMBER] = merged.pop(NUMBER)
    kept = [_with_coefficient(written[rest], c) for rest, c in merged.items() if c]
    return Add(tuple(kept)) if len(kept) > 1 else kept[0] if kept else ZERO


def _with_coefficient(term: Form, coefficient: Rational) -> Form:
    if type(term) is Num:
        return num(coefficient)
    if type(term) is Mul:
        return term if term.coefficient == coefficient else mul(coefficient, *term.factors)
    return term if coefficient == 1 else mul(coefficient, term)


def mul(*forms: Operand) -> Form:
    """The product, coefficient first, factors in their order; powers of one base combine and cancel."""
    if len(forms) == 1:
        return form(forms[0])
    coefficient: Rational = 1
    factors: list[Form] = []
    for item in forms:
        item = form(item)
        if type(item) is Add:
            content, item = _content(item)
            coefficient *= content
        if type(item) is Num:
            coefficient *= item.value
        elif type(item) is Mul:
            coefficient *= item.coefficient
            factors.extend(item.factors)
        else:
            factors.append(item)
    if coefficient == 0:
        return ZERO
    if any(type(factor) is Pow for factor in factors):
        coefficient, factors = _combine(coefficient, factors)
    return _product(coefficient, factors)


def _product(coefficient: Rational, factors: list[Form]) -> Form:
    if not factors:
        return num(coefficient)
    if len(factors) == 1 and coefficient == 1:
        return factors[0]
    return Mul(coefficient, tuple(factors))


def _content(item: Add) -> tuple[Rational, Form]:
    """`4·I·H + 4·H·H` is 4 times `I·H + H·H`: the coefficient that all terms share, up to their signs."""
    coefficients = [term.term[0] for term in item.terms]
    shared = magnitude(coefficients[0])
    if any(magnitude(coefficient) != shared for coefficient in coefficients):
        return 1, item
    shared = -shared if all(coefficient < 0 for coefficient in coefficients) else shared
    if shared == 1:
        return 1, item
    signs = [1 if coefficient == shared else -1 for coefficient in coefficients]
    return shared, Add(tuple(map(_with_coefficient, item.terms, signs)))


def _combine(coefficient: Rational, factors: list[Form]) -> tuple[Rational, list[Form]]:
    """One power for each base, where it stood first; a base whose exponents cancel is gone."""
    groups: dict[int, list[int]] = {}
    for place, factor in enumerate(factors):
        base = factor.base if type(factor) is Pow else factor
        groups.setdefault(base.key, []).append(place)
    placed: dict[int, Form] = {}
    for places in groups.values():
        members = [factors[place] for place in places]
        if all(type(member) is not Pow for member in members):
            placed.update(zip(places, members, strict=True))
            continue
        base = members[0].base if type(members[0]) is Pow else members[0]
        exponent = add(*(member.exponent if type(member) is Pow else ONE for member in members))
        exponent = exponent.expand() if len(members) > 1 else exponent
        coefficient, exponent = _absorb(coefficient, base, exponent)
        plain = [place for place in places if type(factors[place]) is not Pow]
        match exponent:
            case Num(value=0):
                pass
            case Num(value=int(times)) if isinstance(base, Num):
                coefficient *= number_power(base.value, times)
            case Num(value=int(times)) if 0 < times <= len(plain):
                placed.update((place, base) for place in plain[:times])
            case Num(value=int(times)) if 0 < times <= REPEATED:
                placed.update((places[0] + Fraction(turn, 10), base) for turn in range(times))  # type: ignore[misc]
            case _:
                placed[places[0]] = Pow(base, exponent)
    return exact(coefficient), [placed[place] for place in sorted(placed)]


def _absorb(coefficient: Rational, base: Form, exponent: Form) -> tuple[Rational, Form]:
    """`4·2^L` is `2^(L + 2)`: a coefficient that is a power of the base goes into the exponent."""
    if not isinstance(base, Num) or isinstance(exponent, Num) or abs(coefficient) == 1:
        return coefficient, exponent
    sign = 1 if coefficient > 0 else -1
    times = power_of(base.value, magnitude(coefficient))
    if times is None:
        return coefficient, exponent
    folded = add(exponent, times)  # but 2/2^L stays, 2^(-L + 1) would be worse
    signs = {term.term[0] > 0 for term in folded.terms} if isinstance(folded, Add) else {True}
    falls = exponent.term[0] < 0 or (isinstance(exponent, Add) and exponent.terms[0].term[0] < 0)
    return (coefficient, exponent) if falls and len(signs) > 1 else (sign, folded)


def power_of(base: Rational, value: Rational) -> int | None:
    """The integer exponent with `base^exponent == value`, for an integer base of at least 2."""
    if base.denominator != 1 or base < 2 or value <= 0:
        return None
    if value < 1:
        times = power_of(base, 1 / Fraction(value))
        return None if times is None else -times
    times, rest = 0, value
    while rest % base == 0:
        rest, times = rest // base, times + 1
    return times if rest == 1 else None


def div(left: Operand, right: Operand) -> Form:
    """The exact quotient."""
    return mul(left, _inverse(form(right)))


def _inverse(item: Form) -> Form:
    match item:
        case Num():
            return num(Fraction(1) / item.value)
        case Mul():
            return mul(Fraction(1) / item.coefficient, *map(_inverse, item.factors))
        case Pow():
            return power(item.base, -item.exponent)
        case Add():
            content, rest = _content(item)
            return mul(Fraction(1) / content, Pow(rest, num(-1)))
        case _:
            return Pow(item, num(-1))


def power(base: Operand, exponent: Operand) -> Form:
    """`base^exponent`; small whole powers are products, numbers are computed."""
    base, exponent = form(base), form(exponent)
    match base, exponent:
        case _, Num(value=0):
            return ONE
        case _, Num(value=1):
            return base
        case Num(value=1), _:
            return ONE
        case Num(), Num(value=int(times)):
            return num(number_power(base.value, times))
        case Pow(), Num(value=int()):
            return power(base.base, mul(base.exponent, exponent))
        case Pow(base=Num(value=value)), _ if value > 0:
            return power(base.base, mul(base.exponent, exponent).expand())
        case Mul(), Num(value=int(times)):
            return mul(number_power(base.coefficient, times), *(power(f, exponent) for f in base.factors))
        case _, Num(value=int(times)) if 1 < times <= REPEATED:
            return mul(*[base] * times)
        case Num(value=2), Log2():
            return exponent.arg
        case _:
            return Pow(base, exponent)


def floor_div(left: Operand, right: Operand = 1) -> Form:
    """`floor(left/right)`, whole parts taken out and nested floors flattened."""
    from symcost.formula.canonical import written_floor

    return written_floor(form(left), form(right))


def ceil_div(left: Operand, right: Operand = 1) -> Form:
    """`ceil(left/right)`, whole parts taken out."""
    from symcost.formula.canonical import written_ceil

    return written_ceil(form(left), form(right))


def mod(left: Operand, right: Operand) -> Form:
    """What is left of `left` after whole multiples of `right`: `left - right*floor(left/right)`."""
    left, right = form(left), form(right)
    return add(left, mul(-1, right, floor_div(left, right)))


def minimum(*forms: Operand) -> Form:
    """The least."""
    return _extreme(Min, [form(item) for item in forms], min)


def maximum(*forms: Operand) -> Form:
    """The greatest."""
    return _extreme(Max, [form(item) for item in forms], max)


def _extreme(kind: type[_Extreme], forms: list[Form], best: Callable[[Rational, Rational], Rational]) -> Form:
    """Nested ones flattened, equal arguments once, numbers merged, and what can never win left out."""
    from symcost.formula.canonical import winners

    flat = [arg for item in forms for arg in (item.args if isinstance(item, kind) else (item,))]
    kept: dict[Form, None] = {}
    numbers = [arg.value for arg in flat if isinstance(arg, Num)]
    for arg in flat:
        if not isinstance(arg, Num) or arg.value == _best(numbers, best):
            kept.setdefault(arg)
    args = winners(list(kept), least=kind is Min)
    return args[0] if len(args) == 1 else kind(tuple(args))


def _best(numbers: list[Rational], best: Callable[[Rational, Rational], Rational]) -> Rational:
    found = numbers[0]
    for value in numbers:
        found = best(found, value)
    return found


def log2(item: Operand) -> Form:
    """The binary logarithm; `log2(2^k)` is `k`."""
    item = form(item)
    match item:
        case Num() if (times := power_of(2, item.value)) is not None:
            return num(times)
        case Pow(base=Num(value=base)) if (times := power_of(2, base)) is not None:
            return mul(times, item.exponent)
        case _:
            return Log2(item)


# Walks -----------------------------------------------------------------------------------------


def rebuild(item: Form, visit: Callable[[Form], Form]) -> Form:
    """The same form over visited children; an open sum is the visitor's own affair."""
    match item:
        case Add():
            return add(*map(visit, item.terms))
        case Mul():
            return mul(item.coefficient, *map(visit, item.factors))
        case Pow():
            return power(visit(item.base), visit(item.exponent))
        case Floor():
            return floor_div(visit(item.numerator), visit(item.denominator))
        case Ceil():
            return ceil_div(visit(item.numerator), visit(item.denominator))
        case Min():
            return minimum(*map(visit, item.args))
        case Max():
            return maximum(*map(visit, item.args))
        case Log2():
            return log2(visit(item.arg))
        case _:
            return item


def _collect(item: Form, found: dict[int, Symbol], seen: set[int]) -> None:
    if id(item) in seen:
        return
    seen.add(id(item))
    if isinstance(item, Symbol):
        found.setdefault(item.key, item)
    elif isinstance(item, Sum):
        inner: dict[int, Symbol] = {}
        _collect(item.body, inner, set())
        inner.pop(item.counter.key, None)
        for bound in (item.low, item.high):
            _collect(bound, found, seen)
        found |= {key: symbol for key, symbol in inner.items() if key not in found}
    else:
        for child in item.children:
            _collect(child, found, seen)


def _substitute(item: Form, table: dict[int, Form], memo: dict[int, Form]) -> Form:
    if isinstance(item, Symbol):
        return table.get(item.key, item)
    found = memo.get(id(item))
    if found is None:
        if isinstance(item, Sum):
            found = _substitute_sum(item, table)
        else:
            found = rebuild(item, lambda child: _substitute(child, table, memo))
        memo[id(item)] = found
    return found


def _substitute_sum(item: Sum, table: dict[int, Form]) -> Form:
    """The counter is bound here: it gets new limits, and is never replaced from outside."""
    from symcost.formula.sums import sum_over

    low, high = _substitute(item.low, table, {}), _substitute(item.high, table, {})
    fresh = counter(item.counter.name, low, high)
    body = _substitute(item.body, {**table, item.counter.key: fresh}, {})
    return sum_over(fresh, body)
