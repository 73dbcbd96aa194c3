"""For PyInstaller: where the hook is that says what a frozen program needs of symcost."""

from __future__ import annotations

from pathlib import Path


def get_hook_dirs() -> list[str]:
    """The folder of `hook-symcost.py`; PyInstaller finds this function by the entry point `pyinstaller40`."""
    return [str(Path(__file__).parent)]
