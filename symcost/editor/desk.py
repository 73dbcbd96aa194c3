"""A text on the desk of an editor: what is wrong with it, and what there is to know of a place in it.

Everything goes in and comes out as plain data, places as characters from the beginning, so that it can be asked in
another process.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

from symcost.diagnostics import Label, Report, Source, Span
from symcost.document import Document
from symcost.errors import SymcostError
from symcost.graph.files import open_source
from symcost.guards import judged
from symcost.records import dataclass


@dataclass(frozen=True, slots=True)
class Desk:
    """A text, where its file lies if it has one, and the open texts beside it."""

    text: str
    path: Path | None = None
    unsaved: Mapping[Path, str] = field(default_factory=dict)

    def source(self) -> Source:
        return Source(self.path.name if self.path else "<text>", self.text)

    def document(self) -> Document:
        """Raises the faults of a text that cannot be opened."""
        return Document(open_source(self.source(), self.path, self.unsaved))


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where, what, and how it may be mended by other words in its place."""

    start: int
    end: int
    code: str
    level: str
    message: str
    others: tuple[tuple[int, int, str], ...] = ()
    """Further places of this text, and what is said of each."""
    mends: tuple[tuple[str, str], ...] = ()
    """The words of a help, and what it puts in the place of the fault."""


def faults(desk: Desk) -> list[Fault]:
    """All that can be found: syntax, files, names, sizes, and expectations that are not kept."""
    source = desk.source()
    try:
        document = Document(open_source(source, desk.path, desk.unsaved))
        found = list(_found(document))
    except SymcostError as fault:
        found = [single.report for single in fault.faults]
    once = dict.fromkeys(found)
    return [_fault(report, source) for report in once]


def _found(document: Document) -> Iterator[Report]:
    """The faults of a document that can be opened, then its doubts."""
    for fault in judged(document).faults:
        yield from (single.report for single in fault.faults)
    for model in document.models.values():
        yield from _doubts(model)


def _doubts(model: object) -> tuple[Report, ...]:
    try:
        return model.doubts  # type: ignore[attr-defined, no-any-return]
    except SymcostError:  # told already
        return ()


def _fault(report: Report, source: Source) -> Fault:
    message = "\n".join(_sentences(report))
    labels = _labels(report, source)
    if not labels:  # it is about another file, which is named in its words
        return Fault(0, 0, report.code, report.level, message)

    first, *further = labels
    start, end = place(first.span)
    others = tuple((*place(label.span), label.text or "here") for label in further)
    # A mend is for the words of the main label; where that is in another file there is nothing to replace here.
    mends = tuple(_mends(report, source.text[start:end])) if first is report.label else ()
    return Fault(start, end, report.code, report.level, message, others, mends)


def _labels(report: Report, source: Source) -> list[Label]:
    """The labels of a report in one text, its main one first; others may be in files that the text uses."""
    labels = (report.label, *report.others)
    return [label for label in labels if label and label.span.source.says_as(source)]


def _sentences(report: Report) -> Iterator[str]:
    """All that a report says, but for the lines of the text that it draws."""
    said = report.label.text if report.label else ""
    yield report.message + (f": {said}" if said else "")
    yield from (f"note: {note}" for note in report.notes)
    yield from (f"help: {help_}" for help_ in report.helps)


_REPLACING = ("did you mean `", "write `")


def _mends(report: Report, text: str) -> Iterator[tuple[str, str]]:
    """Helps that name what to write for the words of the fault, and nothing else."""
    if not text:
        return
    for help_ in report.helps:
        if not help_.startswith(_REPLACING):
            continue
        _, _, behind = help_.partition("`")
        word, _, rest = behind.partition("`")
        is_all = rest in ("", "?")
        if is_all and "..." not in word:
            yield help_, word


def place(span: Span) -> tuple[int, int]:
    """A span as characters from the beginning."""
    return span.start, span.end
