"""The kinds of form, each with its key: numbers, symbols, sums, products, powers, roundings, named sizes, ..."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from typing import Any, ClassVar, Generic, Literal, TypeVar

from symcost.formula.interface import Form as Form
from symcost.formula.keys import Key, count_beyond, intern
from symcost.formula.numbers import Rational as Rational, checked, magnitude as magnitude

Result = TypeVar("Result")

NUMBER = intern("number")
"""The key of what remains of a number without its coefficient: equal for all numbers, so that they merge in a sum."""

SHORT = 1 << 64
"""An integer below this is made a number without a look at how long it is."""


class Visitor(ABC, Generic[Result]):
    """An answer for each kind of form: `form.accept(visitor)` asks for that of its own kind."""

    @abstractmethod
    def of_num(self, item: Num) -> Result: ...

    @abstractmethod
    def of_symbol(self, item: Symbol) -> Result: ...

    @abstractmethod
    def of_add(self, item: Add) -> Result: ...

    @abstractmethod
    def of_mul(self, item: Mul) -> Result: ...

    @abstractmethod
    def of_pow(self, item: Pow) -> Result: ...

    @abstractmethod
    def of_floor(self, item: Floor) -> Result: ...

    @abstractmethod
    def of_ceil(self, item: Ceil) -> Result: ...

    @abstractmethod
    def of_mod(self, item: Mod) -> Result: ...

    @abstractmethod
    def of_min(self, item: Min) -> Result: ...

    @abstractmethod
    def of_max(self, item: Max) -> Result: ...

    @abstractmethod
    def of_log2(self, item: Log2) -> Result: ...

    @abstractmethod
    def of_log(self, item: Log) -> Result: ...

    @abstractmethod
    def of_sum(self, item: Sum) -> Result: ...

    def of_let(self, item: Let) -> Result:
        """A named size is its value, unless the question is how it is written."""
        return item.value.accept(self)


class Num(Form):
    """A number."""

    __slots__ = ("value",)
    made_of: ClassVar[tuple[str, ...]] = ("value",)
    children: ClassVar[tuple[Form, ...]] = ()  # type: ignore[misc]

    def __init__(self, value: Rational) -> None:
        self.depth = self.size = 1
        self._key = self._poly = None
        self.value: Rational = value if type(value) is int and -SHORT < value < SHORT else checked(value)

    @property
    def term(self) -> tuple[Rational, Key]:
        return self.value, NUMBER

    def _parts(self) -> Hashable:
        return ("number", self.value)

    # Sizes are numbers most of the time where a configuration is built: they are asked without a polynomial.

    @property
    def free_symbols(self) -> tuple[Symbol, ...]:
        """None."""
        return ()

    @property
    def number(self) -> Rational | None:
        """Its value."""
        return self.value

    def expand(self) -> Form:
        """Itself."""
        return self

    def evaluate(self, values: Mapping[Any, int]) -> Rational:
        """Its value, whatever others have."""
        return Form.evaluate(self, values) if values else self.value

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Num):
            return self.value == other.value
        if isinstance(other, int):
            return self.value == other
        return Form.__eq__(self, other)

    def __hash__(self) -> int:
        return hash(self.value)

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_num(self)


class Symbol(Form):
    """A dimension (`uid` 0: a positive integer), or a loop counter with `low <= counter < high`.

    A counter is another than all others, also of its name: `home` tells those of several processes apart.
    """

    __slots__ = ("high", "home", "low", "name", "uid")
    made_of: ClassVar[tuple[str, ...]] = ("name", "uid", "low", "high", "home")
    children: ClassVar[tuple[Form, ...]] = ()  # type: ignore[misc]

    def __init__(
        self, name: str, uid: int = 0, low: Form | int = 1, high: Form | None = None, home: Hashable = None
    ) -> None:
        self._measure(())
        self.name: str = name
        self.uid: int = uid
        self.home: Hashable = home
        self.high: Form | None = high
        self.low: Form = low if isinstance(low, Form) else Num(low)

    @property
    def limits(self) -> tuple[Form, ...]:
        """Where a counter begins and, if that is known, where it ends; none of a dimension."""
        if not self.uid:
            return ()
        return (self.low,) if self.high is None else (self.low, self.high)

    def _parts(self) -> Hashable:
        return ("symbol", self.name, self.uid, self.home)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Symbol):
            return self.key == other.key
        return Form.__eq__(self, other)

    def __hash__(self) -> int:
        return hash(self.key)

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_symbol(self)

    @property
    def free_symbols(self) -> tuple[Symbol, ...]:
        """Itself: which it does not keep, or it would keep itself alive."""
        return (self,)

    def _collect_symbols(self, symbols: dict[Key, Symbol], visited: set[int]) -> None:
        symbols.setdefault(self.key, self)

    def __reduce__(self) -> tuple[Any, ...]:
        return _symbol_from_elsewhere, super().__reduce__()[1]


def _symbol_from_elsewhere(name: str, uid: int, low: Form, high: Form | None, home: Hashable) -> Symbol:
    count_beyond(uid)
    return Symbol(name, uid, low, high, home)


class Add(Form):
    """Two or more terms."""

    __slots__ = ("terms",)
    made_of: ClassVar[tuple[str, ...]] = ("terms",)

    def __init__(self, terms: tuple[Form, ...]) -> None:
        self._measure(terms)
        self.terms: tuple[Form, ...] = terms

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return self.terms

    def _parts(self) -> Hashable:
        return ("+", frozenset(term.term for term in self.terms))

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_add(self)


class Mul(Form):
    """A coefficient and factors; the factors are neither numbers nor products."""

    __slots__ = ("_rest", "coefficient", "factors")
    made_of: ClassVar[tuple[str, ...]] = ("coefficient", "factors")

    def __init__(self, coefficient: Rational, factors: tuple[Form, ...]) -> None:
        self._measure(factors)
        self.coefficient: Rational = checked(coefficient)
        self.factors: tuple[Form, ...] = factors
        self._rest: Key | None = None

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return self.factors

    @property
    def term(self) -> tuple[Rational, Key]:
        if self._rest is None:
            self._rest = product_key(self.factors)
        return self.coefficient, self._rest

    @property
    def key(self) -> Key:
        if self._key is None:
            coefficient, rest = self.term
            self._key = rest if coefficient == 1 else intern(("coefficient", coefficient, rest))
        return self._key

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_mul(self)


class Pow(Form):
    """A base raised to an exponent."""

    __slots__ = ("base", "exponent")
    made_of: ClassVar[tuple[str, ...]] = ("base", "exponent")

    def __init__(self, base: Form, exponent: Form) -> None:
        self._measure((base, exponent))
        self.base: Form = base
        self.exponent: Form = exponent

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return (self.base, self.exponent)

    @property
    def key(self) -> Key:
        if self._key is None:
            self._key = product_key((self,))
        return self._key

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_pow(self)


class Rounding(Form):
    """What is rounded: a numerator over a denominator."""

    __slots__ = ("denominator", "numerator")
    made_of: ClassVar[tuple[str, ...]] = ("numerator", "denominator")

    def __init__(self, numerator: Form, denominator: Form) -> None:
        self._measure((numerator, denominator))
        self.numerator: Form = numerator
        self.denominator: Form = denominator

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return (self.numerator, self.denominator)

    def _parts(self) -> Hashable:
        return (type(self).__name__, self.numerator.key, self.denominator.key)


class Floor(Rounding):
    """The greatest integer not above a quotient."""

    __slots__ = ()

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_floor(self)


class Ceil(Rounding):
    """The least integer not below a quotient."""

    __slots__ = ()

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_ceil(self)


class Mod(Rounding):
    """What is left of the numerator after whole multiples of the denominator."""

    __slots__ = ()

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_mod(self)


class Extreme(Form):
    """A choice among arguments by their size."""

    __slots__ = ("args",)
    made_of: ClassVar[tuple[str, ...]] = ("args",)

    def __init__(self, args: tuple[Form, ...]) -> None:
        self._measure(args)
        self.args: tuple[Form, ...] = args

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return self.args

    def _parts(self) -> Hashable:
        return (type(self).__name__, frozenset(arg.key for arg in self.args))


class Min(Extreme):
    """The least of two or more."""

    __slots__ = ()

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_min(self)


class Max(Extreme):
    """The greatest of two or more."""

    __slots__ = ()

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_max(self)


class Log2(Form):
    """The binary logarithm."""

    __slots__ = ("arg",)
    made_of: ClassVar[tuple[str, ...]] = ("arg",)

    def __init__(self, arg: Form) -> None:
        self._measure((arg,))
        self.arg: Form = arg

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return (self.arg,)

    def _parts(self) -> Hashable:
        return ("log2", self.arg.key)

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_log2(self)


class Log(Form):
    """The logarithm to another base: `ln`, `log10`. It is `log2(arg)` times that of 2, which is a number of its own."""

    __slots__ = ("arg", "name")
    made_of: ClassVar[tuple[str, ...]] = ("name", "arg")

    def __init__(self, name: Literal["ln", "log10"], arg: Form) -> None:
        self._measure((arg,))
        self.name: Literal["ln", "log10"] = name
        self.arg: Form = arg

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return (self.arg,)

    def _parts(self) -> Hashable:
        return (self.name, self.arg.key)

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_log(self)


class Sum(Form):
    """The sum of a body over `low <= counter < high`, kept open."""

    __slots__ = ("body", "counter", "high", "low")
    made_of: ClassVar[tuple[str, ...]] = ("counter", "low", "high", "body")

    def __init__(self, counter: Symbol, low: Form, high: Form, body: Form) -> None:
        self._measure((low, high, body))
        self.counter: Symbol = counter
        self.low: Form = low
        self.high: Form = high
        self.body: Form = body

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return (self.low, self.high, self.body)

    def _parts(self) -> Hashable:
        return ("sum", self.counter.key, self.low.key, self.high.key, self.body.key)

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_sum(self)

    def _collect_symbols(self, symbols: dict[Key, Symbol], visited: set[int]) -> None:
        """The counter is bound here; a walk of its own, since outside a node may stand where it is free."""
        inside: dict[Key, Symbol] = {}
        self.body._collect_symbols(inside, set())
        inside.pop(self.counter.key, None)
        for limit in (self.low, self.high):
            limit._collect_symbols(symbols, visited)
        for key, symbol in inside.items():
            symbols.setdefault(key, symbol)


class Let(Form):
    """A size under the name that its author gave it, `let d = D/heads "head width"`.

    In a form it stays together, and is written by its name; asked of anything else, it is its value. `words`, `latex`
    and `origin` (where it was written) say something to those who write it, and nothing of which size it is.
    """

    __slots__ = ("latex", "name", "origin", "value", "words")
    made_of: ClassVar[tuple[str, ...]] = ("name", "value", "words", "latex", "origin")

    def __init__(self, name: str, value: Form, words: str = "", latex: str | None = None, origin: Any = None) -> None:
        self._measure((value,))
        self.name: str = name
        self.value: Form = value
        self.words: str = words
        self.latex: str | None = latex
        self.origin: Any = origin

    @property
    def children(self) -> tuple[Form, ...]:  # type: ignore[override]
        return (self.value,)

    def _parts(self) -> Hashable:
        return ("let", self.name, self.value.key)

    def accept(self, visitor: Visitor[Result]) -> Result:
        return visitor.of_let(self)

    def of_value(self, value: Form) -> Form:
        """The same name for another value; what has become a number, or has another name already, needs none."""
        if value.key == self.value.key:
            return self
        if isinstance(value, Symbol | Let) or not value.free_symbols:
            return value
        return Let(self.name, value, self.words, self.latex, self.origin)


_FIRST_POWER: tuple[Rational, Key] = (1, NUMBER)


def product_key(factors: tuple[Form, ...]) -> Key:
    """`D·D` and `D^2` have one key, and a single factor has its own."""
    if len(factors) == 1 and type(factors[0]) is not Pow:
        return factors[0].key
    # By base and by the symbolic part of the exponent, so that the order and the way of writing do not matter.
    exponents: dict[tuple[Key, Key], Rational] = {}
    for factor in factors:
        if type(factor) is Pow:
            base, (times, symbolic) = factor.base, factor.exponent.term
        else:
            base, (times, symbolic) = factor, _FIRST_POWER
        power = (base.key, symbolic)  # `2^(3·L)` is three times `2^L`; a number counts as a multiple of 1
        exponents[power] = exponents.get(power, 0) + times
    return intern(("*", frozenset(exponents.items())))
