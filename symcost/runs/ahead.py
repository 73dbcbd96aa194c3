"""Speculative decoding: a small model writes some tokens ahead, the large one looks at all of them in one pass.

Source  Leviathan, Kalman & Matias, Fast inference from transformers via speculative decoding (ICML 2023), equation 1
"""

from __future__ import annotations

from fractions import Fraction

from symcost.errors import OtherVocabulary, UnsaidSize
from symcost.formula import Form, add, div, num, power, symbol
from symcost.model import Model
from symcost.records import dataclass
from symcost.runs.required import require

VOCABULARY = ("V", "vocab")
"""What the files of the zoo call how many tokens there are."""

FARTHEST = 64
"""Tokens that may be written ahead."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A small model that writes `ahead` tokens, each of which the large one accepts with probability `accept`.

    Acceptance is measured, never derived; that of one token does not depend on that of others.
    """

    model: Model
    accept: Fraction
    ahead: int

    def __post_init__(self) -> None:
        """Raises ValueError for a probability that is none, and for a number of tokens that is out of bounds."""
        require(0 <= self.accept <= 1, "an acceptance is at least 0 and at most 1")
        require(1 <= self.ahead <= FARTHEST, f"so many tokens ahead are at least 1 and at most {FARTHEST}")

    @property
    def tokens(self) -> Fraction:
        """Tokens of a text that a pass of the large model writes, in the mean.

        Those that are accepted up to the first that is not, and one of the large model itself:

        Tokens  1 + a + a^2 + ... + a^k = (1 - a^(k+1))/(1 - a)
        """
        return sum((self.accept**count for count in range(self.ahead + 1)), Fraction(0))

    def demand_same_words(self, model: Model) -> None:
        """Raises OtherVocabulary, UnsaidSize."""
        own, drafted = _words(model), _words(self.model)
        if own != drafted:
            raise OtherVocabulary(model.name, own, self.model.name, drafted)


def tokens_of_a_pass() -> Form:
    """The same as a formula over `a` and `k`."""
    accept, ahead = symbol("a"), symbol("k")
    above = add(num(1), -power(accept, add(ahead, num(1))))
    return div(above, add(num(1), -accept))


def _words(model: Model) -> int:
    for name in VOCABULARY:
        if name in model.values:
            return model.values[name]
    raise UnsaidSize(
        model.name, "how many tokens there are in the vocabulary", VOCABULARY, "both have to have the same"
    )
