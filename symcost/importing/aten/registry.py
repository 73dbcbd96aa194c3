"""Which function writes which operation of PyTorch down. A file of this folder is a family of operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symcost.importing.aten.site import Site

Rule = Callable[["Site"], None]

RULES: dict[str, Rule] = {}
"""By the name of the operation without its overload: `aten.linear`."""


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Make a function the one that writes some operations down. Raises ValueError where one has another already."""

    def made(function: Rule) -> Rule:
        for name in names:
            full = name if "." in name or name == "getitem" else f"aten.{name}"
            if full in RULES:
                raise ValueError(f"two rules for `{full}`")
            RULES[full] = function
        return function

    return made


OF_COMPLEX = ":complex"
"""Behind the name of an operation: the rule for it where it reads complex numbers."""
