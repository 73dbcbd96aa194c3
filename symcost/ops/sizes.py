"""What is known about sizes while a graph is built: which are equal, which are whole, what had to be assumed."""

from __future__ import annotations

from symcost.diagnostics import Span
from symcost.errors import ImpossibleAssumption, NotASize
from symcost.formula import Assumptions, AtLeast, Divides, Equal, Form, Symbol, Verdict, add, mul, num
from symcost.formula.form import Floor
from symcost.formula.proofs import positive
from symcost.formula.terms import over, signed, terms

Fact = Divides | AtLeast | Equal

ONE = num(1)


class Sizes:
    """The assumptions that hold where the builder stands; it grows as the text is read."""

    def __init__(self, assumptions: Assumptions | None = None) -> None:
        self.assumptions = assumptions or Assumptions()
        self.origin: dict[Fact, Span] = {}
        self._found: set[Fact] = set()

    def forget(self, counter: Symbol) -> None:
        """Drop what was assumed about a loop counter."""
        kept = [fact for fact in self.assumptions if all(counter not in form.free_symbols for form in fact.forms)]
        self.assumptions = Assumptions(kept)

    def assume(self, fact: Fact, span: Span) -> None:
        """Add a fact unless it is known already.

        Raises ImpossibleAssumption where it can never hold, or not in the first or last round of a loop.
        """
        if isinstance(fact, Divides):
            fact = Divides(*fraction(fact.multiple / fact.divisor)) if _fractional(fact.multiple) else fact
        known = self._known(fact)
        for counter in {s for form in fact.forms for s in form.free_symbols if s.uid}:
            ends = (counter.low, *(() if counter.high is None else (counter.high - 1,)))
            if known is None and any(self._known(fact.substitute({counter: end})) is False for end in ends):
                known = False
        if known is False:
            raise ImpossibleAssumption(fact, span)
        if known is None:
            self.assumptions = self.assumptions.with_(fact)
            self.origin[fact] = span

    def _known(self, fact: Fact) -> bool | None:
        """Whether a fact follows from the others, or can never hold."""
        match fact:
            case Divides(divisor, multiple):
                quotient = multiple / divisor
                if self.assumptions.is_integer(quotient):
                    return True
                return None if quotient.expand().free_symbols else False
            case AtLeast(left, right):
                return self.assumptions.at_least(left, right)
            case Equal(left, right):
                return {"equal": True, "never": False}.get(self.compare(left, right).kind)

    def compare(self, left: Form, right: Form) -> Verdict:
        """Whether two sizes are equal, never equal, or undecided."""
        return self.assumptions.compare(left, right)

    def equal(self, left: Form, right: Form) -> bool:
        """Whether two sizes are known to be equal."""
        return left is right or left == right or self.compare(left, right).kind == "equal"

    def tidy(self, form: Form) -> Form:
        """The same size in its simplest form under the assumptions."""
        return self.assumptions.simplify(form) if form.free_symbols else form.expand()

    def whole(self, form: Form, span: Span) -> Form:
        """A form as a whole number; records that it is one where that is not certain. Raises NotASize."""
        if form.number is not None and form.number.denominator != 1:
            raise NotASize(form, span)
        if form.free_symbols and not self.assumptions.is_integer(form):
            self._find(Divides(*fraction(form)), span)
        return form

    def size(self, form: Form, span: Span, least: int = 1) -> Form:
        """A form as the size of an axis; records that it is whole and not below `least` where that is not certain.

        Raises NotASize where it can never be one.
        """
        if not form.free_symbols:
            value = form.evaluate({})
            if value.denominator != 1 or value < least:
                raise NotASize(form, span, num(least))
            return form
        if not self.assumptions.is_integer(form):
            self._find(Divides(*fraction(form)), span)
        if least > 1 or not positive(form.poly):  # what is whole and above 0 is 1 at least
            self.no_less(form, num(least), span)
        return form

    def no_less(self, left: Form, right: Form, span: Span) -> None:
        """Record `left >= right` where it is not certain.

        Raises NotASize where it can never hold.
        """
        known = self.assumptions.at_least(left, right)
        if known is None:
            known = self.assumptions.at_least(*unrounded(left, right))
        if known is False:
            raise NotASize(left, span, right)
        if known is None:
            large, small = unrounded(left, right)
            plain = isinstance(large, Symbol) and all(term.term[0] > 0 for term in terms(small))
            self._find(AtLeast(large, small) if plain else balanced(large, small), span)

    def _find(self, fact: Fact, span: Span) -> None:
        """Assume what the text did not say; of what was found before, that drops which the new fact implies."""
        before = len(self.assumptions)
        self.assume(fact, span)
        if len(self.assumptions) > before:
            alone = Sizes(Assumptions([fact]))
            implied = {old for old in self._found if alone._known(old)}
            self._found = self._found - implied | {fact}
            if implied:
                self.assumptions = Assumptions(old for old in self.assumptions if old not in implied)


def unrounded(left: Form, right: Form) -> tuple[Form, Form]:
    """`floor(p/q) + c >= r` as `p >= q*(r - c)`, which says the same of whole numbers."""
    floors = [term for term in terms(left) if isinstance(term, Floor)]
    if len(floors) != 1:
        return left, right
    (rounded,) = floors
    others = add(*(term for term in terms(left) if term is not rounded))
    return unrounded(rounded.numerator, mul(rounded.denominator, (right - others).expand()).expand())


def fraction(form: Form) -> tuple[Form, Form]:
    """A form over one common denominator: (denominator, numerator)."""
    numerator, denominator = over(form)
    return denominator, numerator


def _fractional(form: Form) -> bool:
    return fraction(form)[0] != 1


def balanced(left: Form, right: Form) -> AtLeast:
    """`left >= right` with every term on the side where it is positive: `T - K >= 0` reads `T >= K`."""
    positive, negative = signed(left - right)
    return AtLeast(positive, negative)
