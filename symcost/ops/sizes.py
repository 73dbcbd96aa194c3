"""What is known about sizes while a graph is built: which are equal, which are whole, what had to be assumed."""

from __future__ import annotations

from collections.abc import Iterator

from symcost.diagnostics import Span
from symcost.errors import ImpossibleAssumption, NotASize, OneRoundOnly
from symcost.formula import Assumptions, AtLeast, Divides, Equal, Form, Symbol, Verdict, add, mul, num
from symcost.formula.claims import positive
from symcost.formula.dims import SAME
from symcost.formula.form import Floor, Let, Log2, Num
from symcost.formula.named import inlined
from symcost.formula.numbers import Rational
from symcost.formula.terms import over, signed, terms, without_multiple
from symcost.ops.one_round import of_one_round

Fact = Divides | AtLeast | Equal

ONE = num(1)

FEW_ROUNDS = 64
"""So many rounds are looked at one by one, where no proof for all of them is found."""


class Sizes:
    """The assumptions that hold where the builder stands; it grows as the text is read."""

    def __init__(self, assumptions: Assumptions | None = None, *, inline: bool = False) -> None:
        """`inline`: sizes have no names."""
        self.inline = inline
        self.assumptions: Assumptions = Assumptions() if assumptions is None else assumptions
        self.origin: dict[Fact, Span] = {}
        self._found: set[Fact] = set()
        self._meant: dict[str, Let] = {}
        """What each name of a size means, in all of the model."""
        self._called: dict[Form, Form] = {}
        """How the sizes that the definition which is built has names for are written."""

    @property
    def found(self) -> frozenset[Fact]:
        """What was assumed and no text says."""
        return frozenset(self._found)

    def as_they_are(self) -> Sizes:
        """The same knowledge, to go on from."""
        other = Sizes(self.assumptions, inline=self.inline)
        other._found = set(self._found)
        return other

    @property
    def unnamed(self) -> bool:
        """Whether no size has a name, here or anywhere in the model: then nothing is written otherwise than it is."""
        return not (self._called or self._meant)

    def learn(self, facts: tuple[Fact, ...], found: frozenset[Fact], span: Span) -> None:
        """Know what was found elsewhere from here on, for what stands at `span`."""
        if facts == self.assumptions.facts:
            return
        known = set(self.assumptions)
        self.origin |= dict.fromkeys((fact for fact in facts if fact not in known), span)
        self.assumptions = Assumptions(facts)
        self._found = set(found)

    def forget(self, counter: Symbol) -> None:
        """Drop what was assumed about a loop counter."""
        kept = [fact for fact in self.assumptions if all(counter not in form.free_symbols for form in fact.forms)]
        self.assumptions = Assumptions(kept)

    def assume(self, fact: Fact, span: Span) -> None:
        """Add a fact unless it is known already.

        Raises ImpossibleAssumption where it can never hold, or not in the first or last round of a loop, and
        OneRoundOnly where it fails in the next round of a loop wherever it holds in one.
        """
        if _is_true_of_numbers(fact):
            return
        fact = _written_out(_over_one_denominator(fact))
        known = self._known(fact)
        if known is False:
            raise ImpossibleAssumption(fact, span)
        if known is None and not self._holds_in_all_rounds(fact):
            if failing := self._failing_end(fact):
                raise ImpossibleAssumption(fact, span, *failing)
            if (counter := of_one_round(fact)) is not None:
                raise OneRoundOnly(fact, span, counter)
            self.assumptions = self.assumptions.with_(fact)
            self.origin[fact] = span

    def _holds_in_all_rounds(self, fact: Fact) -> bool:
        """Whether it speaks of one loop counter only, which has few values, and holds for each: `8 >= 2^r`, r in 3."""
        symbols = {symbol for form in fact.forms for symbol in form.free_symbols}
        if len(symbols) != 1:
            return False
        (counter,) = symbols
        values = _few_values(counter)
        return bool(values) and all(self._known(fact.substitute({counter: num(value)})) is True for value in values)

    def _failing_end(self, fact: Fact) -> tuple[Symbol, Form] | None:
        """A loop counter, and its first or last value, with which a fact about it can never hold."""
        counters = {symbol for form in fact.forms for symbol in form.free_symbols if symbol.uid}
        for counter in sorted(counters, key=str):
            for end in _ends(counter):
                if self._known(fact.substitute({counter: end})) is False:
                    return counter, end
        return None

    def _known(self, fact: Fact) -> bool | None:
        """Whether a fact follows from the others, or can never hold."""
        match fact:
            case Divides(divisor, multiple):
                return self._is_whole(multiple / divisor)
            case AtLeast(left, right):
                return self._no_less(left, right)
            case Equal(left, right):
                return {"equal": True, "never": False}.get(self.compare(left, right).kind)

    def _no_less(self, left: Form, right: Form) -> bool | None:
        """Whether `left >= right`, or can never be; None where it is open."""
        if isinstance(left, Num) and isinstance(right, Num):
            return left.value >= right.value
        return self.assumptions.at_least(left, right)

    def _is_whole(self, quotient: Form) -> bool | None:
        if isinstance(quotient, Num):
            return quotient.value.denominator == 1
        if self.assumptions.is_integer(quotient):
            return True
        # What is left without symbols is a number, and no whole one.
        return None if quotient.expand().free_symbols else False

    def compare(self, left: Form, right: Form) -> Verdict:
        """Whether two sizes are equal, never equal, or undecided."""
        if isinstance(left, Num) and isinstance(right, Num):
            return SAME if left.value == right.value else Verdict("never", num(left.value - right.value))
        return self.assumptions.compare(left, right)

    def equal(self, left: Form, right: Form) -> bool:
        """Whether two sizes are known to be equal."""
        return left is right or left == right or self.compare(left, right).kind == "equal"

    def tidy(self, form: Form) -> Form:
        """The same size in its simplest form under the assumptions."""
        return self.called(self.assumptions.simplify(form)) if form.free_symbols else form.expand()

    # Named sizes -------------------------------------------------------------------------------

    def name(self, let: Let, *, taken: bool = False) -> Form:
        """The size by its name, and so whatever is as large, as long as its definition is built.

        As its author wrote it where the name is `taken` or means another size of this model already, or where it
        depends on a loop: outside of that it would mean nothing.
        """
        size = let.value
        if isinstance(size, Symbol | Let):
            return size
        is_named = not taken and self._may_name(let)
        written = self._meant[let.name] if is_named else size
        if size.free_symbols:  # many a number has nothing to do with another that is as large
            self._called[size] = written
        return written

    def _may_name(self, let: Let) -> bool:
        """Whether the name means this size everywhere in the model; if so, it means it from now on."""
        in_loop = any(symbol.uid for symbol in let.value.free_symbols)
        if self.inline or in_loop:
            return False
        return self._meant.setdefault(let.name, let).key == let.key

    def called(self, form: Form) -> Form:
        """The same size by its name, where it has one."""
        return self._called.get(form, form) if self._called else form

    def begin_names(self) -> dict[Form, Form]:
        """A definition begins: sizes that are named in it have no name outside. What `end_names` is to be told."""
        outside, self._called = self._called, dict(self._called)
        return outside

    def end_names(self, outside: dict[Form, Form]) -> None:
        """The definition ends."""
        self._called = outside

    # What is demanded --------------------------------------------------------------------------

    def whole(self, form: Form, span: Span) -> Form:
        """A form as a whole number; records that it is one where that is not certain. Raises NotASize."""
        if form.number is not None:
            if form.number.denominator != 1:
                raise NotASize(form, span)
            return form
        if self.assumptions.is_integer(form):
            return form

        if not form.free_symbols:  # a logarithm that does not come out
            raise NotASize(form, span)
        self._find(Divides(*fraction(form)), span)
        return form

    def size(self, form: Form, span: Span, least: int = 1) -> Form:
        """A form as the size of an axis; records that it is whole and not below `least` where that is not certain.

        Raises NotASize where it can never be one.
        """
        if not form.free_symbols:
            return _number_of_entries(form, span, least)
        if not self.assumptions.is_integer(form):
            self._find(Divides(*fraction(form)), span)
        if least > 1 or not positive(form.poly):  # what is whole and above 0 is 1 at least
            self.no_less(form, num(least), span)
        return self.called(form)

    def no_less(self, left: Form, right: Form, span: Span) -> None:
        """Record `left >= right` where it is not certain.

        Raises NotASize where it can never hold.
        """
        if _is_seen(left, right):
            return
        left, right = without_multiple(inlined(left), inlined(right))
        for larger, smaller in self._said_of_wholes(left, right):
            known = self._no_less(larger, smaller)
            if known is False:
                raise NotASize(left, span, right)
            if known is None:
                self._find(in_words(larger, smaller), span)

    def above_zero(self, form: Form, span: Span) -> None:
        """Record that a number is above 0 where that is not certain; left open where its divisor may be negative."""
        above, below = over(form)
        if self.assumptions.is_positive(form) or not self.assumptions.is_positive(below):
            return
        if self.assumptions.is_integer(above):
            self.no_less(above, ONE, span)

    def _said_of_wholes(self, left: Form, right: Form) -> Iterator[tuple[Form, Form]]:
        """Inequalities that together say `left >= right`, without quotients; nothing where it is known to hold."""
        while (known := self._at_least(left, right)) is not True:
            quotient = None if known is False else quotient_in(left)
            if quotient is None:
                yield left, right
                return
            above, below, others = quotient
            least = (right - others).expand()

            # Of a negative divisor the other side of the inequality would be meant.
            if not self.assumptions.is_positive(below):
                if not self._needs_positive_divisor(above, least) or not self.assumptions.is_integer(below):
                    yield left, right
                    return
                yield below, ONE
            else:
                left, right = above, mul(below, least).expand()

    def _at_least(self, left: Form, right: Form) -> bool | None:
        """Whether `left >= right`; of whole numbers `left >= floor(p/q) + c` says that `q*(left - c) + q > p`."""
        known = self._no_less(left, right)
        quotient = quotient_in(right.expand()) if known is None else None
        if quotient is None:
            return known
        above, below, others = quotient
        if not self.assumptions.is_positive(below) or not all(
            map(self.assumptions.is_integer, (above, below, left, others))
        ):
            return None
        return self.assumptions.at_least(below * (left - others) + below - 1, above)

    def _needs_positive_divisor(self, above: Form, least: Form) -> bool:
        """Whether `floor(above/below) >= least` can hold for a positive divisor only."""
        known = self.assumptions
        if known.at_least(above, num(0)) and known.at_least(least, ONE):
            return True
        return known.is_positive(above) and known.at_least(least, num(0)) is True

    def _find(self, fact: Fact, span: Span) -> None:
        """Assume what the text did not say; of what was found before, that drops which the new fact implies."""
        before = len(self.assumptions)
        self.assume(fact, span)
        if len(self.assumptions) == before:
            return
        alone = Sizes(Assumptions([fact]))
        implied = {old for old in self._found if alone._known(old)}
        self._found = self._found - implied | {fact}
        if implied:
            self._drop(implied)

    def _drop(self, facts: set[Fact]) -> None:
        self.assumptions = Assumptions(fact for fact in self.assumptions if fact not in facts)


