"""What is known of dimensions, and what follows: equal or not, whole, at least; three answers each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import product
from math import lcm, prod
from typing import Any, Literal, TypeVar

from symcost.formula.arithmetic import add, counter, form, mul
from symcost.formula.assumed import AtLeast as AtLeast, Divides as Divides, Equal as Equal, Fact as Fact
from symcost.formula.canonical import as_written, canonical, remainder, winners
from symcost.formula.cases import cases
from symcost.formula.claims import cleared, nonnegative, positive, whole
from symcost.formula.facts import Facts, known_facts
from symcost.formula.fitted import fitted
from symcost.formula.form import Ceil, Extreme, Floor, Form, Let, Max, Min, Mod, Num, Rounding, Sum, Symbol
from symcost.formula.makers import Rebuilding, maximum, minimum
from symcost.formula.numbers import Rational, TooLarge
from symcost.formula.points import USUAL, Points
from symcost.formula.poly import Poly, constant, inverse
from symcost.formula.samples import Values, needed_symbols, samples
from symcost.formula.together import one_is_nonnegative
from symcost.once import once
from symcost.records import dataclass

MANY = 4
"""From so many arguments of a minimum or a maximum on, sizes are tried before proofs."""
MAX_CASES = 64
"""Proofs by remainders split into at most so many cases, each of them a proof of its own."""

Answer = TypeVar("Answer")
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


SAME = Verdict("equal", form(0))


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
        return self._hash

    @once
    def _hash(self) -> int:
        return hash(frozenset(self.facts))

    def __reduce__(self) -> tuple[Any, ...]:
        return Assumptions, (self.facts,)

    def __repr__(self) -> str:
        return f"<Assumptions {', '.join(map(str, self.facts))}>"

    def substitute(self, mapping: Mapping[Symbol, Form]) -> Assumptions:
        """The same facts about other symbols, as a caller knows them."""
        return Assumptions(fact.substitute(mapping) for fact in self.facts)

    def holds(self, values: Mapping[Any, int]) -> bool:
        return all(fact.holds(values) for fact in self.facts)

    # What the facts say ------------------------------------------------------------------------

    @once
    def _equalities(self) -> dict[Symbol, Form]:
        """One side of each equality as a replacement for a symbol of the other."""
        table: dict[Symbol, Form] = {}
        for fact in self.facts:
            if not isinstance(fact, Equal):
                continue
            solved = _solved(fact.left.substitute(table), fact.right.substitute(table))
            if solved is not None:
                # What was solved before speaks of the new symbol no more.
                name, value = solved
                table = {known: old.substitute({name: value}) for known, old in table.items()}
                table[name] = value
        return table

    @once
    def _facts(self) -> Facts:
        """The facts as polynomials: those that are whole, and those that are not negative."""
        wholes: list[Poly] = []
        nonnegatives: list[Poly] = []
        for fact in self.facts:
            first, second = map(self.equated, fact.forms)
            # What divides 0 alone says nothing about a quotient.
            if isinstance(fact, Divides) and first:
                wholes.append(second * inverse(first))
            nonnegatives.extend(_nonnegatives(fact, first, second))

        # What replaces a symbol is no less than the symbol may be.
        for name, value in self._equalities.items():
            nonnegatives.append(value.poly - name.low.poly)
        return known_facts(_symbolic(wholes), _symbolic(nonnegatives))

    def equated(self, item: Form) -> Poly:
        """The polynomial of a form, of sizes that are known to be equal one written for all."""
        return self._equated(item).poly

    def _equated(self, item: Form) -> Form:
        return item.substitute(self._equalities)

    def _poly(self, item: Form) -> Poly:
        return canonical(self._equated(item), self._facts)

    # Questions ---------------------------------------------------------------------------------

    def simplify(self, item: Form) -> Form:
        """The form with floors, minima and maxima resolved that the facts decide, otherwise as written.

        A size is not called otherwise because another one is as large: only where that decides a floor or a minimum.
        """
        if not self.facts:
            return item
        simplified = item.accept(_Simplification(self.facts, self._facts))
        if not self._equalities:
            return simplified
        equated = self._equated(item).accept(_Simplification(self.facts, self._facts))
        return equated if _open_cases(equated) < _open_cases(simplified) else simplified

    def compare(self, left: Form | int, right: Form | int) -> Verdict:
        """Equal for all values, for none, or undecided, then with a counterexample where one is found."""
        left, right = form(left), form(right)
        if type(left) is Symbol and left.key is right.key:
            return SAME
        difference = self._poly(left) - self._poly(right)
        kind = self._kind(difference) or self._by_cases(difference, Assumptions._kind_of, None)
        if kind is None:
            return self._undecided(left, right, difference.form)
        return Verdict(kind, difference.form)

    def _undecided(self, left: Form, right: Form, difference: Form) -> Verdict:
        values = self.counterexample_for(lambda values: left.evaluate(values) == right.evaluate(values), left, right)
        if values is None:
            return Verdict("undecided", difference)
        named = {name.name: values[name] for name in needed_symbols((left, right)) if name in values}
        return Verdict("undecided", difference, named, left.evaluate(values), right.evaluate(values))

    def _kind_of(self, difference: Form) -> Kind | None:
        return self._kind(self._poly(difference))

    def _kind(self, difference: Poly) -> Kind | None:
        """What a difference says of two sizes; None where it is not decided."""
        facts, negated = self._facts, difference.scaled(-1)
        if _vanishes(difference, facts):
            return "equal"
        if positive(difference, facts) or positive(negated, facts):
            return "never"
        return "equal" if nonnegative(difference, facts) and nonnegative(negated, facts) else None

    def at_least(self, left: Form | int, right: Form | int) -> bool | None:
        """True where `left >= right` is proven for all values, False where `left < right` is, else None."""
        left, right = form(left), form(right)
        if isinstance(left, Num) and isinstance(right, Num):
            return left.value >= right.value
        difference = self._poly(left) - self._poly(right)
        decided = self._above(difference)
        if decided is None:
            decided = self._by_cases(difference, Assumptions._is_above, None)
        return decided

    def is_at_least(self, left: Form, right: Form) -> bool:
        """Whether `left >= right` is proven for all values; `at_least` looks for `left < right` too."""
        difference = self._poly(left) - self._poly(right)
        return nonnegative(difference, self._facts) or self._by_cases(difference, Assumptions._is_nonnegative, False)

    def _is_nonnegative(self, item: Form) -> bool:
        return nonnegative(self._poly(item), self._facts)

    def _is_above(self, difference: Form) -> bool | None:
        return self._above(self._poly(difference))

    def _above(self, difference: Poly) -> bool | None:
        if nonnegative(difference, self._facts):
            return True
        return False if positive(difference.scaled(-1), self._facts) else None

    # At numbers ----------------------------------------------------------------------------------

    @once
    def _places(self) -> dict[Points, int]:
        """The points at which the facts seem to hold, a bit for each, as far as they were looked at."""
        return {}

    @once
    def fitted(self) -> Points | None:
        """Points at which the facts hold; None where none are found."""
        return fitted(self.facts)

    def _holding(self, points: Points) -> int:
        if points not in self._places:
            self._places[points] = points.held_at(self._facts.nonnegatives, self._facts.wholes)
        return self._places[points]

    def below_zero(self, item: Poly, points: Points = USUAL) -> int:
        """The points at which a polynomial seems to be below 0 and the facts seem to hold, a bit for each."""
        return self._holding(points) & points.below_zero(item)

    def signs(self, item: Poly, given: Sequence[Form] = (), points: Points = USUAL) -> set[int]:
        """The signs that a polynomial seems to have where the facts hold and none of `given` is negative.

        They are looked at in floating point, at some numbers only: no proof, but a reason not to look for one. -1 is
        below 0, 1 is not, and 0 is open; empty where no number was found at which all of that holds.
        """
        places = self._holding(points)
        if not places:
            return {0}
        known = map(self.equated, given)
        return points.signs(item, places & points.held_at(known, ()))

    def one_is_nonnegative(self, first: Poly, second: Poly) -> bool:
        """Whether of two polynomials one is seen to be 0 or more, whatever the sizes are."""
        return one_is_nonnegative(first, second, self._facts)

    def is_positive(self, item: Form) -> bool:
        """Proven to be above 0 for all values."""
        return positive(self._poly(item), self._facts)

    def is_integer(self, item: Form | int) -> bool:
        """Proven to be a whole number for all values."""
        poly = self._poly(form(item))
        return whole(poly, self._facts) or self._by_cases(poly, Assumptions._is_whole, False)

    def _is_whole(self, item: Form) -> bool:
        return whole(self._poly(item), self._facts)

    def _by_cases(self, poly: Poly, ask: Callable[[Assumptions, Form], Answer], otherwise: Answer) -> Answer:
        """The answer that all cases share: floors over numbers vanish where remainders are known."""
        shared: list[Answer] = []
        for case, table in self._cases(_moduli(poly)):
            answer = ask(case, poly.form.substitute(table))
            if answer == otherwise or answer not in (shared or [answer]):
                return otherwise
            shared = [answer]
        return shared[0] if shared else otherwise

    def _cases(self, moduli: dict[Symbol, int]) -> Iterator[tuple[Assumptions, dict[Symbol, Form]]]:
        """The facts with each dimension replaced by its remainder and a multiple; none where there are too many."""
        if not moduli or prod(moduli.values()) > MAX_CASES:
            return
        for remainders in product(*map(range, moduli.values())):
            table = _written_by_remainder(moduli, remainders)
            case = self.substitute(table)
            if not case._impossible:
                yield case, table

    @property
    def _impossible(self) -> bool:
        """`2 divides 2·m + 1` is never true, so its case need not be looked at."""
        return any(isinstance(fact, Divides) and _never_divides(fact) for fact in self.facts)

    # Counterexamples ---------------------------------------------------------------------------

    def counterexample_for(self, predicate: Callable[[Values], bool], *forms: Form) -> Values | None:
        """Small numbers that satisfy the facts and not the predicate; the same ones each time."""
        for values in self.samples(*forms):
            try:
                if not predicate(values):
                    return values
            except (TooLarge, ZeroDivisionError):
                continue
        return None

    def samples(self, *forms: Form) -> Iterator[Values]:
        """Small assignments to the symbols of the forms (and of facts about them) that satisfy the facts."""
        return samples(self.facts, forms)


class _Simplification(Rebuilding):
    """Floors, minima and maxima as far as facts decide them, everything else as it was written."""

    def __init__(self, assumed: Sequence[Fact], facts: Facts) -> None:
        self.assumed = assumed
        self.facts = facts

    def of(self, item: Form) -> Form:
        """The form with its floors, minima and maxima decided."""
        return item.accept(self)

    def of_floor(self, item: Floor) -> Form:
        return as_written(Floor, self.of(item.numerator), self.of(item.denominator), self.facts)

    def of_ceil(self, item: Ceil) -> Form:
        return as_written(Ceil, self.of(item.numerator), self.of(item.denominator), self.facts)

    def of_mod(self, item: Mod) -> Form:
        return remainder(self.of(item.numerator), self.of(item.denominator), self.facts)

    def of_min(self, item: Min) -> Form:
        return minimum(*self._winners(item, least=True))

    def of_max(self, item: Max) -> Form:
        return maximum(*self._winners(item, least=False))

    def _winners(self, item: Extreme, *, least: bool) -> list[Form]:
        args = list(map(self.of, item.args))
        # Every two of many are compared: sizes at which the one is less take little beside a proof that there is none.
        sizes = cases(self.assumed, args) if len(args) >= MANY else ()
        return winners(args, least=least, facts=self.facts, sizes=sizes)

    def of_sum(self, item: Sum) -> Form:
        return Sum(item.counter, item.low, item.high, self.of(item.body))

    def of_let(self, item: Let) -> Form:
        """A name stands for one size, however that is written where more is known."""
        return item


def _nonnegatives(fact: Fact, first: Poly, second: Poly) -> tuple[Poly, ...]:
    """What is not negative because of a fact; what a number divides may be 0, unless it is known not to be."""
    match fact:
        case Divides():
            return (second - first,) if positive(second) else ()
        case AtLeast():
            return (first - second,)
        case Equal():
            return first - second, second - first


def _vanishes(difference: Poly, facts: Facts) -> bool:
    """Whether nothing is left of it without divisions."""
    clear = cleared(difference, facts)
    return clear is not None and not clear


def _symbolic(polys: Iterable[Poly]) -> tuple[Poly, ...]:
    """Without plain numbers, of which nothing follows."""
    return tuple(poly for poly in polys if poly.number is None)


def _open_cases(item: Form) -> int:
    """How many floors, minima and maxima a form has, of which nobody knows what they come to."""
    seen: dict[int, Form] = {}
    waiting = [item]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen[id(node)] = node
            waiting.extend(node.children)
    return sum(isinstance(node, Rounding | Extreme) for node in seen.values())


def _solved(left: Form, right: Form) -> tuple[Symbol, Form] | None:
    """A symbol that the equality gives in terms of others."""
    for name, value in ((right, left), (left, right)):
        if isinstance(name, Symbol) and name not in value.free_symbols:
            return name, value
    return None


def _never_divides(fact: Divides) -> bool:
    """Whether the quotient is a fraction more than a whole number, for all values."""
    quotient = fact.multiple.poly * inverse(fact.divisor.poly)
    fraction = quotient.constant
    return fraction.denominator != 1 and whole(quotient - constant(fraction))


def _written_by_remainder(moduli: Mapping[Symbol, int], remainders: Iterable[int]) -> dict[Symbol, Form]:
    """Each dimension as `modulus·m + remainder`, where m counts from 0, or from 1 if nothing remains."""
    table: dict[Symbol, Form] = {}
    for (name, modulus), left in zip(moduli.items(), remainders, strict=True):
        quotient = counter(name.name, 0 if left else 1)
        table[name] = add(mul(modulus, quotient), left)
    return table


def _moduli(poly: Poly) -> dict[Symbol, int]:
    """For each dimension the number that its remainder should be known by."""
    moduli: dict[Symbol, int] = {}
    _add_moduli(poly, moduli)
    return moduli


def _add_moduli(poly: Poly, moduli: dict[Symbol, int]) -> None:
    """Add the divisors of dimensions in a polynomial and in the floors of it."""
    for coefficient, factors in poly.terms.values():
        for number, _, written in factors:
            if isinstance(written, Symbol) and not written.uid and coefficient.denominator > 1:
                moduli[written] = lcm(moduli.get(written, 1), coefficient.denominator)
            elif number.floored is not None:
                _add_moduli(number.floored, moduli)
