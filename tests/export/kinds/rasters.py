"""Pages as small grey pictures, and how far two of them are apart, with nothing but Python and a rasteriser.

Pixels differ from one version of a font to the next, and nobody would see it. What a reader sees is where there is
ink and how much: the page is divided into cells of 6 pt, half a line. A cell that is darker than every place around it
in the other picture has ink that does not belong there; one that is lighter than every one of them misses some. A line
that is cut off, a word that is missing and a formula that goes over its margin leave cells without ink; two texts one
over the other are darker than a text ever is. What moved by a quarter of a line, or has other hairlines, is the same.

`python -m tests.export.kinds.rasters` draws the kept pictures anew; look at each of them before it is committed.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from symcost.cli import main

DPI = 60
CELL = 5
"""Pixels: 6 pt."""
WINDOW = 5
"""Cells: what differs is added up over 30 pt by 30 pt, a word of a formula."""
NEAR = 3
"""Pixels: what moved by no more is where it was."""
SHADES = 15
"""Kept pictures have 4 bits a pixel."""


Sums = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Raster:
    """Ink, 0 for white to 15 for black, row by row."""

    width: int
    rows: tuple[bytes, ...]

    def sums(self) -> list[list[int]]:
        """How much ink there is above and left of each corner of a pixel."""
        found = [[0] * (self.width + 1)]
        for row in self.rows:
            along = accumulate(row, initial=0)
            found.append([above + here for above, here in zip(found[-1], along, strict=True)])
        return found

    @property
    def png(self) -> bytes:
        """As a picture."""
        packed = b"".join(b"\0" + _packed(row) for row in self.rows)
        header = struct.pack(">IIBBBBB", self.width, len(self.rows), 4, 0, 0, 0, 0)
        chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(packed, 9)), (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _packed(row: bytes) -> bytes:
    """Two pixels a byte, white the largest."""
    white = [SHADES - ink for ink in row] + [SHADES] * (len(row) % 2)
    return bytes(left << 4 | right for left, right in zip(white[::2], white[1::2], strict=True))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def kept(path: Path) -> Raster:
    """A picture that was written by `png`."""
    data = path.read_bytes()
    width, height, depth = struct.unpack(">IIB", data[16:25])
    assert depth == 4
    length, name = struct.unpack(">I4s", data[33:41])
    assert name == b"IDAT"
    packed = zlib.decompress(data[41 : 41 + length])
    stride = (width + 1) // 2 + 1
    lines = [packed[at * stride + 1 : (at + 1) * stride] for at in range(height)]
    return Raster(width, tuple(_unpacked(line, width) for line in lines))


def _unpacked(line: bytes, width: int) -> bytes:
    halves = [half for byte in line for half in (byte >> 4, byte & 15)]
    return bytes(SHADES - half for half in halves[:width])


def drawn(pdf: Path, page: int = 1) -> Raster:
    """A page as pdftoppm draws it."""
    command = ["pdftoppm", "-gray", "-r", str(DPI), "-f", str(page), "-l", str(page), str(pdf)]
    data = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    magic, width, height, _, pixels = data.split(maxsplit=4)
    assert magic == b"P5"
    across, down = int(width), int(height)
    pixels = data[len(data) - across * down :]
    ink = pixels.translate(bytes(SHADES - shade * SHADES // 255 for shade in range(256)))
    return Raster(across, tuple(ink[top * across : (top + 1) * across] for top in range(down)))


def apart(one: Raster, other: Raster) -> float:
    """The most ink, in black cells, that stands in one window of one picture and is not in the other."""
    if (one.width, len(one.rows)) != (other.width, len(other.rows)):
        return float("inf")  # another size of page
    here, there = one.sums(), other.sums()
    return max(_worst(_beyond(here, there)), _worst(_beyond(there, here)))


def _beyond(sums: Sums, others: Sums) -> dict[tuple[int, int], float]:
    """By how much cells are darker than all that lie around them in the other picture, by row and column."""
    found = {}
    for top in range(0, len(sums) - CELL, CELL):
        for left in range(0, len(sums[0]) - CELL, CELL):
            ink = _ink(sums, top, left)
            if ink and (more := ink - _most_around(others, top, left)) > 0:
                found[top // CELL, left // CELL] = more / (SHADES * CELL * CELL)
    return found


def _ink(sums: Sums, top: int, left: int) -> int:
    low, high = sums[top], sums[top + CELL]
    return high[left + CELL] - high[left] - low[left + CELL] + low[left]


def _most_around(sums: Sums, top: int, left: int) -> int:
    """The darkest place as large as a cell, not farther away than about a quarter of a line."""
    tops = range(max(0, top - NEAR), min(len(sums) - CELL, top + NEAR + 1))
    lefts = range(max(0, left - NEAR), min(len(sums[0]) - CELL, left + NEAR + 1))
    return max(_ink(sums, y, x) for y in tops for x in lefts)


def _worst(cells: Mapping[tuple[int, int], float]) -> float:
    """The most in one window of cells."""
    span = range(WINDOW)
    return max((sum(cells.get((y + v, x + u), 0.0) for v in span for u in span) for y, x in _corners(cells)), default=0)


def _corners(cells: Mapping[tuple[int, int], float]) -> Iterator[tuple[int, int]]:
    """The windows that begin with a cell, or with one beside it."""
    for y, x in cells:
        yield from ((y, x), (y, x - WINDOW // 2), (y - WINDOW // 2, x))


def missing() -> str:
    """What is not installed that this needs."""
    tools = {"pdflatex": "texlive-latex-extra and its like", "pdftoppm": "poppler-utils"}
    return ", ".join(f"{tool} ({package})" for tool, package in tools.items() if shutil.which(tool) is None)


# Kept pages -----------------------------------------------------------------------------------------

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[2] / "examples"


@dataclass(frozen=True)
class Page:
    """A page of what a command writes: its name, the words of the command, and which page."""

    name: str
    words: tuple[str, ...]
    number: int = 1

    @property
    def kept(self) -> Path:
        """Where its picture is."""
        return HERE / "kept" / f"{self.name}.png"


GPT2, LSTM, GRU, ELMAN = (
    str(EXAMPLES / file)
    for file in ("language/gpt2.arch", "lecture/lstm.arch", "lecture/gru.arch", "lecture/elman.arch")
)
PAGES = (
    Page("formula", ("latex", f"{GPT2}:GPT2", "--width", "240pt", "--standalone")),
    Page("derivation", ("latex", f"{GPT2}:GPT2", "--kind", "derivation", "--of", "activations", "--standalone")),
    Page("table", ("latex", LSTM, GRU, ELMAN, "--kind", "table", "--standalone")),
    Page("frame", ("latex", f"{LSTM}:Lstm", "--kind", "beamer", "--standalone"), 3),
    Page("section", ("paper", f"{LSTM}:Lstm", f"{GRU}:Gru", f"{ELMAN}:Elman", "--class", "article", "--standalone")),
)


def made(page: Page, folder: Path, engine: str = "pdflatex") -> Raster:
    """The page as it is set now."""
    result = CliRunner().invoke(main, list(page.words))
    assert result.exit_code == 0, result.output
    (folder / "a.tex").write_text(result.stdout, encoding="utf-8")
    command = [engine, "-halt-on-error", "-interaction=batchmode", "a.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, (folder / "a.log").read_text(encoding="utf-8", errors="replace")[-2000:]
    return drawn(folder / "a.pdf", page.number)


if __name__ == "__main__":
    for each in PAGES:
        with TemporaryDirectory() as scratch:
            each.kept.write_bytes(made(each, Path(scratch)).png)
        print(each.kept, each.kept.stat().st_size)  # noqa: T201
