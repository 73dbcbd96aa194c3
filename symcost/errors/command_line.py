"""What the command line checks and lists."""

from __future__ import annotations

from collections.abc import Sequence

from symcost.diagnostics import Span
from symcost.errors.base import SymcostError
from symcost.errors.words import did_you_mean


class BrokenExpectation(SymcostError):
    """A line of an `expect` block that the model does not keep."""

    code = "broken-expectation"

    def __init__(self, text: str, span: Span, found: str, expected: str, difference: str = "") -> None:
        super().__init__(
            f"`{text}` does not hold",
            span,
            "expected here",
            notes=[
                f"found    {found}\nexpected {expected}" + (f"\nfound - expected = {difference}" if difference else "")
            ],
        )


class NothingToCheck(SymcostError):
    """A folder without a single `.arch` file."""

    code = "nothing-to-check"

    def __init__(self, folder: str) -> None:
        super().__init__(f"there is no `.arch` file in `{folder}`")


class UnknownLayer(SymcostError):
    """A name that is not in the library."""

    code = "unknown-layer"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        helps = did_you_mean(name, known) or ["`symcost layers` lists them all"]
        super().__init__(f"the library has no `{name}`", helps=helps)


class UnknownFamily(SymcostError):
    """A name that the zoo has not, neither for a family nor for a type."""

    code = "unknown-family"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"the zoo has no `{name}`",
            helps=did_you_mean(name, known) or ["`symcost models` lists what it has"],
        )


class NotEmpty(SymcostError):
    """A folder for something new that holds something else."""

    code = "not-empty"

    def __init__(self, folder: str) -> None:
        super().__init__(f"`{folder}` is not empty", helps=["name a folder that is new or empty"])


class NoPyodide(SymcostError):
    """Python for browsers that cannot be had."""

    code = "no-pyodide"

    def __init__(self, version: str, why: str) -> None:
        super().__init__(f"there is no {version}: {why}", helps=["`symcost play` without `--build` needs none"])
