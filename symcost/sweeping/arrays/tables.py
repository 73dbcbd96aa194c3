"""Rows of a sweep in files: parts that are written whole or not at all, and the one table that they become."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from symcost.errors import MissingExtra
from symcost.sweeping.arrays.running import Array

DIGITS = 38
"""Digits of a whole number in Parquet that is longer than 64 bits; what is longer still, and fractions, are text."""


def csv_rows(columns: Mapping[str, Array]) -> str:
    """Lines of CSV without a heading; a fraction is `7/2`."""
    listed = [column.tolist() for column in columns.values()]
    return "".join(f"{','.join(map(str, row))}\n" for row in zip(*listed, strict=True))


def whole_or_not(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """A file that is there as a whole, or not: it is on the disk before it has its name."""
    unfinished = path.with_name(f"{path.name}.tmp")
    try:
        with unfinished.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise


Ends = tuple[list[str], int, list[str], list[str]]
"""The heading of a table, how many rows it has, and the first and the last of them as text."""


class Csv:
    """Parts are lines; the table is a heading and all of them."""

    def ends(self, path: Path) -> Ends | None:
        """Those of a file that is there; None for one that is no table."""
        count, first, last = 0, b"", b""
        with path.open("rb") as lines:
            heading = next(lines, b"")
            for line in lines:
                first = first or line
                count, last = count + 1, line
        try:
            names, one, other = (line.decode().rstrip("\n").split(",") for line in (heading, first, last))
        except UnicodeDecodeError:
            return None
        return names, count, one, other

    def part(self, path: Path, columns: Mapping[str, Array]) -> None:
        """One part."""
        whole_or_not(path, lambda file: file.write(csv_rows(columns).encode()))

    def table(self, path: Path, names: Sequence[str], parts: Iterable[Path]) -> None:
        """All of them, one behind the other."""

        def write(file: IO[bytes]) -> None:
            file.write(f"{','.join(names)}\n".encode())
            for part in parts:
                with part.open("rb") as lines:
                    shutil.copyfileobj(lines, file)

        whole_or_not(path, write)


class Parquet:
    """Parts are Parquet themselves; a column of the table has the widest type that one of them needs.

    Raises MissingExtra.
    """

    def __init__(self) -> None:
        try:
            import pyarrow
            from pyarrow import parquet
        except ModuleNotFoundError:
            raise MissingExtra("pyarrow", "sweep") from None
        self._arrow: Any = pyarrow
        self._parquet: Any = parquet

    def ends(self, path: Path) -> Ends | None:
        """Those of a file that is there; None for one that is no table."""
        try:
            file = self._parquet.ParquetFile(path)
            names, count = list(file.schema_arrow.names), file.metadata.num_rows
            groups = [file.read_row_group(place).to_pylist() for place in (0, file.num_row_groups - 1)]
        except (self._arrow.ArrowException, OSError):
            return None
        first, last = ([str(value) for value in row.values()] for row in (groups[0][0], groups[1][-1]))
        return names, count, first, last

    def part(self, path: Path, columns: Mapping[str, Array]) -> None:
        """One part, as a row group."""
        table = self._arrow.table({name: self._column(column) for name, column in columns.items()})
        whole_or_not(path, lambda file: self._parquet.write_table(table, file))

    def _column(self, column: Array) -> Any:
        if column.dtype != object:
            return self._arrow.array(column)
        numbers = column.tolist()
        if all(type(number) is int and abs(number) < 10**DIGITS for number in numbers):
            return self._arrow.array(numbers, type=self._arrow.decimal128(DIGITS, 0))
        return self._arrow.array(list(map(str, numbers)))

    def table(self, path: Path, names: Sequence[str], parts: Iterable[Path]) -> None:
        """All of them, a row group each, so that only one is held at once."""
        files = list(parts)
        schema = self._widest(names, [self._parquet.read_schema(part) for part in files])

        def write(file: IO[bytes]) -> None:
            with self._parquet.ParquetWriter(file, schema) as writer:
                for part in files:
                    writer.write_table(self._parquet.read_table(part).cast(schema))

        whole_or_not(path, write)

    def _widest(self, names: Sequence[str], schemas: Sequence[Any]) -> Any:
        fields = []
        for name in names:
            types = [schema.field(name).type for schema in schemas]
            by_width = sorted(types, key=lambda kind: (str(kind) == "string", str(kind).startswith("decimal")))
            fields.append((name, by_width[-1]))
        return self._arrow.schema(fields)


WRITERS: Mapping[str, Callable[[], Csv | Parquet]] = {".csv": Csv, ".parquet": Parquet}
"""By the ending of a file."""
