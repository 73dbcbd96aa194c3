"""Named TOML files: shipped ones by their name, the user's own by path; a fault points at its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeGuard

from symcost.diagnostics import Source, Span
from symcost.errors import BadToml, MissingEntry, SymcostError, UnknownEntry, UnreadableData, WrongEntry
from symcost.packaged import files
from symcost.records import dataclass

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

LARGEST_FILE = 1_000_000
"""Bytes; a data file is a page, so whatever is longer is something else."""

LARGEST_POWER = 40
"""No figure has a power of ten beyond this; written out exactly, `1e999999999` would fill the memory."""

LARGEST_WHOLE: int = 16 ** (LARGEST_POWER - 2)
"""No figure without a point is as large: 38 hexadecimal digits are 45 decimal ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Some entries of a data file, and the keys that lead to them."""

    source: Source
    entries: Mapping[str, object]
    keys: tuple[str, ...] = ()

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def span(self, *keys: str) -> Span:
        """Where an entry stands, or the nearest table around it."""
        return _find(self.source, self.keys + keys)

    def only(self, known: tuple[str, ...]) -> None:
        """Raises UnknownEntry for a key that means nothing here."""
        for key in self:
            if key not in known:
                raise UnknownEntry(key, known, self.span(key))

    def table(self, key: str) -> Table:
        """An inner table; without entries where it is left out."""
        value = self.entries.get(key, {})
        if not isinstance(value, dict):
            raise WrongEntry(key, value, "a table", self.span(key))
        return Table(self.source, value, (*self.keys, key))

    def text(self, key: str, default: str | None = None) -> str:
        """A string that says something; `default` where it may be left out."""
        if default is not None and key not in self.entries:
            return default
        value = self._required(key)
        mend = f'{key} = "..."'
        if not isinstance(value, str):
            raise WrongEntry(key, value, "a text", self.span(key), mend)
        # What may be left out may also be empty.
        if default is None and not value.strip():
            raise WrongEntry(key, value, "a text", self.span(key), mend)
        return value.strip()

    def number(self, key: str) -> Fraction:
        """An exact number from 0."""
        value = self._required(key)
        if not _reasonable(value):
            raise WrongEntry(key, value, "a number from 0", self.span(key), f"{key} = 1")
        return Fraction(value)

    def _required(self, key: str) -> object:
        if key not in self.entries:
            raise MissingEntry(key, self.span())
        return self.entries[key]


@dataclass(frozen=True, slots=True)
class Shelf:
    """The data files of one kind that are shipped in a package."""

    package: str
    unknown: Callable[[str, Sequence[str]], SymcostError]

    @property
    def _folder(self) -> Traversable:
        """Found from the package around it: a folder without code is none for imports from a zip file."""
        package, _, folder = self.package.rpartition(".")
        return files(package) / folder

    def available(self) -> tuple[str, ...]:
        """The names of the shipped files."""
        names = [entry.name for entry in self._folder.iterdir()]
        return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))

    def read(self, name_or_path: str | Path) -> tuple[str, Table]:
        """The name and the entries of a shipped file, or of one's own (a path that ends in `.toml`).

        Raises the shelf's own fault for a name that is not shipped, UnreadableData, BadToml.
        """
        text = str(name_or_path)
        if text.endswith(".toml"):
            return Path(text).stem, parse(Source(text, _text(Path(text))))
        if text not in self.available():
            raise self.unknown(text, self.available())
        shipped = self._folder / f"{text}.toml"
        return text, parse(Source(f"{text}.toml", shipped.read_text(encoding="utf-8")))


def parse(source: Source) -> Table:
    """The entries of a TOML text, numbers exact.

    Raises BadToml.
    """
    import tomllib  # a formula of sizes reads no data

    try:
        entries = tomllib.loads(source.text, parse_float=Decimal)
    except RecursionError:
        raise BadToml("it is nested too deeply", Span(source, 0, 1)) from None
    except (ValueError, ArithmeticError) as error:
        raise BadToml(*_complaint(source, str(error))) from None
    return Table(source, MappingProxyType(entries))


def _complaint(source: Source, message: str) -> tuple[str, Span]:
    """What tomllib says, in our words, and where."""
    words = re.sub(r" \(at .*\)$", "", message)
    # Python's own limits on numbers are told without a place, and in words about `int` and `decimal`.
    if not words or "digits" in words or "decimal" in words:
        return "a number has too many digits", Span(source, 0, 1)
    offset = _place(source, message)
    return words[0].lower() + words[1:], Span(source, offset, offset + 1)


def _place(source: Source, message: str) -> int:
    """The character that tomllib means: `(at line 3, column 7)`, else the last one of the text."""
    place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
    if place is None:
        return max(0, len(source.text.rstrip()) - 1)
    line, column = int(place[1]), int(place[2])
    before = source.text.split("\n")[: line - 1]
    return sum(len(text) + 1 for text in before) + column - 1


def _text(path: Path) -> str:
    """The text of one's own file.

    Raises UnreadableData.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    # A path with a zero byte in it is a ValueError.
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableData(str(path), reason.lower()) from None
    if len(data) > LARGEST_FILE:
        raise UnreadableData(str(path), f"it is longer than {LARGEST_FILE} bytes")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise UnreadableData(str(path), "it is not UTF-8 text") from None


def _reasonable(value: object) -> TypeGuard[int | Decimal]:
    """Whether an entry is a number from 0 that can be written out."""
    if isinstance(value, bool):  # `true` is an int to Python
        return False
    if isinstance(value, int):
        return 0 <= value < LARGEST_WHOLE
    if isinstance(value, Decimal):
        return value.is_finite() and value >= 0 and abs(value.adjusted()) < LARGEST_POWER
    return False


HEADER = re.compile(r"\s*\[\s*([\w.\"-]+)\s*\]")
ENTRY = re.compile(r"\s*([\w.\"-]+)\s*=")
"""`[matmul]` and `fp32 = ...`: what introduces a key. Entries inside `{ ... }` are found by the line around them."""


def _find(source: Source, keys: tuple[str, ...]) -> Span:
    """Where the longest part of `keys` is introduced; the first character of the text otherwise."""
    nearest, length = Span(source, 0, 1), 0
    for path, span in _introduced(source):
        if len(path) > length and path == keys[: len(path)]:
            nearest, length = span, len(path)
    return nearest


def _introduced(source: Source) -> Iterator[tuple[tuple[str, ...], Span]]:
    """The full keys of all tables and entries, line by line, and where each stands."""
    table: tuple[str, ...] = ()
    offset = 0
    for line in source.text.splitlines(keepends=True):
        if header := HEADER.match(line):
            table = _split(header[1])
            yield table, _behind(source, offset, header)
        elif entry := ENTRY.match(line):
            yield (*table, *_split(entry[1])), _behind(source, offset, entry)
        offset += len(line)


def _behind(source: Source, offset: int, introduced: re.Match[str]) -> Span:
    """Where the keys stand in a line that begins at `offset`."""
    return Span(source, offset + introduced.start(1), offset + introduced.end(1))


def _split(dotted: str) -> tuple[str, ...]:
    return tuple(part.strip('" ') for part in dotted.split("."))
