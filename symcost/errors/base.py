"""What a fault is: data until it is drawn; and several at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from symcost.diagnostics import Label, Report, Span

MOST_FAULTS = 20
"""Faults reported in one run; who mends them sees the next ones."""


class SymcostError(Exception):
    """A fault in what the user wrote. `str(error)` is the drawn report."""

    code: ClassVar[str] = "fault"
    undecided: bool = False
    """Whether it may be gone once open dimensions have numbers."""
    final: bool = False
    """Whether a question that was asked with numbers need not be asked again with open dimensions."""

    def __init__(
        self,
        message: str,
        span: Span | None = None,
        label: str = "",
        *,
        others: Sequence[Label] = (),
        notes: Sequence[str] = (),
        helps: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.report: Report = Report(
            code=self.code,
            message=message,
            label=None if span is None else Label(span, label),
            others=tuple(others),
            notes=tuple(notes),
            helps=tuple(helps),
        )

    @property
    def faults(self) -> tuple[SymcostError, ...]:
        """The single faults behind this error: itself, unless it gathers several."""
        return (self,)

    def called_at(self, call: Span, library: bool) -> None:
        """Say where a definition of another file was called; a library is right, so there it is the call's fault."""
        label, others = self.report.label, self.report.others
        if label is None or any(place.span.source.says_as(call.source) for place in (label, *others)):
            return
        if library:
            report = replace(self.report, label=Label(call, "in this call"), others=(label, *others))
        else:
            report = replace(self.report, others=(*others, Label(call, "called here")))
        self.report = report

    def told_where(self, facts: Iterable[object]) -> None:
        """Say where alone there is a formula, as these numbers are not there."""
        where = ", ".join(f"`{fact}`" for fact in facts)
        help = f"there is a formula for {where}: choose numbers that keep it"
        if help not in self.report.helps:  # one fault may be met again
            self.report = replace(self.report, helps=(*self.report.helps, help))

    def __reduce__(self) -> tuple[Any, ...]:
        """With all that is known of it, and without the words that its maker takes."""
        return _as_it_was, (type(self), self.args, dict(self.__dict__))

    def __str__(self) -> str:
        return str(self.report)


def _as_it_was(kind: type[SymcostError], args: tuple[object, ...], known: dict[str, object]) -> SymcostError:
    fault = kind.__new__(kind, *args)
    fault.__dict__.update(known)
    return fault


class Faults(SymcostError):
    """Several independent faults, reported in one run."""

    code = "faults"

    def __init__(self, faults: Iterable[SymcostError]) -> None:
        self._faults = tuple(single for fault in faults for single in fault.faults)
        super().__init__(f"{len(self._faults)} faults")

    @property
    def faults(self) -> tuple[SymcostError, ...]:
        return self._faults

    def __str__(self) -> str:
        return "\n\n".join(map(str, self._faults))


def gathered(faults: Iterable[SymcostError]) -> SymcostError:
    """Several faults as one error: what is said of one place once, and all in the order of the text."""
    distinct: dict[object, SymcostError] = {}
    for single in (single for fault in faults for single in fault.faults):
        label = single.report.label
        distinct.setdefault((single.report.code, label and (str(label.span), label.span.end)), single)
    ordered = sorted(distinct.values(), key=_place)[:MOST_FAULTS]
    return ordered[0] if len(ordered) == 1 else Faults(ordered)


def _place(fault: SymcostError) -> tuple[str, int]:
    label = fault.report.label
    return ("", 0) if label is None else (label.span.source.name, label.span.start)
