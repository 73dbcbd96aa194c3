"""Two models against each other: what each costs, the difference, and which one is better from where on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from symcost.analysis.growth.compare import Crossing, Ranges, Sign, Threshold, Undecided, always, crossing, ratio
from symcost.errors import UnknownDimension
from symcost.export.subject import Subject
from symcost.export.text import hanging
from symcost.formula import Assumptions, Form, Printer, Symbol, num, symbol
from symcost.questions import question

UNCOUNTED = {"depth": "depth"}
"""Quantities of which one needs less, not fewer."""

ALWAYS = {
    "equal": "needs as {many} as",
    "less": "needs {fewer} than",
    "greater": "needs more than",
    "at most": "never needs more than",
    "at least": "never needs {fewer} than",
}


class _Rooted(Printer):
    """Writes square roots as such."""

    def power(self, base: str, exponent: str) -> str:
        if exponent != "(1/2)":
            return super().power(base, exponent)
        return f"sqrt{base}" if base.startswith("(") else f"sqrt({base})"


ROOTED = _Rooted()


@dataclass(frozen=True, slots=True)
class Comparison:
    """One quantity of two models."""

    quantity: str
    left: Subject
    right: Subject
    convention: str = "default"

    @property
    def words(self) -> str:
        """What is counted."""
        return UNCOUNTED.get(self.quantity) or question(self.quantity).words

    @property
    def forms(self) -> tuple[Form, Form]:
        """What each costs, with all that is known."""
        return self.left.form(self.quantity, self.convention), self.right.form(self.quantity, self.convention)

    @property
    def both(self) -> tuple[Subject, Subject]:
        """The two models."""
        return self.left, self.right

    @property
    def assumptions(self) -> Assumptions:
        """What was assumed for either."""
        return self.left.assumptions.with_(*self.right.assumptions)

    @property
    def told(self) -> Assumptions:
        """The same with the numbers that are given."""
        numbers = {**self.left.model.values, **self.right.model.values}
        return self.assumptions.substitute({symbol(name): num(value) for name, value in numbers.items()})

    def dimensions(self, wanted: Sequence[str]) -> list[Symbol]:
        """Those in which a crossing is looked for: the wanted ones, else `T` if it matters, else all that do."""
        if wanted:
            return [symbol(name) for name in wanted]
        left, right = (one.form(self.quantity, self.convention, kept="T") for one in self.both)
        names = (left - right).expand().free_symbols
        return [symbol("T")] if symbol("T") in names else [name for name in names if not name.uid]

    def crossing(self, at: Symbol) -> Crossing:
        """Where the better of the two changes, in one dimension; a number given for it does not count.

        Raises UnknownDimension.
        """
        if not any(one.knows(at.name) or symbol(at.name) in one.form(self.quantity).free_symbols for one in self.both):
            known = dict.fromkeys(port for one in self.both for port in one.model.ports)
            raise UnknownDimension(at.name, f"{self.left.label} or {self.right.label}", known)
        left, right = (one.form(self.quantity, self.convention, kept=at.name) for one in self.both)
        return crossing(left, right, at, self.assumptions)


def compared(comparisons: Sequence[Comparison], wanted: Sequence[str], width: int) -> str:
    """All of them below each other, then what they assume."""
    first = comparisons[0]
    sections = ["\n".join(_section(one, wanted, width)) for one in comparisons]
    facts = dict.fromkeys((*first.left.facts, *first.right.facts))
    renamed = {**first.left.renamed, **first.right.renamed}
    notes = [f"with {', '.join(f'{name} = {form}' for name, form in renamed.items())}"] if renamed else []
    notes += [f"assuming {fact}" for fact in facts]
    return "\n\n".join([*sections, *(["\n".join(notes)] if notes else [])]) + "\n"


def _section(one: Comparison, wanted: Sequence[str], width: int) -> Iterator[str]:
    left, right = one.forms
    difference, over = (left - right).expand(), ratio(left, right)
    rows = [(one.left.label, str(left)), (one.right.label, str(right)), ("difference", str(difference))]
    rows += [("ratio", _number(over))] if over is not None else []
    pad = max(len(name) for name, _ in rows)
    yield f"{one.words} ({one.quantity})"
    for name, said in rows:
        yield hanging(f"  {name:<{pad}}  ", said, width)
    for sentence in verdicts(one, wanted):
        yield hanging("", sentence, width)


def _number(form: Form) -> str:
    value = form.number
    if value is None or value.denominator == 1:
        return str(form)
    return f"{form} = {float(value):.4g}"


def verdicts(one: Comparison, wanted: Sequence[str]) -> Iterator[str]:
    """Sentences: what holds always, else what holds from where on."""
    a, b = one.left.label, one.right.label
    fewer, many = ("less", "much") if one.quantity in UNCOUNTED else ("fewer", "many")
    left, right = one.forms
    fixed = always(left, right, one.told)
    everywhere = not (one.left.model.values or one.right.model.values)
    if fixed:
        said = ALWAYS[fixed].format(fewer=fewer, many=many)
        yield f"{a} {said} {b}{', whatever the numbers' if everywhere else ', with these numbers'}."
    if fixed and not wanted and (everywhere or (left - right).number is None):
        return  # for all values that are still open
    for at in one.dimensions(wanted):
        found = one.crossing(at)
        if isinstance(found, Undecided):
            if not fixed:
                yield f"Which one needs {fewer}, {at} does not decide: {found.why}."
        else:
            yield f"{a} needs {', '.join(_said(found, at, fewer, many))}."


def _said(found: Threshold | Ranges, at: Symbol, fewer: str, many: str) -> Iterator[str]:
    how: dict[Sign, str] = {-1: fewer, 0: f"as {many}", 1: "more"}
    match found:
        case Threshold(root=root, below=below):
            shown = ROOTED(root)
            yield f"{how[below]} while {at} < {shown}"
            yield f"{how[-1 if below > 0 else 1]} while {at} > {shown}"
        case Ranges(stretches=stretches, tried=tried):
            for low, high, sign in stretches:
                yield f"{how[sign]} {_stretch(at, low, high)}"
            if tried is not None:
                yield f"as far as numbers were tried, up to {at} = {tried}"


def _stretch(at: Symbol, low: int, high: int | None) -> str:
    if high is None:
        return f"from {at} = {low} on"
    return f"at {at} = {low}" if low == high else f"for {at} = {low} to {high}"