def quotient_in(form: Form) -> tuple[Form, Form, Form] | None:
    """`floor(p/q) + c` as (p, q, c), where there is one floor, and `p/q` as (p, q, 0); None where nothing divides."""
    floors = [term for term in terms(form) if isinstance(term, Floor)]
    if len(floors) == 1:
        (rounded,) = floors
        return rounded.numerator, rounded.denominator, add(*(term for term in terms(form) if term is not rounded))
    above, below = over(form)
    return None if below.number is not None else (above, below, num(0))


def fraction(form: Form) -> tuple[Form, Form]:
    """A form over one common denominator: (denominator, numerator).

    `log10(T)` divides `log2(T)` by log2(10), which is no whole number: it is no quotient to whoever reads it.
    """
    numerator, denominator = over(form)
    if any(_is_logarithm_of_number(atom) for _, factors in denominator.poly.terms.values() for _, _, atom in factors):
        return ONE, form
    return denominator, numerator


def _is_logarithm_of_number(atom: Form) -> bool:
    return isinstance(atom, Log2) and atom.arg.number is not None


def _over_one_denominator(fact: Fact) -> Fact:
    """`2 divides T/3` as `6 divides T`."""
    if isinstance(fact, Divides) and fraction(fact.multiple)[0] != 1:
        return Divides(*fraction(fact.multiple / fact.divisor))
    return fact


