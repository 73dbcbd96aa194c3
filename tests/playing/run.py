"""The playground that a browser runs alone, without a network: `python -m tests.playing.run`.

Needs npm, which fetches Pyodide, Playwright and a browser; without them it says so and ends with status 0.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from symcost.errors import NoPyodide
from symcost.playing import site
from tests.export.webpage.driven import KINDS, NotHere, browser
from tests.playing.driven import FIRST, drive, folder_served, opened


def main() -> int:
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "site"
        try:
            site.build(folder, FIRST, None)
        except NoPyodide as why:
            print(f"skipped: {why.report.message}")
            return 0
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        print(f"a folder of {size // 1_000_000} MB")
        for kind in KINDS:
            try:
                played(kind, folder)
            except NotHere as why:
                print(f"skipped: {why}")
    return 0


def played(kind: str, folder: Path) -> None:
    """In one browser; once it stands, it needs no server any more. Raises NotHere."""
    start = time.perf_counter()
    with browser(kind, offline=False) as context, folder_served(folder) as address, opened(context, address) as page:
        first = time.perf_counter() - start
        context.set_offline(True)
        seen = drive(page)
        took = time.perf_counter() - start
        print(f"{kind}: {seen} numbers are the library's; first answer after {first:.1f} s, all {took:.1f} s")


if __name__ == "__main__":
    sys.exit(main())
