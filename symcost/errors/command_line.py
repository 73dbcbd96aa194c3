"""What is said on the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from symcost.diagnostics import Label, Span
from symcost.errors.base import SymcostError, did_you_mean


class MissingValue(SymcostError):
    """Numbers were asked for, and a dimension has none."""

    code = "missing-value"

    def asked_by(self, check: Span) -> MissingValue:
        """The same, where an expectation with a tolerance needs numbers."""
        label, others = self.report.label, self.report.others
        self.report = replace(
            self.report,
            label=Label(check, "needs numbers"),
            others=others if label is None else (label, *others),
            helps=("expect it of a configuration: `expect Name(config) { ... }`",),
        )
        return self

    def __init__(self, name: str, span: Span | None, given: Mapping[str, object]) -> None:
        values = ", ".join(f"{known}={value}" for known, value in given.items()) or "none"
        super().__init__(
            f"no value for `{name}`",
            span,
            "declared here",
            notes=[f"values given: {values}"],
            helps=[f"add `{name}=<positive integer>`"],
        )


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
