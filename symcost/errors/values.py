"""Numbers for the dimensions of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from symcost.diagnostics import Label, Span
from symcost.errors.base import SymcostError, did_you_mean
from symcost.errors.sizes import _as_written, _assumed


class UnknownDimension(SymcostError):
    """A value for something that the model has not."""

    code = "unknown-dimension"

    def __init__(self, name: str, model: str, known: Iterable[str], span: Span | None = None) -> None:
        listed = ", ".join(f"`{dimension}`" for dimension in known)
        super().__init__(
            f"`{model}` has no `{name}`",
            span,
            notes=[f"it has {listed}" if listed else "it has no dimensions"],
            helps=did_you_mean(name, known),
        )


class BadValue(SymcostError):
    """A value that is no size: zero, negative, broken or no number at all."""

    code = "bad-value"

    def __init__(self, name: str, value: object, span: Span | None, given: Span | None = None) -> None:
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        if len(shown) > 40:
            shown = f"{shown[:20]}… ({len(shown)} {'digits' if shown.isdecimal() else 'characters'})"
        wanted = "smaller number" if shown[:1] in "123456789" and "digits" in shown else "positive integer"
        super().__init__(
            f"`{name}` cannot be `{shown}`",
            given or span,
            "" if given else "declared here",
            others=[Label(span, "declared here")] if given and span else [],
            helps=[f"give `{name}` a {wanted}"],
        )

    def read_from(self, places: Sequence[Label]) -> BadValue:
        """The same, where the value comes from another file."""
        self.report = replace(self.report, others=(*self.report.others, *places))
        return self


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


class ValueTooLarge(SymcostError):
    """Numbers whose result cannot be computed."""

    code = "too-large"

    def __init__(self, why: str, span: Span | None = None) -> None:
        super().__init__(f"the result is too large to compute: {why}", span)


class ViolatedAssumption(SymcostError):
    """Numbers that break what was assumed."""

    code = "violated-assumption"

    def __init__(self, fact: str, span: Span | None, values: Mapping[str, int]) -> None:
        given = ", ".join(f"{name} = {value}" for name, value in values.items())
        super().__init__(f"`{_as_written(fact, span)}` does not hold for {given}", span, _assumed(span))
