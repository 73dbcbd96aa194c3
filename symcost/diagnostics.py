"""How a fault is drawn: a source text, a stretch of it, and the report that points there."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from typing import Any

from symcost.once import once
from symcost.records import dataclass


@dataclass(frozen=True, eq=False)
class Source:
    """A text and the name under which reports speak of it (a file name, or `<text>`)."""

    name: str
    text: str

    @once
    def _starts(self) -> list[int]:
        return [0, *(index + 1 for index, char in enumerate(self.text) if char == "\n")]

    def __reduce__(self) -> tuple[Any, ...]:
        return Source, (self.name, self.text)

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column (both from 1) of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def says_as(self, other: Source) -> bool:
        """Whether it is the same text under the same name; trees are kept, with the source that they were read from."""
        return self is other or (self.name == other.name and self.text == other.text)

    def __repr__(self) -> str:
        return f"<Source {self.name}>"

    def line(self, number: int) -> str:
        """The text of line `number` (from 1), without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] - 1 if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r")


@dataclass(frozen=True, slots=True, eq=False)
class Span:
    """The characters `start` to `end` (excluded) of a source."""

    source: Source
    start: int
    end: int

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        """From the start of this span to the end of the other."""
        return Span(self.source, self.start, max(self.end, other.end))

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        line, column = self.source.position(self.start)
        return f"{self.source.name}:{line}:{column}"


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what is to be said about it; the main place of a report is drawn `^`, others `-`."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One fault as data: what happened, where, why one should believe it, what would mend it."""

    code: str
    message: str
    label: Label | None = None
    others: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    helps: tuple[str, ...] = ()
    level: str = field(default="error")

    def __str__(self) -> str:
        return draw(self)


WIDEST_LINE = 160
"""Longer source lines are cut around the place they are shown for: they would wrap, and the marks with them."""

Mark = tuple[Label, str]
"""A place and the sign that is drawn under it."""


def draw(report: Report) -> str:
    """The report as text, in the order header, snippet, notes, helps."""
    lines = [f"{report.level}[{report.code}]: {report.message}"]
    gutter = 1
    if report.label is not None:
        # As wide as the greatest line number, so that all bars stand below one another.
        gutter = max(len(str(label.span.line)) for label in (report.label, *report.others))
        lines.extend(_snippets(report.label, report.others, gutter))

    remarks = _remarks("note", report.notes, gutter) + _remarks("help", report.helps, gutter)
    if remarks and report.label is not None:
        lines.append(f"{' ' * gutter} |")  # sets them off from the source text
    return "\n".join(lines + remarks)


def _remarks(kind: str, texts: tuple[str, ...], gutter: int) -> list[str]:
    """Notes or helps, the further lines of each below its first."""
    lines: list[str] = []
    for text in texts:
        first, *rest = text.splitlines() or [""]
        lines.append(f"{' ' * gutter} = {kind}: {first}")
        lines.extend(f"{' ' * gutter}   {' ' * len(kind)}  {line}" for line in rest)
    return lines


def _snippets(main: Label, others: tuple[Label, ...], gutter: int) -> list[str]:
    """The places in the source of the main one together, then each of those elsewhere."""
    here = [(main, "^"), *((label, "-") for label in others if label.span.source is main.span.source)]
    elsewhere = [label for label in others if label.span.source is not main.span.source]
    lines = [f"{' ' * gutter}--> {main.span}", *_snippet(here, gutter)]
    for label in elsewhere:
        lines.append(f"{' ' * gutter}::: {label.span}")
        lines.extend(_snippet([(label, "-")], gutter))
    return lines


def _snippet(marks: list[Mark], gutter: int) -> list[str]:
    """The lines of one source in which there are marks, with the marks below; dots for what lies between."""
    source = marks[0][0].span.source
    marks_on: dict[int, list[Mark]] = {}
    for mark in marks:
        marks_on.setdefault(mark[0].span.line, []).append(mark)

    lines = [f"{' ' * gutter} |"]
    last = min(marks_on)
    for number in sorted(marks_on):
        if number > last + 1:
            lines.append(f"{' ' * gutter}...")
        last = number
        lines.extend(_marked_line(source, number, marks_on[number], gutter))
    return lines


def _marked_line(source: Source, number: int, marks: list[Mark], gutter: int) -> list[str]:
    """A line of the source and one line below for each mark."""
    text, shift = source.line(number), 0
    if len(text) > WIDEST_LINE:
        first = _column(marks[0][0])
        shift = max(0, first - WIDEST_LINE // 2)
        text = text[shift : shift + WIDEST_LINE]
    drawn = [f"{number:>{gutter}} | {_plain(text)}"]
    for label, sign in sorted(marks, key=lambda mark: mark[0].span.start):
        drawn.append(f"{' ' * gutter} | {_underlined(label, sign, text, shift)}")
    return drawn


def _underlined(label: Label, sign: str, text: str, shift: int) -> str:
    """Blanks up to a place, the sign under it, what is said of it; `text` begins at column `shift` of the line."""
    column = _column(label) - shift
    length = min(label.span.end - label.span.start, len(text) - column)
    before = _width(text[: max(0, column)])
    signs = sign * max(1, _width(text[column : column + max(0, length)]))
    tail = f" {label.text}" if label.text else ""
    return f"{' ' * before}{signs}{tail}"


def _column(label: Label) -> int:
    """The column (from 0) in which a place begins."""
    return label.span.source.position(label.span.start)[1] - 1


def _plain(text: str) -> str:
    """Control characters drawn harmless, tabs as one blank, so that columns stay true."""
    return "".join(map(_plain_char, text))


def _plain_char(char: str) -> str:
    if char == "\t":
        return " "
    return char if char.isprintable() else "\N{REPLACEMENT CHARACTER}"


def _width(text: str) -> int:
    """Terminal columns that a text takes."""
    return sum(map(_char_width, text))


def _char_width(char: str) -> int:
    """Accents stand over the letter before them; Chinese, Japanese and Korean letters take two columns."""
    from unicodedata import combining, east_asian_width  # only where something is drawn

    if combining(char):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
