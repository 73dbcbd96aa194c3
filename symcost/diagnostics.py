"""How a fault is drawn: a source text, a stretch of it, and the report that points there."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from unicodedata import combining, east_asian_width


@dataclass(frozen=True, eq=False)
class Source:
    """A text and the name under which reports speak of it (a file name, or `<text>`)."""

    name: str
    text: str

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for index, char in enumerate(self.text):
            if char == "\n":
                starts.append(index + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column (both from 1) of a character offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

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
"""Longer source lines are cut around the place they are shown for."""


def draw(report: Report) -> str:
    """The report as text, in the order header, snippet, notes, helps."""
    lines = [f"{report.level}[{report.code}]: {report.message}"]
    gutter = 1
    if report.label is not None:
        main = report.label.span
        places = [(report.label, "^"), *((label, "-") for label in report.others)]
        same = [p for p in places if p[0].span.source is main.source]
        elsewhere = [p for p in places if p[0].span.source is not main.source]
        groups = [same, *([p] for p in elsewhere)]
        gutter = max(len(str(label.span.line)) for label, _ in places)
        for number, group in enumerate(groups):
            arrow = "-->" if number == 0 else ":::"
            lines.append(f"{' ' * gutter}{arrow} {group[0][0].span}")
            lines.extend(_snippet(group, gutter))
    extra = [("note", note) for note in report.notes] + [("help", text) for text in report.helps]
    if extra and report.label is not None:
        lines.append(f"{' ' * gutter} |")
    for kind, text in extra:
        first, *rest = text.splitlines() or [""]
        lines.append(f"{' ' * gutter} = {kind}: {first}")
        lines.extend(f"{' ' * gutter}   {' ' * len(kind)}  {line}" for line in rest)
    return "\n".join(lines)


def _snippet(places: list[tuple[Label, str]], gutter: int) -> list[str]:
    bar = f"{' ' * gutter} |"
    by_line: dict[int, list[tuple[Label, str]]] = {}
    for place in places:
        by_line.setdefault(place[0].span.line, []).append(place)
    lines, last = [bar], None
    for number in sorted(by_line):
        if last is not None and number > last + 1:
            lines.append(f"{' ' * gutter}...")
        last = number
        source = places[0][0].span.source
        text = source.line(number)
        shift = 0
        if len(text) > WIDEST_LINE:
            first = source.position(by_line[number][0][0].span.start)[1] - 1
            shift = max(0, first - WIDEST_LINE // 2)
            text = text[shift : shift + WIDEST_LINE]
        lines.append(f"{number:>{gutter}} | {_plain(text)}")
        row = sorted(by_line[number], key=lambda p: p[0].span.start)
        for label, mark in row:
            column = source.position(label.span.start)[1] - 1 - shift
            length = min(label.span.end - label.span.start, len(text) - column)
            before = _width(text[: max(0, column)])
            marks = mark * max(1, _width(text[column : column + max(0, length)]))
            tail = f" {label.text}" if label.text else ""
            lines.append(f"{' ' * gutter} | {' ' * before}{marks}{tail}")
    return lines


def _plain(text: str) -> str:
    """Control characters drawn harmless, tabs as one blank, so that columns stay true."""
    return "".join(" " if c == "\t" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _width(text: str) -> int:
    """Terminal columns that a text takes."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)