def _is_true_of_numbers(fact: Fact) -> bool:
    """Whether it speaks of numbers only, and holds: as most do where a configuration is built."""
    first, second = fact.forms
    if not (isinstance(first, Num) and isinstance(second, Num)):
        return False
    return _holds_of(fact, first.value, second.value)


def _holds_of(fact: Fact, first: Rational, second: Rational) -> bool:
    """Whether what a fact says of its two forms holds of these numbers."""
    match fact:
        case AtLeast():
            return first >= second
        case Equal():
            return first == second
        case Divides():
            return first != 0 and second % first == 0


def _is_seen(left: Form, right: Form) -> bool:
    """Whether two numbers are `left >= right`: as most are where a configuration is built."""
    return isinstance(left, Num) and isinstance(right, Num) and left.value >= right.value


def _written_out(fact: Fact) -> Fact:
    """Without names of sizes: what is known of sizes is read far from where they were named."""
    return type(fact)(*map(inlined, fact.forms))


def _few_values(counter: Symbol) -> range:
    """The values of a loop counter where they are known and few; none for a dimension."""
    low = counter.low.number
    high = None if counter.high is None else counter.high.number
    if not counter.uid or low is None or high is None or high - low > FEW_ROUNDS:
        return range(0)
    return range(int(low), int(high))


def _ends(counter: Symbol) -> tuple[Form, ...]:
    """The first value of a loop counter, and the last one where there is one."""
    return (counter.low,) if counter.high is None else (counter.low, counter.high - 1)


def _number_of_entries(form: Form, span: Span, least: int) -> Form:
    """Raises NotASize."""
    value = form.evaluate({})
    if value.denominator != 1 or value < least:
        raise NotASize(form, span, num(least))
    return form


def in_words(large: Form, small: Form) -> AtLeast:
    """`T >= K + 1` as it stands, anything else with every term on the side where it is positive."""
    plain = isinstance(large, Symbol) and all(term.term[0] > 0 for term in terms(small))
    return AtLeast(large, small) if plain else balanced(large, small)


def balanced(left: Form, right: Form) -> AtLeast:
    """`left >= right` with every term on the side where it is positive: `T - K >= 0` reads `T >= K`."""
    positive, negative = signed(left - right)
    return AtLeast(positive, negative)
