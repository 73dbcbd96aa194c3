"""The largest of several forms: those that no other is known to reach, numbers asked before proofs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from symcost.diagnostics import Span
from symcost.formula import Assumptions, Form, Symbol, num
from symcost.formula.cases import cases
from symcost.formula.named import spread
from symcost.formula.numbers import Rational
from symcost.formula.tried import Values, falls_short, value_at, values_at
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several forms of which the largest is wanted, and where it comes from.

    `at` is the place in the text, `inside` the calls that lead there, the outermost first.
    """

    form: Form
    at: Span | None = None
    inside: tuple[str, ...] = ()

    def changed(self, change: Callable[[Form], Form]) -> Candidate:
        """Another form from the same place."""
        return replace(self, form=change(self.form))


Names = Mapping[Symbol, Form]


class Largest:
    """Finds the greatest forms under assumptions.

    `proven` replaces symbols in a proof: of `f - some·f`, with `some` at most 1, it shows that it is never below 0.
    """

    def __init__(self, assumptions: Assumptions, proven: Names) -> None:
        self._assumptions = assumptions
        self._proven = proven

    def of(self, several: Iterable[Candidate]) -> list[Candidate]:
        """Those of which none is known to be at most another; 0 where there is none. Of equal ones the first stays."""
        places: dict[Form, Candidate] = {}
        for one in several:
            short = one.changed(_shorter)
            places.setdefault(short.form, short)
        return [places[form] for form in self._greatest(list(places))] or [Candidate(num(0))]

    def _greatest(self, candidates: Sequence[Form]) -> Iterable[Form]:
        if len(candidates) < 2:
            return candidates

        sizes = self._cases(candidates)
        greatest: dict[Form, Values] = {}
        for form in candidates:
            values = values_at(form, sizes)
            if not self._reached(form, values, greatest):
                greatest = self._not_reached_by(form, values, greatest)
                greatest[form] = values
        return greatest

    def likeliest(self, several: Iterable[Candidate]) -> list[Candidate]:
        """Those of which none is known to be at most another, those first that are the largest at most sizes tried."""
        found = self.of(several)
        forms = [one.form for one in found]

        # Where each is the largest, of the sizes that are tried.
        wins = dict.fromkeys(forms, 0)
        for case in self._cases(forms):
            wins[_largest_at(case, forms)] += 1
        return sorted(found, key=lambda one: -wins[one.form])

    def _not_reached_by(self, form: Form, values: Values, others: Mapping[Form, Values]) -> dict[Form, Values]:
        """Those of the others that a form is not known to be at least as large as."""
        return {other: at for other, at in others.items() if not self._covers(form, values, other, at)}

    def _reached(self, form: Form, values: Values, others: Mapping[Form, Values]) -> bool:
        """Whether one of the others is at least as large."""
        return any(self._covers(other, at, form, values) for other, at in others.items())

    def _covers(self, large: Form, large_at: Values, small: Form, small_at: Values) -> bool:
        """Whether one form is known to be at least another. A proof is only looked for where no case speaks against."""
        if falls_short(large_at, small_at):
            return False
        above_form, below_form = (form.substitute(self._proven).expand() for form in (large, small))
        return self._assumptions.is_at_least(above_form, below_form)

    def _cases(self, forms: Sequence[Form]) -> list[dict[Symbol, int]]:
        return cases(self._assumptions.facts, forms)


def _shorter(form: Form) -> Form:
    """A form as it stands or written out, whichever is shorter: equal candidates then mostly look alike."""
    expanded = spread(form)
    return expanded if expanded.size <= form.size else form


def _largest_at(case: Mapping[Symbol, int], forms: Sequence[Form]) -> Form:
    """The form that is the largest at some sizes; one that is too large to be computed is none."""

    def value(form: Form) -> Rational:
        known = value_at(form, case)
        return 0 if known is None else known

    return max(forms, key=value)
