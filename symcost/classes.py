"""The operation classes: what is counted apart, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "mac": "multiply-accumulates",
        "add": "additions, subtractions",
        "mul": "multiplications",
        "div": "divisions",
        "exp": "exp, log, tanh, sigmoid, erf, sin, cos",
        "sqrt": "square roots",
        "cmp": "comparisons, max, relu",
    }
)
"""The classes with what belongs to each."""

WORDS_INSIDE: Mapping[str, str] = MappingProxyType(
    {
        "multiplications": "multiplications, those inside MACs included",
        "additions": "additions, those inside MACs included",
    }
)

CLASSES = tuple(WORDS)
"""The operation classes, in the order in which they are shown."""

INSIDE = tuple(WORDS_INSIDE)
"""What a contraction counts apart: the scalar products and sums inside its MACs."""
