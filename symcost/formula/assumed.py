"""What may be assumed of dimensions: that one divides another, is no less, or is equal."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from symcost.formula.form import Form, Symbol
from symcost.records import dataclass


@dataclass(frozen=True)
class Divides:
    """`heads divides D`"""

    divisor: Form
    multiple: Form

    def __str__(self) -> str:
        """`heads divides D`; of 1, which says that there is no fraction, `log2(N) is whole`."""
        return f"{self.multiple.source()} is whole" if self.divisor == 1 else self.source()

    def source(self) -> str:
        return f"{self.divisor.source()} divides {self.multiple.source()}"

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

    @property
    def is_limit_above(self) -> bool:
        """Whether it reads better from the other side: `T <= 448` for 448 >= T."""
        return self.left.number is not None and self.right.number is None

    def __str__(self) -> str:
        if self.is_limit_above:
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


@dataclass(frozen=True)
class Expected:
    """`weigh 0.3`: what stands there counts as often as it is expected to run. Nothing is assumed of dimensions."""

    written: str

    def __str__(self) -> str:
        return f"counts as expected: `weigh {self.written}`"

    def source(self) -> str:
        return str(self)

    def holds(self, values: Mapping[Any, int]) -> bool:
        return True

    def substitute(self, mapping: Mapping[Symbol, Form]) -> Expected:
        return self

    @property
    def forms(self) -> tuple[()]:
        return ()


Fact = Divides | AtLeast | Equal
Said = Fact | Expected


def not_expected(fact: Said) -> bool:
    """Whether it says something of dimensions, and not how often something is expected to run."""
    return not isinstance(fact, Expected)


"""What is said beside an answer."""
