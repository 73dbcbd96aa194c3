"""What is known of dimensions, and what follows: equal or not, whole, at least; three answers each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import ceil as round_up, lcm, prod
from random import Random
from typing import Any, Literal, TypeVar

from symcost.formula.canonical import as_written, canonical, winners
from symcost.formula.form import (
    Ceil,
    Floor,
    Form,
    Max,
    Min,
    Rational,
    Sum,
    Symbol,
    TooLarge,
    add,
    counter,
    form,
    maximum,
    minimum,
    mul,
    rebuild,
)
from symcost.formula.poly import Poly, constant, inverse
from symcost.formula.proofs import Facts, arguments, cleared, nonnegative, positive, whole

MAX_CASES = 64
"""Proofs by remainders split into at most so many cases."""
TRIALS = 400
"""So many small assignments are tried for a counterexample."""

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Divides:
    """`heads divides D`"""

    divisor: Form
    multiple: Form

    def __str__(self) -> str:
        return f"{self.divisor.source()} divides {self.multiple.source()}"

    def source(self) -> str:
        return str(self)

    def holds(self, values: Mapping[Any, int]) -> bool:
        divisor = self.divisor.evaluate(values)
        return divisor != 0 and (Fraction(self.multiple.evaluate(values)) / divisor).denominator == 1

    def substitute(self, mapping: Mapping[Symbol, Form]) -> Divides:
        return Divides(self.divisor.substitute(mapping), self.multiple.substitute(mapping))

    @property
    def forms(self) -> tuple[Form, Form]:
        return self.divisor, self.multiple


@dataclass(frozen=True)
class AtLeast:
    """`T >= K`"""

    left: Form
    right: Form

    def __str__(self) -> str:
        if self.left.number is not None and self.right.number is None:
            return f"{self.right.source()} <= {self.left.source()}"
        return f"{self.left.source()} >= {self.right.source()}"

    def source(self) -> str:
        return str(self)

    def holds(self, values: Mapping[Any, int]) -> bool:
        return self.left.evaluate(values) >= self.right.evaluate(values)

    def substitute(self, mapping: Mapping[Symbol, Form]) -> AtLeast:
        return AtLeast(self.left.substitute(mapping), self.right.substitute(mapping))

    @property
    def forms(self) -> tuple[Form, Form]:
        return self.left, self.right


@dataclass(frozen=True)
class Equal:
    """`D == E`"""

    left: Form
    right: Form

    def __str__(self) -> str:
        return f"{self.left.source()} == {self.right.source()}"

    def source(self) -> str:
        return str(self)

    def holds(self, values: Mapping[Any, int]) -> bool:
        return self.left.evaluate(values) == self.right.evaluate(values)

    def substitute(self, mapping: Mapping[Symbol, Form]) -> Equal:
        return Equal(self.left.substitute(mapping), self.right.substitute(mapping))

    @property
    def forms(self) -> tuple[Form, Form]:
        return self.left, self.right


Fact = Divides | AtLeast | Equal
Kind = Literal["equal", "never", "undecided"]


@dataclass(frozen=True)
class Verdict:
    """Whether two sizes are equal; where undecided, numbers at which they differ, if some were found."""

    kind: Kind
    difference: Form
    counterexample: dict[str, int] | None = field(default=None, hash=False)
    left: Rational | None = None
    right: Rational | None = None

    def __bool__(self) -> bool:
        raise TypeError("a verdict has three values; ask for its kind")


class Assumptions:
    """A set of facts about dimensions. It never changes; `with_` returns a larger one."""

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self.facts: tuple[Fact, ...] = tuple(dict.fromkeys(facts))

    def with_(self, *facts: Fact) -> Assumptions:
        return Assumptions((*self.facts, *facts))

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Assumptions) and set(self.facts) == set(other.facts)

    def __hash__(self) -> int:
        return hash(frozenset(self.facts))

    def __repr__(self) -> str:
        return f"<Assumptions {', '.join(map(str, self.facts))}>"

    def substitute(self, mapping: Mapping[Symbol, Form]) -> Assumptions:
        """The same facts about other symbols, as a caller knows them."""
        return Assumptions(fact.substitute(mapping) for fact in self.facts)

    def holds(self, values: Mapping[Any, int]) -> bool:
        return all(fact.holds(values) for fact in self.facts)

    # What the facts say ------------------------------------------------------------------------

    @cached_property
    def _equalities(self) -> dict[Symbol, Form]:
        """One side of each equality as a replacement for a symbol of the other."""
        table: dict[Symbol, Form] = {}
        for fact in self.facts:
            if isinstance(fact, Equal):
                left, right = fact.left.substitute(table), fact.right.substitute(table)
                solved = _solved(left, right)
                if solved is not None:
                    name, value = solved
                    table = {key: old.substitute({name: value}) for key, old in table.items()}
                    table[name] = value
        return table

    @cached_property
    def _facts(self) -> Facts:
        wholes: list[Poly] = []
        bounds: list[Poly] = []
        for fact in self.facts:
            first, second = (self._equated(item).poly for item in fact.forms)
            match fact:
                case Divides():
                    if first:
                        wholes.append(second * inverse(first))
                    if positive(second):
                        bounds.append(second - first)
                case AtLeast():
                    bounds.append(first - second)
                case Equal():
                    bounds.extend((first - second, second - first))
        for name, value in self._equalities.items():
            bounds.append(value.poly - name.low.poly)
        return Facts(
            tuple(known for known in wholes if known.number is None),
            tuple(known for known in bounds if known.number is None),
        )

    def _equated(self, item: Form) -> Form:
        return item.substitute(self._equalities)

    def _poly(self, item: Form) -> Poly:
        return canonical(self._equated(item), self._facts)

    # Questions ---------------------------------------------------------------------------------

    def simplify(self, item: Form) -> Form:
        """The form with floors, minima and maxima resolved that the facts decide, otherwise as written."""
        return self._simplified(self._equated(item)) if self.facts else item

    def _simplified(self, item: Form) -> Form:
        match item:
            case Floor() | Ceil():
                inner = self._simplified(item.numerator), self._simplified(item.denominator)
                return as_written(type(item), *inner, self._facts)
            case Min():
                args = [self._simplified(arg) for arg in item.args]
                return minimum(*winners(args, least=True, facts=self._facts))
            case Max():
                args = [self._simplified(arg) for arg in item.args]
                return maximum(*winners(args, least=False, facts=self._facts))
            case Sum():
                return Sum(item.counter, item.low, item.high, self._simplified(item.body))
            case _:
                return rebuild(item, self._simplified)

    def compare(self, left: Form | int, right: Form | int) -> Verdict:
        """Equal for all values, for none, or undecided, then with a counterexample where one is found."""
        left, right = form(left), form(right)
        difference = self._poly(left) - self._poly(right)
        kind = self._kind(difference)
        if kind is None:
            kind = self._by_cases(difference, lambda case, item: case._kind(case._poly(item)), None)
        if kind is not None:
            return Verdict(kind, difference.form)
        values = self.counterexample_for(lambda at: left.evaluate(at) == right.evaluate(at), left, right)
        if values is None:
            return Verdict("undecided", difference.form)
        named = {name.name: values[name] for name in _needed((left, right)) if name in values}
        return Verdict("undecided", difference.form, named, left.evaluate(values), right.evaluate(values))

    def _kind(self, difference: Poly) -> Kind | None:
        if not difference:
            return "equal"
        clear = cleared(difference, self._facts)
        if clear is not None and not clear:
            return "equal"
        if positive(difference, self._facts) or positive(difference.scaled(-1), self._facts):
            return "never"
        both = nonnegative(difference, self._facts) and nonnegative(difference.scaled(-1), self._facts)
        return "equal" if both else None

    def at_least(self, left: Form | int, right: Form | int) -> bool | None:
        """True where `left >= right` is proven for all values, False where `left < right` is, else None."""
        difference = self._poly(form(left)) - self._poly(form(right))
        decided = self._above(difference)
        if decided is None:
            decided = self._by_cases(difference, lambda case, item: case._above(case._poly(item)), None)
        return decided

    def _above(self, difference: Poly) -> bool | None:
        if nonnegative(difference, self._facts):
            return True
        return False if positive(difference.scaled(-1), self._facts) else None

    def is_integer(self, item: Form | int) -> bool:
        """Proven to be a whole number for all values."""
        poly = self._poly(form(item))
        if whole(poly, self._facts):
            return True
        return bool(self._by_cases(poly, lambda case, it: whole(case._poly(it), case._facts), False))

    def _by_cases(self, poly: Poly, ask: Callable[[Assumptions, Form], Answer], otherwise: Answer) -> Answer:
        """The answer that all cases share: floors over numbers vanish where remainders are known."""
        moduli = _moduli(poly)
        if not moduli or prod(moduli.values()) > MAX_CASES:
            return otherwise
        shared: list[Answer] = []
        for remainders in product(*map(range, moduli.values())):
            table: dict[Symbol, Form] = {}
            for (name, modulus), remainder in zip(moduli.items(), remainders, strict=True):
                quotient = counter(name.name, 0 if remainder else 1)
                table[name] = add(mul(modulus, quotient), remainder)
            case = self.substitute(table)
            if case._impossible:
                continue
            answer = ask(case, poly.form.substitute(table))
            if answer == otherwise or answer not in (shared or [answer]):
                return otherwise
            shared = [answer]
        return shared[0] if shared else otherwise

    @property
    def _impossible(self) -> bool:
        """`2 divides 2·m + 1` is never true, so its case need not be looked at."""
        for fact in self.facts:
            if isinstance(fact, Divides):
                quotient = fact.multiple.poly * inverse(fact.divisor.poly)
                fraction = quotient.constant
                if fraction.denominator != 1 and whole(quotient - constant(fraction)):
                    return True
        return False

    # Counterexamples ---------------------------------------------------------------------------

    def counterexample_for(
        self, predicate: Callable[[dict[Symbol, int]], bool], *forms: Form
    ) -> dict[Symbol, int] | None:
        """Small numbers that satisfy the facts and not the predicate; the same ones each time."""
        for values in self.samples(*forms):
            try:
                if not predicate(values):
                    return values
            except (TooLarge, ZeroDivisionError):
                continue
        return None

    def samples(self, *forms: Form) -> Iterator[dict[Symbol, int]]:
        """Small assignments to the symbols of the forms (and of facts about them) that satisfy the facts."""
        facts = self._about(_needed(forms))
        names = _needed((*forms, *(item for fact in facts for item in fact.forms)))
        random = Random(0)
        for trial in range(TRIALS):
            values = {name: _guess(trial, place, random) for place, name in enumerate(names)}
            if self._mended(values, facts, names):
                yield values

    def _about(self, names: tuple[Symbol, ...]) -> list[Fact]:
        """The facts that speak of these symbols, or of symbols that such facts speak of."""
        reached, chosen = set(names), [False] * len(self.facts)
        for _ in self.facts:
            for place, fact in enumerate(self.facts):
                spoken = _needed(fact.forms)
                if not chosen[place] and not reached.isdisjoint(spoken):
                    chosen[place] = True
                    reached.update(spoken)
        return [fact for fact, wanted in zip(self.facts, chosen, strict=True) if wanted]

    def _mended(self, values: dict[Symbol, int], facts: list[Fact], names: tuple[Symbol, ...]) -> bool:
        """Move values so that simple facts hold, draw counters from their range, then ask all facts."""
        try:
            for fact in facts * 2:
                _mend(fact, values)
            for name in names:
                if name.high is not None:
                    low, high = name.low.evaluate(values), name.high.evaluate(values)
                    if low >= high:
                        return False
                    values[name] = round_up(low) + values[name] % max(1, round_up(high) - round_up(low))
                elif name.uid:
                    values[name] = max(values[name], round_up(name.low.evaluate(values)))
            return all(fact.holds(values) for fact in facts)
        except (TooLarge, ZeroDivisionError):
            return False


def _guess(trial: int, place: int, random: Random) -> int:
    """2, 3, 4, ... at first (1 hides differences, it comes later), then growing random numbers."""
    if trial < 8:
        return 2 + trial + place
    return 1 if trial == 8 else random.randint(1, 4 + trial // 8)


def _mend(fact: Fact, values: dict[Symbol, int]) -> None:
    if fact.holds(values):
        return
    match fact:
        case Divides(divisor=divisor, multiple=Symbol(uid=0) as name):
            wanted = divisor.evaluate(values) * values[name]
        case AtLeast(left=Symbol(uid=0) as name, right=right):
            wanted = right.evaluate(values) + values[name] % 3
        case AtLeast(left=left, right=Symbol(uid=0) as name):
            wanted = left.evaluate(values)
        case Equal(left=Symbol(uid=0) as name, right=other) | Equal(left=other, right=Symbol(uid=0) as name):
            wanted = other.evaluate(values)
        case _:
            return
    if 1 <= wanted < 10**9:
        values[name] = round_up(wanted)


def _solved(left: Form, right: Form) -> tuple[Symbol, Form] | None:
    """A symbol that the equality gives in terms of others."""
    for name, value in ((right, left), (left, right)):
        if isinstance(name, Symbol) and name not in value.free_symbols:
            return name, value
    return None


def _needed(forms: Iterable[Form]) -> tuple[Symbol, ...]:
    """All symbols of the forms and of the limits of their counters, limits first."""
    found: dict[Symbol, None] = {}

    def visit(item: Form) -> None:
        for name in item.free_symbols:
            if name not in found:
                if name.uid:
                    visit(name.low)
                    if name.high is not None:
                        visit(name.high)
                found[name] = None

    for item in forms:
        visit(item)
    return tuple(found)


def _moduli(poly: Poly) -> dict[Symbol, int]:
    """For each dimension the number that its remainder should be known by."""
    found: dict[Symbol, int] = {}

    def visit(part: Poly) -> None:
        for coefficient, factors in part.terms.values():
            for number, _, written in factors:
                if isinstance(written, Symbol) and not written.uid and coefficient.denominator > 1:
                    found[written] = lcm(found.get(written, 1), coefficient.denominator)
                elif number in arguments:
                    visit(arguments[number])

    visit(poly)
    return found
