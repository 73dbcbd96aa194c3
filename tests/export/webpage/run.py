"""Pages of all lecture examples and of three large models, driven: `python -m tests.export.webpage.run [FILE...]`.

Each is opened in headless Chromium, all its sliders are moved, all numbers compared with the library's, the
accessibility tree read, and it is printed. Without Playwright or Chromium it says so and ends with status 0.
"""

from __future__ import annotations

import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

import symcost
from symcost.errors import SymcostError
from symcost.export.webpage import webpage
from tests.export.webpage.driven import CHROMIUM, browser, drive, opened

EXAMPLES = Path(__file__).parents[3] / "examples"
LARGE = ("speech/whisper", "language/llama", "vision/efficientnet")


def main(names: list[str]) -> int:
    if CHROMIUM is None or find_spec("playwright") is None:
        print("skipped: Chromium or Playwright is not there")
        return 0
    files = [Path(name) for name in names] or [
        *sorted((EXAMPLES / "lecture").glob("*.arch")),
        *(EXAMPLES / f"{name}.arch" for name in LARGE),
    ]
    with tempfile.TemporaryDirectory() as folder, browser() as context:
        for file in files:
            start = time.perf_counter()
            try:
                text = webpage(list(symcost.load(file).asked.values()))
            except SymcostError as fault:
                print(f"{file.name}: no page: {str(fault).splitlines()[0]}")
                continue
            page = Path(folder) / f"{file.stem}.html"
            page.write_text(text, encoding="utf-8")
            made = time.perf_counter() - start
            with opened(context, page) as driven:
                seen = drive(driven, file)
                _read_aloud(driven)
                printed = driven.page.pdf(format="A4")
                assert printed.startswith(b"%PDF")
            size = len(text.encode()) // 1000
            print(f"{file.name}: {seen} numbers are the library's; {size} kB, made in {made:.1f} s, "
                  f"all {time.perf_counter() - start:.1f} s")  # fmt: skip
    return 0


def _read_aloud(driven: object) -> None:
    """What a screen reader finds: a heading, named sliders and fields, tables, a status."""
    told = driven.page.locator("body").aria_snapshot()  # type: ignore[attr-defined]
    for part in ("heading", "slider", "textbox", "radio", "table", "status", "button", "math"):
        assert part in told, (part, told)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
