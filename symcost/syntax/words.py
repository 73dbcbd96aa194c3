"""The words of the language, for those who speak about it; a test holds them to the grammar."""

from __future__ import annotations

import re

NAME = re.compile(r"[^\W\d⁰¹²³⁴-⁹][^\W⁰¹²³⁴-⁹]*")
"""What can be a name, as the grammar has it."""

STATEMENTS = frozenset("param layer emit return scan repeat choose frozen recompute resume if assume".split())
"""Words that begin a statement."""

RESERVED = STATEMENTS | frozenset("else and or not true false".split())
"""Words that cannot be names."""

DEFINITIONS = ("model", "module", "config", "expect", "dim", "use", "const", "rate", "assume")
"""Words that begin something at the top level, the likeliest first."""

SOFT = frozenset(
    """let buffer use dim latex config expect grows within module model in of with shared divides for as like
    list from const weigh rate""".split()
)
"""Words with a meaning in one place, and names everywhere else."""
