"""Numbers for the dimensions of a model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from symcost.diagnostics import Label, Report, Span
from symcost.errors.base import SymcostError
from symcost.errors.words import as_written, assumed_label, did_you_mean

LONGEST_VALUE = 40
"""Characters of a value that are repeated in a report."""


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

    def __init__(
        self, name: str, value: object, span: Span | None, given: Span | None = None, *,
        zero: bool = False, lacks_default: bool = False, listed: bool = False, quoted: bool = False,
    ) -> None:  # fmt: skip
        """`zero`: 0 would do. `lacks_default`: it would do if the signature had a number in its place.

        `listed`: a list is wanted. `quoted`: a text is shown as one.
        """
        self.value: object = value
        shown = _as_given(value, quoted=quoted)
        mend = _list_of(name) if listed else _mend(name, shown, zero=zero)
        if lacks_default:
            mend += _by_default(name, shown)
        message = f"`{name}` cannot be `{_cut(shown)}`"
        if given is None:
            super().__init__(message, span, "declared here", helps=[mend])
            return
        declared = [] if span is None else [Label(span, "declared here")]
        super().__init__(message, given, others=declared, helps=[mend])

    def read_from(self, places: Sequence[Label]) -> BadValue:
        """The same, where the value comes from another file."""
        self.report: Report = replace(self.report, others=(*self.report.others, *places))
        return self


def _as_given(value: object, *, quoted: bool) -> str:
    """A value as it would be written; a text as one where it is `quoted`."""
    match value:
        case bool():
            return str(value).lower()
        case str() if quoted:
            return f'"{value}"'
        case _:
            return str(value)


def _cut(shown: str) -> str:
    """What a value looks like, where it is long only how it begins."""
    if len(shown) <= LONGEST_VALUE:
        return shown
    units = "digits" if shown.isdecimal() else "characters"
    return f"{shown[: LONGEST_VALUE // 2]}… ({len(shown)} {units})"


def _list_of(name: str) -> str:
    return f"give `{name}` a list: `{name}=2,4,4`"


def _by_default(name: str, shown: str) -> str:
    """How a signature takes fractions."""
    return f", or where it is declared a fraction by default, as in `{name} = {shown}`"


def _mend(name: str, shown: str, *, zero: bool) -> str:
    """What to type instead."""
    thousands = re.fullmatch(r"([0-9]{1,9})([kKMG])i?", shown)
    if thousands is None:
        return f"give `{name}` {'0 or ' if zero else ''}a {_wanted(shown)}"
    number, power = int(thousands[1]), "kMG".index(thousands[2].replace("K", "k")) + 1
    return f"write `{name}={number * 1000**power}` or `{name}={number * 1024**power}`: `{thousands[2]}` may mean either"


LARGE = re.compile(r"[1-9][0-9]*(e[0-9]+|(\s*[\^*+]\s*[1-9][0-9]*(e[0-9]+)?)+)", re.ASCII)
"""Positive integers that are multiplied, added or raised: always one itself, so refused for its length only."""


def _wanted(shown: str) -> str:
    """A positive integer; where it is one, so long a one that nothing can be counted with it, a smaller."""
    too_long = len(shown) > LONGEST_VALUE and shown.isdecimal() and shown[0] in "123456789"
    return "smaller number" if too_long or LARGE.fullmatch(shown) else "positive integer"


class MissingValue(SymcostError):
    """Numbers were asked for, and a dimension has none."""

    code = "missing-value"

    def asked_by(self, check: Span) -> MissingValue:
        """The same, where an expectation with a tolerance needs numbers."""
        label, others = self.report.label, self.report.others
        self.report: Report = replace(
            self.report,
            label=Label(check, "needs numbers"),
            others=others if label is None else (label, *others),
            helps=("expect it of a configuration: `expect Name(config) { ... }`",),
        )
        return self

    def __init__(
        self, name: str, span: Span | None, given: Mapping[str, object], *, listed: bool = False
    ) -> None:  # fmt: skip
        """`listed`: a list is wanted."""
        values = ", ".join(f"{known}={value}" for known, value in given.items()) or "none"
        super().__init__(
            f"no value for `{name}`",
            span,
            "declared here",
            notes=[f"values given: {values}"],
            helps=[f"add `{name}=<item>,<item>,…`" if listed else f"add `{name}=<positive integer>`"],
        )


class ValueTooLarge(SymcostError):
    """Numbers whose result cannot be computed."""

    code = "too-large"

    def __init__(self, why: str, span: Span | None = None) -> None:
        super().__init__(f"the result is too large to compute: {why}", span)


class ViolatedAssumption(SymcostError):
    """Numbers that break what was assumed."""

    code = "violated-assumption"

    def __init__(
        self, fact: object, span: Span | None, values: Mapping[str, int], names: Mapping[str, str] | None = None
    ) -> None:  # fmt: skip
        """`names`: what dimensions of the text are called now, where they were renamed."""
        self.fact, self.span, self.values = fact, span, dict(values)
        given = ", ".join(f"{name} = {value}" for name, value in values.items())
        said = str(fact) if names else as_written(fact, span)
        told = ", ".join(f"`{own}` of the text is `{new}` here" for own, new in (names or {}).items())
        super().__init__(f"`{said}` does not hold for {given}", span, assumed_label(span), notes=[told] if told else [])


class NotOpen(SymcostError):
    """A dimension in which something is asked for all its sizes, and which has a number."""

    code = "not-open"

    def __init__(self, name: str, value: int) -> None:
        super().__init__(
            f"`{name}` is {value} here, so nothing can be said of all its sizes",
            notes=["the graph depends on that number"],
            helps=["ask in a dimension that the text leaves open"],
        )


class TooManyPoints(SymcostError):
    """A model that would have to be built for very many sizes."""

    code = "too-many-points"

    def __init__(self, names: Sequence[str], most: int) -> None:
        listed = ", ".join(f"`{name}`" for name in names)
        super().__init__(
            f"more than {most} different values of {listed}",
            notes=["for each of them the model is built anew: its graph, or what is asked, depends on them"],
            helps=["ask for fewer, or for a sum over the lines such as `macs`, which has one formula for all sizes"],
        )


class NoSource(SymcostError):
    """A formula that a language has no exact operations for."""

    code = "no-source"

    def __init__(self, language: str, what: str) -> None:
        super().__init__(f"there is no exact {what} in {language}", helps=['ask for `compiled("python")`'])


class BadRange(SymcostError):
    """A range of sizes that has none, or is none."""

    code = "bad-range"

    def __init__(self, name: str, written: str, why: str) -> None:
        super().__init__(
            f"`{name}={_cut(written)}` is no range of sizes: {why}",
            helps=[
                f"write `{name}=64,128,256`, `{name}=1:100` for all from 1 to 100, `{name}=64:4096:64` for every 64th, "
                f"or `{name}=1:1e6:log` for a hundred at equal ratios (`{name}=1:1e6:log:20` for twenty)"
            ],
        )


class TooManyRows(SymcostError):
    """A grid with more points than can be written."""

    code = "too-many-rows"

    def __init__(self, rows: int, most: int, *, to_file: bool) -> None:
        super().__init__(
            f"the grid has {rows} points, more than {most}",
            helps=[] if to_file else ["write them to a file: `-o sweep.csv`, which can be gone on with if it stops"],
        )
