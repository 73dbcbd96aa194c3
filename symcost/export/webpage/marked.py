"""A formula in MathML whose terms can be pointed at, and which of them a line of the text adds to."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from symcost.export.mathml import MathmlPrinter
from symcost.formula import Form, TooLarge, mul
from symcost.formula.form import Add, Mul
from symcost.formula.named import inlined
from symcost.formula.printer import LOOSE, Written, positive_first


class Marked(MathmlPrinter):
    """Writes a formula; every term, also of a sum inside a product, has a number (`data-t`).

    `leaves` are these terms, each with all that is multiplied with the sum around it.
    """

    def __init__(self) -> None:
        self.leaves: list[Form] = []
        self._around: list[Form] = []
        self._awaited: Add | None = None
        """The sum whose terms are to be marked when it is met."""

    def marked(self, item: Form) -> str:
        """The inside of `<math>`."""
        found = _sum_in(item)
        if found is None:
            return self._mark(item, self(item))
        self._awaited, others = found
        self._around.append(others)
        return self(item)

    def of_add(self, item: Add) -> Written:
        if item is not self._awaited:
            return super().of_add(item)
        self._awaited = None
        return self.terms([self._one(term) for term in positive_first(item.terms)]), LOOSE

    def _one(self, term: Form) -> tuple[bool, str]:
        """A term of a marked sum: whether it is subtracted, and its text."""
        found = _sum_in(term)
        if found is None:
            negative, text = self._signed(term)
            return negative, self._mark(term, text)
        self._awaited, others = found
        self._around.append(others)
        written = self._signed(term)
        self._around.pop()
        return written

    def _mark(self, term: Form, text: str) -> str:
        self.leaves.append(mul(*self._around, term))
        return f'<mrow class="t" data-t="{len(self.leaves) - 1}">{text}</mrow>'


def _sum_in(item: Form) -> tuple[Add, Form] | None:
    """The one sum that a form is, or that is a factor of it, and what stands around that; None where there is none."""
    match item:
        case Add():
            return item, mul()
        case Mul():
            return _sum_among(item)
        case _:
            return None


def _sum_among(product: Mul) -> tuple[Add, Form] | None:
    """The one factor that is a sum, and the other ones."""
    sums: list[Add] = []
    others: list[Form] = []
    for factor in product.factors:
        if isinstance(factor, Add):
            sums.append(factor)
        else:
            others.append(factor)
    if len(sums) != 1:
        return None
    return sums[0], mul(product.coefficient, *others)


# Which terms a line adds to --------------------------------------------------------------------------


class Terms:
    """The terms of a formula, told apart by the products that they are made of."""

    def __init__(self, leaves: Iterable[Form]) -> None:
        self._products = [products(leaf) for leaf in leaves]

    def touched(self, form: Form) -> list[int]:
        """The numbers of the terms that have a product in common with what a line counts."""
        mine = products(form)
        return [number for number, theirs in enumerate(self._products) if not mine.isdisjoint(theirs)]


def products(form: Form) -> frozenset[Hashable]:
    """What a form adds when it is multiplied out, whatever the numbers before; nothing where that is too much."""
    try:
        return frozenset(inlined(form).poly.terms)
    except TooLarge:
        return frozenset()
