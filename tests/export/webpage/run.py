"""Pages of all lecture examples and of three large models, driven: `python -m tests.export.webpage.run [FILE...]`.

Each is opened in headless Chromium and Firefox, all its sliders are moved, all numbers compared with the library's, the
accessibility tree read, and it is printed. Without Playwright or a browser it says so and ends with status 0.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import symcost
from symcost.errors import SymcostError
from symcost.export.webpage import webpage
from symcost.pictures import graph
from tests.export.webpage.driven import KINDS, NotHere, browser, drive, opened

EXAMPLES = Path(__file__).parents[3] / "examples"
LARGE = ("speech/whisper", "language/llama", "vision/efficientnet")


def main(names: list[str]) -> int:
    files = [Path(name) for name in names] or [
        *sorted((EXAMPLES / "lecture").glob("*.arch")),
        *(EXAMPLES / f"{name}.arch" for name in LARGE),
    ]
    with tempfile.TemporaryDirectory() as folder:
        pages = dict(_pages(files, Path(folder)))
        for kind in KINDS:
            try:
                _opened(kind, pages)
            except NotHere as why:
                print(f"skipped: {why}")
    return 0


def _pages(files: list[Path], folder: Path) -> Iterator[tuple[Path, Path]]:
    """By the file, its page."""
    for number, file in enumerate(files):
        start = time.perf_counter()
        try:
            text = webpage(list(symcost.load(file).asked.values()), draw=lambda model: graph(model).written("svg"))
        except SymcostError as fault:
            print(f"{file.name}: no page: {str(fault).splitlines()[0]}")
            continue
        page = folder / f"{number}.html"
        page.write_text(text, encoding="utf-8")
        print(f"{file.name}: {len(text.encode()) // 1000} kB, made in {time.perf_counter() - start:.1f} s")
        yield file, page


def _opened(kind: str, pages: dict[Path, Path]) -> None:
    """All of them in one browser. Raises NotHere."""
    with browser(kind) as context:
        for file, page in pages.items():
            start = time.perf_counter()
            with opened(context, page) as driven:
                seen = drive(driven, file)
                _read_aloud(driven)
                assert driven.page.pdf(format="A4").startswith(b"%PDF")
            took = time.perf_counter() - start
            print(f"{kind}, {file.name}: {seen} numbers are the library's, in {took:.1f} s", flush=True)


def _read_aloud(driven: object) -> None:
    """What a screen reader finds: a heading, named sliders and fields, tables, a status."""
    told = driven.page.locator("body").aria_snapshot()  # type: ignore[attr-defined]
    for part in ("heading", "slider", "textbox", "radio", "table", "status", "button", "math"):
        assert part in told, (part, told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
